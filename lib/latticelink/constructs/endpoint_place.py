"""Where an endpoint may be: in another VPC than its resource, in zones that meet, at most once in each zone."""

from __future__ import annotations

from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.network import Network
from latticelink.constructs.vpc_network import PlacedSubnet
from latticelink.errors import Report
from latticelink.values.arns import LATTICE
from latticelink.values.aws_ids import refuse_elsewhere
from latticelink.values.contract import SharedResource
from latticelink.values.tokens import REFUSED, is_known

_ENDPOINT_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html"
_ACCESS_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html"


def refuse_same_zone(report: Report, chosen: list[PlacedSubnet]) -> None:
    """Refuse two subnets in one zone, as far as zones are known."""
    zones = [subnet.zone for subnet in chosen if subnet.zone is not None]
    for zone in sorted({zone for zone in zones if zones.count(zone) > 1}):
        inside = [subnet.key for subnet in chosen if subnet.zone == zone]
        report.refuse(
            "subnets",
            inside,
            rule=f"An endpoint has one subnet in each zone; these are all in {zone}.",
            fix=f"Choose one of them, such as subnets=[{inside[0]!r}].",
            source=_ACCESS_DOC,
        )


def refuse_wrong_home(report: Report, shared: SharedResource, network: Network | ExistingNetwork, stack: Any) -> None:
    """Refuse a network or a resource of another stack's code, and the producer's own VPC."""
    network.refuse_other_stack(report, stack)
    if shared.stack is not None and shared.stack is not stack:
        report.refuse(
            "shared",
            shared.name,
            rule="Stacks exchange resources only through remote state; this one belongs to another stack.",
            fix=f"Publish it there (state.publish) and read it here: state.read(self, ...)[{shared.name!r}].",
        )
    refuse_other_region(report, shared, stack)
    their_vpc = (shared.published or shared).vpc_id
    same_text_same_vpc = shared.published is None or (their_vpc is not None and is_known(their_vpc))
    if same_text_same_vpc and their_vpc == network.vpc_id != REFUSED:
        report.refuse(
            "network",
            network.vpc_id,
            rule="AWS doesn't create a resource endpoint in the VPC that the resource is shared from.",
            fix=f"Put the endpoint in another VPC, or reach {shared.name!r} directly.",
            source=_ENDPOINT_DOC,
        )


def refuse_other_region(report: Report, shared: SharedResource, stack: Any) -> None:
    """Refuse a resource of another region, as far as its ARN or its producer in the same app tells."""
    known = shared.published or shared
    refuse_elsewhere(report, "shared", LATTICE.read(known.arn), stack, source=_ACCESS_DOC)
    theirs, ours = getattr(known.stack, "region", None), getattr(stack, "region", None)
    if theirs and ours and is_known(theirs) and is_known(ours) and theirs != ours:
        report.refuse(
            "shared",
            shared.name,
            rule=(
                f"A resource is reached only in its own region: it is shared in {theirs}, and this stack is in {ours}."
            ),
            fix=(
                "Put both stacks in one region; clients in other regions reach it from there, over peering or a "
                "transit gateway."
            ),
            source=_ACCESS_DOC,
        )


def conditions_of_place(
    scope: Any, shared: SharedResource, network: Network | ExistingNetwork, chosen: list[PlacedSubnet]
) -> list[Any]:
    """Return what only the plan can tell: that the VPCs differ, and that they meet in a zone or region."""
    conditions = []
    name = shared.name
    if shared.vpc_id is not None:
        theirs = bindings.expression(scope, shared.vpc_id)
        ours = bindings.expression(scope, network.vpc_id)
        conditions.append(
            bindings.Precondition(
                condition=f"${{try({theirs}, null) != {ours}}}",
                error_message=f"Resource {name!r} is shared from the VPC that this endpoint would be in, and AWS "
                "makes no resource endpoint there. Put the endpoint in another VPC, or reach the resource "
                "directly.",
            )
        )
    ours = bindings.expression(scope, [subnet.zone_id for subnet in chosen])
    if len(chosen) > 1 and not all(subnet.zone for subnet in chosen):
        conditions.append(
            bindings.Precondition(
                condition=f"${{length(distinct({ours})) == {len(chosen)}}}",
                error_message=f"An endpoint has one subnet in each zone, and the subnets of the one for {name!r} are "
                f"in ${{jsonencode({ours})}}. Choose one of each zone with subnets=[...].",
            )
        )
    if shared.zone_ids is not None and chosen:
        theirs = bindings.expression(scope, shared.zone_ids)
        conditions.append(
            bindings.Precondition(
                condition=f"${{try(length(setintersection({theirs}, {ours})) > 0, true)}}",
                error_message=f"The endpoint for {name!r} and its resource gateway have no Availability Zone in "
                f"common: the gateway is in ${{jsonencode({theirs})}}, the endpoint in ${{jsonencode({ours})}}. "
                "Add a subnet in one of the gateway's zones; compare zone ids, as names differ by account.",
            )
        )
    elif not is_known(shared.arn):
        # Where zones are compared these tell, as no zone id is in two regions.
        conditions += _same_region(scope, shared)
    return conditions


def _same_region(scope: Any, shared: SharedResource) -> list[Any]:
    ours = getattr(bindings.stack_of(scope), "region", None)
    if ours is None or not is_known(ours):
        return []
    theirs = f'split(":", {bindings.expression(scope, shared.arn)})[3]'
    return [
        bindings.Precondition(
            condition=f'${{try({theirs} == "{ours}", true)}}',
            error_message=f"Resource {shared.name!r} is shared in the region ${{try({theirs}, null)}}, and this "
            f"endpoint would be in {ours}. Put both stacks in one region.",
        )
    ]
