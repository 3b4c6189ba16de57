"""A rule twice: what AWS takes for one, in one stack and in two, and what only the apply tells."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example, files
from latticelink.values.types import EGRESS_RULE, INGRESS_RULE, SECURITY_GROUP

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of

BLOCK = {"cidr_ipv4": "10.0.0.0/16"}


def rule(*, port: Any = 443, group: str = "sg-12345678", protocol: str = "tcp", **peer: str) -> dict[str, Any]:
    ports = {"from_port": port, "to_port": port, "ip_protocol": protocol}
    return {"security_group_id": group, **ports, **(peer or BLOCK)}


def one_stack(*several: dict[str, Any], kind: str = INGRESS_RULE, **sections: Any) -> str:
    return example(*((kind, f"r{number}", each) for number, each in enumerate(several)), **sections)


def with_groups(*several: dict[str, Any]) -> str:
    groups = ((SECURITY_GROUP, name, {"name": name, "vpc_id": "vpc-12345678"}) for name in "ab")
    return example(*groups, *((INGRESS_RULE, f"r{number}", each) for number, each in enumerate(several)))


VARIABLE = {"variable": {"given": {"type": "string"}}}
A, B = "${aws_security_group.a.id}", "${aws_security_group.b.id}"

TABLE: list[Row] = [
    ("equal rules of one stack", "LL431", one_stack(rule(), rule()), [PASS, FAIL]),
    ("a third one", "LL431", one_stack(rule(), rule(), rule()), [PASS, FAIL, FAIL]),
    ("a number and its text", "LL431", one_stack(rule(port=443), rule(port="443")), [PASS, FAIL]),
    ("a protocol by name and by number", "LL431", one_stack(rule(), rule(protocol="6")), [PASS, FAIL]),
    ("TCP and UDP", "LL431", one_stack(rule(), rule(protocol="udp")), [PASS, PASS]),
    (
        "two spellings of a block",
        "LL431",
        one_stack(rule(cidr_ipv6="2001:db8::/64"), rule(cidr_ipv6="2001:DB8:0::/64")),
        [PASS, FAIL],
    ),
    (
        "all traffic, with ports and without",
        "LL431",
        one_stack(rule(protocol="-1"), rule(protocol="all")),
        [PASS, FAIL],
    ),
    ("all traffic and TCP", "LL431", one_stack(rule(protocol="-1"), rule()), [PASS, PASS]),
    ("another port", "LL431", one_stack(rule(), rule(port=444)), [PASS, PASS]),
    ("another group", "LL431", one_stack(rule(), rule(group="sg-87654321")), [PASS, PASS]),
    (
        "both directions",
        "LL431",
        example((INGRESS_RULE, "in", rule()), (EGRESS_RULE, "out", rule())),
        [PASS, PASS],
    ),
    ("equal rules of one made group", "LL431", with_groups(rule(group=A), rule(group=A)), [PASS, FAIL]),
    ("two groups that are made", "LL431", with_groups(rule(group=A), rule(group=B)), [PASS, PASS]),
    ("a made group and an id", "LL431", with_groups(rule(group=A), rule()), [PASS, PASS]),
    (
        "two peers that are made",
        "LL431",
        with_groups(rule(referenced_security_group_id=A), rule(referenced_security_group_id=B)),
        [PASS, PASS],
    ),
    (
        "one peer that is made",
        "LL431",
        with_groups(rule(referenced_security_group_id=A), rule(referenced_security_group_id=A)),
        [PASS, FAIL],
    ),
    (
        "a group that only a variable tells",
        "LL431",
        one_stack(rule(group="${var.given}"), rule(), **VARIABLE),
        [PASS, UNKNOWN],
    ),
    (
        "a variable and another port",
        "LL431",
        one_stack(rule(group="${var.given}"), rule(port=444), **VARIABLE),
        [PASS, PASS],
    ),
    (
        "the ports of two databases that nobody gives",
        "LL431",
        one_stack(
            rule(port="${aws_db_instance.a.port}"),
            rule(port="${aws_db_instance.b.port}"),
        ),
        [PASS, UNKNOWN],
    ),
    (
        "one group in two stacks",
        "LL431",
        files(one=one_stack(rule()), other=one_stack(rule())),
        [PASS, FAIL],
    ),
    (
        "one group in two stacks, in another direction",
        "LL431",
        files(one=one_stack(rule()), other=one_stack(rule(), kind=EGRESS_RULE)),
        [PASS, PASS],
    ),
    (
        "an id, which may be that of what another stack made before",
        "LL431",
        files(one=with_groups(rule(group=A)), other=one_stack(rule())),
        [PASS, UNKNOWN],
    ),
    (
        "the same with another peer",
        "LL431",
        files(one=with_groups(rule(group=A)), other=one_stack(rule(cidr_ipv4="10.1.0.0/16"))),
        [PASS, PASS],
    ),
]

test_edges = test_of(TABLE)
