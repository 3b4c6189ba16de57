"""Accounts and principals: what AWS RAM takes is taken, everything else is refused with the way out."""

from __future__ import annotations

from typing import Any

from latticelink import Finding, Report
from latticelink.errors import collecting
from latticelink.values.principals import is_account, parse_account_id, parse_principals

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import tokens

UNIT = "arn:aws:organizations::111122223333:ou/o-example123/ou-exam-12345678"
ORGANIZATION = "arn:aws:organizations::111122223333:organization/o-example123"

account_ids = st.from_regex(r"[0-9]{12}", fullmatch=True)
suffixes = st.from_regex(r"[a-z0-9]{10,32}", fullmatch=True)
units = st.from_regex(r"ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}", fullmatch=True)
partitions = st.sampled_from(["aws", "aws-us-gov", "aws-cn"])
organization_arns = st.builds(
    lambda partition, account, organization: f"arn:{partition}:organizations::{account}:organization/o-{organization}",
    partitions,
    account_ids,
    suffixes,
)
unit_arns = st.builds(
    lambda partition, account, organization, unit: (
        f"arn:{partition}:organizations::{account}:ou/o-{organization}/{unit}"
    ),
    partitions,
    account_ids,
    suffixes,
    units,
)


def findings(principals: Any) -> list[Finding]:
    with collecting() as found, Report("share") as report:
        parse_principals(report, "principals", principals)
    return found


@given(st.lists(st.one_of(account_ids, organization_arns, unit_arns, tokens), min_size=1, unique=True))
def test_accounts_units_organisations_and_tokens_are_taken_in_any_order(principals: list[str]) -> None:
    with Report("share") as report:
        assert parse_principals(report, "principals", principals) == tuple(sorted(principals))
        assert parse_principals(report, "principals", principals[::-1]) == tuple(sorted(principals))


@given(st.text())
def test_no_other_text_is_taken_and_each_says_what_to_do(text: str) -> None:
    shareable = text.isascii() and text.isdigit() and len(text) == 12
    found = findings([text])
    assert shareable or "${" in text or "%{" in text or (len(found) == 1 and found[0].fix)


REFUSED: list[tuple[str, Any, str, str]] = [
    ("a role", "arn:aws:iam::111122223333:role/deploy", "not with an IAM role or user", "Give the account's id"),
    ("a user", "arn:aws:iam::111122223333:user/ann", "not with an IAM role or user", "Give the account's id"),
    ("a session", "arn:aws:sts::111122223333:assumed-role/a/b", "not with an IAM role or user", "the account's id"),
    ("an account's root", "arn:aws:iam::111122223333:root", "A principal is", "Write '111122223333'."),
    ("a unit's id", "ou-exam-12345678", "A principal is", "--organizational-unit-id ou-exam-12345678"),
    ("an organisation's id", "o-example123", "A principal is", "aws organizations describe-organization"),
    ("a number", 1122223333, "A principal is", "Write the id as a string: '001122223333'."),
    ("eleven digits", "11112222333", "A principal is", "Write, for example, '111122223333'"),
    ("a service", "ec2.amazonaws.com", "A principal is", "Write, for example,"),
    ("everyone", "*", "A principal is", "Write, for example,"),
    ("an organisation in capitals", ORGANIZATION.upper(), "A principal is", "Write, for example,"),
    ("an ARN with more behind it", f"{UNIT}/x", "A principal is", "Write, for example,"),
]


@pytest.mark.parametrize(("what", "principal", "rule", "fix"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_no_principal_is_refused_with_the_way_out(what: str, principal: Any, rule: str, fix: str) -> None:
    [finding] = findings([principal])
    assert rule in finding.rule, what
    assert fix in finding.fix, what


def test_no_principal_one_that_is_no_list_and_twins_are_refused() -> None:
    assert [finding.rule for finding in findings([])] == ["A share has at least one principal."]
    assert [finding.fix for finding in findings("111122223333")] == ["Write ['111122223333']."]
    assert [finding.rule for finding in findings([UNIT, UNIT])] == ["Each principal is given once."]


def test_an_account_is_told_from_what_has_many() -> None:
    assert is_account("111122223333")
    assert is_account("${var.partner}")
    assert not is_account(UNIT)
    assert not is_account(ORGANIZATION)


@pytest.mark.parametrize(
    ("given_id", "fix"),
    [
        ("1111-2222-3333", "Write, for example, '111122223333'."),
        (11112222333, "Write '011112222333'."),
        (True, "Write, for example, '111122223333'."),
        ("", "Write, for example, '111122223333'."),
    ],
)
def test_what_is_no_account_is_refused(given_id: Any, fix: str) -> None:
    with collecting() as found, Report("stack") as report:
        parse_account_id(report, "account_id", given_id)
    assert [finding.fix for finding in found] == [fix]
