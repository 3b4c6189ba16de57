"""The bucket for state: what protects it, and where its own stack's state can't be."""

from __future__ import annotations

import json
from typing import Any

from latticelink import InvalidInput, LocalState, S3State, Stack, StateBucket
from latticelink.testing import Synthesise, SynthesisedStack

import pytest

KEY = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-1111-2222-333344445555"


def make(synthesise: Synthesise, state: S3State) -> SynthesisedStack:
    def build(app: Any) -> None:
        StateBucket(Stack(app, "bucket", state=LocalState(), region=state.region), "state", state)

    return synthesise(build)["bucket"]


def test_the_bucket_is_versioned_encrypted_private_and_kept(synthesise: Synthesise) -> None:
    template = make(synthesise, S3State("acme-state", "eu-west-1"))
    bucket = template.ref("aws_s3_bucket", "id", bucket="acme-state")
    assert template.one("aws_s3_bucket")["lifecycle"] == {"prevent_destroy": True}
    assert template.one("aws_s3_bucket_versioning", bucket=bucket)["versioning_configuration"] == {"status": "Enabled"}
    private = template.one("aws_s3_bucket_public_access_block", bucket=bucket)
    assert [value for key, value in private.items() if key not in ("//", "bucket")] == [True] * 4
    encryption = template.one("aws_s3_bucket_server_side_encryption_configuration", bucket=bucket)
    [rule] = encryption["rule"]
    assert rule["apply_server_side_encryption_by_default"] == {"sse_algorithm": "AES256"}


def test_plain_http_is_denied_on_the_bucket_and_all_in_it(synthesise: Synthesise) -> None:
    template = make(synthesise, S3State("acme-state", "eu-west-1"))
    arn = template.ref("aws_s3_bucket", "arn", bucket="acme-state")
    [statement] = json.loads(template.one("aws_s3_bucket_policy")["policy"])["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Resource"] == [arn, f"{arn}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_key_of_the_users_encrypts_by_default(synthesise: Synthesise) -> None:
    template = make(synthesise, S3State("acme-state", "eu-west-1", kms_key_arn=KEY))
    [rule] = template.one("aws_s3_bucket_server_side_encryption_configuration")["rule"]
    assert rule["apply_server_side_encryption_by_default"] == {"sse_algorithm": "aws:kms", "kms_master_key_id": KEY}


@pytest.mark.parametrize(
    ("own", "region", "fix"),
    [
        (S3State("acme-state", "eu-west-1"), "eu-west-1", "Give that stack state=LocalState()."),
        (LocalState(), "us-east-1", "Write the same region in both places."),
    ],
    ids=["its state in itself", "another region"],
)
def test_a_bucket_that_could_not_be_made_is_refused(own: Any, region: str, fix: str) -> None:
    from latticelink import App

    stack = Stack(App(context={}), "bucket", state=own, region=region)
    with pytest.raises(InvalidInput) as caught:
        StateBucket(stack, "state", S3State("acme-state", "eu-west-1"))
    assert [finding.fix for finding in caught.value.findings] == [fix]
