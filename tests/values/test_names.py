import re

from latticelink.errors import InvalidInput, Report
from latticelink.values.names import (
    RESOURCE_CONFIGURATION,
    RESOURCE_GATEWAY,
    SERVICE_NETWORK,
    NameRule,
    derive_name,
    parse_description,
    parse_group_name,
    parse_key,
    parse_name,
)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import keys

# The patterns of botocore's service model vpc-lattice 2022-11-30, shared types ResourceGatewayName and
# ResourceConfigurationName; and of CloudFormation's page on AWS::VpcLattice::ServiceNetwork, with the greatest length.
PATTERNS = {
    RESOURCE_GATEWAY: (r"(?!rgw-)(?![-])(?!.*[-]$)(?!.*[-]{2})[a-z0-9-]+", 40),
    RESOURCE_CONFIGURATION: (r"(?!rcfg-)(?![-])(?!.*[-]$)(?!.*[-]{2})[a-z0-9-]+", 40),
    SERVICE_NETWORK: (r"(?!servicenetwork-)(?![-])(?!.*[-]$)(?!.*[-]{2})[a-z0-9-]+", 63),
}
rules = st.sampled_from(list(PATTERNS))


def aws_takes(rule: NameRule, name: str) -> bool:
    pattern, longest = PATTERNS[rule]
    return 3 <= len(name) <= longest and re.fullmatch(pattern, name) is not None


@given(rules, st.lists(st.text(), min_size=1, max_size=3))
def test_a_derived_name_is_always_one_that_aws_takes(rule: NameRule, parts: list[str]) -> None:
    assert aws_takes(rule, derive_name(rule, *parts))


names = st.text(alphabet="abcrgwf019-_ A", max_size=66)
prefixed = st.builds("{}-{}".format, st.sampled_from(["rgw", "rcfg", "servicenetwork", "sn"]), names)


@given(rules, names | prefixed)
def test_our_rule_and_the_pattern_of_aws_agree(rule: NameRule, name: str) -> None:
    assert rule.allows(name) == aws_takes(rule, name)


@given(rules, st.text(alphabet="ab-", min_size=60, max_size=90), st.text(alphabet="ab-", min_size=60, max_size=90))
def test_two_long_keys_get_two_names(rule: NameRule, one: str, other: str) -> None:
    assert (derive_name(rule, one) == derive_name(rule, other)) == (one == other)


@pytest.mark.parametrize(
    ("what", "parts", "name"),
    [
        ("a key that is a name already stays", ("producer", "nginx"), "producer-nginx"),
        ("upper case and underscores are made to fit", ("Producer", "Orders_DB"), "producer-orders-db"),
        ("the prefix of AWS's ids is kept from the front", ("rcfg-a",), "x-rcfg-a"),
        ("a cut name ends in a hash of the whole", ("producer", "n" * 60), f"producer-{'n' * 22}-f6ecbec2"),
        ("a name too short gets a hash", ("a",), "a-ca978112"),
        ("lost characters leave a hash", ("データ",), "x-16773842"),
    ],
)
def test_derived_names(what: str, parts: tuple[str, ...], name: str) -> None:
    assert derive_name(RESOURCE_CONFIGURATION, *parts) == name, what


@pytest.mark.parametrize(
    "name", ["ab", "a" * 41, "Bad_Name", "bad--name", "-bad", "bad-", "rgw-bad", "", "${x}", "%{x}", None.__class__]
)
def test_a_name_that_aws_refuses_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"3 to 40 characters: lower-case letters"), Report("gateway") as report:
        parse_name(report, "name", name, RESOURCE_GATEWAY, "producer-gateway")


@given(keys)
def test_a_plain_key_is_taken_as_it_is(key: str) -> None:
    with Report("gateway") as report:
        assert parse_key(report, "name", key) == key


@pytest.mark.parametrize("key", ["", " ", "a ", "-a", 'a"b', "a\\b", "a\nb", "${x}", "%{x}", "a" * 65, 7, "a/b"])
def test_a_key_that_terraform_could_misread_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 64 letters"), Report("gateway") as report:
        parse_key(report, "name", key)


@pytest.mark.parametrize("name", ["a", "EC2_B", "web (blue) #1", "a" * 255, "x-sg-1", "web-${terraform.workspace}"])
def test_what_aws_takes_as_a_security_groups_name_is_taken(name: str) -> None:
    with Report("group") as report:
        assert parse_group_name(report, "name", name, "made") == name
        assert parse_group_name(report, "name", None, "made") == "made"


@pytest.mark.parametrize("name", ["", "sg-prod", "SG-prod", "default", "a" * 256, "caf\u00e9", "a\nb", " a", 7])
def test_what_aws_refuses_as_a_security_groups_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 255 letters"), Report("group") as report:
        parse_group_name(report, "name", name, "made")


@pytest.mark.parametrize("why", ["To the endpoint", "a" * 255, "${var.why}"])
def test_what_aws_takes_as_a_rules_description_is_taken(why: str) -> None:
    with Report("group") as report:
        assert parse_description(report, "why", why) == why


@pytest.mark.parametrize("why", ["", "a" * 256, "caf\u00e9", "it's", "a\nb", None])
def test_what_aws_refuses_as_a_rules_description_is_refused(why: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 255 letters"), Report("group") as report:
        parse_description(report, "why", why)
