"""Draws an outline as Markdown with a Mermaid flowchart, for pull requests: the verdict, the picture, and the fixes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from latticelink.disclosure import shown
from latticelink.paths.hops import Answer, Hop
from latticelink.paths.outline import Outline, Way
from latticelink.picture import words
from latticelink.picture.glyphs import BAD, badness, worst
from latticelink.picture.places import Stretch, place_of
from latticelink.picture.reasons import Reason, Reasons
from latticelink.picture.scene import Scene, sights

MARK = "<!-- latticelink draw -->"
"""The first line: whoever posts the text as a comment finds it again by this."""
# GitHub takes comments of 65,536 characters.
_MOST_PATHS, _MOST_REASONS, _MOST_NAME, _MOST_TEXT = 12, 20, 60, 1000
_ARROWS = {Answer.PASS: "-->", Answer.FAIL: "--x", Answer.UNKNOWN: "-.->"}
_STROKES = {Answer.FAIL: "stroke:#c62828,stroke-width:3px", Answer.UNKNOWN: "stroke:#b7791f,stroke-width:2px"}
# What means something inside a quoted text of Mermaid, and its own way of writing it.
_CODES = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "%": "#37;", "\\": "#92;"}
_MARKDOWN = re.compile(r"([\\`*\[\]|~!#@$<>&{}]|(?<!\w)_|_(?!\w))")


def as_markdown(outline: Outline) -> str:
    """Return the verdict in a sentence, a flowchart, and a list of what blocks or isn't known, with the fixes."""
    scene = Scene(outline, range(len(outline.ways)))
    reasons = Reasons(scene).all
    drawn = _drawn(outline)
    lines = [MARK, f"**LatticeLink:** {_escaped(words.verdict(outline, outline.ways))}", ""]
    if drawn:
        lines += ["```mermaid", *_Flowchart(outline, drawn).lines, "```", ""]
    if len(drawn) < len(outline.ways):
        lines += [f"{len(outline.ways) - len(drawn)} of {len(outline.ways)} paths are not drawn.", ""]
    lines += [line for reason in reasons[:_MOST_REASONS] for line in _listed(reason)]
    if len(reasons) > _MOST_REASONS:
        lines.append(f"- and {len(reasons) - _MOST_REASONS} more: `latticelink check` lists them all")
    return "\n".join(lines).rstrip("\n") + "\n"


def _drawn(outline: Outline) -> list[int]:
    """Return the numbers of the paths to draw: all of a few, else the worst of those that aren't reachable."""
    numbers = range(len(outline.ways))
    if len(outline.ways) <= _MOST_PATHS:
        return list(numbers)
    bad = [each for each in numbers if outline.ways[each].traced.answer in BAD]
    ordered = sorted(bad or numbers, key=lambda each: badness(outline.ways[each].traced.answer))
    return sorted(ordered[:_MOST_PATHS])


def _listed(reason: Reason) -> list[str]:
    lines = [f"{reason.number}. **{_escaped(reason.head)}**: {_escaped(words.sentence(reason.hop.why))}"]
    if reason.hop.fix:
        word, _, fix = reason.remedy.partition(": ")
        lines.append(f"   {word}: {_code(fix)}")
    return lines


def _escaped(text: str) -> str:
    """Return a text as Markdown shows it, whatever is in it."""
    flat = " ".join(shown(text).split())[:_MOST_TEXT]
    return _MARKDOWN.sub(lambda found: _entity(found[0]), flat)


def _entity(character: str) -> str:
    return f"&#{ord(character)};" if character in "<>&@" else f"\\{character}"


def _code(text: str) -> str:
    """Return a text as code, in which nothing means anything."""
    flat = " ".join(shown(text).split())[:_MOST_TEXT]
    ticks = "`" * (1 + max((len(each) for each in re.findall("`+", flat)), default=0))
    pad = " " if "`" in flat else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


