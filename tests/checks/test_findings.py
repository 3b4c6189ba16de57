"""The shape of a check."""

from __future__ import annotations

from latticelink.checks.findings import Check, Severity, failed, passed, unknown
from latticelink.paths.hops import Answer

import pytest


def check(id: str) -> Check:
    return Check(id, Severity.ERROR, "title", "why", "https://example.com", "fix", "{}", "{}", lambda _: [])


@pytest.mark.parametrize("id", ["LL12", "LL1234", "ll123", "XX123", ""])
def test_an_id_of_another_form_is_refused(id: str) -> None:
    with pytest.raises(ValueError, match="LL and three digits"):
        check(id)


def test_the_three_answers() -> None:
    assert passed(None).answer == Answer.PASS
    assert failed(None, "wrong").answer == Answer.FAIL
    assert unknown(None, "by id", "a plan").answer == Answer.UNKNOWN
    assert unknown(None, "by id", "a plan").settle == "a plan"
