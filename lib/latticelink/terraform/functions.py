"""The Terraform functions that expressions about networks use; whatever else is called makes a value Unknown.

Source: https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from latticelink.terraform.known import (
    ABSENT,
    MOST_PARTS,
    Reference,
    RefusedByTerraform,
    Unknown,
    after_apply,
    first_unknown,
    leaves,
)

Function = Callable[..., Any]


def equal(left: Any, right: Any) -> bool:
    """Return whether two known values are equal as Terraform sees it: of one type, and the same."""
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return bool(left == right)


def _refusing(function: Function) -> Function:
    """Turn what Python says about wrong arguments into Terraform's refusal."""

    @wraps(function)
    def refusing(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            raise RefusedByTerraform(f"a function is given what it doesn't take: {error}") from None

    return refusing


def _needs_values(function: Function) -> Function:
    """Answer Unknown where any argument has a part that isn't known."""

    @wraps(function)
    def needing(*arguments: Any) -> Any:
        if unknown := first_unknown(list(arguments)):
            return unknown
        if found := next((leaf for leaf in leaves(list(arguments)) if isinstance(leaf, Reference)), None):
            return after_apply(found)
        return function(*arguments)

    return needing


def _needs_lists(function: Function) -> Function:
    """Answer Unknown where an argument is an unknown list; its elements may be unknown."""

    @wraps(function)
    def needing(*arguments: Any) -> Any:
        if found := next((each for each in arguments if isinstance(each, Reference)), None):
            return after_apply(found)
        return function(*arguments)

    return needing


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _distinct(items: list[Any]) -> Any:
    if unknown := first_unknown(items):
        return unknown
    found: list[Any] = []
    seen = set()
    for item in items:
        mark = repr(item) if isinstance(item, list | dict) else (type(item), item)
        if mark not in seen:
            seen.add(mark)
            found.append(item)
    return found


def _toset(items: list[Any]) -> Any:
    found = _distinct(_list(items))
    if isinstance(found, Unknown) or any(isinstance(item, Reference | list | dict) for item in found):
        return found
    return sorted(found, key=str)


def _flatten(items: list[Any]) -> Any:
    flat: list[Any] = []
    todo = _list(items)[::-1]
    for _ in range(MOST_PARTS):
        if not todo:
            return flat
        item = todo.pop()
        if isinstance(item, Unknown):
            return item
        if isinstance(item, list):
            todo += item[::-1]
        else:
            flat.append(item)
    return Unknown(f"it has more than {MOST_PARTS:,} parts")


def _length(value: Any) -> int:
    if not isinstance(value, list | dict | str):
        raise TypeError("no length")
    return len(value)


def _tonumber(value: Any) -> Any:
    if isinstance(value, Reference) or value is ABSENT:
        return value
    if isinstance(value, bool):
        raise TypeError("no number")
    number = float(value)
    return int(number) if number.is_integer() else number


def _tostring(value: Any) -> Any:
    if isinstance(value, Reference | str) or value is ABSENT:
        return value
    if isinstance(value, list | dict):
        raise TypeError("no text")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _element(items: list[Any], index: Any) -> Any:
    return _list(items)[int(index) % len(items)]


def _one(items: list[Any]) -> Any:
    if len(_list(items)) > 1:
        raise ValueError("more than one element")
    return items[0] if items else ABSENT


def _lookup(values: dict[str, Any], key: str, *default: Any) -> Any:
    return values[key] if key in values or not default else default[0]


def _merge(*maps: Any) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for each in maps:
        merged.update({} if each is ABSENT else each)
    return merged


def _coalesce(*values: Any) -> Any:
    for value in values:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Reference) or (value is not ABSENT and value != ""):
            return value
    raise ValueError("nothing but null and empty texts")


def _compact(items: list[Any]) -> Any:
    if unknown := first_unknown(_list(items)):
        return unknown
    return [item for item in items if isinstance(item, Reference) or (item is not ABSENT and item != "")]


def _cidrsubnet(prefix: str, bits: Any, number: Any) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    bits, number = int(bits), int(number)
    length = network.prefixlen + bits
    if bits < 0 or not 0 <= number < 2 ** min(bits, 128):
        raise ValueError("no such subnet")
    first = int(network.network_address) + (number << (network.max_prefixlen - length))
    return str(type(network)((first, length)))


def _cidrhost(prefix: str, number: Any) -> str:
    network = ipaddress.ip_network(prefix, strict=False)
    return str(network[int(number)])


def _known(function: Function) -> Function:
    return _needs_values(_refusing(function))


def _listed(function: Function) -> Function:
    return _needs_lists(_refusing(function))


FUNCTIONS: dict[str, Function] = {
    "abs": _known(abs),
    "cidrhost": _known(_cidrhost),
    "cidrsubnet": _known(_cidrsubnet),
    "coalesce": _refusing(_coalesce),
    "compact": _listed(_compact),
    "concat": _listed(lambda *lists: [item for each in lists for item in _list(each)]),
    "contains": _known(lambda items, item: any(equal(each, item) for each in items)),
    "distinct": _listed(lambda items: _distinct(_list(items))),
    "element": _listed(_element),
    "flatten": _listed(_flatten),
    "join": _known(lambda separator, *lists: separator.join(_tostring(item) for each in lists for item in _list(each))),
    "keys": _listed(lambda values: sorted(values.keys())),
    "length": _listed(_length),
    "lookup": _listed(_lookup),
    "lower": _known(lambda text: text.lower()),
    "max": _known(lambda *numbers: max(map(_tonumber, numbers))),
    "merge": _listed(_merge),
    "min": _known(lambda *numbers: min(map(_tonumber, numbers))),
    "one": _listed(_one),
    "replace": _known(
        lambda text, old, new: Unknown("replace with a pattern") if old[:1] == "/" else text.replace(old, new)
    ),
    "reverse": _listed(lambda items: _list(items)[::-1]),
    "setintersection": _known(lambda first, *rest: [item for item in first if all(item in each for each in rest)]),
    "slice": _listed(lambda items, start, end: _list(items)[int(start) : int(end)]),
    "sort": _known(lambda items: sorted(map(_tostring, items))),
    "split": _known(lambda separator, text: text.split(separator) if text else []),
    "tolist": _listed(lambda items: list(_list(items))),
    "tomap": _listed(lambda values: dict(values)),
    "tonumber": _refusing(_tonumber),
    "toset": _listed(_toset),
    "tostring": _refusing(_tostring),
    "trimspace": _known(lambda text: text.strip()),
    "upper": _known(lambda text: text.upper()),
    "values": _listed(lambda values: [values[key] for key in sorted(values)]),
    "zipmap": _listed(lambda names, values: dict(zip(names, values, strict=True))),
}
