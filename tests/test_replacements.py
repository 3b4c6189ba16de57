"""A change that replaces a gateway or a configuration is said aloud, and no other one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink import (
    App,
    ArnResource,
    DnsResource,
    GroupResource,
    IpResource,
    Member,
    Network,
    ResourceGateway,
)
from latticelink.replacements import Replacement, find_replacements, read_blocks

import pytest

from tests.builders import existing, make_stack
from tests.test_app import run_app
from tests.test_scenario import run_main

GROUP = "sg-0123456789abcdef0"
DATABASE = "arn:aws:rds:eu-west-1:111122223333:db:orders"
SUBNETS = ["subnet-11111111", "subnet-22222222"]


def produce(
    folder: Path,
    *,
    network: Callable[[Any], Any] | None = None,
    gateway: dict[str, Any] | None = None,
    resource: Any = None,
    share: dict[str, Any] | None = None,
    twice: bool = False,
    id: str = "gateway",
) -> Any:
    """Write a producer into `folder`; return what `read_blocks` finds there."""
    app = App(context={}, outdir=str(folder))
    stack = make_stack(app, aws_provider=">= 6.48.0, < 7.0.0")
    vpc = (network or existing)(stack)
    made = ResourceGateway(stack, id, vpc, **(gateway or {}))
    made.share("orders", resource or IpResource("10.0.0.9"), **({"ports": [5432]} if share is None else share))
    if twice:
        made.share("billing", IpResource("10.0.0.10"), ports=[443])
    app.synth()
    return read_blocks(folder)


def made(stack: Any, cidr: str = "10.0.0.0/16", zones: str = "ab") -> Any:
    return Network(stack, "network", cidr=cidr, zones=[f"eu-west-1{zone}" for zone in zones])


def between(folder: Path, one: dict[str, Any], other: dict[str, Any]) -> list[Replacement]:
    return find_replacements(produce(folder / "one", **one), produce(folder / "other", **other))


GATEWAY_CHANGES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"gateway": {"name": "other"}}, "name: producer-gateway -> other"),
    (
        {},
        {"gateway": {"subnets": SUBNETS[:1]}},
        'subnet_ids: ["subnet-11111111", "subnet-22222222"] -> ["subnet-11111111"]',
    ),
    ({}, {"gateway": {"ip_address_type": "DUALSTACK"}}, "ip_address_type: IPV4 -> DUALSTACK"),
    ({}, {"gateway": {"ipv4_addresses_per_eni": 4}}, "ipv4_addresses_per_eni: 16 -> 4"),
    ({}, {"gateway": {"dns_resolution": "IN_VPC"}}, "resource_config_dns_resolution: PUBLIC -> IN_VPC"),
    ({}, {"network": lambda s: existing(s, vpc_id="vpc-87654321")}, "vpc_id: vpc-12345678 -> vpc-87654321"),
]


@pytest.mark.parametrize(
    ("one", "other", "change"), GATEWAY_CHANGES, ids=[row[2].split(":")[0] for row in GATEWAY_CHANGES]
)
def test_a_change_that_replaces_the_gateway_is_found_with_what_it_takes_along(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any], change: str
) -> None:
    [found] = between(tmp_path, {**one, "twice": True}, {**other, "twice": True})
    assert (found.stack, found.name) == ("producer", "producer-gateway")
    assert found.address.startswith("aws_vpclattice_resource_gateway.")
    assert [str(each) for each in found.changes] == [change]
    assert found.configurations == ("producer-billing", "producer-orders")


CONFIGURATION_CHANGES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("its name", {}, {"share": {"ports": [5432], "configuration_name": "other"}}, "name: producer-orders -> other"),
    (
        "a name for an address",
        {},
        {"resource": DnsResource("db.example.com", security_group_id=GROUP)},
        'resource_configuration_definition: an IP address -> {"dns_resource": {"domain_name": "db.example.com", '
        '"ip_address_type": "IPV4"}}',
    ),
    (
        "another name",
        {"resource": DnsResource("db.example.com", security_group_id=GROUP)},
        {"resource": DnsResource("db2.example.com", security_group_id=GROUP)},
        'resource_configuration_definition: {"dns_resource": {"domain_name": "db.example.com", "ip_address_type": '
        '"IPV4"}} -> {"dns_resource": {"domain_name": "db2.example.com", "ip_address_type": "IPV4"}}',
    ),
    (
        "another database",
        {"resource": ArnResource(DATABASE, 1, GROUP), "share": {}},
        {"resource": ArnResource(f"{DATABASE}-2", 1, GROUP), "share": {}},
        f'resource_configuration_definition: {{"arn_resource": {{"arn": "{DATABASE}"}}}} -> '
        f'{{"arn_resource": {{"arn": "{DATABASE}-2"}}}}',
    ),
]


@pytest.mark.parametrize(
    ("what", "one", "other", "change"), CONFIGURATION_CHANGES, ids=[row[0] for row in CONFIGURATION_CHANGES]
)
def test_a_change_that_replaces_a_configuration_is_found(
    tmp_path: Path, what: str, one: dict[str, Any], other: dict[str, Any], change: str
) -> None:
    [found] = between(tmp_path, one, other)
    assert (found.name, found.configurations) == ("producer-orders", ()), what
    assert [str(each) for each in found.changes] == [change]


def test_a_replaced_group_takes_its_members_along(tmp_path: Path) -> None:
    group = GroupResource({"db": Member(IpResource("10.0.0.9"), ports=[5432])})
    [found] = between(
        tmp_path, {"resource": group, "share": {}}, {"resource": group, "share": {"configuration_name": "other"}}
    )
    assert found.configurations == ("producer-orders-db",)


def test_a_gateway_with_another_construct_id_is_another_one_to_terraform(tmp_path: Path) -> None:
    [found] = between(tmp_path, {}, {"id": "entrance", "gateway": {"name": "producer-gateway"}})
    [change] = found.changes
    assert (found.name, found.configurations) == ("producer-gateway", ("producer-orders",))
    assert (change.argument, change.old) == ("Terraform address", found.address)
    assert change.new.startswith("aws_vpclattice_resource_gateway.entrance_")


def test_a_gateway_of_another_vpc_is_not_taken_for_one_that_goes(tmp_path: Path) -> None:
    other = {"id": "entrance", "network": lambda stack: existing(stack, vpc_id="vpc-87654321")}
    assert between(tmp_path, {}, other) == []


def test_a_new_block_of_the_vpc_replaces_all_that_is_in_it(tmp_path: Path) -> None:
    [found] = between(tmp_path, {"network": made}, {"network": lambda stack: made(stack, "10.1.0.0/16")})
    assert [change.argument for change in found.changes] == ["subnet_ids", "subnet_ids", "vpc_id"]
    assert "cidr_block: 10.0.0.0/16 -> 10.1.0.0/16" in str(found.changes[-1])


def test_a_zone_that_is_added_replaces_the_gateway(tmp_path: Path) -> None:
    [found] = between(tmp_path, {"network": made}, {"network": lambda stack: made(stack, zones="abc")})
    [change] = found.changes
    assert (change.argument, change.old.count("aws_subnet."), change.new.count("aws_subnet.")) == ("subnet_ids", 2, 3)
    assert "${" not in change.old + change.new


IN_PLACE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("nothing", {}, {}),
    ("the target's address", {}, {"resource": IpResource("10.0.0.10")}),
    ("a port", {}, {"share": {"ports": [5433]}}),
    ("the order of the subnets", {}, {"network": lambda stack: existing(stack, subnet_ids=SUBNETS[::-1])}),
    ("another resource", {}, {"twice": True}),
    ("a resource that goes", {"twice": True}, {}),
    ("AWS's default, given", {}, {"gateway": {"ipv4_addresses_per_eni": 16}}),
    ("clients that are let in", {}, {"gateway": {"ingress_cidrs": ["10.0.0.0/8"]}}),
]


@pytest.mark.parametrize(("what", "one", "other"), IN_PLACE, ids=[row[0] for row in IN_PLACE])
def test_what_aws_changes_in_place_is_not_warned_about(
    tmp_path: Path, what: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert between(tmp_path, one, other) == [], what


APP = """stack = make(app)
network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
ResourceGateway(stack, "gateway", network, name="{}").share("db", IpResource("10.0.0.9"), ports=[5432])"""


@pytest.mark.parametrize("environment", [{}, {"CDKTF_OUTDIR": "cdktf.out"}], ids=["alone", "under the cdktf CLI"])
def test_a_second_synth_warns_before_its_summary(tmp_path: Path, environment: dict[str, str]) -> None:
    first = run_app(tmp_path, APP.format("old-name"), **environment)
    assert (first.returncode, first.stderr) == (0, "")
    second = run_app(tmp_path, APP.format("new-name"), **environment)
    assert second.returncode == 0
    assert second.stdout.startswith("Wrote cdktf.out/ for 1 stack") != bool(environment)
    lines = second.stderr.splitlines()
    assert lines[0] == "Warning: since the last synth, the following has changed in a way that AWS can only replace:"
    assert lines[2].startswith("  resource gateway 'old-name' (producer: aws_vpclattice_resource_gateway.")
    assert lines[3:5] == [
        "    name: old-name -> new-name",
        "    Terraform replaces it and with it 'producer-db'; every endpoint to what it shares is replaced too, "
        "which is an outage.",
    ]
    assert run_app(tmp_path, APP.format("new-name"), **environment).stderr == ""


@pytest.mark.parametrize("content", ["{", "[]", '{"stacks": {}}', '{"stacks": {"producer": {}}}'])
def test_an_output_folder_that_cannot_be_read_is_no_obstacle(tmp_path: Path, content: str) -> None:
    (tmp_path / "cdktf.out").mkdir()
    (tmp_path / "cdktf.out" / "manifest.json").write_text(content)
    result = run_app(tmp_path, APP.format("a-name"))
    assert (result.returncode, result.stderr) == (0, "")


def test_the_scenarios_gateway_name_is_warned_about(tmp_path: Path) -> None:
    assert run_main(tmp_path, settings={}).stderr == ""
    result = run_main(tmp_path, settings={"gateway_name": "another"})
    assert "name: privatelink-dev2-vpc-rscgw -> another" in result.stderr
    assert "with it 'privatelink-dev2-vpc-cfg'" in result.stderr
