"""Where the route tables of subnets lead, in whichever of the provider's forms they are written.

Of the routes that cover an address the most specific one decides, the route `local` of the VPC's own blocks among them.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from latticelink.network.keys import Place, TableKey, differ, text_of
from latticelink.network.ranges import Addresses, addresses_of
from latticelink.network.topology import Subnet, Topology
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown, first_unknown
from latticelink.values.types import (
    DEFAULT_ROUTE_TABLE,
    EGRESS_ONLY_GATEWAY,
    INTERNET_GATEWAY,
    MAIN_ROUTE_TABLE,
    PEERING,
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
# What routes lead to that carries packets on by rules that aren't in route tables, each as people call it.
_ON = {
    "carrier_gateway_id": "a carrier gateway",
    "core_network_arn": "a core network",
    "local_gateway_id": "a local gateway",
    "nat_gateway_id": "a NAT gateway",
    "network_interface_id": "a network interface",
    "transit_gateway_id": "a transit gateway",
    "vpc_endpoint_id": "an endpoint of a firewall or load balancer",
    "gateway_id": "a gateway",
}
# These change the sender's address, or inspect packets and drop some, so that nothing is sure behind them.
_CHANGING = ("nat_gateway_id", "network_interface_id", "vpc_endpoint_id")


@dataclass(frozen=True, slots=True)
class Route:
    """A route of a table.

    Args:
        destination: where it leads, as written.
        argument: the argument that names what it leads through, such as `nat_gateway_id`; empty if that isn't known.
        through: what that names.
    """

    destination: Any
    argument: str = ""
    through: Any = ABSENT

    @property
    def addresses(self) -> Addresses | None:
        """The addresses that it is for; None if they aren't known."""
        return addresses_of(self.destination)

    @property
    def text(self) -> str:
        """What it leads through, for people."""
        what = _ON.get(self.argument, "something unknown")
        return f"{what} ({self.through})" if isinstance(self.through, str | Reference) else what


@dataclass(frozen=True, slots=True)
class Astray:
    """Packets don't get to where they should.

    Args:
        why: as a clause.
        is_missing: whether there is no route at all, so that one more mends it.
    """

    why: str
    is_missing: bool = False


