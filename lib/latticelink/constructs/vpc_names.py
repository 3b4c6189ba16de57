"""What the DNS of one VPC answers: which name leads where, and which hosted zone would hide another's names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from latticelink.cdk import bindings
from latticelink.errors import Report
from latticelink.values.contract import SharedResource
from latticelink.values.dns import ExistingHostedZone
from latticelink.values.domains import refuse_taking_over
from latticelink.values.tags import Tags
from latticelink.values.tokens import is_known

_CONFIGURATION_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html"
_ZONE_DOC = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html"

EndpointType = Literal["Resource", "ServiceNetwork"]


class VpcNames:
    """The names of one VPC, as far as one stack makes them."""

    def __init__(self) -> None:
        self._leads: dict[str, str] = {}
        self._own_zones: dict[str, str] = {}
        self._custom_domains: dict[str, str] = {}
        self._zones: dict[str, bindings.Route53Zone] = {}
        self._existing_zones: dict[str, tuple[ExistingHostedZone, bindings.DataAwsRoute53Zone]] = {}
        self._resources: dict[tuple[Any, str], tuple[str, SharedResource]] = {}
        self._networks: list[tuple[str, SharedResource]] = []

    def zone(
        self, scope: Any, vpc_id: str, domain: str, tags: Tags
    ) -> bindings.Route53Zone | bindings.DataAwsRoute53Zone:
        """Return the private hosted zone for `domain`: the existing one, or one made in `scope` when first asked for.

        AWS refuses two private zones of the same name on one VPC, so there is one for each VPC.
        Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
        """
        if domain in self._existing_zones:
            return self._existing_zones[domain][1]
        if domain not in self._zones:
            vpc = [bindings.Route53ZoneVpc(vpc_id=vpc_id)]
            self._zones[domain] = bindings.make(
                bindings.Route53Zone, scope, f"zone-{domain}", name=domain, vpc=vpc, tags=tags.of_part(domain)
            )
        return self._zones[domain]

    def zone_beside(self, zone: ExistingHostedZone) -> str | None:
        """Return what the zone of this name is, if it is another one; None if there is none."""
        if zone.name in self._zones:
            return "created here"
        known, _ = self._existing_zones.get(zone.name, (zone, None))
        return None if known.id == zone.id else known.id or "found by its name"

    def existing_zone(self, scope: Any, vpc_id: str, zone: ExistingHostedZone) -> bindings.DataAwsRoute53Zone:
        """Return what looks up a private hosted zone of the VPC; the plan stops if it is another one, or none.

        Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/route53_zone
        """
        if zone.name not in self._existing_zones:
            found = bindings.make(
                bindings.DataAwsRoute53Zone,
                scope,
                f"existing-zone-{zone.name}",
                name=zone.name,
                private_zone=True,
                vpc_id=vpc_id,
            )
            if zone.id is not None:
                mistaken = {
                    "condition": f"${{self.zone_id == {bindings.expression(scope, zone.id)}}}",
                    "error_message": f"The private hosted zone {zone.name} of VPC {vpc_id} is ${{self.zone_id}}, not "
                    f"{zone.id}. Give the ExistingHostedZone that id.",
                }
                found.add_override("lifecycle.postcondition", [mistaken])
            self._existing_zones[zone.name] = (zone, found)
        return self._existing_zones[zone.name][1]

    def add_own(self, report: Report, argument: str, zone: str, names: list[str], who: str) -> None:
        """Take `names`, in a private zone of the user's own, for `who`; refuse names that lead elsewhere already."""
        for name in names:
            self._lead(report, argument, name, who)
        self._own_zones.setdefault(zone, who)
        refuse_taking_over(report, argument, zone)
        for custom, owner in self._custom_domains.items():
            _refuse_hidden(report, argument, zone, custom, owner)

    def add_private_dns(
        self, report: Report, who: str, kind: EndpointType, shared: SharedResource
    ) -> list[tuple[SharedResource, SharedResource]]:
        """Note an endpoint with private DNS; refuse one whose names others have, or that AWS creates once only.

        Returns:
            Pairs of a resource and a service network that have an endpoint each in this VPC, of which only the plan can
            tell whether the one is in the other.
        """
        custom = (shared.published or shared).custom_domain
        if custom and is_known(custom):
            self._lead(report, "shared", custom, who)
            self._custom_domains[custom] = who
            for zone in self._own_zones:
                _refuse_hidden(report, "shared", zone, custom, who)
        if kind == "ServiceNetwork":
            ways = [(other, single, shared) for other, single in self._resources.values()]
            self._networks.append((who, shared))
        else:
            ways = [(other, shared, network) for other, network in self._networks]
            twin, _ = self._resources.setdefault(_identity(shared), (who, shared))
            if twin != who and (shared.published or shared).type == "ARN":
                _refuse_second_way(report, shared, twin)
        for other, single, network in ways:
            if _identity(single) in _identities_of_members(network):
                _refuse_second_way(report, single, other)
        return [
            (single, network)
            for _, single, network in ways
            if network.members and _identity(single) not in _identities_of_members(network)
        ]

    def _lead(self, report: Report, argument: str, name: str, who: str) -> None:
        if (owner := self._leads.setdefault(name, who)) != who:
            report.refuse(
                argument,
                name,
                rule=f"A name in a VPC leads to one place; in this VPC, it already leads to {owner!r}.",
                fix="Choose another name, leave this one out, or give one of the two private_dns_enabled=False.",
                source=_ZONE_DOC,
            )


def is_never_in(scope: Any, single: SharedResource, network: SharedResource) -> str:
    """Return Terraform's condition that a service network has no such resource."""
    members = network.members
    listed = json.dumps(members) if isinstance(members, Mapping) else bindings.expression(scope, str(members))
    arn = bindings.expression(scope, single.arn)
    return f"${{try(!contains([for member in values({listed}) : member.arn], {arn}), true)}}"


def _identity(shared: SharedResource) -> tuple[Any, str]:
    """Return what is the same for one configuration however it was read: its ARN, and where an expression holds."""
    known = shared.published or shared
    return (None if is_known(known.arn) else known.stack, known.arn)


def _identities_of_members(network: SharedResource) -> list[tuple[Any, str]]:
    known = network.published or network
    members = known.members.values() if isinstance(known.members, Mapping) else ()
    return [(None if is_known(member["arn"]) else known.stack, member["arn"]) for member in members]


def _refuse_hidden(report: Report, argument: str, zone: str, custom: str, owner: str) -> None:
    if zone == custom or zone.endswith(f".{custom}"):
        report.refuse(
            argument,
            zone,
            rule=f"A private zone hides what AWS answers for its name and the names below it, among them "
            f"{custom!r}, the custom domain that {owner!r} reaches.",
            fix=f"Give the zone a name that isn't at or below {custom!r}, or give {owner!r} private_dns_enabled=False.",
            source=_ZONE_DOC,
        )


def _refuse_second_way(report: Report, shared: SharedResource, other: str) -> None:
    report.refuse(
        "shared",
        shared.name,
        rule=f"{other!r} reaches {shared.name!r} from this VPC already, with private DNS, and AWS creates no second "
        "endpoint with it for one resource.",
        fix="Keep one of the two, or give one of them private_dns_enabled=False.",
        source=_CONFIGURATION_DOC,
    )
