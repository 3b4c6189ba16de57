"""Rules of security groups: each is there once, also where several stacks make rules in one group."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import example, files, identity_of, not_known, read
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference, Unknown, unknown_of
from latticelink.terraform.work import spend
from latticelink.values.types import INGRESS_RULE, RULES

_PEERS = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
_PROTOCOLS = {"6": "tcp", "17": "udp", "all": "-1"}


@dataclass(frozen=True)
class _Rule:
    """What AWS takes for one rule: its group, and beside that its direction, protocol, ports and peer."""

    block: Block
    group: Any
    rest: tuple[Any, ...]

    @classmethod
    def of(cls, block: Block, direction: str) -> _Rule:
        given = {name: value for name in _PEERS if (value := read(block, name)) is not ABSENT}
        argument, peer = next(iter(given.items()), ("", ABSENT))
        protocol = read(block, "ip_protocol")
        if unknown_of(protocol) is None:
            protocol = _PROTOCOLS.get(str(protocol).lower(), str(protocol).lower())
        ports = tuple(_number(ABSENT if protocol == "-1" else read(block, name)) for name in ("from_port", "to_port"))
        return cls(block, read(block, "security_group_id"), (direction, protocol, *ports, argument, _peer(peer)))

    @property
    def doubt(self) -> Unknown | None:
        """Why it isn't known what rule this is; None if it is, but for what a reference is worth."""
        return next((part for part in (self.group, *self.rest) if isinstance(part, Unknown)), None)

    @cached_property
    def is_plain(self) -> bool:
        """Whether all but the group stands here: of one group, two such rules are one where their identities are."""
        return None not in self.plain[:-1]

    @property
    def ports(self) -> tuple[str, str] | None:
        """The ports, if both stand here."""
        low, high = self.plain[:2]
        return None if low is None or high is None else (low, high)

    @cached_property
    def plain(self) -> tuple[str | None, ...]:
        """What stands here of it, the ports first; None for what doesn't."""
        return tuple(None if unknown_of(part) else str(part) for part in (*self.rest[2:], *self.rest[:2], self.group))

    @cached_property
    def identity(self) -> tuple[str, ...]:
        """A text for each part; empty for one that isn't known."""
        return tuple(map(identity_of, (self.group, *self.rest)))

    def __str__(self) -> str:
        """Return the rule for a person."""
        direction, protocol, *ports, _, peer = self.rest
        numbers = " to ".join(str(port) for port in dict.fromkeys(ports) if port is not ABSENT)
        toward = "from" if direction == "ingress" else "to"
        return f"{protocol} {numbers} {toward} {peer}".replace("  ", " ")


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _peer(value: Any) -> Any:
    """Return the peer as AWS keeps it: a block by its first address, a group of a peered VPC without its account."""
    if not isinstance(value, str):
        return value
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError:
        return value.rpartition("/")[2]


def _is_same(one: Any, other: Any) -> bool | None:
    """Return whether two values are one; None if that isn't known."""
    if unknown_of(one) is None and unknown_of(other) is None:
        return bool(one == other)
    if identity_of(one) and identity_of(one) == identity_of(other):
        return True
    return False if _is_made(one) and _is_made(other) else None


def _is_made(value: Any) -> bool:
    """Return whether this is the id of something that is made here: two of these differ."""
    return isinstance(value, Reference) and value.block.mode == "resource" and value.attribute == "id"


def _may_be_same(one: _Rule, other: _Rule) -> bool:
    """Return whether two rules of other identities may be one all the same."""
    if any(None is not mine != its is not None for mine, its in zip(one.plain, other.plain, strict=True)):
        return False
    is_unknown = isinstance(one.group, Unknown) or isinstance(other.group, Unknown)
    if one.block.stack == other.block.stack and _is_made(one.group) != _is_made(other.group) and not is_unknown:
        # What a stack makes, the same stack doesn't name by an id.
        return False
    pairs = zip(reversed((one.group, *one.rest)), reversed((other.group, *other.rest)), strict=True)
    return all(_is_same(*pair) is not False for pair in pairs)


