"""Draws an outline as one self-contained page: pictures, a list of paths, and the rule at each hop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from latticelink.paths.hops import Answer
from latticelink.paths.outline import Outline, Way
from latticelink.picture import words
from latticelink.picture.elements import number, safe
from latticelink.picture.glyphs import KINDS, SAYS, VERDICTS, by_reference, sprite, worst
from latticelink.picture.matrix import CONSUMER, PRODUCER
from latticelink.picture.page_data import page_data
from latticelink.picture.reasons import Reason, Reasons
from latticelink.picture.scene import Scene, sights
from latticelink.picture.style import DARK, FONT, LIGHT, VARIABLES, paint, shapes, variables
from latticelink.picture.svg import MOST_IN_DIAGRAM, picture

_FILES = Path(__file__).parent
_ALL = "all"
_MOST_IN_VIEW = 60
_ORDER = (Answer.FAIL, Answer.UNKNOWN, Answer.PASS)
# Nothing is loaded and nothing is sent, whatever a name may hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


@dataclass(frozen=True)
class _View:
    """One picture of the page: its name in the page, its title, and the numbers of its paths."""

    key: str
    title: str
    numbers: Sequence[int]


def as_page(outline: Outline, root: Path) -> str:
    """Return the page.

    Args:
        outline: the outline.
        root: where it was read from; files are named below it.
    """
    views = _views(outline)
    reasons = Reasons(Scene(outline, range(len(outline.ways)))).all
    style = _style()
    script = (_FILES / "page.js").read_text(encoding="utf-8")
    classes = ' class="many"' if len(views) > 1 else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>LatticeLink: {safe(words.heading(outline.ways))}</title>
<style>{style}</style>
</head>
<body>
{sprite()}
<header><h1>LatticeLink</h1>{_verdicts(outline.ways)}
<input id="find" type="search" placeholder="Find a name, stack, port, rule" aria-label="Find">
<span id="count" role="status"></span><button id="theme" type="button">Light or dark</button></header>
<main{classes}>{_navigation(outline, views)}<section id="stage" aria-label="Picture">
{"".join(_figure(outline, view) for view in views)}
<h2 id="listed">Paths</h2><ul id="list">{_rows(outline)}</ul>
{_reasons(outline, reasons)}{_without_script(outline)}
</section></main>
<aside id="panel" aria-label="Details" aria-live="polite" hidden></aside>
<div id="tip" role="tooltip" hidden></div>
<script type="application/json" id="data">{page_data(outline, root)}</script>
<script>{script}</script>
</body>
</html>
"""


def _style() -> str:
    """Return the style sheet: light, dark where the reader or the button says so, and light on paper."""
    page = (_FILES / "page.css").read_text(encoding="utf-8")
    dark = variables(DARK)
    return (
        f":root{{{variables(LIGHT)}--font:{FONT}}}:root[data-theme=dark]{{{dark}}}"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}"
        f"@media print{{:root:root:root{{{variables(LIGHT)}}}}}{shapes()}{paint(VARIABLES)}{page}"
    )


def _views(outline: Outline) -> list[_View]:
    """Return the picture of all paths, and if that is a matrix one for each consumer and each producer."""
    numbers = range(len(outline.ways))
    views = [_View(_ALL, "", numbers)]
    if len(numbers) <= MOST_IN_DIAGRAM:
        return views
    sides: dict[str, dict[str, list[int]]] = {CONSUMER: {}, PRODUCER: {}}
    for each in numbers:
        way = outline.ways[each]
        if way.endpoint is not None:
            sides[CONSUMER].setdefault(outline.endpoints[way.endpoint].vpc, []).append(each)
        if way.gateway is not None:
            sides[PRODUCER].setdefault(outline.gateways[way.gateway].vpc, []).append(each)
    if list(sides[CONSUMER].values()) == list(sides[PRODUCER].values()):
        sides[PRODUCER] = {}
    for side, found in sides.items():
        named = sorted(found.items(), key=lambda each: words.vpc_name(outline, each[0]))
        for vpc, own in named:
            views += _parts(f"{side}{vpc}", words.vpc_name(outline, vpc), own)
    return views


def _parts(key: str, title: str, numbers: list[int]) -> list[_View]:
    """Return the pictures of a consumer or producer; a consumer of many has several, a producer for many a matrix."""
    if len(numbers) <= _MOST_IN_VIEW or key.startswith(PRODUCER):
        return [_View(key, title, numbers)]
    parts = [numbers[start : start + _MOST_IN_VIEW] for start in range(0, len(numbers), _MOST_IN_VIEW)]
    first = [1 + _MOST_IN_VIEW * count for count in range(len(parts))]
    return [
        _View(f"{key}/{count}", f"{title}, {start} to {start + len(part) - 1}", part)
        for count, (start, part) in enumerate(zip(first, parts, strict=True))
    ]


