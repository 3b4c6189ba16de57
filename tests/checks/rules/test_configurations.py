"""Resource configurations: edge cases."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example
from latticelink.values.types import CONFIGURATION, DEFINITION

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of

CERTAIN = {("LL205", "resource_gateway_identifier"): "what is written decides, not what it is worth"}

GATEWAY_ID, GROUP_ID = "rgw-0123456789abcdef0", "rcfg-0123456789abcdef0"
IP = {"ip_resource": {"ip_address": "10.0.1.9"}}


def shared(**body: Any) -> str:
    return example((CONFIGURATION, "db", body), variable={"unknown": {}})


TABLE: list[Row] = [
    (
        "a SINGLE with a group and no gateway",
        "LL205",
        shared(type="SINGLE", resource_configuration_group_id=GROUP_ID),
        [FAIL],
    ),
    (
        "a CHILD with a gateway and no group",
        "LL205",
        shared(type="CHILD", resource_gateway_identifier=GATEWAY_ID),
        [FAIL],
    ),
    ("a CHILD with its group", "LL205", shared(type="CHILD", resource_configuration_group_id=GROUP_ID), [PASS]),
    (
        "without a type it is a SINGLE, which has a gateway",
        "LL205",
        shared(resource_configuration_group_id=GROUP_ID),
        [FAIL],
    ),
    ("a type that isn't known", "LL205", shared(type="${var.unknown}"), [UNKNOWN]),
    ("a protocol that isn't known", "LL206", shared(type="SINGLE", protocol="${var.unknown}"), [UNKNOWN]),
    ("UDP", "LL206", shared(type="SINGLE", protocol="UDP"), [FAIL]),
    ("an ARN with a protocol", "LL206", shared(type="ARN", protocol="TCP"), [FAIL]),
    ("a GROUP that defines a resource", "LL203", shared(type="GROUP", **{DEFINITION: IP}), [FAIL]),
    ("a CHILD without a resource", "LL203", shared(type="CHILD"), [FAIL]),
    ("a GROUP without one", "LL203", shared(type="GROUP"), [PASS]),
]

test_edges = test_of(TABLE)
