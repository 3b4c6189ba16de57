"""What can be shared: the targets that a producer names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from latticelink.errors import Report
from latticelink.values.addresses import Cidr, parse_cidrs, parse_shared_ip
from latticelink.values.aws_ids import parse_id
from latticelink.values.dns import parse_public_dns_name


@dataclass(frozen=True)
class IpResource:
    """One private address: an instance, an appliance, a server on premises that the VPC has a route to.

    Args:
        address: IPv4 in 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 or 192.168.0.0/16, or IPv6 of the VPC; or a token.
        security_group_id: the target's own security group. Given, it gets a rule that lets the gateway in, and the
            gateway may reach that group only. Left out, the gateway may reach the address, and whoever owns the
            target's group must admit the gateway.

    Raises:
        InvalidInput: for an address that AWS doesn't share, or what is no security-group id.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    """

    address: str
    security_group_id: str | None = None
    known_address: IPv4Address | IPv6Address | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("IpResource") as report:
            known = parse_shared_ip(report, "address", self.address)
            if self.security_group_id is not None:
                parse_id(report, "security_group_id", self.security_group_id, "sg")
        object.__setattr__(self, "known_address", known)


@dataclass(frozen=True)
class DnsResource:
    """One publicly resolvable name; what it resolves to may well be private. AWS follows it when it changes.

    Args:
        domain_name: full DNS name that the public DNS can resolve; or a token.
        security_group_id: the target's own security group, as in `IpResource`.
        cidrs: where the name resolves to; opened on the gateway's way out if there is no `security_group_id`.

    Raises:
        InvalidInput: for a malformed or private name, and if neither a group nor CIDRs say where the target is.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    """

    domain_name: str
    security_group_id: str | None = None
    cidrs: Sequence[str] = ()
    known_cidrs: tuple[Cidr, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("DnsResource") as report:
            parse_public_dns_name(report, "domain_name", self.domain_name)
            if self.security_group_id is not None:
                parse_id(report, "security_group_id", self.security_group_id, "sg")
            elif not self.cidrs:
                report.refuse(
                    "cidrs",
                    self.cidrs,
                    rule="The gateway's security group needs a way out to the target, which a name alone doesn't give.",
                    fix="Give the target's security_group_id, or the cidrs that the name resolves to.",
                    source="https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html",
                )
            known = tuple(parse_cidrs(report, "cidrs", self.cidrs))
        object.__setattr__(self, "known_cidrs", known)


Resource = IpResource | DnsResource
