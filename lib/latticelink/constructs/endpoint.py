"""The consumer's side: a resource endpoint, its security group, and a name of its own in private DNS."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

from latticelink import _cdk
from latticelink.constructs.clients import Clients
from latticelink.constructs.member_names import name_members, plain_dns_name, refuse_names_of_another_kind
from latticelink.constructs.network import ExistingNetwork, Network, PlacedSubnet
from latticelink.errors import Report
from latticelink.values.contract import SharedResource
from latticelink.values.names import SECURITY_GROUP, derive_name, parse_tag
from latticelink.values.tokens import REFUSED, is_known

_ENDPOINT_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html"
_ACCESS_DOC = "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html"

IpAddressType = Literal["ipv4", "ipv6", "dualstack"]


class _Endpoint(_cdk.Construct):
    """What the two types of VPC endpoint for VPC resources have in common."""

    _type: Literal["Resource", "ServiceNetwork"]
    _kinds: frozenset[str]

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
        ip_address_type: IpAddressType | None = None,
    ) -> None:
        super().__init__(scope, id)
        default_name = derive_name(SECURITY_GROUP, network.stack_id, id)
        with Report(self) as report:
            name = parse_tag(report, "name", name, default_name)
            chosen = network.pick(report, "subnets", subnets)
            _refuse_same_zone(report, chosen)
            _refuse_wrong_home(report, shared, network, _cdk.stack_of(scope))
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
        self.network = network
        self.shared = shared
        self.security_group_ids = clients.let_in(
            self, vpc_id=network.vpc_id, name=default_name, to="the resource endpoint", shared=shared
        )
        subnet_ids = [subnet.id for subnet in chosen]
        fixed = _cdk.terraform_data(
            self,
            "fixed-at-creation",
            {
                "ip_address_type": ip_address_type,
                "private_dns_enabled": private_dns_enabled,
                "subnet_ids": f"${{sort({_cdk.expression(self, subnet_ids)})}}",
            },
        )
        self._endpoint: Any = _cdk.VpcEndpoint(
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
            lifecycle=_cdk.TerraformResourceLifecycle(
                replace_triggered_by=[fixed],
                # AWS answers in upper case, which AWS provider 5.100 to 6.28 take for a change (#45947).
                ignore_changes=["ip_address_type"] if ip_address_type else None,
                precondition=self._preconditions(chosen) or None,
            ),
        )
        if shared.accepter:
            self._endpoint.add_override("depends_on", [shared.accepter])
        if self.dns_name is not None and self.dns_name != REFUSED:
            host, _, domain = self.dns_name.partition(".")
            _cdk.Route53Record(
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
        return _cdk.address(self._endpoint)

    @property
    def id(self) -> str:
        """Expression of the endpoint's id; known after apply."""
        return f"${{{self._address}.id}}"

    @property
    def addresses(self) -> str:
        """Expression of a map from subnet id to the endpoint's IPv4 address there; known after apply."""
        return f"${{{{for s in {self._address}.subnet_configuration : s.subnet_id => s.ipv4}}}}"

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
        return f"${{one({names.format(_cdk.address(associations))})}}"

    @cached_property
    def _associations(self) -> Any:
        return _cdk.DataAwsVpcEndpointAssociations(self, "associations", vpc_endpoint_id=self.id)

    def _name_members(self, domain: str) -> None:
        """Give each member its name, looked up by its ARN, as AWS lists the members in no order."""
        listed = (
            f"distinct(flatten([for a in {_cdk.address(self._associations)}.associations : "
            "[for d in a.dns_entry : d.dns_name] if a.associated_resource_arn == each.value]))"
        )
        precondition = {
            "condition": f"${{length({listed}) == 1}}",
            "error_message": f"AWS lists no DNS name yet for member ${{each.key}} of {self.shared.name!r}. Apply again "
            "in a minute.",
        }
        record = name_members(self, self.network, domain, self.shared, "arn", f"${{one({listed})}}")
        record.add_override("lifecycle.precondition", [precondition])

    def _preconditions(self, chosen: list[PlacedSubnet]) -> list[Any]:
        """Return what only the plan can tell: that the VPCs differ and that they meet in a zone."""
        conditions = []
        name = self.shared.name
        if self.shared.vpc_id is not None:
            theirs = _cdk.expression(self, self.shared.vpc_id)
            ours = _cdk.expression(self, self.network.vpc_id)
            conditions.append(
                _cdk.Precondition(
                    condition=f"${{try({theirs}, null) != {ours}}}",
                    error_message=f"Resource {name!r} is shared from the VPC that this endpoint would be in, and AWS "
                    "makes no resource endpoint there. Put the endpoint in another VPC, or reach the resource "
                    "directly.",
                )
            )
        zone_ids = [subnet.zone_id for subnet in chosen if subnet.zone_id]
        if self.shared.zone_ids is not None and len(zone_ids) == len(chosen) > 0:
            theirs = _cdk.expression(self, self.shared.zone_ids)
            ours = _cdk.expression(self, zone_ids)
            conditions.append(
                _cdk.Precondition(
                    condition=f"${{try(length(setintersection({theirs}, {ours})) > 0, true)}}",
                    error_message=f"The endpoint for {name!r} and its resource gateway have no Availability Zone in "
                    f"common: the gateway is in ${{jsonencode({theirs})}}, the endpoint in ${{jsonencode({ours})}}. "
                    "Add a subnet in one of the gateway's zones; compare zone ids, as names differ by account.",
                )
            )
        return conditions


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
        ip_address_type: `ipv4`, `ipv6` or `dualstack`. Default: AWS chooses by the subnets.

    Raises:
        InvalidInput: for two subnets in one zone, nobody to let in, the producer's own VPC, malformed ids or names.

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


def _refuse_same_zone(report: Report, chosen: list[PlacedSubnet]) -> None:
    zones = [subnet.zone for subnet in chosen if subnet.zone is not None]
    for zone in sorted({zone for zone in zones if zones.count(zone) > 1}):
        inside = [subnet.key for subnet in chosen if subnet.zone == zone]
        report.refuse(
            "subnets",
            inside,
            rule=f"An endpoint has one subnet in each zone; these are all in {zone}.",
            fix=f"Choose one of them, such as subnets=[{inside[0]!r}].",
            source=_ACCESS_DOC,
        )


def _refuse_wrong_home(report: Report, shared: SharedResource, network: Network | ExistingNetwork, stack: Any) -> None:
    network.refuse_other_stack(report, stack)
    if shared.stack is not None and shared.stack is not stack:
        report.refuse(
            "shared",
            shared.name,
            rule="Stacks meet only in remote state; this resource belongs to another stack's code.",
            fix=f"Publish it there (state.publish) and read it here: state.read(self, ...)[{shared.name!r}].",
        )
    their_vpc = (shared.published or shared).vpc_id
    same_text_same_vpc = shared.published is None or (their_vpc is not None and is_known(their_vpc))
    if same_text_same_vpc and their_vpc == network.vpc_id != REFUSED:
        report.refuse(
            "network",
            network.vpc_id,
            rule="AWS makes no resource endpoint in the VPC that the resource is shared from.",
            fix=f"Put the endpoint in another VPC, or reach {shared.name!r} directly.",
            source=_ENDPOINT_DOC,
        )
