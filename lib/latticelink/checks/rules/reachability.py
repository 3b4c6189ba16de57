"""Whether packets arrive, and what is open that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed, unknown
from latticelink.checks.rules import pages
from latticelink.checks.rules.openings import open_targets, wide_clients, wide_ports
from latticelink.checks.rules.reading import example, not_known
from latticelink.paths import hops
from latticelink.paths.hops import Answer, Hop, TracedPath
from latticelink.paths.tracing import trace, tracer_of
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.values.types import (
    CONFIGURATION,
    DEFINITION,
    ENDPOINT,
    GATEWAY,
    INSTANCE,
    RULES,
    SECURITY_GROUP,
    SUBNET,
    VPC,
)


def _arrives(configuration: Configuration) -> Iterator[Judgement]:
    """Judge each hop that blocks, or of which it isn't known, once for all paths it; and each open path."""
    over: dict[tuple[str, int, str], tuple[Hop, Block, list[TracedPath]]] = {}
    for path in trace(configuration):
        if path.answer is Answer.PASS:
            yield passed(path.endpoint)
        for hop in () if path.addresses else path.hops:
            if hop.answer in (Answer.FAIL, Answer.UNKNOWN):
                block = hop.block or path.endpoint
                over.setdefault((hop.place, id(block), hop.why), (hop, block, []))[2].append(path)
    for hop, block, paths in over.values():
        message = f"{hop.place[:1].upper()}{hop.place[1:]}: {hop.why}."
        if hop.answer is Answer.FAIL:
            more = f", and {len(paths) - 1} more" if len(paths) > 1 else ""
            message += f" Blocked: {paths[0].who} -> {paths[0].resource}{more}."
            yield failed(block, message, hop.fix)
        else:
            yield unknown(block, message, hop.fix)


def _at_each_address(configuration: Configuration) -> Iterator[Judgement]:
    """Judge each path of an endpoint: whether packets arrive shouldn't depend on the address that a client uses."""
    for path in trace(configuration):
        if not path.addresses:
            if path.answer is Answer.PASS and path.endpoint.type == ENDPOINT:
                doubt = tracer_of(configuration).topology.placed(path.endpoint).subnets_doubt
                yield passed(path.endpoint) if doubt is None else not_known(path.endpoint, doubt, "subnet_ids")
            continue
        odd = [
            (each, hop) for each in path.addresses for hop in each.hops if hop.answer in (Answer.FAIL, Answer.UNKNOWN)
        ]
        whys = {f"At the address in {each.zone}, {hop.place}: {hop.why}.": hop.fix for each, hop in odd}
        message = f"{path.who} -> {path.resource}: {path.by_address}. {' '.join(whys)}"
        fix = " ".join(dict.fromkeys(whys.values()))
        is_sure = any(hop.answer is Answer.FAIL or hop.place == hops.ZONE_APART for _, hop in odd)
        yield failed(path.endpoint, message, fix) if is_sure else unknown(path.endpoint, message, fix)


_ENDS = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443}


