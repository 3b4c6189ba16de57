"""What is shared: edge cases."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example
from latticelink.values.types import CONFIGURATION, DEFINITION, GATEWAY, ZONE

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of


def by_arn(arn: str) -> str:
    return example((CONFIGURATION, "db", {"type": "ARN", DEFINITION: {"arn_resource": {"arn": arn}}}))


def by_name(name: str, zone: dict[str, Any]) -> str:
    gateway = (GATEWAY, "g", {"name": "gateway"})
    body = {
        "resource_gateway_identifier": f"${{{GATEWAY}.g.id}}",
        DEFINITION: {"dns_resource": {"domain_name": name, "ip_address_type": "IPV4"}},
    }
    return example(gateway, (CONFIGURATION, "db", body), (ZONE, "z", zone), variable={"unknown": {}})


PRIVATE = {"vpc": {"vpc_id": "vpc-12345678"}}

TABLE: list[Row] = [
    ("an instance", "LL308", by_arn("arn:aws:rds:eu-west-1:123456789012:db:orders"), [PASS]),
    ("a cluster in China", "LL308", by_arn("arn:aws-cn:rds:cn-north-1:123456789012:cluster:orders"), [PASS]),
    (
        "a proxy, of which AWS says nothing",
        "LL308",
        by_arn("arn:aws:rds:eu-west-1:123456789012:db-proxy:prx-1"),
        [UNKNOWN],
    ),
    ("a table of DynamoDB", "LL308", by_arn("arn:aws:dynamodb:eu-west-1:123456789012:table/orders"), [FAIL]),
    ("a bucket named :rds:", "LL308", by_arn("arn:aws:s3:::a:rds:b"), [FAIL]),
    (
        "a name in a private zone",
        "LL306",
        by_name("db.corp.example.com", {"name": "corp.example.com", **PRIVATE}),
        [FAIL],
    ),
    (
        "a name beside a private zone",
        "LL306",
        by_name("db.example.com", {"name": "corp.example.com", **PRIVATE}),
        [PASS],
    ),
    (
        "a private zone of a name that isn't known",
        "LL306",
        by_name("db.example.com", {"name": "${var.unknown}", **PRIVATE}),
        [UNKNOWN],
    ),
    ("a public zone", "LL306", by_name("db.example.com", {"name": "example.com"}), []),
]

test_edges = test_of(TABLE)
