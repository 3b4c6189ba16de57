"""TCP ports and port ranges: checked, sorted, and merged where one asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from latticelink.errors import Report
from latticelink.values.tokens import LATER_FIX, LATER_RULE, is_known, is_list_token

_RULE = "A port is a number from 1 to 65535; a range is two of them, low to high, such as '8000-8080'."
_SOURCE = "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceConfiguration.html"


@dataclass(frozen=True, order=True, slots=True)
class PortRange:
    """The TCP ports from `low` to `high`, both included, each 1 to 65535."""

    low: int
    high: int

    def __str__(self) -> str:
        """Return the range as AWS writes it: `80` or `8000-8080`."""
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


@dataclass(frozen=True)
class Ports:
    """Ports and port ranges as they were given, sorted and each once, and the ports that only Terraform will know.

    Adjacent ones stay apart: each is a rule of its own in security groups, so another port changes none of the others.

    Args:
        ranges: what is known now.
        tokens: single ports known only after apply, such as a database's `port`, in the order given.
    """

    ranges: tuple[PortRange, ...]
    tokens: tuple[str | float, ...] = ()

    def __str__(self) -> str:
        """Return the ports for a person: `80, 8000-8080`."""
        return ", ".join([*map(str, self.ranges), *("a port known after apply" for _ in self.tokens)])

    def texts(self) -> list[str]:
        """Return the ports as AWS's port ranges: `["80", "8000-8080"]`."""
        return [*map(str, self.ranges), *map(str, self.tokens)]

    def joined(self) -> Ports:
        """Return the same ports with ranges that overlap or touch made one."""
        return Ports(merged(self.ranges), self.tokens)

    def covers(self, other: Ports) -> bool:
        """Return whether every known port of `other` is among these; True if these are not all known."""
        mine = self.joined().ranges
        return bool(self.tokens) or all(
            any(one.low <= its.low and its.high <= one.high for one in mine) for its in other.ranges
        )


def parse_ports(report: Report, argument: str, given: Iterable[int | float | str]) -> Ports:
    """Return the ports in `given`, sorted and each once; refuse what is no port, no range, or an empty list.

    Args:
        report: where findings go.
        argument: the argument's name, for findings.
        given: numbers 1 to 65535, texts such as `"80"` or `"8000-8080"`, or tokens.

    Returns:
        What could be read of it.
    """
    if isinstance(given, str | int | float):
        report.refuse(argument, given, rule="Ports are given as a list.", fix=f"Write [{given!r}].")
        return Ports(())
    ranges: list[PortRange] = []
    tokens: list[str | float] = []
    items = list(given)
    for item in items:
        if is_list_token(item):
            report.refuse(argument, item, rule=LATER_RULE, fix=LATER_FIX)
        elif not is_known(item):
            assert isinstance(item, str | float)
            tokens.append(item)
        elif (ports := read_range(item)) is not None:
            ranges.append(ports)
        else:
            report.refuse(argument, item, rule=_RULE, fix=_fix(item), source=_SOURCE)
    if not items:
        report.refuse(
            argument,
            items,
            rule="At least one port is shared.",
            fix="Write the ports that clients use, such as [443].",
            source=_SOURCE,
        )
    return Ports(tuple(sorted(set(ranges))), tuple(tokens))


def union(several: Iterable[Ports]) -> Ports:
    """Return all ports of `several`, sorted and each once."""
    items = list(several)
    tokens = dict.fromkeys(token for ports in items for token in ports.tokens)
    return Ports(tuple(sorted({part for ports in items for part in ports.ranges})), tuple(tokens))


def merged(ranges: Iterable[PortRange]) -> tuple[PortRange, ...]:
    """Return the ranges sorted, with those that overlap or touch made one."""
    found: list[PortRange] = []
    for ports in sorted(ranges, key=lambda each: each.low):
        if found and ports.low <= found[-1].high + 1:
            if ports.high > found[-1].high:
                found[-1] = PortRange(found[-1].low, ports.high)
        else:
            found.append(ports)
    return tuple(found)


def read_range(item: object) -> PortRange | None:
    """Return the port or range that `item` stands for; None for what is none."""
    if isinstance(item, bool) or not isinstance(item, int | str) or (isinstance(item, int) and item > 65535):
        return None
    match = re.fullmatch(r"([0-9]{1,5})(?:-([0-9]{1,5}))?", str(item))
    if match is None:
        return None
    low, high = int(match[1]), int(match[2] or match[1])
    return PortRange(low, high) if 1 <= low <= high <= 65535 else None


def _fix(item: object) -> str:
    match = re.fullmatch(r"\s*([0-9]{1,5})\s*-\s*([0-9]{1,5})\s*", item) if isinstance(item, str) else None
    if match and 1 <= int(match[2]) < int(match[1]) <= 65535:
        return f"Write '{int(match[2])}-{int(match[1])}'."
    if isinstance(item, str) and "," in item:
        return "Write one list item for each port or range."
    return "Write, for example, 443 or '8000-8080'."