def _rule(direction: str, group: str, to: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
    peer = {"cidr_ipv4": to} if "/" in to else {"referenced_security_group_id": f"${{aws_security_group.{to}.id}}"}
    body = {**_ENDS, "security_group_id": f"${{aws_security_group.{group}.id}}", **peer, **more}
    return RULES[direction], f"{group}-{direction}", body


def _group(name: str, vpc: str) -> tuple[str, str, dict[str, Any]]:
    return SECURITY_GROUP, name, {"name": name, "vpc_id": f"${{aws_vpc.{vpc}.id}}"}


def _link(*rules: tuple[str, str, dict[str, Any]], ports: str = "443", zones: str = "a") -> str:
    subnet = {"cidr_block": "10.0.0.0/24", "availability_zone": "eu-west-1a"}
    return example(
        *((VPC, name, {"cidr_block": "10.0.0.0/16"}) for name in ("ours", "theirs")),
        *((SUBNET, name, {**subnet, "vpc_id": f"${{aws_vpc.{name}.id}}"}) for name in ("ours", "theirs")),
        *(
            (
                SUBNET,
                f"ours_{zone}",
                {
                    "cidr_block": "10.0.1.0/24",
                    "availability_zone": f"eu-west-1{zone}",
                    "vpc_id": "${aws_vpc.ours.id}",
                },
            )
            for zone in zones[1:]
        ),
        _group("endpoint", "ours"),
        _group("gateway", "theirs"),
        _group("target", "theirs"),
        (
            INSTANCE,
            "target",
            {"subnet_id": "${aws_subnet.theirs.id}", "vpc_security_group_ids": ["${aws_security_group.target.id}"]},
        ),
        (
            GATEWAY,
            "g",
            {
                "name": "gateway",
                "vpc_id": "${aws_vpc.theirs.id}",
                "subnet_ids": ["${aws_subnet.theirs.id}"],
                "security_group_ids": ["${aws_security_group.gateway.id}"],
            },
        ),
        (
            CONFIGURATION,
            "db",
            {
                "name": "db",
                "type": "SINGLE",
                "protocol": "TCP",
                "port_ranges": [ports],
                "resource_gateway_identifier": f"${{{GATEWAY}.g.id}}",
                DEFINITION: {"ip_resource": {"ip_address": "${aws_instance.target.private_ip}"}},
            },
        ),
        (
            ENDPOINT,
            "db",
            {
                "vpc_endpoint_type": "Resource",
                "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}",
                "vpc_id": "${aws_vpc.ours.id}",
                "subnet_ids": ["${aws_subnet.ours.id}", *(f"${{aws_subnet.ours_{zone}.id}}" for zone in zones[1:])],
                "security_group_ids": ["${aws_security_group.endpoint.id}"],
            },
        ),
        *rules,
    )


_CLIENTS = _rule("ingress", "endpoint", "10.0.0.0/16")
_OUT = _rule("egress", "gateway", "target")
_IN = _rule("ingress", "target", "gateway")
_OPEN = _link(_CLIENTS, _OUT, _IN)

CHECKS = (
    Check(
        id="LL001",
        severity=Severity.ERROR,
        title="Packets arrive",
        why="A hop that blocks packets shows only as a connection that hangs, with no error anywhere. The check "
        "follows each hop from the client's security group to the target's, and looks at what security groups, "
        "network ACLs, routes, zones and ports let through.",
        source=pages.GATEWAY,
        fix="Let the packets through at that hop.",
        passing=_OPEN,
        failing=_link(_CLIENTS, _OUT),
        judge=_arrives,
    ),
    Check(
        id="LL002",
        severity=Severity.WARNING,
        title="An endpoint lets in clients of its VPC only",
        why="A wider block is either a mistake, or means clients outside the VPC that somebody should know about.",
        source=pages.ENDPOINT,
        fix="Name the VPC's block or a part of it, or suppress this and give the clients' location as the reason.",
        passing=_OPEN,
        failing=_link(_rule("ingress", "endpoint", "10.0.0.0/8"), _OUT, _IN),
        judge=wide_clients,
    ),
    Check(
        id="LL003",
        severity=Severity.WARNING,
        title="A target is open to the gateway only",
        why="The target sees the gateway's addresses, never the client's, so only the gateway needs access.",
        source=pages.GATEWAY,
        fix="Name the gateway's security group instead.",
        passing=_OPEN,
        failing=_link(_CLIENTS, _OUT, _rule("ingress", "target", "0.0.0.0/0")),
        judge=open_targets,
        as_written=True,
    ),
    Check(
        id="LL004",
        severity=Severity.NOTE,
        title="Only ports that the security groups let through are shared",
        why="As soon as somebody opens a security group, all of these ports are open to every consumer.",
        source=pages.CONFIGURATION,
        fix="Share only the ports that the security groups let through.",
        passing=_OPEN,
        failing=_link(_CLIENTS, _OUT, _IN, ports="1-65535"),
        judge=wide_ports,
        as_written=True,
    ),
    Check(
        id="LL005",
        severity=Severity.WARNING,
        title="Packets arrive at each of an endpoint's addresses",
        why="An endpoint has an address in each of its subnets, and its names resolve to all of them: if one address "
        "works and another doesn't, some connections hang. That an address leads to the gateway in its own zone is "
        "inferred: AWS documents only that the two must have at least one zone in common.",
        source=pages.GATEWAY,
        fix="Let the packets through at that hop, or give endpoint and gateway subnets in the same zones.",
        passing=_OPEN,
        failing=_link(_CLIENTS, _OUT, _IN, zones="ab"),
        judge=_at_each_address,
    ),
)
