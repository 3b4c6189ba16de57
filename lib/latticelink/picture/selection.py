"""Chooses the paths to draw."""

from __future__ import annotations

from dataclasses import replace

from latticelink.errors import UnreadableInput
from latticelink.paths.outline import Outline, Way


class NoSuchStack(UnreadableInput):
    """There is no stack of this name in the input."""


def of_stack(outline: Outline, name: str) -> Outline:
    """Return an outline with those paths only that start or end in a stack.

    Raises:
        NoSuchStack: if there is no such stack; it says which there are.
    """
    if name not in outline.stacks:
        have = ", ".join(outline.stacks) or "none"
        raise NoSuchStack(f"There is no stack {name!r} in the input; the stacks are: {have}.")
    return replace(outline, ways=[way for way in outline.ways if name in _stacks_of(outline, way)])


def _stacks_of(outline: Outline, way: Way) -> set[str]:
    found = set()
    if way.endpoint is not None:
        found.add(outline.endpoints[way.endpoint].stack)
    if way.resource_configuration is not None:
        found.add(outline.resource_configurations[way.resource_configuration].stack)
    return found
