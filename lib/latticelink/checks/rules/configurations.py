"""Resource configurations: their type, what belongs to which type, and whose gateway or group they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import (
    Problem,
    example,
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
from latticelink.values.types import CONFIGURATION, DEFINITION

_GATEWAY_ID, _GROUP_ID = "resource_gateway_identifier", "resource_configuration_group_id"
_DEFINITIONS = {"arn_resource": "ARN", "dns_resource": "SINGLE or CHILD", "ip_resource": "SINGLE or CHILD"}


def definitions(block: Block) -> list[str]:
    """Return which kinds of definition a resource configuration has."""
    return [kind for kind in _DEFINITIONS if read(block, f"{DEFINITION}.{kind}") is not ABSENT]


def definition_question(block: Block) -> Unknown | None:
    """Return why it isn't known what kind of definition a resource configuration has; None if it is known."""
    parts = [read(block, DEFINITION), *(read(block, f"{DEFINITION}.{kind}") for kind in _DEFINITIONS)]
    return next((part for part in parts if isinstance(part, Unknown)), None)


def _of_each(judge: Callable[[Block, Any], Problem | Unknown]) -> Callable[[Configuration], Iterator[Judgement]]:
    """Return a judge that gives each resource configuration with its type to `judge`, if the type is known."""

    def judged(configuration: Configuration) -> Iterator[Judgement]:
        for block in configuration.of_type(CONFIGURATION):
            kind = kind_of(block)
            if why := open_question(kind) or definition_question(block):
                yield not_known(block, why, "type")
            else:
                problem = judge(block, kind)
                yield not_known(block, problem) if isinstance(problem, Unknown) else verdict(block, problem)

    return judged


def _fits(block: Block, kind: Any) -> Problem:
    have = definitions(block)
    if "arn_resource" in have and read(block, "type") is ABSENT:
        return "It shares an ARN and has no `type`, so the provider asks AWS for a SINGLE.", 'Add `type = "ARN"`.'
    if kind == "GROUP" and have:
        return f"It is a GROUP and has {have[0]}.", "Define the resource in a CHILD of the group."
    wanted = {
        "ARN": {"arn_resource"},
        "SINGLE": {"dns_resource", "ip_resource"},
        "CHILD": {"dns_resource", "ip_resource"},
    }
    if isinstance(kind, str) and kind in wanted and not wanted[kind] & set(have):
        stated = f"{have[0]}, which is for type {_DEFINITIONS[have[0]]}" if have else "nothing that is shared"
        return f"It is of type {kind} and has {stated}.", f"Give it {' or '.join(sorted(wanted[kind]))}."
    return None


def _owner(block: Block, kind: Any) -> Problem:
    gateway, group = (read(block, argument) is not ABSENT for argument in (_GATEWAY_ID, _GROUP_ID))
    if kind == "CHILD" and block.home.raw.is_state:
        gateway = False  # AWS tells its group's.
    if kind == "CHILD" and (gateway or not group):
        return f"A CHILD names its group{' only, and no gateway' if gateway else ', and this one names none'}."
    if kind != "CHILD" and (group or not gateway):
        return f"Type {kind} names its gateway{' only, and no group' if group else ', and this one names none'}."
    return None


def _protocol(block: Block, kind: Any) -> Problem | Unknown:
    protocol = read(block, "protocol")
    if kind in ("CHILD", "ARN"):
        if block.home.raw.is_state:
            return None  # AWS tells one of these too.
        return None if protocol is ABSENT else (f"It is of type {kind} and has a protocol.", "Remove `protocol`.")
    if why := open_question(protocol):
        return why
    stated = "none" if protocol is ABSENT else repr(protocol)
    return None if protocol == "TCP" else (f"Its protocol is {stated}.", 'Write `protocol = "TCP"`.')


