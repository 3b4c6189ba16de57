"""The places of hops: where on the way each is drawn, in the packet's order, and its short name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from latticelink.paths import hops


class Stretch(StrEnum):
    """A part of the way: from the clients to the endpoint, on to the gateway, on to the target."""

    NEAR = "near"
    LINK = "link"
    FAR = "far"


@dataclass(frozen=True)
class Place:
    """Where hops of one name are drawn.

    Args:
        name: the place as the tracer names it.
        short: its name under the marker; lines end at spaces.
        stretch: the part of the way.
        slot: its place among those of the stretch; two that never meet may share one.
    """

    name: str
    short: str
    stretch: Stretch
    slot: int


_NEAR = (
    ((hops.PRIVATE_DNS,), "DNS name"),
    (("endpoint",), "is there"),
    ((hops.CLIENT_OUT,), "group out"),
    (("endpoint's address type",), "IP version"),
    (("network ACLs of the clients' subnets",), "client ACL"),
    ((hops.ROUTE_TO_ENDPOINT,), "route"),
    (("network ACLs of the endpoint's subnets",), "endpoint ACL"),
    ((hops.ROUTE_TO_CLIENT,), "route back"),
    (("endpoint's group in", "association's group in"), "group in"),
)
_LINK = (
    (("resource configuration's ports",), "ports"),
    ((hops.ENDPOINTS_VPC,), "own VPC"),
    ((hops.ZONES, hops.ZONE_APART), "zones"),
)
_FAR = (
    (("gateway",), "gateway"),
    ((hops.ADDRESS_TYPE,), "IP version"),
    (("gateway's group out",), "group out"),
    (("network ACLs of the gateway's subnets",), "gateway ACL"),
    ((hops.ROUTE,), "route"),
    (("network ACLs of the target's subnets",), "target ACL"),
    (("target's group in",), "group in"),
    ((hops.ROUTE_BACK,), "route back"),
)

PLACES = {
    name: Place(name, short, stretch, slot)
    for stretch, rows in ((Stretch.NEAR, _NEAR), (Stretch.LINK, _LINK), (Stretch.FAR, _FAR))
    for slot, (names, short) in enumerate(rows)
    for name in names
}


def place_of(name: str) -> Place:
    """Return where hops of a name are drawn; one that isn't known here comes last."""
    return PLACES.get(name) or Place(name, name, Stretch.FAR, len(_FAR))
