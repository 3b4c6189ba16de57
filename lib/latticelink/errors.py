"""What is wrong with the user's input, said once and for people.

    LatticeLinkError
    ├── InvalidInput (ValueError)    what the user gave is refused; carries every finding
    ├── UnreadableInput              what should be checked is malformed, no Terraform, too large or in a loop
    └── UnusableCdk  (SystemExit)    no CDK, two at once, or not the one that is asked for
        └── MissingNode              no Node.js for the CDK to run on

A place that takes input opens a `Report`, lets it refuse what is wrong, and goes on to the end, so that one run shows
everything. Inside `collecting()` (which `latticelink.run` opens) the findings of all reports come together; outside,
a report with findings raises when it closes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from latticelink.disclosure import line, lines, shown, without_secrets

# Stands for a refused value, so that the code after it can go on and find what else is wrong. It is never written:
# a run with findings writes nothing.
REFUSED = "${latticelink_refused_input}"

_LONGEST_PLACE, _LONGEST_TEXT = 200, 2_000
# Where Python keeps an object, which is elsewhere in each run.
_IN_MEMORY = re.compile(r" at 0x[0-9a-f]+")
_MOST_FINDINGS = 1_000
_PACKAGE = str(Path(__file__).parent)


class LatticeLinkError(Exception):
    """The base of every error that this library raises on purpose."""

    def __str__(self) -> str:
        """Return what is wrong, as it may be shown."""
        return lines(super().__str__())


class UnreadableInput(LatticeLinkError):
    """What was given can't be judged: it is malformed, no Terraform, too large, or refers to itself in a loop."""

    def __str__(self) -> str:
        """Return what is wrong on one line, whatever names it holds."""
        return line(Exception.__str__(self))


class UnusableCdk(LatticeLinkError, SystemExit):
    """Neither CDKTF nor CDK Terrain can be used: none is installed, both are imported, or the other one is asked for.

    It shows while modules are imported, before a program can catch it, so it ends the program with its message and
    exit code 1 and without a traceback.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.code = message


class MissingNode(UnusableCdk):
    """No Node.js was found for the CDK to run on."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, with which value, against which rule, and what to do.

    Args:
        place: the construct path and the argument, outermost first, such as `("producer", "network", "cidr")`.
        value: the value as given, in Python's notation.
        rule: what is allowed, as a sentence.
        fix: what to change, as a sentence.
        source: address of the AWS or Terraform documentation page that states the rule; empty if it is our own.
        line: file and line of the user's code, such as `stacks/producer.py:21`; empty if unknown.
    """

    place: tuple[str, ...]
    value: str
    rule: str
    fix: str
    source: str = ""
    line: str = ""


class InvalidInput(LatticeLinkError, ValueError):
    """The user's input is refused; `findings` says all that is wrong with it, and `str()` is a readable tree of it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(render(findings))
        self.findings = tuple(findings)


def render(findings: Sequence[Finding]) -> str:
    """Return the findings as an indented tree: the construct, below it the argument, below that rule and fix."""
    told: list[str] = []
    heading = None
    for finding in findings:
        *owner, argument = finding.place
        if (new := ("/".join(owner), finding.line)) != heading:
            heading = new
            told += ["", f"{'/'.join(owner) or 'input'}" + (f"  ({finding.line})" if finding.line else "")]
        told.append(f"  {argument} = {finding.value}")
        told.append(f"    rule: {finding.rule}")
        told.append(f"    fix:  {finding.fix}")
        if finding.source:
            told.append(f"    see:  {finding.source}")
    count = "1 problem" if len(findings) == 1 else f"{len(findings)} problems"
    return "\n".join([f"{count} in the input; nothing was written.", *map(line, told)])


class _HasNode(Protocol):
    @property
    def node(self) -> Any: ...


_collected: ContextVar[list[Finding] | None] = ContextVar("latticelink_findings", default=None)


