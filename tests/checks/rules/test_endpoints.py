"""Endpoints: edge cases."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example
from latticelink.values.types import CONFIGURATION, ENDPOINT, NETWORK, NETWORK_RESOURCE, SUBNET, VPC

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of

CERTAIN = {
    ("LL504", "subnet_ids[]"): "how many there are is written",
    ("LL506", "subnet_ids[]"): "how many there are is written",
    ("LL507", "security_group_ids[]"): "how many there are is written",
}
ARN = f"${{{CONFIGURATION}.db.arn}}"
OURS, THEIRS = "${aws_vpc.ours.id}", "${aws_vpc.theirs.id}"
VPCS = [(VPC, name, {"cidr_block": "10.0.0.0/16"}) for name in ("ours", "theirs")]
SHARED = (CONFIGURATION, "db", {"type": "SINGLE"})


def endpoint(*more: tuple[str, str, dict[str, Any]], **body: Any) -> str:
    usual = {"vpc_endpoint_type": "Resource", "resource_configuration_arn": ARN, "vpc_id": OURS}
    return example((ENDPOINT, "db", {**usual, **body}), SHARED, *VPCS, *more, variable={"unknown": {}})


def both(network: dict[str, Any] | None = None, member: dict[str, Any] | None = None) -> str:
    """Return a resource that a VPC reaches by both types of endpoint, with private DNS."""
    by_network = {
        "vpc_endpoint_type": "ServiceNetwork",
        "service_network_arn": f"${{{NETWORK}.n.arn}}",
        "vpc_id": OURS,
        "private_dns_enabled": True,
        **(network or {}),
    }
    in_network = {
        "resource_configuration_identifier": f"${{{CONFIGURATION}.db.id}}",
        "service_network_identifier": f"${{{NETWORK}.n.id}}",
        **(member or {}),
    }
    return endpoint(
        (ENDPOINT, "n", by_network),
        (NETWORK, "n", {"name": "shared"}),
        (NETWORK_RESOURCE, "m", in_network),
        private_dns_enabled=True,
    )


def subnet(**body: Any) -> tuple[str, str, dict[str, Any]]:
    return SUBNET, "a", {"vpc_id": OURS, "cidr_block": "10.0.0.0/24", **body}


IN_A = {"subnet_ids": ["${aws_subnet.a.id}"]}
TO_NETWORK = {
    "vpc_endpoint_type": "ServiceNetwork",
    "resource_configuration_arn": None,
    "service_network_arn": "arn:aws:a",
}

TABLE: list[Row] = [
    (
        "a Resource endpoint with both ARNs is for the provider to refuse",
        "LL502",
        endpoint(service_network_arn=ARN),
        [PASS],
    ),
    (
        "a ServiceNetwork endpoint with the ARN of the other type only",
        "LL502",
        endpoint(vpc_endpoint_type="ServiceNetwork"),
        [FAIL],
    ),
    ("an id in the ARN's place", "LL503", endpoint(resource_configuration_arn="rcfg-0123456789abcdef0"), [FAIL]),
    (
        "what isn't in the files",
        "LL503",
        endpoint(resource_configuration_arn="${aws_ssm_parameter.arn.value}"),
        [UNKNOWN],
    ),
    ("a subnet of another VPC", "LL509", endpoint(subnet(vpc_id=THEIRS), **IN_A), [FAIL]),
    ("a subnet of a VPC that isn't known", "LL509", endpoint(subnet(vpc_id="${var.unknown}"), **IN_A), [UNKNOWN]),
    (
        "an endpoint of a VPC that isn't known",
        "LL509",
        endpoint(subnet(), vpc_id="${var.unknown}", **IN_A),
        [UNKNOWN, UNKNOWN],
    ),
    ("both ways with private DNS", "LL511", both(), [FAIL]),
    ("both ways, from two VPCs", "LL511", both({"vpc_id": THEIRS}), [PASS]),
    ("both ways, from a VPC that isn't known", "LL511", both({"vpc_id": "${var.unknown}"}), [UNKNOWN]),
    ("a service network that isn't known", "LL511", both({"service_network_arn": "${var.unknown}"}), [UNKNOWN]),
    (
        "a member that isn't known",
        "LL511",
        both(member={"resource_configuration_identifier": "${var.unknown}"}),
        [UNKNOWN],
    ),
    ("private DNS in one way only", "LL511", both({"private_dns_enabled": False}), [PASS]),
    ("a /26 has a free /28", "LL516", endpoint(subnet(cidr_block="10.0.0.0/26"), **TO_NETWORK, **IN_A), [PASS]),
    ("a /27 has none", "LL516", endpoint(subnet(cidr_block="10.0.0.0/27"), **TO_NETWORK, **IN_A), [FAIL]),
    (
        "a block that isn't known",
        "LL516",
        endpoint(subnet(cidr_block="${var.unknown}"), **TO_NETWORK, **IN_A),
        [UNKNOWN],
    ),
    (
        "an address type that isn't known",
        "LL515",
        endpoint(subnet(), ip_address_type="${var.unknown}", **IN_A),
        [UNKNOWN],
    ),
    (
        "an address type that there isn't, for the provider",
        "LL515",
        endpoint(subnet(), ip_address_type="IPV4", **IN_A),
        [PASS],
    ),
    ("an endpoint without what AWS fixes", "LL512", endpoint(), [PASS]),
]

test_edges = test_of(TABLE)
