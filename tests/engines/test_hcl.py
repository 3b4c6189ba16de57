"""Configurations in the style of published modules: folders of HCL get the answers of real plans, and more."""

from __future__ import annotations

from pathlib import Path

from latticelink.checks.examination import examine
from latticelink.paths.hops import Answer

import pytest

from tests.engines.conftest import Terraform
from tests.engines.plans import hops, results
from tests.published import PUBLISHED, write_published

pytestmark = pytest.mark.engine
pytest.importorskip("hcl2", reason="the extra hcl isn't installed")


@pytest.mark.parametrize("what", PUBLISHED)
def test_a_folder_says_what_its_plan_says_and_more(terraform_on_aws: Terraform, tmp_path: Path, what: str) -> None:
    """A plan doesn't tell which of a list's subnets is the first, as it lists references alone."""
    folder = write_published(tmp_path, what)
    terraform_on_aws.run(folder, "init", "-input=false")
    terraform_on_aws.run(folder, "plan", "-input=false", "-out=the.plan")
    plan = tmp_path / "plan.json"
    plan.write_text(terraform_on_aws.run(folder, "show", "-json", "the.plan"))
    of_folder, of_plan = examine(folder), examine(plan)
    assert {path.answer for path in of_folder.paths} == PUBLISHED[what].answers
    assert [each for each in of_folder.of(Answer.UNKNOWN) if each.check.id == "LL001"] == []
    told = hops(of_folder)
    left = {place for place in told if place not in hops(of_plan)}
    assert {hop for _, _, hop in left} <= {"gateway's group out", "route to the target"}
    assert hops(of_plan) == {place: told[place] for place in told if place not in left}
    assert results(of_plan, Answer.FAIL) == results(of_folder, Answer.FAIL)
    # Which of the subnets is the first, and what else the rule may hold that is made of a local.
    assert {check for check, _, _ in results(of_plan, Answer.UNKNOWN)} <= {"LL001", "LL003", "LL004", "LL301"}
