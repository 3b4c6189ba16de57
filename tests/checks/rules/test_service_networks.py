"""Service networks: edge cases."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example
from latticelink.values.types import NETWORK_VPC, SECURITY_GROUP, VPC

from tests.checks.examples import PASS, UNKNOWN, Row, test_of

CERTAIN = {("LL605", "security_group_ids[]"): "how many there are is written"}


def association(group: dict[str, Any], **body: Any) -> str:
    usual = {"vpc_identifier": "${aws_vpc.v.id}", "security_group_ids": ["${aws_security_group.g.id}"]}
    made = (SECURITY_GROUP, "g", {"name": "g", "vpc_id": "${aws_vpc.v.id}", **group})
    return example((NETWORK_VPC, "a", {**usual, **body}), made, (VPC, "v", {}), variable={"unknown": {}})


TABLE: list[Row] = [
    ("a group of the VPC", "LL606", association({}), [PASS]),
    ("a group of a VPC that isn't known", "LL606", association({"vpc_id": "${var.unknown}"}), [UNKNOWN]),
    ("an association of a VPC that isn't known", "LL606", association({}, vpc_identifier="${var.unknown}"), [UNKNOWN]),
    (
        "groups that an expression sorts",
        "LL603",
        association({}, security_group_ids='${sort(["sg-2", "sg-1"])}'),
        [PASS],
    ),
]

test_edges = test_of(TABLE)
