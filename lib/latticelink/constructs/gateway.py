"""The producer's side: a resource gateway and the resource configurations shared through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.custom_domain import DomainVerification, parse_custom_domain
from latticelink.constructs.network import ExistingNetwork, Network
from latticelink.constructs.resource_configuration import (
    Target,
    configured_ports,
    definition_of,
    kind_of,
    open_ports_of,
    published_ports,
    shareable,
    targets_of,
    with_text_tokens,
)
from latticelink.constructs.security_groups import allow, cidr_peer, group_peer, make_group
from latticelink.errors import Report
from latticelink.values.addresses import parse_cidrs
from latticelink.values.arns import DATABASE
from latticelink.values.aws_ids import parse_security_group_ids, refuse_elsewhere
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource
from latticelink.values.gateway_type import GatewayType, parse_gateway_type, refuse_unfit
from latticelink.values.names import RESOURCE_CONFIGURATION, RESOURCE_GATEWAY, derive_name, parse_key, parse_name
from latticelink.values.ports import Ports
from latticelink.values.provider_arguments import refuse_lacking
from latticelink.values.resources import ArnResource, GroupResource, Member, Resource
from latticelink.values.types import GATEWAY

_CONFIGURATION_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html"

_OWN_IDS = ("gateway", "group")


class ResourceGateway(bindings.Construct):
    """Where traffic enters the producer's VPC: a resource gateway with its security group.

    The target sees the gateway's addresses, never the client's. Another network, subnets, name, address type, number of
    addresses or way of resolving names replaces the gateway, and with it every configuration and every endpoint.

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
        security_group_ids: one to five groups of yours in place of the one that is made here. Their rules are yours:
            they need TCP out to the targets.
        ingress_cidrs: clients' CIDRs to let into the gateway's group on the shared ports. AWS's pages disagree on
            whether inbound rules are needed: the PrivateLink guide speaks of outbound only, the EventBridge guide
            asks for inbound as well. Default: none.

    Raises:
        InvalidInput: for a name AWS refuses, unknown subnets, more than five groups, malformed CIDRs, an address type
            that the subnets don't have, and arguments that an allowed version of the AWS provider lacks.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html,
        https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html
    """

    # What a subclass that makes no gateway is taken to be.
    _type = GatewayType()

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
    ) -> None:
        super().__init__(scope, id)
        self.network = network
        with Report(self) as report:
            network.refuse_other_stack(report, bindings.stack_of(scope))
            self.name = parse_name(report, "name", name, RESOURCE_GATEWAY, network.stack_id, id)
            self._subnets = network.pick(report, "subnets", subnets)
            brought = parse_security_group_ids(report, "security_group_ids", security_group_ids)
            if brought is not None and ingress_cidrs:
                report.refuse(
                    "ingress_cidrs",
                    ingress_cidrs,
                    rule="Rules are made only in the group that is made here.",
                    fix="Leave out ingress_cidrs and put the rules in your groups, or leave out security_group_ids.",
                )
            self._ingress = parse_cidrs(report, "ingress_cidrs", ingress_cidrs)
            self._type = parse_gateway_type(report, ip_address_type, ipv4_addresses_per_eni, dns_resolution)
            network.refuse_ip_type(report, "ip_address_type", self._type.ip_address_type)
            self._refuse_lacking(report)
        self._makes_rules = brought is None
        self.security_group_ids: tuple[str, ...] = brought or (
            make_group(
                self,
                "group",
                vpc_id=network.vpc_id,
                name=self.name,
                description="Resource gateway to the shared resources",
            ),
        )
        gateway = bindings.make(
            bindings.VpclatticeResourceGateway,
            self,
            "gateway",
            name=self.name,
            vpc_id=network.vpc_id,
            subnet_ids=[subnet.id for subnet in self._subnets],
            security_group_ids=list(self.security_group_ids),
            ip_address_type=self._type.ip_address_type,
            ipv4_addresses_per_eni=self._type.ipv4_addresses_per_eni,
            tags={"Name": self.name},
        )
        if self._type.dns_resolution != "PUBLIC":
            # Newer than the bindings; the provider's default is left out.
            gateway.add_override("resource_config_dns_resolution", self._type.dns_resolution)
        self.id = f"${{{bindings.address(gateway)}.id}}"
        self._keys: set[str] = set()
        self._names: dict[str, str] = {}

    def _refuse_lacking(self, report: Report) -> None:
        constraint = bindings.aws_provider_of(self.network.stack)
        kind, given = GATEWAY, self._type
        if given.ipv4_addresses_per_eni is not None:
            argument = "ipv4_addresses_per_eni"
            refuse_lacking(report, argument, given.ipv4_addresses_per_eni, constraint, kind, argument)
        if given.dns_resolution != "PUBLIC":
            path = "resource_config_dns_resolution"
            refuse_lacking(report, "dns_resolution", given.dns_resolution, constraint, kind, path)

    @judged
    def share(
        self,
        name: str,
        resource: Resource,
        *,
        ports: Sequence[int | str | float] | None = None,
        port_ranges: Sequence[int | str] | None = None,
        configuration_name: str | None = None,
        custom_domain: str | None = None,
        domain_verification: DomainVerification | str | None = None,
        allow_association_to_shareable_service_network: bool = False,
    ) -> SharedResource:
        """Share one resource through this gateway: its resource configuration and the security-group rules to it.

        Args:
            name: the key by which consumers read it: 1 to 64 letters, digits, spaces, dots, hyphens, underscores.
            resource: what is shared.
            ports: TCP ports that clients use, 1 to 65535: numbers, ranges such as `"8000-8080"`, or tokens. The
                security groups pass these and no others. An `ArnResource` has its own port, and each member of a
                `GroupResource` has its own ports: leave it out there.
            port_ranges: the resource configuration's own port ranges, if wider than `ports`. Default: `ports`.
            configuration_name: AWS name, unique in the account and region: 3 to 40 lower-case letters, digits and
                single hyphens, not starting with `rcfg-`. Default: made from the stack's id and `name`.
            custom_domain: a domain name of yours for one address or name, such as `orders.example.com`, by which
                consumers with private DNS reach it; every consumer sees it, and AWS doesn't change it later. Unless it
                is verified, a consumer has to ask for it with `private_dns_preference`. Databases have names of their
                own, groups none. Needs AWS provider 6.22. Default: none.
            domain_verification: the proof that the domain, or one above it, is yours; or its id, `dv-...`.
            allow_association_to_shareable_service_network: whether a consumer may put the configuration in a service
                network that is itself shared on, which lets others reach the resource through that consumer.

        Returns:
            What `State.publish` puts into the contract.

        Raises:
            InvalidInput: for names AWS refuses, ports outside 1 to 65535, a name that is shared already, and a resource
                that this gateway can't reach or resolve.

        Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
        """
        with Report(self, str(name)) as report:
            key = self._new_key(report, name)
            resource = shareable(report, resource)
            refuse_unfit(report, self._type, resource)
            open_ports = open_ports_of(report, resource, ports)
            configured = configured_ports(report, resource, port_ranges, open_ports)
            aws_name = parse_name(
                report, "configuration_name", configuration_name, RESOURCE_CONFIGURATION, self.network.stack_id, key
            )
            self._refuse_twin(report, aws_name, key)
            if isinstance(resource, ArnResource):
                database, own = DATABASE.read(resource.arn), self.network.stack
                refuse_elsewhere(report, "arn", database, own, source=_CONFIGURATION_DOC, own_account=True)
            domain = parse_custom_domain(report, self.network.stack, resource, custom_domain, domain_verification)
            members = self._named_members(report, key, resource)
        kind = kind_of(resource)
        address = self._configuration(
            key,
            aws_name,
            type=kind,
            protocol=None if kind == "ARN" else "TCP",
            port_ranges=configured.texts() if kind == "SINGLE" else None,
            resource_gateway_identifier=self.id,
            allow_association_to_shareable_service_network=allow_association_to_shareable_service_network,
            resource_configuration_definition=None
            if isinstance(resource, GroupResource)
            else [definition_of(resource, self._type)],
            **domain.arguments(),
        )
        published: dict[str, Any] = {}
        for member_name, (member_aws_name, member) in members.items():
            own_ports = with_text_tokens(member.known_ports)
            child = self._configuration(
                f"{key}-{member_name}",
                member_aws_name,
                type="CHILD",
                port_ranges=own_ports.texts(),
                resource_configuration_group_id=f"${{{address}.id}}",
                resource_configuration_definition=[definition_of(member.resource, self._type)],
            )
            self._make_rules(f"{key}-{member_name}", member.resource, own_ports)
            published[member_name] = {"arn": f"${{{child}.arn}}", "ports": published_ports(self, own_ports).texts()}
        if not isinstance(resource, GroupResource):
            self._make_rules(key, resource, open_ports)
        return SharedResource(
            name=key,
            arn=f"${{{address}.arn}}",
            ports=published_ports(self, open_ports),
            id=f"${{{address}.id}}",
            configuration_name=aws_name,
            type=kind,
            vpc_id=self.network.vpc_id,
            members=published or None,
            custom_domain=domain.name,
            dns_names=dict(resource.dns_names) if isinstance(resource, ArnResource) else None,
            zone_ids=tuple(subnet.zone_id for subnet in self._subnets if subnet.zone_id) or None,
            stack=self.network.stack,
        )

    def _configuration(self, id: str, aws_name: str, **arguments: Any) -> str:
        """Make a resource configuration; return its address."""
        made = bindings.make(
            bindings.VpclatticeResourceConfiguration, self, id, name=aws_name, tags={"Name": aws_name}, **arguments
        )
        return bindings.address(made)

    def _named_members(self, report: Report, key: str, resource: Resource) -> dict[str, tuple[str, Member]]:
        """Return the members of a group, each with the AWS name of its configuration."""
        named = {}
        if isinstance(resource, GroupResource):
            for name, member in sorted(resource.members.items()):
                aws_name = derive_name(RESOURCE_CONFIGURATION, self.network.stack_id, key, name)
                self._refuse_twin(report, aws_name, f"{key}/{name}")
                named[name] = (aws_name, member)
        return named

    def _refuse_twin(self, report: Report, aws_name: str, key: str) -> None:
        if (twin := self._names.setdefault(aws_name, key)) != key:
            report.refuse(
                "configuration_name",
                aws_name,
                rule=f"Names of resource configurations are unique in an account; {twin!r} has this one already.",
                fix="Give one of the two a configuration_name.",
                source=RESOURCE_CONFIGURATION.source,
            )

    def _new_key(self, report: Report, name: str) -> str:
        key = parse_key(report, "name", name)
        if key in _OWN_IDS:
            report.refuse(
                "name",
                name,
                rule=f"The gateway's own parts are called {' and '.join(_OWN_IDS)} in Terraform addresses.",
                fix=f"Choose another name, such as 'shared-{key}'.",
            )
            key = f"{key}-refused"
        if key in self._keys:
            report.refuse(
                "name",
                name,
                rule="Each resource of a gateway is shared under a name of its own.",
                fix="Choose another name; to share more ports of one resource, list them in one share().",
            )
            key = f"{key}-{len(self._keys)}"
        self._keys.add(key)
        return key

    def _make_rules(self, key: str, resource: Target, ports: Ports) -> None:
        if self._makes_rules:
            [group] = self.security_group_ids
            allow(self, key, "egress", group, targets_of(self, resource, self._type), ports, why=f"To {key}")
            if self._ingress:
                clients = [cidr_peer(self, cidr) for cidr in self._ingress]
                allow(self, key, "ingress", group, clients, ports, why=f"Clients of {key}")
        if resource.security_group_id is not None:
            gateways = [group_peer(self, group) for group in self.security_group_ids]
            why = f"From resource gateway {self.name}"
            allow(self, f"{key}-target", "ingress", resource.security_group_id, gateways, ports, why=why)
