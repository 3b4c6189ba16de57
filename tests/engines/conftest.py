"""Finds the real programs; a test of one that is absent is skipped with the reason and the remedy."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from latticelink.cdk.flavour import CDK_TERRAIN, CDKTF, Flavour
from latticelink.cdk.node import packaged_node

import pytest

from tests.conftest import ROOT, made_once
from tests.emulator.aws import Aws
from tests.engines.provider import Provider
from tests.refusals import unlisted

pytest.register_assert_rewrite("tests.engines.plans")

PROVIDER_VERSION = "5.100.0"
MIRROR_VARIABLE = "LATTICELINK_PROVIDER_MIRROR"


@dataclass(frozen=True)
class Terraform:
    """The real Terraform, with a CLI configuration of its own, and where it has installed the AWS provider."""

    program: str
    environment: dict[str, str]
    installed: Path = Path()

    def run(self, folder: Path, *arguments: str, expect: int = 0) -> str:
        """Run `terraform` in `folder`; return what it printed, fail if its exit code is not `expect`."""
        result = subprocess.run(
            [self.program, *arguments],
            cwd=folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        printed = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
        if result.returncode != expect:
            print(printed)
            errors = "".join(re.findall(r"^╷.*?^╵\n?", printed, re.DOTALL | re.MULTILINE))
            command = " ".join(arguments)
            pytest.fail(f"terraform {command} in {folder} ended with {result.returncode}, not {expect}\n{errors}")
        return printed

    def within(self, **environment: str) -> Terraform:
        """Return the same Terraform with more in its environment."""
        return replace(self, environment={**self.environment, **environment})

    def on(self, aws: Aws, account: str | None = None) -> Terraform:
        """Return the same Terraform with one process of the AWS provider for all its commands, which ends with `aws`.

        It takes a tenth of the processor time, and no two commands at once.
        """
        environment = aws.environment(account)
        # Configured a second time, it stumbles over certificates of the machine's own; `aws` is reached without any.
        inherited = {name: value for name, value in self.environment.items() if name != "AWS_CA_BUNDLE"}
        provider = self._start_provider({**inherited, **environment})
        aws.with_it.append(provider.end)
        return self.within(**environment, TF_REATTACH_PROVIDERS=provider.reattach)

    def _start_provider(self, environment: dict[str, str]) -> Provider:
        [program] = self.installed.glob(".terraform/providers/*/*/*/*/*/terraform-provider-aws*")
        return Provider.start(str(program), environment, self.installed / "answers")

    def init(self, folder: Path) -> None:
        """Run `terraform init`."""
        self.run(folder, "init", "-input=false")

    def apply(self, folder: Path, *arguments: str, expect: int = 0) -> str:
        """Run `terraform init` and `terraform apply`; return what the latter printed."""
        self.init(folder)
        return self.run(folder, "apply", "-auto-approve", "-input=false", *arguments, expect=expect)

    def destroy(self, folder: Path, expect: int = 0) -> str:
        """Run `terraform destroy`; return what it printed."""
        return self.run(folder, "destroy", "-auto-approve", "-input=false", expect=expect)

    def must_have_nothing_to_do(self, folder: Path) -> None:
        """Fail if a plan has changes."""
        self.run(folder, "plan", "-input=false", "-detailed-exitcode")

    def outputs(self, folder: Path) -> dict[str, Any]:
        """Return the values of the stack's outputs."""
        shown = json.loads(self.run(folder, "output", "-json"))
        return {name: output["value"] for name, output in shown.items()}

    def plan(self, folder: Path, *arguments: str) -> dict[str, list[str]]:
        """Return what Terraform plans to do with each resource."""
        self.run(folder, "plan", "-input=false", "-out=the.plan", *arguments)
        shown: dict[str, Any] = json.loads(self.run(folder, "show", "-json", "the.plan"))
        return {change["address"]: change["change"]["actions"] for change in shown.get("resource_changes", [])}


def printed_by(command: list[str], folder: Path, environment: dict[str, str], expect: int = 0) -> str:
    """Run a command in a folder; return what it printed, fail if its exit code is not `expect`."""
    result = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(f"$ {' '.join(command)}\n{result.stdout}")  # pytest shows it if the test fails, and with -rP.
    assert result.returncode == expect, result.stdout
    return result.stdout


def flat(printed: str) -> str:
    """Return what Terraform printed in boxes of its own width as one line."""
    return " ".join(printed.replace("│", " ").split())


def until(is_so: Callable[[], object]) -> None:
    """Wait until something is so; fail after two minutes, as a busy machine needs some."""
    end = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < end, "it took more than two minutes"
        time.sleep(0.05)


