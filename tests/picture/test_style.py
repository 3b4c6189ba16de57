"""Colours: texts and shapes stand out from what they are on, in light and dark; answers are told without them."""

from __future__ import annotations

import re

from latticelink.picture.glyphs import GLYPHS, KINDS, SAYS
from latticelink.picture.style import DARK, LIGHT, paint, shapes

import pytest

# What each colour of a text may stand on.
TEXTS = {
    "fg": ("bg", "card", "vpc", "gate", "chip", "okbg", "nobg", "nabg"),
    "mut": ("bg", "card", "vpc", "gate", "band", "okbg", "nobg", "nabg"),
    "bandt": ("band",),
    "ok": ("bg", "card", "vpc"),
    "no": ("bg", "card", "vpc", "band", "nobg"),
    "na": ("bg", "card", "vpc", "band", "nabg"),
}
SHAPES = {
    "nog": ("nof",),
    "ok": ("okf", "vpc", "band", "card"),
    "nof": ("vpc", "band"),
    "na": ("naf", "vpc", "band", "card"),
    "mut": ("card",),
    "line": ("card", "vpc", "gate"),
    "vpcl": ("bg",),
    "sel": ("bg", "vpc", "band"),
}
# https://www.w3.org/TR/WCAG22/#contrast-minimum and #non-text-contrast
LEAST_TEXT, LEAST_SHAPE = 5.5, 3.0


def luminance(colour: str) -> float:
    """Return the relative luminance: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("table", "least"), [(TEXTS, LEAST_TEXT), (SHAPES, LEAST_SHAPE)], ids=["texts", "shapes"])
def test_what_is_drawn_stands_out(colours: dict[str, str], table: dict[str, tuple[str, ...]], least: float) -> None:
    for colour, grounds in table.items():
        for ground in grounds:
            assert contrast(colours[colour], colours[ground]) >= least, f"{colour} on {ground}"


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_both_palettes_have_the_same_colours_and_each_is_painted_with_or_used_by_the_page() -> None:
    assert LIGHT.keys() == DARK.keys()
    for colours in (LIGHT, DARK):
        assert set(re.findall(r"#[0-9a-f]{6}", paint(colours))) <= set(colours.values())


def test_each_answer_has_a_shape_and_a_word_of_its_own() -> None:
    drawn = [re.sub(r"<[^>]*class=\"g\"[^>]*>", "", glyph) for glyph in GLYPHS.values()]
    assert len(set(drawn)) == len(set(GLYPHS.values())) == len(set(KINDS.values())) == len(set(SAYS.values())) == 4
    assert "dasharray" in shapes()
