"""Tells of several inputs in sentences what nothing joins to the others, and where a stack and its state differ."""

from __future__ import annotations

from collections.abc import Iterator

from latticelink.disclosure import line
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.differences import Difference, differences
from latticelink.terraform.joining import not_joined, unjoined


def sentences(configuration: Configuration) -> Iterator[str]:
    """Yield what there is to say, each in one line; nothing of one input."""
    for stranger in unjoined(configuration.stacks):
        yield line(not_joined(stranger))
    for state, stack in configuration.applied.items():
        for each in differences(stack, state):
            yield line(f"Stack {stack.name} and its state {state.raw.input} differ: {_told(each)}.")


def _told(difference: Difference) -> str:
    if not difference.argument:
        written, applied = (f"is {each}" for each in (difference.configured, difference.applied))
        return f"{difference.address} {written} in the configuration and {applied} in the state"
    where = f"{difference.argument} of {difference.address}"
    return f"{where} is {difference.configured} in the configuration and {difference.applied} in the state"