class _Bundle:
    """Rules, and those of them that may be one with a rule of some ports."""

    def __init__(self) -> None:
        self._by_ports: dict[tuple[str, str] | None, list[_Rule]] = defaultdict(list)

    def add(self, rule: _Rule) -> None:
        self._by_ports[rule.ports].append(rule)

    def near(self, rule: _Rule) -> Iterator[_Rule]:
        keys = list(self._by_ports) if rule.ports is None else [rule.ports, None]
        for other in chain.from_iterable(self._by_ports.get(ports, []) for ports in keys):
            spend(1)
            yield other


class _Before:
    """The rules of one direction that came before: by what they are, and those that may be others by their group."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, ...], _Rule] = {}
        self._all: dict[str, _Bundle] = defaultdict(_Bundle)
        self._vague: dict[str, _Bundle] = defaultdict(_Bundle)
        # In groups that are made, and in groups by id: the first of each stack, by all but the group.
        self._elsewhere: dict[bool, dict[tuple[str, ...], dict[str, _Rule]]] = {
            True: defaultdict(dict),
            False: defaultdict(dict),
        }

    def add(self, rule: _Rule) -> None:
        group = rule.identity[0]
        self._exact.setdefault(rule.identity, rule)
        self._all[group].add(rule)
        if not rule.is_plain:
            self._vague[group].add(rule)
        if group:
            self._elsewhere[_is_made(rule.group)][rule.identity[1:]].setdefault(rule.block.stack, rule)

    def same(self, rule: _Rule) -> _Rule | None:
        return None if rule.doubt is not None else self._exact.get(rule.identity)

    def perhaps_same(self, rule: _Rule) -> _Rule | None:
        """Return a rule that may be this one: whether it is can't be determined."""
        group = rule.identity[0]
        bundles = [self._all[""], (self._vague if rule.is_plain else self._all)[group]] if group else self._all.values()
        others = self._elsewhere[not _is_made(rule.group)].get(rule.identity[1:], {}).values()
        candidates = chain(others, *(bundle.near(rule) for bundle in bundles))
        return next((other for other in candidates if _may_be_same(rule, other)), None)


def _each_once(configuration: Configuration) -> Iterator[Judgement]:
    for direction, kind in RULES.items():
        before = _Before()
        for block in configuration.of_type(kind):
            rule = _Rule.of(block, direction)
            yield _verdict(rule, before)
            before.add(rule)


def _verdict(rule: _Rule, before: _Before) -> Judgement:
    if other := before.same(rule):
        return failed(rule.block, f"{other.block.full_address} is this rule already: {rule}.")
    perhaps = before.perhaps_same(rule)
    if perhaps is None:
        return passed(rule.block)
    why = rule.doubt or perhaps.doubt
    about = f"whether {perhaps.block.full_address} is the same rule can't be determined"
    return not_known(rule.block, Unknown(f"{about}: {why.reason}", why.settle) if why else Unknown(about))


def _ingress(**arguments: Any) -> dict[str, Any]:
    group = {"security_group_id": "sg-12345678", "ip_protocol": "tcp", "cidr_ipv4": "10.0.0.0/16"}
    return {**group, "from_port": 5432, "to_port": 5432, **arguments}


def _in_two_stacks(**second: Any) -> str:
    return files(
        orders=example((INGRESS_RULE, "orders", _ingress())),
        billing=example((INGRESS_RULE, "billing", _ingress(**second))),
    )


CHECKS = (
    Check(
        id="LL431",
        severity=Severity.ERROR,
        title="A security group has each rule once",
        why="AWS refuses a second rule of one group, direction, protocol, port range and peer, with "
        "InvalidPermission.Duplicate. A LatticeLink stack creates each rule once, but two stacks that use one "
        "group don't know about each other.",
        source=pages.GROUP_RULES,
        fix="Create the rule in only one of the stacks, or give each its own group.",
        passing=_in_two_stacks(from_port=5433, to_port=5433),
        failing=_in_two_stacks(),
        judge=_each_once,
    ),
)
