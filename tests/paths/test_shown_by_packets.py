"""Paths of which real packets said otherwise than the check once did; AWS's page settled each.

Each row has the sentence, the page, the change, and what is said of each client.
"""

from __future__ import annotations

from pathlib import Path

from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import trace
from latticelink.reports.paths import as_dicts, path_lines

import pytest

from tests.paths.test_right_answers import ALL, REPLIES, acl, entry, table
from tests.paths.topologies import (
    CLIENT_OUT,
    CONFIGURATION,
    EGRESS,
    ENDPOINT_IN,
    GATEWAY,
    INGRESS,
    NO_PEER,
    Change,
    by_group,
    changes,
    cidr,
    drop,
    put,
    right,
    rule,
    subnet,
    write,
)

GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/"
ACLS, GROUPS, TABLES = (
    f"{GUIDE}vpc-network-acls.html",
    f"{GUIDE}security-group-rules.html",
    f"{GUIDE}VPC_Route_Tables.html",
)
GATEWAYS = "https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html"
ADDRESSES = f"{GUIDE}vpc-ip-addressing.html"

HTTPS = entry(100, "allow", 443, 443)
BY_GROUP = "clients in aws_security_group.client"
OUT, ACL_CLIENT = "client's group out", "network ACLs of the clients' subnets"
REACHED = "reachable on TCP 443"
IN_B = "reachable on TCP 443 at the address in eu-west-1b, not in eu-west-1a"


def another(name: str, where: str, group: str = "client") -> Change:
    """Put another instance beside the client."""
    groups = [f"${{aws_security_group.{group}.id}}"]
    place = f"${{aws_subnet.{where}.id}}"
    return put("consumer", "aws_instance", name, subnet_id=place, vpc_security_group_ids=groups)


def subnets(kind: str, stack: str, name: str, *names: str) -> Change:
    return put(stack, kind, name, subnet_ids=[f"${{aws_subnet.{each}.id}}" for each in names])


def dual_stack(endpoint: str = "dualstack") -> Change:
    """Give the VPCs, the instances and the gateway both IP versions."""
    numbers = {"consumer": 1, "producer": 2}
    return changes(
        *(
            changes(
                put(stack, "aws_vpc", "main", ipv6_cidr_block=f"2001:db8:{number}::/56"),
                *(
                    put(
                        stack,
                        "aws_subnet",
                        name,
                        ipv6_cidr_block=f"2001:db8:{number}:{last}::/64",
                        assign_ipv6_address_on_creation=True,
                    )
                    for last, name in enumerate("ab")
                ),
            )
            for stack, number in numbers.items()
        ),
        put("consumer", "aws_vpc_endpoint", "web", ip_address_type=endpoint),
        put("producer", GATEWAY, "gateway", ip_address_type="DUALSTACK"),
    )


# A third subnet for clients, in which the endpoint has no address.
APART = put("consumer", "aws_subnet", "c", **subnet("10.1.2.0/24", "eu-west-1c"))
BY_RANGE = put(*ENDPOINT_IN, **cidr("10.1.0.0/16"))


def fleet(*names: str) -> Change:
    """Put an Auto Scaling group with the client's group into some subnets."""
    return changes(
        put("consumer", "aws_launch_template", "t", vpc_security_group_ids=["${aws_security_group.client.id}"]),
        put(
            "consumer",
            "aws_autoscaling_group",
            "fleet",
            vpc_zone_identifier=[f"${{aws_subnet.{each}.id}}" for each in names],
            launch_template={"id": "${aws_launch_template.t.id}"},
        ),
    )


