"""Names in a VPC: edge cases."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example, files
from latticelink.values.types import (
    CONFIGURATION,
    DEFINITION,
    ENDPOINT,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
    ZONE,
    ZONE_VPC,
)

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of

DATABASE = {"type": "ARN", DEFINITION: {"arn_resource": {"arn": "arn:aws:rds:eu-west-1:111122223333:db:orders"}}}
ADDRESS = {"type": "SINGLE", DEFINITION: {"ip_resource": {"ip_address": "10.0.0.9"}}}
NAMED = {**ADDRESS, "custom_domain_name": "db.example.com"}
ON = {"private_dns_enabled": True}
FOREIGN = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0"


def zone(name: str, vpc: Any, label: str = "a") -> tuple[str, str, dict[str, Any]]:
    return ZONE, label, {"name": name, "vpc": {"vpc_id": vpc}}


def ways(shared: dict[str, Any], first: dict[str, Any], *more: tuple[str, str, dict[str, Any]]) -> str:
    """Return a resource with an endpoint, a service network that has it too, and other ways."""
    endpoint = {"vpc_id": "vpc-12345678", "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}", **first}
    member = {
        "service_network_identifier": f"${{{NETWORK}.n.id}}",
        "resource_configuration_identifier": f"${{{CONFIGURATION}.db.id}}",
    }
    network = (NETWORK, "n", {"name": "n"}), (NETWORK_RESOURCE, "m", member)
    return example((CONFIGURATION, "db", shared), (ENDPOINT, "e", endpoint), *network, *more, variable={"unknown": {}})


def association(**body: Any) -> tuple[str, str, dict[str, Any]]:
    usual = {"vpc_identifier": "vpc-12345678", "service_network_identifier": f"${{{NETWORK}.n.id}}"}
    return NETWORK_VPC, "a", {**usual, **body}


def again() -> tuple[str, str, dict[str, Any]]:
    arn = {"resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}"}
    return ENDPOINT, "again", {"vpc_id": "vpc-12345678", **arn, **ON}


def through_network(vpc: str = "vpc-12345678") -> tuple[str, str, dict[str, Any]]:
    body = {"vpc_id": vpc, "service_network_arn": f"${{{NETWORK}.n.arn}}", "private_dns_enabled": True}
    return ENDPOINT, "s", body


TABLE: list[Row] = [
    (
        "two stacks make a zone of one name in one VPC",
        "LL711",
        files(a=example(zone("shared.internal", "vpc-12345678")), b=example(zone("Shared.internal.", "vpc-12345678"))),
        [PASS, FAIL],
    ),
    (
        "zones of one name in two VPCs",
        "LL711",
        example(zone("shared.internal", "vpc-11111111"), zone("shared.internal", "vpc-22222222", "b")),
        [PASS, PASS],
    ),
    (
        "a zone that another VPC gets by an association",
        "LL711",
        example(
            zone("shared.internal", "vpc-11111111"),
            zone("shared.internal", "vpc-22222222", "b"),
            (ZONE_VPC, "x", {"zone_id": f"${{{ZONE}.a.zone_id}}", "vpc_id": "vpc-22222222"}),
        ),
        [PASS, PASS, FAIL],
    ),
    (
        "a VPC that isn't known",
        "LL711",
        example(zone("shared.internal", "${var.unknown}"), variable={"unknown": {}}),
        [UNKNOWN],
    ),
    ("a public zone", "LL711", example((ZONE, "a", {"name": "example.com"})), []),
    ("an endpoint and another network's association", "LL712", ways(DATABASE, ON), [PASS]),
    ("an endpoint and an association", "LL712", ways(DATABASE, ON, association(**ON)), [PASS, FAIL]),
    ("an association that is told not to", "LL712", ways(DATABASE, ON, association(private_dns_enabled=False)), [PASS]),
    ("an association of another VPC", "LL712", ways(DATABASE, ON, association(**ON, vpc_identifier="v")), [PASS, PASS]),
    ("an endpoint and a service network's", "LL712", ways(DATABASE, ON, through_network()), [PASS, FAIL]),
    ("an address by both ways", "LL712", ways(ADDRESS, ON, through_network()), [PASS, FAIL]),
    ("two endpoints for an address", "LL712", ways(ADDRESS, ON, again()), [PASS, PASS]),
    ("two endpoints for a custom domain", "LL712", ways(NAMED, ON, again()), [PASS, FAIL]),
    ("a custom domain is a private name", "LL712", ways(NAMED, ON, through_network()), [PASS, FAIL]),
    (
        "a resource that another repository shares, twice",
        "LL712",
        example(*((ENDPOINT, name, {**ON, "vpc_id": "v", "resource_configuration_arn": FOREIGN}) for name in "ab")),
        [PASS, UNKNOWN],
    ),
]

test_edges = test_of(TABLE)
