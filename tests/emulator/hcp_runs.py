"""Remote runs of the emulated HCP Terraform: the real Terraform on an uploaded configuration."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

from tests.emulator.hcp_records import Caller, Configuration, Organization, Refused, Run, StateVersion, make_id

STX, ETX = b"\x02", b"\x03"


class Runs:
    """Queues runs and works on them, one at a time in each workspace.

    Args:
        organization: where the workspaces are.
        program: the `terraform` to run.
        environment: what a run has in its environment; in HCP these are a workspace's variables.
        host: the name under which configurations know this server.
    """

    def __init__(self, organization: Organization, program: str, environment: dict[str, str], host: str) -> None:
        self.organization, self.program, self.environment, self.host = organization, program, environment, host
        self.services = ""
        self.stopping = Event()

    def queue(self, configuration: Configuration, **options: Any) -> Run:
        """Queue a run; it starts when those before it in its workspace are over."""
        workspace = configuration.workspace
        if workspace.settings["execution-mode"] != "remote":
            raise Refused(422, "invalid", "Workspace executes locally; runs can't be queued")
        if configuration.content is None:
            raise Refused(422, "invalid", "Configuration version has not been uploaded")
        run = Run(make_id("run"), workspace, configuration, **options)
        run.plan_only = run.plan_only or configuration.speculative
        run.logs = {"plan": bytearray(STX), "apply": bytearray(STX)}
        waits_for = [other for other in workspace.runs if not run.plan_only and not other.plan_only]
        workspace.runs.append(run)
        Thread(target=self._work, args=(run, waits_for), daemon=True).start()
        return run

    def _work(self, run: Run, waits_for: list[Run]) -> None:
        if not self._wait(run, lambda: all(other.is_over for other in waits_for) and self._may_start(run)):
            return
        try:
            with tempfile.TemporaryDirectory() as folder:
                self._run_terraform(run, Path(folder))
        except Exception as error:  # whatever it is, whoever waits for the run must hear of it
            run.logs["plan"] += str(error).encode()
            run.status = "errored"
        finally:
            for log in run.logs.values():
                if not log.endswith(ETX):
                    log += ETX
            with self.organization.guard:
                if run.workspace.holder == Caller("runs", run.id, run.workspace):
                    run.workspace.holder = None
        if run.status == "applied":
            self._trigger(run)

    def _may_start(self, run: Run) -> bool:
        """Take the workspace's lock, which a run that only plans doesn't need."""
        with self.organization.guard:
            if run.plan_only or run.workspace.holder is None:
                if not run.plan_only:
                    run.workspace.holder = Caller("runs", run.id, run.workspace)
                return True
        return False

    def _wait(self, run: Run, is_so: Any) -> bool:
        """Wait until something is so; return whether the run goes on."""
        while not is_so():
            if run.is_over or self.stopping.is_set():
                return False
            time.sleep(0.02)
        return True

    def _run_terraform(self, run: Run, folder: Path) -> None:
        uploaded = folder / "uploaded"
        uploaded.mkdir()
        run.configuration.unpack(uploaded)
        work = uploaded / run.workspace.settings["working-directory"]
        state = folder / "run.tfstate"
        if run.workspace.state:
            state.write_bytes(run.workspace.state.content or b"")
        # HCP too puts a backend of its own in the place of the configuration's.
        own = {"terraform": {"backend": {"local": {"path": str(state)}}}}
        (work / "hcp_run_override.tf.json").write_text(json.dumps(own))
        token = make_id("run-token")
        caller = Caller("runs", run.id, run.workspace)
        self.organization.tokens[token] = caller
        try:
            terraform = self._terraform(run, work, folder / "run.tfrc", token)
            run.status, run.phases["plan"] = "planning", "running"
            destroy = ["-destroy"] if run.is_destroy else []
            shown = ["-json"] if run.workspace.settings["structured-run-output-enabled"] else []
            code = terraform("plan", "init", "-input=false")
            if code == 0:
                code = terraform(
                    "plan", "plan", "-input=false", "-detailed-exitcode", "-out=run.plan", *destroy, *shown
                )
            run.has_changes = code == 2
            run.logs["plan"] += ETX
            run.phases["plan"] = "errored" if code == 1 else "finished"
            if code == 1 or run.plan_only or not run.has_changes:
                run.status = "errored" if code == 1 else "planned_and_finished"
                return
            run.status = "planned"
            if not run.auto_apply and not self._wait(run, lambda: run.decision):
                return
            if run.decision == "discard":
                run.status = "discarded"
                return
            run.status, run.phases["apply"] = "applying", "running"
            code = terraform("apply", "apply", "-input=false", *shown, "run.plan")
            if state.exists():
                with self.organization.guard:
                    content = json.loads(state.read_text())
                    version = StateVersion(make_id("sv"), content["serial"], content["lineage"], state.read_bytes())
                    run.workspace.versions.append(version)
            run.logs["apply"] += ETX
            run.phases["apply"] = "errored" if code else "finished"
            run.status = "errored" if code else "applied"
        finally:
            del self.organization.tokens[token]

    def _terraform(self, run: Run, work: Path, file: Path, token: str) -> Any:
        config = Path(self.environment["TF_CLI_CONFIG_FILE"]).read_text()
        file.write_text(f"{config}\n{client_configuration(self.host, self.services, token)}")
        inherited = {name: value for name, value in self.environment.items() if not name.startswith("TF_TOKEN_")}
        environment = {**inherited, "TF_CLI_CONFIG_FILE": str(file), "TF_IN_AUTOMATION": "1"}

        def call(phase: str, *arguments: str) -> int:
            process = subprocess.Popen(
                [self.program, arguments[0], "-no-color", *arguments[1:]],
                cwd=work,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            assert process.stdout is not None
            while data := os.read(process.stdout.fileno(), 65536):
                run.logs[phase] += data
            process.stdout.close()
            return process.wait()

        return call

    def _trigger(self, run: Run) -> None:
        """Queue a run with its newest configuration in each workspace that has a run trigger on this one.

        Source: https://developer.hashicorp.com/terraform/cloud-docs/workspaces/settings/run-triggers
        """
        for workspace in self.organization.workspaces.values():
            if run.workspace.id in workspace.sources.values():
                uploaded = [item for item in workspace.configurations if item.content and not item.speculative]
                if uploaded and workspace.settings["execution-mode"] == "remote":
                    self.queue(
                        uploaded[-1],
                        auto_apply=workspace.settings["auto-apply-run-trigger"],
                        message=f"Triggered by {run.id} in workspace {run.workspace.name}",
                        source="tfe-run-trigger",
                    )


def client_configuration(host: str, services: str, token: str | None) -> str:
    """Return the part of a CLI configuration that leads `host` to the server at `services`."""
    names = ", ".join(f"{json.dumps(name)} = {json.dumps(services)}" for name in ("tfe.v2", "tfe.v2.1", "tfe.v2.2"))
    text = f"host {json.dumps(host)} {{\n  services = {{ {names} }}\n}}\n"
    return text + (f"credentials {json.dumps(host)} {{\n  token = {json.dumps(token)}\n}}\n" if token else "")
