"""Bugs that are put into the check on purpose, one at a time: packets must show each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from latticelink.network import network_acls, security_groups
from latticelink.network.ranges import EVERY, SHAREABLE
from latticelink.paths import tracing, ways_in
from latticelink.paths.hops import Answer, Stage, passing

Bug = Callable[[], Any]


def _groups_pass(module: Any, place: str) -> Any:
    """Let the groups at one hop pass everything."""
    real = module.group_stage

    def group_stage(where: str, *arguments: Any, **named: Any) -> Stage:
        return passing(where, None, "") if where == place else real(where, *arguments, **named)

    return patch.object(module, "group_stage", group_stage)


@contextmanager
def _ports(change: Callable[..., tuple[Any, Any, Any]]) -> Iterator[None]:
    """Read the ports of all rules after a change of protocol, first and last port."""
    real = security_groups.tcp_ports

    def tcp_ports(protocol: Any, low: Any, high: Any) -> Any:
        return real(*change(protocol, low, high))

    with patch.object(security_groups, "tcp_ports", tcp_ports), patch.object(network_acls, "tcp_ports", tcp_ports):
        yield


def _acl_entries(change: Callable[[list[Any]], list[Any]]) -> Any:
    """Judge an ACL's entries after a change."""
    real = network_acls._allowed
    return patch.object(network_acls, "_allowed", lambda entries: real(change(entries)))


def _acl_direction(blind: str) -> Any:
    real = network_acls.NetworkAcl.passes

    def passes(acl: Any, direction: str, *arguments: Any, **named: Any) -> Any:
        return (EVERY, EVERY) if direction == blind else real(acl, direction, *arguments, **named)

    return patch.object(network_acls.NetworkAcl, "passes", passes)


def _both_directions() -> Any:
    real = security_groups.Groups.rules

    def rules(groups: Any, group: Any, _: str) -> Any:
        return [*real(groups, group, "ingress"), *real(groups, group, "egress")]

    return patch.object(security_groups.Groups, "rules", rules)


def _all_ports_shared() -> Any:
    real = tracing.ports_stage

    def ports_stage(*arguments: Any) -> Stage:
        return replace(real(*arguments), sure=SHAREABLE, maybe=SHAREABLE)

    return patch.object(tracing, "ports_stage", ports_stage)


def _one_of_several() -> Any:
    """Say of all clients that a rule names together what is true of the one that fares best."""
    order = (Answer.PASS, Answer.UNKNOWN, Answer.FAIL)

    def tell_apart(found: Any) -> Any:
        return [min((path for _, path in found), key=lambda path: order.index(path.answer))]

    return patch.object(tracing, "tell_apart", tell_apart)


BUGS: dict[str, Bug] = {
    "rules of both directions count": _both_directions,
    "any group is the one that a rule names": lambda: patch.object(security_groups.Groups, "same", lambda *_: True),
    "of a range of ports the first counts": lambda: _ports(lambda protocol, low, _: (protocol, low, low)),
    "UDP is taken for TCP": lambda: _ports(lambda protocol, *ports: ("tcp" if protocol == "udp" else protocol, *ports)),
    "protocol 6 isn't taken for TCP": lambda: _ports(
        lambda protocol, *ports: ("47" if protocol == "6" else protocol, *ports)
    ),
    "the endpoint's groups aren't looked at": lambda: _groups_pass(ways_in, "endpoint's group in"),
    "the gateway's groups aren't looked at": lambda: _groups_pass(tracing, "gateway's group out"),
    "the target's groups aren't looked at": lambda: _groups_pass(tracing, "target's group in"),
    "a default group without rules of its own is empty": lambda: patch.object(
        security_groups.Groups, "_by_default", lambda *_: []
    ),
    "an ACL's entries that deny are skipped": lambda: _acl_entries(lambda entries: [e for e in entries if e.allows]),
    "an ACL's entries go from the highest number down": lambda: _acl_entries(
        lambda entries: [replace(e, number=-e.number) for e in entries]
    ),
    "what comes in passes every ACL": lambda: _acl_direction("ingress"),
    "what goes out passes every ACL": lambda: _acl_direction("egress"),
    "endpoint and gateway always share a zone": lambda: patch.object(
        tracing, "zones_stage", lambda *_: passing("zones", None, "")
    ),
    "every port is shared": _all_ports_shared,
    "of clients that a rule names together one is enough": _one_of_several,
}
