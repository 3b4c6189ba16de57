"""The producer's side: a resource gateway with its security group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.network import Network
from latticelink.constructs.notes import derived_name
from latticelink.constructs.security_groups import SecurityGroup, made_group, take_away_last
from latticelink.constructs.sharing_gateway import Gateway
from latticelink.errors import Report
from latticelink.values.addresses import parse_cidrs
from latticelink.values.aws_ids import parse_security_group_ids
from latticelink.values.calls import judged
from latticelink.values.gateway_type import parse_gateway_type
from latticelink.values.names import RESOURCE_GATEWAY, group_name_of, parse_name
from latticelink.values.provider_arguments import refuse_lacking
from latticelink.values.types import GATEWAY


class ResourceGateway(Gateway):
    """Where traffic enters the producer's VPC: a resource gateway with its security group.

    The target sees the gateway's addresses, never the client's. A change of network, subnets, name, address type,
    number of addresses or DNS resolution replaces the gateway, and with it every resource configuration and every
    endpoint.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        network: the VPC of the target.
        name: AWS name, unique in the account and region: 3 to 40 lower-case letters, digits and single hyphens, not
            starting with `rgw-`. Default: made from the ids of stack and gateway.
        subnets: keys of the network's subnets to be in, one or more zones. Default: all of them.
        ip_address_type: IPV4, IPV6 or DUALSTACK: the addresses that the gateway has in its subnets, all of which must
            have these, and for IPV6 no others. A target needs an address that the gateway can reach it from; clients
            and endpoints may use the other version. Default: IPV4.
        ipv4_addresses_per_eni: IPv4 addresses to take in each subnet, 1 to 62: about 55,000 connections to one target
            for each. Not for IPV6. Needs AWS provider 6.16. Default: AWS's 16.
        dns_resolution: PUBLIC, or IN_VPC for names that only the VPC's own resolvers know (AWS's
            `resource_config_dns_resolution`). An IN_VPC gateway shares no database by ARN, and can't be IPV6. Needs AWS
            provider 6.48. Default: PUBLIC.
        security_group_ids: one to five of your own groups, in place of the created one. Their rules are up to you:
            they need TCP out to the targets.
        ingress_cidrs: clients' CIDRs to let into the gateway's group on the shared ports. AWS's pages disagree on
            whether inbound rules are needed: the PrivateLink guide speaks of outbound only, the EventBridge guide
            asks for inbound as well. Default: none.
        tags: tags of the gateway, its group and its resource configurations. Default: the Name tag alone.

    Attributes:
        gateway: the resource gateway of the AWS provider, also `node.default_child`.
        group: the security group that is created; refused if you gave your own.
        configurations: the resource configurations of the AWS provider, by the key that `share` got; a member of a
            group by the group's key, a hyphen and its name.

    Raises:
        InvalidInput: for a name or tags that AWS refuses, unknown subnets, more than five groups, malformed CIDRs, an
            address type that the subnets don't have, and arguments that an allowed version of the AWS provider lacks.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html,
        https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        network: Network | ExistingNetwork,
        *,
        name: str | None = None,
        subnets: Sequence[str] | None = None,
        ip_address_type: str = "IPV4",
        ipv4_addresses_per_eni: int | None = None,
        dns_resolution: str = "PUBLIC",
        security_group_ids: Sequence[str] | None = None,
        ingress_cidrs: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id, network, tags)
        with Report(self) as report:
            self.name = parse_name(
                report, "name", name, RESOURCE_GATEWAY, derived_name(network.stack, RESOURCE_GATEWAY, id)
            )
            self._subnets = network.pick(report, "subnets", subnets)
            brought = parse_security_group_ids(report, "security_group_ids", security_group_ids)
            if brought is not None and ingress_cidrs:
                report.refuse(
                    "ingress_cidrs",
                    ingress_cidrs,
                    rule="Rules are created only in a group that is created here.",
                    fix="Leave out ingress_cidrs and put the rules in your groups, or leave out security_group_ids.",
                )
            self._ingress = parse_cidrs(report, "ingress_cidrs", ingress_cidrs)
            self._type = parse_gateway_type(report, ip_address_type, ipv4_addresses_per_eni, dns_resolution)
            network.refuse_ip_type(report, "ip_address_type", self._type.ip_address_type)
            self._refuse_lacking(report)
        if brought is None:
            why = "Resource gateway to the shared resources"
            given = self._tags.given
            self._own_group = SecurityGroup(
                self, "group", network, name=group_name_of(self.name), description=why, tags=given
            )
            take_away_last(self._own_group)
        self.security_group_ids = brought or (self.group.id,)
        self.gateway: bindings.VpclatticeResourceGateway = bindings.make(
            bindings.VpclatticeResourceGateway,
            self,
            "gateway",
            name=self.name,
            vpc_id=network.vpc_id,
            subnet_ids=[subnet.id for subnet in self._subnets],
            security_group_ids=list(self.security_group_ids),
            ip_address_type=self._type.ip_address_type,
            ipv4_addresses_per_eni=self._type.ipv4_addresses_per_eni,
            tags=self._tags.named(self.name),
        )
        bindings.set_default_child(self, self.gateway)
        if self._type.dns_resolution != "PUBLIC":
            # Newer than the bindings; the provider's default is left out.
            self.gateway.add_override("resource_config_dns_resolution", self._type.dns_resolution)
        self.id = f"${{{bindings.address(self.gateway)}.id}}"

    @property
    def group(self) -> SecurityGroup:
        """The security group that is created.

        Raises:
            InvalidInput: for a gateway with security groups of yours.
        """
        return made_group(self, self._own_group)

    def _refuse_lacking(self, report: Report) -> None:
        constraint = bindings.aws_provider_of(self.network.stack)
        kind, given = GATEWAY, self._type
        if given.ipv4_addresses_per_eni is not None:
            argument = "ipv4_addresses_per_eni"
            refuse_lacking(report, argument, given.ipv4_addresses_per_eni, constraint, kind, argument)
        if given.dns_resolution != "PUBLIC":
            path = "resource_config_dns_resolution"
            refuse_lacking(report, "dns_resolution", given.dns_resolution, constraint, kind, path)
