"""Quotas: at most what AWS allows, and one more."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.quotas import QUOTAS, Quota
from latticelink.checks.rules.reading import example
from latticelink.paths.hops import Answer
from latticelink.values.types import ENDPOINT, GATEWAY

import pytest

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of

BODIES: dict[str, dict[str, Any]] = {
    "Resource endpoints": {"vpc_endpoint_type": "Resource"},
    "ServiceNetwork endpoints": {"vpc_endpoint_type": "ServiceNetwork"},
    "children": {"type": "CHILD"},
    **{f"{way} rules for IPv4": {"cidr_ipv4": "10.0.0.9/32"} for way in ("inbound", "outbound")},
    **{f"{way} rules for IPv6": {"cidr_ipv6": "2001:db8::9/128"} for way in ("inbound", "outbound")},
}
OWNERS = {
    "a group": {"resource_configuration_group_id": "rcfg-0123456789abcdef0"},
    "a VPC": {"vpc_id": "vpc-12345678"},
    "a security group": {"security_group_id": "sg-12345678"},
    "a service network": {"service_network_identifier": "sn-1", "service_network_arn": "arn:aws:a"},
}


def many(quota: Quota, count: int) -> str:
    body = {**BODIES.get(quota.what, {}), **OWNERS.get(quota.per, {}), "name": "n-${count.index}", "count": count}
    return example((quota.type, "many", body))


def answers(quota: Quota, answer: Answer) -> list[Answer]:
    """Return the answer, and that of the account's configurations, which children are too."""
    return [answer, PASS] if quota.what == "children" else [answer]


CERTAIN = {("LL851", "vpc_endpoint_type"): "the ARN that an endpoint names tells its type too"}
TABLE: list[Row] = [
    *(
        (
            f"{quota.most} {quota.what} for {quota.per}",
            "LL851",
            many(quota, quota.most),
            answers(quota, UNKNOWN if quota.another else PASS),
        )
        for quota in QUOTAS
    ),
    *(
        (
            f"{quota.most + 1} {quota.what} for {quota.per}",
            "LL851",
            many(quota, quota.most + 1),
            answers(quota, FAIL),
        )
        for quota in QUOTAS
    ),
    (
        "gateways that both of AWS's pages allow",
        "LL851",
        example((GATEWAY, "g", {"vpc_id": "vpc-1", "count": 100})),
        [PASS],
    ),
    (
        "gateways that one of AWS's pages allows",
        "LL851",
        example((GATEWAY, "g", {"vpc_id": "vpc-1", "count": 101})),
        [UNKNOWN],
    ),
    (
        "endpoints of two VPCs",
        "LL851",
        example(
            *(
                (ENDPOINT, vpc, {"vpc_endpoint_type": "Resource", "vpc_id": f"vpc-{vpc}", "count": 150})
                for vpc in ("a", "b")
            )
        ),
        [PASS, PASS],
    ),
]

test_edges = test_of(TABLE)


@pytest.mark.parametrize("quota", QUOTAS, ids=[f"{quota.what} for {quota.per}" for quota in QUOTAS])
def test_every_quota_stands_in_the_catalogue_with_its_page(quota: Quota) -> None:
    assert quota.source.startswith("https://docs.aws.amazon.com/")
    assert quota.most > quota.another
