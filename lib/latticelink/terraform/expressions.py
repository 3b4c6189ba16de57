"""What an expression is worth, as far as it is needed to judge; the rest is Unknown, with the reason."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

from latticelink.disclosure import holds_secret, note_secrets
from latticelink.terraform.blocks import Key, Splat
from latticelink.terraform.functions import FUNCTIONS, LONGEST_LIST, equal, in_one_text, to_text
from latticelink.terraform.known import (
    ABSENT,
    PartlyKnown,
    Reference,
    RefusedByTerraform,
    Unknown,
    after_apply,
    as_list,
    boolean,
    first_unknown,
    unknown_of,
)
from latticelink.terraform.syntax import (
    Call,
    For,
    ListOf,
    Literal,
    MapOf,
    Operation,
    Path,
    Template,
    parse,
)
from latticelink.terraform.work import spend


class Scope(Protocol):
    """What names mean where an expression stands."""

    def lookup(self, path: tuple[Key, ...]) -> Any:
        """Return the value at a path such as `("aws_vpc", "main", "id")`."""


def evaluate(raw: Any, scope: Scope) -> Any:
    """Return the value of JSON in which texts are templates; RefusedByTerraform if Terraform would stop at it."""
    if isinstance(raw, str):
        if "${" not in raw and "%{" not in raw:
            return raw
        tree = parse(raw)
        return value_of_tree(tree, scope)
    if isinstance(raw, list | dict):
        spend(len(raw))
    if isinstance(raw, list):
        return [evaluate(item, scope) for item in raw]
    if isinstance(raw, dict):
        return _entries_of_map(
            (evaluate(key, scope), evaluate(item, scope)) for key, item in raw.items() if key != "//"
        )
    return ABSENT if raw is None else raw


def value_of_tree(tree: Any, scope: Scope) -> Any:
    """Return the value of what `parse` made of a text."""
    return tree if isinstance(tree, Unknown) else _Evaluator(scope, {}).value(tree)


def descend(value: Any, path: tuple[Key, ...]) -> Any:
    """Return what lies at `path` in a value that is evaluated already."""
    for number, key in enumerate(path):
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Reference):
            if not value.attribute:
                return value.block.attribute(path[number:])
            rest = "".join(
                "[*]" if isinstance(k, Splat) else f"[{k}]" if isinstance(k, int) else f".{k}" for k in path[number:]
            )
            return Reference(value.block, value.attribute + rest)
        if isinstance(key, Splat):
            return [descend(item, path[number + 1 :]) for item in as_list(value)]
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
        raise RefusedByTerraform(f"there is no {key!r}, only {', '.join(sorted(map(str, value))) or 'nothing'}")
    raise RefusedByTerraform(f"{key!r} is looked up in something that is neither a list nor a map")


def _whole(key: str | int) -> int:
    number = int(key)
    if number < 0:
        raise IndexError
    return number


def _entries_of_map(items: Any) -> Any:
    entries = {}
    for key, item in items:
        if why := unknown_of(key):
            return why
        if isinstance(key, list | dict) or key is ABSENT:
            raise RefusedByTerraform("a key is not a string")
        entries[to_text(key)] = item
    return entries


def _groups(items: list[tuple[Any, Any]]) -> Any:
    """Return for each key the list of its values."""
    groups: dict[str, list[Any]] = {}
    for key, item in items:
        entry = _entries_of_map([(key, item)])
        if isinstance(entry, Unknown):
            return entry
        for text in entry:
            groups.setdefault(text, []).append(item)
    return groups


_KEYS = (str, int, Splat)


class _Evaluator:
    """Computes a tree's value; `names` are those that a `for` binds."""

    def __init__(self, scope: Scope, names: dict[str, Any]) -> None:
        self.scope = scope
        self.names = names

    def value(self, tree: Any) -> Any:
        spend(3)
        return _EVALUATORS[type(tree)](self, tree)

    def literal(self, tree: Literal) -> Any:
        return tree.value

    def template(self, tree: Template) -> Any:
        parts: list[Any] = [self.value(part) for part in tree.parts]
        for part in parts:
            if isinstance(part, Unknown) and not isinstance(part, PartlyKnown):
                return part
            if part is ABSENT or isinstance(part, list | dict):
                raise RefusedByTerraform("a template has a part that is not a string")
        return in_one_text(parts)

    def path(self, tree: Path) -> Any:
        keys: list[Key] = []
        spend(len(tree.steps))
        for each in tree.steps:
            key = each.value if isinstance(each, Literal) else each if isinstance(each, Splat) else self.value(each)
            if why := unknown_of(key):
                return why
            if not isinstance(key, _KEYS):
                raise RefusedByTerraform("an index is neither a string nor a whole number")
            keys.append(key)
        if not isinstance(tree.base, str):
            return descend(self.value(tree.base), tuple(keys))
        if tree.base in self.names:
            return descend(self.names[tree.base], tuple(keys))
        return self.scope.lookup((tree.base, *keys))

    def call(self, tree: Call) -> Any:
        if tree.name in ("try", "can"):
            return self._try(tree)
        function = FUNCTIONS.get(tree.name)
        if function is None:
            return Unknown(f"the function {tree.name} isn't supported here")
        arguments = [self.value(argument) for argument in tree.arguments]
        if tree.expands and not isinstance(arguments[-1], Unknown):
            last = arguments.pop()
            if isinstance(last, Reference):
                return after_apply(last)
            if not isinstance(last, list):
                raise RefusedByTerraform(f"what follows {tree.name}(... isn't a list")
            arguments += last
        if found := next((each for each in arguments if isinstance(each, Unknown)), None):
            return found
        result = function(*arguments)
        if tree.arguments and holds_secret([each for each in arguments if isinstance(each, str | list | dict)]):
            note_secrets(result)
        if isinstance(result, list | dict):
            spend(len(result))
            if len(result) > LONGEST_LIST:
                return Unknown(f"it has {len(result):,} parts, and at most {LONGEST_LIST:,} are read")
        return result

    def _try(self, tree: Call) -> Any:
        refused = RefusedByTerraform("no argument of try can be evaluated")
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

    def list_(self, tree: ListOf) -> Any:
        return [self.value(item) for item in tree.items]

    def map_(self, tree: MapOf) -> Any:
        return _entries_of_map((self.value(key), self.value(item)) for key, item in tree.items)

    def for_(self, tree: For) -> Any:
        source = self.value(tree.source)
        if why := unknown_of(source):
            return why
        if not isinstance(source, list | dict):
            raise RefusedByTerraform("for iterates over something that is neither a list nor a map")
        results = []
        for key, item in sorted(source.items()) if isinstance(source, dict) else enumerate(source):
            bound = dict(zip(tree.names, (key, item) if len(tree.names) == 2 else (item,), strict=True))
            inner = _Evaluator(self.scope, {**self.names, **bound})
            chosen = True if tree.condition is None else inner.value(tree.condition)
            if why := unknown_of(chosen):
                return why
            if _is_true(chosen):
                results.append((None if tree.key is None else inner.value(tree.key), inner.value(tree.result)))
        if tree.groups:
            return _groups(results)
        return [item for _, item in results] if tree.key is None else _entries_of_map(iter(results))

    def operation(self, tree: Operation) -> Any:
        if tree.operator == "?":
            condition = self._known(tree.operands[0])
            return (
                condition
                if isinstance(condition, Unknown)
                else self.value(tree.operands[1 if _is_true(condition) else 2])
            )
        left = self._known(tree.operands[0])
        if isinstance(left, Unknown):
            return left
        if tree.operator in ("&&", "||") and _is_true(left) is (tree.operator == "||"):
            return _is_true(left)
        operands = [left, *(self._known(operand) for operand in tree.operands[1:])]
        if found := next((each for each in operands if isinstance(each, Unknown)), None):
            return found
        try:
            return _OPERATORS[tree.operator](*operands)
        except (TypeError, ValueError, ArithmeticError):
            raise RefusedByTerraform(f"{tree.operator} gets a value of the wrong kind") from None

    def _known(self, tree: Any) -> Any:
        value = self.value(tree)
        return after_apply(value) if isinstance(value, Reference) else first_unknown(value) or value


_EVALUATORS: dict[type, Callable[[_Evaluator, Any], Any]] = {
    Literal: _Evaluator.literal,
    Template: _Evaluator.template,
    Path: _Evaluator.path,
    Call: _Evaluator.call,
    ListOf: _Evaluator.list_,
    MapOf: _Evaluator.map_,
    For: _Evaluator.for_,
    Operation: _Evaluator.operation,
}


def _is_true(value: Any) -> bool:
    truth = boolean(value)
    if truth is None:
        raise RefusedByTerraform("a condition is neither true nor false")
    return truth


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
    "%": lambda left, right: _number(math.fmod(_number(left), _number(right))),
    "&&": lambda left, right: _is_true(left) and _is_true(right),
    "||": lambda left, right: _is_true(left) or _is_true(right),
    "unary !": lambda value: not _is_true(value),
    "unary -": lambda value: -_number(value),
}
