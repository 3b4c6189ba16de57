"""What moto lacks of EC2: VPC endpoints for VPC resources and endpoint services, and Instance Connect Endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.emulator.endpoint_services import EndpointServices
from tests.emulator.lattice import Region, Thing, new_id
from tests.emulator.protocol import Refused

TYPES = {"Resource": "ResourceConfigurationArn", "ServiceNetwork": "ServiceNetworkArn", "Interface": "ServiceName"}
# What EC2 says where VPC Lattice says otherwise; AWS's pages don't say it of these endpoints.
EC2_CODES = {"ValidationException": "InvalidParameter", "ResourceNotFoundException": "InvalidParameter"}
FIXED = ("AddSubnetIds", "RemoveSubnetIds", "IpAddressType", "DnsOptions", "PrivateDnsEnabled", "SubnetConfigurations")


@contextmanager
def as_ec2_says() -> Iterator[None]:
    """Give the refusals of what VPC Lattice and EC2 have in common the codes of EC2."""
    try:
        yield
    except Refused as error:
        raise Refused(EC2_CODES.get(error.code, error.code), error.message) from None


class Endpoints:
    """The EC2 actions on these endpoints; an action that concerns others is left to moto, which `None` says."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.services = EndpointServices(region)

    def handler(self, action: str, fields: dict[str, str]) -> Callable[[dict[str, Any]], Any] | None:
        """Return what handles the request, None if moto does."""
        ours = [value for value in fields.values() if value in self.region.things]
        if action == "CreateVpcEndpoint":
            # What AWS's own services offer is moto's.
            theirs = fields.get("VpcEndpointType") == "Interface" and ".vpce." not in fields.get("ServiceName", "")
            return self.create if fields.get("VpcEndpointType") in TYPES and not theirs else None
        by_id = {
            "DescribeVpcEndpoints": self.describe,
            "ModifyVpcEndpoint": self.modify,
            "DeleteVpcEndpoints": self.delete,
            "CreateTags": self.create_tags,
            "DeleteTags": self.delete_tags,
        }
        if action in by_id:
            # An endpoint that is gone is ours to deny, as moto never had it.
            known = {*self.region.ec2.vpc_end_points, *self.region.ec2.configurations}
            strange = [value for value in fields.values() if value.startswith("vpce-") and value not in known]
            return by_id[action] if ours or strange else None
        return {
            "DescribeVpcEndpointAssociations": self.describe_associations,
            "CreateInstanceConnectEndpoint": self.create_connect,
            "DescribeInstanceConnectEndpoints": self.describe_connect,
            "DeleteInstanceConnectEndpoint": self.delete_connect,
        }.get(action) or self.services.handler(action, fields)

    def create(self, request: dict[str, Any]) -> dict[str, Any]:
        with as_ec2_says():
            return self._create(request)

    def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        kind, region = request["VpcEndpointType"], self.region
        given = [name for name in TYPES.values() if name in request]
        if given != [TYPES[kind]]:
            raise Refused("InvalidParameter", f"An endpoint of type {kind} has {TYPES[kind]} alone, got {given}")
        self._refuse_unknown(request)
        vpc = region.vpc(request["VpcId"])
        present = [e for e in region.each("vpce") if (e.shown["VpcId"], e.shown["VpcEndpointType"]) == (vpc.id, kind)]
        region.quotas.refuse_over(f"{kind} VPC endpoints per VPC", len(present) + 1)
        subnets = region.subnets(request.get("SubnetIds", []), vpc.id)
        zones = [subnet.availability_zone for subnet in subnets]
        if len(set(zones)) < len(zones):
            message = "Found another VPC endpoint subnet in the availability zone of"
            raise Refused("DuplicateSubnetsInSameZone", f"{message} {subnets[-1].id}")
        region.check_addresses(subnets, request.get("IpAddressType", "ipv4").upper())
        private = request.get("PrivateDnsEnabled", False)
        if private and not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
            message = "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes"
            raise Refused("InvalidParameter", message)
        status = "pending"
        if kind == "Resource":
            self._check_configuration(request["ResourceConfigurationArn"], vpc.id, zones)
        elif kind == "ServiceNetwork":
            region.refer(request["ServiceNetworkArn"], "sn")
        else:
            status = self.services.refuse_outside(request["ServiceName"], zones, private)
        if private and kind != "Interface":
            self._refuse_second_way(vpc.id, kind, request[TYPES[kind]])
        groups = region.groups(request.get("SecurityGroupIds") or [region.default_group(vpc.id)], vpc.id)
        region.quotas.refuse_over("Security groups per network interface", len(groups))
        specified = request.get("TagSpecifications") or [{}]
        shown = {
            "VpcEndpointType": kind,
            "VpcId": vpc.id,
            "vpcId": vpc.id,
            "subnetIds": [subnet.id for subnet in subnets],
            "securityGroupIds": groups,
            TYPES[kind]: request[TYPES[kind]],
            "IpAddressType": request.get("IpAddressType", "ipv4").upper(),
            "PrivateDnsEnabled": private,
        }
        thing = region.add("vpce", "CreateVpcEndpoint", shown, status=status)
        if kind == "Interface":
            # The name for all zones comes first, then one for each; AWS says their form on "Access AWS services".
            first, service = f"{thing.shown['id']}-emulated", request["ServiceName"].rpartition(".")[2]
            thing.shown["DnsEntries"] = [
                {"DnsName": f"{first}{zone}.{service}.{region.name}.vpce.amazonaws.com", "HostedZoneId": "Z0EMULATED"}
                for zone in ("", *(f"-{zone}" for zone in zones))
            ]
        thing.tags = {tag["Key"]: tag["Value"] for spec in specified for tag in spec.get("Tags", [])}
        chosen = {item["SubnetId"]: item.get("Ipv4") for item in request.get("SubnetConfigurations", [])}
        for subnet in subnets:
            region.interface(thing, subnet, groups, chosen.get(subnet.id))
        return {"VpcEndpoint": self._show(thing)}

    def _refuse_unknown(self, request: dict[str, Any]) -> None:
        ec2 = self.region.ec2
        subnets = [subnet for zone in ec2.subnets.values() for subnet in zone]
        groups = [group for of_vpc in ec2.groups.values() for group in of_vpc]
        for what, known, asked in (
            ("VpcId", ec2.vpcs, [request["VpcId"]]),
            ("SubnetId", subnets, request.get("SubnetIds", [])),
            ("SecurityGroupId", groups, request.get("SecurityGroupIds", [])),
        ):
            if missing := [identifier for identifier in asked if identifier not in known]:
                raise Refused(f"Invalid{what}.NotFound", f"{what} {', '.join(missing)} does not exist")

    def _check_configuration(self, arn: str, vpc: str, zones: list[str]) -> None:
        configuration, owner = self.region.refer(arn, "rcfg").shown, self.region.owner(arn)
        if configuration["type"] == "CHILD":
            raise Refused("InvalidParameter", "An endpoint is made for a SINGLE, GROUP or ARN configuration")
        gateway = owner.things[configuration["resourceGatewayId"]].shown
        if gateway["vpcId"] == vpc:
            raise Refused("InvalidParameter", "The resource gateway is in the VPC of the endpoint")
        theirs = [subnet.availability_zone for subnet in owner.subnets(gateway["subnetIds"], gateway["vpcId"])]
        if not set(theirs) & set(zones):
            raise Refused(
                "InvalidParameter", "The endpoint and the resource gateway have no Availability Zone in common"
            )

    def _refuse_second_way(self, vpc: str, kind: str, arn: str) -> None:
        """Refuse two endpoints of one VPC, both with private DNS, for one configuration.

        AWS says so of one of a resource and one of a service network. That it is so for two of a kind is inferred, from
        the private zone that AWS makes for the configuration's name: where it has none, two of a kind are allowed.
        """
        mine = self._reached({"VpcEndpointType": kind, TYPES[kind]: arn})
        for other in self.region.each("vpce"):
            if other.shown["VpcId"] != vpc or not other.shown["PrivateDnsEnabled"] or other.is_leaving:
                continue
            both = set(mine) & set(self._reached(other.shown))
            if other.shown["VpcEndpointType"] == kind:
                both = {one for one in both if self._is_named(one)}
            if both:
                message = f"{other.shown['id']} has private DNS for {', '.join(sorted(both))} in this VPC"
                raise Refused("InvalidParameter", message)

    def _is_named(self, configuration: str) -> bool:
        shown = self.region.owner(configuration).things[configuration].shown
        return shown["type"] == "ARN" or bool(shown.get("customDomainName"))

    def _reached(self, endpoint: dict[str, Any]) -> dict[str, dict[str, str]]:
        """Return what the association with each configuration says of a service network, by the configuration's id."""
        if endpoint["VpcEndpointType"] == "Interface":
            return {}
        if arn := endpoint.get("ResourceConfigurationArn"):
            return {arn.rsplit("/", 1)[-1]: {}}
        network = endpoint["ServiceNetworkArn"]
        shown = self.region.owner(network).things[network.rsplit("/", 1)[-1]].shown
        named = {"ServiceNetworkArn": network, "ServiceNetworkName": shown["name"]}
        return {
            item.shown["resourceConfigurationId"]: named
            for item in self.region.everywhere("snra")
            if item.shown["serviceNetworkArn"] == network and item.status == "ACTIVE"
        }

    def _show(self, thing: Thing) -> dict[str, Any]:
        shown = thing.shown
        failed = {"FailureReason": thing.failure} if thing.status == "CREATE_FAILED" else {}
        return {
            **{name: shown[name] for name in ("VpcEndpointType", "VpcId", "IpAddressType", "PrivateDnsEnabled")},
            **{name: shown[name] for name in TYPES.values() if name in shown},
            "VpcEndpointId": shown["id"],
            "State": "failed" if failed else thing.status,
            "SubnetIds": shown["subnetIds"],
            "Groups": [{"GroupId": group, "GroupName": group} for group in shown["securityGroupIds"]],
            "NetworkInterfaceIds": [interface.id for interface in thing.interfaces],
            "CreationTimestamp": shown["createdAt"],
            "DnsEntries": shown.get("DnsEntries"),
            "OwnerId": self.region.account,
            "Tags": self._tags(thing),
            **failed,
        }

    @staticmethod
    def _tags(thing: Thing) -> list[dict[str, str]]:
        return [{"Key": key, "Value": value} for key, value in sorted(thing.tags.items())]

    def _find(self, identifier: str, prefix: str = "vpce", code: str = "InvalidVpcEndpointId.NotFound") -> Thing:
        try:
            return self.region.find(identifier, prefix)
        except Refused:
            raise Refused(code, f"{identifier} does not exist") from None

    def describe(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"VpcEndpoints": [self._show(self._find(item)) for item in request.get("VpcEndpointIds", [])]}

    def modify(self, request: dict[str, Any]) -> dict[str, Any]:
        thing = self._find(request["VpcEndpointId"])
        fixed = [name for name in FIXED if name in request]
        if fixed and thing.shown["VpcEndpointType"] == "Interface":
            raise Refused("UnknownOperation", f"Another {', '.join(fixed)} of an interface endpoint is not emulated")
        if fixed:
            message = f"After its creation only the security groups of such an endpoint change, not {', '.join(fixed)}"
            raise Refused("InvalidParameter", message)
        groups = [
            group for group in thing.shown["securityGroupIds"] if group not in request.get("RemoveSecurityGroupIds", ())
        ]
        groups += [group for group in request.get("AddSecurityGroupIds", ()) if group not in groups]
        if not groups:
            raise Refused("InvalidParameter", "An endpoint has at least one security group")
        self.region.quotas.refuse_over("Security groups per network interface", len(groups))
        with as_ec2_says():
            self.region.change_groups(thing, groups, thing.shown["VpcId"])
        return {"Return": True}

    def delete(self, request: dict[str, Any]) -> dict[str, Any]:
        for identifier in request["VpcEndpointIds"]:
            if identifier in self.region.things:
                self.region.leave(self.region.things[identifier], "deleting")
        return {"Unsuccessful": []}

    def create_tags(self, request: dict[str, Any]) -> dict[str, Any]:
        for identifier in request["Resources"]:
            self.region.things[identifier].tags |= {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        return {}

    def delete_tags(self, request: dict[str, Any]) -> dict[str, Any]:
        for identifier in request["Resources"]:
            for tag in request["Tags"]:
                self.region.things[identifier].tags.pop(tag["Key"], None)
        return {}

    # -- associations ------------------------------------------------------------------------------------------------

    def describe_associations(self, request: dict[str, Any]) -> dict[str, Any]:
        filters = {item["Name"]: item["Values"] for item in request.get("Filters", [])}
        wanted = request.get("VpcEndpointIds") or filters.get("vpc-endpoint-id")
        found = []
        for thing in self.region.each("vpce"):
            if thing.status == "available" and (wanted is None or thing.shown["id"] in wanted):
                found += self._associations(thing)
        by = {"associated-resource-id": "AssociatedResourceArn", "service-network-arn": "ServiceNetworkArn"}
        for name, member in by.items():
            if name in filters:
                found = [item for item in found if str(item.get(member, "")).rsplit("/", 1)[-1] in str(filters[name])]
        return {"VpcEndpointAssociations": found}

    def _associations(self, endpoint: Thing) -> list[dict[str, Any]]:
        """Return one association for each configuration that the endpoint reaches, kept as they were first told."""
        reached = self._reached(endpoint.shown)
        told = endpoint.shown.setdefault("associations", {})
        listed = []
        for identifier, named in reached.items():
            owner = self.region.owner(identifier)
            parent = owner.things[identifier].shown
            for child in owner.children(identifier) or [owner.things[identifier]]:
                key = child.shown["id"]
                if key not in told:
                    name = self.region.dns_entry(
                        "DnsName", "HostedZoneId", f"{endpoint.shown['id']}-{new_id('rsc')}", key
                    )
                    told[key] = {"Id": new_id("vpce-rsc-asc"), "DnsEntry": name}
                group = {} if child.shown["id"] == identifier else {"ResourceConfigurationGroupArn": parent["arn"]}
                listed.append(
                    {
                        **told[key],
                        **named,
                        **group,
                        **self._private(endpoint, child),
                        "VpcEndpointId": endpoint.shown["id"],
                        "AssociatedResourceAccessibility": "Accessible",
                        "AssociatedResourceArn": child.shown["arn"],
                    }
                )
        # No order is promised, so the emulator gives the least expected one.
        return listed[::-1]

    @staticmethod
    def _private(endpoint: Thing, child: Thing) -> dict[str, Any]:
        name = child.shown.get("customDomainName")
        if not (endpoint.shown["PrivateDnsEnabled"] and name):
            return {}
        return {"PrivateDnsEntry": {"DnsName": name, "HostedZoneId": "Z0PRIVATE"}}

    # -- EC2 Instance Connect Endpoints ------------------------------------------------------------------------------

    def create_connect(self, request: dict[str, Any]) -> dict[str, Any]:
        region = self.region
        known = [subnet for zone in region.ec2.subnets.values() for subnet in zone.values()]
        subnet = next((subnet for subnet in known if subnet.id == request["SubnetId"]), None)
        if subnet is None:
            raise Refused("InvalidSubnetID.NotFound", f"{request['SubnetId']} does not exist")
        vpc = subnet.vpc_id
        groups = region.groups(request.get("SecurityGroupIds") or [region.default_group(vpc)], vpc)
        preserve = request.get("PreserveClientIp", False)
        shown = {"vpcId": vpc, "subnetIds": [subnet.id], "securityGroupIds": groups, "PreserveClientIp": preserve}
        thing = region.add("eice", "CreateInstanceConnectEndpoint", shown, status="pending")
        tags = [tag for spec in request.get("TagSpecifications") or [] for tag in spec.get("Tags", [])]
        thing.tags = {tag["Key"]: tag["Value"] for tag in tags}
        region.interface(thing, subnet, groups)
        return {"InstanceConnectEndpoint": self._show_connect(thing, subnet)}

    def _show_connect(self, thing: Thing, subnet: Any) -> dict[str, Any]:
        state = {"pending": "create-in-progress", "available": "create-complete", "deleting": "delete-in-progress"}
        identifier, region, account = thing.shown["id"], self.region.name, self.region.account
        return {
            "OwnerId": account,
            "InstanceConnectEndpointId": identifier,
            "InstanceConnectEndpointArn": f"arn:aws:ec2:{region}:{account}:instance-connect-endpoint/{identifier}",
            "State": state[thing.status],
            "DnsName": f"{identifier}.x.ec2-instance-connect-endpoint.{region}.amazonaws.com",
            "NetworkInterfaceIds": [interface.id for interface in thing.interfaces],
            "VpcId": thing.shown["vpcId"],
            "AvailabilityZone": subnet.availability_zone,
            "CreatedAt": thing.shown["createdAt"],
            "SubnetId": subnet.id,
            "PreserveClientIp": thing.shown["PreserveClientIp"],
            "SecurityGroupIds": thing.shown["securityGroupIds"],
            "Tags": self._tags(thing),
        }

    def _connect(self, identifier: str) -> tuple[Thing, Any]:
        thing = self._find(identifier, "eice", "InvalidInstanceConnectEndpointId.NotFound")
        return thing, self.region.subnets(thing.shown["subnetIds"], thing.shown["vpcId"])[0]

    def describe_connect(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request.get("InstanceConnectEndpointIds") or [thing.shown["id"] for thing in self.region.each("eice")]
        return {"InstanceConnectEndpoints": [self._show_connect(*self._connect(item)) for item in wanted]}

    def delete_connect(self, request: dict[str, Any]) -> dict[str, Any]:
        thing, subnet = self._connect(request["InstanceConnectEndpointId"])
        self.region.leave(thing, "deleting")
        return {"InstanceConnectEndpoint": self._show_connect(thing, subnet)}
