"""The workspaces that `CloudState` needs, with shared state and run triggers: made once, by a stack of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from latticelink.backends import CloudState
from latticelink.cdk import bindings
from latticelink.errors import Report
from latticelink.state import parse_stack_id
from latticelink.values.calls import judged

PROVIDER = {"source": "hashicorp/tfe", "version": ">= 0.71.0, < 1.0.0"}
_MOST_SOURCES = 20
_RUN_TRIGGERS = "https://developer.hashicorp.com/terraform/cloud-docs/workspaces/settings/run-triggers"
_WORKSPACE = "https://registry.terraform.io/providers/hashicorp/tfe/latest/docs/resources/workspace"
_SETTINGS = "https://registry.terraform.io/providers/hashicorp/tfe/latest/docs/resources/workspace_settings"
_CONNECTIONS = ("github_app_installation_id", "oauth_token_id")


class CloudWorkspaces(bindings.Construct):
    """Workspaces of HCP Terraform: one for each stack, a producer's state shared with its consumers alone.

    An apply of a producer queues a run in its consumers' workspaces (a run trigger). The provider is `hashicorp/tfe`,
    which takes its token from `TFE_TOKEN` or from `terraform login`. There are no bindings for it here: the arguments
    are those of version 0.71, and no test runs that provider.

    Args:
        scope: a stack of its own, such as the CDK's `TerraformStack` with `LocalState().keep(stack)`.
        id: the construct's id, part of Terraform addresses.
        state: the state whose workspaces these are: host, organisation, names, and the project, which is made too.
        reads: the id of each stack, and the ids of those whose state it reads, at most 20:
            `{"producer": [], "consumer": ["producer"]}`.
        execution_mode: `remote`, for runs in HCP Terraform, or `local`, for state only.
        auto_apply: whether runs are applied without confirmation, including those of run triggers.
        vcs_repo: the repository whose commits queue runs, as the provider's block: `identifier`, such as
            `acme/network`; `github_app_installation_id` or `oauth_token_id`; and `branch`, if it isn't the default one.
            Default: none.
        folder: with a repository, the stack's folder in it, with `{stack}` where the stack's id goes.

    Attributes:
        workspaces: the Terraform addresses of the workspaces, such as `tfe_workspace.workspaces_...`, by stack.
        project: that of the project; None without one.

    Raises:
        InvalidInput: for a malformed id, a stack that reads itself or one that isn't listed, more than 20 sources,
            another execution mode, or a repository without identifier or connection.

    Source: https://registry.terraform.io/providers/hashicorp/tfe/latest/docs/resources/workspace_settings,
        https://developer.hashicorp.com/terraform/cloud-docs/workspaces/settings/run-triggers
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        state: CloudState,
        *,
        reads: Mapping[str, Sequence[str]],
        execution_mode: str = "remote",
        auto_apply: bool = False,
        vcs_repo: Mapping[str, str] | None = None,
        folder: str = "cdktf.out/stacks/{stack}",
    ) -> None:
        super().__init__(scope, id)
        with Report(self) as report:
            _check_reads(report, reads)
            _check_runs(report, execution_mode, vcs_repo, folder)
        self.workspaces: dict[str, str] = {}
        self.project: str | None = None
        if report.findings or not all(producer in reads for producers in reads.values() for producer in producers):
            return
        stack = bindings.stack_of(scope)
        stack.add_override("terraform.required_providers.tfe", PROVIDER)
        stack.add_override("provider.tfe", [{"hostname": state.hostname, "organization": state.organization}])
        where: dict[str, Any] = {"organization": state.organization}
        if state.project:
            self.project = bindings.plain_resource(self, "project", "tfe_project", {**where, "name": state.project})
            where["project_id"] = f"${{{self.project}.id}}"
        homes = {name: bindings.Construct(self, f"stack-{name}") for name in sorted(reads)}
        ids = {}
        for name, home in homes.items():
            runs: dict[str, Any] = {"auto_apply": auto_apply, "auto_apply_run_trigger": auto_apply}
            if vcs_repo is not None:
                runs |= {"vcs_repo": dict(vcs_repo), "working_directory": folder.replace("{stack}", name)}
            workspace = {"name": state.workspace.replace("{stack}", name), **where, **runs}
            self.workspaces[name] = bindings.plain_resource(home, "workspace", "tfe_workspace", workspace)
            ids[name] = f"${{{self.workspaces[name]}.id}}"
        for name, home in homes.items():
            consumers = [ids[other] for other in sorted(reads) if name in reads[other]]
            settings = {
                "workspace_id": ids[name],
                "execution_mode": execution_mode,
                "global_remote_state": False,
                "remote_state_consumer_ids": consumers,
            }
            bindings.plain_resource(home, "settings", "tfe_workspace_settings", settings)
            for producer in sorted(set(reads[name])) if execution_mode == "remote" else []:
                trigger = {"workspace_id": ids[name], "sourceable_id": ids[producer]}
                bindings.plain_resource(home, f"after-{producer}", "tfe_run_trigger", trigger)


