"""What two things in one VPC can't both have: a name, a resource with private DNS, a zone over another's name."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from latticelink import (
    App,
    ArnResource,
    DnsResource,
    ExistingNetwork,
    GroupResource,
    InvalidInput,
    IpResource,
    LocalState,
    ResourceEndpoint,
    ResourceGateway,
    ServiceNetwork,
    ServiceNetworkAssociation,
    ServiceNetworkEndpoint,
    SharedResource,
)
from latticelink.testing import Synthesise

import pytest

from tests import builders
from tests.builders import GROUP, existing
from tests.constructs.test_kinds import DATABASE

STATE = LocalState()
NEWER = ">= 6.28.0, < 7.0.0"
ORDERS, BILLING = IpResource("10.0.0.9"), IpResource("10.0.0.10")
DOMAIN = "orders.example.com"


make_stack = partial(builders.make_stack, aws_provider=NEWER)


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
        self.stack = make_stack(app, name, aws_provider=aws_provider)
        self.network = self.another_network("network")
        self.read = STATE.read(self.stack, "producer")

    def another_network(self, id: str, vpc_id: str = "vpc-87654321") -> Any:
        return ExistingNetwork(self.stack, id, vpc_id=vpc_id, subnet_ids=["subnet-87654321"])

    def reach(self, name: str, id: str = "", *, network: Any = None, **arguments: Any) -> Any:
        kind: Any = arguments.pop("kind", ServiceNetworkEndpoint if name == "finance" else ResourceEndpoint)
        vpc = network or self.network
        return kind(self.stack, id or name, self.read[name], vpc, client_cidrs=["10.0.0.0/8"], **arguments)


def test_a_stack_reads_several_producers_and_a_producer_is_read_by_several_stacks(synthesise: Synthesise) -> None:
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

    stacks = synthesise(build)
    for name, read in (("shop", {"orders", "billing"}), ("reports", {"billing"})):
        assert set(stacks[name].json["data"]["terraform_remote_state"]) == read
        assert {endpoint["resource_configuration_arn"] for endpoint in stacks[name].all("aws_vpc_endpoint")} == {
            f'${{try(data.terraform_remote_state.{producer}.outputs.latticelink.resources["{producer}"].arn, null)}}'
            for producer in read
        }
        assert stacks[name].one("aws_route53_zone")["name"] == "shared.internal"
        assert {record["name"] for record in stacks[name].all("aws_route53_record")} == {
            f"{producer}.shared.internal" for producer in read
        }


def test_two_networks_of_one_vpc_share_a_zone(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        produce(app)
        consumer = Consumer(app)
        consumer.reach("orders", dns_name="orders.shared.internal")
        consumer.reach("billing", network=consumer.another_network("twin"), dns_name="billing.shared.internal")

    assert synthesise(build)["consumer"].one("aws_route53_zone")["name"] == "shared.internal"


def test_one_resource_by_both_ways_is_fine_in_two_vpcs_or_without_private_dns(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        produce(app)
        consumer = Consumer(app)
        consumer.reach("orders")
        consumer.reach("finance", network=consumer.another_network("other", "vpc-00000001"))
        consumer.reach("finance", "again", private_dns_enabled=False)

    assert len(synthesise(build)["consumer"].all("aws_vpc_endpoint")) == 3


@pytest.mark.parametrize("order", [("alone", "all"), ("all", "alone")])
def test_what_only_the_state_tells_of_both_ways_is_left_to_the_plan(
    synthesise: Synthesise, order: tuple[str, str]
) -> None:
    """The producers are in another app, so that the members of the network are an expression here."""

    def build(app: Any) -> None:
        stack = make_stack(app, "consumer")
        network = ExistingNetwork(stack, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-87654321"])
        read = STATE.read(stack, "producer")
        kinds: dict[str, Any] = {"alone": ResourceEndpoint, "all": ServiceNetworkEndpoint}
        for name in order:
            kinds[name](stack, name, read[name], network, client_cidrs=["10.0.0.0/8"])

    consumer = synthesise(build)["consumer"]
    conditions = [
        condition["condition"]
        for endpoint in consumer.all("aws_vpc_endpoint")
        for condition in endpoint["lifecycle"]["precondition"]
        if "contains" in condition["condition"]
    ]
    [condition] = conditions
    resources = "data.terraform_remote_state.producer.outputs.latticelink.resources"
    assert (
        f'values(try({resources}["all"].members, {{}})) : member.arn], try({resources}["alone"].arn, null))'
        in condition
    )


TWINS = SharedResource.of_arn(
    "finance",
    "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0123456789abcdef0",
    ports=[443],
    members={name: {"arn": f"arn:{name}", "ports": ["443"], "dns_name": "x.example"} for name in ("Orders", "orders")},
)
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
        "A name in a VPC leads to one place; in this VPC, it already leads to 'orders'.",
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
        "it already leads to 'orders'",
    ),
    (
        "a member's name",
        {},
        lambda c: (
            c.reach("finance", kind=ServiceNetworkAssociation, members_domain="x.internal"),
            c.reach("billing", dns_name="orders.x.internal"),
        ),
        "dns_name",
        "it already leads to 'finance'",
    ),
    (
        "one members_domain twice",
        {},
        lambda c: (
            c.reach("orders", dns_name="orders.x.internal"),
            c.reach("finance", kind=ServiceNetworkAssociation, members_domain="x.internal"),
        ),
        "members_domain",
        "it already leads to 'orders'",
    ),
    (
        "members of two producers that differ by capitals alone",
        {},
        lambda c: ServiceNetworkAssociation(
            c.stack, "finance", TWINS, c.network, client_cidrs=["10.0.0.0/8"], members_domain="x.internal"
        ),
        "members_domain",
        "DNS ignores case, and 'Orders' is a member too.",
    ),
    (
        "a member whose name is no label",
        {"orders": ORDERS, "billing.eu": BILLING},
        lambda c: c.reach("finance", kind=ServiceNetworkAssociation, members_domain="x.internal"),
        "members_domain",
        "The name of a member is a DNS label",
    ),
    (
        "a member whose name is too long for a label",
        {"orders": ORDERS, "b" * 64: BILLING},
        lambda c: c.reach("finance", kind=ServiceNetworkAssociation, members_domain="x.internal"),
        "members_domain",
        "The name of a member is a DNS label",
    ),
    (
        "a zone named like a custom domain",
        {"custom_domain": DOMAIN},
        lambda c: (c.reach("orders"), c.reach("billing", dns_name=f"billing.{DOMAIN}")),
        "dns_name",
        f"A private zone hides what AWS answers for its name and the names below it, among them '{DOMAIN}'",
    ),
    (
        "a custom domain where such a zone is",
        {"custom_domain": DOMAIN},
        lambda c: (c.reach("billing", dns_name=f"billing.eu.{DOMAIN}"), c.reach("orders")),
        "shared",
        f"A private zone hides what AWS answers for its name and the names below it, among them '{DOMAIN}'",
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


def test_a_zone_above_a_custom_domain_hides_nothing(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        produce(app, custom_domain=DOMAIN)
        consumer = Consumer(app)
        consumer.reach("orders")
        consumer.reach("billing", dns_name="billing.example.com")

    assert synthesise(build)["consumer"].one("aws_route53_zone")["name"] == "example.com"


def test_names_known_only_after_apply_are_not_judged(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        produce(app, custom_domain="${var.domain}")
        consumer = Consumer(app)
        consumer.reach("orders")
        consumer.reach("billing", dns_name=f"billing.{DOMAIN}")

    configurations = synthesise(build)["producer"].all("aws_vpclattice_resource_configuration")
    assert "${var.domain}" in json.dumps(configurations)
    assert DnsResource(DOMAIN, security_group_id=GROUP).known_name == DOMAIN


def test_a_member_that_only_the_state_knows_is_judged_at_plan(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        Consumer(app).reach("finance", kind=ServiceNetworkAssociation, members_domain="x.internal")

    record = synthesise(build)["consumer"].one("aws_route53_record")
    label, twins = (each["condition"] for each in record["lifecycle"]["precondition"])
    assert label == '${can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$", each.key))}'
    assert twins.startswith("${length(distinct([for name, member in ")


def test_a_resource_in_two_lists_of_a_service_network_is_associated_once(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "producer")
        gateway = ResourceGateway(stack, "gateway", existing(stack))
        orders, billing = (gateway.share(name, ORDERS, ports=[443]) for name in ("orders", "billing"))
        network = ServiceNetwork(stack, "finance")
        STATE.publish(stack, network.share("one", [orders, billing]), network.share("two", [billing]))

    producer = synthesise(build)["producer"]
    members = [
        each["resource_configuration_identifier"]
        for each in producer.all("aws_vpclattice_service_network_resource_association")
    ]
    assert len(members) == len(set(members)) == 2
    resources = producer.json["output"]["latticelink"]["value"]["resources"]
    assert resources["two"]["members"]["billing"] == resources["one"]["members"]["billing"]


def test_a_resource_in_two_lists_has_private_dns_in_one_way() -> None:
    stack = make_stack(App(context={}), "producer")
    gateway = ResourceGateway(stack, "gateway", existing(stack))
    orders = gateway.share("orders", ORDERS, ports=[443])
    network = ServiceNetwork(stack, "finance")
    network.share("one", [orders], private_dns_enabled=True)
    with pytest.raises(InvalidInput, match="was already created with private_dns_enabled=True"):
        network.share("two", [orders], private_dns_enabled=False)
