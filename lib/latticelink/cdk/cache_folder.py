"""Finds the folder of our caches, which nobody but us may have written to: Node.js runs what is in it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_folder(name: str) -> Path | None:
    """Return the folder for a cache below XDG_CACHE_HOME, else `~/.cache`; None where another could have been at it.

    Every folder on the way belongs to us or to root, and nobody else may write there. Our own two are made, with mode
    0700, and are no links.

    Args:
        name: what the cache is for, such as `node`.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
        if not home.is_absolute():
            return None
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home = home.resolve()
        folder = home / "latticelink" / name
        if all(map(_is_guarded, (home, *home.parents))) and all(map(_is_ours, (folder.parent, folder))):
            return folder
    except (OSError, RuntimeError):
        pass
    return None


def _is_guarded(folder: Path) -> bool:
    """Return whether only we and root can change what a folder's entries are; in a sticky one each has his own."""
    there = folder.stat()
    return _is_owner(there, 0) and not (there.st_mode & _OTHERS_WRITE and not there.st_mode & stat.S_ISVTX)


def _is_ours(folder: Path) -> bool:
    """Make a folder for us alone, or return whether it is one."""
    folder.mkdir(mode=0o700, exist_ok=True)
    there = folder.lstat()
    if not stat.S_ISDIR(there.st_mode) or not _is_owner(there) or there.st_mode & _OTHERS_WRITE:
        return False
    folder.chmod(0o700)
    return True


def _is_owner(there: os.stat_result, *others: int) -> bool:
    # Windows keeps each user's folders apart, and has no such number.
    return not hasattr(os, "geteuid") or there.st_uid in (os.geteuid(), *others)
