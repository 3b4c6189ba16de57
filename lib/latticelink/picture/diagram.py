"""Draws a scene: boxes and cards, wires between them, and on the wires a marker for each hop."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from latticelink.paths.hops import Answer, TracedPath
from latticelink.picture.cards import Box, Cards, card_at, group
from latticelink.picture.elements import Canvas, number, safe
from latticelink.picture.glyphs import KINDS, SAYS, VERDICTS, badness, worst
from latticelink.picture.layout import (
    CARD,
    CLIENTS,
    ENDPOINT,
    GATEWAY,
    NETWORK,
    OTHER,
    TARGET,
    TOP,
    Layout,
)
from latticelink.picture.metrics import fit
from latticelink.picture.places import Stretch
from latticelink.picture.reasons import Reasons
from latticelink.picture.scene import ELSEWHERE, Mark, Scene, short_zone
from latticelink.picture.style import SIZES
from latticelink.picture.words import outline_has_stacks

_ARROW = "l-9-5v10z"


class Diagram:
    """The picture of a scene, without heading and notes.

    Attributes:
        layout: where everything is.
        canvas: the elements.
        width: how wide it is.
        bottom: where it ends.
    """

    def __init__(self, scene: Scene, reasons: Reasons, *, in_page: bool = False) -> None:
        self._scene = scene
        self._reasons = reasons
        self.layout = Layout(scene)
        self.width, self.bottom = self.layout.width, self.layout.bottom
        self.canvas = Canvas(in_page=in_page)
        self._cards = Cards(self.canvas)
        if scene.ways:
            self._boxes()
            self._networks()
            self._left()
            self._right()
            self._wires()
            self._markers()

    def _boxes(self) -> None:
        layout, scene = self.layout, self._scene
        for vpc, (y, high) in layout.rows.lefts.items():
            if vpc != ELSEWHERE:
                self._vpc(vpc, layout.left, y, layout.left_end - layout.left, high)
        for vpc, (y, high) in layout.rows.rights.items():
            if vpc != ELSEWHERE:
                end = layout.right_end if self._holds_targets(vpc) else layout.home_end
                self._vpc(vpc, layout.right, y, end - layout.right, high)
        wide = layout.band_end - layout.band
        self.canvas.box(layout.band, TOP, wide, layout.bottom - TOP, "band", 10)
        middle = (layout.band + layout.band_end) / 2
        for count, word in enumerate(["AWS PRIVATELINK"] if wide > 126 else ["AWS", "PRIVATELINK"]):
            self.canvas.text(middle, TOP + 18 + 13 * count, word, "k bt", anchor="middle")
        for home, y in self._strangers():
            stranger = scene.outline.vpcs[home]
            self.canvas.box(layout.target - 6, y - CARD / 2 - 18, TARGET + 12, CARD + 22, "vpc", 9)
            name = fit(stranger.name, SIZES["d"], TARGET, bold=True)
            self.canvas.text(layout.target + 2, y - CARD / 2 - 6, name, "d bold t", full=stranger.name)

    def _vpc(self, vpc: str, x: float, y: float, wide: float, high: float) -> None:
        outline = self._scene.outline
        found = outline.vpcs[vpc]
        regions = {each.region for each in outline.vpcs.values()}
        also = [f"account {found.account}"] if found.account else []
        also += [found.region] if len(regions) > 1 and found.region else []
        if outline_has_stacks(outline):
            also.append(f"stack{'s' if len(found.stacks) > 1 else ''} {', '.join(found.stacks)}")
        self._cards.vpc(found, Box(x, y, wide, high), also)

    def _holds_targets(self, vpc: str) -> bool:
        return all(
            self._scene.outline.targets[way.target].vpc == vpc
            for way in self._scene.ways.values()
            if way.target and way.gateway and self._scene.outline.gateways[way.gateway].vpc == vpc
        )

    def _strangers(self) -> Iterable[tuple[str, float]]:
        """Yield the VPCs of targets beside a gateway's VPC that doesn't hold all of its targets, lane by lane."""
        outline, rows = self._scene.outline, self.layout.rows
        for stretch, resource, target in self._scene.lanes:
            if stretch is Stretch.FAR and target:
                home = outline.gateways[outline.resource_configurations[resource].gateway].vpc
                if not self._holds_targets(home):
                    yield outline.targets[target].vpc, rows.resources[resource]

    def _networks(self) -> None:
        found: dict[str, list[float]] = defaultdict(list)
        for way in self._scene.ways.values():
            if way.service_network and way.endpoint and way.resource_configuration:
                rows = self.layout.rows
                ends = rows.ports[way.endpoint, way.resource_configuration], rows.resources[way.resource_configuration]
                found[way.service_network] += ends
        for network, ys in found.items():
            name = self._scene.outline.service_networks[network].name
            top = min(ys) - 52
            self._cards.network(name, Box(self.layout.network, top, NETWORK, max(ys) + 30 - top))

    def _left(self) -> None:
        layout, scene, outline = self.layout, self._scene, self._scene.outline
        for vpc, endpoints in scene.lefts.items():
            for endpoint, clients in endpoints.items():
                y, high = layout.rows.endpoints[endpoint]
                ways = [n for lane, some in scene.lanes.items() if lane[1] == endpoint for n in some]
                if vpc == ELSEWHERE:
                    with _Group(self.canvas, "consumers elsewhere", ways):
                        box = Box(layout.endpoint, y, layout.endpoint_end - layout.endpoint, high)
                        self._cards.card(box, "consumers", "elsewhere", ["not in these files"], is_known=False)
                    continue
                with _Group(self.canvas, outline.endpoints[endpoint].name, ways):
                    self._cards.endpoint(outline.endpoints[endpoint], Box(layout.endpoint, y, ENDPOINT, high))
                for each in clients:
                    with _Group(self.canvas, outline.clients[each].name, scene.lanes[Stretch.NEAR, each, endpoint]):
                        middle = layout.rows.clients[each, endpoint]
                        self._cards.clients(outline.clients[each], card_at(layout.clients, middle, CLIENTS))

    def _right(self) -> None:
        layout, scene, outline = self.layout, self._scene, self._scene.outline
        for vpc, gateways in scene.rights.items():
            for gateway, resources in gateways.items():
                if vpc == ELSEWHERE:
                    for each in resources:
                        self._resource_elsewhere(each)
                    continue
                y, high = layout.rows.gateways[gateway]
                ways = [n for n, way in scene.ways.items() if way.gateway == gateway]
                with _Group(self.canvas, outline.gateways[gateway].name, ways):
                    self._cards.gateway(outline.gateways[gateway], Box(layout.gateway, y, GATEWAY, high))
                for each in resources:
                    resource = outline.resource_configurations[each]
                    with _Group(
                        self.canvas, resource.key, [n for n in ways if scene.ways[n].resource_configuration == each]
                    ):
                        middle = layout.rows.resources[each]
                        self._cards.resource(resource, card_at(layout.gateway + 7, middle, GATEWAY - 14))
        for (stretch, key, target), ways in scene.lanes.items():
            if stretch is Stretch.FAR and target:
                with _Group(self.canvas, outline.targets[target].name, ways):
                    self._target(key, target, ways)

    def _resource_elsewhere(self, resource: str) -> None:
        layout = self.layout
        middle = layout.rows.resources[resource]
        ways = self._scene.ways_to(resource)
        box, details = card_at(layout.gateway, middle, OTHER), ["not in these files"]
        with _Group(self.canvas, "resource elsewhere", ways):
            self._cards.card(box, "resource", "elsewhere", details, is_known=False)

    def _target(self, resource: str, target: str, ways: Sequence[int]) -> None:
        paths = [self._scene.ways[number].traced for number in ways]
        answer = worst(path.answer for path in paths)
        count = sum(path.answer is answer for path in paths)
        ports = ", ".join(dict.fromkeys(str(path.ports) for path in paths if path.answer is answer))
        word = VERDICTS[answer]
        said = [f"{count} of {len(paths)} {word}" if count < len(paths) else word, f"TCP {ports}"]
        if len(paths) == 1 and paths[0].addresses:
            said = [f"{VERDICTS[each]} in {zones}" for each, zones in _by_zone(paths[0]).items()]
        box = card_at(self.layout.target, self.layout.rows.resources[resource], TARGET)
        self._cards.target(self._scene.outline.targets[target], box, said, answer)

    def _wires(self) -> None:
        layout, rows = self.layout, self.layout.rows
        tails: dict[str, None] = {}
        for (stretch, one, other), ways in self._scene.lanes.items():
            if stretch is Stretch.NEAR and one:
                y = rows.clients[one, other]
                self._straight(stretch, ways, layout.clients + CLIENTS, layout.endpoint, y)
            elif stretch is Stretch.FAR and other:
                self._straight(stretch, ways, layout.gateway_end, layout.target, rows.resources[one])
            elif stretch is Stretch.LINK:
                self._link(one, other, ways)
                tails[other] = None
        for resource in tails:
            ways = self._scene.ways_to(resource)
            state = self._scene.flow(ways, Stretch.LINK, 99)
            y = rows.resources[resource]
            end = layout.gateway + (7 if layout.gateway_end - layout.gateway == GATEWAY else 0)
            belongs = " ".join(map(str, ways))
            self.canvas.path(f"w {state}", f"M{number(layout.bend_end)} {number(y)}H{number(end - 6)}", belongs)
            self.canvas.path(f"a {state}", f"M{number(end)} {number(y)}{_ARROW}", belongs)

    def _straight(self, stretch: Stretch, ways: Sequence[int], start: float, end: float, y: float) -> None:
        belongs = " ".join(map(str, ways))
        for state, one, other in self._pieces(stretch, ways, start, end - 6):
            self.canvas.path(f"w {state}", f"M{number(one)} {number(y)}H{number(other)}", belongs)
        state = self._scene.flow(ways, stretch, 99)
        self.canvas.path(f"a {state}", f"M{number(end)} {number(y)}{_ARROW}", belongs)

    def _link(self, endpoint: str, resource: str, ways: Sequence[int]) -> None:
        layout = self.layout
        y, other = layout.rows.ports[endpoint, resource], layout.rows.resources[resource]
        belongs = " ".join(map(str, ways))
        for state, one, end in self._pieces(Stretch.LINK, ways, layout.endpoint_end, layout.bend):
            self.canvas.path(f"w {state}", f"M{number(one)} {number(y)}H{number(end)}", belongs)
        state = self._scene.flow(ways, Stretch.LINK, 99)
        start, end = layout.bend, layout.bend_end
        middle = (start + end) / 2
        bend = f"C{number(middle)} {number(y)} {number(middle)} {number(other)} {number(end)} {number(other)}"
        line = f"H{number(end)}" if abs(y - other) < 1 else bend
        self.canvas.path(f"w {state}", f"M{number(start)} {number(y)}{line}", belongs)

    def _pieces(
        self, stretch: Stretch, ways: Sequence[int], start: float, end: float
    ) -> Iterable[tuple[str, float, float]]:
        """Yield the pieces of a wire, each with what flows through it; pieces alike are one."""
        slots = sorted((x, slot) for (where, slot), x in self.layout.slots.items() if where is stretch)
        cuts = [(start, -1.0), *((x, slot + 0.5) for x, slot in slots)]
        ends = [x for x, _ in cuts[1:]] + [end]
        pieces: list[tuple[str, float, float]] = []
        for (one, slot), other in zip(cuts, ends, strict=True):
            state = self._scene.flow(ways, stretch, slot)
            if pieces and pieces[-1][0] == state:
                pieces[-1] = (state, pieces[-1][1], other)
            else:
                pieces.append((state, one, other))
        return pieces

    def _markers(self) -> None:
        rows = self.layout.rows
        for (stretch, one, other), marks in self._scene.marks.items():
            for mark in marks:
                if stretch is Stretch.NEAR:
                    y = rows.clients[one, other]
                else:
                    y = rows.ports[one, other] if stretch is Stretch.LINK else rows.resources[one]
                self._marker(mark, self.layout.slots[stretch, mark.place.slot], y)

    def _marker(self, mark: Mark, x: float, y: float) -> None:
        answer, hop = mark.answer, mark.decisive[0].hop
        texts = "".join(
            f'<text class="l" text-anchor="middle" y="{number(24 + 11.5 * count)}">{safe(each)}</text>'
            for count, each in enumerate(mark.labels)
        )
        badge = self._reasons.number(mark.decisive)
        numbered = (
            f'<circle class="num" cx="12.5" cy="-13" r="7.5"/>'
            f'<text class="b" x="12.5" y="-9.7" text-anchor="middle">{badge}</text>'
            if badge is not None
            else ""
        )
        belongs = " ".join(map(str, mark.ways))
        kind = f'class="hop {KINDS[answer]}" data-p="{belongs}" data-place="{safe(hop.place)}"'
        title = f"{hop.place}: {SAYS[answer]}. {hop.why}"
        self.canvas.marker(answer, kind, (x, y, 1), title, f"{texts}{numbered}")


def _by_zone(path: TracedPath) -> dict[Answer, str]:
    """Return in which zones' addresses a path has which answer, the best first."""
    answers = sorted({each.answer for each in path.addresses}, key=badness, reverse=True)
    return {
        answer: ", ".join(short_zone(each.zone) for each in path.addresses if each.answer is answer)
        for answer in answers
    }


class _Group:
    """Elements that belong together, while they are drawn."""

    def __init__(self, canvas: Canvas, name: str, ways: Iterable[int]) -> None:
        self._canvas = canvas
        self._start = group(name, dict.fromkeys(ways))

    def __enter__(self) -> None:
        self._canvas.add(self._start)

    def __exit__(self, *_: object) -> None:
        self._canvas.add("</g>")
