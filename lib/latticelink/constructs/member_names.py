"""Private names at the consumer: what can be one, and a name for each member of a group or service network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.network import ExistingNetwork, Network
from latticelink.constructs.vpc_names import VpcNames
from latticelink.errors import Report
from latticelink.values.contract import SharedResource
from latticelink.values.dns import parse_dns_name
from latticelink.values.tokens import REFUSED, is_known

_WITH_MEMBERS = ("GROUP", "SERVICE_NETWORK")


def plain_dns_name(report: Report, argument: str, dns_name: str) -> str:
    """Return `dns_name` if it can name a private zone and its records; refuse the rest, and tokens."""
    if is_known(dns_name):
        name = parse_dns_name(report, argument, dns_name)
        if name != REFUSED and "_" in name:
            report.refuse(
                argument,
                dns_name,
                rule="A host name has letters, digits and hyphens; many clients refuse one with an underscore.",
                fix=f"Write {name.replace('_', '-')!r}.",
                source="https://www.rfc-editor.org/rfc/rfc1123#page-13",
            )
        return name
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


def add_own_names(
    report: Report, names: VpcNames, shared: SharedResource, dns_name: str | None, members_domain: str | None, who: str
) -> None:
    """Take the names that an endpoint or association makes in private zones; refuse those that lead elsewhere."""
    if dns_name is not None and dns_name != REFUSED:
        names.add_own(report, "dns_name", dns_name.partition(".")[2], [dns_name], who)
    if members_domain is not None and members_domain != REFUSED:
        members = (shared.published or shared).members
        listed = [f"{member}.{members_domain}" for member in members] if isinstance(members, Mapping) else []
        names.add_own(report, "members_domain", members_domain, listed, who)


def name_members(
    scope: Any, network: Network | ExistingNetwork, domain: str, shared: SharedResource, key: str, target: str
) -> Any:
    """Make a CNAME `<member>.<domain>` for each member that has `key`, to the name that `target` gives.

    In `target`, `each.key` is the member's name and `each.value` what the contract has under `key`.
    """
    members = shared.members
    listed = json.dumps(members) if isinstance(members, Mapping) else bindings.expression(scope, str(members))
    record = bindings.Route53Record(
        scope,
        "members",
        zone_id=network.private_zone(domain),
        name=f"${{each.key}}.{domain}",
        type="CNAME",
        ttl=60,
        records=[target],
    )
    each = f"{{for name, member in {listed} : name => member.{key} if can(member.{key})}}"
    record.add_override("for_each", f"${{{each}}}")
    return record
