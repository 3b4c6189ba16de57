"""The syntax of Terraform's expressions: reads a text into a tree, or says that it is beyond this reader.

Source: https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from latticelink.disclosure import concealed
from latticelink.terraform.blocks import SPLAT
from latticelink.terraform.known import ABSENT, Unknown
from latticelink.terraform.work import spend


class _CannotRead(Exception):
    """The text is no expression of the supported part of the language."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it stands."""

    value: Any


@lru_cache(maxsize=65536)
def _step(name: str) -> Literal:
    """Return a name after a dot: the same object for all places, as most names come thousands of times."""
    return Literal(name)


@dataclass(frozen=True, slots=True)
class Template:
    """A text with expressions in it."""

    parts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A base (a name, or any expression) and the steps from there: names, index expressions, splats."""

    base: Any
    steps: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments; where the last `expands`, its items are arguments."""

    name: str
    arguments: tuple[Any, ...]
    expands: bool = False


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list in brackets."""

    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map in braces."""

    items: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True, slots=True)
class For:
    """A `for` expression; `key` is None if it makes a list; where it `groups`, values of one key make a list."""

    names: tuple[str, ...]
    source: Any
    key: Any
    result: Any
    condition: Any
    groups: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator and its operands; `?` is the condition."""

    operator: str
    operands: tuple[Any, ...]


_SPACE = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.S)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_INDEX = re.compile(r"[0-9]+")
# What most terms are, read at once: a quoted text without expressions and escapes; a name with names after dots.
_QUOTED = re.compile(r'"([^$%\\"]*)"')
_NAMED_STEPS = re.compile(r"(?:\.[A-Za-z_][A-Za-z0-9_-]*)+")
# A whole expression of one such term: the end of what it stands in follows at once.
_STEPS = r"""(?:\.[A-Za-z_][A-Za-z0-9_-]*|\["[^$%\\"]*"\])*"""
_TERM = re.compile(rf"""\s*(?:"([^$%\\"]*)"|([A-Za-z_][A-Za-z0-9_-]*)({_STEPS}))(?=[,)\]}}])""")
_STEP = re.compile(r"""\.([A-Za-z0-9_-]+)|\["([^"]*)"\]""")
_CALL = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)\(")
_CONSTANTS = {"true": True, "false": False, "null": ABSENT}
# What no operator begins with.
_ENDS = frozenset(",)]}:")
_LONGER = {"=": ("==", "=>"), "!": ("!=",)}
# What needs no second look in a template, outside of quotes and inside.
_PLAIN = {False: re.compile(r"[^$%]+"), True: re.compile(r"[^$%\\\"]+")}
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
_BINDS = {operator: level for level, operators in enumerate(_LEVELS) for operator in operators}
_OPERATOR = re.compile(r"\|\||&&|==|!=|<=|>=|[<>+*/%-]")
# Reading one takes several microseconds, and its tree several hundred bytes.
_STEPS_OF_A_TERM = 8
_OPENS = frozenset('("[{')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class _Parser:
    """Recursive descent over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def template(self, quoted: bool) -> Any:
        """Read up to the end of the text, or up to the closing quote."""
        parts, end = self._parts(quoted, ())
        if end is None and quoted and not self._next('"'):
            raise _CannotRead
        return parts[0] if len(parts) == 1 else Template(parts)

    def _parts(self, quoted: bool, ends: tuple[str, ...]) -> tuple[tuple[Any, ...], str | None]:
        """Read literals, expressions and directives up to one of the directives `ends`; return that too."""
        parts: list[Any] = []
        literal: list[str] = []

        def add(part: Any, strips_before: bool) -> None:
            text = "".join(literal)
            text = text.rstrip() if strips_before else text
            parts.extend([Literal(text)] if text else [])
            literal.clear()
            parts.extend([] if part is None else [part])

        while self.at < len(self.text) and not (quoted and self.text[self.at] == '"'):
            if self.text.startswith(("$${", "%%{"), self.at):
                literal.append(self.text[self.at] + "{")
                self.at += 3
            elif self.text.startswith(("${", "%{"), self.at):
                is_directive = self.text[self.at] == "%"
                self.at += 2
                strips = self._next("~")
                if is_directive and (word := self._match(_NAME)) in ends:
                    add(None, strips)
                    return tuple(parts) or (Literal(""),), word
                part = self._directive(str(word), quoted) if is_directive else self.expression()
                self._close()
                add(part, strips)
            elif quoted and self.text[self.at] == "\\":
                literal.append(self._escape())
            else:
                found = _PLAIN[quoted].match(self.text, self.at)
                end = found.end() if found else self.at + 1
                literal.append(self.text[self.at : end])
                self.at = end
        if ends:
            raise _CannotRead
        add(None, False)
        return tuple(parts) or (Literal(""),), None

    def _close(self) -> None:
        """Read the end of an interpolation or directive, and the white space that it strips."""
        if self._next("}"):
            return
        if self._take("~}"):
            while self.at < len(self.text) and self.text[self.at].isspace():
                self.at += 1
        else:
            self._expect("}")

    def _directive(self, word: str, quoted: bool) -> Any:
        """Read what `%{ if` or `%{ for` begins, up to the last directive's own end."""
        if word == "if":
            condition = self.expression()
            self._close()
            yes, end = self._parts(quoted, ("else", "endif"))
            no: tuple[Any, ...] = (Literal(""),)
            if end == "else":
                self._close()
                no, _ = self._parts(quoted, ("endif",))
            return Operation("?", (condition, Template(yes), Template(no)))
        if word != "for":
            raise _CannotRead
        first = self._need(_NAME)
        names = (first, self._need(_NAME)) if self._take(",") else (first,)
        if self._need(_NAME) != "in":
            raise _CannotRead
        source = self.expression()
        self._close()
        body, _ = self._parts(quoted, ("endfor",))
        return Call("join", (Literal(""), For(names, source, None, Template(body), None)))

    def _escape(self) -> str:
        if code := re.compile(r"\\u([0-9a-fA-F]{4})").match(self.text, self.at):
            self.at = code.end()
            return chr(int(code[1], 16))
        escaped = _ESCAPES.get(self.text[self.at + 1 : self.at + 2])
        if escaped is None:
            raise _CannotRead
        self.at += 2
        return escaped

    def expression(self) -> Any:
        if term := _TERM.match(self.text, self.at):
            return self._term(term)
        condition = self._binary(0)
        if self.text[self.at : self.at + 1] in _ENDS or self._sign() != "?":
            return condition
        self.at += 1
        yes = self.expression()
        self._expect(":")
        return Operation("?", (condition, yes, self.expression()))

    def _term(self, found: re.Match[str]) -> Any:
        spend(_STEPS_OF_A_TERM)
        self.at = found.end()
        quoted, name, steps = found.groups()
        if name is None:
            return Literal(quoted)
        if name in _CONSTANTS and not steps:
            return Literal(_CONSTANTS[name])
        base = Literal(_CONSTANTS[name]) if name in _CONSTANTS else name
        return Path(base, tuple(_step(each or key) for each, key in _STEP.findall(steps)))

    def _binary(self, level: int) -> Any:
        left = self._unary()
        while self.text[self.at : self.at + 1] not in _ENDS:
            self._skip()
            found = _OPERATOR.match(self.text, self.at)
            if found is None or _BINDS[found[0]] < level:
                return left
            self.at = found.end()
            left = Operation(found[0], (left, self._binary(_BINDS[found[0]] + 1)))
        return left

    def _unary(self) -> Any:
        if call := _CALL.match(self.text, self.at):
            spend(_STEPS_OF_A_TERM)
            self.at = call.end()
            return self._with_steps(self._call(call[1]))
        operator = self._sign()
        if operator in ("!", "-") and self._take(operator):
            return Operation(f"unary {operator}", (self._unary(),))
        return self._with_steps(self._primary())

    def _with_steps(self, base: Any) -> Any:
        steps: list[Any] = []
        while self.text[self.at : self.at + 1] not in _ENDS:
            if named := _NAMED_STEPS.match(self.text, self.at):
                steps += map(_step, named[0].split(".")[1:])
                self.at = named.end()
            sign = self._sign()
            if sign == "." and not self.text.startswith("...", self.at):
                self.at += 1
                if self._take("*"):
                    steps.append(SPLAT)
                elif number := self._match(_INDEX):
                    steps.append(Literal(int(number)))
                else:
                    steps.append(_step(self._need(_NAME)))
            elif sign == "[":
                self.at += 1
                steps.append(SPLAT if self._take("*") else self.expression())
                self._expect("]")
            else:
                break
        return Path(base, tuple(steps)) if steps or isinstance(base, str) else base

    def _primary(self) -> Any:
        spend(_STEPS_OF_A_TERM)
        sign = self._sign()
        if sign.isalpha():
            return self._named()
        if sign == '"' and (quoted := _QUOTED.match(self.text, self.at)):
            self.at = quoted.end()
            return Literal(quoted[1])
        if sign in _OPENS:
            self.at += 1
        if sign == "(":
            inside = self.expression()
            self._expect(")")
            return inside
        if sign == '"':
            return self.template(quoted=True)
        if sign == "[":
            return self._for("]") or ListOf(tuple(self._listed("]")))
        if sign == "{":
            return self._for("}") or MapOf(tuple(self._entries()))
        if number := self._match(_NUMBER):
            value = float(number)
            return Literal(int(value) if value.is_integer() else value)
        return self._named()

    def _named(self) -> Any:
        name = self._need(_NAME)
        if name in _CONSTANTS:
            return Literal(_CONSTANTS[name])
        if self._sign() == "(":
            self.at += 1
            return self._call(name)
        return name

    def _call(self, name: str) -> Call:
        arguments: list[Any] = []
        while not self._take(")"):
            arguments.append(self.expression())
            sign = self._sign()
            if sign == ",":
                self.at += 1
                continue
            expands = sign == "." and self._take("...")
            self._expect(")")
            return Call(name, tuple(arguments), expands)
        return Call(name, tuple(arguments))

    def _listed(self, end: str) -> Iterator[Any]:
        while not self._take(end):
            yield self.expression()
            if not self._take(","):
                self._expect(end)
                return

    def _entries(self) -> Iterator[tuple[Any, Any]]:
        while not self._take("}"):
            key = self.expression()
            if not self._take("="):
                self._expect(":")
            yield Literal(key.base) if isinstance(key, Path) and not key.steps else key, self.expression()
            self._take(",")

    def _for(self, end: str) -> Any:
        start = self.at
        if self._match(_NAME) != "for" or (first := self._match(_NAME)) is None:
            self.at = start
            return None
        names = (first, self._need(_NAME)) if self._take(",") else (first,)
        if self._need(_NAME) != "in":
            raise _CannotRead
        source = self.expression()
        self._expect(":")
        result, key, groups = self.expression(), None, False
        if end == "}":
            self._expect("=>")
            key, result = result, self.expression()
            groups = self._take("...")
        start, condition = self.at, None
        if self._match(_NAME) == "if":
            condition = self.expression()
        else:
            self.at = start
        self._expect(end)
        return For(names, source, key, result, condition, groups)

    def _sign(self) -> str:
        """Return the next sign that is no space; nothing at the end."""
        self._skip()
        return self.text[self.at : self.at + 1]

    def _skip(self) -> None:
        sign = self.text[self.at : self.at + 1]
        # Space and comments are rare, and the pattern takes its time to find none.
        if (sign <= " " or sign in "#/" or sign > "~") and (space := _SPACE.match(self.text, self.at)):
            self.at = space.end()

    def _match(self, pattern: re.Pattern[str]) -> str | None:
        self._skip()
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found[0]

    def _need(self, pattern: re.Pattern[str]) -> str:
        found = self._match(pattern)
        if found is None:
            raise _CannotRead
        return found

    def _next(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def _take(self, sign: str) -> bool:
        self._skip()
        if not self.text.startswith(sign, self.at) or self.text.startswith(_LONGER.get(sign, ()), self.at):
            return False
        self.at += len(sign)
        return True

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise _CannotRead


# Names joined by dots, as most expressions are: read without the parser, which takes ten times as long.
_NAMES = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_-]*)((?:\.[A-Za-z_][A-Za-z0-9_-]*)+)\}")
# Far more than any expression about networks; a longer text is a script or a document with a few values in it.
_LONGEST = 200_000


