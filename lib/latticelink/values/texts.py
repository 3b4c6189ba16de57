"""Judges the texts in public arguments, those in lists and mappings too: what is none is refused and replaced.

What stands for it is a text, so that the call goes on and finds what else is wrong: `Stray` where whoever parses it
says best what is wrong, `REFUSED` where that has been said.
"""

from __future__ import annotations

import os
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath
from typing import Any

from latticelink.values.tokens import LATER_FIX, LATER_RULE, REFUSED, is_list_token

MOST_ITEMS = 100_000
"""More of one thing than any app has: a list without end is refused here."""

_LONGEST_NAME = 255
_PATH = f"This must be a path without NUL and not only of spaces, each name in it at most {_LONGEST_NAME} bytes long."
_UNWRITABLE = "A string must contain no NUL and no lone surrogate: neither can be written to Terraform's files"


class Stray(str):
    """Stands for what is no text where one is wanted: a text that nobody takes, and that is told as what was given."""

    original: object = None
    wrong: Wrong
    told: bool = False

    @classmethod
    def of(cls, given: object) -> Stray:
        """Return what stands for a value."""
        stray = cls("\n")
        stray.original = given
        stray.wrong = Wrong(given, f"This must be a string, not {described(given)}.", _fix(given))
        return stray


@dataclass(frozen=True)
class Wrong:
    """What is wrong with an argument: the part of it that is, the rule and the fix."""

    value: object
    rule: str
    fix: str


def plain(value: Any) -> Any:
    """Return what can be gone through once as a list, a set in an order that is always the same, and texts as such.

    A member of an enumeration that is a text, a number or neither is written in other ways than its text.
    """
    if value is None or type(value) in (str, bool, Stray):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Iterator):
        return plain(list(islice(value, MOST_ITEMS + 1)))
    if isinstance(value, set | frozenset):
        return sorted(map(plain, value), key=_order)
    if isinstance(value, list | tuple) and any(isinstance(item, str) and type(item) is not str for item in value):
        return [plain(item) for item in value]
    return value


def _order(item: object) -> str:
    try:
        return str(item)
    except Exception:
        return type(item).__name__


class Text:
    """A text, or None where that is allowed."""

    def __init__(self, *, optional: bool = False) -> None:
        self.optional = optional

    def judge(self, value: Any) -> tuple[list[Wrong], Any]:
        """Return what is wrong with a value, and what to go on with."""
        if isinstance(value, str):
            if "\0" in value or not _can_be_written(value):
                return [Wrong(value, f"{_UNWRITABLE}.", "Remove that character.")], REFUSED
            return [], value
        if value is None and self.optional:
            return [], value
        stray = Stray.of(value)
        # Of a construct or a value of ours nobody knows more.
        return ([stray.wrong], REFUSED) if _has_a_name(value) else ([], stray)


class TextList:
    """A list of texts, which may be one that is known only after apply if `later`.

    A single text is left to whoever parses the list, who says what to write.
    """

    def __init__(self, *, optional: bool = False, later: bool = False) -> None:
        self.optional, self.later = optional, later

    def judge(self, value: Any) -> tuple[list[Wrong], Any]:
        """Return what is wrong with a value, and what to go on with."""
        if isinstance(value, str) or (value is None and self.optional):
            return Text(optional=True).judge(value)
        if isinstance(value, Mapping | bytes | bytearray) or not isinstance(value, Iterable):
            rule = f"This must be a list of single values, not {described(value)}."
            return [Wrong(value, rule, "Write a list, in square brackets.")], [REFUSED]
        if isinstance(value, Sized) and len(value) > MOST_ITEMS:
            return [_too_long(value)], [REFUSED]
        if not self.later and any(map(is_list_token, value)):
            return [Wrong(value, LATER_RULE, LATER_FIX)], [REFUSED]
        judged = [Text().judge(item) for item in value]
        wrong = [each for found, _ in judged for each in found]
        return wrong, [item for _, item in judged] if wrong or any(
            isinstance(item, Stray) for _, item in judged
        ) else value


