"""AWS's quotas: more than a new account may have. Most can be raised, so none of them is an error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed, unknown
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import (
    CONFIGURATION,
    ENDPOINT,
    GATEWAY,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
    account_and_region,
    example,
    identity_of,
    kind_of,
    read,
)
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration


@dataclass(frozen=True)
class Quota:
    """How many blocks there may be with one `owner`.

    Args:
        id: the check's id.
        what: what is counted, in the plural.
        per: what it is counted for.
        most: how many AWS allows unless asked for more.
        source: the page that says so.
        blocks: what is counted.
        owner: a text that is the same for what counts together; empty if it isn't known.
        kind: the type of what is counted, for the example.
        body: its arguments there.
    """

    id: str
    what: str
    per: str
    most: int
    source: str
    blocks: Callable[[Configuration], Iterable[Block]]
    owner: Callable[[Block], str]
    kind: str
    body: dict[str, str]
    severity: Severity = Severity.WARNING


def _by(argument: str) -> Callable[[Block], str]:
    return lambda block: identity_of(read(block, argument))


def _of(kind: str, wanted: Callable[[Block], bool] = lambda _: True) -> Callable[[Configuration], Iterable[Block]]:
    return lambda configuration: [block for block in configuration.of_type(kind) if wanted(block)]


def _endpoint(kind: str) -> Callable[[Block], bool]:
    return lambda block: read(block, "vpc_endpoint_type") == kind


def _check(quota: Quota) -> Check:
    def judge(configuration: Configuration) -> Iterator[Judgement]:
        groups: dict[str, list[Block]] = defaultdict(list)
        for block in quota.blocks(configuration):
            if owner := quota.owner(block):
                groups[owner].append(block)
        for blocks in groups.values():
            uncounted = next((block for block in blocks if block.has_many), None)
            if len(blocks) > quota.most:
                message = f"It is number {quota.most + 1} of {len(blocks)} {quota.what} for {quota.per}."
                yield failed(blocks[quota.most], message)
            elif uncounted is not None:
                why = uncounted.instance.unknown
                assert why is not None
                yield unknown(uncounted, f"How many there are isn't known: {why.reason}.", why.settle)
            else:
                yield passed(blocks[0])

    return Check(
        id=quota.id,
        severity=quota.severity,
        title=f"No more than {quota.most} {quota.what} for {quota.per}",
        why="That is what AWS allows an account that hasn't asked for more.",
        source=quota.source,
        fix="Ask for more in Service Quotas before the apply, and suppress this with the new number as the reason.",
        passing=example((quota.kind, "some", {**quota.body, "count": 2})),
        failing=example((quota.kind, "many", {**quota.body, "count": quota.most + 1})),
        judge=judge,
    )


_VPC = {"vpc_id": "vpc-12345678"}
_TO = {"service_network_identifier": "sn-0123456789abcdef0"}
_CHILD_OF = "resource_configuration_group_id"
_ARN = "arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-0123456789abcdef0"

CHECKS = tuple(
    _check(quota)
    for quota in (
        Quota(
            "LL851",
            "Resource endpoints",
            "a VPC",
            200,
            pages.ENDPOINT_QUOTAS,
            _of(ENDPOINT, _endpoint("Resource")),
            _by("vpc_id"),
            ENDPOINT,
            {**_VPC, "vpc_endpoint_type": "Resource"},
        ),
        Quota(
            "LL852",
            "ServiceNetwork endpoints",
            "a VPC",
            50,
            pages.ENDPOINT_QUOTAS,
            _of(ENDPOINT, _endpoint("ServiceNetwork")),
            _by("vpc_id"),
            ENDPOINT,
            {**_VPC, "vpc_endpoint_type": "ServiceNetwork"},
        ),
        Quota(
            "LL853",
            "children",
            "a group",
            60,
            pages.LATTICE_QUOTAS,
            _of(CONFIGURATION, lambda block: kind_of(block) == "CHILD"),
            _by(_CHILD_OF),
            CONFIGURATION,
            {"type": "CHILD", _CHILD_OF: "rcfg-0123456789abcdef0"},
        ),
        Quota(
            "LL854",
            "resource configurations",
            "a service network",
            500,
            pages.LATTICE_QUOTAS,
            _of(NETWORK_RESOURCE),
            _by("service_network_identifier"),
            NETWORK_RESOURCE,
            _TO,
        ),
        Quota(
            "LL855",
            "VPC associations",
            "a service network",
            500,
            pages.LATTICE_QUOTAS,
            _of(NETWORK_VPC),
            _by("service_network_identifier"),
            NETWORK_VPC,
            _TO,
        ),
        Quota(
            "LL856",
            "ServiceNetwork endpoints",
            "a service network",
            200,
            pages.LATTICE_QUOTAS,
            _of(ENDPOINT, _endpoint("ServiceNetwork")),
            _by("service_network_arn"),
            ENDPOINT,
            {"vpc_endpoint_type": "ServiceNetwork", "service_network_arn": _ARN},
        ),
        Quota(
            "LL857",
            "resource configurations",
            "an account and region",
            2000,
            pages.LATTICE_QUOTAS,
            _of(CONFIGURATION),
            account_and_region,
            CONFIGURATION,
            {"type": "SINGLE"},
        ),
        Quota(
            "LL858",
            "service networks",
            "an account and region",
            50,
            pages.LATTICE_QUOTAS,
            _of(NETWORK),
            account_and_region,
            NETWORK,
            {"name": "n-${count.index}"},
        ),
        Quota(
            "LL859",
            "verified domains",
            "an account and region",
            5,
            pages.LATTICE_QUOTAS,
            _of("aws_vpclattice_domain_verification"),
            account_and_region,
            "aws_vpclattice_domain_verification",
            {"domain_name": "example.com"},
        ),
        # One page says 100, another 500.
        Quota(
            "LL860",
            "resource gateways",
            "a VPC",
            100,
            pages.GATEWAY,
            _of(GATEWAY),
            _by("vpc_id"),
            GATEWAY,
            _VPC,
            Severity.NOTE,
        ),
    )
)
