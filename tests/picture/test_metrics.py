"""Texts are measured, cut in the middle, and broken into lines that fit; whatever is in them."""

from __future__ import annotations

from latticelink.disclosure import shown
from latticelink.picture.metrics import fit, lines_of, width, wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

SIZE = 12.0
TEXT = st.text(max_size=80)
ROOM = st.floats(min_value=30, max_value=300)


def test_a_text_is_as_wide_as_its_characters_in_arial() -> None:
    assert width("nginx", 1000) == 556 + 556 + 222 + 556 + 500
    assert width("nginx", 1000, bold=True) == 611 + 611 + 278 + 611 + 556


FITS = [
    ("what fits stays as it is", "nginx", 100.0, "nginx"),
    ("both ends of a name stay", "privatelink-dev2-vpc-rscgw", 100.0, "privatel…pc-rscgw"),
    ("of nothing nothing is left", "", 10.0, ""),
]


@pytest.mark.parametrize(("sentence", "text", "room", "expected"), FITS, ids=[row[0] for row in FITS])
def test_a_long_text_is_cut_in_its_middle(sentence: str, text: str, room: float, expected: str) -> None:
    assert fit(text, SIZE, room) == expected, sentence


@given(text=TEXT, room=ROOM)
def test_what_is_cut_fits(text: str, room: float) -> None:
    assert width(fit(text, SIZE, room), SIZE) <= max(room, width("…", SIZE))


@given(text=TEXT, room=ROOM)
def test_lines_fit_and_hold_the_whole_text(text: str, room: float) -> None:
    lines = wrap(text, SIZE, room)
    assert all(width(line, SIZE) <= room for line in lines)
    assert "".join("".join(lines).split()) == "".join(shown(text).split())


@given(text=TEXT, room=ROOM)
def test_a_few_lines_fit(text: str, room: float) -> None:
    lines = lines_of(text, SIZE, room, 2)
    assert len(lines) <= 2
    assert all(width(line, SIZE) <= room for line in lines)


def test_a_long_word_breaks_after_a_mark() -> None:
    assert wrap("nginx.privatelink-dev2.internal", 11.5, 130) == ["nginx.privatelink-dev2.", "internal"]
