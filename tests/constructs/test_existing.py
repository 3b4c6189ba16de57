"""Things that exist already: by id or ARN, and what was made by hand taken over by import blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from latticelink import (
    ArnResource,
    ExistingGateway,
    ExistingServiceNetwork,
    GroupResource,
    InvalidInput,
    IpResource,
    Member,
    ResourceEndpoint,
    ResourceGateway,
    ServiceNetwork,
    ServiceNetworkEndpoint,
    SharedResource,
    adopt,
)
from latticelink.cdk import bindings
from latticelink.testing import Synthesise, SynthesisedStack
from latticelink.values.tokens import is_known

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GROUP, OTHER_GROUP, STATE, existing, make_stack

DATABASE = "arn:aws:rds:eu-west-1:111122223333:db:orders"
RGW = "rgw-0123456789abcdef0"
LATTICE = "arn:aws:vpc-lattice:eu-west-1:111122223333"
CONFIGURATION = f"{LATTICE}:resourceconfiguration/rcfg-0123456789abcdef0"
NETWORK = f"{LATTICE}:servicenetwork/sn-0123456789abcdef0"


def through_existing_gateway(synthesise: Synthesise, resource: Any, **gateway: Any) -> SynthesisedStack:
    def build(app: Any) -> None:
        stack = make_stack(app)
        made = ExistingGateway(stack, "gateway", existing(stack), gateway_id=RGW, **gateway)
        ports = None if isinstance(resource, GroupResource) else [5432]
        STATE.publish(stack, made.share("orders", resource, ports=ports))

    return synthesise(build)["producer"]


def test_a_gateway_that_exists_is_used_and_nothing_of_it_is_made_or_changed(synthesise: Synthesise) -> None:
    producer = through_existing_gateway(synthesise, IpResource("10.0.0.9"))
    configuration = producer.one("aws_vpclattice_resource_configuration")
    assert configuration["resource_gateway_identifier"] == RGW
    assert set(producer.json["resource"]) == {"aws_vpclattice_resource_configuration"}
    entry = producer.json["output"]["latticelink"]["value"]["resources"]["orders"]
    assert (entry["vpc_id"], entry["ports"]) == ("vpc-12345678", ["5432"])


def test_what_a_gateway_that_exists_does_not_serve_is_refused(stack: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        gateway_of(stack, dns_resolution="IN_VPC").share("orders", ArnResource(DATABASE, 5432, cidrs=["10.0.0.0/24"]))
    assert "IN_VPC" in caught.value.findings[0].rule


def test_a_target_lets_in_the_groups_of_a_gateway_that_exists(synthesise: Synthesise) -> None:
    target = IpResource("10.0.0.9", security_group_id=GROUP)
    producer = through_existing_gateway(synthesise, target, security_group_ids=[OTHER_GROUP])
    rule = producer.one("aws_vpc_security_group_ingress_rule")
    assert (rule["security_group_id"], rule["referenced_security_group_id"]) == (GROUP, OTHER_GROUP)
    assert producer.all("aws_vpc_security_group_egress_rule") == []


def test_more_resources_go_into_a_service_network_that_exists(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app)
        orders = ResourceGateway(stack, "gateway", existing(stack)).share("orders", IpResource("10.0.0.9"), ports=[1])
        billing = SharedResource.of_arn("billing", CONFIGURATION, ports=[443])
        by_variable = SharedResource.of_arn("ledger", "${var.ledger}", ports=[443])
        finance = ExistingServiceNetwork(stack, "finance", arn=NETWORK)
        STATE.publish(stack, finance.share("finance", [orders, billing, by_variable]))

    producer = synthesise(build)["producer"]
    associations = producer.all("aws_vpclattice_service_network_resource_association")
    assert {association["service_network_identifier"] for association in associations} == {"sn-0123456789abcdef0"}
    assert {association["resource_configuration_identifier"] for association in associations} == {
        producer.ref("aws_vpclattice_resource_configuration", "id"),
        "rcfg-0123456789abcdef0",
        "${basename(var.ledger)}",
    }
    entry = producer.json["output"]["latticelink"]["value"]["resources"]["finance"]
    assert (entry["arn"], entry["id"], entry["ports"]) == (NETWORK, "sn-0123456789abcdef0", ["1", "443"])


def test_a_port_known_after_apply_is_published_as_the_expression_that_it_is(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app)
        port = bindings.token_as_number("${aws_db_instance.orders.port}")
        orders = SharedResource.of_arn("orders", CONFIGURATION, ports=[port])
        finance = ExistingServiceNetwork(stack, "finance", arn=NETWORK).share("finance", [orders])
        STATE.publish(stack, finance)
        ServiceNetworkEndpoint(stack, "finance-in", finance, existing(stack), client_cidrs=["10.0.0.0/16"])

    producer = synthesise(build)["producer"]
    entry = producer.json["output"]["latticelink"]["value"]["resources"]["finance"]
    assert (entry["ports"], entry["members"]["orders"]["ports"]) == (["${aws_db_instance.orders.port}"],) * 2
    rule = producer.one("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"]) == ("${aws_db_instance.orders.port}",) * 2


def test_a_configuration_and_a_service_network_are_reached_by_their_arns_without_any_state(
    synthesise: Synthesise,
) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "consumer")
        network = existing(stack)
        orders = SharedResource.of_arn("orders", CONFIGURATION, ports=[5432, "8000-8080"])
        finance = SharedResource.of_arn("finance", NETWORK, ports=[443])
        ResourceEndpoint(stack, "orders", orders, network, client_cidrs=["10.0.0.0/16"])
        ServiceNetworkEndpoint(stack, "finance", finance, network, client_cidrs=["10.0.0.0/16"])

    consumer = synthesise(build)["consumer"]
    assert consumer.one("aws_vpc_endpoint", vpc_endpoint_type="Resource")["resource_configuration_arn"] == CONFIGURATION
    assert consumer.one("aws_vpc_endpoint", vpc_endpoint_type="ServiceNetwork")["service_network_arn"] == NETWORK
    rules = consumer.all("aws_vpc_security_group_ingress_rule")
    assert {(rule["from_port"], rule["to_port"]) for rule in rules} == {(5432, 5432), (8000, 8080), (443, 443)}
    assert "terraform_remote_state" not in consumer.json["data"]


def test_what_is_known_of_a_resource_by_arn_is_checked_like_what_is_read(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "consumer")
        known = {"vpc_id": "vpc-87654321", "zone_ids": ("euw1-az1",)}
        orders = SharedResource.of_arn("orders", CONFIGURATION, ports=[5432], **known)
        ResourceEndpoint(stack, "orders", orders, existing(stack), client_cidrs=["10.0.0.0/16"])

    endpoint = synthesise(build)["consumer"].one("aws_vpc_endpoint")
    assert '"vpc-87654321"' in endpoint["lifecycle"]["precondition"][0]["condition"]


@given(
    st.sampled_from(["resourceconfiguration/rcfg-", "servicenetwork/sn-"]),
    st.sampled_from([("aws", "eu-west-1"), ("aws-us-gov", "us-gov-west-1"), ("aws-cn", "cn-north-1")]),
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.from_regex(r"[0-9a-z]{17}", fullmatch=True),
)
def test_every_arn_of_the_two_kinds_is_taken_with_its_id_and_type(
    kind: str, place: tuple[str, str], account: str, suffix: str
) -> None:
    partition, region = place
    arn = f"arn:{partition}:vpc-lattice:{region}:{account}:{kind}{suffix}"
    shared = SharedResource.of_arn("orders", arn, ports=[443])
    assert (shared.arn, shared.id) == (arn, arn.rpartition("/")[2])
    assert shared.type == ("SERVICE_NETWORK" if "servicenetwork" in kind else "SINGLE")


@given(st.text())
def test_no_other_text_is_taken_for_an_arn(text: str) -> None:
    if is_known(text):
        with pytest.raises(InvalidInput):
            SharedResource.of_arn("orders", text, ports=[443])


def both_by_hand(app: Any) -> None:
    stack = make_stack(app)
    target = IpResource("10.0.0.9", security_group_id=GROUP)
    made = ResourceGateway(stack, "gateway", existing(stack)).share("orders", target, ports=[5432])
    STATE.publish(stack, made)
    adopt(
        stack,
        {
            "gateway/gateway": RGW,
            "gateway/group": OTHER_GROUP,
            "gateway/group/egress-5432-sg-0123456789abcdef0": "sgr-0123456789abcdef0",
        },
    )
    stack = make_stack(app, "consumer")
    shared = STATE.read(stack, "producer")["orders"]
    network = ServiceNetwork(stack, "more")
    network.share("more", [SharedResource.of_arn("billing", CONFIGURATION, ports=[443])])
    from latticelink import ExistingNetwork

    clients = ExistingNetwork(stack, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-87654321"])
    ResourceEndpoint(stack, "orders", shared, clients, client_cidrs=["10.0.0.0/16"])
    adopt(stack, {"orders/endpoint": "vpce-0123456789abcdef0"})
    adopt(stack, {"orders/group/ingress-10.0.0.0_16[5432]": "sgr-0123456789abcdef1"})


def test_what_was_made_by_hand_is_imported_to_the_resource_of_its_path(synthesise: Synthesise) -> None:
    stacks = synthesise(both_by_hand)
    producer, consumer = stacks["producer"], stacks["consumer"]
    assert [block["id"] for block in producer.json["import"]] == [RGW, OTHER_GROUP, "sgr-0123456789abcdef0"]
    assert f"${{{producer.json['import'][0]['to']}.id}}" == producer.ref("aws_vpclattice_resource_gateway", "id")
    assert [block["id"] for block in consumer.json["import"]] == ["vpce-0123456789abcdef0", "sgr-0123456789abcdef1"]
    assert consumer.json["import"][1]["to"].endswith('["5432"]')
    assert producer.json["terraform"]["required_version"] == ">= 1.4.0, >= 1.5.0"


def test_a_group_made_by_hand_keeps_its_name_and_description_which_aws_cannot_change(synthesise: Synthesise) -> None:
    stacks = synthesise(both_by_hand)
    assert stacks["producer"].one("aws_security_group")["lifecycle"]["ignore_changes"] == ["description", "name"]
    assert "ignore_changes" not in stacks["consumer"].one("aws_security_group")["lifecycle"]


def gateway_of(stack: Any, **arguments: Any) -> Any:
    return ExistingGateway(stack, "gateway", existing(stack), **{"gateway_id": RGW, **arguments})


def target_without_the_gateways_groups(stack: Any) -> None:
    members = {"db": Member(IpResource("10.0.0.9", security_group_id=GROUP), ports=[5432])}
    gateway_of(stack).share("orders", GroupResource(members))


def adopt_in(stack: Any, ids: dict[str, str]) -> None:
    ResourceGateway(stack, "gateway", existing(stack))
    adopt(stack, ids)


TABLE: list[tuple[str, Callable[[Any], Any], str, str]] = [
    ("a gateway's ARN", lambda s: gateway_of(s, gateway_id=f"{LATTICE}:resourcegateway/{RGW}"), "'rgw-'", RGW),
    ("an address type of endpoints", lambda s: gateway_of(s, ip_address_type="ipv4"), "'IPV4', 'IPV6'", "leave it out"),
    ("six groups", lambda s: gateway_of(s, security_group_ids=[f"sg-{n:017d}" for n in range(6)]), "5 sec", "Combine"),
    ("a target's group, but no gateway's", target_without_the_gateways_groups, "not known", "its security_group_ids"),
    ("a configuration as service network", lambda s: ExistingServiceNetwork(s, "n", arn=CONFIGURATION), "net", "sn-"),
    (
        "an id for an ARN",
        lambda _: SharedResource.of_arn("a", "rcfg-0123456789abcdef0", ports=[1]),
        "by its ARN",
        "/rc",
    ),
    ("a gateway as resource", lambda _: SharedResource.of_arn("a", f"{LATTICE}:x/{RGW}", ports=[1]), "by its", "ram"),
    ("a name in brackets", lambda _: SharedResource.of_arn("a[0]", CONFIGURATION, ports=[1]), "1 to 64", "orders-db"),
    ("no ports", lambda _: SharedResource.of_arn("a", CONFIGURATION, ports=[]), "At least one port", "Write the ports"),
    ("an empty path", lambda s: adopt_in(s, {"": RGW}), "gateway/gateway, gateway/group.", "of these paths"),
    ("a path of slashes", lambda s: adopt_in(s, {"//": RGW}), "gateway/gateway, gateway/group.", "of these paths"),
    ("a key alone", lambda s: adopt_in(s, {"[80]": RGW}), "gateway/gateway, gateway/group.", "of these paths"),
    ("a path that isn't", lambda s: adopt_in(s, {"gateway": RGW}), "gateway/gateway, gateway/group.", "of these paths"),
    ("an id of another kind", lambda s: adopt_in(s, {"gateway/gateway": GROUP}), "'rgw-'", "rgw-0123456789abcdef0"),
]


@pytest.mark.parametrize(("what", "build", "rule", "fix"), TABLE, ids=[row[0] for row in TABLE])
def test_what_cannot_be_is_refused_with_the_way_out(
    stack: Any, what: str, build: Callable[[Any], Any], rule: str, fix: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        build(stack)
    [finding] = caught.value.findings
    assert rule in finding.rule, what
    assert fix in finding.fix, what
