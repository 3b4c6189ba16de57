"""A domain name of the producer's: what it writes and publishes, and where it would not work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from latticelink import (
    App,
    ArnResource,
    DomainVerification,
    GroupResource,
    InvalidInput,
    Member,
    ResourceGateway,
)
from latticelink.testing import Synthesise

import pytest

from tests.builders import GROUP, existing
from tests.constructs.test_consumer_names import DOMAIN, NEWER, ORDERS, STATE, make_stack, produce
from tests.constructs.test_kinds import DATABASE, published
from tests.flavour import core


def test_a_custom_domain_and_its_proof_are_written_and_published(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "producer", aws_provider=">= 6.22.0, < 7.0.0")
        proof = DomainVerification(stack, "example-com", domain="Example.com", zone_id="Z0123456789ABCDEFGHIJ")
        gateway = ResourceGateway(stack, "gateway", existing(stack))
        shared = gateway.share("orders", ORDERS, ports=[443], custom_domain=DOMAIN, domain_verification=proof)
        STATE.publish(stack, shared)

    producer = synthesise(build)["producer"]
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


def test_a_verification_without_a_zone_hands_on_its_record(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "producer")
        proof = DomainVerification(stack, "example-com", domain="example.com")
        core().TerraformOutput(stack, "record", value=[proof.txt_record_name, proof.txt_record_value])

    producer = synthesise(build)["producer"]
    kind = "aws_vpclattice_domain_verification"
    assert producer.all("aws_route53_record") == []
    assert producer.json["output"]["record"]["value"] == [
        producer.ref(kind, "txt_record_name"),
        producer.ref(kind, "txt_record_value"),
    ]


def test_a_resource_without_a_custom_domain_says_nothing_of_it(synthesise: Synthesise) -> None:
    producer = synthesise(lambda app: produce(app))["producer"]
    for configuration in producer.all("aws_vpclattice_resource_configuration"):
        assert not {"custom_domain_name", "domain_verification_id"} & set(configuration)
    assert "custom_domain" not in published(producer)


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
        "A database is reached by its own names",
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
        "This id starts with 'dv-'",
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
        make(make_stack(App(context={}), "producer", aws_provider=aws_provider))
    assert [finding.place[-1] for finding in caught.value.findings] == [argument], what
    assert rule in caught.value.findings[0].rule


def test_a_domain_is_verified_once_in_a_stack() -> None:
    stack = make_stack(App(context={}), "producer")
    DomainVerification(stack, "proof", domain="example.com")
    with pytest.raises(InvalidInput, match="producer/proof already does"):
        DomainVerification(stack, "another", domain="Example.com")
