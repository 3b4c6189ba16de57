"""Sharing with other accounts: edge cases."""

from __future__ import annotations

from latticelink.checks.rules.reading import example
from latticelink.values.types import CONFIGURATION, SHARE, SHARE_PRINCIPAL, SHARE_RESOURCE

from tests.checks.examples import FAIL, PASS, Row, test_of

MUCH_ELSE = "RAM shares much else, so that it may be none of ours"
CERTAIN = {
    ("LL651", "resource_arn"): MUCH_ELSE,
    ("LL652", "resource_arn"): MUCH_ELSE,
    ("LL652", "resource_share_arn"): MUCH_ELSE,
    ("LL653", "share_arn"): MUCH_ELSE,
    ("LL654", "resource_arn"): MUCH_ELSE,
}
LATTICE = "arn:aws:vpc-lattice:eu-west-1:123456789012"


def shared(arn: str) -> str:
    return example((SHARE_RESOURCE, "r", {"resource_arn": arn}))


def with_whom(principal: object) -> str:
    share = f"${{{SHARE}.s.arn}}"
    return example(
        (CONFIGURATION, "db", {"type": "SINGLE"}),
        (SHARE, "s", {"name": "db"}),
        (SHARE_RESOURCE, "r", {"resource_arn": f"${{{CONFIGURATION}.db.arn}}", "resource_share_arn": share}),
        (SHARE_PRINCIPAL, "p", {"principal": principal, "resource_share_arn": share}),
    )


ORGANIZATIONS = "arn:aws:organizations::123456789012"

TABLE: list[Row] = [
    ("a resource configuration", "LL651", shared(f"{LATTICE}:resourceconfiguration/rcfg-0123456789abcdef0"), [PASS]),
    ("a service", "LL651", shared(f"{LATTICE}:service/svc-0123456789abcdef0"), [PASS]),
    ("a gateway", "LL651", shared(f"{LATTICE}:resourcegateway/rgw-0123456789abcdef0"), [FAIL]),
    ("a subnet, which is none of VPC Lattice's", "LL651", shared("arn:aws:ec2:eu-west-1:123456789012:subnet/a"), []),
    ("an account", "LL652", with_whom("123456789012"), [PASS]),
    ("an account as a number", "LL652", with_whom(123456789012), [PASS]),
    ("an account that lost its leading zero", "LL652", with_whom(12345678901), [FAIL]),
    ("an organization", "LL652", with_whom(f"{ORGANIZATIONS}:organization/o-exampleorg1"), [PASS]),
    ("an organization whose id is cut off", "LL652", with_whom(f"{ORGANIZATIONS}:organization/o-x"), [FAIL]),
    ("a unit", "LL652", with_whom(f"{ORGANIZATIONS}:ou/o-exampleorg1/ou-exam-12345678"), [PASS]),
    ("a user", "LL652", with_whom("arn:aws:iam::123456789012:user/somebody"), [FAIL]),
]

test_edges = test_of(TABLE)
