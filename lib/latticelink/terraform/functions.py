"""The Terraform functions that expressions about networks use; whatever else is called makes a value Unknown.

Source: https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import ipaddress
import itertools
import json
import math
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from latticelink.terraform.known import (
    ABSENT,
    MOST_PARTS,
    PartlyKnown,
    Reference,
    RefusedByTerraform,
    Unknown,
    after_apply,
    first_unknown,
    leaves,
    unknown_of,
)
from latticelink.terraform.work import spend

Function = Callable[..., Any]

LONGEST_TEXT = 1_000_000
LONGEST_LIST = 10_000


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
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, StopIteration) as error:
            raise RefusedByTerraform(f"a function gets a value of the wrong kind: {error}") from None

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


def _or_part(part: Callable[..., str]) -> Callable[[Function], Function]:
    """Answer with a part of what a Reference stands for, where the list is one: whose it is stays known.

    Args:
        part: a function that writes the part down, given the other arguments: `[0]`.
    """

    def of_list(function: Function) -> Function:
        @wraps(function)
        def answering(items: Any, *others: Any) -> Any:
            is_one = isinstance(items, Reference) and items.attribute and not items.block.has_many
            if is_one and not any(map(unknown_of, others)):
                return Reference(items.block, items.attribute + _refusing(part)(*others))
            return function(items, *others)

        return answering

    return of_list


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _distinct(items: list[Any]) -> Any:
    if unknown := first_unknown(items):
        return unknown
    if unknown := _too_long(items):
        return unknown
    found: list[Any] = []
    seen = set()
    for item in items:
        mark = repr(item) if isinstance(item, list | dict) else (type(item), item)
        if mark not in seen:
            seen.add(mark)
            found.append(item)
    return found


def _too_long(value: Any) -> Unknown | None:
    """Return Unknown for what would be a huge text, as the same text can be in a value many times."""
    length = sum(len(leaf) + 8 if isinstance(leaf, str) else 8 for leaf in leaves(value))
    spend(length // 64)
    return Unknown("it is too large to be written as a string") if length > LONGEST_TEXT * 4 else None


def _replace(text: str, old: str, new: str) -> Any:
    if old[:1] == "/":
        return Unknown("replace with a pattern")
    length = len(text) + (text.count(old) if old else len(text) + 1) * len(new)
    if length > LONGEST_TEXT:
        return Unknown(f"it is a string of up to {length:,} characters, and the limit is {LONGEST_TEXT:,}")
    spend(length // 64)
    return text.replace(old, new)


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


def to_number(value: Any) -> Any:
    """Return the value as a number, as Terraform converts it."""
    if isinstance(value, Reference) or value is ABSENT:
        return value
    if isinstance(value, bool):
        raise TypeError("no number")
    number = float(value)
    return int(number) if number.is_integer() else number


def to_text(value: Any) -> Any:
    """Return the value as a text, as Terraform converts it."""
    if isinstance(value, Reference | str) or value is ABSENT:
        return value
    if isinstance(value, list | dict):
        raise TypeError("no text")
    return str(value).lower() if isinstance(value, bool) else str(value)


def in_one_text(parts: Iterable[Any]) -> Any:
    """Return the parts as one text; PartlyKnown if some are references."""
    parts = list(parts)
    length = sum(len(part) for part in parts if isinstance(part, str))
    spend(length // 64)
    if length > LONGEST_TEXT:
        return Unknown(f"it is a string of {length:,} characters, and the limit is {LONGEST_TEXT:,}")
    flat = [each for part in parts for each in (part.parts if isinstance(part, PartlyKnown) else [part])]
    if found := next((part for part in flat if isinstance(part, Reference)), None):
        return PartlyKnown(after_apply(found).reason, parts=tuple(map(to_text, flat)))
    return "".join(map(to_text, flat))


def _join(separator: str, *lists: Any) -> Any:
    items = [item for each in lists for item in _list(each)]
    if unknown := next(
        (item for item in items if isinstance(item, Unknown) and not isinstance(item, PartlyKnown)), None
    ):
        return unknown
    return in_one_text([part for item in items for part in (separator, item)][1:])


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
    raise ValueError("nothing but null and empty strings")


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


def _cidrsubnets(prefix: str, *bits: Any) -> list[str]:
    """Return one block after another, each at the first place where it fits."""
    network = ipaddress.ip_network(prefix, strict=False)
    found: list[str] = []
    at = int(network.network_address)
    for each in bits:
        length = network.prefixlen + int(each)
        size = 1 << (network.max_prefixlen - length)
        first = -(-at // size) * size
        block = type(network)((first, length))
        if int(each) < 1 or not block.subnet_of(network):  # type: ignore[arg-type]  # both are of one version
            raise ValueError("no such subnet")
        found.append(str(block))
        at = first + size
    return found


# A verb of `format`: its flags, width and precision as in printf. Others are left alone.
_VERB = re.compile(r"%(?:%|(?P<flags>[-+ 0#]*)(?P<width>[0-9]{0,3})(?:\.(?P<precision>[0-9]{1,2}))?(?P<verb>[a-zA-Z]))")


def _format(template: str, *arguments: Any) -> Any:
    parts: list[Any] = []
    left = list(arguments)
    at = 0
    for match in _VERB.finditer(template):
        parts += [template[at : match.start()], "%" if match[0] == "%%" else _formatted(match, left.pop(0))]
        at = match.end()
    if left or "%" in _VERB.sub("", template):
        raise ValueError("not as many values as verbs")
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    return unknown or in_one_text([*parts, template[at:]])


def _formatted(match: re.Match[str], value: Any) -> Any:
    verb = match["verb"]
    if isinstance(value, Reference) and match[0] in ("%s", "%v"):
        return value
    if isinstance(value, Reference):
        return after_apply(value)
    if value is ABSENT:
        raise ValueError("null")
    how = f"%{match['flags']}{match['width']}" + (f".{match['precision']}" if match["precision"] else "")
    if verb == "s" or (verb == "v" and not isinstance(value, list | dict)):
        return f"{how}s" % to_text(value)
    if verb == "q":
        return json.dumps(to_text(value), ensure_ascii=False)
    if verb == "v":
        return _jsonencode(value)
    if verb in "dxXo" and isinstance(number := to_number(value), int):
        return f"{how}{verb}" % number
    if verb in "feEgG":
        return f"{how}{verb}" % float(to_number(value))
    if verb == "t" and isinstance(value, bool):
        return to_text(value)
    raise ValueError(f"the verb {match[0]}")


def _formatlist(template: str, *arguments: Any) -> list[Any]:
    lists = [each for each in arguments if isinstance(each, list)]
    if len({len(each) for each in lists}) > 1:
        raise ValueError("lists of different lengths")
    count = len(lists[0]) if lists else 1
    rows = zip(*(each if isinstance(each, list) else [each] * count for each in arguments), strict=True)
    return [_format(template, *row) for row in rows]


def _plain(value: Any) -> Any:
    """Return the value as JSON has it: null in place of what is absent."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if value is ABSENT else value


