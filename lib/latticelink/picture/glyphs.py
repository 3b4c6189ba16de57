"""The shapes that tell answers apart without colour, each around 0,0, and the words that go with them."""

from __future__ import annotations

from collections.abc import Iterable

from latticelink.paths.hops import Answer

# Circle with tick, octagon with cross, diamond with question mark, dashed circle with dash.
GLYPHS = {
    Answer.PASS: '<circle class="s sp" r="9"/><path class="g gp" d="M-4 .4-1.2 3.4 4.2-3"/>',
    Answer.FAIL: (
        '<path class="s sf" d="M-4.8-11.5H4.8L11.5-4.8V4.8L4.8 11.5H-4.8L-11.5 4.8V-4.8Z"/>'
        '<path class="g gf" d="M-4.4-4.4 4.4 4.4M4.4-4.4-4.4 4.4"/>'
    ),
    Answer.UNKNOWN: (
        '<path class="s su" d="M0-12.5 12.5 0 0 12.5-12.5 0Z"/>'
        '<path class="g gu" d="M-2.9-2.3A2.9 2.9 0 1 1 .9.5C.2.9 0 1.3 0 2M0 5v.2"/>'
    ),
    Answer.NOT_JUDGED: '<circle class="s sn" r="8"/><path class="g gn" d="M-3 0H3"/>',
}
KINDS = {Answer.PASS: "pass", Answer.FAIL: "fail", Answer.UNKNOWN: "unknown", Answer.NOT_JUDGED: "open"}
"""The class of each answer in the style sheet."""
SAYS = {
    Answer.PASS: "lets through",
    Answer.FAIL: "blocks",
    Answer.UNKNOWN: "unknown",
    Answer.NOT_JUDGED: "not judged",
}
"""What a hop does."""
VERDICTS = {Answer.PASS: "reachable", Answer.FAIL: "blocked", Answer.UNKNOWN: "unknown"}
"""What a path is."""
TEXT_KINDS = {Answer.PASS: "tp", Answer.FAIL: "tf", Answer.UNKNOWN: "tu", Answer.NOT_JUDGED: "m"}
"""The class of a text that says an answer."""


def by_reference(answer: Answer) -> str:
    """Return a glyph that stands once in the page, as `sprite` has it."""
    return f'<use href="#g-{KINDS[answer]}"/>'


def sprite() -> str:
    """Return all glyphs for a page, to be referred to."""
    glyphs = "".join(f'<g id="g-{KINDS[each]}">{GLYPHS[each]}</g>' for each in GLYPHS)
    return f'<svg width="0" height="0" class="sprite" aria-hidden="true"><defs>{glyphs}</defs></svg>'


_ORDER = (Answer.FAIL, Answer.UNKNOWN, Answer.PASS, Answer.NOT_JUDGED)
BAD = (Answer.FAIL, Answer.UNKNOWN)


def worst(answers: Iterable[Answer]) -> Answer:
    """Return the answer that a marker shows for several."""
    given = set(answers)
    return next((each for each in _ORDER if each in given), Answer.PASS)


def badness(answer: Answer) -> int:
    """Return the place of an answer among all, the worst first."""
    return _ORDER.index(answer)