@contextmanager
def collecting() -> Iterator[list[Finding]]:
    """Gather the findings of all reports inside the block into the list that is yielded, instead of raising."""
    token = _collected.set([])
    try:
        findings = _collected.get()
        assert findings is not None
        yield findings
    finally:
        _collected.reset(token)


class Report:
    """Gathers what is wrong with one construct or value; a context manager that speaks up when it closes.

    Args:
        *place: where the input belongs, outermost first. A construct stands for its path.

    Raises:
        InvalidInput: when the block ends with findings and nobody collects them.
    """

    def __init__(self, *place: str | _HasNode) -> None:
        self._place = place
        self.findings: list[Finding] = []

    def refuse(self, argument: str, value: object, *, rule: str, fix: str, source: str = "") -> None:
        """Record that `argument` (with `value` as given) breaks `rule`, and how to fix it.

        What stands in for a value that was refused before isn't refused once more.
        """
        value = _as_given(value)
        if _is_stand_in(value) or len(self.findings) >= _MOST_FINDINGS:
            return
        path = [part for item in self._place for part in _path(item)]
        self.findings.append(
            Finding(
                (*path, _text(argument)),
                _shown(value, _text(argument)),
                _text(rule),
                _text(fix),
                _text(source),
                line_of_user_code(),
            )
        )

    def __enter__(self) -> Report:
        """Open the report."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Hand the findings on, or raise them."""
        collected = _collected.get()
        if collected is not None:
            told = error.findings if isinstance(error, InvalidInput) else ()
            collected.extend(finding for finding in self.findings if finding not in told)
        elif self.findings and error is None:
            raise InvalidInput(self.findings)


def _path(item: str | _HasNode) -> list[str]:
    path = None if isinstance(item, str) else getattr(getattr(item, "node", None), "path", None)
    if hasattr(type(item), "told"):
        item = _shown(item.original, "")  # type: ignore[union-attr]
    return [_text(item)[:_LONGEST_PLACE]] if path is None else str(path).split("/")


def _text(given: object) -> str:
    text = given if isinstance(given, str) else _shown(given, "")
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}... ({len(text):,} characters)"


def _as_given(value: object) -> object:
    """Return a value as the user gave it, and note of what stands for it that it has been told."""
    if hasattr(type(value), "told"):
        value.told = True  # type: ignore[attr-defined]
        return value.original  # type: ignore[attr-defined]
    if isinstance(value, list | tuple) and any(hasattr(type(item), "told") for item in value):
        return [_as_given(item) for item in value]
    return value


def _is_stand_in(value: object) -> bool:
    if isinstance(value, list | tuple):
        return any(isinstance(item, str) and item == REFUSED for item in value)
    return isinstance(value, str) and value == REFUSED


def _shown(value: object, argument: str) -> str:
    """Return a value as it is told, without secrets: of a construct its path, as its own form is one in memory."""
    try:
        path = getattr(getattr(value, "node", None), "path", None)
        own_name = getattr(value, "__name__", None) if isinstance(value, type) or callable(value) else None
        text = repr(without_secrets(value, argument)) if path is None else f"{type(value).__name__} {str(path)!r}"
    except Exception:
        # A number of thousands of digits, a list that holds itself, and what has no text.
        own_name, text = None, f"(of the class {type(value).__name__})"
    text = _IN_MEMORY.sub("", shown(own_name or text))
    return text if len(text) <= 120 else f"{text[:100]}... ({len(text)} characters)"


def line_of_user_code(trace: TracebackType | None = None) -> str:
    """Return file and line of the innermost frame that is the user's, of `trace` or of the caller; or nothing."""
    frames: list[tuple[str, int]] = []
    while trace is not None:
        frames.insert(0, (trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    frame = None if frames else sys._getframe(1)
    while frame is not None:
        frames.append((frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    for name, number in frames:
        path = Path(name)
        if not name.startswith((_PACKAGE, "<")) and not {"jsii", "site-packages"} & set(path.parts):
            return f"{path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path.name}:{number}"
    return ""
