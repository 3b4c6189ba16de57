"""The emulated HCP Terraform's records as JSON:API objects, with the attributes that its clients read."""

from __future__ import annotations

from typing import Any

from tests.emulator.hcp_records import Configuration, Organization, Run, StateVersion, Workspace

Json = dict[str, Any]


def reference(kind: str, identifier: str | None) -> Json:
    return {"data": {"type": kind, "id": identifier} if identifier else None}


def listing(items: list[Json]) -> Json:
    pages = {"current-page": 1, "prev-page": None, "next-page": None, "total-pages": 1, "total-count": len(items)}
    return {"data": items, "meta": {"pagination": pages}}


def organization(record: Organization) -> Json:
    attributes = {"name": record.name, "default-execution-mode": record.default_execution_mode}
    return {"type": "organizations", "id": record.name, "attributes": attributes}


def entitlements(record: Organization) -> Json:
    attributes = dict.fromkeys(("operations", "state-storage", "run-tasks"), True)
    absent = dict.fromkeys(("cost-estimation", "sentinel", "policy-enforcement", "private-module-registry"), False)
    return {"type": "entitlement-sets", "id": record.name, "attributes": {**attributes, **absent}}


def project(identifier: str, name: str) -> Json:
    return {"type": "projects", "id": identifier, "attributes": {"name": name}}


def workspace(record: Workspace, owner: Organization) -> Json:
    mode = record.settings["execution-mode"]
    queue, state = ("queue-apply", "queue-destroy", "queue-run"), ("create-state-versions", "read-state-versions")
    permissions = (*queue, *state, "lock", "unlock", "force-unlock", "update", "read-settings")
    attributes = {
        **record.settings,
        "name": record.name,
        "operations": mode != "local",
        "locked": record.holder is not None,
        "permissions": {f"can-{name}": True for name in permissions},
        "actions": {"is-destroyable": True},
        "setting-overwrites": {"execution-mode": mode != owner.default_execution_mode, "agent-pool": False},
        "allow-destroy-plan": True,
        "tag-names": [],
        "vcs-repo": None,
        "created-at": "2026-01-01T00:00:00Z",
        "resource-count": 0,
    }
    current = next((run for run in record.runs if not run.is_over), None)
    relationships = {
        "organization": reference("organizations", owner.name),
        "project": reference("projects", record.project),
        "current-run": reference("runs", current.id if current else None),
        "current-state-version": reference("state-versions", record.state.id if record.state else None),
        "locked-by": reference(record.holder.kind, record.holder.id) if record.holder else {"data": None},
    }
    return {"type": "workspaces", "id": record.id, "attributes": attributes, "relationships": relationships}


def state_version(record: StateVersion, base: str) -> Json:
    attributes = {
        "serial": record.serial,
        "status": "finalized" if record.content else "pending",
        "created-at": "2026-01-01T00:00:00Z",
        "hosted-state-download-url": f"{base}/_blobs/state/{record.id}",
        "hosted-json-state-download-url": f"{base}/_blobs/json/{record.id}",
        "hosted-state-upload-url": f"{base}/_blobs/state/{record.id}",
        "hosted-json-state-upload-url": f"{base}/_blobs/json/{record.id}",
        "resources-processed": True,
    }
    outputs = {"data": [{"type": "state-version-outputs", "id": identifier} for identifier in record.outputs]}
    relationships = {"outputs": outputs}
    return {"type": "state-versions", "id": record.id, "attributes": attributes, "relationships": relationships}


def output(identifier: str, record: Json, *, reveal: bool) -> Json:
    """Return an output; the value of a sensitive one only where it is asked for by itself."""
    sensitive = record.get("sensitive", False)
    attributes = {
        "name": record["name"],
        "sensitive": sensitive,
        "type": record["type"] if isinstance(record["type"], str) else "array",
        "detailed-type": record["type"],
        "value": None if sensitive and not reveal else record["value"],
    }
    return {"type": "state-version-outputs", "id": identifier, "attributes": attributes}


def configuration(record: Configuration, base: str) -> Json:
    attributes = {
        "auto-queue-runs": record.auto_queue,
        "speculative": record.speculative,
        "status": "uploaded" if record.content else "pending",
        "source": "tfe-api",
        "upload-url": f"{base}/_blobs/configuration/{record.id}",
    }
    return {"type": "configuration-versions", "id": record.id, "attributes": attributes}


def run(record: Run) -> Json:
    waits = record.status == "planned" and not record.auto_apply and not record.decision
    actions = {
        "is-cancelable": not record.is_over and not waits,
        "is-confirmable": waits,
        "is-discardable": waits,
        "is-force-cancelable": False,
    }
    permissions = dict.fromkeys(
        ("can-apply", "can-cancel", "can-discard", "can-force-cancel", "can-force-execute"), True
    )
    attributes = {
        "actions": actions,
        "auto-apply": record.auto_apply,
        "created-at": "2026-01-01T00:00:00Z",
        "has-changes": record.has_changes,
        "is-destroy": record.is_destroy,
        "message": record.message,
        "permissions": permissions,
        "plan-only": record.plan_only,
        "source": record.source,
        "status": record.status,
    }
    relationships = {
        "workspace": reference("workspaces", record.workspace.id),
        "configuration-version": reference("configuration-versions", record.configuration.id),
        "plan": reference("plans", f"plan-{record.id}"),
        "apply": reference("applies", f"apply-{record.id}"),
    }
    return {"type": "runs", "id": record.id, "attributes": attributes, "relationships": relationships}


def phase(record: Run, name: str, base: str) -> Json:
    """Return the run's plan or apply."""
    attributes = {
        "has-changes": record.has_changes,
        "status": record.phases[name],
        "log-read-url": f"{base}/_blobs/log-{name}/{record.id}",
    }
    return {"type": {"plan": "plans", "apply": "applies"}[name], "id": f"{name}-{record.id}", "attributes": attributes}


def run_trigger(identifier: str, of: Workspace, source: Workspace) -> Json:
    attributes = {
        "workspace-name": of.name,
        "sourceable-name": source.name,
        "created-at": "2026-01-01T00:00:00Z",
    }
    relationships = {
        "workspace": reference("workspaces", of.id),
        "sourceable": reference("workspaces", source.id),
    }
    return {"type": "run-triggers", "id": identifier, "attributes": attributes, "relationships": relationships}
