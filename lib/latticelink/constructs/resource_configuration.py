"""How what is shared becomes a resource configuration: its type, its ports, its definition, and where it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.group_rules import address_peer, cidr_peer, group_peer
from latticelink.constructs.port_tokens import with_text_tokens
from latticelink.errors import Report
from latticelink.values.gateway_type import GatewayType, dns_address_type
from latticelink.values.ports import Ports, parse_ports, union
from latticelink.values.resources import ArnResource, DnsResource, GroupResource, IpResource, Resource
from latticelink.values.tokens import REFUSED

Target = IpResource | DnsResource | ArnResource

_CONFIGURATION_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html"


def kind_of(resource: Resource) -> str:
    """Return AWS's type of the resource configuration."""
    if isinstance(resource, GroupResource):
        return "GROUP"
    return "ARN" if isinstance(resource, ArnResource) else "SINGLE"


def shareable(report: Report, resource: Resource) -> Resource:
    """Return `resource` if a gateway can share it; refuse the rest."""
    if not isinstance(resource, Resource):
        report.refuse(
            "resource",
            resource,
            rule="A shared resource is an IpResource, a DnsResource, an ArnResource or a GroupResource.",
            fix="Write IpResource('172.18.0.9') for an address, DnsResource(...) for a name.",
            source=_CONFIGURATION_DOC,
        )
        return IpResource(REFUSED)
    return resource


def open_ports_of(report: Report, resource: Resource, ports: Sequence[int | str | float] | None) -> Ports:
    """Return the ports that clients use: the resource's own, or those given."""
    if not isinstance(resource, ArnResource | GroupResource):
        return with_text_tokens(parse_ports(report, "ports", () if ports is None else ports))
    if ports is not None:
        report.refuse(
            "ports",
            ports,
            rule="AWS uses the port of the database."
            if isinstance(resource, ArnResource)
            else "Each member of a group has ports of its own.",
            fix="Leave it out here, and give the port to the resource.",
            source=_CONFIGURATION_DOC,
        )
    if isinstance(resource, ArnResource):
        return with_text_tokens(resource.ports)
    return union(with_text_tokens(member.known_ports) for member in resource.members.values())


def configured_ports(
    report: Report, resource: Resource, port_ranges: Sequence[int | str] | None, open_ports: Ports
) -> Ports:
    """Return the resource configuration's own port ranges."""
    if port_ranges is None:
        return open_ports
    configured = with_text_tokens(parse_ports(report, "port_ranges", port_ranges))
    if isinstance(resource, ArnResource | GroupResource):
        report.refuse(
            "port_ranges",
            port_ranges,
            rule=(
                "Only the resource configuration of a single address or name can have port ranges that are wider "
                "than its ports."
            ),
            fix="Leave it out.",
            source=_CONFIGURATION_DOC,
        )
    elif not configured.covers(open_ports):
        report.refuse(
            "port_ranges",
            port_ranges,
            rule=f"The resource configuration must cover the ports that clients use, which are {open_ports}.",
            fix="Leave it out, or widen it.",
            source=_CONFIGURATION_DOC,
        )
    return configured


def published_ports(scope: Any, ports: Ports) -> Ports:
    """Return the ports as the contract has them: a database's port is a number in Terraform, a text in the contract."""
    return Ports(
        ports.ranges, tuple(f"${{tostring({bindings.expression(scope, str(token))})}}" for token in ports.tokens)
    )


def definition_of(resource: Target, gateway: GatewayType) -> Any:
    """Return the definition in the resource configuration: an address, a name, or an ARN."""
    if isinstance(resource, ArnResource):
        return bindings.Definition(arn_resource=[bindings.DefinitionArn(arn=resource.arn)])
    if isinstance(resource, DnsResource):
        addresses = dns_address_type(gateway, resource)
        dns = bindings.DefinitionDns(domain_name=resource.domain_name, ip_address_type=addresses)
        return bindings.Definition(dns_resource=[dns])
    return bindings.Definition(ip_resource=[bindings.DefinitionIp(ip_address=resource.address)])


def targets_of(scope: Any, resource: Target, gateway: GatewayType) -> list[Any]:
    """Return where the gateway must have a way out to: the target's group if it is known, else its addresses."""
    if resource.security_group_id is not None:
        return [group_peer(scope, resource.security_group_id)]
    if isinstance(resource, IpResource):
        return [address_peer(scope, str(resource.known_address or resource.address), gateway.ip_versions)]
    return [cidr_peer(scope, cidr) for cidr in resource.known_cidrs]
