"""What a published contract alone tells of the resource configurations behind it: their ARNs and ports, no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from latticelink.terraform.known import Unknown
from latticelink.terraform.raw import RawBlock, RawStack
from latticelink.values.contract import OUTPUT
from latticelink.values.types import CONFIGURATION

_TYPES = ("SINGLE", "ARN", "GROUP")
_BEHIND = Unknown("a contract says nothing about it", "Check the producer's state or folder.")


def with_published(stacks: Sequence[RawStack]) -> Sequence[RawStack]:
    """Put what is published into the stacks of which nothing but outputs is known; return the stacks."""
    for stack in stacks:
        if stack.is_state and not stack.blocks:
            stack.blocks = list(_published(stack))
    return stacks


def _published(stack: RawStack) -> Iterator[RawBlock]:
    contract = _mapping(stack.outputs.get(OUTPUT)).get("value")
    for name, resource in _mapping(_mapping(contract).get("resources")).items():
        told = _mapping(resource)
        if told.get("type", "SINGLE") in _TYPES:
            body: dict[str, Any] = {key: told[key] for key in ("arn", "id", "name", "protocol", "type") if key in told}
            body |= {"port_ranges": told.get("ports"), "resource_gateway_identifier": _BEHIND}
            # As what a data source reads: nobody here decides what it is.
            yield RawBlock("data", CONFIGURATION, name, body, stack.files[0], f"the published {name!r}")


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
