"""Reads the rules of security groups, in each of the provider's forms, as AWS documents them.

Sources:
    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
"""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from latticelink.lab.addressing import Addressing, cidr_of
from latticelink.lab.model import IN, OUT, Cidr, GroupRule, Traffic
from latticelink.network.keys import GroupKey
from latticelink.network.topology import Topology
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Absent, Reference, Unknown, as_list, boolean
from latticelink.values import types

EVERYWHERE = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))
_PROTOCOLS = {"-1": "-1", "all": "-1", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_CIDRS = ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks")
_GROUPS = ("referenced_security_group_id", "source_security_group_id", "security_groups")
_LISTS = ("prefix_list_id", "prefix_list_ids")
_ARGUMENTS = (*_CIDRS, *_GROUPS, *_LISTS, "self", "protocol", "ip_protocol", "from_port", "to_port")
Get = Callable[[str], Any]


def traffic_of(protocol: Any, low: Any, high: Any) -> Traffic | None:
    """Return what a rule is about; None if that isn't known, or if it can match nothing."""
    if isinstance(protocol, Unknown | Reference | Absent) or protocol is None:
        return None
    name = _PROTOCOLS.get(str(protocol).lower(), str(protocol).lower())
    if name not in ("tcp", "udp"):
        return Traffic(name)
    try:
        first = int(low)
        last = first if high is None or isinstance(high, Absent) else int(high)
    except (TypeError, ValueError):
        return None
    return Traffic(name, (first, last)) if 0 <= first <= last else None


def argument_of(body: dict[str, Any], name: str) -> Any:
    """Return an argument of a nested block; ABSENT if it isn't there."""
    return body.get(name, ABSENT)


class GroupReader:
    """Finds the rules of each security group."""

    def __init__(self, topology: Topology, addressing: Addressing, name: Callable[[GroupKey], str]) -> None:
        """Take where groups are, what values are in the lab, and how a group is named there."""
        self._topology, self._addressing, self._name = topology, addressing, name
        self._configuration = topology.configuration
        self.doubts: dict[str, list[str]] = defaultdict(list)

    def read(self) -> dict[str, tuple[GroupRule, ...]]:
        """Return the rules by the names of their groups."""
        found: dict[str, list[GroupRule]] = defaultdict(list)
        for group, direction, block, get in self._written():
            found[group] += self._rules(group, direction, block, get)
        return {name: tuple(rules) for name, rules in found.items()}

    def default_rules(self, group: str) -> tuple[GroupRule, ...]:
        """Return what AWS gives a VPC's default group."""
        everything = Traffic("-1")
        return (
            GroupRule(IN, everything, group),
            *(GroupRule(OUT, everything, block) for block in EVERYWHERE),
        )

    def _written(self) -> Iterator[tuple[str, str, Block, Get]]:
        for direction in (IN, OUT):
            for block in self._configuration.of_type(types.RULES[direction]):
                if group := self._group(block.value("security_group_id"), block):
                    yield group, direction, block, block.value
        for block in self._configuration.of_type(types.GROUP_RULE):
            direction = block.value("type")
            if (group := self._group(block.value("security_group_id"), block)) and direction in (IN, OUT):
                yield group, direction, block, block.value
        for kind in (types.SECURITY_GROUP, types.DEFAULT_SECURITY_GROUP):
            for block in self._configuration.of_type(kind):
                group = self._group(Reference(block, "id"), block)
                for direction in (IN, OUT):
                    for body in block.nested(direction):
                        if group and isinstance(body, dict):
                            yield group, direction, block, partial(argument_of, body)
                        elif group:
                            self.doubts[group].append(f"{block.address} has rules that aren't known")

    def _group(self, value: Any, block: Block) -> str | None:
        key = None if block.has_many else self._topology.groups.key(value, block.stack)
        return None if key is None else self._name(key)

    def _rules(self, group: str, direction: str, block: Block, get: Get) -> Iterator[GroupRule]:
        given = {name: self._addressing.value(get(name)) for name in _ARGUMENTS}
        traffic = traffic_of(given["ip_protocol"] or given["protocol"], given["from_port"], given["to_port"])
        if traffic is None:
            self.doubts[group].append(f"the protocol or ports of {block.address} aren't known")
            return
        for peer in self._peers(group, block, given):
            yield GroupRule(direction, traffic, peer)

    def _peers(self, group: str, block: Block, given: dict[str, Any]) -> Iterator[Cidr | str]:
        for value in (each for name in _CIDRS for each in as_list(given[name])):
            if (cidr := cidr_of(value)) is not None:
                yield cidr
            else:
                self.doubts[group].append(f"a range of {block.address} isn't known")
        for value in (each for name in _GROUPS for each in as_list(given[name])):
            key = self._topology.groups.key(value, block.stack)
            if key is not None:
                yield self._name(key)
            else:
                self.doubts[group].append(f"a group of {block.address} isn't known")
        if boolean(given["self"]):
            yield group
        for value in (each for name in _LISTS for each in as_list(given[name])):
            yield from self._listed(value)

    def _listed(self, value: Any) -> Iterator[Cidr]:
        """Yield what is in a prefix list; of AWS's own only Lattice's has addresses that are in a lab."""
        block = value.block if isinstance(value, Reference) else None
        if block is None or block.type not in (types.PREFIX_LIST, types.AWS_PREFIX_LIST):
            return
        entries = [each.get("cidr") for each in block.nested("entry") if isinstance(each, dict)]
        for each in self._configuration.of_type(types.PREFIX_LIST_ENTRY):
            owner = each.value("prefix_list_id")
            if isinstance(owner, Reference) and owner.block is block:
                entries.append(each.value("cidr"))
        if block.mode == "data" and str(block.value("name")).endswith("vpc-lattice"):
            entries = list(LATTICE.values())
        yield from (found for each in entries if (found := cidr_of(self._addressing.value(each))) is not None)


# Where a VPC that is associated with a service network sends to.
# https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html
LATTICE = {4: "129.224.0.0/17", 6: "fd00:ec2:80::/64"}
