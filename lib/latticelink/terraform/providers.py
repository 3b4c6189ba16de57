"""Which provider configuration a block uses."""

from __future__ import annotations

from typing import Any

from latticelink.terraform.blocks import Block, Home


def home_of_provider(block: Block, name: str = "aws") -> Home:
    """Return the stack, or module, in which the provider configuration of a block is written."""
    return _found(block, name)[0]


def provider_of(block: Block, name: str = "aws") -> dict[str, Any]:
    """Return the arguments, as written, of the provider configuration that a block uses; empty if it has none.

    Args:
        block: the resource or data source.
        name: the provider's name.

    Source: https://developer.hashicorp.com/terraform/language/meta-arguments/resource-provider
    """
    return _found(block, name)[1]


def alias_of(block: Block) -> str:
    """Return the alias of the provider configuration that a block uses; empty for the one without."""
    return _found(block, "aws")[2]


def _found(block: Block, name: str) -> tuple[Home, dict[str, Any], str]:
    """Return where the provider configuration is written, its arguments and its alias.

    A module has what its call passes on in `providers`, else the one without an alias of what calls it.
    Source: https://developer.hashicorp.com/terraform/language/modules/develop/providers
    """
    home, alias = block.home, str(block.body.get("provider", "")).partition(".")[2]
    while True:
        providers = home.raw.providers
        own = next((body for each, body in providers if each == name and (body.get("alias") or "") == alias), None)
        if own is not None or home.call is None:
            return home, own or {}, alias
        passed = home.call.body.get("providers")
        passed = passed if isinstance(passed, dict) else {}
        alias = str(passed.get(f"{name}.{alias}" if alias else name, "")).removesuffix("}").partition(".")[2]
        home = home.call.parent
