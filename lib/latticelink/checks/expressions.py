"""A reader of Terraform's expressions, as far as these are needed to judge; the rest is Unknown, with the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

from latticelink.checks.functions import FUNCTIONS, equal
from latticelink.checks.known import (
    ABSENT,
    PartlyKnown,
    Reference,
    RefusedByTerraform,
    Unknown,
    after_apply,
    first_unknown,
)


class _Splat:
    """`[*]` in a path: the rest of the path, for each element."""


SPLAT = _Splat()
Key: TypeAlias = str | int | _Splat


class Scope(Protocol):
    """What names mean where an expression stands."""

    def lookup(self, path: tuple[Key, ...]) -> Any:
        """Return the value at a path such as `("aws_vpc", "main", "id")`."""


class _CannotRead(Exception):
    """The text is no expression of the supported part of the language."""


@dataclass(frozen=True)
class _Literal:
    value: Any


@dataclass(frozen=True)
class _Template:
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class _Path:
    """A base (a name, or any expression) and the steps from there: names, index expressions, splats."""

    base: Any
    steps: tuple[Any, ...]


@dataclass(frozen=True)
class _Call:
    name: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class _List:
    items: tuple[Any, ...]


@dataclass(frozen=True)
class _Map:
    items: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True)
class _For:
    names: tuple[str, ...]
    source: Any
    key: Any
    result: Any
    condition: Any


@dataclass(frozen=True)
class _Operation:
    operator: str
    operands: tuple[Any, ...]


_SPACE = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)*", re.S)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_INDEX = re.compile(r"[0-9]+")
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class _Parser:
    """Recursive descent over one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def template(self, quoted: bool) -> Any:
        """Read up to the end of the text, or up to the closing quote."""
        parts: list[Any] = []
        literal: list[str] = []
        while not (quoted and self._next('"')):
            if self.at >= len(self.text):
                if quoted:
                    raise _CannotRead
                break
            character = self.text[self.at]
            if self.text.startswith(("$${", "%%{"), self.at):
                literal.append(character + "{")
                self.at += 3
            elif self.text.startswith("%{", self.at):
                raise _CannotRead
            elif self.text.startswith("${", self.at):
                self.at += 2
                parts += [_Literal("".join(literal))] if literal else []
                literal = []
                parts.append(self.expression())
                self._expect("}")
            elif quoted and character == "\\":
                literal.append(self._escape())
            else:
                literal.append(character)
                self.at += 1
        parts += [_Literal("".join(literal))] if literal or not parts else []
        return parts[0] if len(parts) == 1 else _Template(tuple(parts))

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
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        yes = self.expression()
        self._expect(":")
        return _Operation("?", (condition, yes, self.expression()))

    def _binary(self, level: int) -> Any:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while operator := next((each for each in _LEVELS[level] if self._take(each)), None):
            left = _Operation(operator, (left, self._binary(level + 1)))
        return left

    def _unary(self) -> Any:
        for operator in ("!", "-"):
            if self._take(operator):
                return _Operation(f"unary {operator}", (self._unary(),))
        return self._with_steps(self._primary())

    def _with_steps(self, base: Any) -> Any:
        steps: list[Any] = []
        while True:
            if self._take("."):
                if self._take("*"):
                    steps.append(SPLAT)
                elif number := self._match(_INDEX):
                    steps.append(_Literal(int(number)))
                else:
                    steps.append(_Literal(self._need(_NAME)))
            elif self._take("["):
                steps.append(SPLAT if self._take("*") else self.expression())
                self._expect("]")
            else:
                return _Path(base, tuple(steps)) if steps or isinstance(base, str) else base

    def _primary(self) -> Any:
        if self._take("("):
            inside = self.expression()
            self._expect(")")
            return inside
        if self._take('"'):
            return self.template(quoted=True)
        if self._take("["):
            return self._for("]") or _List(tuple(self._listed("]")))
        if self._take("{"):
            return self._for("}") or _Map(tuple(self._entries()))
        if number := self._match(_NUMBER):
            value = float(number)
            return _Literal(int(value) if value.is_integer() else value)
        name = self._need(_NAME)
        if name in ("true", "false", "null"):
            return _Literal({"true": True, "false": False, "null": ABSENT}[name])
        if self._take("("):
            return _Call(name, tuple(self._listed(")")))
        return name

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
            yield _Literal(key.base) if isinstance(key, _Path) and not key.steps else key, self.expression()
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
        result, key = self.expression(), None
        if end == "}":
            self._expect("=>")
            key, result = result, self.expression()
            if self._take("..."):
                raise _CannotRead
        start, condition = self.at, None
        if self._match(_NAME) == "if":
            condition = self.expression()
        else:
            self.at = start
        self._expect(end)
        return _For(names, source, key, result, condition)

    def _skip(self) -> None:
        if space := _SPACE.match(self.text, self.at):
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
        # `=` begins `==` and `=>`, and `!` begins `!=`.
        longer = {"=": ("==", "=>"), "!": ("!=",)}.get(sign)
        return not (longer and self.text.startswith(longer, self.at)) and self._next(sign)

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise _CannotRead


