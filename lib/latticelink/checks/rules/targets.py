"""What is shared: addresses, names and databases that AWS can share."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed, unknown
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import (
    Problem,
    each,
    example,
    judged,
    not_known,
    open_question,
    read,
    refused,
    target_of,
    verdict,
)
from latticelink.errors import Report
from latticelink.paths import hops
from latticelink.paths.tracing import tracer_of
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference, Unknown, boolean
from latticelink.values.addresses import parse_shared_ip
from latticelink.values.arns import DATABASE as DATABASE_ARN
from latticelink.values.arns import read_arn
from latticelink.values.dns import parse_dns_name, refuse_private_name
from latticelink.values.tokens import is_known
from latticelink.values.types import (
    CLUSTER_INSTANCE,
    CONFIGURATION,
    DATABASE,
    DATABASE_CLUSTER,
    DATABASE_PROXY,
    DATABASE_PROXY_ENDPOINT,
    DATABASES,
    DEFINITION,
    GATEWAY,
    GLOBAL_CLUSTER,
    INSTANCE,
    SUBNET,
    VPC,
    VPC_IPV4_BLOCK,
    ZONE,
)

_IP = f"{DEFINITION}.ip_resource.ip_address"
_NAME = f"{DEFINITION}.dns_resource.domain_name"
_NAME_TYPE = f"{DEFINITION}.dns_resource.ip_address_type"
_ARN = f"{DEFINITION}.arn_resource.arn"


def gateway_of(block: Block) -> Block | None:
    """Return the gateway of a resource configuration, a child's through its group; None if it isn't in the files."""
    group = target_of(block, "resource_configuration_group_id", CONFIGURATION)
    return target_of(group or block, "resource_gateway_identifier", GATEWAY)


def subnet_of_instance(value: Any) -> Any:
    """Return the CIDR block that an instance's private address lies in, if `value` refers to one and it is known."""
    if isinstance(value, Reference) and value.block.type == INSTANCE and value.attribute == "private_ip":
        subnet = target_of(value.block, "subnet_id", SUBNET)
        return read(subnet, "cidr_block") if subnet else None
    return None


