"""docs/changes.md has all cells of each row, and the tests that it names exist."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "changes.md").read_text()
TABLE = PAGE.partition("\n## ")[0]
ROWS = [line.strip("|").split(" | ") for line in TABLE.splitlines() if line.startswith("| ")][1:]
# What no engine shows: one release alone is at hand, and its logical ids and outputs are frozen.
WITHOUT_ENGINES = {"an upgrade of LatticeLink"}


@pytest.mark.parametrize("row", ROWS, ids=[row[0].strip() for row in ROWS])
def test_a_row_is_whole_and_what_it_names_exists(row: list[str]) -> None:
    assert len(row) == 6
    assert all(cell.strip() for cell in row)
    named = re.findall(r"`([\w/]+\.py)::(\w+)(?:\[[^\]]+\])?`", row[-1])
    assert any(file.startswith("engines/") for file, _ in named) != (row[0].strip() in WITHOUT_ENGINES)
    for file, name in named:
        text = (ROOT / "tests" / file).read_text()
        assert re.search(rf"^(def {name}\(|{name}\b)", text, re.M), f"{file} has no {name}"
    for case in re.findall(r"test_changes\.py::\w+\[([^\]]+)\]", row[-1]):
        assert f'"{case}"' in (ROOT / "tests" / "engines" / "test_changes.py").read_text()
