"""Deploys the stacks of a synth output folder through HCP Terraform's API: the API-driven workflow.

    python deploy.py [DIR]                 # plans and applies each stack, producers first
    python deploy.py [DIR] --plan-only     # plans each stack; changes nothing
    python deploy.py [DIR] --check         # says which state is there and who may read it; changes nothing
    python deploy.py [DIR] --destroy       # destroys each stack, consumers first

A stack's JSON says where it belongs (`CloudState`). Workspaces that aren't there are made, with remote execution; a
producer's workspace shares its state with its consumers', and a consumer's gets a run trigger on its producer's.

The token is a user's or a team's, and goes to the host that you named it for: TFE_TOKEN to TFE_ADDRESS, else to
app.terraform.io; TF_TOKEN_<host>, or what `terraform login` wrote, to that host. Only https is spoken, but for an
address of this machine, which stands for the stacks' host. It needs `pip install 'latticelink[hcp]'`.

What is uploaded of a stack's folder is its JSON, its lock file and its assets, and nothing else; links are refused.
Source: https://developer.hashicorp.com/terraform/cloud-docs/run/api
"""

from __future__ import annotations

import argparse
import io
import ipaddress
import json
import os
import re
import stat
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from latticelink import LatticeLinkError, StackFolder, in_deploy_order
from latticelink.disclosure import lines, note_secrets
from latticelink.errors import UnreadableInput
from latticelink.terraform.secrets import note_content

import httpx
from pytfe import TFEClient, TFEConfig
from pytfe.errors import AuthError, NotFound, TFEError
from pytfe.models import (
    ConfigurationStatus,
    ConfigurationVersion,
    ConfigurationVersionCreateOptions,
    ExecutionMode,
    Project,
    ProjectCreateOptions,
    ProjectListOptions,
    Run,
    RunCreateOptions,
    RunTriggerCreateOptions,
    RunTriggerFilterOp,
    RunTriggerListOptions,
    Workspace,
    WorkspaceAddRemoteStateConsumersOptions,
    WorkspaceCreateOptions,
)

_DEFAULT_HOST = "app.terraform.io"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")
_NAME = re.compile(r"[A-Za-z0-9_-]+( [A-Za-z0-9_-]+)*")
_LOCK, _ASSETS = ".terraform.lock.hcl", "assets"
# What a local module, which the CDK copies whole to the assets, may hold of this machine and of people.
_PRIVATE = re.compile(
    r"\.terraform|\.git|\.env(\..*)?|.*\.tfstate(\..*)?|terraform\.tfstate\.d|.*\.tfvars(\.json)?|.*\.tfplan|plan|"
    r"\.terraformrc|.*\.tfrc(\.json)?|\.netrc|\.aws|.*\.pem|id_(rsa|dsa|ecdsa|ed25519)"
)
_LONGEST = 32 * 1024 * 1024
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_GOOD = ("applied", "planned_and_finished")
_OVER = (*_GOOD, "errored", "discarded", "canceled", "policy_soft_failed")


class Stopped(LatticeLinkError):
    """What a person must know, and do, before this can go on."""


@dataclass(frozen=True)
class Place:
    """Where a stack belongs in HCP Terraform, as its JSON says."""

    stack: StackFolder
    host: str
    organization: str
    workspace: str
    project: str | None

    @classmethod
    def read(cls, stack: StackFolder) -> Place:
        """Return the place of `stack`."""
        try:
            content = json.loads(_content(stack.file))
            note_content(content)
            cloud = content["terraform"]["cloud"]
            named = cloud["workspaces"]
            host, project = cloud["hostname"].lower(), named.get("project")
            names = [cloud["organization"], named["name"], *([] if project is None else [project])]
            if not _HOST.fullmatch(host) or not all(map(_NAME.fullmatch, names)):
                raise ValueError("names that nothing there has")
            return cls(stack, host, cloud["organization"], named["name"], project)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Stopped(
                f"{stack.file} names no host, organisation and workspace of HCP Terraform. Give the stack a CloudState."
            ) from None

    @property
    def url(self) -> str:
        """Return the address of the workspace's page."""
        return f"https://{self.host}/app/{self.organization}/workspaces/{self.workspace}"


