"""Whom security groups let in and out, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

from latticelink.cdk import bindings
from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.network import Network
from latticelink.constructs.notes import rules_of
from latticelink.constructs.port_tokens import ports_of, with_text_tokens
from latticelink.constructs.rule_set import Asked, Direction, Group, Needed, Peer, stable_key
from latticelink.errors import InvalidInput, Report
from latticelink.values.addresses import Cidr, parse_cidr
from latticelink.values.aws_ids import parse_id
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource
from latticelink.values.names import parse_description
from latticelink.values.ports import Ports, parse_ports
from latticelink.values.tokens import REFUSED, is_known

_RULES_DOC = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"


class Reached(Protocol):
    """What clients send to: an endpoint, with its groups and the resource behind it."""

    @property
    def security_group_ids(self) -> tuple[str, ...]:
        """The groups of the endpoint."""

    @property
    def shared(self) -> SharedResource:
        """The resource, whose ports are known."""

    @property
    def network(self) -> Network | ExistingNetwork:
        """The clients' VPC."""


class GroupRules:
    """The rules that are asked for in one place of one security group.

    Args:
        scope: the construct that asks for them.
        key: an id for the group there, by which findings name its rules.
        id: the group's id in AWS, or the expression of it.
    """

    def __init__(self, scope: Any, key: str, id: str = "") -> None:
        self.id = id
        self._scope = scope
        self._key = key

    @cached_property
    def _stack(self) -> Any:
        return bindings.stack_of(self._scope)

    @cached_property
    def _group(self) -> Group:
        return Group(self.id, group_key(self._scope, self.id))

    @cached_property
    def _asked(self) -> Asked:
        return Asked(self._scope, (self._key,))

    @judged
    def let_in(
        self,
        *,
        group: GroupRules | str | None = None,
        cidr: str | None = None,
        prefix_list_id: str | None = None,
        ports: Sequence[int | str | float],
        why: str,
    ) -> None:
        """Let TCP in from one other side. The same rule asked for twice is made once.

        Args:
            group: the other side as a security group of the same stack, or a group's id, `sg-...`.
            cidr: the other side as an IPv4 or IPv6 CIDR block, or an expression of one.
            prefix_list_id: the other side as a prefix list, `pl-...`.
            ports: TCP ports, 1 to 65535: numbers, ranges such as `"8000-8080"`, or tokens.
            why: the rules' description, 1 to 255 letters, digits, spaces and `._-:/()#,@[]+=&;{}!$*`.

        Raises:
            InvalidInput: for none or more than one other side, a group of another stack, malformed values.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
        """
        with Report(self._scope, self._key, "let_in") as report:
            peer = self._peer(report, group, cidr, prefix_list_id)
            open_ports = with_text_tokens(parse_ports(report, "ports", ports))
            why = parse_description(report, "why", why)
        self.allow("ingress", peer, open_ports, why)

    @judged
    def let_out(
        self,
        *,
        endpoint: Reached | None = None,
        group: GroupRules | str | None = None,
        cidr: str | None = None,
        prefix_list_id: str | None = None,
        ports: Sequence[int | str | float] | None = None,
        why: str,
    ) -> None:
        """Let TCP out to one other side. The same rule asked for twice is made once.

        Args:
            endpoint: the other side as a `ResourceEndpoint` or a `ServiceNetworkEndpoint` of the same stack.
            group: the other side as a security group of the same stack, or a group's id, `sg-...`.
            cidr: the other side as an IPv4 or IPv6 CIDR block, or an expression of one.
            prefix_list_id: the other side as a prefix list, `pl-...`.
            ports: TCP ports, as in `let_in`. Default, for an endpoint alone: those that are shared.
            why: the rules' description, as in `let_in`.

        Raises:
            InvalidInput: for none or more than one other side, a group or endpoint of another stack, no ports,
                malformed values.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
        """
        with Report(self._scope, self._key, "let_out") as report:
            peer = self._peer(report, group, cidr, prefix_list_id, endpoint)
            if endpoint is not None and ports is None:
                open_ports = ports_of(endpoint.shared)
            else:
                open_ports = with_text_tokens(parse_ports(report, "ports", ports or ()))
            why = parse_description(report, "why", why)
        self.allow("egress", peer, open_ports, why)

    def allow(self, direction: Direction, peer: Peer, ports: Ports | str, why: str) -> list[Needed]:
        """Ask for the rules of what is judged already, as `RuleSet.allow` does; return them."""
        return rules_of(self._stack).allow(self._group, direction, peer, ports, why, self._asked)

    def _peer(
        self,
        report: Report,
        group: GroupRules | str | None,
        cidr: str | None,
        prefix_list_id: str | None,
        endpoint: Reached | None = None,
    ) -> Peer:
        """Return the one other side that is given."""
        given = {"endpoint": endpoint, "group": group, "cidr": cidr, "prefix_list_id": prefix_list_id}
        named = [name for name, value in given.items() if value is not None]
        if len(named) != 1:
            report.refuse(
                named[1] if named else "group",
                given[named[1]] if named else None,
                rule="A rule names exactly one other side.",
                fix="Write, for example, cidr='10.0.0.0/16', and call it again for another one.",
                source=_RULES_DOC,
            )
        if cidr is not None:
            return cidr_peer(self._scope, parse_cidr(report, "cidr", cidr))
        if prefix_list_id is not None:
            listed = parse_id(report, "prefix_list_id", prefix_list_id, "pl")
            return Peer("prefix_list_id", listed, stable_key(self._scope, listed))
        if endpoint is not None:
            return group_peer(self._scope, self._group_of(report, endpoint))
        if isinstance(group, GroupRules):
            if group._stack is not self._stack:
                _refuse_other_stack(report, "group", group._key)
            return group_peer(self._scope, group.id)
        return group_peer(self._scope, REFUSED if group is None else parse_id(report, "group", group, "sg"))

    def _group_of(self, report: Report, endpoint: Reached) -> str:
        """Return a group of the endpoint: where it has several, its addresses are in each of them."""
        if not all(hasattr(endpoint, name) for name in ("security_group_ids", "shared", "network")):
            report.refuse(
                "endpoint",
                endpoint,
                rule="An endpoint is a ResourceEndpoint or a ServiceNetworkEndpoint.",
                fix="Give one of these; clients of a ServiceNetworkAssociation send to the prefix list of VPC Lattice.",
                source="https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html",
            )
            # Nothing can stand in for an endpoint, whose ports are asked for next.
            raise InvalidInput(report.findings)
        if endpoint.network.stack is not self._stack:
            _refuse_other_stack(report, "endpoint", endpoint.shared.name)
        return endpoint.security_group_ids[0]


