"""State in S3 by Terraform's own backend: reading across stacks, the lock, workspaces."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from latticelink import LocalState, S3State

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


def test_a_consumer_that_was_written_before_the_move_reads_the_old_file_and_stops_when_that_is_gone(
    terraform_s3: Terraform, tmp_path: Path
) -> None:
    producer, consumer = write(tmp_path, LocalState())
    for stack in (producer, consumer):
        terraform_s3.apply(stack)
    before = (consumer / "cdk.tf.json").read_text()
    write(tmp_path, S3State(STATE.bucket, STATE.region, key_prefix="moved/"))
    terraform_s3.run(producer, "init", "-migrate-state", "-force-copy", "-input=false")
    (consumer / "cdk.tf.json").write_text(before)
    terraform_s3.must_have_nothing_to_do(consumer)
    [left] = tmp_path.glob("**/producer.tfstate")
    left.unlink()
    assert "Unable to find remote state" in flat(terraform_s3.run(consumer, "plan", "-input=false", expect=1))


KEY = "arn:aws:kms:eu-west-1:111122223333:key/0f6e8a1c-2b3d-4e5f-8a9b-0c1d2e3f4a5b"


@pytest.mark.parametrize(
    ("what", "key", "asked_for"),
    [
        ("without a key the bucket's default encryption holds: nothing is asked for", None, []),
        ("with a key that key is asked for", KEY, ["aws:kms", KEY]),
    ],
)
def test_what_terraform_asks_s3_to_encrypt_with(
    terraform_s3: Terraform, aws: Aws, tmp_path: Path, what: str, key: str | None, asked_for: list[str]
) -> None:
    state = S3State(STATE.bucket, STATE.region, key_prefix=f"encrypted-{bool(key)}/", kms_key_arn=key)
    producer, _ = write(tmp_path, state)
    terraform_s3.apply(producer)
    put = {name: said for name, said in aws.encryption_asked_for().items() if name.startswith(state.key_prefix)}
    state_file = f"{state.key_prefix}producer.tfstate"
    assert put == {state_file: asked_for, f"{state_file}.tflock": asked_for}, what


def test_terraform_wants_to_be_told_that_a_stack_applied_with_encrypt_is_without_it_now(
    terraform_s3: Terraform, aws: Aws, tmp_path: Path
) -> None:
    producer, _ = write(tmp_path, S3State(STATE.bucket, STATE.region, key_prefix="before/"))
    file = producer / "cdk.tf.json"
    now = file.read_text()
    before = json.loads(now)
    before["terraform"]["backend"]["s3"]["encrypt"] = True
    file.write_text(json.dumps(before))
    terraform_s3.apply(producer)
    assert aws.encryption_asked_for()["before/producer.tfstate"] == ["AES256"], "past the bucket's own key"
    file.write_text(now)
    assert "Backend configuration changed" in flat(terraform_s3.run(producer, "init", "-input=false", expect=1))
    terraform_s3.run(producer, "init", "-input=false", "-reconfigure")
    terraform_s3.must_have_nothing_to_do(producer)


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
