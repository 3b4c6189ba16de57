"""Tells clients apart that a rule names together, where they don't all fare alike: each fate is a path of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from latticelink.network.topology import Placed, label
from latticelink.paths.clients import Client
from latticelink.paths.hops import CLIENT_OUT, Answer, AtAddress, Hop, TracedPath
from latticelink.terraform.blocks import Block

_SHOWN = 3


def tell_apart(found: Sequence[tuple[Client, TracedPath]]) -> Iterator[TracedPath]:
    """Yield one path for all clients that fare alike, at the same ports, hops and addresses.

    Args:
        found: clients that a rule names together, by kinds, each with its path.
    """
    fates: dict[object, list[tuple[Client, TracedPath]]] = {}
    for client, path in found:
        fates.setdefault(_fate(path), []).append((client, path))
    members = [[each for client, _ in some for each in client.members] for some in fates.values()]
    in_fates = Counter(block for some in members for block in {each.block for each in some})
    names = Counter(label(block) for block in in_fates)
    for some, mine in zip(fates.values(), members, strict=True):
        paths = [path for _, path in some]
        path = replace(
            paths[0],
            hops=_together([each.hops for each in paths]),
            addresses=tuple(map(_at_one, zip(*(each.addresses for each in paths), strict=True))),
            version=some[0][0].version,
            clients=tuple(mine),
        )
        texts = dict.fromkeys(_name(each, names, is_split=in_fates[each.block] > 1) for each in mine)
        yield _told(path, _listed(list(texts)), is_apart=len(fates) > 1, is_by_group=some[0][0].group is not None)


def _fate(path: TracedPath) -> object:
    """Return what is the same for clients that fare alike."""
    at_addresses = tuple((each.zone, each.ports, _trouble(each.hops)) for each in path.addresses)
    return path.ports, _trouble(path.hops), at_addresses


def _trouble(hops: Sequence[Hop]) -> tuple[tuple[str, Answer], ...]:
    """Return where packets die, or may die."""
    return tuple((hop.place, hop.answer) for hop in hops if hop.answer in (Answer.FAIL, Answer.UNKNOWN))


def _together(several: Sequence[tuple[Hop, ...]]) -> tuple[Hop, ...]:
    """Return the hops of clients that fare alike in the packet's order, each with what is said of any of them."""
    order: list[str] = []
    by_place: dict[str, list[Hop]] = {}
    for hops in several:
        at = 0
        for hop in hops:
            if hop.place not in by_place:
                order.insert(at, hop.place)
            at = order.index(hop.place) + 1
            by_place.setdefault(hop.place, []).append(hop)
    return tuple(_one_hop(by_place[place]) for place in order)


def _one_hop(same: Sequence[Hop]) -> Hop:
    if len(same) == 1 and len(same[0].rules) <= _SHOWN:
        return same[0]
    whys, fixes = (list(dict.fromkeys(texts)) for texts in zip(*((hop.why, hop.fix) for hop in same), strict=True))
    more = f"; and {len(whys) - _SHOWN} more" if len(whys) > _SHOWN else ""
    rules = tuple(dict.fromkeys(rule for hop in same for rule in hop.rules))
    return replace(same[0], why="; ".join(whys[:_SHOWN]) + more, fix=" ".join(fixes[:_SHOWN]), rules=rules[:_SHOWN])


def _at_one(same: tuple[AtAddress, ...]) -> AtAddress:
    return replace(same[0], hops=_together([each.hops for each in same]))


def _name(member: Placed, names: Counter[str], *, is_split: bool) -> str:
    """Return a client's name; its address where two have one name, and its subnet where that makes the difference."""
    block: Block = member.block
    name = label(block) if names[label(block)] == 1 else block.address
    return f"{name} in {member.subnets[0].text}" if is_split and member.subnets else name


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _told(path: TracedPath, names: str, *, is_apart: bool, is_by_group: bool) -> TracedPath:
    """Name the clients: in the path if others fare otherwise, else where the groups of a block's clients block them.

    Those that aren't let out, though others are, may be none that were meant: that is another way to mend it.
    """
    other = f" Or let in only the clients among {path.client}, by their own security group."

    def at(hop: Hop) -> Hop:
        if hop.place != CLIENT_OUT or hop.answer is not Answer.FAIL or not names:
            return hop
        if is_apart:
            return replace(hop, fix=hop.fix + other)
        return (
            hop if is_by_group else replace(hop, why=f"of these clients, only {names} is in the input, and {hop.why}")
        )

    addresses = tuple(replace(each, hops=tuple(map(at, each.hops))) for each in path.addresses)
    return replace(path, hops=tuple(map(at, path.hops)), addresses=addresses, apart=names if is_apart else "")
