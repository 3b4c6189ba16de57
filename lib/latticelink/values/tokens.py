"""Tells values that are known now from those that Terraform fills in later; the latter are never judged."""

from __future__ import annotations

from typing import Any

from latticelink.errors import REFUSED as REFUSED

# The CDK encodes a number that is known only after apply as a float near -1.888e289; no real argument is so small.
_LARGEST_NUMBER_TOKEN = -1e280


LATER_RULE = (
    "Something is created for each item, so the items must be known now, but this list is known only after apply."
)
LATER_FIX = "Write out its items one by one, such as '${element(..., 0)}'."


def is_list_token(value: Any) -> bool:
    """Return whether a text stands for a whole list that the CDK knows later, which it allows in no other text."""
    return isinstance(value, str) and value.startswith("#{TfToken[")


def is_known(value: Any) -> bool:
    """Return False for a token of the CDK or a text with a Terraform expression in it, True for anything else."""
    if isinstance(value, str):
        return "${" not in value and "%{" not in value and "#{TfToken[" not in value
    if isinstance(value, float):
        # Not a number isn't above it, and is no token.
        return not value <= _LARGEST_NUMBER_TOKEN
    return True
