"""What the constructs write: every derived choice, and every way to override it."""

from __future__ import annotations

from typing import Any

from latticelink import (
    DnsResource,
    ExistingNetwork,
    InvalidInput,
    IpResource,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    SharedResource,
)
from latticelink.testing import Synthesise, SynthesisedStack

import pytest

from tests.builders import GROUP, OTHER_GROUP, STATE, existing, make_stack


def produce(
    synthesise: Synthesise, resource: Any, *, gateway: dict[str, Any] | None = None, **share: Any
) -> SynthesisedStack:
    def build(app: Any) -> None:
        stack = make_stack(app)
        made = ResourceGateway(stack, "gateway", existing(stack), **(gateway or {}))
        STATE.publish(stack, made.share("Orders DB", resource, **{"ports": [5432], **share}))

    return synthesise(build)["producer"]


def consume(synthesise: Synthesise, **endpoint: Any) -> SynthesisedStack:
    def build(app: Any) -> None:
        stack = make_stack(app, "consumer")
        shared = STATE.read(stack, "producer")["Orders DB"]
        ResourceEndpoint(stack, "orders", shared, existing(stack), **{"client_cidrs": ["10.0.0.0/16"], **endpoint})

    return synthesise(build)["consumer"]


def test_subnets_are_carved_by_the_letter_of_the_zone_so_that_adding_one_moves_none(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        Network(make_stack(app, "two"), "network", cidr="10.0.0.0/16", zones=["eu-west-1c", "eu-west-1a"])
        Network(
            make_stack(app, "three"), "network", cidr="10.0.0.0/16", zones=["eu-west-1a", "eu-west-1b", "eu-west-1c"]
        )

    stacks = synthesise(build)
    two, three = stacks["two"].json["resource"]["aws_subnet"], stacks["three"].json["resource"]["aws_subnet"]
    assert {subnet["cidr_block"] for subnet in two.values()} == {"10.0.0.0/20", "10.0.32.0/20"}
    assert all(three[key]["cidr_block"] == subnet["cidr_block"] for key, subnet in two.items())


def test_names_types_and_protocol_are_derived_and_explicit(synthesise: Synthesise) -> None:
    producer = produce(synthesise, IpResource("10.0.0.9"))
    assert producer.one("aws_vpclattice_resource_gateway")["name"] == "producer-gateway"
    configuration = producer.one("aws_vpclattice_resource_configuration")
    assert {key: configuration[key] for key in ("name", "type", "protocol", "port_ranges")} == {
        "name": "producer-orders-db",
        "type": "SINGLE",
        "protocol": "TCP",
        "port_ranges": ["5432"],
    }
    assert configuration["allow_association_to_shareable_service_network"] is False


def test_each_port_and_range_gets_its_rule_and_the_configuration_has_them_merged(synthesise: Synthesise) -> None:
    producer = produce(synthesise, IpResource("10.0.0.9"), ports=[443, "8000-8080", 8081])
    assert producer.one("aws_vpclattice_resource_configuration")["port_ranges"] == ["443", "8000-8081"]
    rules = producer.all("aws_vpc_security_group_egress_rule")
    assert {(rule["from_port"], rule["to_port"]) for rule in rules} == {(443, 443), (8000, 8080), (8081, 8081)}


def test_without_the_targets_group_the_gateway_may_reach_the_address_alone(synthesise: Synthesise) -> None:
    producer = produce(synthesise, IpResource("10.0.0.9"))
    assert producer.one("aws_vpc_security_group_egress_rule")["cidr_ipv4"] == "10.0.0.9/32"
    assert producer.all("aws_vpc_security_group_ingress_rule") == []


def test_with_the_targets_group_both_sides_name_each_other(synthesise: Synthesise) -> None:
    producer = produce(synthesise, IpResource("10.0.0.9", security_group_id=GROUP))
    gateway = producer.ref("aws_security_group", "id")
    out, into = (
        producer.one("aws_vpc_security_group_egress_rule"),
        producer.one("aws_vpc_security_group_ingress_rule"),
    )
    assert (out["security_group_id"], out["referenced_security_group_id"]) == (gateway, GROUP)
    assert (into["security_group_id"], into["referenced_security_group_id"]) == (GROUP, gateway)


def test_a_gateway_with_the_users_groups_makes_rules_only_in_the_targets_group(synthesise: Synthesise) -> None:
    gateway = {"security_group_ids": [OTHER_GROUP]}
    producer = produce(synthesise, IpResource("10.0.0.9", security_group_id=GROUP), gateway=gateway)
    assert producer.one("aws_vpclattice_resource_gateway")["security_group_ids"] == [OTHER_GROUP]
    assert producer.all("aws_security_group") == []
    assert producer.all("aws_vpc_security_group_egress_rule") == []
    assert producer.one("aws_vpc_security_group_ingress_rule")["referenced_security_group_id"] == OTHER_GROUP


def test_a_gateway_lets_nobody_in_unless_asked(synthesise: Synthesise) -> None:
    gateway = {"ingress_cidrs": ["10.9.0.0/16", "2001:db8::/56"]}
    producer = produce(synthesise, IpResource("10.0.0.9"), gateway=gateway)
    rules = producer.all("aws_vpc_security_group_ingress_rule")
    assert {rule.get("cidr_ipv4") or rule["cidr_ipv6"] for rule in rules} == {"10.9.0.0/16", "2001:db8::/56"}


def test_a_name_is_shared_as_a_dns_resource(synthesise: Synthesise) -> None:
    producer = produce(synthesise, DnsResource("db.example.com", cidrs=["10.0.1.0/24"]))
    assert producer.one("aws_vpclattice_resource_configuration")["resource_configuration_definition"] == [
        {"dns_resource": [{"domain_name": "db.example.com", "ip_address_type": "IPV4"}]}
    ]
    assert producer.one("aws_vpc_security_group_egress_rule")["cidr_ipv4"] == "10.0.1.0/24"


def test_a_gateway_can_be_in_some_of_the_subnets(synthesise: Synthesise) -> None:
    producer = produce(synthesise, IpResource("10.0.0.9"), gateway={"subnets": ["subnet-11111111"]})
    assert producer.one("aws_vpclattice_resource_gateway")["subnet_ids"] == ["subnet-11111111"]


def test_what_aws_fixes_at_creation_replaces_the_endpoint(synthesise: Synthesise) -> None:
    consumer = consume(synthesise, private_dns_enabled=False, ip_address_type="dualstack")
    [(name, fixed)] = consumer.json["resource"]["terraform_data"].items()
    assert fixed["input"] == {
        "ip_address_type": "dualstack",
        "private_dns_enabled": False,
        "subnet_ids": '${sort(["subnet-11111111", "subnet-22222222"])}',
    }
    endpoint = consumer.one("aws_vpc_endpoint")
    assert endpoint["lifecycle"]["replace_triggered_by"] == [f"terraform_data.{name}"]
    assert endpoint["lifecycle"]["ignore_changes"] == ["ip_address_type"]
    assert (endpoint["private_dns_enabled"], endpoint["ip_address_type"]) == (False, "dualstack")


def test_the_endpoints_address_type_is_left_to_aws_unless_given(synthesise: Synthesise) -> None:
    endpoint = consume(synthesise)
    assert "ip_address_type" not in endpoint.one("aws_vpc_endpoint")
    assert "ignore_changes" not in endpoint.one("aws_vpc_endpoint")["lifecycle"]


def test_clients_are_blocks_and_groups_on_the_ports_that_the_state_tells(synthesise: Synthesise) -> None:
    consumer = consume(synthesise, client_cidrs=["10.0.0.0/16", "2001:db8::/56"], client_security_group_ids=[GROUP])
    rules = consumer.all("aws_vpc_security_group_ingress_rule")
    assert {
        rule.get("cidr_ipv4") or rule.get("cidr_ipv6") or rule.get("referenced_security_group_id") for rule in rules
    } == {"10.0.0.0/16", "2001:db8::/56", GROUP}
    ports = 'try(data.terraform_remote_state.producer.outputs.latticelink.resources["Orders DB"].ports, [])'
    assert {rule["for_each"] for rule in rules} == {f"${{toset({ports})}}"}


def test_an_endpoint_with_the_users_groups_makes_none(synthesise: Synthesise) -> None:
    consumer = consume(synthesise, client_cidrs=[], security_group_ids=[GROUP])
    assert consumer.one("aws_vpc_endpoint")["security_group_ids"] == [GROUP]
    assert consumer.all("aws_security_group") == []
    assert consumer.all("aws_vpc_security_group_ingress_rule") == []


def test_no_zone_and_no_name_are_made_unless_asked_for(synthesise: Synthesise) -> None:
    consumer = consume(synthesise)
    assert consumer.all("aws_route53_zone") == []
    assert consumer.all("aws_vpc_endpoint_associations", "data") == []


def test_two_endpoints_in_one_domain_share_its_zone(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "consumer")
        network = existing(stack)
        read = STATE.read(stack, "producer")
        for name in ("one", "two"):
            ResourceEndpoint(
                stack, name, read[name], network, client_cidrs=[network.cidr], dns_name=f"{name}.shared.internal"
            )

    consumer = synthesise(build)["consumer"]
    assert consumer.one("aws_route53_zone")["name"] == "shared.internal"
    assert {record["name"] for record in consumer.all("aws_route53_record")} == {
        "one.shared.internal",
        "two.shared.internal",
    }


def test_a_resource_written_by_hand_from_its_arn_is_reached_without_any_state(synthesise: Synthesise) -> None:
    arn = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0"

    def build(app: Any) -> None:
        from latticelink.values.ports import PortRange, Ports

        stack = make_stack(app, "consumer")
        shared = SharedResource("db", arn, Ports((PortRange(5432, 5432),)))
        ResourceEndpoint(stack, "db", shared, existing(stack), client_cidrs=["10.0.0.0/16"])

    consumer = synthesise(build)["consumer"]
    assert consumer.one("aws_vpc_endpoint")["resource_configuration_arn"] == arn
    rule = consumer.one("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"]) == (5432, 5432)
    assert "terraform_remote_state" not in consumer.json["data"]


