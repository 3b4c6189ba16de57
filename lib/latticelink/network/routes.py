"""Where the route tables of subnets lead, in whichever of the provider's forms they are written.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from latticelink.network.keys import Place, TableKey
from latticelink.network.ranges import Addresses, addresses_of
from latticelink.network.topology import Subnet, Topology
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown
from latticelink.values.types import (
    DEFAULT_ROUTE_TABLE,
    EGRESS_ONLY_GATEWAY,
    INTERNET_GATEWAY,
    MAIN_ROUTE_TABLE,
    ROUTE,
    ROUTE_PROPAGATION,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    VPC,
)

_TO_THE_INTERNET = (EGRESS_ONLY_GATEWAY, INTERNET_GATEWAY)
_DESTINATIONS = (
    "cidr_block",
    "ipv6_cidr_block",
    "destination_cidr_block",
    "destination_ipv6_cidr_block",
    "destination_prefix_list_id",
)


class Routes:
    """Finds where subnets and VPCs have routes to."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def of_vpc(self, vpc: Block) -> list[Any]:
        """Return the destinations of a VPC's route tables, other than the internet; what isn't known as it is."""
        return [
            destination
            for table, destinations in self._destinations.items()
            if (table.owner if table.is_main else self._topology.vpc_key(table.owner.value("vpc_id"))) is vpc
            for destination in destinations
        ]

    def lead_to(self, target: Sequence[Addresses], subnet: Subnet) -> bool | Unknown:
        """Return whether a subnet has a route to all of the target, or why that can't be told."""
        table = self._table_of(subnet)
        if table is None:
            return Unknown(f"the route table of {subnet.text} isn't in what was read")
        unknown: Unknown | None = None
        for value in self._destinations.get(table, []):
            destination = addresses_of(value)
            if destination is None:
                own = value if isinstance(value, Unknown) else None
                unknown = own or Unknown(f"where a route of {table} leads isn't known")
            elif all(part.are_in(destination) for part in target):
                return True
            elif any(part.overlap(destination) for part in target):
                unknown = Unknown(f"a route of {table} leads to part of the target's subnet only")
        return unknown or False

    def _table_of(self, subnet: Subnet) -> TableKey | None:
        """Return the table of a subnet: the one that is associated with it, else its VPC's main one."""
        vpc = subnet.vpc
        table = self._associated.get(subnet.key) or (TableKey(vpc, is_main=True) if isinstance(vpc, Block) else None)
        return self._mains.get(table.owner, table) if table is not None and table.is_main else table

    def _key(self, value: Any) -> TableKey | None:
        """Return the key of the route table with this id."""
        if not isinstance(value, Reference):
            return None
        if value.block.type == DEFAULT_ROUTE_TABLE:
            return self._key(value.block.value("default_route_table_id"))
        return TableKey(value.block, is_main=value.block.type == VPC)

    @cached_property
    def _associated(self) -> dict[Place, TableKey]:
        found: dict[Place, TableKey] = {}
        for block in self._topology.configuration.of_type(ROUTE_TABLE_ASSOCIATION):
            for subnet in self._topology.subnets(block.value("subnet_id"))[0]:
                if (table := self._key(block.value("route_table_id"))) is not None:
                    found[subnet.key] = table
        return found

    @cached_property
    def _mains(self) -> dict[Place, TableKey]:
        """The tables that are made main ones in place of those that AWS makes, by VPC."""
        found: dict[Place, TableKey] = {}
        for block in self._topology.configuration.of_type(MAIN_ROUTE_TABLE):
            table, vpc = self._key(block.value("route_table_id")), self._topology.vpc_key(block.value("vpc_id"))
            if table is not None and vpc is not None:
                found[vpc] = table
        return found

    @cached_property
    def _destinations(self) -> dict[TableKey, list[Any]]:
        """The destinations of each table's routes; what isn't known among them as it is."""
        found: dict[TableKey, list[Any]] = defaultdict(list)
        configuration = self._topology.configuration
        for kind in (ROUTE_TABLE, DEFAULT_ROUTE_TABLE):
            for block in configuration.of_type(kind):
                if (key := self._key(Reference(block, "id"))) is None:
                    continue
                for route in block.nested("route"):
                    found[key] += [route] if isinstance(route, Unknown) else _destinations(route.get)
                if block.value("propagating_vgws") is not ABSENT:
                    found[key].append(Unknown(f"a virtual private gateway adds routes to {block.address}"))
        for block in configuration.of_type(ROUTE):
            if (key := self._key(block.value("route_table_id"))) is not None:
                found[key] += [block.instance.unknown] if block.has_many else _destinations(block.value)
        for block in configuration.of_type(ROUTE_PROPAGATION):
            if (key := self._key(block.value("route_table_id"))) is not None:
                found[key].append(Unknown(f"a virtual private gateway adds routes to {key}"))
        return found


def _destinations(argument: Callable[[str], Any]) -> list[Any]:
    """Return where a route leads, asked of its arguments by name; an internet gateway leads to no private address."""
    through = argument("gateway_id") or argument("egress_only_gateway_id")
    if isinstance(through, Reference) and through.block.type in _TO_THE_INTERNET:
        return []
    return [given for given in map(argument, _DESTINATIONS) if given is not None and given is not ABSENT]
