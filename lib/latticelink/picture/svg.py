"""Draws an outline as one SVG file: a diagram of few paths, a matrix of many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from latticelink.paths.hops import Answer
from latticelink.paths.outline import Outline, Way
from latticelink.picture import frame, words
from latticelink.picture.diagram import Diagram
from latticelink.picture.elements import Canvas, number, safe
from latticelink.picture.matrix import Matrix
from latticelink.picture.reasons import Reasons
from latticelink.picture.scene import Scene
from latticelink.picture.style import DARK, LIGHT, paint, shapes

MOST_IN_DIAGRAM = 24
"""How many paths are drawn as lanes; more of them are cells of a matrix."""


@dataclass(frozen=True)
class Picture:
    """A picture: its size in pixels, its elements, and the reasons that its numbers stand for."""

    width: float
    height: float
    body: str
    reasons: Reasons


def picture(
    outline: Outline, numbers: Iterable[int], *, title: str = "", in_page: bool = False, most: int = MOST_IN_DIAGRAM
) -> Picture:
    """Draw some paths of an outline.

    Args:
        outline: the outline.
        numbers: the paths' numbers in it.
        title: stands before the verdict in the heading.
        in_page: whether it is part of a page, which has the reasons itself.
        most: how many paths are drawn as lanes.
    """
    scene = Scene(outline, numbers)
    reasons = Reasons(scene)
    drawing = (Matrix if len(scene.ways) > most else Diagram)(scene, reasons, in_page=in_page)
    ways = list(scene.ways.values())
    said = f"{title}: {words.heading(ways)}" if title else words.heading(ways)
    answers = _answers(scene)
    wide = max(drawing.width, frame.least_width(said, answers))
    canvas = Canvas()
    vpcs = [outline.vpcs[each] for each in (*scene.lefts, *scene.rights) if each]
    frame.heading(canvas, said, frame.about(outline, list(dict.fromkeys(vpcs))), answers, wide)
    bottom = drawing.bottom
    if not in_page and reasons.all:
        bottom = frame.notes(canvas, outline, reasons.all, bottom + 18, wide)
    return Picture(wide, bottom + 14, f"{canvas}\n{drawing.canvas}", reasons)


def _answers(scene: Scene) -> list[Answer]:
    """Return the answers that any marker of a scene has."""
    return list({mark.answer: None for marks in scene.marks.values() for mark in marks})


def as_svg(outline: Outline, *, is_dark: bool | None = None) -> str:
    """Return the picture of all paths as a file.

    Args:
        outline: the outline.
        is_dark: whether it is for dark ground; None leaves that to whoever shows it.
    """
    drawn = picture(outline, range(len(outline.ways)))
    ways: Sequence[Way] = outline.ways
    style = shapes() + paint(DARK if is_dark else LIGHT)
    style += f"@media (prefers-color-scheme:dark){{{paint(DARK)}}}" if is_dark is None else ""
    size = f'width="{number(drawn.width)}" height="{number(drawn.height)}"'
    box = f'viewBox="0 0 {number(drawn.width)} {number(drawn.height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} role="img" aria-labelledby="title desc">\n'
        f'<title id="title">{safe(words.verdict(outline, ways))}</title>\n'
        f'<desc id="desc">{safe(words.described(outline, dict(enumerate(ways))))}</desc>\n'
        f"<style>{style}</style>\n"
        f'<rect class="ground" width="100%" height="100%" rx="10"/>\n{drawn.body}\n</svg>\n'
    )
