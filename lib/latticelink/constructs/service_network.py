"""Service networks: many resources under one name, and the association by which a VPC reaches them all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.clients import Clients
from latticelink.constructs.endpoint_place import refuse_other_region
from latticelink.constructs.member_names import (
    add_own_names,
    name_members,
    plain_dns_name,
    refuse_names_of_another_kind,
)
from latticelink.constructs.network import ExistingNetwork, Network
from latticelink.constructs.resource_configuration import ports_of
from latticelink.errors import Report
from latticelink.values.arns import LATTICE, id_in_arn
from latticelink.values.aws_ids import refuse_elsewhere
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource, parse_lattice_arn
from latticelink.values.names import SECURITY_GROUP, SERVICE_NETWORK, derive_name, parse_key, parse_name
from latticelink.values.ports import Ports, union
from latticelink.values.private_dns import parse_private_dns
from latticelink.values.provider_arguments import refuse_lacking
from latticelink.values.tokens import REFUSED, is_known
from latticelink.values.types import NETWORK_RESOURCE, NETWORK_VPC

_ASSOCIATION_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-network-associations.html"
_RESOURCE_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration-associations.html"


class _ServiceNetwork(bindings.Construct):
    """What new and existing service networks have in common."""

    id: str
    arn: str
    name: str

    def __init__(self, scope: Any, id: str) -> None:
        super().__init__(scope, id)
        self._stack = bindings.stack_of(scope)

    @judged
    def share(
        self, name: str, resources: Sequence[SharedResource], *, private_dns_enabled: bool | None = None
    ) -> SharedResource:
        """Share all of `resources` through this network: associate each, and return what `State.publish` publishes.

        Args:
            name: the key by which consumers read it, as in `ResourceGateway.share`.
            resources: what the stack's gateways share, or what other stacks published; each is a member by its name.
            private_dns_enabled: whether the resources' own names resolve where the network is reached; it overrides
                what the endpoint or association there says. Needs AWS provider 6.28. Default: left to AWS.

        Raises:
            InvalidInput: for no resource, a name that is there twice, a service network inside another, and arguments
                that an allowed version of the AWS provider lacks.

        Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration-associations.html
        """
        with Report(self, str(name)) as report:
            key = parse_key(report, "name", name)
            if private_dns_enabled is not None:
                constraint, argument = bindings.aws_provider_of(self._stack), "private_dns_enabled"
                refuse_lacking(report, argument, private_dns_enabled, constraint, NETWORK_RESOURCE, argument)
            names = [resource.name for resource in resources]
            for twice in sorted({other for other in names if names.count(other) > 1}):
                report.refuse(
                    "resources", twice, rule="Each resource has a name of its own.", fix="Leave the second one out."
                )
            if not names:
                report.refuse(
                    "resources", names, rule="At least one resource is shared.", fix="Give what share() returned."
                )
            for resource in resources:
                refuse_other_region(report, resource, self._stack)
                if resource.type == "SERVICE_NETWORK":
                    report.refuse(
                        "resources",
                        resource.name,
                        rule="A service network has resource configurations, no other service network.",
                        fix="Give the resources themselves.",
                        source=_RESOURCE_DOC,
                    )
        members = {}
        for resource in sorted(
            {resource.name: resource for resource in resources}.values(), key=lambda each: each.name
        ):
            association = bindings.make(
                bindings.VpclatticeServiceNetworkResourceAssociation,
                self,
                f"{key}-{resource.name}",
                # Ids: for ARNs the provider plans a replacement for ever (hashicorp/terraform-provider-aws #44546).
                resource_configuration_identifier=resource.id or _id_of(self, resource.arn),
                service_network_identifier=self.id,
                tags={"Name": resource.name},
            )
            if private_dns_enabled is not None:
                # Newer than the bindings.
                association.add_override("private_dns_enabled", private_dns_enabled)
            # A group and a database have a name for each child, which the association doesn't list.
            dns_name = {"dns_name": f"${{one({bindings.address(association)}.dns_entry[*].domain_name)}}"}
            members[resource.name] = {
                "arn": resource.arn,
                "ports": ports.texts() if isinstance(ports := ports_of(resource), Ports) else ports,
                **(dns_name if resource.type == "SINGLE" else {}),
            }
        return SharedResource(
            name=key,
            arn=self.arn,
            id=self.id,
            configuration_name=self.name,
            type="SERVICE_NETWORK",
            ports=_all_ports(self, resources),
            members=members,
            stack=self._stack,
        )


class ServiceNetwork(_ServiceNetwork):
    """A VPC Lattice service network: worth its price for each resource where many VPCs reach many resources.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        name: AWS name, unique in the account and region: 3 to 63 lower-case letters, digits and single hyphens, not
            starting with `servicenetwork-`. Default: made from the ids of stack and service network.

    Raises:
        InvalidInput: for a name AWS refuses.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-networks.html
    """

    @judged
    def __init__(self, scope: Any, id: str, *, name: str | None = None) -> None:
        super().__init__(scope, id)
        with Report(self) as report:
            self.name = parse_name(report, "name", name, SERVICE_NETWORK, self._stack.node.id, id)
        made = bindings.make(
            bindings.VpclatticeServiceNetwork, self, "network", name=self.name, tags={"Name": self.name}
        )
        address = bindings.address(made)
        self.id = f"${{{address}.id}}"
        self.arn = f"${{{address}.arn}}"


class ExistingServiceNetwork(_ServiceNetwork):
    """A service network that exists already, by its ARN; more resources are put into it with `share`.

    One of another account can be used where its owner shares it with this one. AWS doesn't put a resource that another
    account shared into a network that is not this account's own.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        arn: ARN of the service network, `arn:aws:vpc-lattice:...:servicenetwork/sn-...`.

    Raises:
        InvalidInput: for an ARN of anything else.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/sharing.html
    """

    @judged
    def __init__(self, scope: Any, id: str, *, arn: str) -> None:
        super().__init__(scope, id)
        with Report(self) as report:
            self.arn = parse_lattice_arn(report, "arn", arn, "servicenetwork")
            refuse_elsewhere(report, "arn", LATTICE.read(self.arn), self._stack, source=_RESOURCE_DOC)
        self.id = self.name = _id_of(self, self.arn)


def _id_of(scope: Any, arn: str) -> str:
    """Return the id in an ARN; an expression of it where the ARN is known only after apply."""
    return id_in_arn(arn) if is_known(arn) else f"${{basename({bindings.expression(scope, arn)})}}"


def _all_ports(scope: Any, resources: Sequence[SharedResource]) -> Ports | str:
    """Return the ports of all resources; an expression if some are known only from another stack's state."""
    all_ports = [ports_of(resource) for resource in resources]
    known = union(ports for ports in all_ports if isinstance(ports, Ports))
    read = [bindings.expression(scope, ports) for ports in all_ports if isinstance(ports, str)]
    return f"${{distinct(concat({json.dumps(known.texts())}, {', '.join(read)}))}}" if read else known


