"""Sets of ports and ranges of addresses."""

from __future__ import annotations

import ipaddress
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from latticelink.terraform.work import spend
from latticelink.values.ports import PortRange, merged


@dataclass(frozen=True, slots=True)
class PortSet:
    """TCP ports, as sorted ranges that neither overlap nor touch."""

    ranges: tuple[PortRange, ...] = ()

    @classmethod
    def of(cls, *ranges: tuple[int, int]) -> PortSet:
        """Return the ports in the ranges, each from low to high; those that are upside down hold none."""
        return cls(merged(PortRange(low, high) for low, high in ranges if low <= high))

    def __or__(self, other: PortSet) -> PortSet:
        """Return the ports in either."""
        if not other.ranges or self == other:
            return self
        return PortSet(merged((*self.ranges, *other.ranges)))

    def __and__(self, other: PortSet) -> PortSet:
        """Return the ports in both."""
        spend(len(self.ranges) * len(other.ranges) // 16)
        if other is EVERY or self == other:
            return self
        if self is EVERY:
            return other
        both = ((max(a.low, b.low), min(a.high, b.high)) for a in self.ranges for b in other.ranges)
        return PortSet.of(*both)

    def __sub__(self, other: PortSet) -> PortSet:
        """Return the ports that aren't in the other."""
        left = [(each.low, each.high) for each in self.ranges]
        spend(len(self.ranges) * len(other.ranges) // 16)
        for cut in other.ranges:
            left = [
                (start, end)
                for low, high in left
                for start, end in ((low, min(high, cut.low - 1)), (max(low, cut.high + 1), high))
                if start <= end
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
        return cls(merged({each for ports in several for each in ports.ranges}))

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


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses from `first` to `last`, as numbers, both included, of IP version 4 or 6."""

    version: int
    first: int
    last: int

    @property
    def are_all(self) -> bool:
        """Whether these are all addresses of their version."""
        return self == EVERYWHERE[self.version]

    def overlap(self, other: Addresses) -> bool:
        """Return whether the ranges have an address in common."""
        return self.version == other.version and self.first <= other.last and other.first <= self.last

    def are_in(self, other: Addresses) -> bool:
        """Return whether all of these are in the other range."""
        return self.version == other.version and other.first <= self.first and self.last <= other.last

    def parts(self, others: Iterable[Addresses]) -> list[Addresses]:
        """Return the parts of the range of which each is wholly in or wholly out of each of the others."""
        cuts = [(each.first, each.last) for each in others]
        return [Addresses(self.version, low, high) for low, high in split(self.first, self.last, cuts)]

    def without(self, others: Sequence[Addresses]) -> list[Addresses]:
        """Return the parts of the range that are in none of the others."""
        return [part for part in self.parts(others) if not any(map(part.are_in, others))]

    def __str__(self) -> str:
        """Return the range as CIDR blocks."""
        kind = ipaddress.IPv4Address if self.version == 4 else ipaddress.IPv6Address
        return ", ".join(map(str, ipaddress.summarize_address_range(kind(self.first), kind(self.last))))


EVERYWHERE = {4: Addresses(4, 0, 2**32 - 1), 6: Addresses(6, 0, 2**128 - 1)}


def addresses_of(text: object) -> Addresses | None:
    """Return the range that a CIDR block or an address stands for, or None for what is neither."""
    try:
        network = ipaddress.ip_network(text if isinstance(text, str) else "", strict=False)
    except ValueError:
        return None
    return Addresses(network.version, int(network.network_address), int(network.broadcast_address))


def split(first: int, last: int, cuts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the parts of a range of numbers of which each is wholly in or wholly out of each of the cuts."""
    starts = {first}
    for low, high in cuts:
        starts.update(start for start in (low, high + 1) if first < start <= last)
    ordered = sorted(starts)
    return [(low, high - 1) for low, high in zip(ordered, [*ordered[1:], last + 1], strict=True)]
