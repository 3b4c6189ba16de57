"""Network ACLs: numbered, the first match decides, the end denies, and replies need a rule of their own.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from latticelink.network.keys import Place, differ
from latticelink.network.ranges import EVERY, EVERYWHERE, NONE, Addresses, PortSet, addresses_of
from latticelink.network.security_groups import IN, OUT, tcp_ports
from latticelink.network.topology import Subnet, Topology
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown, after_apply, boolean, first_unknown
from latticelink.terraform.work import spend
from latticelink.values.types import DEFAULT_NETWORK_ACL, NETWORK_ACL, NETWORK_ACL_ASSOCIATION, NETWORK_ACL_RULE, VPC


@dataclass(frozen=True, slots=True)
class _Entry:
    """A numbered rule.

    Args:
        number: its place: the lowest is asked first.
        allows: whether it allows what it matches, or denies it.
        ports: the TCP ports that it matches.
        addresses: where it matches packets from or to.
    """

    number: int
    allows: bool
    ports: PortSet
    addresses: Addresses


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL: its entries by direction, and why there may be others; None if these are all."""

    block: Block
    entries: dict[str, list[_Entry]]
    doubts: dict[str, Unknown | None]

    @property
    def text(self) -> str:
        """The ACL as a person would name it."""
        default = "the default network ACL of " if self.block.type == VPC else ""
        return f"{default}{self.block.address}"

    def passes(
        self, direction: str, ranges: Sequence[Addresses], version: int, *, all_of_them: bool = True
    ) -> tuple[PortSet, PortSet]:
        """Return the TCP ports that surely pass from or to all of the ranges, and that perhaps do.

        Args:
            direction: `IN` or `OUT`.
            ranges: where the packets come from or go to; all addresses if there are none.
            version: IP version.
            all_of_them: whether something is in each of the ranges; else it is in one of them.
        """
        sure, maybe = EVERY, EVERY if all_of_them else NONE
        for addresses in ranges or [EVERYWHERE[version]]:
            entries = [each for each in self.entries[direction] if each.addresses.overlap(addresses)]
            everywhere, anywhere = EVERY, NONE
            parts = addresses.parts(each.addresses for each in entries)
            spend(len(parts) * len(entries))
            for part in parts:
                allowed = _allowed([each for each in entries if part.are_in(each.addresses)])
                everywhere &= allowed
                anywhere |= allowed
            sure &= everywhere
            maybe = maybe & anywhere if all_of_them else maybe | anywhere
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

    def doubt_of(self, subnet: Subnet) -> Unknown | None:
        """Return why it isn't known which network ACL a subnet has; None if it is."""
        if subnet.key in self._associated:
            return None
        for block, why in self._loose:
            vpc = self._topology.vpc_key(block.value("vpc_id"))
            if vpc is None or subnet.vpc is None or not differ(vpc, subnet.vpc):
                return why.keeps(f"which subnets {block.address} is for")
        return None

    @cached_property
    def _loose(self) -> list[tuple[Block, Unknown]]:
        """The ACLs, and associations of ACLs, of which it isn't known which subnets they are for."""
        found = []
        configuration = self._topology.configuration
        for kind, argument in ((NETWORK_ACL, "subnet_ids"), (NETWORK_ACL_ASSOCIATION, "subnet_id")):
            for block in configuration.of_type(kind):
                value = block.value(argument)
                if (why := first_unknown(value)) is not None:
                    found.append((block, why))
                elif kind == NETWORK_ACL_ASSOCIATION and isinstance(value, Unknown | Reference):
                    acl = self._topology.block_of(block.value("network_acl_id"), NETWORK_ACL, DEFAULT_NETWORK_ACL)
                    if acl is None:
                        found.append((block, Unknown(f"{block.address} names an ACL that isn't in the input")))
        return found

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
    def _associated(self) -> dict[Place, Block]:
        found: dict[Place, Block] = {}
        configuration = self._topology.configuration
        for kind in (NETWORK_ACL, DEFAULT_NETWORK_ACL):
            for block in configuration.of_type(kind):
                for subnet in self._topology.subnets(block.value("subnet_ids"))[0]:
                    found[subnet.key] = block
        for block in configuration.of_type(NETWORK_ACL_ASSOCIATION):
            acl = self._topology.block_of(block.value("network_acl_id"), NETWORK_ACL, DEFAULT_NETWORK_ACL)
            for subnet in self._topology.subnets(block.value("subnet_id"))[0]:
                if acl is not None:
                    found[subnet.key] = acl
        return found

    @cached_property
    def _defaults(self) -> dict[Place | None, Block]:
        found: dict[Place | None, Block] = {}
        for block in self._topology.configuration.of_type(DEFAULT_NETWORK_ACL):
            value = block.value("default_network_acl_id")
            if isinstance(value, Reference) and value.block.type == VPC:
                found[value.block] = block
        return found

    @cached_property
    def _separate(self) -> dict[Block, list[Block]]:
        found: dict[Block, list[Block]] = defaultdict(list)
        for block in self._topology.configuration.of_type(NETWORK_ACL_RULE):
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
            if block.type == VPC:
                yield from ((direction, _Entry(100, True, EVERY, each)) for each in EVERYWHERE.values())
            for body in block.nested_or_told(direction):
                if isinstance(body, dict):
                    for entry in _read_entry(block, body, number="rule_no", action="action"):
                        yield direction, entry
                else:
                    yield direction, body if isinstance(body, Unknown) else Unknown(f"{block.address} can't be read")
        for rule in self._separate.get(block, []):
            body = {name: rule.value(name) for name in _ARGUMENTS}
            out = body["egress"]
            unknown = rule.instance.unknown or (out if isinstance(out, Unknown) else None)
            for direction in (IN, OUT) if isinstance(out, Unknown) else (OUT,) if boolean(out) else (IN,):
                if unknown is not None:
                    yield direction, unknown
                else:
                    for entry in _read_entry(rule, body, number="rule_number", action="rule_action"):
                        yield direction, entry


_ARGUMENTS = (
    "rule_number", "egress", "protocol", "rule_action", "cidr_block", "ipv6_cidr_block", "from_port", "to_port",
)  # fmt: skip


def _read_entry(block: Block, body: dict[str, Any], *, number: str, action: str) -> Iterator[_Entry | Unknown]:
    """Yield the entry, or why it can't be read; nothing for one of another protocol.

    Args:
        block: where it stands.
        body: its arguments.
        number: the argument that holds its number.
        action: the argument that says whether it allows.
    """
    ports, perhaps, doubt = tcp_ports(*(body.get(each, ABSENT) for each in ("protocol", "from_port", "to_port")))
    if doubt is not None:
        yield doubt
    if doubt is not None or not perhaps:
        return
    said, place = body.get(action, ABSENT), body.get(number, ABSENT)
    for name in ("cidr_block", "ipv6_cidr_block"):
        value = body.get(name, ABSENT)
        if value in (ABSENT, ""):
            continue
        addresses = addresses_of(value)
        if isinstance(value, Reference):
            yield after_apply(value)
        elif addresses is None or str(said).lower() not in ("allow", "deny") or not str(place).isdecimal():
            unknown = next((each for each in (value, said, place) if isinstance(each, Unknown)), None)
            yield unknown or Unknown(f"a rule of {block.address} can't be read")
        else:
            yield _Entry(int(place), str(said).lower() == "allow", ports, addresses)
