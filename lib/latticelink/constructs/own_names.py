"""The consumer's own names for what it reaches: one name, or one for each member, in a private zone of the VPC."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.network import Network
from latticelink.constructs.vpc_names import VpcNames
from latticelink.errors import Report
from latticelink.values.contract import SharedResource
from latticelink.values.dns import ExistingHostedZone, parse_dns_name
from latticelink.values.tokens import REFUSED, is_known

_NAME_DOC = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LONGEST_NAME = 253
_WITH_MEMBERS = ("GROUP", "SERVICE_NETWORK")


@dataclass(frozen=True)
class OwnNames:
    """The names that an endpoint or association makes.

    Args:
        shared: what is reached.
        dns_name: the one name; None if there is none.
        members_domain: the domain of the members' names; None if there is none.
        hosted_zone: the zone that exists for them; None to have one made.
    """

    shared: SharedResource
    dns_name: str | None = None
    members_domain: str | None = None
    hosted_zone: ExistingHostedZone | None = None

    @classmethod
    def parse(
        cls,
        report: Report,
        shared: SharedResource,
        *,
        dns_name: str | None = None,
        members_domain: str | None = None,
        hosted_zone: ExistingHostedZone | None = None,
    ) -> OwnNames:
        """Return the names; refuse what can be none, what doesn't fit the resource, and what isn't in the zone."""
        _refuse_another_kind(report, shared, dns_name, members_domain)
        given = {"dns_name": dns_name, "members_domain": members_domain}
        names = {key: _plain_name(report, key, name) for key, name in given.items() if name is not None}
        if hosted_zone is not None:
            _refuse_outside(report, hosted_zone, names)
        # Without the refused ones, as these are told.
        return cls(shared, hosted_zone=hosted_zone, **{key: name for key, name in names.items() if name != REFUSED})

    def take(self, report: Report, names: VpcNames, who: str) -> None:
        """Take the names in a VPC for `who`; refuse those that lead elsewhere, and a second zone of one name."""
        if self.hosted_zone is not None and (other := names.zone_beside(self.hosted_zone)) is not None:
            report.refuse(
                "hosted_zone",
                self.hosted_zone.id,
                rule=(
                    f"A VPC has only one private zone with a given name; in this VPC, that "
                    f"of {self.hosted_zone.name} is already {other}."
                ),
                fix="Give the same hosted_zone everywhere.",
                source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/"
                "hosted-zone-private-considerations.html",
            )
        if self.dns_name is not None:
            names.add_own(report, "dns_name", self._zone_name(_above(self.dns_name)), [self.dns_name], who)
        if self.members_domain is not None:
            listed = [f"{member.lower()}.{self.members_domain}" for member in _members_with_names(self.shared)]
            _refuse_unnameable(report, self.members_domain, _members_with_names(self.shared))
            names.add_own(report, "members_domain", self._zone_name(self.members_domain), sorted(set(listed)), who)

    def make_record(self, scope: Any, network: Network | ExistingNetwork, target: str) -> bindings.Route53Record | None:
        """Create a CNAME to `target` for the one name, if there is one."""
        if self.dns_name is None:
            return None
        return bindings.Route53Record(
            scope,
            "dns-name",
            zone_id=self._zone_id(network, _above(self.dns_name)),
            name=self.dns_name,
            type="CNAME",
            ttl=60,
            records=[target],
        )

    def make_records_of_members(
        self, scope: Any, network: Network | ExistingNetwork, key: str, target: str
    ) -> bindings.Route53Record | None:
        """Make a CNAME `<member>.<domain>` for each member that has `key`, to the name that `target` gives.

        In `target`, `each.key` is the member's name and `each.value` what the contract has under `key`.
        """
        if self.members_domain is None:
            return None
        members = self.shared.members
        listed = json.dumps(members) if isinstance(members, Mapping) else bindings.expression(scope, str(members))
        record = bindings.Route53Record(
            scope,
            "members",
            zone_id=self._zone_id(network, self.members_domain),
            name=f"${{each.key}}.{self.members_domain}",
            type="CNAME",
            ttl=60,
            records=[target],
        )
        each = f"{{for name, member in {listed} : name => member.{key} if can(member.{key})}}"
        record.add_override("for_each", f"${{{each}}}")
        if not isinstance(members, Mapping):
            # Known at plan only; those that are known now were judged before.
            record.add_override("lifecycle.precondition", _conditions_of_members(listed, key))
        return record

    def _zone_name(self, domain: str) -> str:
        return self.hosted_zone.name if self.hosted_zone else domain

    def _zone_id(self, network: Network | ExistingNetwork, domain: str) -> str:
        network.needs_dns(hostnames=False)
        return f"${{{bindings.address(network.private_zone(domain, self.hosted_zone))}.zone_id}}"


def _members_with_names(shared: SharedResource) -> list[str]:
    """Return the names of the members, as far as they are known, that get a name of their own."""
    known = shared.published or shared
    if not isinstance(known.members, Mapping):
        return []
    return [name for name, member in known.members.items() if known.type == "GROUP" or "dns_name" in member]


def _refuse_unnameable(report: Report, domain: str, members: list[str]) -> None:
    """Refuse members whose names are no labels of DNS, are too long with the domain, or differ by case alone."""
    for member in members:
        if not re.fullmatch(_LABEL, member) or len(f"{member}.{domain}") > _LONGEST_NAME:
            report.refuse(
                "members_domain",
                f"{member}.{domain}",
                rule="The name of a member is a DNS label of 1 to 63 letters, digits and inner hyphens, and with its "
                f"domain it has at most {_LONGEST_NAME} characters.",
                fix=f"Share {member!r} under another name, or create a record of your own for each member.",
                source=_NAME_DOC,
            )
        if twins := [other for other in members if other < member and other.lower() == member.lower()]:
            report.refuse(
                "members_domain",
                member,
                rule=f"DNS ignores case, and {twins[0]!r} is a member too.",
                fix="Share one of the two under another name.",
                source=_NAME_DOC,
            )


def _conditions_of_members(listed: str, key: str) -> list[dict[str, str]]:
    named = f"[for name, member in {listed} : lower(name) if can(member.{key})]"
    return [
        {
            "condition": f'${{can(regex("^{_LABEL}$", each.key))}}',
            "error_message": "${jsonencode(each.key)} is no label of DNS (1 to 63 letters, digits and inner hyphens), "
            "so it gets no name below members_domain. Share it under another name, or leave members_domain out.",
        },
        {
            "condition": f"${{length(distinct({named})) == length({named})}}",
            "error_message": f"Two members differ by capitals alone, and DNS doesn't tell them apart: "
            f"${{jsonencode({named})}}. Share one under another name, or leave members_domain out.",
        },
    ]


def _above(name: str) -> str:
    return name.partition(".")[2]


def _plain_name(report: Report, argument: str, dns_name: str) -> str:
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
        rule=f"The private zone and its Terraform address are named after {argument}, so it must be a plain string.",
        fix="Write the name itself, or create a record of your own that points to the endpoint's default_dns_name.",
    )
    return REFUSED


def _refuse_another_kind(
    report: Report, shared: SharedResource, dns_name: str | None, members_domain: str | None
) -> None:
    """Refuse one name for what has members, and names of members for what has none."""
    kind = (shared.published or shared).type
    if dns_name is not None and kind in _WITH_MEMBERS:
        report.refuse(
            "dns_name",
            dns_name,
            rule=f"{shared.name!r} is of type {kind}: each of its members has a name of its own.",
            fix="Write members_domain='orders.shared.internal' instead of dns_name.",
        )
    if members_domain is not None and is_known(kind) and kind not in _WITH_MEMBERS:
        report.refuse(
            "members_domain",
            members_domain,
            rule=f"{shared.name!r} is of type {kind}: it has no members.",
            fix="Write dns_name='db.shared.internal' instead of members_domain.",
        )
    if members_domain is not None and not shared.members:
        report.refuse(
            "members_domain",
            members_domain,
            rule="The members are known from the contract that its producer publishes.",
            fix="Read the resource with state.read, or give the SharedResource its members.",
        )


def _refuse_outside(report: Report, zone: ExistingHostedZone, names: Mapping[str, str]) -> None:
    """Refuse names that don't lie in an existing zone, and a zone for no name."""
    if not names:
        report.refuse(
            "hosted_zone",
            zone.name,
            rule="A hosted zone is only used for a name, and none is given.",
            fix=f"Write dns_name='orders.{zone.name}', or leave hosted_zone out.",
        )
    for argument, name in names.items():
        is_its_own = argument == "members_domain" and name == zone.name
        if name != REFUSED and not name.endswith(f".{zone.name}") and not is_its_own:
            report.refuse(
                argument,
                name,
                rule=f"The names in a hosted zone lie below its own name, which is {zone.name}.",
                fix=f"Write, for example, 'orders.{zone.name}', or give the zone of this name.",
                source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html",
            )
