"""What the constructs make is at hand: each has its resources as attributes, and the main one as its default child."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from latticelink import (
    AcceptedShare,
    AccountShare,
    CloudState,
    CloudWorkspaces,
    DomainVerification,
    ExistingGateway,
    ExistingNetwork,
    ExistingSubnet,
    IpResource,
    LocalState,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    S3State,
    SecurityGroup,
    ServiceNetwork,
    ServiceNetworkAssociation,
    ServiceNetworkEndpoint,
    SharedResource,
    Stack,
    StateBucket,
)
from latticelink.testing import Synthesise

import pytest

from tests.builders import existing, make_stack
from tests.flavour import core

LATTICE = "arn:aws:vpc-lattice:eu-west-1:111122223333"
SHARE = "arn:aws:ram:eu-west-1:111122223333:resource-share/0a1b2c3d-0000-1111-2222-333344445555"
ORDERS = SharedResource.of_arn("orders", f"{LATTICE}:resourceconfiguration/rcfg-0123456789abcdef0", ports=[5432])
FINANCE = SharedResource.of_arn(
    "finance",
    f"{LATTICE}:servicenetwork/sn-0123456789abcdef0",
    ports=[443],
    members={"db": {"arn": "x", "dns_name": "db.example.com"}},
)
CLIENTS: dict[str, Any] = {"client_cidrs": ["10.0.0.0/16"]}


def told(stack: Any) -> ExistingNetwork:
    return ExistingNetwork(stack, "x", vpc_id="vpc-12345678", subnets=[ExistingSubnet("subnet-12345678")])


def shared(stack: Any) -> ResourceGateway:
    gateway = ResourceGateway(stack, "x", existing(stack))
    gateway.share("orders", IpResource("10.0.0.9"), ports=[5432])
    return gateway


def existing_shared(stack: Any) -> ExistingGateway:
    gateway = ExistingGateway(stack, "x", existing(stack), gateway_id="rgw-0123456789abcdef0")
    gateway.share("orders", IpResource("10.0.0.9"), ports=[5432])
    return gateway


def service_network(stack: Any) -> ServiceNetwork:
    made = ServiceNetwork(stack, "x")
    made.share("finance", [ORDERS])
    return made


def endpoint(stack: Any) -> ResourceEndpoint:
    return ResourceEndpoint(stack, "x", ORDERS, existing(stack), **CLIENTS, dns_name="db.shared.internal")


def network(stack: Any) -> Network:
    return Network(stack, "x", cidr="10.0.0.0/16", zones=["eu-west-1a"])


# What is made, and what stands at hand in it: how to get there, and its Terraform type; the first is the default child.
ATTRIBUTES: list[tuple[Callable[[Any], Any], list[tuple[Callable[[Any], Any], str]]]] = [
    (network, [(lambda x: x.vpc, "aws_vpc"), (lambda x: x.subnets[0].resource, "aws_subnet")]),
    (told, [(lambda x: x.vpc, "aws_vpc"), (lambda x: x.subnets[0].resource, "aws_subnet")]),
    (lambda stack: SecurityGroup(stack, "x", existing(stack)), [(lambda x: x.resource, "aws_security_group")]),
    (
        shared,
        [
            (lambda x: x.gateway, "aws_vpclattice_resource_gateway"),
            (lambda x: x.group.resource, "aws_security_group"),
            (lambda x: x.configurations["orders"], "aws_vpclattice_resource_configuration"),
        ],
    ),
    (
        endpoint,
        [
            (lambda x: x.endpoint, "aws_vpc_endpoint"),
            (lambda x: x.group.resource, "aws_security_group"),
            (lambda x: x.record, "aws_route53_record"),
            (lambda x: x.associations, "aws_vpc_endpoint_associations"),
        ],
    ),
    (
        lambda stack: ServiceNetworkEndpoint(
            stack, "x", FINANCE, existing(stack), **CLIENTS, members_domain="shared.internal"
        ),
        [(lambda x: x.endpoint, "aws_vpc_endpoint"), (lambda x: x.record, "aws_route53_record")],
    ),
    (
        service_network,
        [
            (lambda x: x.network, "aws_vpclattice_service_network"),
            (lambda x: x.associations["finance-orders"], "aws_vpclattice_service_network_resource_association"),
        ],
    ),
    (
        lambda stack: ServiceNetworkAssociation(
            stack, "x", FINANCE, existing(stack), **CLIENTS, members_domain="shared.internal"
        ),
        [
            (lambda x: x.association, "aws_vpclattice_service_network_vpc_association"),
            (lambda x: x.group.resource, "aws_security_group"),
            (lambda x: x.record, "aws_route53_record"),
        ],
    ),
    (
        lambda stack: AccountShare(stack, "x", [ORDERS], principals=["444455556666"]),
        [
            (lambda x: x.share, "aws_ram_resource_share"),
            (lambda x: x.resource_associations["orders"], "aws_ram_resource_association"),
            (lambda x: x.principal_associations["444455556666"], "aws_ram_principal_association"),
        ],
    ),
    (
        lambda stack: AcceptedShare(
            stack, "x", [SharedResource.of_arn("orders", ORDERS.arn, ports=[1], share_arns={"x": SHARE})]
        ),
        [(lambda x: x.accepter, "aws_ram_resource_share_accepter")],
    ),
    (
        lambda stack: DomainVerification(stack, "x", domain="example.com", zone_id="Z0123456789ABCDEFGHIJ"),
        [
            (lambda x: x.verification, "aws_vpclattice_domain_verification"),
            (lambda x: x.record, "aws_route53_record"),
        ],
    ),
    (
        lambda stack: StateBucket(stack, "x", S3State("acme-state", "eu-west-1")),
        [
            (lambda x: x.bucket, "aws_s3_bucket"),
            (lambda x: x.versioning, "aws_s3_bucket_versioning"),
            (lambda x: x.encryption, "aws_s3_bucket_server_side_encryption_configuration"),
            (lambda x: x.public_access_block, "aws_s3_bucket_public_access_block"),
            (lambda x: x.policy, "aws_s3_bucket_policy"),
        ],
    ),
]


def test_each_resource_is_at_hand_and_the_main_one_is_the_default_child(synthesise: Synthesise) -> None:
    """All in one app, each in a stack of its own."""

    def build(app: Any) -> None:
        for number, (make, attributes) in enumerate(ATTRIBUTES):
            made = make(Stack(app, f"s{number}", state=LocalState(), region="eu-west-1", aws_provider="6.25.0"))
            assert made.node.default_child is attributes[0][0](made)
            for reach, kind in attributes:
                resource = reach(made)
                assert resource.terraform_resource_type == kind
                resource.add_override("seen", kind)

    stacks = synthesise(build)
    for number, (_, attributes) in enumerate(ATTRIBUTES):
        written = stacks[f"s{number}"].json
        sections = (written.get("resource", {}), written.get("data", {}))
        seen = [
            block["seen"]
            for section in sections
            for blocks in section.values()
            for block in blocks.values()
            if "seen" in block
        ]
        assert sorted(seen) == sorted(kind for _, kind in attributes)


def test_a_gateway_that_exists_has_its_configurations_and_a_stack_its_provider(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app)
        existing_shared(stack).configurations["orders"].add_override("lifecycle.prevent_destroy", True)
        stack.provider.add_override("max_retries", 3)

    producer = synthesise(build)["producer"]
    assert producer.one("aws_vpclattice_resource_configuration")["lifecycle"] == {"prevent_destroy": True}
    assert producer.json["provider"]["aws"][0]["max_retries"] == 3


def test_what_has_no_bindings_is_at_hand_by_its_address(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        stack = core().TerraformStack(app, "workspaces")
        state = CloudState("acme", project="Networks")
        made = CloudWorkspaces(stack, "w", state, reads={"producer": []})
        stack.add_override(f"resource.{made.workspaces['producer']}.description", "Shares")
        stack.add_override(f"resource.{made.project}.description", "All")

    workspaces = synthesise(build)["workspaces"]
    assert workspaces.one("tfe_workspace")["description"] == "Shares"
    assert workspaces.one("tfe_project")["description"] == "All"


@pytest.mark.parametrize("make", [network, shared, endpoint], ids=["network", "gateway", "endpoint"])
def test_asking_for_the_default_child_changes_nothing_that_is_written(
    synthesise: Synthesise, make: Callable[[Any], Any]
) -> None:
    def build(app: Any) -> None:
        for name in ("asked", "plain"):
            made = make(Stack(app, name, state=LocalState(), region="eu-west-1"))
            if name == "asked":
                assert made.node.default_child is not None

    stacks = synthesise(build)
    assert stacks["asked"].text == stacks["plain"].text.replace("plain", "asked")
