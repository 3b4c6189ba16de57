"""The way from an NLB's endpoint service to a resource endpoint, applied step by step on the real provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform
from tests.engines.steps import Refused, Steps
from tests.refusals import unlisted

pytestmark = [pytest.mark.engine, pytest.mark.slow(minutes=5, together=True)]

NAME = "orders.shared.internal."
RECORD, OLD_ENDPOINT = "aws_route53_record.name", "aws_vpc_endpoint.old-endpoint"
OF_THE_NLB = {
    "aws_lb.balancer",
    "aws_lb_listener.listener",
    "aws_lb_target_group.targets",
    "aws_lb_target_group_attachment.target",
    "aws_vpc_endpoint_service.service",
    "aws_vpc_security_group_ingress_rule.from-balancer",
}


class Migration(NamedTuple):
    """The steps as they were applied, and the producer too early at the last one."""

    steps: Steps
    refused: Refused


@pytest.fixture(scope="module")
def migration(terraform_aws: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Migration]:
    """Apply each step as the page says, with a step back."""
    with Aws.start() as aws:
        folder = tmp_path_factory.mktemp("migration")
        steps = Steps(terraform_aws.on(aws), aws, folder, "from-nlb", "MIGRATION_STEP")
        producer, consumer = steps.stacks
        for step in ("1", "2", "3"):
            steps.write(step)
            steps.apply(step, producer, consumer)
        steps.write("2")
        steps.apply("back", consumer)
        steps.write("3")
        steps.apply("3 again", consumer)
        steps.write("4")
        refused = steps.apply_too_early(producer)
        steps.apply("4", consumer, producer)
        for stack in steps.stacks:
            steps.terraform.must_have_nothing_to_do(stack)
        steps.log = aws.log()
        assert unlisted(aws.actions()) == []
        yield Migration(steps, refused)


def test_the_new_way_is_made_beside_the_old_one_and_nothing_of_that_is_touched(migration: Migration) -> None:
    for plan in migration.steps.plans["2"]:
        assert plan
        assert set(map(tuple, plan.values())) == {("create",)}
    before, after = migration.steps.inventories["1"], migration.steps.inventories["2"]
    assert all(set(before[kind]) <= set(after[kind]) for kind in before)


@pytest.mark.parametrize("step", ["3", "back", "3 again"])
def test_the_name_alone_is_changed_and_in_place_to_cut_over_and_to_go_back(migration: Migration, step: str) -> None:
    assert migration.steps.plans[step] == ({}, {RECORD: ["update"]})
    assert migration.steps.inventories[step] == migration.steps.inventories["2"]


def test_at_the_end_the_old_way_alone_is_destroyed_and_nothing_of_it_is_left(migration: Migration) -> None:
    of_producer, of_consumer = migration.steps.plans["4"]
    assert of_producer == {address: ["delete"] for address in OF_THE_NLB}
    assert OLD_ENDPOINT in of_consumer
    assert all("old-endpoint" in address and do == ["delete"] for address, do in of_consumer.items())
    first, last = migration.steps.inventories["1"], migration.steps.inventories["4"]
    assert not {"service", "balancer"} & set(last)
    assert not set(first["vpce"]) & set(last["vpce"])


def test_the_name_leads_to_an_endpoint_that_is_available_after_every_call(migration: Migration) -> None:
    led_in_turn = migration.steps.led(NAME)
    old, new = led_in_turn[:2]
    assert led_in_turn == [old, new, old, new]
    assert ".vpce-svc-" in old
    assert ".vpc-lattice-rsc." in new


def test_the_record_is_changed_before_the_old_endpoint_goes_then_the_service_then_the_nlb(migration: Migration) -> None:
    in_turn = [
        migration.steps.asked(action)[-1]
        for action in (
            "ec2:CreateVpcEndpoint",
            "route53:ChangeResourceRecordSets",
            "ec2:DeleteVpcEndpoints",
            "ec2:DeleteVpcEndpointServiceConfigurations",
            "elasticloadbalancing:DeleteListener",
            "elasticloadbalancing:DeleteLoadBalancer",
        )
    ]
    assert in_turn == sorted(in_turn)
    assert len(migration.steps.asked("ec2:DeleteVpcEndpoints")) == 1
    assert len(migration.steps.asked("ec2:CreateVpcEndpoint")) == 2


def test_a_producer_that_is_too_early_is_refused_and_loses_nothing_that_clients_need(migration: Migration) -> None:
    assert "ExistingVpcEndpointConnections" in migration.refused.said
    assert migration.refused.inventory == migration.steps.inventories["3 again"]
    assert migration.refused.asked == ["ec2:DeleteVpcEndpointServiceConfigurations"]


def test_without_the_steps_between_terraform_destroys_the_old_way_before_the_name_is_changed(
    terraform: Terraform, tmp_path: Path
) -> None:
    """Why the page says to leave out no step: nothing but time orders the two, and making an endpoint takes longest."""

    def resources(behind: str) -> dict[str, Any]:
        slow = {"provisioner": [{"local-exec": {"command": "sleep 2"}}]} if behind == "new" else {}
        return {behind: slow, "name": {"input": f"${{terraform_data.{behind}.id}}"}}

    printed = ""
    for behind in ("old", "new"):
        (tmp_path / "main.tf.json").write_text(json.dumps({"resource": {"terraform_data": resources(behind)}}))
        printed = terraform.apply(tmp_path)
    assert printed.index("terraform_data.old: Destruction complete") < printed.index("terraform_data.name: Modifying")
