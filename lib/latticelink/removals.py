"""Says what the next apply would take away from consumers, from the JSON of two synths: the one before and this one.

AWS deletes no resource configuration or service network that is in use, and Terraform's plan doesn't know who uses it.
What can be taken away at once, such as a port, cuts whoever uses it. This says both, with the order that works.

Source: https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_DeleteResourceConfiguration.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from latticelink.replacements import PAGE, Blocks, Replacement, name_of
from latticelink.terraform.known import as_list
from latticelink.values.types import CONFIGURATION, DEFINITION, NETWORK, NETWORK_RESOURCE


@dataclass(frozen=True)
class Removal:
    """Something that consumers may use, and that goes.

    Attributes:
        stack: the id of its stack.
        address: its Terraform address; empty for a stack.
        what: what goes, in words.
        then: what follows, and what to do first, as sentences.
    """

    stack: str
    address: str
    what: str
    then: str


_IN_USE = (
    "While an endpoint or a service network uses it, AWS refuses to delete it, and no connection is cut. Remove it "
    "from the consumers, apply them, then apply here."
)
_RENAMED = (
    "To rename it, share it under both names, apply, let the consumers read the new one, apply them, and then remove "
    "the old one."
)


def find_removals(before: Blocks, after: Blocks, replacements: Sequence[Replacement]) -> list[Removal]:
    """Return what goes between two synths; what is replaced is told by `replacements` already."""
    told = {(each.stack, each.address) for each in replacements}
    told_names = {(each.stack, name) for each in replacements for name in each.configurations}
    found = []
    for stack in sorted(before):
        if stack not in after:
            if any(address.startswith((CONFIGURATION, NETWORK)) for address in before[stack]):
                found.append(_of_stack(stack))
            continue
        for removal in _in_stack(stack, before[stack], after[stack]):
            named = (stack, name_of(before[stack][removal.address]))
            if (stack, removal.address) not in told and named not in told_names:
                found.append(removal)
    return found


def describe_removals(removals: Sequence[Removal], since: str = "since the last synth") -> str:
    """Return the warning for a person: what goes `since` what it was compared with, and in which order that works."""
    lines = [f"Warning: {since}, the following is removed, and consumers may still use it:"]
    for removal in removals:
        place = f"{removal.stack}: {removal.address}" if removal.address else removal.stack
        lines += ["", f"  {removal.what} ({place})", f"    {removal.then}"]
    return "\n".join([*lines, "", f"Each change with its commands: {PAGE}.", ""])


def _of_stack(stack: str) -> Removal:
    return Removal(
        stack,
        "",
        "a stack with shared resources is no longer part of the app",
        "That alone destroys nothing. To retire it, remove its resources from the consumers, apply them, then run "
        "`terraform destroy` in its folder, which is still there.",
    )


def _in_stack(stack: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Removal]:
    for address, old in before.items():
        kind, new = address.partition(".")[0], after.get(address)
        if kind == CONFIGURATION and new is None:
            twin = any(each not in before and _same(old, other) for each, other in after.items())
            then = _RENAMED if twin else _IN_USE
            yield Removal(stack, address, f"resource configuration {name_of(old)!r}", then)
        elif kind == NETWORK and new is None:
            yield Removal(stack, address, f"service network {name_of(old)!r}", _IN_USE)
        elif kind == NETWORK_RESOURCE and new is None:
            then = "Clients that reach it through the service network are cut off as soon as this is applied."
            yield Removal(stack, address, f"a resource of a service network, {name_of(old)!r}", then)
        elif kind == CONFIGURATION and new is not None and (gone := _ports(old) - _ports(new)):
            listed = ", ".join(sorted(gone))
            then = "Connections to it are cut as soon as this is applied."
            what = f"{'ports' if len(gone) > 1 else 'port'} {listed} of resource configuration {name_of(old)!r}"
            yield Removal(stack, address, what, then)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two blocks are of one target behind one gateway."""
    parts = (DEFINITION, "resource_gateway_identifier", "type")
    return DEFINITION in one and all(one.get(part) == other.get(part) for part in parts)


def _ports(configuration: Mapping[str, Any]) -> set[str]:
    return {str(each) for each in as_list(configuration.get("port_ranges") or [])}