def _check_reads(report: Report, reads: Mapping[str, Sequence[str]]) -> None:
    for name, producers in reads.items():
        parse_stack_id(report, "reads", name)
        if isinstance(producers, str):
            report.refuse(
                "reads",
                producers,
                rule="The stacks whose state a stack reads are given as a list.",
                fix=f"Write [{producers!r}].",
            )
            continue
        if name in producers:
            report.refuse(
                "reads", name, rule="A stack reads other stacks' state only.", fix=f"Remove {name!r} from its own list."
            )
        if missing := sorted(set(producers) - set(reads)):
            report.refuse(
                "reads",
                missing[0],
                rule=f"Stack {name!r} reads {missing[0]!r}, whose workspace isn't created here.",
                fix=f"Add {missing[0]!r}: [], or ask its owner to share its state with {name!r}.",
                source=_SETTINGS,
            )
        if len(producers) > _MOST_SOURCES:
            report.refuse(
                "reads",
                len(producers),
                rule=f"A workspace has run triggers on at most {_MOST_SOURCES} others.",
                fix=f"Let {name!r} read fewer stacks.",
                source=_RUN_TRIGGERS,
            )


def _check_runs(report: Report, execution_mode: str, vcs_repo: Mapping[str, str] | None, folder: str) -> None:
    if execution_mode not in ("remote", "local"):
        report.refuse(
            "execution_mode",
            execution_mode,
            rule="Terraform runs in HCP Terraform (remote) or on your machine (local).",
            fix="Write 'remote' or 'local'.",
            source=_SETTINGS,
        )
    if vcs_repo is None:
        return
    if execution_mode == "local":
        report.refuse(
            "execution_mode",
            execution_mode,
            rule="A workspace that follows a repository runs Terraform itself.",
            fix="Write execution_mode='remote', or leave vcs_repo out.",
            source=_WORKSPACE,
        )
    connections = [name for name in _CONNECTIONS if name in vcs_repo]
    if "identifier" not in vcs_repo or len(connections) != 1 or set(vcs_repo) - {"identifier", "branch", *_CONNECTIONS}:
        report.refuse(
            "vcs_repo",
            sorted(vcs_repo),
            rule=f"A repository has an identifier, one of {' and '.join(_CONNECTIONS)}, and, if you like, a branch.",
            fix="Write, for example, {'identifier': 'acme/network', 'github_app_installation_id': 'ghain-...'}.",
            source=_WORKSPACE,
        )
    if "{stack}" not in folder or folder.startswith("/"):
        report.refuse(
            "folder",
            folder,
            rule="Each stack has a folder of its own, relative to the repository.",
            fix="Write, for example, 'cdktf.out/stacks/{stack}'.",
            source=_WORKSPACE,
        )
