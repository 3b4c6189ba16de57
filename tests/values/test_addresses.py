import ipaddress
from typing import Any

from latticelink.errors import InvalidInput, Report
from latticelink.values.addresses import (
    Cidr,
    Subnet,
    carve,
    parse_cidr,
    parse_shared_ip,
    parse_subnets,
    parse_vpc_cidr,
)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import shareable_ipv4, tokens, vpc_blocks


def refused(parse: Any, *arguments: Any) -> list[tuple[str, str]]:
    """Return the fix and the rule of each finding; fail if nothing was refused."""
    with pytest.raises(InvalidInput) as caught, Report("network") as report:
        parse(report, "cidr", *arguments)
    return [(finding.rule, finding.fix) for finding in caught.value.findings]


@given(vpc_blocks())
def test_every_private_block_from_16_to_28_can_be_a_vpc(block: ipaddress.IPv4Network) -> None:
    with Report("network") as report:
        assert parse_vpc_cidr(report, "cidr", str(block)) == Cidr(str(block), block)


@given(vpc_blocks(), st.integers(1, 2**16 - 1))
def test_a_block_with_host_bits_is_refused_and_the_right_one_is_named(
    block: ipaddress.IPv4Network, offset: int
) -> None:
    host = block.network_address + offset % block.num_addresses
    if host == block.network_address:
        return
    [(_, fix)] = refused(parse_vpc_cidr, f"{host}/{block.prefixlen}")
    assert fix == f"Write '{block}'."


@given(tokens)
def test_a_token_is_never_judged(token: str) -> None:
    with Report("network") as report:
        assert parse_vpc_cidr(report, "cidr", token) == Cidr(token)
        assert parse_cidr(report, "cidr", token) == Cidr(token)
        assert parse_shared_ip(report, "address", token) is None


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/29", "10.0.0.0/32", "2001:db8::/56", "0.0.0.0/0"])
def test_a_block_of_a_size_that_aws_refuses_is_refused(cidr: str) -> None:
    [(rule, _)] = refused(parse_vpc_cidr, cidr)
    assert rule == "The block of a VPC or subnet is IPv4, from /16 (65,536 addresses) to /28 (16 addresses)."


@pytest.mark.parametrize("cidr", ["127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "0.1.0.0/16"])
def test_a_reserved_block_is_refused(cidr: str) -> None:
    [(rule, _)] = refused(parse_vpc_cidr, cidr)
    assert "which are reserved" in rule


@pytest.mark.parametrize("cidr", ["172.18.0.0/33", "172.18.0.0", "vpc", "", "172.18.0/16", "١٠.0.0.0/16", None, 7])
def test_what_is_no_block_is_refused(cidr: Any) -> None:
    [(rule, _)] = refused(parse_cidr, cidr)
    assert rule == "A CIDR block is an address, a slash and a prefix length."


def test_an_address_without_prefix_is_told_how_to_become_a_block() -> None:
    [(_, fix)] = refused(parse_cidr, "172.18.0.9")
    assert fix == "Write, for example, '172.18.0.0/16' or '172.18.0.9/32'."


@given(vpc_blocks().filter(lambda block: block.prefixlen <= 24))
def test_carved_subnets_lie_inside_do_not_overlap_and_leave_half_free(block: ipaddress.IPv4Network) -> None:
    vpc = Cidr(str(block), block)
    parts = [ipaddress.IPv4Network(str(carve(vpc, f"eu-west-1{letter}"))) for letter in "abcdefgh"]
    lower, upper = block.subnets(1)
    assert list(ipaddress.collapse_addresses(parts)) == [lower]
    assert all(16 <= part.prefixlen <= 28 and not part.overlaps(upper) for part in parts)


def test_a_carved_subnet_depends_on_its_zone_alone() -> None:
    vpc = Cidr("172.18.0.0/16", ipaddress.IPv4Network("172.18.0.0/16"))
    assert (carve(vpc, "ap-northeast-1a"), carve(vpc, "ap-northeast-1c")) == ("172.18.0.0/20", "172.18.32.0/20")


@pytest.mark.parametrize("vpc", [Cidr("10.0.0.0/25", ipaddress.IPv4Network("10.0.0.0/25")), Cidr("${x}")])
def test_nothing_is_carved_from_a_small_or_unknown_block(vpc: Cidr) -> None:
    assert carve(vpc, "eu-west-1a") is None


VPC = Cidr("172.18.0.0/16", ipaddress.IPv4Network("172.18.0.0/16"))


@pytest.mark.parametrize(
    ("what", "subnets", "rules"),
    [
        (
            "a subnet outside its VPC",
            [Subnet("eu-west-1a", "172.19.0.0/24")],
            ["A subnet lies inside its VPC's block, which is 172.18.0.0/16."],
        ),
        (
            "two that overlap",
            [Subnet("eu-west-1a", "172.18.0.0/24"), Subnet("eu-west-1b", "172.18.0.128/25")],
            ["The subnets of a VPC do not overlap; subnet 'eu-west-1a' is 172.18.0.0/24."],
        ),
        (
            "one smaller than /28",
            [Subnet("eu-west-1a", "172.18.0.0/29")],
            ["The block of a VPC or subnet is IPv4, from /16 (65,536 addresses) to /28 (16 addresses)."],
        ),
        (
            "two of the same name",
            [Subnet("eu-west-1a", "172.18.0.0/24"), Subnet("eu-west-1a", "172.18.1.0/24")],
            ["Each subnet of a network has a different name; 'eu-west-1a' occurs more than once."],
        ),
    ],
)
def test_subnets_that_aws_refuses_are_refused(what: str, subnets: list[Subnet], rules: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught, Report("network") as report:
        parse_subnets(report, "subnets", VPC, subnets)
    assert [finding.rule for finding in caught.value.findings] == rules, what


def test_subnets_are_not_judged_against_a_vpc_that_is_known_only_after_apply() -> None:
    with Report("network") as report:
        parse_subnets(report, "subnets", Cidr("${x}"), [Subnet("eu-west-1a", "10.0.0.0/24")])


@given(shareable_ipv4)
def test_every_private_address_can_be_shared(address: str) -> None:
    with Report("IpResource") as report:
        assert str(parse_shared_ip(report, "address", address)) == address


@given(st.ip_addresses(v=4).map(str))
def test_an_ipv4_address_is_shared_or_refused_as_the_documented_ranges_say(address: str) -> None:
    documented = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
    if any(ipaddress.IPv4Address(address) in ipaddress.IPv4Network(block) for block in documented):
        with Report("IpResource") as report:
            parse_shared_ip(report, "address", address)
    else:
        [(_, fix)] = refused(parse_shared_ip, address)
        assert fix == "Give the resource's private address."


@pytest.mark.parametrize("address", ["notanip", "172.18.0.9/32", "172.18.0.999", "", None, "::1", "ff02::1", "fe80::1"])
def test_what_is_no_shareable_address_is_refused(address: Any) -> None:
    assert len(refused(parse_shared_ip, address)) == 1
