"""`examples/hcp/deploy.py`, the API-driven workflow: it deploys in order, and says what is wrong in a sentence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from latticelink import LocalState

import pytest

from tests.conftest import ROOT, run_python
from tests.emulator.aws import Aws
from tests.emulator.hcp import HOST, TOKEN, Hcp
from tests.emulator.hcp_records import StateVersion
from tests.engines.conftest import Terraform, until
from tests.engines.links import Link, Place
from tests.engines.small import ARN, write
from tests.engines.test_hcp import NOT_FOUND, STATE

pytestmark = pytest.mark.engine

SCRIPT = str(ROOT / "examples" / "hcp" / "deploy.py")


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


def test_the_script_deploys_in_order_and_destroys_in_reverse(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    missing = script.run("--plan-only", expect=1)
    assert missing == "There is no workspace 'shop-producer' yet; a run without --plan-only makes it.\n"

    printed = script.run()
    steps = [line for line in printed.splitlines() if "shop-" in line or line.startswith("==")]
    page = f"https://{HOST}/app/acme/workspaces"
    producer, consumer = (hcp.workspace(f"shop-{name}") for name in ("producer", "consumer"))
    assert steps == [
        "Created the workspace shop-producer.",
        "Created the workspace shop-consumer.",
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
    assert "Created" not in again
    assert script.run("--check") == ("shop-producer: applied\nshop-consumer: applied\n  can read shop-producer\n")
    assert script.run("--plan-only").count("No changes.") == 2
    destroyed = script.run("--destroy")
    assert destroyed.index("== consumer: applied") < destroyed.index("== producer: applied")
    assert (producer.state and producer.state.outputs, consumer.sources) == ({}, {})


def test_runs_leave_nothing_where_another_servers_runs_would_find_it(
    start_hcp: Callable[..., Hcp], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = tmp_path / "common"
    common.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(common))
    write(tmp_path, STATE)
    assert Script(start_hcp(), tmp_path).run().count(": applied") == 2
    until(lambda: not list(common.iterdir()))


@pytest.mark.slow
def test_the_script_deploys_with_the_real_provider(
    start_hcp: Callable[..., Hcp], terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    script = Script(start_hcp(with_terraform=terraform_on_aws), tmp_path)
    places = Place.make(aws), Place.make(aws)
    aws.control("reads", count=0)
    before = aws.inventory()
    Link(*places, state=STATE).write(tmp_path)
    assert script.run().count(": applied") == 2
    assert set(aws.inventory()) - set(before) == {"rgw", "rcfg", "vpce"}
    assert script.run("--destroy").count(": applied") == 2
    assert aws.inventory() == before


@pytest.mark.parametrize("setting", ["global-remote-state", "project-remote-state"])
def test_the_script_leaves_wider_sharing_as_it_is(start_hcp: Callable[..., Hcp], tmp_path: Path, setting: str) -> None:
    hcp = start_hcp()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    project = hcp.organization.make_project("Networks")
    producer = hcp.organization.make_workspace({"name": "shop-producer", setting: True}, project)
    assert script.run().count(": applied") == 2
    assert producer.consumers == set()


def test_the_script_gets_past_a_run_that_the_trigger_queued(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp()
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
    start_hcp: Callable[..., Hcp], tmp_path: Path, what: str, said: str
) -> None:
    hcp = start_hcp()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    hcp.organization.make_workspace({"name": "shop-consumer"}, None)
    if what != "no workspace":
        producer = hcp.organization.make_workspace({"name": "shop-producer"}, None)
        if what == "not shared":
            state = {"version": 4, "serial": 1, "lineage": "a", "outputs": {}, "resources": []}
            producer.versions.append(StateVersion("sv-1", 1, "a", json.dumps(state).encode()))
    assert said in script.run("--check", expect=1)
    if what == "not shared":
        failed = script.run("--plan-only", expect=1).splitlines()
        assert "Error: Unable to find remote state" in failed
        run = hcp.workspace("shop-consumer").runs[-1]
        assert failed[-1].startswith(f"Stack 'consumer': the run is errored. It can't read shop-producer: {said}")
        assert failed[-1].endswith(f"https://{HOST}/app/acme/workspaces/shop-consumer/runs/{run.id}")


def test_the_script_shows_structured_logs_as_text(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp()
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


def test_the_script_says_what_to_do_in_a_sentence(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp("local")
    script = Script(hcp, tmp_path)
    assert script.run("nowhere", expect=1).startswith("Can't read nowhere/manifest.json: No such file or directory.")
    write(tmp_path, STATE)
    assert script.run(expect=1, token="").startswith(f"There is no token for {HOST}. Run `terraform login {HOST}`")
    assert f"{hcp.url} refuses the token (unauthorized)." in script.run(expect=1, token="another")
    hcp.organization.make_workspace({"name": "shop-producer"}, None)
    assert script.run(expect=1).startswith("Workspace 'shop-producer' executes locally, so it takes no runs.")
    hcp.workspace("shop-producer").lock(hcp.organization.tokens["bob-token"])
    assert script.run("--check", expect=1).startswith("shop-producer: never applied, locked by user bob\n")
    credentials = tmp_path / ".terraform.d" / "credentials.tfrc.json"
    credentials.parent.mkdir()
    credentials.write_text(json.dumps({"credentials": {HOST: {"token": TOKEN}}}))
    assert script.run(expect=1, token="").startswith("Workspace 'shop-producer' executes locally")


def test_the_script_says_who_holds_a_workspace(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    hcp = start_hcp()
    script = Script(hcp, tmp_path)
    write(tmp_path, STATE)
    hcp.organization.make_workspace({"name": "shop-producer"}, None).lock(hcp.organization.tokens["bob-token"])
    said = script.run("--minutes", "0.02", expect=1)
    assert "It waits: workspace shop-producer is locked by user bob.\n" in said
    assert "After 0.02 minutes, the run is still pending: https://tfc.test/app/acme/workspaces/shop-producer/" in said
    assert "shop-producer: never applied, locked by user bob\n" in script.run("--check", expect=1)


def test_whoever_interrupts_the_script_hears_that_the_run_goes_on(
    start_hcp: Callable[..., Hcp], tmp_path: Path
) -> None:
    hcp = start_hcp()
    write(tmp_path, STATE)
    hcp.organization.make_workspace({"name": "shop-producer"}, None).lock(hcp.organization.tokens["bob-token"])
    environment = {**os.environ, "TFE_ADDRESS": hcp.url, "TFE_TOKEN": TOKEN}
    # A child of a shell's background job would ignore the interrupt, as its parents do.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        waiting = subprocess.Popen(
            [sys.executable, SCRIPT],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, handler)
    try:
        until(lambda: hcp.workspace("shop-producer").runs)
        waiting.send_signal(signal.SIGINT)
        _, said = waiting.communicate(timeout=120)
    finally:
        waiting.kill()
    assert (waiting.returncode, said) == (130, "Stopped waiting. A run that was queued continues in HCP Terraform.\n")


def test_the_script_refuses_a_stack_whose_state_is_elsewhere(start_hcp: Callable[..., Hcp], tmp_path: Path) -> None:
    script = Script(start_hcp(), tmp_path)
    write(tmp_path, LocalState())
    assert script.run(expect=1) == (
        "cdktf.out/stacks/producer/cdk.tf.json names no host, organisation and workspace of HCP Terraform. "
        "Give the stack a CloudState.\n"
    )
