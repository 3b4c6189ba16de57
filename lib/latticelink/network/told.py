"""What data sources tell of VPCs and subnets that exist.

A data source that finds an object by its id finds none where another argument differs, and its postconditions stop
the plan: whatever it says so holds in every plan that goes on.
Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/subnet,
    https://developer.hashicorp.com/terraform/language/expressions/custom-conditions
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from latticelink.terraform.blocks import Block, Home


def found_by_id(home: Home, kind: str, value: Any) -> Block | None:
    """Return the data source of a stack that finds the object of this kind and id; None if there is none."""
    if not isinstance(value, str):
        return None
    keys = home.declared_of("data", kind)
    return next((block for key in keys for block in home.made(key) if is_found_by_id(block, value)), None)


def is_found_by_id(block: Block, value: str | None = None) -> bool:
    """Return whether a block is a data source that finds one object by its id, which is `value` if that is given."""
    known = block.value("id") if block.mode == "data" and not block.has_many else None
    return isinstance(known, str) and value in (None, known)


def makes_sure(blocks: Iterable[Block], attribute: str) -> bool:
    """Return whether one of the data sources has a postcondition by which an attribute is true."""
    return any(
        re.fullmatch(rf"\$\{{\s*self\.{attribute}\s*(==\s*true\s*)?\}}", condition) is not None
        for block in blocks
        for condition in _conditions(block)
    )


def _conditions(block: Block) -> Iterable[str]:
    for lifecycle in _listed(block.body.get("lifecycle")):
        for each in _listed(lifecycle.get("postcondition")):
            if isinstance(condition := each.get("condition"), str):
                yield condition


def _listed(raw: Any) -> list[dict[str, Any]]:
    return [each for each in (raw if isinstance(raw, list) else [raw]) if isinstance(each, dict)]
