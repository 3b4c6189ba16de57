"""Where packets die is told by hop and rule, beside what the check says of the same place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lab.conftest import RunLab
from tests.paths.topologies import (
    CLIENT_OUT,
    CONFIGURATION,
    ENDPOINT_IN,
    GATEWAY,
    GATEWAY_OUT,
    TARGET_IN,
    Change,
    cidr,
    drop,
    port,
    put,
    right,
)


def acl(stack: str, *subnets: str, ingress: list[dict[str, object]], egress: list[dict[str, object]]) -> Change:
    ids = [f"${{aws_subnet.{name}.id}}" for name in subnets]
    return put(
        stack, "aws_network_acl", "acl", vpc_id="${aws_vpc.main.id}", subnet_ids=ids, ingress=ingress, egress=egress
    )


def entry(number: int, low: int, high: int, action: str = "allow") -> dict[str, object]:
    ports = {"from_port": low, "to_port": high}
    return {"rule_no": number, "action": action, "protocol": "tcp", "cidr_block": "0.0.0.0/0", **ports}


OPEN = [entry(100, 0, 65535)]
ROWS: list[tuple[str, Change, str, str]] = [
    (
        "no rule lets the client out",
        drop(*CLIENT_OUT),
        r"dropped at client's group out (aws_security_group.client): no rule for TCP 443 to 10.1.",
        "blocked at client's group out",
    ),
    (
        "the endpoint's rule is for another port",
        put(*ENDPOINT_IN, **port(81)),
        "dropped at endpoint's group in (aws_security_group.endpoint): no rule for TCP 443 from 10.1.0.",
        "blocked at endpoint's group in",
    ),
    (
        "the gateway's rule is for another group",
        put(*GATEWAY_OUT, **cidr("10.9.0.0/16")),
        "dropped at gateway's group out (aws_security_group.gateway): no rule for TCP 443 to 10.2.0.",
        "blocked at gateway's group out",
    ),
    (
        "the target's rule is for the client's addresses, which it never sees",
        put(*TARGET_IN, **cidr("10.1.0.0/16")),
        "dropped at target's group in (aws_security_group.target): no rule for TCP 443 from 10.2.",
        "blocked at target's group in",
    ),
    (
        "another port is shared",
        put("producer", CONFIGURATION, "web", port_ranges=["80"]),
        "dropped at resource configuration's ports (web): it shares TCP 80 for TCP 443",
        "blocked at resource configuration's ports",
    ),
    (
        "endpoint and gateway share no zone",
        put("consumer", "aws_vpc_endpoint", "web", subnet_ids=["${aws_subnet.b.id}"]),
        "dropped at zones (endpoint web): no interface of the gateway is in eu-west-1b",
        "blocked at zones",
    ),
    (
        "an ACL's rule denies the request",
        acl("producer", "a", "b", ingress=[entry(90, 443, 443, "deny"), *OPEN], egress=OPEN),
        "at network ACLs of the target's subnets (aws_network_acl.acl): its ingress rule 90 denies for TCP 443 from",
        "blocked at network ACLs of the target's subnets",
    ),
    (
        "an ACL lets no reply pass",
        acl("consumer", "a", "b", ingress=[entry(100, 443, 443)], egress=OPEN),
        "at network ACLs of the clients' subnets (aws_network_acl.acl): its ingress rule * denies for the reply from",
        "blocked at network ACLs of the clients' subnets",
    ),
]


@pytest.mark.parametrize(("change", "death", "check"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_where_packets_die(run_lab: RunLab, tmp_path: Path, change: Change, death: str, check: str) -> None:
    stacks = right()
    for stack, kind, name in (("producer", GATEWAY, "gateway"), ("consumer", "aws_vpc_endpoint", "web")):
        put(stack, kind, name, subnet_ids=["${aws_subnet.a.id}"])(stacks)
    if "ACL" in check:
        put("consumer", "aws_vpc_endpoint", "web", subnet_ids=["${aws_subnet.b.id}"])(stacks)
        put("producer", GATEWAY, "gateway", subnet_ids=["${aws_subnet.b.id}"])(stacks)
    change(stacks)
    for name, content in stacks.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf.json").write_text(json.dumps(content))
    result = run_lab(tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert death in result.stdout
    assert f"latticelink check: {check}" in result.stdout
