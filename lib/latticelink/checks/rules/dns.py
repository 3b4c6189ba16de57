"""Names at the consumer: where they are read, what they point to, and private DNS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity, failed, passed
from latticelink.checks.rules import pages
from latticelink.checks.rules.configurations import definitions
from latticelink.checks.rules.reading import (
    Problem,
    as_list,
    each,
    example,
    identity_of,
    kind_of,
    not_known,
    of_vpc,
    open_question,
    private_link_endpoints,
    read,
    refused,
    target_of,
    verdict,
)
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration, StackConfiguration
from latticelink.terraform.dependencies import referring
from latticelink.terraform.known import ABSENT, Reference, Unknown, boolean
from latticelink.terraform.syntax import references
from latticelink.values.arns import read_arn
from latticelink.values.dns import parse_dns_name
from latticelink.values.private_dns import DEFAULT_PREFERENCE, MOST_DOMAINS, PREFERENCES, WITH_DOMAINS
from latticelink.values.types import (
    CONFIGURATION,
    DATABASE_CLUSTER,
    DEFINITION,
    ENDPOINT,
    ENDPOINT_ASSOCIATIONS,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
    RECORD,
    ZONE,
)


def _endpoint_names(configuration: Configuration) -> set[tuple[str, str]]:
    return {(block.stack, block.name) for block in private_link_endpoints(configuration)}


def _dns_entry(configuration: Configuration) -> Iterator[Judgement]:
    names = _endpoint_names(configuration)
    for stack, block, part, named in referring(configuration):
        for reference in named:
            if reference[0] == ENDPOINT and reference[2:3] == ("dns_entry",) and (stack.name, reference[1]) in names:
                yield _place(block, part, f"It reads {'.'.join(reference[:3])}.")
                break
        else:
            if block is not None and block.type == ENDPOINT and (stack.name, block.name) in names:
                yield passed(block)


def _place(block: Block | None, part: str, message: str) -> Judgement:
    judgement = failed(block, message)
    return judgement if block is not None else Judgement(judgement.answer, None, message, part=part)


def _first_of_several(configuration: Configuration) -> Iterator[Judgement]:
    for stack, block, part, named in referring(configuration):
        for reference in named:
            if reference[:2] == ("data", ENDPOINT_ASSOCIATIONS) and reference[3:4] == ("associations",):
                if len(reference) > 4:
                    yield from _judge_first(stack, block, part, reference)
                else:
                    yield passed(block)
                break


def _judge_first(
    stack: StackConfiguration, block: Block | None, part: str, reference: tuple[str, ...]
) -> Iterator[Judgement]:
    source = next(iter(stack.made(("data", ENDPOINT_ASSOCIATIONS, reference[2]))), None)
    endpoint = target_of(source, "vpc_endpoint_id", ENDPOINT) if source else None
    shared = target_of(endpoint, "resource_configuration_arn", CONFIGURATION) if endpoint else None
    message = f"It reads {'.'.join(reference[:4])}[{reference[4]}]"
    if endpoint is not None and read(endpoint, "service_network_arn") is not ABSENT:
        yield _place(block, part, f"{message} of an endpoint for a service network.")
    elif shared is None:
        yield not_known(block, Unknown(f"{message.removeprefix('It ')} of a resource that isn't in the files"))
    elif why := open_question(kind_of(shared)):
        yield not_known(block, why, f"type of {shared.address}")
    else:
        arn = read(shared, f"{DEFINITION}.arn_resource.arn")
        cluster = (isinstance(arn, Reference) and arn.block.type == DATABASE_CLUSTER) or _is_cluster(arn)
        if kind_of(shared) == "GROUP" or cluster:
            yield _place(block, part, f"{message}, and {shared.full_address} has a name for each member.")
        else:
            yield passed(block)


def _is_cluster(arn: Any) -> bool:
    known = read_arn(arn)
    return known is not None and known.kind == "cluster"


def _addresses(configuration: Configuration) -> Iterator[Judgement]:
    names = _endpoint_names(configuration)
    for record in configuration.of_type(RECORD):
        kind = read(record, "type")
        if why := open_question(kind):
            yield not_known(record, why, "type")
        if kind not in ("A", "AAAA", "CNAME"):
            continue
        for reference in references(record.written.get("records")):
            endpoint = reference[0] == ENDPOINT and (record.stack, *reference[1:2]) in names
            if endpoint and reference[2:3] in (("subnet_configuration",), ("network_interface_ids",)):
                yield failed(record, f"Its addresses are {'.'.join(reference[:3])}.")
                break
        else:
            yield passed(record)


def _has_a_name(configuration: Configuration) -> Iterator[Judgement]:
    named = _named_endpoints(configuration)
    for block in private_link_endpoints(configuration):
        shared = target_of(block, "resource_configuration_arn", CONFIGURATION)
        if shared is None:
            continue
        kind, private, custom = kind_of(shared), read(block, "private_dns_enabled"), read(shared, "custom_domain_name")
        if why := open_question([kind, private, custom]):
            yield not_known(block, why, "private_dns_enabled")
        elif kind != "SINGLE" or not boolean(private):
            continue
        elif custom is ABSENT and (block.stack, block.name) not in named:
            yield failed(
                block, f"{shared.full_address} has no custom_domain_name, and no record points to the endpoint."
            )
        else:
            yield passed(block)


def _named_endpoints(configuration: Configuration) -> set[tuple[str, str]]:
    """Return stack and name of the endpoints that a record's target comes from."""
    found = set()
    for record in configuration.of_type(RECORD):
        for reference in references([record.written.get("records"), record.written.get("alias")]):
            if reference[0] == ENDPOINT and len(reference) > 1:
                found.add((record.stack, reference[1]))
            if reference[:2] == ("data", ENDPOINT_ASSOCIATIONS) and len(reference) > 2:
                for source in record.home.made(("data", ENDPOINT_ASSOCIATIONS, reference[2])):
                    endpoint = target_of(source, "vpc_endpoint_id", ENDPOINT)
                    found |= {(endpoint.stack, endpoint.name)} if endpoint else set()
    return found


