"""The rules of a stack's security groups as a set: what AWS takes for one rule is written once, whoever asks for it.

AWS refuses a second rule of one group, direction, peer and port range. So a rule's Terraform name comes from these
alone, and neither from what asked for it nor from how many did.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from latticelink.cdk import bindings
from latticelink.cdk.written import Part, write_later
from latticelink.values.logical_ids import logical_id
from latticelink.values.ports import Ports
from latticelink.values.tokens import is_known
from latticelink.values.types import RULES

Direction = Literal["ingress", "egress"]

_FIRST, _LAST = '${tonumber(split("-", each.value)[0])}', '${tonumber(reverse(split("-", each.value))[0])}'


@dataclass(frozen=True)
class Peer:
    """The other side of a rule: what Terraform calls it, its value, and a key that is stable and short."""

    argument: Literal["cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"]
    value: str
    key: str


@dataclass(frozen=True)
class Group:
    """A security group, the same for all that mean the same.

    Args:
        id: its id, or the expression of it.
        key: its literal id, or what `stable_key` made of the expression.
    """

    id: str
    key: str


class Asked(NamedTuple):
    """Where in the user's code rules are asked for, as findings name it: a construct, and ids below it."""

    scope: Any
    ids: tuple[str, ...]


@dataclass
class _Opening:
    """What one group lets in from one peer, or out to it."""

    group: Group
    direction: Direction
    peer: Peer
    asked: Asked
    why: str
    # By the port, the range or the key of its token: both ends, where it was asked for and why.
    ranges: dict[str, tuple[float, float, Asked, str]] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)

    def name(self, ports: str = "") -> str:
        """Return the last part of the name of the rule for `ports`, or of those for the lists."""
        return "-".join(part for part in (self.direction, ports, self.peer.key) if part)

    def arguments(self, low: float | str, high: float | str, why: str) -> dict[str, Any]:
        return {
            "security_group_id": self.group.id,
            "ip_protocol": "tcp",
            "from_port": low,
            "to_port": high,
            "description": why,
            self.peer.argument: self.peer.value,
        }

    def each_port(self) -> str:
        """Return the expression of the ports in the lists that have no rule of their own."""
        listed = sorted(self.lists)
        every = f"toset({listed[0]})" if len(listed) == 1 else f"toset(concat({', '.join(listed)}))"
        return f"${{setsubtract({every}, {json.dumps(sorted(self.ranges))})}}" if self.ranges else f"${{{every}}}"


class Needed(NamedTuple):
    """A rule that something must not outlive: its opening, and its ports; the rules of the lists have none."""

    opening: Any
    ports: str = ""


