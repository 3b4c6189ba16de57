"""Draws many paths as a matrix: a row for each consumer's VPC, a column for each resource, a marker for their paths."""

from __future__ import annotations

from collections import defaultdict

from latticelink.picture.elements import Canvas, number, safe
from latticelink.picture.glyphs import KINDS, TEXT_KINDS, VERDICTS, worst
from latticelink.picture.layout import MARGIN, TOP
from latticelink.picture.metrics import fit, width
from latticelink.picture.reasons import Reasons
from latticelink.picture.scene import ELSEWHERE, Scene, sights
from latticelink.picture.style import SIZES
from latticelink.picture.words import vpc_name

_CELL, _HEAD, _SPACE, _MOST_NAME = 26, 26, 12, 150

CONSUMER, PRODUCER = "c:", "p:"
"""What the names of views start with, before the id of a VPC."""


class Matrix:
    """The matrix of a scene, without heading and notes.

    Attributes:
        canvas: the elements.
        width: how wide it is.
        bottom: where it ends.
    """

    def __init__(self, scene: Scene, reasons: Reasons, *, in_page: bool = False) -> None:
        self._scene, self._reasons = scene, reasons
        self.canvas = Canvas(in_page=in_page)
        self._cells: dict[tuple[str, str], list[int]] = defaultdict(list)
        for number_of_way, way in scene.ways.items():
            self._cells[self._row_of(way.endpoint), way.resource_configuration or ELSEWHERE].append(number_of_way)
        self._rows = sorted({row for row, _ in self._cells}, key=self._name)
        self._columns = self._grouped()
        names = [self._name(row) for row in self._rows]
        wide = max((width(each, SIZES["d"], bold=True) for each in names), default=0)
        self._left = MARGIN + min(_MOST_NAME, wide) + 16
        keys = [self._key(each) for columns in self._columns.values() for each in columns]
        self._deep = min(_MOST_NAME, max((width(each, SIZES["d"]) for each in keys), default=0)) + 14
        self._top = TOP + _HEAD + self._deep
        self.bottom = self._top + len(self._rows) * _CELL + 8
        self.width = self._left
        for vpc, columns in self._columns.items():
            self._group(vpc, columns, self.width)
            self.width += len(columns) * _CELL + _SPACE
        self.width += MARGIN - _SPACE + 6
        self._markers()
        self._row_names()

    def _name(self, vpc: str) -> str:
        return "elsewhere" if vpc == ELSEWHERE else vpc_name(self._scene.outline, vpc)

    def _row_of(self, endpoint: str | None) -> str:
        return self._scene.outline.endpoints[endpoint].vpc if endpoint else ELSEWHERE

    def _grouped(self) -> dict[str, list[str]]:
        """Return the columns by their gateway's VPC."""
        outline = self._scene.outline
        found: dict[str, list[str]] = defaultdict(list)
        for resource in sorted({column for _, column in self._cells}, key=self._key):
            known = outline.resource_configurations.get(resource)
            found[outline.gateways[known.gateway].vpc if known else ELSEWHERE].append(resource)
        return {vpc: found[vpc] for vpc in sorted(found, key=self._name)}

    def _key(self, resource: str) -> str:
        known = self._scene.outline.resource_configurations.get(resource)
        return known.key if known else "elsewhere"

    def _worst(self, ways: list[int]) -> str:
        return TEXT_KINDS[worst(self._scene.ways[each].traced.answer for each in ways)]

    def _group(self, vpc: str, columns: list[str], left: float) -> None:
        """Draw the box of a gateway's VPC, its name, and the names of its columns."""
        canvas, wide = self.canvas, len(columns) * _CELL
        canvas.box(left - 3, TOP, wide + 6, self.bottom - TOP, "vpc", 8)
        for count in range(len(self._rows)):
            y = self._top + (count + 0.5) * _CELL
            canvas.path("row", f"M{number(left + 2)} {number(y)}h{number(wide - 4)}")
        name = self._name(vpc)
        shown = fit(name, SIZES["n"], wide, bold=True)
        canvas.add(f'<a class="go" data-view="{safe(f"{PRODUCER}{vpc}")}">')
        canvas.text(left + wide / 2, TOP + 18, shown, "n t", anchor="middle", full=name)
        canvas.add("</a>")
        for count, column in enumerate(columns):
            ways = [each for (_, other), some in self._cells.items() if other == column for each in some]
            x, kind = left + (count + 0.5) * _CELL + 4, self._worst(ways)
            key = self._key(column)
            kind = "m" if kind == "tp" else f"bold {kind}"
            canvas.add(
                f'<text transform="translate({number(x)} {number(self._top - 8)}) rotate(-90)" class="d {kind}">'
                f"{safe(fit(key, SIZES['d'], _MOST_NAME, bold=True))}</text>"
            )

    def _row_names(self) -> None:
        self.canvas.add('<g class="rows">')
        self.canvas.box(0, self._top - 4, self._left - 6, len(self._rows) * _CELL + 8, "ground", 0)
        for count, row in enumerate(self._rows):
            ways = [each for (other, _), some in self._cells.items() if other == row for each in some]
            kind = self._worst(ways)
            name = self._name(row)
            shown = fit(name, SIZES["d"], _MOST_NAME, bold=True)
            y = self._top + (count + 0.5) * _CELL + 4
            self.canvas.add(f'<a class="go" data-view="{safe(f"{CONSUMER}{row}")}">')
            ink = "t" if kind == "tp" else kind
            self.canvas.text(self._left - 12, y, shown, f"d bold {ink}", anchor="end", full=name)
            self.canvas.add("</a>")
        self.canvas.add("</g>")

    def _markers(self) -> None:
        x = self._left
        for vpc, columns in self._columns.items():
            for column in columns:
                for count, row in enumerate(self._rows):
                    if ways := self._cells.get((row, column)):
                        self._marker(row, vpc, column, ways, x + _CELL / 2, self._top + (count + 0.5) * _CELL)
                x += _CELL
            x += _SPACE

    def _marker(self, row: str, vpc: str, column: str, ways: list[int], x: float, y: float) -> None:
        paths = [self._scene.ways[each].traced for each in ways]
        answer = worst(path.answer for path in paths)
        seen = [each for way in ways for each in sights(way, self._scene.ways[way]) if each.hop.answer is answer]
        badge = self._reasons.number(seen)
        numbered = (
            f'<circle class="num" cx="13" cy="-12" r="8.5"/>'
            f'<text class="b" x="13" y="-8.6" text-anchor="middle">{badge}</text>'
            if badge is not None
            else ""
        )
        title = f"{self._name(row)} → {self._name(vpc)}/{self._key(column)}: {VERDICTS[answer]}"
        view = safe(f"{CONSUMER}{row}")
        kind = f'class="hop cell {KINDS[answer]}" data-p="{" ".join(map(str, ways))}" data-view="{view}"'
        self.canvas.marker(answer, kind, (x, y, 0.8), title, numbered)
