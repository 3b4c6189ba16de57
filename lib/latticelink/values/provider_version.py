"""The version constraint for the AWS provider, in Terraform's notation."""

from __future__ import annotations

import re

from latticelink.errors import Report

DEFAULT_AWS_PROVIDER = ">= 6.25.0, < 7.0.0"

Version = tuple[int, int, int]

# The oldest version that everything the library emits was validated with.
OLDEST_AWS_PROVIDER: Version = (5, 100, 0)

_SOURCE = "https://developer.hashicorp.com/terraform/language/expressions/version-constraints"
_TERM = re.compile(r"(=|!=|>=|>|<=|<|~>)?\s*([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?")


def parse_aws_provider(report: Report, argument: str, given: str) -> str:
    """Return `given` if it is a version constraint that admits no version older than 5.100.0; refuse the rest."""
    try:
        oldest = oldest_admitted(given)
    except ValueError:
        report.refuse(
            argument,
            given,
            rule="A version constraint is a comma-separated list of versions, each with =, !=, >, >=, <, <= or ~>.",
            fix=f"Write, for example, '{DEFAULT_AWS_PROVIDER}' or '5.100.0'.",
            source=_SOURCE,
        )
        return DEFAULT_AWS_PROVIDER
    if oldest is None:
        report.refuse(
            argument,
            given,
            rule="No version satisfies all parts of this version constraint.",
            fix=f"Write, for example, '{DEFAULT_AWS_PROVIDER}'.",
            source=_SOURCE,
        )
        return DEFAULT_AWS_PROVIDER
    if oldest < OLDEST_AWS_PROVIDER:
        required = text_of(OLDEST_AWS_PROVIDER)
        report.refuse(
            argument,
            given,
            rule=f"Only AWS provider {required} and newer have everything that LatticeLink writes.",
            fix=f"Add '>= {required}', or write '{DEFAULT_AWS_PROVIDER}'.",
            source="https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs",
        )
        return DEFAULT_AWS_PROVIDER
    return given


def oldest_admitted(constraint: str) -> Version | None:
    """Return the oldest version that `constraint` admits, whether or not it was ever released; None if it admits none.

    Args:
        constraint: terms joined by commas, all of which hold: a version of one to three numbers (those left out are
            0) after `=` or nothing, `!=`, `>`, `>=`, `<`, `<=` or `~>`.

    Raises:
        ValueError: for what is no such constraint. Pre-releases are none here: Terraform takes one only if it is named.

    Source: https://developer.hashicorp.com/terraform/language/expressions/version-constraints
    """
    terms = [_parse(term) for term in constraint.split(",")] if isinstance(constraint, str) else []
    if not terms:
        raise ValueError(f"{constraint!r} is not a version constraint")
    candidate: Version = max([(0, 0, 0), *(_next(v) if sign == ">" else v for sign, v, _ in terms if _is_floor(sign))])
    while any(sign == "!=" and version == candidate for sign, version, _ in terms):
        candidate = _next(candidate)
    return candidate if all(_admits(term, candidate) for term in terms) else None


def text_of(version: Version) -> str:
    """Return the version as Terraform writes it, such as `6.28.0`."""
    return ".".join(map(str, version))


_Term = tuple[str, Version, int]


def _parse(text: str) -> _Term:
    """Return the operator, the version, and how many numbers of it were given."""
    match = _TERM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not part of a version constraint")
    sign, *numbers = match.groups()
    version = (int(numbers[0]), int(numbers[1] or 0), int(numbers[2] or 0))
    return sign or "=", version, sum(number is not None for number in numbers)


def _is_floor(sign: str) -> bool:
    return sign in ("=", ">", ">=", "~>")


def _next(version: Version) -> Version:
    return (*version[:2], version[2] + 1)


def _admits(term: _Term, version: Version) -> bool:
    sign, bound, given = term
    if sign == "~>":
        # Only the last number that was given may grow: `~> 6.25` is any 6.x from 6.25 on, `~> 6.25.1` any 6.25.x.
        return bound <= version and version[: given - 1] == bound[: given - 1]
    return {
        "=": version == bound,
        "!=": version != bound,
        ">": version > bound,
        ">=": version >= bound,
        "<": version < bound,
        "<=": version <= bound,
    }[sign]
