"""A gateway and an endpoint get a zone more on the real provider, and the clients' name leads all the time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform
from tests.engines.steps import Refused, Steps
from tests.refusals import unlisted

pytestmark = [pytest.mark.engine, pytest.mark.slow(minutes=3, together=True)]

NAME = "orders.shared.internal."
OF_A_GATEWAY = {
    "aws_security_group",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpclattice_resource_configuration",
    "aws_vpclattice_resource_gateway",
}
OF_AN_ENDPOINT = {"aws_security_group", "aws_vpc_endpoint", "aws_vpc_security_group_ingress_rule", "terraform_data"}


class Replacement(NamedTuple):
    """The steps as they were applied, and the producer too early at the last one."""

    steps: Steps
    refused: Refused
    said: dict[str, str]


@pytest.fixture(scope="module")
def replacement(terraform_aws: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replacement]:
    with Aws.start() as aws:
        folder, said = tmp_path_factory.mktemp("zones"), {}
        steps = Steps(terraform_aws.on(aws), aws, folder, "another-zone", "ZONE_STEP")
        producer, consumer = steps.stacks
        for step in ("1", "2", "3"):
            said[step] = steps.write(step)
            steps.apply(step, producer, consumer)
        said["4"] = steps.write("4")
        refused = steps.apply_too_early(producer)
        steps.apply("4", consumer, producer)
        for stack in steps.stacks:
            steps.terraform.must_have_nothing_to_do(stack)
        steps.log = aws.log()
        assert unlisted(aws.actions()) == []
        yield Replacement(steps, refused, said)


def kinds(plan: dict[str, list[str]], *do: str) -> set[str]:
    """Return the types of the resources in a plan; fail where another thing happens to one."""
    assert set(map(tuple, plan.values())) == {do}
    return {address.partition(".")[0] for address in plan}


def test_the_new_gateway_and_endpoint_are_made_beside_the_old_ones_and_nothing_of_those_is_touched(
    replacement: Replacement,
) -> None:
    of_producer, of_consumer = replacement.steps.plans["2"]
    assert kinds(of_producer, "create") == {"aws_subnet", *OF_A_GATEWAY}
    assert kinds(of_consumer, "create") == {"aws_subnet", *OF_AN_ENDPOINT}
    before, after = (replacement.steps.inventories[step] for step in ("1", "2"))
    assert all(set(before[kind]) <= set(after[kind]) for kind in before)


def test_the_record_alone_is_changed_in_place_to_cut_over(replacement: Replacement) -> None:
    of_producer, of_consumer = replacement.steps.plans["3"]
    assert of_producer == {}
    assert kinds(of_consumer, "update") == {"aws_route53_record"}
    assert replacement.steps.inventories["3"] == replacement.steps.inventories["2"]


def test_at_the_end_the_old_gateway_and_the_old_endpoint_alone_are_destroyed(replacement: Replacement) -> None:
    of_producer, of_consumer = replacement.steps.plans["4"]
    assert kinds(of_producer, "delete") == OF_A_GATEWAY
    assert kinds(of_consumer, "delete") == OF_AN_ENDPOINT
    first, last = (replacement.steps.inventories[step] for step in ("1", "4"))
    for kind in ("rgw", "rcfg", "vpce"):
        assert (len(last[kind]), set(first[kind]) & set(last[kind])) == (1, set())


def test_the_name_leads_to_an_endpoint_that_is_available_after_every_call(replacement: Replacement) -> None:
    old, new = replacement.steps.led(NAME)
    assert old != new
    cut_over, gone = (
        replacement.steps.asked(action)[-1] for action in ("route53:ChangeResourceRecordSets", "ec2:DeleteVpcEndpoints")
    )
    assert cut_over < gone


def test_a_producer_that_is_too_early_is_refused_and_loses_nothing(replacement: Replacement) -> None:
    assert "existing association with VPC endpoints" in replacement.refused.said
    assert replacement.refused.inventory == replacement.steps.inventories["3"]
    assert set(replacement.refused.asked) == {"vpc-lattice:DeleteResourceConfiguration"}


def test_synth_warns_of_the_last_step_alone(replacement: Replacement) -> None:
    warned = {step: "Warning: since the last apply" in said for step, said in replacement.said.items()}
    assert warned == {"1": False, "2": False, "3": False, "4": True}
    assert "resource configuration 'producer-orders'" in replacement.said["4"]
