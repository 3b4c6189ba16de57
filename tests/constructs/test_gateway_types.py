"""A gateway's addresses and its way of resolving names: what they write, and which resources they don't serve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from latticelink import (
    ArnResource,
    DnsResource,
    GroupResource,
    InvalidInput,
    IpResource,
    LocalState,
    Member,
    Network,
    ResourceGateway,
)
from latticelink.testing import Synthesise, SynthesisedStack

import pytest

from tests.builders import GROUP, existing, make_stack

STATE = LocalState()
NEWEST = ">= 6.48.0, < 7.0.0"
DATABASE = ArnResource("arn:aws:rds:eu-west-1:111122223333:db:orders", 5432, security_group_id=GROUP)
GATEWAY = "aws_vpclattice_resource_gateway"
EGRESS = "aws_vpc_security_group_egress_rule"


def produce(synthesise: Synthesise, resource: Any, *, aws_provider: str = NEWEST, **gateway: Any) -> SynthesisedStack:
    def build(app: Any) -> None:
        stack = make_stack(app, aws_provider=aws_provider)
        made = ResourceGateway(stack, "gateway", existing(stack), **gateway)
        STATE.publish(stack, made.share("orders", resource, ports=[5432]))

    return synthesise(build)["producer"]


@pytest.mark.parametrize(
    ("ip_address_type", "address", "rule"),
    [
        ("IPV4", "10.0.0.9", {"cidr_ipv4": "10.0.0.9/32"}),
        ("DUALSTACK", "10.0.0.9", {"cidr_ipv4": "10.0.0.9/32"}),
        ("DUALSTACK", "2001:db8::9", {"cidr_ipv6": "2001:db8::9/128"}),
        ("IPV6", "2001:db8::9", {"cidr_ipv6": "2001:db8::9/128"}),
        ("IPV6", "${var.address}", {"cidr_ipv6": "${var.address}/128"}),
        ("DUALSTACK", "${var.address}", {"cidr_ipv4": "${var.address}/32"}),
        (
            "DUALSTACK",
            "${aws_instance.db.ipv6_addresses[0]}",
            {"cidr_ipv6": "${aws_instance.db.ipv6_addresses[0]}/128"},
        ),
    ],
)
def test_an_address_that_the_gateway_reaches_gets_a_rule_of_its_version(
    synthesise: Synthesise, ip_address_type: str, address: str, rule: dict[str, str]
) -> None:
    producer = produce(synthesise, IpResource(address), ip_address_type=ip_address_type)
    assert producer.one(GATEWAY)["ip_address_type"] == ip_address_type
    written = producer.one(EGRESS)
    assert {key: written[key] for key in written if key.startswith("cidr")} == rule


def test_a_name_is_asked_for_the_addresses_that_the_gateway_has(synthesise: Synthesise) -> None:
    def asked(given: str | None, ip_address_type: str) -> str:
        name = DnsResource("db.example.com", security_group_id=GROUP, ip_address_type=given)
        producer = produce(synthesise, name, ip_address_type=ip_address_type)
        [definition] = producer.one("aws_vpclattice_resource_configuration")["resource_configuration_definition"]
        answer: str = definition["dns_resource"][0]["ip_address_type"]
        return answer

    assert asked(None, "IPV4") == "IPV4"
    assert asked(None, "DUALSTACK") == "IPV4"
    assert asked("IPV6", "DUALSTACK") == "IPV6"
    assert asked(None, "IPV6") == "IPV6"


def test_what_aws_chooses_by_default_is_not_written(synthesise: Synthesise) -> None:
    gateway = produce(synthesise, IpResource("10.0.0.9")).one(GATEWAY)
    assert not {"ipv4_addresses_per_eni", "resource_config_dns_resolution"} & set(gateway)


def test_the_number_of_addresses_is_written(synthesise: Synthesise) -> None:
    gateway = produce(synthesise, IpResource("10.0.0.9"), ipv4_addresses_per_eni=1, aws_provider="~> 6.16").one(GATEWAY)
    assert gateway["ipv4_addresses_per_eni"] == 1


@pytest.mark.parametrize("name", ["db.corp.internal", "ip-10-0-0-9.eu-west-1.compute.internal", "db.example.com"])
def test_a_gateway_that_resolves_in_the_vpc_shares_any_name(synthesise: Synthesise, name: str) -> None:
    producer = produce(synthesise, DnsResource(name, security_group_id=GROUP), dns_resolution="IN_VPC")
    assert producer.one(GATEWAY)["resource_config_dns_resolution"] == "IN_VPC"
    [definition] = producer.one("aws_vpclattice_resource_configuration")["resource_configuration_definition"]
    assert definition["dns_resource"][0]["domain_name"] == name


def test_a_network_with_ipv6_has_a_block_for_each_subnet_by_its_zones_letter(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, aws_provider=NEWEST)
        network = Network(stack, "network", cidr="10.0.0.0/16", zones=["eu-west-1a", "eu-west-1c"], ipv6=True)
        gateway = ResourceGateway(
            stack, "gateway", network, ip_address_type="DUALSTACK", ingress_cidrs=[network.cidr, network.ipv6_cidr]
        )
        gateway.share("db", IpResource("10.0.0.9"), ports=[5432])

    producer = synthesise(build)["producer"]
    assert producer.one("aws_vpc")["assign_generated_ipv6_cidr_block"] is True
    block = producer.ref("aws_vpc", "ipv6_cidr_block")
    assert {subnet["availability_zone"]: subnet["ipv6_cidr_block"] for subnet in producer.all("aws_subnet")} == {
        "eu-west-1a": f"${{cidrsubnet({block[2:-1]}, 8, 0)}}",
        "eu-west-1c": f"${{cidrsubnet({block[2:-1]}, 8, 2)}}",
    }
    assert {rule.get("cidr_ipv6") for rule in producer.all("aws_vpc_security_group_ingress_rule")} == {block, None}


def gateway(stack: Any, **arguments: Any) -> Any:
    return ResourceGateway(stack, "gateway", existing(stack), **arguments)


def on_network(stack: Any, ip_address_type: str, **network: Any) -> Any:
    made = Network(stack, "network", **{"cidr": "10.0.0.0/16", "zones": ["eu-west-1a"], **network})
    return ResourceGateway(stack, "gateway", made, ip_address_type=ip_address_type)


REFUSED: list[tuple[str, Callable[[Any], Any], str, str]] = [
    ("a type in small letters", lambda s: gateway(s, ip_address_type="ipv4"), "ip_address_type", "'IPV4', 'IPV6' or"),
    ("an unknown way to resolve", lambda s: gateway(s, dns_resolution="PRIVATE"), "dns_resolution", "'IN_VPC'"),
    (
        "IN_VPC in IPv6-only subnets",
        lambda s: gateway(s, ip_address_type="IPV6", dns_resolution="IN_VPC"),
        "dns_resolution",
        "can't resolve names in the VPC",
    ),
    ("no address", lambda s: gateway(s, ipv4_addresses_per_eni=0), "ipv4_addresses_per_eni", "1 to 62"),
    ("63 addresses", lambda s: gateway(s, ipv4_addresses_per_eni=63), "ipv4_addresses_per_eni", "1 to 62"),
    ("no number", lambda s: gateway(s, ipv4_addresses_per_eni="16"), "ipv4_addresses_per_eni", "1 to 62"),
    (
        "IPv4 addresses for IPV6",
        lambda s: gateway(s, ip_address_type="IPV6", ipv4_addresses_per_eni=4),
        "ipv4_addresses_per_eni",
        "has no IPv4 addresses",
    ),
    (
        "an IPv4 target on IPV6",
        lambda s: gateway(s, ip_address_type="IPV6").share("a", IpResource("10.0.0.9"), ports=[1]),
        "resource",
        "A gateway of type IPV6 has no IPv4 addresses",
    ),
    (
        "an IPv6 target on IPV4",
        lambda s: gateway(s).share("a", IpResource("2001:db8::9"), ports=[1]),
        "resource",
        "A gateway of type IPV4 has no IPv6 addresses",
    ),
    (
        "IPv6 addresses of a name on IPV4",
        lambda s: gateway(s).share(
            "a", DnsResource("a.example.com", security_group_id=GROUP, ip_address_type="IPV6"), ports=[1]
        ),
        "resource",
        "A gateway of type IPV4 has no IPv6 addresses",
    ),
    (
        "blocks of the other version",
        lambda s: gateway(s).share("a", DnsResource("a.example.com", cidrs=["2001:db8::/56"]), ports=[1]),
        "resource",
        "A gateway of type IPV4 has no IPv6 addresses",
    ),
    (
        "both addresses of a name",
        lambda _: DnsResource("a.example.com", security_group_id=GROUP, ip_address_type="DUALSTACK"),
        "ip_address_type",
        "AWS doesn't support both yet",
    ),
    (
        "a database where names are resolved in the VPC",
        lambda s: gateway(s, dns_resolution="IN_VPC").share("a", DATABASE),
        "resource",
        "AWS doesn't share databases by ARN through a gateway with dns_resolution='IN_VPC'.",
    ),
    (
        "a private name of a member",
        lambda s: gateway(s).share(
            "a", GroupResource({"m": Member(DnsResource("db.corp.internal", security_group_id=GROUP), ports=[1])})
        ),
        "resource",
        "names below 'internal' are never there",
    ),
    ("DUALSTACK without IPv6", lambda s: on_network(s, "DUALSTACK"), "ip_address_type", "only IPv4 addresses"),
    ("IPV6 without IPv6", lambda s: on_network(s, "IPV6"), "ip_address_type", "only IPv4 addresses"),
    ("IPV6 with IPv4 too", lambda s: on_network(s, "IPV6", ipv6=True), "ip_address_type", "these have IPv4 as well"),
]


@pytest.mark.parametrize(("what", "make", "argument", "rule"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_does_not_fit_together_is_refused(what: str, make: Callable[[Any], Any], argument: str, rule: str) -> None:
    from latticelink import App

    with pytest.raises(InvalidInput) as caught:
        make(make_stack(App(context={}), aws_provider=NEWEST))
    assert [finding.place[-1] for finding in caught.value.findings] == [argument], what
    assert rule in caught.value.findings[0].rule


@pytest.mark.parametrize(
    ("argument", "value", "since", "constraint"),
    [
        ("ipv4_addresses_per_eni", 4, "6.16.0", "5.100.0"),
        ("dns_resolution", "IN_VPC", "6.48.0", ">= 6.25.0, < 7.0.0"),
    ],
)
def test_an_argument_that_an_allowed_provider_lacks_is_refused(
    argument: str, value: Any, since: str, constraint: str
) -> None:
    from latticelink import App

    with pytest.raises(InvalidInput) as caught:
        gateway(make_stack(App(context={}), aws_provider=constraint), **{argument: value})
    [finding] = caught.value.findings
    assert (finding.place[-1], since in finding.rule, constraint in finding.rule) == (argument, True, True)
    assert finding.fix == f'Give the stack aws_provider=">= {since}, < 7.0.0", or leave {argument} out.'


def test_two_subnets_in_one_zone_have_no_ipv6_blocks() -> None:
    from latticelink import App, Subnet

    subnets = [Subnet("eu-west-1a", "10.0.0.0/24", "a"), Subnet("eu-west-1a", "10.0.1.0/24", "b")]
    with pytest.raises(InvalidInput) as caught:
        Network(
            make_stack(App(context={}), aws_provider=NEWEST), "network", cidr="10.0.0.0/16", subnets=subnets, ipv6=True
        )
    assert [finding.place[-1] for finding in caught.value.findings] == ["ipv6"]


def test_an_ipv6_block_is_asked_of_a_network_without_one() -> None:
    from latticelink import App

    network = Network(
        make_stack(App(context={}), aws_provider=NEWEST), "network", cidr="10.0.0.0/16", zones=["eu-west-1a"]
    )
    with pytest.raises(InvalidInput, match="This network has no IPv6 block"):
        _ = network.ipv6_cidr
