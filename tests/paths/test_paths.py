"""Whether packets arrive: topologies as variations of a right one, with verdicts written by hand from AWS's pages."""

# ruff: noqa: E501 (a row of the table is a line)

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import trace
from latticelink.reports.paths import as_dicts, path_lines

import pytest

from tests.paths.topologies import (
    CLIENT_OUT,
    CONFIGURATION,
    EGRESS,
    ENDPOINT_IN,
    GATEWAY,
    GATEWAY_OUT,
    INGRESS,
    NO_PEER,
    READ,
    TARGET_IN,
    Change,
    Stacks,
    by_group,
    changes,
    cidr,
    drop,
    port,
    put,
    right,
    rule,
    section,
    subnet,
    write,
)

CLIENT, ENDPOINT, ASSOCIATION = "client's group out", "endpoint's group in", "association's group in"
NAME, PORTS, ZONES, SAME_VPC = "private DNS name", "resource configuration's ports", "zones", "endpoint's VPC"
OUT, IN, ROUTE = "gateway's group out", "target's group in", "route to the target"
ROUTE_BACK = "route back to the gateway"
ACL_CLIENT, ACL_ENDPOINT = "network ACLs of the clients' subnets", "network ACLs of the endpoint's subnets"
ACL_GATEWAY, ACL_TARGET = "network ACLs of the gateway's subnets", "network ACLs of the target's subnets"
PASS, FAIL, UNKNOWN = Answer.PASS, Answer.FAIL, Answer.UNKNOWN


def ids(*names: str) -> list[str]:
    return [f"${{aws_security_group.{name}.id}}" for name in names]


def zones(stack: str, argument: str, *names: str) -> Change:
    values = [{"availability_zone": None, argument: name} for name in names]
    return changes(*(put(stack, "aws_subnet", key, **value) for key, value in zip("ab", values, strict=True)))


def definition(**kind: Any) -> Change:
    return put("producer", CONFIGURATION, "web", resource_configuration_definition=kind)


def address(text: str) -> Change:
    return definition(ip_resource={"ip_address": text})


def acl(stack: str, names: str, ingress: list[Any], egress: list[Any]) -> Change:
    subnets = [f"${{aws_subnet.{name}.id}}" for name in names]
    return put(stack, "aws_network_acl", "acl", subnet_ids=subnets, ingress=ingress, egress=egress)


def entry(number: int, action: str, low: int, high: int, block: str = "0.0.0.0/0") -> dict[str, Any]:
    return {
        "rule_no": number, "action": action, "protocol": "tcp", "from_port": low, "to_port": high, "cidr_block": block,
    }  # fmt: skip


REPLIES = entry(100, "allow", 1024, 65535)
HTTPS = entry(100, "allow", 443, 443)


def database(**arguments: Any) -> Change:
    """Make the target an RDS database by its ARN, and the rules those for its port."""
    own = {"vpc_security_group_ids": ids("target"), "db_subnet_group_name": "${aws_db_subnet_group.db.name}"}
    body = {"engine": "postgres", **own, **arguments}
    return changes(
        put(
            "producer", "aws_db_subnet_group", "db", name="db", subnet_ids=["${aws_subnet.a.id}", "${aws_subnet.b.id}"]
        ),
        put("producer", "aws_db_instance", "db", **body),
        put("producer", CONFIGURATION, "web", type="ARN", port_ranges=None, protocol=None),
        definition(arn_resource={"arn": "${aws_db_instance.db.arn}"}),
        *(put(*each, **port(5432)) for each in (CLIENT_OUT, ENDPOINT_IN, GATEWAY_OUT, TARGET_IN)),
    )


def network(kind: str) -> Change:
    """Reach the resource through a service network, by an endpoint of type ServiceNetwork or by an association."""
    network_arn = "${aws_vpclattice_service_network.net.arn}"
    made = changes(
        put("producer", "aws_vpclattice_service_network", "net", name="net"),
        put(
            "producer",
            "aws_vpclattice_service_network_resource_association",
            "web",
            service_network_identifier="${aws_vpclattice_service_network.net.id}",
            resource_configuration_identifier=f"${{{CONFIGURATION}.web.id}}",
        ),
        section("producer", output={"arn": {"value": network_arn}}),
    )
    if kind == "endpoint":
        by = {"vpc_endpoint_type": "ServiceNetwork", "resource_configuration_arn": None}
        return changes(made, put("consumer", "aws_vpc_endpoint", "web", **by, service_network_arn=f"${{{READ}.arn}}"))
    return changes(
        made,
        drop("consumer", "aws_vpc_endpoint", "web"),
        put(
            "consumer",
            "aws_vpclattice_service_network_vpc_association",
            "net",
            service_network_identifier=f"${{{READ}.arn}}",
            vpc_identifier="${aws_vpc.main.id}",
            security_group_ids=ids("endpoint"),
        ),
        put(*CLIENT_OUT, **cidr("129.224.0.0/17")),
    )


def zone(vpc_id: str, **record: Any) -> Change:
    """Give the endpoint a name in a private zone of a VPC."""
    zone_id = "${aws_route53_zone.private.zone_id}"
    value = {"records": ["${aws_vpc_endpoint.web.dns_entry[0].dns_name}"], "name": "web.internal", "type": "CNAME"}
    return changes(
        put("consumer", "aws_route53_zone", "private", name="internal", vpc=[{"vpc_id": vpc_id}]),
        put("consumer", "aws_route53_record", "web", zone_id=zone_id, **value, **record),
    )


OTHER_VPC = put("consumer", "aws_vpc", "other", cidr_block="10.8.0.0/16", enable_dns_hostnames=True)


def one_vpc(stacks: Stacks) -> None:
    """Put the endpoint into the gateway's own VPC."""
    put("consumer", "aws_vpc_endpoint", "web", vpc_id=f"${{{READ}.vpc_id}}", subnet_ids=[f"${{{READ}.subnet_id}}"])(
        stacks
    )


