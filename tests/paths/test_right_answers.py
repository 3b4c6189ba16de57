"""Paths as AWS routes and filters them, where the check once said otherwise. Each row says what AWS does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import trace
from latticelink.reports.paths import as_dicts, path_lines

import pytest

from tests.paths.topologies import (
    CLIENT_OUT,
    CONFIGURATION,
    GATEWAY_OUT,
    TARGET_IN,
    Change,
    changes,
    cidr,
    drop,
    put,
    right,
    subnet,
    vpc,
    write,
)

PASS, FAIL, UNKNOWN = Answer.PASS, Answer.FAIL, Answer.UNKNOWN
ROUTE, BACK = "route to the target", "route back to the gateway"


def traced(folder: Path, change: Change) -> TracedPath:
    stacks = right()
    change(stacks)
    path, *_ = trace(write(folder, stacks))
    return path


def table(subnets: str, *, stack: str = "producer", **route: Any) -> Change:
    """Give subnets a route table with one route, beside `local`."""
    return changes(
        put(stack, "aws_route_table", "t", vpc_id="${aws_vpc.main.id}", route=[route]),
        *(
            put(
                stack,
                "aws_route_table_association",
                each,
                subnet_id=f"${{aws_subnet.{each}.id}}",
                route_table_id="${aws_route_table.t.id}",
            )
            for each in subnets
        ),
    )


def peered(*, there: str | None = "10.6.0.0/16", back: str | None = "10.2.0.0/16", peer: str = "far") -> Change:
    """Put the target into a VPC that is peered with the gateway's, with a route in each direction, or not."""

    def routes(name: str, owner: str, block: str | None) -> Change:
        if block is None:
            return changes()
        return put(
            "producer",
            "aws_route",
            name,
            route_table_id=f"${{aws_vpc.{owner}.main_route_table_id}}",
            destination_cidr_block=block,
            vpc_peering_connection_id="${aws_vpc_peering_connection.p.id}",
        )

    return changes(
        put("producer", "aws_vpc", "far", **vpc("10.6.0.0/16")["main"]),
        put("producer", "aws_vpc", "other", **vpc("10.7.0.0/16")["main"]),
        put("producer", "aws_subnet", "far", **{**subnet("10.6.0.0/24", "eu-west-1a"), "vpc_id": "${aws_vpc.far.id}"}),
        put("producer", "aws_instance", "web", subnet_id="${aws_subnet.far.id}"),
        put(
            "producer",
            "aws_vpc_peering_connection",
            "p",
            vpc_id="${aws_vpc.main.id}",
            peer_vpc_id=f"${{aws_vpc.{peer}.id}}",
        ),
        routes("there", "main", there),
        routes("back", "far", back),
    )


def entry(number: int, action: str, low: int, high: int, block: str = "0.0.0.0/0") -> dict[str, Any]:
    return {
        "rule_no": number, "action": action, "protocol": "tcp", "from_port": low, "to_port": high, "cidr_block": block,
    }  # fmt: skip


def acl(stack: str, names: Any, ingress: list[Any], egress: list[Any]) -> Change:
    subnets = [f"${{aws_subnet.{name}.id}}" for name in names] if isinstance(names, str) else names
    return put(
        stack, "aws_network_acl", "acl", vpc_id="${aws_vpc.main.id}", subnet_ids=subnets, ingress=ingress, egress=egress
    )


ALL = entry(100, "allow", 1, 65535)
REPLIES = entry(100, "allow", 1024, 65535)
# A target subnet in another zone than the gateway's, so that packets leave the gateway's subnets.
APART = changes(
    put("producer", "aws_subnet", "t", **subnet("10.2.9.0/24", "eu-west-1c")),
    put("producer", "aws_instance", "web", subnet_id="${aws_subnet.t.id}"),
)


def template(**arguments: Any) -> Change:
    """Let the target's groups and subnet come from a launch template."""
    return changes(
        put("producer", "aws_launch_template", "lt", **arguments),
        put(
            "producer",
            "aws_instance",
            "web",
            vpc_security_group_ids=None,
            launch_template={"id": "${aws_launch_template.lt.id}", "version": "$Latest"},
        ),
    )


TARGET_GROUP = ["${aws_security_group.target.id}"]

