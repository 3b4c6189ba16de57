"""In plans of what is applied ids and names that AWS gives are known: those of what was read become references again.

So the sides of plans meet as they do in a folder, by whose attribute a value is, and across stacks too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from latticelink.terraform.configuration import StackConfiguration
from latticelink.terraform.known import Reference
from latticelink.terraform.plan_references import is_identity
from latticelink.terraform.raw import RawBlock

_TAKES = re.compile(r"(.*_)?(ids?|identifiers?|arns?|security_groups|subnets|domain_name|records)")


def refer_by_identity(stacks: Sequence[StackConfiguration]) -> None:
    """Put references in the place of the ids, ARNs and names of resources that plans have."""
    plans = [stack for stack in stacks if stack.raw.plan is not None]
    owners = _owners(plans)
    # What was read comes first, as expressions that say how many there are of others may ask it.
    for raw in sorted((raw for stack in plans for raw in stack.raw.blocks), key=lambda raw: raw.mode != "data"):
        for name, value in raw.body.items():
            raw.body[name] = _referred(name, value, owners)


@dataclass(frozen=True)
class _Owner:
    """An attribute of a resource in a plan."""

    stack: StackConfiguration
    resource: RawBlock
    attribute: str

    def reference(self) -> Reference:
        made = self.stack.made(self.resource.key)
        return Reference(next(each for each in made if each.address == self.resource.address), self.attribute)


def _owners(stacks: Sequence[StackConfiguration]) -> dict[str, _Owner]:
    """Return whose attribute each text is; ids and ARNs first, of the others those that only one resource has."""
    first: dict[str, _Owner] = {}
    others: dict[str, list[_Owner]] = {}
    for stack in stacks:
        for raw in stack.raw.blocks:
            written = {value for value in raw.body.values() if isinstance(value, str)}
            for attribute, value in raw.told.items() if raw.mode == "resource" else ():
                if not isinstance(value, str) or not value or value in written or not is_identity(attribute):
                    continue
                owner = _Owner(stack, raw, attribute)
                if attribute in ("id", "arn"):
                    first.setdefault(value, owner)
                else:
                    others.setdefault(value, []).append(owner)
    return {**{text: found[0] for text, found in others.items() if len(found) == 1}, **first}


def _referred(name: str, value: Any, owners: dict[str, _Owner]) -> Any:
    if isinstance(value, str):
        owner = owners.get(value) if _TAKES.fullmatch(name) else None
        return value if owner is None else owner.reference()
    if isinstance(value, list):
        return [_referred(name, item, owners) for item in value]
    if isinstance(value, dict):
        return {key: _referred(str(key), item, owners) for key, item in value.items()}
    return value
