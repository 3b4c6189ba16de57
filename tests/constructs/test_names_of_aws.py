"""AWS names that are made from ids: within AWS's rules, and with the stack's suffix."""

from __future__ import annotations

from typing import Any

from latticelink import (
    App,
    ExistingNetwork,
    GroupResource,
    InvalidInput,
    IpResource,
    LocalState,
    Member,
    ResourceEndpoint,
    ResourceGateway,
    ServiceNetwork,
    Stack,
)
from latticelink.testing import Synthesise

import pytest

from tests.builders import make_stack

STATE = LocalState()
LONG = "a-name-that-is-far-too-long-for-what-aws-takes"


def both(app: Any, name_suffix: str = "", id: str = "gateway", producer: str = "producer") -> None:
    """Make a producer of one of each thing that has a name of its own, and a consumer."""
    stack = make_stack(app, producer, name_suffix=name_suffix)
    network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
    gateway = ResourceGateway(stack, id, network)
    orders = gateway.share("orders", IpResource("10.0.0.9"), ports=[5432])
    members = {"one": Member(IpResource("10.0.0.8"), ports=[443])}
    finance = ServiceNetwork(stack, "finance").share("all", [orders])
    STATE.publish(stack, finance, gateway.share("g", GroupResource(members)))
    consumer = make_stack(app, "consumer", name_suffix=name_suffix)
    network = ExistingNetwork(consumer, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-87654321"])
    read = STATE.read(consumer, producer)["g"]
    ResourceEndpoint(consumer, "orders", read, network, client_cidrs=["10.0.0.0/16"])


def names(stacks: Any) -> set[str]:
    return {
        block["name"]
        for stack in stacks.values()
        for kind in (
            "aws_security_group",
            "aws_vpclattice_resource_configuration",
            "aws_vpclattice_resource_gateway",
            "aws_vpclattice_service_network",
        )
        for block in stack.all(kind)
    }


@pytest.mark.parametrize("suffix", ["dev", "${terraform.workspace}"])
def test_all_names_that_are_derived_end_in_the_suffix(synthesise: Synthesise, suffix: str) -> None:
    plain, ending = (names(synthesise(lambda app, each=each: both(app, each))) for each in ("", suffix))
    assert ending == {f"{name}-{suffix}" for name in plain}
    assert len(plain) == 6


def test_with_a_suffix_too_a_name_is_as_long_as_aws_takes(synthesise: Synthesise) -> None:
    found = names(synthesise(lambda app: both(app, "x" * 16, LONG)))
    gateway = next(name for name in found if name.startswith("producer-a-"))
    assert len(gateway) == 40


@pytest.mark.parametrize("suffix", ["Dev", "-dev", "a" * 17, "a_b", 7])
def test_a_suffix_that_names_can_not_end_in_is_refused(suffix: Any) -> None:
    with pytest.raises(InvalidInput, match="Names end in 1 to 16"):
        Stack(App(context={}), "producer", state=STATE, region="eu-west-1", name_suffix=suffix)


def test_the_group_of_a_gateway_has_a_name_that_aws_takes_for_groups(synthesise: Synthesise) -> None:
    assert "x-sg-prod-gateway" in names(synthesise(lambda app: both(app, producer="sg-prod")))


def test_the_group_of_a_gateway_called_default_is_called_otherwise(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app)
        network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
        ResourceGateway(stack, "gateway", network, name="default")

    assert names(synthesise(build)) == {"default", "default-group"}
