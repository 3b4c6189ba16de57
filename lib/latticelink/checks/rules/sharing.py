"""Sharing with other accounts through AWS RAM, and the order in which that must happen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import (
    Problem,
    example,
    kind_of,
    not_known,
    open_question,
    own_account,
    private_link_endpoints,
    read,
    target_of,
    verdict,
)
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.dependencies import Order, key_of
from latticelink.terraform.known import ABSENT, Reference, boolean
from latticelink.values.arns import LATTICE, LATTICE_IDS, read_arn
from latticelink.values.principals import is_principal
from latticelink.values.types import (
    CALLER,
    CONFIGURATION,
    ENDPOINT,
    ENDPOINT_ASSOCIATIONS,
    NETWORK,
    NETWORK_RESOURCE,
    SERVICE,
    SHARE,
    SHARE_ACCEPTER,
    SHARE_PRINCIPAL,
    SHARE_RESOURCE,
)

_SHAREABLE = (CONFIGURATION, NETWORK, SERVICE)


def _shareable(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(SHARE_RESOURCE):
        shared = read(block, "resource_arn")
        if isinstance(shared, Reference) and shared.block.type.startswith("aws_vpclattice_"):
            kind = kind_of(shared.block) if shared.block.type == CONFIGURATION else ""
            if why := open_question(kind):
                yield not_known(block, why, f"type of {shared.block.address}")
            else:
                yield verdict(block, _why_not(shared))
        elif (arn := read_arn(shared)) is not None and arn.service == LATTICE.service:
            yield verdict(block, None if arn.kind in LATTICE_IDS else f"It shares {shared}.")


def _why_not(shared: Reference) -> Problem:
    if shared.block.type not in _SHAREABLE:
        return f"It shares {shared.block.full_address}."
    if shared.attribute != "arn":
        return f"It shares {shared}, which is not an ARN.", "Write the `.arn`."
    if shared.block.type == CONFIGURATION and kind_of(shared.block) == "CHILD":
        return f"{shared.block.full_address} is a CHILD.", "Share its group."
    return None


def _shares_lattice(configuration: Configuration) -> set[int]:
    """Return the shares (by identity of their block) that have something of VPC Lattice in them."""
    found = set()
    for block in configuration.of_type(SHARE_RESOURCE):
        shared, share = read(block, "resource_arn"), target_of(block, "resource_share_arn", SHARE)
        lattice = isinstance(shared, Reference) and shared.block.type in _SHAREABLE
        if share is not None and (lattice or _is_lattices(shared)):
            found.add(id(share))
    return found


def _is_lattices(shared: Any) -> bool:
    arn = read_arn(shared)
    return arn is not None and arn.service == LATTICE.service


def _principal(configuration: Configuration) -> Iterator[Judgement]:
    lattice = _shares_lattice(configuration)
    for block in configuration.of_type(SHARE_PRINCIPAL):
        share = target_of(block, "resource_share_arn", SHARE)
        if share is None or id(share) not in lattice:
            continue
        principal = read(block, "principal")
        if isinstance(principal, Reference):
            of_organization = principal.block.type.startswith("aws_organizations_")
            if principal.block.type.startswith("aws_iam_"):
                yield failed(block, f"The principal is {principal}.")
            elif of_organization or principal.block.type == CALLER:
                yield passed(block)
            else:
                why = open_question(principal)
                assert why is not None
                yield not_known(block, why, "principal")
        elif why := open_question(principal):
            yield not_known(block, why, "principal")
        else:
            yield verdict(block, None if is_principal(str(principal)) else f"The principal is {principal!r}.")


def _not_the_owner(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(SHARE_PRINCIPAL):
        principal, own = read(block, "principal"), own_account(block)
        if isinstance(principal, Reference) or own is ABSENT:
            continue
        if why := open_question([principal, own]):
            yield not_known(block, why, "principal")
        else:
            yield verdict(block, f"{own} is the account of this stack." if str(principal) == own else None)


def _accepter(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(SHARE_ACCEPTER):
        share = target_of(block, "share_arn", SHARE)
        if share is None:
            continue
        external = read(share, "allow_external_principals")
        if why := open_question(external):
            yield not_known(block, why, f"allow_external_principals of {share.address}")
        else:
            problem = f"{share.full_address} doesn't allow external principals, so nobody is invited."
            yield verdict(block, None if boolean(external) else problem)


def _not_passed_on(configuration: Configuration) -> Iterator[Judgement]:
    shared = [target_of(block, "resource_arn", CONFIGURATION) for block in configuration.of_type(SHARE_RESOURCE)]
    for block in {id(block): block for block in shared if block is not None}.values():
        passed_on = read(block, "allow_association_to_shareable_service_network")
        if why := open_question(passed_on):
            yield not_known(block, why, "allow_association_to_shareable_service_network")
        else:
            yield verdict(
                block, "It may be put into service networks that are shared on." if boolean(passed_on) else None
            )


def _endpoint_after_share(configuration: Configuration) -> Iterator[Judgement]:
    for stack in configuration.scopes:
        blocks = [
            block
            for block in stack.own_blocks
            if block.type in (SHARE_ACCEPTER, SHARE_RESOURCE, SHARE_PRINCIPAL, ENDPOINT)
        ]
        accepters = [block for block in blocks if block.type == SHARE_ACCEPTER]
        shares = [block for block in blocks if block.type in (SHARE_RESOURCE, SHARE_PRINCIPAL)]
        if not accepters and not shares:
            continue
        order = Order(stack)
        for block in private_link_endpoints(configuration):
            if block.home is not stack:
                continue
            first = [*accepters, *(each for each in shares if _other_provider(each, block))]
            missing = [each for each in first if key_of(each) not in order.after(block)]
            if first:
                names = ", ".join(each.address for each in missing)
                fix = f"Add `depends_on = [{names}]`."
                yield verdict(block, (f"It doesn't come after {names}.", fix) if missing else None)


def _other_provider(one: Block, other: Block) -> bool:
    return bool(one.body.get("provider", "aws") != other.body.get("provider", "aws"))


def _names_after_associations(configuration: Configuration) -> Iterator[Judgement]:
    for stack in configuration.scopes:
        sources = [block for block in stack.own_blocks if block.mode == "data" and block.type == ENDPOINT_ASSOCIATIONS]
        if not sources:
            continue
        order = Order(stack)
        for block in sources:
            endpoint = target_of(block, "vpc_endpoint_id", ENDPOINT)
            first = _parts_of(configuration, endpoint) if endpoint is not None else []
            missing = [each for each in first if each.home is stack and key_of(each) not in order.after(block)]
            if any(each.home is stack for each in first):
                names = ", ".join(each.address for each in missing)
                fix = f"Add `depends_on = [{names}]`."
                yield verdict(block, (f"It doesn't come after {names}.", fix) if missing else None)


def _parts_of(configuration: Configuration, endpoint: Block) -> list[Block]:
    """Return the associations and children that give an endpoint its names."""
    group = target_of(endpoint, "resource_configuration_arn", CONFIGURATION)
    network = target_of(endpoint, "service_network_arn", NETWORK)
    children = configuration.of_type(CONFIGURATION) if group is not None else []
    members = configuration.of_type(NETWORK_RESOURCE) if network is not None else []
    return [
        *(each for each in children if target_of(each, "resource_configuration_group_id", CONFIGURATION) is group),
        *(each for each in members if target_of(each, "service_network_identifier", NETWORK) is network),
    ]


def _share(resource: str, kind: str = "SINGLE", *more: tuple[str, str, dict[str, Any]], **share: Any) -> str:
    association = {"resource_arn": resource, "resource_share_arn": f"${{{SHARE}.s.arn}}"}
    return example(
        (CONFIGURATION, "db", {"type": kind}),
        (SHARE, "s", {"name": "db", **share}),
        (SHARE_RESOURCE, "db", association),
        *more,
    )


def _with(principal: str) -> str:
    body = {"principal": principal, "resource_share_arn": f"${{{SHARE}.s.arn}}"}
    return _share(_ARN, "SINGLE", (SHARE_PRINCIPAL, "p", body))


def _owned(principal: str) -> str:
    body = {"principal": principal, "resource_share_arn": "arn:aws:ram:eu-west-1:111122223333:resource-share/1"}
    provider = {"aws": {"allowed_account_ids": ["111122223333"]}}
    return example((SHARE_PRINCIPAL, "p", body), provider=provider)


def _guarded(passed_on: bool) -> str:
    body = {"type": "SINGLE", "allow_association_to_shareable_service_network": passed_on}
    association = {"resource_arn": _ARN, "resource_share_arn": "arn:aws:ram:eu-west-1:123456789012:resource-share/1"}
    return example((CONFIGURATION, "db", body), (SHARE_RESOURCE, "db", association))


def _accepted(**endpoint: Any) -> str:
    body = {"vpc_endpoint_type": "Resource", "resource_configuration_arn": "arn:aws:vpc-lattice:...", **endpoint}
    return example((ENDPOINT, "db", body), (SHARE_ACCEPTER, "a", {"share_arn": "arn:aws:ram:..."}))


def _listed(**data: Any) -> str:
    endpoint = {"vpc_endpoint_type": "Resource", "resource_configuration_arn": f"${{{CONFIGURATION}.g.arn}}"}
    child = {"type": "CHILD", "resource_configuration_group_id": f"${{{CONFIGURATION}.g.id}}"}
    names = {"vpc_endpoint_id": "${aws_vpc_endpoint.all.id}", **data}
    return example(
        (ENDPOINT, "all", endpoint),
        (CONFIGURATION, "g", {"type": "GROUP"}),
        (CONFIGURATION, "db", child),
        data={ENDPOINT_ASSOCIATIONS: {"names": names}},
    )


_ARN = f"${{{CONFIGURATION}.db.arn}}"
_TAKES = (SHARE_ACCEPTER, "a", {"share_arn": f"${{{SHARE}.s.arn}}"})

CHECKS = (
    Check(
        id="LL651",
        severity=Severity.ERROR,
        title="A resource configuration or a service network is shared through RAM, by ARN",
        why="RAM shares these, but no gateway, and no CHILD without its group.",
        source=pages.SHARING,
        fix="Share the resource configuration.",
        passing=_share(_ARN),
        failing=_share(_ARN, "CHILD"),
        judge=_shareable,
    ),
    Check(
        id="LL652",
        severity=Severity.ERROR,
        title="What VPC Lattice shares goes to accounts, organizations and organizational units",
        why=(
            "For these, RAM accepts the 12 digits of an account, or the ARN of an organization or unit, but no IAM "
            "users or roles."
        ),
        source=pages.SHARING,
        fix="Write the account's number as a string, or the organization's or unit's ARN.",
        passing=_with("123456789012"),
        failing=_with("arn:aws:iam::123456789012:role/reader"),
        judge=_principal,
    ),
    Check(
        id="LL653",
        severity=Severity.ERROR,
        title="A share is accepted only if its principals are invited",
        why="Within an organization that shares, there is no invitation to accept; outside it, the share must allow "
        "external principals, which it doesn't by default.",
        source=pages.TF_RAM_ACCEPTER,
        fix="Remove the accepter, or set `allow_external_principals = true` on the share.",
        passing=_share(_ARN, "SINGLE", _TAKES, allow_external_principals=True),
        failing=_share(_ARN, "SINGLE", _TAKES, allow_external_principals=False),
        judge=_accepter,
    ),
    Check(
        id="LL654",
        severity=Severity.WARNING,
        title="An account that gets a resource can't pass it on",
        why="With allow_association_to_shareable_service_network an account that gets the resource may put it into "
        "a service network that it shares with others.",
        source=pages.CONFIGURATION,
        fix="Set it to false, or suppress this and name who is meant to pass it on as the reason.",
        passing=_guarded(passed_on=False),
        failing=_guarded(passed_on=True),
        judge=_not_passed_on,
    ),
    Check(
        id="LL655",
        severity=Severity.WARNING,
        title="An endpoint is created after the share that it needs",
        why="Terraform doesn't know the order, and AWS refuses an endpoint for a resource that isn't shared yet.",
        source=pages.TF_DEPENDS_ON,
        fix="Add the accepter, or the share's associations, to `depends_on`.",
        passing=_accepted(depends_on=[f"{SHARE_ACCEPTER}.a"]),
        failing=_accepted(),
        judge=_endpoint_after_share,
        as_written=True,
    ),
    Check(
        id="LL656",
        severity=Severity.WARNING,
        title="An endpoint's names are read after the resources that provide them exist",
        why="If they are read before a child or an association exists, its name is missing from the list.",
        source=pages.ASSOCIATIONS,
        fix="Add the children or associations to `depends_on` of the data source.",
        passing=_listed(depends_on=[f"{CONFIGURATION}.db"]),
        failing=_listed(),
        judge=_names_after_associations,
        as_written=True,
    ),
    Check(
        id="LL657",
        severity=Severity.ERROR,
        title="A share's principals are other accounts",
        why="The account that owns a share has what is in it, and AWS RAM refuses it as a principal (the refusal is "
        "inferred: AWS's page only says with whom one shares).",
        source=pages.SHARING,
        fix="Leave the principal out.",
        passing=_owned("444455556666"),
        failing=_owned("111122223333"),
        judge=_not_the_owner,
    ),
)
