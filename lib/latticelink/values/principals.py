"""AWS accounts, and the principals that AWS RAM shares VPC Lattice's resources with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from latticelink.errors import Report
from latticelink.values.arns import ACCOUNT, ORGANIZATION, ORGANIZATION_ID, UNIT_ID, read_arn
from latticelink.values.tokens import LATER_FIX, LATER_RULE, REFUSED, is_known, is_list_token

_SHARING = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/sharing.html"
_ACCOUNT_IDS = "https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html"

_RULE = "A principal is an account's id, or the ARN of an organisation or of an organisational unit."


def parse_account_id(report: Report, argument: str, given: str) -> str:
    """Return `given` if it is an account's id, 12 digits, or a token; refuse the rest."""
    if isinstance(given, str) and (not is_known(given) or re.fullmatch(ACCOUNT, given)):
        return given
    report.refuse(
        argument,
        given,
        rule="An account's id is a string of 12 digits, leading zeros included.",
        fix=f"Write '{given:012d}'." if _is_account_number(given) else "Write, for example, '111122223333'.",
        source=_ACCOUNT_IDS,
    )
    return REFUSED


def parse_principals(report: Report, argument: str, given: Sequence[str]) -> tuple[str, ...]:
    """Return the principals in `given`, sorted; refuse an empty list, twins, and what VPC Lattice can't share with."""
    if isinstance(given, str):
        report.refuse(argument, given, rule="Principals are given as a list.", fix=f"Write [{given!r}].")
        return ()
    if not given:
        report.refuse(
            argument,
            given,
            rule="A share has at least one principal.",
            fix="Write the ids of accounts, or the ARN of an organisation or organisational unit.",
            source=_SHARING,
        )
    texts = [principal for principal in given if isinstance(principal, str)]
    for principal in [*dict.fromkeys(texts), *(each for each in given if not isinstance(each, str))]:
        if isinstance(principal, str) and is_list_token(principal):
            report.refuse(argument, principal, rule=LATER_RULE, fix=LATER_FIX)
        elif isinstance(principal, str) and (not is_known(principal) or is_principal(principal)):
            if texts.count(principal) > 1:
                report.refuse(argument, principal, rule="Each principal is given once.", fix="Remove the second one.")
        else:
            rule, fix = _refusal(principal)
            report.refuse(argument, principal, rule=rule, fix=fix, source=_SHARING)
    return tuple(sorted(each for each in dict.fromkeys(texts) if not is_list_token(each)))


def is_principal(given: str) -> bool:
    """Return whether VPC Lattice's resources can be shared with `given`: an account, an organisation, a unit."""
    return re.fullmatch(ACCOUNT, given) is not None or ORGANIZATION.read(given) is not None


def is_account(principal: str) -> bool:
    """Return whether a principal is one account, not all of an organisation or unit; True if that isn't known."""
    return not is_known(principal) or re.fullmatch(ACCOUNT, principal) is not None


def _refusal(given: object) -> tuple[str, str]:
    """Return the rule that `given` breaks, and the fix."""
    text = given if isinstance(given, str) else ""
    arn = read_arn(text)
    if arn is not None and (arn.service, arn.kind) == ("iam", "root"):
        return _RULE, f"Write '{arn.account}'."
    if arn is not None and arn.service in ("iam", "sts"):
        return (
            "AWS RAM shares VPC Lattice's resources with whole accounts, not with an IAM role or user.",
            "Give the account's id; which roles of that account may use the resource is for its own IAM policies.",
        )
    if re.fullmatch(UNIT_ID, text):
        command = f"aws organizations describe-organizational-unit --organizational-unit-id {text}"
        return _RULE, f"Give the unit's ARN, which this prints: {command}"
    if re.fullmatch(ORGANIZATION_ID, text):
        return _RULE, "Give the organisation's ARN, which this prints: aws organizations describe-organization"
    if _is_account_number(given):
        return _RULE, f"Write the id as a string: '{given:012d}'."
    example = "arn:aws:organizations::111122223333:ou/o-example123/ou-exam-12345678"
    return _RULE, f"Write, for example, '111122223333' or '{example}'."


def _is_account_number(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and 0 < given < 10**12
