"""What is told of an existing network and zone: Terraform looks it up, and the check needs no "unknown" for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from latticelink import (
    App,
    ExistingHostedZone,
    ExistingNetwork,
    ExistingSubnet,
    GroupResource,
    InvalidInput,
    IpResource,
    Member,
    ResourceEndpoint,
    ResourceGateway,
    ServiceNetworkAssociation,
    SharedResource,
)
from latticelink.checks.examination import examine
from latticelink.checks.findings import Answer
from latticelink.network.reading import read
from latticelink.paths.tracing import trace
from latticelink.testing import Synthesise, SynthesisedStack

import pytest

from tests.builders import STATE, make_stack

ORDERS = SharedResource.of_arn(
    "orders",
    "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0",
    ports=[5432],
    zone_ids=["euw1-az1"],
)
FINANCE = SharedResource.of_arn(
    "finance",
    "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0123456789abcdef0",
    ports=[443],
    members={"db": {"arn": "x", "dns_name": "x.example.com"}},
)
ZONE = ExistingHostedZone("Z0123456789ABCDEFGHIJ", "shared.internal")
CLIENTS: dict[str, Any] = {"client_cidrs": ["10.0.0.0/16"]}
A = ExistingSubnet("subnet-11111111", zone="eu-west-1a", cidr="10.0.1.0/24")
B = ExistingSubnet("subnet-22222222", zone="eu-west-1b", cidr="10.0.2.0/24")


def told(stack: Any, *subnets: ExistingSubnet, vpc: str = "vpc-12345678", **more: Any) -> ExistingNetwork:
    arguments = {"cidr": "10.0.0.0/16", **more}
    return ExistingNetwork(stack, "network", vpc_id=vpc, subnets=subnets or (B, A), **arguments)


def consumer(synthesise: Synthesise, build: Callable[[Any], object]) -> SynthesisedStack:
    return synthesise(lambda app: build(make_stack(app, "consumer")))["consumer"]


def test_subnets_and_vpc_are_looked_up_by_all_that_is_told(synthesise: Synthesise) -> None:
    written = consumer(synthesise, lambda stack: told(stack, A, ExistingSubnet("subnet-33333333")))
    assert without_notes(written.one("aws_vpc", "data")) == {"id": "vpc-12345678", "cidr_block": "10.0.0.0/16"}
    assert [without_notes(block) for block in written.all("aws_subnet", "data")] == [
        {
            "id": "subnet-11111111",
            "vpc_id": "vpc-12345678",
            "availability_zone": "eu-west-1a",
            "cidr_block": "10.0.1.0/24",
        },
        {"id": "subnet-33333333", "vpc_id": "vpc-12345678"},
    ]


def without_notes(block: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in block.items() if key != "//"}


def test_what_uses_the_subnets_waits_for_the_look_up_and_compares_zones_at_plan(synthesise: Synthesise) -> None:
    def build(stack: Any) -> None:
        ResourceEndpoint(stack, "orders", ORDERS, told(stack), **CLIENTS)

    endpoint = consumer(synthesise, build).one("aws_vpc_endpoint")
    assert all(subnet.startswith("${data.aws_subnet.") for subnet in endpoint["subnet_ids"])
    conditions = [each["condition"] for each in endpoint["lifecycle"]["precondition"]]
    assert any(".availability_zone_id" in condition and '["euw1-az1"]' in condition for condition in conditions)


def test_two_subnets_of_one_zone_are_refused_before_terraform_runs(stack: Any) -> None:
    twin = ExistingSubnet("subnet-22222222", zone="ap-northeast-1a")
    network = told(stack, ExistingSubnet("subnet-11111111", zone="ap-northeast-1a"), twin)
    with pytest.raises(InvalidInput, match="these are all in ap-northeast-1a"):
        reach(stack, network=network)


@pytest.mark.parametrize(
    ("what", "arguments", "needed"),
    [
        ("private DNS", {}, {"enable_dns_hostnames", "enable_dns_support"}),
        (
            "a name of its own",
            {"private_dns_enabled": False, "dns_name": "orders.shared.internal"},
            {"enable_dns_support"},
        ),
        ("no name", {"private_dns_enabled": False}, set()),
    ],
)
def test_the_plan_stops_where_the_vpc_lacks_the_dns_that_is_needed(
    synthesise: Synthesise, what: str, arguments: dict[str, Any], needed: set[str]
) -> None:
    def build(stack: Any) -> None:
        ResourceEndpoint(stack, "orders", ORDERS, told(stack), **CLIENTS, **arguments)

    vpc = consumer(synthesise, build).one("aws_vpc", "data")
    conditions = vpc.get("lifecycle", {}).get("postcondition", [])
    assert {each["condition"] for each in conditions} == {f"${{self.{attribute}}}" for attribute in needed}, what


@pytest.mark.parametrize(
    ("what", "arguments"),
    [
        ("ids alone", {"subnet_ids": ["subnet-11111111", "subnet-22222222"]}),
        ("zones of some", {"subnets": [A, ExistingSubnet("subnet-22222222")]}),
        ("ids that another resource gives", {"subnet_ids": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]}),
    ],
)
def test_the_plan_stops_at_two_subnets_of_one_zone(
    synthesise: Synthesise, what: str, arguments: dict[str, Any]
) -> None:
    def build(stack: Any) -> None:
        network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", **arguments)
        ResourceEndpoint(stack, "orders", ORDERS, network, **CLIENTS)

    written = consumer(synthesise, build)
    zones = [f"data.aws_subnet.{name}.availability_zone_id" for name in written.json["data"]["aws_subnet"]]
    conditions = [each["condition"] for each in written.one("aws_vpc_endpoint")["lifecycle"]["precondition"]]
    assert f"${{length(distinct([{', '.join(zones)}])) == 2}}" in conditions, what


def test_a_network_by_ids_alone_is_looked_up_and_its_ids_stay_as_written(synthesise: Synthesise) -> None:
    def build(stack: Any) -> None:
        network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
        ResourceEndpoint(stack, "orders", ORDERS, network, **CLIENTS)

    written = consumer(synthesise, build)
    assert written.one("aws_vpc_endpoint")["subnet_ids"] == ["subnet-12345678"]
    assert without_notes(written.one("aws_subnet", "data")) == {"id": "subnet-12345678", "vpc_id": "vpc-12345678"}
    assert written.one("aws_vpc", "data")["id"] == "vpc-12345678"


def test_a_name_goes_into_the_zone_that_exists_and_none_is_made(synthesise: Synthesise) -> None:
    def build(stack: Any) -> None:
        network = told(stack)
        ResourceEndpoint(
            stack, "orders", ORDERS, network, **CLIENTS, dns_name="db.eu.shared.internal", hosted_zone=ZONE
        )
        ServiceNetworkAssociation(
            stack, "finance", FINANCE, network, **CLIENTS, members_domain="shared.internal", hosted_zone=ZONE
        )

    written = consumer(synthesise, build)
    zone = written.one("aws_route53_zone", "data")
    assert (zone["name"], zone["vpc_id"], zone["private_zone"]) == ("shared.internal", "vpc-12345678", True)
    assert zone["lifecycle"]["postcondition"][0]["condition"] == '${self.zone_id == "Z0123456789ABCDEFGHIJ"}'
    [name] = written.json["data"]["aws_route53_zone"]
    assert {record["zone_id"] for record in written.all("aws_route53_record")} == {
        f"${{data.aws_route53_zone.{name}.zone_id}}"
    }
    assert {record["name"] for record in written.all("aws_route53_record")} == {
        "db.eu.shared.internal",
        "${each.key}.shared.internal",
    }
    assert written.all("aws_route53_zone") == []


def test_a_zone_without_an_id_is_found_by_its_name_alone(synthesise: Synthesise) -> None:
    zone = ExistingHostedZone(None, "Shared.internal")
    written = consumer(synthesise, lambda stack: reach(stack, dns_name="db.shared.internal", hosted_zone=zone))
    found = written.one("aws_route53_zone", "data")
    assert (found["name"], found["vpc_id"], found["private_zone"]) == ("shared.internal", "vpc-12345678", True)
    assert "lifecycle" not in found
    assert written.all("aws_route53_zone") == []


def reach(stack: Any, **more: Any) -> Any:
    orders = replace(ORDERS, arn=ORDERS.arn.replace("eu-west-1", stack.region))
    network = more.pop("network", None) or told(stack)
    return ResourceEndpoint(stack, more.pop("id", "orders"), orders, network, **CLIENTS, **more)


def made_then_given(stack: Any) -> None:
    network = told(stack, ExistingSubnet("subnet-12345678"))
    reach(stack, network=network, dns_name="a.shared.internal")
    reach(stack, network=network, id="b", dns_name="b.shared.internal", hosted_zone=ZONE, private_dns_enabled=False)


def two_of_one_name(stack: Any) -> None:
    network = told(stack, ExistingSubnet("subnet-12345678"))
    other = ExistingHostedZone("Z0000000000000000000", "shared.internal")
    reach(stack, network=network, dns_name="a.shared.internal", hosted_zone=ZONE)
    reach(stack, network=network, id="b", dns_name="b.shared.internal", hosted_zone=other, private_dns_enabled=False)


PLAIN = ExistingSubnet("subnet-12345678")


@pytest.mark.parametrize(
    ("what", "build", "place", "rule"),
    [
        ("no subnet", lambda stack: ExistingNetwork(stack, "network", vpc_id="vpc-12345678"), "network/subnet_ids",
         "A network has at least one subnet."),
        ("ids beside subnets", lambda stack: told(stack, PLAIN, subnet_ids=["subnet-12345678"]), "network/subnet_ids",
         "Subnets are given as ids alone or as subnets, not both."),
        ("an id that is none", lambda stack: told(stack, ExistingSubnet("a")), "network/subnets",
         "This id starts with 'subnet-'"),
        ("one subnet twice", lambda stack: told(stack, PLAIN, PLAIN), "network/subnets", "Each id is given once."),
        ("a zone of another region", lambda stack: told(stack, A), "network/subnets['subnet-11111111'].zone",
         "A zone is named by its region"),
        ("a block outside the VPC's", lambda stack: told(stack, ExistingSubnet("subnet-12345678", cidr="10.1.0.0/24")),
         "network/subnets['subnet-12345678'].cidr", "A subnet lies inside its VPC's block"),
        ("an IPv6 block that is none", lambda stack: told(stack, ExistingSubnet("subnet-12345678", ipv6_cidr="x")),
         "network/subnets['subnet-12345678'].ipv6_cidr", "A CIDR block is an address"),
        ("a name outside the zone",
         lambda stack: reach(stack, network=told(stack, PLAIN), dns_name="db.example.com", hosted_zone=ZONE),
         "orders/dns_name", "The names in a hosted zone lie below its own name, which is shared.internal."),
        ("a name that only ends like the zone",
         lambda stack: reach(stack, network=told(stack, PLAIN), dns_name="db.unshared.internal", hosted_zone=ZONE),
         "orders/dns_name", "The names in a hosted zone lie below its own name, which is shared.internal."),
        ("the zone's own name",
         lambda stack: reach(stack, network=told(stack, PLAIN), dns_name="shared.internal", hosted_zone=ZONE),
         "orders/dns_name", "The names in a hosted zone lie below its own name, which is shared.internal."),
        ("a zone and no name", lambda stack: reach(stack, network=told(stack, PLAIN), hosted_zone=ZONE),
         "orders/hosted_zone", "A hosted zone is only used for a name, and none is given."),
        ("a zone of a name that is made already", made_then_given, "b/hosted_zone",
         "A VPC has only one private zone with a given name; in this VPC, that of shared.internal is "
         "already created here."),
        ("another zone of the same name", two_of_one_name, "b/hosted_zone",
         "A VPC has only one private zone with a given name; in this VPC, that of shared.internal is already "
         "Z0123456789ABCDEFGHIJ."),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(
    stack: Any, what: str, build: Callable[[Any], object], place: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        build(stack)
    [finding] = caught.value.findings
    assert "/".join(finding.place) == f"producer/{place}", what
    assert finding.rule.startswith(rule), what


@pytest.mark.parametrize(("given", "argument"), [(("x", "shared.internal"), "id"), (("Z1234", "a b"), "name")])
def test_what_is_no_hosted_zone_is_refused(given: tuple[str, str], argument: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ExistingHostedZone(*given)
    assert [finding.place for finding in caught.value.findings] == [("ExistingHostedZone", argument)]


def both_sides(folder: Path) -> Path:
    """Write a producer and a consumer in existing VPCs, with all told; return the folder."""
    app = App(context={}, outdir=str(folder))
    producer, reader = make_stack(app, "producer"), make_stack(app, "consumer")
    theirs = told(producer, A, B, vpc="vpc-00000001")
    target = IpResource("10.0.1.9", security_group_id="sg-12345678")
    members = GroupResource({"db": Member(target, ports=[5432])})
    orders = ResourceGateway(producer, "gateway", theirs).share("orders", members)
    STATE.publish(producer, orders)
    their_subnets = (replace(subnet, id=subnet.id.replace("1", "3").replace("2", "4")) for subnet in (A, B))
    clients = told(reader, *their_subnets, vpc="vpc-00000002")
    ResourceEndpoint(
        reader,
        "orders",
        STATE.read(reader, "producer")["orders"],
        clients,
        **CLIENTS,
        ip_address_type="ipv4",
        members_domain="shared.internal",
        hosted_zone=ZONE,
    )
    app.synth()
    return folder


# Whose groups the target at a literal address has isn't told here.
ABOUT_THE_TARGET = {"gateway's group out", "target's group in"}


def test_nothing_of_a_network_and_a_zone_that_are_told_is_unknown(tmp_path: Path) -> None:
    folder = both_sides(tmp_path / "out")
    [path] = trace(read(folder))
    unknown = {hop.place for hop in path.hops if hop.answer is Answer.UNKNOWN}
    assert unknown <= ABOUT_THE_TARGET
    assert {"zones", "private DNS name", "route to the target"} <= {hop.place for hop in path.hops}
    judgements = examine(folder).of(Answer.UNKNOWN)
    assert {judged.check.id for judged in judgements} <= {"LL001", "LL004"}


def edit(folder: Path, stack: str, section: str, kind: str, change: Callable[[dict[str, Any]], object]) -> None:
    file = folder / "stacks" / stack / "cdk.tf.json"
    content = json.loads(file.read_text())
    for block in content[section][kind].values():
        change(block)
    file.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("what", "kind", "change", "place"),
    [
        ("the zones aren't told", "aws_subnet", lambda block: block.pop("availability_zone"), "zones"),
        ("the zone is found by its id", "aws_route53_zone",
         lambda block: block.update({"name": None, "vpc_id": None, "zone_id": ZONE.id}), "private DNS name"),
        ("the zone is one of another VPC", "aws_route53_zone",
         lambda block: block.update({"vpc_id": "vpc-00000009"}), "private DNS name"),
        ("nothing makes sure of the VPC's DNS", "aws_vpc", lambda block: block.pop("lifecycle"), "private DNS name"),
        ("the plan makes sure that DNS is off", "aws_vpc",
         lambda block: block["lifecycle"].update({"postcondition": [{"condition": "${!self.enable_dns_support}"}]}),
         "private DNS name"),
        ("the VPC is another one", "aws_vpc", lambda block: block.update({"id": "vpc-00000009"}), "private DNS name"),
    ],
)  # fmt: skip
def test_what_is_not_told_stays_unknown(
    tmp_path: Path, what: str, kind: str, change: Callable[[dict[str, Any]], object], place: str
) -> None:
    folder = both_sides(tmp_path / "out")
    edit(folder, "consumer", "data", kind, change)
    [path] = trace(read(folder))
    assert place in {hop.place for hop in path.hops if hop.answer is Answer.UNKNOWN}, what
    assert Answer.FAIL not in {hop.answer for hop in path.hops}, what


def test_zones_that_do_not_meet_block(tmp_path: Path) -> None:
    folder = both_sides(tmp_path / "out")
    edit(folder, "consumer", "data", "aws_subnet", lambda block: block.update({"availability_zone": "eu-west-1c"}))
    [path] = trace(read(folder))
    assert [hop.place for hop in path.hops if hop.answer is Answer.FAIL] == ["zones"]


def test_a_target_beyond_the_told_block_may_be_in_another_block_of_the_vpc(tmp_path: Path) -> None:
    folder = both_sides(tmp_path / "out")
    edit(folder, "producer", "data", "aws_vpc", lambda block: block.update({"cidr_block": "10.1.0.0/16"}))
    [path] = trace(read(folder))
    assert {hop.place: hop.answer for hop in path.hops}["route to the target"] is Answer.UNKNOWN
