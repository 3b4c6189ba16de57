"""A consumer's choice among the producers' names: what it writes, and which provider it needs."""

from __future__ import annotations

from typing import Any

from latticelink import (
    App,
    InvalidInput,
    ResourceGateway,
    ServiceNetwork,
    ServiceNetworkAssociation,
)
from latticelink.testing import Synthesise

import pytest

from tests.builders import existing
from tests.constructs.test_consumer_names import NEWER, ORDERS, STATE, Consumer, make_stack, produce

PREFERENCE = {
    "private_dns_preference": "SPECIFIED_DOMAINS_ONLY",
    "private_dns_specified_domains": ["b.example.com", "a.example.com"],
}
WRITTEN = {
    "private_dns_preference": "SPECIFIED_DOMAINS_ONLY",
    "private_dns_specified_domains": ["a.example.com", "b.example.com"],
}


def test_a_choice_of_private_names_is_written_and_replaces_the_endpoint_when_it_changes(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        produce(app)
        Consumer(app).reach("orders", **PREFERENCE)

    consumer = synthesise(build)["consumer"]
    assert consumer.one("aws_vpc_endpoint")["dns_options"] == [WRITTEN]
    fixed = consumer.one("terraform_data")["input"]
    assert {key: fixed[key] for key in WRITTEN} == WRITTEN


def test_an_association_and_a_networks_resources_have_their_choice_too(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "producer")
        orders = ResourceGateway(stack, "gateway", existing(stack)).share("orders", ORDERS, ports=[443])
        finance = ServiceNetwork(stack, "finance").share("finance", [orders], private_dns_enabled=True)
        STATE.publish(stack, finance)
        Consumer(app, "~> 6.27").reach(
            "finance", kind=ServiceNetworkAssociation, private_dns_enabled=True, **PREFERENCE
        )

    stacks = synthesise(build)
    association = stacks["consumer"].one("aws_vpclattice_service_network_vpc_association")
    assert (association["private_dns_enabled"], association["dns_options"]) == (True, [WRITTEN])
    kind = "aws_vpclattice_service_network_resource_association"
    assert stacks["producer"].one(kind)["private_dns_enabled"] is True


def test_nothing_that_older_providers_lack_is_written_unless_asked_for(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        produce(app)
        Consumer(app, "5.100.0").reach("orders")
        other = Consumer(app, "5.100.0", "other")
        other.reach("finance", kind=ServiceNetworkAssociation)

    stacks = synthesise(build)
    assert "dns_options" not in stacks["consumer"].one("aws_vpc_endpoint")
    association = stacks["other"].one("aws_vpclattice_service_network_vpc_association")
    assert not {"dns_options", "private_dns_enabled"} & set(association)
    for block in stacks["producer"].all("aws_vpclattice_service_network_resource_association"):
        assert "private_dns_enabled" not in block


def share_orders(stack: Any) -> Any:
    return ResourceGateway(stack, "gateway", existing(stack)).share("orders", ORDERS, ports=[443])


CHOICES: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("an unknown choice", NEWER, {"private_dns_preference": "SOME"}, "private_dns_preference", "is one of"),
    (
        "domains that no choice names",
        NEWER,
        {"private_dns_preference": "ALL_DOMAINS", "private_dns_specified_domains": ["a.example.com"]},
        "private_dns_specified_domains",
        "Domains are given only with",
    ),
    (
        "a choice of domains without any",
        NEWER,
        {"private_dns_preference": "SPECIFIED_DOMAINS_ONLY"},
        "private_dns_specified_domains",
        "Domains are given only with",
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
        "private DNS is off here",
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
    stack = make_stack(App(context={}), "producer", aws_provider="~> 6.27")
    orders = share_orders(stack)
    with pytest.raises(InvalidInput, match=r"came with AWS provider 6\.28\.0"):
        ServiceNetwork(stack, "finance").share("finance", [orders], private_dns_enabled=False)
