"""Nested blocks as `dynamic` blocks make them, at any depth.

Source: https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.terraform.blocks import Key
from latticelink.terraform.expressions import Scope, descend, evaluate
from latticelink.terraform.known import ABSENT, RefusedByTerraform, Unknown, as_list, unknown_of


def value_of_block(raw: Any, scope: Scope) -> Any:
    """Return the value of nested blocks' JSON, or of any argument's, with what the `dynamic` blocks in it make."""
    if isinstance(raw, str) or not _holds_dynamic(raw):
        return evaluate(raw, scope)
    if isinstance(raw, list):
        return [value_of_block(each, scope) for each in raw]
    made = {key: value_of_block(item, scope) for key, item in raw.items() if key not in ("//", "dynamic")}
    for label in dict.fromkeys(label for part in _dynamic_parts(raw) for label in part):
        made[label] = [*as_list(made.get(label, ABSENT)), *blocks_made(raw, label, scope)]
    return made


def blocks_made(body: Any, label: str, scope: Scope) -> list[Any]:
    """Return what the `dynamic` blocks in a body make of one kind; an Unknown among them stands for any number."""
    found: list[Any] = []
    for part in _dynamic_parts(body):
        content = part.get(label)
        for each in content if isinstance(content, list) else [] if content is None else [content]:
            made = _expanded(label, each, scope)
            found += made if isinstance(made, list) else [made]
    return found


def makes(body: Any, label: Any) -> bool:
    """Return whether a body has `dynamic` blocks of one kind."""
    return any(label in part for part in _dynamic_parts(body))


def inside(blocks: list[Any], path: tuple[str | int, ...]) -> Any:
    """Return what lies at `path` in nested blocks that are evaluated; a block and a list of one are the same."""
    value: Any = blocks or ABSENT
    for key in path:
        if isinstance(key, str) and isinstance(value, list) and len(value) == 1:
            value = value[0]
        if why := unknown_of(value):
            return why
        if isinstance(value, list) and isinstance(key, int):
            value = value[key] if 0 <= key < len(value) else ABSENT
        elif not (key == 0 and isinstance(value, dict)):
            value = value.get(key, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def _expanded(label: str, dynamic: Any, scope: Scope) -> list[Any] | Unknown:
    over = evaluate(dynamic.get("for_each"), scope) if isinstance(dynamic, dict) else ABSENT
    if why := unknown_of(over):
        return why
    if not isinstance(over, list | dict):
        raise RefusedByTerraform(f"a dynamic block {label!r} iterates over something that is neither a list nor a map")
    items = list(over.items()) if isinstance(over, dict) else [(item, item) for item in over]
    name = dynamic.get("iterator", label)
    content = dynamic.get("content")
    content = content[0] if isinstance(content, list) and len(content) == 1 else content
    return [value_of_block(content, _Bound(scope, name, {"key": key, "value": item})) for key, item in items]


def _dynamic_parts(body: Any) -> Iterator[dict[str, Any]]:
    """Yield the JSON of the `dynamic` blocks in a body, by their kinds; a map may have such a key of its own."""
    raw = body.get("dynamic") if isinstance(body, dict) else None
    for part in raw if isinstance(raw, list) else [raw]:
        if isinstance(part, dict) and all(isinstance(each, dict | list) for each in part.values()):
            yield part


def _holds_dynamic(raw: Any) -> bool:
    todo = [raw]
    while todo:
        part = todo.pop()
        if isinstance(part, dict):
            if "dynamic" in part and any(_dynamic_parts(part)):
                return True
            todo.extend(part.values())
        elif isinstance(part, list):
            todo.extend(part)
    return False


class _Bound:
    """A scope in which one more name has a meaning."""

    def __init__(self, scope: Scope, name: str, value: Any) -> None:
        self.scope, self.name, self.bound = scope, name, value

    def lookup(self, path: tuple[Key, ...]) -> Any:
        return descend(self.bound, path[1:]) if path[0] == self.name else self.scope.lookup(path)
