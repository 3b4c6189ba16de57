"""What came with AWS providers newer than CDKTF's bindings, and pools of addresses: the same on each CDK."""

from __future__ import annotations

from typing import Any

from latticelink import AccountShare, App, InvalidInput, IpResource, Network, ResourceGateway, Subnet
from latticelink.errors import collecting
from latticelink.testing import Synthesise, SynthesisedStack

import pytest

from tests.builders import make_stack

POOL = "ipam-pool-0123456789abcdef0"
RETAIN = "retain_sharing_on_account_leave_organization"
ZONES = ["eu-west-1a", "eu-west-1c"]


NEWER = ">= 6.35.0, < 7.0.0"


def network(synthesise: Synthesise, **arguments: Any) -> SynthesisedStack:
    def build(app: Any) -> None:
        made = Network(make_stack(app, aws_provider="5.100.0"), "network", **arguments)
        ResourceGateway(made.stack, "gateway", made).share("orders", IpResource("10.0.0.9"), ports=[443])

    return synthesise(build)["producer"]


def share(stack: Any, retain: bool) -> None:
    gateway = ResourceGateway(stack, "gateway", Network(stack, "network", cidr="10.0.0.0/16", zones=ZONES))
    orders = gateway.share("orders", IpResource("10.0.0.9"), ports=[443])
    AccountShare(stack, "partners", [orders], principals=["444455556666"], **{RETAIN: retain})


def test_a_block_from_a_pool_is_carved_by_terraform(synthesise: Synthesise) -> None:
    template = network(synthesise, ipam_pool_id=POOL, netmask_length=20, zones=ZONES)
    vpc = template.one("aws_vpc")
    assert (vpc["ipv4_ipam_pool_id"], vpc["ipv4_netmask_length"], "cidr_block" in vpc) == (POOL, 20, False)
    block = template.ref("aws_vpc", "cidr_block")[2:-1]
    carved = {subnet["availability_zone"]: subnet["cidr_block"] for subnet in template.all("aws_subnet")}
    assert carved == {zone: f"${{cidrsubnet({block}, 4, {place})}}" for zone, place in zip(ZONES, (0, 2), strict=True)}


def test_a_block_of_a_pool_can_be_chosen(synthesise: Synthesise) -> None:
    vpc = network(synthesise, ipam_pool_id=POOL, cidr="10.0.0.0/16", zones=ZONES).one("aws_vpc")
    assert (vpc["ipv4_ipam_pool_id"], vpc["cidr_block"], "ipv4_netmask_length" in vpc) == (POOL, "10.0.0.0/16", False)


def test_a_block_that_terraform_alone_knows_is_carved_by_terraform(synthesise: Synthesise) -> None:
    template = network(synthesise, cidr="${var.block}", zones=["eu-west-1b"])
    assert template.one("aws_vpc")["cidr_block"] == "${var.block}"
    block = template.ref("aws_vpc", "cidr_block")[2:-1]
    assert template.one("aws_subnet")["cidr_block"] == f"${{cidrsubnet({block}, 4, 1)}}"


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("no block at all", {}, "A VPC's block is given as cidr, or chosen from a pool by netmask_length, but not both."),
    ("a pool alone", {"ipam_pool_id": POOL}, "A VPC's block is given as cidr, or chosen from a pool"),
    ("two blocks", {"cidr": "10.0.0.0/16", "ipam_pool_id": POOL, "netmask_length": 20}, "but not both."),
    ("a length without a pool", {"netmask_length": 20}, "A block of a given length comes from a pool"),
    ("no pool's id", {"ipam_pool_id": "main", "netmask_length": 20}, "This id starts with 'ipam-pool-'"),
    (
        "too large a block",
        {"ipam_pool_id": POOL, "netmask_length": 15},
        "The block is from /16 to /24, so that subnets",
    ),
    ("too small a block to carve", {"ipam_pool_id": POOL, "netmask_length": 25}, "The block is from /16 to /24, so"),
    ("a text", {"ipam_pool_id": POOL, "netmask_length": "20"}, "The block is from /16 to /24"),
    ("a truth value", {"ipam_pool_id": POOL, "netmask_length": True}, "The block is from /16 to /24"),
    ("a zone beyond h", {"ipam_pool_id": POOL, "netmask_length": 20, "zones": ["eu-west-1i"]}, "letters a to h"),
]


@pytest.mark.parametrize(("what", "arguments", "rule"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_gives_no_block_is_refused(what: str, arguments: dict[str, Any], rule: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Network(make_stack(App(context={}), aws_provider=NEWER), "network", **{"zones": ZONES, **arguments})
    assert [rule in finding.rule for finding in caught.value.findings] == [True], what


def test_a_small_block_from_a_pool_takes_subnets_that_are_given(synthesise: Synthesise) -> None:
    subnets = [Subnet(zone="eu-west-1a", cidr="${var.subnet}")]
    template = network(synthesise, ipam_pool_id=POOL, netmask_length=28, subnets=subnets)
    assert template.one("aws_subnet")["cidr_block"] == "${var.subnet}"


@pytest.mark.parametrize("retain", [True, False])
def test_a_share_that_outlasts_the_organisation_is_written_past_older_bindings(
    synthesise: Synthesise, retain: bool
) -> None:
    template = synthesise(lambda app: share(make_stack(app, aws_provider=NEWER), retain))["producer"]
    written = template.one("aws_ram_resource_share").get("resource_share_configuration")
    assert written == ([{RETAIN: True}] if retain else None)


@pytest.mark.parametrize(
    ("aws_provider", "is_taken"), [("6.35.0", True), (">= 6.34.0, < 7.0.0", False), ("5.100.0", False)]
)
def test_a_share_that_outlasts_the_organisation_needs_a_provider_that_has_it(aws_provider: str, is_taken: bool) -> None:
    with collecting() as findings:
        share(make_stack(App(context={}), aws_provider=aws_provider), True)
    assert [(finding.place, "came with AWS provider 6.35.0" in finding.rule) for finding in findings] == (
        [] if is_taken else [(("producer", "partners", RETAIN), True)]
    )
