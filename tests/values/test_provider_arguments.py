"""Which provider versions a constraint admits, and the arguments that some of them lack."""

from __future__ import annotations

import itertools

from latticelink.cdk.flavour import CDK_TERRAIN, CDKTF
from latticelink.errors import InvalidInput, Report
from latticelink.values.provider_arguments import (
    PROVIDER_ARGUMENTS,
    admits_version_without,
    find_argument,
    refuse_lacking,
)
from latticelink.values.provider_version import DEFAULT_AWS_PROVIDER, Version, oldest_admitted

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flavour import CDK, bindings


@pytest.mark.parametrize(
    ("constraint", "oldest"),
    [
        ("6.25.0", (6, 25, 0)),
        ("= 6.25", (6, 25, 0)),
        (">= 6.25.0, < 7.0.0", (6, 25, 0)),
        ("> 6.27.0", (6, 27, 1)),
        ("~> 6.25", (6, 25, 0)),
        ("~> 6.25.1", (6, 25, 1)),
        ("~> 6", (6, 0, 0)),
        ("< 7.0.0", (0, 0, 0)),
        ("<= 6.25", (0, 0, 0)),
        ("!= 0.0.0", (0, 0, 1)),
        (">= 6.28.0, != 6.28.0, != 6.28.1", (6, 28, 2)),
        (">= 6.25, ~> 6.28, > 5.0", (6, 28, 0)),
        ("6.25.0, != 6.25.0", None),
        (">= 7.0.0, < 7.0.0", None),
        ("~> 6.25.0, >= 6.26", None),
        ("~> 6.25, >= 7", None),
        ("~> 6, >= 7", (7, 0, 0)),
        ("> 6.25.0, <= 6.25.0", None),
    ],
)
def test_the_oldest_version_that_a_constraint_admits(constraint: str, oldest: Version | None) -> None:
    assert oldest_admitted(constraint) == oldest


numbers = st.lists(st.integers(0, 2), min_size=1, max_size=3)
terms = st.lists(
    st.tuples(st.sampled_from(["", "=", "!=", ">", ">=", "<", "<=", "~>"]), numbers), min_size=1, max_size=4
)


def holds(sign: str, given: list[int], version: Version) -> bool:
    """Return whether one part of a constraint admits a version, by Terraform's documentation."""
    bound = (*given, 0, 0, 0)[:3]
    if sign == "~>":
        return version >= bound and list(version[: len(given) - 1]) == given[:-1]
    return {
        "": version == bound,
        "=": version == bound,
        "!=": version != bound,
        ">": version > bound,
        ">=": version >= bound,
        "<": version < bound,
        "<=": version <= bound,
    }[sign]


@given(terms)
def test_no_older_version_is_admitted_than_the_one_that_is_returned(parts: list[tuple[str, list[int]]]) -> None:
    constraint = ", ".join(f"{sign} {'.'.join(map(str, given))}" for sign, given in parts)
    small = itertools.product(range(4), range(4), range(8))
    admitted = [version for version in small if all(holds(sign, given, version) for sign, given in parts)]
    assert oldest_admitted(constraint) == min(admitted, default=None)


@pytest.mark.parametrize("constraint", ["latest", "6.25.0-beta1", ">= 6.25.0 < 7", "6.25.0,", "6.1.2.3"])
def test_what_is_no_constraint_has_no_oldest_version(constraint: str) -> None:
    with pytest.raises(ValueError, match="of a version constraint"):
        oldest_admitted(constraint)


@pytest.mark.parametrize(
    ("constraint", "lacks"),
    [
        (">= 6.28.0, < 7.0.0", False),
        ("6.69.1", False),
        ("~> 6.28", False),
        (">= 6.25.0, < 7.0.0", True),
        ("~> 6.27", True),
        ("5.100.0", True),
        (None, True),
        (">= 7.0.0, < 6.0.0", False),
    ],
)
def test_whether_a_constraint_admits_a_version_without_an_argument(constraint: str | None, lacks: bool) -> None:
    preference = find_argument("aws_vpc_endpoint", "dns_options.private_dns_preference")
    assert preference is not None
    assert admits_version_without(preference, constraint) is lacks


def test_each_argument_is_there_once_with_a_version_and_a_source() -> None:
    assert len({(row.resource, row.path) for row in PROVIDER_ARGUMENTS}) == len(PROVIDER_ARGUMENTS)
    for row in PROVIDER_ARGUMENTS:
        assert (5, 100, 0) < row.since < (7, 0, 0)
        assert row.source.startswith("https://github.com/hashicorp/terraform-provider-aws/pull/")


def test_the_arguments_of_the_bindings_are_those_that_the_table_says_they_have() -> None:
    """They have each argument that came before the provider that they were made from, and no later one."""
    import inspect

    made_from = {CDKTF: (6, 25, 0), CDK_TERRAIN: (6, 69, 1)}[CDK]

    for row in PROVIDER_ARGUMENTS:
        if "." in row.path:
            continue
        kind = row.resource.removeprefix("aws_")
        try:
            made = getattr(bindings(kind), "".join(part.title() for part in kind.split("_")))
            arguments = set(inspect.signature(made.__init__).parameters)
        except ModuleNotFoundError:
            arguments = None
        has = arguments is not None and (not row.path or row.path in arguments)
        assert has == (row.since <= made_from), row


def test_an_argument_that_an_allowed_version_lacks_is_refused_with_the_argument_the_version_and_the_constraint() -> (
    None
):
    with pytest.raises(InvalidInput) as caught, Report("consumer/db") as report:
        refuse_lacking(
            report,
            "private_dns_preference",
            "ALL_DOMAINS",
            DEFAULT_AWS_PROVIDER,
            "aws_vpc_endpoint",
            "dns_options.private_dns_preference",
        )
    [finding] = caught.value.findings
    assert finding.rule == (
        "It is written as aws_vpc_endpoint.dns_options.private_dns_preference, which came with AWS provider 6.28.0; "
        "this stack's constraint, '>= 6.25.0, < 7.0.0', allows older ones."
    )
    assert finding.fix == ('Give the stack aws_provider=">= 6.28.0, < 7.0.0", or leave private_dns_preference out.')


def test_nothing_is_refused_where_every_allowed_version_has_it_or_no_constraint_is_known() -> None:
    with Report("consumer/db") as report:
        for constraint in (">= 6.28.0, < 7.0.0", None):
            refuse_lacking(report, "a", 1, constraint, "aws_vpc_endpoint", "dns_options.private_dns_specified_domains")
    assert report.findings == []
