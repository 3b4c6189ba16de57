"""What a set of permissions lets through, by ports and peers: surely, or perhaps."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

from latticelink.network.ranges import EVERY, NONE, Addresses, PortSet, inside, overlap, shown_addresses, split
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import Reference


@dataclass(frozen=True)
class Peer:
    """Whom a rule names on the other side: one of these, or what can't be told.

    Args:
        text: the peer as a person would write it.
        addresses: a CIDR block.
        group: the key of a security group.
        marks: references that stand for addresses, such as an instance's `private_ip`.
        doubt: why the peer isn't known; empty if it is.
        settle: what would settle that.
    """

    text: str
    addresses: Addresses | None = None
    group: Hashable | None = None
    marks: frozenset[Reference] = frozenset()
    doubt: str = ""
    settle: str = ""


@dataclass(frozen=True)
class Rule:
    """One permission of a security group: ports and one peer.

    Args:
        block: where it is written.
        label: address and description.
        ports: the ports that it surely passes.
        perhaps: the ports that it may pass.
        peer: whom it names.
        doubt: why `ports` and `perhaps` differ; empty if they don't.
        settle: what would settle that.
    """

    block: Block
    label: str
    ports: PortSet
    perhaps: PortSet
    peer: Peer
    doubt: str = ""
    settle: str = ""


@dataclass(frozen=True)
class Side:
    """One side of a connection, as the rules of the other side see it.

    Args:
        text: what it is, for people.
        groups: keys of the security groups of its network interfaces.
        all_groups: whether these are all of them.
        addresses: ranges, all of which must pass: where its network interfaces are.
        all_addresses: whether these are all of them.
        marks: references that stand for all of its addresses.
        version: IP version of the connection.
        doubt: why groups or addresses aren't known.
        settle: what would settle that.
    """

    text: str
    groups: frozenset[Hashable] = frozenset()
    all_groups: bool = True
    addresses: tuple[Addresses, ...] = ()
    all_addresses: bool = True
    marks: frozenset[Reference] = frozenset()
    version: int = 4
    doubt: str = ""
    settle: str = ""


@dataclass
class Passing:
    """What a filter lets through.

    Args:
        sure: ports that pass whatever isn't known turns out to be.
        maybe: ports that may pass; these include the sure ones.
        rules: the rules that let the sure ones pass.
        doubts: why the others aren't sure, each with what would settle it.
        near: rules that fail by ports or by peer alone.
    """

    sure: PortSet = NONE
    maybe: PortSet = NONE
    rules: list[Rule] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    near: list[Rule] = field(default_factory=list)

    def doubting(self, reason: str, settle: str) -> None:
        """Let every port perhaps pass."""
        self.maybe = EVERY
        self.doubts.append((reason, settle))


def let_through(rules: Sequence[Rule], side: Side, same: Callable[[Hashable, Hashable], bool | None]) -> Passing:
    """Return what the rules of one side's groups let through to or from the other side.

    Rules permit and never deny, and a connection passes where any rule of any of the groups permits it. By addresses,
    all of the other side's must be covered, by one rule or by several together.

    Args:
        rules: the rules of all groups of one side, in one direction.
        side: the other side.
        same: a function that tells whether two group keys are one group: True, False, or None if unknown.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    found = Passing()
    by_address: list[Rule] = []
    for rule in rules:
        peer = rule.peer
        if peer.doubt:
            _count(found, rule, None, peer.doubt, peer.settle)
        elif peer.group is not None:
            answers = [same(peer.group, group) for group in side.groups]
            if True in answers:
                _count(found, rule, True)
            elif None in answers or not side.all_groups:
                reason = side.doubt or f"whether {peer.text} is a group of {side.text} can't be told"
                _count(found, rule, None, reason, side.settle or "Refer to the group by its address, or check a plan.")
            else:
                found.near.append(rule)
        elif peer.marks & side.marks:
            _count(found, rule, True)
        elif _are_other_hosts(peer.marks, side.marks):
            found.near.append(rule)
        elif peer.marks:
            _count(found, rule, None, f"{peer.text} is known only after apply", "Check a plan after the apply.")
        else:
            by_address.append(rule)
    _by_address(found, by_address, side)
    return found


def _are_other_hosts(some: frozenset[Reference], others: frozenset[Reference]) -> bool:
    """Return whether both sets hold addresses of instances that are made here, and not of the same ones."""
    hosts = [
        {each.block for each in marks if each.attribute == "private_ip" and each.block.mode == "resource"}
        for marks in (some, others)
    ]
    return all(hosts) and not hosts[0] & hosts[1]


def _count(found: Passing, rule: Rule, matches: bool | None, reason: str = "", settle: str = "") -> None:
    if matches and rule.ports:
        found.sure |= rule.ports
        found.rules.append(rule)
    found.maybe |= rule.perhaps
    if matches is None:
        found.doubts.append((reason, settle))
    elif rule.doubt:
        found.doubts.append((rule.doubt, rule.settle))
    elif matches:
        found.near.append(rule)


def _by_address(found: Passing, rules: list[Rule], side: Side) -> None:
    """Count the rules whose peer is a CIDR block."""
    mine = [rule for rule in rules if rule.peer.addresses and rule.peer.addresses[0] == side.version]
    if not side.addresses or not side.all_addresses:
        _by_unknown_address(found, mine, side)
        if not side.addresses:
            return
    sure: PortSet | None = None
    maybe: PortSet | None = None
    used: list[Rule] = []
    for addresses in side.addresses:
        touching = [rule for rule in mine if rule.peer.addresses and overlap(rule.peer.addresses, addresses)]
        parts = split(addresses, [rule.peer.addresses for rule in touching if rule.peer.addresses])
        everywhere, anywhere = EVERY, NONE
        for part in parts:
            covering = [rule for rule in touching if rule.peer.addresses and inside(part, rule.peer.addresses)]
            everywhere &= PortSet.union(rule.ports for rule in covering)
            anywhere |= PortSet.union(rule.perhaps for rule in covering)
        found.doubts += [(rule.doubt, rule.settle) for rule in touching if rule.doubt]
        if anywhere - everywhere and len(parts) > 1:
            text = shown_addresses(addresses)
            found.doubts.append((f"only part of {text} ({side.text}) is named", f"Name all of {text}."))
        used += touching
        sure = everywhere if sure is None else sure & everywhere
        maybe = anywhere if maybe is None else maybe & anywhere
    found.near += [rule for rule in rules if not rule.doubt]
    if side.all_addresses:
        found.sure |= sure or NONE
        found.rules += [rule for rule in dict.fromkeys(used) if rule.ports.touches(sure or NONE)]
    found.maybe |= maybe or NONE


def _by_unknown_address(found: Passing, rules: list[Rule], side: Side) -> None:
    """Count rules towards addresses that aren't known: only one for all addresses surely covers them."""
    for rule in rules:
        assert rule.peer.addresses is not None
        everywhere = (
            rule.peer.addresses[1] == 0 and rule.peer.addresses[2] == (2**32 if side.version == 4 else 2**128) - 1
        )
        reason = side.doubt or f"the addresses of {side.text} aren't known"
        _count(found, rule, True if everywhere else None, reason, side.settle)
