"""Names at the consumer: edge cases."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example
from latticelink.values.types import CONFIGURATION, ENDPOINT, ZONE

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of

READS = "what an expression reads is judged, not what it is worth"
CERTAIN = {
    ("LL702", "name.value"): READS,
    ("LL703", "records"): READS,
    ("LL703", "records[]"): READS,
    ("LL705", "custom_domain_name"): "a group without a domain gives no child a record, whatever the child's is",
}
DOMAIN = "db.example.com"


def hidden(zone: dict[str, Any], vpc: str = "vpc-12345678") -> str:
    endpoint = {
        "vpc_endpoint_type": "Resource",
        "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}",
        "vpc_id": vpc,
        "private_dns_enabled": True,
    }
    shared = (CONFIGURATION, "db", {"custom_domain_name": DOMAIN})
    return example((ENDPOINT, "db", endpoint), shared, (ZONE, "z", zone), variable={"unknown": {}})


def preferring(preference: str, count: int) -> str:
    options = {
        "private_dns_preference": preference,
        "private_dns_specified_domains": [f"d{n}.example.com" for n in range(count)],
    }
    return example((ENDPOINT, "db", {"vpc_endpoint_type": "Resource", "dns_options": options}))


HERE, THERE, SOMEWHERE = ({"vpc": {"vpc_id": vpc}} for vpc in ("vpc-12345678", "vpc-87654321", "${var.unknown}"))

TABLE: list[Row] = [
    ("a zone of the same name in the VPC", "LL708", hidden({"name": DOMAIN, **HERE}), [FAIL]),
    ("a zone above it", "LL708", hidden({"name": "example.com", **HERE}), [PASS]),
    ("a zone below it", "LL708", hidden({"name": f"a.{DOMAIN}", **HERE}), [FAIL]),
    ("a zone of another VPC", "LL708", hidden({"name": DOMAIN, **THERE}), [PASS]),
    ("a zone of a VPC that isn't known", "LL708", hidden({"name": DOMAIN, **SOMEWHERE}), [UNKNOWN]),
    ("another zone of a VPC that isn't known", "LL708", hidden({"name": "example.org", **SOMEWHERE}), [PASS]),
    ("an endpoint of a VPC that isn't known", "LL708", hidden({"name": DOMAIN, **HERE}, "${var.unknown}"), [UNKNOWN]),
    ("ten domains", "LL709", preferring("SPECIFIED_DOMAINS_ONLY", 10), [PASS]),
    ("eleven domains", "LL709", preferring("SPECIFIED_DOMAINS_ONLY", 11), [FAIL]),
    ("domains where all are taken", "LL709", preferring("ALL_DOMAINS", 1), [FAIL]),
    ("no domains where all are taken", "LL709", preferring("ALL_DOMAINS", 0), [PASS]),
    ("a preference that AWS doesn't know", "LL709", preferring("all", 0), [FAIL]),
]

test_edges = test_of(TABLE)
