"""Golden files: texts that a test expects as they were written before, and that an option of pytest rewrites."""

from __future__ import annotations

import difflib
from itertools import islice
from pathlib import Path

OPTION = "--update-golden"
_MOST_LINES = 60


class Golden:
    """What the fixture `golden` gives: it compares a text with a file in the folder `golden` beside the test.

    Args:
        folder: where the files are.
        update: whether the files are rewritten.
    """

    def __init__(self, folder: Path, *, update: bool) -> None:
        self._folder = folder
        self._update = update

    def __call__(self, name: str, text: str) -> None:
        """Compare a text with a golden file, or write it there if pytest runs with `--update-golden`.

        Args:
            name: the file's name, such as `producer.txt`.
            text: the text.

        Raises:
            AssertionError: if they differ, with the difference, or if there is no such file.
            InvalidInput: for what is no name of a file, and no text.
        """
        __tracebackhide__ = True
        if not isinstance(name, str) or not isinstance(text, str) or not name or "\0" in name or len(name) > 255:
            raise _refused(name, text)
        file = self._folder / name
        if self._update:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
            return
        if not file.is_file():
            raise AssertionError(f"There is no golden file {file} yet. Run pytest with {OPTION} to write it.")
        with file.open(encoding="utf-8", newline="") as opened:
            expected = opened.read()
        if text != expected:
            told = "\n".join(_difference(expected, text))
            raise AssertionError(
                f"This differs from the golden file {file}. If that is intended, run pytest with {OPTION} and read "
                f"the difference before committing it.\n{told}"
            )


def _refused(name: object, text: object) -> Exception:
    # Here, as pytest loads this in runs too that test nothing of LatticeLink.
    from latticelink.errors import InvalidInput, Report

    report = Report("golden")
    if not isinstance(text, str):
        report.refuse(
            "text", text, rule="A golden file holds a string.", fix="Write str(...) or json.dumps(...) around it."
        )
    else:
        report.refuse("name", name, rule="This is the name of a file, 1 to 255 characters.", fix="Write 'ids.txt'.")
    return InvalidInput(report.findings)


def _difference(expected: str, text: str) -> list[str]:
    one, other = expected.splitlines(), text.splitlines()
    lines = list(islice(difflib.unified_diff(one, other, "golden", "now", lineterm=""), _MOST_LINES + 1))
    return [*lines[:_MOST_LINES], "..."] if len(lines) > _MOST_LINES else lines or ["The line endings differ."]