def _jsonencode(value: Any) -> Any:
    if unknown := _too_long(value):
        return unknown
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _jsondecode(text: str) -> Any:
    def with_absent(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: with_absent(item) for key, item in value.items()}
        if isinstance(value, list):
            return [with_absent(item) for item in value]
        return ABSENT if value is None else value

    try:
        return with_absent(json.loads(text))
    except RecursionError:
        return Unknown("it is nested too deeply to be read here")


def _range(*arguments: Any) -> list[Any]:
    numbers = [to_number(each) for each in arguments]
    start, limit = (0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    by = numbers[2] if len(numbers) > 2 else 1 if limit >= start else -1
    if len(numbers) > 3 or by == 0 or (limit - start) * by < 0 or abs((limit - start) / by) > _LONGEST_RANGE:
        raise ValueError("no range, or one of more than 1,024 numbers")
    return [to_number(start + by * number) for number in range(math.ceil((limit - start) / by))]


# Terraform's own limit: https://developer.hashicorp.com/terraform/language/functions/range
_LONGEST_RANGE = 1024


def to_bool(value: Any) -> Any:
    """Return the value as a boolean, as Terraform converts it."""
    if isinstance(value, Reference | bool) or value is ABSENT:
        return value
    if value in ("true", "false"):
        return value == "true"
    raise TypeError("neither true nor false")


def _substr(text: str, offset: Any, length: Any) -> str:
    start = int(offset) if int(offset) >= 0 else len(text) + int(offset)
    return text[start:] if int(length) < 0 else text[start : start + int(length)]


def _index(items: list[Any], wanted: Any) -> int:
    return next(number for number, item in enumerate(_list(items)) if equal(item, wanted))


def _without(items: list[Any], *taken: list[Any]) -> Any:
    spend(len(_list(items)) * sum(map(len, taken)) // 4)
    return _toset([item for item in _list(items) if not any(equal(item, each) for other in taken for each in other)])


def _intersection(first: list[Any], *rest: list[Any]) -> Any:
    spend(len(_list(first)) * sum(map(len, rest)) // 4)
    return _toset([item for item in first if all(item in each for each in rest)])


def _trim(text: str, start: str = "", end: str = "") -> str:
    return text.removeprefix(start).removesuffix(end)


def _setproduct(*lists: list[Any]) -> Any:
    if math.prod(len(_list(each)) for each in lists) > MOST_PARTS // 10:
        return Unknown("it has too many parts to be read here")
    return [list(row) for row in itertools.product(*lists)]


def _coalescelist(*lists: Any) -> list[Any]:
    return next(each for each in lists if _list(each))


def _chunklist(items: list[Any], size: Any) -> list[Any]:
    return [items[start : start + int(size)] for start in range(0, len(_list(items)), int(size))]


def _known(function: Function) -> Function:
    return _needs_values(_refusing(function))


def _listed(function: Function) -> Function:
    return _needs_lists(_refusing(function))


FUNCTIONS: dict[str, Function] = {
    "abs": _known(abs),
    "alltrue": _known(lambda items: all(to_bool(item) is True for item in _list(items))),
    "anytrue": _known(lambda items: any(to_bool(item) is True for item in _list(items))),
    "ceil": _known(lambda number: math.ceil(to_number(number))),
    "chomp": _known(lambda text: text.rstrip("\r\n")),
    "chunklist": _listed(_chunklist),
    "cidrhost": _known(_cidrhost),
    "cidrnetmask": _known(lambda prefix: str(ipaddress.IPv4Network(prefix, strict=False).netmask)),
    "cidrsubnet": _known(_cidrsubnet),
    "cidrsubnets": _known(_cidrsubnets),
    "coalesce": _refusing(_coalesce),
    "coalescelist": _listed(_coalescelist),
    "compact": _listed(_compact),
    "concat": _listed(lambda *lists: [item for each in lists for item in _list(each)]),
    "contains": _known(lambda items, item: any(equal(each, item) for each in items)),
    "distinct": _listed(lambda items: _distinct(_list(items))),
    "element": _or_part(lambda index: f"[{int(index)}]")(_listed(_element)),
    "endswith": _known(lambda text, end: text.endswith(end)),
    "flatten": _listed(_flatten),
    "floor": _known(lambda number: math.floor(to_number(number))),
    "format": _refusing(_format),
    "formatlist": _listed(_formatlist),
    "index": _known(_index),
    "join": _listed(_join),
    "jsondecode": _known(_jsondecode),
    "jsonencode": _known(_jsonencode),
    "keys": _listed(lambda values: sorted(values.keys())),
    "length": _listed(_length),
    "lookup": _listed(_lookup),
    "lower": _known(lambda text: text.lower()),
    "max": _known(lambda *numbers: max(map(to_number, numbers))),
    "merge": _listed(_merge),
    "min": _known(lambda *numbers: min(map(to_number, numbers))),
    "nonsensitive": _refusing(lambda value: value),
    "one": _or_part(lambda: "[0]")(_listed(_one)),
    "parseint": _known(lambda text, base: int(text, int(base))),
    "range": _known(_range),
    "replace": _known(_replace),
    "reverse": _listed(lambda items: _list(items)[::-1]),
    "sensitive": _refusing(lambda value: value),
    "setintersection": _known(_intersection),
    "setproduct": _listed(_setproduct),
    "setsubtract": _known(_without),
    "setunion": _listed(lambda *lists: _toset([item for each in lists for item in _list(each)])),
    "slice": _listed(lambda items, start, end: _list(items)[int(start) : int(end)]),
    "sort": _or_part(lambda: "[sorted]")(_known(lambda items: sorted(map(to_text, items)))),
    "split": _known(lambda separator, text: text.split(separator) if text and separator else list(text)),
    "startswith": _known(lambda text, start: text.startswith(start)),
    "strcontains": _known(lambda text, part: part in text),
    "substr": _known(_substr),
    "sum": _known(lambda items: sum(map(to_number, _list(items)))),
    "title": _known(lambda text: re.sub(r"(?<!\w)\w", lambda first: first[0].upper(), text)),
    "tobool": _refusing(to_bool),
    "tolist": _or_part(str)(_listed(lambda items: list(_list(items)))),
    "tomap": _listed(lambda values: dict(values)),
    "tonumber": _refusing(to_number),
    "toset": _or_part(str)(_listed(_toset)),
    "tostring": _refusing(to_text),
    "trimprefix": _known(_trim),
    "trimspace": _known(lambda text: text.strip()),
    "trimsuffix": _known(lambda text, end: _trim(text, end=end)),
    "upper": _known(lambda text: text.upper()),
    "values": _listed(lambda values: [values[key] for key in sorted(values)]),
    "zipmap": _listed(lambda names, values: dict(zip(names, values, strict=True))),
}
