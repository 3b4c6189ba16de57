"""Service networks: their associations with resources and with VPCs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity
from latticelink.checks.rules import pages
from latticelink.checks.rules.network_parts import groups_named, judge_home
from latticelink.checks.rules.reading import (
    Problem,
    account_and_region,
    example,
    identity_of,
    judged,
    kind_of,
    not_known,
    open_question,
    read,
    target_of,
    verdict,
)
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference, Unknown
from latticelink.values.arns import looks_like_arn
from latticelink.values.aws_ids import MOST_GROUPS
from latticelink.values.types import CONFIGURATION, NETWORK_RESOURCE, NETWORK_VPC, SECURITY_GROUP, VPC


def _by_id(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(NETWORK_RESOURCE):
        for argument in ("resource_configuration_identifier", "service_network_identifier"):
            yield from judged(block, argument, _id_problem, identity=True)


def _id_problem(value: Any) -> Problem:
    by_arn = value.attribute == "arn" if isinstance(value, Reference) else looks_like_arn(value)
    return (f"It is {value}, an ARN.", "Write the `.id`.") if by_arn else None


def _no_child(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(NETWORK_RESOURCE):
        shared = target_of(block, "resource_configuration_identifier", CONFIGURATION)
        if shared is None:
            continue
        kind = kind_of(shared)
        if why := open_question(kind):
            yield not_known(block, why, f"type of {shared.address}")
        else:
            yield verdict(block, f"{shared.full_address} is a CHILD." if kind == "CHILD" else None)


def _sorted(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(NETWORK_VPC):
        groups = read(block, "security_group_ids")
        if groups is ABSENT:
            continue
        if isinstance(groups, list) and len(groups) > 1 and "sort(" not in str(block.body.get("security_group_ids")):
            if why := open_question(groups):
                yield not_known(block, why, "security_group_ids")
            else:
                texts = [str(group) for group in groups]
                yield verdict(block, None if texts == sorted(texts) else f"{', '.join(texts)} are not sorted.")
        elif isinstance(groups, Unknown):
            yield not_known(block, groups, "security_group_ids")
        else:
            yield verdict(block, None)


def _names_groups(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(NETWORK_VPC):
        yield groups_named(block)


def _home(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(NETWORK_VPC):
        home = identity_of(read(block, "vpc_identifier"))
        if why := open_question(read(block, "vpc_identifier"), identity=True):
            yield not_known(block, why, "vpc_identifier")
            continue
        yield from judge_home(block, [("security_group_ids", SECURITY_GROUP)], home)


def _once(configuration: Configuration) -> Iterator[Judgement]:
    first: dict[tuple[str, str], Block] = {}
    for block in configuration.of_type(NETWORK_VPC):
        vpc = read(block, "vpc_identifier")
        if why := open_question(vpc, identity=True):
            yield not_known(block, why, "vpc_identifier")
            continue
        other = first.setdefault((identity_of(vpc), account_and_region(block)), block)
        yield verdict(block, None if other is block else f"{other.full_address} is for the same VPC.")


def _in_it_once(configuration: Configuration) -> Iterator[Judgement]:
    first: dict[tuple[str, str], Block] = {}
    for block in configuration.of_type(NETWORK_RESOURCE):
        sides = [
            read(block, argument) for argument in ("service_network_identifier", "resource_configuration_identifier")
        ]
        if why := open_question(sides, identity=True):
            yield not_known(block, why, "resource_configuration_identifier")
            continue
        network, resource = map(identity_of, sides)
        other = first.setdefault((network, resource), block)
        yield verdict(block, None if other is block else f"{other.full_address} is the same association.")


def _resource(resource: str, network: str = "sn-0123456789abcdef0") -> str:
    body = {"resource_configuration_identifier": resource, "service_network_identifier": network}
    return example((NETWORK_RESOURCE, "db", body), (CONFIGURATION, "db", {"type": "SINGLE"}))


def _child(kind: str) -> str:
    body = {
        "resource_configuration_identifier": f"${{{CONFIGURATION}.db.id}}",
        "service_network_identifier": "sn-0123456789abcdef0",
    }
    return example((NETWORK_RESOURCE, "db", body), (CONFIGURATION, "db", {"type": kind}))


def _vpc(*more: tuple[str, str, dict[str, Any]], groups: list[str] | None = None, vpc: str = "vpc-12345678") -> str:
    body: dict[str, Any] = {"vpc_identifier": vpc, "service_network_identifier": "sn-0123456789abcdef0"}
    return example((NETWORK_VPC, "a", body if groups is None else {**body, "security_group_ids": groups}), *more)


def _two(vpc: str) -> str:
    return _vpc((NETWORK_VPC, "b", {"vpc_identifier": vpc, "service_network_identifier": "sn-00000000000000000"}))


def _twice(resource: str) -> str:
    network = {"service_network_identifier": "sn-0123456789abcdef0"}
    first = {**network, "resource_configuration_identifier": "rcfg-0123456789abcdef0"}
    second = {**network, "resource_configuration_identifier": resource}
    return example((NETWORK_RESOURCE, "a", first), (NETWORK_RESOURCE, "b", second))


_IDS = [f"sg-1234567{number}" for number in range(MOST_GROUPS + 1)]
_GROUP = (SECURITY_GROUP, "g", {"name": "g", "vpc_id": "${aws_vpc.v.id}"})
_VPCS = [(VPC, name, {"cidr_block": "10.0.0.0/16"}) for name in ("v", "w")]

CHECKS = (
    Check(
        id="LL601",
        severity=Severity.ERROR,
        title="A service network's resource association names both sides by id",
        why="AWS answers with ids. Given an ARN, the provider stops with an inconsistent result, or plans a "
        "replacement with every apply.",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/44546",
        fix="Write the ids.",
        passing=_resource(f"${{{CONFIGURATION}.db.id}}"),
        failing=_resource(f"${{{CONFIGURATION}.db.arn}}"),
        judge=_by_id,
    ),
    Check(
        id="LL602",
        severity=Severity.ERROR,
        title="A service network is not associated with a CHILD alone",
        why="A child is shared only with its group.",
        source=pages.CONFIGURATION,
        fix="Associate the group.",
        passing=_child("GROUP"),
        failing=_child("CHILD"),
        judge=_no_child,
    ),
    Check(
        id="LL603",
        severity=Severity.WARNING,
        title="The security groups of a VPC association are sorted",
        why="The provider treats them as a list, so another order shows as a difference in every plan.",
        source=pages.TF_NETWORK_VPC,
        fix="Sort them: `sort([...])`.",
        passing=_vpc(groups=_IDS[:2]),
        failing=_vpc(groups=[_IDS[1], _IDS[0]]),
        judge=_sorted,
    ),
    Check(
        id="LL605",
        severity=Severity.NOTE,
        title="A VPC association names its security groups",
        why=(
            "A security group limits which clients get in. AWS doesn't allow an association that has one to go back "
            "to none."
        ),
        source=pages.ASSOCIATE_VPC,
        fix="Give it a group that lets the clients in on the shared ports.",
        passing=_vpc(groups=_IDS[:1]),
        failing=_vpc(groups=[]),
        judge=_names_groups,
    ),
    Check(
        id="LL606",
        severity=Severity.ERROR,
        title="A VPC association's security groups are in its VPC",
        why="AWS refuses those of another VPC.",
        source=pages.ASSOCIATE_VPC,
        fix="Use groups of that VPC.",
        passing=_vpc(_GROUP, *_VPCS, groups=["${aws_security_group.g.id}"], vpc="${aws_vpc.v.id}"),
        failing=_vpc(_GROUP, *_VPCS, groups=["${aws_security_group.g.id}"], vpc="${aws_vpc.w.id}"),
        judge=_home,
    ),
    Check(
        id="LL607",
        severity=Severity.ERROR,
        title="A VPC is associated with one service network",
        why="AWS refuses a second association. There can be several endpoints of type ServiceNetwork.",
        source=pages.NETWORK,
        fix="Reach the second service network through an endpoint.",
        passing=_two("vpc-87654321"),
        failing=_two("vpc-12345678"),
        judge=_once,
    ),
    Check(
        id="LL608",
        severity=Severity.ERROR,
        title="A resource is in a service network once",
        why="AWS refuses a second association of the same two.",
        source=pages.ASSOCIATE_RESOURCE,
        fix="Remove one of them; `share` of several lists in one stack makes the association once.",
        passing=_twice("rcfg-0123456789abcdef1"),
        failing=_twice("rcfg-0123456789abcdef0"),
        judge=_in_it_once,
    ),
)
