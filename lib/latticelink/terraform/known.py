"""What can be known of a value before apply: the value itself, whose attribute it is, or why neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from latticelink.terraform.blocks import Block
from latticelink.terraform.work import spend

PLAN = "Check a plan: terraform plan -out=plan, then terraform show -json plan > plan.json."

# Lists of lists of the same list grow beyond all bounds in a few lines.
MOST_PARTS = 1_000_000
MOST_SHOWN = 100_000
_NESTED = (dict, list)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that can't be determined.

    Args:
        reason: why not, as a clause such as `variable "port" has no default`.
        settle: what would settle it, as a sentence.
    """

    reason: str
    settle: str = PLAN

    def keeps(self, what: str) -> Unknown:
        """Return that `what`, such as `the target`, isn't known for this reason."""
        return Unknown(f"{what} isn't known: {self.reason}", self.settle)


@dataclass(frozen=True, slots=True)
class Reference:
    """An attribute known only after apply: what it is isn't known, but whose it is; equal ones are the same value.

    Args:
        block: the resource or data source.
        attribute: the attribute, such as `id`, or a path in it; empty for the whole block.
    """

    block: Block
    attribute: str

    def __str__(self) -> str:
        """Return the reference as Terraform writes it: `aws_vpc.main.id`."""
        return f"{self.block.address}.{self.attribute}"


@dataclass(frozen=True, slots=True)
class PartlyKnown(Unknown):
    """A text of which some parts are references, such as `${aws_instance.web.private_ip}/32`."""

    parts: tuple[str | Reference, ...] = ()


class Absent:
    """The type of `ABSENT`: the argument isn't there, or is null."""

    def __repr__(self) -> str:
        """Return the name."""
        return "ABSENT"

    def __bool__(self) -> bool:
        """Return False, so that `value or default` reads well."""
        return False


ABSENT = Absent()


class RefusedByTerraform(Exception):
    """Terraform would stop here: there is no such key or index, or the types don't fit. `try` and `can` catch it."""


def boolean(value: Any) -> bool | None:
    """Return what Terraform makes of a value where a boolean belongs; None for what is none, such as ABSENT.

    Source: https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion
    """
    if isinstance(value, bool):
        return value
    return _BOOLEANS.get(value) if isinstance(value, str) else None


_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def first_unknown(value: Any) -> Unknown | None:
    """Return the first Unknown in the value, however deep; references don't count."""
    return next((part for part in leaves(value) if isinstance(part, Unknown)), None)


def leaves(value: Any) -> Iterable[Any]:
    """Return everything in the value that is neither a list nor a map; of one that is huge an Unknown for the rest."""
    return _leaves_of(value) if isinstance(value, _NESTED) else (value,)


def _leaves_of(value: Any) -> Iterator[Any]:
    todo = [value]
    count = 0
    while todo:
        part = todo.pop()
        count += 1
        if not count % 64:
            spend(16)
        if count > MOST_PARTS:
            yield Unknown(f"it has more than {MOST_PARTS:,} parts")
            return
        if isinstance(part, dict):
            todo.extend(reversed(part.values()))
        elif isinstance(part, list):
            todo.extend(reversed(part))
        else:
            yield part


def bounded(value: Any) -> Any:
    """Return the value, or an Unknown for one that is too large to be shown: its parts may be the same list often."""
    if not isinstance(value, list | dict):
        return value
    for count, _ in enumerate(leaves(value)):
        if count > MOST_SHOWN:
            return Unknown(f"it has more than {MOST_SHOWN:,} parts")
    return value


def after_apply(reference: Reference) -> Unknown:
    """Return why the value of the reference isn't known."""
    return Unknown(f"{reference} is known only after apply")


def unknown_of(value: Any) -> Unknown | None:
    """Return why a value isn't known, if it is none that stands here: an Unknown itself, or a Reference."""
    return value if isinstance(value, Unknown) else after_apply(value) if isinstance(value, Reference) else None


def as_list(value: Any) -> list[Any]:
    """Return the items of a list; a value that is not a list is the one item, and what is absent is none."""
    return value if isinstance(value, list) else [] if value is ABSENT else [value]
