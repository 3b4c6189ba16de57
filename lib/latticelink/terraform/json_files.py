"""Loads one file of Terraform's JSON, within bounds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.errors import LatticeLinkError

LARGEST = 64 * 1024 * 1024
_DEEPEST = 100


class UnreadableInput(LatticeLinkError):
    """What was given can't be judged: it is malformed, no Terraform, too large, or refers to itself in a loop."""


def load(file: Path) -> Any:
    """Return what the file holds; a name that comes twice in an object stands for a list of both.

    Raises:
        UnreadableInput: if it is no JSON, nested too deeply, or too large.
    """
    if file.exists() and not file.is_file():
        raise UnreadableInput(f"{file} is no file.")
    if (size := file.stat().st_size) > LARGEST:
        raise UnreadableInput(
            f"{file} has {size:,} bytes, and no more than {LARGEST:,} are read. Check its stacks one by one."
        )
    try:
        content = json.loads(file.read_bytes().decode("utf-8-sig"), object_pairs_hook=_object)
    except RecursionError:
        raise UnreadableInput(f"{file} is nested too deeply to be Terraform's.") from None
    except ValueError as error:
        raise UnreadableInput(f"{file} is no JSON: {error}.") from None
    if _is_deeper(content, _DEEPEST):
        raise UnreadableInput(f"{file} is nested too deeply to be Terraform's.")
    return content


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; a name that comes twice stands for two blocks, as in Terraform."""
    made = dict(pairs)
    if len(made) < len(pairs):
        several: dict[str, list[Any]] = {}
        for key, value in pairs:
            several.setdefault(key, []).extend(value if isinstance(value, list) else [value])
        made = {key: several[key] if sum(name == key for name, _ in pairs) > 1 else made[key] for key in made}
    return made


def _is_deeper(content: Any, most: int) -> bool:
    level = [content]
    for _ in range(most):
        level = [
            item
            for part in level
            if isinstance(part, dict | list)
            for item in (part.values() if isinstance(part, dict) else part)
            if isinstance(item, dict | list)
        ]
        if not level:
            return False
    return True
