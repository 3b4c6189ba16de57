"""Where the parts of a picture stand: five columns, and rows in which most wires run straight."""

from __future__ import annotations

from dataclasses import dataclass, field

from latticelink.paths.hops import ROUTE
from latticelink.picture.metrics import width
from latticelink.picture.places import Stretch, place_of
from latticelink.picture.scene import ELSEWHERE, Scene
from latticelink.picture.style import SIZES

MARGIN, TOP = 10, 78
CARD, PITCH = 72, 94
HEAD, GATE_HEAD, PAD, GAP = 52, 34, 8, 24
_SLOT, _EDGE, _LINK_EDGE, _BEND, _MOST_BEND, _ARROW = 39, 18, 24, 60, 150, 6
CLIENTS, ENDPOINT, GATEWAY, TARGET, NETWORK, OTHER = 120, 142, 188, 122, 132, 136
_MOST_STRETCH = 1.3
Span = tuple[float, float]


@dataclass
class Rows:
    """How far down things are: middles of lanes, and tops with heights of boxes."""

    clients: dict[tuple[str, str], float] = field(default_factory=dict)
    ports: dict[tuple[str, str], float] = field(default_factory=dict)
    resources: dict[str, float] = field(default_factory=dict)
    endpoints: dict[str, Span] = field(default_factory=dict)
    gateways: dict[str, Span] = field(default_factory=dict)
    lefts: dict[str, Span] = field(default_factory=dict)
    rights: dict[str, Span] = field(default_factory=dict)

    @property
    def bends(self) -> dict[tuple[str, str], float]:
        """How far down each wire between an endpoint and a resource configuration bends."""
        return {(one, other): self.resources[other] - y for (one, other), y in self.ports.items()}

    @property
    def bent(self) -> float:
        """How far all wires bend together."""
        return sum(map(abs, self.bends.values()))

    def shift_left(self, by: float) -> None:
        """Move all of the left side down."""
        self.clients = {key: y + by for key, y in self.clients.items()}
        self.ports = {key: y + by for key, y in self.ports.items()}
        self.endpoints = {key: (y + by, high) for key, (y, high) in self.endpoints.items()}
        self.lefts = {key: (y + by, high) for key, (y, high) in self.lefts.items()}

    def shift_right(self, by: float) -> None:
        """Move all of the right side down."""
        self.resources = {key: y + by for key, y in self.resources.items()}
        self.gateways = {key: (y + by, high) for key, (y, high) in self.gateways.items()}
        self.rights = {key: (y + by, high) for key, (y, high) in self.rights.items()}


