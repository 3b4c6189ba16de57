"""Network ACLs: numbered, the first match decides, the end denies, and replies need a rule of their own.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from latticelink.network.ranges import (
    EVERY,
    NONE,
    Addresses,
    PortSet,
    addresses_of,
    inside,
    overlap,
    split,
)
from latticelink.network.security_groups import IN, OUT, tcp_ports
from latticelink.network.topology import Subnet, Topology
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown, after_apply

_EVERYWHERE: dict[int, Addresses] = {4: (4, 0, 2**32 - 1), 6: (6, 0, 2**128 - 1)}


@dataclass(frozen=True)
class _Entry:
    number: int
    allows: bool
    ports: PortSet
    addresses: Addresses
    text: str


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL: its entries by direction, and why there may be others; None if these are all."""

    block: Block
    entries: dict[str, list[_Entry]]
    doubts: dict[str, Unknown | None]

    @property
    def text(self) -> str:
        """The ACL as a person would name it."""
        default = "the default network ACL of " if self.block.type == "aws_vpc" else ""
        return f"{default}{self.block.address}"

    def passes(self, direction: str, ranges: Sequence[Addresses], version: int) -> tuple[PortSet, PortSet]:
        """Return the TCP ports that surely, and that perhaps, pass from or to all of the ranges."""
        sure, maybe = EVERY, EVERY
        for addresses in ranges or [_EVERYWHERE[version]]:
            entries = [each for each in self.entries[direction] if overlap(each.addresses, addresses)]
            everywhere, anywhere = EVERY, NONE
            for part in split(addresses, [each.addresses for each in entries]):
                allowed = _allowed([each for each in entries if inside(part, each.addresses)])
                everywhere &= allowed
                anywhere |= allowed
            sure &= everywhere
            maybe &= anywhere
        return (sure, maybe) if self.doubts[direction] is None else (NONE, EVERY)


def _allowed(entries: list[_Entry]) -> PortSet:
    allowed, open_still = NONE, EVERY
    for entry in sorted(entries, key=lambda each: each.number):
        if entry.allows:
            allowed |= entry.ports & open_still
        open_still -= entry.ports
    return allowed


class NetworkAcls:
    """Finds the network ACL of a subnet."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._read: dict[Block, NetworkAcl] = {}

    def acl_of(self, subnet: Subnet) -> NetworkAcl | None:
        """Return the network ACL of a subnet; None if the configuration has none, as AWS's own lets everything pass."""
        block = self._associated.get(subnet.key) or self._defaults.get(subnet.vpc)
        if block is None and isinstance(subnet.vpc, Block) and subnet.vpc in self._separate:
            block = subnet.vpc
        if block is None:
            return None
        if block not in self._read:
            self._read[block] = self._acl(block)
        return self._read[block]

    @cached_property
    def _associated(self) -> dict[Hashable, Block]:
        found: dict[Hashable, Block] = {}
        configuration = self._topology.configuration
        for kind in ("aws_network_acl", "aws_default_network_acl"):
            for block in configuration.of_type(kind):
                for subnet in self._topology.subnets(block.value("subnet_ids"))[0]:
                    found[subnet.key] = block
        for block in configuration.of_type("aws_network_acl_association"):
            acl = self._topology.block_of(block.value("network_acl_id"), "aws_network_acl", "aws_default_network_acl")
            for subnet in self._topology.subnets(block.value("subnet_id"))[0]:
                if acl is not None:
                    found[subnet.key] = acl
        return found

    @cached_property
    def _defaults(self) -> dict[Hashable | None, Block]:
        found: dict[Hashable | None, Block] = {}
        for block in self._topology.configuration.of_type("aws_default_network_acl"):
            value = block.value("default_network_acl_id")
            if isinstance(value, Reference) and value.block.type == "aws_vpc":
                found[value.block] = block
        return found

    @cached_property
    def _separate(self) -> dict[Block, list[Block]]:
        found: dict[Block, list[Block]] = defaultdict(list)
        for block in self._topology.configuration.of_type("aws_network_acl_rule"):
            value = block.value("network_acl_id")
            if isinstance(value, Reference):
                found[self._defaults.get(value.block, value.block)].append(block)
        return found

    def _acl(self, block: Block) -> NetworkAcl:
        entries: dict[str, list[_Entry]] = {IN: [], OUT: []}
        doubts: dict[str, Unknown | None] = {IN: None, OUT: None}
        for direction, found in self._entries(block):
            if isinstance(found, Unknown):
                doubts[direction] = found
            else:
                entries[direction].append(found)
        return NetworkAcl(block, entries, doubts)

    def _entries(self, block: Block) -> Iterator[tuple[str, _Entry | Unknown]]:
        """Yield what an ACL has; one that stands as its VPC is AWS's default, which allows everything."""
        for direction in (IN, OUT):
            if block.type == "aws_vpc":
                yield from ((direction, _Entry(100, True, EVERY, each, "AWS's rule")) for each in _EVERYWHERE.values())
            for body in block.nested_or_told(direction):
                if isinstance(body, dict):
                    yield from (
                        (direction, each) for each in _read_entry(block, body, body.get("rule_no", ABSENT), "action")
                    )
                else:
                    yield direction, body if isinstance(body, Unknown) else Unknown(f"{block.address} can't be read")
        for rule in self._separate.get(block, []):
            body = {name: rule.value(name) for name in _ARGUMENTS}
            out = body["egress"]
            for direction in (
                [OUT if out is True or out == "true" else IN] if not isinstance(out, Unknown) else [IN, OUT]
            ):
                unknown = rule.instance.unknown or (out if isinstance(out, Unknown) else None)
                if unknown is not None:
                    yield direction, unknown
                else:
                    found = _read_entry(rule, body, body["rule_number"], "rule_action")
                    yield from ((direction, each) for each in found)


_ARGUMENTS = (
    "rule_number", "egress", "protocol", "rule_action", "cidr_block", "ipv6_cidr_block", "from_port", "to_port",
)  # fmt: skip


def _read_entry(block: Block, body: dict[str, Any], number: Any, action: str) -> Iterator[_Entry | Unknown]:
    """Yield the entry, or why it can't be read; nothing for one of another protocol."""
    ports, perhaps, doubt = tcp_ports(
        body.get("protocol", ABSENT), body.get("from_port", ABSENT), body.get("to_port", ABSENT)
    )
    if doubt is not None:
        yield doubt
    if doubt is not None or not perhaps:
        return
    for name in ("cidr_block", "ipv6_cidr_block"):
        value = body.get(name, ABSENT)
        if value in (ABSENT, ""):
            continue
        addresses, said = addresses_of(value), body.get(action, ABSENT)
        if isinstance(value, Reference):
            yield after_apply(value)
        elif addresses is None or str(said).lower() not in ("allow", "deny") or not str(number).isdecimal():
            unknown = next((each for each in (value, said, number) if isinstance(each, Unknown)), None)
            yield unknown or Unknown(f"a rule of {block.address} can't be read")
        else:
            yield _Entry(int(number), str(said).lower() == "allow", ports, addresses, f"{block.address} {number}")
