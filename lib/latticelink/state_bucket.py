"""The bucket that `S3State` needs: created once, by a small stack of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from latticelink.backends import S3State
from latticelink.cdk import bindings
from latticelink.constructs.notes import notes_of
from latticelink.errors import Report
from latticelink.values.calls import judged
from latticelink.values.tags import parse_tags


class StateBucket(bindings.Construct):
    """An S3 bucket for Terraform state: versioned, encrypted, private, reached over TLS only.

    Its own stack keeps its state elsewhere, as the bucket isn't there when it is first applied: `LocalState`, and the
    file is committed or kept by whoever looks after the bucket. Terraform refuses to destroy it.

    Args:
        scope: the stack, in the bucket's region.
        id: the construct's id, part of Terraform addresses.
        state: the state that stacks will keep in it; its bucket, region and key.
        tags: tags of the bucket. Default: none.

    Attributes:
        bucket: the bucket of the AWS provider, also `node.default_child`; `versioning`, `encryption`,
            `public_access_block` and `policy` are what belongs to it.

    Raises:
        InvalidInput: for tags that AWS refuses; if the stack keeps its own state in the bucket, or is in another
            region.

    Source: https://developer.hashicorp.com/terraform/language/backend/s3,
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """

    @judged
    def __init__(self, scope: Any, id: str, state: S3State, *, tags: Mapping[str, str] | None = None) -> None:
        super().__init__(scope, id)
        stack = bindings.stack_of(scope)
        with Report(self) as report:
            checked = parse_tags(report, "tags", tags, beside=notes_of(stack).tags)
            if notes_of(stack).state == state:
                report.refuse(
                    "state",
                    state.bucket,
                    rule=(
                        "The stack that creates the bucket can't keep its state in it, because the bucket doesn't "
                        "exist at first."
                    ),
                    fix="Give that stack state=LocalState().",
                )
            if (region := getattr(stack, "region", state.region)) != state.region:
                report.refuse(
                    "state",
                    state.region,
                    rule=f"The bucket is created in the stack's region, {region}.",
                    fix="Write the same region in both places.",
                )
        bucket = bindings.make(bindings.S3Bucket, self, "bucket", bucket=state.bucket, tags=checked.unnamed())
        self.bucket: bindings.S3Bucket = bucket
        bindings.set_default_child(self, bucket)
        bucket.add_override("lifecycle", {"prevent_destroy": True})
        name = f"${{{bindings.address(bucket)}.id}}"
        self.versioning: bindings.Versioning = bindings.Versioning(
            self,
            "versions",
            bucket=name,
            versioning_configuration=bindings.VersioningConfiguration(status="Enabled"),
        )
        by_default = bindings.EncryptionByDefault(
            sse_algorithm="aws:kms" if state.kms_key_arn else "AES256", kms_master_key_id=state.kms_key_arn
        )
        rule = bindings.EncryptionRule(
            apply_server_side_encryption_by_default=by_default, bucket_key_enabled=bool(state.kms_key_arn)
        )
        self.encryption: bindings.Encryption = bindings.Encryption(self, "encryption", bucket=name, rule=[rule])
        self.public_access_block: bindings.S3BucketPublicAccessBlock = bindings.S3BucketPublicAccessBlock(
            self,
            "private",
            bucket=name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        arn = f"${{{bindings.address(bucket)}.arn}}"
        statement = {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        # S3 refuses two changes of a bucket's access at once.
        self.policy: bindings.S3BucketPolicy = bindings.S3BucketPolicy(
            self, "tls-only", bucket=name, policy=policy, depends_on=[self.public_access_block]
        )
