"""Writes elements of SVG, with whatever a name may hold made harmless."""

from __future__ import annotations

from html import escape

from latticelink.disclosure import shown
from latticelink.paths.hops import Answer
from latticelink.picture.glyphs import GLYPHS, by_reference


def safe(text: str) -> str:
    """Return a text for use in an element or attribute."""
    return escape(shown(text))


def number(value: float) -> str:
    """Return a coordinate, short."""
    return f"{round(value, 1) + 0:g}"


class Canvas:
    """Collects elements in the order in which they are painted.

    Attributes:
        in_page: whether it is part of a page, which has the glyphs once, and says in its script what markers say.
    """

    def __init__(self, *, in_page: bool = False) -> None:
        self.parts: list[str] = []
        self.in_page = in_page

    def add(self, element: str) -> None:
        """Add an element that is written already."""
        self.parts.append(element)

    def text(self, x: float, y: float, text: str, kind: str, *, anchor: str = "", full: str = "") -> None:
        """Add a text at the left end of its base line, or at its middle or right end.

        Args:
            x: from the left.
            y: from above.
            text: the text.
            kind: its classes in the style sheet.
            anchor: `middle` or `end`.
            full: the whole text, where `text` is cut.
        """
        anchored = f' text-anchor="{anchor}"' if anchor else ""
        title = f"<title>{safe(full)}</title>" if full and full != text else ""
        self.add(f'<text x="{number(x)}" y="{number(y)}" class="{kind}"{anchored}>{title}{safe(text)}</text>')

    def box(self, x: float, y: float, width: float, height: float, kind: str, radius: float = 8) -> None:
        """Add a rectangle with round corners."""
        where = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        self.add(f'<rect {where} rx="{number(radius)}" class="{kind}"/>')

    def marker(self, answer: Answer, kind: str, place: tuple[float, float, float], title: str, rest: str) -> None:
        """Add the marker of an answer.

        Args:
            answer: the answer.
            kind: what it is a marker of, and its data, as attributes.
            place: x, y and scale.
            title: what it says.
            rest: what stands at it, written already.
        """
        x, y, scale = place
        glyph = by_reference(answer) if self.in_page else f"<title>{safe(title)}</title>{GLYPHS[answer]}"
        scaled = "" if scale == 1 else f" scale({number(scale)})"
        where = f'transform="translate({number(x)} {number(y)}){scaled}"'
        self.add(f"<g {kind} {where}>{glyph}{rest}</g>")

    def path(self, kind: str, shape: str, paths: str = "") -> None:
        """Add a line or shape, with the numbers of the paths that it belongs to."""
        belongs = f' data-p="{paths}"' if paths else ""
        self.add(f'<path class="{kind}"{belongs} d="{shape}"/>')

    def __str__(self) -> str:
        """Return all elements, one a line."""
        return "\n".join(self.parts)
