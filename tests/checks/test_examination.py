"""What one check says of a place, another doesn't say again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink.checks.catalogue import CHECKS
from latticelink.paths import hops
from latticelink.paths.hops import Answer
from latticelink.values.types import CONFIGURATION, ENDPOINT, GATEWAY, VPC

import pytest

from tests.checks.examples import BY_ID, examined, judgements

Change = Callable[[dict[str, Any]], object]
SAME_VPC = {"vpc_id": "${aws_vpc.theirs.id}", "subnet_ids": ["${aws_subnet.theirs.id}"]}
OUTSIDE = {"resource_configuration_definition": {"ip_resource": {"ip_address": "192.168.7.7"}}}
PRIVATE_DNS = {"private_dns_enabled": True}


def changed(change: Change) -> str:
    content = json.loads(BY_ID["LL001"].passing)
    content["variable"] = {"unknown": {}}
    change(content["resource"])
    return json.dumps(content)


TOLD: list[tuple[str, str, Change]] = [
    ("a gateway of the other family", "LL303", lambda has: has[GATEWAY]["g"].update(ip_address_type="IPV6")),
    ("an endpoint in the gateway's VPC", "LL510", lambda has: has[ENDPOINT]["db"].update(SAME_VPC)),
    ("a VPC without DNS names", "LL513", lambda has: has[ENDPOINT]["db"].update(PRIVATE_DNS)),
    ("an address that no route leads to", "LL302", lambda has: has[CONFIGURATION]["db"].update(OUTSIDE)),
]


@pytest.mark.parametrize(("sentence", "check", "change"), TOLD, ids=[row[0] for row in TOLD])
def test_what_ll001_says_is_not_said_again(tmp_path: Path, sentence: str, check: str, change: Change) -> None:
    example = changed(change)
    assert Answer.FAIL in [each.answer for each in judgements(tmp_path / "alone", example, check)], sentence
    examination = examined(tmp_path / "all", example)
    assert check not in [each.check.id for each in examination.results], sentence
    told = [each.judgement.message for each in examination.of(Answer.FAIL) if each.check.id == "LL001"]
    assert len([message for message in told if message.lower().startswith(BY_ID[check].hop.lower())]) == 1, sentence


def test_what_neither_knows_is_said_once(tmp_path: Path) -> None:
    def change(has: dict[str, Any]) -> None:
        has[ENDPOINT]["db"].update(PRIVATE_DNS)
        has[VPC]["ours"]["enable_dns_hostnames"] = "${var.unknown}"

    examination = examined(tmp_path, changed(change))
    asked = [each.check.id for each in examination.of(Answer.UNKNOWN) if "'unknown'" in each.judgement.message]
    assert asked == ["LL001"]


def test_what_ll001_says_of_another_place_is_said_here(tmp_path: Path) -> None:
    """The second endpoint leads to nothing that was read, so that no path goes on to its names."""

    def change(has: dict[str, Any]) -> None:
        has[ENDPOINT]["db"].update(PRIVATE_DNS)
        elsewhere = {"resource_configuration_arn": "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/a"}
        has[ENDPOINT]["other"] = {**has[ENDPOINT]["db"], **elsewhere}

    found = examined(tmp_path, changed(change)).of(Answer.FAIL)
    assert [each.judgement.place for each in found if each.check.id == "LL513"] == [f"{ENDPOINT}.other"]
    assert [each.judgement.place for each in found if each.check.id == "LL001"] == [f"{ENDPOINT}.db"]


def test_the_hop_of_a_check_is_one_that_there_is() -> None:
    named = {each.hop for each in CHECKS if each.hop}
    assert named == {hops.ADDRESS_TYPE, hops.ENDPOINTS_VPC, hops.PRIVATE_DNS, hops.ROUTE}


def test_an_endpoint_that_is_written_by_hand_can_pass(tmp_path: Path) -> None:
    """What isn't replaced by itself is a note (LL512), so that nothing but notes ends with 0."""
    content = json.loads(changed(lambda _: None))
    required = {"aws": {"source": "hashicorp/aws", "version": ">= 6.25.0, < 7.0.0"}}
    content["terraform"] = {"required_providers": required}
    content["resource"][CONFIGURATION]["db"]["name"] = "orders"
    examination = examined(tmp_path, json.dumps(content))
    assert "LL512" in [each.check.id for each in examination.of(Answer.FAIL)]
    assert examination.exit_code() == 0
