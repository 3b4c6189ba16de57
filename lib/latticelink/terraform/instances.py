"""How many a block makes: `count` and `for_each`, as far as they are known."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from latticelink.terraform.expressions import Scope, evaluate
from latticelink.terraform.known import (
    ABSENT,
    Reference,
    RefusedByTerraform,
    Unknown,
    after_apply,
    bounded,
    first_unknown,
    unknown_of,
)
from latticelink.terraform.raw import RawBlock
from latticelink.terraform.work import spend

# Each is judged like a block of its own.
_STEPS_OF_AN_INSTANCE = 50


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a block.

    Args:
        key: its key in `count` or `for_each`; None for a block without them, or if it isn't known.
        names: what `each` and `count` mean in it.
        unknown: why it isn't known how many there are; None if this is exactly one.
    """

    key: str | int | None = None
    names: dict[str, Any] = field(default_factory=dict)
    unknown: Unknown | None = None

    @property
    def index(self) -> str:
        """The end of its address, such as `[0]` or `["a"]`; empty for a block without `count` or `for_each`."""
        return "" if self.key is None else f"[{json.dumps(self.key, ensure_ascii=False)}]"


# Most blocks make exactly one.
_ALONE = Instance()


def instances(raw: RawBlock, scope: Scope) -> list[Instance]:
    """Return the instances of a block; one with `unknown` set if it can't be determined how many there are.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments
    """
    try:
        if raw.body.get("count") is not None:
            return _counted(bounded(evaluate(raw.body["count"], scope)))
        if raw.body.get("for_each") is not None:
            return _for_each(bounded(evaluate(raw.body["for_each"], scope)))
    except (RefusedByTerraform, RecursionError) as error:
        return _unknown(Unknown(f"Terraform would stop there, because {error}", "Correct the expression."))
    return [_ALONE]


def planned_instance(raw: RawBlock, scope: Scope) -> Instance:
    """Return the instance that a block of a plan is, with what `each` means in it, as far as the plan tells."""
    if raw.index is None:
        return _ALONE
    if isinstance(raw.index, int):
        return Instance(raw.index, {"count": {"index": raw.index}})
    over = RawBlock(raw.mode, raw.type, raw.name, {"for_each": (raw.written or {}).get("for_each")}, raw.file)
    found = next((each for each in instances(over, scope) if each.key == raw.index), None)
    value = Unknown(f"the plan doesn't include each.value of {raw.address}")
    return found or Instance(raw.index, {"each": {"key": raw.index, "value": value}})


def _counted(count: Any) -> list[Instance]:
    if why := unknown_of(count):
        return _unknown(why)
    try:
        number = int(count)
    except (TypeError, ValueError, OverflowError):
        return _unknown(Unknown(f"its count is {count!r}", "Write a number."))
    if number > 100_000:
        return _unknown(
            Unknown(f"its count is {number}, and no more than 100,000 are followed", "Write a smaller number.")
        )
    spend(number * _STEPS_OF_AN_INSTANCE)
    return [Instance(index, {"count": {"index": index}}) for index in range(number)]


def _for_each(over: Any) -> list[Instance]:
    if why := unknown_of(over):
        return _unknown(why)
    if isinstance(over, list | dict):
        spend(len(over) * _STEPS_OF_AN_INSTANCE)
    if isinstance(over, dict):
        return [Instance(key, {"each": {"key": key, "value": item}}) for key, item in over.items()]
    if not isinstance(over, list):
        return _unknown(Unknown(f"its for_each is {over!r}", "Write a map or a set of strings."))
    if len(over) == 1 and isinstance(over[0], Reference):
        # One element is one instance, though its key is not known.
        return [Instance(None, {"each": {"key": over[0], "value": over[0]}})]
    unknown = first_unknown(over) or next((after_apply(item) for item in over if isinstance(item, Reference)), None)
    if unknown is not None:
        return _unknown(unknown)
    keys = dict.fromkeys(str(item) for item in over if item is not ABSENT and not isinstance(item, list | dict))
    return [Instance(key, {"each": {"key": key, "value": key}}) for key in keys]


def _unknown(why: Unknown) -> list[Instance]:
    return [Instance(None, {"each": {"key": why, "value": why}, "count": {"index": why}}, why)]