class _Flowchart:
    """A flowchart of some paths, line by line."""

    def __init__(self, outline: Outline, numbers: Sequence[int]) -> None:
        self._outline = outline
        self._ids: dict[str, str] = {}
        self._boxes: dict[str, list[str]] = defaultdict(list)
        self._links: dict[tuple[str, str], list[tuple[list[Hop], str]]] = defaultdict(list)
        for number in numbers:
            self._enter(number, outline.ways[number])
        self.lines = ["flowchart LR", *self._box_lines(), *self._link_lines()]

    def _enter(self, number: int, way: Way) -> None:
        hops: dict[Stretch, list[Hop]] = {each: [] for each in Stretch}
        for sight in sights(number, way):
            hops[place_of(sight.hop.place).stretch].append(sight.hop)
        clients, endpoint = self._left(way)
        resource, target = self._right(way)
        ports = f"TCP {way.traced.ports}"
        if clients:
            self._links[clients, endpoint].append((hops[Stretch.NEAR], ""))
        via = self._outline.service_networks[way.service_network].name if way.service_network else "PrivateLink"
        self._links[endpoint, resource].append((hops[Stretch.LINK], via))
        if target:
            self._links[resource, target].append((hops[Stretch.FAR], ports))

    def _left(self, way: Way) -> tuple[str, str]:
        if way.endpoint is None or way.clients is None:
            return "", self._node("", f"elsewhere: {way.resource_configuration}", "[", "consumers elsewhere")
        clients, endpoint = self._outline.clients[way.clients], self._outline.endpoints[way.endpoint]
        members = ", ".join(each.name for each in clients.members[:2])
        kind = "VPC association" if endpoint.kind == "association" else "endpoint"
        return (
            self._node(clients.vpc, clients.id, "[", clients.name, members or "clients"),
            self._node(endpoint.vpc, endpoint.id, "([", kind, endpoint.name),
        )

    def _right(self, way: Way) -> tuple[str, str]:
        if way.resource_configuration is None or way.gateway is None or way.target is None:
            return self._node("", f"elsewhere: {way.endpoint}", "[", "a resource elsewhere"), ""
        resource = self._outline.resource_configurations[way.resource_configuration]
        gateway, target = self._outline.gateways[way.gateway], self._outline.targets[way.target]
        return (
            self._node(gateway.vpc, resource.id, "([", f"gateway {gateway.name}", resource.key),
            self._node(target.vpc, target.id, "[", target.name, target.kind),
        )

    def _node(self, vpc: str, key: str, shape: str, *lines: str) -> str:
        if key not in self._ids:
            self._ids[key] = f"n{len(self._ids)}"
            closing = "".join({"[": "]", "(": ")"}[each] for each in reversed(shape))
            label = "<br/>".join(_quoted(each) for each in lines)
            self._boxes[vpc].append(f'{self._ids[key]}{shape}"{label}"{closing}')
        return self._ids[key]

    def _box_lines(self) -> list[str]:
        lines = [f"  {each}" for each in self._boxes.get("", [])]
        for count, (vpc, nodes) in enumerate((vpc, nodes) for vpc, nodes in self._boxes.items() if vpc):
            found = self._outline.vpcs[vpc]
            stacks = f"{', '.join(found.stacks)} · " if words.outline_has_stacks(self._outline) else ""
            name = found.name if found.known else "a VPC elsewhere"
            title = f"{stacks}{name} {', '.join(found.cidrs)}".strip()
            lines += [f'  subgraph v{count}["{_quoted(title)}"]', *(f"    {each}" for each in nodes), "  end"]
        return lines

    def _link_lines(self) -> list[str]:
        lines: list[str] = []
        styled: dict[Answer, list[int]] = defaultdict(list)
        for count, ((one, other), several) in enumerate(self._links.items()):
            bad = [hop for hops, _ in several for hop in hops if hop.answer in BAD]
            answer = worst(hop.answer for hop in bad)
            label = several[0][1]
            if bad:
                places = list(dict.fromkeys(hop.place for hop in bad if hop.answer is answer))
                more = f" and {len(places) - 1} more" if len(places) > 1 else ""
                label = f"{'✕' if answer is Answer.FAIL else '?'} {places[0]}{more}"
                styled[answer].append(count)
            quoted = f'|"{_quoted(label)}"|' if label else ""
            lines.append(f"  {one} {_ARROWS[answer]}{quoted} {other}")
        return lines + [
            f"  linkStyle {','.join(map(str, styled[each]))} {_STROKES[each]}" for each in BAD if styled[each]
        ]


def _quoted(text: str) -> str:
    """Return a text for use between Mermaid's quotation marks."""
    flat = " ".join(shown(text).split()) or "(no name)"
    cut = flat if len(flat) <= _MOST_NAME else f"{flat[: _MOST_NAME // 2]}…{flat[-_MOST_NAME // 2 + 1 :]}"
    return "".join(_CODES.get(each, each) for each in cut)
