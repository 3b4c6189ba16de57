"""docs/changes.md has all cells of each row, and the tests that it names exist."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "changes.md").read_text()
ROWS = [line.strip("|").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("row", ROWS, ids=[row[0].strip() for row in ROWS])
def test_a_row_is_whole_and_what_it_names_exists(row: list[str]) -> None:
    assert len(row) == 6
    assert all(cell.strip() for cell in row)
    for file, name in re.findall(r"`([\w/]+\.py)::(\w+)(?:\[[^\]]+\])?`", row[-1]):
        text = (ROOT / "tests" / file).read_text()
        assert re.search(rf"^(def {name}\(|{name}\b)", text, re.M), f"{file} has no {name}"
    for case in re.findall(r"test_changes\.py::\w+\[([^\]]+)\]", row[-1]):
        assert f'"{case}"' in (ROOT / "tests" / "engines" / "test_changes.py").read_text()