def default_group(*, adopted: bool | None) -> Change:
    """Let client and endpoint name no group; None leaves the VPC's default group to AWS."""
    own = {"vpc_id": "${aws_vpc.main.id}"}
    both = [{"protocol": "-1", "from_port": 0, "to_port": 0, "self": True}]
    rules = {"ingress": both, "egress": both} if adopted else {}
    return changes(
        put("consumer", "aws_instance", "client", vpc_security_group_ids=None),
        put("consumer", "aws_vpc_endpoint", "web", security_group_ids=None),
        *([] if adopted is None else [put("consumer", "aws_default_security_group", "default", **own, **rules)]),
    )


def inline(number: int) -> Change:
    """Write the producer's rules inside the groups."""
    peer: dict[str, Any] = {"protocol": "tcp", **port(number)}
    return changes(
        drop(*GATEWAY_OUT),
        drop(*TARGET_IN),
        put("producer", "aws_security_group", "target", ingress=[{**peer, "cidr_blocks": ["10.2.0.0/23"]}]),
        put("producer", "aws_security_group", "gateway", egress={**peer, "security_groups": ids("target")}),
    )


def classic(kind: str) -> Change:
    """Write the target's rule as an aws_security_group_rule."""
    peer = {"protocol": "tcp", "source_security_group_id": ids("gateway")[0], "security_group_id": ids("target")[0]}
    return changes(drop(*TARGET_IN), put("producer", "aws_security_group_rule", "r", type=kind, **peer, **port(443)))


def prefix_list(*blocks: str) -> Change:
    entries = [{"cidr": block} for block in blocks]
    return changes(
        put("producer", "aws_ec2_managed_prefix_list", "l", name="l", entry=entries),
        put(*TARGET_IN, **NO_PEER, prefix_list_id="${aws_ec2_managed_prefix_list.l.id}"),
    )


def shared_group() -> Change:
    """Let gateway and target have one group, with rules for the group itself."""
    itself: dict[str, Any] = {"protocol": "tcp", **port(443), "self": True}
    return changes(
        drop(*GATEWAY_OUT),
        drop(*TARGET_IN),
        put("producer", GATEWAY, "gateway", security_group_ids=ids("other")),
        put("producer", "aws_instance", "web", vpc_security_group_ids=ids("other")),
        put("producer", "aws_security_group", "other", ingress=[itself], egress=[itself]),
    )


def data_group(name: str) -> Change:
    return section("producer", data={"aws_security_group": {name: {"name": name}}})


def outside(block: str = "10.9.0.5", **routes: Any) -> Change:
    """Let the target be an address that isn't in the gateway's VPC, with a route table for the gateway's subnets."""
    table = "${aws_route_table.t.id}"
    return changes(
        address(block),
        put(*GATEWAY_OUT, **cidr(f"{block}/32")),
        put("producer", "aws_route_table", "t", vpc_id="${aws_vpc.main.id}", **routes),
        *(
            put(
                "producer",
                "aws_route_table_association",
                each,
                subnet_id=f"${{aws_subnet.{each}.id}}",
                route_table_id=table,
            )
            for each in "ab"
        ),
    )


def interface(**arguments: Any) -> Change:
    """Let the target be a network interface."""
    body = {"subnet_id": "${aws_subnet.a.id}", "security_groups": ids("target"), **arguments}
    return changes(
        put("producer", "aws_network_interface", "i", **body), address("${aws_network_interface.i.private_ip}")
    )


def each_port(*ports: int) -> dict[str, Any]:
    listed = json.dumps([str(number) for number in ports])
    number = "${tonumber(each.value)}"
    return {"for_each": f"${{toset({listed})}}", "from_port": number, "to_port": number}


def six() -> Change:
    """Give endpoint and clients IPv6, and let the clients in by it."""
    return changes(
        put(*ENDPOINT_IN, **cidr("2001:db8::/56")),
        put("consumer", "aws_vpc_endpoint", "web", ip_address_type="dualstack"),
        drop("consumer", "aws_instance", "client"),
        drop(*CLIENT_OUT),
    )


