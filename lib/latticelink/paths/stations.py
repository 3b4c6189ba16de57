"""What a path leads through, as blocks and where these are: what a picture of it is made of."""

from __future__ import annotations

from dataclasses import dataclass

from latticelink.network.topology import Placed
from latticelink.terraform.blocks import Block


@dataclass(frozen=True, kw_only=True)
class Stations:
    """What a path leads through, in the packet's order, as far as it is known.

    Args:
        entry: the endpoint, or the association of a service network.
        group: the GROUP that the resource configuration is a member of.
        gateway: the resource gateway.
        target: what the resource configuration leads to.
    """

    entry: Placed | None = None
    group: Block | None = None
    gateway: Placed | None = None
    target: Placed | None = None
