"""Names and tags: edge cases."""

from __future__ import annotations

from latticelink.checks.rules.reading import example, files
from latticelink.values.types import CONFIGURATION, GATEWAY, NETWORK, SECURITY_GROUP, SUBNET, VERIFICATION

from tests.checks.examples import FAIL, PASS, Row, test_of


def named(kind: str, *names: str) -> str:
    return example(*((kind, f"r{number}", {"name": name}) for number, name in enumerate(names)))


def named_domain(*names: str) -> str:
    return example(*((VERIFICATION, f"r{number}", {"domain_name": name}) for number, name in enumerate(names)))


def tagged(**tags: object) -> str:
    return example((GATEWAY, "g", {"tags": tags}))


REGION = {"provider": {"aws": {"region": "eu-west-1"}}}
TABLE: list[Row] = [
    ("a service network isn't named as AWS's own are", "LL103", named(NETWORK, "servicenetwork-shared"), [FAIL]),
    ("a service network may have 63 characters", "LL103", named(NETWORK, "a" * 63), [PASS]),
    ("a service network may not have 64", "LL103", named(NETWORK, "a" * 64), [FAIL]),
    ("a service network may be named like a gateway's id", "LL103", named(NETWORK, "rgw-shared"), [PASS]),
    ("a gateway may have 40 characters", "LL101", named(GATEWAY, "a" * 40), [PASS]),
    ("a gateway may not have 41", "LL101", named(GATEWAY, "a" * 41), [FAIL]),
    ("a gateway may be named like a service network", "LL101", named(GATEWAY, "servicenetwork-a"), [PASS]),
    ("a configuration isn't named as AWS's ids begin", "LL102", named(CONFIGURATION, "rcfg-orders"), [FAIL]),
    (
        "a gateway and a configuration may share a name",
        "LL104",
        example((GATEWAY, "g", {"name": "orders"}), (CONFIGURATION, "c", {"name": "orders"})),
        [PASS, PASS],
    ),
    (
        "the same name in another region is no twin",
        "LL104",
        example(
            (GATEWAY, "g", {"name": "orders", "region": "eu-west-1"}),
            (GATEWAY, "h", {"name": "orders", "region": "eu-west-2"}),
        ),
        [PASS, PASS],
    ),
    (
        "groups of one name in two VPCs are two groups",
        "LL106",
        example(
            (SECURITY_GROUP, "a", {"name": "g", "vpc_id": "vpc-11111111"}),
            (SECURITY_GROUP, "b", {"name": "g", "vpc_id": "vpc-22222222"}),
        ),
        [PASS, PASS],
    ),
    ("a tag may have 128 and 256 characters", "LL107", tagged(**{"k" * 128: "v" * 256}), [PASS]),
    ("a tag's key may not have 129", "LL107", tagged(**{"k" * 129: ""}), [FAIL]),
    ("a tag's value may not have 257", "LL107", tagged(k="v" * 257), [FAIL]),
    ("AWS's own tags are told in any case", "LL107", tagged(**{"AWS:team": "a"}), [FAIL]),
    ("a Local Zone", "LL108", example((SUBNET, "a", {"availability_zone": "us-west-2-lax-1a"})), [FAIL]),
    ("a region that there isn't", "LL108", example(provider={"aws": {"region": "eu-west-9"}}), [FAIL]),
    ("a zone of such a region", "LL108", example((SUBNET, "a", {"availability_zone": "eu-west-9a"})), [FAIL]),
    ("the sixth zone of a region", "LL108", example((SUBNET, "a", {"availability_zone": "us-east-1f"})), [PASS]),
    ("a subnet without a zone", "LL108", example((SUBNET, "a", {})), []),
    (
        "a domain that two stacks of one account verify",
        "LL105",
        files(**{name: example((VERIFICATION, "v", {"domain_name": "example.com"}), **REGION) for name in "ab"}),
        [PASS, FAIL],
    ),
    ("a domain that is verified twice", "LL104", named_domain("example.com", "example.com"), [PASS, FAIL]),
    ("a number is a tag's value", "LL107", tagged(k=7), [PASS]),
]

test_edges = test_of(TABLE)
