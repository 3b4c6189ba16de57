"""The consumer's side: a resource endpoint, its security group, and a name of its own in private DNS."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

from latticelink.cdk import bindings
from latticelink.constructs.clients import Clients
from latticelink.constructs.endpoint_place import conditions_of_place, refuse_same_zone, refuse_wrong_home
from latticelink.constructs.member_names import (
    add_own_names,
    name_members,
    plain_dns_name,
    refuse_names_of_another_kind,
)
from latticelink.constructs.network import ExistingNetwork, Network, PlacedSubnet
from latticelink.constructs.vpc_names import is_never_in
from latticelink.errors import Report
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource
from latticelink.values.names import SECURITY_GROUP, derive_name, parse_tag
from latticelink.values.private_dns import parse_private_dns
from latticelink.values.tokens import REFUSED, is_known
from latticelink.values.types import ENDPOINT

_ENDPOINT_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html"
_ACCESS_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html"

IpAddressType = Literal["ipv4", "ipv6", "dualstack"]


class _Endpoint(bindings.Construct):
    """What the two types of VPC endpoint for VPC resources have in common."""

    _type: Literal["Resource", "ServiceNetwork"]
    _kinds: frozenset[str]

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        shared: SharedResource,
        network: Network | ExistingNetwork,
        *,
        client_cidrs: Sequence[str] = (),
        client_security_group_ids: Sequence[str] = (),
        security_group_ids: Sequence[str] | None = None,
        subnets: Sequence[str] | None = None,
        name: str | None = None,
        dns_name: str | None = None,
        members_domain: str | None = None,
        private_dns_enabled: bool = True,
        private_dns_preference: str | None = None,
        private_dns_specified_domains: Sequence[str] = (),
        ip_address_type: IpAddressType | None = None,
    ) -> None:
        super().__init__(scope, id)
        default_name = derive_name(SECURITY_GROUP, network.stack_id, id)
        with Report(self) as report:
            name = parse_tag(report, "name", name, default_name)
            chosen = network.pick(report, "subnets", subnets)
            refuse_same_zone(report, chosen)
            refuse_wrong_home(report, shared, network, bindings.stack_of(scope))
            clients = Clients.parse(report, client_cidrs, client_security_group_ids, security_group_ids)
            self.dns_name = None if dns_name is None else plain_dns_name(report, "dns_name", dns_name)
            if members_domain is not None:
                members_domain = plain_dns_name(report, "members_domain", members_domain)
            self._refuse_another_kind(report, shared)
            refuse_names_of_another_kind(report, shared, dns_name, members_domain)
            if ip_address_type not in (None, "ipv4", "ipv6", "dualstack"):
                report.refuse(
                    "ip_address_type",
                    ip_address_type,
                    rule="The address type of an endpoint is 'ipv4', 'ipv6' or 'dualstack'.",
                    fix="Write one of these, or leave it out.",
                    source=_ENDPOINT_DOC,
                )
            elif ip_address_type is not None:
                network.refuse_ip_type(report, "ip_address_type", ip_address_type)
            private_dns = parse_private_dns(
                report,
                private_dns_enabled,
                private_dns_preference,
                private_dns_specified_domains,
                constraint=bindings.aws_provider_of(network.stack),
                resource=ENDPOINT,
                path="dns_options.private_dns_preference",
            )
            names = network.names
            judged_at_plan = names.add_private_dns(report, id, self._type, shared) if private_dns_enabled else []
            add_own_names(report, names, shared, self.dns_name, members_domain, id)
        self.network = network
        self.shared = shared
        self.security_group_ids = clients.let_in(
            self, vpc_id=network.vpc_id, name=default_name, to="the resource endpoint", shared=shared
        )
        subnet_ids = [subnet.id for subnet in chosen]
        fixed = bindings.terraform_data(
            self,
            "fixed-at-creation",
            {
                "ip_address_type": ip_address_type,
                "private_dns_enabled": private_dns_enabled,
                **private_dns.arguments(),
                "subnet_ids": f"${{sort({bindings.expression(self, subnet_ids)})}}",
            },
        )
        self._endpoint: Any = bindings.make(
            bindings.VpcEndpoint,
            self,
            "endpoint",
            vpc_id=network.vpc_id,
            vpc_endpoint_type=self._type,
            resource_configuration_arn=shared.arn if self._type == "Resource" else None,
            service_network_arn=shared.arn if self._type == "ServiceNetwork" else None,
            subnet_ids=subnet_ids,
            security_group_ids=list(self.security_group_ids),
            private_dns_enabled=private_dns_enabled,
            ip_address_type=ip_address_type,
            tags={"Name": name},
            lifecycle=bindings.TerraformResourceLifecycle(
                replace_triggered_by=[fixed],
                # AWS answers in upper case, which AWS provider 5.100 to 6.28 take for a change (#45947).
                ignore_changes=["ip_address_type"] if ip_address_type else None,
                precondition=self._preconditions(chosen, judged_at_plan) or None,
            ),
        )
        if shared.accepter:
            self._endpoint.add_override("depends_on", [shared.accepter])
        if private_dns.arguments():
            # Newer than the bindings.
            self._endpoint.add_override("dns_options", [private_dns.arguments()])
        if self.dns_name is not None and self.dns_name != REFUSED:
            host, _, domain = self.dns_name.partition(".")
            bindings.Route53Record(
                self,
                "dns-name",
                zone_id=network.private_zone(domain),
                name=f"{host}.{domain}",
                type="CNAME",
                ttl=60,
                records=[self.default_dns_name],
            )
        if members_domain is not None and members_domain != REFUSED:
            self._name_members(members_domain)

    def _refuse_another_kind(self, report: Report, shared: SharedResource) -> None:
        kind = (shared.published or shared).type
        if is_known(kind) and kind not in self._kinds:
            report.refuse(
                "shared",
                shared.name,
                rule=f"{shared.name!r} is of type {kind}; this endpoint is for {', '.join(sorted(self._kinds))}.",
                fix="Reach a service network by a ServiceNetworkEndpoint or a ServiceNetworkAssociation, anything else "
                "by a ResourceEndpoint.",
                source=_ENDPOINT_DOC,
            )

    @cached_property
    def _address(self) -> str:
        return bindings.address(self._endpoint)

    @property
    def id(self) -> str:
        """Expression of the endpoint's id; known after apply."""
        return f"${{{self._address}.id}}"

    @property
    def addresses(self) -> str:
        """Expression of a map from subnet id to the endpoint's IPv4 address there; known after apply."""
        return f"${{{{for s in {self._address}.subnet_configuration : s.subnet_id => s.ipv4}}}}"

    @property
    def ipv6_addresses(self) -> str:
        """Expression of a map from subnet id to the endpoint's IPv6 address there, for `ipv6` and `dualstack`."""
        return f"${{{{for s in {self._address}.subnet_configuration : s.subnet_id => s.ipv6}}}}"

    @cached_property
    def default_dns_name(self) -> str:
        """Expression of the endpoint's own DNS name, as AWS gives it; known after apply.

        AWS's pages disagree on how the name is built, so it is read, never computed. An endpoint for a SINGLE
        configuration has exactly one name; should AWS ever answer otherwise, the apply stops and says so, rather
        than taking the first of an unordered list.
        Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointAssociations.html
        """
        associations = self._associations
        names = "distinct(flatten([for a in {0}.associations : [for d in a.dns_entry : d.dns_name]]))"
        associations.add_override(
            "lifecycle.postcondition",
            [
                {
                    "condition": f"${{length({names.format('self')}) == 1}}",
                    "error_message": f"Endpoint ${{self.vpc_endpoint_id}} for {self.shared.name!r} should have one "
                    f"DNS name, but AWS lists: ${{jsonencode({names.format('self')})}}. Apply again in a minute; if "
                    "it stays so, leave out dns_name and use the endpoint's addresses.",
                }
            ],
        )
        return f"${{one({names.format(bindings.address(associations))})}}"

    @cached_property
    def _associations(self) -> Any:
        return bindings.make(bindings.DataAwsVpcEndpointAssociations, self, "associations", vpc_endpoint_id=self.id)

    def _name_members(self, domain: str) -> None:
        """Give each member its name, looked up by its ARN, as AWS lists the members in no order."""
        listed = (
            f"distinct(flatten([for a in {bindings.address(self._associations)}.associations : "
            "[for d in a.dns_entry : d.dns_name] if a.associated_resource_arn == each.value]))"
        )
        precondition = {
            "condition": f"${{length({listed}) == 1}}",
            "error_message": f"AWS lists no DNS name yet for member ${{each.key}} of {self.shared.name!r}. Apply again "
            "in a minute.",
        }
        record = name_members(self, self.network, domain, self.shared, "arn", f"${{one({listed})}}")
        record.add_override("lifecycle.precondition", [precondition])

    def _preconditions(
        self, chosen: list[PlacedSubnet], judged_at_plan: list[tuple[SharedResource, SharedResource]]
    ) -> list[Any]:
        return conditions_of_place(self, self.shared, self.network, chosen) + [
            bindings.Precondition(
                condition=is_never_in(self, single, service_network),
                error_message=f"Resource {single.name!r} is in the service network {service_network.name!r} too. Both "
                "have an endpoint with private DNS in this VPC, and AWS makes no second one for one resource. Keep one "
                "of the two, or give one of them private_dns_enabled=False.",
            )
            for single, service_network in judged_at_plan
        ]


