"""The producer's side: a resource gateway and the resource configurations shared through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from latticelink import _cdk
from latticelink.constructs.network import ExistingNetwork, Network
from latticelink.constructs.security_groups import allow, cidr_peer, group_peer, make_group
from latticelink.errors import Report
from latticelink.values.addresses import Cidr, parse_cidrs
from latticelink.values.aws_ids import parse_security_group_ids
from latticelink.values.contract import SharedResource
from latticelink.values.names import RESOURCE_CONFIGURATION, RESOURCE_GATEWAY, derive_name, parse_key, parse_name
from latticelink.values.ports import Ports, parse_ports, union
from latticelink.values.resources import ArnResource, DnsResource, GroupResource, IpResource, Member, Resource
from latticelink.values.tokens import REFUSED

_Target = IpResource | DnsResource | ArnResource

_CONFIGURATION_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html"


class ResourceGateway(_cdk.Construct):
    """Where traffic enters the producer's VPC: a resource gateway with its security group.

    The target sees the gateway's addresses, never the client's. AWS takes 16 IPv4 addresses in each subnet. Another
    network, other subnets or another name replace the gateway, and with it every configuration and every endpoint.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        network: the VPC of the target.
        name: AWS name, unique in the account and region: 3 to 40 lower-case letters, digits and single hyphens, not
            starting with `rgw-`. Default: made from the ids of stack and gateway.
        subnets: keys of the network's subnets to be in, one or more zones. Default: all of them.
        security_group_ids: one to five groups of yours in place of the one that is made here. Their rules are yours:
            they need TCP out to the targets.
        ingress_cidrs: clients' CIDRs to let into the gateway's group on the shared ports. AWS's pages disagree on
            whether inbound rules are needed: the PrivateLink guide speaks of outbound only, the EventBridge guide
            asks for inbound as well. Default: none.

    Raises:
        InvalidInput: for a name AWS refuses, unknown subnets, more than five groups, malformed CIDRs.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html,
        https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html
    """

    def __init__(
        self,
        scope: Any,
        id: str,
        network: Network | ExistingNetwork,
        *,
        name: str | None = None,
        subnets: Sequence[str] | None = None,
        security_group_ids: Sequence[str] | None = None,
        ingress_cidrs: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        self.network = network
        with Report(self) as report:
            network.refuse_other_stack(report, _cdk.stack_of(scope))
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
        gateway = _cdk.VpclatticeResourceGateway(
            self,
            "gateway",
            name=self.name,
            vpc_id=network.vpc_id,
            subnet_ids=[subnet.id for subnet in self._subnets],
            security_group_ids=list(self.security_group_ids),
            ip_address_type="IPV4",
            tags={"Name": self.name},
        )
        self.id = f"${{{_cdk.address(gateway)}.id}}"
        self._keys: set[str] = set()
        self._names: dict[str, str] = {}

    def share(
        self,
        name: str,
        resource: Resource,
        *,
        ports: Sequence[int | str | float] | None = None,
        port_ranges: Sequence[int | str] | None = None,
        configuration_name: str | None = None,
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
            allow_association_to_shareable_service_network: whether a consumer may put the configuration in a service
                network that is itself shared on, which lets others reach the resource through that consumer.

        Returns:
            What `State.publish` puts into the contract.

        Raises:
            InvalidInput: for names AWS refuses, ports outside 1 to 65535, a name that is shared already.

        Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
        """
        with Report(self, str(name)) as report:
            key = self._new_key(report, name)
            resource = _shareable(report, resource)
            open_ports = _open_ports(report, resource, ports)
            configured = _configured_ports(report, resource, port_ranges, open_ports)
            aws_name = parse_name(
                report, "configuration_name", configuration_name, RESOURCE_CONFIGURATION, self.network.stack_id, key
            )
            self._refuse_twin(report, aws_name, key)
            members = self._named_members(report, key, resource)
        kind = _kind(resource)
        address = self._configuration(
            key,
            aws_name,
            type=kind,
            protocol=None if kind == "ARN" else "TCP",
            port_ranges=configured.texts() if kind == "SINGLE" else None,
            resource_gateway_identifier=self.id,
            allow_association_to_shareable_service_network=allow_association_to_shareable_service_network,
            resource_configuration_definition=None if isinstance(resource, GroupResource) else [_definition(resource)],
        )
        published: dict[str, Any] = {}
        for member_name, (member_aws_name, member) in members.items():
            own_ports = _with_text_tokens(member.known_ports)
            child = self._configuration(
                f"{key}-{member_name}",
                member_aws_name,
                type="CHILD",
                port_ranges=own_ports.texts(),
                resource_configuration_group_id=f"${{{address}.id}}",
                resource_configuration_definition=[_definition(member.resource)],
            )
            self._make_rules(f"{key}-{member_name}", member.resource, own_ports)
            published[member_name] = {"arn": f"${{{child}.arn}}", "ports": _published(self, own_ports).texts()}
        if not isinstance(resource, GroupResource):
            self._make_rules(key, resource, open_ports)
        return SharedResource(
            name=key,
            arn=f"${{{address}.arn}}",
            ports=_published(self, open_ports),
            id=f"${{{address}.id}}",
            configuration_name=aws_name,
            type=kind,
            vpc_id=self.network.vpc_id,
            members=published or None,
            dns_names=dict(resource.dns_names) if isinstance(resource, ArnResource) else None,
            zone_ids=tuple(subnet.zone_id for subnet in self._subnets if subnet.zone_id) or None,
            stack=self.network.stack,
        )

    def _configuration(self, id: str, aws_name: str, **arguments: Any) -> str:
        """Make a resource configuration; return its address."""
        made = _cdk.VpclatticeResourceConfiguration(self, id, name=aws_name, tags={"Name": aws_name}, **arguments)
        return _cdk.address(made)

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

    def _make_rules(self, key: str, resource: _Target, ports: Ports) -> None:
        if self._makes_rules:
            [group] = self.security_group_ids
            allow(self, key, "egress", group, _targets(self, resource), ports, why=f"To {key}")
            if self._ingress:
                clients = [cidr_peer(self, cidr) for cidr in self._ingress]
                allow(self, key, "ingress", group, clients, ports, why=f"Clients of {key}")
        if resource.security_group_id is not None:
            gateways = [group_peer(self, group) for group in self.security_group_ids]
            why = f"From resource gateway {self.name}"
            allow(self, f"{key}-target", "ingress", resource.security_group_id, gateways, ports, why=why)