class Layout:
    """Where the parts of a scene stand.

    Attributes:
        rows: how far down they are.
        slots: how far from the left each slot of each stretch is.
        bottom: where the boxes of VPCs end.
        width: how wide all of it is.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.slots: dict[tuple[Stretch, int], float] = {}
        self.rows = self._place()
        self.bottom = self._settle()
        self._columns()

    def _columns(self) -> None:
        scene = self._scene
        has_clients = any(vpc != ELSEWHERE for vpc in scene.lefts)
        has_gateways = any(vpc != ELSEWHERE for vpc in scene.rights)
        x: float = MARGIN
        self.left = x
        if has_clients:
            self.clients = x = x + PAD
            x = self._stretch(Stretch.NEAR, x + CLIENTS, _EDGE) + _ARROW
            self.endpoint = x
            x += ENDPOINT
        else:
            self.endpoint = x
            x += OTHER
        self.endpoint_end = x
        self.left_end = x = x + (PAD if has_clients else 0)
        self.band = x + 6
        self.bend = self._stretch(Stretch.LINK, self.band, _LINK_EDGE)
        is_straight = all(abs(by) < 1 for by in self.rows.bends.values())
        x = self.bend + (0 if is_straight else min(_MOST_BEND, _BEND + 6 * len(self.rows.bends)))
        self.has_network = any(way.service_network for way in scene.ways.values())
        self.network = self.bend + 4
        if self.has_network:
            x = self.network + NETWORK + (16 if is_straight else 40)
        self.band_end = self.bend_end = max(x, self.band + 84)
        self.right = self.band_end + 6
        self.gateway = self.right + (PAD if has_gateways else 0)
        if has_gateways:
            self.gateway_end = self.gateway + GATEWAY
            self.target = self._stretch(Stretch.FAR, self.gateway_end, _EDGE) + _ARROW
            self.right_end = self.target + TARGET + PAD
            route = self.slots.get((Stretch.FAR, place_of(ROUTE).slot), self.gateway_end + PAD + _SLOT / 2)
            self.home_end = route - _SLOT / 2
        else:
            self.gateway_end = self.right_end = self.target = self.gateway + OTHER
        self.width = self.right_end + MARGIN

    def _stretch(self, stretch: Stretch, x: float, edge: float) -> float:
        """Give the slots of a stretch their places, as wide as the names under the markers; return where it ends."""
        x += edge - _SLOT / 2
        for slot, words in self._scene.slots(stretch).items():
            wide = max(_SLOT, *(width(each, SIZES["l"], bold=True) + 7 for each in words))
            self.slots[stretch, slot] = x + wide / 2
            x += wide
        return x + edge - _SLOT / 2

    def _place(self) -> Rows:
        """Place left, then right beside it, then left anew, if that straightens wires and takes little paper."""
        packed, beside, aligned = Rows(), Rows(), Rows()
        left, right = self._place_left(packed, {}), self._place_right(packed, {})
        tight = max(left, right)
        self._place_left(beside, {})
        high = max(left, self._place_right(beside, self._wanted(beside)))
        self._place_left(aligned, {})
        self._place_right(aligned, self._wanted(aligned))
        higher = self._place_left(aligned, aligned.resources)
        higher = max(higher, self._place_right(aligned, self._wanted(aligned)))
        if higher <= _MOST_STRETCH * tight and 2 * aligned.bent < beside.bent:
            return aligned
        if high <= _MOST_STRETCH * tight:
            return beside
        (packed.shift_left if left < right else packed.shift_right)(abs(left - right) / 2)
        return packed

    def _wanted(self, rows: Rows) -> dict[str, float]:
        """Return how far down each resource would have straight wires."""
        return {
            resource: sum(rows.ports[endpoint, resource] for endpoint in endpoints) / len(endpoints)
            for resource, endpoints in self._scene.into().items()
        }

    def _place_left(self, rows: Rows, wanted: dict[str, float]) -> float:
        y: float = TOP
        rows.lefts.clear()
        for vpc, endpoints in self._scene.lefts.items():
            start, y = y, y + (HEAD if vpc != ELSEWHERE else 8)
            for endpoint, clients in endpoints.items():
                outs = self._scene.outs[endpoint]
                high = max(len(clients), len(outs)) * PITCH
                there = [wanted[each] for each in outs if each in wanted]
                if there:
                    y = max(y, sum(there) / len(there) - high / 2)
                rows.endpoints[endpoint] = (y + (PITCH - CARD) / 2, high - PITCH + CARD)
                for count, each in enumerate(clients):
                    rows.clients[each, endpoint] = y + (count + 0.5) * high / len(clients)
                for count, each in enumerate(outs):
                    rows.ports[endpoint, each] = y + (count + 0.5) * high / len(outs)
                y += high
            rows.lefts[vpc] = (start, y - start)
            y += GAP
        return y

    def _place_right(self, rows: Rows, wanted: dict[str, float]) -> float:
        y: float = TOP
        rows.rights.clear()
        last = float("inf")
        rights = self._scene.rights.items()
        first = {vpc: min(wanted.get(each, last) for some in owned.values() for each in some) for vpc, owned in rights}
        ordered = sorted(rights, key=lambda each: first[each[0]])
        for vpc, gateways in ordered:
            start, y = y, y + (HEAD if vpc != ELSEWHERE else 8)
            for gateway, resources in gateways.items():
                there = [wanted[each] for each in resources if each in wanted]
                head = GATE_HEAD if vpc != ELSEWHERE else 0
                if there:
                    y = max(y, sum(there) / len(there) - len(resources) * PITCH / 2 - head)
                top, y = y, y + head
                for each in sorted(resources, key=lambda each: wanted.get(each, last)):
                    rows.resources[each] = y + PITCH / 2
                    y += PITCH
                rows.gateways[gateway] = (top, y - top - (PITCH - CARD) / 2 + 9)
                y += 14
            y -= 4 if vpc != ELSEWHERE else 14
            rows.rights[vpc] = (start, y - start)
            y += GAP
        return y

    def _settle(self) -> float:
        """Let all boxes start as high as the first and end as low as the last; return where that is."""
        rows = self.rows
        bottom = max((y + high for y, high in (*rows.lefts.values(), *rows.rights.values())), default=TOP - 20)
        for boxes in (rows.lefts, rows.rights):
            if boxes:
                first, last = next(iter(boxes)), list(boxes)[-1]
                boxes[first] = (TOP, boxes[first][0] + boxes[first][1] - TOP)
                boxes[last] = (boxes[last][0], bottom - boxes[last][0])
        return bottom
