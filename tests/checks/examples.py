"""Writes a check's example into a folder, and judges it; makes the tests of tables of such examples."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from latticelink.checks import suppressions
from latticelink.checks.catalogue import CHECKS
from latticelink.checks.examination import Examination, judge
from latticelink.checks.findings import Judgement
from latticelink.network.reading import read
from latticelink.paths.hops import Answer

import pytest

FAIL, PASS, UNKNOWN = Answer.FAIL, Answer.PASS, Answer.UNKNOWN
BY_ID = {check.id: check for check in CHECKS}

# What is so, the check that is asked, the example, and what it answers of the places that it judges.
Row = tuple[str, str, str, list[Answer]]


def write(folder: Path, example: str) -> Path:
    """Write an example: the Terraform JSON of one stack, or of several, each under the name of its file."""
    content = json.loads(example)
    files = content if any(name.endswith(".json") for name in content) else {"main.tf.json": content}
    for name, part in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(part, indent=2))
    return folder


def examined(folder: Path, example: str) -> Examination:
    configuration = read(write(folder, example))
    return judge(configuration, suppressions.in_configuration(configuration))


def judgements(folder: Path, example: str, check: str) -> list[Judgement]:
    """Return what a check says of an example by itself, whatever the others say."""
    return list(BY_ID[check].judge(read(write(folder, example))))


def test_of(table: Sequence[Row]) -> Callable[..., None]:
    """Return the test that holds for each row of a table."""

    @pytest.mark.parametrize(("sentence", "check", "example", "expected"), table, ids=[row[0] for row in table])
    def test(tmp_path: Path, sentence: str, check: str, example: str, expected: list[Answer]) -> None:
        found = judgements(tmp_path, example, check)
        assert [each.answer for each in found] == expected, f"{sentence}: {[each.message for each in found]}"

    return test


test_of.__test__ = False  # type: ignore[attr-defined]  # a maker of tests, none itself
