"""Security groups and their rules, each rule a resource of its own.

Rules are separate resources so that a gateway's group and its target's group can name each other without a cycle.
A group that Terraform makes has no way out until a rule gives one: the provider removes the one that AWS adds.
Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_egress_rule
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from latticelink.cdk import bindings
from latticelink.values.addresses import Cidr
from latticelink.values.ports import Ports
from latticelink.values.tokens import is_known

Direction = Literal["ingress", "egress"]


@dataclass(frozen=True)
class Peer:
    """The other side of a rule: what Terraform calls it, its value, and a key that is stable and short."""

    argument: Literal["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]
    value: str
    key: str


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


def _is_of_ipv6(scope: Any, value: str) -> bool:
    """Return whether an expression ends in one of Terraform's IPv6 attributes, such as `aws_vpc.x.ipv6_cidr_block`."""
    return re.search(r"\.ipv6_\w+[^.]*$", bindings.expression(scope, value)) is not None


def stable_key(scope: Any, value: str) -> str:
    """Return a literal as it is; for a token a hash of what it refers to, as the CDK numbers tokens by their order."""
    if is_known(value):
        return value.replace("/", "_").replace(":", ".")
    return hashlib.sha256(bindings.expression(scope, value).encode()).hexdigest()[:8]


def make_group(scope: Any, id: str, *, vpc_id: str, name: str, description: str) -> str:
    """Make a security group without rules in `scope`; return the expression of its id."""
    group = bindings.make(
        bindings.SecurityGroup, scope, id, vpc_id=vpc_id, name=name, description=description, tags={"Name": name}
    )
    return f"${{{bindings.address(group)}.id}}"


def allow(
    scope: Any, key: str, direction: Direction, group_id: str, peers: Iterable[Peer], ports: Ports, *, why: str
) -> None:
    """Let TCP on `ports` into (`ingress`) or out of (`egress`) a group, one rule for each peer and port range.

    Args:
        scope: the construct that the rules belong to.
        key: first part of the rules' construct ids, from the user's names.
        direction: as seen from the group.
        group_id: the group that the rules are in.
        peers: the other sides.
        ports: known ranges, and tokens of single ports as texts.
        why: the rules' description, in the characters that AWS allows there.
    """
    ends: list[tuple[str, float, float]] = [(str(item), item.low, item.high) for item in ports.ranges]
    for token in ports.tokens:
        port = bindings.token_as_number(token)
        ends.append((f"port-{stable_key(scope, str(token))}", port, port))
    for peer in peers:
        for ports_key, low, high in ends:
            _rule(direction)(
                scope,
                f"{key}-{direction}-{ports_key}-{peer.key}",
                security_group_id=group_id,
                ip_protocol="tcp",
                from_port=low,
                to_port=high,
                description=why,
                **{peer.argument: peer.value},
            )


def allow_each(
    scope: Any, key: str, direction: Direction, group_id: str, peers: Iterable[Peer], ports: str, *, why: str
) -> None:
    """Do as `allow`, with `ports` an expression of a list such as `["80", "8000-8080"]` that Terraform reads."""
    for peer in peers:
        rule = _rule(direction)(
            scope,
            f"{key}-{direction}-{peer.key}",
            security_group_id=group_id,
            ip_protocol="tcp",
            from_port=bindings.token_as_number('${tonumber(split("-", each.value)[0])}'),
            to_port=bindings.token_as_number('${tonumber(reverse(split("-", each.value))[0])}'),
            description=why,
            **{peer.argument: peer.value},
        )
        rule.add_override("for_each", f"${{toset({bindings.expression(scope, ports)})}}")


def _rule(direction: Direction) -> Any:
    return bindings.VpcSecurityGroupIngressRule if direction == "ingress" else bindings.VpcSecurityGroupEgressRule
