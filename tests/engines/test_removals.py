"""What is taken away on the real provider: nothing that others need, and nothing before AWS lets the rest go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from latticelink import ExistingNetwork, IpResource, LocalState, ResourceEndpoint, ResourceGateway, Stack

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform, flat
from tests.engines.links import REGION, Link, Place, write

pytestmark = [pytest.mark.engine, pytest.mark.slow]

CONFIGURATION = "aws_vpclattice_resource_configuration"


@pytest.fixture
def aws() -> Iterator[Aws]:
    """Return an AWS of the test's own, so that what a failed one left is nobody else's."""
    with Aws.start() as started:
        yield started


@pytest.fixture
def terraform_on_aws(terraform_aws: Terraform, aws: Aws) -> Terraform:
    return terraform_aws.on(aws)


def app(here: Place, there: Place, shares: dict[str, str], reads: list[str]) -> Callable[[Any], None]:
    """Return an app that shares addresses in one group on one port, and has an endpoint for each name in `reads`."""
    state = LocalState()

    def build(app: Any) -> None:
        stack = Stack(app, "producer", state=state, region=REGION, aws_provider=PROVIDER_VERSION)
        network = ExistingNetwork(stack, "network", vpc_id=here.vpc, subnet_ids=here.subnets[:2])
        gateway = ResourceGateway(stack, "gateway", network, ingress_cidrs=["10.0.0.0/16"])
        targets = {name: IpResource(address, security_group_id=here.group) for name, address in shares.items()}
        state.publish(stack, *(gateway.share(name, target, ports=[5432]) for name, target in targets.items()))
        stack = Stack(app, "consumer", state=state, region=REGION, aws_provider=PROVIDER_VERSION)
        network = ExistingNetwork(stack, "network", vpc_id=there.vpc, subnet_ids=there.subnets[:2])
        shared = state.read(stack, "producer")
        for name in reads:
            ResourceEndpoint(stack, name, shared[name], network, client_cidrs=["10.0.0.0/16"])

    return build


def rules(aws: Aws) -> set[str]:
    found = aws.client("ec2", REGION).describe_security_group_rules()["SecurityGroupRules"]
    return {rule["SecurityGroupRuleId"] for rule in found}


PRIMARY, REPLICA = {"primary": "10.0.0.9"}, {"replica": "10.0.0.10"}


def test_two_addresses_in_one_group_are_applied_and_renaming_one_changes_no_rule(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    here, there = Place.make(aws), Place.make(aws)
    both = {**PRIMARY, **REPLICA}
    producer, _ = write(tmp_path, app(here, there, both, []))
    terraform_on_aws.apply(producer)
    before = rules(aws)
    for shares in ({**PRIMARY, "standby": "10.0.0.10"}, PRIMARY, REPLICA, both):
        write(tmp_path, app(here, there, shares, []))
        planned = terraform_on_aws.plan(producer)
        changed = {address.partition(".")[0] for address, actions in planned.items() if actions != ["no-op"]}
        assert changed == {CONFIGURATION}, shares
        terraform_on_aws.apply(producer)
        terraform_on_aws.must_have_nothing_to_do(producer)
        assert rules(aws) == before
    terraform_on_aws.destroy(producer)


@pytest.mark.parametrize("shares", [REPLICA, {"renamed": "10.0.0.9"}], ids=["left out", "renamed"])
def test_a_share_that_is_in_use_stays_whole_when_aws_refuses_its_removal(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path, shares: dict[str, str]
) -> None:
    here, there = Place.make(aws), Place.make(aws)
    stacks = write(tmp_path, app(here, there, PRIMARY, ["primary"]))
    for stack in stacks:
        terraform_on_aws.apply(stack)
    before = rules(aws)
    write(tmp_path, app(here, there, shares, []))
    printed = flat(terraform_on_aws.apply(stacks[0], expect=1))
    assert "existing association with VPC endpoints" in printed
    assert before <= rules(aws)
    write(tmp_path, app(here, there, PRIMARY, ["primary"]))
    for stack in stacks:
        terraform_on_aws.apply(stack)
        terraform_on_aws.must_have_nothing_to_do(stack)
    assert rules(aws) == before
    for stack in reversed(stacks):
        terraform_on_aws.destroy(stack)


def test_a_producer_that_is_destroyed_before_its_consumer_goes_on_working(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    stacks = write(tmp_path, app(Place.make(aws), Place.make(aws), PRIMARY, ["primary"]))
    for stack in stacks:
        terraform_on_aws.apply(stack)
    before = rules(aws)
    printed = flat(terraform_on_aws.destroy(stacks[0], expect=1))
    assert "existing association with VPC endpoints" in printed
    assert rules(aws) == before
    for stack in stacks:
        terraform_on_aws.apply(stack)
        terraform_on_aws.must_have_nothing_to_do(stack)
    for stack in reversed(stacks):
        terraform_on_aws.destroy(stack)


def test_made_groups_are_swapped_for_ones_of_the_user_and_back(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    made = Link(Place.make(aws), Place.make(aws))
    own = replace(
        made,
        gateway={"security_group_ids": [made.producer.group]},
        endpoint={"client_cidrs": [], "security_group_ids": [made.consumer.group]},
    )
    for link in (made, own, made):
        for stack in link.write(tmp_path):
            terraform_on_aws.apply(stack)
            terraform_on_aws.must_have_nothing_to_do(stack)
        made_now = aws.inventory()["vpce"]
        [endpoint] = aws.client("ec2", REGION).describe_vpc_endpoints(VpcEndpointIds=made_now)["VpcEndpoints"]
        assert (endpoint["Groups"][0]["GroupId"] == made.consumer.group) == (link is own)
    stacks = made.write(tmp_path)
    for stack in reversed(stacks):
        terraform_on_aws.destroy(stack)
