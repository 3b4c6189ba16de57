"""State in S3 by Terraform's own backend: reading across stacks, the lock, workspaces."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from latticelink import S3State

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform, flat, until
from tests.engines.small import ARN, write

pytestmark = pytest.mark.engine

STATE = S3State("team-state", "eu-west-1", key_prefix="shop/")


@pytest.fixture(scope="module")
def terraform_s3(terraform: Terraform, aws: Aws) -> Terraform:
    aws.client("s3").create_bucket(Bucket=STATE.bucket, CreateBucketConfiguration={"LocationConstraint": STATE.region})
    return terraform.within(**aws.environment())


def keys(aws: Aws) -> list[str]:
    listed: list[dict[str, Any]] = aws.client("s3").list_objects_v2(Bucket=STATE.bucket).get("Contents", [])
    return [item["Key"] for item in listed]


def test_a_consumer_reads_from_s3_and_each_workspace_has_state_of_its_own(
    terraform_s3: Terraform, aws: Aws, tmp_path: Path
) -> None:
    producer, consumer = write(tmp_path, STATE)
    for stack in (producer, consumer):
        terraform_s3.apply(stack)
    assert terraform_s3.outputs(consumer) == {"arn": ARN}
    assert keys(aws) == ["shop/consumer.tfstate", "shop/producer.tfstate"]
    terraform_s3.run(consumer, "workspace", "new", "staging")
    # Terraform makes an empty state of the producer's by reading it, and so finds it here.
    refused = flat(terraform_s3.run(consumer, "plan", "-input=false", expect=1))
    assert "Apply that stack as it is now, in the same Terraform workspace as this one" in refused
    terraform_s3.run(producer, "workspace", "select", "staging")
    for stack in (producer, consumer):
        terraform_s3.apply(stack)
    assert "env:/staging/shop/producer.tfstate" in keys(aws)


def test_a_lock_that_another_run_holds_names_its_holder_and_can_be_broken(
    terraform_s3: Terraform, aws: Aws, tmp_path: Path
) -> None:
    producer, _ = write(tmp_path, STATE, slow=True)
    terraform_s3.init(producer)
    command = [terraform_s3.program, "apply", "-auto-approve", "-input=false"]
    running = subprocess.Popen(
        command, cwd=producer, env=terraform_s3.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    lock = "shop/producer.tfstate.tflock"
    until(lambda: lock in keys(aws))
    held = json.loads(aws.client("s3").get_object(Bucket=STATE.bucket, Key=lock)["Body"].read())
    refused = flat(terraform_s3.run(producer, "plan", "-input=false", expect=1))
    assert "Error acquiring the state lock" in refused
    assert f"Who: {held['Who']}" in refused
    running.kill()
    running.wait(timeout=30)
    assert lock in keys(aws), "a run that died leaves its lock"
    [identifier] = set(re.findall(r"ID: ([0-9a-f-]{36})", refused))
    terraform_s3.run(producer, "force-unlock", "-force", identifier)
    assert lock not in keys(aws)
    terraform_s3.run(producer, "plan", "-input=false")
