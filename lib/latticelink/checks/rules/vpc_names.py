"""The names that a VPC's clients ask for: each leads to one place, whichever stack makes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity
from latticelink.checks.rules import pages
from latticelink.checks.rules.configurations import definitions
from latticelink.checks.rules.reading import (
    example,
    identity_of,
    kind_of,
    not_known,
    open_question,
    private_link_endpoints,
    read,
    target_of,
    verdict,
)
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference, Unknown, boolean
from latticelink.values.types import CONFIGURATION, DEFINITION, ENDPOINT, NETWORK_RESOURCE, NETWORK_VPC, ZONE, ZONE_VPC


def _one_zone(configuration: Configuration) -> Iterator[Judgement]:
    first: dict[tuple[str, str], Block] = {}
    for zone in configuration.of_type(ZONE):
        name = read(zone, "name")
        for vpc in _vpcs(configuration, zone):
            if why := open_question(name) or open_question(vpc, identity=True):
                yield not_known(zone, why, "vpc")
                continue
            key = str(name).rstrip(".").lower(), identity_of(vpc)
            other = first.setdefault(key, zone)
            yield verdict(zone, None if other is zone else f"{other.full_address} is a zone {name!r} of this VPC too.")


def _vpcs(configuration: Configuration, zone: Block) -> Iterator[Any]:
    for vpc in zone.nested("vpc"):
        yield vpc.get("vpc_id", ABSENT) if isinstance(vpc, dict) else vpc
    for association in configuration.of_type(ZONE_VPC):
        if target_of(association, "zone_id", ZONE) is zone:
            yield read(association, "vpc_id")


def _one_way(configuration: Configuration) -> Iterator[Judgement]:
    first: dict[tuple[str, str], tuple[Block, bool]] = {}
    for way, vpc, resource, is_direct in _ways(configuration):
        private = read(way, "private_dns_enabled")
        if why := open_question([vpc, resource, private], identity=True):
            yield not_known(way, why, "private_dns_enabled")
        elif boolean(private):
            other, other_is_direct = first.setdefault((identity_of(vpc), _named(resource)), (way, is_direct))
            # Two endpoints for what has no private names get in nobody's way.
            harmless = _has_no_names(resource) if is_direct and other_is_direct else False
            if other is way:
                yield verdict(way, None)
            elif isinstance(harmless, Unknown):
                yield not_known(way, harmless, "private_dns_enabled")
            else:
                message = f"{other.full_address} gives the private names of {_named(resource)} in this VPC already."
                yield verdict(way, None if harmless else message)


def _ways(configuration: Configuration) -> Iterator[tuple[Block, Any, Any, bool]]:
    """Yield each way to a resource: its block, its VPC, the resource, and whether it names that itself."""
    members: dict[str, list[Any]] = {}
    for association in configuration.of_type(NETWORK_RESOURCE):
        network = _named(read(association, "service_network_identifier"))
        members.setdefault(network, []).append(read(association, "resource_configuration_identifier"))
    for endpoint in private_link_endpoints(configuration):
        vpc = read(endpoint, "vpc_id")
        if (shared := read(endpoint, "resource_configuration_arn")) is not ABSENT:
            yield endpoint, vpc, shared, True
        for resource in members.get(_named(read(endpoint, "service_network_arn")), []):
            yield endpoint, vpc, resource, False
    for association in configuration.of_type(NETWORK_VPC):
        for resource in members.get(_named(read(association, "service_network_identifier")), []):
            yield association, read(association, "vpc_identifier"), resource, False


def _named(value: Any) -> str:
    """Return a text that is the same for the ARN and the id of one thing; empty if which one it is isn't known."""
    if value is ABSENT or isinstance(value, Unknown):
        return ""
    return value.block.full_address if isinstance(value, Reference) else str(value).rpartition("/")[2]


def _has_no_names(resource: Any) -> bool | Unknown:
    """Return whether AWS creates no private names for it: a database by ARN has some, others have a custom domain's."""
    if not isinstance(resource, Reference) or resource.block.type != CONFIGURATION:
        return Unknown("the resource's configuration isn't in the input")
    kind, custom = kind_of(resource.block), read(resource.block, "custom_domain_name")
    if why := open_question([kind, custom]):
        return why
    return kind != "ARN" and "arn_resource" not in definitions(resource.block) and custom is ABSENT


def _zone(name: str, label: str) -> tuple[str, str, dict[str, Any]]:
    return ZONE, label, {"name": name, "vpc": {"vpc_id": "vpc-12345678"}}


def _endpoints(*vpcs: str) -> str:
    shared = {"type": "ARN", DEFINITION: {"arn_resource": {"arn": "arn:aws:rds:eu-west-1:111122223333:db:orders"}}}
    body = {"vpc_endpoint_type": "Resource", "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}"}
    endpoints = [
        (ENDPOINT, f"e{number}", {**body, "vpc_id": vpc, "private_dns_enabled": True})
        for number, vpc in enumerate(vpcs)
    ]
    return example((CONFIGURATION, "db", shared), *endpoints)


CHECKS = (
    Check(
        id="LL711",
        severity=Severity.ERROR,
        title="A VPC has only one private hosted zone with a given name",
        why="Route 53 refuses a second one (ConflictingDomainExists), even if another stack creates it.",
        source=pages.ZONES,
        fix="Let one stack create the zone. In the other, write "
        "hosted_zone=ExistingHostedZone(None, 'shared.internal') with the zone's name, or its id in place of None, and "
        "deploy it after the first: other.add_dependency(one). In HCL, look the zone up with the data source "
        "aws_route53_zone. Or choose another domain.",
        passing=example(_zone("orders.internal", "a"), _zone("billing.internal", "b")),
        failing=example(_zone("shared.internal", "a"), _zone("shared.internal", "b")),
        judge=_one_zone,
    ),
    Check(
        id="LL712",
        severity=Severity.ERROR,
        title="A VPC gets a resource's private names in only one way",
        why="AWS creates no second endpoint or association with private DNS for one resource in a VPC; whether an "
        "endpoint and a service network's association exclude each other too is inferred from that.",
        source=pages.CONFIGURATION,
        fix="Set `private_dns_enabled = false` on all but one.",
        passing=_endpoints("vpc-12345678", "vpc-87654321"),
        failing=_endpoints("vpc-12345678", "vpc-12345678"),
        judge=_one_way,
    ),
)
