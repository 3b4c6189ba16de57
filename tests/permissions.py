"""Reads docs/iam: which actions of AWS's APIs each role may ask for, by the IAM actions that authorise them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "iam"

# An action of an API is authorised by the IAM action of its own name, but for these.
# Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".
_S3 = {
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
AUTHORISED_BY = {f"s3:{operation}": f"s3:{action}" for operation, action in _S3.items()}
# Needs no permission. Source: AWS STS API Reference, GetCallerIdentity.
FREE = {"sts:GetCallerIdentity"}
# Actions of IAM that no operation has for a name: what AWS does in the caller's name, or asks for besides.
# Source: Service Authorization Reference, "Amazon EC2", "Amazon VPC Lattice", "Amazon CloudWatch Logs".
PERMISSION_ONLY = {
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:UpdateLogDelivery",
    "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation",
}
# Besides its own policy, what an example's side needs that makes a network, instances and ways in of its own.
BESIDE = {"apply": ("network-apply", "scenario-apply"), "plan": ()}


def read(name: str) -> dict[str, Any]:
    """Return a file of docs/iam."""
    policy: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return policy


@cache
def allowed(name: str) -> frozenset[str]:
    """Return the actions that a policy allows."""
    return frozenset(action for statement in read(name)["Statement"] for action in statement["Action"])


def unpermitted(asked_for: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Return of each role, such as `producer-plan`, what it was seen to ask for and may not."""
    found = {}
    for role, actions in asked_for.items():
        if not role:
            continue
        may = allowed(role).union(*(allowed(name) for name in BESIDE[role.rpartition("-")[2]]))
        if missing := {AUTHORISED_BY.get(action, action) for action in actions} - may - FREE:
            found[role] = sorted(missing)
    return found