class Deployment:
    """The stacks of one app in one organisation."""

    def __init__(self, client: TFEClient, address: str, places: list[Place], minutes: float) -> None:
        self.client, self.address, self.minutes = client, address, minutes
        self.places = {place.stack.name: place for place in places}
        self.workspaces: dict[str, Workspace] = {}

    def find(self) -> None:
        """Look for the workspaces."""
        for name, place in self.places.items():
            with suppress(NotFound):
                self.workspaces[name] = self.client.workspaces.read(place.workspace, organization=place.organization)

    def refuse_local(self) -> None:
        """Stop if a workspace takes no runs."""
        for name in filter(self._is_local, self.workspaces):
            raise Stopped(
                f"Workspace {self._name(name)!r} executes locally, so it takes no runs. Set its execution mode to "
                f"Remote at {self.places[name].url}/settings/general, or use Terraform on this machine."
            )

    def prepare(self) -> None:
        """Make what is missing: projects, workspaces, shared state, run triggers."""
        for name, place in self.places.items():
            if name not in self.workspaces:
                options = WorkspaceCreateOptions(
                    name=place.workspace, execution_mode=ExecutionMode.REMOTE, project=self._project(place)
                )
                self.workspaces[name] = self.client.workspaces.create(place.organization, options)
                _say(f"Created the workspace {place.workspace}.")
        for producer, consumer in self._pairs():
            source, reader = self.workspaces[producer], self.workspaces[consumer]
            if not self._shares(producer, consumer):
                sharing = WorkspaceAddRemoteStateConsumersOptions(workspaces=[reader])
                self.client.workspaces.add_remote_state_consumers(source.id, sharing)
                _say(f"{source.name} shares its state with {reader.name} now.")
            if producer not in self._triggers(consumer):
                self.client.run_triggers.create(reader.id, RunTriggerCreateOptions(sourceable=source))
                _say(f"An apply in {source.name} queues a run in {reader.name} from now on.")

    def forget_triggers(self) -> None:
        """Remove the run triggers, so that destroying a producer queues nothing in a consumer that is gone."""
        for producer, consumer in self._pairs():
            if {producer, consumer} <= set(self.workspaces) and (key := self._triggers(consumer).get(producer)):
                self.client.run_triggers.delete(key)

    def check(self) -> bool:
        """Print what is there and who may read it; return whether every consumer can be planned."""
        is_ready = True
        for name, place in self.places.items():
            _say(f"{place.workspace}: {self._describe(name)}")
            for producer in place.stack.dependencies:
                problem = self._why_unreadable(producer, name)
                is_ready = is_ready and problem is None
                can = (
                    f"can not read {self._name(producer)}: {problem}" if problem else f"can read {self._name(producer)}"
                )
                _say(f"  {can}")
        return is_ready

    def run(self, name: str, *, destroy: bool = False, plan_only: bool = False) -> None:
        """Upload the stack's folder, run Terraform on it in HCP Terraform, and wait for the end of it."""
        place = self.places[name]
        if name not in self.workspaces:
            raise Stopped(f"There is no workspace {place.workspace!r} yet; a run without --plan-only makes it.")
        workspace = self.workspaces[name]
        packed = _packed(place.stack)
        options = ConfigurationVersionCreateOptions(auto_queue_runs=False, speculative=plan_only)
        version = self.client.configuration_versions.create(workspace.id, options)
        _ask("PUT", version.upload_url or "", self.address, content=packed.getvalue())
        while self.client.configuration_versions.read(version.id).status == ConfigurationStatus.PENDING:
            time.sleep(0.5)
        run = self.client.runs.create(
            RunCreateOptions(
                # Ids alone: pytfe sends whole objects along, and can't write their times as JSON.
                workspace=Workspace(id=workspace.id),
                configuration_version=ConfigurationVersion(id=version.id),
                is_destroy=destroy,
                plan_only=plan_only,
                auto_apply=not plan_only,
                message=f"LatticeLink: {'destroy' if destroy else 'plan' if plan_only else 'deploy'} {name}",
            )
        )
        _say(f"\n== {name}: {self._url(name, run)}")
        self._wait(name, run)

    def _wait(self, name: str, run: Run) -> None:
        until, shown, told = time.monotonic() + self.minutes * 60, set[str](), False
        log, pause = "", 0.2
        while True:
            run = self.client.runs.read(run.id)
            status = str(run.status.value if run.status else "")
            ended = [("plan", status not in ("pending", "plan_queued", "planning", "fetching", "queuing"))]
            ended += [("apply", status in ("applied", "errored"))]
            for phase in (phase for phase, over in ended if over and phase not in shown):
                shown.add(phase)
                if printed := self._log(run, phase):
                    _say(printed)
                    log += printed
            if status in _OVER:
                break
            if run.actions and run.actions.is_confirmable and not told:
                told = True
                _say(f"It waits for confirmation at {self._url(name, run)}.")
            if status == "pending":
                self._discard_triggered(name)
                if not told and (holder := self._holder(name)) and run.id not in holder:
                    told = True
                    _say(f"It waits: workspace {self._name(name)} is locked{holder}.")
            if time.monotonic() > until:
                raise Stopped(f"After {self.minutes:g} minutes, the run is still {status}: {self._url(name, run)}.")
            time.sleep(pause)
            pause = min(pause * 1.3, 5)
        if status not in _GOOD:
            raise Stopped(f"Stack {name!r}: the run is {status}. {self._advice(name, log)} {self._url(name, run)}")
        _say(f"== {name}: {status.replace('_', ' ')}")

    def _advice(self, name: str, log: str) -> str:
        if "Unable to find remote state" in log or "error loading the remote state" in log.lower():
            for producer in self.places[name].stack.dependencies:
                if problem := self._why_unreadable(producer, name):
                    return f"It can't read {self._name(producer)}: {problem}."
        return "Terraform's message is above and on the run's page; fix its cause and run this again."

    def _log(self, run: Run, phase: str) -> str:
        """Return what Terraform printed, as text."""
        if phase == "plan" and run.plan:
            address = self.client.plans.read(run.plan.id).log_read_url
        elif phase == "apply" and run.apply:
            address = self.client.applies.read(run.apply.id).log_read_url
        else:
            address = None
        if not address:
            return ""
        try:
            text = _ask("GET", address, self.address).decode(errors="replace")
        except (Stopped, httpx.HTTPError) as error:
            return f"What Terraform printed is only on the run's page: {error}"
        return "\n".join(_plain(line) for line in _COLOUR.sub("", text).strip("\x02\x03\n").splitlines())

    def _discard_triggered(self, name: str) -> None:
        """Discard what a run trigger queued for an older upload: until someone decides on it, nothing else runs."""
        for run in islice(self.client.runs.list(self.workspaces[name].id), 20):
            if run.source == "tfe-run-trigger" and run.actions and run.actions.is_discardable:
                self.client.runs.discard(run.id)

    def _project(self, place: Place) -> Project | None:
        if place.project is None:
            return None
        found = list(self.client.projects.list(place.organization, ProjectListOptions(name=place.project)))
        if not found:
            _say(f"Created the project {place.project}.")
            return self.client.projects.create(place.organization, ProjectCreateOptions(name=place.project))
        return found[0]

    def _pairs(self) -> Iterator[tuple[str, str]]:
        return ((producer, name) for name, place in self.places.items() for producer in place.stack.dependencies)

    def _triggers(self, consumer: str) -> dict[str, str]:
        """Return the ids of the consumer's run triggers by the producers' stacks."""
        options = RunTriggerListOptions(run_trigger_type=RunTriggerFilterOp.RUN_TRIGGER_INBOUND)
        stacks = {workspace.id: name for name, workspace in self.workspaces.items()}
        found = self.client.run_triggers.list(self.workspaces[consumer].id, options)
        return {stacks.get(trigger.sourceable.id, ""): trigger.id for trigger in found}

    def _shares(self, producer: str, consumer: str) -> bool:
        source, reader = self.workspaces[producer], self.workspaces[consumer]
        if source.global_remote_state:
            return True
        if source.project_remote_state and source.project and reader.project and source.project.id == reader.project.id:
            return True
        return reader.id in {other.id for other in self.client.workspaces.list_remote_state_consumers(source.id)}

    def _why_unreadable(self, producer: str, consumer: str) -> str | None:
        """Return why a run of the consumer can't read the producer's state; None if it can."""
        if producer not in self.workspaces:
            return f"there is no workspace {self._name(producer)!r}: deploy {producer!r} first"
        if not self._is_applied(producer):
            return f"stack {producer!r} was never applied there: apply it first"
        # With local execution the token counts, not the workspace.
        runs_remotely = consumer in self.workspaces and not self._is_local(consumer)
        if runs_remotely and not self._shares(producer, consumer):
            return f"it is applied, but not shared with {self._name(consumer)}: {self.places[producer].url}/settings"
        return None

    def _is_local(self, name: str) -> bool:
        return self.workspaces[name].execution_mode == ExecutionMode.LOCAL

    def _is_applied(self, name: str) -> bool:
        try:
            self.client.state_versions.read_current(self.workspaces[name].id)
        except NotFound:
            return False
        return True

    def _describe(self, name: str) -> str:
        if name not in self.workspaces:
            return "no such workspace"
        applied = "applied" if self._is_applied(name) else "never applied"
        holder = self._holder(name)
        return applied if holder is None else f"{applied}, locked{holder}"

    def _holder(self, name: str) -> str | None:
        """Return who holds the workspace's lock, such as ` by user user-2hLQ`; None if nobody does."""
        workspace = self.client.workspaces.read_by_id(self.workspaces[name].id)
        held = workspace.locked_by.model_dump(exclude_none=True) if workspace.locked_by else {}
        return "".join(f" by {kind} {key}" for kind, key in held.items()) if workspace.locked else None

    def _name(self, stack: str) -> str:
        return self.places[stack].workspace

    def _url(self, name: str, run: Run) -> str:
        return f"{self.places[name].url}/runs/{run.id}"