ROWS: list[tuple[str, str, Change, dict[str, str]]] = [
    (
        "two clients of one group in different subnets, and an ACL on one: inside a subnet nothing filters",
        ACLS,
        changes(another("other", "b"), acl("consumer", "a", [REPLIES], [HTTPS])),
        {f"{BY_GROUP} (client)": REACHED, f"{BY_GROUP} (other)": IN_B},
    ),
    (
        "an ACL on one of the endpoint's subnets stops what is sent to the address there",
        ACLS,
        acl("consumer", "b", [], [REPLIES]),
        {BY_GROUP: "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"},
    ),
    (
        "an ACL on one of the gateway's subnets stops what comes through there",
        ACLS,
        acl("producer", "b", [ALL], []),
        {BY_GROUP: "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"},
    ),
    (
        "a gateway in one zone, and an endpoint in two: AWS doesn't say where the other address leads",
        GATEWAYS,
        subnets(GATEWAY, "producer", "gateway", "a"),
        {BY_GROUP: "reachable on TCP 443 at the address in eu-west-1a, unknown in eu-west-1b"},
    ),
    (
        "the target lets in half of the gateway's subnet in one zone and none of the other",
        GROUPS,
        put("producer", INGRESS, "target_in", **cidr("10.2.0.0/25")),
        {BY_GROUP: "by the endpoint's address, not in eu-west-1b, unknown in eu-west-1a"},
    ),
    (
        "an endpoint in one zone, and an ACL that stops only what comes from the gateway's other zone",
        GATEWAYS,
        changes(
            subnets("aws_vpc_endpoint", "consumer", "web", "a"),
            acl("producer", "a", [entry(90, "deny", 1, 65535, "10.2.1.0/24"), ALL], [ALL]),
        ),
        {BY_GROUP: "unknown for TCP 443"},
    ),
    (
        "clients of a group have both IP versions, as the endpoint does",
        ADDRESSES,
        dual_stack(),
        {BY_GROUP: REACHED, f"{BY_GROUP} over IPv6": REACHED},
    ),
    (
        "clients of a group are let out by a block, which is of one IP version",
        GROUPS,
        changes(dual_stack(), put(*CLIENT_OUT, **cidr("0.0.0.0/0"))),
        {BY_GROUP: REACHED, f"{BY_GROUP} over IPv6": f"blocked for TCP 443 at {OUT}"},
    ),
    (
        "clients of a group have both IP versions, and the endpoint IPv4 alone",
        ADDRESSES,
        dual_stack("ipv4"),
        {BY_GROUP: REACHED},
    ),
    (
        "clients of a group have both IP versions, and the endpoint IPv6 alone",
        ADDRESSES,
        dual_stack("ipv6"),
        {f"{BY_GROUP} over IPv6": REACHED},
    ),
    (
        "clients of a group have IPv4 alone, and the endpoint IPv6 alone",
        ADDRESSES,
        put("consumer", "aws_vpc_endpoint", "web", ip_address_type="ipv6"),
        {BY_GROUP: "blocked for TCP 443 at endpoint's address type"},
    ),
    (
        "an ACL of IPv4 rules alone denies IPv6",
        ACLS,
        changes(dual_stack(), APART, another("client", "c"), put("consumer", "aws_instance", "client",
                ipv6_address_count=1), put("consumer", "aws_subnet", "c", ipv6_cidr_block="2001:db8:1:2::/64"),
                acl("consumer", "c", [ALL], [ALL])),
        {BY_GROUP: REACHED, f"{BY_GROUP} over IPv6": f"blocked for TCP 443 at {ACL_CLIENT}"},
    ),
    (
        "of two clients in an IPv6 block one is let out by its group",
        GROUPS,
        changes(
            dual_stack(), another("other", "a", "endpoint"),
            put("consumer", INGRESS, "six", **rule("endpoint", 443, cidr_ipv6="2001:db8:1::/56")), drop(*ENDPOINT_IN),
        ),
        {
            "clients 2001:db8:1::/56 (client)": REACHED,
            "clients 2001:db8:1::/56 (other)": f"blocked for TCP 443 at {OUT}",
            "client": "blocked for TCP 443 at endpoint's group in",
        },
    ),
    (
        "of three clients in a block one is let out by its group",
        GROUPS,
        changes(another("other", "a", "endpoint"), another("third", "b", "endpoint"), BY_RANGE),
        {
            "clients 10.1.0.0/16 (client)": REACHED,
            "clients 10.1.0.0/16 (other, third)": f"blocked for TCP 443 at {OUT}",
        },
    ),
    (
        "both clients in a block are let out, by rules of their own",
        GROUPS,
        changes(
            another("other", "a", "endpoint"), BY_RANGE,
            put("consumer", EGRESS, "other_out", **rule("endpoint", 443, **by_group("endpoint"))),
        ),
        {"clients 10.1.0.0/16": REACHED},
    ),
    (
        "two clients in a block are let out on ports of their own",
        GROUPS,
        changes(
            another("other", "a", "endpoint"), put(*ENDPOINT_IN, **cidr("10.1.0.0/16"), from_port=1, to_port=65535),
            put("consumer", EGRESS, "other_out", **rule("endpoint", 80, **by_group("endpoint"))),
        ),
        {
            "clients 10.1.0.0/16 (client)": REACHED,
            "clients 10.1.0.0/16 (other)": f"blocked for TCP 443 at {OUT}",
        },
    ),
    (
        "of one client in a block it isn't known which rules its group has",
        GROUPS,
        changes(BY_RANGE, another("other", "b"), put("consumer", "aws_instance", "other",
                vpc_security_group_ids=["sg-0123456789abcdef0"])),
        {"clients 10.1.0.0/16 (client)": REACHED, "clients 10.1.0.0/16 (other)": "unknown for TCP 443"},
    ),
    (
        "a client of the group has another group too, which lets it out",
        GROUPS,
        changes(
            put(*CLIENT_OUT, security_group_id="${aws_security_group.extra.id}"),
            put("consumer", "aws_security_group", "extra", vpc_id="${aws_vpc.main.id}"),
            put("consumer", "aws_instance", "client", vpc_security_group_ids=[
                "${aws_security_group.client.id}", "${aws_security_group.extra.id}"]),
            drop("consumer", EGRESS, "client_out"),
            put("consumer", EGRESS, "extra_out", **rule("extra", 443, cidr_ipv4="10.1.0.0/16")),
        ),
        {BY_GROUP: REACHED},
    ),
    (
        "of two clients with one group, a block that is let in has one",
        GROUPS,
        changes(another("other", "b"), put(*ENDPOINT_IN, **cidr("10.1.0.0/24"))),
        {"clients 10.1.0.0/24": REACHED, "other": "blocked for TCP 443 at endpoint's group in"},
    ),
    (
        "a client with both IP versions, of which the endpoint's group lets in one",
        GROUPS,
        changes(dual_stack(), BY_RANGE),
        {"clients 10.1.0.0/16": REACHED, "client over IPv6": "blocked for TCP 443 at endpoint's group in"},
    ),
    (
        "clients of the VPC's IPv6 block, which only apply tells, at an endpoint with IPv4 alone",
        ADDRESSES,
        changes(
            dual_stack("ipv4"),
            put("consumer", "aws_vpc", "main", ipv6_cidr_block=None, assign_generated_ipv6_cidr_block=True),
            put(*ENDPOINT_IN, **NO_PEER, cidr_ipv6="${aws_vpc.main.ipv6_cidr_block}"), drop(*CLIENT_OUT),
        ),
        {"clients aws_vpc.main.ipv6_cidr_block": "blocked for TCP 443 at endpoint's address type"},
    ),
    (
        "all clients are let in, the only one is in the endpoint's own subnet, and the ACL there denies everything",
        ACLS,
        changes(put(*ENDPOINT_IN, **cidr("0.0.0.0/0")), acl("consumer", "a", [], []),
                subnets("aws_vpc_endpoint", "consumer", "web", "a")),
        {"clients 0.0.0.0/0": REACHED},
    ),
    (
        "all clients are let in, none was read, and the ACL denies what isn't in the endpoint's own subnet",
        ACLS,
        changes(put(*ENDPOINT_IN, **cidr("0.0.0.0/0")), acl("consumer", "a", [], []), drop(*CLIENT_OUT),
                subnets("aws_vpc_endpoint", "consumer", "web", "a"), drop("consumer", "aws_instance", "client")),
        {"clients 0.0.0.0/0": "unknown for TCP 443"},
    ),
    (
        "a block beside the endpoint's subnets is let in, none of its clients was read, and the ACL denies it",
        ACLS,
        changes(put(*ENDPOINT_IN, **cidr("10.1.8.0/24")), acl("consumer", "ab", [], []), drop(*CLIENT_OUT),
                drop("consumer", "aws_instance", "client")),
        {"clients 10.1.8.0/24": "blocked for TCP 443 at network ACLs of the endpoint's subnets"},
    ),
    (
        "a client in a subnet whose ACL lets nothing out, beside one in another",
        ACLS,
        changes(APART, another("other", "c"), acl("consumer", "c", [REPLIES], [])),
        {f"{BY_GROUP} (client)": REACHED, f"{BY_GROUP} (other)": f"blocked for TCP 443 at {ACL_CLIENT}"},
    ),
    (
        "a client in a subnet whose ACL lets everything pass fares as one in a subnet without",
        ACLS,
        changes(APART, another("other", "c"), acl("consumer", "c", [ALL], [ALL])),
        {BY_GROUP: REACHED},
    ),
    (
        "a fleet in two subnets, of which one has an ACL that lets nothing out",
        ACLS,
        changes(APART, fleet("a", "c"), acl("consumer", "c", [REPLIES], [])),
        {
            f"{BY_GROUP} (client, fleet in aws_subnet.a)": REACHED,
            f"{BY_GROUP} (fleet in aws_subnet.c)": f"blocked for TCP 443 at {ACL_CLIENT}",
        },
    ),
    (
        "a route of one client's subnet leads packets to the endpoint out of the VPC",
        TABLES,
        changes(APART, another("other", "c"),
                table("c", stack="consumer", cidr_block="10.1.0.0/23", transit_gateway_id="tgw-1")),
        {f"{BY_GROUP} (client)": REACHED, f"{BY_GROUP} (other)": "blocked for TCP 443 at route to the endpoint"},
    ),
    (
        "a route of one of the endpoint's subnets leads replies to one client through a firewall",
        TABLES,
        changes(APART, another("other", "c"),
                table("a", stack="consumer", cidr_block="10.1.2.0/24", vpc_endpoint_id="vpce-1")),
        {
            f"{BY_GROUP} (client)": REACHED,
            f"{BY_GROUP} (other)": "reachable on TCP 443 at the address in eu-west-1b, unknown in eu-west-1a",
        },
    ),
]  # fmt: skip


