"""Names at the consumer: custom domains, private-DNS choices, and what two things in one VPC can't both have."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from latticelink import (
    App,
    ArnResource,
    DnsResource,
    DomainVerification,
    ExistingNetwork,
    GroupResource,
    InvalidInput,
    IpResource,
    LocalState,
    Member,
    ResourceEndpoint,
    ResourceGateway,
    ServiceNetwork,
    ServiceNetworkAssociation,
    ServiceNetworkEndpoint,
    Stack,
)

import pytest

from tests.conftest import Synth
from tests.constructs.test_constructs import GROUP, existing
from tests.constructs.test_kinds import DATABASE, published

STATE = LocalState()
NEWER = ">= 6.28.0, < 7.0.0"
ORDERS, BILLING = IpResource("10.0.0.9"), IpResource("10.0.0.10")
DOMAIN = "orders.example.com"


def make_stack(app: Any, name: str, aws_provider: str = NEWER) -> Any:
    return Stack(app, name, state=STATE, region="eu-west-1", aws_provider=aws_provider)


def produce(app: Any, resources: dict[str, Any] | None = None, **share: Any) -> Any:
    """Make a producer of `resources` with the network `finance` of them all."""
    stack = make_stack(app, "producer")
    gateway = ResourceGateway(stack, "gateway", existing(stack))
    shared = []
    for name, resource in (resources or {"orders": ORDERS, "billing": BILLING}).items():
        ports = {} if isinstance(resource, ArnResource | GroupResource) else {"ports": [443]}
        shared.append(gateway.share(name, resource, **ports, **(share if name == "orders" else {})))
    finance = ServiceNetwork(stack, "finance").share("finance", shared)
    STATE.publish(stack, *shared, finance)
    return stack


class Consumer:
    """A consumer with one VPC, in which endpoints are made."""

    def __init__(self, app: Any, aws_provider: str = NEWER, name: str = "consumer") -> None:
        self.stack = make_stack(app, name, aws_provider)
        self.network = self.another_network("network")
        self.read = STATE.read(self.stack, "producer")

    def another_network(self, id: str, vpc_id: str = "vpc-87654321") -> Any:
        return ExistingNetwork(self.stack, id, vpc_id=vpc_id, subnet_ids=["subnet-87654321"])

    def reach(self, name: str, id: str = "", *, network: Any = None, **arguments: Any) -> Any:
        kind: Any = arguments.pop("kind", ServiceNetworkEndpoint if name == "finance" else ResourceEndpoint)
        vpc = network or self.network
        return kind(self.stack, id or name, self.read[name], vpc, client_cidrs=["10.0.0.0/8"], **arguments)


def test_a_custom_domain_and_its_proof_are_written_and_published(synth: Synth) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "producer", ">= 6.22.0, < 7.0.0")
        proof = DomainVerification(stack, "example-com", domain="Example.com", zone_id="Z0123456789ABCDEFGHIJ")
        gateway = ResourceGateway(stack, "gateway", existing(stack))
        shared = gateway.share("orders", ORDERS, ports=[443], custom_domain=DOMAIN, domain_verification=proof)
        STATE.publish(stack, shared)

    producer = synth(build)["producer"]
    configuration = producer.one("aws_vpclattice_resource_configuration")
    assert configuration["custom_domain_name"] == DOMAIN
    kind = "aws_vpclattice_domain_verification"
    assert configuration["domain_verification_id"] == producer.ref(kind, "id")
    assert producer.one(kind)["domain_name"] == "example.com"
    record = producer.one("aws_route53_record")
    assert (record["type"], record["zone_id"]) == ("TXT", "Z0123456789ABCDEFGHIJ")
    assert record["name"] == producer.ref(kind, "txt_record_name")
    assert record["records"] == [producer.ref(kind, "txt_record_value")]
    assert published(producer)["custom_domain"] == DOMAIN


def test_a_verification_without_a_zone_hands_on_its_record(synth: Synth) -> None:
    def build(app: Any) -> None:
        from cdktf import TerraformOutput

        stack = make_stack(app, "producer")
        proof = DomainVerification(stack, "example-com", domain="example.com")
        TerraformOutput(stack, "record", value=[proof.txt_record_name, proof.txt_record_value])

    producer = synth(build)["producer"]
    kind = "aws_vpclattice_domain_verification"
    assert producer.all("aws_route53_record") == []
    assert producer.json["output"]["record"]["value"] == [
        producer.ref(kind, "txt_record_name"),
        producer.ref(kind, "txt_record_value"),
    ]


def test_a_resource_without_a_custom_domain_says_nothing_of_it(synth: Synth) -> None:
    producer = synth(lambda app: produce(app))["producer"]
    for configuration in producer.all("aws_vpclattice_resource_configuration"):
        assert not {"custom_domain_name", "domain_verification_id"} & set(configuration)
    assert "custom_domain" not in published(producer)


def test_a_stack_reads_several_producers_and_a_producer_is_read_by_several_stacks(synth: Synth) -> None:
    def build(app: Any) -> None:
        for name in ("orders", "billing"):
            stack = make_stack(app, name)
            gateway = ResourceGateway(stack, "gateway", existing(stack))
            STATE.publish(stack, gateway.share(name, ORDERS, ports=[443]))
        for name, read in (("shop", ("orders", "billing")), ("reports", ("billing",))):
            stack = make_stack(app, name)
            network = ExistingNetwork(stack, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-87654321"])
            for producer in read:
                shared = STATE.read(stack, producer)[producer]
                dns_name = f"{producer}.shared.internal"
                ResourceEndpoint(stack, producer, shared, network, client_cidrs=["10.0.0.0/8"], dns_name=dns_name)

    stacks = synth(build)
    for name, read in (("shop", {"orders", "billing"}), ("reports", {"billing"})):
        assert set(stacks[name].json["data"]["terraform_remote_state"]) == read
        assert {endpoint["resource_configuration_arn"] for endpoint in stacks[name].all("aws_vpc_endpoint")} == {
            f'${{data.terraform_remote_state.{producer}.outputs.latticelink.resources["{producer}"].arn}}'
            for producer in read
        }
        assert stacks[name].one("aws_route53_zone")["name"] == "shared.internal"
        assert {record["name"] for record in stacks[name].all("aws_route53_record")} == {
            f"{producer}.shared.internal" for producer in read
        }


PREFERENCE = {
    "private_dns_preference": "SPECIFIED_DOMAINS_ONLY",
    "private_dns_specified_domains": ["b.example.com", "a.example.com"],
}
WRITTEN = {
    "private_dns_preference": "SPECIFIED_DOMAINS_ONLY",
    "private_dns_specified_domains": ["a.example.com", "b.example.com"],
}


def test_a_choice_of_private_names_is_written_and_replaces_the_endpoint_when_it_changes(synth: Synth) -> None:
    def build(app: Any) -> None:
        produce(app)
        Consumer(app).reach("orders", **PREFERENCE)

    consumer = synth(build)["consumer"]
    assert consumer.one("aws_vpc_endpoint")["dns_options"] == [WRITTEN]
    fixed = consumer.one("terraform_data")["input"]
    assert {key: fixed[key] for key in WRITTEN} == WRITTEN


def test_an_association_and_a_networks_resources_have_their_choice_too(synth: Synth) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "producer")
        orders = ResourceGateway(stack, "gateway", existing(stack)).share("orders", ORDERS, ports=[443])
        finance = ServiceNetwork(stack, "finance").share("finance", [orders], private_dns_enabled=True)
        STATE.publish(stack, finance)
        Consumer(app, "~> 6.27").reach(
            "finance", kind=ServiceNetworkAssociation, private_dns_enabled=True, **PREFERENCE
        )

    stacks = synth(build)
    association = stacks["consumer"].one("aws_vpclattice_service_network_vpc_association")
    assert (association["private_dns_enabled"], association["dns_options"]) == (True, [WRITTEN])
    kind = "aws_vpclattice_service_network_resource_association"
    assert stacks["producer"].one(kind)["private_dns_enabled"] is True


def test_nothing_that_older_providers_lack_is_written_unless_asked_for(synth: Synth) -> None:
    def build(app: Any) -> None:
        produce(app)
        Consumer(app, "5.100.0").reach("orders")
        other = Consumer(app, "5.100.0", "other")
        other.reach("finance", kind=ServiceNetworkAssociation)

    stacks = synth(build)
    assert "dns_options" not in stacks["consumer"].one("aws_vpc_endpoint")
    association = stacks["other"].one("aws_vpclattice_service_network_vpc_association")
    assert not {"dns_options", "private_dns_enabled"} & set(association)
    for block in stacks["producer"].all("aws_vpclattice_service_network_resource_association"):
        assert "private_dns_enabled" not in block


def test_two_networks_of_one_vpc_share_a_zone(synth: Synth) -> None:
    def build(app: Any) -> None:
        produce(app)
        consumer = Consumer(app)
        consumer.reach("orders", dns_name="orders.shared.internal")
        consumer.reach("billing", network=consumer.another_network("twin"), dns_name="billing.shared.internal")

    assert synth(build)["consumer"].one("aws_route53_zone")["name"] == "shared.internal"


def test_one_resource_by_both_ways_is_fine_in_two_vpcs_or_without_private_dns(synth: Synth) -> None:
    def build(app: Any) -> None:
        produce(app)
        consumer = Consumer(app)
        consumer.reach("orders")
        consumer.reach("finance", network=consumer.another_network("other", "vpc-00000001"))
        consumer.reach("finance", "again", private_dns_enabled=False)

    assert len(synth(build)["consumer"].all("aws_vpc_endpoint")) == 3


@pytest.mark.parametrize("order", [("alone", "all"), ("all", "alone")])
def test_what_only_the_state_tells_of_both_ways_is_left_to_the_plan(synth: Synth, order: tuple[str, str]) -> None:
    """The producers are in another app, so that the members of the network are an expression here."""

    def build(app: Any) -> None:
        stack = make_stack(app, "consumer")
        network = ExistingNetwork(stack, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-87654321"])
        read = STATE.read(stack, "producer")
        kinds: dict[str, Any] = {"alone": ResourceEndpoint, "all": ServiceNetworkEndpoint}
        for name in order:
            kinds[name](stack, name, read[name], network, client_cidrs=["10.0.0.0/8"])

    consumer = synth(build)["consumer"]
    conditions = [
        condition["condition"]
        for endpoint in consumer.all("aws_vpc_endpoint")
        for condition in endpoint["lifecycle"]["precondition"]
        if "contains" in condition["condition"]
    ]
    [condition] = conditions
    resources = "data.terraform_remote_state.producer.outputs.latticelink.resources"
    assert f'values(try({resources}["all"].members, {{}})) : member.arn], {resources}["alone"].arn)' in condition


CONFLICTS: list[tuple[str, dict[str, Any], Callable[[Consumer], Any], str, str]] = [
    (
        "a resource endpoint beside the network's",
        {},
        lambda c: (c.reach("finance"), c.reach("orders")),
        "shared",
        "'finance' reaches 'orders' from this VPC already, with private DNS",
    ),
    (
        "a network's endpoint beside the resource's",
        {},
        lambda c: (c.reach("orders"), c.reach("finance", network=c.another_network("twin"))),
        "shared",
        "'orders' reaches 'orders' from this VPC already, with private DNS",
    ),
    (
        "two endpoints for a database's names",
        {"orders": ArnResource(DATABASE, 5432, GROUP)},
        lambda c: (c.reach("orders"), c.reach("orders", "again")),
        "shared",
        "'orders' reaches 'orders' from this VPC already",
    ),
    (
        "two endpoints for one custom domain",
        {"custom_domain": DOMAIN},
        lambda c: (c.reach("orders"), c.reach("orders", "again")),
        "shared",
        "A name in a VPC leads to one place; in this one it is the name of 'orders' already.",
    ),
    (
        "another's custom domain",
        {"custom_domain": DOMAIN},
        lambda c: (c.reach("orders"), c.reach("billing", dns_name=DOMAIN)),
        "dns_name",
        "A name in a VPC leads to one place",
    ),
    (
        "one dns_name twice",
        {},
        lambda c: (c.reach("orders", dns_name="a.x.internal"), c.reach("billing", dns_name="a.x.internal")),
        "dns_name",
        "it is the name of 'orders' already",
    ),
    (
        "a member's name",
        {},
        lambda c: (
            c.reach("finance", kind=ServiceNetworkAssociation, members_domain="x.internal"),
            c.reach("billing", dns_name="orders.x.internal"),
        ),
        "dns_name",
        "it is the name of 'finance' already",
    ),
    (
        "one members_domain twice",
        {},
        lambda c: (
            c.reach("orders", dns_name="orders.x.internal"),
            c.reach("finance", kind=ServiceNetworkAssociation, members_domain="x.internal"),
        ),
        "members_domain",
        "it is the name of 'orders' already",
    ),
    (
        "a zone named like a custom domain",
        {"custom_domain": DOMAIN},
        lambda c: (c.reach("orders"), c.reach("billing", dns_name=f"billing.{DOMAIN}")),
        "dns_name",
        f"A private zone hides what AWS answers for its name and below: '{DOMAIN}'",
    ),
    (
        "a custom domain where such a zone is",
        {"custom_domain": DOMAIN},
        lambda c: (c.reach("billing", dns_name=f"billing.eu.{DOMAIN}"), c.reach("orders")),
        "shared",
        f"A private zone hides what AWS answers for its name and below: '{DOMAIN}'",
    ),
]


@pytest.mark.parametrize(("what", "producer", "make", "argument", "rule"), CONFLICTS, ids=[row[0] for row in CONFLICTS])
def test_what_two_in_one_vpc_can_not_both_have_is_refused(
    what: str, producer: dict[str, Any], make: Callable[[Consumer], Any], argument: str, rule: str
) -> None:
    app = App(context={})
    if "orders" in producer:
        produce(app, producer)
    else:
        produce(app, **producer)
    consumer = Consumer(app)
    with pytest.raises(InvalidInput) as caught:
        make(consumer)
    assert [finding.place[-1] for finding in caught.value.findings] == [argument], what
    assert rule in caught.value.findings[0].rule


def test_a_zone_above_a_custom_domain_hides_nothing(synth: Synth) -> None:
    def build(app: Any) -> None:
        produce(app, custom_domain=DOMAIN)
        consumer = Consumer(app)
        consumer.reach("orders")
        consumer.reach("billing", dns_name="billing.example.com")

    assert synth(build)["consumer"].one("aws_route53_zone")["name"] == "example.com"


def share(stack: Any, resource: Any = ORDERS, **arguments: Any) -> Any:
    ports = {} if isinstance(resource, ArnResource | GroupResource) else {"ports": [443]}
    return ResourceGateway(stack, "gateway", existing(stack)).share("orders", resource, **ports, **arguments)


def proof(stack: Any, domain: str = "example.com", **arguments: Any) -> Any:
    return DomainVerification(stack, "proof", domain=domain, **arguments)


MEMBER = Member(ORDERS, ports=[443])
REFUSED: list[tuple[str, str, Callable[[Any], Any], str, str]] = [
    ("a malformed domain", NEWER, lambda s: share(s, custom_domain="orders"), "custom_domain", "at least 2 labels"),
    (
        "a domain of a database",
        NEWER,
        lambda s: share(s, ArnResource(DATABASE, 1, GROUP), custom_domain=DOMAIN),
        "custom_domain",
        "A database is reached by names of its own",
    ),
    (
        "a domain of a group",
        NEWER,
        lambda s: share(s, GroupResource({"a": MEMBER}), custom_domain=DOMAIN),
        "custom_domain",
        "below a group domain, which the AWS provider can't set",
    ),
    (
        "a proof of nothing",
        NEWER,
        lambda s: share(s, domain_verification="dv-0123456789abcdef0"),
        "domain_verification",
        "none is given",
    ),
    (
        "a proof of another domain",
        NEWER,
        lambda s: share(s, custom_domain="orders.example.org", domain_verification=proof(s)),
        "domain_verification",
        "'orders.example.org' is none of these",
    ),
    (
        "a domain that only ends like the proven one",
        NEWER,
        lambda s: share(s, custom_domain="myexample.com", domain_verification=proof(s)),
        "domain_verification",
        "'myexample.com' is none of these",
    ),
    (
        "a proof by what is no id",
        NEWER,
        lambda s: share(s, custom_domain=DOMAIN, domain_verification="example.com"),
        "domain_verification",
        "An id here starts with 'dv-'",
    ),
    ("a proof of no domain", NEWER, lambda s: proof(s, "10.0.0.9"), "domain", "This is a name, not an address."),
    ("a zone by its name", NEWER, lambda s: proof(s, zone_id="example.com"), "zone_id", "'Z' and up to 31"),
    ("a domain with an old provider", "5.100.0", lambda s: share(s, custom_domain=DOMAIN), "custom_domain", "6.22.0"),
    ("a proof with an old provider", "~> 6.21", lambda s: proof(s), "domain", "6.22.0"),
]


@pytest.mark.parametrize(("what", "aws_provider", "make", "argument", "rule"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_custom_domain_that_would_not_work_is_refused(
    what: str, aws_provider: str, make: Callable[[Any], Any], argument: str, rule: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(make_stack(App(context={}), "producer", aws_provider))
    assert [finding.place[-1] for finding in caught.value.findings] == [argument], what
    assert rule in caught.value.findings[0].rule


CHOICES: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("an unknown choice", NEWER, {"private_dns_preference": "SOME"}, "private_dns_preference", "is one of"),
    (
        "domains that no choice names",
        NEWER,
        {"private_dns_preference": "ALL_DOMAINS", "private_dns_specified_domains": ["a.example.com"]},
        "private_dns_specified_domains",
        "only with these",
    ),
    (
        "a choice of domains without any",
        NEWER,
        {"private_dns_preference": "SPECIFIED_DOMAINS_ONLY"},
        "private_dns_specified_domains",
        "Domains are given with",
    ),
    (
        "domains alone",
        NEWER,
        {"private_dns_specified_domains": ["a.example.com"]},
        "private_dns_preference",
        "is one of",
    ),
    (
        "eleven domains",
        NEWER,
        {**PREFERENCE, "private_dns_specified_domains": [f"{n}.example.com" for n in range(11)]},
        "private_dns_specified_domains",
        "1 to 10",
    ),
    (
        "one domain as a text",
        NEWER,
        {**PREFERENCE, "private_dns_specified_domains": "a.example.com"},
        "private_dns_specified_domains",
        "1 to 10",
    ),
    (
        "a choice without private DNS",
        NEWER,
        {"private_dns_preference": "ALL_DOMAINS", "private_dns_enabled": False},
        "private_dns_preference",
        "it is off here",
    ),
    (
        "a choice with an older provider",
        ">= 6.25.0, < 7.0.0",
        {"private_dns_preference": "ALL_DOMAINS"},
        "private_dns_preference",
        "came with AWS provider 6.28.0; this stack's constraint, '>= 6.25.0, < 7.0.0', allows older ones.",
    ),
    (
        "an association's private DNS with an older provider",
        ">= 6.25.0, < 7.0.0",
        {"kind": ServiceNetworkAssociation, "private_dns_enabled": True},
        "private_dns_enabled",
        "came with AWS provider 6.27.0",
    ),
]


@pytest.mark.parametrize(
    ("what", "aws_provider", "arguments", "argument", "rule"), CHOICES, ids=[row[0] for row in CHOICES]
)
def test_a_choice_of_private_names_that_would_not_work_is_refused(
    what: str, aws_provider: str, arguments: dict[str, Any], argument: str, rule: str
) -> None:
    app = App(context={})
    produce(app)
    consumer = Consumer(app, aws_provider)
    with pytest.raises(InvalidInput) as caught:
        consumer.reach("finance" if "kind" in arguments else "orders", **arguments)
    assert [finding.place[-1] for finding in caught.value.findings] == [argument], what
    assert rule in caught.value.findings[0].rule


def test_a_networks_private_dns_with_an_older_provider_is_refused() -> None:
    stack = make_stack(App(context={}), "producer", "~> 6.27")
    orders = share(stack)
    with pytest.raises(InvalidInput, match=r"came with AWS provider 6\.28\.0"):
        ServiceNetwork(stack, "finance").share("finance", [orders], private_dns_enabled=False)


def test_names_known_only_after_apply_are_not_judged(synth: Synth) -> None:
    def build(app: Any) -> None:
        produce(app, custom_domain="${var.domain}")
        consumer = Consumer(app)
        consumer.reach("orders")
        consumer.reach("billing", dns_name=f"billing.{DOMAIN}")

    configurations = synth(build)["producer"].all("aws_vpclattice_resource_configuration")
    assert "${var.domain}" in json.dumps(configurations)
    assert DnsResource(DOMAIN, security_group_id=GROUP).known_name == DOMAIN
