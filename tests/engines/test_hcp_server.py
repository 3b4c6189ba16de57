"""The emulated HCP Terraform is strict: what the real one refuses, it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.emulator.hcp import TOKEN, Hcp
from tests.emulator.hcp_records import Caller, StateVersion, Workspace
from tests.engines.conftest import Terraform

pytestmark = pytest.mark.engine


@pytest.fixture
def hcp(terraform: Terraform) -> Iterator[Hcp]:
    with Hcp(terraform) as started:
        yield started


def ask(hcp: Hcp, method: str, path: str, body: Any = None, token: str = TOKEN) -> tuple[int, Any]:
    """Send a request; return status and content of the answer."""
    sent = Request(f"{hcp.url}/api/v2{path}", json.dumps(body).encode() if body else None, method=method)
    sent.add_header("Authorization", f"Bearer {token}")
    try:
        with urlopen(sent, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or "null")
    except HTTPError as error:
        return error.code, json.loads(error.read())


def make(hcp: Hcp, name: str) -> Workspace:
    status, _ = ask(hcp, "POST", "/organizations/acme/workspaces", {"data": {"attributes": {"name": name}}})
    assert status == 201
    return hcp.workspace(name)


def test_a_wrong_token_is_refused_and_an_unknown_path_is_recorded(hcp: Hcp) -> None:
    assert ask(hcp, "GET", "/organizations/acme", token="another")[0] == 401
    assert ask(hcp, "GET", "/organizations/others/workspaces")[0] == 404
    assert hcp.strange == []
    assert ask(hcp, "GET", "/organizations/acme/varsets")[0] == 404
    assert hcp.strange == ["GET /api/v2/organizations/acme/varsets"]


def test_a_run_reads_the_state_of_another_workspace_only_where_it_is_shared(hcp: Hcp) -> None:
    producer, consumer = make(hcp, "producer"), make(hcp, "consumer")
    path = f"/workspaces/{producer.id}/current-state-version"
    hcp.organization.tokens["run"] = Caller("runs", "run-1", consumer)
    assert ask(hcp, "GET", path)[0] == ask(hcp, "GET", path, token="run")[0] == 404
    producer.versions.append(StateVersion("sv-1", 1, "a", b"{}"))
    assert ask(hcp, "GET", path)[0] == 200, "users are not bound by it"
    assert ask(hcp, "GET", path, token="run")[0] == 404
    consumers = f"/workspaces/{producer.id}/relationships/remote-state-consumers"
    shared = {"data": [{"type": "workspaces", "id": consumer.id}]}
    for method, status in (("POST", 200), ("DELETE", 404)):
        assert ask(hcp, method, consumers, shared)[0] == 204
        assert ask(hcp, "GET", path, token="run")[0] == status
    settings = {"data": {"attributes": {"global-remote-state": True}}}
    assert ask(hcp, "PATCH", consumers, shared, token="run")[0] == 404, "a run changes no settings"
    assert ask(hcp, "PATCH", f"/workspaces/{producer.id}", settings)[0] == 200
    assert ask(hcp, "GET", path, token="run")[0] == 200


def test_a_lock_keeps_others_out_and_state_needs_it(hcp: Hcp) -> None:
    workspace = make(hcp, "producer")
    version = {"data": {"attributes": {"serial": 1, "lineage": "a"}}}
    actions, versions = f"/workspaces/{workspace.id}/actions", f"/workspaces/{workspace.id}/state-versions"
    assert ask(hcp, "POST", versions, version)[0] == 409
    assert ask(hcp, "POST", f"{actions}/lock")[0] == 200
    assert ask(hcp, "POST", f"{actions}/lock")[0] == 409
    assert ask(hcp, "POST", f"{actions}/unlock", token="bob-token")[0] == 409
    assert ask(hcp, "POST", versions, version, token="bob-token")[0] == 409
    status, answer = ask(hcp, "POST", versions, version)
    assert (status, answer["data"]["attributes"]["status"]) == (201, "pending")
    assert workspace.state is None, "its content has not arrived"
    assert ask(hcp, "POST", f"{actions}/force-unlock", token="bob-token")[0] == 200


def test_a_workspace_that_executes_locally_takes_no_runs(hcp: Hcp) -> None:
    workspace = make(hcp, "producer")
    ask(hcp, "PATCH", f"/workspaces/{workspace.id}", {"data": {"attributes": {"execution-mode": "local"}}})
    related = {"workspace": {"data": {"type": "workspaces", "id": workspace.id}}}
    assert ask(hcp, "POST", "/runs", {"data": {"attributes": {}, "relationships": related}})[0] == 422
