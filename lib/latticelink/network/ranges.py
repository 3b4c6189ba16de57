"""Sets of ports and ranges of addresses."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from latticelink.values.ports import PortRange

Addresses = tuple[int, int, int]
"""A range of addresses: IP version, first and last address as numbers."""


@dataclass(frozen=True)
class PortSet:
    """TCP ports, as sorted ranges that neither overlap nor touch."""

    ranges: tuple[PortRange, ...] = ()

    @classmethod
    def of(cls, *ranges: tuple[int, int]) -> PortSet:
        """Return the ports in the ranges; those that are upside down hold none."""
        merged: list[PortRange] = []
        for low, high in sorted(pair for pair in ranges if pair[0] <= pair[1]):
            if merged and low <= merged[-1].high + 1:
                merged[-1] = PortRange(merged[-1].low, max(merged[-1].high, high))
            else:
                merged.append(PortRange(low, high))
        return cls(tuple(merged))

    def _pairs(self) -> list[tuple[int, int]]:
        return [(each.low, each.high) for each in self.ranges]

    def __or__(self, other: PortSet) -> PortSet:
        """Return the ports in either."""
        if not other.ranges or self == other:
            return self
        return PortSet.of(*self._pairs(), *other._pairs())

    def __and__(self, other: PortSet) -> PortSet:
        """Return the ports in both."""
        both = ((max(a.low, b.low), min(a.high, b.high)) for a in self.ranges for b in other.ranges)
        return PortSet.of(*both)

    def __sub__(self, other: PortSet) -> PortSet:
        """Return the ports that aren't in the other."""
        left = self._pairs()
        for cut in other.ranges:
            left = [
                pair
                for low, high in left
                for pair in ((low, min(high, cut.low - 1)), (max(low, cut.high + 1), high))
                if pair[0] <= pair[1]
            ]
        return PortSet.of(*left)

    def touches(self, other: PortSet) -> bool:
        """Return whether the two have a port in common."""
        one, two = sorted((self.ranges, other.ranges), key=len)
        for each in one:
            place = bisect_right(two, each.high, key=lambda port_range: port_range.low)
            if place and two[place - 1].high >= each.low:
                return True
        return False

    def __contains__(self, port: int) -> bool:
        """Return whether the port is one of these."""
        place = bisect_right(self.ranges, port, key=lambda port_range: port_range.low)
        return place > 0 and self.ranges[place - 1].high >= port

    @classmethod
    def union(cls, several: Iterable[PortSet]) -> PortSet:
        """Return the ports in any of several sets."""
        return cls.of(*{pair for ports in several for pair in ports._pairs()})

    def __bool__(self) -> bool:
        """Return whether there is any port."""
        return bool(self.ranges)

    def __str__(self) -> str:
        """Return the ports as in `TCP 80, 8000-8080`, without the protocol."""
        return ", ".join(map(str, self.ranges)) or "none"


NONE = PortSet()
EVERY = PortSet.of((0, 65535))
# What a resource configuration can share.
SHAREABLE = PortSet.of((1, 65535))


def addresses_of(text: object) -> Addresses | None:
    """Return the range that a CIDR block or an address stands for, or None for what is neither."""
    try:
        network = ipaddress.ip_network(text if isinstance(text, str) else "", strict=False)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)


def shown_addresses(addresses: Addresses) -> str:
    """Return the range as CIDR blocks."""
    kind = ipaddress.IPv4Address if addresses[0] == 4 else ipaddress.IPv6Address
    blocks = ipaddress.summarize_address_range(kind(addresses[1]), kind(addresses[2]))
    return ", ".join(map(str, blocks))


def overlap(one: Addresses, other: Addresses) -> bool:
    """Return whether the ranges have an address in common."""
    return one[0] == other[0] and one[1] <= other[2] and other[1] <= one[2]


def inside(one: Addresses, other: Addresses) -> bool:
    """Return whether all of `one` is in `other`."""
    return one[0] == other[0] and other[1] <= one[1] and one[2] <= other[2]


def split(addresses: Addresses, cuts: Iterable[Addresses]) -> list[Addresses]:
    """Return the parts of a range of which each is wholly in or wholly out of each of the others."""
    version, first, last = addresses
    starts = {first}
    for _, low, high in cuts:
        starts.update(start for start in (low, high + 1) if first < start <= last)
    ordered = sorted(starts)
    return [(version, low, high - 1) for low, high in zip(ordered, [*ordered[1:], last + 1], strict=True)]
