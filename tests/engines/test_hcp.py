"""HCP Terraform's three workflows by its real clients, on a loopback server that speaks its API."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from latticelink import CloudState, LocalState

import pytest

from tests import test_workflows
from tests.conftest import ROOT, run_python
from tests.engines.aws import Aws
from tests.engines.conftest import Terraform, flat
from tests.engines.hcp import HOST, ORGANIZATION, TOKEN, Hcp
from tests.engines.hcp_records import Configuration, Run, make_id
from tests.engines.links import Link, Place
from tests.engines.small import ARN, write
from tests.engines.test_cdktf import Cdktf

pytestmark = pytest.mark.engine

STATE = CloudState(ORGANIZATION, workspace="shop-{stack}", hostname=HOST, project="Networks")
NOT_FOUND = "No stored state was found for the given workspace in the given backend."
SCRIPT = str(ROOT / "examples" / "hcp" / "deploy.py")


@pytest.fixture
def start(terraform: Terraform) -> Iterator[Callable[..., Hcp]]:
    """Return a function that starts a server; at the end each of them must have known all that was asked of it."""
    started: list[Hcp] = []

    def start_one(execution_mode: str = "remote", with_terraform: Terraform = terraform) -> Hcp:
        started.append(Hcp(with_terraform, execution_mode).__enter__())
        return started[-1]

    yield start_one
    for hcp in started:
        hcp.__exit__()
        assert hcp.strange == []


def until(is_so: Callable[[], object]) -> None:
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it took more than 30 seconds")


def share(hcp: Hcp) -> None:
    hcp.workspace("shop-producer").consumers.add(hcp.workspace("shop-consumer").id)


def test_the_cli_with_local_execution(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start("local")
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
    start: Callable[..., Hcp], tmp_path: Path
) -> None:
    hcp = start("local")
    terraform = hcp.client(tmp_path)
    _, consumer = write(tmp_path, STATE)
    terraform.init(consumer)
    assert NOT_FOUND in flat(terraform.run(consumer, "plan", "-input=false", expect=1))
    assert hcp.organization.projects[hcp.workspace("shop-producer").project] == "Default Project"


def test_state_moves_from_a_file_to_a_workspace(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start("local")
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


def test_a_lock_that_another_holds_is_refused_and_can_be_broken(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start("local")
    terraform = hcp.client(tmp_path)
    producer, _ = write(tmp_path, STATE)
    terraform.init(producer)
    hcp.workspace("shop-producer").lock(hcp.organization.tokens["bob-token"])
    refused = flat(terraform.run(producer, "plan", "-input=false", expect=1))
    assert 'workspace already locked (lock ID: "acme/shop-producer")' in refused
    assert "bob" not in refused, "Terraform shows who asks, not who holds it; the workspace's page names the holder"
    terraform.run(producer, "force-unlock", "-force", "acme/shop-producer")
    terraform.run(producer, "plan", "-input=false")


def test_the_cli_with_remote_execution_and_state_that_is_not_shared(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start()
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


def test_the_cdktf_cli(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start()
    cdktf = Cdktf.find(hcp.client(tmp_path), tmp_path / "app", {})
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


class Script:
    """`examples/hcp/deploy.py` in a folder of its own."""

    def __init__(self, hcp: Hcp, folder: Path) -> None:
        self.hcp, self.folder = hcp, folder

    def run(self, *arguments: str, expect: int = 0, token: str = TOKEN) -> str:
        """Return what it printed, standard error last; fail for another exit code, or a traceback."""
        environment = {"TFE_ADDRESS": self.hcp.url, "TFE_TOKEN": token, "HOME": str(self.folder)}
        result = run_python(self.folder, SCRIPT, *arguments, **environment)
        assert result.returncode == expect, result.stdout + result.stderr
        assert "Traceback" not in result.stderr
        return result.stdout + result.stderr


def test_the_script_deploys_in_order_and_destroys_in_reverse(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    missing = script.run("--plan-only", expect=1)
    assert missing == "There is no workspace 'shop-producer' yet; a run without --plan-only makes it.\n"

    printed = script.run()
    steps = [line for line in printed.splitlines() if "shop-" in line or line.startswith("==")]
    page = f"https://{HOST}/app/acme/workspaces"
    producer, consumer = (hcp.workspace(f"shop-{name}") for name in ("producer", "consumer"))
    assert steps == [
        "Made the workspace shop-producer.",
        "Made the workspace shop-consumer.",
        "shop-producer shares its state with shop-consumer now.",
        "An apply in shop-producer queues a run in shop-consumer from now on.",
        f"== producer: {page}/shop-producer/runs/{producer.runs[0].id}",
        "== producer: applied",
        f"== consumer: {page}/shop-consumer/runs/{consumer.runs[0].id}",
        "== consumer: applied",
    ]
    assert f'arn = "{ARN}"' in printed, "Terraform's own words are shown"
    assert hcp.organization.projects[producer.project] == "Networks"

    again = script.run()
    assert again.count("planned and finished") == 2
    assert "Made" not in again
    assert script.run("--check") == (
        "shop-producer: applied\nshop-consumer: applied\n  can read shop-producer: applied and shared\n"
    )
    assert script.run("--plan-only").count("No changes.") == 2
    destroyed = script.run("--destroy")
    assert destroyed.index("== consumer: applied") < destroyed.index("== producer: applied")
    assert (producer.state and producer.state.outputs, consumer.sources) == ({}, {})


def test_the_script_deploys_with_the_real_provider(
    start: Callable[..., Hcp], terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    script = Script(start(with_terraform=terraform_on_aws), tmp_path)
    places = Place.make(aws), Place.make(aws)
    aws.control("reads", count=0)
    before = aws.inventory()
    Link(*places, state=STATE).write(tmp_path)
    assert script.run().count(": applied") == 2
    assert set(aws.inventory()) - set(before) == {"rgw", "rcfg", "vpce"}
    assert script.run("--destroy").count(": applied") == 2
    assert aws.inventory() == before


@pytest.mark.parametrize("setting", ["global-remote-state", "project-remote-state"])
def test_the_script_leaves_wider_sharing_as_it_is(start: Callable[..., Hcp], tmp_path: Path, setting: str) -> None:
    hcp = start()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    project = hcp.organization.make_project("Networks")
    producer = hcp.organization.make_workspace({"name": "shop-producer", setting: True}, project)
    assert script.run().count(": applied") == 2
    assert producer.consumers == set()


def test_the_script_gets_past_a_run_that_the_trigger_queued(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    script.run()
    consumer = hcp.workspace("shop-consumer")
    # The producer's change is one of the consumer's outputs too, so the run that the apply queues waits for a word.
    another = ARN.replace("def0", "def1")
    file = tmp_path / "cdktf.out" / "stacks" / "producer" / "cdk.tf.json"
    file.write_text(file.read_text().replace(ARN, another))
    script.run()
    assert [run.status for run in consumer.runs if run.source == "tfe-run-trigger"] == ["discarded"]
    assert consumer.runs[-1].status == "applied"
    assert consumer.state
    assert [output["value"] for output in consumer.state.outputs.values()] == [another]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("not shared", "it is applied, but not shared with shop-consumer: https://tfc.test/app/acme/workspaces/"),
        ("not applied", "stack 'producer' was never applied there: apply it first"),
        ("no workspace", "there is no workspace 'shop-producer': deploy 'producer' first"),
    ],
)
def test_the_script_tells_why_a_consumer_cannot_read(
    start: Callable[..., Hcp], tmp_path: Path, what: str, said: str
) -> None:
    hcp = start()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    if what == "no workspace":
        hcp.organization.make_workspace({"name": "shop-consumer"}, None)
    else:
        script.run()
        hcp.workspace("shop-producer").consumers.clear()
        if what == "not applied":
            hcp.workspace("shop-producer").versions.clear()
    assert said in script.run("--check", expect=1)
    if what == "not shared":
        failed = script.run("--plan-only", expect=1).splitlines()
        assert "Error: Unable to find remote state" in failed
        run = hcp.workspace("shop-consumer").runs[-1]
        assert failed[-1].startswith(f"Stack 'consumer': the run is errored. It can't read shop-producer: {said}")
        assert failed[-1].endswith(f"https://{HOST}/app/acme/workspaces/shop-consumer/runs/{run.id}")


def test_the_script_shows_structured_logs_as_text(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    for name in ("producer", "consumer"):
        structured = {"name": f"shop-{name}", "structured-run-output-enabled": True}
        hcp.organization.make_workspace(structured, None)
    failed = script.run("--plan-only", expect=1)
    assert f"Error: Unable to find remote state\n{NOT_FOUND}\n" in failed
    assert "It can't read shop-producer: stack 'producer' was never applied there: apply it first." in failed
    printed = script.run()
    assert "Apply complete! Resources: 0 added, 0 changed, 0 destroyed.\n" in printed
    assert '"@message"' not in failed + printed


def test_the_script_says_what_to_do_in_a_sentence(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start("local")
    script = Script(hcp, tmp_path)
    assert script.run("nowhere", expect=1).startswith("Can't read nowhere/manifest.json: No such file or directory.")
    write(tmp_path, STATE)
    assert script.run(expect=1, token="").startswith(f"There is no token for {HOST}. Run `terraform login {HOST}`")
    assert f"{hcp.url} refuses the token (unauthorized)." in script.run(expect=1, token="another")
    hcp.organization.make_workspace({"name": "shop-producer"}, None)
    assert script.run(expect=1).startswith("Workspace 'shop-producer' executes locally, so that it takes no runs.")
    credentials = tmp_path / ".terraform.d" / "credentials.tfrc.json"
    credentials.parent.mkdir()
    credentials.write_text(json.dumps({"credentials": {HOST: {"token": TOKEN}}}))
    assert script.run(expect=1, token="").startswith("Workspace 'shop-producer' executes locally")


@pytest.mark.parametrize("workflow", ["hcp-cli", "hcp-api"])
def test_the_steps_of_a_workflow_work_as_they_are(start: Callable[..., Hcp], tmp_path: Path, workflow: str) -> None:
    hcp = start("local" if workflow == "hcp-cli" else "remote")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    producer, consumer = write(tmp_path, STATE)
    environment = {**hcp.client(tmp_path).environment, "TFE_ADDRESS": hcp.url, "TFE_TOKEN": TOKEN}
    for step in ("apply", "plan"):
        command = ["bash", "-e", "-c", test_workflows.script(ROOT / "docs" / "ci" / f"{workflow}.yml", step)]
        result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("No changes.") == len((producer, consumer))


def test_the_script_says_who_holds_a_workspace(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    hcp.organization.make_workspace({"name": "shop-producer"}, None).lock(hcp.organization.tokens["bob-token"])
    said = script.run("--minutes", "0.02", expect=1)
    assert "It waits: workspace shop-producer is locked by user bob.\n" in said
    assert "After 0.02 minutes the run is pending still: https://tfc.test/app/acme/workspaces/shop-producer/" in said
    assert "shop-producer: never applied, locked by user bob\n" in script.run("--check", expect=1)


def test_whoever_interrupts_the_script_hears_that_the_run_goes_on(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start()
    write(tmp_path, STATE)
    hcp.organization.make_workspace({"name": "shop-producer"}, None).lock(hcp.organization.tokens["bob-token"])
    environment = {**os.environ, "TFE_ADDRESS": hcp.url, "TFE_TOKEN": TOKEN}
    waiting = subprocess.Popen(
        [sys.executable, SCRIPT],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: hcp.workspace("shop-producer").runs)
    waiting.send_signal(signal.SIGINT)
    _, said = waiting.communicate(timeout=30)
    assert (waiting.returncode, said) == (130, "Stopped waiting. A run that was queued goes on in HCP Terraform.\n")


def test_the_script_refuses_a_stack_whose_state_is_elsewhere(start: Callable[..., Hcp], tmp_path: Path) -> None:
    script = Script(start(), tmp_path)
    write(tmp_path, LocalState())
    assert script.run(expect=1) == (
        "cdktf.out/stacks/producer/cdk.tf.json names no host, organisation and workspace of HCP Terraform. "
        "Give the stack a CloudState.\n"
    )


def test_runs_from_version_control_and_their_order(start: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start()
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
