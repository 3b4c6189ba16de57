"""What a set of permissions lets through, by ports and peers: surely, or perhaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from latticelink.network.keys import GroupKey
from latticelink.network.ranges import EVERY, NONE, Addresses, PortSet
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import Reference, Unknown
from latticelink.terraform.work import spend


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom a rule names on the other side: one of these, or what can't be determined.

    Args:
        text: the peer as a person would write it.
        addresses: a CIDR block.
        group: a security group.
        marks: references that stand for addresses, such as an instance's `private_ip`.
        doubt: why the peer isn't known; None if it is.
    """

    text: str
    addresses: Addresses | None = None
    group: GroupKey | None = None
    marks: frozenset[Reference] = frozenset()
    doubt: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One permission of a security group: ports and one peer.

    Args:
        block: where it is written.
        label: address and description.
        ports: the ports that it surely passes.
        perhaps: the ports that it may pass.
        peer: whom it names.
        doubt: why `ports` and `perhaps` differ; None if they don't.
    """

    block: Block
    label: str
    ports: PortSet
    perhaps: PortSet
    peer: Peer
    doubt: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a connection, as the rules of the other side see it.

    Args:
        text: what it is, for people.
        groups: the security groups of its network interfaces.
        groups_doubt: why there may be others; None if these are all.
        addresses: ranges, all of which must pass: where its network interfaces are. Empty if none is known.
        addresses_doubt: why there may be others; None if these are all.
        marks: references that stand for all of its addresses.
        version: IP version of the connection.
    """

    text: str
    groups: frozenset[GroupKey] = frozenset()
    groups_doubt: Unknown | None = None
    addresses: tuple[Addresses, ...] = ()
    addresses_doubt: Unknown | None = None
    marks: frozenset[Reference] = frozenset()
    version: int = 4


@dataclass
class Passing:
    """What a filter lets through.

    Args:
        sure: ports that pass whatever isn't known turns out to be.
        maybe: ports that may pass; these include the sure ones.
        rules: the rules that let the sure ones pass.
        doubts: why the others aren't sure.
        near: rules that fail by ports or by peer alone.
    """

    sure: PortSet = NONE
    maybe: PortSet = NONE
    rules: list[Rule] = field(default_factory=list)
    doubts: list[Unknown] = field(default_factory=list)
    near: list[Rule] = field(default_factory=list)

    def add(self, other: Passing) -> None:
        """Let through what another filter does, as well."""
        self.sure |= other.sure
        self.maybe |= other.maybe
        self.rules += other.rules
        self.doubts += other.doubts
        self.near += other.near

    def count(self, rule: Rule, doubt: Unknown | None = None) -> None:
        """Let through what a rule does that names the other side, or of which that is in doubt."""
        if doubt is None and rule.ports:
            self.sure |= rule.ports
            self.rules.append(rule)
        self.maybe |= rule.perhaps
        if doubt := doubt or rule.doubt:
            self.doubts.append(doubt)
        else:
            self.near.append(rule)


def let_through(rules: Sequence[Rule], side: Side, same: Callable[[GroupKey, GroupKey], bool | None]) -> Passing:
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
    spend(len(rules) // 2)
    for rule in rules:
        peer = rule.peer
        if peer.doubt is not None:
            found.count(rule, peer.doubt)
        elif peer.group is not None:
            answers = () if peer.group in side.groups else [same(peer.group, group) for group in side.groups]
            if peer.group in side.groups or True in answers:
                found.count(rule)
            elif None in answers or side.groups_doubt is not None:
                found.count(rule, side.groups_doubt or _untold_group(peer, side))
            else:
                found.near.append(rule)
        elif peer.marks & side.marks:
            found.count(rule)
        elif _are_other_hosts(peer.marks, side.marks):
            found.near.append(rule)
        elif peer.marks:
            found.count(rule, Unknown(f"{peer.text} is known only after apply", "Check a plan after the apply."))
        else:
            by_address.append(rule)
    _by_address(found, by_address, side)
    return found


def _untold_group(peer: Peer, side: Side) -> Unknown:
    reason = f"whether {peer.text} is a group of {side.text} can't be determined"
    return Unknown(reason, "Refer to the group by its address, or check a plan.")


def _are_other_hosts(some: frozenset[Reference], others: frozenset[Reference]) -> bool:
    """Return whether both sets hold addresses of instances that are made here, and not of the same ones."""
    hosts = [
        {each.block for each in marks if each.attribute == "private_ip" and each.block.mode == "resource"}
        for marks in (some, others)
    ]
    return all(hosts) and not hosts[0] & hosts[1]


def _by_address(found: Passing, rules: list[Rule], side: Side) -> None:
    """Count the rules whose peer is a CIDR block."""
    mine = [
        (rule, peer) for rule in rules if (peer := rule.peer.addresses) is not None and peer.version == side.version
    ]
    if not side.addresses or side.addresses_doubt is not None:
        doubt = side.addresses_doubt or Unknown(f"the addresses of {side.text} aren't known", "")
        for rule, peer in mine:
            # Only a rule for all addresses surely covers those that aren't known.
            found.count(rule, None if peer.are_all else doubt)
        if not side.addresses:
            return
    sure, maybe = EVERY, EVERY
    used: list[Rule] = []
    for addresses in side.addresses:
        touching = [(rule, peer) for rule, peer in mine if peer.overlap(addresses)]
        parts = addresses.parts(peer for _, peer in touching)
        spend(len(parts) * len(touching) // 4)
        everywhere, anywhere = EVERY, NONE
        for part in parts:
            covering = [rule for rule, peer in touching if part.are_in(peer)]
            everywhere &= PortSet.union(rule.ports for rule in covering)
            anywhere |= PortSet.union(rule.perhaps for rule in covering)
        found.doubts += [rule.doubt for rule, _ in touching if rule.doubt is not None]
        if anywhere - everywhere and len(parts) > 1:
            found.doubts.append(
                Unknown(f"only part of {addresses} ({side.text}) is named", f"Name all of {addresses}.")
            )
        used += [rule for rule, _ in touching]
        sure &= everywhere
        maybe &= anywhere
    found.near += [rule for rule in rules if rule.doubt is None]
    if side.addresses_doubt is None:
        found.sure |= sure
        found.rules += [rule for rule in dict.fromkeys(used) if rule.ports.touches(sure)]
    found.maybe |= maybe