def _shareable(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(CONFIGURATION):
        inside = subnet_of_instance(read(block, _IP))
        ends = _network(inside)
        if ends is not None:
            yield verdict(
                block, next(filter(None, (refused(parse_shared_ip, str(ends[place])) for place in (0, -1))), None)
            )
        else:
            yield from judged(block, _IP, lambda address: refused(parse_shared_ip, address))


def _near(configuration: Configuration) -> Iterator[Judgement]:
    routes = tracer_of(configuration).routes
    for block in configuration.of_type(CONFIGURATION):
        address = _address(read(block, _IP))
        gateway = gateway_of(block)
        vpc = target_of(gateway, "vpc_id", VPC) if gateway else None
        if address is None or address.version != 4 or vpc is None:
            continue
        cidrs = [read(vpc, "cidr_block"), *_more_blocks(configuration, vpc), *routes.of_vpc(vpc)]
        networks = [network for network in map(_network, cidrs) if network is not None]
        if any(address in network for network in networks if network.version == 4):
            yield passed(block)
        elif why := next((cidr for cidr in cidrs if isinstance(cidr, Unknown | Reference)), None):
            question = open_question(why)
            assert question is not None
            yield not_known(block, question, f"addresses of {vpc.address}")
        else:
            yield failed(block, f"{address} is not in {vpc.full_address} ({', '.join(map(str, networks))}).")


def _more_blocks(configuration: Configuration, vpc: Block) -> Iterator[Any]:
    for more in configuration.of_type(VPC_IPV4_BLOCK):
        if target_of(more, "vpc_id", VPC) is vpc:
            yield read(more, "cidr_block")


def _network(cidr: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        network = ipaddress.ip_network(cidr if isinstance(cidr, str) else "", strict=False)
    except ValueError:
        return None
    return network if network.prefixlen else None


def _address(value: Any) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        return None


def _family(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(CONFIGURATION):
        gateway = gateway_of(block)
        target = _family_of(block)
        of_gateway = read(gateway, "ip_address_type") if gateway else ABSENT
        if gateway is None or target is ABSENT or of_gateway is ABSENT:
            continue
        if of_gateway == "DUALSTACK":
            yield passed(block)
        elif why := open_question([target, of_gateway]):
            yield not_known(block, why, f"ip_address_type of {gateway.address}")
        else:
            problem = f"It shares {target}, and {gateway.full_address} is {of_gateway}."
            yield verdict(block, None if of_gateway == target else problem)


def _family_of(block: Block) -> Any:
    """Return IPV4 or IPV6, as far as that is known of what is shared; ABSENT if it is neither address nor name."""
    ip = read(block, _IP)
    if ip is ABSENT:
        return read(block, _NAME_TYPE)
    if isinstance(ip, Reference) and ip.block.type == INSTANCE and ip.attribute == "private_ip":
        return "IPV4"
    address = _address(ip)
    return f"IPV{address.version}" if address else ip if isinstance(ip, Unknown | Reference) else ABSENT


def _public(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(CONFIGURATION):
        name = read(block, _NAME)
        if name is ABSENT:
            continue
        gateway = gateway_of(block)
        mode = read(gateway, "resource_config_dns_resolution") if gateway else ABSENT
        if why := open_question(mode):
            yield not_known(block, why, "resource_config_dns_resolution")
        elif mode == "IN_VPC":
            yield passed(block)
        elif isinstance(name, Reference) and name.attribute in ("private_dns", "private_dns_name"):
            yield failed(block, f"{name} is EC2's private name, which resolves only in its own VPC.")
        elif isinstance(name, Reference) and name.block.type in DATABASES and name.attribute.endswith("endpoint"):
            yield passed(block)
        elif why := open_question(name):
            yield not_known(block, why, "domain_name")
        else:
            yield verdict(block, refused(_parse_public_dns_name, name))


def _parse_public_dns_name(report: Report, argument: str, given: str) -> None:
    name = parse_dns_name(report, argument, given)
    if is_known(name):
        refuse_private_name(report, argument, name)


def _private_zone(configuration: Configuration) -> Iterator[Judgement]:
    private = [zone for zone in configuration.of_type(ZONE) if read(zone, "vpc") is not ABSENT]
    public = {read(z, "name") for z in configuration.of_type(ZONE) if isinstance(read(z, "name"), str)} - {
        read(zone, "name") for zone in private if isinstance(read(zone, "name"), str)
    }
    for block in configuration.of_type(CONFIGURATION):
        name = read(block, _NAME)
        gateway = gateway_of(block)
        if name is ABSENT or not private or gateway is None:
            continue
        mode = read(gateway, "resource_config_dns_resolution")
        if why := open_question([name, mode]):
            yield not_known(block, why, "domain_name")
            continue
        if mode == "IN_VPC" or any(_below(name, zone) for zone in public):
            yield passed(block)
            continue
        inside = next((zone for zone in private if _below(name, read(zone, "name"))), None)
        if inside is None and (why := open_question([read(zone, "name") for zone in private])):
            yield not_known(block, why, "name of a private zone")
            continue
        yield verdict(
            block, None if inside is None else f"{name!r} is a name of the private zone {inside.full_address}."
        )


def _below(name: str, zone: Any) -> bool:
    return isinstance(zone, str) and (f".{name}".rstrip(".")).endswith(f".{zone.rstrip('.')}")


def _of_rds(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(CONFIGURATION):
        arn = read(block, _ARN)
        if arn is ABSENT:
            continue
        if isinstance(arn, Reference):
            if arn.block.type in DATABASES and arn.attribute == "arn":
                yield passed(block)
            elif arn.block.type in (DATABASE_PROXY, DATABASE_PROXY_ENDPOINT, GLOBAL_CLUSTER):
                yield _undocumented(block, str(arn))
            elif arn.block.type.startswith("aws_"):
                yield failed(block, f"{arn} is not the ARN of an RDS database.")
        elif why := open_question(arn):
            yield not_known(block, why, "arn")
        elif DATABASE_ARN.read(arn):
            yield passed(block)
        elif (known := read_arn(arn)) is not None and known.service == DATABASE_ARN.service:
            yield _undocumented(block, repr(arn))
        else:
            yield failed(block, f"{arn!r} is not the ARN of an RDS database.")


def _undocumented(block: Block, arn: str) -> Judgement:
    return unknown(
        block, f"{arn}: AWS's pages don't say whether this kind of RDS object can be shared.", "Try it once."
    )


def _private_database(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(CONFIGURATION):
        arn = read(block, _ARN)
        if not isinstance(arn, Reference) or arn.block.type not in DATABASES:
            continue
        databases = [arn.block]
        if arn.block.type == DATABASE_CLUSTER:
            databases = [
                instance
                for instance in configuration.of_type(CLUSTER_INSTANCE)
                if target_of(instance, "cluster_identifier", DATABASE_CLUSTER) is arn.block
            ] or databases
        for database in databases:
            public = read(database, "publicly_accessible")
            if why := open_question(public):
                yield not_known(block, why, f"publicly_accessible of {database.address}")
            else:
                yield verdict(block, f"{database.full_address} is publicly accessible." if boolean(public) else None)


def _shared(**definition: Any) -> dict[str, Any]:
    return {
        "type": "SINGLE",
        "resource_gateway_identifier": f"${{{GATEWAY}.g.id}}",
        DEFINITION: definition,
        "port_ranges": ["443"],
    }


def _with_gateway(definition: dict[str, Any], *more: tuple[str, str, dict[str, Any]], **gateway: Any) -> str:
    return example((GATEWAY, "g", {"name": "gateway", **gateway}), (CONFIGURATION, "db", _shared(**definition)), *more)


def _ip(address: str) -> dict[str, Any]:
    return {"ip_resource": {"ip_address": address}}


def _dns(name: str, kind: str = "IPV4") -> dict[str, Any]:
    return {"dns_resource": {"domain_name": name, "ip_address_type": kind}}


def _arn(arn: str) -> str:
    return example((CONFIGURATION, "db", {"type": "ARN", DEFINITION: {"arn_resource": {"arn": arn}}}))


def _database(public: bool) -> str:
    database = (DATABASE, "db", {"publicly_accessible": public})
    body = {"type": "ARN", DEFINITION: {"arn_resource": {"arn": "${aws_db_instance.db.arn}"}}}
    return example(database, (CONFIGURATION, "db", body))


_VPC = (VPC, "v", {"cidr_block": "10.0.0.0/16"})
_ZONE = (ZONE, "z", {"name": "corp.example.com", "vpc": {"vpc_id": "vpc-12345678"}})


def _named(problem: Callable[[Any], Problem]) -> Callable[[Configuration], Iterator[Judgement]]:
    return each(CONFIGURATION, _NAME, problem)


CHECKS = (
    Check(
        id="LL301",
        severity=Severity.ERROR,
        title="A shared address is one that AWS can share",
        why="AWS accepts IPv4 addresses in 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 and 192.168.0.0/16, and IPv6 "
        "addresses of the VPC. The provider accepts any string.",
        source=pages.CONFIGURATION,
        fix="Give the resource's private address.",
        passing=_with_gateway(_ip("10.0.1.9")),
        failing=_with_gateway(_ip("203.0.113.9")),
        judge=_shareable,
    ),
    Check(
        id="LL302",
        severity=Severity.WARNING,
        title="A shared address is in the gateway's VPC, or a route leads to it",
        why="The gateway sends from its own subnets. An address elsewhere is reached only by a route, such as to a "
        "site on premises; without one in the files, it is more likely a mistake.",
        source=pages.GATEWAY,
        fix="Correct the address, or suppress this and give the route that leads there as the reason.",
        passing=_with_gateway(_ip("10.0.1.9"), _VPC, vpc_id="${aws_vpc.v.id}"),
        failing=_with_gateway(_ip("10.1.1.9"), _VPC, vpc_id="${aws_vpc.v.id}"),
        judge=_near,
        hop=hops.ROUTE,
    ),
    Check(
        id="LL303",
        severity=Severity.ERROR,
        title="The gateway's address type fits the shared address",
        why="An IPV4 gateway reaches IPv4 only, an IPV6 gateway IPv6 only, a DUALSTACK gateway both.",
        source=pages.GATEWAY,
        fix="Share an address of the other family, or make the gateway DUALSTACK.",
        passing=_with_gateway(_ip("10.0.1.9"), ip_address_type="IPV4"),
        failing=_with_gateway(_ip("10.0.1.9"), ip_address_type="IPV6"),
        judge=_family,
        hop=hops.ADDRESS_TYPE,
    ),
    Check(
        id="LL304",
        severity=Severity.ERROR,
        title="A shared name is a DNS name",
        why="AWS refuses an address, a URL or a single label.",
        source=pages.CONFIGURATION,
        fix="Write a full name such as 'db.example.com', or share the address with ip_resource.",
        passing=_with_gateway(_dns("db.example.com")),
        failing=_with_gateway(_dns("https://db.example.com/")),
        judge=_named(lambda name: refused(parse_dns_name, name)),
    ),
    Check(
        id="LL305",
        severity=Severity.ERROR,
        title="A shared name is in the public DNS",
        why="A gateway resolves names in the public DNS unless it is created with IN_VPC. AWS refuses EC2's private "
        "names (ip-10-0-1-9.eu-west-1.compute.internal) and similar names without a usable reason.",
        source=pages.CONFIGURATION,
        fix="Share the address with ip_resource, or a name in a public zone; it may resolve to a private address.",
        passing=_with_gateway(_dns("db.example.com")),
        failing=_with_gateway(_dns("ip-10-0-1-9.eu-west-1.compute.internal")),
        judge=_public,
    ),
    Check(
        id="LL306",
        severity=Severity.WARNING,
        title="A shared name is not only in a private hosted zone",
        why=(
            "A gateway resolves names in the public DNS unless it is created with IN_VPC; it doesn't ask a private "
            "zone."
        ),
        source=pages.CONFIGURATION,
        fix='Set `resource_config_dns_resolution = "IN_VPC"` on the gateway (a newer provider), or put the name in a '
        "public zone too.",
        passing=_with_gateway(_dns("db.example.com"), _ZONE),
        failing=_with_gateway(_dns("db.corp.example.com"), _ZONE),
        judge=_private_zone,
    ),
    Check(
        id="LL308",
        severity=Severity.ERROR,
        title="What is shared by ARN is an Amazon RDS database",
        why="RDS instances and clusters are the only resources that AWS shares by ARN.",
        source=pages.CONFIGURATION,
        fix="Share anything else by its name, with dns_resource.",
        passing=_arn("arn:aws:rds:eu-west-1:123456789012:cluster:orders"),
        failing=_arn("arn:aws:elasticache:eu-west-1:123456789012:cluster:orders"),
        judge=_of_rds,
    ),
    Check(
        id="LL309",
        severity=Severity.ERROR,
        title="A database that is shared by ARN isn't publicly accessible",
        why="AWS doesn't share a publicly accessible database.",
        source=pages.CONFIGURATION,
        fix="Set `publicly_accessible = false`.",
        passing=_database(public=False),
        failing=_database(public=True),
        judge=_private_database,
    ),
)