class TextMapping:
    """A mapping from texts to what `inner` judges, or to anything."""

    def __init__(self, inner: Shape | None, *, optional: bool = False) -> None:
        self.inner, self.optional = inner, optional

    def judge(self, value: Any) -> tuple[list[Wrong], Any]:
        """Return what is wrong with a value, and what to go on with."""
        if value is None and self.optional:
            return [], value
        if not isinstance(value, Mapping):
            rule = f"This must be a mapping, in braces, not {described(value)}."
            return [Wrong(value, rule, "Write {name: value, ...}.")], {}
        wrong: list[Wrong] = []
        kept: dict[Any, Any] = {}
        is_same = True
        for key, item in value.items():
            wrong_key, instead = Text().judge(plain(key))
            wrong_item, judged = self.inner.judge(item) if self.inner else ([], plain(item))
            if isinstance(instead, Stray):
                wrong_key = [instead.wrong]
            wrong += [*wrong_key, *wrong_item]
            if not wrong_key:
                kept[instead] = judged
            is_same = is_same and instead is key and judged is item
        return wrong, value if is_same else kept


class Either:
    """What one of several shapes takes."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self.shapes = shapes

    def judge(self, value: Any) -> tuple[list[Wrong], Any]:
        """Return what is wrong with a value, and what to go on with."""
        if not isinstance(value, str | None):
            for shape in self.shapes:
                if isinstance(value, Mapping) is isinstance(shape, TextMapping) and not isinstance(shape, Text):
                    return shape.judge(value)
        return Text(optional=any(shape.optional for shape in self.shapes if isinstance(shape, Text))).judge(value)


class Folder:
    """The path of a file or folder: a text or a path."""

    def __init__(self, *, optional: bool = False) -> None:
        self.optional = optional

    def judge(self, value: Any) -> tuple[list[Wrong], Any]:
        """Return what is wrong with a value, and what to go on with."""
        if value is None and self.optional:
            return [], value
        if not isinstance(value, str | PurePath):
            return [
                Wrong(value, f"This must be the path of a folder or file, not {described(value)}.", _fix(value))
            ], value
        wrong = [] if _can_be_path(str(value)) else [Wrong(value, _PATH, "Write another path.")]
        return wrong, value


Shape = Text | TextList | TextMapping | Either | Folder


def shape_of(hint: Any) -> Shape | None:
    """Return how texts in an argument of this annotation are judged; None where it is no matter of texts alone."""
    is_union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    parts = [part for part in (typing.get_args(hint) if is_union else [hint]) if part is not type(None)]
    optional = is_union and type(None) in typing.get_args(hint)
    if any(isinstance(part, type) and issubclass(part, PurePath) for part in parts):
        return Folder(optional=optional)
    found = [_single(part, optional=optional) for part in parts]
    if not found or not all(found):
        return None
    return found[0] if len(found) == 1 else Either([shape for shape in found if shape])


def _single(hint: Any, *, optional: bool) -> Shape | None:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is str or origin is typing.Literal:
        return Text(optional=optional)
    if origin in (Sequence, tuple) and inner[0] is str:
        return TextList(optional=optional)
    if origin is Mapping and inner[0] is str and not _is_ours(inner[1]):
        return TextMapping(shape_of(inner[1]), optional=optional)
    return None


def strays_in(value: object) -> list[Stray]:
    """Return what stands in a judged value for what is no text."""
    if isinstance(value, Stray):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [stray for item in items for stray in strays_in(item)]


def _is_ours(kind: Any) -> bool:
    return getattr(kind, "__module__", "").startswith("latticelink.")


def _can_be_path(text: str) -> bool:
    try:
        longest = max((len(os.fsencode(part)) for part in PurePath(text).parts), default=0)
    except UnicodeEncodeError:
        return False
    return "\0" not in text and longest <= _LONGEST_NAME and (not text or bool(text.strip()))


def _can_be_written(text: str) -> bool:
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _too_long(value: Sized) -> Wrong:
    """Return what is wrong with a list of too many items."""
    return Wrong(
        f"{len(value):,} items", f"A list here has at most {MOST_ITEMS:,} items.", "Leave out those that aren't needed."
    )


def described(value: object) -> str:
    """Return what a value is, in words that don't ask it for its own."""
    if value is None:
        return "None"
    if isinstance(value, type):
        return f"the class {value.__name__} itself"
    return "a string" if isinstance(value, str) else with_article(type(value).__name__)


def with_article(noun: str) -> str:
    """Return a noun with its article."""
    return f"{'an' if noun[0] in 'AEIOUaeiou' else 'a'} {noun}"


def _has_a_name(value: object) -> bool:
    return _is_ours(type(value)) or hasattr(type(value), "node") or isinstance(value, type)


def _fix(value: Any) -> str:
    if isinstance(value, PurePath) or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15):
        return f"Write {str(value)!r}."
    if _has_a_name(value):
        return f"Give a string, such as its {'id' if hasattr(value, 'id') else 'name'}."
    return "Write a string, in quotes."