def _say(text: str) -> None:
    print(lines(text), flush=True)


def _packed(stack: StackFolder) -> io.BytesIO:
    """Return the stack's JSON, its lock file and its assets as an archive, which tells nothing of this machine."""
    folder = stack.path
    found = list(_below(folder, ""))
    wanted = {_inside(folder, stack.file), _LOCK}
    kept = [name for name in found if name in wanted or name.startswith(f"{_ASSETS}/")]
    private = [name for name in kept if any(map(_PRIVATE.fullmatch, name.split("/")[1:]))]
    for name in private:
        _say(f"Not uploaded: {folder / name}")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name in sorted(set(kept) - set(private)):
            content = _content(folder / name)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o755 if os.access(folder / name, os.X_OK) else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return packed


def _inside(folder: Path, file: Path) -> str:
    if file.parent != folder:
        raise Stopped(f"{file} isn't in the stack's folder, {folder}. Run the synth again.")
    return file.name


def _below(folder: Path, prefix: str) -> Iterator[str]:
    """Yield the names of the files below a folder, but for what Terraform keeps there; stop at a link."""
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        if entry.is_symlink():
            raise Stopped(f"{entry.path} is a symbolic link, so anything might be uploaded. Remove it.")
        if entry.is_dir() and entry.name != ".terraform":
            yield from _below(Path(entry.path), f"{prefix}{entry.name}/")
        elif not entry.is_dir():
            yield f"{prefix}{entry.name}"


