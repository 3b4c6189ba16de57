"""Tags within AWS's rules, and the Name tag of what a construct makes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from latticelink.errors import Report
from latticelink.values.tokens import is_known

_SOURCE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions"

MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256
RESERVED = "aws:"
# What all AWS services take; EC2 alone takes any character.
_SIGNS = frozenset("_.:/=+-@")


@dataclass(frozen=True)
class Tags:
    """The tags that a user gives one construct, for all AWS objects that it makes.

    Args:
        given: the tags, checked.
    """

    given: Mapping[str, str] = field(default_factory=dict)

    def named(self, name: str) -> dict[str, str]:
        """Return the tags of the construct's main object: its name is the Name tag unless another one is given."""
        return {"Name": name, **self.given}

    def of_part(self, name: str) -> dict[str, str]:
        """Return the tags of another object of the construct, which has a name of its own."""
        return {**self.given, "Name": name}

    def unnamed(self) -> dict[str, str] | None:
        """Return the tags of an object that gets no Name tag, None if there are none."""
        return dict(self.given) or None


def parse_tags(
    report: Report, argument: str, given: Mapping[str, str] | None, *, beside: Mapping[str, str] | None = None
) -> Tags:
    """Return the tags in `given`; refuse what AWS doesn't take.

    Args:
        report: where findings go.
        argument: the argument's name, for findings.
        given: keys and values; None for no tags. Values may be tokens.
        beside: the stack's default tags, which count among AWS's 50 too; None where the default tags are what is given.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
    """
    if given is None:
        return Tags()
    if not isinstance(given, Mapping):
        report.refuse(
            argument,
            given,
            rule="Tags are keys with their values.",
            fix="Write, for example, {'Team': 'orders', 'Stage': 'prod'}.",
            source=_SOURCE,
        )
        return Tags()
    already = len(report.findings)
    for key, value in given.items():
        _refuse_bad_key(report, argument, key)
        _refuse_bad_value(report, f"{argument}[{key!r}]", value)
    others = {} if beside is None else {"Name", *beside}
    if len(together := {*given, *others}) > MOST_TAGS:
        report.refuse(
            argument,
            len(together),
            rule=f"AWS accepts at most {MOST_TAGS} tags on one object, the stack's default tags and Name among them.",
            fix="Leave some of them out.",
            source=_SOURCE,
        )
    # Refused ones are left out, so that whatever else gets them doesn't refuse them again.
    return Tags(dict(given)) if len(report.findings) == already else Tags()


def parse_name_tag(report: Report, argument: str, value: str | None, default: str) -> str:
    """Return `value` as a Name tag, or `default` if it is None; refuse what AWS doesn't take as a tag's value."""
    if value is None:
        return default
    if (
        isinstance(value, str)
        and is_known(value)
        and value.strip()
        and len(value) <= LONGEST_VALUE
        and value.isprintable()
    ):
        return value
    report.refuse(
        argument,
        value,
        rule=f"A Name tag is a string of 1 to {LONGEST_VALUE} printable characters without Terraform expressions.",
        fix=f"Write a plain string such as {default!r}, or leave it out.",
        source=_SOURCE,
    )
    return default


def _refuse_bad_key(report: Report, argument: str, key: object) -> None:
    if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY or not _is_plain(key):
        report.refuse(
            argument,
            key,
            rule=f"A tag's key has 1 to {LONGEST_KEY} characters: letters, digits, spaces and _ . : / = + - @.",
            fix="Write a short key such as 'Team'.",
            source=_SOURCE,
        )
    elif key.lower().startswith(RESERVED):
        report.refuse(
            argument,
            key,
            rule=f"Keys that begin with {RESERVED!r} are reserved by AWS.",
            fix=f"Write, for example, {key[len(RESERVED) :].lstrip(':') or 'Team'!r}.",
            source=_SOURCE,
        )


def _refuse_bad_value(report: Report, argument: str, value: object) -> None:
    if isinstance(value, str) and (not is_known(value) or (len(value) <= LONGEST_VALUE and _is_plain(value))):
        return
    report.refuse(
        argument,
        value,
        rule=f"A tag's value is a string of up to {LONGEST_VALUE} characters: letters, digits, spaces and "
        "_ . : / = + - @.",
        fix="Write a plain string, or an expression that gives one.",
        source=_SOURCE,
    )


def _is_plain(text: str) -> bool:
    return all(each in _SIGNS or unicodedata.category(each)[0] in "LNZ" for each in text)
