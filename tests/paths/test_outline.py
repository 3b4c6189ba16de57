"""The outline: what paths lead through as plain data, in process and as `topology` of the check's JSON."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from latticelink.checks.examination import examined
from latticelink.network.reading import read
from latticelink.paths import outline as parts
from latticelink.paths.outlining import outline_of
from latticelink.reports.text import as_json

import pytest

from tests.conftest import ROOT
from tests.paths.topologies import CONFIGURATION, GATEWAY, Stacks, put, right, write
from tests.picture.inputs import CASES, changed, network, peered

SINGLE = {"clients": "vpcs", "endpoints": "vpcs", "gateways": "vpcs", "targets": "vpcs"}
OF_PATH = {
    "clients": "clients",
    "endpoint": "endpoints",
    "service_network": "service_networks",
    "resource_configuration": "resource_configurations",
    "gateway": "gateways",
    "target": "targets",
}


def told(tmp_path: Path, stacks: Stacks) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(as_json(examined(write(tmp_path, stacks))))
    return report


@pytest.mark.parametrize("case", CASES)
def test_every_id_that_is_named_is_there_and_paths_come_in_the_order_of_the_report(tmp_path: Path, case: str) -> None:
    report = told(tmp_path, CASES[case]())
    topology = report["topology"]
    ids = {name: [each["id"] for each in topology[name]] for name in {*OF_PATH.values(), "vpcs"}}
    assert all(len(each) == len(set(each)) for each in ids.values())
    for name in SINGLE:
        assert {each["vpc"] for each in topology[name]} <= set(ids["vpcs"])
    for each in topology["resource_configurations"]:
        assert each["gateway"] in ids["gateways"]
        assert each["target"] in ids["targets"]
    assert len(topology["paths"]) == len(report["paths"])
    for mine, theirs in zip(topology["paths"], report["paths"], strict=True):
        assert all(mine[key] is None or mine[key] in ids[name] for key, name in OF_PATH.items())
        assert mine["resource_configuration"] == theirs["resource_configuration"]
        assert mine["endpoint"] in (theirs["endpoint"], None)


def test_the_right_topology_is_told_part_by_part(tmp_path: Path) -> None:
    topology = told(tmp_path, right())["topology"]
    assert (topology["version"], topology["stacks"]) == (1, ["consumer", "producer"])
    [mine, other] = topology["vpcs"]
    assert (mine["cidrs"], mine["stacks"], mine["made"]) == (["10.1.0.0/16"], ["consumer"], True)
    assert other["cidrs"] == ["10.2.0.0/16"]
    [clients] = topology["clients"]
    assert (clients["kind"], clients["name"]) == ("group", "client")
    assert [each["id"] for each in clients["members"]] == ["consumer: aws_instance.client"]
    [endpoint] = topology["endpoints"]
    assert [subnet["zone"] for subnet in endpoint["subnets"]] == ["eu-west-1a", "eu-west-1b"]
    assert (endpoint["kind"], endpoint["groups"]) == ("endpoint", ["aws_security_group.endpoint"])
    [resource] = topology["resource_configurations"]
    assert (resource["type"], resource["ports"]) == ("SINGLE", ["443"])
    [target] = topology["targets"]
    assert (target["kind"], target["known"], target["vpc"]) == ("EC2 instance", True, other["id"])
    assert topology["paths"][0]["zones"] == ["eu-west-1a", "eu-west-1b"]


def test_a_hop_tells_where_its_rule_is_written(tmp_path: Path) -> None:
    stacks = changed(put("consumer", "aws_vpc_security_group_ingress_rule", "endpoint_in", description="From clients"))
    hops = {hop["place"]: hop for hop in told(tmp_path, stacks)["paths"][0]["hops"]}
    admitting = hops["endpoint's group in"]
    [rule] = admitting["rules"]
    assert rule["block"] == "consumer: aws_vpc_security_group_ingress_rule.endpoint_in"
    assert (rule["description"], admitting["judged"]) == ("From clients", True)
    assert Path(rule["file"]) == tmp_path / "consumer" / "main.tf.json"
    assert hops["private DNS name"]["judged"] is False


def test_what_blocks_tells_the_rules_that_come_nearest(tmp_path: Path) -> None:
    stacks = changed(
        put("producer", "aws_vpc_security_group_ingress_rule", "target_in", from_port=80, to_port=80),
    )
    hops = {hop["place"]: hop for hop in told(tmp_path, stacks)["paths"][0]["hops"]}
    blocking = hops["target's group in"]
    assert (blocking["answer"], [each["block"] for each in blocking["rules"]]) == (
        "fail",
        ["producer: aws_vpc_security_group_ingress_rule.target_in"],
    )


def test_a_service_network_is_told_once_for_both_ways_into_it(tmp_path: Path) -> None:
    topology = told(tmp_path, network())["topology"]
    [found] = topology["service_networks"]
    assert found["name"] == "finance"
    assert {each["kind"] for each in topology["endpoints"]} == {"endpoint", "association"}
    assert {each["service_network"] for each in topology["paths"]} == {found["id"]}


def test_a_target_in_another_vpc_is_told_with_its_own(tmp_path: Path) -> None:
    topology = told(tmp_path, peered())["topology"]
    names = {each["id"]: each["name"] for each in topology["vpcs"]}
    assert names[topology["targets"][0]["vpc"]] == "databases"
    assert names[topology["gateways"][0]["vpc"]] == "main"


def test_a_vpc_that_two_stacks_name_by_its_id_is_one(tmp_path: Path) -> None:
    known = {"vpc_id": "vpc-0123456789abcdef0"}
    stacks = changed(put("consumer", "aws_vpc_endpoint", "web", **known), put("producer", GATEWAY, "gateway", **known))
    topology = told(tmp_path, stacks)["topology"]
    [found] = [each for each in topology["vpcs"] if each["id"] == known["vpc_id"]]
    assert (found["stacks"], found["made"]) == (["consumer", "producer"], False)


def test_accounts_and_whom_ram_shares_with_are_told(tmp_path: Path) -> None:
    stacks = right()
    stacks["producer"]["provider"] = {"aws": [{"region": "eu-west-1", "allowed_account_ids": ["111122223333"]}]}
    role = {"role_arn": "arn:aws:iam::444455556666:role/deploy"}
    stacks["consumer"]["provider"] = {"aws": [{"region": "eu-west-1", "assume_role": [role]}]}
    share = "${aws_ram_resource_share.all.arn}"
    stacks["producer"]["resource"] |= {
        "aws_ram_resource_share": {"all": {"name": "all"}},
        "aws_ram_resource_association": {
            "web": {"resource_arn": f"${{{CONFIGURATION}.web.arn}}", "resource_share_arn": share}
        },
        "aws_ram_principal_association": {"one": {"principal": "444455556666", "resource_share_arn": share}},
    }
    topology = told(tmp_path, stacks)["topology"]
    assert [each["account"] for each in topology["vpcs"]] == ["444455556666", "111122223333"]
    assert {each["region"] for each in topology["vpcs"]} == {"eu-west-1"}
    assert topology["resource_configurations"][0]["shared_with"] == ["444455556666"]


def test_names_that_clients_use_are_told(tmp_path: Path) -> None:
    stacks = right()
    stacks["consumer"]["resource"] |= {
        "aws_route53_zone": {"own": {"name": "shared.internal", "vpc": [{"vpc_id": "${aws_vpc.main.id}"}]}},
        "aws_route53_record": {
            "web": {
                "zone_id": "${aws_route53_zone.own.zone_id}",
                "name": "web.shared.internal",
                "type": "CNAME",
                "records": ["${aws_vpc_endpoint.web.dns_entry[0].dns_name}"],
            }
        },
    }
    assert told(tmp_path, stacks)["topology"]["endpoints"][0]["dns_names"] == ["web.shared.internal"]


TARGETS = [
    ("an address that isn't in the files", {"ip_resource": {"ip_address": "10.2.0.99"}}, "address", "10.2.0.99"),
    ("a host name", {"dns_resource": {"domain_name": "db.example.com"}}, "host name", "db.example.com"),
    ("a value that only apply tells", {"ip_resource": {"ip_address": "${var.ip}"}}, "target", "an unknown target"),
]


@pytest.mark.parametrize(("sentence", "definition", "kind", "name"), TARGETS, ids=[row[0] for row in TARGETS])
def test_a_target_that_is_not_in_the_files_is_told_as_what_it_is(
    tmp_path: Path, sentence: str, definition: Any, kind: str, name: str
) -> None:
    stacks = changed(put("producer", CONFIGURATION, "web", resource_configuration_definition=definition))
    [target] = told(tmp_path, stacks)["topology"]["targets"]
    assert (target["kind"], target["name"], target["known"]) == (kind, name, False), sentence


def test_the_documentation_names_every_key() -> None:
    page = (ROOT / "docs" / "topology.md").read_text()
    for part in (
        parts.Vpc,
        parts.Subnet,
        parts.Workload,
        parts.Clients,
        parts.Endpoint,
        parts.ServiceNetwork,
        parts.Gateway,
        parts.Target,
        parts.ResourceConfiguration,
        parts.Way,
    ):
        for each in fields(part):
            assert f"`{each.name}`" in page or each.name == "traced", f"{part.__name__}.{each.name}"


def test_a_configuration_without_paths_has_an_empty_outline(tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text('{"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}}')
    found = outline_of(read(tmp_path))
    assert (found.ways, found.vpcs) == ([], {})