def _content(file: Path) -> bytes:
    """Return what is in a file; stop at a link, a pipe or a device."""
    try:
        opened = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(opened, "rb") as stream:
            if stat.S_ISREG(os.fstat(opened).st_mode):
                return stream.read()
    except OSError as error:
        raise Stopped(f"Can't read {file}: {error.strerror or error}.") from None
    raise Stopped(f"{file} is not a file.")


def _ask(method: str, address: str, api: str, content: bytes | None = None) -> bytes:
    """Send a request that carries no token to an address that the API gave; return the answer."""
    for _ in range(5):
        if not _belongs_to(address, api):
            raise Stopped(
                f"{api} names {address!r}, which isn't its own, for what is uploaded or read. Nothing was sent."
            )
        with httpx.stream(method, address, content=content, timeout=60) as answer:
            if answer.has_redirect_location:
                address = urljoin(address, answer.headers["location"])
                continue
            answer.raise_for_status()
            read = b""
            for part in answer.iter_bytes():
                read += part
                if len(read) > _LONGEST:
                    return read[:_LONGEST]
            return read
    raise Stopped(f"{api} redirects without end.")


def _belongs_to(address: str, api: str) -> bool:
    """Return whether an address is the API's own host, or HCP Terraform's where the API is."""
    there, own = _parts(address), _parts(api)
    if there is None or own is None:
        return False
    if (there.scheme, there.hostname, there.port) == (own.scheme, own.hostname, own.port):
        return True
    hosts = (there.hostname or "", own.hostname or "")
    return there.scheme == "https" and there.port is None and all(each.endswith(".terraform.io") for each in hosts)


