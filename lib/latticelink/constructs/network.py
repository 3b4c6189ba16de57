"""Networks: a VPC with its subnets, made new or taken by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.vpc_names import VpcNames
from latticelink.errors import Report
from latticelink.values.addresses import Cidr, Subnet, carve, parse_cidr, parse_subnets, parse_vpc_cidr
from latticelink.values.aws_ids import parse_id, parse_ids, parse_zone
from latticelink.values.calls import judged
from latticelink.values.tokens import REFUSED, is_known

_IP_TYPE_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html"


@dataclass(frozen=True)
class PlacedSubnet:
    """A subnet as constructs use it: its key, its id, and its zone as far as they are known."""

    key: str
    id: str
    zone: str | None = None
    zone_id: str | None = None


class _Network(bindings.Construct):
    """What new and existing networks have in common."""

    vpc_id: str
    subnets: tuple[PlacedSubnet, ...]

    def __init__(self, scope: Any, id: str) -> None:
        super().__init__(scope, id)
        self.stack: Any = bindings.stack_of(scope)
        self.stack_id: str = self.stack.node.id
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
                    rule="The CIDR of an existing network is known only if it is given.",
                    fix="Give ExistingNetwork its cidr.",
                )
        return self._block.text or REFUSED

    @property
    def subnet_ids(self) -> list[str]:
        """The ids of the subnets, in the order of their keys."""
        return [subnet.id for subnet in self.subnets]

    @property
    def names(self) -> VpcNames:
        """What the DNS of this VPC answers."""
        return VpcNames.of(self.stack, self.vpc_id)

    def private_zone(self, domain: str) -> str:
        """Return the id of the private hosted zone for `domain` in this VPC, made when first asked for."""
        return self.names.zone_id(self, self.vpc_id, domain)

    def refuse_other_stack(self, report: Report, stack: Any) -> None:
        """Refuse the use of this network by a construct in another stack."""
        if self.stack is not stack:
            report.refuse(
                "network",
                self.node.path,
                rule="A network is used in its own stack only: stacks meet in remote state alone.",
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
                rule="All subnets have the addresses of this type; those of this network have IPv4 addresses alone.",
                fix="Write Network(..., ipv6=True) and make it dual-stack, or leave it out.",
                source=_IP_TYPE_DOC,
            )
        elif ip_address_type.upper() == "IPV6":
            report.refuse(
                argument,
                ip_address_type,
                rule="AWS takes this type only where all subnets have IPv6 addresses alone; these have IPv4 as well.",
                fix="Make it dual-stack, or take IPv6-only subnets as an ExistingNetwork.",
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


class Network(_Network):
    """A new VPC with private subnets: no internet gateway, no NAT, DNS names and DNS resolution on.

    Different networks may have the same CIDR: a resource endpoint doesn't route between them.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        cidr: IPv4 block of the VPC, /16 to /28.
        zones: Availability Zone names; each gets a subnet carved from `cidr`: one eighth of its lower half, by the
            zone's letter, so that adding a zone moves none. The upper half stays free.
        subnets: the subnets, where carving doesn't suit. Either `zones` or `subnets`.
        ipv6: whether the VPC has an IPv6 block too (a /56 of Amazon's), and each subnet a /64 of it, by the zone's
            letter; then there is one subnet in each zone. Default: no.
        name: Name tag of the VPC. Default: the ids of stack and network.

    Raises:
        InvalidInput: for blocks that AWS refuses, subnets that overlap or lie outside, zones of another region.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
        https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        *,
        cidr: str,
        zones: Sequence[str] = (),
        subnets: Sequence[Subnet] = (),
        ipv6: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._has_ipv6 = ipv6
        with Report(self) as report:
            self._block = parse_vpc_cidr(report, "cidr", cidr)
            planned = self._planned(report, cidr, zones, subnets)
            blocks = parse_subnets(report, "subnets", self._block, planned)
            region = getattr(self.stack, "region", REFUSED)
            placed_zones = [
                parse_zone(report, f"subnets[{subnet.key!r}].zone", subnet.zone, region) for subnet in planned
            ]
            if ipv6:
                _refuse_without_ipv6_block(report, placed_zones)
        name = name or f"{self.stack_id}-{id}"
        self.vpc: Any = bindings.make(
            bindings.Vpc,
            self,
            "vpc",
            cidr_block=self._block.text,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            assign_generated_ipv6_cidr_block=True if ipv6 else None,
            tags={"Name": name},
        )
        self.vpc_id = f"${{{bindings.address(self.vpc)}.id}}"
        placed: dict[str, PlacedSubnet] = {}
        for subnet, block, zone in zip(planned, blocks, placed_zones, strict=True):
            if subnet.key in placed:
                continue
            made = bindings.make(
                bindings.Subnet,
                self,
                f"subnet-{subnet.key}",
                vpc_id=self.vpc_id,
                availability_zone=zone,
                cidr_block=block.text,
                ipv6_cidr_block=self._ipv6_block(zone) if ipv6 else None,
                assign_ipv6_address_on_creation=True if ipv6 else None,
                tags={"Name": f"{name}-{subnet.key}"},
            )
            address = bindings.address(made)
            placed[subnet.key] = PlacedSubnet(
                subnet.key,
                f"${{{address}.id}}",
                zone if is_known(zone) else None,
                f"${{{address}.availability_zone_id}}",
            )
        self.subnets = tuple(placed[key] for key in sorted(placed))

    @property
    def ipv6_cidr(self) -> str:
        """Expression of the VPC's IPv6 block, such as for `client_cidrs`; known after apply.

        Raises:
            InvalidInput: for a network without IPv6.
        """
        if not self._has_ipv6:
            with Report(self) as report:
                report.refuse(
                    "ipv6", False, rule="This network has no IPv6 block.", fix="Write Network(..., ipv6=True)."
                )
            return REFUSED
        return f"${{{bindings.address(self.vpc)}.ipv6_cidr_block}}"

    def _ipv6_block(self, zone: str) -> str:
        return f"${{cidrsubnet({bindings.address(self.vpc)}.ipv6_cidr_block, 8, {_letter(zone)})}}"

    def _planned(self, report: Report, cidr: str, zones: Sequence[str], subnets: Sequence[Subnet]) -> list[Subnet]:
        if bool(zones) == bool(subnets) or isinstance(zones, str):
            report.refuse(
                "zones",
                zones,
                rule="A network has at least one subnet: either zones to carve them for, or subnets.",
                fix="Write for example zones=['ap-northeast-1a', 'ap-northeast-1c'].",
                source="https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html",
            )
            return []
        if subnets:
            return list(subnets)
        planned = []
        for zone in map(str, zones):
            block = carve(self._block, zone)
            if block is None and self._block.network is not None:
                report.refuse(
                    "zones",
                    zone,
                    rule="Subnets are carved for zones with the letters a to h, from a VPC of /16 to /24.",
                    fix=f"Give subnets of {cidr} with their blocks instead.",
                )
            planned.append(Subnet(zone=zone, cidr=block or REFUSED))
        return planned


def _letter(zone: str) -> int:
    """Return the place in the alphabet of the letter that ends a zone's name, 0 for `a`."""
    return ord(zone[-1:] or "?") - ord("a")


def _refuse_without_ipv6_block(report: Report, zones: list[str]) -> None:
    known = [zone for zone in zones if zone != REFUSED]
    for zone in sorted({zone for zone in known if known.count(zone) > 1 or not 0 <= _letter(zone) < 26}):
        report.refuse(
            "ipv6",
            True,
            rule=f"A subnet's IPv6 block goes by its zone's letter, so that each has its own; {zone!r} has none.",
            fix="Have one subnet in each zone, by its name, or make the network yourself: ExistingNetwork.",
        )


class ExistingNetwork(_Network):
    """A VPC and subnets that exist already, by id.

    For private DNS the VPC must have DNS names and DNS resolution on; that is not checked here.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        vpc_id: id of the VPC, `vpc-...`.
        subnet_ids: ids of one or more of its subnets, `subnet-...`; the id is also the subnet's key.
        cidr: the VPC's IPv4 block, if it is needed, such as for `client_cidrs=[network.cidr]`.

    Raises:
        InvalidInput: for malformed ids or CIDR, and for no subnet.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html
    """

    @judged
    def __init__(self, scope: Any, id: str, *, vpc_id: str, subnet_ids: Sequence[str], cidr: str | None = None) -> None:
        super().__init__(scope, id)
        with Report(self) as report:
            self.vpc_id = parse_id(report, "vpc_id", vpc_id, "vpc")
            ids = parse_ids(report, "subnet_ids", subnet_ids, "subnet")
            if not subnet_ids:
                report.refuse(
                    "subnet_ids",
                    subnet_ids,
                    rule="A network has at least one subnet.",
                    fix="Give the ids of the subnets, one for each zone.",
                )
            self._block = Cidr("") if cidr is None else parse_cidr(report, "cidr", cidr)
        self.subnets = tuple(PlacedSubnet(subnet_id, subnet_id) for subnet_id in sorted(ids))
