"""An HCP Terraform on 127.0.0.1 for the tests' clients: one organisation, local and remote execution, shared state.

It speaks the part of the API that terraform, cdktf and pytfe use; what it doesn't know is answered 404 and recorded in
`strange`. It shows what our JSON and scripts make the clients do, not how HCP Terraform behaves.

Source: https://developer.hashicorp.com/terraform/cloud-docs/api-docs
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

from flask import Flask, Response, request

from tests.emulator import hcp_answers as answers
from tests.emulator.hcp_records import (
    Caller,
    Configuration,
    Organization,
    Refused,
    Run,
    Workspace,
    make_id,
)
from tests.emulator.hcp_runs import Runs, client_configuration
from tests.emulator.serving import serve
from tests.engines.conftest import Terraform

HOST, ORGANIZATION, TOKEN = "tfc.test", "acme", "alice-token"


class Hcp:
    """The server, as a test sees it; a context manager that starts and ends it.

    Args:
        terraform: what remote runs are done with, and in whose environment.
        execution_mode: that of workspaces that are made without one, as an organisation's default.
    """

    def __init__(self, terraform: Terraform, execution_mode: str = "remote") -> None:
        self.terraform = terraform
        self.organization = Organization(ORGANIZATION, execution_mode)
        self.organization.tokens |= {TOKEN: Caller("users", "alice"), "bob-token": Caller("users", "bob")}
        self.runs = Runs(self.organization, terraform.program, terraform.environment, HOST)
        self.strange: list[str] = []

    def __enter__(self) -> Hcp:
        self._server = serve(_application(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.runs.services = f"{self.url}/api/v2/"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.runs.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def client(self, folder: Path, token: str | None = TOKEN) -> Terraform:
        """Return Terraform with a CLI configuration, in `folder`, that leads to this server."""
        own = Path(self.terraform.environment["TF_CLI_CONFIG_FILE"]).read_text()
        file = folder / "client.tfrc"
        file.write_text(own + client_configuration(HOST, self.runs.services, token))
        return self.terraform.within(TF_CLI_CONFIG_FILE=str(file))

    def workspace(self, name: str) -> Workspace:
        return self.organization.named(name)


def _application(hcp: Hcp) -> Flask:
    app = Flask("hcp")
    organization = hcp.organization

    def answer(body: Any = None, status: int = 200, **more: Any) -> Response:
        if body is None:
            return Response(status=204)
        content = body if isinstance(body, dict) and "meta" in body else {"data": body}
        return Response(json.dumps(content | more), status, content_type="application/vnd.api+json")

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        errors = [{"status": str(error.status), "title": error.title, "detail": error.detail}]
        return Response(json.dumps({"errors": errors}), error.status, content_type="application/vnd.api+json")

    @app.errorhandler(404)
    @app.errorhandler(405)
    def unknown(_: Exception) -> Response:
        hcp.strange.append(f"{request.method} {request.path}")
        return refused(Refused(404, "not found"))

    def route(method: str, path: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
        """Register what answers `path`: with a caller whose token is known, and nobody else changing anything."""

        def register(function: Callable[..., Response]) -> Callable[..., Response]:
            def guarded(**parts: str) -> Response:
                caller = organization.caller(request.headers.get("Authorization", ""))
                with organization.guard:
                    if (name := parts.pop("organization", ORGANIZATION)) != ORGANIZATION:
                        raise Refused(404, "not found", name)
                    if "workspace" in parts:
                        named = not parts["workspace"].startswith("ws-")
                        parts["workspace"] = (organization.named if named else organization.by_id)(parts["workspace"])  # type: ignore[assignment]
                    return function(caller, **parts)

            app.add_url_rule(f"/api/v2{path}", f"{method} {path}", guarded, methods=[method])
            return function

        return register

    def given() -> dict[str, Any]:
        data: dict[str, Any] = request.get_json(force=True)["data"]
        return data

    def only_users(caller: Caller) -> None:
        if caller.is_run:
            raise Refused(404, "not found")

    def related(data: dict[str, Any], name: str) -> str | None:
        found = (data.get("relationships", {}).get(name) or {}).get("data")
        return found["id"] if found else None

    @app.get("/api/v2/ping")
    def ping() -> Response:
        return Response(status=204, headers={"TFP-API-Version": "2.6", "TFP-AppName": "HCP Terraform"})

    @route("GET", "/organizations/<organization>")
    def read_organization(_: Caller) -> Response:
        return answer(answers.organization(organization))

    @route("GET", "/organizations/<organization>/entitlement-set")
    def entitlements(_: Caller) -> Response:
        return answer(answers.entitlements(organization))

    @route("GET", "/organizations/<organization>/projects")
    def projects(_: Caller) -> Response:
        wanted = request.args.get("filter[names]")
        found = [(key, name) for key, name in organization.projects.items() if wanted in (None, name)]
        return answer(answers.listing([answers.project(key, name) for key, name in found]))

    @route("POST", "/organizations/<organization>/projects")
    def make_project(caller: Caller) -> Response:
        only_users(caller)
        name = given()["attributes"]["name"]
        return answer(answers.project(organization.make_project(name), name), 201)

    def shown(workspace: Workspace) -> Response:
        return answer(answers.workspace(workspace, organization))

    @route("GET", "/organizations/<organization>/workspaces")
    def workspaces(_: Caller) -> Response:
        found = organization.workspaces.values()
        return answer(answers.listing([answers.workspace(item, organization) for item in found]))

    @route("POST", "/organizations/<organization>/workspaces")
    def make_workspace(caller: Caller) -> Response:
        only_users(caller)
        data = given()
        if data["attributes"].get("tag-names") or data.get("relationships", {}).get("tag-bindings"):
            raise Refused(422, "invalid attribute", "No client of these workspaces needs tags")
        workspace = organization.make_workspace(data["attributes"], related(data, "project"))
        return answer(answers.workspace(workspace, organization), 201)

    @route("GET", "/organizations/<organization>/workspaces/<workspace>")
    @route("GET", "/workspaces/<workspace>")
    def read_workspace(_: Caller, workspace: Workspace) -> Response:
        return shown(workspace)

    @route("PATCH", "/organizations/<organization>/workspaces/<workspace>")
    @route("PATCH", "/workspaces/<workspace>")
    def update_workspace(caller: Caller, workspace: Workspace) -> Response:
        only_users(caller)
        organization.update_workspace(workspace, given().get("attributes", {}))
        return shown(workspace)

    @route("POST", "/workspaces/<workspace>/actions/<action>")
    def lock(caller: Caller, workspace: Workspace, action: str) -> Response:
        if action == "lock":
            workspace.lock(caller)
        elif action in ("unlock", "force-unlock"):
            workspace.unlock(caller, force=action == "force-unlock")
        else:
            raise Refused(404, "not found")
        return shown(workspace)

    consumers = "/workspaces/<workspace>/relationships/remote-state-consumers"

    @route("GET", consumers)
    def read_consumers(_: Caller, workspace: Workspace) -> Response:
        found = [organization.by_id(key) for key in sorted(workspace.consumers)]
        return answer(answers.listing([answers.workspace(item, organization) for item in found]))

    @route("POST", consumers)
    @route("DELETE", consumers)
    @route("PATCH", consumers)
    def change_consumers(caller: Caller, workspace: Workspace) -> Response:
        only_users(caller)
        keys = {organization.by_id(item["id"]).id for item in request.get_json(force=True)["data"]}
        kept = {"POST": workspace.consumers | keys, "DELETE": workspace.consumers - keys, "PATCH": keys}
        workspace.consumers = kept[request.method]
        return answer()

    @route("GET", "/workspaces/<workspace>/run-triggers")
    def run_triggers(_: Caller, workspace: Workspace) -> Response:
        pairs = [(workspace, key, organization.by_id(source)) for key, source in workspace.sources.items()]
        if request.args["filter[run-trigger][type]"] == "outbound":
            others = organization.workspaces.values()
            sources = [(other, *item) for other in others for item in other.sources.items()]
            pairs = [(other, key, workspace) for other, key, source in sources if source == workspace.id]
        return answer(answers.listing([answers.run_trigger(key, of, source) for of, key, source in pairs]))

    @route("POST", "/workspaces/<workspace>/run-triggers")
    def make_run_trigger(caller: Caller, workspace: Workspace) -> Response:
        only_users(caller)
        source = organization.by_id(related(given(), "sourceable") or "")
        if source.id in workspace.sources.values():
            raise Refused(422, "invalid attribute", "Sourceable has already been taken")
        key = make_id("rt")
        workspace.sources[key] = source.id
        return answer(answers.run_trigger(key, workspace, source), 201)

    @route("DELETE", "/run-triggers/<key>")
    def delete_run_trigger(caller: Caller, key: str) -> Response:
        only_users(caller)
        for workspace in organization.workspaces.values():
            if workspace.sources.pop(key, None):
                return answer()
        raise Refused(404, "not found")

    @route("GET", "/workspaces/<workspace>/current-state-version")
    def current_state(caller: Caller, workspace: Workspace) -> Response:
        version = organization.state_for(caller, workspace)
        included = [answers.output(key, output, reveal=False) for key, output in version.outputs.items()]
        return answer(answers.state_version(version, hcp.url), included=included)

    @route("GET", "/workspaces/<workspace>/current-state-version-outputs")
    def current_outputs(caller: Caller, workspace: Workspace) -> Response:
        version = organization.state_for(caller, workspace)
        found = [answers.output(key, output, reveal=False) for key, output in version.outputs.items()]
        return answer(answers.listing(found))

    @route("GET", "/state-version-outputs/<key>")
    def state_output(caller: Caller, key: str) -> Response:
        for workspace in organization.workspaces.values():
            for version in workspace.versions:
                if key in version.outputs and organization.is_shared(caller, workspace):
                    return answer(answers.output(key, version.outputs[key], reveal=True))
        raise Refused(404, "not found")

    @route("POST", "/workspaces/<workspace>/state-versions")
    def make_state_version(caller: Caller, workspace: Workspace) -> Response:
        version = workspace.add_version(caller, given()["attributes"])
        return answer(answers.state_version(version, hcp.url), 201)

    @route("GET", "/state-versions/<key>")
    def read_state_version(_: Caller, key: str) -> Response:
        return answer(answers.state_version(organization.find("versions", key), hcp.url))

    @route("POST", "/workspaces/<workspace>/configuration-versions")
    def make_configuration(caller: Caller, workspace: Workspace) -> Response:
        only_users(caller)
        wanted = given()["attributes"]
        configuration = Configuration(
            make_id("cv"), workspace, bool(wanted.get("speculative")), wanted.get("auto-queue-runs", True)
        )
        workspace.configurations.append(configuration)
        return answer(answers.configuration(configuration, hcp.url), 201)

    @route("GET", "/configuration-versions/<key>")
    def read_configuration(_: Caller, key: str) -> Response:
        return answer(answers.configuration(organization.find("configurations", key), hcp.url))

    @route("POST", "/runs")
    def make_run(caller: Caller) -> Response:
        only_users(caller)
        data = given()
        workspace = organization.by_id(related(data, "workspace") or "")
        key = related(data, "configuration-version")
        uploaded = [item for item in workspace.configurations if item.content and not item.speculative]
        if key is None and not uploaded:
            raise Refused(422, "invalid", "The workspace has no configuration version")
        configuration = organization.find("configurations", key) if key else uploaded[-1]
        wanted = data["attributes"]
        run = hcp.runs.queue(
            configuration,
            is_destroy=bool(wanted.get("is-destroy")),
            plan_only=bool(wanted.get("plan-only")),
            auto_apply=wanted.get("auto-apply") or workspace.settings["auto-apply"],
            message=wanted.get("message", ""),
        )
        return answer(answers.run(run), 201)

    @route("GET", "/runs/<key>")
    def read_run(_: Caller, key: str) -> Response:
        return answer(answers.run(organization.find("runs", key)))

    @route("GET", "/runs/<key>/run-events")
    @route("GET", "/runs/<key>/policy-checks")
    def nothing(_: Caller, key: str) -> Response:
        organization.find("runs", key)
        return answer(answers.listing([]))

    @route("GET", "/workspaces/<workspace>/runs")
    def list_runs(_: Caller, workspace: Workspace) -> Response:
        return answer(answers.listing([answers.run(run) for run in reversed(workspace.runs)]))

    @route("GET", "/organizations/<organization>/capacity")
    def capacity(_: Caller) -> Response:
        return answer({"type": "organization-capacity", "id": ORGANIZATION, "attributes": {"pending": 0, "running": 0}})

    @route("GET", "/organizations/<organization>/runs/queue")
    def run_queue(_: Caller) -> Response:
        return answer(answers.listing([]))

    @route("POST", "/runs/<key>/actions/<action>")
    def decide(caller: Caller, key: str, action: str) -> Response:
        only_users(caller)
        run: Run = organization.find("runs", key)
        possible = answers.run(run)["attributes"]["actions"]
        if action in ("apply", "discard") and possible["is-confirmable"]:
            run.decision = action
        elif action == "cancel" and run.status == "pending":
            run.status = "canceled"
        else:
            raise Refused(409, "conflict", f"Run can't be given the action {action} now")
        return answer({}, 202)

    def phase(name: str, plural: str) -> None:
        @route("GET", f"/{plural}/<key>")
        def read_phase(_: Caller, key: str) -> Response:
            return answer(answers.phase(organization.find("runs", key.removeprefix(f"{name}-")), name, hcp.url))

    phase("plan", "plans")
    phase("apply", "applies")

    # Addresses that are secret in HCP, so that whoever knows them needs no token.
    @app.get("/_blobs/<kind>/<key>")
    def download(kind: str, key: str) -> Response:
        if kind.startswith("log-"):
            log = bytes(organization.find("runs", key).logs[kind.removeprefix("log-")])
            start = int(request.args.get("offset", 0))
            return Response(log[start : start + int(request.args.get("limit", len(log) or 1))])
        if kind != "state":
            raise Refused(404, "not found")
        return Response(organization.find("versions", key).content)

    @app.put("/_blobs/<kind>/<key>")
    def upload(kind: str, key: str) -> Response:
        if kind in ("state", "json"):
            version = organization.find("versions", key)
            if kind == "state":
                version.content = request.data
            return Response(status=200)
        configuration = organization.find("configurations", key)
        configuration.content = request.data
        if configuration.auto_queue:
            workspace = configuration.workspace
            hcp.runs.queue(configuration, auto_apply=workspace.settings["auto-apply"])
        return Response(status=200)

    return app
