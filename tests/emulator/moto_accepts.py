"""What moto's EC2 accepts and AWS refuses: judged here, before moto sees the request.

Codes and messages are those of AWS's page "Error codes for the Amazon EC2 API" and of reports by users of Terraform;
tests/refusals.toml says for each which, and where neither says it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from tests.emulator.lattice import Region
from tests.emulator.protocol import Refused

_NAME = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")
_DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")


class Ec2Rules:
    """The rules of one region, by action."""

    def __init__(self, region: Region) -> None:
        self.region, self.ec2 = region, region.ec2

    def judge(self, action: str, request: dict[str, Any]) -> None:
        """Raise `Refused` for a request that AWS refuses and moto doesn't."""
        self._judge_tags(request)
        rule = getattr(self, "_" + re.sub(r"(?<!^)(?=[A-Z])", "_", action).lower(), None)
        if rule:
            rule(request)

    def _judge_tags(self, request: dict[str, Any]) -> None:
        specified = [tag for each in request.get("TagSpecifications", []) for tag in each.get("Tags", [])]
        for tag in [*specified, *(request.get("Tags") or [])]:
            key, value = tag.get("Key", ""), tag.get("Value", "")
            if key.lower().startswith("aws:"):
                raise Refused("InvalidParameterValue", f"Tag keys starting with 'aws:' are reserved: {key}")
            for what, text, most in (("key", key, 128), ("value", value, 256)):
                if len(text) > most:
                    raise Refused(
                        "InvalidParameterValue", f"Tag {what} exceeds the maximum length of {most} characters"
                    )
        if len(specified) > 50:
            raise Refused("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")

    # -- VPCs and subnets --------------------------------------------------------------------------------------------

    def _create_vpc(self, _: dict[str, Any]) -> None:
        self.region.quotas.refuse_over("VPCs per Region", len(self.ec2.vpcs) + 1)

    def _delete_vpc(self, request: dict[str, Any]) -> None:
        vpc = request["VpcId"]
        groups = [group.id for group in self.ec2.groups.get(vpc, {}).values() if not group.is_default]
        if dependent := [
            *groups,
            *(interface.id for interface in self._interfaces() if interface.subnet.vpc_id == vpc),
        ]:
            message = f"The vpc '{vpc}' has dependencies and cannot be deleted: {', '.join(dependent)}"
            raise Refused("DependencyViolation", message)

    def _create_subnet(self, request: dict[str, Any]) -> None:
        zone, block = request.get("AvailabilityZone"), request.get("CidrBlock")
        if zone is not None and not zone.startswith(self.region.name):
            message = (
                f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created "
            )
            raise Refused("InvalidParameterValue", f"{message}in zones of {self.region.name}.")
        present = [s for zone in self.ec2.subnets.values() for s in zone.values() if s.vpc_id == request["VpcId"]]
        self.region.quotas.refuse_over("Subnets per VPC", len(present) + 1)
        if block and not 16 <= ipaddress.ip_network(block, strict=False).prefixlen <= 28:
            raise Refused("InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")
        if ipv6 := request.get("Ipv6CidrBlock"):
            self._judge_ipv6(request["VpcId"], ipaddress.ip_network(ipv6), present)

    def _judge_ipv6(self, vpc: str, block: Any, present: list[Any]) -> None:
        of_vpc = self.ec2.vpcs[vpc].get_cidr_block_association_set(ipv6=True) if vpc in self.ec2.vpcs else []
        if block.prefixlen != 64 or not any(
            block.subnet_of(ipaddress.ip_network(each["cidr_block"], strict=False)) for each in of_vpc
        ):
            raise Refused("InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")
        taken = [each for subnet in present for each in subnet.ipv6_cidr_block_associations.values()]
        if any(block.overlaps(ipaddress.ip_network(each["ipv6CidrBlock"])) for each in taken):
            raise Refused("InvalidSubnet.Conflict", f"The CIDR '{block}' conflicts with another subnet")

    def _delete_subnet(self, request: dict[str, Any]) -> None:
        identifier = request["SubnetId"]
        if dependent := [interface.id for interface in self._interfaces() if interface.subnet.id == identifier]:
            message = f"The subnet '{identifier}' has dependencies and cannot be deleted: {', '.join(dependent)}"
            raise Refused("DependencyViolation", message)

    def _interfaces(self) -> list[Any]:
        """Return the network interfaces but for those that left with their instance, which moto keeps."""
        every = self.ec2.enis.values()
        return [
            one for one in every if one.instance is None or one.instance.state not in ("terminated", "shutting-down")
        ]

    # -- security groups ---------------------------------------------------------------------------------------------

    def _create_security_group(self, request: dict[str, Any]) -> None:
        name, description, vpc = request.get("GroupName", ""), request.get("Description", ""), request.get("VpcId")
        if vpc is not None and vpc not in self.ec2.vpcs:
            raise Refused("InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist")
        if name.startswith("sg-"):
            message = f"Value ({name}) for parameter GroupName is invalid. Group names may not be in the format sg-*."
            raise Refused("InvalidParameterValue", message)
        if not _NAME.fullmatch(name):
            raise Refused("InvalidParameterValue", f"Value ({name}) for parameter GroupName is invalid.")
        self._judge_description(description, "security group")
        present = sum(len(groups) for groups in self.ec2.groups.values())
        self.region.quotas.refuse_over("Security groups per Region", present + 1)

    @staticmethod
    def _judge_description(text: str, what: str) -> None:
        if not _DESCRIPTION.fullmatch(text):
            message = f"Invalid {what} description. Valid descriptions are strings less than 256 characters from a set"
            raise Refused("InvalidParameterValue", f"{message} of characters: {text}")

    def _delete_security_group(self, request: dict[str, Any]) -> None:
        identifier = request.get("GroupId", "")
        group = self.ec2.get_security_group_from_id(identifier)
        if group is not None and group.is_default:
            message = f'the specified group: "{identifier}" name: "default" cannot be deleted by a user'
            raise Refused("CannotDelete", message)
        interfaces = [one.id for one in self._interfaces() if identifier in [each.id for each in one.group_set]]
        others = [
            other.id
            for groups in self.ec2.groups.values()
            for other in groups.values()
            if other.id != identifier and any(peer == identifier for peer in _peers(other))
        ]
        if dependent := [*interfaces, *others]:
            raise Refused(
                "DependencyViolation", f"resource {identifier} has a dependent object: {', '.join(dependent)}"
            )

    def _authorize_security_group_ingress(self, request: dict[str, Any]) -> None:
        self._judge_rules(request, "ingress_rules")

    def _authorize_security_group_egress(self, request: dict[str, Any]) -> None:
        self._judge_rules(request, "egress_rules")

    def _judge_rules(self, request: dict[str, Any], direction: str) -> None:
        group = self.ec2.get_security_group_from_id(request.get("GroupId", ""))
        if group is None:
            return
        wanted = list(_rules(request))
        for permission, member, peer in wanted:
            self._judge_ports(permission)
            self._judge_description(peer.get("Description", ""), "rule")
            if member == "UserIdGroupPairs":
                self._judge_peer(group, peer["GroupId"])
            if member == "PrefixListIds" and peer["PrefixListId"] not in self.ec2.managed_prefix_lists:
                message = f"The prefix list ID '{peer['PrefixListId']}' does not exist"
                raise Refused("InvalidPrefixListID.NotFound", message)
        self.region.quotas.refuse_over("Rules per security group", len(getattr(group, direction)) + len(wanted))

    @staticmethod
    def _judge_ports(permission: dict[str, Any]) -> None:
        if permission.get("IpProtocol") not in ("tcp", "6"):
            return
        low, high = permission.get("FromPort"), permission.get("ToPort")
        if low is None or high is None or not 0 <= low <= high <= 65535:
            raise Refused("InvalidParameterValue", f"Invalid TCP port range {low}-{high}. Ports are 0 to 65535.")

    def _judge_peer(self, group: Any, peer: str) -> None:
        other = self.ec2.get_security_group_from_id(peer)
        if other is not None and other.vpc_id != group.vpc_id:
            message = "You have specified two resources that belong to different networks."
            raise Refused("InvalidGroup.NotFound", message)

    def _revoke_security_group_ingress(self, request: dict[str, Any]) -> None:
        self._judge_revoked(request, "ingress_rules")

    def _revoke_security_group_egress(self, request: dict[str, Any]) -> None:
        self._judge_revoked(request, "egress_rules")

    def _judge_revoked(self, request: dict[str, Any], direction: str) -> None:
        group = self.ec2.get_security_group_from_id(request.get("GroupId", ""))
        known = [rule.id for rule in getattr(group, direction, [])]
        for rule in request.get("SecurityGroupRuleIds", []):
            if group is not None and rule not in known:
                message = f"The security group rule ID '{rule}' does not exist"
                raise Refused("InvalidSecurityGroupRuleId.NotFound", message)


def _rules(request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, dict[str, Any]]]:
    """Yield each rule that a request would make: the permission, the member that names its peer, and the peer."""
    for permission in request.get("IpPermissions", []):
        for member in ("IpRanges", "Ipv6Ranges", "UserIdGroupPairs", "PrefixListIds"):
            yield from ((permission, member, peer) for peer in permission.get(member, []))


def _peers(group: Any) -> list[str]:
    rules = [*group.ingress_rules, *group.egress_rules]
    return [rule.source_group.get("GroupId", "") for rule in rules if rule.source_group]