def _parts(address: str) -> SplitResult | None:
    """Return the parts of an address of https, or of http on this machine; None for any other."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    if not parts.hostname or "@" in parts.netloc or not address.isprintable():
        return None
    return parts if parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname)) else None


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _plain(line: str) -> str:
    """Return a line of a log as text; a workspace with structured output has JSON in it."""
    try:
        entry = json.loads(line)
        detail = entry.get("diagnostic", {}).get("detail", "")
        return "\n".join(filter(None, (str(entry["@message"]), detail)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return line


def _address_and_token(host: str) -> tuple[str, str]:
    """Return the API's address for stacks whose JSON names `host`, and the token that the user has for that address."""
    given = os.environ.get("TFE_ADDRESS", "")
    address = given or f"https://{host}"
    parts = _parts(address)
    if parts is None:
        raise Stopped(f"TFE_ADDRESS is {given!r}. A token is sent by https only: write https://HOST.")
    named = parts.netloc.lower() if given and not _is_here(parts.hostname or "") else host
    variable = f"TF_TOKEN_{named.replace('-', '__').replace('.', '_')}"
    anywhere = os.environ.get("TFE_TOKEN") if given or host == _DEFAULT_HOST else None
    if token := anywhere or os.environ.get(variable) or _logged_in(named):
        note_secrets(token)
        return address, token
    only = (
        ""
        if given or not os.environ.get("TFE_TOKEN")
        else (f" TFE_TOKEN goes to {_DEFAULT_HOST}, or to the TFE_ADDRESS that you set.")
    )
    raise Stopped(
        f"There is no token for {named}. Run `terraform login {named}`, or set {variable} or TFE_TOKEN.{only}"
    )


def _logged_in(host: str) -> str | None:
    """Return the token that `terraform login` wrote for the host."""
    try:
        file = Path.home() / ".terraform.d" / "credentials.tfrc.json"
        return str(json.loads(file.read_text(encoding="utf-8"))["credentials"][host]["token"])
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return None


def _deploy(chosen: argparse.Namespace) -> int:
    places = [Place.read(stack) for stack in in_deploy_order(chosen.folder)]
    if len({(place.host, place.organization) for place in places}) != 1:
        raise Stopped(f"The stacks of {chosen.folder} belong to more than one organisation, or there are none.")
    host = places[0].host
    address, token = _address_and_token(host)
    try:
        deployment = Deployment(TFEClient(TFEConfig(address=address, token=token)), address, places, chosen.minutes)
        deployment.find()
        if chosen.check:
            return 0 if deployment.check() else 1
        deployment.refuse_local()
        if chosen.destroy:
            deployment.forget_triggers()
        elif not chosen.plan_only:
            deployment.prepare()
        for place in reversed(places) if chosen.destroy else places:
            if chosen.destroy and place.stack.name not in deployment.workspaces:
                continue
            deployment.run(place.stack.name, destroy=chosen.destroy, plan_only=chosen.plan_only)
    except AuthError as error:
        raise Stopped(f"{address} refuses the token ({error}). `terraform login {host}` creates a new one.") from None
    except (TFEError, httpx.HTTPError, OSError, ValueError) as error:
        raise Stopped(f"{address} could not do that: {error or type(error).__name__}.") from None
    except (LookupError, TypeError, AttributeError) as error:
        raise Stopped(f"{address} doesn't answer like HCP Terraform's API ({type(error).__name__}: {error}).") from None
    return 0


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description="Deploys a synth output folder through HCP Terraform's API.")
    parser.add_argument("folder", metavar="DIR", nargs="?", type=Path, default=Path("cdktf.out"), help="synth output")
    parser.add_argument("--minutes", type=float, default=60, help="how long to wait for one run (default: 60)")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--plan-only", action="store_true", help="plan each stack; change nothing")
    modes.add_argument("--check", action="store_true", help="say what is there and who may read it; change nothing")
    modes.add_argument("--destroy", action="store_true", help="destroy each stack, consumers first")
    try:
        return _deploy(parser.parse_args())
    except LatticeLinkError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, UnreadableInput) else 1
    except KeyboardInterrupt:
        print("Stopped waiting. A run that was queued continues in HCP Terraform.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
