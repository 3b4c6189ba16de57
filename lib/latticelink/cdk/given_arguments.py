"""Sends Node.js what was given of a resource's arguments, and not a null for each of the dozens that were not.

Node.js leaves out what is null, so the resource is the same. Python would walk through all of them three times for each
resource, and Node.js once.

Source: https://github.com/aws/jsii/blob/main/packages/@jsii/kernel/src/serialization.ts
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any


def send_given_alone() -> None:
    """Let jsii pass on only those of a struct's members that have a value."""
    runtime: Any = importlib.import_module("jsii._runtime")
    members = getattr(runtime, "python_jsii_mapping", None)
    if not callable(members) or hasattr(members, "is_of_given"):
        return

    def given(struct: Any) -> Mapping[str, str] | None:
        names: Mapping[str, str] | None = members(struct)
        values = getattr(struct, "_values", None)
        if not names or isinstance(struct, type) or not isinstance(values, dict):
            return names
        # Required ones are always among the values. With no member at all it would be no value to Node.js.
        return {name: theirs for name, theirs in names.items() if name in values} or names

    given.is_of_given = True  # type: ignore[attr-defined]
    runtime.python_jsii_mapping = given
