"""Names of resources in Terraform JSON as the CDK gives them, made here so that Node.js needn't be asked for each."""

from __future__ import annotations

import functools
import hashlib
import re

# The constants of both, part of every name that is in somebody's state.
_HIDDEN = "Default"
_HIDDEN_FROM_PEOPLE = "Resource"
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_NAME, _LONGEST_READABLE_PART = 255, 240


def construct_id(given: str) -> str:
    """Return a construct's id as the library `constructs` keeps it: what separates ids in a path is replaced."""
    return given.replace("/", "--")


@functools.cache
def logical_id(path: tuple[str, ...]) -> str:
    """Return the Terraform name of the resource at `path`: the ids of the constructs inside its stack, outermost first.

    Source: https://developer.hashicorp.com/terraform/cdktf/concepts/resources#logical-ids
    """
    ids = [id for id in path if id != _HIDDEN]
    if len(ids) == 1 and len(only := _allowed(ids[0])) <= _LONGEST_NAME:
        return only
    readable: list[str] = []
    for id in ids:
        if not readable or not readable[-1].endswith(id):
            readable.append(id)
    people = "_".join(_allowed(id) for id in readable if id != _HIDDEN_FROM_PEOPLE)
    digest = hashlib.md5("/".join(ids).encode(), usedforsecurity=False).hexdigest()
    return f"{people[:_LONGEST_READABLE_PART]}_{digest[:8].upper()}"


def _allowed(id: str) -> str:
    return _NOT_ALLOWED.sub("", id)