@lru_cache(maxsize=65536)
def parse(text: str) -> Any:
    """Return the template as a tree, or an Unknown for what is beyond this reader."""
    try:
        return _Parser(text).template(quoted=False)
    except (_CannotRead, RecursionError, OverflowError, ValueError):
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        return Unknown(f"the expression {shown} is beyond what is read here")


def evaluate(raw: Any, scope: Scope) -> Any:
    """Return the value of JSON in which texts are templates; RefusedByTerraform if Terraform would stop at it."""
    if isinstance(raw, str):
        if "${" not in raw and "%{" not in raw:
            return raw
        tree = parse(raw)
        return tree if isinstance(tree, Unknown) else _Evaluator(scope, {}).value(tree)
    if isinstance(raw, list):
        return [evaluate(item, scope) for item in raw]
    if isinstance(raw, dict):
        return _entries_of_map(
            (evaluate(key, scope), evaluate(item, scope)) for key, item in raw.items() if key != "//"
        )
    return ABSENT if raw is None else raw


def references(raw: Any) -> Iterator[tuple[str, ...]]:
    """Yield the leading names of each reference in the JSON, such as `("aws_vpc", "main", "id")`."""
    todo = [raw]
    while todo:
        part = todo.pop()
        if isinstance(part, str):
            if "${" in part:
                todo.append(parse(part))
        elif isinstance(part, dict):
            todo.extend(item for key, item in part.items() if key != "//")
        elif isinstance(part, list | tuple):
            todo.extend(part)
        elif isinstance(part, _Path):
            if isinstance(part.base, str):
                names = [part.base]
                for step in part.steps:
                    if not isinstance(step, _Literal):
                        break
                    names.append(str(step.value))
                yield tuple(names)
            else:
                todo.append(part.base)
            todo.extend(part.steps)
        elif isinstance(part, _Template):
            todo.extend(part.parts)
        elif isinstance(part, _Call):
            todo.extend(part.arguments)
        elif isinstance(part, _List | _Map):
            todo.extend(part.items)
        elif isinstance(part, _Operation):
            todo.extend(part.operands)
        elif isinstance(part, _For):
            todo.extend((part.source, part.key, part.result, part.condition))


def descend(value: Any, path: tuple[Key, ...]) -> Any:
    """Return what lies at `path` in a value that is evaluated already."""
    for number, key in enumerate(path):
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Reference):
            if not value.attribute:
                return value.block.attribute(path[number:])
            rest = "".join(
                "[*]" if isinstance(k, _Splat) else f"[{k}]" if isinstance(k, int) else f".{k}" for k in path[number:]
            )
            return Reference(value.block, value.attribute + rest)
        if isinstance(key, _Splat):
            items = value if isinstance(value, list) else [] if value is ABSENT else [value]
            return [descend(item, path[number + 1 :]) for item in items]
        value = step(value, key)
    return value


def step(value: Any, key: str | int) -> Any:
    """Return the element `key` of a list or a map."""
    if isinstance(value, list):
        try:
            return value[_whole(key)]
        except (ValueError, IndexError):
            raise RefusedByTerraform(f"there is no element {key}") from None
    if isinstance(value, dict):
        if str(key) in value:
            return value[str(key)]
        raise RefusedByTerraform(f"there is no {key!r}, but {', '.join(sorted(map(str, value))) or 'nothing'}")
    raise RefusedByTerraform(f"{key!r} is asked of what is no list and no map")


def _whole(key: str | int) -> int:
    number = int(key)
    if number < 0:
        raise IndexError
    return number


def _entries_of_map(items: Any) -> Any:
    entries = {}
    for key, item in items:
        if isinstance(key, Reference):
            return after_apply(key)
        if isinstance(key, Unknown):
            return key
        if isinstance(key, list | dict) or key is ABSENT:
            raise RefusedByTerraform("a key is no text")
        entries[key if isinstance(key, str) else _shown(key)] = item
    return entries


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


