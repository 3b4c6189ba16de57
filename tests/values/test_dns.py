from typing import Any

from latticelink.errors import InvalidInput, Report
from latticelink.values.dns import parse_dns_name, refuse_private_name

import pytest
from hypothesis import given

from tests.strategies import dns_names, tokens


def refused(parse: Any, name: Any) -> Any:
    with pytest.raises(InvalidInput) as caught, Report("DnsResource") as report:
        parse(report, "domain_name", name)
    [finding] = caught.value.findings
    return finding


@given(dns_names)
def test_a_host_name_is_taken_in_lower_case_without_the_final_dot(name: str) -> None:
    with Report("endpoint") as report:
        if not name.replace(".", "").isdigit():
            assert parse_dns_name(report, "dns_name", f"{name.upper()}.") == name


@given(tokens)
def test_a_token_is_never_judged(token: str) -> None:
    with Report("DnsResource") as report:
        assert parse_dns_name(report, "domain_name", token) == token


@pytest.mark.parametrize(
    "name", ["", "db", "-a.example.com", "a..example.com", f"{'a' * 64}.com", "a b.com", "*.example.com", "é.com", 7]
)
def test_what_is_no_host_name_is_refused(name: Any) -> None:
    assert refused(parse_dns_name, name).rule.startswith("A DNS name has at least 2 labels")


def test_a_name_of_more_than_253_characters_is_refused() -> None:
    assert refused(parse_dns_name, ".".join(["a" * 49] * 6))


def test_an_address_is_told_to_be_an_ip_resource() -> None:
    assert refused(parse_dns_name, "172.18.0.9").fix == "To share an address, use IpResource('172.18.0.9')."


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("ip-172-18-0-9.ap-northeast-1.compute.internal", "172.18.0.9"),
        ("ip-10-0-0-1.ec2.internal", "10.0.0.1"),
    ],
)
def test_a_private_name_of_ec2_is_refused_and_its_address_named(name: str, address: str) -> None:
    finding = refused(refuse_private_name, name)
    assert finding.rule == (
        "This gateway resolves names in the public DNS; EC2's private names resolve only in their own VPC."
    )
    assert finding.fix == (
        f"Share the address instead: IpResource('{address}'). Or give the gateway dns_resolution=\"IN_VPC\", which "
        "needs AWS provider 6.48.0 or newer, so that the VPC's own DNS resolves the name."
    )


@pytest.mark.parametrize("name", ["db.corp.internal", "printer.local", "nas.home.arpa", "a.test"])
def test_a_name_that_the_public_dns_never_has_is_refused(name: str) -> None:
    assert "are never there" in refused(refuse_private_name, name).rule


def test_a_name_that_only_looks_private_is_taken() -> None:
    with Report("DnsResource") as report:
        refuse_private_name(report, "resource", "internal.example.com")
    assert report.findings == []
