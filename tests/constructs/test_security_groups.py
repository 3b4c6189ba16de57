"""Security groups as a public word: whom they let in and out, on which ports, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from latticelink import (
    ExistingSecurityGroup,
    InvalidInput,
    ResourceEndpoint,
    ResourceGateway,
    SecurityGroup,
    ServiceNetworkAssociation,
    ServiceNetworkEndpoint,
    SharedResource,
)
from latticelink.testing import Synthesise, SynthesisedStack

import pytest

from tests.builders import GROUP, STATE, existing, make_stack

LATTICE = "arn:aws:vpc-lattice:eu-west-1:111122223333"
OUT, IN = "aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"
ORDERS = SharedResource.of_arn(
    "orders", f"{LATTICE}:resourceconfiguration/rcfg-0123456789abcdef0", ports=[5432, "8000-8080"]
)
FINANCE = SharedResource.of_arn("finance", f"{LATTICE}:servicenetwork/sn-0123456789abcdef0", ports=[443])
FINANCE_HERE = replace(FINANCE, arn=FINANCE.arn.replace("eu-west-1", "ap-northeast-1"))


def written(synthesise: Synthesise, build: Callable[[Any, Any], None]) -> SynthesisedStack:
    """Return the stack that `build` fills, which it gets with a network."""

    def app(app: Any) -> None:
        stack = make_stack(app, "consumer")
        build(stack, existing(stack))

    return synthesise(app)["consumer"]


def ports(template: SynthesisedStack, kind: str) -> set[tuple[Any, Any]]:
    return {(rule["from_port"], rule["to_port"]) for rule in template.all(kind)}


def reach(stack: Any, network: Any, shared: SharedResource = ORDERS, **more: Any) -> ResourceEndpoint:
    return ResourceEndpoint(stack, "orders", shared, network, **{"client_cidrs": ["10.0.0.0/16"], **more})


def test_a_group_is_made_in_its_network_with_a_name_a_description_and_tags_and_without_rules(
    synthesise: Synthesise,
) -> None:
    def build(stack: Any, network: Any) -> None:
        SecurityGroup(stack, "web", network, description="Web server", tags={"Team": "shop"})
        SecurityGroup(stack, "db", network, name="DB (blue)")

    consumer = written(synthesise, build)
    web = consumer.one("aws_security_group", name="consumer-web")
    assert (web["vpc_id"], web["description"]) == ("vpc-12345678", "Web server")
    assert web["tags"] == {"Name": "consumer-web", "Team": "shop"}
    assert consumer.one("aws_security_group", name="DB (blue)")["tags"] == {"Name": "DB (blue)"}
    assert consumer.all(OUT) == consumer.all(IN) == []


@pytest.mark.parametrize(
    ("what", "peer", "argument", "value"),
    [
        ("an IPv4 block", {"cidr": "10.0.0.0/16"}, "cidr_ipv4", "10.0.0.0/16"),
        ("an IPv6 block", {"cidr": "2001:db8::/64"}, "cidr_ipv6", "2001:db8::/64"),
        ("an expression of a block", {"cidr": "${aws_vpc.v.cidr_block}"}, "cidr_ipv4", "${aws_vpc.v.cidr_block}"),
        (
            "an expression of an IPv6 block",
            {"cidr": "${aws_vpc.v.ipv6_cidr_block}"},
            "cidr_ipv6",
            "${aws_vpc.v.ipv6_cidr_block}",
        ),
        ("a prefix list", {"prefix_list_id": "pl-12345678"}, "prefix_list_id", "pl-12345678"),
        ("a group by id", {"group": GROUP}, "referenced_security_group_id", GROUP),
    ],
)
@pytest.mark.parametrize("direction", ["let_in", "let_out"])
def test_a_rule_names_its_other_side(
    synthesise: Synthesise, direction: str, what: str, peer: dict[str, str], argument: str, value: str
) -> None:
    def build(stack: Any, network: Any) -> None:
        getattr(SecurityGroup(stack, "web", network), direction)(**peer, ports=["8000-8080"], why="Because")

    consumer = written(synthesise, build)
    [rule] = consumer.all(IN if direction == "let_in" else OUT)
    said = {key: rule[key] for key in (argument, "from_port", "to_port", "ip_protocol", "description")}
    assert said == {argument: value, "from_port": 8000, "to_port": 8080, "ip_protocol": "tcp", "description": "Because"}
    assert rule["security_group_id"] == consumer.ref("aws_security_group", "id")
    assert what


def test_groups_name_each_other_in_both_directions(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        web, db = SecurityGroup(stack, "web", network), SecurityGroup(stack, "db", network)
        web.let_out(group=db, ports=[5432], why="To the database")
        db.let_in(group=web, ports=[5432], why="From the web server")

    consumer = written(synthesise, build)
    web, db = (consumer.ref("aws_security_group", "id", name=f"consumer-{name}") for name in ("web", "db"))
    out, into = consumer.one(OUT), consumer.one(IN)
    assert (out["security_group_id"], out["referenced_security_group_id"]) == (web, db)
    assert (into["security_group_id"], into["referenced_security_group_id"]) == (db, web)


def test_the_ports_of_an_endpoint_are_known_and_may_be_narrowed(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        endpoint = reach(stack, network)
        SecurityGroup(stack, "all", network).let_out(endpoint=endpoint, why="To orders")
        SecurityGroup(stack, "one", network).let_out(endpoint=endpoint, ports=[5432], why="To orders")

    consumer = written(synthesise, build)
    every, one = (consumer.ref("aws_security_group", "id", name=f"consumer-{name}") for name in ("all", "one"))
    to = consumer.ref("aws_security_group", "id", name="consumer-orders")
    assert {rule["referenced_security_group_id"] for rule in consumer.all(OUT)} == {to}
    by_group: dict[str, set[tuple[Any, Any]]] = {every: set(), one: set()}
    for rule in consumer.all(OUT):
        by_group[rule["security_group_id"]].add((rule["from_port"], rule["to_port"]))
    assert by_group == {every: {(5432, 5432), (8000, 8080)}, one: {(5432, 5432)}}


def test_ports_that_only_the_producers_state_tells_become_a_rule_for_each(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        endpoint = reach(stack, network, STATE.read(stack, "producer")["orders"])
        SecurityGroup(stack, "app", network).let_out(endpoint=endpoint, why="To orders")

    rule = written(synthesise, build).one(OUT)
    assert rule["for_each"] == (
        '${toset(try(data.terraform_remote_state.producer.outputs.latticelink.resources["orders"].ports, []))}'
    )
    assert rule["from_port"] == '${tonumber(split("-", each.value)[0])}'


def test_an_endpoint_of_a_service_network_and_one_with_groups_of_yours_are_reached_too(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        app = SecurityGroup(stack, "app", network)
        finance = ServiceNetworkEndpoint(stack, "finance", FINANCE, network, client_cidrs=["10.0.0.0/16"])
        app.let_out(endpoint=finance, why="To finance")
        app.let_out(endpoint=reach(stack, network, client_cidrs=[], security_group_ids=[GROUP]), why="To orders")

    consumer = written(synthesise, build)
    assert ports(consumer, OUT) == {(443, 443), (5432, 5432), (8000, 8080)}
    assert {rule["referenced_security_group_id"] for rule in consumer.all(OUT)} == {
        consumer.ref("aws_security_group", "id", name="consumer-finance"),
        GROUP,
    }


def test_the_same_rule_asked_for_twice_is_made_once(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        web = SecurityGroup(stack, "web", network)
        for why in ("First", "Second"):
            web.let_in(cidr="10.0.0.0/16", ports=[80, 443], why=why)
            web.let_out(cidr="10.0.0.0/16", ports=[443], why=why)

    consumer = written(synthesise, build)
    assert (ports(consumer, IN), ports(consumer, OUT)) == ({(80, 80), (443, 443)}, {(443, 443)})
    assert {rule["description"] for rule in consumer.all(IN)} == {"First"}


def test_a_group_that_exists_gets_rules_and_is_not_made(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        app = ExistingSecurityGroup(stack, "app", GROUP)
        app.let_out(endpoint=reach(stack, network), ports=[5432], why="To orders")
        SecurityGroup(stack, "db", network).let_in(group=app, ports=[5432], why="From the app")

    consumer = written(synthesise, build)
    assert consumer.one(OUT)["security_group_id"] == GROUP
    assert consumer.one(IN, from_port=5432, description="From the app")["referenced_security_group_id"] == GROUP
    assert {group["name"] for group in consumer.all("aws_security_group")} == {"consumer-orders", "consumer-db"}


def test_the_groups_of_gateways_and_endpoints_take_more_rules(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        ResourceGateway(stack, "gateway", network).group.let_out(cidr="10.9.0.0/16", ports=[53], why="Resolvers")
        reach(stack, network).group.let_in(prefix_list_id="pl-12345678", ports=[5432], why="Offices")

    consumer = written(synthesise, build)
    assert consumer.one(OUT)["security_group_id"] == consumer.ref("aws_security_group", "id", name="consumer-gateway")
    assert consumer.one(IN, description="Offices")["prefix_list_id"] == "pl-12345678"


def two_stacks(stack: Any) -> tuple[Any, Any]:
    other = make_stack(stack.node.root, "other")
    return existing(stack), existing(other)


REFUSED: list[tuple[str, Callable[[Any], object], str, str]] = [
    (
        "nobody",
        lambda stack: SecurityGroup(stack, "web", existing(stack)).let_in(ports=[80], why="x"),
        "producer/web/let_in/group",
        "A rule names exactly one other side.",
    ),
    (
        "two at once",
        lambda stack: SecurityGroup(stack, "web", existing(stack)).let_in(
            cidr="10.0.0.0/16", group=GROUP, ports=[80], why="x"
        ),
        "producer/web/let_in/cidr",
        "A rule names exactly one other side.",
    ),
    (
        "a block with bits behind its prefix",
        lambda stack: SecurityGroup(stack, "web", existing(stack)).let_in(cidr="10.0.0.1/16", ports=[80], why="x"),
        "producer/web/let_in/cidr",
        "A CIDR block is written with its first address",
    ),
    (
        "a prefix list's name",
        lambda stack: SecurityGroup(stack, "web", existing(stack)).let_out(prefix_list_id="s3", ports=[80], why="x"),
        "producer/web/let_out/prefix_list_id",
        "This id starts with 'pl-'",
    ),
    (
        "no ports",
        lambda stack: SecurityGroup(stack, "web", existing(stack)).let_out(cidr="10.0.0.0/16", why="x"),
        "producer/web/let_out/ports",
        "At least one port is shared.",
    ),
    (
        "a port that is none",
        lambda stack: SecurityGroup(stack, "web", existing(stack)).let_in(cidr="10.0.0.0/16", ports=[0], why="x"),
        "producer/web/let_in/ports",
        "A port is a number from 1 to 65535",
    ),
    (
        "a reason with a sign that AWS refuses",
        lambda stack: SecurityGroup(stack, "web", existing(stack)).let_in(cidr="10.0.0.0/16", ports=[80], why="it's"),
        "producer/web/let_in/why",
        "The description of a security group or a rule",
    ),
    (
        "a name that AWS keeps",
        lambda stack: SecurityGroup(stack, "web", existing(stack), name="sg-web"),
        "producer/web/name",
        "A security group's name",
    ),
    (
        "an id that is none",
        lambda stack: ExistingSecurityGroup(stack, "app", "web"),
        "producer/app/security_group_id",
        "This id starts with 'sg-'",
    ),
    (
        "a group of another stack",
        lambda stack: SecurityGroup(stack, "web", two_stacks(stack)[0]).let_in(
            group=SecurityGroup(stack.node.root.node.find_child("other"), "db", find(stack)), ports=[80], why="x"
        ),
        "producer/web/let_in/group",
        "The other side of a rule is of the same stack",
    ),
    (
        "an endpoint of another stack",
        lambda stack: SecurityGroup(stack, "web", two_stacks(stack)[0]).let_out(
            endpoint=reach(stack.node.root.node.find_child("other"), find(stack)), why="x"
        ),
        "producer/web/let_out/endpoint",
        "The other side of a rule is of the same stack",
    ),
    (
        "an association, whose clients send elsewhere",
        lambda stack: SecurityGroup(stack, "web", network := existing(stack)).let_out(
            endpoint=ServiceNetworkAssociation(stack, "f", FINANCE_HERE, network, client_cidrs=["10.0.0.0/16"]),
            ports=[443],
            why="x",
        ),
        "producer/web/let_out/endpoint",
        "An endpoint is a ResourceEndpoint or a ServiceNetworkEndpoint.",
    ),
    (
        "the group of a gateway that has yours",
        lambda stack: ResourceGateway(stack, "gateway", existing(stack), security_group_ids=[GROUP]).group,
        "producer/gateway/group",
        "No security group is created if security_group_ids names yours.",
    ),
]


def find(stack: Any) -> Any:
    return stack.node.root.node.find_child("other").node.find_child("network")


@pytest.mark.parametrize(("what", "build", "place", "rule"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_no_rule_is_refused(
    stack: Any, what: str, build: Callable[[Any], object], place: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        build(stack)
    [finding] = caught.value.findings
    assert "/".join(finding.place) == place, what
    assert finding.rule.startswith(rule), what
