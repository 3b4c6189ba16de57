"""What the emulated HCP Terraform remembers: one organisation, its workspaces, and who may do what with them."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from itertools import count
from threading import RLock
from typing import Any

_numbers = count(1)
VERSION = "1.11.4"


def make_id(prefix: str) -> str:
    """Return an id in HCP's form, in the order in which things are made."""
    return f"{prefix}-{next(_numbers):016d}"


class Refused(Exception):
    """An answer other than success."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail


@dataclass(frozen=True)
class Caller:
    """Who sent a request: a user, or a run with its own token."""

    kind: str
    id: str
    workspace: Workspace | None = None

    @property
    def is_run(self) -> bool:
        return self.kind == "runs"


@dataclass
class StateVersion:
    id: str
    serial: int
    lineage: str
    content: bytes | None = None

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        """Return the outputs as the state has them, with an id for each."""
        outputs = json.loads(self.content or b"{}").get("outputs", {})
        return {f"wsout-{self.id[3:]}-{name}": {"name": name, **output} for name, output in outputs.items()}


@dataclass
class Configuration:
    id: str
    workspace: Workspace
    speculative: bool
    auto_queue: bool
    content: bytes | None = None

    def unpack(self, folder: Any) -> None:
        with tarfile.open(fileobj=io.BytesIO(self.content or b"")) as archive:
            archive.extractall(folder, filter="data")


@dataclass
class Run:
    id: str
    workspace: Workspace
    configuration: Configuration
    is_destroy: bool = False
    plan_only: bool = False
    auto_apply: bool = False
    message: str = ""
    source: str = "tfe-api"
    status: str = "pending"
    has_changes: bool = False
    logs: dict[str, bytearray] = field(default_factory=dict)
    phases: dict[str, str] = field(default_factory=lambda: {"plan": "pending", "apply": "pending"})
    decision: str = ""

    FINAL = ("applied", "planned_and_finished", "errored", "discarded", "canceled")

    @property
    def is_over(self) -> bool:
        return self.status in self.FINAL


@dataclass
class Workspace:
    id: str
    name: str
    project: str
    settings: dict[str, Any]
    holder: Caller | None = None
    consumers: set[str] = field(default_factory=set)
    sources: dict[str, str] = field(default_factory=dict)
    versions: list[StateVersion] = field(default_factory=list)
    configurations: list[Configuration] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    @property
    def state(self) -> StateVersion | None:
        """Return the newest version whose content has arrived."""
        return next((version for version in reversed(self.versions) if version.content is not None), None)

    def lock(self, caller: Caller) -> None:
        if self.holder is not None:
            raise Refused(409, "conflict", f"Unable to lock workspace. The workspace is already locked: {self.name}")
        self.holder = caller

    def unlock(self, caller: Caller, *, force: bool = False) -> None:
        if self.holder is None:
            raise Refused(409, "conflict", "Unable to unlock workspace. The workspace is not locked.")
        if self.holder != caller and not force:
            raise Refused(409, "conflict", f"Unable to unlock workspace. It is locked by {self.holder.id}.")
        self.holder = None

    def add_version(self, caller: Caller, attributes: dict[str, Any]) -> StateVersion:
        """Take a new version of the state from whoever holds the lock; its content is uploaded afterwards."""
        if self.holder != caller:
            raise Refused(409, "conflict", "Workspace must be locked by the user who uploads its state.")
        newest = self.state
        lineage, serial = attributes.get("lineage", ""), attributes["serial"]
        if newest and (newest.lineage != lineage or serial <= newest.serial):
            raise Refused(409, "conflict", "Serial or lineage doesn't follow the current state.")
        version = StateVersion(make_id("sv"), serial, lineage)
        if given := attributes.get("state"):
            version.content = base64.b64decode(given)
            if attributes.get("md5") != hashlib.md5(version.content).hexdigest():
                raise Refused(422, "invalid attribute", "md5 does not match the state")
        self.versions.append(version)
        return version


class Organization:
    """One organisation, its users' tokens, projects and workspaces. Whoever changes it holds `guard`."""

    def __init__(self, name: str, default_execution_mode: str) -> None:
        self.name = name
        self.default_execution_mode = default_execution_mode
        self.guard = RLock()
        self.tokens: dict[str, Caller] = {}
        self.projects: dict[str, str] = {make_id("prj"): "Default Project"}
        self.workspaces: dict[str, Workspace] = {}

    def caller(self, header: str) -> Caller:
        """Return whose token the header has."""
        caller = self.tokens.get(header.removeprefix("Bearer "))
        if caller is None:
            raise Refused(401, "unauthorized")
        return caller

    def make_project(self, name: str) -> str:
        if name in self.projects.values():
            raise Refused(422, "invalid attribute", "Name has already been taken")
        project = make_id("prj")
        self.projects[project] = name
        return project

    def make_workspace(self, attributes: dict[str, Any], project: str | None) -> Workspace:
        name = attributes["name"]
        if any(workspace.name == name for workspace in self.workspaces.values()):
            raise Refused(422, "invalid attribute", "Name has already been taken")
        if project is not None and project not in self.projects:
            raise Refused(404, "not found")
        settings = {
            "auto-apply": False,
            "auto-apply-run-trigger": False,
            "execution-mode": self.default_execution_mode,
            "global-remote-state": False,
            "project-remote-state": False,
            # HCP's default is true: logs are JSON then, and terraform sends requests that this server doesn't know.
            "structured-run-output-enabled": False,
            "terraform-version": VERSION,
            "working-directory": "",
        }
        workspace = Workspace(make_id("ws"), name, project or next(iter(self.projects)), settings)
        self.update_workspace(workspace, attributes)
        self.workspaces[workspace.id] = workspace
        return workspace

    def update_workspace(self, workspace: Workspace, attributes: dict[str, Any]) -> None:
        for name in workspace.settings:
            if attributes.get(name) is not None:
                workspace.settings[name] = attributes[name]

    def named(self, name: str) -> Workspace:
        found = [workspace for workspace in self.workspaces.values() if workspace.name == name]
        if not found:
            raise Refused(404, "not found")
        return found[0]

    def by_id(self, workspace_id: str) -> Workspace:
        if workspace_id not in self.workspaces:
            raise Refused(404, "not found")
        return self.workspaces[workspace_id]

    def state_for(self, caller: Caller, workspace: Workspace) -> StateVersion:
        """Return the current state, or the same 404 for one that isn't there and one that isn't shared with the run.

        Users are not bound by the sharing of a workspace.
        Source: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/state#accessing-state-from-other-workspaces
        """
        if workspace.state is None or not self.is_shared(caller, workspace):
            raise Refused(404, "not found")
        return workspace.state

    @staticmethod
    def is_shared(caller: Caller, workspace: Workspace) -> bool:
        reader, settings = caller.workspace, workspace.settings
        if reader is None or reader is workspace or settings["global-remote-state"]:
            return True
        in_project = settings["project-remote-state"] and reader.project == workspace.project
        return in_project or reader.id in workspace.consumers

    def find(self, kind: str, identifier: str) -> Any:
        """Return the run, configuration or state version with this id."""
        for workspace in self.workspaces.values():
            for item in getattr(workspace, kind):
                if item.id == identifier:
                    return item
        raise Refused(404, "not found")