class RuleSet:
    """The rules that a stack's constructs asked for so far; they are written when the stack is."""

    def __init__(self, stack: Any) -> None:
        self._stack = stack
        self._made: dict[str, Asked] = {}
        self._openings: dict[tuple[str, Direction, str, str], _Opening] = {}
        self._needed: dict[tuple[str, str], list[Needed]] = {}
        write_later(stack, self._parts)

    def name_made(self, group: Group, made: Asked) -> None:
        """Name the rules of a group that is made here after the group."""
        self._made[group.key] = made

    def allow(
        self, group: Group, direction: Direction, peer: Peer, ports: Ports | str, why: str, asked: Asked
    ) -> list[Needed]:
        """Ask for the rules of one peer; return them.

        Args:
            group: whose rules they are.
            direction: as seen from the group.
            peer: the other side.
            ports: known ranges, and tokens of single ports as texts; or an expression of a list such as
                `["80", "8000-8080"]`.
            why: their description, for those that weren't asked for before.
            asked: where in the user's code they are asked for.
        """
        identity = (group.key, direction, peer.argument, peer.key)
        opening = self._openings.setdefault(identity, _Opening(group, direction, peer, asked, why))
        if isinstance(ports, str):
            opening.lists.add(bindings.expression(asked.scope, ports))
            return [Needed(opening)]
        ends: list[tuple[str, float, float]] = [(str(item), item.low, item.high) for item in ports.ranges]
        for token in ports.tokens:
            port = bindings.token_as_number(token)
            ends.append((f"port-{stable_key(asked.scope, str(token))}", port, port))
        for key, low, high in ends:
            opening.ranges.setdefault(key, (low, high, asked, why))
        return [Needed(opening, key) for key, _, _ in ends]

    def keep_until_gone(self, kind: str, name: str, rules: Sequence[Needed]) -> None:
        """Have Terraform destroy the resource `kind.name` before the rules that it needs."""
        self._needed.setdefault((kind, name), []).extend(rules)

    def paths(self) -> dict[str, str]:
        """Return the Terraform address of each rule by its path in the stack, as `//.metadata.path` has it."""
        start = len(bindings.path_below(self._stack)) + 1
        return {part.arguments["//"]["metadata"]["path"][start:]: f"{part.kind}.{part.name}" for part in self._rules()}

    def addresses_before(
        self, path_before: Callable[[tuple[str, ...]], tuple[str, ...]], text_before: Callable[[str], str]
    ) -> Iterator[tuple[str, str]]:
        """Yield the Terraform address of each rule, and the one that it had.

        Args:
            path_before: returns the ids that were on the way to what is at a path now.
            text_before: returns an expression as it was.
        """
        for opening in self._openings.values():
            for ports in [*opening.ranges, *([""] if opening.lists else [])]:
                kind = RULES[opening.direction]
                peer = _key_before(self._stack, opening.peer.value, opening.peer.key, text_before)
                last = "-".join(part for part in (opening.direction, ports, peer) if part)
                if (made := self._made.get(opening.group.key)) is not None:
                    path = path_before(bindings.ids_below(made.scope, *made.ids, last))
                else:
                    group = opening.group
                    hashed = group.key.removeprefix("group-")
                    was = _key_before(self._stack, group.id, hashed, text_before)
                    path = bindings.ids_below(self._stack, group.key.replace(hashed, was), last)
                yield f"{kind}.{self._name(opening, ports)}", f"{kind}.{logical_id(path)}"

    def _parts(self) -> Iterator[Part]:
        yield from self._rules()
        for (kind, name), rules in self._needed.items():
            addresses = {f"{RULES[rule.opening.direction]}.{self._name(rule.opening, rule.ports)}" for rule in rules}
            if addresses:
                yield Part(kind, name, {"depends_on": sorted(addresses)})

    def _rules(self) -> Iterator[Part]:
        for opening in self._openings.values():
            for ports, (low, high, asked, why) in opening.ranges.items():
                yield self._rule(opening, ports, asked, opening.arguments(low, high, why))
            if opening.lists:
                each = {"for_each": opening.each_port(), **opening.arguments(_FIRST, _LAST, opening.why)}
                yield self._rule(opening, "", opening.asked, each)

    def _rule(self, opening: _Opening, ports: str, asked: Asked, arguments: dict[str, Any]) -> Part:
        name = self._name(opening, ports)
        path = bindings.path_below(asked.scope, *asked.ids, opening.name(ports))
        return Part(RULES[opening.direction], name, {"//": {"metadata": {"path": path, "uniqueId": name}}, **arguments})

    def _name(self, opening: _Opening, ports: str) -> str:
        """Return the Terraform name of a rule, below its group."""
        last = opening.name(ports)
        made = self._made.get(opening.group.key)
        if made is None:
            return bindings.name_below(self._stack, opening.group.key, last)
        return bindings.name_below(made.scope, *made.ids, last)


def _key_before(scope: Any, value: str, key: str, text_before: Callable[[str], str]) -> str:
    return key if is_known(value) else _digest(text_before(bindings.expression(scope, value)))


def _digest(expression: str) -> str:
    return hashlib.sha256(expression.encode()).hexdigest()[:8]


def stable_key(scope: Any, value: str) -> str:
    """Return a literal as it is; for a token a hash of what it refers to, as CDKTF numbers tokens by their order."""
    if is_known(value):
        return value.replace("/", "_").replace(":", ".")
    return _digest(bindings.expression(scope, value))
