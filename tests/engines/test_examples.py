"""Each example is applied: nothing is left to do afterwards, and nothing is left when it is destroyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT, run_python
from tests.engines.aws import Aws
from tests.engines.conftest import Terraform
from tests.engines.links import Place
from tests.engines.scenario import narrow, order

pytestmark = pytest.mark.engine

# The one that is missing makes the bucket for state, which nobody destroys; the cdktf CLI's test applies it.
EXAMPLES = sorted(path.parent.name for path in ROOT.glob("examples/*/main.py") if path.parent.name != "state-bucket")


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_applied_and_destroyed(terraform_aws: Terraform, tmp_path: Path, name: str) -> None:
    with Aws.start() as aws:
        terraform = terraform_aws.within(**aws.environment())
        result = run_python(tmp_path, str(ROOT / "examples" / name / "main.py"))
        assert result.returncode == 0, result.stderr
        stacks = order(tmp_path)
        existing = Place.make(aws)
        for stack in stacks:
            narrow(stack)
            put_existing_ids(stack, existing)
        before = aws.inventory()
        for stack in stacks:
            terraform.apply(stack)
        for stack in stacks:
            terraform.must_have_nothing_to_do(stack)
        for stack in reversed(stacks):
            terraform.destroy(stack)
        assert aws.inventory() == before


def put_existing_ids(stack: Path, place: Place) -> None:
    """Put ids of what exists in the place of the examples' own."""
    file = stack / "cdk.tf.json"
    text = file.read_text()
    for example, real in (("vpc-", place.vpc), ("subnet-", place.subnets[0]), ("sg-", place.group)):
        text = text.replace(f"{example}0a1b2c3d4e5f60001", real)
    file.write_text(text)
