"""Which provider configuration a block uses."""

from __future__ import annotations

from typing import Any

from latticelink.terraform.blocks import Block


def provider_of(block: Block, name: str = "aws") -> dict[str, Any]:
    """Return the arguments, as written, of the provider configuration that a block uses; empty if it has none.

    Args:
        block: the resource or data source.
        name: the provider's name.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/resource-provider
    """
    alias = alias_of(block)
    providers = block.home.raw.providers
    return next((body for each, body in providers if each == name and (body.get("alias") or "") == alias), {})


def alias_of(block: Block) -> str:
    """Return the alias of the provider configuration that a block uses; empty for the one without."""
    return str(block.body.get("provider", "")).partition(".")[2]
