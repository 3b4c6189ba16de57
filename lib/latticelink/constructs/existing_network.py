"""A network that exists: a VPC and subnets by id, with what is told of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.vpc_network import PlacedSubnet, VpcNetwork
from latticelink.errors import Report
from latticelink.values.addresses import (
    Cidr,
    ExistingSubnet,
    Subnet,
    parse_cidr,
    parse_subnets,
)
from latticelink.values.aws_ids import parse_id, parse_ids, parse_zone
from latticelink.values.calls import judged
from latticelink.values.tokens import REFUSED, is_known


class ExistingNetwork(VpcNetwork):
    """A VPC and subnets that exist already, by id.

    Terraform looks up the VPC and the subnets, so that the plan stops if they don't exist, aren't where you say,
    put an endpoint into one zone twice, or lack the DNS settings that names need. With `subnets` you can give zones and
    blocks, which the check would otherwise report as unknown.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        vpc_id: id of the VPC, `vpc-...`.
        subnet_ids: ids of one or more of its subnets, `subnet-...`; the id is also the subnet's key.
        subnets: the subnets with their zones and blocks, in place of `subnet_ids`; the id is the key here too.
        cidr: the VPC's IPv4 block, if it is needed, such as for `client_cidrs=[network.cidr]`.
        tags: tags of the private hosted zones that are created for it. Default: the Name tag alone.

    Attributes:
        vpc: the data source of the VPC, also `node.default_child`.
        subnets: the subnets, each with its data source as its `resource`.

    Raises:
        InvalidInput: for malformed ids or blocks, no subnet, a zone of another region, tags that AWS refuses, and
            subnets that overlap or lie outside `cidr`.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html,
        https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/subnet
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        *,
        vpc_id: str,
        subnet_ids: Sequence[str] = (),
        subnets: Sequence[ExistingSubnet] = (),
        cidr: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id, tags)
        with Report(self) as report:
            self.vpc_id = parse_id(report, "vpc_id", vpc_id, "vpc")
            self._block = Cidr("") if cidr is None else parse_cidr(report, "cidr", cidr)
            if not subnet_ids and not subnets:
                report.refuse(
                    "subnet_ids",
                    subnet_ids,
                    rule="A network has at least one subnet.",
                    fix="Give the ids of the subnets, one for each zone.",
                )
            if subnet_ids and subnets:
                report.refuse(
                    "subnet_ids",
                    subnet_ids,
                    rule="Subnets are given as ids alone or as subnets, not both.",
                    fix="Leave subnet_ids out.",
                )
            ids = parse_ids(report, "subnet_ids", subnet_ids, "subnet")
            told = self._told(report, subnets) or [ExistingSubnet(subnet_id) for subnet_id in sorted(ids)]
        self._needed: set[str] = set()
        self.vpc: bindings.DataAwsVpc = bindings.make(
            bindings.DataAwsVpc, self, "vpc", id=self.vpc_id, cidr_block=self._block.text or None
        )
        bindings.set_default_child(self, self.vpc)
        self.subnets = tuple(self._look_up(place, subnet) for place, subnet in enumerate(told, 1))

    def _told(self, report: Report, subnets: Sequence[ExistingSubnet]) -> list[ExistingSubnet]:
        """Return the subnets in the order of their ids, checked."""
        region = getattr(self.stack, "region", REFUSED)
        parse_ids(report, "subnets", [subnet.id for subnet in subnets], "subnet")
        blocks = [Subnet(zone="", cidr=subnet.cidr, name=subnet.id) for subnet in subnets if subnet.cidr is not None]
        parse_subnets(report, "subnets", self._block, blocks)
        for subnet in subnets:
            if subnet.zone is not None:
                parse_zone(report, f"subnets[{subnet.id!r}].zone", subnet.zone, region)
            if subnet.ipv6_cidr is not None:
                parse_cidr(report, f"subnets[{subnet.id!r}].ipv6_cidr", subnet.ipv6_cidr)
        return sorted(subnets, key=lambda each: each.id)

    def _look_up(self, place: int, subnet: ExistingSubnet) -> PlacedSubnet:
        """Return the subnet as Terraform finds it: none is found that is elsewhere than told."""
        data = bindings.make(
            bindings.DataAwsSubnet,
            self,
            f"subnet-{subnet.id if is_known(subnet.id) else place}",
            id=subnet.id,
            vpc_id=self.vpc_id,
            availability_zone=subnet.zone,
            cidr_block=subnet.cidr,
            ipv6_cidr_block=subnet.ipv6_cidr,
        )
        address = bindings.address(data)
        zone = subnet.zone if subnet.zone is not None and is_known(subnet.zone) else None
        # By its id alone there is nothing to follow, and an id that is written out is known whatever Terraform reads.
        is_told = subnet != ExistingSubnet(subnet.id)
        id = f"${{{address}.id}}" if is_told else subnet.id
        return PlacedSubnet(subnet.id, id, zone, f"${{{address}.availability_zone_id}}", data)

    def needs_dns(self, *, hostnames: bool) -> None:
        """Let the plan stop where the VPC lacks DNS resolution, or DNS host names.

        Source: https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html
        """
        needed = {"enable_dns_support", *(["enable_dns_hostnames"] if hostnames else [])}
        if needed <= self._needed:
            return
        self._needed |= needed
        conditions = [
            {
                "condition": f"${{self.{attribute}}}",
                "error_message": f"VPC {self.vpc_id} has {attribute} = false, and names for an endpoint need it. Set "
                "it in the VPC, or leave out dns_name and members_domain and write private_dns_enabled=False.",
            }
            for attribute in sorted(self._needed)
        ]
        self.vpc.add_override("lifecycle.postcondition", conditions)
