"""Where packets die: chains that count a packet by its ports, which NAT keeps, before they drop it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

TABLE = "lab"  # nftables takes `all` for no name, so no table is called after what it filters


@dataclass(frozen=True)
class Trap:
    """A place where packets die.

    Args:
        hop: the hop as the check names it.
        reply_hop: the hop if the packet is a reply.
        who: whose rules decide there.
        rule: which rule it is, or that there is none, as a clause.
    """

    hop: str
    reply_hop: str
    who: str
    rule: str


@dataclass(frozen=True)
class Death:
    """What became of a packet that didn't arrive."""

    trap: Trap
    is_reply: bool

    @property
    def hop(self) -> str:
        """The hop as the check names it."""
        return self.trap.reply_hop if self.is_reply else self.trap.hop


class Ruleset:
    """The rules of one namespace as nftables' text, with a trap for each place that drops."""

    def __init__(self) -> None:
        self.traps: list[Trap] = []
        self._chains: list[tuple[str, list[str]]] = []

    def chain(self, name: str, lines: Iterable[str]) -> str:
        """Add a chain; return its name."""
        self._chains.append((name, list(lines)))
        return name

    def trap(self, trap: Trap) -> str:
        """Return the chain that packets go to in order to die there."""
        if trap not in self.traps:
            number = len(self.traps)
            self.traps.append(trap)
            count = f"meta l4proto tcp update @dead{number} {{ tcp sport . tcp dport counter }}"
            self.chain(f"die{number}", [count, "drop"])
        return f"die{self.traps.index(trap)}"

    def text(self) -> str:
        """Return commands that put these rules in the place of those that were there."""
        lines = [f"table inet {TABLE}", f"delete table inet {TABLE}", f"table inet {TABLE} {{"]
        for number in range(len(self.traps)):
            lines += [f"set dead{number} {{", "type inet_service . inet_service", "size 65535", "flags dynamic", "}"]
        for name, rules in self._ordered():
            lines += [f"chain {name} {{", *rules, "}"]
        return "\n".join([*lines, "}", ""])

    def _ordered(self) -> list[tuple[str, list[str]]]:
        """Return the chains, those that hook in last: a chain must be there before one jumps to it."""
        return sorted(self._chains, key=lambda chain: any(line.startswith("type ") for line in chain[1]))


def deaths(traps: list[Trap], printed: list[dict[str, Any]]) -> Iterator[tuple[int, Death]]:
    """Yield for each packet that died its sender's port, at which end that is, and where it died.

    Args:
        traps: the traps of a namespace.
        printed: what `list sets` prints there.
    """
    for item in printed:
        found = item.get("set")
        if not found or not str(found["name"]).startswith("dead"):
            continue
        trap = traps[int(found["name"].removeprefix("dead"))]
        for element in found.get("elem", []):
            value = element["elem"]["val"] if "elem" in element else element
            source, destination = value["concat"]
            yield int(source), Death(trap, is_reply=False)
            yield int(destination), Death(trap, is_reply=True)