def test_rules_keep_their_addresses_when_clients_are_reordered(synthesise: Synthesise) -> None:
    clients = ["10.0.0.0/16", "10.1.0.0/16", "${aws_vpc.other.cidr_block}"]
    kind = "aws_vpc_security_group_ingress_rule"
    one = consume(synthesise, client_cidrs=clients).json["resource"][kind]
    assert consume(synthesise, client_cidrs=clients[::-1]).json["resource"][kind] == one


def rules_of(build: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        build()
    return [finding.rule for finding in caught.value.findings]


def test_a_network_of_another_stack_is_refused() -> None:
    from latticelink import App

    app = App(context={})
    network = existing(make_stack(app, "one"))
    other = make_stack(app, "two")
    assert rules_of(lambda: ResourceGateway(other, "gateway", network)) == [
        "A network is used only in its own stack: stacks exchange resources only through remote state."
    ]


def test_a_resource_handed_over_in_python_instead_of_state_is_refused() -> None:
    from latticelink import App

    app = App(context={})
    producer, consumer = make_stack(app), make_stack(app, "consumer")
    shared = ResourceGateway(producer, "gateway", existing(producer)).share("db", IpResource("10.0.0.9"), ports=[1])
    network = ExistingNetwork(consumer, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-33333333"])
    assert rules_of(lambda: ResourceEndpoint(consumer, "db", shared, network, client_cidrs=["10.0.0.0/8"])) == [
        "Stacks exchange resources only through remote state; this one belongs to another stack."
    ]


def test_the_producers_own_vpc_is_refused_across_stacks_of_one_app() -> None:
    from latticelink import App

    app = App(context={})
    producer, consumer = make_stack(app), make_stack(app, "consumer")
    STATE.publish(
        producer,
        ResourceGateway(producer, "gateway", existing(producer)).share("db", IpResource("10.0.0.9"), ports=[1]),
    )
    shared = STATE.read(consumer, "producer")["db"]
    assert rules_of(
        lambda: ResourceEndpoint(consumer, "db", shared, existing(consumer), client_cidrs=["10.0.0.0/8"])
    ) == ["AWS doesn't create a resource endpoint in the VPC that the resource is shared from."]


def test_two_shares_of_one_name_are_refused(stack: Any) -> None:
    gateway = ResourceGateway(stack, "gateway", existing(stack))
    gateway.share("db", IpResource("10.0.0.9"), ports=[1])
    assert rules_of(lambda: gateway.share("db", IpResource("10.0.0.9"), ports=[2])) == [
        "Each resource of a gateway is shared under a different name."
    ]
    assert rules_of(lambda: gateway.share("DB", IpResource("10.0.0.9"), ports=[2])) == [
        "Names of resource configurations are unique in an account; 'db' already has this one."
    ]
