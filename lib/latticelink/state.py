"""Where stacks keep their state, and how one stack reads what another published: the seam between the two sides."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from latticelink import _cdk
from latticelink.errors import Report
from latticelink.values import contract
from latticelink.values.contract import SharedResource
from latticelink.values.tokens import is_known

_STATE_DOC = "https://developer.hashicorp.com/terraform/language/state/remote-state-data"
_CLOUD_DOC = "https://developer.hashicorp.com/terraform/language/terraform#terraform-cloud"


class State(ABC):
    """Where the stacks of one or more apps keep their state. Equal states can read each other's stacks."""

    def keep(self, stack: Any) -> None:
        """Keep the state of `stack` here. Done by `Stack`; call it for a `TerraformStack` of your own.

        Args:
            stack: the stack; its id names its state.
        """
        stack.latticelink_state = self
        self._configure_backend(stack, stack.node.id)

    def publish(self, stack: Any, *resources: SharedResource) -> None:
        """Put `resources` into the output `latticelink` of `stack`, for consumers to read by name.

        Args:
            stack: the stack that shares them; its state is kept here.
            *resources: what `ResourceGateway.share` returned, all of them in one call.

        Raises:
            InvalidInput: if the stack's state is not kept here, has published already, or a name is there twice.

        Source: https://developer.hashicorp.com/terraform/language/values/outputs
        """
        with Report(stack) as report:
            self._refuse_strange_stack(report, "publish", stack)
            if getattr(stack, "latticelink_published", None) is not None:
                report.refuse(
                    "publish",
                    [resource.name for resource in resources],
                    rule="A stack publishes once: its contract is one output.",
                    fix="Give all resources to one call of publish.",
                )
                return
            names = [resource.name for resource in resources]
            for name in sorted({name for name in names if names.count(name) > 1}):
                report.refuse(
                    "publish",
                    name,
                    rule="Each resource of a stack is published under a name of its own.",
                    fix="Share one of them under another name.",
                )
            for resource in resources:
                if resource.stack is not stack:
                    report.refuse(
                        "publish",
                        resource.name,
                        rule="A stack publishes what its own gateways share.",
                        fix="Publish it in the stack that shares it.",
                    )
        stack.latticelink_published = {resource.name: resource for resource in resources}
        _cdk.TerraformOutput(
            stack,
            contract.OUTPUT,
            value=contract.to_output(resources),
            description="What this stack shares; read by its consumers.",
        )

    def read(self, stack: Any, producer: str) -> PublishedResources:
        """Return what the stack `producer` published, for use in `stack`, and deploy that stack first.

        A name that is not published, or a contract of a version unknown here, stops Terraform's plan with a sentence;
        where the producer is in the same app, making it must come first, and synth stops already.

        Args:
            stack: the stack that reads.
            producer: the id of the stack that published, in this app or another one that keeps its state here.

        Returns:
            The published resources, by name.

        Raises:
            InvalidInput: for a malformed id, a stack that reads itself, a producer in this app that keeps its state
                elsewhere or has not published.

        Source: https://developer.hashicorp.com/terraform/language/state/remote-state-data
        """
        reads: dict[str, PublishedResources] = stack.__dict__.setdefault("latticelink_reads", {})
        if producer in reads:
            return reads[producer]
        with Report(stack) as report:
            own_id = stack.node.id
            producer = parse_stack_id(report, "read", producer)
            if producer == own_id:
                report.refuse(
                    "read",
                    producer,
                    rule="A stack reads another stack's state.",
                    fix="Use what share() returned, without publish and read.",
                )
            other = stack.node.root.node.try_find_child(producer)
            published = None
            if other is not None and producer != own_id:
                stack.add_dependency(other)
                published = getattr(other, "latticelink_published", None)
                self._refuse_strange_stack(report, "read", other)
                if published is None:
                    report.refuse(
                        "read",
                        producer,
                        rule=f"Stack {producer!r} of this app has published nothing yet.",
                        fix=f"Make {producer!r} before its consumers, and call state.publish in it.",
                    )
        reads[producer] = PublishedResources(stack, producer, published, self._reader(producer))
        return reads[producer]

    def _refuse_strange_stack(self, report: Report, argument: str, stack: Any) -> None:
        if getattr(stack, "latticelink_state", None) != self:
            report.refuse(
                argument,
                stack.node.id,
                rule=f"The state of this stack is not kept in {self}.",
                fix="Give the stack this state (Stack(..., state=state), or state.keep(stack)).",
                source=_STATE_DOC,
            )

    @abstractmethod
    def _configure_backend(self, stack: Any, stack_id: str) -> None:
        """Give `stack` its backend."""

    @abstractmethod
    def _reader(self, stack_id: str) -> dict[str, Any]:
        """Return the arguments of the `terraform_remote_state` that reads the state of `stack_id`."""


