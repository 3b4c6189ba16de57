"""Tags: the stack's default ones, those of each construct, and the Name tag among them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from latticelink import (
    AccountShare,
    DomainVerification,
    ExistingGateway,
    ExistingNetwork,
    GroupResource,
    InvalidInput,
    IpResource,
    LocalState,
    Member,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    S3State,
    ServiceNetwork,
    ServiceNetworkAssociation,
    SharedResource,
    Stack,
    StateBucket,
)
from latticelink.testing import Synthesise

import pytest

from tests.builders import existing, make_stack

TEAM = {"Team": "shop"}
ORDERS = SharedResource.of_arn(
    "orders",
    "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0",
    ports=[5432],
)
ORDERS_HERE = replace(ORDERS, arn=ORDERS.arn.replace("eu-west-1", "ap-northeast-1"))


def test_the_stacks_tags_are_the_providers_default_tags(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        Stack(app, "tagged", state=LocalState(), region="eu-west-1", tags=TEAM)
        make_stack(app, "plain")

    stacks = synthesise(build)
    assert stacks["tagged"].json["provider"]["aws"][0]["default_tags"] == [{"tags": TEAM}]
    assert "default_tags" not in stacks["plain"].json["provider"]["aws"][0]


def everything(app: Any) -> None:
    """Make each construct that has tags, with tags."""
    state = LocalState()
    stack = Stack(app, "tagged", state=state, region="eu-west-1", aws_provider=">= 6.22.0, < 7.0.0")
    network = Network(stack, "network", cidr="10.0.0.0/16", zones=["eu-west-1a"], tags=TEAM)
    gateway = ResourceGateway(stack, "gateway", network, tags=TEAM)
    orders = gateway.share("orders", IpResource("10.0.0.9"), ports=[5432], tags={"Stage": "prod"})
    members = {"db": Member(IpResource("10.0.0.8"), ports=[1])}
    gateway.share("all", GroupResource(members))
    theirs = ExistingGateway(stack, "theirs", network, gateway_id="rgw-0123456789abcdef0", tags=TEAM)
    theirs.share("more", IpResource("10.0.0.7"), ports=[1])
    made = ServiceNetwork(stack, "finance", tags=TEAM, access_logs="arn:aws:s3:::acme-logs")
    finance = made.share("finance", [orders])
    AccountShare(stack, "accounts", [orders], principals=["444455556666"], tags=TEAM)
    DomainVerification(stack, "domain", domain="example.com", tags=TEAM)
    StateBucket(stack, "bucket", S3State("acme-state", "eu-west-1"), tags=TEAM)
    elsewhere = ExistingNetwork(stack, "clients", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"], tags=TEAM)
    arguments: dict[str, Any] = {"client_cidrs": ["10.0.0.0/16"], "tags": TEAM}
    ResourceEndpoint(stack, "reach", ORDERS, elsewhere, dns_name="db.shared.internal", **arguments)
    ServiceNetworkAssociation(stack, "association", finance, elsewhere, **arguments)


def test_whatever_aws_gives_tags_gets_those_of_its_construct_and_a_name_of_its_own(synthesise: Synthesise) -> None:
    resources = synthesise(everything)["tagged"].json["resource"]
    tags = {
        (kind, block["tags"].get("Name", "")): {key: value for key, value in block["tags"].items() if key != "Name"}
        for kind, blocks in resources.items()
        for block in blocks.values()
        if "tags" in block
    }
    both = {"Team": "shop", "Stage": "prod"}
    configuration = "aws_vpclattice_resource_configuration"
    assert tags == {
        ("aws_ram_resource_share", "tagged-accounts"): TEAM,
        ("aws_route53_zone", "shared.internal"): TEAM,
        ("aws_s3_bucket", ""): TEAM,
        ("aws_security_group", "tagged-association"): TEAM,
        ("aws_security_group", "tagged-gateway"): TEAM,
        ("aws_security_group", "tagged-reach"): TEAM,
        ("aws_subnet", "tagged-network-eu-west-1a"): TEAM,
        ("aws_vpc", "tagged-network"): TEAM,
        ("aws_vpc_endpoint", "tagged-reach"): TEAM,
        ("aws_vpclattice_domain_verification", ""): TEAM,
        (configuration, "tagged-all"): TEAM,
        (configuration, "tagged-all-db"): TEAM,
        (configuration, "tagged-more"): TEAM,
        (configuration, "tagged-orders"): both,
        ("aws_vpclattice_access_log_subscription", "tagged-finance"): TEAM,
        ("aws_vpclattice_resource_gateway", "tagged-gateway"): TEAM,
        ("aws_vpclattice_service_network", "tagged-finance"): TEAM,
        ("aws_vpclattice_service_network_resource_association", "orders"): TEAM,
        ("aws_vpclattice_service_network_vpc_association", "tagged-association"): TEAM,
    }


def test_another_name_tag_is_of_the_construct_itself_and_not_of_its_parts(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        Network(make_stack(app), "network", cidr="10.0.0.0/16", zones=["eu-west-1a"], tags={"Name": "mine"})

    producer = synthesise(build)["producer"]
    assert producer.one("aws_vpc")["tags"] == {"Name": "mine"}
    assert producer.one("aws_subnet")["tags"] == {"Name": "producer-network-eu-west-1a"}


def test_the_stacks_tags_count_among_the_fifty_of_each_object(stack: Any) -> None:
    app = stack.node.root
    many = {f"tag-{number}": "x" for number in range(30)}
    tagged = Stack(app, "tagged", state=LocalState(), region="eu-west-1", tags=many)
    with pytest.raises(InvalidInput) as caught:
        ResourceGateway(tagged, "gateway", existing(tagged), tags={f"own-{number}": "x" for number in range(20)})
    [finding] = caught.value.findings
    assert (finding.place, finding.value) == (("tagged", "gateway", "tags"), "51")


@pytest.mark.parametrize(
    ("what", "make"),
    [
        (
            "a network",
            lambda stack, tags: Network(stack, "x", cidr="10.0.0.0/16", zones=["ap-northeast-1a"], tags=tags),
        ),
        ("a gateway", lambda stack, tags: ResourceGateway(stack, "x", existing(stack), tags=tags)),
        ("a service network", lambda stack, tags: ServiceNetwork(stack, "x", tags=tags)),
        (
            "an endpoint",
            lambda stack, tags: ResourceEndpoint(
                stack, "x", ORDERS_HERE, existing(stack), client_cidrs=["10.0.0.0/16"], tags=tags
            ),
        ),
        (
            "an account share",
            lambda stack, tags: AccountShare(stack, "x", [ORDERS], principals=["444455556666"], tags=tags),
        ),
        ("a bucket", lambda stack, tags: StateBucket(stack, "x", S3State("acme", "ap-northeast-1"), tags=tags)),
    ],
)
def test_a_bad_tag_is_refused_once_at_its_construct(stack: Any, what: str, make: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        make(stack, {"aws:x": "y"})
    [finding] = caught.value.findings
    assert finding.place == ("producer", "x", "tags"), what
    assert finding.rule == "Keys that begin with 'aws:' are reserved by AWS."


def test_a_bad_tag_of_a_stack_is_refused() -> None:
    from latticelink import App

    with pytest.raises(InvalidInput, match="A tag's value is a string of up to 256"):
        Stack(App(context={}), "tagged", state=LocalState(), region="eu-west-1", tags={"Team": "x" * 257})
