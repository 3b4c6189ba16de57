"""Security groups: made in a network, or there already.

Their rules are resources of their own, so that a gateway's group and its target's group can name each other without a
cycle. A group that Terraform creates lets nothing out until a rule does: the provider removes the one that AWS adds.
Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_egress_rule
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from latticelink.cdk import bindings
from latticelink.cdk.written import Part, write_later
from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.group_rules import GroupRules
from latticelink.constructs.network import Network
from latticelink.constructs.notes import derived_name, notes_of, rules_of
from latticelink.errors import InvalidInput, Report
from latticelink.values.aws_ids import parse_id
from latticelink.values.calls import judged
from latticelink.values.names import SECURITY_GROUP, parse_description, parse_group_name
from latticelink.values.tags import parse_tags


class SecurityGroup(GroupRules):
    """A security group of a network: it lets nobody in or out until `let_in` and `let_out` say so.

    Args:
        scope: the stack, or a construct in it.
        id: the group's id, part of Terraform addresses.
        network: the VPC that it is in.
        name: its name in AWS, unique in the VPC, which AWS doesn't change later: 1 to 255 letters, digits, spaces and
            `._-:/()#,@[]+=&;{}!$*`, not starting with `sg-`. Default: made from the ids of stack and group.
        description: what it is for, 1 to 255 of the same characters, which AWS doesn't change later either.
        tags: its tags. Default: the Name tag alone.

    Attributes:
        id: expression of the group's id, `sg-...`.
        resource: the security group of the AWS provider.

    Raises:
        InvalidInput: for a network of another stack, and a name, a description or tags that AWS refuses.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        network: Network | ExistingNetwork,
        *,
        name: str | None = None,
        description: str = "Managed by Terraform",
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        with Report(scope, id) as report:
            network.refuse_other_stack(report, self._stack)
            name = parse_group_name(report, "name", name, derived_name(network.stack, SECURITY_GROUP, id))
            description = parse_description(report, "description", description)
            checked = parse_tags(report, "tags", tags, beside=notes_of(self._stack).tags)
        self.resource: bindings.SecurityGroup = bindings.make(
            bindings.SecurityGroup,
            scope,
            id,
            vpc_id=network.vpc_id,
            name=name,
            description=description,
            tags=checked.named(name),
        )
        self.id = f"${{{bindings.address(self.resource)}.id}}"
        rules_of(self._stack).name_made(self._group, self._asked)

    @cached_property
    def node(self) -> Any:
        """The node of the security group, which is its own default child."""
        node = self.resource.node
        node.default_child = self.resource
        return node


class ExistingSecurityGroup(GroupRules):
    """A security group that exists already, by its id; `let_in` and `let_out` add rules to it.

    Args:
        scope: the stack, or a construct in it.
        id: an id for it here, part of its rules' Terraform addresses.
        security_group_id: its id in AWS, `sg-...`.

    Attributes:
        id: its id in AWS.

    Raises:
        InvalidInput: for a malformed id.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """

    @judged
    def __init__(self, scope: Any, id: str, security_group_id: str) -> None:
        super().__init__(scope, id)
        with Report(scope, id) as report:
            self.id = parse_id(report, "security_group_id", security_group_id, "sg")


def take_away_last(group: SecurityGroup) -> None:
    """Have Terraform destroy a group that a construct made only after what is in it has other groups.

    AWS deletes no group that is in use, so without this a swap for groups of the user's waits for itself. The name
    stays the same: Terraform makes a second group first only where the VPC or the name is another one.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
    """
    kind, _, name = bindings.address(group.resource).partition(".")
    last = Part(kind, name, {"lifecycle": {"create_before_destroy": True}})
    write_later(bindings.stack_of(group.resource), lambda: [last])


def made_group(construct: Any, group: SecurityGroup | None) -> SecurityGroup:
    """Return the group that a construct made.

    Raises:
        InvalidInput: if it made none, as the user's own groups are used.
    """
    if group is None:
        # Outside `collecting`, so that nothing goes on with a group that isn't there.
        report = Report(construct)
        report.refuse(
            "group",
            None,
            rule="No security group is created if security_group_ids names yours.",
            fix="Use your own group here, or leave out security_group_ids.",
        )
        raise InvalidInput(report.findings)
    return group
