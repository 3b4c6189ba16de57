"""The log of a service network, as the oldest provider that a stack may allow takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink import LocalState, ServiceNetwork, Stack

import pytest

from tests.engines.conftest import PROVIDER_VERSION, Terraform
from tests.engines.links import REGION, write

pytestmark = [pytest.mark.engine]

DESTINATIONS = [
    f"arn:aws:logs:{REGION}:111122223333:log-group:/lattice/finance",
    f"arn:aws:logs:{REGION}:111122223333:log-group:/lattice/finance:*",
    "arn:aws:s3:::acme-logs/lattice",
    f"arn:aws:firehose:{REGION}:111122223333:deliverystream/finance",
]


def test_the_provider_takes_the_type_of_the_log_and_each_destination(
    terraform_on_aws: Terraform, tmp_path: Path
) -> None:
    def build(app: Any) -> None:
        stack = Stack(app, "producer", state=LocalState(), region=REGION, aws_provider=PROVIDER_VERSION)
        for number, destination in enumerate(DESTINATIONS):
            ServiceNetwork(stack, f"finance-{number}", access_logs=destination)

    stack, _ = write(tmp_path, build)
    terraform_on_aws.run(stack, "init", "-backend=false", "-input=false")
    assert json.loads(terraform_on_aws.run(stack, "validate", "-json"))["diagnostics"] == []
    (stack / "wrong.tf.json").write_text(
        json.dumps(
            {
                "resource": {
                    "aws_vpclattice_access_log_subscription": {
                        "wrong": {
                            "destination_arn": DESTINATIONS[2],
                            "resource_identifier": "sn-0123456789abcdef0",
                            "service_network_log_type": "RESOURCES",
                        }
                    }
                }
            }
        )
    )
    [refused] = json.loads(terraform_on_aws.run(stack, "validate", "-json", expect=1))["diagnostics"]
    assert "SERVICE" in refused["summary"] + refused["detail"]
