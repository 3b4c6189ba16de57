"""AWS's quotas: more than a new account may have. Most can be raised, so none of them is an error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed, unknown
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import (
    account_and_region,
    endpoint_type,
    example,
    identity_of,
    kind_of,
    not_known,
    open_question,
    read,
)
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Unknown
from latticelink.values.types import (
    CONFIGURATION,
    EGRESS_RULE,
    ENDPOINT,
    GATEWAY,
    INGRESS_RULE,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
    VERIFICATION,
    VPC,
)


@dataclass(frozen=True)
class Quota:
    """How many blocks of a type there may be with one owner.

    Args:
        most: how many AWS allows unless asked for more.
        what: what is counted, in the plural.
        per: what it is counted for.
        type: the type of what is counted.
        owner: the argument that is the same in what counts together; empty for an account and region.
        counts: whether a block of the type is counted.
        source: the page that says so.
        another: what another page of AWS says; 0 if there is none that differs.
    """

    most: int
    what: str
    per: str
    type: str
    owner: str
    counts: Callable[[Block], bool] = lambda _: True
    source: str = pages.LATTICE_QUOTAS
    another: int = 0


def _endpoint(kind: str) -> Callable[[Block], bool]:
    return lambda block: endpoint_type(block) == kind


def _not_for(argument: str) -> Callable[[Block], bool]:
    """Return whether a rule counts: one for a group or a prefix list counts for both versions of IP."""
    return lambda block: read(block, argument) is ABSENT


_NETWORK_ID = "service_network_identifier"
_PLACE = "an account and region"
QUOTAS = (
    Quota(200, "Resource endpoints", "a VPC", ENDPOINT, "vpc_id", _endpoint("Resource"), pages.ENDPOINT_QUOTAS),
    Quota(
        50,
        "ServiceNetwork endpoints",
        "a VPC",
        ENDPOINT,
        "vpc_id",
        _endpoint("ServiceNetwork"),
        pages.ENDPOINT_QUOTAS,
    ),
    Quota(
        200,
        "ServiceNetwork endpoints",
        "a service network",
        ENDPOINT,
        "service_network_arn",
        _endpoint("ServiceNetwork"),
    ),
    Quota(
        60,
        "children",
        "a group",
        CONFIGURATION,
        "resource_configuration_group_id",
        lambda block: bool(kind_of(block) == "CHILD"),
    ),
    Quota(500, "resource configurations", "a service network", NETWORK_RESOURCE, _NETWORK_ID),
    Quota(500, "VPC associations", "a service network", NETWORK_VPC, _NETWORK_ID),
    Quota(2000, "resource configurations", _PLACE, CONFIGURATION, ""),
    Quota(50, "service networks", _PLACE, NETWORK, ""),
    Quota(5, "verified domains", _PLACE, VERIFICATION, ""),
    Quota(500, "resource gateways", "a VPC", GATEWAY, "vpc_id", another=100),
    Quota(5, "VPCs, the default one among them,", "an account and region", VPC, "", source=pages.VPC_QUOTAS),
    *(
        Quota(60, f"{way} rules for {version}", "a security group", kind, "security_group_id", counts, pages.VPC_QUOTAS)
        for way, kind in (("inbound", INGRESS_RULE), ("outbound", EGRESS_RULE))
        for version, counts in (("IPv4", _not_for("cidr_ipv6")), ("IPv6", _not_for("cidr_ipv4")))
    ),
)


def _within(configuration: Configuration) -> Iterator[Judgement]:
    for quota in QUOTAS:
        together: dict[str, list[Block]] = defaultdict(list)
        unsure: list[tuple[Block, Unknown]] = []
        for block in configuration.of_type(quota.type):
            if not quota.counts(block):
                continue
            owner = read(block, quota.owner) if quota.owner else account_and_region(block)
            if why := open_question(owner, identity=True):
                unsure.append((block, why))
            elif owner is not ABSENT:
                together[identity_of(owner)].append(block)
        yield from (_judge(quota, blocks) for blocks in together.values())
        if unsure and len(unsure) + max(map(len, together.values()), default=0) > quota.most:
            yield not_known(*unsure[0], quota.owner)


def _judge(quota: Quota, blocks: list[Block]) -> Judgement:
    if len(blocks) > quota.most:
        message = f"It is number {quota.most + 1} of {len(blocks)} {quota.what} for {quota.per} ({quota.source})."
        return failed(blocks[quota.most], message)
    uncounted = next((block for block in blocks if block.has_many), None)
    if uncounted is not None:
        why = uncounted.instance.unknown
        assert why is not None
        return unknown(uncounted, f"How many {quota.what} there are isn't known: {why.reason}.", why.settle)
    if quota.another and len(blocks) > quota.another:
        message = f"{len(blocks)} {quota.what} for {quota.per}: one AWS page allows {quota.most}, another one"
        return unknown(blocks[quota.another], f"{message} {quota.another}.", "Look it up in Service Quotas.")
    return passed(blocks[0])


def _endpoints(count: int) -> str:
    endpoint = {"vpc_endpoint_type": "Resource", "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}"}
    body = {**endpoint, "vpc_id": "vpc-12345678", "count": count}
    return example((ENDPOINT, "many", body), (CONFIGURATION, "db", {"type": "SINGLE"}))


CHECKS = (
    Check(
        id="LL851",
        severity=Severity.WARNING,
        title="No more than AWS's quotas allow",
        why="This is what AWS allows an account that hasn't requested more: "
        + "; ".join(f"{quota.most} {quota.what} for {quota.per}" for quota in QUOTAS)
        + ".",
        source=pages.LATTICE_QUOTAS,
        fix="Request more in Service Quotas before the apply, and suppress this and give the new number as the reason.",
        passing=_endpoints(QUOTAS[0].most),
        failing=_endpoints(QUOTAS[0].most + 1),
        judge=_within,
    ),
)
