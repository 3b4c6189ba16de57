"""The security groups of a configuration and their rules, in whichever of the provider's forms they are written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from latticelink.network.keys import GroupKey, Place
from latticelink.network.permissions import Passing, Peer, Rule, Side, let_through
from latticelink.network.ranges import EVERY, NONE, PortSet, addresses_of
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, PartlyKnown, Reference, Unknown, boolean, unknown_of
from latticelink.values.types import (
    AWS_PREFIX_LIST,
    DEFAULT_SECURITY_GROUP,
    ENDPOINT,
    GROUP_RULE,
    PREFIX_LIST,
    PREFIX_LIST_ENTRY,
    RULES,
    SECURITY_GROUP,
    VPC,
)

IN, OUT = "ingress", "egress"
_SAYS_ALL = ("-1", "all")
_SAYS_TCP = ("tcp", "6")
# AWS's own lists that hold public addresses only.
_PUBLIC_LISTS = re.compile(r"com\.amazonaws\.(.+\.(s3|dynamodb|s3express)|global\.cloudfront\.origin-facing)")
LATTICE_LIST = re.compile(r"com\.amazonaws\..+\.(ipv6\.)?vpc-lattice")


class Groups:
    """Finds the rules of a security group, and what those of several let through.

    Attributes:
        senders: for each group those that have a rule out to it; for None those with a rule to others than groups
            that are made here.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._ids = {
            id: block
            for kind in (SECURITY_GROUP, VPC)
            for block in configuration.of_type(kind)
            if isinstance(id := block.value("id") or block.told.get("id"), str)
        }
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._rules: dict[tuple[GroupKey, str], list[Rule]] = defaultdict(list)
        self._anywhere: dict[str, list[Rule]] = {IN: [], OUT: []}
        self._adopted: set[GroupKey | None] = set()
        self._cache: dict[tuple[tuple[GroupKey, ...], str, Side, Unknown | None], Passing] = {}
        self._distinct_rules: dict[tuple[GroupKey, str], list[Rule]] = {}
        self.senders: dict[GroupKey | None, dict[GroupKey, None]] = defaultdict(dict)
        for group, direction, rule in self._written():
            if group is None:
                self._anywhere[direction].append(rule)
            else:
                self._rules[group, direction].append(rule)
                if direction == OUT and rule.perhaps:
                    to = rule.peer.group
                    self.senders[to][group] = None
                    if to is None or not to.is_made:
                        self.senders[None][group] = None
        self._literals = [key for key, _ in self._rules if key.id is not None]

    def key(self, value: Any, stack: str) -> GroupKey | None:
        """Return what stands for the group with this id, the same for all that mean the same; None if unknown."""
        if isinstance(value, str):
            text = value.rpartition("/")[2]  # before it may stand the account of a peered VPC
            if text in self._ids:
                return GroupKey(self._ids[text])
            self._seen[text].add(stack)
            return GroupKey(text)
        if not isinstance(value, Reference) or value.block.has_many:
            return None
        kind = (value.block.type, value.attribute)
        if kind == (DEFAULT_SECURITY_GROUP, "id"):
            return self.default_of(value.block.value("vpc_id"))
        if kind == (VPC, "default_security_group_id"):
            return GroupKey(value.block, is_default=True)
        return GroupKey(value.block if kind == (SECURITY_GROUP, "id") else value)

    def default_of(self, vpc_id: Any) -> GroupKey | None:
        """Return the key of a VPC's default group."""
        vpc: Place | None = None
        if isinstance(vpc_id, str):
            vpc = self._ids.get(vpc_id, vpc_id)
        elif isinstance(vpc_id, Reference) and vpc_id.attribute == "id":
            vpc = vpc_id.block
        return None if vpc is None else GroupKey(vpc, is_default=True)

    def same(self, one: GroupKey, other: GroupKey) -> bool | None:
        """Return whether two keys stand for one group; None if that isn't known."""
        if one == other:
            return True
        if one.id is not None and other.id is not None:
            return False
        for this, that in ((one, other), (other, one)):
            # What a stack makes, the same stack doesn't name by an id that it can't know yet.
            if this.id is not None and that.is_made and that.block is not None:
                return False if that.block.stack in self._seen[this.id] else None
        return False if one.is_made and other.is_made else None

    def passing(self, groups: Sequence[GroupKey], direction: str, other: Side, doubt: Unknown | None = None) -> Passing:
        """Return what the groups of a network interface let through, in or out, from or to the other side.

        Args:
            groups: keys of the groups.
            direction: `IN` or `OUT`.
            other: whom packets come from, or go to.
            doubt: why there may be more groups than these; None if these are all.
        """
        cached = (tuple(groups), direction, other, doubt)
        if cached not in self._cache:
            self._cache[cached] = self._passing(groups, direction, other, doubt)
        return self._cache[cached]

    def _passing(self, groups: Sequence[GroupKey], direction: str, other: Side, doubt: Unknown | None) -> Passing:
        rules: list[Rule] = []
        incomplete = [] if doubt is None else [doubt]
        for group in groups:
            rules += self.rules(group, direction)
            if not self.is_whole(group):
                what = f"{group} isn't created in this configuration, so it may have other rules"
                incomplete.append(Unknown(what, "Check the folder or the plan that has the group."))
        found = let_through(rules, other, self.same)
        if incomplete:
            found.maybe = EVERY
            found.doubts += incomplete
        strangers = self._anywhere[direction] + [
            rule
            for literal in self._literals
            if any(self.same(literal, group) is None for group in groups)
            for rule in self._distinct(literal, direction)
        ]
        if strangers and groups:
            perhaps = let_through(strangers, other, self.same)
            found.maybe |= perhaps.maybe
            if perhaps.maybe:
                rule = strangers[0]
                because = f": {rule.block.unread}" if rule.block.unread else ""
                found.doubts.append(
                    Unknown(f"whether {rule.label} is a rule of {groups[0]} can't be determined{because}")
                )
        return found

    def _distinct(self, group: GroupKey, direction: str) -> list[Rule]:
        """Return the rules of a group of which each lets something else through."""
        if (group, direction) not in self._distinct_rules:
            unlike: dict[object, Rule] = {}
            for rule in self._rules.get((group, direction), []):
                unlike.setdefault((rule.ports, rule.perhaps, rule.peer, rule.doubt), rule)
            self._distinct_rules[group, direction] = list(unlike.values())
        return self._distinct_rules[group, direction]

    def _by_default(self, group: GroupKey, direction: str) -> list[Rule]:
        """Return the rules that AWS gives a VPC's default group, which hold until Terraform adopts the group.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
        """
        vpc = group.block
        if vpc is None or not group.is_default or group in self._adopted or not group.is_made:
            return []
        if direction == IN:
            return [Rule(vpc, "AWS's own rule for the group itself", EVERY, EVERY, Peer("itself", group=group))]
        peers = [Peer(text, addresses_of(text)) for text in ("0.0.0.0/0", "::/0")]
        return [Rule(vpc, "AWS's own rule for all traffic", EVERY, EVERY, peer) for peer in peers]

    def is_closed(self, group: GroupKey) -> bool:
        """Return whether a group lets nothing out but by the rules that `senders` lists."""
        return self.is_whole(group) and not group.is_default and not self._anywhere[OUT]

    def is_whole(self, group: GroupKey) -> bool:
        """Return whether all rules of a group are known: it is made or adopted here."""
        return group.is_made or group in self._adopted

    def rules(self, group: GroupKey, direction: str) -> list[Rule]:
        """Return the rules of a group that are known."""
        return self._rules.get((group, direction), []) + self._by_default(group, direction)

    def _written(self) -> Iterator[tuple[GroupKey | None, str, Rule]]:
        for direction in (IN, OUT):
            for block in self._configuration.of_type(RULES[direction]):
                body = {name: block.value(name) for name in _SEPARATE}
                group = self.key(block.value("security_group_id"), block.stack)
                yield from self._rules_in(block, group, direction, body)
        for block in self._configuration.of_type(GROUP_RULE):
            body = {name: block.value(name) for name in (*_INLINE, "source_security_group_id")}
            group = self.key(block.value("security_group_id"), block.stack)
            kind = block.value("type")
            for direction in (kind,) if kind in (IN, OUT) else (IN, OUT):
                yield from self._rules_in(block, group, direction, body, sure=kind in (IN, OUT))
        for kind in (SECURITY_GROUP, DEFAULT_SECURITY_GROUP):
            for block in self._configuration.of_type(kind):
                group = self.key(Reference(block, "id"), block.stack)
                if kind == DEFAULT_SECURITY_GROUP:
                    self._adopted.add(group)
                for direction in (IN, OUT):
                    yield from self._inside(block, group, direction)

    def _inside(
        self, block: Block, group: GroupKey | None, direction: str
    ) -> Iterator[tuple[GroupKey | None, str, Rule]]:
        """Yield the rules that are written in a group.

        Plans and states tell those that are resources of their own a second time. A state has others beside them only
        if somebody made these by hand.
        """
        own = [] if group is None else list(self._rules.get((group, direction), []))
        is_state = block.home.raw.is_state
        for body in block.nested(direction) if own and not is_state else block.nested_or_told(direction):
            if isinstance(body, Unknown):
                yield group, direction, _unknown_rule(block, f"{block.address} ({direction})", body)
            elif isinstance(body, dict):
                for rule in self._rules_in(block, group, direction, body):
                    if not any(each.ports == rule[2].ports and each.peer == rule[2].peer for each in own):
                        yield rule

    def _rules_in(
        self, block: Block, group: GroupKey | None, direction: str, body: dict[str, Any], *, sure: bool = True
    ) -> Iterator[tuple[GroupKey | None, str, Rule]]:
        """Yield a rule for each peer."""
        said = body.get("description")
        label = f'{block.address} ("{said}")' if isinstance(said, str) and said else block.address
        protocol = body.get("ip_protocol", ABSENT) or body.get("protocol", ABSENT)
        ports, perhaps, doubt = tcp_ports(protocol, body.get("from_port", ABSENT), body.get("to_port", ABSENT))
        if block.has_many or not sure:
            why = block.instance.unknown or Unknown(f"the type of {block.address} isn't known")
            ports, doubt = NONE, why.keeps(f"whether {block.address} is there")
        for peer in self._peers(body, group, block.stack):
            yield group, direction, Rule(block, label, ports, perhaps, peer, doubt)

    def _peers(self, body: dict[str, Any], group: GroupKey | None, stack: str) -> Iterator[Peer]:
        for name in ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks"):
            yield from map(_cidr_peer, _each(body.get(name)))
        for name in ("referenced_security_group_id", "source_security_group_id", "security_groups"):
            for value in _each(body.get(name)):
                key = self.key(value, stack)
                yield Peer(str(key), group=key) if key is not None else _doubtful(value, "the group that it names")
        for name in ("prefix_list_id", "prefix_list_ids"):
            for value in _each(body.get(name)):
                yield from self._listed(value)
        its_own = body.get("self", ABSENT)
        if boolean(its_own):
            yield Peer("itself", group=group) if group is not None else _doubtful(its_own, "its group")
        elif isinstance(its_own, Unknown | Reference):
            yield _doubtful(its_own, "self")

    def _listed(self, value: Any) -> Iterator[Peer]:
        """Yield the peers in a prefix list."""
        block = (
            value.block
            if isinstance(value, Reference)
            else self._prefix_lists.get(value)
            if isinstance(value, str)
            else None
        )
        name = block.value("name") if block is not None else ""
        if block is not None and block.type == ENDPOINT:
            name = f"com.amazonaws.{block.value('service_name')}.s3"
        if block is not None and block.type == PREFIX_LIST and block.mode == "resource":
            entries = block.nested("entry") + [
                {"cidr": each.value("cidr")} for each in self._entries.get(block, []) if not each.has_many
            ]
            for entry in entries:
                peer = _cidr_peer(entry.get("cidr") if isinstance(entry, dict) else entry)
                yield replace(peer, text=f"{peer.text} in {block.address}")
        elif isinstance(name, str) and _PUBLIC_LISTS.fullmatch(name):
            yield Peer(f"AWS's list {name}")
        elif block is not None and isinstance(name, str) and LATTICE_LIST.fullmatch(name):
            yield Peer(f"AWS's list {name}", marks=frozenset([Reference(block, "id")]))
        elif block is not None and isinstance(entries := _read_entries(block), list):
            for entry in entries:
                peer = _cidr_peer(entry)
                yield replace(peer, text=f"{peer.text} in {block.address}")
        else:
            text = str(value) if isinstance(value, Reference | str) else "a prefix list"
            reason = value.reason if isinstance(value, Unknown) else f"the entries of {text} aren't known"
            doubt = Unknown(reason, "Write the list in the configuration, or name CIDR blocks.")
            yield Peer(text, doubt=doubt)

    @cached_property
    def _prefix_lists(self) -> dict[str, Block]:
        return {
            block.value("id"): block
            for kind in (PREFIX_LIST, AWS_PREFIX_LIST)
            for mode in ("resource", "data")
            for block in self._configuration.of_type(kind, mode)
            if isinstance(block.value("id"), str)
        }

    @cached_property
    def _entries(self) -> dict[Block, list[Block]]:
        found: dict[Block, list[Block]] = defaultdict(list)
        for block in self._configuration.of_type(PREFIX_LIST_ENTRY):
            owner = block.value("prefix_list_id")
            if isinstance(owner, Reference):
                found[owner.block].append(block)
        return found


