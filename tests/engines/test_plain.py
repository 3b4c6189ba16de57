"""The scenario through plain Terraform, start to end: applied, nothing left to do, destroyed with nothing left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform, flat
from tests.engines.scenario import order, reached
from tests.test_scenario import run_main

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_plain_terraform_with_local_state(terraform_aws: Terraform, aws: Aws, tmp_path: Path) -> None:
    terraform = terraform_aws.within(**aws.environment())
    settings = {"aws_provider": PROVIDER_VERSION}
    assert run_main(tmp_path, settings=settings).returncode == 0
    producer, consumer = order(tmp_path)

    terraform.init(consumer)
    too_early = flat(terraform.run(consumer, "plan", "-input=false", expect=1))
    assert "Unable to find remote state" in too_early

    for stack in (producer, consumer):
        terraform.apply(stack)
    for stack in (producer, consumer):
        terraform.must_have_nothing_to_do(stack)
    reached(terraform.outputs(consumer))

    for stack in order(tmp_path, "--reverse"):
        terraform.destroy(stack)
    assert aws.inventory() == {}
