"""What moto's S3 accepts and AWS refuses: judged here, before moto sees the request.

The rules are those of S3's pages "General purpose bucket naming rules", "Error responses" and "Blocking public access".
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.s3.models import s3_backends

from tests.emulator.protocol import Refused

_FIRST = ("xn--", "sthree-", "amzn-s3-demo-")
_LAST = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


def judge(operation: str, request: dict[str, Any], account: str, region: str) -> None:
    """Raise `Refused` for a request that AWS refuses and moto doesn't."""
    if operation == "CreateBucket":
        _judge_name(request["Bucket"])
    elif operation == "PutBucketPolicy":
        _judge_policy(request["Policy"], s3_backends[account]["aws"].buckets.get(request["Bucket"]))
    elif operation == "PutObject":
        _judge_key(s3_backends[account]["aws"].buckets.get(request["Bucket"]), region)


def _judge_name(name: str) -> None:
    if (
        not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name)
        or ".." in name
        or re.fullmatch(r"(\d+\.){3}\d+", name)
        or name.startswith(_FIRST)
        or name.endswith(_LAST)
    ):
        raise Refused("InvalidBucketName", f"The specified bucket is not valid: {name}")


def _judge_policy(text: str, bucket: Any) -> None:
    try:
        statements = json.loads(text)["Statement"]
    except (ValueError, KeyError, TypeError):
        raise Refused("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'") from None
    blocked = bucket is not None and bucket.public_access_block is not None
    is_public = [s for s in statements if s["Effect"] == "Allow" and s["Principal"] in ("*", {"AWS": "*"})]
    if blocked and str(bucket.public_access_block.block_public_policy).lower() == "true" and is_public:
        message = "Access Denied: public policies are blocked by the BlockPublicPolicy block public access setting."
        raise Refused("AccessDenied", message, 403)


def _judge_key(bucket: Any, region: str) -> None:
    """Refuse to store an object in a bucket that encrypts with a key of another region: no sooner does S3 look."""
    rules = (bucket.encryption or {}).get("Rule", {}) if bucket is not None else {}
    key = str(rules.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID", ""))
    if key.startswith("arn:") and key.split(":")[3] != region:
        raise Refused("KMS.NotFoundException", f"Invalid arn {key.split(':')[3]}")
