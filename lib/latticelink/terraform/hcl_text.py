"""Texts of HCL as texts of JSON: escapes, heredocs and what stands in `${...}`.

Source: https://developer.hashicorp.com/terraform/language/expressions/strings
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_BEGINS = re.compile(r"\$\$\{|%%\{|[$%]\{")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\(.)|\$\$\{|%%\{", re.S)
_SIGNS = {"n": "\n", "r": "\r", "t": "\t"}
_INSIDE = re.compile(r'["{}]|#[^\n]*|//[^\n]*|/\*.*?\*/', re.S)
_QUOTED = re.compile(r'\\.|"|\$\$\{|%%\{|[$%]\{', re.S)
_OPENING = re.compile(r"([$%])(?=\{)")
_SPACE = " \t\r\n\v\f"


def template_of(text: str) -> str:
    """Return the template that stands between two quotes as a template without escapes, as JSON holds it."""
    made: list[str] = []
    for part, is_literal in _parts(text):
        if is_literal:
            made.append(_OPENING.sub(r"\1\1", plain_of(part)))
        else:
            if made and made[-1].endswith(part[0]):
                # `$` before `${` would read as the escape of `${`.
                made[-1] = f'{made[-1][:-1]}${{"{part[0]}"}}'
            made.append(part)
    return "".join(made)


def plain_of(text: str) -> str:
    """Return what a text between two quotes means, in which nothing is interpolated."""
    return _ESCAPE.sub(_meant, text)


def _meant(found: re.Match[str]) -> str:
    if code := found[1] or found[2]:
        number = int(code, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return _SIGNS.get(found[3], found[3]) if found[3] else found[0][1:]


def spans_lines(text: str) -> bool:
    """Return whether a literal part of a template goes over the end of its line."""
    return "\n" in text and any(is_literal and "\n" in part for part, is_literal in _parts(text))


def template_of_heredoc(token: str) -> str:
    """Return the lines of a heredoc; of `<<-` without the space that all of them begin with."""
    first, *lines = token.rstrip().splitlines(keepends=True)
    body = "".join(lines[:-1])
    return _flush(body) if first.startswith("<<-") else body


def _flush(body: str) -> str:
    """Take the least indentation from each line that begins with a literal; blank lines neither count nor change."""
    starts, at_start = [], True
    parts = list(_parts(body))
    least: int | None = None
    for number, (part, is_literal) in enumerate(parts):
        if not is_literal:
            least = 0 if at_start else least
            at_start = False
            continue
        lines = part.splitlines(keepends=True)
        for place, line in enumerate(lines):
            if (place or at_start) and not (line.endswith("\n") and not line.strip(_SPACE)):
                indent = len(line) - len(line.lstrip(_SPACE))
                least = indent if least is None else min(least, indent)
                starts.append((number, place))
        at_start = part.endswith("\n")
    made = [part.splitlines(keepends=True) if is_literal else [part] for part, is_literal in parts]
    for number, place in starts:
        made[number][place] = made[number][place][least or 0 :]
    return "".join("".join(lines) for lines in made)


def quoted_heredoc(token: str) -> str:
    """Return a heredoc as a text in quotes, for an expression in which it stands."""
    body = template_of_heredoc(token)
    quoted = "".join(
        json.dumps(part, ensure_ascii=False)[1:-1] if is_literal else part for part, is_literal in _parts(body)
    )
    return f'"{quoted}"'


def expression_of(text: str) -> str:
    """Return an expression as it may stand in `${...}`: a comment that goes to the end of its line needs that end."""
    return f"{text}\n" if re.search(r"(?:#|//)[^\n]*\Z", text) else text


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the literal parts of a template, and those in `${...}` and `%{...}`; each with whether it is literal."""
    start = at = 0
    while found := _BEGINS.search(text, at):
        at = found.end()
        if len(found[0]) == 3:
            continue
        if found.start() > start:
            yield text[start : found.start()], True
        start = at = _closing(text, at)
        yield text[found.start() : at], False
    if start < len(text):
        yield text[start:], True


def _closing(text: str, at: int) -> int:
    """Return where the brace is closed that was opened just before `at`."""
    depth = 1
    while depth and (found := _INSIDE.search(text, at)):
        at = found.end()
        if found[0] == '"':
            at = _after_quote(text, at)
        elif found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
    return at if not depth else len(text)


def _after_quote(text: str, at: int) -> int:
    while found := _QUOTED.search(text, at):
        at = found.end()
        if found[0] == '"':
            return at
        if found[0] in ("${", "%{"):
            at = _closing(text, at)
    return len(text)
