"""Tags within AWS's rules."""

from __future__ import annotations

from typing import Any

from latticelink.errors import InvalidInput, Report
from latticelink.values.tags import Tags, parse_name_tag, parse_tags

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import tokens

# What every AWS service takes.
plain = st.text(st.characters(categories=["L", "N", "Zs"], include_characters="_.:/=+-@"), max_size=128)
keys = plain.filter(lambda key: key and not key.lower().startswith("aws:"))


def refused(given_tags: Any, **beside: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught, Report("gateway") as report:
        parse_tags(report, "tags", given_tags, **beside)
    return [(finding.place[-1], finding.rule) for finding in caught.value.findings]


@given(st.dictionaries(keys, plain, max_size=49))
def test_what_aws_takes_is_taken_as_it_is(tags: dict[str, str]) -> None:
    with Report("gateway") as report:
        assert parse_tags(report, "tags", tags, beside={}).given == tags


@given(tokens)
def test_a_value_that_terraform_fills_in_later_is_never_judged(token: str) -> None:
    with Report("gateway") as report:
        assert parse_tags(report, "tags", {"Team": token}).given == {"Team": token}


@pytest.mark.parametrize(
    ("what", "tags", "place", "rule"),
    [
        ("no mapping", ["Team"], "tags", "Tags are keys with their values."),
        ("an empty key", {"": "x"}, "tags", "A tag's key has 1 to 128"),
        ("a key of 129 characters", {"k" * 129: "x"}, "tags", "A tag's key has 1 to 128"),
        ("a key that is not a string", {7: "x"}, "tags", "A tag's key has 1 to 128"),
        ("a key with an expression", {"${var.key}": "x"}, "tags", "A tag's key has 1 to 128"),
        ("a key with a line end", {"a\nb": "x"}, "tags", "A tag's key has 1 to 128"),
        ("AWS's own prefix", {"aws:team": "x"}, "tags", "Keys that begin with 'aws:'"),
        ("AWS's own prefix in capitals", {"AWS:team": "x"}, "tags", "Keys that begin with 'aws:'"),
        ("a value of 257 characters", {"Team": "v" * 257}, "tags['Team']", "A tag's value is a string of up to 256"),
        ("a value that is not a string", {"Team": True}, "tags['Team']", "A tag's value is a string"),
        ("a value that is None", {"Team": None}, "tags['Team']", "A tag's value is a string"),
        ("a value with a sign that VPC Lattice lacks", {"Team": "a&b"}, "tags['Team']", "A tag's value is a string"),
    ],
)
def test_what_aws_refuses_is_refused(what: str, tags: Any, place: str, rule: str) -> None:
    [(where, said)] = refused(tags)
    assert where == place, what
    assert said.startswith(rule), what


def test_the_limits_themselves_are_allowed() -> None:
    with Report("gateway") as report:
        parse_tags(report, "tags", {"k" * 128: "v" * 256, "Empty": ""})


def test_fifty_tags_are_taken_with_name_and_the_stacks_own_and_one_more_is_refused() -> None:
    own = {f"own-{number}": "x" for number in range(40)}
    defaults = {f"default-{number}": "x" for number in range(9)}
    with Report("gateway") as report:
        parse_tags(report, "tags", own, beside=defaults)
        parse_tags(report, "tags", own | {"default-0": "over it"}, beside=defaults)
    assert refused(own | {"one-more": "x"}, beside=defaults) == [
        ("tags", "AWS accepts at most 50 tags on one object, the stack's default tags and Name among them.")
    ]


def test_a_refused_tag_is_told_once_though_several_objects_get_it() -> None:
    with pytest.raises(InvalidInput), Report("gateway") as report:
        assert parse_tags(report, "tags", {"aws:x": "y"}).given == {}


def test_the_name_is_the_name_tag_of_the_main_object_unless_another_is_given() -> None:
    tags = Tags({"Name": "mine", "Team": "orders"})
    assert tags.named("gateway") == {"Name": "mine", "Team": "orders"}
    assert tags.of_part("gateway-a") == {"Name": "gateway-a", "Team": "orders"}
    assert Tags().named("gateway") == {"Name": "gateway"}
    assert Tags().unnamed() is None


@pytest.mark.parametrize("tag", ["", "a\nb", "${x}", "a" * 257, 7])
def test_a_bad_name_tag_is_refused(tag: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 256 printable characters"), Report("endpoint") as report:
        parse_name_tag(report, "name", tag, "default")