ROWS: list[tuple[str, Change, Answer, tuple[str, ...]]] = [
    (
        "a route to a NAT gateway is more specific than `local`, and what comes out of it isn't followed",
        changes(APART, table("ab", cidr_block="10.2.9.0/24", nat_gateway_id="nat-1")),
        UNKNOWN,
        (ROUTE,),
    ),
    (
        "a route to a firewall's endpoint takes the packets",
        changes(APART, table("ab", cidr_block="10.2.9.0/24", vpc_endpoint_id="vpce-1")),
        UNKNOWN,
        (ROUTE,),
    ),
    (
        "a route to a transit gateway takes the packets out of the VPC",
        changes(APART, table("ab", cidr_block="10.2.9.0/24", transit_gateway_id="tgw-1")),
        FAIL,
        (ROUTE,),
    ),
    ("a less specific route is of no account", changes(APART, table("ab", cidr_block="10.0.0.0/8",
                                                                   nat_gateway_id="nat-1")), PASS, ()),
    (
        "the target's own table may send the replies astray",
        changes(APART, table("t", cidr_block="10.2.0.0/23", transit_gateway_id="tgw-1")),
        FAIL,
        (BACK,),
    ),
    ("a peered target with routes on both sides is reached", peered(), PASS, ()),
    ("a peered target without a route there", peered(there=None), FAIL, (ROUTE,)),
    ("a peered target without a route back", peered(back=None), FAIL, (BACK,)),
    (
        "a peering of a /16, and a /24 that leads elsewhere: the longest prefix wins",
        changes(
            peered(),
            put(
                "producer",
                "aws_route",
                "narrow",
                route_table_id="${aws_vpc.main.main_route_table_id}",
                destination_cidr_block="10.6.0.0/24",
                nat_gateway_id="nat-1",
            ),
        ),
        UNKNOWN,
        (ROUTE,),
    ),
    ("a peering that leads to another VPC leads no further", peered(peer="other"), FAIL, (ROUTE,)),
    (
        "a peered target by reference, whose address is written out",
        changes(peered(), put("producer", "aws_instance", "web", private_ip="10.6.0.9")),
        PASS,
        (),
    ),
    (
        "a rule that admits packets to the gateway's replies only: these are dropped",
        changes(APART, acl("producer", "ab", [entry(100, "allow", 443, 443)], [ALL])),
        FAIL,
        ("network ACLs of the gateway's subnets",),
    ),
    (
        "one port of the ephemeral range is no way for replies",
        changes(APART, acl("producer", "ab", [entry(100, "allow", 5432, 5432)], [ALL])),
        FAIL,
        ("network ACLs of the gateway's subnets",),
    ),
    (
        "the range of Linux alone may be enough, as nobody says which one a gateway uses",
        changes(APART, acl("producer", "ab", [entry(100, "allow", 32768, 60999)], [ALL])),
        UNKNOWN,
        ("network ACLs of the gateway's subnets",),
    ),
    (
        "traffic inside a subnet passes no ACL, whatever wider range the clients have",
        changes(
            put("consumer", "aws_vpc_endpoint", "web", subnet_ids=["${aws_subnet.a.id}"]),
            put("consumer", "aws_vpc_security_group_ingress_rule", "endpoint_in", **cidr("10.1.0.0/24")),
            put(*CLIENT_OUT, **cidr("10.1.0.0/24")),
            acl("consumer", "a", [], []),
        ),
        PASS,
        (),
    ),
    (
        "an ACL of which it isn't known for which subnets it is may be anybody's",
        changes(
            APART,
            put("producer", "aws_network_acl", "acl", vpc_id="${aws_vpc.main.id}", subnet_ids="${var.subnets}",
                ingress=[], egress=[]),
            lambda stacks: stacks["producer"].update(variable={"subnets": {}}),
        ),
        UNKNOWN,
        ("network ACLs of the gateway's subnets", "network ACLs of the target's subnets"),
    ),
    ("an instance has its launch template's groups", template(vpc_security_group_ids=TARGET_GROUP), PASS, ()),
    (
        "an instance has the groups of its launch template's interface",
        template(network_interfaces=[{"security_groups": TARGET_GROUP, "subnet_id": "${aws_subnet.a.id}"}]),
        PASS,
        (),
    ),
    (
        "other groups of a launch template count too",
        template(vpc_security_group_ids=["${aws_security_group.other.id}"]),
        FAIL,
        ("gateway's group out", "target's group in"),
    ),
    (
        "a launch template by id may give any groups",
        put(
            "producer",
            "aws_instance",
            "web",
            vpc_security_group_ids=None,
            launch_template={"id": "lt-0123456789abcdef0"},
        ),
        UNKNOWN,
        ("gateway's group out", "target's group in"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "change", "answer", "places"), ROWS, ids=[row[0] for row in ROWS])
def test_a_path_is_as_aws_has_it(
    tmp_path: Path, sentence: str, change: Change, answer: Answer, places: tuple[str, ...]
) -> None:
    path = traced(tmp_path, change)
    told = "\n".join(path_lines([path]))
    assert (path.answer, tuple(hop.place for hop in path.hops if hop.answer is answer)) == (
        answer,
        places if answer is not PASS else tuple(hop.place for hop in path.hops if hop.answer is PASS),
    ), f"{sentence}:\n{told}"
    assert all(hop.fix.endswith(".") for hop in path.hops if hop.answer in (FAIL, UNKNOWN)), told


BY_ADDRESS: list[tuple[str, Change, str]] = [
    (
        "an ACL of one of the endpoint's subnets",
        acl("consumer", "b", [], [REPLIES]),
        "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b",
    ),
    (
        "a gateway in one zone, an endpoint in two",
        put("producer", "aws_vpclattice_resource_gateway", "gateway", subnet_ids=["${aws_subnet.a.id}"]),
        "reachable on TCP 443 at the address in eu-west-1a, unknown in eu-west-1b",
    ),
    (
        "clients that are let out to one of the endpoint's subnets",
        put(*CLIENT_OUT, **cidr("10.1.1.0/24")),
        "reachable on TCP 443 at the address in eu-west-1b, not in eu-west-1a",
    ),
]


@pytest.mark.parametrize(("sentence", "change", "verdict"), BY_ADDRESS, ids=[row[0] for row in BY_ADDRESS])
def test_what_depends_on_the_address_is_said_for_each(
    tmp_path: Path, sentence: str, change: Change, verdict: str
) -> None:
    path = traced(tmp_path, change)
    assert path.by_address == verdict, sentence
    assert path_lines([path])[0].endswith(verdict)
    (plain,) = as_dicts([path])
    assert {each["zone"]: each["answer"] for each in plain["addresses"]} == {
        each.zone: str(each.answer) for each in path.addresses
    }
    assert plain["answer"] == "unknown"


def test_hops_come_in_the_order_of_the_packet(tmp_path: Path) -> None:
    change = changes(
        APART,
        put("consumer", "aws_vpc_endpoint", "web", private_dns_enabled=True),
        acl("consumer", "ab", [ALL], [ALL]),
        acl("producer", "abt", [ALL], [ALL]),
    )
    assert [hop.place for hop in traced(tmp_path, change).hops] == [
        "private DNS name",
        "client's group out",
        "network ACLs of the clients' subnets",
        "network ACLs of the endpoint's subnets",
        "endpoint's group in",
        "resource configuration's ports",
        "zones",
        "gateway's group out",
        "network ACLs of the gateway's subnets",
        "route to the target",
        "network ACLs of the target's subnets",
        "target's group in",
    ]


def test_a_hop_that_looked_at_nothing_is_not_judged(tmp_path: Path) -> None:
    change = changes(
        drop("consumer", "aws_instance", "client"),
        put("consumer", "aws_vpc_security_group_ingress_rule", "endpoint_in", **cidr("10.1.0.0/16")),
        drop(*CLIENT_OUT),
    )
    path = traced(tmp_path, change)
    assert path.answer is PASS
    assert {hop.place for hop in path.hops if hop.answer is Answer.NOT_JUDGED} == {
        "client's group out",
        "private DNS name",
    }
    assert any(line.startswith("  not judged: client's group out") for line in path_lines([path], why=True))


def test_a_fix_adds_a_rule_and_takes_none_away(tmp_path: Path) -> None:
    change = put(*GATEWAY_OUT, from_port=80, to_port=80)
    fixes = [hop.fix for hop in traced(tmp_path, changes(change, put(*TARGET_IN, from_port=80, to_port=80))).hops]
    assert any(fix.startswith("Add ") for fix in fixes)
    assert not any(fix.startswith("Set ") for fix in fixes)


def test_where_aws_and_a_published_setup_differ_both_are_named(tmp_path: Path) -> None:
    change = changes(
        put("producer", "aws_vpclattice_service_network", "net", name="net"),
        put(
            "producer",
            "aws_vpclattice_service_network_resource_association",
            "web",
            service_network_identifier="${aws_vpclattice_service_network.net.id}",
            resource_configuration_identifier=f"${{{CONFIGURATION}.web.id}}",
        ),
        lambda stacks: stacks["producer"]["output"].update(net={"value": "${aws_vpclattice_service_network.net.id}"}),
        drop("consumer", "aws_vpc_endpoint", "web"),
        put(
            "consumer",
            "aws_vpclattice_service_network_vpc_association",
            "net",
            service_network_identifier="${data.terraform_remote_state.producer.outputs.net}",
            vpc_identifier="${aws_vpc.main.id}",
            security_group_ids=["${aws_security_group.endpoint.id}"],
        ),
    )
    path = traced(tmp_path, change)
    (hop,) = [hop for hop in path.hops if hop.answer is UNKNOWN]
    assert hop.place == "client's group out"
    assert "docs.aws.amazon.com" in hop.why
    assert "GlennChia" in hop.why
