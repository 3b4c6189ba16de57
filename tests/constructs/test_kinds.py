"""Each kind of resource: its configuration, its rules on both sides, what is published, and the consumer's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from latticelink import (
    ArnResource,
    DnsResource,
    GroupResource,
    InvalidInput,
    IpResource,
    Member,
    ResourceEndpoint,
    ResourceGateway,
    SharedResource,
)
from latticelink.testing import Synthesise, SynthesisedApp, SynthesisedStack

import pytest

from tests.builders import GROUP, STATE, existing, make_stack
from tests.flavour import bindings

DATABASE = "arn:aws:rds:eu-west-1:111122223333:db:orders"
HERE = DATABASE.replace("eu-west-1", "ap-northeast-1")
MEMBERS = {
    "web": Member(DnsResource("web.example.com", cidrs=["10.0.2.0/24"]), ports=[443, "8000-8010"]),
    "db": Member(IpResource("10.0.1.11", security_group_id=GROUP), ports=[5432]),
}
RULES = ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")


def both(synthesise: Synthesise, resource: Any, **endpoint: Any) -> SynthesisedApp:
    def build(app: Any) -> None:
        producer = make_stack(app)
        gateway = ResourceGateway(producer, "gateway", existing(producer))
        STATE.publish(producer, gateway.share("orders", resource))
        consumer = make_stack(app, "consumer")
        shared = STATE.read(consumer, "producer")["orders"]
        ResourceEndpoint(
            consumer, "orders", shared, existing_consumer(consumer), client_cidrs=["10.0.0.0/16"], **endpoint
        )

    return synthesise(build)


def existing_consumer(stack: Any) -> Any:
    from latticelink import ExistingNetwork

    return ExistingNetwork(stack, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-87654321"])


def published(template: SynthesisedStack) -> dict[str, Any]:
    entry: dict[str, Any] = template.json["output"]["latticelink"]["value"]["resources"]["orders"]
    return entry


def open_ports(template: SynthesisedStack) -> list[tuple[str, str, float, float]]:
    """Return the rules as direction, peer, first and last port."""
    return sorted(
        (
            kind.split("_")[4],
            rule.get("cidr_ipv4") or rule["referenced_security_group_id"],
            rule["from_port"],
            rule["to_port"],
        )
        for kind in RULES
        for rule in template.all(kind)
    )


def test_a_database_by_arn_has_no_ports_in_its_configuration_but_in_all_three_rules(synthesise: Synthesise) -> None:
    stacks = both(synthesise, ArnResource(DATABASE, 5432, security_group_id=GROUP, dns_names={"writer": "db.example"}))
    configuration = stacks["producer"].one("aws_vpclattice_resource_configuration")
    assert configuration["type"] == "ARN"
    assert configuration["resource_configuration_definition"] == [{"arn_resource": [{"arn": DATABASE}]}]
    assert not {"port_ranges", "protocol", "resource_configuration_group_id"} & set(configuration)
    gateway_group = stacks["producer"].ref("aws_security_group", "id")
    assert open_ports(stacks["producer"]) == [
        ("egress", GROUP, 5432, 5432),
        ("ingress", gateway_group, 5432, 5432),
    ]
    assert (published(stacks["producer"])["ports"], published(stacks["producer"])["type"]) == (["5432"], "ARN")
    rule = stacks["consumer"].one(RULES[0])
    assert rule["for_each"] == (
        '${toset(try(data.terraform_remote_state.producer.outputs.latticelink.resources["orders"].ports, []))}'
    )


def test_a_databases_own_names_reach_the_consumer(synthesise: Synthesise) -> None:
    names = {"reader": "${aws_rds_cluster.c.reader_endpoint}", "writer": "${aws_rds_cluster.c.endpoint}"}
    database = ArnResource(
        "${aws_rds_cluster.c.arn}", "${aws_rds_cluster.c.port}", cidrs=["10.0.1.0/24"], dns_names=names
    )
    stacks = both(synthesise, database)
    assert published(stacks["producer"])["dns_names"] == names
    assert stacks["consumer"].one("aws_vpc_endpoint")["private_dns_enabled"] is True
    assert [rule["cidr_ipv4"] for rule in stacks["producer"].all(RULES[1])] == ["10.0.1.0/24"]


def test_a_databases_arn_port_and_names_are_read_from_it(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        producer = make_stack(app)
        gateway = ResourceGateway(producer, "gateway", existing(producer))
        instance = bindings("db_instance").DbInstance(
            producer, "one", instance_class="db.t4g.micro", publicly_accessible=False
        )
        cluster = bindings("rds_cluster").RdsCluster(producer, "many", engine="aurora-postgresql")
        shared = [
            gateway.share("one", ArnResource.of(instance, security_group_id=GROUP)),
            gateway.share("many", ArnResource.of(cluster, cidrs=["10.0.1.0/24"])),
        ]
        STATE.publish(producer, *shared)

    producer = synthesise(build)["producer"]
    resources = producer.json["output"]["latticelink"]["value"]["resources"]
    assert resources["one"]["dns_names"] == {"database": "${aws_db_instance.one.address}"}
    assert resources["many"]["dns_names"] == {
        "reader": "${aws_rds_cluster.many.reader_endpoint}",
        "writer": "${aws_rds_cluster.many.endpoint}",
    }
    assert resources["many"]["ports"] == ["${tostring(aws_rds_cluster.many.port)}"]
    arns = [
        configuration["resource_configuration_definition"][0]["arn_resource"][0]["arn"]
        for configuration in producer.all("aws_vpclattice_resource_configuration")
    ]
    assert sorted(arns) == ["${aws_db_instance.one.arn}", "${aws_rds_cluster.many.arn}"]


def test_a_publicly_accessible_database_is_refused(stack: Any) -> None:
    public = bindings("db_instance").DbInstance(stack, "db", instance_class="db.t4g.micro", publicly_accessible=True)
    with pytest.raises(InvalidInput, match="AWS doesn't share databases that are publicly accessible"):
        ArnResource.of(public, security_group_id=GROUP)


@pytest.mark.parametrize("what", ["arn:aws:rds:eu-west-1:111122223333:db:orders", None, object()])
def test_what_is_no_database_is_refused(what: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        ArnResource.of(what, security_group_id=GROUP)
    assert [finding.place[-1] for finding in caught.value.findings] == ["database"]


def test_a_group_has_children_with_ports_of_their_own_and_names_that_follow_the_users_keys(
    synthesise: Synthesise,
) -> None:
    producer = both(synthesise, GroupResource(MEMBERS))["producer"]
    group = producer.one("aws_vpclattice_resource_configuration", type="GROUP")
    assert group["protocol"] == "TCP"
    assert not {"port_ranges", "resource_configuration_definition"} & set(group)
    children = {
        child["name"]: child
        for child in producer.all("aws_vpclattice_resource_configuration")
        if child["type"] == "CHILD"
    }
    assert {name: child["port_ranges"] for name, child in children.items()} == {
        "producer-orders-db": ["5432"],
        "producer-orders-web": ["443", "8000-8010"],
    }
    for child in children.values():
        assert child["resource_configuration_group_id"] == producer.ref(
            "aws_vpclattice_resource_configuration", "id", type="GROUP"
        )
        assert not {"protocol", "resource_gateway_identifier"} & set(child)
    assert {rule[:1] + rule[2:] for rule in open_ports(producer)} == {
        ("egress", 443, 443),
        ("egress", 5432, 5432),
        ("egress", 8000, 8010),
        ("ingress", 5432, 5432),
    }


def test_a_groups_contract_has_the_members_and_all_their_ports(synthesise: Synthesise) -> None:
    producer = both(synthesise, GroupResource(MEMBERS))["producer"]
    assert published(producer)["ports"] == ["443", "5432", "8000-8010"]
    assert {name: member["ports"] for name, member in published(producer)["members"].items()} == {
        "db": ["5432"],
        "web": ["443", "8000-8010"],
    }


def test_another_member_moves_nothing_and_changes_nothing_at_the_consumer(synthesise: Synthesise) -> None:
    before = both(synthesise, GroupResource({"web": MEMBERS["web"]}), members_domain="orders.internal")
    after = both(synthesise, GroupResource(MEMBERS), members_domain="orders.internal")
    kind = "aws_vpclattice_resource_configuration"
    old, new = before["producer"].json["resource"][kind], after["producer"].json["resource"][kind]
    assert {key: new[key] for key in old} == old
    assert before["consumer"].text == after["consumer"].text


def test_each_member_gets_a_name_by_its_arn_and_never_by_its_place(synthesise: Synthesise) -> None:
    consumer = both(synthesise, GroupResource(MEMBERS), members_domain="orders.internal")["consumer"]
    record = consumer.one("aws_route53_record")
    assert record["name"] == "${each.key}.orders.internal"
    assert "associated_resource_arn == each.value" in record["records"][0]
    assert "[0]" not in record["records"][0]
    assert '.resources["orders"].members' in record["for_each"]
    assert consumer.one("aws_route53_zone")["name"] == "orders.internal"


REFUSED: list[tuple[str, Callable[[Any], Any], str, str]] = [
    (
        "an ARN of something else",
        lambda _: ArnResource("arn:aws:s3:::bucket", 443, cidrs=["10.0.0.0/24"]),
        "arn",
        "By ARN",
    ),
    (
        "a proxy",
        lambda _: ArnResource(DATABASE.replace(":db:", ":db-proxy:"), 1, cidrs=["10.0.0.0/24"]),
        "arn",
        "By ARN",
    ),
    ("no port", lambda _: ArnResource(DATABASE, 0, cidrs=["10.0.0.0/24"]), "port", "A port is a number"),
    ("no way to a database", lambda _: ArnResource(DATABASE, 5432), "cidrs", "The gateway's security group must allow"),
    ("ports beside an ARN", lambda g: g.share("a", ArnResource(HERE, 1, GROUP), ports=[1]), "ports", "AWS uses"),
    (
        "ranges beside an ARN",
        lambda g: g.share("a", ArnResource(HERE, 1, GROUP), port_ranges=[1]),
        "port_ranges",
        "",
    ),
    ("ports beside a group", lambda g: g.share("a", GroupResource(MEMBERS), ports=[1]), "ports", "Each member of"),
    ("no ports for an address", lambda g: g.share("a", IpResource("10.0.0.9")), "ports", "At least one port"),
    ("an empty group", lambda _: GroupResource({}), "members", "A group has at least one member"),
    (
        "a member's name",
        lambda _: GroupResource({"a_b": MEMBERS["db"]}),
        "members",
        "A member's name becomes a DNS label",
    ),
    ("a member without ports", lambda _: GroupResource({"a": IpResource("10.0.0.9")}), "members", "Each member has"),  # type: ignore[dict-item]
    ("an ARN in a group", lambda _: Member(ArnResource(DATABASE, 1, GROUP), ports=[1]), "resource", "A group contains"),  # type: ignore[arg-type]
    (
        "an IPv6 member",
        lambda g: g.share("a", GroupResource({"a": Member(IpResource("fd00::1"), [1])})),
        "resource",
        "A gateway of type IPV4 has no IPv6 addresses",
    ),
    (
        "a twin by a member's name",
        lambda g: (
            g.share("a-b", IpResource("10.0.0.9"), ports=[1]),
            g.share("a", GroupResource({"b": MEMBERS["db"]})),
        ),
        "configuration_name",
        "Names of resource configurations are unique in an account; 'a-b' already has this one.",
    ),
]


@pytest.mark.parametrize(("what", "make", "argument", "rule"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_aws_or_the_provider_would_refuse_is_refused(
    stack: Any, what: str, make: Callable[[Any], Any], argument: str, rule: str
) -> None:
    gateway = ResourceGateway(stack, "gateway", existing(stack))
    with pytest.raises(InvalidInput) as caught:
        make(gateway)
    assert [finding.place[-1] for finding in caught.value.findings] == [argument], what
    assert caught.value.findings[0].rule.startswith(rule)


@pytest.mark.parametrize(
    ("shared", "endpoint", "fix"),
    [
        (
            SharedResource("a", "arn:x", "${p}", type="GROUP", members="${m}"),
            {"dns_name": "a.b.internal"},
            "members_domain",
        ),
        (SharedResource("a", "arn:x", "${p}", members="${m}"), {"members_domain": "b.internal"}, "dns_name"),
        (SharedResource("a", "arn:x", "${p}", type="GROUP"), {"members_domain": "b.internal"}, "state.read"),
    ],
    ids=["one name for a group", "members of no group", "members that nobody knows"],
)
def test_names_that_a_kind_does_not_have_are_refused(stack: Any, shared: Any, endpoint: Any, fix: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ResourceEndpoint(stack, "a", shared, existing(stack), client_cidrs=["10.0.0.0/8"], **endpoint)
    assert fix in caught.value.findings[0].fix
