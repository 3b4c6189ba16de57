"""Random topologies: a right one, with changes of the kinds that people make, right or wrong."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.paths.topologies import CONFIGURATION, EGRESS, GATEWAY, INGRESS, Stacks, by_group, put, right, rule

Body = dict[str, Any]

PORTS = (1, 442, 443, 444, 8080, 65535)
RANGES = ((443, 443), (442, 443), (444, 8080), (1, 65535), (0, 65535), (8080, 8080), (1, 442))
# Ports of clients are tried from three ranges, of which each is wholly inside or outside of these.
REPLIES = ((1024, 65535), (1024, 65535), (0, 65535), (1024, 22999), (43000, 65535), (443, 443))
CIDRS = (
    "0.0.0.0/0", "10.1.0.0/16", "10.1.0.0/24", "10.1.1.0/24", "10.1.0.0/25", "10.2.0.0/16", "10.2.0.0/24",
    "10.2.1.0/24", "10.0.0.0/8", "192.168.0.0/16", "::/0",
)  # fmt: skip
GROUPS = {"consumer": ("client", "endpoint"), "producer": ("gateway", "target", "other")}
HOLDERS = {
    "consumer": (
        ("aws_instance", "client", "vpc_security_group_ids"),
        ("aws_vpc_endpoint", "web", "security_group_ids"),
    ),
    "producer": (("aws_instance", "web", "vpc_security_group_ids"), (GATEWAY, "gateway", "security_group_ids")),
}


def group_id(name: str) -> str:
    return f"${{aws_security_group.{name}.id}}"


def subnet_id(name: str) -> str:
    return f"${{aws_subnet.{name}.id}}"


def cidr_peer(block: str) -> Body:
    return {"cidr_ipv6" if ":" in block else "cidr_ipv4": block}


@st.composite
def peers(draw: st.DrawFn, stack: str) -> Body:
    if draw(st.booleans()):
        return by_group(draw(st.sampled_from(GROUPS[stack])))
    return cidr_peer(draw(st.sampled_from(CIDRS)))


@st.composite
def bodies(draw: st.DrawFn, stack: str) -> Body:
    """Draw a rule of a security group, most of them for TCP."""
    low, high = draw(st.sampled_from(RANGES))
    protocol = draw(st.sampled_from(("tcp", "tcp", "tcp", "tcp", "6", "-1", "udp", "icmp")))
    body = {**rule(draw(st.sampled_from(GROUPS[stack])), low, **draw(peers(stack))), "ip_protocol": protocol}
    body["to_port"] = high
    if protocol == "-1":
        del body["from_port"], body["to_port"]
    if protocol == "icmp":
        body["from_port"] = body["to_port"] = -1
    return body


def entry(number: int, action: str, protocol: str, block: str, ports: tuple[int, int]) -> Body:
    low, high = (0, 0) if protocol == "-1" else ports
    peer = {"ipv6_cidr_block" if ":" in block else "cidr_block": block}
    return {"rule_no": number, "action": action, "protocol": protocol, "from_port": low, "to_port": high, **peer}


@st.composite
def acl_rules(draw: st.DrawFn) -> dict[str, list[Body]]:
    """Draw the entries of a network ACL that lets requests and replies pass, but for what is changed at it."""
    found = {
        direction: [
            entry(100, "allow", "tcp", "0.0.0.0/0", (443, 443)),
            entry(110, "allow", "tcp", "0.0.0.0/0", (1024, 65535)),
        ]
        for direction in ("ingress", "egress")
    }
    for _ in range(draw(st.integers(0, 3))):
        entries = found[draw(st.sampled_from(("ingress", "egress")))]
        what = draw(
            st.sampled_from(
                (
                    "remove",
                    "remove",
                    "requests",
                    "replies",
                    "block",
                    "protocol",
                    "deny",
                    "deny",
                    "deny",
                    "deny",
                    "allow",
                )
            )
        )
        if what == "remove" and entries:
            del entries[draw(st.integers(0, len(entries) - 1))]
        elif what in ("deny", "allow"):
            number = draw(st.sampled_from((50, 60, 70, 105, 150)))
            if number not in [each["rule_no"] for each in entries]:
                protocol = draw(st.sampled_from(("tcp", "tcp", "tcp", "-1", "udp")))
                block = draw(st.sampled_from(("0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/8", *CIDRS[:8])))
                ports = draw(st.one_of(st.just((443, 443)), st.sampled_from(RANGES)))
                entries.append(entry(number, what, protocol, block, ports))
        elif entries and what == "block":
            changed = draw(st.sampled_from(entries))
            entries[entries.index(changed)] = entry(
                changed["rule_no"], changed["action"], changed["protocol"], draw(st.sampled_from(CIDRS)),
                (changed["from_port"], changed["to_port"]),
            )  # fmt: skip
        elif entries and what == "protocol":
            draw(st.sampled_from(entries))["protocol"] = draw(st.sampled_from(("udp", "6")))
        elif entries:
            ports = draw(st.sampled_from(REPLIES if what == "replies" else RANGES))
            changed = entries[-1 if what == "replies" else 0]
            changed["from_port"], changed["to_port"] = (0, 0) if changed["protocol"] == "-1" else ports
    return found


def _rules(stacks: Stacks, stack: str) -> list[tuple[str, str]]:
    return [(kind, name) for kind in (INGRESS, EGRESS) for name in sorted(stacks[stack]["resource"].get(kind, {}))]


def _remove_rule(draw: st.DrawFn, stacks: Stacks, stack: str) -> None:
    if there := _rules(stacks, stack):
        kind, name = draw(st.sampled_from(there))
        del stacks[stack]["resource"][kind][name]


def _add_rule(draw: st.DrawFn, stacks: Stacks, stack: str) -> None:
    kind = draw(st.sampled_from((INGRESS, EGRESS)))
    number = len(stacks[stack]["resource"].get(kind, {}))
    put(stack, kind, f"more_{number}", **draw(bodies(stack)))(stacks)


def _change_rule(draw: st.DrawFn, stacks: Stacks, stack: str) -> None:
    """Change one thing of a rule: its ports, its protocol, its peer, or the direction."""
    if not (there := _rules(stacks, stack)):
        return
    kind, name = draw(st.sampled_from(there))
    body = stacks[stack]["resource"][kind][name]
    what = draw(st.sampled_from(("ports", "ports", "protocol", "protocol", "peer", "peer", "direction")))
    if what == "ports" and "from_port" in body:
        body["from_port"], body["to_port"] = draw(st.sampled_from(RANGES))
    elif what == "protocol":
        body["ip_protocol"] = protocol = draw(st.sampled_from(("6", "udp", "-1", "icmp")))
        if protocol == "-1":
            body.pop("from_port", None), body.pop("to_port", None)
        elif "from_port" not in body or protocol == "icmp":
            body["from_port"] = body["to_port"] = -1 if protocol == "icmp" else 443
    elif what == "peer":
        for argument in ("cidr_ipv4", "cidr_ipv6", "referenced_security_group_id"):
            body.pop(argument, None)
        body.update(draw(peers(stack)))
    elif what == "direction":
        del stacks[stack]["resource"][kind][name]
        put(stack, EGRESS if kind == INGRESS else INGRESS, f"{name}_turned", **body)(stacks)


def _old_form(draw: st.DrawFn, stacks: Stacks, stack: str) -> None:
    """Write a rule in the provider's older form, or inside its group."""
    there = _rules(stacks, stack)
    if not there:
        return
    kind, name = draw(st.sampled_from(there))
    body = stacks[stack]["resource"][kind].pop(name)
    direction = "ingress" if kind == INGRESS else "egress"
    ports = {"protocol": body["ip_protocol"], "from_port": body.get("from_port", 0), "to_port": body.get("to_port", 0)}
    ranges = {
        plural: [body[one]]
        for one, plural in (("cidr_ipv4", "cidr_blocks"), ("cidr_ipv6", "ipv6_cidr_blocks"))
        if one in body
    }
    peer = body.get("referenced_security_group_id")
    own = peer is None or peer == body["security_group_id"]  # groups that name each other inside are a loop
    if not own or draw(st.booleans()):
        of = {"source_security_group_id": peer} if peer else {}
        more = {"type": direction, "security_group_id": body["security_group_id"], **ports, **ranges, **of}
        put(stack, "aws_security_group_rule", name, **more)(stacks)
    else:
        [group] = [each for each in GROUPS[stack] if group_id(each) == body["security_group_id"]]
        of = {"self": True} if peer else {}
        stacks[stack]["resource"]["aws_security_group"][group].setdefault(direction, []).append(
            {**ports, **ranges, **of}
        )