def verdict(path: TracedPath) -> str:
    """Return what is said of a path, and where it is blocked."""
    places = ", ".join(hop.place for hop in path.hops if hop.answer is Answer.FAIL)
    said = path_lines([path])[0].rpartition(": ")[2]
    return f"{said} at {places}" if path.answer is Answer.FAIL else said


def traced(folder: Path, change: Change) -> list[TracedPath]:
    stacks = right()
    change(stacks)
    return trace(write(folder, stacks))


@pytest.mark.parametrize(("sentence", "page", "change", "said"), ROWS, ids=[row[0] for row in ROWS])
def test_each_client_is_judged_as_its_packets_fare(
    tmp_path: Path, sentence: str, page: str, change: Change, said: dict[str, str]
) -> None:
    paths = traced(tmp_path, change)
    told = "\n".join(path_lines(paths, why=True))
    assert {path.who: verdict(path) for path in paths} == said, f"{sentence} ({page}):\n{told}"


def test_the_blocked_of_several_clients_are_named_in_every_report(tmp_path: Path) -> None:
    paths = traced(tmp_path, changes(another("other", "a", "endpoint"), BY_RANGE))
    _, line, _, fix = path_lines(paths)
    assert line.startswith("consumer: clients 10.1.0.0/16 (other) -> endpoint web -> gateway gateway -> web: blocked")
    assert fix.endswith("Or let in only the clients among clients 10.1.0.0/16, by their own security group.")
    assert [each["client"] for each in as_dicts(paths)] == [
        "clients 10.1.0.0/16 (client)",
        "clients 10.1.0.0/16 (other)",
    ]


