"""The consumer's side: a resource endpoint, its security group, and a name of its own in private DNS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from latticelink.cdk import bindings
from latticelink.cdk.written import terraform_data
from latticelink.constructs.clients import Clients
from latticelink.constructs.endpoint_place import conditions_of_place, refuse_same_zone, refuse_wrong_home
from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.network import Network
from latticelink.constructs.notes import derived_name, notes_of
from latticelink.constructs.own_names import OwnNames
from latticelink.constructs.security_groups import SecurityGroup, made_group
from latticelink.constructs.vpc_names import is_never_in
from latticelink.constructs.vpc_network import PlacedSubnet
from latticelink.errors import Report
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource
from latticelink.values.dns import ExistingHostedZone
from latticelink.values.names import SECURITY_GROUP
from latticelink.values.private_dns import parse_private_dns
from latticelink.values.tags import parse_name_tag, parse_tags
from latticelink.values.tokens import is_known
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
        hosted_zone: ExistingHostedZone | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        default_name = derived_name(network.stack, SECURITY_GROUP, id)
        with Report(self) as report:
            name = parse_name_tag(report, "name", name, default_name)
            checked = parse_tags(report, "tags", tags, beside=notes_of(network.stack).tags)
            chosen = network.pick(report, "subnets", subnets)
            refuse_same_zone(report, chosen)
            refuse_wrong_home(report, shared, network, bindings.stack_of(scope))
            clients = Clients.parse(report, client_cidrs, client_security_group_ids, security_group_ids)
            self._refuse_another_kind(report, shared)
            own_names = OwnNames.parse(
                report, shared, dns_name=dns_name, members_domain=members_domain, hosted_zone=hosted_zone
            )
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
            own_names.take(report, names, id)
        self.dns_name = own_names.dns_name
        self.network = network
        self.shared = shared
        self._group = clients.made_group(
            self, network, name=default_name, to="the resource endpoint", shared=shared, tags=checked
        )
        self.security_group_ids: tuple[str, ...] = clients.brought or (self.group.id,)
        if private_dns_enabled:
            network.needs_dns(hostnames=True)
        subnet_ids = [subnet.id for subnet in chosen]
        fixed = terraform_data(
            self,
            "fixed-at-creation",
            {
                "ip_address_type": ip_address_type,
                "private_dns_enabled": private_dns_enabled,
                **private_dns.arguments(),
                "subnet_ids": f"${{sort({bindings.expression(self, subnet_ids)})}}",
            },
        )
        self.endpoint: bindings.VpcEndpoint = bindings.make(
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
            tags=checked.named(name),
            lifecycle=bindings.TerraformResourceLifecycle(
                replace_triggered_by=[fixed],
                # AWS answers in upper case, which AWS provider 5.100 to 6.28 take for a change (#45947).
                ignore_changes=["ip_address_type"] if ip_address_type else None,
                precondition=self._preconditions(chosen, judged_at_plan) or None,
            ),
        )
        bindings.set_default_child(self, self.endpoint)
        if shared.accepter:
            self.endpoint.add_override("depends_on", [shared.accepter])
        if private_dns.arguments():
            # Newer than the bindings.
            self.endpoint.add_override("dns_options", [private_dns.arguments()])
        self.record: bindings.Route53Record | None = None
        if own_names.dns_name is not None:
            self.record = own_names.make_record(self, network, self.default_dns_name)
        if own_names.members_domain is not None:
            self.record = self._name_members(own_names)

    @property
    def group(self) -> SecurityGroup:
        """The security group that is created.

        Raises:
            InvalidInput: for an endpoint with security groups of yours.
        """
        return made_group(self, self._group)

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
        return bindings.address(self.endpoint)

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
        associations = self.associations
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
    def associations(self) -> bindings.DataAwsVpcEndpointAssociations:
        """What Terraform reads of the endpoint's DNS names; made when first asked for."""
        return bindings.make(bindings.DataAwsVpcEndpointAssociations, self, "associations", vpc_endpoint_id=self.id)

    def _name_members(self, own_names: OwnNames) -> bindings.Route53Record | None:
        """Give each member its name, looked up by its ARN, as AWS lists the members in no order."""
        listed = (
            f"distinct(flatten([for a in {bindings.address(self.associations)}.associations : "
            "[for d in a.dns_entry : d.dns_name] if a.associated_resource_arn == each.value]))"
        )
        precondition = {
            "condition": f"${{length({listed}) == 1}}",
            "error_message": f"AWS lists no DNS name yet for member ${{each.key}} of {self.shared.name!r}. Apply again "
            "in a minute.",
        }
        record = own_names.make_records_of_members(self, self.network, "arn", f"${{one({listed})}}")
        if record is not None:
            record.add_override("lifecycle.precondition", [precondition])
        return record

    def _preconditions(
        self, chosen: list[PlacedSubnet], judged_at_plan: list[tuple[SharedResource, SharedResource]]
    ) -> list[Any]:
        return conditions_of_place(self, self.shared, self.network, chosen) + [
            bindings.Precondition(
                condition=is_never_in(self, single, service_network),
                error_message=f"Resource {single.name!r} is in the service network {service_network.name!r} too. Both "
                "have an endpoint with private DNS in this VPC, and AWS creates no second one for one resource. Keep "
                "one of the two, or give one of them private_dns_enabled=False.",
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
        security_group_ids: one to five of your own groups, in place of the created one and of the clients.
        subnets: keys of the network's subnets, at most one for each zone; one of the zones must be one of the
            resource gateway's. Default: all of them.
        name: Name tag, 1 to 256 characters; AWS has no other name for it. Default: made from the ids of stack and
            endpoint.
        dns_name: a name for clients, such as `db.shared.internal`: a CNAME in a private zone of the consumer's VPC
            named like the part after the first dot. That zone answers for the whole part, so choose one of your own.
            The zone is created, once for each VPC, unless `hosted_zone` names one.
        members_domain: for a group, a domain of your own, such as `orders.shared.internal`: each member gets a name
            in it, `<member>.<members_domain>`. Members that the producer adds get theirs with the next apply here.
        private_dns_enabled: whether names that the producer's side has (a custom domain, an RDS name) resolve in the
            consumer's VPC. Needs DNS names and DNS resolution there.
        private_dns_preference: which of these names: VERIFIED_DOMAINS_ONLY, ALL_DOMAINS, SPECIFIED_DOMAINS_ONLY or
            VERIFIED_DOMAINS_AND_SPECIFIED_DOMAINS. Needs AWS provider 6.28. Default: AWS's, the verified domains alone.
        private_dns_specified_domains: the domains that the preference refers to, 1 to 10.
        ip_address_type: `ipv4`, `ipv6` or `dualstack`. Default: AWS chooses by the subnets.
        hosted_zone: a private hosted zone of the VPC that exists, for `dns_name` and `members_domain`. Default: a
            new one.
        tags: tags of the endpoint and its group. Default: the Name tag alone.

    Attributes:
        endpoint: the VPC endpoint of the AWS provider, also `node.default_child`.
        group: the security group that is created; refused if you gave your own.
        record: the DNS record of the AWS provider for `dns_name`, or those for `members_domain`; None without either.
        associations: the data source of the AWS provider that reads the endpoint's DNS names.

    Raises:
        InvalidInput: for tags that AWS refuses, two subnets in one zone, nobody to let in, the producer's own VPC,
            malformed ids or names, a name that already leads elsewhere in this VPC, a second endpoint with private DNS
            for one resource, and arguments that an allowed version of the AWS provider lacks.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html,
        https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html
    """

    _type = "Resource"
    _kinds = frozenset({"ARN", "GROUP", "SINGLE"})


class ServiceNetworkEndpoint(_Endpoint):
    """A VPC endpoint of type ServiceNetwork: addresses through which clients reach all resources of a service network.

    It can be reached from on premises and over peering too, which a `ServiceNetworkAssociation` can't. AWS uses a
    free, aligned /28 block in each subnet, and one more IPv4 address for each resource. The arguments, and what AWS
    allows to change, are as for `ResourceEndpoint`; `members_domain` names the network's resources.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/access-with-service-network-endpoint.html
    """

    _type = "ServiceNetwork"
    _kinds = frozenset({"SERVICE_NETWORK"})
