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
    """A plan lists what goes into a module as an object by its references alone, so that it leaves open what it is."""
    folder = write_published(tmp_path, what)
    terraform_on_aws.run(folder, "init", "-input=false")
    terraform_on_aws.run(folder, "plan", "-input=false", "-out=the.plan")
    plan = tmp_path / "plan.json"
    plan.write_text(terraform_on_aws.run(folder, "show", "-json", "the.plan"))
    of_folder, of_plan = examine(folder), examine(plan)
    assert {path.answer for path in of_folder.paths} == PUBLISHED[what].answers
    assert [each for each in of_folder.of(Answer.UNKNOWN) if each.check.id == "LL001"] == []
    told = hops(of_plan)
    assert {place: hops(of_folder).get(place) for place in told} == told
    assert ("clients 10.1.0.0/16", "endpoint this -> gateway shared", "endpoint's group in") in told
    assert results(of_plan, Answer.FAIL) <= results(of_folder, Answer.FAIL)
