"""What stands around a picture: the heading with its legend above, the numbered reasons below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from latticelink.paths.hops import Answer
from latticelink.paths.outline import Outline, Vpc
from latticelink.picture.elements import Canvas, number
from latticelink.picture.glyphs import GLYPHS, KINDS, SAYS, TEXT_KINDS
from latticelink.picture.layout import MARGIN
from latticelink.picture.metrics import fit, width, wrap
from latticelink.picture.reasons import Reason
from latticelink.picture.style import SIZES
from latticelink.picture.words import outline_has_stacks, pair, sentence

_LEGEND = (Answer.PASS, Answer.FAIL, Answer.UNKNOWN, Answer.NOT_JUDGED)
_INDENT, _LINE, _MOST_BLOCKED, _MOST_UNKNOWN = 30, 16, 40, 12


def legend(canvas: Canvas, answers: Iterable[Answer], end: float, y: float) -> float:
    """Draw what the shapes of these answers mean, up to `end`; return where it starts."""
    shown = [each for each in _LEGEND if each in {*answers}]
    for answer in reversed(shown):
        end -= width(SAYS[answer], SIZES["d"])
        canvas.text(end, y + 4, SAYS[answer], "d m")
        end -= 17
        canvas.add(f'<g class="{KINDS[answer]}" transform="translate({number(end)} {number(y)})">{GLYPHS[answer]}</g>')
        end -= 26
    return end


def legend_width(answers: Iterable[Answer]) -> float:
    """Return how wide the legend of these answers is."""
    return sum(width(SAYS[each], SIZES["d"]) + 43 for each in {*answers})


def heading(canvas: Canvas, title: str, below: str, answers: Iterable[Answer], wide: float) -> None:
    """Draw the heading, the line below it, and the legend at the right."""
    canvas.text(MARGIN, 28, title, "h t")
    if below:
        canvas.text(MARGIN, 50, fit(below, SIZES["u"], wide - 2 * MARGIN), "u m", full=below)
    legend(canvas, answers, wide - MARGIN, 22)


def least_width(title: str, answers: Iterable[Answer]) -> float:
    """Return how wide a picture is at least, so that heading and legend stand beside each other."""
    return width(title, SIZES["h"], bold=True) + legend_width(answers) + 2 * MARGIN + 20


def about(outline: Outline, vpcs: Sequence[Vpc]) -> str:
    """Return the line below the heading: stacks, region, and that blocks may be the same on both sides."""
    stacks = sorted({stack for vpc in vpcs for stack in vpc.stacks})
    parts = []
    if outline_has_stacks(outline) and stacks:
        shown = ", ".join(stacks[:8]) + (f" and {len(stacks) - 8} more" if len(stacks) > 8 else "")
        parts.append(f"{'stacks' if len(stacks) > 1 else 'stack'} {shown}")
    regions = {vpc.region for vpc in vpcs if vpc.region}
    parts += [next(iter(regions))] if len(regions) == 1 else []
    blocks = [cidr for vpc in vpcs for cidr in vpc.cidrs]
    same = sorted({each for each in blocks if blocks.count(each) > 1})
    if same:
        parts.append(f"{', '.join(same[:2])} on both sides: PrivateLink allows that")
    return " · ".join(parts)


def notes(canvas: Canvas, outline: Outline, reasons: Sequence[Reason], y: float, wide: float) -> float:
    """Write the reasons, numbered as at the markers, with their fixes; return where they end."""
    shown = [each for each in reasons if each.hop.answer is Answer.FAIL][:_MOST_BLOCKED]
    shown += [each for each in reasons if each.hop.answer is Answer.UNKNOWN][:_MOST_UNKNOWN]
    pairs = {pair(outline, outline.ways[number]) for reason in reasons for number in reason.ways}
    for count, each in enumerate(shown):
        y = _note(canvas, each, y + (0 if count == 0 else 10), wide, _where(outline, each) if len(pairs) > 1 else "")
    if len(shown) < len(reasons):
        y += _LINE + 6
        canvas.text(
            MARGIN + _INDENT, y, f"and {len(reasons) - len(shown)} more: `latticelink check` lists them all", "q m"
        )
    return y


def _where(outline: Outline, reason: Reason) -> str:
    """Return whose paths a reason is about."""
    who = list(dict.fromkeys(pair(outline, outline.ways[number]) for number in reason.ways))
    more = f" and {len(who) - 6} more" if len(who) > 6 else ""
    return f"In {', '.join(who[:6])}{more}."


def _note(canvas: Canvas, reason: Reason, y: float, wide: float, where: str) -> float:
    size, x = SIZES["q"], MARGIN + _INDENT
    room = wide - x - MARGIN
    kind = KINDS[reason.hop.answer]
    y += _LINE
    canvas.add(
        f'<g class="{kind}"><g transform="translate({number(MARGIN + 10)} {number(y - 4.5)})">'
        f'<circle class="num" r="8.5"/>'
        f'<text class="b" text-anchor="middle" y="3.4">{reason.number}</text></g></g>'
    )
    many = f" ({len(reason.ways)} paths)" if len(reason.ways) > 1 else ""
    head = f"{reason.head}{many}."
    for count, line in enumerate(wrap(head, size, room, bold=True)):
        y += _LINE if count else 0
        canvas.text(x, y, line, f"q bold {TEXT_KINDS[reason.hop.answer]}")
    for text, ink in ((sentence(reason.hop.why), "t"), (where, "m"), (reason.remedy, "t")):
        for line in wrap(text, size, room):
            y += _LINE
            canvas.text(x, y, line, f"q {ink}")
    return y
