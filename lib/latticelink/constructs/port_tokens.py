"""Ports that only Terraform will know: a database's is a number in Terraform, a text everywhere here."""

from __future__ import annotations

from latticelink.cdk import bindings
from latticelink.values.contract import SharedResource
from latticelink.values.ports import Ports


def with_text_tokens(ports: Ports) -> Ports:
    """Return the ports with every token as a text, as AWS's port ranges and the contract have them."""
    return Ports(ports.ranges, tuple(bindings.token_as_text(token) for token in ports.tokens))


def ports_of(shared: SharedResource) -> Ports | str:
    """Return the ports of what is shared, with every token as a text; from remote state an expression."""
    return with_text_tokens(shared.ports) if isinstance(shared.ports, Ports) else shared.ports