@dataclass(frozen=True)
class LocalState(State):
    """State in local files, `<directory>/<stack id>.tfstate`: for trying out, and for one person.

    Args:
        directory: folder of the state files, relative to a stack's folder in the output (where Terraform runs).
            Default: `state` beside `cdktf.out`.

    Raises:
        InvalidInput: for an absolute path, which would not hold on another machine.

    Source: https://developer.hashicorp.com/terraform/language/backend/local
    """

    directory: str = "../../../state"

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("LocalState") as report:
            given = self.directory
            if (
                not isinstance(given, str)
                or not given
                or not is_known(given)
                or PurePosixPath(given).is_absolute()
                or PureWindowsPath(given).drive
                or given.startswith("~")
            ):
                report.refuse(
                    "directory",
                    given,
                    rule="The folder of local state is a path relative to the stack's folder, so that the output "
                    "works on any machine.",
                    fix="Write for example '../../../state', which is 'state' beside 'cdktf.out'.",
                    source="https://developer.hashicorp.com/terraform/language/backend/local",
                )

    def _configure_backend(self, stack: Any, stack_id: str) -> None:
        _cdk.LocalBackend(stack, **self._config(stack_id))

    def _reader(self, stack_id: str) -> dict[str, Any]:
        return {"backend": "local", "config": self._config(stack_id), "workspace": "${terraform.workspace}"}

    def _config(self, stack_id: str) -> dict[str, str]:
        return {
            "path": f"{self.directory}/{stack_id}.tfstate",
            # Without this, other workspaces than `default` would lie in the stack's own folder, where nobody looks.
            "workspace_dir": f"{self.directory}/{stack_id}.workspaces",
        }


@dataclass(frozen=True)
class CloudState(State):
    """State in HCP Terraform or Terraform Enterprise, one named workspace for each stack.

    The token is never part of the code: `terraform login`, or the variable `TF_TOKEN_<host name>`. The producer's
    workspace must share its state with the consumer's.

    Args:
        organization: name of the organisation.
        workspace: name of a stack's workspace, with `{stack}` where the stack's id goes.
        hostname: host of HCP Terraform or of Terraform Enterprise.

    Raises:
        InvalidInput: for an empty organisation, a malformed host name, a workspace name that is the same for all.

    Source: https://developer.hashicorp.com/terraform/language/terraform#terraform-cloud
    """

    organization: str
    workspace: str = "{stack}"
    hostname: str = "app.terraform.io"

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("CloudState") as report:
            for argument, pattern, given, rule, fix in (
                (
                    "organization",
                    r"[A-Za-z0-9_-]{1,40}",
                    self.organization,
                    "An organisation's name has 1 to 40 letters, digits, hyphens and underscores.",
                    "Write the name as in the address bar of HCP Terraform.",
                ),
                (
                    "workspace",
                    r"[A-Za-z0-9_-]*\{stack\}[A-Za-z0-9_-]*",
                    self.workspace,
                    "A workspace's name has letters, digits, hyphens and underscores, and '{stack}' for the stack's "
                    "id, as every stack has a workspace of its own.",
                    "Write for example 'shop-{stack}'.",
                ),
                (
                    "hostname",
                    r"[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?",
                    self.hostname,
                    "The host is a DNS name without scheme or path.",
                    "Write for example 'app.terraform.io'.",
                ),
            ):
                if not isinstance(given, str) or not re.fullmatch(pattern, given):
                    report.refuse(argument, given, rule=rule, fix=fix, source=_CLOUD_DOC)

    def _configure_backend(self, stack: Any, stack_id: str) -> None:
        config = self._config(stack_id)
        # CDKTF's CloudBackend runs `terraform version` at synth and fails where there is no Terraform.
        workspace = _cdk.NamedRemoteWorkspace(config["workspaces"]["name"])
        _cdk.RemoteBackend(stack, **{**config, "workspaces": workspace})
        stack.add_override("terraform.backend", None)
        stack.add_override("terraform.cloud", config)

    def _reader(self, stack_id: str) -> dict[str, Any]:
        return {"backend": "remote", "config": self._config(stack_id)}

    def _config(self, stack_id: str) -> dict[str, Any]:
        workspaces = {"name": self.workspace.format(stack=stack_id)}
        return {"hostname": self.hostname, "organization": self.organization, "workspaces": workspaces}


