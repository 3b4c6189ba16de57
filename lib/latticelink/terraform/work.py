"""How much one input may ask for. It is counted, not timed: an input gets the same answer on every machine."""

from __future__ import annotations

from pathlib import Path

from latticelink.errors import UnreadableInput

MOST_STEPS = 6_000_000
"""Steps of about a microsecond; 5,000 links take nine tenths of them."""

MOST_MEMORY = 300_000_000
"""Bytes that the JSON of all files may take once it is loaded, by an estimate that is on the safe side."""


class _Work:
    """What is left for the input that was read last."""

    steps = MOST_STEPS
    memory = MOST_MEMORY


def begin() -> None:
    """Start to count anew, as another input is read."""
    _Work.steps, _Work.memory = MOST_STEPS, MOST_MEMORY


def spend(steps: int) -> None:
    """Count steps.

    Raises:
        UnreadableInput: if the input has asked for more than any input gets.
    """
    _Work.steps -= steps
    if _Work.steps < 0:
        raise UnreadableInput(
            f"The input is too large to be judged: it needs more than {MOST_STEPS:,} steps, and 5,000 links "
            "need fewer. Check its stacks one by one, or look for a value that grows unnecessarily."
        )


def hold(memory: int, file: Path) -> None:
    """Count bytes of memory that a file takes.

    Raises:
        UnreadableInput: if all files together take more than any input gets.
    """
    _Work.memory -= memory
    if _Work.memory < 0:
        raise UnreadableInput(
            f"{file} is too large: together with the files before it, it has more objects, lists and strings than "
            f"are read. "
            "Check its stacks one by one."
        )


def spent() -> tuple[int, int]:
    """Return how many steps and bytes were counted since `begin`."""
    return MOST_STEPS - _Work.steps, MOST_MEMORY - _Work.memory