def icon(answer: Answer) -> str:
    """Return the glyph of an answer in the size of a text."""
    return f'<svg class="icon {KINDS[answer]}" viewBox="-14 -14 28 28" aria-hidden="true">{by_reference(answer)}</svg>'


def _verdicts(ways: Sequence[Way]) -> str:
    """Return a button for each verdict that there is, which shows and hides its paths."""
    buttons = []
    for answer in _ORDER:
        count = sum(way.traced.answer is answer for way in ways)
        if count:
            kind = KINDS[answer]
            said = f"{icon(answer)}{count} {VERDICTS[answer]}"
            buttons.append(f'<button type="button" data-verdict="{kind}" aria-pressed="true">{said}</button>')
    return "".join(buttons)


def _navigation(outline: Outline, views: Sequence[_View]) -> str:
    if len(views) == 1:
        return ""
    parts = ['<nav aria-label="Pictures">', _button(outline, views[0], "Overview")]
    for side, title in ((CONSUMER, "Consumers"), (PRODUCER, "Producers")):
        own = [_button(outline, view, view.title) for view in views if view.key.startswith(side)]
        parts += [f"<h2>{title}</h2>", *own] if own else []
    return "".join([*parts, "</nav>"])


def _button(outline: Outline, view: _View, title: str) -> str:
    answer = worst(outline.ways[each].traced.answer for each in view.numbers)
    key = safe(view.key)
    return f'<button type="button" data-view="{key}">{icon(answer)}<span>{safe(title)}</span></button>'


def _figure(outline: Outline, view: _View) -> str:
    """Return a picture; all but the first wait in a template until somebody asks for them."""
    most = MOST_IN_DIAGRAM if view.key == _ALL else _MOST_IN_VIEW
    drawn = picture(outline, view.numbers, title=view.title, in_page=True, most=most)
    size = f'width="{number(drawn.width)}" height="{number(drawn.height)}"'
    box = f'viewBox="0 0 {number(drawn.width)} {number(drawn.height)}"'
    name = safe(f"{view.title}: " if view.title else "") + safe(words.counts([outline.ways[n] for n in view.numbers]))
    body = f'<svg class="pic" role="group" aria-label="{name}" {size} {box}>{drawn.body}</svg>'
    numbers = " ".join(map(str, view.numbers))
    if view.key == _ALL:
        return f'<figure data-view="{_ALL}" data-p="{numbers}">{body}</figure>'
    return f'<figure data-view="{safe(view.key)}" data-p="{numbers}" hidden><template>{body}</template></figure>'


def _rows(outline: Outline) -> str:
    """Return a button for each path, the worst first."""
    pairs = words.pairs(outline)
    rows = []
    for count in sorted(range(len(pairs)), key=lambda each: _ORDER.index(outline.ways[each].traced.answer)):
        way = outline.ways[count]
        said = f"<span>{safe(pairs[count])}<small>{safe(words.path_verdict(way))}</small></span>"
        button = f'<button type="button" class="path" data-path="{count}">{icon(way.traced.answer)}{said}</button>'
        rows.append(f"<li>{button}</li>")
    return "".join(rows)


def _reasons(outline: Outline, reasons: Iterable[Reason]) -> str:
    items = []
    for reason in reasons:
        who = list(dict.fromkeys(words.pair(outline, outline.ways[each]) for each in reason.ways))
        more = f" and {len(who) - 12} more" if len(who) > 12 else ""
        remedy = f'<p class="fix">{safe(reason.remedy)}</p>' if reason.remedy else ""
        kind = KINDS[reason.hop.answer]
        items.append(
            f'<li data-p="{" ".join(map(str, reason.ways))}"><div class="said {kind}">'
            f"<b>{icon(reason.hop.answer)}{reason.number}. {safe(reason.head)}</b>"
            f"<p>{safe(words.sentence(reason.hop.why))}</p>{remedy}"
            f"<p><small>In {safe(', '.join(who[:12]) + more)}</small></p></div></li>"
        )
    return f'<h2>What blocks, and what is unknown</h2><ol id="reasons">{"".join(items)}</ol>' if items else ""


def _without_script(outline: Outline) -> str:
    """Return the hops of all paths as lists, for readers without JavaScript; of many paths there are too many."""
    if not 0 < len(outline.ways) <= MOST_IN_DIAGRAM:
        return ""
    parts = []
    for count, way in enumerate(outline.ways):
        hops = "".join(
            f"<li>{icon(each.hop.answer)}<b>{safe(each.hop.place)}{safe(f' in {each.zone}' if each.zone else '')}: "
            f"{SAYS[each.hop.answer]}.</b> {safe(words.sentence(each.hop.why))}</li>"
            for each in sights(count, way)
        )
        parts.append(f"<h2>{safe(words.path_sentence(outline, count, way))}</h2><ol>{hops}</ol>")
    return f"<noscript>{''.join(parts)}</noscript>"
