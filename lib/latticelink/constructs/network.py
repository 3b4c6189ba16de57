"""A new network: a VPC with private subnets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.vpc_network import PlacedSubnet, VpcNetwork
from latticelink.errors import Report
from latticelink.values.addresses import (
    Cidr,
    Subnet,
    carve,
    parse_pool_netmask,
    parse_subnets,
    parse_vpc_cidr,
)
from latticelink.values.aws_ids import parse_id, parse_zone
from latticelink.values.calls import judged
from latticelink.values.tags import parse_name_tag
from latticelink.values.tokens import REFUSED, is_known

# Stands for the block of a subnet that Terraform carves, as the VPC's own is known only after apply.
_CARVED = "${latticelink_carved}"


class Network(VpcNetwork):
    """A new VPC with private subnets: no internet gateway, no NAT, DNS names and DNS resolution on.

    Different networks may have the same CIDR: a resource endpoint doesn't route between them.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        cidr: IPv4 block of the VPC, /16 to /28. Default: `ipam_pool_id` chooses it.
        zones: Availability Zone names; each gets a subnet carved from `cidr`: one eighth of its lower half, by the
            zone's letter, so that adding a zone moves none. The upper half stays free.
        subnets: the subnets, where carving doesn't suit. Either `zones` or `subnets`.
        ipv6: whether the VPC has an IPv6 block too (a /56 of Amazon's), and each subnet a /64 of it, by the zone's
            letter; then there is one subnet in each zone. Default: no.
        ipam_pool_id: the pool of Amazon VPC IP Address Manager that the block is from, `ipam-pool-...`. Default: none.
        netmask_length: prefix length, 16 to 28 (24 with `zones`), of the block that the pool gives, in place of `cidr`.
            The block is known after apply: Terraform carves the subnets, and the check can't compare ranges.
        name: Name tag of the VPC, 1 to 256 characters. Default: the ids of stack and network.
        tags: tags of the VPC, its subnets and its private hosted zones. Default: the Name tag alone.

    Attributes:
        vpc: the VPC of the AWS provider, also `node.default_child`.
        vpc_id: expression of the VPC's id.
        subnets: the subnets, each with its `resource`.

    Raises:
        InvalidInput: for no block or one that AWS refuses, subnets that overlap or lie outside, zones of another
            region, a name or tags that AWS refuses.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
        https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html,
        https://docs.aws.amazon.com/vpc/latest/ipam/create-vpc-ipam.html
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        *,
        cidr: str | None = None,
        zones: Sequence[str] = (),
        subnets: Sequence[Subnet] = (),
        ipv6: bool = False,
        ipam_pool_id: str | None = None,
        netmask_length: int | None = None,
        name: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id, tags)
        self._has_ipv6 = ipv6
        with Report(self) as report:
            pool = None if ipam_pool_id is None else parse_id(report, "ipam_pool_id", ipam_pool_id, "ipam-pool")
            netmask_length = parse_pool_netmask(
                report, "netmask_length", netmask_length, cidr, pool, carved=bool(zones)
            )
            self._block = Cidr(_CARVED) if cidr is None else parse_vpc_cidr(report, "cidr", cidr)
            planned = self._planned(report, cidr, zones, subnets)
            blocks = parse_subnets(report, "subnets", self._block, planned)
            region = getattr(self.stack, "region", REFUSED)
            placed_zones = [
                parse_zone(report, f"subnets[{subnet.key!r}].zone", subnet.zone, region) for subnet in planned
            ]
            if ipv6:
                _refuse_without_ipv6_block(report, placed_zones)
            name = parse_name_tag(report, "name", name, f"{self.stack_id}-{id}")
        self.vpc: bindings.Vpc = bindings.make(
            bindings.Vpc,
            self,
            "vpc",
            cidr_block=None if cidr is None else self._block.text,
            ipv4_ipam_pool_id=pool,
            ipv4_netmask_length=netmask_length,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            assign_generated_ipv6_cidr_block=True if ipv6 else None,
            tags=self._tags.named(name),
        )
        bindings.set_default_child(self, self.vpc)
        self.vpc_id = f"${{{bindings.address(self.vpc)}.id}}"
        if cidr is None:
            self._block = Cidr(f"${{{bindings.address(self.vpc)}.cidr_block}}")
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
                cidr_block=self._carved(zone) if block.text == _CARVED else block.text,
                ipv6_cidr_block=self._ipv6_block(zone) if ipv6 else None,
                assign_ipv6_address_on_creation=True if ipv6 else None,
                tags=self._tags.of_part(f"{name}-{subnet.key}"),
            )
            address = bindings.address(made)
            placed[subnet.key] = PlacedSubnet(
                subnet.key,
                f"${{{address}.id}}",
                zone if is_known(zone) else None,
                f"${{{address}.availability_zone_id}}",
                made,
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

    def _carved(self, zone: str) -> str:
        return f"${{cidrsubnet({bindings.address(self.vpc)}.cidr_block, 4, {_letter(zone)})}}"

    def _ipv6_block(self, zone: str) -> str:
        return f"${{cidrsubnet({bindings.address(self.vpc)}.ipv6_cidr_block, 8, {_letter(zone)})}}"

    def _planned(
        self, report: Report, cidr: str | None, zones: Sequence[str], subnets: Sequence[Subnet]
    ) -> list[Subnet]:
        if bool(zones) == bool(subnets) or isinstance(zones, str):
            report.refuse(
                "zones",
                zones,
                rule="A network has at least one subnet: either zones to create them in, or subnets.",
                fix="Write, for example, zones=['ap-northeast-1a', 'ap-northeast-1c'].",
                source="https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html",
            )
            return []
        if subnets:
            return list(subnets)
        planned = []
        for zone in map(str, zones):
            block = carve(self._block, zone)
            is_carved_later = self._block.network is None and 0 <= _letter(zone) < 8
            if block is None and not is_carved_later and self._block.text != REFUSED:
                report.refuse(
                    "zones",
                    zone,
                    rule="Subnets are created for zones with the letters a to h, from a VPC of /16 to /24.",
                    fix=f"Give subnets of {cidr or 'the block'} with their blocks instead.",
                )
            planned.append(Subnet(zone=zone, cidr=block or (_CARVED if is_carved_later else REFUSED)))
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
            rule=(
                f"A subnet's IPv6 block is derived from its zone's letter, so that each has its own; {zone!r} has none."
            ),
            fix="Have one subnet in each zone, by its name, or make the network yourself: ExistingNetwork.",
        )
