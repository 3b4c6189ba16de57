"""Draws the parts that paths lead through: VPCs, clients, endpoints, gateways with what they share, and targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from latticelink.paths.hops import Answer
from latticelink.paths.outline import Clients, Endpoint, Gateway, ResourceConfiguration, Subnet, Target, Vpc
from latticelink.picture.elements import Canvas, safe
from latticelink.picture.glyphs import TEXT_KINDS
from latticelink.picture.layout import CARD
from latticelink.picture.metrics import fit, lines_of, width
from latticelink.picture.scene import short_zone
from latticelink.picture.style import SIZES, is_bold

_INSIDE = 9
_SPACING = 0.6  # between the capitals of a card's kind


class Box(NamedTuple):
    """Where a card or box is: its left end, its top, its width and its height."""

    x: float
    y: float
    wide: float
    high: float

    @property
    def middle(self) -> float:
        """How far down its middle is."""
        return self.y + self.high / 2

    @property
    def room(self) -> float:
        """How wide a text in it may be."""
        return self.wide - 2 * _INSIDE


def card_at(x: float, middle: float, wide: float) -> Box:
    """Return where a card of the usual height is, by its middle."""
    return Box(x, middle - CARD / 2, wide, CARD)


class Cards:
    """Draws cards and boxes on a canvas."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def vpc(self, vpc: Vpc, box: Box, also: Sequence[str]) -> None:
        """Draw a VPC: a box with its name, and below that its blocks and `also`."""
        self._canvas.box(*box, "vpc" if vpc.made else "vpc q", 10)
        name = vpc.name if vpc.known else "VPC not in these files"
        self._line(box.x + 14, box.y + 22, name, "v t", box.wide - 28)
        self._line(
            box.x + 14, box.y + 39, " · ".join([", ".join(vpc.cidrs), *also]).removeprefix(" · "), "d m", box.wide - 28
        )

    def clients(self, clients: Clients, box: Box) -> None:
        """Draw clients, and which of them are in the input."""
        names = [each.name for each in clients.members]
        more = f" and {len(names) - 2} more" if len(names) > 2 else ""
        none = "" if clients.kind == "other" else "none in these files"
        details = lines_of(", ".join(names[:2]) + more or none, SIZES["d"], box.room, 2)
        zones = _zones(subnet for each in clients.members for subnet in each.subnets)
        name = f"group {clients.name}" if clients.kind == "group" else clients.name
        self.card(box, "clients", name, details, zones, is_known=bool(names))

    def endpoint(self, endpoint: Endpoint, box: Box) -> None:
        """Draw an endpoint or association, with the names that clients use."""
        kind = "VPC association" if endpoint.kind == "association" else "endpoint"
        names = endpoint.dns_names
        details = lines_of(names[0], SIZES["d"], box.room, 2) if len(names) == 1 else [*names[:2]]
        if len(names) > 2:
            details = [names[0], f"and {len(names) - 1} more"]
        self.card(box, kind, endpoint.name, details, _zones(endpoint.subnets))

    def gateway(self, gateway: Gateway, box: Box) -> None:
        """Draw a gateway as a box for what it shares."""
        self._canvas.box(*box, "gate" if gateway.known else "gate q", 9)
        self._head(box.x, box.y, box.wide, "resource gateway", _zones(gateway.subnets))
        self._line(box.x + _INSIDE, box.y + 32, gateway.name, "n t", box.room)

    def resource(self, resource: ResourceConfiguration, box: Box) -> None:
        """Draw a resource configuration: its ports, its group and whom it is shared with."""
        ports = f"TCP {', '.join(resource.ports)}" if resource.ports else "ports not known"
        grouped = f"group {resource.group}" if resource.group else ""
        shared = f"shared with {_whom(resource.shared_with)}" if resource.shared_with else ""
        details = [each for each in (ports, " · ".join(filter(None, (grouped, shared)))) if each]
        self.card(box, "resource configuration", resource.key, details, full=resource.name)

    def target(self, target: Target, box: Box, said: Sequence[str], answer: Answer) -> None:
        """Draw a target, and what becomes of packets to it."""
        self.card(box, target.kind, target.name, [], _zones(target.subnets), is_known=target.known)
        for count, each in enumerate(said):
            text = fit(each, SIZES["d"], box.room, bold=count == 0)
            kind = f"d {TEXT_KINDS[answer]}{' bold' if count == 0 else ''}"
            self._canvas.text(box.x + _INSIDE, box.y + 49 + 13 * count, text, kind, full=each)

    def network(self, name: str, box: Box) -> None:
        """Draw a service network, which the wires cross."""
        self._canvas.box(*box, "card", 10)
        middle = box.x + box.wide / 2
        self._canvas.text(middle, box.y + 16, "SERVICE NETWORK", "k m", anchor="middle")
        text = fit(name, SIZES["n"], box.room, bold=True)
        self._canvas.text(middle, box.y + 32, text, "n t", anchor="middle", full=name)

    def card(
        self,
        box: Box,
        kind: str,
        name: str,
        details: Sequence[str],
        zones: Sequence[str] = (),
        *,
        is_known: bool = True,
        full: str = "",
    ) -> None:
        """Draw a card: what it is, its name, and up to two lines more; dashed if it isn't in the input."""
        x, y = box.x + _INSIDE, box.middle - CARD / 2
        self._canvas.box(*box, "card" if is_known else "card q")
        self._head(box.x, y, box.wide, kind, zones)
        self._line(x, y + 34, name, "n t", box.room, full=full)
        for count, each in enumerate(details):
            self._line(x, y + 49 + 13 * count, each, "d m", box.room)

    def _head(self, x: float, y: float, wide: float, kind: str, zones: Sequence[str]) -> None:
        """Write what a card is, and its zones as chips at the right."""
        left = self._chips(x + wide - 8, y + 7, zones)
        self._kind(x + _INSIDE, y + 17, kind, left - x - _INSIDE)

    def _kind(self, x: float, y: float, kind: str, room: float) -> None:
        text = kind.upper()
        while " " in text and _capitals(text) > room:
            text = text.partition(" ")[2]
        while len(text) > 2 and _capitals(text) > room:
            text = f"{text.removesuffix('…')[:-1]}…"
        self._canvas.text(x, y, text, "k m", full="" if text == kind.upper() else kind)

    def _line(self, x: float, y: float, text: str, kind: str, room: float, *, full: str = "") -> None:
        size, bold = SIZES[kind[0]], is_bold(kind[0])
        self._canvas.text(x, y, fit(text, size, room, bold=bold), kind, full=full or text)

    def _chips(self, end: float, y: float, zones: Sequence[str]) -> float:
        """Draw zones as chips that end at `end`; return where they start."""
        shown = [*zones[:3], *([f"+{len(zones) - 3}"] if len(zones) > 3 else [])]
        for zone in reversed(shown):
            wide = width(zone, SIZES["c"]) + 9
            end -= wide
            self._canvas.box(end, y, wide, 14, "chip", 4)
            self._canvas.text(end + wide / 2, y + 10.5, zone, "c t", anchor="middle")
            end -= 3
        return end


def _capitals(text: str) -> float:
    """Return how wide a card's kind is."""
    return width(text, SIZES["k"], bold=True) + _SPACING * len(text)


def group(name: str, paths: Iterable[int]) -> str:
    """Return the start of a group of elements that belong to some paths."""
    return f'<g class="node" data-name="{safe(name)}" data-p="{" ".join(map(str, paths))}">'


def _zones(subnets: Iterable[Subnet]) -> list[str]:
    return list(dict.fromkeys(short_zone(each.zone) for each in subnets))


def _whom(principals: Sequence[str]) -> str:
    return principals[0].rpartition("/")[2] if len(principals) == 1 else f"{len(principals)} accounts"
