"""What moto lacks of VPC Lattice and its VPC endpoints: objects with AWS's states, references and order of deletion.

The rules are those of the pages "Resource gateways", "Resource configurations", "Access VPC resources", "Access service
networks" and of the API references of VPC Lattice and EC2; where AWS's pages leave something open, it is allowed.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.ec2.models import ec2_backends

from tests.emulator.protocol import Refused
from tests.emulator.quotas import Quotas
from tests.emulator.ram import Sharing

ACCOUNT = "123456789012"
PRIVATE = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")]
KINDS = {
    "rgw": "resourcegateway",
    "rcfg": "resourceconfiguration",
    "sn": "servicenetwork",
    "snra": "servicenetworkresourceassociation",
    "snva": "servicenetworkvpcassociation",
    "dv": "domainverification",
    "als": "accesslogsubscription",
}
# By the service in their ARNs.
LOG_DESTINATIONS = {"logs": "log group", "s3": "bucket", "firehose": "delivery stream"}
# What a read shows until an object is settled, and what it becomes.
SETTLED = {"CREATE_IN_PROGRESS": "ACTIVE", "UPDATE_IN_PROGRESS": "ACTIVE", "pending": "available"}
LEAVING = ("DELETE_IN_PROGRESS", "deleting")


def new_id(prefix: str) -> str:
    """Return an id of AWS's form."""
    return f"{prefix}-{secrets.token_hex(9)[:17]}"


@dataclass
class Thing:
    """One object: what the API shows of it, how many reads it stays in its present state, and its failure to come."""

    shown: dict[str, Any]
    reads: int
    status: str
    failure: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    interfaces: list[Any] = field(default_factory=list)

    @property
    def is_leaving(self) -> bool:
        return self.status in LEAVING