def absent(reason: str) -> NoReturn:
    """Skip the test, or fail it where the engines must be there: with LATTICELINK_REQUIRE_ENGINES=1, as in CI."""
    if os.environ.get("LATTICELINK_REQUIRE_ENGINES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def of_npm(program: str) -> Path:
    """Return a program of package-lock.json, installed when it is first asked for."""
    path = ROOT / "node_modules" / program
    with (ROOT / "package-lock.json").open() as lock:
        # Several tests need one, perhaps at the same time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            npm = shutil.which("npm")
            if npm is None or subprocess.run([npm, "ci", "--silent"], cwd=ROOT, check=False).returncode != 0:
                absent(f"no {program.partition('/')[0]}: run `npm ci`")
    return path


def node_for(cdk: Flavour) -> str:
    """Return a Node.js that the command line runs on: the one on PATH, or the packaged one."""
    fits = {CDKTF: lambda major, _: major in (20, 22), CDK_TERRAIN: lambda major, minor: (major, minor) >= (22, 19)}
    for node in filter(None, (shutil.which("node"), packaged_node())):
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        if fits[cdk](*map(int, version.strip().lstrip("v").split(".")[:2])):
            return node
    absent(f"no {cdk.cli_needs}, which {cdk.cli} needs: install it from https://nodejs.org/")


# Where Terraform itself keeps what it has installed: no mirrors, though they look like it.
_CACHES = {".terraform", "plugin-cache"}


def _find_mirror() -> str | None:
    if given := os.environ.get(MIRROR_VARIABLE):
        return given
    inside = f"hashicorp/aws/{PROVIDER_VERSION}"
    # Where mirrors mostly are first: all files of a machine are many, and each test process looks for itself.
    for depth in (["-maxdepth", "4"], []):
        command = ["find", "/", "-xdev", *depth, "-path", "/proc", "-prune", "-o", "-type", "d"]
        found = subprocess.run(
            [*command, "-name", "registry.terraform.io", "-print"],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        ).stdout.splitlines()
        for folder in map(Path, found):
            if any(folder.glob(f"{inside}/*/terraform-provider-aws*")) and not _CACHES & {*folder.parts}:
                return str(folder.parent)
    return None


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Return Terraform without providers."""
    program = shutil.which("terraform")
    if program is None:
        absent("no terraform on PATH: install it from https://developer.hashicorp.com/terraform/install")
    config = tmp_path_factory.mktemp("terraform") / "cli.tfrc"
    config.write_text("disable_checkpoint = true\n")
    environment = {
        **os.environ,
        "TF_CLI_CONFIG_FILE": str(config),
        "TF_IN_AUTOMATION": "1",
        "GOGC": "400",  # a fifth less processor time for some more memory
        "CHECKPOINT_DISABLE": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    return Terraform(program, environment)


@pytest.fixture(scope="session")
def terraform_aws(terraform: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Return Terraform that can install the AWS provider: from a mirror on this machine, or else the registry."""
    if mirror := _find_mirror():
        text = f"provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(mirror)}\n  }}\n}}\n"
        Path(terraform.environment["TF_CLI_CONFIG_FILE"]).write_text(f"disable_checkpoint = true\n{text}")

    def install(folder: Path) -> None:
        required = {"aws": {"source": "hashicorp/aws", "version": PROVIDER_VERSION}}
        (folder / "main.tf.json").write_text(json.dumps({"terraform": {"required_providers": required}}))
        (folder / "answers").mkdir()
        command = [terraform.program, "init"]
        if subprocess.run(command, cwd=folder, env=terraform.environment, capture_output=True, check=False).returncode:
            absent(
                f"no AWS provider {PROVIDER_VERSION}: connect to registry.terraform.io, or set {MIRROR_VARIABLE} to a "
                "folder made by `terraform providers mirror`"
            )

    return replace(terraform, installed=made_once(tmp_path_factory, "provider", install))


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    """Return an AWS that is empty at first, one for each module; docs/refusals.md has what it was asked for."""
    with Aws.start() as started:
        yield started
        assert unlisted(started.actions()) == []


@pytest.fixture(scope="module")
def terraform_on_aws(terraform_aws: Terraform, aws: Aws) -> Terraform:
    """Return Terraform with the AWS provider, which talks to the module's AWS."""
    return terraform_aws.on(aws)


@pytest.fixture
def start_hcp(terraform: Terraform) -> Iterator[Callable[..., Any]]:
    """Return a function that starts an HCP Terraform; at the end each must have known all that it was asked."""
    from tests.emulator.hcp import Hcp

    started: list[Hcp] = []

    def start(execution_mode: str = "remote", with_terraform: Terraform = terraform) -> Hcp:
        started.append(Hcp(with_terraform, execution_mode).__enter__())
        return started[-1]

    yield start
    for hcp in started:
        hcp.__exit__()
        assert hcp.strange == []
