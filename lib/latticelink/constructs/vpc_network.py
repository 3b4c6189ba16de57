"""What new and existing networks have in common: a VPC with its subnets, and the DNS names in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.notes import notes_of
from latticelink.constructs.vpc_names import VpcNames
from latticelink.errors import Report
from latticelink.values.addresses import (
    Cidr,
)
from latticelink.values.calls import judged
from latticelink.values.dns import ExistingHostedZone, parse_dns_name
from latticelink.values.tags import parse_tags
from latticelink.values.tokens import REFUSED

_IP_TYPE_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html"


@dataclass(frozen=True)
class PlacedSubnet:
    """A subnet as constructs use it.

    Attributes:
        key: its name in this network.
        id: its id, or the expression of it.
        zone: its zone's name, None if that isn't known.
        zone_id: expression of its zone's id.
        resource: the subnet of the AWS provider; of an existing one what looks it up.
    """

    key: str
    id: str
    zone: str | None
    zone_id: str
    resource: bindings.Subnet | bindings.DataAwsSubnet = field(repr=False, compare=False)


class VpcNetwork(bindings.Construct):
    """What new and existing networks have in common."""

    vpc_id: str
    subnets: tuple[PlacedSubnet, ...]

    def __init__(self, scope: Any, id: str, tags: Mapping[str, str] | None) -> None:
        super().__init__(scope, id)
        self.stack: Any = bindings.stack_of(scope)
        self.stack_id: str = self.stack.node.id
        with Report(self) as report:
            self._tags = parse_tags(report, "tags", tags, beside=notes_of(self.stack).tags)
        self._block = Cidr(REFUSED)
        self._has_ipv6: bool | None = None

    @property
    def cidr(self) -> str:
        """The VPC's IPv4 CIDR block.

        Raises:
            InvalidInput: for an existing network that was given without one.
        """
        if not self._block.text:
            with Report(self) as report:
                report.refuse(
                    "cidr",
                    None,
                    rule="The CIDR block of an existing network is known only if it is given.",
                    fix="Give ExistingNetwork its cidr.",
                )
        return self._block.text or REFUSED

    @property
    def subnet_ids(self) -> list[str]:
        """The ids of the subnets, in the order of their keys."""
        return [subnet.id for subnet in self.subnets]

    @property
    def names(self) -> VpcNames:
        """What the DNS of this VPC answers; the same also for two networks of one VPC."""
        return notes_of(self.stack).vpc_names.setdefault(self.vpc_id, VpcNames())

    @judged
    def private_zone(
        self, domain: str, existing: ExistingHostedZone | None = None
    ) -> bindings.Route53Zone | bindings.DataAwsRoute53Zone:
        """Return the private hosted zone for `domain` in this VPC: the existing one, or one that is made once.

        Args:
            domain: the zone's name, such as `shared.internal`.
            existing: the zone that exists. Default: one is made.

        Raises:
            InvalidInput: for a malformed name.
        """
        with Report(self) as report:
            domain = parse_dns_name(report, "domain", domain, labels=1)
        if existing is not None:
            return self.names.existing_zone(self, self.vpc_id, existing)
        return self.names.zone(self, self.vpc_id, domain, self._tags)

    def needs_dns(self, *, hostnames: bool) -> None:
        """Note that the VPC needs DNS resolution, and for private DNS DNS host names too."""

    def refuse_other_stack(self, report: Report, stack: Any) -> None:
        """Refuse the use of this network by a construct in another stack."""
        if self.stack is not stack:
            report.refuse(
                "network",
                self.node.path,
                rule="A network is used only in its own stack: stacks exchange resources only through remote state.",
                fix="Give this stack a Network of its own, or an ExistingNetwork with the ids.",
            )

    def refuse_ip_type(self, report: Report, argument: str, ip_address_type: str) -> None:
        """Refuse addresses that the subnets don't have; those of an existing network are not known."""
        if self._has_ipv6 is None or ip_address_type.upper() == "IPV4":
            return
        if not self._has_ipv6:
            report.refuse(
                argument,
                ip_address_type,
                rule="All subnets need addresses of this type; those of this network have only IPv4 addresses.",
                fix="Write Network(..., ipv6=True) and make it dual-stack, or leave it out.",
                source=_IP_TYPE_DOC,
            )
        elif ip_address_type.upper() == "IPV6":
            report.refuse(
                argument,
                ip_address_type,
                rule="AWS accepts this type only if all subnets have IPv6 addresses only; these have IPv4 as well.",
                fix="Make it dual-stack, or bring IPv6-only subnets as an ExistingNetwork.",
                source=_IP_TYPE_DOC,
            )

    def pick(self, report: Report, argument: str, keys: Sequence[str] | None) -> list[PlacedSubnet]:
        """Return the subnets named in `keys` (all if None), in the order of their keys; refuse unknown ones."""
        if keys is None:
            return list(self.subnets)
        known = {subnet.key: subnet for subnet in self.subnets}
        if not keys or isinstance(keys, str):
            report.refuse(
                argument, keys, rule="At least one subnet is needed, as a list.", fix=f"Choose from {sorted(known)}."
            )
            return []
        for key in keys:
            if key not in known:
                report.refuse(
                    argument,
                    key,
                    rule=f"The network's subnets are {', '.join(sorted(known))}.",
                    fix="Write one of these.",
                )
        return [known[key] for key in sorted(set(keys)) if key in known]
