"""Network ACLs against an oracle that tries every packet: numbered, the first match decides, replies need a rule."""

from __future__ import annotations

import ipaddress
from typing import Any

from latticelink.paths.hops import Answer
from latticelink.paths.tracing import trace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.paths.topologies import put, right, write

BLOCKS = ["0.0.0.0/0", "10.2.0.0/16", "10.2.0.0/24", "10.2.0.128/25", "10.2.1.0/24", "10.2.1.0/25", "10.9.0.0/16"]
LOWS, HIGHS = [0, 443, 1024, 32768], [442, 443, 32767, 65535]
# Each side of every place where a range of ports or a block begins or ends.
REPLY_PORTS = [1024, 32767, 32768, 65535]
ADDRESSES = {name: [f"10.2.{n}.{last}" for last in (0, 127, 128, 255)] for n, name in enumerate("ab")}

entries = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["allow", "deny"]),
        "protocol": st.sampled_from(["tcp", "6", "-1", "udp"]),
        "from_port": st.sampled_from(LOWS),
        "to_port": st.sampled_from(HIGHS),
        "cidr_block": st.sampled_from(BLOCKS),
    }
).filter(lambda entry: entry["from_port"] <= entry["to_port"])
lists = st.lists(entries, max_size=4).flatmap(
    lambda several: st.permutations(range(1, len(several) + 1)).map(
        lambda numbers: [{**entry, "rule_no": number} for entry, number in zip(several, numbers, strict=True)]
    )
)


def allows(acl: list[dict[str, Any]], port: int, address: str) -> bool:
    """Return whether the first entry that matches a TCP packet allows it."""
    for entry in sorted(acl, key=lambda entry: entry["rule_no"]):
        if entry["protocol"] == "udp" or ipaddress.ip_address(address) not in ipaddress.ip_network(entry["cidr_block"]):
            continue
        if entry["protocol"] == "-1" or entry["from_port"] <= port <= entry["to_port"]:
            return bool(entry["action"] == "allow")
    return False


def tried(acl: dict[str, Any], there: str, first: str) -> Answer:
    """Return what becomes of requests to port 443 and their replies, each tried by itself."""
    back = "egress" if first == "ingress" else "ingress"
    requests = [allows(acl[first], 443, address) for address in ADDRESSES[there]]
    replies = [allows(acl[back], port, address) for address in ADDRESSES[there] for port in REPLY_PORTS]
    if all(requests) and all(replies):
        return Answer.PASS
    return Answer.UNKNOWN if any(requests) and any(replies) else Answer.FAIL


@settings(max_examples=300, deadline=None)
@given(acls=st.fixed_dictionaries({n: st.fixed_dictionaries({"ingress": lists, "egress": lists}) for n in "ab"}))
def test_the_verdict_is_that_of_trying_every_packet(
    tmp_path_factory: pytest.TempPathFactory, acls: dict[str, dict[str, Any]]
) -> None:
    stacks = right()
    for name, acl in acls.items():
        put("producer", "aws_network_acl", name, subnet_ids=[f"${{aws_subnet.{name}.id}}"], **acl)(stacks)
    (path,) = trace(write(tmp_path_factory.mktemp("p") / "it", stacks))
    answers = {hop.place: hop.answer for hop in path.hops}
    # The target is in subnet a. Packets of the gateway in a don't leave the subnet, so no ACL sees them.
    assert answers["network ACLs of the gateway's subnets"] is tried(acls["b"], "a", "egress")
    assert answers["network ACLs of the target's subnets"] is tried(acls["a"], "b", "ingress")
