from typing import Any

from latticelink.errors import InvalidInput, Report
from latticelink.values.aws_ids import parse_id, parse_ids, parse_region, parse_security_group_ids, parse_zone
from latticelink.values.provider_version import parse_aws_provider

import pytest
from hypothesis import given

from tests.strategies import tokens

GROUPS = [f"sg-{number:017d}" for number in range(6)]


def rules(parse: Any, *arguments: Any) -> list[str]:
    with pytest.raises(InvalidInput) as caught, Report("place") as report:
        parse(report, "argument", *arguments)
    return [finding.rule for finding in caught.value.findings]


@given(tokens)
def test_a_token_is_never_judged(token: str) -> None:
    with Report("place") as report:
        assert parse_id(report, "vpc_id", token, "vpc") == token
        assert parse_zone(report, "zone", token, "eu-west-1") == token
        assert parse_region(report, "region", token) == token


@pytest.mark.parametrize("given_id", ["vpc-12345678", "vpc-0123456789abcdef0"])
def test_short_and_long_ids_are_taken(given_id: str) -> None:
    with Report("place") as report:
        assert parse_id(report, "vpc_id", given_id, "vpc") == given_id


@pytest.mark.parametrize("given_id", ["subnet-12345678", "vpc-1", "VPC2", "arn:aws:ec2:::vpc/vpc-12345678", "", None])
def test_what_is_no_id_of_the_kind_is_refused(given_id: Any) -> None:
    assert rules(parse_id, given_id, "vpc")


def test_five_security_groups_are_taken_and_six_or_none_refused() -> None:
    with Report("place") as report:
        assert parse_security_group_ids(report, "security_group_ids", GROUPS[:5]) == tuple(GROUPS[:5])
    assert rules(parse_security_group_ids, GROUPS) == ["One to 5 security groups can be attached."]
    assert rules(parse_security_group_ids, []) == ["One to 5 security groups can be attached."]


def test_an_id_given_twice_or_a_bare_text_is_refused() -> None:
    assert rules(parse_ids, [GROUPS[0], GROUPS[0]], "sg") == ["Each id is given once."]
    assert rules(parse_ids, GROUPS[0], "sg") == ["Ids are given as a list."]


@pytest.mark.parametrize("region", ["ap-northeast-1", "us-gov-west-1", "cn-north-1", "il-central-1"])
def test_regions_and_their_zones_are_taken(region: str) -> None:
    with Report("place") as report:
        assert parse_region(report, "region", region) == region
        assert parse_zone(report, "zone", f"{region}a", region) == f"{region}a"


@pytest.mark.parametrize("region", ["Tokyo", "ap-northeast-1a", "", None])
def test_what_is_no_region_is_refused(region: Any) -> None:
    assert rules(parse_region, region) == ["A region is named by its code."]


@pytest.mark.parametrize("zone", ["us-east-1a", "ap-northeast-1", "a", "apne1-az1", None])
def test_what_is_no_zone_of_the_region_is_refused(zone: Any) -> None:
    assert rules(parse_zone, zone, "ap-northeast-1")


@pytest.mark.parametrize(
    "constraint", ["5.100.0", "= 5.100.0", ">= 6.25.0, < 7.0.0", "~> 6.25", "~> 5.100", ">= 6", ">= 5.100.0, != 6.0.0"]
)
def test_constraints_from_5_100_on_are_taken(constraint: str) -> None:
    with Report("place") as report:
        assert parse_aws_provider(report, "aws_provider", constraint) == constraint


@pytest.mark.parametrize("constraint", ["5.99.0", ">= 5.0", "< 7.0.0", "!= 6.0.0", "~> 5.82"])
def test_constraints_that_admit_older_providers_are_refused(constraint: str) -> None:
    assert rules(parse_aws_provider, constraint) == [
        "Only AWS provider 5.100.0 and newer have everything that LatticeLink writes."
    ]


@pytest.mark.parametrize("constraint", [">= 7.0.0, < 6.0.0", "6.25.0, != 6.25.0"])
def test_constraints_that_admit_nothing_are_refused(constraint: str) -> None:
    assert rules(parse_aws_provider, constraint) == ["No version satisfies all parts of this version constraint."]


@pytest.mark.parametrize("constraint", ["", "latest", "^6.0", ">= 6.25.0 < 7.0.0", None])
def test_what_is_no_constraint_is_refused(constraint: Any) -> None:
    assert rules(parse_aws_provider, constraint)
