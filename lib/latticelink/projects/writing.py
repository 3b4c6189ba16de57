"""Writes files into a folder: all of them or none, and over nothing that is there."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path


def obstacles(folder: Path, files: Iterable[str]) -> list[str]:
    """Return why files can't be written, a sentence each: what is there already, and what is not a folder.

    Args:
        folder: where they go.
        files: their paths in it, with slashes.

    Raises:
        OSError: if that can't be looked at.
    """
    above = next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)
    if not above.is_dir():
        return [f"{above} is not a folder."]
    there, no_folders = [], set()
    for name in files:
        inner = [folder / each for each in list(Path(name).parents)[:-1]]
        # A link may lead out of the folder, where nothing is to be written.
        no_folders |= {each for each in inner if os.path.lexists(each) and (each.is_symlink() or not each.is_dir())}
        if os.path.lexists(folder / name):
            there.append(name)
    found = [f"{each.relative_to(folder).as_posix()} in {folder} is not a folder." for each in sorted(no_folders)]
    if there:
        are = "is" if len(there) == 1 else "are"
        found.append(f"{', '.join(there)} {are} in {folder} already, and nothing is overwritten.")
    return found


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files into a folder, which is made; if one can't be, none is left, nor a folder that was made for it.

    Args:
        folder: where they go.
        files: the text of each, by its path in the folder, with slashes.

    Raises:
        OSError: if that can't be done; FileExistsError if a file is there already.
    """
    made: list[Path] = []
    try:
        for name, text in files.items():
            _make(folder, made)
            for parent in reversed(list(Path(name).parents)[:-1]):
                _make(folder / parent, made)
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                made.append(folder / name)
                file.write(text)
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _make(folder: Path, made: list[Path]) -> None:
    missing = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
    for each in reversed(missing):
        each.mkdir()
        made.append(each)
