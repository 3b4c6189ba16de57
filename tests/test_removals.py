"""What the next synth takes away from consumers is said aloud, with the order of applies that works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latticelink import (
    App,
    ExistingNetwork,
    IpResource,
    LocalState,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    ServiceNetwork,
    SharedResource,
    moved,
)
from latticelink.removals import Removal, find_removals
from latticelink.replacements import Replacement, as_moved, blocks_of, describe, find_replacements, read_blocks
from latticelink.terraform.sources import synthesised

import pytest

from tests.builders import make_stack
from tests.test_app import run_app

ARN = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0"
STATE = LocalState()


def network(stack: Any, id: str = "network") -> Any:
    return ExistingNetwork(stack, id, vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])


def producer(app: Any, ports: dict[str, list[int]] | None = None, members: tuple[str, ...] = ("orders",)) -> None:
    stack = make_stack(app)
    gateway = ResourceGateway(stack, "gateway", network(stack))
    shares = {"orders": [80, 443], "billing": [443]} if ports is None else ports
    shared = {
        name: gateway.share(name, IpResource(f"10.0.0.{number}"), ports=own)
        for number, (name, own) in enumerate(shares.items(), 9)
    }
    finance = [ServiceNetwork(stack, "finance").share("finance", [shared[name] for name in members])] if members else []
    STATE.publish(stack, *shared.values(), *finance)


def consumer(
    app: Any,
    zones: str = "ab",
    vpc: str = "network",
    endpoint: str = "orders",
    read: str = ARN,
    moves: dict[str, str] | None = None,
) -> None:
    stack = make_stack(app, "consumer")
    where = Network(stack, vpc, name="shop", cidr="10.0.0.0/16", zones=[f"eu-west-1{zone}" for zone in zones])
    orders = SharedResource.of_arn("orders", read, ports=[5432])
    ResourceEndpoint(stack, endpoint, orders, where, client_cidrs=["10.0.0.0/16"])
    if moves:
        moved(stack, moves)


def between(folder: Path, build: Any, one: dict[str, Any], other: Any) -> tuple[list[Replacement], list[Removal]]:
    """Return what is found between two synths; `other` is None where the stack is gone."""
    for name, arguments in (("one", one), ("other", other)):
        app = App(context={}, outdir=str(folder / name))
        if arguments is None:
            network(make_stack(app, "another"))
        else:
            build(app, **arguments)
        app.synth()
    stacks = synthesised(folder / "other")
    before, after = as_moved(read_blocks(folder / "one"), stacks), blocks_of(stacks)
    replacements = find_replacements(before, after)
    return replacements, find_removals(before, after, replacements)


REMOVALS: list[tuple[str, Any, str, str]] = [
    (
        "a share that goes",
        {"ports": {"orders": [80, 443]}},
        "resource configuration 'producer-billing'",
        "AWS refuses to delete it, and no connection is cut",
    ),
    (
        "a share with a new name",
        {"ports": {"orders": [80, 443], "invoices": [443]}},
        "resource configuration 'producer-billing'",
        "share it under both names, apply, let the consumers read the new one",
    ),
    (
        "a port",
        {"ports": {"orders": [443], "billing": [443]}},
        "port 80 of resource configuration 'producer-orders'",
        "are cut as soon as this is applied",
    ),
    (
        "another port in its place",
        {"ports": {"orders": [80, 443], "billing": [8443]}},
        "port 443 of resource configuration 'producer-billing'",
        "are cut as soon as this is applied",
    ),
    (
        "a service network",
        {"members": ()},
        "service network 'producer-finance'",
        "AWS refuses to delete it, and no connection is cut",
    ),
    (
        "a resource of a service network",
        {"members": ("billing",)},
        "a resource of a service network, 'orders'",
        "Clients that reach it through the service network are cut off",
    ),
    ("a stack", None, "a stack with shared resources is no longer part of the app", "run `terraform destroy`"),
]


@pytest.mark.parametrize(("change", "other", "what", "then"), REMOVALS, ids=[row[0] for row in REMOVALS])
def test_what_consumers_would_miss_is_found(tmp_path: Path, change: str, other: Any, what: str, then: str) -> None:
    replacements, removals = between(tmp_path, producer, {}, other)
    assert replacements == [], change
    assert (removals[0].what, then in removals[0].then) == (what, True)


@pytest.mark.parametrize(
    ("change", "one", "other"),
    [
        ("nothing", {}, {}),
        ("a share more", {"ports": {"orders": [443]}}, {"ports": {"orders": [443], "billing": [443]}}),
        ("a port more", {"ports": {"orders": [443]}}, {"ports": {"orders": [80, 443]}}),
        ("a resource more in a service network", {}, {"members": ("orders", "billing")}),
    ],
)
def test_what_is_added_is_not_said(tmp_path: Path, change: str, one: Any, other: Any) -> None:
    assert between(tmp_path, producer, one, other) == ([], []), change


ENDPOINT: list[tuple[str, dict[str, Any], str]] = [
    ("a zone more", {"zones": "abc"}, "subnet_ids"),
    ("a zone less", {"zones": "a"}, "subnet_ids"),
    ("another resource", {"read": ARN.replace("0123", "4567")}, "resource_configuration_arn"),
    ("a network with another id", {"vpc": "shop"}, "vpc_id"),
    ("another id", {"endpoint": "reach"}, "Terraform address"),
]


@pytest.mark.parametrize(("change", "other", "argument"), ENDPOINT, ids=[row[0] for row in ENDPOINT])
def test_what_replaces_an_endpoint_is_found(tmp_path: Path, change: str, other: dict[str, Any], argument: str) -> None:
    [found], removals = between(tmp_path, consumer, {}, other)
    assert found.address.startswith("aws_vpc_endpoint.orders_"), change
    assert argument in [each.argument for each in found.changes]
    assert removals == []
    text = describe([found], {}, tmp_path)
    assert "  endpoint 'consumer-orders' (consumer: aws_vpc_endpoint.orders_" in text
    assert "connections to it are cut" in text
    assert "AWS deletes no configuration" not in text


@pytest.mark.parametrize(
    ("change", "other"),
    [
        ("a network", {"vpc": "shop", "moves": {"network": "shop"}}),
        ("an endpoint", {"endpoint": "reach", "moves": {"orders": "reach"}}),
    ],
)
def test_what_is_moved_is_not_said(tmp_path: Path, change: str, other: dict[str, Any]) -> None:
    assert between(tmp_path, consumer, {}, other) == ([], []), change


APP = """stack = make(app)
network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
gateway = ResourceGateway(stack, "gateway", network)
for name in {}:
    gateway.share(name, IpResource("10.0.0.9"), ports=[5432])"""


def test_a_second_synth_says_what_goes_before_its_summary(tmp_path: Path) -> None:
    assert run_app(tmp_path, APP.format('["orders", "billing"]')).stderr == ""
    second = run_app(tmp_path, APP.format('["orders"]'))
    assert second.returncode == 0
    lines = second.stderr.splitlines()
    assert lines[0] == "Warning: since the last synth, the following is removed, and consumers may still use it:"
    assert lines[2].startswith("  resource configuration 'producer-billing' (producer: aws_vpclattice_")
    assert lines[-2] == "Each change with its commands: docs/changes.md."
    assert run_app(tmp_path, APP.format('["orders"]')).stderr == ""


def test_the_endpoints_of_the_app_that_are_in_the_way_are_told_with_their_commands(tmp_path: Path) -> None:
    def both(name: str) -> str:
        return f"""from latticelink import ResourceEndpoint
stack = make(app)
network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
gateway = ResourceGateway(stack, "gateway", network, name="{name}")
LocalState().publish(stack, gateway.share("db", IpResource("10.0.0.9"), ports=[1]))
stack = make(app, "consumer")
network = ExistingNetwork(stack, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-87654321"])
ResourceEndpoint(stack, "db", LocalState().read(stack, "producer")["db"], network, client_cidrs=["10.0.0.0/8"])"""

    assert run_app(tmp_path, both("one")).stderr == ""
    said = run_app(tmp_path, both("another")).stderr
    assert "  terraform -chdir=cdktf.out/stacks/consumer destroy -target=aws_vpc_endpoint.db_endpoint_" in said
