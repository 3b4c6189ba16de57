"""How one stack reads what another published, wherever their state is kept: the seam between the two sides."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, replace
from difflib import get_close_matches
from typing import Any, ClassVar

from latticelink.cdk import bindings
from latticelink.constructs.notes import Notes, notes_of
from latticelink.constructs.published_resources import PublishedResources
from latticelink.errors import Report
from latticelink.values import contract
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource
from latticelink.values.names import refused_id

_STATE_DOC = "https://developer.hashicorp.com/terraform/language/state/remote-state-data"
_NO_REVOCATION = (
    " Removing a principal from an account share doesn't cut off the endpoints that it already has: "
    "docs/accounts.md says what does."
)


class State(ABC):
    """Where the stacks of one or more apps keep their state. Equal states can read each other's stacks.

    `LocalState`, `S3State` and `CloudState` are the kinds of it.
    """

    terraform_version = ">= 1.4.0"
    """The Terraform that a stack needs: 1.4 brought terraform_data, which makes an endpoint's replacement possible."""

    _kinds: ClassVar[dict[str, type[State]]] = {}

    def __init_subclass__(cls, kind: str = "") -> None:
        """Note a kind of state, by the word for it in settings; None if settings can't choose it."""
        super().__init_subclass__()
        if kind:
            cls._kinds[kind] = cls

    @classmethod
    @judged
    def of(cls, given: Mapping[str, Any], *, place: Sequence[str] = ("State.of", "given")) -> State:
        """Return the state that settings describe, such as a part of `cdktf.json`.

        Args:
            given: `kind` (`local`, `s3` or `cloud`) and the arguments of that kind's class:
                `{"kind": "s3", "bucket": "acme-terraform-state", "region": "eu-west-1"}`.
            place: where the settings are, for error messages, such as `("cdktf.json", "context", "state")`.

        Raises:
            InvalidInput: for an unknown kind, arguments that this kind doesn't have, missing ones and malformed ones.
        """
        *where, argument = [place] if isinstance(place, str) else place or ["given"]
        with Report(*where) as report:
            return _of_settings(report, argument, given, cls._kinds)

    @judged
    def keep(self, stack: Any) -> None:
        """Keep the state of `stack` here. Done by `Stack`; call it for a `TerraformStack` of your own.

        Args:
            stack: the stack; its id names its state.

        Raises:
            InvalidInput: for a stack whose state is kept elsewhere already.
        """
        if notes_of(stack).state is not None:
            with Report(stack) as report:
                report.refuse(
                    "state",
                    self,
                    rule="The state of a stack is kept in one place only, and this stack's is already kept in "
                    f"{notes_of(stack).state}.",
                    fix="Leave one of them out.",
                    source=_STATE_DOC,
                )
            return
        notes_of(stack).state = self
        self._configure_backend(stack, stack.node.id)

    @judged
    def publish(self, stack: Any, *resources: SharedResource) -> None:
        """Put `resources` into the output `latticelink` of `stack`, for consumers to read by name.

        Args:
            stack: the stack that shares them; its state is kept here.
            *resources: what `ResourceGateway.share` returned, all of them in one call.

        Raises:
            InvalidInput: if the stack's state is not kept here, it has published already, there is nothing to publish,
                or a name is there twice.

        Source: https://developer.hashicorp.com/terraform/language/values/outputs
        """
        with Report(stack) as report:
            self._refuse_strange_stack(report, "publish", stack)
            if notes_of(stack).published is not None:
                report.refuse(
                    "publish",
                    [resource.name for resource in resources],
                    rule="A stack publishes once, because its contract is a single output.",
                    fix="Give all resources to one call of publish.",
                )
                return
            _refuse_resources(report, stack, resources)
        notes = notes_of(stack)
        published = [_with_share_arns(resource, notes) for resource in resources]
        notes.published = {resource.name: resource for resource in published}
        output = bindings.TerraformOutput(
            stack,
            contract.OUTPUT,
            value=contract.to_output(published),
            description="What this stack shares; read by its consumers." + (_NO_REVOCATION if notes.offers else ""),
        )
        if notes.offers:
            # So that a consumer in another account that reads the contract may use what it names.
            output.add_override("depends_on", [address for offer in notes.offers for address in offer.associations])

    @judged
    def read(self, stack: Any, producer: str) -> PublishedResources:
        """Return what the stack `producer` published, for use in `stack`, and deploy that stack first.

        A name that is not published, or a contract of a version unknown here, stops Terraform's plan with an error
        message; if the producer is in the same app, it must be created first, and synth itself stops.

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
        reads = notes_of(stack).reads
        if isinstance(producer, str) and producer in reads:
            return reads[producer]
        with Report(stack) as report:
            own_id = stack.node.id
            producer = parse_stack_id(report, "read", producer)
            if producer == own_id:
                report.refuse(
                    "read",
                    producer,
                    rule="A stack reads another stack's state.",
                    fix="Use what share() returned; publish and read aren't needed.",
                )
            other = stack.node.root.node.try_find_child(producer)
            published = None
            if other is not None and producer != own_id:
                stack.add_dependency(other)
                published = notes_of(other).published
                self._refuse_strange_stack(report, "read", other)
                if published is None:
                    report.refuse(
                        "read",
                        producer,
                        rule=f"Stack {producer!r} of this app has published nothing yet.",
                        fix=f"Make {producer!r} before its consumers, and call state.publish in it.",
                    )
        reads[producer] = PublishedResources(
            stack, producer, published, self._reader(producer), is_in_app=other is not None
        )
        return reads[producer]

    def _refuse_strange_stack(self, report: Report, argument: str, stack: Any) -> None:
        if notes_of(stack).state != self:
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


def _refuse_resources(report: Report, stack: Any, resources: Sequence[SharedResource]) -> None:
    """Refuse to publish nothing, two resources of one name, and what another stack shares."""
    if not resources:
        report.refuse(
            "publish",
            [],
            rule="publish takes at least one resource; consumers find it by its name.",
            fix="Write publish(stack, gateway.share(...)).",
        )
    names = [resource.name for resource in resources]
    for name in sorted({name for name in names if names.count(name) > 1}):
        report.refuse(
            "publish",
            name,
            rule="Each resource of a stack is published under a different name.",
            fix="Share one of them under another name.",
        )
    for resource in resources:
        if resource.stack is not stack:
            report.refuse(
                "publish",
                resource.name,
                rule="A stack publishes only what its own gateways share.",
                fix="Publish it in the stack that shares it.",
            )


def _with_share_arns(resource: SharedResource, notes: Notes) -> SharedResource:
    """Return the resource with the ARNs of the account shares that someone has to accept."""
    offered = {offer.key: offer.arn for offer in notes.offers_of(resource)}
    return replace(resource, share_arns=offered) if offered else resource


def _of_settings(report: Report, argument: str, given: Any, kinds: Mapping[str, type[State]]) -> State:
    kind = given.get("kind") if isinstance(given, Mapping) else None
    if not isinstance(kind, str) or kind not in kinds:
        report.refuse(
            argument,
            given,
            rule=f"State has a kind: {', '.join(sorted(kinds))}.",
            fix='Write, for example, {"kind": "s3", "bucket": "acme-terraform-state", "region": "eu-west-1"}.',
        )
        return kinds["local"]()
    arguments = {
        f"{key}" if isinstance(key, int | str | None) else type(key).__name__: item for key, item in given.items()
    }
    del arguments["kind"]
    known: dict[str, Field[Any]] = {item.name: item for item in fields(kinds[kind])}  # type: ignore[arg-type]
    unknown = sorted(set(arguments) - set(known))
    missing = [name for name, item in known.items() if item.default is MISSING and name not in arguments]
    if unknown:
        # Values are not shown: what stands where it doesn't belong may be a secret.
        offered = sorted(name for name, item in known.items() if item.type != "None")
        report.refuse(
            argument,
            unknown,
            rule=f"State of kind {kind!r} takes no {', '.join(unknown)}.",
            fix=f"It takes: {', '.join(offered)}.",
        )
    if missing:
        report.refuse(
            argument,
            sorted(arguments),
            rule=f"State of kind {kind!r} needs {' and '.join(missing)}.",
            fix="Add " + ", ".join(f'"{name}": "..."' for name in missing) + ".",
        )
    return kinds["local"]() if unknown or missing else kinds[kind](**arguments)


def refuse_unmet_reads(stacks: Sequence[Any]) -> None:
    """Refuse what no read could tell yet: a producer made after its consumer, and one that is misspelt.

    Args:
        stacks: the stacks that read, when all of the app are made.
    """
    for stack in stacks:
        siblings = {child.node.id: child for child in stack.node.root.node.children if child is not stack}
        with Report(stack) as report:
            for producer, read in notes_of(stack).reads.items():
                if read.is_in_app or producer == stack.node.id:
                    continue
                if producer in siblings:
                    report.refuse(
                        "read",
                        producer,
                        rule="A producer in the same app is created before its consumers, which are deployed after it.",
                        fix=f"Make {producer!r} first, then {stack.node.id!r}.",
                    )
                elif near := _nearest(producer, siblings):
                    report.refuse(
                        "read",
                        producer,
                        rule=f"This app has no stack {producer!r}; it has {near!r}, which publishes and which "
                        f"{stack.node.id!r} doesn't read.",
                        fix=f"Write {near!r}. If {producer!r} is another app's, make {near!r} in an app of its own.",
                    )


def _nearest(producer: str, siblings: Mapping[str, Any]) -> str | None:
    """Return the id of the producer that was meant; ids that differ in digits alone are of different stacks."""
    publishing = [id for id, stack in siblings.items() if notes_of(stack).published is not None]
    near = get_close_matches(producer, publishing, n=1, cutoff=0.85)
    is_numbered = bool(near) and re.sub("[0-9]", "", near[0]) == re.sub("[0-9]", "", producer)
    return near[0] if near and not is_numbered else None


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
    return refused_id()