def _child_of_group(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(CONFIGURATION):
        if group := target_of(block, _GROUP_ID, CONFIGURATION):
            kind = kind_of(group)
            if why := open_question(kind):
                yield not_known(block, why, f"type of {group.address}")
            else:
                yield verdict(block, None if kind == "GROUP" else f"{group.full_address} is of type {kind}.")


def _by_id(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(CONFIGURATION):
        for argument in (_GATEWAY_ID, _GROUP_ID):
            value = read(block, argument)
            if value is ABSENT:
                continue
            if why := open_question(value, identity=True):
                yield not_known(block, why, argument)
            elif (isinstance(value, Reference) and value.attribute == "arn") or looks_like_arn(value):
                yield failed(block, f"`{argument}` is {value}, an ARN.", "Write the `.id` instead.")
            else:
                yield passed(block)


def _single(**more: Any) -> dict[str, Any]:
    return {
        "type": "SINGLE",
        "protocol": "TCP",
        "port_ranges": ["443"],
        _GATEWAY_ID: "rgw-0123456789abcdef0",
        DEFINITION: {"ip_resource": {"ip_address": "10.0.1.9"}},
        **more,
    }


def _without(argument: str, **more: Any) -> str:
    body = _single(**more)
    del body[argument]
    return example((CONFIGURATION, "db", body))


_SINGLE = example((CONFIGURATION, "db", _single()))
_GROUP = {"type": "GROUP", "protocol": "TCP", _GATEWAY_ID: "rgw-0123456789abcdef0"}
_CHILD = {"type": "CHILD", _GROUP_ID: "", "port_ranges": ["443"]}

CHECKS = (
    Check(
        id="LL203",
        severity=Severity.ERROR,
        title="What is shared fits the type of the resource configuration",
        why="A SINGLE or a CHILD is one address or name, an ARN one database, a GROUP only its children. The provider "
        "accepts some other combinations, and AWS refuses them during apply.",
        source=pages.CREATE_CONFIGURATION,
        fix="Change the type or the definition.",
        passing=_SINGLE,
        failing=example((CONFIGURATION, "db", _single(type="GROUP"))),
        judge=_of_each(_fits),
    ),
    Check(
        id="LL205",
        severity=Severity.ERROR,
        title="A CHILD names its group, and any other type its gateway",
        why="A child uses its group's gateway. The provider accepts exactly one of the two.",
        source=pages.TF_CONFIGURATION,
        fix="Write one of `resource_gateway_identifier` and `resource_configuration_group_id`.",
        passing=_SINGLE,
        failing=_without(_GATEWAY_ID),
        judge=_of_each(_owner),
    ),
    Check(
        id="LL206",
        severity=Severity.ERROR,
        title="SINGLE and GROUP have the protocol TCP, CHILD and ARN none",
        why="The provider refuses a SINGLE or GROUP without it and a CHILD or ARN with it. AWS carries only TCP.",
        source=pages.CREATE_CONFIGURATION,
        fix='Write `protocol = "TCP"` for SINGLE and GROUP, and nothing for CHILD and ARN.',
        passing=_SINGLE,
        failing=_without("protocol"),
        judge=_of_each(_protocol),
    ),
    Check(
        id="LL207",
        severity=Severity.ERROR,
        title="A CHILD belongs to a GROUP",
        why="AWS accepts as a child's group only a configuration of type GROUP.",
        source=pages.CONFIGURATION,
        fix="Refer to a GROUP, or make this a SINGLE with a gateway of its own.",
        passing=example(
            (CONFIGURATION, "all", _GROUP), (CONFIGURATION, "db", {**_CHILD, _GROUP_ID: f"${{{CONFIGURATION}.all.id}}"})
        ),
        failing=example(
            (CONFIGURATION, "one", _single()),
            (CONFIGURATION, "db", {**_CHILD, _GROUP_ID: f"${{{CONFIGURATION}.one.id}}"}),
        ),
        judge=_child_of_group,
    ),
    Check(
        id="LL208",
        severity=Severity.ERROR,
        title="A resource configuration names its gateway and group by id",
        why="AWS answers with the id. Given an ARN, the provider plans a replacement with every apply, or stops "
        "with an inconsistent result.",
        source=pages.TF_CONFIGURATION,
        fix="Write the id.",
        passing=_SINGLE,
        failing=example(
            (
                CONFIGURATION,
                "db",
                _single(**{_GATEWAY_ID: "arn:aws:vpc-lattice:eu-west-1:123456789012:resourcegateway/rgw-0123"}),
            )
        ),
        judge=_by_id,
    ),
)