_PORTS = ("description", "from_port", "to_port")
_SEPARATE = (*_PORTS, "ip_protocol", "cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
_INLINE = (*_PORTS, "protocol", "cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "self")


def _each(value: Any) -> list[Any]:
    """Return the values of an argument that takes one or several; plans write an empty text for one that isn't set."""
    return [each for each in (value if isinstance(value, list) else [value]) if each not in (ABSENT, None, "")]


def _cidr_peer(value: Any) -> Peer:
    if isinstance(value, Reference):
        return Peer(str(value), marks=frozenset([value]))
    if isinstance(value, PartlyKnown):
        address, *rest = value.parts
        if isinstance(address, Reference) and rest in (["/32"], ["/128"]):
            return Peer(f"{address}{rest[0]}", marks=frozenset([address]))
    if isinstance(value, str) and (addresses := addresses_of(value)) is not None:
        return Peer(value, addresses)
    return _doubtful(value, "the block that it names")


def _read_entries(block: Block) -> Any:
    """Return the CIDR blocks of a prefix list that a data source reads, as far as a plan tells them."""
    if block.type == AWS_PREFIX_LIST:
        return block.value("cidr_blocks")
    entries = block.value("entries") if block.mode == "data" else ABSENT
    if isinstance(entries, list):
        return [entry.get("cidr") if isinstance(entry, dict) else entry for entry in entries]
    return entries


def _doubtful(value: Any, what: str) -> Peer:
    why = unknown_of(value) or Unknown(f"{value!r} can't be read", "Correct it.")
    return Peer(what, doubt=why.keeps(what))


def _unknown_rule(block: Block, label: str, why: Unknown) -> Rule:
    return Rule(block, label, NONE, EVERY, Peer("anyone", doubt=why), why)


def tcp_ports(protocol: Any, low: Any, high: Any) -> tuple[PortSet, PortSet, Unknown | None]:
    """Return the TCP ports that a rule surely and perhaps passes, and why these differ."""
    unknown = next(filter(None, map(unknown_of, (protocol, low, high))), None)
    said = str(protocol).lower()
    if said in _SAYS_ALL:
        return EVERY, EVERY, None
    if said not in _SAYS_TCP and not isinstance(protocol, Unknown | Reference):
        return NONE, NONE, None
    if unknown is not None:
        return NONE, EVERY, unknown
    first, last = _port(low), _port(high if high is not ABSENT else low)
    if first is None or last is None:
        return NONE, EVERY, Unknown(f"its ports are {low!r} to {high!r}", "Write numbers from 0 to 65535.")
    ports = PortSet.of((first, last))
    return ports, ports, None


def _port(value: Any) -> int | None:
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,5}", str(value)):
        return None
    return int(value) if int(value) <= 65535 else None
