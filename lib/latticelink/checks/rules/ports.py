"""Ports of resource configurations, and the protocol of security-group rules on the way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import (
    Problem,
    as_list,
    each,
    example,
    not_known,
    open_question,
    private_link_endpoints,
    read,
    refused,
)
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference
from latticelink.values.ports import parse_ports, read_range
from latticelink.values.types import (
    CONFIGURATION,
    DEFINITION,
    EGRESS_RULE,
    GATEWAY,
    GROUP_RULE,
    NETWORK_VPC,
    RULES,
    SECURITY_GROUP,
)


def _form(ports: Any) -> Problem:
    return refused(parse_ports, as_list(ports)) if as_list(ports) else None


def _overlap(ports: Any) -> Problem:
    for one, other in pairwise(sorted(found for text in as_list(ports) if (found := read_range(text)))):
        if other.low <= one.high:
            return f"'{one}' and '{other}' overlap."
    return None


def _groups_on_the_way(configuration: Configuration) -> dict[int, Block]:
    """Return the security groups that gateways, endpoints and VPC associations have, each once."""
    users = [
        *configuration.of_type(GATEWAY),
        *private_link_endpoints(configuration),
        *configuration.of_type(NETWORK_VPC),
    ]
    groups = (group for user in users for group in as_list(read(user, "security_group_ids")))
    return {id(group.block): group.block for group in groups if isinstance(group, Reference)}


def _tcp_only(configuration: Configuration) -> Iterator[Judgement]:
    on_the_way = _groups_on_the_way(configuration)
    for direction in ("ingress", "egress"):
        for rule in configuration.of_type(RULES[direction]):
            group = read(rule, "security_group_id")
            if isinstance(group, Reference) and id(group.block) in on_the_way:
                yield from _judge_protocol(rule, read(rule, "ip_protocol"), group.block)
        for group in on_the_way.values():
            for number, rule in enumerate(as_list(read(group, direction))):
                if isinstance(rule, dict):
                    yield from _judge_protocol(group, rule.get("protocol", ABSENT), group, f"{direction}[{number}]: ")
    for rule in configuration.of_type(GROUP_RULE):
        group = read(rule, "security_group_id")
        if isinstance(group, Reference) and id(group.block) in on_the_way:
            yield from _judge_protocol(rule, read(rule, "protocol"), group.block)


def _judge_protocol(block: Block, protocol: Any, group: Block, where: str = "") -> Iterator[Judgement]:
    if why := open_question(protocol):
        yield not_known(block, why, "protocol")
    elif str(protocol).lower() in ("udp", "17", "icmp", "1", "icmpv6", "58"):
        yield failed(block, f"{where}the rule is for {protocol}, in {group.full_address}.")
    else:
        yield passed(block)


def _shared(*ports: str, **more: Any) -> str:
    definition = {"ip_resource": {"ip_address": "10.0.1.9"}}
    return example(
        (CONFIGURATION, "db", {"type": "SINGLE", DEFINITION: definition, "port_ranges": list(ports), **more})
    )


_ON_THE_WAY = (GATEWAY, "g", {"security_group_ids": ["${aws_security_group.g.id}"]})


def _group_rule(protocol: str) -> str:
    rule = {"security_group_id": "${aws_security_group.g.id}", "ip_protocol": protocol, "cidr_ipv4": "10.0.0.0/16"}
    return example(_ON_THE_WAY, (SECURITY_GROUP, "g", {"name": "gateway"}), (EGRESS_RULE, "out", rule))


CHECKS = (
    Check(
        id="LL211",
        severity=Severity.ERROR,
        title="Ports are numbers from 1 to 65535, ranges go from low to high",
        why="The provider accepts 70000 and 90-80, which AWS then refuses during apply; the provider itself refuses "
        "several ports in one string.",
        source=pages.CREATE_CONFIGURATION,
        fix="Write one list item for each port or range, such as '443' or '8000-8080'.",
        passing=_shared("443", "8000-8080"),
        failing=_shared("70000"),
        judge=each(CONFIGURATION, "port_ranges", _form),
    ),
    Check(
        id="LL212",
        severity=Severity.WARNING,
        title="The port ranges of a resource configuration don't overlap",
        why=(
            "AWS doesn't document what happens with a port that is listed twice, and readers can't tell what is shared."
        ),
        source=pages.CREATE_CONFIGURATION,
        fix="Join the ranges.",
        passing=_shared("80", "443"),
        failing=_shared("80-443", "443"),
        judge=each(CONFIGURATION, "port_ranges", _overlap),
    ),
    Check(
        id="LL215",
        severity=Severity.WARNING,
        title="Security groups along the way allow TCP",
        why="Gateways and endpoints for VPC resources carry TCP only, so a rule for UDP or ICMP never matches.",
        source=pages.ACCESS,
        fix='Write "tcp", or remove the rule.',
        passing=_group_rule("tcp"),
        failing=_group_rule("udp"),
        judge=_tcp_only,
    ),
)
