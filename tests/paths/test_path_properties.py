"""What holds of every topology: more permission never blocks, and neither names nor order change a verdict."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path
from typing import Any

from latticelink.checks.rules.openings import open_targets, wide_clients, wide_ports
from latticelink.network.ranges import PortSet
from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import trace
from latticelink.reports.paths import path_lines
from latticelink.terraform.json_files import UnreadableInput

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.paths.topologies import (
    CONFIGURATION,
    EGRESS,
    GATEWAY,
    INGRESS,
    Stacks,
    by_group,
    changes,
    drop,
    put,
    right,
    rule,
    write,
)

RANK = {Answer.FAIL: 0, Answer.UNKNOWN: 1, Answer.PASS: 2}
PLACES = {
    ("consumer", EGRESS, "client"): ["client", "endpoint"],
    ("consumer", INGRESS, "endpoint"): ["client", "endpoint"],
    ("producer", EGRESS, "gateway"): ["gateway", "target", "other"],
    ("producer", INGRESS, "target"): ["gateway", "target", "other"],
}
BLOCKS = ["0.0.0.0/0", "10.1.0.0/16", "10.1.0.0/25", "10.2.0.0/16", "10.2.0.0/24", "10.2.1.0/24", "10.2.0.0/25", "::/0"]


@st.composite
def rules(draw: st.DrawFn, unknowns: bool = True) -> tuple[str, str, dict[str, Any]]:
    """Draw a stack, a type of rule and its arguments, on any of the four groups of a path."""
    stack, kind, group = draw(st.sampled_from(sorted(PLACES)))
    block = draw(st.sampled_from(BLOCKS))
    by_address = {"cidr_ipv6" if ":" in block else "cidr_ipv4": block}
    peer = draw(st.one_of(st.just(by_address), st.sampled_from(PLACES[stack, kind, group]).map(by_group)))
    low = draw(st.integers(441, 445))
    body = {**rule(group, low, **peer), "to_port": draw(st.integers(low, 446))}
    if draw(st.integers(0, 9)) == 0:
        body = {**body, "ip_protocol": "-1"}
    if unknowns and draw(st.integers(0, 9)) == 0:
        body["from_port"] = "${var.unknown}"
    return stack, kind, body


@st.composite
def topologies(draw: st.DrawFn, unknowns: bool = True) -> Stacks:
    """Draw the right topology with some of its own rules, some others, and a range of shared ports."""
    stacks = right()
    for place in (("consumer", EGRESS, "client_out"), ("consumer", INGRESS, "endpoint_in")):
        changes(*([drop(*place)] if draw(st.booleans()) else []))(stacks)
    for place in (("producer", EGRESS, "gateway_out"), ("producer", INGRESS, "target_in")):
        changes(*([drop(*place)] if draw(st.booleans()) else []))(stacks)
    for number, (stack, kind, body) in enumerate(draw(st.lists(rules(unknowns), max_size=6))):
        put(stack, kind, f"drawn_{number}", **body)(stacks)
    put("producer", CONFIGURATION, "web", port_ranges=[draw(st.sampled_from(["443", "1-65535", "440-444"]))])(stacks)
    for stack in stacks.values():
        stack["variable"] = {"unknown": {}}
    return stacks


def verdicts(folder: Path, stacks: Stacks) -> dict[tuple[str, str], TracedPath]:
    return {(path.client, path.resource): path for path in trace(write(folder, stacks))}


@settings(max_examples=150, deadline=None)
@given(stacks=topologies(), more=rules())
def test_a_permitting_rule_more_blocks_nothing_and_one_less_opens_nothing(
    tmp_path_factory: pytest.TempPathFactory, stacks: Stacks, more: tuple[str, str, dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("p")
    fewer = verdicts(folder / "fewer", stacks)
    stack, kind, body = more
    put(stack, kind, "more", **body)(stacks)
    for key, path in verdicts(folder / "more", stacks).items():
        if key in fewer:
            assert RANK[path.answer] >= RANK[fewer[key].answer]
            if fewer[key].answer is Answer.PASS:
                assert not fewer[key].ports - path.ports


def renamed(content: Any, suffix: str) -> Any:
    """Return the JSON with another name for each group, rule and instance."""
    text = json.dumps(content)
    for name in ("client", "endpoint", "gateway", "target", "other"):
        text = text.replace(f"aws_security_group.{name}.", f"aws_security_group.{name}{suffix}.")
    stacks = json.loads(text)
    for stack in stacks.values():
        for kind in ("aws_security_group", INGRESS, EGRESS):
            blocks = stack["resource"].get(kind, {})
            stack["resource"][kind] = {f"{name}{suffix}": body for name, body in blocks.items()}
    return stacks


def anonymous(paths: dict[tuple[str, str], TracedPath], suffix: str = "") -> list[tuple[Any, ...]]:
    return sorted(
        (path.client.replace(suffix, "") if suffix else path.client, str(path.answer), str(path.ports), hops(path))
        for path in paths.values()
    )


def hops(path: TracedPath) -> str:
    return ", ".join(f"{hop.place}: {hop.answer}" for hop in path.hops)


@settings(max_examples=60, deadline=None)
@given(stacks=topologies())
def test_names_change_no_verdict(tmp_path_factory: pytest.TempPathFactory, stacks: Stacks) -> None:
    folder = tmp_path_factory.mktemp("p")
    before = verdicts(folder / "before", stacks)
    after = verdicts(folder / "after", renamed(stacks, "-zz9"))
    assert anonymous(before) == anonymous(after, "-zz9")


@settings(max_examples=60, deadline=None)
@given(stacks=topologies(), data=st.data())
def test_order_changes_no_verdict(
    tmp_path_factory: pytest.TempPathFactory, stacks: Stacks, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("p")
    before = verdicts(folder / "before", stacks)
    shuffled: Stacks = {}
    for name, stack in stacks.items():
        resource = {
            kind: dict(data.draw(st.permutations(list(blocks.items()))))
            for kind, blocks in data.draw(st.permutations(list(stack["resource"].items())))
        }
        shuffled[name] = {**stack, "resource": resource}
    assert anonymous(before) == anonymous(verdicts(folder / "after", shuffled))


@settings(max_examples=60, deadline=None)
@given(stacks=topologies())
def test_a_path_is_as_bad_as_its_worst_hop(tmp_path_factory: pytest.TempPathFactory, stacks: Stacks) -> None:
    for path in verdicts(tmp_path_factory.mktemp("p") / "it", stacks).values():
        if path.addresses:
            assert len({each.answer for each in path.addresses}) > 1
        else:
            judged = [hop.answer for hop in path.hops if hop.answer is not Answer.NOT_JUDGED]
            assert RANK[path.answer] == min(RANK[answer] for answer in judged)
        assert path.ports


ADDRESSES = {  # the first and last of each half of each subnet: every block in BLOCKS begins and ends at one of them
    "endpoint": [[f"10.1.{n}.{last}" for last in (0, 127, 128, 255)] for n in (0, 1)],
    "client": [[f"10.1.0.{last}" for last in (0, 127, 128, 255)]],
    "gateway": [[f"10.2.{n}.{last}" for last in (0, 127, 128, 255)] for n in (0, 1)],
    "target": [[f"10.2.0.{last}" for last in (0, 127, 128, 255)]],
}
WAY = {
    "client's group out": ("consumer", EGRESS, "client", "endpoint"),
    "endpoint's group in": ("consumer", INGRESS, "endpoint", "client"),
    "gateway's group out": ("producer", EGRESS, "gateway", "target"),
    "target's group in": ("producer", INGRESS, "target", "gateway"),
}


def admits(body: dict[str, Any], number: int, other: str, address: str) -> bool:
    """Return whether one rule lets one packet pass: port `number`, from or to an address of a member of a group."""
    if body["ip_protocol"] != "-1" and not body["from_port"] <= number <= body["to_port"]:
        return False
    if "referenced_security_group_id" in body:
        return bool(body["referenced_security_group_id"] == f"${{aws_security_group.{other}.id}}")
    block = ipaddress.ip_network(body.get("cidr_ipv4") or body["cidr_ipv6"])
    return ipaddress.ip_address(address) in block


def tried(stacks: Stacks, place: str, number: int, zone: int | None = None) -> Answer:
    """Return what becomes of packets to a port at a hop, each tried by itself against each rule.

    Of a zone only those at the addresses of endpoint and gateway in it.
    """
    stack, kind, group, other = WAY[place]
    own = f"${{aws_security_group.{group}.id}}"
    bodies = [body for body in stacks[stack]["resource"].get(kind, {}).values() if body["security_group_id"] == own]
    ends = ADDRESSES[other] if zone is None or other not in ("endpoint", "gateway") else [ADDRESSES[other][zone]]
    subnets = [[any(admits(b, number, other, each) for b in bodies) for each in group] for group in ends]
    if all(all(subnet) for subnet in subnets):
        return Answer.PASS
    return Answer.UNKNOWN if all(any(subnet) for subnet in subnets) else Answer.FAIL


def every_port(stacks: Stacks, zone: int | None = None) -> dict[int, list[Answer]]:
    """Return what becomes of packets to each port at each hop, last at the resource configuration."""
    (shared,) = stacks["producer"]["resource"][CONFIGURATION]["web"]["port_ranges"]
    low, high = int(shared.split("-")[0]), int(shared.split("-")[-1])
    return {
        number: [tried(stacks, place, number, zone) for place in WAY]
        + [Answer.PASS if low <= number <= high else Answer.FAIL]
        for number in range(438, 450)
    }


def nearest(answers: dict[int, list[Answer]]) -> Answer:
    """Return the answer for the port that comes nearest to being reachable."""
    fewest = min((each.count(Answer.FAIL), each.count(Answer.UNKNOWN)) for each in answers.values())
    return Answer.FAIL if fewest[0] else Answer.UNKNOWN if fewest[1] else Answer.PASS


@settings(max_examples=200, deadline=None)
@given(stacks=topologies(unknowns=False))
def test_the_verdict_is_that_of_trying_every_packet(tmp_path_factory: pytest.TempPathFactory, stacks: Stacks) -> None:
    paths = verdicts(tmp_path_factory.mktemp("p") / "it", stacks)
    path = paths.get(("clients in aws_security_group.client", "web")) or paths.get(("client", "web"))
    if path is None:
        return
    at_each = [nearest(every_port(stacks, zone)) for zone in (0, 1)]
    assert [each.answer for each in path.addresses] == (at_each if at_each[0] is not at_each[1] else [])
    if path.addresses:
        return
    answers = every_port(stacks)
    reachable = {number for number, each in answers.items() if set(each) == {Answer.PASS}}
    if reachable:
        assert path.answer is Answer.PASS
        assert reachable == {number for number in answers if path.ports & PortSet.of((number, number))}
    else:
        # The fewest hops that block; of those ports that are equal in this, shared ones; and there the fewest unknown.
        fewest = min(
            (each.count(Answer.FAIL), each[-1] is Answer.FAIL, each.count(Answer.UNKNOWN)) for each in answers.values()
        )
        told = {hop.place: hop.answer for hop in path.hops}
        counts = [list(told.values()).count(answer) for answer in (Answer.FAIL, Answer.UNKNOWN)]
        assert (counts[0], told["resource configuration's ports"] is Answer.FAIL, counts[1]) == fewest
        assert path.answer is (Answer.FAIL if fewest[0] else Answer.UNKNOWN)


odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=6),
    st.sampled_from(
        [
            "${var.unknown}",
            "${aws_vpc.main.id}",
            "${aws_security_group.target.id}",
            "${aws_subnet.a.id}",
            "sg-0",
            "-1",
            "10.0.0.0/8",
            "::/0",
            "1-65535",
            "${[]}",
            "${null}",
            "${aws_instance.web}",
            "${aws_vpc.none.id}",
            "0-0",
            "${1 / 0}",
        ]
    ),
).flatmap(lambda value: st.sampled_from([value, [value], [[value]], {"a": value}, [{"vpc_id": value}, value]]))
KINDS = {
    "aws_vpc_endpoint": [
        "vpc_id",
        "subnet_ids",
        "security_group_ids",
        "private_dns_enabled",
        "ip_address_type",
        "count",
    ],
    GATEWAY: ["vpc_id", "subnet_ids", "security_group_ids", "ip_address_type", "for_each", "name"],
    CONFIGURATION: ["type", "port_ranges", "resource_gateway_identifier", "resource_configuration_definition", "count"],
    "aws_security_group": ["ingress", "egress", "dynamic", "vpc_id", "count"],
    "aws_instance": ["subnet_id", "vpc_security_group_ids", "private_ip", "tags", "network_interface"],
    "aws_subnet": ["vpc_id", "cidr_block", "availability_zone", "availability_zone_id", "ipv6_cidr_block"],
    "aws_vpc": ["cidr_block", "enable_dns_support"],
    "aws_network_acl": ["subnet_ids", "ingress", "egress"],
    "aws_network_acl_rule": ["network_acl_id", "rule_number", "egress", "protocol", "cidr_block", "from_port"],
    "aws_route_table": ["route", "vpc_id", "propagating_vgws"],
    "aws_route_table_association": ["subnet_id", "route_table_id"],
    "aws_route53_record": ["records", "zone_id", "name", "for_each"],
    "aws_ec2_managed_prefix_list": ["entry", "name"],
    "aws_default_security_group": ["vpc_id", "ingress"],
    "aws_security_group_rule": [
        "type",
        "security_group_id",
        "cidr_blocks",
        "prefix_list_ids",
        "self",
        "from_port",
        "protocol",
    ],
    INGRESS: ["security_group_id", "cidr_ipv4", "prefix_list_id", "ip_protocol", "from_port", "to_port", "for_each"],
}


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_value_anywhere_makes_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    stacks = right()
    for _ in range(data.draw(st.integers(1, 6))):
        kind = data.draw(st.sampled_from(sorted(KINDS)))
        stack = data.draw(st.sampled_from(["consumer", "producer"]))
        names = ["new", *stacks[stack]["resource"].get(kind, {})]
        body = {data.draw(st.sampled_from(KINDS[kind])): data.draw(odd_values) for _ in range(3)}
        put(stack, kind, data.draw(st.sampled_from(names)), **body)(stacks)
    for stack_json in stacks.values():
        stack_json["variable"] = {"unknown": {}}
    try:
        configuration = write(tmp_path_factory.mktemp("p") / "it", stacks)
    except UnreadableInput:
        return
    paths = trace(configuration)
    hops = [hop for path in paths for hops in ([each.hops for each in path.addresses] or [path.hops]) for hop in hops]
    explained = [hop for hop in hops if hop.answer in (Answer.FAIL, Answer.UNKNOWN)]
    assert len(path_lines(paths, why=True)) == len(paths) + len(hops) + len(explained)
    for judge in (wide_clients, open_targets, wide_ports):
        assert all(each.answer is Answer.PASS or each.message for each in judge(configuration))
