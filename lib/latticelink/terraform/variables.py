"""What a variable is worth: the values that Terraform loads by itself, and the types that it converts them to.

Source: https://developer.hashicorp.com/terraform/language/values/variables
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from latticelink.terraform.blocks import Key
from latticelink.terraform.expressions import value_of_tree
from latticelink.terraform.functions import equal, to_bool, to_number, to_text
from latticelink.terraform.known import ABSENT, Reference, RefusedByTerraform, Unknown
from latticelink.terraform.syntax import Call, Literal, MapOf, Path, parse
from latticelink.terraform.work import spend


def value_of_variable(name: str, body: dict[str, Any], given: dict[str, Any]) -> Any:
    """Return what `var.NAME` is worth: what a file of values gives, else the default; Unknown if neither does.

    Args:
        name: the variable's name.
        body: its block.
        given: the values by name that files such as terraform.tfvars.json give.

    Raises:
        RefusedByTerraform: if the value isn't of the variable's type.
    """
    has_default = "default" in body
    if name not in given and not has_default:
        return Unknown(f"variable {name!r} has no default")
    value = _literal(given[name] if name in given else body["default"])
    if value is ABSENT and body.get("nullable") in (False, "false", "${false}") and has_default:
        value = _literal(body["default"])
    written = body.get("type")
    kind = parse(f"${{{written}}}" if isinstance(written, str) and "${" not in written else written or "${any}")
    return _convert(value, kind)


class _NoNames:
    """Where the default of an optional attribute stands, nothing has a name."""

    def lookup(self, path: tuple[Key, ...]) -> Any:
        raise RefusedByTerraform(f"{path[0]!r} has no meaning in a type")


def _literal(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {key: _literal(item) for key, item in raw.items()}
    if isinstance(raw, list):
        return [_literal(item) for item in raw]
    return ABSENT if raw is None else raw


def _convert(value: Any, kind: Any) -> Any:
    """Return the value as one of a type; what the type's own name isn't known of stays as it is."""
    if value is ABSENT or isinstance(value, Unknown | Reference):
        return value
    if isinstance(kind, Path) and isinstance(kind.base, str) and not kind.steps:
        kind = Call(kind.base, ())
    if not isinstance(kind, Call):
        return value
    try:
        convert = _CONVERSIONS.get(kind.name)
        return convert(value, *kind.arguments) if convert else value
    except (TypeError, ValueError, AttributeError):
        raise RefusedByTerraform(f"a value that is not a {kind.name} is given to a variable of that type") from None


def _list_of(value: Any, kind: Any = None) -> Any:
    if not isinstance(value, list):
        raise TypeError
    return [_convert(item, kind) for item in value]


def _set_of(value: Any, kind: Any = None) -> Any:
    found: list[Any] = []
    for item in _list_of(value, kind):
        spend(len(found) // 4)
        if not any(equal(item, other) for other in found):
            found.append(item)
    return sorted(found, key=str) if all(isinstance(item, str | int | float) for item in found) else found


def _map_of(value: Any, kind: Any = None) -> Any:
    return {key: _convert(item, kind) for key, item in value.items()}


def _tuple_of(value: Any, kinds: Any) -> Any:
    return [_convert(item, kind) for item, kind in zip(value, kinds.items, strict=True)]


def _object_of(value: Any, kinds: Any) -> Any:
    """Return the attributes that the type has: an optional one that isn't given has its default, else null."""
    if not isinstance(kinds, MapOf) or not isinstance(value, dict):
        raise TypeError
    made: dict[str, Any] = {}
    for key, kind in kinds.items:
        name = str(key.value) if isinstance(key, Literal) else str(key)
        optional = isinstance(kind, Call) and kind.name == "optional"
        inner, *default = kind.arguments if optional else (kind,)
        item = value.get(name, ABSENT)
        if item is ABSENT and name not in value and not optional:
            raise RefusedByTerraform(f"attribute {name!r} is required by the variable's type")
        if item is ABSENT and default:
            item = value_of_tree(default[0], _NoNames())
        made[name] = _convert(item, inner)
    return made


_CONVERSIONS: dict[str, Callable[..., Any]] = {
    "bool": to_bool,
    "list": _list_of,
    "map": _map_of,
    "number": to_number,
    "object": _object_of,
    "set": _set_of,
    "string": to_text,
    "tuple": _tuple_of,
}
