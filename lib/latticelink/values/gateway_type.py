"""What a resource gateway can serve: its addresses and how it resolves names, against the resources shared by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from latticelink.errors import Report
from latticelink.values.dns import refuse_private_name
from latticelink.values.provider_arguments import DEFAULT_ADDRESSES
from latticelink.values.resources import ArnResource, DnsResource, GroupResource, IpResource, Resource

_GATEWAY_SOURCE = "https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html"
_API_SOURCE = "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html"

VERSIONS = {"IPV4": (4,), "IPV6": (6,), "DUALSTACK": (4, 6)}
RESOLUTIONS = ("PUBLIC", "IN_VPC")
MOST_ADDRESSES = 62
DEFAULT_TYPE = "IPV4"


@dataclass(frozen=True)
class GatewayType:
    """The properties of a resource gateway that decide what it serves; AWS fixes the first two at its creation.

    Args:
        ip_address_type: IPV4, IPV6 or DUALSTACK.
        ipv4_addresses_per_eni: IPv4 addresses in each subnet, 1 to 62; None for AWS's 16.
        dns_resolution: PUBLIC or IN_VPC.
    """

    ip_address_type: str = "IPV4"
    ipv4_addresses_per_eni: int | None = None
    dns_resolution: str = "PUBLIC"

    @property
    def ip_versions(self) -> tuple[int, ...]:
        """4, 6 or both."""
        return VERSIONS[self.ip_address_type]


def parse_gateway_type(
    report: Report, ip_address_type: str, ipv4_addresses_per_eni: int | None, dns_resolution: str
) -> GatewayType:
    """Return the type of a gateway; refuse values that AWS doesn't know, and those that it refuses together."""
    if not isinstance(ip_address_type, str) or ip_address_type not in VERSIONS:
        report.refuse(
            "ip_address_type",
            ip_address_type,
            rule="The address type of a resource gateway is 'IPV4', 'IPV6' or 'DUALSTACK'.",
            fix="Write one of these, or leave it out for 'IPV4'.",
            source=_GATEWAY_SOURCE,
        )
        ip_address_type = "IPV4"
    if dns_resolution not in RESOLUTIONS:
        report.refuse(
            "dns_resolution",
            dns_resolution,
            rule="A resource gateway resolves names in the 'PUBLIC' DNS, or 'IN_VPC' by the VPC's own resolvers.",
            fix="Write one of these, or leave it out for 'PUBLIC'.",
            source=_API_SOURCE,
        )
        dns_resolution = "PUBLIC"
    if dns_resolution == "IN_VPC" and ip_address_type == "IPV6":
        report.refuse(
            "dns_resolution",
            dns_resolution,
            rule="A gateway in IPv6-only subnets can't resolve names in the VPC.",
            fix="Use IPV4 or DUALSTACK, or leave dns_resolution out.",
            source=_GATEWAY_SOURCE,
        )
    if ipv4_addresses_per_eni is not None:
        ipv4_addresses_per_eni = _parse_addresses(report, ip_address_type, ipv4_addresses_per_eni)
    return GatewayType(ip_address_type, ipv4_addresses_per_eni, dns_resolution)


def _parse_addresses(report: Report, ip_address_type: str, given: int) -> int | None:
    if isinstance(given, bool) or not isinstance(given, int) or not 1 <= given <= MOST_ADDRESSES:
        report.refuse(
            "ipv4_addresses_per_eni",
            given,
            rule=f"A resource gateway uses 1 to {MOST_ADDRESSES} IPv4 addresses in each subnet.",
            fix=f"Write such a number, or leave it out for AWS's {DEFAULT_ADDRESSES}.",
            source=_API_SOURCE,
        )
        return None
    if ip_address_type == "IPV6":
        report.refuse(
            "ipv4_addresses_per_eni",
            given,
            rule="An IPV6 gateway has no IPv4 addresses; AWS gives it a /80 block in each subnet.",
            fix="Leave it out.",
            source=_GATEWAY_SOURCE,
        )
    return given


def refuse_unfit(report: Report, gateway: GatewayType, resource: Resource) -> None:
    """Refuse a resource that the gateway can't reach or resolve; what Terraform alone knows is not judged."""
    for target in _targets(resource):
        if isinstance(target, DnsResource):
            _refuse_unresolvable(report, gateway, target)
        elif isinstance(target, ArnResource) and gateway.dns_resolution == "IN_VPC":
            report.refuse(
                "resource",
                target.arn,
                rule="AWS doesn't share databases by ARN through a gateway with dns_resolution='IN_VPC'.",
                fix="Share it through another gateway, without dns_resolution.",
                source=_API_SOURCE,
            )
        _refuse_wrong_version(report, gateway, target)


def _targets(resource: Resource) -> Iterator[IpResource | DnsResource | ArnResource]:
    if isinstance(resource, GroupResource):
        yield from (member.resource for member in resource.members.values())
    else:
        yield resource


def _refuse_unresolvable(report: Report, gateway: GatewayType, target: DnsResource) -> None:
    if gateway.dns_resolution == "PUBLIC" and target.known_name is not None:
        refuse_private_name(report, "resource", target.known_name)
    wanted = {"IPV4": 4, "IPV6": 6}.get(target.ip_address_type or "")
    if wanted is not None and wanted not in gateway.ip_versions:
        _refuse_version(report, gateway, target.domain_name, wanted)


def _refuse_wrong_version(report: Report, gateway: GatewayType, target: IpResource | DnsResource | ArnResource) -> None:
    if isinstance(target, IpResource):
        if target.known_address and target.known_address.version not in gateway.ip_versions:
            _refuse_version(report, gateway, target.address, target.known_address.version)
        return
    for block in target.known_cidrs if target.security_group_id is None else ():
        if block.version is not None and block.version not in gateway.ip_versions:
            _refuse_version(report, gateway, block.text, block.version)


def _refuse_version(report: Report, gateway: GatewayType, value: str, version: int) -> None:
    other = 6 if version == 4 else 4
    report.refuse(
        "resource",
        value,
        rule=f"A gateway of type {gateway.ip_address_type} has no IPv{version} addresses to reach this resource from.",
        fix=f"Share the resource's IPv{other} address, or give the gateway ip_address_type='DUALSTACK'.",
        source=_GATEWAY_SOURCE,
    )


def dns_address_type(gateway: GatewayType, target: DnsResource) -> str:
    """Return which addresses of a name AWS asks for: those that were chosen, else IPv4 wherever the gateway has it."""
    return target.ip_address_type or ("IPV4" if 4 in gateway.ip_versions else "IPV6")
