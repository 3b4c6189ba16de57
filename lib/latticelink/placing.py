"""Moves what a synth wrote into the output folder: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from latticelink.errors import LatticeLinkError

_KEPT = ".before"
_UNCHANGED = "Nothing was changed there."


def unwritable(target: Path, error: OSError, then: str = _UNCHANGED) -> LatticeLinkError:
    """Return what is said of a folder that can't be written to, and what is there now."""
    return LatticeLinkError(f"Can't write to {target}: {error.strerror or error}. {then}")


def refuse_links(target: Path) -> None:
    """Refuse an output folder in which a synth would write through a link, to wherever that leads.

    Raises:
        LatticeLinkError: if there is one.
    """
    for pattern in ("manifest.json", "stacks", "stacks/*", "stacks/*/cdk.tf.json", "stacks/*/assets"):
        for place in sorted(target.glob(pattern)):
            _refuse_link(place)


def _refuse_link(place: Path) -> None:
    if place.is_symlink():
        raise LatticeLinkError(
            f"{place} is a link, so what is written there would end up where the link leads. {_UNCHANGED} Remove it."
        )


def move_into_place(staging: Path, target: Path) -> None:
    """Move the new files over the old ones, the manifest last; what Terraform left in the folders stays.

    Args:
        staging: the folder that was written, on the same file system.
        target: the output folder.

    Raises:
        LatticeLinkError: if one of them can't be moved, with what is true of the folder then, or would go past a link.
    """
    files = [path.relative_to(staging) for path in staging.rglob("*") if path.is_file()]
    for file in files:
        for part in (file, *file.parents):
            if part != Path():
                _refuse_link(target / part)
    move = _Move(staging / _KEPT, target)
    try:
        (staging / _KEPT).mkdir()
        for file in sorted(files, key=lambda path: (path.name == "manifest.json", path)):
            move.put(staging / file, file)
    except BaseException as error:
        changed = [str(place) for place in move.take_back()]
        then = f"Changed there: {', '.join(changed)}. Run the synth again." if changed else _UNCHANGED
        if isinstance(error, OSError):
            raise unwritable(target, error, then) from error
        raise


class _Move:
    """The files that were moved so far, and what was in their places."""

    def __init__(self, kept: Path, target: Path) -> None:
        self.kept, self.target = kept, target
        self.done: list[tuple[Path, Path | None]] = []
        self.made: list[Path] = []

    def put(self, new: Path, file: Path) -> None:
        """Move a file to its place, and keep what is there."""
        place = self.target / file
        for folder in reversed((place.parent, *place.parent.parents)):
            if not folder.exists():
                folder.mkdir()
                self.made.append(folder)
        old = self.kept / str(len(self.done)) if place.exists() else None
        if place.is_dir():
            raise IsADirectoryError(0, f"{place} is a folder")
        self.done.append((place, old))
        if old is not None:
            place.replace(old)
        new.replace(place)

    def take_back(self) -> list[Path]:
        """Put everything back; return the places where that failed."""
        failed = list(self._restored())
        for folder in reversed(self.made):
            with suppress(OSError):
                folder.rmdir()
        return failed

    def _restored(self) -> Iterator[Path]:
        for place, old in reversed(self.done):
            try:
                if old is None:
                    place.unlink(missing_ok=True)
                elif old.exists():
                    old.replace(place)
            except OSError:
                yield place