class Routes:
    """Finds where subnets and VPCs have routes to."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def of_vpc(self, vpc: Block) -> list[Any]:
        """Return the destinations of a VPC's route tables, other than the internet; what isn't known as it is."""
        return [
            route if isinstance(route, Unknown) else route.destination
            for table, routes in self._routes.items()
            if (table.owner if table.is_main else self._topology.vpc_key(table.owner.value("vpc_id"))) is vpc
            for route in routes
        ]

    def lead_to(self, target: Sequence[Addresses], subnet: Subnet, home: Place | None) -> Astray | Unknown | None:
        """Return why packets from a subnet don't, or perhaps don't, get to all of the target; None if they do.

        Args:
            target: where they go.
            subnet: where they come from; packets within it follow no route.
            home: the target's VPC; None for what is in no VPC that is known.
        """
        table = self._table_of(subnet)
        if table is None:
            is_home = home is not None and home == subnet.vpc
            return None if is_home else Unknown(f"the route table of {subnet.text} isn't in the input")
        found = [
            self._of_part(part, table, subnet, home)
            for addresses in target
            for away in addresses.without(subnet.ranges)
            for part in away.parts(each for each in self._covered(table, subnet))
        ]
        doubt = next((each for each in found if isinstance(each, Unknown)), None)
        astray = [each for each in found if isinstance(each, Astray)]
        if len(astray) < len(found) and astray:
            return doubt or Unknown(f"only part of {', '.join(map(str, target))} is reached: {astray[0].why}")
        return doubt or (astray[0] if astray else None)

    def _covered(self, table: TableKey, subnet: Subnet) -> list[Addresses]:
        routed = [route.addresses for route in self._routes.get(table, []) if isinstance(route, Route)]
        local = map(addresses_of, self._topology.vpc_ranges.get(subnet.vpc, []))
        return [each for each in (*routed, *local) if each is not None]

    def _of_part(self, part: Addresses, table: TableKey, subnet: Subnet, home: Place | None) -> Astray | Unknown | None:
        """Return what becomes of packets to addresses that each route covers wholly or not at all."""
        blocks = self._topology.vpc_ranges.get(subnet.vpc, [])
        local = [each for each in map(addresses_of, blocks) if each is not None and part.are_in(each)]
        is_home = home is not None and home == subnet.vpc
        best: tuple[int, Route | None] | None = max(((-_size(each), None) for each in local), default=None)
        if best is None and is_home:
            best = (-(2**129), None)  # in the VPC, though its blocks aren't known: any route of its own is narrower
        for route in [*self._routes.get(table, []), *self._loose]:
            if isinstance(route, Unknown):
                if best is None or not is_home:
                    return route
            elif route.addresses is None:
                why = first_unknown([route.destination]) or Unknown(f"where a route of {table} leads isn't known")
                if best is None or not is_home:
                    return why
            elif part.are_in(route.addresses) and (best is None or -_size(route.addresses) > best[0]):
                best = (-_size(route.addresses), route)
        if best is None:
            return Astray(f"{part} is outside {text_of(subnet.vpc or 'its VPC')}, and {subnet.text} has no route to it",
                          is_missing=True)  # fmt: skip
        return self._beyond(best[1], table, part, home, subnet)

    def _beyond(
        self, route: Route | None, table: TableKey, part: Addresses, home: Place | None, subnet: Subnet
    ) -> Astray | Unknown | None:
        """Return what becomes of packets behind the route that takes them; None stands for the route `local`."""
        sends = f"{table} sends {part} through"
        if route is None:
            if home is None or home == subnet.vpc or subnet.vpc is None:
                return None
            if not differ(home, subnet.vpc):
                return Unknown(f"whether {text_of(home)} and {text_of(subnet.vpc)} are one VPC isn't known")
            return Astray(f"{sends} the route `local`, so that it stays in {text_of(subnet.vpc)}")
        if route.argument == "vpc_peering_connection_id":
            return self._over_peering(route, sends, home, subnet)
        if route.argument in _CHANGING:
            return Unknown(f"{sends} {route.text}, and what it does with packets isn't followed")
        if home is not None and home == subnet.vpc:
            return Astray(f"{sends} {route.text}, and so out of {text_of(home)}")
        if not route.argument:
            return Unknown(f"{sends} what isn't known")
        return None

    def _over_peering(self, route: Route, sends: str, home: Place | None, subnet: Subnet) -> Astray | Unknown | None:
        """Return whether a peering connection leads into the target's VPC: a peer passes nothing on.

        Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
        """
        peering = self._topology.block_of(route.through, PEERING)
        if peering is None or home is None:
            return (
                None if home is None or home != subnet.vpc else Astray(f"{sends} a peering connection, out of the VPC")
            )
        ends = [self._topology.vpc_key(peering.value(name)) for name in ("vpc_id", "peer_vpc_id")]
        others = [each for each in ends if each is not None and each != subnet.vpc]
        if home in others:
            return None
        if None not in ends and others and all(differ(home, each) for each in others):
            return Astray(f"{sends} {peering.address}, which leads to {text_of(others[0])} and no further")
        return Unknown(f"whether {peering.address} leads to {text_of(home)} isn't known")

    def _table_of(self, subnet: Subnet) -> TableKey | None:
        """Return the table of a subnet: the one that is associated with it, else its VPC's main one."""
        vpc = subnet.vpc
        table = self._associated.get(subnet.key) or (TableKey(vpc, is_main=True) if isinstance(vpc, Block) else None)
        return self._mains.get(table.owner, table) if table is not None and table.is_main else table

    def _key(self, value: Any) -> TableKey | None:
        """Return the key of the route table with this id."""
        if isinstance(value, str):
            found = self._topology.block_of(value, ROUTE_TABLE)
            return None if found is None else TableKey(found)
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
    def _loose(self) -> list[Unknown]:
        """Why there may be routes in any table, or other tables for any subnet."""
        configuration = self._topology.configuration
        return [
            why.keeps(f"what {block.address} is for")
            for kind, arguments in ((ROUTE, ("route_table_id",)), (ROUTE_TABLE_ASSOCIATION, ("subnet_id",)))
            for block in configuration.of_type(kind)
            if (why := first_unknown([block.value(argument) for argument in arguments])) is not None
        ]

    @cached_property
    def _routes(self) -> dict[TableKey, list[Route | Unknown]]:
        """Each table's routes; why there may be others among them."""
        found: dict[TableKey, list[Route | Unknown]] = defaultdict(list)
        configuration = self._topology.configuration
        for kind in (ROUTE_TABLE, DEFAULT_ROUTE_TABLE):
            for block in configuration.of_type(kind):
                if (key := self._key(Reference(block, "id"))) is None:
                    continue
                for route in block.nested_or_told("route"):
                    found[key] += _read(route.get) if isinstance(route, dict) else [_odd(route, block)]
                if block.value("propagating_vgws") not in (ABSENT, []):
                    found[key].append(Unknown(f"a virtual private gateway adds routes to {block.address}"))
        for block in configuration.of_type(ROUTE):
            if (key := self._key(block.value("route_table_id"))) is not None:
                found[key] += [block.instance.unknown] if block.has_many else _read(block.value)
        for block in configuration.of_type(ROUTE_PROPAGATION):
            if (key := self._key(block.value("route_table_id"))) is not None:
                found[key].append(Unknown(f"a virtual private gateway adds routes to {key}"))
        return found


def _size(addresses: Addresses) -> int:
    return addresses.last - addresses.first


def _odd(route: Any, block: Block) -> Unknown:
    return route if isinstance(route, Unknown) else Unknown(f"a route of {block.address} can't be read")


def _read(argument: Callable[[str], Any]) -> list[Route | Unknown]:
    """Return the routes, asked of its arguments by name; an internet gateway leads to no private address."""

    def given(name: str) -> Any:
        value = argument(name)
        return ABSENT if value in (None, "") else value

    through = given("gateway_id") or given("egress_only_gateway_id")
    if isinstance(through, Reference) and through.block.type in _TO_THE_INTERNET:
        return []
    if through == "local":
        return []
    names = ("vpc_peering_connection_id", *_ON)
    way = next((name for name in names if given(name) is not ABSENT), "")
    found = [value for value in map(given, _DESTINATIONS) if value is not ABSENT]
    return [Route(value, way, given(way) if way else ABSENT) for value in found]
