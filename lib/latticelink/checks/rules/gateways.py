"""Resource gateways: subnets, security groups, address type, DNS mode, and what can be shared through them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity
from latticelink.checks.rules import pages
from latticelink.checks.rules.network_parts import (
    groups_named,
    ipv4_network_of,
    is_ipv6_only,
    judge_addresses,
    judge_has_subnet,
    judge_home,
    judge_number_of_groups,
    parts_question,
    subnets_of,
    zone_of,
)
from latticelink.checks.rules.reading import each, example, not_known, open_question, read, verdict
from latticelink.checks.rules.targets import gateway_of
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Unknown
from latticelink.values.addresses import RESERVED_IN_SUBNET
from latticelink.values.aws_ids import MOST_GROUPS
from latticelink.values.gateway_type import MOST_ADDRESSES
from latticelink.values.provider_arguments import DEFAULT_ADDRESSES
from latticelink.values.types import CONFIGURATION, DEFINITION, GATEWAY, SECURITY_GROUP, SUBNET


def _has_subnet(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(GATEWAY):
        yield from judge_has_subnet(block)


def _number_of_groups(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(GATEWAY):
        yield from judge_number_of_groups(block)


def _names_groups(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(GATEWAY):
        yield groups_named(block)


def _home(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(GATEWAY):
        yield from judge_home(block, [("subnet_ids", SUBNET), ("security_group_ids", SECURITY_GROUP)])


def _subnets_fit(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(GATEWAY):
        kind = read(block, "ip_address_type")
        if kind is ABSENT or (question := open_question(kind)):
            if kind is not ABSENT and question:
                yield not_known(block, question, "ip_address_type")
            continue
        yield from judge_addresses(block, str(kind), ipv6_alone=True)


def _in_vpc_needs_ipv4(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(GATEWAY):
        mode = read(block, "resource_config_dns_resolution")
        if mode is ABSENT:
            continue
        if why := open_question(mode):
            yield not_known(block, why, "resource_config_dns_resolution")
        else:
            yield from _judge_in_vpc(block, in_vpc=mode == "IN_VPC")


def _judge_in_vpc(block: Block, *, in_vpc: bool) -> Iterator[Judgement]:
    subnets = subnets_of(block)
    only = [subnet.full_address for subnet in subnets if is_ipv6_only(subnet)]
    doubt = parts_question(block, "subnet_ids", SUBNET, "cidr_block") or next(
        (open_question(read(subnet, "ipv6_native")) for subnet in subnets if is_ipv6_only(subnet) is None), None
    )
    if in_vpc and only:
        yield verdict(block, f"{only[0]} has IPv6 only.")
    elif in_vpc and doubt:
        yield not_known(block, doubt, "subnet_ids")
    else:
        yield verdict(block, None)


def _no_database_in_vpc(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(CONFIGURATION):
        gateway = gateway_of(block)
        if gateway is None or read(block, f"{DEFINITION}.arn_resource") is ABSENT:
            continue
        mode = read(gateway, "resource_config_dns_resolution")
        if why := open_question(mode):
            yield not_known(block, why, f"resource_config_dns_resolution of {gateway.address}")
        else:
            yield verdict(block, f"{gateway.full_address} is IN_VPC." if mode == "IN_VPC" else None)


def _room(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(GATEWAY):
        wanted = read(block, "ipv4_addresses_per_eni")
        if why := open_question(wanted):
            yield not_known(block, why, "ipv4_addresses_per_eni")
            continue
        if why := parts_question(block, "subnet_ids", SUBNET, "cidr_block"):
            yield not_known(block, why, "subnet_ids")
        wanted = DEFAULT_ADDRESSES if wanted is ABSENT else wanted
        if not isinstance(wanted, int):
            continue
        for subnet in subnets_of(block):
            network = ipv4_network_of(subnet)
            if isinstance(network, Unknown):
                yield not_known(block, network, f"cidr_block of {subnet.address}")
            elif network is not None:
                size = network.num_addresses - RESERVED_IN_SUBNET
                problem = f"It takes {wanted} IPv4 addresses in {subnet.full_address}, which has {size} at most."
                yield verdict(block, problem if size < wanted else None)


def _zones(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(GATEWAY):
        zones = {zone_of(subnet) for subnet in subnets_of(block)}
        if why := parts_question(block, "subnet_ids", SUBNET):
            yield not_known(block, why, "subnet_ids")
        elif "" in zones:
            yield not_known(block, Unknown("the zone of a subnet isn't written"), "subnet_ids")
        elif zones:
            yield verdict(block, f"It is in one zone, {next(iter(zones))}." if len(zones) == 1 else None)


def _per_interface(value: Any) -> str | None:
    number = int(value) if str(value).isdigit() else 0
    return None if 1 <= number <= MOST_ADDRESSES else f"`ipv4_addresses_per_eni` is {value!r}."


def _gateway(*more: tuple[str, str, dict[str, Any]], **body: Any) -> str:
    return example((GATEWAY, "g", {"name": "gateway", "vpc_id": "vpc-12345678", **body}), *more)


def _subnet(name: str, **body: Any) -> tuple[str, str, dict[str, Any]]:
    return SUBNET, name, {"vpc_id": "vpc-12345678", "cidr_block": "10.0.0.0/24", **body}


_IDS = [f"sg-1234567{number}" for number in range(MOST_GROUPS + 1)]
_A, _B = "${aws_subnet.a.id}", "${aws_subnet.b.id}"
_DATABASE = {
    "type": "ARN",
    "resource_gateway_identifier": f"${{{GATEWAY}.g.id}}",
    DEFINITION: {"arn_resource": {"arn": "${aws_db_instance.db.arn}"}},
}

CHECKS = (
    Check(
        id="LL401",
        severity=Severity.ERROR,
        title="A resource gateway has a subnet",
        why="Its network interfaces are in its subnets. The provider accepts an empty list, and AWS refuses it.",
        source=pages.GATEWAY,
        fix="Add a subnet for each zone that clients are in.",
        passing=_gateway(subnet_ids=["subnet-12345678"]),
        failing=_gateway(subnet_ids=[]),
        judge=_has_subnet,
    ),
    Check(
        id="LL402",
        severity=Severity.ERROR,
        title=f"A resource gateway has at most {MOST_GROUPS} security groups",
        why="AWS accepts no more. The provider accepts any number.",
        source=pages.CREATE_GATEWAY,
        fix="Combine the rules into fewer groups.",
        passing=_gateway(security_group_ids=_IDS[:MOST_GROUPS]),
        failing=_gateway(security_group_ids=_IDS),
        judge=_number_of_groups,
    ),
    Check(
        id="LL403",
        severity=Severity.WARNING,
        title="A resource gateway names its security groups",
        why="If the argument is missing, the provider leaves the gateway with the groups that it has: removing "
        "groups from the configuration changes nothing.",
        source=pages.TF_GATEWAY,
        fix="Give it a group that allows traffic out to the target.",
        passing=_gateway(security_group_ids=["sg-12345678"]),
        failing=_gateway(security_group_ids=[]),
        judge=_names_groups,
    ),
    Check(
        id="LL404",
        severity=Severity.ERROR,
        title="A resource gateway's subnets and security groups are in its VPC",
        why="AWS refuses those of another VPC.",
        source=pages.CREATE_GATEWAY,
        fix="Use subnets and groups of the gateway's VPC.",
        passing=_gateway(_subnet("a"), subnet_ids=[_A]),
        failing=_gateway(_subnet("a", vpc_id="vpc-87654321"), subnet_ids=[_A]),
        judge=_home,
    ),
    Check(
        id="LL406",
        severity=Severity.ERROR,
        title="A resource gateway's subnets have the kind of addresses that its address type requires",
        why=(
            "IPV4 requires IPv4 in all its subnets, IPV6 requires subnets with IPv6 only, and DUALSTACK requires "
            "both in all."
        ),
        source=pages.GATEWAY,
        fix="Use other subnets, or another address type.",
        passing=_gateway(_subnet("a"), subnet_ids=[_A], ip_address_type="IPV4"),
        failing=_gateway(_subnet("a"), subnet_ids=[_A], ip_address_type="DUALSTACK"),
        judge=_subnets_fit,
    ),
    Check(
        id="LL407",
        severity=Severity.ERROR,
        title=f"A resource gateway uses 1 to {MOST_ADDRESSES} IPv4 addresses for each network interface",
        why="AWS accepts no other number, and it can't be changed later.",
        source=pages.CREATE_GATEWAY,
        fix=f"Write a number from 1 to {MOST_ADDRESSES}, or leave it out for {DEFAULT_ADDRESSES}.",
        passing=_gateway(ipv4_addresses_per_eni=DEFAULT_ADDRESSES),
        failing=_gateway(ipv4_addresses_per_eni=MOST_ADDRESSES + 2),
        judge=each(GATEWAY, "ipv4_addresses_per_eni", _per_interface),
    ),
    Check(
        id="LL408",
        severity=Severity.ERROR,
        title="A gateway that resolves names in its VPC has subnets with IPv4",
        why="IN_VPC can't be used with subnets that have IPv6 only.",
        source=pages.GATEWAY,
        fix="Use subnets with IPv4.",
        passing=_gateway(_subnet("a"), subnet_ids=[_A], resource_config_dns_resolution="IN_VPC"),
        failing=_gateway(
            _subnet("a", ipv6_native=True, ipv6_cidr_block="2001:db8::/64", cidr_block=None),
            subnet_ids=[_A],
            resource_config_dns_resolution="IN_VPC",
        ),
        judge=_in_vpc_needs_ipv4,
    ),
    Check(
        id="LL409",
        severity=Severity.ERROR,
        title="A database by ARN is not shared through a gateway that resolves names in its VPC",
        why="AWS doesn't accept databases by ARN on a gateway with IN_VPC.",
        source=pages.CREATE_GATEWAY,
        fix="Share it through another gateway, one with PUBLIC.",
        passing=_gateway((CONFIGURATION, "db", _DATABASE)),
        failing=_gateway((CONFIGURATION, "db", _DATABASE), resource_config_dns_resolution="IN_VPC"),
        judge=_no_database_in_vpc,
    ),
    Check(
        id="LL410",
        severity=Severity.WARNING,
        title="A resource gateway's subnets have enough free addresses",
        why=f"It takes {DEFAULT_ADDRESSES} IPv4 addresses in each subnet unless told otherwise, and more network "
        "interfaces later; AWS reserves five in each subnet.",
        source=pages.GATEWAY,
        fix="Use a larger subnet, or set `ipv4_addresses_per_eni` (provider 6.25, at the latest).",
        passing=_gateway(_subnet("a"), subnet_ids=[_A]),
        failing=_gateway(_subnet("a", cidr_block="10.0.0.0/28"), subnet_ids=[_A]),
        judge=_room,
    ),
    Check(
        id="LL411",
        severity=Severity.NOTE,
        title="A resource gateway is in more than one zone",
        why="An endpoint in a zone without a gateway can't reach it, and a single zone may fail. AWS advises using "
        "as many zones as possible; adding one later replaces the gateway and everything that depends on it.",
        source=pages.GATEWAY,
        fix="Add a subnet in another zone.",
        passing=_gateway(
            _subnet("a", availability_zone="eu-west-1a"),
            _subnet("b", availability_zone="eu-west-1b"),
            subnet_ids=[_A, _B],
        ),
        failing=_gateway(_subnet("a", availability_zone="eu-west-1a"), subnet_ids=[_A]),
        judge=_zones,
    ),
)
