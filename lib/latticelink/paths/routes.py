"""Routes from a gateway's subnets to a target that is outside its VPC.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from functools import cached_property
from typing import Any

from latticelink.network.ranges import Addresses, addresses_of, inside, overlap, shown_addresses
from latticelink.network.topology import Placed, Subnet, Topology, differ
from latticelink.paths.hops import Stage, blocking, doubtful, passing
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown

_PLACE = "route to the target"
_TO_THE_INTERNET = ("aws_egress_only_internet_gateway", "aws_internet_gateway")


class Routes:
    """Finds the routes of a subnet."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def stage(self, gateway: Placed, target: tuple[Addresses, ...], target_vpc: Hashable | None) -> Stage | None:
        """Return whether the gateway's subnets have a way to the target; None if nothing of it is known here.

        Args:
            gateway: the resource gateway.
            target: where the target is; empty if that isn't known.
            target_vpc: the target's VPC, if it is known.
        """
        if gateway.vpc is None:
            return None
        if target_vpc is not None and target_vpc == gateway.vpc:
            return passing(_PLACE, None, "the target is in the gateway's VPC, where every table has the route `local`")
        if target_vpc is not None and not differ(target_vpc, gateway.vpc):
            reason = f"whether {_text(target_vpc)} and {_text(gateway.vpc)} are one VPC isn't known"
            return doubtful(_PLACE, gateway.block, Unknown(reason))
        if not target or (target_vpc is None and gateway.vpc not in self._topology.vpc_ranges):
            return None
        local, local_perhaps = self._inside_vpc(gateway.vpc, target)
        if target_vpc is None and local:
            return passing(_PLACE, None, "the target is in the gateway's VPC, where every table has the route `local`")
        if target_vpc is None and local_perhaps:
            return doubtful(_PLACE, None, Unknown(f"not all blocks of {_text(gateway.vpc)} are known"))
        where = ", ".join(map(shown_addresses, target))
        if gateway.subnets_doubt is not None:
            return doubtful(_PLACE, gateway.block, gateway.subnets_doubt)
        answers = [(subnet, self._has_route(subnet, target)) for subnet in gateway.subnets]
        if missing := [subnet for subnet, answer in answers if answer is False]:
            return blocking(
                _PLACE,
                gateway.block,
                f"{where} is outside {_text(gateway.vpc)}, and {missing[0].text} has no route to it",
                f"Add an aws_route to the route table of {missing[0].text}: destination_cidr_block = {where}, and a "
                "transit gateway, peering connection, NAT gateway or virtual private gateway as its target.",
            )
        if unknown := next((answer for _, answer in answers if isinstance(answer, Unknown)), None):
            return doubtful(_PLACE, gateway.block, unknown)
        return passing(_PLACE, gateway.block, f"the route tables of the gateway's subnets have a route to {where}")

    def _inside_vpc(self, vpc: Hashable, target: tuple[Addresses, ...]) -> tuple[bool, bool]:
        """Return whether the target surely, and whether it perhaps, is in the VPC's blocks."""
        blocks = self._topology.vpc_ranges.get(vpc, [])
        known = [each for each in map(addresses_of, blocks) if each is not None]
        sure = all(any(inside(part, block) for block in known) for part in target)
        return sure, sure or len(known) < len(blocks)

    def _has_route(self, subnet: Subnet, target: tuple[Addresses, ...]) -> bool | Unknown:
        table = self._tables.get(subnet.key) or (("main", subnet.vpc) if isinstance(subnet.vpc, Block) else None)
        if isinstance(table, tuple):
            table = self._mains.get(table[1], table)
        if table is None:
            return Unknown(f"the route table of {subnet.text} isn't in what was read")
        unknown: Unknown | None = None
        for value in self._destinations.get(table, []):
            block = addresses_of(value)
            if block is None:
                unknown = (
                    value
                    if isinstance(value, Unknown)
                    else Unknown(f"where a route of {_text(table)} leads isn't known")
                )
            elif all(inside(part, block) for part in target):
                return True
            elif any(overlap(part, block) for part in target):
                unknown = Unknown(f"a route of {_text(table)} leads to part of the target's subnet only")
        return unknown or False

    def _table(self, value: Any) -> Hashable | None:
        """Return the key of a route table: its block, or its VPC for a main one."""
        if not isinstance(value, Reference):
            return None
        if value.block.type == "aws_vpc":
            return ("main", value.block)
        if value.block.type == "aws_default_route_table":
            return self._table(value.block.value("default_route_table_id"))
        return value.block

    @cached_property
    def _tables(self) -> dict[Hashable, Hashable]:
        found: dict[Hashable, Hashable] = {}
        for block in self._topology.configuration.of_type("aws_route_table_association"):
            for subnet in self._topology.subnets(block.value("subnet_id"))[0]:
                if (table := self._table(block.value("route_table_id"))) is not None:
                    found[subnet.key] = table
        return found

    @cached_property
    def _mains(self) -> dict[Hashable, Hashable]:
        found: dict[Hashable, Hashable] = {}
        for block in self._topology.configuration.of_type("aws_main_route_table_association"):
            table, vpc = self._table(block.value("route_table_id")), self._topology.vpc_key(block.value("vpc_id"))
            if table is not None and vpc is not None:
                found[vpc] = table
        return found

    @cached_property
    def _destinations(self) -> dict[Hashable, list[Any]]:
        """The destinations of each table's routes; what isn't known among them as it is."""
        found: dict[Hashable, list[Any]] = defaultdict(list)
        configuration = self._topology.configuration
        for kind in ("aws_route_table", "aws_default_route_table"):
            for block in configuration.of_type(kind):
                key = self._table(Reference(block, "id"))
                if key is None:
                    continue
                for route in block.nested_or_told("route"):
                    found[key] += [route] if isinstance(route, Unknown) else _destinations(route.get)
                if block.value("propagating_vgws") is not ABSENT:
                    found[key].append(Unknown(f"a virtual private gateway adds routes to {block.address}"))
        for block in configuration.of_type("aws_route"):
            if (key := self._table(block.value("route_table_id"))) is not None:
                found[key] += [block.instance.unknown] if block.has_many else _destinations(block.value)
        for block in configuration.of_type("aws_vpn_gateway_route_propagation"):
            if (key := self._table(block.value("route_table_id"))) is not None:
                found[key].append(Unknown(f"a virtual private gateway adds routes to {_text(key)}"))
        return found


def _destinations(value: Any) -> list[Any]:
    """Return where a route leads, asked of its arguments by name; an internet gateway leads to no private address."""
    through = value("gateway_id") or value("egress_only_gateway_id")
    if isinstance(through, Reference) and through.block.type in _TO_THE_INTERNET:
        return []
    names = (
        "cidr_block", "ipv6_cidr_block", "destination_cidr_block", "destination_ipv6_cidr_block",
        "destination_prefix_list_id",
    )  # fmt: skip
    return [given for given in map(value, names) if given is not None and given is not ABSENT]


def _text(key: Hashable) -> str:
    if isinstance(key, tuple):
        return f"the main route table of {_text(key[1])}"
    return key.address if isinstance(key, Block) else str(key)
