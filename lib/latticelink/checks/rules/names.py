"""Names and tags: their form, and where AWS wants them unique."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import (
    Problem,
    account_and_region,
    each,
    example,
    files,
    not_known,
    of_vpc,
    open_question,
    read,
    verdict,
)
from latticelink.disclosure import shown
from latticelink.paths.hops import Answer
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import Unknown
from latticelink.values.aws_ids import ZONE_SOURCE, doubt_of_region, doubt_of_zone
from latticelink.values.names import RESOURCE_CONFIGURATION, RESOURCE_GATEWAY, SERVICE_NETWORK, NameRule, derive_name
from latticelink.values.tags import LONGEST_KEY, LONGEST_VALUE, RESERVED
from latticelink.values.types import (
    CONFIGURATION,
    GATEWAY,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
    SECURITY_GROUP,
    SUBNET,
    VERIFICATION,
)

_NAMED = (GATEWAY, CONFIGURATION, NETWORK)
# What AWS has once in an account and region, and the argument that tells.
_UNIQUE = {**dict.fromkeys(_NAMED, "name"), VERIFICATION: "domain_name"}


def _named_by(rule: NameRule) -> Callable[[Any], Problem]:
    def problem(name: Any) -> Problem:
        if rule.allows(str(name)):
            return None
        return f"{name!r}: {rule.sentence()}", f"Write {derive_name(rule, str(name))!r}."

    return problem


def _form(id: str, kind: str, rule: NameRule, what: str) -> Check:
    return Check(
        id=id,
        severity=Severity.ERROR,
        title=f"The name of {what} follows AWS's rules",
        why="The provider accepts any string, and AWS refuses it during apply.",
        source=rule.source,
        fix="Write lower-case letters, digits and single hyphens.",
        passing=example((kind, "shared", {"name": "orders-db"})),
        failing=example((kind, "shared", {"name": "Orders--DB"})),
        judge=each(kind, "name", _named_by(rule)),
    )


def _same_name(configuration: Configuration) -> Iterator[Judgement]:
    for kind, argument in _UNIQUE.items():
        first: dict[tuple[str, str, str], Block] = {}
        for block in configuration.of_type(kind):
            name = read(block, argument)
            if why := open_question(name):
                yield not_known(block, why, argument)
                continue
            other = first.setdefault((block.stack, account_and_region(block), str(name)), block)
            yield verdict(block, None if other is block else f"{name!r} is also the name of {other.full_address}.")


def _same_name_across(configuration: Configuration) -> Iterator[Judgement]:
    for kind, argument in _UNIQUE.items() if len(configuration.stacks) > 1 else ():
        first: dict[str, Block] = {}
        for block in configuration.of_type(kind):
            name = read(block, argument)
            if why := open_question(name):
                yield not_known(block, why, argument)
                continue
            other = first.setdefault(str(name), block)
            places = account_and_region(block), account_and_region(other)
            if other.stack == block.stack or (places[0] != places[1] and "?" not in places[0][:1] + places[1][:1]):
                yield passed(block)
            elif places[0] == places[1]:
                yield failed(block, f"{name!r} is also the name of {other.full_address}.")
            else:
                why = Unknown(
                    f"whether {other.full_address}, of the same name, is in this account and region can't be determined"
                )
                yield not_known(block, why, argument)


def _group_names(configuration: Configuration) -> Iterator[Judgement]:
    first: dict[tuple[str, str], Block] = {}
    for block in configuration.of_type(SECURITY_GROUP):
        name, vpc = read(block, "name"), of_vpc(block)
        if why := open_question(name) or open_question(read(block, "vpc_id"), identity=True):
            yield not_known(block, why, "name")
            continue
        if not isinstance(name, str) or not vpc:
            continue
        other = first.setdefault((name, vpc), block)
        yield verdict(block, None if other is block else f"{name!r} is also the name of {other.full_address}.")


def _tags(configuration: Configuration) -> Iterator[Judgement]:
    for kind in (*_NAMED, NETWORK_RESOURCE, NETWORK_VPC):
        yield from each(kind, "tags", _tag_problem)(configuration)


def _tag_problem(tags: Any) -> Problem:
    if not isinstance(tags, dict):
        return f"The tags are {tags!r}, which is not a map."
    for key, value in tags.items():
        if not 1 <= len(key) <= LONGEST_KEY or key.lower().startswith(RESERVED):
            return f"The tag key {shown(key)[:40]!r} has {len(key)} characters, or AWS's own prefix {RESERVED!r}."
        if value is not None and len(str(value)) > LONGEST_VALUE:
            return f"The value of tag {key!r} has {len(str(value))} characters."
    return None


def _places(configuration: Configuration) -> Iterator[Judgement]:
    for stack in configuration.stacks:
        for name, body in stack.raw.providers:
            region = stack.worth(body.get("region")) if name == "aws" else None
            where = f"{stack.name}: provider"
            if why := open_question(region):
                yield Judgement(Answer.UNKNOWN, None, f"`region`: {why.reason}.", settle=why.settle, part=where)
            elif isinstance(region, str):
                doubt = doubt_of_region(region)
                yield Judgement(Answer.FAIL if doubt else Answer.PASS, None, doubt or "", part=where)
    yield from each(SUBNET, "availability_zone", lambda zone: doubt_of_zone(str(zone)))(configuration)


def _in_zone(zone: str) -> str:
    return example((SUBNET, "a", {"availability_zone": zone}), provider={"aws": {"region": "eu-west-1"}})


_TWO = example((GATEWAY, "a", {"name": "orders"}), (GATEWAY, "b", {"name": "%s"}))
_ONE = example((GATEWAY, "a", {"name": "%s"}), provider={"aws": {"region": "eu-west-1"}})
_GROUPS = example(
    (SECURITY_GROUP, "a", {"name": "gateway", "vpc_id": "vpc-12345678"}),
    (SECURITY_GROUP, "b", {"name": "%s", "vpc_id": "vpc-12345678"}),
)

CHECKS = (
    _form("LL101", GATEWAY, RESOURCE_GATEWAY, "a resource gateway"),
    _form("LL102", CONFIGURATION, RESOURCE_CONFIGURATION, "a resource configuration"),
    _form("LL103", NETWORK, SERVICE_NETWORK, "a service network"),
    Check(
        id="LL104",
        severity=Severity.ERROR,
        title=(
            "Gateways, configurations and service networks of a stack have different names, and a domain is verified "
            "once"
        ),
        why=(
            "AWS allows each name, and each verified domain, only once in an account and region, and refuses the "
            "second one."
        ),
        source=pages.CREATE_GATEWAY,
        fix="Give one of them another name; use one verification for all names below its domain.",
        passing=_TWO % "invoices",
        failing=_TWO % "orders",
        judge=_same_name,
    ),
    Check(
        id="LL105",
        severity=Severity.WARNING,
        title="Stacks for one account and region use different names and verify different domains",
        why=(
            "Each stack is fine on its own, but if both are deployed to one account, AWS refuses the second one with "
            "the same name or domain."
        ),
        source=pages.CREATE_GATEWAY,
        fix="Give one of them another name, or suppress this and give the accounts as the reason.",
        passing=files(orders=_ONE % "orders", invoices=_ONE % "invoices"),
        failing=files(orders=_ONE % "shared", invoices=_ONE % "shared"),
        judge=_same_name_across,
    ),
    Check(
        id="LL106",
        severity=Severity.ERROR,
        title="The security groups of a VPC have different names",
        why="AWS allows a group's name only once in a VPC, and refuses the second one.",
        source=pages.CREATE_GROUP,
        fix="Give one of them another name.",
        passing=_GROUPS % "target",
        failing=_GROUPS % "gateway",
        judge=_group_names,
    ),
    Check(
        id="LL107",
        severity=Severity.ERROR,
        title="Tags follow AWS's rules",
        why=f"A key has 1 to {LONGEST_KEY} characters and doesn't start with {RESERVED!r}, a value has at most "
        f"{LONGEST_VALUE}; AWS refuses others.",
        source=pages.TAGS,
        fix="Shorten it, or use another key.",
        passing=example((GATEWAY, "shared", {"tags": {"team": "orders"}})),
        failing=example((GATEWAY, "shared", {"tags": {"aws:team": "orders"}})),
        judge=_tags,
    ),
    Check(
        id="LL108",
        severity=Severity.WARNING,
        title="Regions and zones are known to exist",
        why="A region or zone that doesn't exist fails at the first call; AWS doesn't document whether a gateway or an "
        "endpoint can be in a Local Zone.",
        source=ZONE_SOURCE,
        fix="Look at the code in AWS's list, or suppress this and cite the region's announcement as the reason.",
        passing=_in_zone("eu-west-1a"),
        failing=_in_zone("eu-west-1h"),
        judge=_places,
    ),
)
