"""Makes a lab's model of what AWS answers, without a configuration: a second, independent way in."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from latticelink.lab.addressing import Addressing
from latticelink.lab.groups import LATTICE
from latticelink.lab.model import IN, OUT, Acl, AclEntry, GroupRule, Interface, Kind, Model, Subnet, Traffic, Vpc, Way

from tests.emulator.aws import Aws

_GATEWAY_ADDRESSES = 16
_END = 32767  # the number of the rule `*`
_PROTOCOLS = {"-1": "-1", "6": "tcp", "17": "udp", "tcp": "tcp", "udp": "udp"}


def tag(answer: dict[str, Any], otherwise: str) -> str:
    return next((each["Value"] for each in answer.get("Tags", []) if each["Key"] == "Name"), otherwise)


class Answers:
    """Asks AWS what there is in a region."""

    def __init__(self, aws: Aws, region: str) -> None:
        self._ec2, self._lattice = aws.client("ec2", region), aws.client("vpc-lattice", region)
        self._rds = aws.client("rds", region)
        self.model, self._addressing = Model(), Addressing()
        self._subnets: dict[str, Subnet] = {}
        self._gateways: dict[str, list[Interface]] = {}

    def read(self) -> Model:
        acls = dict(self._acls())
        for vpc in self._ec2.describe_vpcs()["Vpcs"]:
            name = vpc["VpcId"]
            self.model.vpcs[name] = Vpc(name, (ipaddress.ip_network(vpc["CidrBlock"]),))
        for subnet in self._ec2.describe_subnets()["Subnets"]:
            block, zone = ipaddress.ip_network(subnet["CidrBlock"]), subnet["AvailabilityZone"]
            key = subnet["SubnetId"]
            self._subnets[key] = Subnet(key, subnet["VpcId"], zone, (block,), acls.get(key))
        for group in self._ec2.describe_security_groups()["SecurityGroups"]:
            self.model.groups[group["GroupId"]] = tuple(self._rules(group))
        self._read_instances()
        self._read_databases()
        self._read_endpoints()
        self._read_associations()
        self._stand_in_clients()
        return self.model

    def _acls(self) -> Iterator[tuple[str, Acl]]:
        for acl in self._ec2.describe_network_acls()["NetworkAcls"]:
            entries = tuple(self._entry(each) for each in acl["Entries"] if each["RuleNumber"] != _END)
            for association in acl["Associations"]:
                yield association["SubnetId"], Acl(acl["NetworkAclId"], entries)

    def _entry(self, entry: dict[str, Any]) -> AclEntry:
        ports = entry.get("PortRange", {})
        traffic = self._traffic(entry["Protocol"], ports.get("From"), ports.get("To"))
        peer = ipaddress.ip_network(entry.get("CidrBlock") or entry["Ipv6CidrBlock"])
        direction = OUT if entry["Egress"] else IN
        return AclEntry(entry["RuleNumber"], direction, entry["RuleAction"] == "allow", traffic, peer)

    @staticmethod
    def _traffic(protocol: str, low: int | None, high: int | None) -> Traffic:
        return Traffic(_PROTOCOLS[protocol], None if low is None or high is None or protocol == "-1" else (low, high))

    def _rules(self, group: dict[str, Any]) -> Iterator[GroupRule]:
        for direction, listed in ((IN, "IpPermissions"), (OUT, "IpPermissionsEgress")):
            for rule in group[listed]:
                traffic = self._traffic(rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"))
                for each in rule["IpRanges"]:
                    yield GroupRule(direction, traffic, ipaddress.ip_network(each["CidrIp"]))
                for each in rule["UserIdGroupPairs"]:
                    yield GroupRule(direction, traffic, each["GroupId"])

    def _add(
        self, name: str, owner: str, kind: Kind, subnet: str, addresses: list[Any], groups: list[str]
    ) -> Interface:
        where = self._subnets[subnet]
        taken = tuple(self._addressing.take(ipaddress.ip_address(each)) for each in addresses)
        made = Interface(name, owner, kind, where.vpc, subnet=where, addresses=taken, groups=tuple(groups))
        self.model.interfaces[name] = made
        return made

    def _read_instances(self) -> None:
        for reservation in self._ec2.describe_instances()["Reservations"]:
            for each in reservation["Instances"]:
                groups = [group["GroupId"] for group in each["SecurityGroups"]]
                owner, address = tag(each, each["InstanceId"]), each["PrivateIpAddress"]
                self._add(each["InstanceId"], owner, Kind.WORKLOAD, each["SubnetId"], [address], groups)

    def _read_databases(self) -> None:
        """Read databases, of which AWS tells the subnets and a name, but no address."""
        for each in self._rds.describe_db_instances()["DBInstances"]:
            subnet = each["DBSubnetGroup"]["Subnets"][0]["SubnetIdentifier"]
            chosen = self._addressing.choose(each["DBInstanceArn"], self._subnets[subnet].blocks[0])
            groups = [group["VpcSecurityGroupId"] for group in each["VpcSecurityGroups"]]
            self._add(each["DBInstanceArn"], each["DBInstanceIdentifier"], Kind.WORKLOAD, subnet, chosen, groups)
            self.model.databases[each["DBInstanceArn"]] = each["Engine"]

    def _read_endpoints(self) -> None:
        associations = self._ec2.describe_vpc_endpoint_associations()["VpcEndpointAssociations"]
        resources: dict[str, list[str]] = {}
        for each in associations:
            resources.setdefault(each["VpcEndpointId"], []).append(each["AssociatedResourceArn"])
        for identifier, arns in resources.items():
            [endpoint] = self._ec2.describe_vpc_endpoints(VpcEndpointIds=[identifier])["VpcEndpoints"]
            if (arn := endpoint.get("ResourceConfigurationArn")) is not None:
                whole = self._lattice.get_resource_configuration(resourceConfigurationIdentifier=arn)
                if whole["type"] == "ARN":  # what its child stands for is told by the parent alone
                    arns = [whole["arn"]]
            cards = self._ec2.describe_network_interfaces(NetworkInterfaceIds=endpoint["NetworkInterfaceIds"])
            for card in cards["NetworkInterfaces"]:
                first, block = card["PrivateIpAddress"], self._subnets[card["SubnetId"]].blocks[0]
                more = [self._addressing.choose(f"{identifier} {arn} {card['SubnetId']}", block)[0] for arn in arns[1:]]
                groups = [group["GroupId"] for group in endpoint["Groups"]]
                name = f"{identifier} {card['SubnetId']}"
                entry = self._add(name, identifier, Kind.ENDPOINT, card["SubnetId"], [first, *more], groups)
                self.model.ways += [
                    self._way(entry, address, arn) for address, arn in zip(entry.addresses, sorted(arns), strict=True)
                ]

    def _read_associations(self) -> None:
        """Read associations of VPCs, whose clients send to addresses of VPC Lattice; AWS tells names of these only."""
        for vpc in self.model.vpcs:
            for listed in self._lattice.list_service_network_vpc_associations(vpcIdentifier=vpc)["items"]:
                self._read_association(listed["id"], vpc)

    def _read_association(self, name: str, vpc: str) -> None:
        each = self._lattice.get_service_network_vpc_association(serviceNetworkVpcAssociationIdentifier=name)
        shared = self._lattice.list_service_network_resource_associations(
            serviceNetworkIdentifier=each["serviceNetworkId"]
        )
        arns = [one["resourceConfigurationId"] for one in shared["items"]]
        block = ipaddress.ip_network(LATTICE[4])
        addresses = tuple(self._addressing.choose(f"{name} {arn}", block)[0] for arn in arns)
        groups = tuple(each.get("securityGroupIds", []))
        entry = Interface(
            name, name, Kind.ASSOCIATION, vpc, subnet=None, addresses=addresses, groups=groups, filtered=bool(groups)
        )
        self.model.interfaces[name] = entry
        self.model.ways += [self._way(entry, address, arn) for address, arn in zip(addresses, arns, strict=True)]

    def _way(self, entry: Interface, address: Any, arn: str) -> Way:
        configuration = self._lattice.get_resource_configuration(resourceConfigurationIdentifier=arn)
        doors = self._doors(configuration["resourceGatewayId"])
        door = next((each for each in doors if entry.zone in ("", each.zone)), None)
        definition, ports = (
            configuration.get("resourceConfigurationDefinition", {}),
            configuration.get("portRanges", []),
        )
        if parent := configuration.get("resourceConfigurationGroupId"):
            group = self._lattice.get_resource_configuration(resourceConfigurationIdentifier=parent)
            definition = definition or group.get("resourceConfigurationDefinition", {})
        target = self._target(definition, doors[0], configuration["name"])
        if "arnResource" in definition:
            ports = [str(self._rds.describe_db_instances()["DBInstances"][0]["Endpoint"]["Port"])]
        ranges = tuple((int(low), int(high or low)) for low, _, high in (each.partition("-") for each in ports))
        return Way(
            entry.name,
            address,
            configuration["name"],
            ranges,
            gateway=door.name if door else None,
            target=target.name,
            target_address=target.addresses[0],
        )

    def _doors(self, identifier: str) -> list[Interface]:
        if identifier not in self._gateways:
            gateway = self._lattice.get_resource_gateway(resourceGatewayIdentifier=identifier)
            self._gateways[identifier] = [
                self._add(
                    f"{identifier} {subnet}",
                    gateway["name"],
                    Kind.GATEWAY,
                    subnet,
                    list(
                        map(
                            str,
                            self._addressing.choose(identifier, self._subnets[subnet].blocks[0], _GATEWAY_ADDRESSES),
                        )
                    ),
                    gateway["securityGroupIds"],
                )
                for subnet in gateway["subnetIds"]
            ]
        return self._gateways[identifier]

    def _target(self, definition: dict[str, Any], door: Interface, name: str) -> Interface:
        """Return what has the address; what no interface of AWS has, or is known by a name, stands in."""
        if "arnResource" in definition:
            return self.model.interfaces[definition["arnResource"]["arn"]]
        address = definition.get("ipResource", {}).get("ipAddress")
        for each in self.model.interfaces.values():
            if address is not None and each.vpc == door.vpc and ipaddress.ip_address(address) in each.addresses:
                return each
        if (owner := f"target of {name}") in self.model.interfaces:
            return self.model.interfaces[owner]
        outs = [rule.peer for group in door.groups for rule in self.model.groups[group] if rule.direction == OUT]
        if address is None:
            block = next(each for each in outs if not isinstance(each, str) and 0 < each.prefixlen < 32)
            address = self._addressing.choose(name, block)[0]
        used = {group for each in self.model.interfaces.values() if each.filtered for group in each.groups}
        groups = tuple(each for each in outs if isinstance(each, str) and each not in used)
        taken = (ipaddress.ip_address(address),)
        made = Interface(
            owner, owner, Kind.WORKLOAD, door.vpc, subnet=None, addresses=taken, groups=groups, filtered=False
        )
        self.model.interfaces[owner] = made
        return made

    def _stand_in_clients(self) -> None:
        for entry in self.model.of_kind(Kind.ENDPOINT, Kind.ASSOCIATION):
            if not any(each.vpc == entry.vpc for each in self.model.of_kind(Kind.WORKLOAD)):
                subnet = entry.subnet or next(each for each in self._subnets.values() if each.vpc == entry.vpc)
                chosen = self._addressing.choose(f"client in {entry.vpc}", subnet.blocks[0])
                made = Interface(
                    f"client in {entry.vpc}",
                    "client",
                    Kind.WORKLOAD,
                    entry.vpc,
                    subnet=subnet,
                    addresses=tuple(chosen),
                    filtered=False,
                )
                self.model.interfaces[made.name] = made
