"""Routes from a gateway's subnets to a target, as a hop."""

from __future__ import annotations

from latticelink.network.keys import Place, differ, text_of
from latticelink.network.ranges import Addresses
from latticelink.network.routes import Routes
from latticelink.network.topology import Placed, Topology
from latticelink.paths import hops
from latticelink.paths.hops import Stage, blocking, doubtful, passing
from latticelink.terraform.known import Unknown

_PLACE = hops.ROUTE


def route_stage(
    topology: Topology, routes: Routes, gateway: Placed, target: tuple[Addresses, ...], target_vpc: Place | None
) -> Stage | None:
    """Return whether the gateway's subnets have a way to the target; None if nothing of it is known here.

    Args:
        topology: where things are.
        routes: all routes.
        gateway: the resource gateway.
        target: where the target is; empty if that isn't known.
        target_vpc: the target's VPC, if it is known.
    """
    if gateway.vpc is None:
        return None
    local = passing(_PLACE, None, "the target is in the gateway's VPC, where every table has the route `local`")
    if target_vpc is not None:
        if target_vpc == gateway.vpc:
            return local
        if not differ(target_vpc, gateway.vpc):
            reason = f"whether {text_of(target_vpc)} and {text_of(gateway.vpc)} are one VPC isn't known"
            return doubtful(_PLACE, gateway.block, Unknown(reason))
    if not target or (target_vpc is None and gateway.vpc not in topology.vpc_ranges):
        return None
    if target_vpc is None and (inside := topology.are_in_vpc(target, gateway.vpc)) is not False:
        reason = f"not all blocks of {text_of(gateway.vpc)} are known"
        return local if inside else doubtful(_PLACE, None, Unknown(reason))
    if gateway.subnets_doubt is not None:
        return doubtful(_PLACE, gateway.block, gateway.subnets_doubt)
    return _outside(routes, gateway, gateway.vpc, target)


def _outside(routes: Routes, gateway: Placed, vpc: Place, target: tuple[Addresses, ...]) -> Stage:
    """Return whether the gateway's subnets have a route to a target outside its VPC."""
    where = ", ".join(map(str, target))
    answers = [(subnet, routes.lead_to(target, subnet)) for subnet in gateway.subnets]
    if missing := [subnet for subnet, answer in answers if answer is False]:
        return blocking(
            _PLACE,
            gateway.block,
            f"{where} is outside {text_of(vpc)}, and {missing[0].text} has no route to it",
            f"Add an aws_route to the route table of {missing[0].text}: destination_cidr_block = {where}, and a "
            "transit gateway, peering connection, NAT gateway or virtual private gateway as its target.",
        )
    if unknown := next((answer for _, answer in answers if isinstance(answer, Unknown)), None):
        return doubtful(_PLACE, gateway.block, unknown)
    return passing(_PLACE, gateway.block, f"the route tables of the gateway's subnets have a route to {where}")
