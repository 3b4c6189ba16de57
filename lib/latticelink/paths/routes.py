"""Routes between a gateway's subnets and a target, there and back, as hops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from latticelink.network.keys import Place, differ, text_of
from latticelink.network.ranges import Addresses
from latticelink.network.routes import Astray, Routes
from latticelink.network.topology import Placed, Topology
from latticelink.paths import hops
from latticelink.paths.hops import Stage, blocking, doubtful, passing
from latticelink.paths.targets import Target
from latticelink.terraform.known import Unknown


def route_stages(topology: Topology, routes: Routes, gateway: Placed, target: Target) -> Iterator[Stage]:
    """Yield whether the gateway's subnets have a way to the target, and the target's subnets one back.

    Security groups let replies pass by themselves, route tables don't: both sides of a peering need a route.
    Source: https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html

    Args:
        topology: where things are.
        routes: all routes.
        gateway: the resource gateway.
        target: where the target is; nothing is yielded if that isn't known.
    """
    if gateway.vpc is None:
        return
    home = target.vpc
    if home is not None and home != gateway.vpc and not differ(home, gateway.vpc):
        reason = f"whether {text_of(home)} and {text_of(gateway.vpc)} are one VPC isn't known"
        yield doubtful(hops.ROUTE, gateway.block, Unknown(reason))
        return
    if home is None and target.addresses and gateway.vpc in topology.vpc_ranges:
        inside = topology.are_in_vpc(target.addresses, gateway.vpc)
        if inside is None:
            yield doubtful(hops.ROUTE, None, Unknown(f"not all blocks of {text_of(gateway.vpc)} are known"))
            return
        home = gateway.vpc if inside else None
    elif home is None:
        return
    yield from _there(routes, gateway, target, home)
    if target.placed is not None and gateway.ranges(target.version):
        yield from _back(routes, target.placed, gateway, target.version)


def stage_inside(place: str, routes: Routes, start: Placed, end: Sequence[Addresses]) -> Iterator[Stage]:
    """Yield what routes within one VPC do, where they don't simply follow the route `local`.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html

    Args:
        place: the name of the hop.
        routes: all routes.
        start: where packets come from.
        end: where they go to, in the same VPC.
    """
    stage = _stage(place, routes, start, end, start.vpc, passes="the route `local`")
    if not stage.passes_all:
        yield stage


def _there(routes: Routes, gateway: Placed, target: Target, home: Place | None) -> Iterator[Stage]:
    is_home = home is not None and home == gateway.vpc
    if not target.addresses and not is_home:
        return
    if gateway.subnets_doubt is not None and not is_home:
        yield doubtful(hops.ROUTE, gateway.block, gateway.subnets_doubt)
        return
    why = (
        "the target is in the gateway's VPC, where every table has the route `local`"
        if is_home
        else f"the route tables of the gateway's subnets have a route to {', '.join(map(str, target.addresses))}"
    )
    yield _stage(hops.ROUTE, routes, gateway, target.addresses, home, passes=why)


def _back(routes: Routes, target: Placed, gateway: Placed, version: int) -> Iterator[Stage]:
    """Yield the way of the replies, where it isn't only the route `local` of one VPC."""
    stage = _stage(
        hops.ROUTE_BACK,
        routes,
        target,
        gateway.ranges(version),
        gateway.vpc,
        passes="the route tables of the target's subnets have a route back to the gateway's",
    )
    if target.vpc != gateway.vpc or not stage.passes_all:
        yield stage


def _stage(
    place: str, routes: Routes, start: Placed, end: Sequence[Addresses], home: Place | None, *, passes: str
) -> Stage:
    """Return what the tables of one side's subnets do with packets to the other side."""
    subnets = [replace(subnet, vpc=subnet.vpc or start.vpc) for subnet in start.subnets]
    found = [(subnet, routes.lead_to(end, subnet, home)) for subnet in subnets]
    if lost := next(((subnet, why) for subnet, why in found if isinstance(why, Astray)), None):
        subnet, why = lost
        where = ", ".join(map(str, end))
        through = "a peering connection" if home is not None else "a transit gateway, peering connection or VPN"
        fix = (
            f"Add an aws_route to the route table of {subnet.text}: destination_cidr_block = {where}, through "
            f"{through} that leads there."
            if why.is_missing
            else f"Add a more specific aws_route for {where} to that table, or remove the route that is in the way."
        )
        return blocking(place, start.block, why.why, fix)
    if unknown := next((why for _, why in found if isinstance(why, Unknown)), None):
        return doubtful(place, start.block, unknown)
    return passing(place, start.block, passes)