# A sentence, the change, the verdict, and the hops that have it; for PASS the ports.
TABLE: list[tuple[str, Change | None, Answer, tuple[str, ...] | str]] = [
    ("nothing is wrong", None, PASS, "443"),
    # One rule is missing.
    ("the client's group has no way out", drop(*CLIENT_OUT), FAIL, (CLIENT,)),
    ("the endpoint's group lets nobody in", drop(*ENDPOINT_IN), FAIL, (ENDPOINT,)),
    ("the gateway's group has no way out", drop(*GATEWAY_OUT), FAIL, (OUT,)),
    ("the target's group lets nobody in", drop(*TARGET_IN), FAIL, (IN,)),
    ("two rules are missing", changes(drop(*ENDPOINT_IN), drop(*TARGET_IN)), FAIL, (ENDPOINT, IN)),
    ("three rules are missing", changes(drop(*CLIENT_OUT), drop(*GATEWAY_OUT), drop(*TARGET_IN)), FAIL, (CLIENT, OUT, IN)),
    # Ports.
    ("the client's port is off by one", put(*CLIENT_OUT, **port(444)), FAIL, (CLIENT,)),
    ("the endpoint's port is off by one", put(*ENDPOINT_IN, **port(442)), FAIL, (ENDPOINT,)),
    ("the gateway's port is off by one", put(*GATEWAY_OUT, **port(444)), FAIL, (OUT,)),
    ("the target's port is off by one", put(*TARGET_IN, **port(442)), FAIL, (IN,)),
    ("the shared port is off by one", put("producer", CONFIGURATION, "web", port_ranges=["444"]), FAIL, (PORTS,)),
    ("a range that ends one short", put(*TARGET_IN, from_port=1, to_port=442), FAIL, (IN,)),
    ("a range that just reaches", put(*TARGET_IN, from_port=443, to_port=65535), PASS, "443"),
    ("all ports are shared, and one is passed", put("producer", CONFIGURATION, "web", port_ranges=["1-65535"]), PASS, "443"),
    ("no range is shared that holds the port", put("producer", CONFIGURATION, "web", port_ranges=["1-442", "444-999"]), FAIL, (PORTS,)),
    ("two ports are shared and one is passed", put("producer", CONFIGURATION, "web", port_ranges=["80", "443"]), PASS, "443"),
    ("ports as text", put(*TARGET_IN, from_port="443", to_port="443"), PASS, "443"),
    # Protocols.
    ("all protocols", put(*TARGET_IN, ip_protocol="-1", from_port=None, to_port=None), PASS, "443"),
    ("TCP by its number", put(*TARGET_IN, ip_protocol="6"), PASS, "443"),
    ("UDP", put(*GATEWAY_OUT, ip_protocol="udp"), FAIL, (OUT,)),
    ("ICMP", put(*TARGET_IN, ip_protocol="icmp", from_port=-1, to_port=-1), FAIL, (IN,)),
    # Groups and directions.
    ("the target lets in itself", put(*TARGET_IN, **by_group("target")), FAIL, (IN,)),
    ("the gateway may send to another group", put(*GATEWAY_OUT, **by_group("other")), FAIL, (OUT,)),
    ("the gateway's rule is the target's", put(*GATEWAY_OUT, security_group_id=ids("target")[0]), FAIL, (OUT,)),
    ("the target's rule goes out", changes(drop(*TARGET_IN), put("producer", EGRESS, "x", **rule("target", 443, **by_group("gateway")))), FAIL, (IN,)),
    ("the gateway's rule comes in", changes(drop(*GATEWAY_OUT), put("producer", INGRESS, "x", **rule("gateway", 443, **by_group("target")))), FAIL, (OUT,)),
    ("the gateway lets clients in too, which is not needed", put("producer", INGRESS, "x", **rule("gateway", 443, cidr_ipv4="10.1.0.0/16")), PASS, "443"),
    ("any of the endpoint's groups is enough", put("consumer", "aws_vpc_endpoint", "web", security_group_ids=ids("client", "endpoint")), PASS, "443"),
    ("any of the target's groups is enough", put("producer", "aws_instance", "web", vpc_security_group_ids=ids("other", "target")), PASS, "443"),
    ("the target has another group", put("producer", "aws_instance", "web", vpc_security_group_ids=ids("other")), FAIL, (OUT, IN)),
    ("the gateway has another group", put("producer", GATEWAY, "gateway", security_group_ids=ids("other")), FAIL, (OUT, IN)),
    ("the gateway names no group", put("producer", GATEWAY, "gateway", security_group_ids=None), UNKNOWN, (OUT, IN)),
    ("gateway and target share a group that lets itself in and out", shared_group(), PASS, "443"),
    # Addresses.
    ("the target lets in the client's block", put(*TARGET_IN, **cidr("10.1.0.0/16")), FAIL, (IN,)),
    ("the target lets in the gateway's VPC", put(*TARGET_IN, **cidr("10.2.0.0/16")), PASS, "443"),
    ("the target lets in the gateway's subnets and no more", put(*TARGET_IN, **cidr("10.2.0.0/23")), PASS, "443"),
    ("the target lets in one of the gateway's subnets", put(*TARGET_IN, **cidr("10.2.0.0/24")), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"),
    ("the target lets in half of a subnet and all of another", changes(put(*TARGET_IN, **cidr("10.2.0.0/25")), put("producer", INGRESS, "x", **rule("target", 443, cidr_ipv4="10.2.1.0/24"))), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1b, unknown in eu-west-1a"),
    ("two rules cover a subnet together", changes(put(*TARGET_IN, **cidr("10.2.0.0/25")), put("producer", INGRESS, "x", **rule("target", 443, cidr_ipv4="10.2.0.128/25")), put("producer", INGRESS, "y", **rule("target", 443, cidr_ipv4="10.2.1.0/24"))), PASS, "443"),
    ("the target lets in the gateway's VPC by reference", put(*TARGET_IN, **cidr("${aws_vpc.main.cidr_block}")), PASS, "443"),
    ("both VPCs have the same addresses", changes(put("consumer", "aws_vpc", "main", cidr_block="10.2.0.0/16"), put("consumer", "aws_subnet", "a", cidr_block="10.2.0.0/24"), put("consumer", "aws_subnet", "b", cidr_block="10.2.1.0/24")), PASS, "443"),
    ("the gateway may send to the target's subnet", put(*GATEWAY_OUT, **cidr("10.2.0.0/24")), PASS, "443"),
    ("the gateway may send to half of the target's subnet", put(*GATEWAY_OUT, **cidr("10.2.0.0/25")), UNKNOWN, (OUT,)),
    ("the gateway may send to another subnet", put(*GATEWAY_OUT, **cidr("10.2.1.0/24")), FAIL, (OUT,)),
    ("the gateway may send to the target's address by reference", put(*GATEWAY_OUT, **cidr("${aws_instance.web.private_ip}/32")), PASS, "443"),
    ("the gateway may send to another instance's address", changes(put("producer", "aws_instance", "far", subnet_id="${aws_subnet.a.id}", vpc_security_group_ids=ids("other")), put(*GATEWAY_OUT, **cidr("${aws_instance.far.private_ip}/32"))), FAIL, (OUT,)),
    ("the gateway may send everywhere", put(*GATEWAY_OUT, **cidr("0.0.0.0/0")), PASS, "443"),
    ("the gateway may send everywhere by IPv6", put(*GATEWAY_OUT, **cidr("::/0")), FAIL, (OUT,)),
    ("a known address is named", changes(put("producer", "aws_instance", "web", private_ip="10.2.0.9"), put(*GATEWAY_OUT, **cidr("10.2.0.9/32"))), PASS, "443"),
    ("a known address is missed by one", changes(put("producer", "aws_instance", "web", private_ip="10.2.0.9"), put(*GATEWAY_OUT, **cidr("10.2.0.8/32"))), FAIL, (OUT,)),
    ("a block of two ends one before the address", changes(put("producer", "aws_instance", "web", private_ip="10.2.0.10"), put(*GATEWAY_OUT, **cidr("10.2.0.8/31"))), FAIL, (OUT,)),
    ("a literal address is found at its instance", changes(put("producer", "aws_instance", "web", private_ip="10.2.0.9"), address("10.2.0.9")), PASS, "443"),
    ("a literal address of nobody known", changes(address("10.2.0.9"), put(*GATEWAY_OUT, **cidr("10.2.0.9/32"))), UNKNOWN, (IN,)),
    ("a literal address that the gateway may not send to", changes(address("10.2.0.9"), put(*GATEWAY_OUT, **cidr("10.2.0.8/32"))), FAIL, (OUT,)),
    # Clients by address.
    ("clients by the VPC's block", put(*ENDPOINT_IN, **cidr("10.1.0.0/16")), PASS, "443"),
    ("clients by block, and no client in the configuration", changes(put(*ENDPOINT_IN, **cidr("10.1.0.0/16")), drop("consumer", "aws_instance", "client"), drop(*CLIENT_OUT)), PASS, "443"),
    ("clients by block, and the only one may not send", changes(put(*ENDPOINT_IN, **cidr("10.1.0.0/16")), drop(*CLIENT_OUT)), FAIL, (CLIENT,)),
    ("the client may send to the endpoint's subnets", put(*CLIENT_OUT, **cidr("10.1.0.0/23")), PASS, "443"),
    ("the client may send to half of one of them", put(*CLIENT_OUT, **cidr("10.1.0.0/25")), UNKNOWN, "by the endpoint's address, not in eu-west-1b, unknown in eu-west-1a"),
    # IPv6.
    ("clients by IPv6 at an endpoint with both", six(), PASS, "443"),
    ("clients by IPv6 at an endpoint without", changes(six(), put("consumer", "aws_vpc_endpoint", "web", ip_address_type="ipv4")), FAIL, ("endpoint's address type",)),
    ("clients by IPv6 where no subnet has a block", changes(six(), put("consumer", "aws_vpc_endpoint", "web", ip_address_type=None)), FAIL, ("endpoint's address type",)),
    ("an IPv6 target behind an IPv4 gateway", changes(put("producer", GATEWAY, "gateway", ip_address_type="IPV4"), put("producer", "aws_instance", "web", ipv6_addresses=["2001:db8::9"]), address("2001:db8::9")), FAIL, ("gateway's address type",)),
    ("an IPv6 target behind a gateway with both", changes(put("producer", GATEWAY, "gateway", ip_address_type="DUALSTACK"), put("producer", "aws_instance", "web", ipv6_addresses=["2001:db8::9"]), address("2001:db8::9")), PASS, "443"),
    # Zones and VPCs.
    ("other zones", zones("consumer", "availability_zone", "eu-west-1c", "eu-west-1d"), FAIL, (ZONES,)),
    ("one zone in common", zones("consumer", "availability_zone", "eu-west-1b", "eu-west-1c"), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1b, unknown in eu-west-1c"),
    ("the same zone ids", changes(zones("consumer", "availability_zone_id", "euw1-az1", "euw1-az2"), zones("producer", "availability_zone_id", "euw1-az2", "euw1-az3")), UNKNOWN, "reachable on TCP 443 at the address in euw1-az2, unknown in euw1-az1"),
    ("other zone ids", changes(zones("consumer", "availability_zone_id", "euw1-az1", "euw1-az2"), zones("producer", "availability_zone_id", "euw1-az3", "euw1-az4")), FAIL, (ZONES,)),
    ("names on one side and ids on the other", zones("consumer", "availability_zone_id", "euw1-az1", "euw1-az2"), UNKNOWN, (ZONES,)),
    ("zone names, and another account by RAM", put("producer", "aws_ram_resource_association", "r", resource_arn=f"${{{CONFIGURATION}.web.arn}}"), UNKNOWN, (ZONES,)),
    ("zone names, and another account by role", section("consumer", provider={"aws": {"assume_role": {"role_arn": "arn:aws:iam::1:role/x"}}}), UNKNOWN, (ZONES,)),
    ("an unknown subnet", put("producer", GATEWAY, "gateway", subnet_ids=["subnet-0123456789abcdef0"]), UNKNOWN, (ZONES,)),
    ("the endpoint is in the gateway's VPC", one_vpc, FAIL, (SAME_VPC,)),
    # How it is written.
    ("a group through locals", changes(section("producer", locals={"g": "${local.h}", "h": ids("target")[0]}), put(*TARGET_IN, security_group_id="${local.g}")), PASS, "443"),
    ("a port through a variable with a default", changes(section("producer", variable={"p": {"default": 443}}), put(*TARGET_IN, from_port="${var.p}", to_port="${var.p}")), PASS, "443"),
    ("a port through a variable without", changes(section("producer", variable={"p": {}}), put(*TARGET_IN, from_port="${var.p}", to_port="${var.p}")), UNKNOWN, (IN,)),
    ("the rule's group comes from a module", changes(section("producer", module={"m": {"source": "./m"}}), put(*TARGET_IN, security_group_id="${module.m.id}")), UNKNOWN, (IN,)),
    ("the rule's peer comes from a module", changes(section("producer", module={"m": {"source": "./m"}}), put(*TARGET_IN, referenced_security_group_id="${module.m.id}")), UNKNOWN, (IN,)),
    ("the target's groups come from a module", changes(section("producer", module={"m": {"source": "./m"}}), put("producer", "aws_instance", "web", vpc_security_group_ids=["${module.m.id}"])), UNKNOWN, (OUT, IN)),
    ("count is one", put(*TARGET_IN, count=1), PASS, "443"),
    ("count is none", put(*TARGET_IN, count=0), FAIL, (IN,)),
    ("count isn't known", changes(section("producer", variable={"n": {}}), put(*TARGET_IN, count="${var.n}")), UNKNOWN, (IN,)),
    ("for_each over ports", put(*TARGET_IN, **each_port(80, 443)), PASS, "443"),
    ("for_each over other ports", put(*TARGET_IN, **each_port(80, 8443)), FAIL, (IN,)),
    ("an endpoint of which it isn't known how many there are", changes(section("consumer", variable={"n": {}}), put("consumer", "aws_vpc_endpoint", "web", count="${var.n}")), UNKNOWN, ("endpoint",)),
    ("an endpoint of which the type isn't known", changes(section("consumer", variable={"t": {}}), put("consumer", "aws_vpc_endpoint", "web", vpc_endpoint_type="${var.t}")), UNKNOWN, ("endpoint",)),
    ("rules inside the groups", inline(443), PASS, "443"),
    ("rules inside the groups for another port", inline(444), FAIL, (OUT, IN)),
    ("a rule of the older kind", classic("ingress"), PASS, "443"),
    ("a rule of the older kind in the other direction", classic("egress"), FAIL, (IN,)),
    ("a literal id in the stack that makes the group", put(*TARGET_IN, referenced_security_group_id="sg-0123456789abcdef0"), FAIL, (IN,)),
    ("a group that a data source looks up", changes(data_group("g"), put(*TARGET_IN, referenced_security_group_id="${data.aws_security_group.g.id}")), UNKNOWN, (IN,)),
    ("the target has a group by id, and the gateway's rule names another", put("producer", "aws_instance", "web", vpc_security_group_ids=["sg-0123456789abcdef0"]), FAIL, (OUT,)),
    ("the target has a group by id, of which no rule is known", changes(put("producer", "aws_instance", "web", vpc_security_group_ids=["sg-0123456789abcdef0"]), put(*GATEWAY_OUT, referenced_security_group_id="sg-0123456789abcdef0")), UNKNOWN, (IN,)),
    ("target and rules name a group by the same id", changes(put("producer", "aws_instance", "web", vpc_security_group_ids=["sg-0123456789abcdef0"]), put(*GATEWAY_OUT, referenced_security_group_id="sg-0123456789abcdef0"), put(*TARGET_IN, security_group_id="sg-0123456789abcdef0")), PASS, "443"),
    ("the resource comes from elsewhere", put("consumer", "aws_vpc_endpoint", "web", resource_configuration_arn="arn:aws:vpc-lattice:eu-west-1:1:resourceconfiguration/rcfg-0"), UNKNOWN, (PORTS,)),
    # Prefix lists.
    ("a prefix list of the gateway's subnets", prefix_list("10.2.0.0/24", "10.2.1.0/24"), PASS, "443"),
    ("a prefix list of other subnets", prefix_list("10.2.2.0/24"), FAIL, (IN,)),
    ("a prefix list by id", put(*TARGET_IN, **NO_PEER, prefix_list_id="pl-0123456789abcdef0"), UNKNOWN, (IN,)),
    # The default group.
    ("client and endpoint are in the VPC's default group", default_group(adopted=None), PASS, "443"),
    ("the default group is adopted, with rules for itself", default_group(adopted=True), PASS, "443"),
    ("the default group is adopted, without rules", default_group(adopted=False), FAIL, (CLIENT, ENDPOINT)),
    # Network ACLs.
    ("an ACL at the target with both directions", acl("producer", "a", [entry(100, "allow", 443, 443, "10.2.1.0/24"), REPLIES], [REPLIES, entry(110, "allow", 443, 443)]), PASS, "443"),
    ("an ACL at the target without replies", acl("producer", "a", [HTTPS, entry(110, "allow", 1024, 65535)], [entry(100, "allow", 443, 443)]), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"),
    ("an ACL that denies first", acl("producer", "a", [entry(90, "deny", 1, 65535), entry(100, "allow", 1, 65535)], [entry(1, "allow", 1, 65535)]), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"),
    ("an ACL that denies later", acl("producer", "a", [entry(110, "deny", 1, 65535), entry(100, "allow", 1, 65535)], [entry(1, "allow", 1, 65535)]), PASS, "443"),
    ("an ACL that denies another range first", acl("producer", "a", [entry(90, "deny", 443, 443, "10.3.0.0/16"), entry(100, "allow", 1, 65535)], [entry(1, "allow", 1, 65535)]), PASS, "443"),
    ("an ACL without rules", acl("producer", "a", [], []), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"),
    ("an ACL for all protocols", acl("producer", "ab", [{**HTTPS, "protocol": "-1", "from_port": 0, "to_port": 0}], [{**HTTPS, "protocol": "-1", "from_port": 0, "to_port": 0}]), PASS, "443"),
    ("an ACL that lets some replies pass", acl("producer", "a", [entry(1, "allow", 1, 65535)], [entry(1, "allow", 443, 443), entry(2, "allow", 32768, 60999)]), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, unknown in eu-west-1b"),
    ("an ACL at the gateway that lets nothing out", acl("producer", "b", [entry(1, "allow", 1, 65535)], []), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"),
    ("an ACL at the endpoint that denies the port", acl("consumer", "b", [entry(90, "deny", 443, 443), entry(100, "allow", 1, 65535)], [REPLIES]), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"),
    ("an ACL at the client that lets no replies in", acl("consumer", "a", [HTTPS], [entry(100, "allow", 1, 65535)]), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"),
    ("an ACL rule of its own", changes(acl("producer", "a", [], [entry(1, "allow", 1, 65535)]), put("producer", "aws_network_acl_rule", "r", network_acl_id="${aws_network_acl.acl.id}", rule_number=1, egress=False, protocol="tcp", rule_action="allow", cidr_block="10.2.0.0/16", from_port=1, to_port=65535)), PASS, "443"),
    ("the VPC's default ACL, emptied", put("producer", "aws_default_network_acl", "d", default_network_acl_id="${aws_vpc.main.default_network_acl_id}"), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"),
    ("a rule that denies in AWS's default ACL", put("producer", "aws_network_acl_rule", "r", network_acl_id="${aws_vpc.main.default_network_acl_id}", rule_number=50, egress=False, protocol="-1", rule_action="deny", cidr_block="10.2.1.0/24"), UNKNOWN, "reachable on TCP 443 at the address in eu-west-1a, not in eu-west-1b"),
    ("a rule that denies later in AWS's default ACL", put("producer", "aws_network_acl_rule", "r", network_acl_id="${aws_vpc.main.default_network_acl_id}", rule_number=150, egress=False, protocol="-1", rule_action="deny", cidr_block="10.2.1.0/24"), PASS, "443"),
    ("an ACL of a subnet that isn't on the way", changes(put("producer", "aws_subnet", "c", **subnet("10.2.9.0/24", "eu-west-1c")), acl("producer", "c", [], [])), PASS, "443"),
    # Routes.
    ("a target outside the VPC without a route", outside(), FAIL, (ROUTE,)),
    ("a target outside the VPC with a route", outside(route=[{"cidr_block": "10.9.0.0/16", "transit_gateway_id": "tgw-1"}]), UNKNOWN, (IN,)),
    ("a route that misses by one address", outside("10.9.1.0", route=[{"cidr_block": "10.9.0.0/24", "transit_gateway_id": "tgw-1"}]), FAIL, (ROUTE,)),
    ("a default route to the internet", changes(outside(route=[{"cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.i.id}"}]), put("producer", "aws_internet_gateway", "i")), FAIL, (ROUTE,)),
    ("the target's VPC and the gateway's are looked up apart", changes(section("producer", data={"aws_vpc": {"x": {"tags": {"Name": "x"}}}}), put("producer", GATEWAY, "gateway", vpc_id="${data.aws_vpc.x.id}")), UNKNOWN, (ROUTE,)),
    ("a target in a VPC of its own, without a route", changes(put("producer", "aws_vpc", "far", cidr_block="10.6.0.0/16"), put("producer", "aws_subnet", "far", vpc_id="${aws_vpc.far.id}", cidr_block="10.6.0.0/24", availability_zone="eu-west-1a"), put("producer", "aws_instance", "web", subnet_id="${aws_subnet.far.id}")), FAIL, (ROUTE, ROUTE_BACK)),
    ("a route of its own", changes(outside(), put("producer", "aws_route", "r", route_table_id="${aws_route_table.t.id}", destination_cidr_block="10.9.0.0/16", vpc_peering_connection_id="pcx-1")), UNKNOWN, (IN,)),
    ("a second block of the VPC", changes(outside(), put("producer", "aws_vpc_ipv4_cidr_block_association", "s", vpc_id="${aws_vpc.main.id}", cidr_block="10.9.0.0/16")), UNKNOWN, (IN,)),
    # Other targets.
    ("a network interface", interface(), PASS, "443"),
    ("a network interface found by its address", changes(interface(private_ips=["10.2.0.7"]), address("10.2.0.7")), PASS, "443"),
    ("a network interface that gets its group later", changes(interface(security_groups=None), put("producer", "aws_network_interface_sg_attachment", "s", network_interface_id="${aws_network_interface.i.id}", security_group_id=ids("target")[0])), PASS, "443"),
    ("a network interface with another group", interface(security_groups=ids("other")), FAIL, (OUT, IN)),
    ("a database by its ARN, on its engine's port", database(), PASS, "5432"),
    ("a database on a port of its own", database(port=6000), FAIL, (PORTS,)),
    ("a database with another group", database(vpc_security_group_ids=ids("other")), FAIL, (OUT, IN)),
    ("a database of an unknown engine", changes(section("producer", variable={"e": {}}), database(engine="${var.e}")), UNKNOWN, (PORTS,)),
    ("a database by its name", changes(database(), put("producer", CONFIGURATION, "web", port_ranges=["5432"]), definition(dns_resource={"domain_name": "${aws_db_instance.db.address}", "ip_address_type": "IPV4"})), PASS, "5432"),
    ("a name of nobody known", definition(dns_resource={"domain_name": "web.example.com", "ip_address_type": "IPV4"}), UNKNOWN, (OUT, IN)),
    ("a name of nobody known, and the gateway may send everywhere", changes(put(*GATEWAY_OUT, **cidr("0.0.0.0/0")), definition(dns_resource={"domain_name": "web.example.com", "ip_address_type": "IPV4"})), UNKNOWN, (IN,)),
    # Service networks.
    ("a service network's endpoint", network("endpoint"), PASS, "443"),
    ("a service network without the resource", changes(network("endpoint"), drop("producer", "aws_vpclattice_service_network_resource_association", "web")), UNKNOWN, (PORTS,)),
    ("a service network's association with the VPC", network("association"), PASS, "443"),
    ("an association without groups", changes(network("association"), put("consumer", "aws_vpclattice_service_network_vpc_association", "net", security_group_ids=None)), PASS, "443"),
    ("an association whose group lets nobody in", changes(network("association"), drop(*ENDPOINT_IN)), FAIL, (ASSOCIATION,)),
    ("an association, and the client may send to a group only", changes(network("association"), put(*CLIENT_OUT, cidr_ipv4=None, **by_group("endpoint"))), UNKNOWN, (CLIENT,)),
    ("an association in other zones", changes(network("association"), zones("consumer", "availability_zone", "eu-west-1c", "eu-west-1d")), PASS, "443"),
    # Names.
    ("private DNS in a VPC with DNS names", put("consumer", "aws_vpc_endpoint", "web", private_dns_enabled=True), PASS, "443"),
    ("private DNS in a VPC without DNS names", changes(put("consumer", "aws_vpc_endpoint", "web", private_dns_enabled=True), put("consumer", "aws_vpc", "main", enable_dns_hostnames=None)), FAIL, (NAME,)),
    ("private DNS in a VPC without DNS support", changes(put("consumer", "aws_vpc_endpoint", "web", private_dns_enabled=True), put("consumer", "aws_vpc", "main", enable_dns_support=False)), FAIL, (NAME,)),
    ("no private DNS in a VPC without DNS names", put("consumer", "aws_vpc", "main", enable_dns_hostnames=False), PASS, "443"),
    ("a name in a zone of the clients' VPC", zone("${aws_vpc.main.id}"), PASS, "443"),
    ("a name in a zone of another VPC", changes(OTHER_VPC, zone("${aws_vpc.other.id}")), FAIL, (NAME,)),
    ("a name in a zone that is given to the clients' VPC too", changes(OTHER_VPC, zone("${aws_vpc.other.id}"), put("consumer", "aws_route53_zone_association", "z", zone_id="${aws_route53_zone.private.zone_id}", vpc_id="${aws_vpc.main.id}")), PASS, "443"),
    ("a name in a zone by id", changes(zone("${aws_vpc.main.id}"), put("consumer", "aws_route53_record", "web", zone_id="Z0123456789")), UNKNOWN, (NAME,)),
]  # fmt: skip


def traced(folder: Path, change: Change | None) -> list[TracedPath]:
    stacks = right()
    if change is not None:
        change(stacks)
    return trace(write(folder, stacks))


def places(path: TracedPath, answer: Answer) -> tuple[str, ...]:
    return tuple(hop.place for hop in path.hops if hop.answer is answer)


@pytest.mark.parametrize(("sentence", "change", "answer", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_a_path_is_judged(
    tmp_path: Path, sentence: str, change: Change | None, answer: Answer, expected: tuple[str, ...] | str
) -> None:
    path, *halves = traced(tmp_path, change)
    assert {half.client for half in halves} <= {"clients elsewhere"}
    told = "\n".join(path_lines([path]))
    assert path.answer is answer, f"{sentence}:\n{told}"
    if path.addresses:
        assert path.by_address == expected, told
    elif answer is PASS:
        assert str(path.ports) == expected, told
    else:
        assert places(path, answer) == expected, told
    assert all(hop.why for hop in path.hops), told
    assert all(bool(hop.fix) is (hop.answer in (FAIL, UNKNOWN)) for hop in path.hops), told


def verdicts(paths: list[TracedPath]) -> dict[str, tuple[Answer, tuple[str, ...]]]:
    return {path.client: (path.answer, places(path, FAIL) + places(path, UNKNOWN)) for path in paths}


def test_each_client_that_a_rule_names_has_a_path_of_its_own(tmp_path: Path) -> None:
    another = put("consumer", INGRESS, "more", **rule("endpoint", 443, cidr_ipv4="10.7.0.0/16"))
    assert verdicts(traced(tmp_path, changes(another, drop(*CLIENT_OUT)))) == {
        "clients 10.7.0.0/16": (PASS, ()),
        "clients in aws_security_group.client": (FAIL, (CLIENT,)),
    }


def test_a_group_with_a_rule_out_to_the_endpoint_is_a_client_that_nobody_lets_in(tmp_path: Path) -> None:
    paths = traced(tmp_path, put(*ENDPOINT_IN, **cidr("10.7.0.0/16")))
    assert verdicts(paths) == {"client": (FAIL, (ENDPOINT,)), "clients 10.7.0.0/16": (PASS, ())}


def test_a_client_beside_the_default_group_is_not_let_in_by_it(tmp_path: Path) -> None:
    default = "${aws_vpc.main.default_security_group_id}"
    outward = put(*CLIENT_OUT, referenced_security_group_id=default)
    paths = traced(tmp_path, changes(put("consumer", "aws_vpc_endpoint", "web", security_group_ids=None), outward))
    assert verdicts(paths) == {
        "client": (FAIL, (ENDPOINT,)),
        "clients in the default group of aws_vpc.main": (PASS, ()),
    }


def group_of_two() -> Change:
    """Share a group: the instance on 443, and another instance on 8443 that nobody lets the gateway in to."""
    group_id = f"${{{CONFIGURATION}.group.id}}"
    second = {"ip_resource": [{"ip_address": "${aws_instance.second.private_ip}"}]}
    child = {"type": "CHILD", "resource_configuration_group_id": group_id, "protocol": None}
    return changes(
        put(
            "producer",
            CONFIGURATION,
            "group",
            type="GROUP",
            protocol="TCP",
            resource_gateway_identifier=f"${{{GATEWAY}.gateway.id}}",
        ),
        put("producer", CONFIGURATION, "web", resource_gateway_identifier=None, **child),
        put(
            "producer", CONFIGURATION, "second", port_ranges=["443"], resource_configuration_definition=second, **child
        ),
        put("producer", "aws_instance", "second", subnet_id="${aws_subnet.b.id}", vpc_security_group_ids=ids("other")),
        section("producer", output={"arn": {"value": f"${{{CONFIGURATION}.group.arn}}"}}),
    )


def test_each_member_of_a_group_has_a_path_of_its_own(tmp_path: Path) -> None:
    paths = traced(tmp_path, group_of_two())
    assert [(path.resource, path.answer, places(path, FAIL)) for path in paths] == [
        ("web", PASS, ()),
        ("second", FAIL, (OUT, IN)),
    ]


def test_a_group_without_known_members_is_unknown(tmp_path: Path) -> None:
    (path,) = traced(tmp_path, changes(group_of_two(), drop("producer", CONFIGURATION, "web", "second")))
    assert (path.answer, places(path, UNKNOWN)) == (UNKNOWN, (PORTS,))


@pytest.mark.parametrize(
    ("change", "blocked"), [(changes(), ()), (drop(*TARGET_IN), (IN,)), (drop(*GATEWAY_OUT), (OUT,))]
)
def test_a_producer_without_its_consumers_is_traced_from_the_gateway_on(
    tmp_path: Path, change: Change, blocked: tuple[str, ...]
) -> None:
    (path,) = traced(tmp_path, changes(drop("consumer", "aws_vpc_endpoint", "web"), change))
    assert path_lines([path])[0].startswith("producer: clients elsewhere -> gateway gateway -> web: ")
    assert places(path, FAIL) == blocked
    assert path.answer is (FAIL if blocked else PASS)


def test_an_endpoint_of_another_type_is_no_way_in(tmp_path: Path) -> None:
    (path,) = traced(tmp_path, put("consumer", "aws_vpc_endpoint", "web", vpc_endpoint_type="Interface"))
    assert path.client == "clients elsewhere"


# What blocks, and the smallest change that opens it, with the values to write.
ARGUMENTS = 'ip_protocol = "tcp", from_port = 443, to_port = 443'
FIXES: list[tuple[str, Change, str, str]] = [
    (
        CLIENT,
        drop(*CLIENT_OUT),
        "no egress rule of aws_security_group.client lets TCP 443 out to endpoint web (its group "
        "aws_security_group.endpoint, 10.1.0.0/24, 10.1.1.0/24)",
        "Add aws_vpc_security_group_egress_rule with security_group_id = aws_security_group.client.id, "
        f"referenced_security_group_id = aws_security_group.endpoint.id, {ARGUMENTS}.",
    ),
    (
        OUT,
        put(*GATEWAY_OUT, description="To web", **port(444)),
        'aws_vpc_security_group_egress_rule.gateway_out ("To web") passes TCP 444 to aws_security_group.target',
        "Add aws_vpc_security_group_egress_rule with security_group_id = aws_security_group.gateway.id, ",
    ),
    (
        IN,
        put(*TARGET_IN, **cidr("10.1.0.0/16")),
        "aws_vpc_security_group_ingress_rule.target_in passes TCP 443 from 10.1.0.0/16",
        "Add aws_vpc_security_group_ingress_rule with security_group_id = aws_security_group.target.id, "
        f"referenced_security_group_id = aws_security_group.gateway.id, {ARGUMENTS}.",
    ),
    (
        IN,
        put(*TARGET_IN, **cidr("10.2.0.0/24")),
        "aws_vpc_security_group_ingress_rule.target_in passes TCP 443 from 10.2.0.0/24",
        "Add aws_vpc_security_group_ingress_rule with ",
    ),
    (
        PORTS,
        put("producer", CONFIGURATION, "web", port_ranges=["80"]),
        "aws_vpclattice_resource_configuration.web shares TCP 80, not 443",
        'Add "443" to port_ranges of aws_vpclattice_resource_configuration.web.',
    ),
    (
        ZONES,
        zones("consumer", "availability_zone", "eu-west-1c", "eu-west-1d"),
        "the endpoint is in eu-west-1c, eu-west-1d and the gateway in eu-west-1a, eu-west-1b",
        "Add a subnet in eu-west-1a to subnet_ids of aws_vpc_endpoint.web, or one in eu-west-1c to those of ",
    ),
    (
        ACL_TARGET,
        acl("producer", "a", [entry(1, "allow", 1, 65535)], []),
        "aws_network_acl.acl lets no replies pass to 10.2.1.0/24: network ACLs are stateless",
        "Add an egress rule to aws_network_acl.acl, of a lower number than those that deny: action allow, protocol "
        "tcp, cidr_block = 10.2.1.0/24, from_port = 1024, to_port = 65535.",
    ),
    (
        ACL_TARGET,
        acl("producer", "a", [], []),
        "aws_network_acl.acl denies TCP 443 from 10.2.1.0/24; aws_network_acl.acl lets no replies pass to 10.2.1.0/24",
        "cidr_block = 10.2.1.0/24, from_port = 443, to_port = 443. Add an egress rule to aws_network_acl.acl, ",
    ),
    (
        NAME,
        changes(
            put("consumer", "aws_vpc_endpoint", "web", private_dns_enabled=True),
            put("consumer", "aws_vpc", "main", enable_dns_hostnames=None),
        ),
        "enable_dns_hostnames of aws_vpc.main is left out, which is false",
        "Set enable_dns_hostnames = true in aws_vpc.main.",
    ),
    (
        ROUTE,
        outside(),
        "10.9.0.5/32 is outside aws_vpc.main, and aws_subnet.a has no route to it",
        "Add an aws_route to ",
    ),
]


@pytest.mark.parametrize(("place", "change", "why", "fix"), FIXES, ids=[f"{row[0]}: {row[2][:40]}" for row in FIXES])
def test_what_blocks_is_told_with_the_smallest_change(
    tmp_path: Path, place: str, change: Change, why: str, fix: str
) -> None:
    (path,) = traced(tmp_path, change)
    (hop,) = [hop for hop in path.hops if hop.place == place]
    assert why in hop.why
    assert fix in hop.fix


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("the client's rule", drop(*CLIENT_OUT)),
        ("the endpoint's rule", drop(*ENDPOINT_IN)),
        ("the gateway's rule", drop(*GATEWAY_OUT)),
        ("the target's rule", drop(*TARGET_IN)),
        ("all rules at once", changes(*(drop(*each) for each in (ENDPOINT_IN, CLIENT_OUT, GATEWAY_OUT, TARGET_IN)))),
    ],
)
def test_the_rules_that_are_told_open_the_path_in_one_go(tmp_path: Path, sentence: str, change: Change) -> None:
    stacks = right()
    change(stacks)
    (path,) = trace(write(tmp_path / "before", stacks))
    assert path.answer is FAIL
    for number, hop in enumerate(path.hops):
        if hop.answer is FAIL:
            add_what_is_told(stacks, hop.fix, f"told_{number}")
    assert {each.answer for each in trace(write(tmp_path / "after", stacks))} == {PASS}, sentence


def add_what_is_told(stacks: Stacks, fix: str, name: str) -> None:
    """Write the rule of a fix into the stack that has its group."""
    told = re.fullmatch(r"Add (aws_vpc_security_group_(?:in|e)gress_rule) with (.*)\.", fix)
    assert told, fix
    arguments = dict(pair.split(" = ") for pair in told[2].split(", "))
    body: dict[str, Any] = {key: value.strip('"') for key, value in arguments.items()}
    for key in ("security_group_id", "referenced_security_group_id"):
        if key in body:
            body[key] = f"${{{body[key]}}}"
    group = body["security_group_id"].split(".")[1]
    (stack,) = [each for each in stacks if group in stacks[each]["resource"]["aws_security_group"]]
    put(stack, told[1], name, **body)(stacks)


def test_one_line_a_path_and_below_it_what_blocks(tmp_path: Path) -> None:
    lines = path_lines(traced(tmp_path, changes(drop(*GATEWAY_OUT), put(*TARGET_IN, **port(444)))))
    assert lines[0] == (
        "consumer: clients in aws_security_group.client -> endpoint web -> gateway gateway -> web: blocked for TCP 443"
    )
    assert [line.partition(":")[0] for line in lines[1:]] == ["  blocked", "    fix", "  blocked", "    fix"]


def test_why_a_path_is_reachable_is_told_with_rule_and_description(tmp_path: Path) -> None:
    paths = traced(tmp_path, put(*TARGET_IN, description="From the gateway"))
    assert path_lines(paths) == [path_lines(paths, why=True)[0]]
    assert path_lines(paths, why=True)[-1] == (
        '  passes: target\'s group in: aws_vpc_security_group_ingress_rule.target_in ("From the gateway") for '
        "aws_security_group.gateway"
    )


def test_paths_are_plain_data_for_programs(tmp_path: Path) -> None:
    (path,) = json.loads(json.dumps(as_dicts(traced(tmp_path, drop(*TARGET_IN)))))
    assert (path["answer"], path["ports"], path["endpoint"]) == ("fail", ["443"], "consumer: aws_vpc_endpoint.web")
    assert path["hops"][-1]["place"] == IN
    assert path["hops"][-1]["block"] == "producer: aws_security_group.target"
