"""The scenario through the command line of each CDK, with the state of both stacks in S3, and from one to the other."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

from latticelink.cdk.flavour import FLAVOURS, VARIABLE, Flavour

import pytest

from tests.conftest import ROOT, run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform, node_for, of_npm, printed_by
from tests.engines.scenario import narrow, order, reached
from tests.flavour import APPS, apps_in_words_of

pytestmark = [pytest.mark.engine, pytest.mark.slow(minutes=4)]

BUCKET: dict[str, Any] = {
    "kind": "s3",
    "bucket": "acme-terraform-state",
    "region": "eu-west-1",
    "key_prefix": "privatelink/",
}


@pytest.mark.parametrize("cdk", FLAVOURS, ids=[cdk.core for cdk in FLAVOURS])
def test_a_cdks_command_line_with_state_in_s3_and_what_the_others_plans_then(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path, cdk: Flavour
) -> None:
    make_bucket(terraform_on_aws, tmp_path / "bucket")
    # The policy denies what doesn't come over TLS, as all does that comes to a server on loopback.
    aws.client("s3").delete_bucket_policy(Bucket=BUCKET["bucket"])
    settings = {"aws_provider": PROVIDER_VERSION, "state": BUCKET}
    cli = CommandLine.find(cdk, terraform_on_aws, tmp_path / "app", settings)

    assert "consumer" in cli.run("synth")
    assert {"consumer", "producer"} <= set(cli.run("list").split())
    cli.run("deploy", "*", "--auto-approve", "--skip-provider-lock", "--outputs-file", "outputs.json")
    reached(json.loads((cli.folder / "outputs.json").read_text())["consumer"])
    assert "No changes" in cli.run("diff", "consumer", "--skip-provider-lock")
    [other] = [other for other in FLAVOURS if other is not cdk]
    moved_over = CommandLine.find(other, terraform_on_aws, tmp_path / "moved over", settings)
    for stack in ("producer", "consumer"):
        assert "No changes" in moved_over.run("diff", stack, "--skip-provider-lock")
    s3 = aws.client("s3")
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET["bucket"])["Contents"]]
    assert keys == ["privatelink/consumer.tfstate", "privatelink/producer.tfstate"], "and no lock is left"
    assert "nginx.privatelink-dev2.internal" in cli.run("output", "consumer", "--skip-provider-lock")
    cli.run("destroy", "*", "--auto-approve", "--skip-provider-lock")
    assert aws.inventory() == {}
    versions = s3.list_object_versions(Bucket=BUCKET["bucket"], Prefix="privatelink/producer.tfstate")["Versions"]
    assert len(versions) > 1, "what was overwritten can be had back"


def make_bucket(terraform: Terraform, folder: Path) -> None:
    """Make the bucket as the example does, with its own state in a file."""
    folder.mkdir()
    result = run_python(folder, str(APPS / "examples" / "state-bucket" / "main.py"))
    assert result.returncode == 0, result.stderr
    [stack] = order(folder, "state-bucket.out")
    narrow(stack)
    terraform.apply(stack)
    terraform.must_have_nothing_to_do(stack)


class CommandLine:
    """The real command line of a CDK in a project folder of its own."""

    def __init__(self, program: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.program, self.folder, self.environment = program, folder, environment

    @classmethod
    def find(cls, cdk: Flavour, terraform: Terraform, folder: Path, settings: dict[str, Any]) -> CommandLine:
        """Return the one of package.json, installed if need be; skip the test where it can't run."""
        program = [node_for(cdk), str(of_npm(f"{cdk.core}-cli/bundle/bin/{cdk.core}.js"))]
        folder.mkdir()
        apps = apps_in_words_of(cdk, folder)
        project = json.loads((ROOT / "cdktf.json").read_text())
        project["app"] = shlex.join([sys.executable, str(apps / "main.py")])
        project["context"]["latticelink"] |= settings
        (folder / "cdktf.json").write_text(json.dumps(project))
        quiet = {"CI": "1", "NO_COLOR": "1", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1", VARIABLE: cdk.core}
        return cls(program, folder, {**terraform.environment, **quiet})

    def run(self, *arguments: str) -> str:
        """Run it; return what it printed, fail if it fails."""
        return printed_by([*self.program, *arguments], self.folder, self.environment)
