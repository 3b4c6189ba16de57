"""docs/refusals.md has no empty cell, and what it names exists."""

from __future__ import annotations

import json
import re
from collections import Counter

from latticelink.checks.catalogue import CHECKS

import pytest

from tests.conftest import ROOT
from tests.emulator.protocol import model
from tests.refusals import HANDLINGS, PAGE, READS, Row, actions, rows

IDS = [f"{row.names[0]} {row.codes[0]}, {row.when}" for row in rows()]
DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")


@pytest.mark.parametrize("row", rows(), ids=IDS)
def test_a_row_has_all_its_cells(row: Row) -> None:
    assert all((row.when, row.shown_by, row.known_from))
    assert set(row.names) <= actions()
    assert row.handling in HANDLINGS
    assert re.match(r"(model|page|reports|inference)\b", row.known_from)


@pytest.mark.parametrize("row", rows(), ids=IDS)
def test_what_a_row_names_exists(row: Row) -> None:
    assert set(row.checks) <= {check.id for check in CHECKS}
    for file, function, case in row.tests:
        text = (ROOT / "tests" / file).read_text()
        assert f"\ndef {function}(" in text
        assert not case or f'"{case}"' in text
    if row.handling in ("prevented", "stopped at plan"):
        assert row.tests
    if row.handling == "found":
        assert row.checks


def test_no_row_is_there_twice() -> None:
    found = Counter((name, code, row.when) for row in rows() for name, code in row.refusals)
    assert [which for which, times in found.items() if times > 1] == []


@pytest.mark.parametrize("name", sorted(actions()))
def test_every_code_that_awss_model_lists_for_an_action_has_a_row(name: str) -> None:
    service, _, action = name.partition(":")
    listed = {shape.name for shape in model(service).operation_model(action).error_shapes}
    assert listed <= {code for row in rows() for refused, code in row.refusals if refused == name}
    assert not action.startswith(READS)


def test_the_counts_on_the_page_are_those_of_its_rows() -> None:
    counted = Counter(row.handling for row in rows())
    refusals = len(set().union(*(row.refusals for row in rows())))
    said = ", ".join(f"{counted[handling]} {handling}" for handling in HANDLINGS)
    assert f"{len(actions())} actions, {refusals} codes of actions in {len(rows())} rows: {said}." in PAGE.read_text()


@pytest.mark.parametrize("stack", ["consumer", "producer"])
def test_descriptions_of_groups_and_rules_have_the_characters_that_aws_takes(stack: str) -> None:
    resources = json.loads((ROOT / "tests" / "golden" / f"{stack}.tf.json").read_text())["resource"]
    kinds = [kind for kind in resources if "security_group" in kind]
    said = [one["description"] for kind in kinds for one in resources[kind].values()]
    assert len(said) > 3
    assert [text for text in said if not DESCRIPTION.fullmatch(text)] == []