def cidr_peer(scope: Any, cidr: Cidr) -> Peer:
    """Return the peer for a block; one that is known only after apply is IPv6 if it is an `ipv6_...` attribute."""
    is_ipv6 = cidr.version == 6 or (cidr.version is None and _is_of_ipv6(scope, cidr.text))
    return Peer("cidr_ipv6" if is_ipv6 else "cidr_ipv4", cidr.text, stable_key(scope, cidr.text))


def address_peer(scope: Any, address: str, versions: tuple[int, ...]) -> Peer:
    """Return the peer for one address of one of the IP `versions`; if both, as in `cidr_peer`."""
    is_ipv6 = ":" in address if is_known(address) else _is_of_ipv6(scope, address) or 4 not in versions
    block = f"{address}/{128 if is_ipv6 else 32}"
    return Peer("cidr_ipv6" if is_ipv6 else "cidr_ipv4", block, stable_key(scope, block))


def group_peer(scope: Any, group_id: str) -> Peer:
    """Return the peer for a security group."""
    return Peer("referenced_security_group_id", group_id, stable_key(scope, group_id))


def group_key(scope: Any, group_id: str) -> str:
    """Return what rules of a group are named after: its id, or a hash of the expression of it."""
    return group_id if is_known(group_id) else f"group-{stable_key(scope, group_id)}"


def _is_of_ipv6(scope: Any, value: str) -> bool:
    """Return whether an expression ends in one of Terraform's IPv6 attributes, such as `aws_vpc.x.ipv6_cidr_block`."""
    return re.search(r"\.ipv6_\w+[^.]*$", bindings.expression(scope, value)) is not None


def _refuse_other_stack(report: Report, argument: str, given: str) -> None:
    report.refuse(
        argument,
        given,
        rule="The other side of a rule is of the same stack: stacks exchange resources only through remote state.",
        fix="Make the rule in the stack that has both, or name CIDR blocks.",
    )
