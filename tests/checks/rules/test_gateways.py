"""Resource gateways: edge cases."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example
from latticelink.values.types import GATEWAY, SUBNET, VPC

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of

CERTAIN = {
    ("LL401", "subnet_ids[]"): "how many there are is written",
    ("LL403", "security_group_ids[]"): "how many there are is written",
}
A = "${aws_subnet.a.id}"


def gateway(subnet: dict[str, Any] | None = None, **body: Any) -> str:
    usual = {"name": "gateway", "vpc_id": "vpc-12345678", "subnet_ids": [A]}
    placed = {"vpc_id": "vpc-12345678", "cidr_block": "10.0.0.0/24", **(subnet or {})}
    blocks = (GATEWAY, "g", {**usual, **body}), (SUBNET, "a", placed), (VPC, "v", {"cidr_block": "10.0.0.0/16"})
    return example(*blocks, variable={"unknown": {}})


def groups(count: int) -> str:
    return gateway(security_group_ids=[f"sg-1234567{number}" for number in range(count)])


TABLE: list[Row] = [
    ("five groups", "LL402", groups(5), [PASS]),
    ("six groups", "LL402", groups(6), [FAIL]),
    ("a subnet of a VPC that isn't known", "LL404", gateway({"vpc_id": "${var.unknown}"}), [UNKNOWN]),
    ("a gateway of a VPC that isn't known", "LL404", gateway(vpc_id="${var.unknown}"), [UNKNOWN, UNKNOWN]),
    ("a VPC by text and by reference may be one", "LL404", gateway({"vpc_id": "${aws_vpc.v.id}"}), [UNKNOWN]),
    ("an address type that isn't known", "LL406", gateway(ip_address_type="${var.unknown}"), [UNKNOWN]),
    ("62 addresses", "LL407", gateway(ipv4_addresses_per_eni=62), [PASS]),
    ("63 addresses", "LL407", gateway(ipv4_addresses_per_eni=63), [FAIL]),
    ("62 addresses as a text", "LL407", gateway(ipv4_addresses_per_eni="62"), [PASS]),
    ("no address", "LL407", gateway(ipv4_addresses_per_eni=0), [FAIL]),
    (
        "IN_VPC in a subnet that may have IPv6 only",
        "LL408",
        gateway({"ipv6_native": "${var.unknown}"}, resource_config_dns_resolution="IN_VPC"),
        [UNKNOWN],
    ),
    (
        "PUBLIC, whatever the subnet has",
        "LL408",
        gateway({"ipv6_native": "${var.unknown}"}, resource_config_dns_resolution="PUBLIC"),
        [PASS],
    ),
    ("16 addresses in a /28, of which AWS keeps five", "LL410", gateway({"cidr_block": "10.0.0.0/28"}), [FAIL]),
    ("11 addresses in a /28", "LL410", gateway({"cidr_block": "10.0.0.0/28"}, ipv4_addresses_per_eni=11), [PASS]),
    ("12 addresses in a /28", "LL410", gateway({"cidr_block": "10.0.0.0/28"}, ipv4_addresses_per_eni=12), [FAIL]),
    ("a subnet whose block isn't known", "LL410", gateway({"cidr_block": "${var.unknown}"}), [UNKNOWN]),
    ("a subnet without IPv4", "LL410", gateway({"cidr_block": None}), []),
]

test_edges = test_of(TABLE)