class ResourceEndpoint(_Endpoint):
    """A VPC endpoint of type Resource: addresses in the consumer's VPC through which clients reach one resource.

    AWS lets only the security groups and the tags of such an endpoint change. The provider would plan other changes
    in place and fail, so a change of subnets, private DNS or address type replaces the endpoint here.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        shared: the resource to reach, from `State.read` or written by hand.
        network: the clients' VPC; not the producer's.
        client_cidrs: CIDR blocks of the clients to let in on the shared ports.
        client_security_group_ids: security groups of the clients to let in on the shared ports.
        security_group_ids: one to five groups of yours in place of the one that is made here, and of the clients.
        subnets: keys of the network's subnets, at most one for each zone; one of the zones must be one of the
            resource gateway's. Default: all of them.
        name: Name tag, 1 to 256 characters. Default: made from the ids of stack and endpoint.
        dns_name: a name for clients, such as `db.shared.internal`: a CNAME in a private zone of the consumer's VPC
            named like the part after the first dot. That zone answers for the whole part, so choose one of your own.
        members_domain: for a group, a domain of your own, such as `orders.shared.internal`: each member gets a name
            in it, `<member>.<members_domain>`. Members that the producer adds get theirs with the next apply here.
        private_dns_enabled: whether names that the producer's side has (a custom domain, an RDS name) resolve in the
            consumer's VPC. Needs DNS names and DNS resolution there.
        private_dns_preference: which of these names: VERIFIED_DOMAINS_ONLY, ALL_DOMAINS, SPECIFIED_DOMAINS_ONLY or
            VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS. Needs AWS provider 6.28. Default: AWS's, the verified domains alone.
        private_dns_specified_domains: the domains that the preference speaks of, 1 to 10.
        ip_address_type: `ipv4`, `ipv6` or `dualstack`. Default: AWS chooses by the subnets.

    Raises:
        InvalidInput: for two subnets in one zone, nobody to let in, the producer's own VPC, malformed ids or names, a
            name that leads elsewhere in this VPC already, a second endpoint with private DNS for one resource, and
            arguments that an allowed version of the AWS provider lacks.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html,
        https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html
    """

    _type = "Resource"
    _kinds = frozenset({"ARN", "GROUP", "SINGLE"})


class ServiceNetworkEndpoint(_Endpoint):
    """A VPC endpoint of type ServiceNetwork: addresses through which clients reach all resources of a service network.

    It can be reached from on premises and over peering too, which a `ServiceNetworkAssociation` can't. AWS takes an
    unused, aligned /28 block in each subnet, and one more IPv4 address for each resource. What AWS lets change, and the
    arguments, are as for `ResourceEndpoint`; `members_domain` names the network's resources.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/access-with-service-network-endpoint.html
    """

    _type = "ServiceNetwork"
    _kinds = frozenset({"SERVICE_NETWORK"})
