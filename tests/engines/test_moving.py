"""An app that was applied on one CDK plans no change on the other: local state here, S3 in test_cdktf.py."""

from __future__ import annotations

from pathlib import Path

from latticelink.cdk.flavour import FLAVOURS, Flavour

import pytest

from tests.conftest import run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform
from tests.engines.scenario import narrow, order
from tests.flavour import apps_in_words_of

pytestmark = [pytest.mark.engine, pytest.mark.slow(minutes=3)]


@pytest.mark.parametrize("cdk", FLAVOURS, ids=[f"from {cdk.core}" for cdk in FLAVOURS])
def test_what_is_applied_on_one_cdk_plans_no_change_on_the_other(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path, cdk: Flavour
) -> None:
    for stack in synthesised(cdk, tmp_path):
        terraform_on_aws.apply(stack)
    [other] = [other for other in FLAVOURS if other is not cdk]
    moved_over = synthesised(other, tmp_path)
    for stack in moved_over:
        terraform_on_aws.run(stack, "validate")
        terraform_on_aws.must_have_nothing_to_do(stack)
    for stack in reversed(moved_over):
        terraform_on_aws.destroy(stack)
    assert aws.inventory() == {}


def synthesised(cdk: Flavour, folder: Path) -> list[Path]:
    """Write the scenario in the words of a CDK into `folder`/cdktf.out; return the stacks in deploy order."""
    (code := folder / cdk.core).mkdir(exist_ok=True)
    result = run_python(folder, str(apps_in_words_of(cdk, code) / "main.py"), LATTICELINK_CDK=cdk.core)
    assert result.returncode == 0, result.stderr
    stacks = order(folder)
    for stack in stacks:
        narrow(stack)
    return stacks
