"""The workspaces of HCP Terraform: who may read whose state, what queues runs, and what is refused."""

from __future__ import annotations

from typing import Any

from latticelink import App, CloudState, CloudWorkspaces, InvalidInput, LocalState
from latticelink.testing import Synthesise, SynthesisedStack

import pytest

from tests.flavour import core

STATE = CloudState("acme", workspace="shop-{stack}", hostname="tfe.acme.example", project="Networks")
READS = {"producer": [], "other": [], "consumer": ["producer"]}


def add(app: Any, **options: Any) -> None:
    stack = core().TerraformStack(app, "workspaces")
    LocalState().keep(stack)
    CloudWorkspaces(stack, "workspaces", options.pop("state", STATE), **{"reads": READS, **options})


def make(synthesise: Synthesise, **options: Any) -> SynthesisedStack:
    return synthesise(lambda app: add(app, **options))["workspaces"]


def id_of(template: SynthesisedStack, name: str) -> str:
    return template.ref("tfe_workspace", "id", name=f"shop-{name}")


def test_each_stack_has_a_workspace_in_the_project_on_the_states_own_host(synthesise: Synthesise) -> None:
    template = make(synthesise)
    assert template.json["provider"]["tfe"] == [{"hostname": "tfe.acme.example", "organization": "acme"}]
    assert template.json["terraform"]["required_providers"]["tfe"]["source"] == "hashicorp/tfe"
    project = template.ref("tfe_project", "id", name="Networks", organization="acme")
    workspaces = template.all("tfe_workspace")
    assert {item["name"] for item in workspaces} == {"shop-producer", "shop-other", "shop-consumer"}
    assert {(item["organization"], item["project_id"]) for item in workspaces} == {("acme", project)}


def test_a_producers_state_is_shared_with_its_consumers_and_nobody_else(synthesise: Synthesise) -> None:
    template = make(synthesise)
    shared = {
        name: template.one("tfe_workspace_settings", workspace_id=id_of(template, name)) for name in sorted(READS)
    }
    assert {name: item["remote_state_consumer_ids"] for name, item in shared.items()} == {
        "consumer": [],
        "other": [],
        "producer": [id_of(template, "consumer")],
    }
    assert {(item["execution_mode"], item["global_remote_state"]) for item in shared.values()} == {("remote", False)}


def test_an_apply_of_the_producer_queues_a_run_of_the_consumer(synthesise: Synthesise) -> None:
    template = make(synthesise)
    trigger = template.one("tfe_run_trigger")
    assert trigger["workspace_id"] == id_of(template, "consumer")
    assert trigger["sourceable_id"] == id_of(template, "producer")
    assert {(item["auto_apply"], item["auto_apply_run_trigger"]) for item in template.all("tfe_workspace")} == {
        (False, False)
    }
    applied = make(synthesise, auto_apply=True).one("tfe_workspace", name="shop-consumer")
    assert (applied["auto_apply"], applied["auto_apply_run_trigger"]) == (True, True)


def test_with_local_execution_nothing_runs_so_nothing_is_triggered(synthesise: Synthesise) -> None:
    template = make(synthesise, execution_mode="local")
    assert template.all("tfe_run_trigger") == []
    assert {item["execution_mode"] for item in template.all("tfe_workspace_settings")} == {"local"}


def test_with_a_repository_each_workspace_watches_its_stacks_folder(synthesise: Synthesise) -> None:
    repository = {"identifier": "acme/network", "github_app_installation_id": "ghain-1", "branch": "main"}
    workspace = make(synthesise, vcs_repo=repository).one("tfe_workspace", name="shop-consumer")
    assert workspace["vcs_repo"] == repository
    assert workspace["working_directory"] == "cdktf.out/stacks/consumer"


def test_addresses_come_from_the_stacks_ids_whatever_their_order(synthesise: Synthesise) -> None:
    assert make(synthesise).text == make(synthesise, reads=dict(reversed(READS.items()))).text


@pytest.mark.parametrize(
    ("what", "options", "argument", "fix"),
    [
        ("a stack that isn't listed", {"reads": {"a": ["b"]}}, "reads", "Add 'b': [], or ask its owner"),
        ("a stack that reads itself", {"reads": {"a": ["a"]}}, "reads", "Remove 'a' from its own list."),
        ("a text for a list", {"reads": {"a": "b", "b": []}}, "reads", "Write ['b']."),
        ("a malformed id", {"reads": {"a b": []}}, "reads", "Write a plain id"),
        (
            "too many sources",
            {"reads": {**{f"s{n}": [] for n in range(21)}, "a": [f"s{n}" for n in range(21)]}},
            "reads",
            "Let 'a' read fewer stacks.",
        ),
        ("agents", {"execution_mode": "agent"}, "execution_mode", "Write 'remote' or 'local'."),
        ("no connection", {"vcs_repo": {"identifier": "acme/network"}}, "vcs_repo", "Write, for example,"),
        (
            "a secret among the repository's keys",
            {"vcs_repo": {"identifier": "acme/network", "oauth_token_id": "ot-1", "token": "very-secret"}},
            "vcs_repo",
            "Write, for example,",
        ),
        (
            "a repository without runs",
            {"vcs_repo": {"identifier": "a/b", "oauth_token_id": "ot-1"}, "execution_mode": "local"},
            "execution_mode",
            "Write execution_mode='remote'",
        ),
        (
            "one folder for all",
            {"vcs_repo": {"identifier": "a/b", "oauth_token_id": "ot-1"}, "folder": "cdktf.out"},
            "folder",
            "Write, for example,",
        ),
    ],
)
def test_what_hcp_terraform_would_refuse_is_refused(what: str, options: Any, argument: str, fix: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        add(App(context={}), **options)
    [finding] = caught.value.findings
    assert finding.place[-1] == argument, what
    assert finding.fix.startswith(fix)
    assert "very-secret" not in str(caught.value)
