"""How wide a text is, where it is cut, and where its lines end."""

from __future__ import annotations

import unicodedata

from latticelink.disclosure import shown

# Advance widths of the characters from space to tilde, in thousandths of the size: Liberation Sans, whose metrics are
# those of Arial and Helvetica.
_PLAIN = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 "
    "278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 "
    "556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
_BOLD = (
    "278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 333 "
    "333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667 611 722 "
    "667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611 611 "
    "611 389 556 333 611 556 778 556 556 500 389 280 389 584"
)
_WIDTHS = {bold: [int(each) for each in text.split()] for bold, text in ((False, _PLAIN), (True, _BOLD))}
_MIDDLE_DOT, _FIRST_WIDE, _FIRST_PICTURE = 278, 0x2E80, 0x1F000
_BREAKS = "_.-/:,"


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is, in pixels; of other scripts than Latin about.

    Args:
        text: the text.
        size: the font's size in pixels.
        bold: whether it is bold.
    """
    table = _WIDTHS[bold]
    total = 0
    for character in text:
        place = ord(character) - 32
        total += table[place] if 0 <= place < len(table) else _other(character)
    return total * size / 1000


def _other(character: str) -> int:
    code = ord(character)
    if unicodedata.combining(character):
        return 0
    if code >= _FIRST_PICTURE:
        return 1400
    return _MIDDLE_DOT if character == "·" else 1000 if code >= _FIRST_WIDE or character in "…→" else 700


def fit(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return a text that fits, cut in its middle: both ends of a name tell it from others."""
    text = shown(text)
    if width(text, size, bold=bold) <= room:
        return text
    low, high = 0, min(len(text) - 1, int(room / size * 6) + 2)
    while low < high:
        count = (low + high + 1) // 2
        fits = width(_cut(text, count), size, bold=bold) <= room
        low, high = (count, high) if fits else (low, count - 1)
    return _cut(text, low)


def _cut(text: str, count: int) -> str:
    """Return the first and last characters of a text, `count` of them, with a mark between."""
    return text[: (count + 1) // 2].rstrip() + "…" + text[len(text) - count // 2 :].lstrip()


def wrap(text: str, size: float, room: float, *, first: float = 0, bold: bool = False) -> list[str]:
    """Return a text's lines; a word that is too long for one breaks after a mark such as `_`, `.` or `-`.

    Args:
        text: the text.
        size: the font's size in pixels.
        room: how wide a line may be.
        first: how much of the first line is taken.
        bold: whether the text is bold.
    """
    lines: list[str] = []
    line = ""
    for word in shown(text).split():
        rest = word
        while rest:
            left = room - (0 if lines else first)
            joined = f"{line} {rest}" if line else rest
            if width(joined, size, bold=bold) <= left:
                line, rest = joined, ""
            elif line and width(rest, size, bold=bold) <= room:
                lines.append(line)
                line = ""
            else:
                head, rest = _broken(f"{line} " if line else "", rest, size, left, bold)
                lines.append(head)
                line = ""
    return [*lines, line] if line else lines


def _broken(start: str, word: str, size: float, room: float, bold: bool) -> tuple[str, str]:
    """Return a full line that starts with `start`, and what is left of a word."""
    count = next((n for n in range(len(word), 0, -1) if width(start + word[:n], size, bold=bold) <= room), 0)
    mark = max(word.rfind(each, 0, count) + 1 for each in _BREAKS)
    if mark > count // 3:
        count = mark
    elif start:
        count = 0
    count = count if start else max(count, 1)
    return (start + word[:count]).rstrip(), word[count:]


def lines_of(text: str, size: float, room: float, most: int, *, bold: bool = False) -> list[str]:
    """Return at most so many lines of a text; what is left over is cut in the middle of the last one."""
    text = shown(text)
    lines = wrap(text, size, room, bold=bold)
    if len(lines) <= most:
        return lines
    kept = lines[: most - 1]
    rest = text
    for line in kept:
        rest = rest.lstrip()[len(line) :]
    return [*kept, fit(rest.strip(), size, room, bold=bold)]
