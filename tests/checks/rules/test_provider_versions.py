"""Provider versions: edge cases."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example
from latticelink.values.types import GATEWAY

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of

CERTAIN = {("LL801", "custom_domain_name"): "an argument is written, whatever its value"}


def gateway(version: str, **body: Any) -> str:
    required = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": version}}}
    return example((GATEWAY, "g", body), terraform=required)


TABLE: list[Row] = [
    ("the version that brought it", "LL801", gateway(">= 6.16.0", ipv4_addresses_per_eni=16), [PASS]),
    ("one before it", "LL801", gateway(">= 6.15.0", ipv4_addresses_per_eni=16), [FAIL]),
    ("an argument that any version has", "LL801", gateway(">= 5.100.0", name="gateway"), []),
    (
        "a change whose first release isn't known",
        "LL801",
        gateway(">= 6.46.0", resource_config_dns_resolution="IN_VPC"),
        [UNKNOWN],
    ),
]

test_edges = test_of(TABLE)