def _other_groups(draw: st.DrawFn, stacks: Stacks, stack: str) -> None:
    """Put an interface into other groups, into two, or into the VPC's default one."""
    kind, name, argument = draw(st.sampled_from(HOLDERS[stack]))
    chosen = draw(
        st.lists(st.sampled_from(GROUPS[stack]), min_size=0 if kind != GATEWAY else 1, max_size=2, unique=True)
    )
    put(stack, kind, name, **{argument: [group_id(each) for each in chosen] or None})(stacks)


def _default_groups(_: st.DrawFn, stacks: Stacks, __: str) -> None:
    """Leave client and endpoint to their VPC's default group, which lets its members reach each other."""
    for kind, name, argument in HOLDERS["consumer"]:
        put("consumer", kind, name, **{argument: None})(stacks)


def _shared_ports(draw: st.DrawFn, stacks: Stacks, _: str) -> None:
    ports = draw(
        st.sampled_from((["443"], ["1-65535"], ["8080"], ["1-442", "444-65535"], ["442-444"], ["443", "8080"]))
    )
    put("producer", CONFIGURATION, "web", port_ranges=ports)(stacks)


def _zones(draw: st.DrawFn, stacks: Stacks, _: str) -> None:
    """Leave out a zone, at the endpoint, at the gateway, or at both."""
    for stack, kind, name in (("consumer", "aws_vpc_endpoint", "web"), ("producer", GATEWAY, "gateway")):
        zones = draw(st.sampled_from(("a", "b", "ab")))
        put(stack, kind, name, subnet_ids=list(map(subnet_id, zones)))(stacks)


