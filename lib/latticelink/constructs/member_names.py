"""Private names at the consumer: what can be one, and a name for each member of a group or service network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.network import Network
from latticelink.constructs.vpc_names import VpcNames
from latticelink.errors import Report
from latticelink.values.contract import SharedResource
from latticelink.values.dns import ExistingHostedZone, parse_dns_name
from latticelink.values.tokens import REFUSED, is_known

_WITH_MEMBERS = ("GROUP", "SERVICE_NETWORK")


def plain_dns_name(report: Report, argument: str, dns_name: str) -> str:
    """Return `dns_name` if it can name a private zone and its records; refuse the rest, and tokens."""
    if is_known(dns_name):
        return parse_dns_name(report, argument, dns_name)
    report.refuse(
        argument,
        dns_name,
        rule=f"The private zone and its place in Terraform are named after {argument}, so it is a plain name.",
        fix="Write the name itself, or make a record of your own to the endpoint's default_dns_name.",
    )
    return REFUSED


def refuse_names_of_another_kind(
    report: Report, shared: SharedResource, dns_name: str | None, members_domain: str | None
) -> None:
    """Refuse one name for what has members, and names of members for what has none."""
    kind = (shared.published or shared).type
    if dns_name is not None and kind in _WITH_MEMBERS:
        report.refuse(
            "dns_name",
            dns_name,
            rule=f"{shared.name!r} is of type {kind}: each of its members has a name of its own.",
            fix="Write members_domain='orders.shared.internal' in place of dns_name.",
        )
    if members_domain is not None and is_known(kind) and kind not in _WITH_MEMBERS:
        report.refuse(
            "members_domain",
            members_domain,
            rule=f"{shared.name!r} is of type {kind}: it has no members.",
            fix="Write dns_name='db.shared.internal' in place of members_domain.",
        )
    if members_domain is not None and not shared.members:
        report.refuse(
            "members_domain",
            members_domain,
            rule="The members are known from the contract that its producer publishes.",
            fix="Read the resource with state.read, or give the SharedResource its members.",
        )


def refuse_unfit_zone(
    report: Report,
    names: VpcNames,
    hosted_zone: ExistingHostedZone | None,
    dns_name: str | None,
    members_domain: str | None,
) -> None:
    """Refuse an existing zone for no name or for names outside it, and one beside another zone of its name."""
    if hosted_zone is None:
        return
    if (other := names.zone_beside(hosted_zone)) is not None:
        report.refuse(
            "hosted_zone",
            hosted_zone.id,
            rule=f"A VPC has one private zone of a name; in this one {hosted_zone.name} is {other} already.",
            fix="Give the same hosted_zone everywhere.",
            source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html",
        )
    both = {"dns_name": dns_name, "members_domain": members_domain}
    given = {argument: name for argument, name in both.items() if name is not None}
    if not given:
        report.refuse(
            "hosted_zone",
            hosted_zone.name,
            rule="A hosted zone is for names, and none is given.",
            fix=f"Write dns_name='orders.{hosted_zone.name}', or leave hosted_zone out.",
        )
    for argument, name in given.items():
        is_apex = argument == "members_domain" and name == hosted_zone.name
        if name != REFUSED and not name.endswith(f".{hosted_zone.name}") and not is_apex:
            report.refuse(
                argument,
                name,
                rule=f"The names in a hosted zone lie below its own, here {hosted_zone.name}.",
                fix=f"Write for example 'orders.{hosted_zone.name}', or give the zone of this name.",
                source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html",
            )


def add_own_names(
    report: Report,
    names: VpcNames,
    shared: SharedResource,
    dns_name: str | None,
    members_domain: str | None,
    who: str,
    hosted_zone: ExistingHostedZone | None = None,
) -> None:
    """Take the names that an endpoint or association makes in private zones; refuse those that lead elsewhere."""
    if dns_name is not None and dns_name != REFUSED:
        zone = hosted_zone.name if hosted_zone else dns_name.partition(".")[2]
        names.add_own(report, "dns_name", zone, [dns_name], who)
    if members_domain is not None and members_domain != REFUSED:
        members = (shared.published or shared).members
        listed = [f"{member}.{members_domain}" for member in members] if isinstance(members, Mapping) else []
        names.add_own(report, "members_domain", hosted_zone.name if hosted_zone else members_domain, listed, who)


def zone_id_of(network: Network | ExistingNetwork, domain: str, hosted_zone: ExistingHostedZone | None) -> str:
    """Return the expression of the id of the private hosted zone for `domain` in the network."""
    network.needs_dns(hostnames=False)
    return f"${{{bindings.address(network.private_zone(domain, hosted_zone))}.zone_id}}"


def name_members(
    scope: Any,
    network: Network | ExistingNetwork,
    domain: str,
    shared: SharedResource,
    key: str,
    target: str,
    hosted_zone: ExistingHostedZone | None = None,
) -> bindings.Route53Record:
    """Make a CNAME `<member>.<domain>` for each member that has `key`, to the name that `target` gives.

    In `target`, `each.key` is the member's name and `each.value` what the contract has under `key`.
    """
    members = shared.members
    listed = json.dumps(members) if isinstance(members, Mapping) else bindings.expression(scope, str(members))
    record = bindings.Route53Record(
        scope,
        "members",
        zone_id=zone_id_of(network, domain, hosted_zone),
        name=f"${{each.key}}.{domain}",
        type="CNAME",
        ttl=60,
        records=[target],
    )
    each = f"{{for name, member in {listed} : name => member.{key} if can(member.{key})}}"
    record.add_override("for_each", f"${{{each}}}")
    return record
