"""Who may use an endpoint or an association: clients let in by a group that is made, or groups that the user brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.group_rules import cidr_peer, group_peer
from latticelink.constructs.network import Network
from latticelink.constructs.port_tokens import ports_of
from latticelink.constructs.security_groups import SecurityGroup, take_away_last
from latticelink.errors import Report
from latticelink.values.addresses import Cidr, parse_cidrs
from latticelink.values.aws_ids import parse_ids, parse_security_group_ids
from latticelink.values.contract import SharedResource
from latticelink.values.tags import Tags

_ACCESS_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html"


@dataclass(frozen=True)
class Clients:
    """The clients of shared resources: CIDR blocks and security groups, or whoever the user's own groups let in."""

    blocks: tuple[Cidr, ...]
    groups: tuple[str, ...]
    brought: tuple[str, ...] | None

    @classmethod
    def parse(
        cls,
        report: Report,
        client_cidrs: Sequence[str],
        client_security_group_ids: Sequence[str],
        security_group_ids: Sequence[str] | None,
    ) -> Clients:
        """Return the clients; refuse malformed ones, nobody, and clients beside groups that are brought."""
        blocks = parse_cidrs(report, "client_cidrs", client_cidrs)
        groups = parse_ids(report, "client_security_group_ids", client_security_group_ids, "sg")
        brought = parse_security_group_ids(report, "security_group_ids", security_group_ids)
        named = [*client_cidrs, *client_security_group_ids]
        if brought is None and not named:
            report.refuse(
                "client_cidrs",
                named,
                rule="The endpoint's security group lets in only the clients that you name, and none is named.",
                fix="Write client_cidrs=[network.cidr], name client_security_group_ids, or give your own "
                "security_group_ids.",
                source=_ACCESS_DOC,
            )
        if brought is not None and named:
            report.refuse(
                "security_group_ids",
                brought,
                rule="Rules are created only in a group that is created here.",
                fix="Leave out the clients and put the rules in your groups, or leave out security_group_ids.",
            )
        return cls(tuple(blocks), groups, brought)

    def made_group(
        self, scope: Any, network: Network | ExistingNetwork, *, name: str, to: str, shared: SharedResource, tags: Tags
    ) -> SecurityGroup | None:
        """Return a group that lets the clients in, None where groups are brought."""
        if self.brought is not None:
            return None
        group = SecurityGroup(scope, "group", network, name=name, description=f"Clients to {to}", tags=tags.given)
        take_away_last(group)
        peers = [
            *(cidr_peer(scope, block) for block in self.blocks),
            *(group_peer(scope, client) for client in self.groups),
        ]
        ports = ports_of(shared)
        for peer in peers:
            group.allow("ingress", peer, ports, f"Clients of {shared.name}")
        return group