def _place(draw: st.DrawFn, stacks: Stacks, stack: str) -> None:
    name = "client" if stack == "consumer" else "web"
    put(stack, "aws_instance", name, subnet_id=subnet_id(draw(st.sampled_from("ab"))))(stacks)


def _acl(draw: st.DrawFn, stacks: Stacks, stack: str) -> None:
    """Give one subnet or both a network ACL of their own, where clients or targets may be in another than that."""
    if draw(st.integers(0, 3)):
        kind, name = ("aws_vpc_endpoint", "web") if stack == "consumer" else (GATEWAY, "gateway")
        put(stack, kind, name, subnet_ids=[subnet_id("b")])(stacks)
        other, its = (GATEWAY, "gateway") if stack == "consumer" else ("aws_vpc_endpoint", "web")
        put("producer" if stack == "consumer" else "consumer", other, its, subnet_ids=[subnet_id("b")])(stacks)
    subnets = draw(st.sampled_from((["a"], ["b"], ["a", "b"], ["a", "b"])))
    acls = stacks[stack]["resource"].setdefault("aws_network_acl", {})
    taken = {each for body in acls.values() for each in body["subnet_ids"]}
    free = [subnet_id(each) for each in subnets if subnet_id(each) not in taken]
    if free:
        acls[f"acl_{len(acls)}"] = {
            "vpc_id": "${aws_vpc.main.id}",
            "subnet_ids": free,
            **draw(acl_rules()),
        }


def _another_client(draw: st.DrawFn, stacks: Stacks, _: str) -> None:
    groups = draw(st.lists(st.sampled_from(GROUPS["consumer"]), min_size=1, max_size=2, unique=True))
    put(
        "consumer",
        "aws_instance",
        "other",
        subnet_id=subnet_id(draw(st.sampled_from("ab"))),
        vpc_security_group_ids=[group_id(each) for each in groups],
    )(stacks)