class PublishedResources:
    """What one stack published, by name; made by `State.read`."""

    def __init__(
        self, stack: Any, producer: str, published: dict[str, SharedResource] | None, reader: dict[str, Any]
    ) -> None:
        self._stack = stack
        self._producer = producer
        self._published = published
        self._resources: dict[str, SharedResource] = {}
        stack.add_override(
            f"data.terraform_remote_state.{producer}",
            {**reader, "lifecycle": {"postcondition": _cdk.lazy_list(self._postconditions)}},
        )

    def __getitem__(self, name: str) -> SharedResource:
        """Return the resource that the producer's author shared as `name`.

        Raises:
            InvalidInput: if the producer is in this app and published no such name.
        """
        if name not in self._resources:
            with Report(self._stack, f"read({self._producer!r})") as report:
                if not isinstance(name, str) or not is_known(name) or '"' in name or "\\" in name:
                    report.refuse(
                        "name",
                        name,
                        rule="A published resource is read by the plain name that its producer shared it under.",
                        fix="Write the name, such as 'orders-db'.",
                    )
                elif self._published is not None and name not in self._published:
                    report.refuse(
                        "name",
                        name,
                        rule=f"Stack {self._producer!r} publishes: {', '.join(sorted(self._published)) or 'nothing'}.",
                        fix="Read one of these names, or share this one there.",
                    )
            self._resources[name] = contract.from_output(
                name,
                f"data.terraform_remote_state.{self._producer}.outputs",
                stack=self._stack,
                published=(self._published or {}).get(name),
            )
        return self._resources[name]

    def _postconditions(self) -> list[dict[str, str]]:
        output = f"self.outputs.{contract.OUTPUT}"
        stack, name = f"Stack '{self._producer}'", f"the output '{contract.OUTPUT}'"
        return [
            {
                "condition": f"${{can({output}.resources)}}",
                "error_message": f"{stack} has state, but not {name} in it. Apply that stack as it is now; if it is "
                "none of LatticeLink's, read another stack.",
            },
            {
                "condition": f"${{try({output}.version, {contract.VERSION}) == {contract.VERSION}}}",
                "error_message": f"{stack} publishes version ${{try({output}.version, 0)}} of {name}, and this "
                f"stack was made for version {contract.VERSION}. Make both with the same major version of LatticeLink.",
            },
            *(
                {
                    "condition": f'${{try(contains(keys({output}.resources), "{wanted}"), true)}}',
                    "error_message": f"{stack} publishes nothing named '{wanted}'. It publishes: "
                    f'${{try(join(", ", keys({output}.resources)), "nothing")}}. Read one of these names, or '
                    f"share '{wanted}' in that stack and apply it first.",
                }
                for wanted in sorted(self._resources)
            ),
        ]


def parse_stack_id(report: Report, argument: str, given: str) -> str:
    """Return `given` if it can be a stack's id, which names its folder, its state and a Terraform data source."""
    if isinstance(given, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", given):
        return given
    report.refuse(
        argument,
        given,
        rule="A stack's id has 1 to 64 letters, digits, hyphens and underscores, and starts with a letter.",
        fix="Write a plain id such as 'producer'.",
    )
    return "refused"
