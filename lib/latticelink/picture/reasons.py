"""Numbers what blocks and what isn't known, each reason once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from latticelink.paths.hops import Answer, Hop
from latticelink.picture.glyphs import BAD
from latticelink.picture.scene import Scene, Sight, sights


@dataclass
class Reason:
    """Why some hops block, or aren't known.

    Args:
        number: its number.
        hop: the first of them.
        places: the places of all of them.
        ways: the paths of all of them.
        zones: the zones in which it holds, if it doesn't in others.
    """

    number: int
    hop: Hop
    places: list[str] = field(default_factory=list)
    ways: list[int] = field(default_factory=list)
    zones: list[str] = field(default_factory=list)

    @property
    def head(self) -> str:
        """The answer and the places, such as `Blocked: client's group out`."""
        word = "Blocked" if self.hop.answer is Answer.FAIL else "Unknown"
        where = f" in {', '.join(self.zones)}" if self.zones else ""
        return f"{word}: {', '.join(self.places)}{where}"

    @property
    def remedy(self) -> str:
        """The fix, or what would settle it, with a word that says which; empty if there is none."""
        word = "Fix" if self.hop.answer is Answer.FAIL else "Settle"
        return f"{word}: {self.hop.fix}" if self.hop.fix else ""


class Reasons:
    """The reasons of a scene by number: what blocks, then what isn't known, each in the packet's order."""

    def __init__(self, scene: Scene) -> None:
        found: dict[tuple[Answer, str, str], Reason] = {}
        by_way = {number: sights(number, way) for number, way in scene.ways.items()}
        for answer in BAD:
            for seen in by_way.values():
                for sight in seen:
                    if sight.hop.answer is answer:
                        _note(found, sight)
        self._found = found
        self.all = list(found.values())

    def number(self, decisive: Sequence[Sight]) -> int | None:
        """Return the first number of what some hops say; None if they pass."""
        numbers = [self._found[_key(each.hop)].number for each in decisive if each.hop.answer in BAD]
        return min(numbers, default=None)


def _key(hop: Hop) -> tuple[Answer, str, str]:
    return hop.answer, hop.why, hop.fix


def _note(found: dict[tuple[Answer, str, str], Reason], sight: Sight) -> None:
    reason = found.setdefault(_key(sight.hop), Reason(len(found) + 1, sight.hop))
    _once(reason.places, sight.hop.place)
    if sight.way not in reason.ways:
        reason.ways.append(sight.way)
    if sight.zone:
        _once(reason.zones, sight.zone)


def _once(among: list[str], item: str) -> None:
    if item not in among:
        among.append(item)
