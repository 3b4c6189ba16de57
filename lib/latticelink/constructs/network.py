"""Networks: a VPC with its subnets, made new or taken by id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from latticelink import _cdk
from latticelink.errors import Report
from latticelink.values.addresses import Cidr, Subnet, carve, parse_cidr, parse_subnets, parse_vpc_cidr
from latticelink.values.aws_ids import parse_id, parse_ids, parse_zone
from latticelink.values.tokens import REFUSED, is_known


@dataclass(frozen=True)
class PlacedSubnet:
    """A subnet as constructs use it: its key, its id, and its zone as far as they are known."""

    key: str
    id: str
    zone: str | None = None
    zone_id: str | None = None


class _Network(_cdk.Construct):
    """What new and existing networks have in common."""

    vpc_id: str
    subnets: tuple[PlacedSubnet, ...]

    def __init__(self, scope: Any, id: str) -> None:
        super().__init__(scope, id)
        self.stack: Any = _cdk.stack_of(scope)
        self.stack_id: str = self.stack.node.id
        self._block = Cidr(REFUSED)
        self._zones: dict[str, str] = {}

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

    def private_zone(self, domain: str) -> str:
        """Return the id of the private hosted zone for `domain` in this VPC, made when first asked for.

        AWS refuses two private zones of the same name on one VPC, so the zone belongs to the network.
        Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
        """
        if domain not in self._zones:
            vpc = [_cdk.Route53ZoneVpc(vpc_id=self.vpc_id)]
            zone = _cdk.make(_cdk.Route53Zone, self, f"zone-{domain}", name=domain, vpc=vpc, tags={"Name": domain})
            self._zones[domain] = f"${{{_cdk.address(zone)}.zone_id}}"
        return self._zones[domain]

    def refuse_other_stack(self, report: Report, stack: Any) -> None:
        """Refuse the use of this network by a construct in another stack."""
        if self.stack is not stack:
            report.refuse(
                "network",
                self.node.path,
                rule="A network is used in its own stack only: stacks meet in remote state alone.",
                fix="Give this stack a Network of its own, or an ExistingNetwork with the ids.",
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
        name: Name tag of the VPC. Default: the ids of stack and network.

    Raises:
        InvalidInput: for blocks that AWS refuses, subnets that overlap or lie outside, zones of another region.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html,
        https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """

    def __init__(
        self,
        scope: Any,
        id: str,
        *,
        cidr: str,
        zones: Sequence[str] = (),
        subnets: Sequence[Subnet] = (),
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        with Report(self) as report:
            self._block = parse_vpc_cidr(report, "cidr", cidr)
            planned = self._planned(report, cidr, zones, subnets)
            blocks = parse_subnets(report, "subnets", self._block, planned)
            region = getattr(self.stack, "region", REFUSED)
            placed_zones = [
                parse_zone(report, f"subnets[{subnet.key!r}].zone", subnet.zone, region) for subnet in planned
            ]
        name = name or f"{self.stack_id}-{id}"
        self.vpc: Any = _cdk.make(
            _cdk.Vpc,
            self,
            "vpc",
            cidr_block=self._block.text,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": name},
        )
        self.vpc_id = f"${{{_cdk.address(self.vpc)}.id}}"
        placed: dict[str, PlacedSubnet] = {}
        for subnet, block, zone in zip(planned, blocks, placed_zones, strict=True):
            if subnet.key in placed:
                continue
            made = _cdk.make(
                _cdk.Subnet,
                self,
                f"subnet-{subnet.key}",
                vpc_id=self.vpc_id,
                availability_zone=zone,
                cidr_block=block.text,
                tags={"Name": f"{name}-{subnet.key}"},
            )
            address = _cdk.address(made)
            placed[subnet.key] = PlacedSubnet(
                subnet.key,
                f"${{{address}.id}}",
                zone if is_known(zone) else None,
                f"${{{address}.availability_zone_id}}",
            )
        self.subnets = tuple(placed[key] for key in sorted(placed))

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
        for zone in zones:
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
