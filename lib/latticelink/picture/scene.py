"""What one picture shows: some of an outline's paths, the lanes that they share, and the markers on these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from latticelink.paths.hops import Answer, Hop
from latticelink.paths.outline import Outline, Way
from latticelink.picture.glyphs import BAD, worst
from latticelink.picture.places import Place, Stretch, place_of

ELSEWHERE = ""
"""What stands for the VPC of what isn't in the input."""
_STRETCHES = list(Stretch)


@dataclass(frozen=True)
class Sight:
    """A hop of a path; of one whose answer depends on the endpoint's address, in one zone.

    Args:
        way: the path's number in the outline.
        hop: the hop.
        zone: the zone; empty if the path has one answer.
    """

    way: int
    hop: Hop
    zone: str


@dataclass(frozen=True)
class Mark:
    """A marker: one place, for all paths that share it there."""

    place: Place
    sights: tuple[Sight, ...]

    @cached_property
    def answer(self) -> Answer:
        """The worst answer of all."""
        return worst(each.hop.answer for each in self.sights)

    @property
    def decisive(self) -> list[Sight]:
        """Those that have this answer."""
        return [each for each in self.sights if each.hop.answer is self.answer]

    @property
    def ways(self) -> list[int]:
        """The numbers of all paths that it stands for."""
        return list(dict.fromkeys(each.way for each in self.sights))

    @property
    def part(self) -> str:
        """How many of these have the answer, or in which zone; empty if all of them have it."""
        decisive = self.decisive
        if self.answer not in BAD:
            return ""
        count = len(dict.fromkeys(each.way for each in decisive))
        if count < len(self.ways):
            return f"{count} of {len(self.ways)}"
        zones = dict.fromkeys(short_zone(each.zone) for each in decisive if each.zone)
        return f"in {', '.join(zones)}" if zones else ""

    @property
    def labels(self) -> list[str]:
        """The words under it, each on a line."""
        return [*self.place.short.split(" "), *([self.part] if self.part else [])]


Lane = tuple[Stretch, str, str]
"""A stretch between two ends, by the keys of these."""


class Scene:
    """Some paths of an outline.

    Attributes:
        outline: the outline.
        ways: the paths by their numbers.
        lefts: of each VPC of endpoints its endpoints, and of each of these the clients.
        rights: of each VPC of gateways its gateways, and of each of these the resource configurations.
        outs: the resource configurations that an endpoint leads to.
        marks: the markers of each lane, in the packet's order.
        lanes: the paths of each lane.
    """

    def __init__(self, outline: Outline, numbers: Iterable[int]) -> None:
        self.outline = outline
        self.ways: dict[int, Way] = {number: outline.ways[number] for number in numbers}
        self.lefts: dict[str, dict[str, list[str]]] = {}
        self.rights: dict[str, dict[str, list[str]]] = {}
        self.outs: dict[str, list[str]] = defaultdict(list)
        self.lanes: dict[Lane, list[int]] = defaultdict(list)
        self._seen: dict[Lane, dict[tuple[Stretch, int], list[Sight]]] = defaultdict(lambda: defaultdict(list))
        for number, way in self.ways.items():
            self._enter(number, way)
        self.marks: dict[Lane, list[Mark]] = {
            lane: [Mark(place_of(sights[0].hop.place), tuple(sights)) for _, sights in sorted(seen.items())]
            for lane, seen in self._seen.items()
        }

    def _enter(self, number: int, way: Way) -> None:
        endpoint = way.endpoint or f"elsewhere: {way.resource_configuration}"
        resource = way.resource_configuration or f"elsewhere: {endpoint}"
        left = self.outline.endpoints[way.endpoint].vpc if way.endpoint else ELSEWHERE
        right = self.outline.gateways[way.gateway].vpc if way.gateway else ELSEWHERE
        clients = self.lefts.setdefault(left, {}).setdefault(endpoint, [])
        _once(clients, way.clients)
        _once(self.outs[endpoint], resource)
        _once(self.rights.setdefault(right, {}).setdefault(way.gateway or resource, []), resource)
        keys = {
            Stretch.NEAR: (Stretch.NEAR, way.clients or "", endpoint),
            Stretch.LINK: (Stretch.LINK, endpoint, resource),
            Stretch.FAR: (Stretch.FAR, resource, way.target or ""),
        }
        for lane in keys.values():
            self.lanes[lane].append(number)
        for sight in sights(number, way):
            place = place_of(sight.hop.place)
            self._seen[keys[place.stretch]][place.stretch, place.slot].append(sight)

    def slots(self, stretch: Stretch) -> dict[int, list[str]]:
        """Return the slots of a stretch in which there is any marker, in order, with the words under the markers."""
        found: dict[int, list[str]] = defaultdict(list)
        for lane, marks in self.marks.items():
            for mark in marks if lane[0] is stretch else ():
                found[mark.place.slot] += mark.labels
        return {slot: list(dict.fromkeys(found[slot])) for slot in sorted(found)}

    def ways_to(self, resource: str) -> list[int]:
        """Return the numbers of the paths that lead to a resource configuration."""
        return [
            each
            for lane, ways in self.lanes.items()
            if lane[0] is Stretch.LINK and lane[2] == resource
            for each in ways
        ]

    def into(self) -> dict[str, list[str]]:
        """Return the endpoints that lead to each resource configuration."""
        found: dict[str, list[str]] = defaultdict(list)
        for endpoint, resources in self.outs.items():
            for resource in resources:
                found[resource].append(endpoint)
        return found

    def flow(self, ways: Iterable[int], stretch: Stretch, slot: float) -> str:
        """Return what arrives before a slot: the best of what these paths, at any address, bring there.

        Returns:
            `live` if surely something does, `maybe` if that can't be determined, `dead` if nothing does.
        """
        here = (_STRETCHES.index(stretch), slot)
        best = "dead"
        for number in ways:
            for run in self._runs[number]:
                before = {answer for order, answer in run if order < here}
                if Answer.FAIL not in before and Answer.UNKNOWN not in before:
                    return "live"
                if Answer.FAIL not in before:
                    best = "maybe"
        return best

    @cached_property
    def _runs(self) -> dict[int, list[list[tuple[tuple[int, int], Answer]]]]:
        return {
            number: [[(_order(hop), hop.answer) for hop in hops] for hops in _hops_of(way)]
            for number, way in self.ways.items()
        }


def sights(number: int, way: Way) -> list[Sight]:
    """Return the hops of a path, at each address where its answer depends on these."""
    path = way.traced
    if not path.addresses:
        return [Sight(number, hop, "") for hop in path.hops]
    return [Sight(number, hop, each.zone) for each in path.addresses for hop in each.hops]


def short_zone(zone: str) -> str:
    """Return the end of a zone's name, such as `1a`; `?` for one that only apply tells."""
    end = zone.rpartition("-")[2]
    return end if 0 < len(end) <= 4 else "?"


def _hops_of(way: Way) -> Sequence[Sequence[Hop]]:
    return [each.hops for each in way.traced.addresses] or [way.traced.hops]


def _order(hop: Hop) -> tuple[int, int]:
    place = place_of(hop.place)
    return _STRETCHES.index(place.stretch), place.slot


def _once(among: list[str], item: str | None) -> None:
    if item is not None and item not in among:
        among.append(item)
