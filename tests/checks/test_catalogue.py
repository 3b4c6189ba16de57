"""Every check on its own examples."""

from __future__ import annotations

from pathlib import Path

from latticelink.checks.catalogue import CHECKS
from latticelink.checks.configuration import read
from latticelink.checks.findings import Answer, Check

import pytest

from tests.checks.examples import answers, write

IDS = [check.id for check in CHECKS]


def test_each_id_is_there_once_and_in_order() -> None:
    assert sorted(set(IDS)) == IDS


@pytest.mark.parametrize("check", CHECKS, ids=IDS)
def test_the_failing_example_fails(check: Check, tmp_path: Path) -> None:
    assert answers(tmp_path, check.failing, check.id)[Answer.FAIL] >= 1


@pytest.mark.parametrize("check", CHECKS, ids=IDS)
def test_the_passing_example_is_judged_and_does_not_fail(check: Check, tmp_path: Path) -> None:
    assert answers(tmp_path, check.passing, check.id) == {}
    if not check.id.startswith("LL9"):
        assert [each.answer for each in check.judge(read(write(tmp_path, check.passing)))], "nothing was judged"
