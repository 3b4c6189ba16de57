"""What a change of an applied link plans on the real provider, and that the apply does what the plan said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from latticelink.replacements import find_replacements, read_blocks

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform, flat
from tests.engines.links import Link, applied

pytestmark = [pytest.mark.engine, pytest.mark.slow(together=True)]

UPDATE, REPLACE, MOVE = {"update"}, {"replace"}, {"create", "delete"}
GATEWAY = "aws_vpclattice_resource_gateway"
CONFIGURATION = "aws_vpclattice_resource_configuration"
ENDPOINT = "aws_vpc_endpoint"
INGRESS, EGRESS = "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"


@pytest.fixture(scope="module")
def link(
    terraform_on_aws: Terraform, aws: Aws, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Link, Path]]:
    yield from applied(terraform_on_aws, aws, tmp_path_factory.mktemp("link"))


def planned(terraform: Terraform, folder: Path) -> Changes:
    """Return what happens to the resources of each type that something happens to."""
    found: Changes = {}
    for line in terraform.run(folder, "plan", "-input=false", "-json").splitlines():
        event = json.loads(line)
        if event["type"] == "planned_change":
            kind = event["change"]["resource"]["resource_type"]
            found.setdefault(kind, set()).add(event["change"]["action"])
    return found


Changes = dict[str, set[str]]
PRODUCER, CONSUMER = 0, 1
# What changes, how, in which stack, and what happens to the resources there.
CHANGES: list[tuple[str, dict[str, Any], int, Changes]] = [
    ("nothing", {}, CONSUMER, {}),
    ("the target's address", {"address": "10.0.0.10"}, PRODUCER, {CONFIGURATION: UPDATE}),
    ("a port", {"ports": (5433,)}, PRODUCER, {CONFIGURATION: UPDATE, INGRESS: MOVE, EGRESS: MOVE}),
    (
        "the gateway's subnets, an outage",
        {"zones": ((0, 1, 2), (0, 1))},
        PRODUCER,
        {GATEWAY: REPLACE, CONFIGURATION: REPLACE},
    ),
    (
        "the gateway's name, an outage",
        {"gateway": {"name": "other"}},
        PRODUCER,
        {
            GATEWAY: REPLACE,
            CONFIGURATION: REPLACE,
            "aws_security_group": REPLACE,
            EGRESS: REPLACE,
            INGRESS: {"update"},
        },
    ),
    (
        "the gateway's address type, an outage",
        {"gateway": {"ip_address_type": "DUALSTACK"}},
        PRODUCER,
        {GATEWAY: REPLACE, CONFIGURATION: REPLACE},
    ),
    ("the configuration's name", {"share": {"configuration_name": "other"}}, PRODUCER, {CONFIGURATION: REPLACE}),
    (
        "sharing through service networks",
        {"share": {"allow_association_to_shareable_service_network": True}},
        PRODUCER,
        {CONFIGURATION: UPDATE},
    ),
    ("a client's block", {"endpoint": {"client_cidrs": ["10.0.0.0/24"]}}, CONSUMER, {INGRESS: MOVE}),
    (
        "private DNS",
        {"endpoint": {"private_dns_enabled": False}},
        CONSUMER,
        {ENDPOINT: REPLACE, "terraform_data": UPDATE},
    ),
    ("the endpoint's subnets", {"zones": ((0, 1), (0, 2))}, CONSUMER, {ENDPOINT: REPLACE, "terraform_data": UPDATE}),
    ("the endpoint's name", {"endpoint": {"name": "other"}}, CONSUMER, {ENDPOINT: UPDATE}),
]


@pytest.mark.parametrize(("what", "change", "side", "expected"), CHANGES, ids=[row[0] for row in CHANGES])
def test_a_change_plans_what_aws_can_do(
    terraform_on_aws: Terraform,
    link: tuple[Link, Path],
    what: str,
    change: dict[str, Any],
    side: int,
    expected: Changes,
) -> None:
    made, folder = link
    made.write(folder)
    before = read_blocks(folder / "cdktf.out")
    stack = replace(made, **change).write(folder)[side]
    assert planned(terraform_on_aws, stack) == expected, what
    warned = find_replacements(before, read_blocks(folder / "cdktf.out"))
    assert bool(warned) == (REPLACE in map(expected.get, (GATEWAY, CONFIGURATION, ENDPOINT))), "synth says so too"


@pytest.mark.parametrize("what", ["a port", "private DNS"])
def test_a_change_is_applied_and_then_there_is_nothing_to_do(
    terraform_on_aws: Terraform, link: tuple[Link, Path], what: str
) -> None:
    made, folder = link
    [change] = [row[1] for row in CHANGES if row[0] == what]
    for stack in replace(made, **change).write(folder):
        terraform_on_aws.apply(stack)
        terraform_on_aws.must_have_nothing_to_do(stack)
    for stack in made.write(folder):
        terraform_on_aws.apply(stack)


def test_a_configuration_that_an_endpoint_uses_is_not_replaced(
    terraform_on_aws: Terraform, link: tuple[Link, Path]
) -> None:
    made, folder = link
    producer, _ = replace(made, share={"configuration_name": "renamed"}).write(folder)
    printed = flat(terraform_on_aws.apply(producer, expect=1))
    assert "existing association with VPC endpoints" in printed
    made.write(folder)
    terraform_on_aws.must_have_nothing_to_do(producer)
