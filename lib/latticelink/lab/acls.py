"""Reads the network ACLs of subnets, in each of the provider's forms.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import Any

from latticelink.lab.addressing import Addressing, cidr_of
from latticelink.lab.groups import argument_of, traffic_of
from latticelink.lab.model import IN, OUT, Acl, AclEntry
from latticelink.network.topology import Topology
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, boolean
from latticelink.values import types


class AclReader:
    """Finds the network ACL of each subnet."""

    def __init__(self, topology: Topology, addressing: Addressing) -> None:
        self._topology, self._addressing = topology, addressing
        self._configuration = topology.configuration
        self.doubts: list[str] = []
        self._owners = dict(self._associations())

    def of_subnet(self, subnet: Hashable, vpc: Hashable | None) -> Acl | None:
        """Return the ACL of a subnet, else the VPC's default one if that is in the configuration."""
        owner = self._owners.get(subnet) or self._owners.get(("default", vpc))
        return None if owner is None else Acl(_name(owner), tuple(self._entries(owner)))

    def _associations(self) -> Iterator[tuple[Hashable, Block]]:
        """Yield subnets with their ACLs; a VPC, marked as such, with its default one."""
        for block in self._configuration.of_type(types.DEFAULT_NETWORK_ACL):
            vpc = self._vpc_of(block)
            if vpc is not None:
                yield ("default", vpc), block
        for block in self._configuration.of_type(types.NETWORK_ACL_RULE):
            value = block.value("network_acl_id")
            if isinstance(value, Reference) and value.block.type == types.VPC:
                yield ("default", value.block), value.block
        for kind, argument in (
            (types.DEFAULT_NETWORK_ACL, "subnet_ids"),
            (types.NETWORK_ACL, "subnet_ids"),
            (types.NETWORK_ACL_ASSOCIATION, "subnet_id"),
        ):
            for block in self._configuration.of_type(kind):
                owner: Block | None = block
                if kind == types.NETWORK_ACL_ASSOCIATION:
                    value = block.value("network_acl_id")
                    owner = value.block if isinstance(value, Reference) else None
                for subnet in self._topology.subnets(block.value(argument))[0]:
                    if owner is not None:
                        yield subnet.key, owner

    def _vpc_of(self, block: Block) -> Hashable | None:
        value = block.value("default_network_acl_id")
        return value.block if isinstance(value, Reference) and value.block.type == types.VPC else None

    def _entries(self, owner: Block) -> Iterator[AclEntry]:
        if owner.type == types.VPC:  # its default ACL, to which rules are added that AWS's own two come after
            for direction in (IN, OUT):
                yield from self._entry(owner, direction, _AWS_OWN.__getitem__)
        for direction in (IN, OUT):
            for body in owner.nested(direction) if owner.type != types.VPC else []:
                if isinstance(body, dict):
                    yield from self._entry(owner, direction, partial(argument_of, body))
                else:
                    self.doubts.append(f"{owner.address} has rules that aren't known")
        for block in self._configuration.of_type(types.NETWORK_ACL_RULE):
            value = block.value("network_acl_id")
            if self._is(value, owner):
                direction = OUT if boolean(block.value("egress")) else IN
                yield from self._entry(block, direction, block.value)

    def _is(self, value: Any, owner: Block) -> bool:
        if not isinstance(value, Reference):
            return False
        default = value.block if value.attribute == "default_network_acl_id" else None
        return value.block is owner or (default is not None and default == self._vpc_of(owner))

    def _entry(self, block: Block, direction: str, get: Callable[[str], Any]) -> Iterator[AclEntry]:
        traffic = traffic_of(get("protocol"), get("from_port"), get("to_port"))
        number = get("rule_no") if get("rule_no") not in (ABSENT, None) else get("rule_number")
        allows = (get("action") or get("rule_action")) == "allow"
        for argument in ("cidr_block", "ipv6_cidr_block"):
            value = self._addressing.value(get(argument))
            if value in (ABSENT, None, ""):
                continue
            peer = cidr_of(value)
            if peer is None or traffic is None or not str(number).isdecimal():
                self.doubts.append(f"a rule of {block.address} isn't fully known")
            else:
                yield AclEntry(int(number), direction, allows, traffic, peer)


_AWS_OWN = {
    "protocol": "-1",
    "from_port": 0,
    "to_port": 0,
    "rule_no": 100,
    "rule_number": 100,
    "action": "allow",
    "rule_action": "allow",
    "cidr_block": "0.0.0.0/0",
    "ipv6_cidr_block": "::/0",
}


def _name(owner: Block) -> str:
    name = owner.value("tags", "Name")
    default = "the default network ACL of " if owner.type == types.VPC else ""
    return f"{default}{name if isinstance(name, str) and not default else owner.address}"
