"""What retired checks asked for is refused by the real provider, in the words that docs/checks.md quotes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.checks.retired import RETIRED
from latticelink.values.types import CONFIGURATION, DEFINITION, ENDPOINT, GATEWAY, NETWORK_VPC

import pytest

from tests.engines.conftest import PROVIDER_VERSION, Terraform, flat

pytestmark = pytest.mark.engine

GATEWAY_ID, NETWORK_ID, VPC_ID = "rgw-0123456789abcdef0", "sn-0123456789abcdef0", "vpc-12345678"
ARN = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0123456789abcdef0"
IP = {"ip_resource": {"ip_address": "10.0.1.9"}}
DATABASE = {"arn_resource": {"arn": "arn:aws:rds:eu-west-1:123456789012:db:orders"}}


def dns(kind: str) -> dict[str, Any]:
    return {"dns_resource": {"domain_name": "db.example.com", "ip_address_type": kind}}


def shared(**body: Any) -> tuple[str, dict[str, Any]]:
    usual = {
        "name": "orders",
        "type": "SINGLE",
        "protocol": "TCP",
        "port_ranges": ["443"],
        "resource_gateway_identifier": GATEWAY_ID,
        DEFINITION: IP,
    }
    return CONFIGURATION, {key: value for key, value in {**usual, **body}.items() if value is not None}


BROKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "LL201": shared(type="single"),
    "LL204": shared(**{DEFINITION: {**IP, **dns("IPV4")}}),
    "LL213": shared(port_ranges=None),
    "LL214": shared(type="ARN", protocol=None, **{DEFINITION: DATABASE}),
    "LL307": shared(**{DEFINITION: dns("DUALSTACK")}),
    "LL405": (
        GATEWAY,
        {"name": "gateway", "vpc_id": VPC_ID, "subnet_ids": ["subnet-12345678"], "ip_address_type": "ipv4"},
    ),
    "LL514": (
        ENDPOINT,
        {
            "vpc_id": VPC_ID,
            "vpc_endpoint_type": "Resource",
            "resource_configuration_arn": ARN,
            "ip_address_type": "IPV4",
        },
    ),
    "LL604": (
        NETWORK_VPC,
        {
            "vpc_identifier": VPC_ID,
            "service_network_identifier": NETWORK_ID,
            "security_group_ids": [f"sg-1234567{number}" for number in range(6)],
        },
    ),
}


def test_the_provider_says_what_a_retired_check_said(terraform_aws: Terraform, tmp_path: Path) -> None:
    said = {each.id: each.sentence for each in RETIRED if each.sentence}
    assert BROKEN.keys() == said.keys()
    resources: dict[str, dict[str, Any]] = {}
    for id, (kind, body) in BROKEN.items():
        resources.setdefault(kind, {})[id] = body
    required = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": PROVIDER_VERSION}}}
    (tmp_path / "main.tf.json").write_text(json.dumps({"terraform": required, "resource": resources}))
    terraform_aws.init(tmp_path)
    diagnostics = json.loads(terraform_aws.run(tmp_path, "validate", "-json", expect=1))["diagnostics"]
    for id, sentence in said.items():
        details = [
            flat(f"{each['summary']} {each['detail']}") for each in diagnostics if each["address"].endswith(f".{id}")
        ]
        assert [detail for detail in details if sentence in detail], f"{id}: {details}"
