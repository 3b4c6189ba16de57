"""In plans and states ids and names that AWS gives are known: those of what was read become references again.

So the sides of plans and states meet as they do in a folder, by whose attribute a value is, and across stacks too; ids
that are written in a folder meet them as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from latticelink.terraform.configuration import StackConfiguration
from latticelink.terraform.known import Reference
from latticelink.terraform.plan_references import Target, is_identity
from latticelink.terraform.raw import RawBlock

_TAKES = re.compile(r"(.*_)?(ids?|identifiers?|arns?|security_groups|subnets|domain_name|records)")


def refer_by_identity(stacks: Sequence[StackConfiguration]) -> None:
    """Put references in the place of the ids, ARNs and names of resources that plans and states have."""
    owners = _owners([stack for stack in stacks if stack.raw.is_unfolded])
    if not owners:
        return
    # What was read comes first, as expressions that say how many there are of others may ask it.
    for raw in sorted(
        (raw for stack in stacks for each in stack.raw.with_modules() for raw in each.blocks),
        key=lambda raw: raw.mode != "data",
    ):
        for name, value in raw.body.items():
            raw.body[name] = _referred(name, value, owners)
        for name, value in raw.told.items():
            if isinstance(value, list):  # blocks, such as rules that nobody wrote
                raw.told[name] = _referred(name, value, owners)
    for stack in stacks:
        for raw in stack.raw.blocks if stack.raw.is_state else ():
            if raw.written is not None:
                raw.written.update({name: _template(value, stack) for name, value in raw.body.items()})
        for name, output in stack.raw.outputs.items() if stack.raw.is_state else ():
            output["value"] = _referred(name, output["value"], owners)


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
    names: dict[str, _Owner] = {}
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
        if stack.raw.is_state:
            for raw in stack.raw.blocks:
                for attribute, value in [*raw.told.items(), *raw.body.items()]:
                    for text in _names_in(value):
                        names.setdefault(text, _Owner(stack, raw, attribute))
    return {**names, **{text: found[0] for text, found in others.items() if len(found) == 1}, **first}


def _names_in(value: Any) -> Iterator[str]:
    """Yield the DNS names in nested blocks, such as those of an endpoint."""
    for block in value if isinstance(value, list) else ():
        for key, inside in block.items() if isinstance(block, dict) else ():
            if key == "dns_name" and isinstance(inside, str) and inside:
                yield inside
            else:
                yield from _names_in(inside)


def _template(value: Any, stack: StackConfiguration) -> Any:
    """Return a value as it could be written in its stack: what others have is no reference there."""
    if isinstance(value, Reference):
        block = value.block
        target = Target(*block.key, block.instance.index, value.attribute)
        return target.template if block.home is stack else ""
    if isinstance(value, list):
        return [_template(item, stack) for item in value]
    if isinstance(value, dict):
        return {key: _template(item, stack) for key, item in value.items()}
    return value


def _referred(name: str, value: Any, owners: dict[str, _Owner]) -> Any:
    if isinstance(value, str):
        owner = owners.get(value) if _TAKES.fullmatch(name) else None
        return value if owner is None else owner.reference()
    if isinstance(value, list):
        return [_referred(name, item, owners) for item in value]
    if isinstance(value, dict):
        # The target of an alias record is called `name`.
        return {key: _referred("records" if name == "alias" else str(key), item, owners) for key, item in value.items()}
    return value
