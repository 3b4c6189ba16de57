"""What this library remembers of a stack while the stack is built: one record, found from any construct in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from latticelink.cdk import bindings
from latticelink.constructs.published_resources import PublishedResources
from latticelink.constructs.rule_set import RuleSet
from latticelink.constructs.vpc_names import VpcNames
from latticelink.values.contract import SharedResource
from latticelink.values.names import NameRule, derive_name


class Keeper(Protocol):
    """Where a stack's state is kept."""

    @property
    def terraform_version(self) -> str:
        """The constraint on Terraform's version."""


@dataclass(frozen=True)
class Offer:
    """A share with other accounts.

    Attributes:
        key: the id of the `AccountShare`, by which consumers accept it.
        arn: expression of the share's ARN.
        resource_arns: what is shared.
        allows_external_principals: whether someone may have to accept it.
        associations: Terraform addresses of what puts resources and principals into the share.
    """

    key: str
    arn: str
    resource_arns: frozenset[str]
    allows_external_principals: bool
    associations: tuple[str, ...]


@dataclass
class Notes:
    """One stack's notes.

    Attributes:
        state: where its state is kept; None before `State.keep`.
        tags: the provider's default tags.
        name_suffix: what its derived AWS names end in; empty if in nothing more.
        published: what it published, by name; None before `State.publish`.
        offers: its shares with other accounts.
        reads: what it read of other stacks, by their ids.
        vpc_names: what the DNS of each VPC answers, by the VPC's id.
        verified: the domains that are verified, each with the path of the construct that does it.
        imports: Terraform's import blocks.
        moves: Terraform's moved blocks.
        suppressed: findings of the check that its author lives with.
        rules: the rules of security groups; None before the first one.
    """

    state: Keeper | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    name_suffix: str = ""
    published: dict[str, SharedResource] | None = None
    offers: list[Offer] = field(default_factory=list)
    reads: dict[str, PublishedResources] = field(default_factory=dict)
    vpc_names: dict[str, VpcNames] = field(default_factory=dict)
    verified: dict[str, str] = field(default_factory=dict)
    imports: list[dict[str, str]] = field(default_factory=list)
    moves: list[dict[str, str]] = field(default_factory=list)
    suppressed: list[dict[str, str]] = field(default_factory=list)
    rules: RuleSet | None = None

    def offers_of(self, resource: SharedResource) -> Iterator[Offer]:
        """Yield the shares of a resource that someone may have to accept, in the order of their keys."""
        for offer in sorted(self.offers, key=lambda each: each.key):
            if offer.allows_external_principals and resource.arn in offer.resource_arns:
                yield offer


def notes_of(stack: Any) -> Notes:
    """Return the notes of a stack, of this library or of CDKTF; empty ones where there were none."""
    notes: Notes = stack.__dict__.setdefault("_latticelink_notes", Notes())
    return notes


def rules_of(stack: Any) -> RuleSet:
    """Return the rules of a stack's security groups."""
    notes = notes_of(stack)
    if notes.rules is None:
        notes.rules = RuleSet(stack)
    return notes.rules


def derived_name(stack: Any, rule: NameRule, *ids: str) -> str:
    """Return the AWS name of something in a stack, made from the ids of both, with the stack's suffix."""
    stack_id = bindings.path_below(stack).rpartition("/")[2]
    return derive_name(rule, stack_id, *ids, suffix=notes_of(stack).name_suffix)