def _kind(resource: Resource) -> str:
    """Return AWS's type of the resource configuration."""
    if isinstance(resource, GroupResource):
        return "GROUP"
    return "ARN" if isinstance(resource, ArnResource) else "SINGLE"


def _shareable(report: Report, resource: Resource) -> Resource:
    if not isinstance(resource, Resource):
        report.refuse(
            "resource",
            resource,
            rule="What is shared is an IpResource, a DnsResource, an ArnResource or a GroupResource.",
            fix="Write IpResource('172.18.0.9') for an address, DnsResource(...) for a name.",
            source=_CONFIGURATION_DOC,
        )
        return IpResource(REFUSED)
    targets: list[Resource] = [resource]
    if isinstance(resource, GroupResource):
        targets = [member.resource for member in resource.members.values()]
    for target in targets:
        if isinstance(target, IpResource) and target.known_address and target.known_address.version == 6:
            report.refuse(
                "resource",
                target.address,
                rule="An IPv6 resource needs a gateway with IPv6 addresses; gateways are made with IPv4 here.",
                fix="Share the resource's IPv4 address.",
                source="https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html",
            )
    return resource


def _open_ports(report: Report, resource: Resource, ports: Sequence[int | str | float] | None) -> Ports:
    """Return the ports that clients use: the resource's own, or those given."""
    if not isinstance(resource, ArnResource | GroupResource):
        return _with_text_tokens(parse_ports(report, "ports", () if ports is None else ports))
    if ports is not None:
        report.refuse(
            "ports",
            ports,
            rule="AWS takes the port from the database."
            if isinstance(resource, ArnResource)
            else "Each member of a group has ports of its own.",
            fix="Leave it out here, and give the port to the resource.",
            source=_CONFIGURATION_DOC,
        )
    if isinstance(resource, ArnResource):
        return _with_text_tokens(resource.ports)
    return union(_with_text_tokens(member.known_ports) for member in resource.members.values())


def _configured_ports(
    report: Report, resource: Resource, port_ranges: Sequence[int | str] | None, open_ports: Ports
) -> Ports:
    """Return the resource configuration's own port ranges."""
    if port_ranges is None:
        return open_ports
    configured = _with_text_tokens(parse_ports(report, "port_ranges", port_ranges))
    if isinstance(resource, ArnResource | GroupResource):
        report.refuse(
            "port_ranges",
            port_ranges,
            rule="Only the configuration of one address or name has port ranges that are wider than its ports.",
            fix="Leave it out.",
            source=_CONFIGURATION_DOC,
        )
    elif not configured.covers(open_ports):
        report.refuse(
            "port_ranges",
            port_ranges,
            rule=f"The resource configuration covers the ports that clients use, here {open_ports}.",
            fix="Leave it out, or widen it.",
            source=_CONFIGURATION_DOC,
        )
    return configured


def _with_text_tokens(ports: Ports) -> Ports:
    """Return the ports with every token as a text, as AWS's port ranges and the contract have them."""
    return Ports(ports.ranges, tuple(_cdk.token_as_text(token) for token in ports.tokens))


def _published(scope: Any, ports: Ports) -> Ports:
    """Return the ports as the contract has them: a database's port is a number in Terraform, a text in the contract."""
    return Ports(ports.ranges, tuple(f"${{tostring({_cdk.expression(scope, str(token))})}}" for token in ports.tokens))


def _definition(resource: _Target) -> Any:
    if isinstance(resource, ArnResource):
        return _cdk.Definition(arn_resource=[_cdk.DefinitionArn(arn=resource.arn)])
    if isinstance(resource, DnsResource):
        dns = _cdk.DefinitionDns(domain_name=resource.domain_name, ip_address_type="IPV4")
        return _cdk.Definition(dns_resource=[dns])
    return _cdk.Definition(ip_resource=[_cdk.DefinitionIp(ip_address=resource.address)])


def _targets(scope: Any, resource: _Target) -> list[Any]:
    if resource.security_group_id is not None:
        return [group_peer(scope, resource.security_group_id)]
    if isinstance(resource, IpResource):
        return [cidr_peer(scope, Cidr(f"{resource.address}/32"))]
    return [cidr_peer(scope, cidr) for cidr in resource.known_cidrs]
