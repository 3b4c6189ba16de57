"""A link is taken down in any order on the real provider, and moved construct ids replace nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latticelink import (
    ExistingNetwork,
    IpResource,
    LocalState,
    ResourceEndpoint,
    ResourceGateway,
    SecurityGroup,
    Stack,
    moved,
)

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform, flat
from tests.engines.links import REGION, Link, Place, write

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture
def aws() -> Iterator[Aws]:
    with Aws.start() as started:
        yield started


@pytest.fixture
def terraform_on_aws(terraform_aws: Terraform, aws: Aws) -> Terraform:
    return terraform_aws.on(aws)


def test_a_consumer_is_destroyed_after_its_contract_is_gone(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    link = Link(Place.make(aws), Place.make(aws), endpoint={"dns_name": "orders.shared.internal"})
    before = aws.inventory()
    producer, consumer = link.write(tmp_path)
    for stack in (producer, consumer):
        terraform_on_aws.apply(stack)
    assert "existing association with VPC endpoints" in flat(terraform_on_aws.destroy(producer, expect=1))
    assert "latticelink" not in terraform_on_aws.outputs(producer)
    said = flat(terraform_on_aws.run(consumer, "plan", "-input=false", "-no-color", expect=1))
    assert "If it has been destroyed, `terraform destroy` works here all the same." in said
    terraform_on_aws.destroy(consumer)
    terraform_on_aws.destroy(producer)
    assert aws.inventory() == before


def test_constructs_with_other_ids_are_moved_and_only_tags_are_changed(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    here, there = Place.make(aws), Place.make(aws)

    def app(gateway: str, share: str, endpoint: str, moves: tuple[dict[str, str], dict[str, str]] | None = None) -> Any:
        def build(app: Any) -> None:
            state = LocalState()
            stack = Stack(app, "producer", state=state, region=REGION, aws_provider=PROVIDER_VERSION)
            network = ExistingNetwork(stack, "network", vpc_id=here.vpc, subnet_ids=here.subnets[:2])
            target = SecurityGroup(stack, "target", network, name="db")
            entrance = ResourceGateway(stack, gateway, network, name="entrance", ingress_cidrs=["10.0.0.0/16"])
            resource = IpResource("10.0.0.9", security_group_id=target.id)
            shared = entrance.share(share, resource, ports=[5432], configuration_name="orders")
            state.publish(stack, shared)
            if moves:
                moved(stack, moves[0])
            stack = Stack(app, "consumer", state=state, region=REGION, aws_provider=PROVIDER_VERSION)
            network = ExistingNetwork(stack, "network", vpc_id=there.vpc, subnet_ids=there.subnets[:2])
            read = state.read(stack, "producer")[share]
            group = SecurityGroup(stack, "clients", network, name="clients")
            reached = ResourceEndpoint(
                stack, endpoint, read, network, name="orders", client_security_group_ids=[group.id]
            )
            group.let_out(endpoint=reached, why="To orders")
            if moves:
                moved(stack, moves[1])

        return build

    for stack in write(tmp_path, app("gateway", "orders", "reach")):
        terraform_on_aws.apply(stack)
    before = aws.inventory()
    moves = ({"gateway": "entrance", "gateway/orders": "entrance/orders"}, {"reach": "orders"})
    stacks = write(tmp_path, app("entrance", "orders", "orders", moves))
    for stack in stacks:
        changed = {address: do for address, do in terraform_on_aws.plan(stack).items() if do != ["no-op"]}
        assert set(changed) == ({"aws_security_group.orders_group_4EBF7382"} if stack.name == "consumer" else set())
        assert all(do == ["update"] for do in changed.values()), "its Name tag comes from the id"
        terraform_on_aws.apply(stack)
    assert aws.inventory() == before
    for stack in stacks:
        terraform_on_aws.must_have_nothing_to_do(stack)
    for stack in reversed(stacks):
        terraform_on_aws.destroy(stack)
