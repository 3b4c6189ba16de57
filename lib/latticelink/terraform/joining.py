"""How several inputs belong together: which state is of which stack, and which input nothing joins to the others."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from latticelink.terraform.configuration import StackConfiguration
from latticelink.terraform.known import Reference, leaves
from latticelink.terraform.raw import RawStack
from latticelink.terraform.remote_state import place_of_state
from latticelink.values.arns import read_arn

_ID = re.compile(r"[a-z][a-z0-9]*-(?:[0-9a-f]{17}|[0-9a-f]{8})")


def applied(stacks: Sequence[StackConfiguration]) -> dict[StackConfiguration, StackConfiguration]:
    """Return for each state the stack of another input that it is the state of.

    That is the one that keeps its state there; or the one of the same name, if both have a resource in common.
    """
    found = {}
    configured = [stack for stack in stacks if not stack.raw.is_state]
    for state in (stack for stack in stacks if stack.raw.is_state and stack.raw.blocks):
        others = [stack for stack in configured if stack.raw.input != state.raw.input]
        place = place_of_state(state)
        same = [stack for stack in others if place is not None and place_of_state(stack) == place]
        same = same or [each for each in others if each.name == state.name and _managed(each.raw) & _managed(state.raw)]
        if len(same) == 1:
            found[state] = same[0]
    return found


def _managed(raw: RawStack) -> set[tuple[str, str, str]]:
    """Return mode, type and name of the resources, those in modules too, whichever instance of one they are in."""
    return {
        (block.mode, block.type, block.name)
        for each in raw.with_modules()
        for block in each.blocks
        if block.mode == "resource"
    }


def tell_apart(stacks: Sequence[StackConfiguration]) -> None:
    """Put the input before the names that stacks of several inputs have in common."""
    inputs: dict[str, set[str]] = defaultdict(set)
    for stack in stacks:
        inputs[stack.name].add(stack.raw.input)
    for stack in stacks:
        if len(inputs[stack.name]) > 1:
            stack.name = f"{stack.raw.input}/{stack.name}"


def unjoined(stacks: Sequence[StackConfiguration]) -> list[str]:
    """Return the inputs that have nothing to do with the others: no state that is read, no id in common."""
    inputs = list(dict.fromkeys(stack.raw.input for stack in stacks))
    if len(inputs) < 2:
        return []
    marks: dict[str, set[object]] = defaultdict(set)
    for stack in stacks:
        marks[stack.raw.input] |= _marks(stack)
    times = Counter(mark for found in marks.values() for mark in found)
    return [each for each in inputs if not any(times[mark] > 1 for mark in marks[each])]


def not_joined(name: str) -> str:
    """Return the sentence about an input that nothing joins to the others."""
    return (
        f"Nothing joins {name} to the other inputs: no state that one of them reads, and no id or ARN that both have. "
        f"If it is the stack NAME whose state another reads, say so: --as NAME={name}"
    )


def _marks(stack: StackConfiguration) -> set[object]:
    """Return what is the same in two inputs that belong together: ids and ARNs, and stacks whose state is read."""
    found: set[object] = {stack.name}
    for block in stack.blocks:
        if block.type == "terraform_remote_state" and isinstance(read := stack.read_by(block), StackConfiguration):
            found.add(read.name)
    for text in (text for raw in stack.raw.with_modules() for text in _texts(raw)):
        if isinstance(text, Reference):
            found.add(text.block.stack)
        elif isinstance(text, str) and (_ID.fullmatch(text) or read_arn(text)):
            found.add(text)
    return found


def _texts(raw: RawStack) -> Iterator[Any]:
    for part in (raw.locals, raw.values, raw.variables, raw.outputs):
        yield from leaves(part)
    for block in raw.blocks:
        yield from leaves(block.body)
        yield from leaves(block.told)