@lru_cache(maxsize=65536)
def parse(text: str) -> Any:
    """Return the template as a tree, or an Unknown for what is beyond this reader."""
    spend(_STEPS_OF_A_TERM)
    if names := _NAMES.fullmatch(text):
        return Path(names[1], tuple(map(_step, names[2].split(".")[1:])))
    if len(text) > _LONGEST:
        return Unknown(f"a string of {len(text):,} characters is too long to be read here: the limit is {_LONGEST:,}")
    try:
        return _Parser(text).template(quoted=False)
    except (_CannotRead, RecursionError, OverflowError, ValueError):
        text = concealed(text)
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        return Unknown(f"the expression {shown} isn't supported here")


_LISTS = (list, tuple)


def references(raw: Any) -> Iterator[tuple[str, ...]]:
    """Yield the leading names of each reference in the JSON, such as `("aws_vpc", "main", "id")`."""
    todo = [raw]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            if "${" in part:
                yield from _references_in(part)
        elif isinstance(part, dict):
            todo.extend(item for key, item in part.items() if key != "//")
        elif isinstance(part, _LISTS):
            todo.extend(part)


@lru_cache(maxsize=65536)
def _references_in(text: str) -> tuple[tuple[str, ...], ...]:
    found = []
    todo = [parse(text)]
    while todo:
        part = todo.pop()
        if isinstance(part, Path):
            if isinstance(part.base, str):
                found.append((part.base, *_leading_names(part.steps)))
            else:
                todo.append(part.base)
            todo.extend(step for step in part.steps if not isinstance(step, Literal))
        elif inside := _INSIDE.get(type(part)):
            todo.extend(inside(part))
    return tuple(found)


def _leading_names(steps: tuple[Any, ...]) -> Iterator[str]:
    for step in steps:
        if not isinstance(step, Literal):
            return
        yield str(step.value)


# Of each kind of tree the trees that it is made of.
_INSIDE: dict[type, Callable[[Any], Iterable[Any]]] = {
    Template: lambda tree: tree.parts,
    Call: lambda tree: tree.arguments,
    ListOf: lambda tree: tree.items,
    MapOf: lambda tree: (each for pair in tree.items for each in pair),
    Operation: lambda tree: tree.operands,
    For: lambda tree: (tree.source, tree.key, tree.result, tree.condition),
}
