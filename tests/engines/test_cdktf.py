"""The scenario through the cdktf CLI, with the state of both stacks in S3."""

from __future__ import annotations

import fcntl
import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform, absent
from tests.engines.scenario import narrow, order, reached

pytestmark = [pytest.mark.engine, pytest.mark.slow]

BUCKET: dict[str, Any] = {
    "kind": "s3",
    "bucket": "acme-terraform-state",
    "region": "eu-west-1",
    "key_prefix": "privatelink/",
}


def test_the_cdktf_cli_with_state_in_s3(terraform_on_aws: Terraform, aws: Aws, tmp_path: Path) -> None:
    make_bucket(terraform_on_aws, tmp_path / "bucket")
    # The policy denies what doesn't come over TLS, as all does that comes to a server on loopback.
    aws.client("s3").delete_bucket_policy(Bucket=BUCKET["bucket"])
    cdktf = Cdktf.find(terraform_on_aws, tmp_path / "app", {"aws_provider": PROVIDER_VERSION, "state": BUCKET})

    assert "consumer" in cdktf.run("synth")
    assert {"consumer", "producer"} <= set(cdktf.run("list").split())
    cdktf.run("deploy", "*", "--auto-approve", "--skip-provider-lock", "--outputs-file", "outputs.json")
    reached(json.loads((cdktf.folder / "outputs.json").read_text())["consumer"])
    assert "No changes" in cdktf.run("diff", "consumer", "--skip-provider-lock")
    s3 = aws.client("s3")
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET["bucket"])["Contents"]]
    assert keys == ["privatelink/consumer.tfstate", "privatelink/producer.tfstate"], "and no lock is left"
    assert "nginx.privatelink-dev2.internal" in cdktf.run("output", "consumer", "--skip-provider-lock")
    cdktf.run("destroy", "*", "--auto-approve", "--skip-provider-lock")
    assert aws.inventory() == {}
    versions = s3.list_object_versions(Bucket=BUCKET["bucket"], Prefix="privatelink/producer.tfstate")["Versions"]
    assert len(versions) > 1, "what was overwritten can be had back"


def make_bucket(terraform: Terraform, folder: Path) -> None:
    """Make the bucket as the example does, with its own state in a file."""
    folder.mkdir()
    result = run_python(folder, str(ROOT / "examples" / "state-bucket" / "main.py"))
    assert result.returncode == 0, result.stderr
    [stack] = order(folder, "state-bucket.out")
    narrow(stack)
    terraform.apply(stack)
    terraform.must_have_nothing_to_do(stack)


class Cdktf:
    """The real cdktf CLI in a project folder of its own."""

    def __init__(self, program: Path, node: str, folder: Path, environment: dict[str, str]) -> None:
        self.program, self.node, self.folder, self.environment = program, node, folder, environment

    @classmethod
    def find(cls, terraform: Terraform, folder: Path, settings: dict[str, Any]) -> Cdktf:
        """Return the CLI of package.json, installed if need be; skip the test where it can't run."""
        node = shutil.which("node")
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout if node else ""
        if node is None or not version.startswith(("v20.", "v22.")):
            absent("no Node.js 20 or 22 on PATH, which cdktf-cli 0.21 needs: install it from https://nodejs.org/")
        program = ROOT / "node_modules" / "cdktf-cli" / "bundle" / "bin" / "cdktf.js"
        with (ROOT / "package-lock.json").open() as lock:
            # The tests of two files need it, perhaps at the same time.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not program.exists():
                npm = shutil.which("npm")
                if npm is None or subprocess.run([npm, "ci", "--silent"], cwd=ROOT, check=False).returncode != 0:
                    absent("no cdktf-cli: run `npm ci`")
        folder.mkdir()
        project = json.loads((ROOT / "cdktf.json").read_text())
        project["app"] = shlex.join([sys.executable, str(ROOT / "main.py")])
        project["context"]["latticelink"] |= settings
        (folder / "cdktf.json").write_text(json.dumps(project))
        quiet = {"CI": "1", "NO_COLOR": "1", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1"}
        return cls(program, node, folder, {**terraform.environment, **quiet})

    def run(self, *arguments: str) -> str:
        """Run `cdktf`; return what it printed, fail if it fails."""
        result = subprocess.run(
            [self.node, str(self.program), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout
        return result.stdout
