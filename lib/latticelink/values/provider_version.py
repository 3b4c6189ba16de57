"""The version constraint for the AWS provider, in Terraform's notation."""

from __future__ import annotations

import re

from latticelink.errors import Report

DEFAULT_AWS_PROVIDER = ">= 6.25.0, < 7.0.0"

# The oldest version that everything the library emits was validated with.
OLDEST_AWS_PROVIDER = (5, 100, 0)

_SOURCE = "https://developer.hashicorp.com/terraform/language/expressions/version-constraints"
_TERM = re.compile(r"(=|!=|>=|>|<=|<|~>)?\s*([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?")


def parse_aws_provider(report: Report, argument: str, given: str) -> str:
    """Return `given` if it is a version constraint that admits no version older than 5.100.0; refuse the rest."""
    terms = [_TERM.fullmatch(term.strip()) for term in given.split(",")] if isinstance(given, str) else []
    if not terms or None in terms:
        report.refuse(
            argument,
            given,
            rule="A version constraint is a comma-separated list of versions, each with =, !=, >, >=, <, <= or ~>.",
            fix=f"Write for example '{DEFAULT_AWS_PROVIDER}' or '5.100.0'.",
            source=_SOURCE,
        )
        return DEFAULT_AWS_PROVIDER
    floors = [
        (int(term[2]), int(term[3] or 0), int(term[4] or 0))
        for term in terms
        if term is not None and term[1] in (None, "=", ">", ">=", "~>")
    ]
    if not floors or max(floors) < OLDEST_AWS_PROVIDER:
        oldest = ".".join(map(str, OLDEST_AWS_PROVIDER))
        report.refuse(
            argument,
            given,
            rule=f"Only AWS provider {oldest} and newer have all that LatticeLink emits.",
            fix=f"Add '>= {oldest}', or write '{DEFAULT_AWS_PROVIDER}'.",
            source="https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs",
        )
        return DEFAULT_AWS_PROVIDER
    return given
