"""Colours for light and dark ground, and the style sheet; `tests/picture/test_style.py` holds their contrast."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT = {
    "bg": "#ffffff",
    "fg": "#16202c",
    "mut": "#46535f",
    "card": "#ffffff",
    "line": "#75828f",
    "vpc": "#f3f5f8",
    "vpcl": "#66737f",
    "gate": "#e9edf2",
    "band": "#f4f1fc",
    "bandt": "#51438c",
    "ok": "#155c92",
    "okf": "#e4f0fa",
    "no": "#b01a1a",
    "nof": "#b01a1a",
    "nog": "#ffffff",
    "na": "#6f4800",
    "naf": "#fff2d1",
    "chip": "#d8dfe7",
    "sel": "#0b57d0",
    "okbg": "#eef6fc",
    "nobg": "#fdecec",
    "nabg": "#fff8e8",
}
DARK = {
    "bg": "#0e151d",
    "fg": "#e8eef4",
    "mut": "#adbac7",
    "card": "#1b2632",
    "line": "#6f8193",
    "vpc": "#131c26",
    "vpcl": "#8292a2",
    "gate": "#18222d",
    "band": "#1a1830",
    "bandt": "#c0b6f2",
    "ok": "#84c5f7",
    "okf": "#123049",
    "no": "#ff9c95",
    "nof": "#d9363e",
    "nog": "#ffffff",
    "na": "#f2c566",
    "naf": "#3a2d0b",
    "chip": "#2f3f4f",
    "sel": "#8ab4f8",
    "okbg": "#132534",
    "nobg": "#34191b",
    "nabg": "#2d2611",
}

FONT = "Helvetica,Arial,'Liberation Sans',sans-serif"
SIZES = {"h": 18, "u": 12, "v": 14, "k": 9.5, "n": 13, "d": 12, "l": 11.5, "c": 10.5, "q": 12.5, "b": 9.5}
"""The size of each kind of text: heading, line below it, VPC, card's kind, name, detail, label, chip, note, number."""
_BOLD = ("h", "v", "k", "n", "b")

# What each rule of the style sheet paints, by the name of the colour.
_FILLS = {
    ".ground": "bg",
    ".t": "fg",
    ".m": "mut",
    ".bt": "bandt",
    ".vpc": "vpc",
    ".gate": "gate",
    ".band": "band",
    ".card": "card",
    ".chip": "chip",
    ".a": "ok",
    ".a.maybe": "na",
    ".a.dead": "no",
    ".tp": "ok",
    ".tf": "no",
    ".tu": "na",
    ".num": "bg",
    ".sp": "okf",
    ".sf": "nof",
    ".su": "naf",
    ".sn": "card",
    ".pass .l,.open .l": "mut",
    ".fail .l": "no",
    ".unknown .l": "na",
    ".fail .b": "no",
    ".unknown .b": "na",
}
_STROKES = {
    ".vpc": "vpcl",
    ".gate": "line",
    ".band": "bandt",
    ".card": "line",
    ".row": "chip",
    ".w": "ok",
    ".w.maybe": "na",
    ".w.dead": "no",
    ".sp,.gp": "ok",
    ".sf": "nof",
    ".gf": "nog",
    ".su,.gu": "na",
    ".sn,.gn": "mut",
    ".fail .num": "no",
    ".unknown .num": "na",
}
_SHAPES = (
    ".vpc{stroke-width:1.4}.vpc.q{stroke-dasharray:6 4}.gate,.card{stroke-width:1.1}"
    ".card.q,.gate.q{stroke-dasharray:5 4}"
    ".band{stroke-width:1;stroke-dasharray:2 4}.row{stroke-width:1}"
    ".w{fill:none;stroke-width:2.2}.w.maybe{stroke-dasharray:1 5;stroke-linecap:round;stroke-width:2.8}"
    ".w.dead{stroke-dasharray:6 5;stroke-width:1.5}"
    ".s{stroke-width:1.6}.su{stroke-dasharray:3 2}.sn{stroke-dasharray:2 2.4}"
    ".g{fill:none;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}.num{stroke-width:1.4}"
    ".k{letter-spacing:.6px}.fail .l,.unknown .l,.bold{font-weight:bold}"
)


def paint(colours: Mapping[str, str]) -> str:
    """Return the rules that paint with these colours; each is one class, so that it holds in what `use` refers to."""
    rules = []
    for name, table in (("fill", _FILLS), ("stroke", _STROKES)):
        rules += [f"{selector}{{{name}:{colours[colour]}}}" for selector, colour in table.items()]
    return "".join(rules)


def variables(colours: Mapping[str, str]) -> str:
    """Return the colours as variables of a style sheet."""
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())


VARIABLES = {name: f"var(--{name})" for name in LIGHT}
"""The colours by the names of these variables."""


def shapes() -> str:
    """Return the rules that hold on any ground."""
    sizes = "".join(
        f".{name}{{font-size:{size}px{';font-weight:bold' if name in _BOLD else ''}}}" for name, size in SIZES.items()
    )
    return f"text{{font-family:{FONT}}}{sizes}{_SHAPES}"


def is_bold(kind: str) -> bool:
    """Return whether texts of a kind are bold."""
    return kind in _BOLD
