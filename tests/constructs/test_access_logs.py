"""The log of a service network: where AWS may send it, what is written, and what is refused."""

from __future__ import annotations

from typing import Any

from latticelink import InvalidInput, ServiceNetwork
from latticelink.testing import Synthesise

import pytest

from tests.builders import make_stack

KIND = "aws_vpclattice_access_log_subscription"
A = "111122223333"
GROUP = f"arn:aws:logs:eu-west-1:{A}:log-group:/lattice/finance"


@pytest.mark.parametrize(
    ("what", "destination"),
    [
        ("a log group of CloudWatch", GROUP),
        ("a log group as AWS writes it", f"{GROUP}:*"),
        ("a log group in China", f"arn:aws-cn:logs:cn-north-1:{A}:log-group:finance"),
        ("a bucket", "arn:aws:s3:::acme-logs"),
        ("a folder of a bucket", "arn:aws:s3:::acme.logs/lattice/finance"),
        ("a delivery stream of Firehose", f"arn:aws:firehose:eu-west-1:{A}:deliverystream/finance"),
        ("what only apply tells", "${aws_cloudwatch_log_group.finance.arn}"),
    ],
)
def test_who_reached_which_resource_is_sent_to(synthesise: Synthesise, what: str, destination: str) -> None:
    def build(app: Any) -> None:
        network = ServiceNetwork(make_stack(app), "finance", access_logs=destination)
        assert network.access_log is not None

    producer = synthesise(build)["producer"]
    written = {key: value for key, value in producer.one(KIND).items() if key != "//"}
    assert written == {
        "destination_arn": destination,
        "resource_identifier": producer.ref("aws_vpclattice_service_network", "id"),
        "service_network_log_type": "RESOURCE",
        "tags": {"Name": "producer-finance"},
    }, what


def test_without_a_destination_nothing_is_logged_and_the_rest_is_the_same(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        assert ServiceNetwork(make_stack(app, "without"), "finance").access_log is None
        ServiceNetwork(make_stack(app, "with"), "finance", access_logs=GROUP)

    app = synthesise(build)
    assert app["without"].all(KIND) == []
    assert set(app["with"].addresses) - set(app["without"].addresses) == {f"{KIND}.finance_access-log_E8FBD21D"}


@pytest.mark.parametrize(
    "given",
    [
        "", "acme-logs", "/lattice/finance", 7, True, ["arn:aws:s3:::acme-logs"],
        f"arn:aws:logs:eu-west-1:{A}:log-group:",
        f"arn:aws:logs:eu-west-1:{A}:log-group:finance:log-stream:a",
        f"arn:aws:logs::{A}:log-group:finance",
        "arn:aws:s3:::",
        "arn:aws:s3:::Acme-Logs",
        f"arn:aws:s3:eu-west-1:{A}:acme-logs",
        f"arn:aws:kinesis:eu-west-1:{A}:stream/finance",
        f"arn:aws:firehose:eu-west-1:{A}:deliverystream/",
        f"{GROUP}\n",
    ],
)  # fmt: skip
def test_what_takes_no_access_logs_is_refused(stack: Any, given: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        ServiceNetwork(stack, "finance", access_logs=given)
    assert [finding.place for finding in caught.value.findings] == [("producer", "finance", "access_logs")]


def test_each_version_of_the_provider_that_a_stack_may_allow_has_the_type_of_the_log(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        ServiceNetwork(make_stack(app, aws_provider="5.100.0"), "finance", access_logs=GROUP)

    assert synthesise(build)["producer"].one(KIND)["service_network_log_type"] == "RESOURCE"
