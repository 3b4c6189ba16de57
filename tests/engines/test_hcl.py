"""Configurations in the style of published modules: folders of HCL get the answers of real plans."""

from __future__ import annotations

from pathlib import Path

from latticelink.checks.examination import examine
from latticelink.paths.hops import Answer

import pytest

from tests.engines.conftest import Terraform
from tests.engines.plans import must_agree
from tests.published import PUBLISHED, write_published

pytestmark = pytest.mark.engine
pytest.importorskip("hcl2", reason="the extra hcl isn't installed")


@pytest.mark.parametrize("what", PUBLISHED)
def test_a_folder_gets_the_answers_of_its_plan(terraform_aws: Terraform, tmp_path: Path, what: str) -> None:
    folder = write_published(tmp_path, what)
    terraform_aws.run(folder, "init", "-input=false")
    terraform_aws.run(folder, "plan", "-input=false", "-out=the.plan")
    plan = tmp_path / "plan.json"
    plan.write_text(terraform_aws.run(folder, "show", "-json", "the.plan"))
    of_folder = examine(folder)
    assert {path.answer for path in of_folder.paths} == PUBLISHED[what].answers
    assert [each for each in of_folder.of(Answer.UNKNOWN) if each.check.id == "LL001"] == []
    must_agree(of_folder, examine(plan), True)