class ServiceNetworkAssociation(bindings.Construct):
    """A VPC's association with a service network: its clients reach all resources, and no address of the VPC is taken.

    AWS adds the routes. A VPC has one such association at most. Clients on premises or in peered VPCs can't use it:
    for them there is `ServiceNetworkEndpoint`.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        shared: the service network, from `State.read` or written by hand.
        network: the clients' VPC.
        client_cidrs: CIDR blocks of the clients to let in on the shared ports.
        client_security_group_ids: security groups of the clients to let in on the shared ports.
        security_group_ids: one to five groups of yours in place of the one that is made here, and of the clients.
        members_domain: a domain of your own, such as `shared.internal`: each resource of the network that is one
            address or name gets a name in it, `<resource>.<members_domain>`.
        private_dns_enabled: whether names that the producer's side has resolve in the VPC. Needs AWS provider 6.27.
            Default: left to AWS.
        private_dns_preference: which of these names, as in `ResourceEndpoint`. Needs AWS provider 6.27.
        private_dns_specified_domains: the domains that the preference speaks of, 1 to 10.

    Raises:
        InvalidInput: for nobody to let in, malformed ids or CIDRs, names that lead elsewhere in this VPC already, and
            arguments that an allowed version of the AWS provider lacks.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-network-associations.html
    """

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
        members_domain: str | None = None,
        private_dns_enabled: bool | None = None,
        private_dns_preference: str | None = None,
        private_dns_specified_domains: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id)
        name = derive_name(SECURITY_GROUP, network.stack_id, id)
        with Report(self) as report:
            network.refuse_other_stack(report, bindings.stack_of(scope))
            refuse_other_region(report, shared, bindings.stack_of(scope))
            clients = Clients.parse(report, client_cidrs, client_security_group_ids, security_group_ids)
            plain_domain = None
            if members_domain is not None:
                plain_domain = plain_dns_name(report, "members_domain", members_domain)
                refuse_names_of_another_kind(report, shared, None, members_domain)
                add_own_names(report, network.names, shared, None, plain_domain, id)
            constraint, argument = bindings.aws_provider_of(network.stack), "private_dns_enabled"
            if private_dns_enabled is not None:
                refuse_lacking(report, argument, private_dns_enabled, constraint, NETWORK_VPC, argument)
            private_dns = parse_private_dns(
                report,
                private_dns_enabled,
                private_dns_preference,
                private_dns_specified_domains,
                constraint=constraint,
                resource=NETWORK_VPC,
                path="dns_options",
            )
            kind = (shared.published or shared).type
            if is_known(kind) and kind != "SERVICE_NETWORK":
                report.refuse(
                    "shared",
                    shared.name,
                    rule=f"A VPC is associated with a service network; {shared.name!r} is of type {kind}.",
                    fix="Reach it by a ResourceEndpoint.",
                    source=_ASSOCIATION_DOC,
                )
        self.security_group_ids = clients.let_in(
            self, vpc_id=network.vpc_id, name=name, to="the service network", shared=shared
        )
        made = bindings.make(
            bindings.VpclatticeServiceNetworkVpcAssociation,
            self,
            "association",
            # The ARN, as AWS asks for it where the network is another account's.
            service_network_identifier=shared.arn,
            vpc_identifier=network.vpc_id,
            # A list whose order the provider takes for a difference.
            security_group_ids=sorted(self.security_group_ids),
            tags={"Name": name},
        )
        if shared.accepter:
            made.add_override("depends_on", [shared.accepter])
        # Both newer than the bindings.
        if private_dns_enabled is not None:
            made.add_override("private_dns_enabled", private_dns_enabled)
        if private_dns.arguments():
            made.add_override("dns_options", [private_dns.arguments()])
        self.id = f"${{{bindings.address(made)}.id}}"
        if plain_domain is not None and plain_domain != REFUSED:
            name_members(self, network, plain_domain, shared, "dns_name", "${each.value}")
