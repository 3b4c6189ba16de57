"""Tells values that are known now from those that Terraform fills in later; the latter are never judged."""

from __future__ import annotations

from typing import Any

# Stands for a refused value, so that the code after it can go on and find what else is wrong. It is never written:
# a run with findings writes nothing.
REFUSED = "${latticelink_refused_input}"

# The CDK encodes a number that is known only after apply as a float near -1.888e289; no real argument is so small.
_LARGEST_NUMBER_TOKEN = -1e280


def is_known(value: Any) -> bool:
    """Return False for a token of the CDK or a text with a Terraform expression in it, True for anything else."""
    if isinstance(value, str):
        return "${" not in value and "%{" not in value and "#{TfToken[" not in value
    if isinstance(value, float):
        return value > _LARGEST_NUMBER_TOKEN
    return True
