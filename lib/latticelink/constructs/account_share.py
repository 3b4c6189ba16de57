"""Other accounts: a share of resources by AWS RAM, and its acceptance by a consumer outside the organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.notes import Offer, notes_of
from latticelink.constructs.rule_set import stable_key
from latticelink.errors import Report
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource
from latticelink.values.names import parse_key
from latticelink.values.principals import is_account, parse_principals
from latticelink.values.provider_arguments import refuse_lacking
from latticelink.values.tags import parse_name_tag, parse_tags
from latticelink.values.tokens import REFUSED, is_known
from latticelink.values.types import SHARE

_SHARING = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/sharing.html"
_RETAIN = "retain_sharing_on_account_leave_organization"
_ACCEPTING = "https://docs.aws.amazon.com/ram/latest/userguide/working-with-shared-invitations.html"


class AccountShare(bindings.Construct):
    """A share of resources with other accounts, by AWS RAM. Create it before `State.publish`.

    The contract (the output that consumers read) is written after the share, so that a consumer who can read it may
    use what it names. A group is shared with all its members, including those that are added later.

    **Removing a principal revokes nothing.** AWS refuses that account new endpoints and associations, but those that
    it has keep working until their owner or you delete them: docs/accounts.md says how.

    Args:
        scope: the stack, in the account that owns the resources.
        id: the construct's id, part of Terraform addresses; outside the organisation, consumers accept by this name.
        resources: what `share` returned, or existing resources as `SharedResource.of_arn`.
        principals: who to share with: ids of accounts, ARNs of organisational units or of an organisation. AWS RAM
            doesn't share these resources with IAM roles or users. For units and organisations, and for accounts to need
            no acceptance, sharing within the organisation must be on: once, in its management account,
            `aws ram enable-sharing-with-aws-organization`.
        allow_external_principals: whether the principals may include accounts outside the organisation; needed too if
            the stack's account is in none. Such a consumer needs an `AcceptedShare`. Default: AWS RAM refuses them.
        retain_sharing_on_account_leave_organization: whether an account that leaves the organisation keeps what it was
            given. Default: AWS RAM takes it away. Needs AWS provider 6.35; 6.36.0 accepted the argument but didn't set
            it when a share was created (#46909, fixed since), so require the newest version that you can.
        name: name of the share in AWS, 1 to 256 characters. Default: made from the ids of stack and share.
        tags: tags of the share. Default: the Name tag alone.

    Attributes:
        share: the resource share of the AWS provider, also `node.default_child`.
        resource_associations: the associations of the AWS provider with the resources, by their names.
        principal_associations: those with the principals, by the principals.

    Raises:
        InvalidInput: for tags that AWS refuses, no resource or principal, malformed ones, a child of a group, a
            resource that is already published, an argument that an allowed provider lacks.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/sharing.html,
        https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html,
        https://docs.aws.amazon.com/ram/latest/APIReference/API_CreateResourceShare.html
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        resources: Sequence[SharedResource],
        *,
        principals: Sequence[str],
        allow_external_principals: bool = False,
        retain_sharing_on_account_leave_organization: bool = False,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        stack = bindings.stack_of(scope)
        with Report(self) as report:
            self.key = parse_key(report, "id", id)
            name = parse_name_tag(report, "name", name, f"{stack.node.id}-{id}")
            checked = parse_tags(report, "tags", tags, beside=notes_of(stack).tags)
            shared = _each_once(report, resources)
            self._refuse_unshareable(report, stack, shared)
            recipients = parse_principals(report, "principals", principals)
            _refuse_own_account(report, stack, recipients)
            if allow_external_principals and not any(is_account(principal) for principal in recipients):
                report.refuse(
                    "allow_external_principals",
                    allow_external_principals,
                    rule=(
                        "Only an account can be outside the organisation; the organisation itself and its units can't."
                    ),
                    fix="Leave it out, or name the accounts.",
                    source=_SHARING,
                )
            if retain_sharing_on_account_leave_organization:
                _refuse_without_retaining(report, stack)
        self.share: bindings.RamResourceShare = bindings.make(
            bindings.RamResourceShare,
            self,
            "share",
            name=name,
            allow_external_principals=bool(allow_external_principals),
            tags=checked.named(name),
        )
        if retain_sharing_on_account_leave_organization:
            self.share.add_override("resource_share_configuration", [{_RETAIN: True}])
        bindings.set_default_child(self, self.share)
        self.arn = f"${{{bindings.address(self.share)}.arn}}"
        self.resource_associations = {
            resource.name: bindings.make(
                bindings.RamResourceAssociation,
                self,
                f"resource-{resource.name}",
                resource_arn=resource.arn,
                resource_share_arn=self.arn,
            )
            for resource in shared
        }
        self.principal_associations = {
            principal: bindings.make(
                bindings.RamPrincipalAssociation,
                self,
                # The id of a unit or organisation is the last part of its ARN.
                f"principal-{stable_key(self, principal.rpartition('/')[2] if is_known(principal) else principal)}",
                principal=principal,
                resource_share_arn=self.arn,
            )
            for principal in recipients
        }
        associations = [*self.resource_associations.values(), *self.principal_associations.values()]
        notes_of(stack).offers.append(
            Offer(
                self.key,
                self.arn,
                frozenset(resource.arn for resource in shared),
                bool(allow_external_principals),
                tuple(bindings.address(association) for association in associations),
            )
        )

    @staticmethod
    def _refuse_unshareable(report: Report, stack: Any, resources: Sequence[SharedResource]) -> None:
        published = notes_of(stack).published or {}
        for resource in resources:
            if resource.stack is not None and resource.stack is not stack:
                report.refuse(
                    "resources",
                    resource.name,
                    rule="A stack shares only its own resources; this one belongs to another stack.",
                    fix="Create the AccountShare in the stack that shares it.",
                )
            if resource.type == "CHILD":
                report.refuse(
                    "resources",
                    resource.name,
                    rule="AWS RAM doesn't share a single member of a group.",
                    fix="Share the group, or share this resource through the gateway on its own.",
                    source=_SHARING,
                )
            if resource.name in published:
                report.refuse(
                    "resources",
                    resource.name,
                    rule=(
                        "Publishing waits for the account shares, so that those who read a resource are allowed to "
                        "use it."
                    ),
                    fix="Create the AccountShare before state.publish.",
                )


def _refuse_own_account(report: Report, stack: Any, principals: Sequence[str]) -> None:
    own = getattr(stack, "account_id", None)
    if own and is_known(own) and own in principals:
        report.refuse(
            "principals",
            own,
            rule=(
                "A share's principals are other accounts; this is the stack's own account, which has the resource "
                "already."
            ),
            fix="Leave it out.",
            source=_SHARING,
        )


class AcceptedShare(bindings.Construct):
    """A share of another organisation's account, accepted: `accepted["orders"]` is then a resource that can be reached.

    Within one organisation there is nothing to accept, and AWS RAM has no invitation: leave this out. An endpoint or
    association for what this returns waits for the acceptance. An invitation lapses after twelve hours, or seven days
    for types on a list of AWS's. Destroying this leaves the share. The AWS pages that we could read don't say whether
    that is possible for VPC Lattice's resources; if AWS refuses, the provider carries on.

    Args:
        scope: the consumer's stack.
        id: the construct's id: the id that the producer's author gave the `AccountShare`.
        resources: what `State.read` returned, or `SharedResource.of_arn` with `share_arns`; all in this one share.

    Attributes:
        accepter: the accepter of the AWS provider, also `node.default_child`.

    Raises:
        InvalidInput: for no resource, or where it is known that the share isn't offered for one of them.

    Source: https://docs.aws.amazon.com/ram/latest/userguide/working-with-shared-invitations.html
    """

    @judged
    def __init__(self, scope: Any, id: str, resources: Sequence[SharedResource]) -> None:
        super().__init__(scope, id)
        with Report(self) as report:
            id = parse_key(report, "id", id)
            shared = _each_once(report, resources)
            for resource in shared:
                _refuse_other_share(report, id, resource)
        arns = [_share_arn(self, id, resource) for resource in shared]
        offered = ", ".join(bindings.expression(self, arn) for arn in arns)
        names = ", ".join(resource.name for resource in shared)
        self.accepter: bindings.RamResourceShareAccepter = bindings.make(
            bindings.RamResourceShareAccepter,
            self,
            "accepter",
            share_arn=arns[0] if arns else REFUSED,
            lifecycle=bindings.TerraformResourceLifecycle(
                precondition=[
                    bindings.Precondition(
                        condition=f"${{try(length(distinct([{offered}])) == 1, false)}}",
                        error_message=f"No share '{id}' is offered for all of: {names}. Its producer makes one "
                        "AccountShare of that id with allow_external_principals, and publishes; within one "
                        "organisation there is nothing to accept: leave AcceptedShare out.",
                    )
                ]
            ),
        )
        bindings.set_default_child(self, self.accepter)
        accepter = bindings.address(self.accepter)
        self._resources = {resource.name: replace(resource, accepter=accepter) for resource in shared}

    @judged
    def __getitem__(self, name: str) -> SharedResource:
        """Return the resource of that name, to be reached once the share is accepted.

        Raises:
            InvalidInput: if it isn't among those that were given.
        """
        if name in self._resources:
            return self._resources[name]
        with Report(self) as report:
            report.refuse(
                "name",
                name,
                rule=f"The resources accepted here are: {', '.join(self._resources)}.",
                fix="Use one of these, or add this one to the share's resources.",
            )
        return SharedResource.of_arn(name, REFUSED, ports=[REFUSED])


def _refuse_without_retaining(report: Report, stack: Any) -> None:
    constraint = bindings.aws_provider_of(stack)
    refuse_lacking(report, _RETAIN, True, constraint, SHARE, "resource_share_configuration")


def _each_once(report: Report, resources: Sequence[SharedResource]) -> list[SharedResource]:
    """Return the resources by name; refuse none, twins, and what is no resource."""
    given = {resource.name: resource for resource in resources if isinstance(resource, SharedResource)}
    for other in (resource for resource in resources if not isinstance(resource, SharedResource)):
        report.refuse(
            "resources",
            other,
            rule="Only what share() or read() returned can be shared or accepted.",
            fix="Pass that; for an existing resource, write SharedResource.of_arn(name, arn, ports=[...]).",
        )
    if not resources:
        report.refuse("resources", [], rule="At least one resource is shared.", fix="Give what share() returned.")
    names = [resource.name for resource in resources if isinstance(resource, SharedResource)]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        report.refuse("resources", twice, rule="Each resource is given once.", fix="Remove the second one.")
    return [given[name] for name in sorted(given)]


def _refuse_other_share(report: Report, id: str, resource: SharedResource) -> None:
    known = (resource.published or resource).share_arns or {}
    if isinstance(known, Mapping) and id not in known:
        report.refuse(
            "id",
            id,
            rule=f"For {resource.name!r}, the shares to accept are: {', '.join(sorted(known)) or 'none'}.",
            fix="Use one of these; within one organisation there is nothing to accept: leave AcceptedShare out.",
            source=_ACCEPTING,
        )


def _share_arn(scope: Any, id: str, resource: SharedResource) -> str:
    if isinstance(resource.share_arns, str):
        return f'${{{bindings.expression(scope, resource.share_arns)}["{id}"]}}'
    return (resource.share_arns or {}).get(id, REFUSED)
