"""Security groups and network ACLs as nftables rules of a VPC's router, in the order in which a packet meets them.

Sources:
    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
    https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from latticelink.lab.model import IN, OUT, Acl, Cidr, Interface, Kind, Model, Traffic
from latticelink.lab.traps import Ruleset, Trap

BEYOND = "beyond"  # where the router sends what is for no interface of its VPC
_GROUP_HOP = {
    (Kind.WORKLOAD, OUT): "client's group out",
    (Kind.WORKLOAD, IN): "target's group in",
    (Kind.ENDPOINT, IN): "endpoint's group in",
    (Kind.ASSOCIATION, IN): "association's group in",
    (Kind.GATEWAY, OUT): "gateway's group out",
}
_ACL_HOP = "network ACLs of the {} subnets"
# Who sends is a client if the packet is a request, and a target if it is a reply; and the reverse.
_OWNERS = {
    (Kind.WORKLOAD, OUT): ("clients'", "target's"),
    (Kind.WORKLOAD, IN): ("target's", "clients'"),
    (Kind.ENDPOINT, IN): ("endpoint's", "endpoint's"),
    (Kind.ENDPOINT, OUT): ("endpoint's", "endpoint's"),
    (Kind.GATEWAY, IN): ("gateway's", "gateway's"),
    (Kind.GATEWAY, OUT): ("gateway's", "gateway's"),
}
_FAR = {OUT: "daddr", IN: "saddr"}


def link_of(interface: Interface) -> str:
    """Return the name of the router's end of the cable to an interface."""
    return "e" + hashlib.sha256(interface.name.encode()).hexdigest()[:10]


def vpc_rules(model: Model, vpc: str) -> Ruleset:
    """Return the rules of a VPC's router.

    A first packet meets the sender's groups, then the ACLs of its subnet and the receiver's, then the receiver's
    groups. A later packet or a reply meets the ACLs alone, as groups are stateful and ACLs aren't.
    """
    rules = Ruleset()
    here = [each for each in model.interfaces.values() if each.vpc == vpc]
    trap = Trap("route to the target", "route to the client", vpc, "no interface of the VPC has the address")
    forward = ["type filter hook forward priority 0; policy drop;"]
    forward += _group_line(rules, model, here, OUT)
    forward += _acl_lines(rules, here, OUT)
    forward += [f'oifname "{BEYOND}" goto {rules.trap(trap)}']
    forward += _acl_lines(rules, here, IN)
    forward += _group_line(rules, model, here, IN)
    rules.chain("forward", [*forward, "accept"])
    return rules


def _group_line(rules: Ruleset, model: Model, here: list[Interface], direction: str) -> Iterator[str]:
    filtered = [each for each in here if each.filtered and (each.kind, direction) in _GROUP_HOP]
    jumps = []
    for each in filtered:
        link = link_of(each)
        trap = Trap(_GROUP_HOP[each.kind, direction], "", ", ".join(each.groups), "no rule")
        permits = [line for group in each.groups for line in _permits(model, group, direction)]
        chain = rules.chain(f"{direction}_{link}", [*dict.fromkeys(permits), f"goto {rules.trap(trap)}"])
        jumps.append(f'"{link}" : jump {chain}')
    if jumps:
        yield f"ct state new {_near(direction)} vmap {{ {', '.join(jumps)} }}"


def _near(direction: str) -> str:
    return "iifname" if direction == OUT else "oifname"


def _permits(model: Model, group: str, direction: str) -> Iterator[str]:
    for rule in model.groups.get(group, ()):
        if rule.direction != direction:
            continue
        if not isinstance(rule.peer, str):
            yield _match(rule.peer, direction, rule.traffic) + "return"
            continue
        for version, family in ((4, "ip"), (6, "ip6")):
            if members := model.members(rule.peer, version):
                listed = ", ".join(map(str, members))
                yield f"{family} {_FAR[direction]} {{ {listed} }} {_traffic(rule.traffic)}return"


def _acl_lines(rules: Ruleset, here: list[Interface], direction: str) -> Iterator[str]:
    """Yield a jump for each subnet that has an ACL; packets inside a subnet meet none."""
    near, far = ("iifname", "oifname") if direction == OUT else ("oifname", "iifname")
    subnets = dict.fromkeys(each.subnet for each in here if each.subnet is not None and each.subnet.acl is not None)
    for number, subnet in enumerate(subnets):
        assert subnet is not None
        assert subnet.acl is not None
        inside = [each for each in here if each.subnet == subnet]
        for kind in dict.fromkeys(each.kind for each in inside):
            request, reply = (_ACL_HOP.format(owner) for owner in _OWNERS[kind, direction])
            lines = _entries(rules, subnet.acl, direction, request, reply)
            chain = rules.chain(f"acl_{direction}_{number}_{kind}", lines)
            ours = _names(each for each in inside if each.kind == kind)
            yield f"{near} {ours} {far} != {_names(inside)} jump {chain}"


def _names(interfaces: Iterable[Interface]) -> str:
    return "{ " + ", ".join(f'"{link_of(each)}"' for each in interfaces) + " }"


def _entries(rules: Ruleset, acl: Acl, direction: str, hop: str, reply_hop: str) -> Iterator[str]:
    """Yield the entries in the order of their numbers; the first that matches decides."""

    def die(which: str) -> str:
        return f"goto {rules.trap(Trap(hop, reply_hop, acl.name, f'its {direction} rule {which} denies'))}"

    for entry in sorted(acl.entries, key=lambda each: each.number):
        if entry.direction == direction:
            verdict = "return" if entry.allows else die(str(entry.number))
            yield _match(entry.peer, direction, entry.traffic) + verdict
    yield die("*")


def _match(peer: Cidr, direction: str, traffic: Traffic) -> str:
    family = "ip" if peer.version == 4 else "ip6"
    # A prefix of no bits is no match that nftables takes, but the family must hold still.
    where = f"{family} {_FAR[direction]} {peer} " if peer.prefixlen else f"meta nfproto ipv{peer.version} "
    return where + _traffic(traffic)


def _traffic(traffic: Traffic) -> str:
    if traffic.protocol == "-1":
        return ""
    if traffic.protocol not in ("tcp", "udp") or traffic.ports is None:
        return f"meta l4proto {traffic.protocol} "
    low, high = traffic.ports
    return f"{traffic.protocol} dport {low if low == high else f'{low}-{high}'} "
