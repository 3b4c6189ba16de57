"""Loads one file of Terraform's JSON, within bounds."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from latticelink.errors import UnreadableInput as UnreadableInput
from latticelink.terraform.inputs import STANDARD_INPUT
from latticelink.terraform.secrets import note_content
from latticelink.terraform.work import hold

LARGEST = 32 * 1024 * 1024
_SPLIT = "Check its stacks one by one."
_DEEPEST = 100
_NESTED = (dict, list)


def load(file: Path, *, named: bool = False) -> Any:
    """Return what the file holds; a name that comes twice in an object stands for a list of both.

    Args:
        file: the file; `-` is the standard input if it is `named`.
        named: whether the user named it, so that a pipe is read as well.

    Raises:
        UnreadableInput: if it is not JSON, nested too deeply, or too large.
    """
    text = read_text(file, named=named)
    hold(_memory(text), file)
    try:
        content = json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        raise UnreadableInput(f"{file} is nested too deeply to be Terraform's.") from None
    except ValueError as error:
        raise UnreadableInput(f"{file} is not JSON: {error}.") from None
    if _is_deeper(content, _DEEPEST):
        raise UnreadableInput(f"{file} is nested too deeply to be Terraform's.")
    note_content(content)
    return content


def read_text(file: Path, *, named: bool = False) -> str:
    """Return the text of a file, as `load` reads it.

    Raises:
        UnreadableInput: if it is no file, is too large, or isn't UTF-8.
    """
    if named and file == STANDARD_INPUT:
        content = sys.stdin.buffer.read(LARGEST + 1)
    else:
        if not named and not is_regular(file):
            raise UnreadableInput(f"{file} is not a file.")
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UnreadableInput(f"{file} is too large: no more than {LARGEST:,} bytes are read. {_SPLIT}")
    try:
        return content.decode("utf-8-sig")
    except ValueError as error:
        raise UnreadableInput(f"{file} is not JSON: {error}.") from None


def is_regular(file: Path) -> bool:
    """Return whether there is such a file; a folder is none.

    Raises:
        UnreadableInput: if it is a pipe, a socket or a device, of which nobody knows when it ends.
    """
    if not file.exists() or file.is_dir():
        return False
    if not file.is_file():
        raise UnreadableInput(f"{file} is not a file.")
    return True


def _memory(text: str) -> int:
    """Return about how many bytes of memory JSON takes once it is loaded, at most."""
    per_sign = {"{": 250, "[": 90, ",": 100, '"': 30, "${": 1000}
    return sys.getsizeof(text) + sum(text.count(sign) * each for sign, each in per_sign.items())


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; a name that comes twice stands for two blocks, as in Terraform."""
    made = dict(pairs)
    if len(made) < len(pairs):
        several: dict[str, list[Any]] = {}
        for key, value in pairs:
            several.setdefault(key, []).extend(value if isinstance(value, list) else [value])
        times = Counter(key for key, _ in pairs)
        made = {key: several[key] if times[key] > 1 else made[key] for key in made}
    return made


def _is_deeper(content: Any, most: int) -> bool:
    level = [content] if isinstance(content, _NESTED) else []
    for _ in range(most):
        level = [
            item
            for part in level
            for item in (part.values() if isinstance(part, dict) else part)
            if isinstance(item, _NESTED)
        ]
        if not level:
            return False
    return True