class Region:
    """All objects of one account in one region, and its neighbours: the same region of other accounts."""

    def __init__(
        self,
        name: str,
        reads: int,
        account: str = ACCOUNT,
        sharing: Sharing | None = None,
        quotas: Quotas | None = None,
    ) -> None:
        self.name = name
        self.reads = reads
        self.account = account
        self.sharing = sharing or Sharing()
        self.quotas = quotas or Quotas.raised()
        self.neighbours: list[Region] = [self]
        self.things: dict[str, Thing] = {}
        self.create_failed: list[str] = []
        self.ec2: Any = ec2_backends[account][name]

    # -- objects and their states ------------------------------------------------------------------------------------

    def add(self, prefix: str, operation: str, shown: dict[str, Any], *, status: str = "CREATE_IN_PROGRESS") -> Thing:
        identifier = new_id(prefix)
        failure = None
        if operation in self.create_failed:
            self.create_failed.remove(operation)
            failure = "The emulator was told to fail"
        arn = f"arn:aws:vpc-lattice:{self.name}:{self.account}:{KINDS.get(prefix, prefix)}/{identifier}"
        tags = shown.pop("tags", {})
        shown.pop("clientToken", None)
        moment = {"createdAt": datetime.now(UTC), "lastUpdatedAt": datetime.now(UTC)}
        self.things[identifier] = Thing(
            {"id": identifier, "arn": arn, **moment, **shown}, self.reads, status, failure, tags
        )
        return self.things[identifier]

    def find(self, identifier: str, prefix: str) -> Thing:
        """Return the object of that id or ARN, one read older; it may be gone by that."""
        key = identifier.rsplit("/", 1)[-1]
        thing = self.things.get(key)
        if thing is None or not key.startswith(f"{prefix}-"):
            raise Refused("ResourceNotFoundException", f"{key} not found", 404)
        if thing.status in SETTLED or thing.is_leaving:
            thing.reads -= 1
            if thing.reads < 0 and thing.is_leaving:
                self.forget(key)
                raise Refused("ResourceNotFoundException", f"{key} not found", 404)
            if thing.reads < 0:
                thing.status = "CREATE_FAILED" if thing.failure else SETTLED[thing.status]
        return thing

    def use(self, identifier: str, prefix: str) -> Thing:
        """Return an object that another one refers to; it must be settled and not on its way out."""
        thing = self.find(identifier, prefix)
        if thing.status not in ("ACTIVE", "available"):
            raise Refused("ConflictException", f"{identifier} is {thing.status}", 409)
        return thing

    def refer(self, identifier: str, prefix: str) -> Thing:
        """Return a settled object of this account, or one that another account shares with it."""
        owner = self.owner(identifier)
        thing = owner.use(identifier, prefix)
        arns = [thing.shown["arn"]]
        if parent := thing.shown.get("resourceConfigurationGroupId"):
            arns.append(owner.things[parent].shown["arn"])
        if owner is not self and not self.sharing.allows(arns, self.account):
            raise Refused("AccessDeniedException", f"{identifier} is not shared with account {self.account}", 403)
        return thing

    def owner(self, identifier: str) -> Region:
        """Return the neighbour that has the object, this one if none has."""
        key = identifier.rsplit("/", 1)[-1]
        return next((region for region in self.neighbours if key in region.things), self)

    def each(self, prefix: str) -> Iterator[Thing]:
        return (thing for key, thing in list(self.things.items()) if key.startswith(f"{prefix}-"))

    def everywhere(self, prefix: str) -> Iterator[Thing]:
        """Yield the objects of all accounts."""
        for region in list(self.neighbours):
            yield from region.each(prefix)

    def show(self, thing: Thing) -> dict[str, Any]:
        failed = {"failureReason": thing.failure} if thing.status == "CREATE_FAILED" else {}
        return {**thing.shown, "status": thing.status, **failed}

    def leave(self, thing: Thing, status: str = "DELETE_IN_PROGRESS") -> dict[str, Any]:
        if not thing.is_leaving:
            thing.status, thing.reads = status, self.reads
        return self.show(thing)

    def forget(self, key: str) -> None:
        for interface in self.things.pop(key).interfaces:
            self.ec2.enis.pop(interface.id, None)

    def refuse_twin(self, prefix: str, name: str) -> None:
        if any(thing.shown["name"] == name for thing in self.each(prefix)):
            raise Refused("ConflictException", f"Name {name} is in use in this account", 409)

    # -- what EC2 has ------------------------------------------------------------------------------------------------

    def vpc(self, identifier: str) -> Any:
        if identifier not in self.ec2.vpcs:
            raise Refused("ValidationException", f"VPC {identifier} does not exist")
        return self.ec2.vpcs[identifier]

    def subnets(self, identifiers: list[str], vpc: str) -> list[Any]:
        if not identifiers:
            raise Refused("ValidationException", "At least one subnet is needed")
        known = {subnet.id: subnet for zone in self.ec2.subnets.values() for subnet in zone.values()}
        for identifier in identifiers:
            if identifier not in known or known[identifier].vpc_id != vpc:
                raise Refused("ValidationException", f"Subnet {identifier} is not in VPC {vpc}")
        return [known[identifier] for identifier in identifiers]

    @staticmethod
    def check_addresses(subnets: list[Any], kind: str) -> None:
        """Refuse subnets that have not the addresses of an IPV4, IPV6 or DUALSTACK object: IPV6 means no others."""
        for subnet in subnets:
            has_ipv4, has_ipv6 = not subnet.ipv6_native, bool(subnet.ipv6_cidr_block_association_set)
            if not {"IPV4": has_ipv4, "IPV6": not has_ipv4, "DUALSTACK": has_ipv4 and has_ipv6}[kind]:
                raise Refused("ValidationException", f"The addresses of subnet {subnet.id} do not fit {kind}")

    def groups(self, identifiers: list[str], vpc: str) -> list[str]:
        for identifier in identifiers:
            group = self.ec2.get_security_group_from_id(identifier)
            if group is None or group.vpc_id != vpc:
                raise Refused("ValidationException", f"Security group {identifier} is not in VPC {vpc}")
        return identifiers

    def default_group(self, vpc: str) -> str:
        return str(self.ec2.get_default_security_group(vpc).id)

    def interface(self, thing: Thing, subnet: Any, groups: list[str], address: str | None = None) -> Any:
        """Make a network interface of AWS's own in `subnet`."""
        kind = str(thing.shown.get("ipAddressType") or thing.shown.get("IpAddressType", "")).upper()
        made = self.ec2.create_network_interface(
            subnet,
            address,
            group_ids=groups,
            description=thing.shown["id"],
            ipv6_address_count=0 if kind in ("", "IPV4") else 1,
        )
        thing.interfaces.append(made)
        return made

    def change_groups(self, thing: Thing, groups: list[str], vpc: str) -> None:
        """Give something other groups, and with it its network interfaces."""
        thing.shown["securityGroupIds"] = self.groups(groups, vpc)
        for interface in thing.interfaces:
            self.ec2.modify_network_interface_attribute(interface.id, thing.shown["securityGroupIds"])

    def refuse_in_use(self, action: str, identifier: str) -> None:
        """Refuse to delete a subnet, security group or VPC that one of these objects uses."""
        for key, thing in list(self.things.items()):
            shown = thing.shown
            used = [
                *shown.get("subnetIds", ()),
                *shown.get("securityGroupIds", ()),
                shown.get("vpcId"),
                shown.get("vpcIdentifier"),
            ]
            if identifier in used:
                raise Refused("DependencyViolation", f"{action}: {identifier} has a dependent object, {key}")

    # -- resource gateways -------------------------------------------------------------------------------------------

    def create_resource_gateway(self, request: dict[str, Any]) -> dict[str, Any]:
        for member in ("vpcIdentifier", "subnetIds"):
            if member not in request:
                raise Refused("ValidationException", f"{member} is needed")
        self.refuse_twin("rgw", request["name"])
        vpc = self.vpc(request["vpcIdentifier"]).id
        present = [gateway for gateway in self.each("rgw") if gateway.shown["vpcId"] == vpc]
        self.quotas.refuse_over("Resource gateways per VPC", len(present) + 1)
        subnets = self.subnets(request["subnetIds"], vpc)
        groups = self.groups(request.get("securityGroupIds") or [self.default_group(vpc)], vpc)
        kind = request.setdefault("ipAddressType", "IPV4")
        self.check_addresses(subnets, kind)
        if kind == "IPV6" and "ipv4AddressesPerEni" in request:
            raise Refused("ValidationException", "An IPV6 resource gateway has no IPv4 addresses")
        if kind == "IPV6" and request.get("resourceConfigDnsResolution") == "IN_VPC":
            raise Refused("ValidationException", "An IPV6 resource gateway does not resolve names in the VPC")
        defaults = {"resourceConfigDnsResolution": "PUBLIC", **({} if kind == "IPV6" else {"ipv4AddressesPerEni": 16})}
        thing = self.add(
            "rgw", "CreateResourceGateway", {**defaults, **request, "vpcId": vpc, "securityGroupIds": groups}
        )
        for subnet in subnets:
            self.interface(thing, subnet, groups)
        return self.show(thing)

    def get_resource_gateway(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.show(self.find(request["resourceGatewayIdentifier"], "rgw"))

    def update_resource_gateway(self, request: dict[str, Any]) -> dict[str, Any]:
        thing = self.use(request["resourceGatewayIdentifier"], "rgw")
        if "securityGroupIds" in request:
            self.change_groups(thing, request["securityGroupIds"], thing.shown["vpcId"])
        thing.status, thing.reads = "UPDATE_IN_PROGRESS", self.reads
        return self.show(thing)

    def delete_resource_gateway(self, request: dict[str, Any]) -> dict[str, Any]:
        thing = self.find(request["resourceGatewayIdentifier"], "rgw")
        if used := [c for c in self.each("rcfg") if c.shown.get("resourceGatewayId") == thing.shown["id"]]:
            raise Refused("ConflictException", f"The gateway has resource configurations: {used[0].shown['id']}", 409)
        return self.leave(thing)

    # -- resource configurations -------------------------------------------------------------------------------------

    def create_resource_configuration(self, request: dict[str, Any]) -> dict[str, Any]:
        self.refuse_twin("rcfg", request["name"])
        self.quotas.refuse_over("Resource configurations per Region", len(list(self.each("rcfg"))) + 1)
        kind, ports = request["type"], request.get("portRanges")
        definition = request.get("resourceConfigurationDefinition", {})
        parent = {}
        if kind == "CHILD":
            self._need(request, "resourceConfigurationGroupIdentifier", "resourceConfigurationDefinition", "portRanges")
            self._refuse(request, "protocol", "resourceGatewayIdentifier", kind=kind)
            group = self.use(request["resourceConfigurationGroupIdentifier"], "rcfg").shown
            if group["type"] != "GROUP":
                raise Refused("ValidationException", f"{group['id']} is no GROUP")
            parent = {"resourceConfigurationGroupId": group["id"], "resourceGatewayId": group["resourceGatewayId"]}
            siblings = len(self.children(group["id"]))
            self.quotas.refuse_over("Child resource configurations per group", siblings + 1)
            request["protocol"] = group["protocol"]
        else:
            self._need(request, "resourceGatewayIdentifier")
            self._refuse(request, "resourceConfigurationGroupIdentifier", kind=kind)
            parent = {"resourceGatewayId": self.use(request["resourceGatewayIdentifier"], "rgw").shown["id"]}
        if kind == "ARN":
            self._refuse(request, "portRanges", "protocol", kind=kind)
        elif kind == "SINGLE":
            self._need(request, "portRanges", "resourceConfigurationDefinition")
        elif kind == "GROUP":
            self._refuse(request, "resourceConfigurationDefinition", "customDomainName", kind=kind)
        if kind != "GROUP" and ("arnResource" in definition) != (kind == "ARN"):
            raise Refused("ValidationException", f"The definition does not fit the type {kind}")
        self._check_ports(ports)
        self._check_definition(definition, self.things[parent["resourceGatewayId"]])
        defaults = {} if kind == "ARN" else {"protocol": "TCP"}
        shown = {
            "allowAssociationToShareableServiceNetwork": False,
            **defaults,
            **request,
            **parent,
            "amazonManaged": False,
        }
        thing = self.add("rcfg", "CreateResourceConfiguration", shown)
        if kind == "ARN":
            self._make_database_children(thing, definition["arnResource"]["arn"])
        return self.show(thing)

    @staticmethod
    def _need(request: dict[str, Any], *members: str) -> None:
        if missing := [member for member in members if not request.get(member)]:
            raise Refused("ValidationException", f"Needed for this type: {', '.join(missing)}")

    @staticmethod
    def _refuse(request: dict[str, Any], *members: str, kind: str) -> None:
        if given := [member for member in members if member in request]:
            raise Refused("ValidationException", f"Unexpected attribute {', '.join(given)} for type {kind}")

    @staticmethod
    def _check_ports(ranges: list[str] | None) -> None:
        for text in ranges or []:
            low, _, high = text.partition("-")
            if not 1 <= int(low) <= int(high or low) <= 65535:
                raise Refused("ValidationException", f"Port range {text} is not within 1-65535, low to high")

    def _check_definition(self, definition: dict[str, Any], gateway: Thing) -> None:
        if address := definition.get("ipResource", {}).get("ipAddress"):
            try:
                parsed = ipaddress.ip_address(address)
            except ValueError:
                raise Refused("ValidationException", f"{address} is no IP address") from None
            if parsed.version == 4 and not any(parsed in block for block in PRIVATE):
                raise Refused("ValidationException", f"{address} is not in a private range")
            if (
                gateway.shown["ipAddressType"] != "DUALSTACK"
                and gateway.shown["ipAddressType"] != f"IPV{parsed.version}"
            ):
                raise Refused("ValidationException", f"{address} does not fit the gateway's address type")
        name = definition.get("dnsResource", {}).get("domainName", "")
        if gateway.shown["resourceConfigDnsResolution"] == "PUBLIC" and name.endswith((".internal", ".local")):
            raise Refused("ValidationException", "Domain name is not valid")
        if definition.get("dnsResource", {}).get("ipAddressType") == "DUALSTACK":
            raise Refused("ValidationException", "Dualstack is currently not supported")
        if "arnResource" in definition:
            if gateway.shown["resourceConfigDnsResolution"] == "IN_VPC":
                raise Refused("ValidationException", "A gateway that resolves names in the VPC takes no ARN resource")
            if ":rds:" not in definition["arnResource"]["arn"]:
                raise Refused("ValidationException", "Only Amazon RDS databases are supported")

    def _make_database_children(self, parent: Thing, arn: str) -> None:
        """Make the children that AWS makes and manages: one for an instance, writer and reader for a cluster.

        What they are called isn't documented; a name may not begin with `rcfg-`, nor be longer than 40 characters.
        """
        name = arn.rsplit(":", 1)[-1]
        ends = {
            "writer": f"{name}.cluster-x.{self.name}.rds.amazonaws.com",
            "reader": f"{name}.cluster-ro-x.{self.name}.rds.amazonaws.com",
        }
        if ":db:" in arn:
            ends = {name: f"{name}.x.{self.name}.rds.amazonaws.com"}
        for suffix, host in ends.items():
            shown = {
                "name": f"{parent.shown['name'][:20]}-{suffix[:19]}".replace("--", "-").rstrip("-"),
                "type": "CHILD",
                "resourceConfigurationGroupId": parent.shown["id"],
                "resourceGatewayId": parent.shown["resourceGatewayId"],
                "customDomainName": host,
                "amazonManaged": True,
            }
            self.add("rcfg", "", shown, status="ACTIVE")

    def children(self, identifier: str) -> list[Thing]:
        return [c for c in self.each("rcfg") if c.shown.get("resourceConfigurationGroupId") == identifier]

    def get_resource_configuration(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.show(self.find(request["resourceConfigurationIdentifier"], "rcfg"))

    def update_resource_configuration(self, request: dict[str, Any]) -> dict[str, Any]:
        thing = self.use(request.pop("resourceConfigurationIdentifier"), "rcfg")
        if thing.shown["type"] == "ARN" and {"portRanges", "resourceConfigurationDefinition"} & set(request):
            raise Refused("ValidationException", "cannot modify resource configuration DNS or ARN")
        definition = request.get("resourceConfigurationDefinition", {})
        if set(definition) != set(thing.shown.get("resourceConfigurationDefinition", {})) and definition:
            raise Refused("ValidationException", "The kind of the definition cannot be changed")
        if "dnsResource" in definition:
            raise Refused("ValidationException", "cannot modify resource configuration DNS or ARN")
        self._check_ports(request.get("portRanges"))
        self._check_definition(definition, self.things[thing.shown["resourceGatewayId"]])
        thing.shown |= request
        thing.status, thing.reads = "UPDATE_IN_PROGRESS", self.reads
        return self.show(thing)

    def delete_resource_configuration(self, request: dict[str, Any]) -> dict[str, Any]:
        thing = self.find(request["resourceConfigurationIdentifier"], "rcfg")
        identifier, arn = thing.shown["id"], thing.shown["arn"]
        children = self.children(identifier)
        if [c for c in children if not c.shown["amazonManaged"]]:
            raise Refused("ConflictException", "The group has child resource configurations", 409)
        if [e for e in self.everywhere("vpce") if e.shown.get("ResourceConfigurationArn") == arn]:
            raise Refused(
                "ConflictException", "The resource configuration has existing association with VPC endpoints", 409
            )
        if [a for a in self.everywhere("snra") if a.shown["resourceConfigurationId"] == identifier]:
            message = "The resource configuration has existing association with service networks"
            raise Refused("ConflictException", message, 409)
        for child in children:
            self.forget(child.shown["id"])
        return self.leave(thing)

    # -- service networks --------------------------------------------------------------------------------------------

    def create_service_network(self, request: dict[str, Any]) -> dict[str, Any]:
        self.refuse_twin("sn", request["name"])
        self.quotas.refuse_over("Service networks per Region", len(list(self.each("sn"))) + 1)
        shown = {"authType": "NONE", "numberOfAssociatedVPCs": 0, "numberOfAssociatedServices": 0, **request}
        return self.show(self.add("sn", "CreateServiceNetwork", shown, status="ACTIVE"))

    def get_service_network(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.show(self.find(request["serviceNetworkIdentifier"], "sn"))

    def delete_service_network(self, request: dict[str, Any]) -> dict[str, Any]:
        thing = self.find(request["serviceNetworkIdentifier"], "sn")
        for prefix, what in (("snra", "resource(s)"), ("snva", "VPC(s)")):
            if [a for a in self.everywhere(prefix) if a.shown["serviceNetworkId"] == thing.shown["id"]]:
                raise Refused("ConflictException", f"Service network has {what} associated", 409)
        if [e for e in self.everywhere("vpce") if e.shown.get("ServiceNetworkArn") == thing.shown["arn"]]:
            raise Refused("ConflictException", "Service network has VPC endpoint(s) associated", 409)
        self.forget(thing.shown["id"])
        return {}

    def _of_network(self, request: dict[str, Any]) -> dict[str, Any]:
        network = self.refer(request.pop("serviceNetworkIdentifier"), "sn").shown
        return {f"serviceNetwork{name.title()}": network[name] for name in ("id", "arn", "name")} | {
            "createdBy": self.account
        }

    def create_service_network_resource_association(self, request: dict[str, Any]) -> dict[str, Any]:
        configuration = self.refer(request.pop("resourceConfigurationIdentifier"), "rcfg").shown
        if configuration["type"] == "CHILD":
            raise Refused("ValidationException", "A child is associated by its group")
        network = self._of_network(request)
        if self.owner(configuration["id"]) is not self:
            self._refuse_resharing(configuration, network)
        named = {f"resourceConfiguration{name.title()}": configuration[name] for name in ("id", "arn", "name")}
        if [
            a
            for a in self.each("snra")
            if a.shown["serviceNetworkId"] == network["serviceNetworkId"]
            and a.shown["resourceConfigurationId"] == configuration["id"]
        ]:
            raise Refused("ConflictException", "The association exists", 409)
        of_network = [a for a in self.each("snra") if a.shown["serviceNetworkId"] == network["serviceNetworkId"]]
        self.quotas.refuse_over("Resource configurations per service network", len(of_network) + 1)
        thing = self.add("snra", "CreateServiceNetworkResourceAssociation", {**request, **network, **named})
        if configuration["type"] == "SINGLE":
            thing.shown["dnsEntry"] = self.dns_entry(
                "domainName", "hostedZoneId", thing.shown["id"], configuration["id"]
            )
        return self.show(thing)

    def _refuse_resharing(self, configuration: dict[str, Any], network: dict[str, Any]) -> None:
        """Refuse to put another account's configuration where its owner didn't mean it to go."""
        if self.owner(network["serviceNetworkId"]) is not self:
            raise Refused("AccessDeniedException", "A shared configuration goes into a network of one's own", 403)
        if (
            self.sharing.is_shared(network["serviceNetworkArn"])
            and not configuration["allowAssociationToShareableServiceNetwork"]
        ):
            raise Refused("AccessDeniedException", "The owner allows no association to a shared service network", 403)

    def get_service_network_resource_association(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.show(self.find(request["serviceNetworkResourceAssociationIdentifier"], "snra"))

    def list_service_network_resource_associations(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._listed("snra", request, ("serviceNetwork", "resourceConfiguration"))

    def _listed(self, prefix: str, request: dict[str, Any], sides: tuple[str, str]) -> dict[str, Any]:
        """Return the associations of what is named by id or ARN, one side or both."""
        asked = {f"{side}Id": request[f"{side}Identifier"] for side in sides if f"{side}Identifier" in request}
        if not asked:
            raise Refused("ValidationException", f"One of {' and '.join(sides)} is needed")
        told = ("id", "arn", "status", *(f"{side}Id" for side in sides))
        shown = [
            each
            for each in map(self.show, self.each(prefix))
            if all(each[name] == value.rpartition("/")[2] for name, value in asked.items())
        ]
        return {"items": [{name: each[name] for name in told} for each in shown]}

    def delete_service_network_resource_association(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.leave(self.find(request["serviceNetworkResourceAssociationIdentifier"], "snra"))

    def create_service_network_vpc_association(self, request: dict[str, Any]) -> dict[str, Any]:
        vpc = self.vpc(request.pop("vpcIdentifier")).id
        if [a for a in self.each("snva") if a.shown["vpcId"] == vpc]:
            raise Refused("ConflictException", "The VPC has an association already", 409)
        self.groups(request.get("securityGroupIds", []), vpc)
        shown = {**request, **self._of_network(request), "vpcId": vpc}
        of_network = [a for a in self.each("snva") if a.shown["serviceNetworkId"] == shown["serviceNetworkId"]]
        self.quotas.refuse_over("VPC associations per service network", len(of_network) + 1)
        shown.pop("serviceNetworkIdentifier", None)
        return self.show(self.add("snva", "CreateServiceNetworkVpcAssociation", shown))

    def get_service_network_vpc_association(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.show(self.find(request["serviceNetworkVpcAssociationIdentifier"], "snva"))

    def list_service_network_vpc_associations(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._listed("snva", request, ("serviceNetwork", "vpc"))

    def update_service_network_vpc_association(self, request: dict[str, Any]) -> dict[str, Any]:
        thing = self.use(request["serviceNetworkVpcAssociationIdentifier"], "snva")
        thing.shown["securityGroupIds"] = self.groups(request["securityGroupIds"], thing.shown["vpcId"])
        return self.show(thing)

    def delete_service_network_vpc_association(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.leave(self.find(request["serviceNetworkVpcAssociationIdentifier"], "snva"))

    # -- access logs -------------------------------------------------------------------------------------------------

    def create_access_log_subscription(self, request: dict[str, Any]) -> dict[str, Any]:
        identifier = request.pop("resourceIdentifier")
        prefix = identifier.rpartition("/")[2].partition("-")[0]
        logged = self.use(identifier, prefix).shown
        of_network = {"serviceNetworkLogType": "SERVICE"} if prefix == "sn" else {}
        if prefix != "sn" and "serviceNetworkLogType" in request:
            raise Refused("ValidationException", "Only the logs of a service network have a type")
        named = {"resourceId": logged["id"], "resourceArn": logged["arn"]}
        wanted = {**of_network, **request, **named}
        self._refuse_second_log(wanted)
        return self.show(self.add("als", "CreateAccessLogSubscription", wanted, status="ACTIVE"))

    def _refuse_second_log(self, wanted: dict[str, Any], but: Thing | None = None) -> None:
        """Refuse a second destination of one kind for one log of one thing."""

        def which(shown: dict[str, Any]) -> tuple[Any, ...]:
            service = shown["destinationArn"].split(":")[2]
            if service not in LOG_DESTINATIONS:
                raise Refused("ValidationException", f"{shown['destinationArn']} takes no access logs")
            return shown["resourceId"], shown.get("serviceNetworkLogType"), service

        asked = which(wanted)
        if any(other is not but and which(other.shown) == asked for other in self.each("als")):
            taken = f"{wanted['resourceId']} has a {LOG_DESTINATIONS[asked[2]]} for these logs already"
            raise Refused("ConflictException", taken, 409)

    def get_access_log_subscription(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.show(self.find(request["accessLogSubscriptionIdentifier"], "als"))

    def list_access_log_subscriptions(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request["resourceIdentifier"].rpartition("/")[2]
        told = ("id", "arn", "resourceId", "resourceArn", "destinationArn", "serviceNetworkLogType")
        shown = [each.shown for each in self.each("als") if each.shown["resourceId"] == wanted]
        return {"items": [{name: each[name] for name in told if name in each} for each in shown]}

    def update_access_log_subscription(self, request: dict[str, Any]) -> dict[str, Any]:
        thing = self.find(request["accessLogSubscriptionIdentifier"], "als")
        wanted = {**thing.shown, "destinationArn": request["destinationArn"]}
        self._refuse_second_log(wanted, but=thing)
        thing.shown = wanted
        return self.show(thing)

    def delete_access_log_subscription(self, request: dict[str, Any]) -> dict[str, Any]:
        self.forget(self.find(request["accessLogSubscriptionIdentifier"], "als").shown["id"])
        return {}

    # -- domain verifications ----------------------------------------------------------------------------------------

    def start_domain_verification(self, request: dict[str, Any]) -> dict[str, Any]:
        if any(other.shown["domainName"] == request["domainName"] for other in self.each("dv")):
            raise Refused("ConflictException", f"{request['domainName']} has a verification already", 409)
        self.quotas.refuse_over("Domain verifications per Region", len(list(self.each("dv"))) + 1)
        record = {"name": f"_x.{request['domainName']}", "value": "vpc-lattice:x"}
        shown = {**request, "txtMethodConfig": record}
        return self.show(self.add("dv", "StartDomainVerification", shown, status="PENDING"))

    def get_domain_verification(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.show(self.find(request["domainVerificationIdentifier"], "dv"))

    def delete_domain_verification(self, request: dict[str, Any]) -> dict[str, Any]:
        self.forget(self.find(request["domainVerificationIdentifier"], "dv").shown["id"])
        return {}

    # -- tags --------------------------------------------------------------------------------------------------------

    def _tagged(self, request: dict[str, Any]) -> Thing:
        key = request["resourceArn"].rsplit("/", 1)[-1]
        if key not in self.things:
            raise Refused("ResourceNotFoundException", f"{key} not found", 404)
        return self.things[key]

    def tag_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        self._tagged(request).tags.update(request["tags"])
        return {}

    def untag_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        for key in request["tagKeys"]:
            self._tagged(request).tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"tags": self._tagged(request).tags}

    def dns_entry(self, name: str, zone: str, *parts: str) -> dict[str, str]:
        """Return a name as AWS makes them; nobody should build it himself."""
        host = f"{'.'.join(parts)}.{secrets.token_hex(4)}.vpc-lattice-rsc.{self.name}.on.aws"
        return {name: host, zone: "Z0EMULATED"}
