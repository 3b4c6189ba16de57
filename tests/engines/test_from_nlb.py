"""The way from an NLB's endpoint service to a resource endpoint, applied step by step on the real provider."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform, flat
from tests.engines.scenario import narrow
from tests.flavour import program_of
from tests.refusals import READS, unlisted

pytestmark = [pytest.mark.engine, pytest.mark.slow(together=True)]

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
Plan = dict[str, list[str]]


@dataclass
class Migration:
    """The steps as they were applied: each plan, the objects after it, and what AWS was asked for."""

    plans: dict[str, tuple[Plan, Plan]] = field(default_factory=dict)
    inventories: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    refused: str = ""
    after_refusal: dict[str, list[str]] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def migration(terraform_aws: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Migration]:
    """Apply each step as the page says, with a step back, and the producer too early at the last one."""
    folder, done = tmp_path_factory.mktemp("migration"), Migration()
    with Aws.start() as aws:
        terraform = terraform_aws.on(aws)
        producer, consumer = (folder / "from-nlb.out" / "stacks" / name for name in ("producer", "consumer"))

        def apply(name: str, *stacks: Path) -> None:
            plans = {}
            for stack in stacks:
                plans[stack] = changes(terraform.plan(stack))
                if plans[stack]:
                    terraform.run(stack, "apply", "-input=false", "the.plan")
            done.plans[name] = plans.get(producer, {}), plans.get(consumer, {})
            done.inventories[name] = aws.inventory()

        write(folder, "1", producer, consumer)
        for stack in (producer, consumer):
            terraform.init(stack)
        apply("1", producer, consumer)
        write(folder, "2", producer, consumer)
        apply("2", producer, consumer)
        write(folder, "3", producer, consumer)
        apply("3", producer, consumer)
        write(folder, "2", producer, consumer)
        apply("back", consumer)
        write(folder, "3", producer, consumer)
        apply("3 again", consumer)
        write(folder, "4", producer, consumer)
        before = len(aws.log())
        done.refused = flat(terraform.run(producer, "apply", "-auto-approve", "-input=false", expect=1))
        done.after_refusal = aws.inventory()
        done.tried = [entry["action"] for entry in aws.log()[before:]]
        apply("4", consumer, producer)
        for stack in (producer, consumer):
            terraform.must_have_nothing_to_do(stack)
        done.log = aws.log()
        assert unlisted(aws.actions()) == []
        yield done


def write(folder: Path, step: str, *stacks: Path) -> None:
    result = run_python(folder, str(program_of("from-nlb")), MIGRATION_STEP=step)
    assert result.returncode == 0, result.stderr
    for stack in stacks:
        narrow(stack)


def changes(plan: Plan) -> Plan:
    """Return what is planned for each resource that something happens to; reading changes nothing."""
    return {address: do for address, do in plan.items() if do not in (["no-op"], ["read"])}


def asked(migration: Migration, action: str) -> list[int]:
    """Return where in the log AWS did what an action asks for."""
    return [place for place, entry in enumerate(migration.log) if entry["action"] == action and entry["status"] == 200]


def test_the_new_way_is_made_beside_the_old_one_and_nothing_of_that_is_touched(migration: Migration) -> None:
    for plan in migration.plans["2"]:
        assert plan
        assert set(map(tuple, plan.values())) == {("create",)}
    before, after = migration.inventories["1"], migration.inventories["2"]
    assert all(set(before[kind]) <= set(after[kind]) for kind in before)


@pytest.mark.parametrize("step", ["3", "back", "3 again"])
def test_the_name_alone_is_changed_and_in_place_to_cut_over_and_to_go_back(migration: Migration, step: str) -> None:
    assert migration.plans[step] == ({}, {RECORD: ["update"]})
    assert migration.inventories[step] == migration.inventories["2"]


def test_at_the_end_the_old_way_alone_is_destroyed_and_nothing_of_it_is_left(migration: Migration) -> None:
    of_producer, of_consumer = migration.plans["4"]
    assert of_producer == {address: ["delete"] for address in OF_THE_NLB}
    assert OLD_ENDPOINT in of_consumer
    assert all("old-endpoint" in address and do == ["delete"] for address, do in of_consumer.items())
    first, last = migration.inventories["1"], migration.inventories["4"]
    assert not {"service", "balancer"} & set(last)
    assert not set(first["vpce"]) & set(last["vpce"])


def test_the_name_leads_to_an_endpoint_that_is_available_after_every_call(migration: Migration) -> None:
    led = [entry["names"].get(NAME) for entry in migration.log]
    first = next(place for place, each in enumerate(led) if each)
    assert first
    assert {each and each[1] for each in led[first:]} == {"available"}
    targets = [each[0] for each in led[first:] if each]
    led_in_turn = [target for place, target in enumerate(targets) if target not in targets[place - 1 : place]]
    old, new = led_in_turn[:2]
    assert led_in_turn == [old, new, old, new]
    assert ".vpce-svc-" in old
    assert ".vpc-lattice-rsc." in new


def test_the_record_is_changed_before_the_old_endpoint_goes_then_the_service_then_the_nlb(migration: Migration) -> None:
    in_turn = [
        asked(migration, action)[-1]
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
    assert len(asked(migration, "ec2:DeleteVpcEndpoints")) == 1
    assert len(asked(migration, "ec2:CreateVpcEndpoint")) == 2


def test_a_producer_that_is_too_early_is_refused_and_loses_nothing_that_clients_need(migration: Migration) -> None:
    assert "ExistingVpcEndpointConnections" in migration.refused
    assert migration.after_refusal == migration.inventories["3 again"]
    changing = [action for action in migration.tried if not action.partition(":")[2].startswith(READS)]
    assert changing == ["ec2:DeleteVpcEndpointServiceConfigurations"]


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
