"""Who may use an endpoint or an association: clients let in by a group that is made, or groups that the user brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from latticelink.constructs.resource_configuration import ports_of
from latticelink.constructs.security_groups import allow, allow_each, cidr_peer, group_peer, make_group
from latticelink.errors import Report
from latticelink.values.addresses import Cidr, parse_cidrs
from latticelink.values.aws_ids import parse_ids, parse_security_group_ids
from latticelink.values.contract import SharedResource
from latticelink.values.ports import Ports

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
                rule="The endpoint's group lets in only the clients that are named; none is.",
                fix="Write client_cidrs=[network.cidr], name client_security_group_ids, or bring security_group_ids.",
                source=_ACCESS_DOC,
            )
        if brought is not None and named:
            report.refuse(
                "security_group_ids",
                brought,
                rule="Rules are made only in the group that is made here.",
                fix="Leave out the clients and put the rules in your groups, or leave out security_group_ids.",
            )
        return cls(tuple(blocks), groups, brought)

    def let_in(self, scope: Any, *, vpc_id: str, name: str, to: str, shared: SharedResource) -> tuple[str, ...]:
        """Return the security groups to attach; make one that lets the clients in if none was brought."""
        if self.brought is not None:
            return self.brought
        group = make_group(scope, "group", vpc_id=vpc_id, name=name, description=f"Clients to {to}")
        peers = [
            *(cidr_peer(scope, block) for block in self.blocks),
            *(group_peer(scope, client) for client in self.groups),
        ]
        why = f"Clients of {shared.name}"
        ports = ports_of(shared)
        if isinstance(ports, Ports):
            allow(scope, "clients", "ingress", group, peers, ports, why=why)
        else:
            allow_each(scope, "clients", "ingress", group, peers, ports, why=why)
        return (group,)