def test_of_many_that_are_blocked_three_are_named(tmp_path: Path) -> None:
    more = changes(*(another(f"other-{number}", "a", "endpoint") for number in range(5)))
    _, path = traced(tmp_path, changes(more, BY_RANGE))
    assert path.apart == "other-0, other-1, other-2 and 2 more"


def test_clients_of_one_name_are_told_by_their_addresses(tmp_path: Path) -> None:
    tagged = changes(*(put("consumer", "aws_instance", each, tags={"Name": "web"}) for each in ("client", "other")))
    paths = traced(tmp_path, changes(another("other", "a", "endpoint"), BY_RANGE, tagged))
    assert [path.apart for path in paths] == ["aws_instance.client", "aws_instance.other"]


def target(expression: str) -> Change:
    """Let the target be an address of a network interface that only apply knows."""
    own = {"subnet_id": "${aws_subnet.a.id}", "security_groups": ["${aws_security_group.target.id}"]}
    return changes(
        dual_stack(),
        put("producer", "aws_network_interface", "i", ipv6_address_count=1, **own),
        put(
            "producer",
            CONFIGURATION,
            "web",
            resource_configuration_definition={"ip_resource": {"ip_address": f"${{{expression}}}"}},
        ),
    )


IPV4, IPV6 = "10.2.0.0/24", "2001:db8:2::/64"
EXPRESSIONS: list[tuple[str, str, str, Answer]] = [
    ("the one IPv6 address", "one(tolist(aws_network_interface.i.ipv6_addresses))", IPV6, Answer.PASS),
    ("the one IPv6 address of the set itself", "one(aws_network_interface.i.ipv6_addresses)", IPV6, Answer.PASS),
    ("the first of the list", "tolist(aws_network_interface.i.ipv6_addresses)[0]", IPV6, Answer.PASS),
    ("the first in order", "sort(aws_network_interface.i.private_ips)[0]", IPV4, Answer.PASS),
    ("an element", "element(tolist(aws_network_interface.i.private_ips), 0)", IPV4, Answer.PASS),
    ("an address of IPv6, and the gateway may send to IPv4", "one(aws_network_interface.i.ipv6_addresses)", IPV4,
     Answer.FAIL),
    ("an address of IPv4, and the gateway may send to IPv6", "one(aws_network_interface.i.private_ips)", IPV6,
     Answer.FAIL),
    ("one of two interfaces, by a condition", "var.x ? one(aws_network_interface.i.ipv6_addresses) : var.y", IPV6,
     Answer.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expression", "block", "answer"), EXPRESSIONS, ids=[e[0] for e in EXPRESSIONS])
def test_whose_address_a_function_chooses_is_known(
    tmp_path: Path, sentence: str, expression: str, block: str, answer: Answer
) -> None:
    allowed = put("producer", EGRESS, "gateway_out", **cidr(block))
    variables = {"x": {}, "y": {}}
    change = changes(target(expression), allowed, lambda stacks: stacks["producer"].update(variable=variables))
    path, *_ = traced(tmp_path, change)
    assert path.answer is answer, f"{sentence}:\n" + "\n".join(path_lines([path], why=True))
