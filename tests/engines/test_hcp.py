"""HCP Terraform's three workflows by its real clients, on a loopback server that speaks its API."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from latticelink import CloudState, LocalState

import pytest

from tests import test_workflows
from tests.conftest import ROOT
from tests.emulator.hcp import HOST, ORGANIZATION, TOKEN, Hcp
from tests.emulator.hcp_records import Configuration, Run, make_id
from tests.engines.conftest import flat, until
from tests.engines.small import ARN, write
from tests.engines.test_cdktf import CommandLine
from tests.flavour import CDK

pytestmark = pytest.mark.engine

STATE = CloudState(ORGANIZATION, workspace="shop-{stack}", hostname=HOST, project="Networks")
NOT_FOUND = "No stored state was found for the given workspace in the given backend."


def share(hcp: Hcp) -> None:
    hcp.workspace("shop-producer").consumers.add(hcp.workspace("shop-consumer").id)


def test_the_cli_with_local_execution(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp("local")
    terraform = hcp.client(tmp_path, token=None).within(**{f"TF_TOKEN_{HOST.replace('.', '_')}": TOKEN})
    producer, consumer = write(tmp_path, STATE)
    for stack in (producer, consumer):
        terraform.init(stack)
    projects = hcp.organization.projects
    assert {projects[hcp.workspace(f"shop-{name}").project] for name in ("producer", "consumer")} == {"Networks"}

    too_early = flat(terraform.run(consumer, "plan", "-input=false", expect=1))
    assert "Unable to find remote state with data.terraform_remote_state.producer, on cdk.tf.json line" in too_early
    assert NOT_FOUND in too_early
    for stack in (producer, consumer):
        terraform.apply(stack)
    assert hcp.workspace("shop-producer").consumers == set(), (
        "a user's token reads what is not shared with the workspace"
    )
    assert terraform.outputs(consumer) == {"arn": ARN}
    for stack in (producer, consumer):
        terraform.must_have_nothing_to_do(stack)
    for stack in (consumer, producer):
        terraform.destroy(stack)
    assert all(workspace.state and not workspace.state.outputs for workspace in hcp.organization.workspaces.values())


def test_planning_before_the_producer_has_a_workspace_makes_one_outside_of_the_project(
    start_hcp: Callable[..., Hcp], tmp_path: Path
) -> None:
    hcp = start_hcp("local")
    terraform = hcp.client(tmp_path)
    _, consumer = write(tmp_path, STATE)
    terraform.init(consumer)
    assert NOT_FOUND in flat(terraform.run(consumer, "plan", "-input=false", expect=1))
    assert hcp.organization.projects[hcp.workspace("shop-producer").project] == "Default Project"


def test_state_moves_from_a_file_to_a_workspace(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp("local")
    terraform = hcp.client(tmp_path)
    producer, _ = write(tmp_path, LocalState())
    terraform.apply(producer)
    write(tmp_path, STATE)
    option = flat(terraform.run(producer, "init", "-migrate-state", expect=1))
    assert "The -migrate-state option is for migration between state backends only" in option
    moved = subprocess.run(
        [terraform.program, "init"],
        cwd=producer,
        env=terraform.environment,
        input="yes\n",
        text=True,
        capture_output=True,
    )
    assert moved.returncode == 0, moved.stderr
    terraform.must_have_nothing_to_do(producer)
    state = hcp.workspace("shop-producer").state
    assert state
    assert [output["name"] for output in state.outputs.values()] == ["latticelink"]


def test_a_lock_that_another_holds_is_refused_and_can_be_broken(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp("local")
    terraform = hcp.client(tmp_path)
    producer, _ = write(tmp_path, STATE)
    terraform.init(producer)
    hcp.workspace("shop-producer").lock(hcp.organization.tokens["bob-token"])
    refused = flat(terraform.run(producer, "plan", "-input=false", expect=1))
    assert 'workspace already locked (lock ID: "acme/shop-producer")' in refused
    assert "bob" not in refused, "Terraform shows who asks, not who holds it; the workspace's page names the holder"
    terraform.run(producer, "force-unlock", "-force", "acme/shop-producer")
    terraform.run(producer, "plan", "-input=false")


def test_the_cli_with_remote_execution_and_state_that_is_not_shared(
    start_hcp: Callable[..., Hcp], tmp_path: Path
) -> None:
    hcp = start_hcp()
    terraform = hcp.client(tmp_path)
    producer, consumer = write(tmp_path, STATE)
    terraform.init(producer)
    terraform.init(consumer)
    not_applied = terraform.run(consumer, "plan", "-input=false", expect=1)
    assert "Running plan in HCP Terraform." in flat(not_applied)
    terraform.apply(producer)
    not_shared = terraform.run(consumer, "plan", "-input=false", expect=1)
    assert NOT_FOUND in flat(not_shared)
    error = "Error: Unable to find remote state"
    assert error in not_shared
    assert not_shared.split(error)[1] == not_applied.split(error)[1], "the words are the same, so --check must tell"
    share(hcp)
    terraform.apply(consumer)
    assert terraform.outputs(consumer) == {"arn": ARN}


def test_the_cdktf_cli(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp()
    cdktf = CommandLine.find(CDK, hcp.client(tmp_path), tmp_path / "app", {})
    project = json.loads((cdktf.folder / "cdktf.json").read_text())
    code = f"from latticelink import *\nfrom tests.engines.small import build\nrun(lambda app: build(app, {STATE!r}))"
    project["app"] = shlex.join([sys.executable, "-c", code])
    (cdktf.folder / "cdktf.json").write_text(json.dumps(project))
    cdktf.environment["PYTHONPATH"] = str(ROOT)
    terraform = hcp.client(tmp_path)
    for name in ("producer", "consumer"):
        hcp.organization.make_workspace({"name": f"shop-{name}"}, None)
    share(hcp)
    cdktf.run("deploy", "*", "--auto-approve", "--outputs-file", "outputs.json")
    assert json.loads((cdktf.folder / "outputs.json").read_text())["consumer"] == {"arn": ARN}
    cdktf.run("destroy", "*", "--auto-approve")
    assert not terraform.outputs(cdktf.folder / "cdktf.out" / "stacks" / "producer")


@pytest.mark.parametrize("workflow", ["hcp-cli", "hcp-api"])
def test_the_steps_of_a_workflow_work_as_they_are(start_hcp: Callable[..., Hcp], tmp_path: Path, workflow: str) -> None:
    hcp = start_hcp("local" if workflow == "hcp-cli" else "remote")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    producer, consumer = write(tmp_path, STATE)
    environment = {**hcp.client(tmp_path).environment, "TFE_ADDRESS": hcp.url, "TFE_TOKEN": TOKEN}
    for step in ("apply", "plan"):
        command = ["bash", "-e", "-c", test_workflows.script(ROOT / "docs" / "ci" / f"{workflow}.yml", step)]
        result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("No changes.") == len((producer, consumer))


def test_runs_from_version_control_and_their_order(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp()
    commit = commit_output(tmp_path)
    for name in ("producer", "consumer"):
        settings = {"auto-apply": True, "auto-apply-run-trigger": True}
        folder = f"cdktf.out/stacks/{name}"
        hcp.organization.make_workspace({"name": f"shop-{name}", "working-directory": folder, **settings}, None)
    share(hcp)
    producer, consumer = hcp.workspace("shop-producer"), hcp.workspace("shop-consumer")
    consumer.sources["rt-1"] = producer.id
    # One push queues a run in each; nothing orders them, and this consumer plans first.
    early = push(hcp, "shop-consumer", commit)
    until(lambda: early.is_over)
    assert early.status == "errored"
    assert NOT_FOUND in early.logs["plan"].decode()
    push(hcp, "shop-producer", commit)
    until(lambda: len(consumer.runs) == 2 and consumer.runs[1].is_over)
    assert (consumer.runs[1].source, consumer.runs[1].status) == ("tfe-run-trigger", "applied")
    assert consumer.state
    assert [output["value"] for output in consumer.state.outputs.values()] == [ARN]


def commit_output(folder: Path) -> bytes:
    """Commit synth output as docs/hcp-terraform.md says, and Terraform's leftovers beside it; return the archive."""
    producer, _ = write(folder, STATE)
    left = producer / ".terraform" / "environment"
    left.parent.mkdir()
    left.write_text("default")
    documented = (ROOT / "docs" / "hcp-terraform.md").read_text()
    for name in ("gitignore", "gitattributes"):
        [text] = re.findall(rf"```{name}\n(.*?)```", documented, flags=re.DOTALL)
        (folder / f".{name}").write_text(text)
    for command in ("init --quiet", "add .", "-c user.name=a -c user.email=a@example.com commit --quiet -m synth"):
        subprocess.run(["git", *command.split()], cwd=folder, check=True)
    archive = subprocess.run(["git", "archive", "--format=tar", "HEAD"], cwd=folder, check=True, stdout=subprocess.PIPE)
    listed = subprocess.run(["git", "ls-files"], cwd=folder, check=True, capture_output=True, text=True).stdout.split()
    assert listed == [
        ".gitattributes",
        ".gitignore",
        "cdktf.out/manifest.json",
        *(f"cdktf.out/stacks/{name}/cdk.tf.json" for name in ("consumer", "producer")),
    ]
    return archive.stdout


def push(hcp: Hcp, workspace: str, commit: bytes) -> Run:
    """Do what HCP Terraform does in a workspace that watches a repository."""
    at = hcp.workspace(workspace)
    configuration = Configuration(make_id("cv"), at, speculative=False, auto_queue=True, content=commit)
    at.configurations.append(configuration)
    return hcp.runs.queue(configuration, auto_apply=at.settings["auto-apply"], source="tfe-configuration-version")
