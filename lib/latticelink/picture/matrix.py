"""Draws many paths as a matrix: a row for each consumer's VPC, a column for each resource, a marker for their paths."""

from __future__ import annotations

import re
from collections import defaultdict

from latticelink.picture.elements import Canvas, number, safe
from latticelink.picture.glyphs import KINDS, TEXT_KINDS, VERDICTS, worst
from latticelink.picture.layout import MARGIN, TOP
from latticelink.picture.metrics import fit, width
from latticelink.picture.reasons import Reasons
from latticelink.picture.scene import ELSEWHERE, Scene, sights
from latticelink.picture.style import SIZES
from latticelink.picture.words import vpc_name

_CELL, _HEAD, _SPACE, _BETWEEN, _MOST_NAME = 26, 26, 12, 16, 150
# So few rows are drawn in bands of so many columns.
_MOST_ROWS, _MOST_COLUMNS = 8, 40

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
        self._rows = sorted(dict.fromkeys(row for row, _ in self._cells), key=self._order)
        names = [self._name(row) for row in self._rows]
        wide = max((width(each, SIZES["d"], bold=True) for each in names), default=0)
        self._left = MARGIN + min(_MOST_NAME, wide) + 16
        self.width, self.bottom = self._left, float(TOP)
        for count, columns in enumerate(self._bands()):
            self.bottom += _BETWEEN if count else 0
            self._band(columns)

    def _bands(self) -> list[dict[str, list[str]]]:
        """Return the columns by their gateway's VPC; of many columns and few rows in bands, one below another."""
        outline = self._scene.outline
        found: dict[str, list[str]] = defaultdict(list)
        for resource in sorted(
            dict.fromkeys(column for _, column in self._cells), key=lambda each: _natural(self._key(each))
        ):
            known = outline.resource_configurations.get(resource)
            found[outline.gateways[known.gateway].vpc if known else ELSEWHERE].append(resource)
        bands: list[dict[str, list[str]]] = [{}]
        left = _MOST_COLUMNS
        for vpc in sorted(found, key=self._order):
            columns = found[vpc]
            while columns:
                if left == 0 and len(self._rows) <= _MOST_ROWS:
                    bands.append({})
                    left = _MOST_COLUMNS
                take = min(left, len(columns)) if len(self._rows) <= _MOST_ROWS else len(columns)
                bands[-1][vpc], columns = columns[:take], columns[take:]
                left = max(0, left - take)
        return bands

    def _band(self, grouped: dict[str, list[str]]) -> None:
        """Draw a band of columns below what is there."""
        start = self.bottom
        keys = [self._key(each) for columns in grouped.values() for each in columns]
        deep = min(_MOST_NAME, max((width(each, SIZES["d"], bold=True) for each in keys), default=0)) + 14
        top = start + _HEAD + deep
        self.bottom = top + len(self._rows) * _CELL + 8
        x = self._left
        for vpc, columns in grouped.items():
            self._group(vpc, columns, x, start, top)
            for column in columns:
                for count, row in enumerate(self._rows):
                    if ways := self._cells.get((row, column)):
                        self._marker((row, vpc, column), ways, x + _CELL / 2, top + (count + 0.5) * _CELL)
                x += _CELL
            x += _SPACE
        self.width = max(self.width, x + MARGIN - _SPACE + 6)
        self._row_names(top)

    def _order(self, vpc: str) -> tuple[list[str], str]:
        return _natural(self._name(vpc)), vpc

    def _name(self, vpc: str) -> str:
        return "elsewhere" if vpc == ELSEWHERE else vpc_name(self._scene.outline, vpc)

    def _row_of(self, endpoint: str | None) -> str:
        return self._scene.outline.endpoints[endpoint].vpc if endpoint else ELSEWHERE

    def _key(self, resource: str) -> str:
        known = self._scene.outline.resource_configurations.get(resource)
        return known.key if known else "elsewhere"

    def _worst(self, ways: list[int]) -> str:
        return TEXT_KINDS[worst(self._scene.ways[each].traced.answer for each in ways)]

    def _group(self, vpc: str, columns: list[str], left: float, start: float, top: float) -> None:
        """Draw the box of a gateway's VPC, its name, and the names of its columns."""
        canvas, wide = self.canvas, len(columns) * _CELL
        canvas.box(left - 3, start, wide + 6, self.bottom - start, "vpc", 8)
        for count in range(len(self._rows)):
            y = top + (count + 0.5) * _CELL
            canvas.path("row", f"M{number(left + 2)} {number(y)}h{number(wide - 4)}")
        name = self._name(vpc)
        shown = fit(name, SIZES["n"], wide, bold=True)
        canvas.add(f'<a class="go" data-view="{safe(f"{PRODUCER}{vpc}")}">')
        canvas.text(left + wide / 2, start + 18, shown, "n t", anchor="middle", full=name)
        canvas.add("</a>")
        for count, column in enumerate(columns):
            ways = [each for (_, other), some in self._cells.items() if other == column for each in some]
            x, kind = left + (count + 0.5) * _CELL + 4, self._worst(ways)
            key = self._key(column)
            kind = "m" if kind == "tp" else f"bold {kind}"
            canvas.add(
                f'<text transform="translate({number(x)} {number(top - 8)}) rotate(-90)" class="d {kind}">'
                f"{safe(fit(key, SIZES['d'], _MOST_NAME, bold=True))}</text>"
            )

    def _row_names(self, top: float) -> None:
        self.canvas.add('<g class="rows">')
        self.canvas.box(0, top - 4, self._left - 6, len(self._rows) * _CELL + 8, "ground", 0)
        for count, row in enumerate(self._rows):
            ways = [each for (other, _), some in self._cells.items() if other == row for each in some]
            kind = self._worst(ways)
            name = self._name(row)
            shown = fit(name, SIZES["d"], _MOST_NAME, bold=True)
            y = top + (count + 0.5) * _CELL + 4
            self.canvas.add(f'<a class="go" data-view="{safe(f"{CONSUMER}{row}")}">')
            ink = "t" if kind == "tp" else kind
            self.canvas.text(self._left - 12, y, shown, f"d bold {ink}", anchor="end", full=name)
            self.canvas.add("</a>")
        self.canvas.add("</g>")

    def _marker(self, place: tuple[str, str, str], ways: list[int], x: float, y: float) -> None:
        row, vpc, column = place
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


def _natural(text: str) -> list[str]:
    """Return what to order names by: `link-2` comes before `link-10`."""
    return [part.zfill(12) if part.isdecimal() else part for part in re.split(r"(\d+)", text)]
