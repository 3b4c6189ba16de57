"""Paths and what is open: what leaves their answers certain. Edge cases stand in tests/paths and tests/checks."""

from __future__ import annotations

CERTAIN = {
    ("LL005", "vpc_id"): "LL510 says that it isn't known whether endpoint and gateway are in one VPC",
    ("LL002", "vpc_endpoint_type"): "it names a resource by ARN, whatever its type",
    ("LL002", "vpc_id"): "its subnets tell the VPC too",
}
