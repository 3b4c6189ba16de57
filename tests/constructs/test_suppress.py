"""Suppressions in code: what lands in the JSON, and what is refused."""

from __future__ import annotations

from typing import Any

from latticelink import ExistingNetwork, InvalidInput, IpResource, ResourceGateway, suppress
from latticelink.testing import Synthesise

import pytest

from tests.builders import make_stack

REASON = "one zone is enough: it's a test"


def producer(app: Any) -> tuple[Any, Any]:
    stack = make_stack(app)
    network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
    gateway = ResourceGateway(stack, "gateway", network)
    gateway.share("orders", IpResource("10.0.1.9"), ports=[5432])
    return stack, gateway


def test_it_stands_in_a_comment_of_the_stack_and_cdktf_keeps_it(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack, gateway = producer(app)
        suppress(gateway, "LL410", reason=REASON)
        suppress(stack, "LL406", reason="ours")

    comment = synthesise(build)["producer"].json["//"]
    assert comment["latticelink"]["suppress"] == [
        {"check": "LL410", "resource": "producer/gateway", "reason": REASON},
        {"check": "LL406", "resource": "producer", "reason": "ours"},
    ]
    assert comment["metadata"]["stackName"] == "producer"


def test_the_check_reads_it_and_it_stands_for_all_below_the_construct(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        suppress(producer(app)[1], "LL410", reason=REASON)

    examination = synthesise(build).examination
    assert [(each.check.id, each.suppressed) for each in examination.suppressed] == [("LL410", REASON)]


@pytest.mark.parametrize(
    ("check", "reason", "rule"),
    [
        ("LL41", REASON, "A check's id is LL and three digits."),
        (410, REASON, "A check's id is LL and three digits."),
        ("LL410", "", "A finding is suppressed with a reason."),
        ("LL410", "  ", "A finding is suppressed with a reason."),
        ("LL410", None, "A finding is suppressed with a reason."),
    ],
)
def test_what_is_no_check_or_no_reason_is_refused(stack: Any, check: Any, reason: Any, rule: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        suppress(stack, check, reason=reason)
    assert [finding.rule for finding in refused.value.findings] == [rule]
