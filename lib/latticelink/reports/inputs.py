"""What is said of several inputs: which nothing joins to the others, and where a stack and its state differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from latticelink.terraform.configuration import Configuration
from latticelink.terraform.differences import Difference, differences
from latticelink.terraform.joining import not_joined, unjoined

_HEADINGS = ("resource", "argument", "written", "applied")


def input_lines(configuration: Configuration) -> Iterator[str]:
    """Yield what there is to say, each part with an empty line behind it; nothing of one input."""
    if strangers := unjoined(configuration.stacks):
        yield f"Not joined ({len(strangers)}):"
        yield from (f"  {sentence}" for sentence in map(not_joined, strangers))
        yield ""
    for state, stack in configuration.applied.items():
        found = list(differences(stack, state))
        if found:
            yield f"Stack {stack.name} and its state {state.raw.input} differ ({len(found)}):"
            yield from (f"  {line}" for line in _table(found))
        else:
            yield f"Stack {stack.name} and its state {state.raw.input} don't differ, as far as is known before apply."
        yield ""


def _table(found: Sequence[Difference]) -> Iterator[str]:
    rows = [_HEADINGS, *((each.address, each.argument, each.configured, each.applied) for each in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def as_dict(configuration: Configuration) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "unjoined": unjoined(configuration.stacks),
        "differences": [
            {**asdict(each), "state": state.raw.input}
            for state, stack in configuration.applied.items()
            for each in differences(stack, state)
        ],
    }
