"""Tells a person at synth which domains of the public DNS a stack's private zones take over in their VPC."""

from __future__ import annotations

from collections.abc import Sequence

from latticelink.terraform.raw import RawStack
from latticelink.values.domains import is_registered_domain
from latticelink.values.tokens import is_known
from latticelink.values.types import ZONE


def taken_domains(stacks: Sequence[RawStack]) -> str:
    """Return a line for each private zone that is named like a registered domain; nothing if there is none.

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
    """
    taken = [
        f"  {name} in {stack.name}: the VPC no longer sees the public DNS records of {name} and below it; "
        f"a name such as 'db.shared.{name}' replaces only 'shared.{name}'."
        for stack in stacks
        for block in stack.blocks
        if block.type == ZONE
        and block.mode == "resource"
        and block.body.get("vpc")
        and isinstance(name := block.body.get("name"), str)
        and is_known(name)
        and is_registered_domain(name)
    ]
    return "\n".join(["Warning: private hosted zones replace whole domains:", *taken]) if taken else ""
