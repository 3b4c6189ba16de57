"""What a command is to read: paths, each perhaps with the name by which others read its state."""

from __future__ import annotations

import os.path
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from latticelink.errors import UnreadableInput

STANDARD_INPUT = Path("-")


@dataclass(frozen=True)
class Input:
    """One thing to read.

    Args:
        path: a folder, a file, a pipe, or `-` for the standard input.
        name: the stack that it is, for those that read its state; empty if its backend tells.
    """

    path: Path
    name: str = ""


Inputs: TypeAlias = Path | Sequence[Input]


def distinct(inputs: Inputs) -> list[Input]:
    """Return the inputs, each once.

    Raises:
        UnreadableInput: if two have one name, or one has two.
    """
    given = [Input(inputs)] if isinstance(inputs, Path) else list(inputs)
    by_place: dict[str, Input] = {}
    named: dict[str, Input] = {}
    for each in given:
        place = "-" if each.path == STANDARD_INPUT else os.path.normpath(each.path.absolute())
        other = by_place.get(place, each)
        if other.name and each.name and other.name != each.name:
            raise UnreadableInput(f"{each.path} is given two names: {other.name} and {each.name}. Give it one.")
        by_place[place] = each if each.name else other
        if each.name and named.setdefault(each.name, each).path != each.path:
            raise UnreadableInput(
                f"{each.name} is the name of two inputs: {named[each.name].path} and {each.path}. Give it to one."
            )
    return list(by_place.values())


def parse_named(texts: Iterable[str]) -> list[Input]:
    """Return the inputs that are written as NAME=FILE.

    Raises:
        UnreadableInput: if one is written otherwise.
    """
    found = []
    for text in texts:
        name, equals, path = text.partition("=")
        if not (name.strip() and equals and path):
            raise UnreadableInput(f"--as takes NAME=FILE, such as producer=producer.tfstate, not {text!r}.")
        found.append(Input(Path(path), name.strip()))
    return found
