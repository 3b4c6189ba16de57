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
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import Unknown
from latticelink.values.names import RESOURCE_CONFIGURATION, RESOURCE_GATEWAY, SERVICE_NETWORK, NameRule, derive_name
from latticelink.values.tags import LONGEST_KEY, LONGEST_VALUE, RESERVED
from latticelink.values.types import CONFIGURATION, GATEWAY, NETWORK, NETWORK_RESOURCE, NETWORK_VPC, SECURITY_GROUP

_UNIQUE = (GATEWAY, CONFIGURATION, NETWORK)


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
        title=f"The name of {what} has AWS's form",
        why="The provider takes any text, and AWS refuses it during apply.",
        source=rule.source,
        fix="Write lower-case letters, digits and single hyphens.",
        passing=example((kind, "shared", {"name": "orders-db"})),
        failing=example((kind, "shared", {"name": "Orders--DB"})),
        judge=each(kind, "name", _named_by(rule)),
    )


def _same_name(configuration: Configuration) -> Iterator[Judgement]:
    for kind in _UNIQUE:
        first: dict[tuple[str, str, str], Block] = {}
        for block in configuration.of_type(kind):
            name = read(block, "name")
            if why := open_question(name):
                yield not_known(block, why, "name")
                continue
            other = first.setdefault((block.stack, account_and_region(block), str(name)), block)
            yield verdict(block, None if other is block else f"{name!r} is the name of {other.full_address} too.")


def _same_name_across(configuration: Configuration) -> Iterator[Judgement]:
    for kind in _UNIQUE if len(configuration.stacks) > 1 else ():
        first: dict[str, Block] = {}
        for block in configuration.of_type(kind):
            name = read(block, "name")
            if why := open_question(name):
                yield not_known(block, why, "name")
                continue
            other = first.setdefault(str(name), block)
            places = account_and_region(block), account_and_region(other)
            if other.stack == block.stack or (places[0] != places[1] and "?" not in places[0][:1] + places[1][:1]):
                yield passed(block)
            elif places[0] == places[1]:
                yield failed(block, f"{name!r} is the name of {other.full_address} too.")
            else:
                why = Unknown(
                    f"whether {other.full_address}, of the same name, is in this account and region can't be told"
                )
                yield not_known(block, why, "name")


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
        yield verdict(block, None if other is block else f"{name!r} is the name of {other.full_address} too.")


def _tags(configuration: Configuration) -> Iterator[Judgement]:
    for kind in (*_UNIQUE, NETWORK_RESOURCE, NETWORK_VPC):
        yield from each(kind, "tags", _tag_problem)(configuration)


def _tag_problem(tags: Any) -> Problem:
    if not isinstance(tags, dict):
        return f"The tags are {tags!r}, no map."
    for key, value in tags.items():
        if not 1 <= len(key) <= LONGEST_KEY or key.lower().startswith(RESERVED):
            return f"The tag key {key[:40]!r} has {len(key)} characters, or AWS's own prefix {RESERVED!r}."
        if value is not None and len(str(value)) > LONGEST_VALUE:
            return f"The value of tag {key!r} has {len(str(value))} characters."
    return None


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
        title="Gateways, configurations and service networks of a stack have names of their own",
        why="AWS wants each name once in an account and region, and refuses the second one.",
        source=pages.CREATE_GATEWAY,
        fix="Give one of them another name.",
        passing=_TWO % "invoices",
        failing=_TWO % "orders",
        judge=_same_name,
    ),
    Check(
        id="LL105",
        severity=Severity.WARNING,
        title="Stacks for one account and region use different names",
        why="Each stack is fine alone, but if both go to one account, AWS refuses the name of the second.",
        source=pages.CREATE_GATEWAY,
        fix="Give one of them another name, or suppress this with the accounts as the reason.",
        passing=files(orders=_ONE % "orders", invoices=_ONE % "invoices"),
        failing=files(orders=_ONE % "shared", invoices=_ONE % "shared"),
        judge=_same_name_across,
    ),
    Check(
        id="LL106",
        severity=Severity.ERROR,
        title="The security groups of a VPC have names of their own",
        why="AWS wants a group's name once in a VPC, and refuses the second one.",
        source=pages.CREATE_GROUP,
        fix="Give one of them another name.",
        passing=_GROUPS % "target",
        failing=_GROUPS % "gateway",
        judge=_group_names,
    ),
    Check(
        id="LL107",
        severity=Severity.ERROR,
        title="Tags have AWS's form",
        why=f"A key has 1 to {LONGEST_KEY} characters and doesn't start with {RESERVED!r}, a value has at most "
        f"{LONGEST_VALUE}; AWS refuses others.",
        source=pages.TAGS,
        fix="Shorten it, or take another key.",
        passing=example((GATEWAY, "shared", {"tags": {"team": "orders"}})),
        failing=example((GATEWAY, "shared", {"tags": {"aws:team": "orders"}})),
        judge=_tags,
    ),
)
