"""Security groups as hops: what they let through to or from the other side, and the rule to add where they don't."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TypeAlias

from latticelink.network.keys import GroupKey
from latticelink.network.permissions import Passing, Rule, Side
from latticelink.network.ranges import PortSet
from latticelink.network.security_groups import IN, Groups
from latticelink.network.topology import Placed
from latticelink.paths.hops import Stage, doubtful, passing
from latticelink.terraform.blocks import Block
from latticelink.terraform.work import spend
from latticelink.values.types import RULES

Nearest: TypeAlias = list[tuple[Rule, bool]]
"""Rules that come nearest to admitting, each with whether it names the other side."""


def group_stage(place: str, groups: Groups, placed: Placed, direction: str, other: Side) -> Stage:
    """Return what the groups of something let through.

    Args:
        place: the name of the hop.
        groups: all groups.
        placed: whose groups these are.
        direction: `IN` or `OUT`.
        other: whom packets come from, or go to.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
    """
    if not placed.groups:
        if placed.groups_doubt is not None:
            return doubtful(place, placed.block, placed.groups_doubt)
        return passing(place, placed.block, f"{placed.block.address} has no security group, so nothing is filtered")
    found = groups.passing(placed.groups, direction, other, placed.groups_doubt)
    return filtered(place, groups, placed.groups, direction, other, found)


def filtered(
    place: str, groups: Groups, keys: tuple[GroupKey, ...], direction: str, other: Side, found: Passing
) -> Stage:
    """Return the stage for what groups were found to let through."""
    nearest = lru_cache(maxsize=1)(partial(_nearest, groups, other, found))
    return Stage(
        place,
        next((key.block for key in keys if key.block is not None), None),
        sure=found.sure,
        maybe=found.maybe,
        passes=lambda ports: _admitted(found, ports),
        blocks=lambda ports: _blocked(keys, direction, other, nearest(ports), ports),
        doubt=found.doubts[0] if found.doubts else None,
        rules=lambda ports: (
            _admitting(found, ports)[:3] or tuple(dict.fromkeys(rule.block for rule, _ in nearest(ports)))
        ),
    )


def _admitted(found: Passing, ports: PortSet) -> str:
    rules = [rule for rule in found.rules if rule.ports.touches(ports)]
    shown = list(dict.fromkeys(f"{rule.label} for {rule.peer.text}" for rule in rules))
    return "; ".join(shown[:3]) + (f" and {len(shown) - 3} more" if len(shown) > 3 else "")


def _admitting(found: Passing, ports: PortSet) -> tuple[Block, ...]:
    return tuple(dict.fromkeys(rule.block for rule in found.rules if rule.ports.touches(ports)))


def _nearest(groups: Groups, other: Side, found: Passing, ports: PortSet) -> Nearest:
    """Return up to two rules that fail by ports or by peer alone, and whether each names the other side."""
    spend(2 * len(found.near))
    named = {rule: _names(groups, rule, other) for rule in found.near}
    near = [rule for rule, is_named in named.items() if is_named or rule.ports.touches(ports)]
    return [(rule, named[rule]) for rule in sorted(near, key=lambda rule: (not named[rule], rule.label))[:2]]


def _blocked(
    keys: tuple[GroupKey, ...], direction: str, other: Side, nearest: Nearest, ports: PortSet
) -> tuple[str, str]:
    word, way = ("in from", "from") if direction == IN else ("out to", "to")
    names = ", ".join(map(str, keys[:3])) + (f" and {len(keys) - 3} more groups" if len(keys) > 3 else "")
    why = f"no {direction} rule of {names} lets TCP {ports} {word} {_whom(other)}"
    for rule, is_named in nearest:
        part = " only" if is_named and rule.ports.touches(ports) else ""
        why += f"; {rule.label} passes TCP {rule.ports} {way} {rule.peer.text}{part}"
    fix = _rule_to_add(keys[0].argument, direction, ports, _peer(other))
    return why, f"Add {fix}."


def _whom(other: Side) -> str:
    where = [f"its group {key}" for key in sorted(other.groups, key=str)]
    where += map(str, other.addresses)
    return f"{other.text} ({', '.join(where)})" if where else other.text


def _names(groups: Groups, rule: Rule, other: Side) -> bool:
    """Return whether the rule names the other side, if with other ports."""
    if rule.peer.group is not None:
        return any(groups.same(rule.peer.group, key) for key in other.groups)
    return bool(rule.peer.marks & other.marks) or any(
        rule.peer.addresses is not None and rule.peer.addresses.overlap(each) for each in other.addresses
    )


def _peer(other: Side) -> str:
    if other.groups:
        return f"referenced_security_group_id = {min(other.groups, key=str).argument}"
    if other.addresses:
        return f"cidr_ipv{other.version} = {' and '.join(map(str, other.addresses))}"
    return f"cidr_ipv{other.version} = the addresses of {other.text}"


def _rule_to_add(group: str, direction: str, ports: PortSet, peer: str) -> str:
    """Return a security-group rule as a person would write it down, with all its arguments."""
    numbers = " and ".join(f"from_port = {each.low}, to_port = {each.high}" for each in ports.ranges)
    return f'{RULES[direction]} with security_group_id = {group}, {peer}, ip_protocol = "tcp", {numbers}'