class _Evaluator:
    """Computes a tree's value; `names` are those that a `for` binds."""

    def __init__(self, scope: Scope, names: dict[str, Any]) -> None:
        self.scope = scope
        self.names = names

    def value(self, tree: Any) -> Any:
        return _EVALUATORS[type(tree)](self, tree)

    def literal(self, tree: _Literal) -> Any:
        return tree.value

    def template(self, tree: _Template) -> Any:
        parts: list[Any] = [self.value(part) for part in tree.parts]
        for part in parts:
            if isinstance(part, Unknown) and not isinstance(part, PartlyKnown):
                return part
            if part is ABSENT or isinstance(part, list | dict):
                raise RefusedByTerraform("a template has a part that is no text")
        flat = [each for part in parts for each in (part.parts if isinstance(part, PartlyKnown) else [part])]
        if found := next((part for part in flat if isinstance(part, Reference)), None):
            texts = tuple(part if isinstance(part, Reference) else _shown(part) for part in flat)
            return PartlyKnown(after_apply(found).reason, parts=texts)
        return "".join(map(_shown, flat))

    def path(self, tree: _Path) -> Any:
        keys: list[Key] = []
        for each in tree.steps:
            key = each if isinstance(each, _Splat) else self.value(each)
            if isinstance(key, Reference):
                return after_apply(key)
            if isinstance(key, Unknown):
                return key
            if not isinstance(key, str | int | _Splat):
                raise RefusedByTerraform("an index is no text and no whole number")
            keys.append(key)
        if not isinstance(tree.base, str):
            return descend(self.value(tree.base), tuple(keys))
        if tree.base in self.names:
            return descend(self.names[tree.base], tuple(keys))
        return self.scope.lookup((tree.base, *keys))

    def call(self, tree: _Call) -> Any:
        if tree.name in ("try", "can"):
            return self._try(tree)
        function = FUNCTIONS.get(tree.name)
        if function is None:
            return Unknown(f"the function {tree.name} is beyond what is read here")
        arguments = [self.value(argument) for argument in tree.arguments]
        return next((each for each in arguments if isinstance(each, Unknown)), None) or function(*arguments)

    def _try(self, tree: _Call) -> Any:
        refused = RefusedByTerraform("try has no argument that works")
        for argument in tree.arguments:
            try:
                value = self.value(argument)
            except RefusedByTerraform as error:
                refused = error
                continue
            if tree.name == "try":
                return value
            return first_unknown(value) or True
        if tree.name == "can":
            return False
        raise refused

    def list_(self, tree: _List) -> Any:
        return [self.value(item) for item in tree.items]

    def map_(self, tree: _Map) -> Any:
        return _entries_of_map((self.value(key), self.value(item)) for key, item in tree.items)

    def for_(self, tree: _For) -> Any:
        source = self.value(tree.source)
        if isinstance(source, Unknown):
            return source
        if isinstance(source, Reference):
            return after_apply(source)
        if not isinstance(source, list | dict):
            raise RefusedByTerraform("for goes over what is no list and no map")
        results = []
        for key, item in source.items() if isinstance(source, dict) else enumerate(source):
            bound = dict(zip(tree.names, (key, item) if len(tree.names) == 2 else (item,), strict=True))
            inner = _Evaluator(self.scope, {**self.names, **bound})
            chosen = True if tree.condition is None else inner.value(tree.condition)
            if isinstance(chosen, Unknown | Reference):
                return after_apply(chosen) if isinstance(chosen, Reference) else chosen
            if chosen is True or chosen == "true":
                results.append((None if tree.key is None else inner.value(tree.key), inner.value(tree.result)))
        return [item for _, item in results] if tree.key is None else _entries_of_map(iter(results))

    def operation(self, tree: _Operation) -> Any:
        if tree.operator == "?":
            condition = self._known(tree.operands[0])
            return condition if isinstance(condition, Unknown) else self.value(tree.operands[1 if condition else 2])
        left = self._known(tree.operands[0])
        if isinstance(left, Unknown):
            return left
        if tree.operator in ("&&", "||") and bool(left) is (tree.operator == "||"):
            return bool(left)
        operands = [left, *(self._known(operand) for operand in tree.operands[1:])]
        if found := next((each for each in operands if isinstance(each, Unknown)), None):
            return found
        try:
            return _OPERATORS[tree.operator](*operands)
        except (TypeError, ValueError, ArithmeticError):
            raise RefusedByTerraform(f"{tree.operator} is given what it doesn't take") from None

    def _known(self, tree: Any) -> Any:
        value = self.value(tree)
        return after_apply(value) if isinstance(value, Reference) else first_unknown(value) or value


_EVALUATORS: dict[type, Callable[[_Evaluator, Any], Any]] = {
    _Literal: _Evaluator.literal,
    _Template: _Evaluator.template,
    _Path: _Evaluator.path,
    _Call: _Evaluator.call,
    _List: _Evaluator.list_,
    _Map: _Evaluator.map_,
    _For: _Evaluator.for_,
    _Operation: _Evaluator.operation,
}


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError
    number = float(value)
    return int(number) if number.is_integer() else number


_OPERATORS: dict[str, Callable[..., Any]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": lambda left, right: _number(left) < _number(right),
    ">": lambda left, right: _number(left) > _number(right),
    "<=": lambda left, right: _number(left) <= _number(right),
    ">=": lambda left, right: _number(left) >= _number(right),
    "+": lambda left, right: _number(left) + _number(right),
    "-": lambda left, right: _number(left) - _number(right),
    "*": lambda left, right: _number(left) * _number(right),
    "/": lambda left, right: _number(_number(left) / _number(right)),
    "%": lambda left, right: _number(left) % _number(right),
    "&&": lambda left, right: bool(left) and bool(right),
    "||": lambda left, right: bool(left) or bool(right),
    "unary !": lambda value: not value,
    "unary -": lambda value: -_number(value),
}