def _another_target(draw: st.DrawFn, stacks: Stacks, _: str) -> None:
    """Share a second instance through the same gateway, with an endpoint of its own in the endpoint's group."""
    groups = draw(st.lists(st.sampled_from(GROUPS["producer"]), min_size=1, max_size=2, unique=True))
    instance = {
        "subnet_id": subnet_id(draw(st.sampled_from("ab"))),
        "vpc_security_group_ids": list(map(group_id, groups)),
    }
    put("producer", "aws_instance", "second", **instance)(stacks)
    first = stacks["producer"]["resource"][CONFIGURATION]["web"]
    second = {**first, "port_ranges": [draw(st.sampled_from(("443", "1-65535")))]}
    second["resource_configuration_definition"] = {"ip_resource": {"ip_address": "${aws_instance.second.private_ip}"}}
    put("producer", CONFIGURATION, "second", **second)(stacks)
    stacks["producer"]["output"]["second"] = {"value": f"${{{CONFIGURATION}.second.arn}}"}
    endpoint = stacks["consumer"]["resource"]["aws_vpc_endpoint"]["web"]
    arn = "${data.terraform_remote_state.producer.outputs.second}"
    put("consumer", "aws_vpc_endpoint", "second", **{**endpoint, "resource_configuration_arn": arn})(stacks)


def _same_addresses(_: st.DrawFn, stacks: Stacks, __: str) -> None:
    """Give the producer the consumer's addresses."""
    text = (
        json.dumps(stacks["producer"]["resource"]["aws_vpc"])
        + "\n"
        + json.dumps(stacks["producer"]["resource"]["aws_subnet"])
    )
    vpcs, subnets = text.replace("10.2.", "10.1.").splitlines()
    stacks["producer"]["resource"]["aws_vpc"] = json.loads(vpcs)
    stacks["producer"]["resource"]["aws_subnet"] = json.loads(subnets)


def _dual_stack(draw: st.DrawFn, stacks: Stacks, _: str) -> None:
    """Give both VPCs IPv6 addresses, and the endpoint, the gateway or both."""
    for number, (stack, instance) in enumerate((("consumer", "client"), ("producer", "web")), 1):
        put(stack, "aws_vpc", "main", ipv6_cidr_block=f"2001:db8:{number}::/56")(stacks)
        for last, subnet in enumerate("ab"):
            block = {"ipv6_cidr_block": f"2001:db8:{number}:{last}::/64", "assign_ipv6_address_on_creation": True}
            put(stack, "aws_subnet", subnet, **block)(stacks)
        put(stack, "aws_instance", instance, ipv6_address_count=1)(stacks)
    put(
        "consumer", "aws_vpc_endpoint", "web", ip_address_type=draw(st.sampled_from(("dualstack", "dualstack", "ipv4")))
    )(stacks)
    put("producer", GATEWAY, "gateway", ip_address_type=draw(st.sampled_from(("DUALSTACK", "IPV4"))))(stacks)
    for kind, group, stack in ((INGRESS, "endpoint", "consumer"), (EGRESS, "client", "consumer")):
        if draw(st.integers(0, 3)):
            block = draw(st.sampled_from(("2001:db8:1::/56", "2001:db8:1::/64", "::/0", "2001:db8:2::/56")))
            put(stack, kind, f"six_{group}", **rule(group, 443, cidr_ipv6=block))(stacks)


CHANGES = (
    _change_rule, _change_rule, _change_rule, _change_rule, _change_rule, _add_rule, _remove_rule, _old_form,
    _default_groups, _other_groups, _other_groups, _shared_ports, _shared_ports, _zones, _zones, _place,
    _acl, _acl, _acl, _acl, _acl, _acl, _acl, _acl,
    _another_client, _another_client, _another_client, _another_target, _same_addresses, _dual_stack, _dual_stack,
)  # fmt: skip


@st.composite
def topologies(draw: st.DrawFn) -> Stacks:
    """Draw the right topology with up to four changes."""
    stacks = right()
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3)):
        change(draw, stacks, draw(st.sampled_from(("consumer", "producer"))))
    return stacks