def _child_domain(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(CONFIGURATION):
        custom = read(block, "custom_domain_name")
        if custom is ABSENT or kind_of(block) != "CHILD":
            continue
        group = target_of(block, "resource_configuration_group_id", CONFIGURATION)
        domain = read(group, "group_domain") if group else ABSENT
        if group is None:
            yield not_known(block, Unknown("its group isn't in the files"), "custom_domain_name")
        elif domain is ABSENT:
            yield failed(block, f"{group.full_address} has no group_domain, so {custom!r} gets no record.")
        elif why := open_question([custom, domain]):
            yield not_known(block, why, "custom_domain_name")
        else:
            problem = f"{custom!r} is not below {domain!r}, the domain of {group.full_address}."
            yield verdict(block, None if str(custom).endswith(f".{domain}") else problem)


def _verified(configuration: Configuration) -> Iterator[Judgement]:
    takes_any = {
        id(shared)
        for block in private_link_endpoints(configuration)
        if (shared := target_of(block, "resource_configuration_arn", CONFIGURATION)) is not None
        and read(block, "dns_options.private_dns_preference") not in (ABSENT, DEFAULT_PREFERENCE)
    }
    for block in configuration.of_type(CONFIGURATION):
        custom, verified = read(block, "custom_domain_name"), read(block, "domain_verification_id")
        if custom is ABSENT:
            continue
        if why := next((value for value in (custom, verified) if isinstance(value, Unknown)), None):
            yield not_known(block, why, "custom_domain_name")
            continue
        unverified = verified is ABSENT and id(block) not in takes_any
        yield verdict(block, "It has a custom_domain_name and no domain_verification_id." if unverified else None)


def _shadowed(configuration: Configuration) -> Iterator[Judgement]:
    zones: dict[str, list[tuple[Block, Unknown | None]]] = {}
    for zone in configuration.of_type(ZONE):
        for vpc in zone.nested("vpc"):
            home = vpc.get("vpc_id", ABSENT) if isinstance(vpc, dict) else vpc
            zones.setdefault(identity_of(home), []).append((zone, open_question(home, identity=True)))
    for block in private_link_endpoints(configuration):
        shared = target_of(block, "resource_configuration_arn", CONFIGURATION)
        custom, vpc = read(shared, "custom_domain_name") if shared else ABSENT, of_vpc(block)
        if custom is ABSENT or not boolean(read(block, "private_dns_enabled")):
            continue
        here = [zone for zone, _ in zones.get(vpc, [])] if vpc else []
        if why := open_question([custom, *(read(zone, "name") for zone in here)]):
            yield not_known(block, why, "custom_domain_name")
        elif hiding := next((zone for zone in here if _is_below(read(zone, "name"), str(custom))), None):
            yield failed(block, f"{hiding.full_address} answers for {custom!r} in this VPC.")
        elif doubt := _may_hide(zones, read(block, "vpc_id"), str(custom)):
            yield not_known(block, doubt, "vpc_id")
        else:
            yield passed(block)


def _may_hide(zones: dict[str, list[tuple[Block, Unknown | None]]], vpc: Any, domain: str) -> Unknown | None:
    """Return why it isn't known whether a zone that answers for `domain` is in the endpoint's VPC."""
    ours = open_question(vpc, identity=True)
    possible = [each for group in zones.values() for each in group] if ours else zones.get("", [])
    return next((theirs or ours for zone, theirs in possible if _is_below(read(zone, "name"), domain)), None)


def _is_below(zone: Any, domain: str) -> bool:
    return isinstance(zone, str) and f".{zone.rstrip('.')}".endswith(f".{domain.rstrip('.')}")


def _preference(configuration: Configuration) -> Iterator[Judgement]:
    blocks = [*private_link_endpoints(configuration), *configuration.of_type(NETWORK_VPC)]
    for block in blocks:
        preference = read(block, "dns_options.private_dns_preference")
        domains = read(block, "dns_options.private_dns_specified_domains")
        if preference is ABSENT:
            continue
        if why := open_question([preference, domains]):
            yield not_known(block, why, "dns_options")
        elif preference not in PREFERENCES:
            yield failed(block, f"The preference is {preference!r}.", f"Write one of {', '.join(PREFERENCES)}.")
        else:
            count = len(as_list(domains))
            wants = preference in WITH_DOMAINS
            fits = 1 <= count <= MOST_DOMAINS if wants else count == 0
            yield verdict(block, None if fits else f"The preference is {preference}, with {count} specified domains.")


def _database_names(configuration: Configuration) -> Iterator[Judgement]:
    for block in configuration.of_type(NETWORK_RESOURCE):
        shared = target_of(block, "resource_configuration_identifier", CONFIGURATION)
        private = read(block, "private_dns_enabled")
        if shared is None or private is ABSENT or "arn_resource" not in definitions(shared):
            continue
        if why := open_question(private):
            yield not_known(block, why, "private_dns_enabled")
        else:
            yield verdict(block, f"{shared.full_address} is a database by ARN." if boolean(private) is False else None)


def _domain(value: Any) -> Problem:
    return refused(parse_dns_name, value)


def _link(*more: tuple[str, str, dict[str, Any]], shared: dict[str, Any] | None = None, **sections: Any) -> str:
    endpoint = {
        "vpc_endpoint_type": "Resource",
        "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}",
        "vpc_id": "vpc-12345678",
        "private_dns_enabled": True,
    }
    return example(
        (ENDPOINT, "db", endpoint), (CONFIGURATION, "db", {"type": "SINGLE", **(shared or {})}), *more, **sections
    )


def _output(expression: str, **shared: Any) -> str:
    data = {ENDPOINT_ASSOCIATIONS: {"names": {"vpc_endpoint_id": "${aws_vpc_endpoint.db.id}"}}}
    return _link(shared=shared, data=data, output={"name": {"value": f"${{{expression}}}"}})


def _record(kind: str, records: str) -> tuple[str, str, dict[str, Any]]:
    body = {"name": "db.shared.internal", "type": kind, "records": [f"${{{records}}}"]}
    return RECORD, "db", body


def _zone(name: str) -> tuple[str, str, dict[str, Any]]:
    return ZONE, "z", {"name": name, "vpc": {"vpc_id": "vpc-12345678"}}


def _options(preference: str, *domains: str) -> str:
    options: dict[str, Any] = {"private_dns_preference": preference}
    if domains:
        options["private_dns_specified_domains"] = list(domains)
    endpoint = {"vpc_endpoint_type": "Resource", "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}"}
    return example((ENDPOINT, "db", {**endpoint, "dns_options": options}), (CONFIGURATION, "db", {"type": "SINGLE"}))


def _member(**association: Any) -> str:
    shared = {"type": "ARN", DEFINITION: {"arn_resource": {"arn": "${aws_rds_cluster.db.arn}"}}}
    body = {"resource_configuration_identifier": f"${{{CONFIGURATION}.db.id}}", **association}
    return example((NETWORK_RESOURCE, "db", body), (CONFIGURATION, "db", shared), (NETWORK, "n", {"name": "shared"}))


def _grouped(**group: Any) -> str:
    child = {
        "type": "CHILD",
        "resource_configuration_group_id": f"${{{CONFIGURATION}.g.id}}",
        "custom_domain_name": "db.shared.example.com",
    }
    return example((CONFIGURATION, "g", {"type": "GROUP", **group}), (CONFIGURATION, "db", child))


_NAMES = f"data.{ENDPOINT_ASSOCIATIONS}.names.associations"
_FLAT = f"flatten([for a in {_NAMES} : [for d in a.dns_entry : d.dns_name]])"
_CUSTOM = {"custom_domain_name": "db.example.com", "domain_verification_id": "dv-0123456789abcdef0"}

CHECKS = (
    Check(
        id="LL701",
        severity=Severity.ERROR,
        title="An endpoint's names are read from its associations",
        why="dns_entry of an endpoint for VPC resources is an empty list, and [0] of it stops Terraform.",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/41765",
        fix=f"Read them from the data source {ENDPOINT_ASSOCIATIONS}.",
        passing=_output(f"one({_FLAT})"),
        failing=_output("aws_vpc_endpoint.db.dns_entry[0].dns_name"),
        judge=_dns_entry,
        as_written=True,
    ),
    Check(
        id="LL702",
        severity=Severity.WARNING,
        title="If an endpoint has several names, none is selected by its position in the list",
        why="A group, a cluster and a service network have a name for each member, and AWS doesn't guarantee an order.",
        source=pages.ASSOCIATIONS,
        fix="Select a name by `associated_resource_arn` or `private_dns_entry`.",
        passing=_output(f"{_NAMES}[0].dns_entry[0].dns_name"),
        failing=_output(f"{_NAMES}[0].dns_entry[0].dns_name", type="GROUP"),
        judge=_first_of_several,
    ),
    Check(
        id="LL703",
        severity=Severity.WARNING,
        title="A record points to an endpoint's name, not to its addresses",
        why="The addresses change when the endpoint is replaced, and clients keep the old ones for the record's TTL.",
        source=pages.ACCESS,
        fix="Create a CNAME to the endpoint's own name.",
        passing=_link(_record("CNAME", f"one({_FLAT})")),
        failing=_link(_record("A", "aws_vpc_endpoint.db.subnet_configuration[0].ipv4")),
        judge=_addresses,
    ),
    Check(
        id="LL704",
        severity=Severity.NOTE,
        title="An endpoint has a name that people can remember",
        why="AWS creates no private name for an address or a DNS name that is shared without a custom domain name, "
        "whatever private_dns_enabled says. Clients then use the endpoint's own long name or its addresses.",
        source=pages.CONFIGURATION,
        fix="Create a CNAME to the endpoint's own name in a private zone, or give the resource a custom_domain_name.",
        passing=_link(shared=_CUSTOM),
        failing=_link(),
        judge=_has_a_name,
    ),
    Check(
        id="LL705",
        severity=Severity.WARNING,
        title="A child's custom domain is below the domain of its group",
        why="AWS creates records for children only where the group has a group domain, and only below it.",
        source=pages.CONFIGURATION,
        fix="Name the members at the consumer; the aws provider has no argument for a group's domain (awscc has).",
        passing=_grouped(group_domain="shared.example.com"),
        failing=_grouped(),
        judge=_child_domain,
    ),
    Check(
        id="LL706",
        severity=Severity.ERROR,
        title="A custom domain name is a DNS name",
        why="AWS refuses others, and it can't be changed later.",
        source=pages.CREATE_CONFIGURATION,
        fix="Write a full name such as 'db.example.com'.",
        passing=_link(shared=_CUSTOM),
        failing=_link(shared={"custom_domain_name": "db_of orders"}),
        judge=each(CONFIGURATION, "custom_domain_name", _domain),
    ),
    Check(
        id="LL707",
        severity=Severity.WARNING,
        title="A custom domain name is verified",
        why=f"Consumers accept only verified domains unless they say otherwise ({DEFAULT_PREFERENCE}), so the name "
        "would not resolve for them.",
        source=pages.VERIFICATION,
        fix="Verify the domain (aws_vpclattice_domain_verification), or let the consumer's endpoint accept others.",
        passing=_link(shared=_CUSTOM),
        failing=_link(shared={"custom_domain_name": "db.example.com"}),
        judge=_verified,
    ),
    Check(
        id="LL708",
        severity=Severity.WARNING,
        title="No private zone of the consumer hides a resource's custom domain name",
        why="A private zone with the same or a longer name answers before the one that AWS creates.",
        source=pages.CONFIGURATION,
        fix="Remove the zone from this VPC, or add the record to it.",
        passing=_link(_zone("other.example.com"), shared=_CUSTOM),
        failing=_link(_zone("db.example.com"), shared=_CUSTOM),
        judge=_shadowed,
    ),
    Check(
        id="LL709",
        severity=Severity.ERROR,
        title="The preference for private DNS and its list of domains fit",
        why=f"The two preferences with SPECIFIED require 1 to {MOST_DOMAINS} domains, the other two none.",
        source=pages.CREATE_ENDPOINT,
        fix="Add the domains, or choose another preference.",
        passing=_options("SPECIFIED_DOMAINS_ONLY", "example.com"),
        failing=_options("SPECIFIED_DOMAINS_ONLY"),
        judge=_preference,
    ),
    Check(
        id="LL710",
        severity=Severity.ERROR,
        title="A database by ARN has private DNS in a service network",
        why="For databases by ARN, AWS turns this flag on and doesn't allow it to be changed.",
        source=pages.CONFIGURATION,
        fix="Remove `private_dns_enabled`, or set it to true.",
        passing=_member(private_dns_enabled=True),
        failing=_member(private_dns_enabled=False),
        judge=_database_names,
    ),
)
