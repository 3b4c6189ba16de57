"""Service networks: many resources under one name, and the association by which a VPC reaches them all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.clients import Clients
from latticelink.constructs.endpoint_place import refuse_other_region
from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.network import Network
from latticelink.constructs.notes import derived_name, notes_of
from latticelink.constructs.own_names import OwnNames
from latticelink.constructs.port_tokens import ports_of
from latticelink.constructs.security_groups import SecurityGroup, made_group
from latticelink.errors import Report
from latticelink.values.arns import LATTICE, id_in_arn
from latticelink.values.aws_ids import parse_log_destination, refuse_elsewhere
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource, parse_lattice_arn
from latticelink.values.dns import ExistingHostedZone
from latticelink.values.names import SECURITY_GROUP, SERVICE_NETWORK, parse_key, parse_name
from latticelink.values.ports import Ports, union
from latticelink.values.private_dns import parse_private_dns
from latticelink.values.provider_arguments import refuse_lacking
from latticelink.values.tags import parse_tags
from latticelink.values.tokens import is_known
from latticelink.values.types import NETWORK_RESOURCE, NETWORK_VPC

_ASSOCIATION_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-network-associations.html"
_RESOURCE_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration-associations.html"


class _ServiceNetwork(bindings.Construct):
    """What new and existing service networks have in common."""

    id: str
    arn: str
    name: str

    def __init__(self, scope: Any, id: str, tags: Mapping[str, str] | None) -> None:
        super().__init__(scope, id)
        self._stack = bindings.stack_of(scope)
        self.associations: dict[str, bindings.VpclatticeServiceNetworkResourceAssociation] = {}
        self._associated_already: dict[str, tuple[str, bool | None]] = {}
        with Report(self) as report:
            self._tags = parse_tags(report, "tags", tags, beside=notes_of(self._stack).tags)

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
                    "resources", twice, rule="Each resource has a different name.", fix="Remove the second one."
                )
            if not names:
                report.refuse(
                    "resources", names, rule="At least one resource is shared.", fix="Give what share() returned."
                )
            for resource in resources:
                refuse_other_region(report, resource, self._stack)
                self._refuse_foreign(report, resource)
                if resource.type == "SERVICE_NETWORK":
                    report.refuse(
                        "resources",
                        resource.name,
                        rule="A service network contains resource configurations, not other service networks.",
                        fix="Give the resources themselves.",
                        source=_RESOURCE_DOC,
                    )
        members = {}
        for resource in sorted(
            {resource.name: resource for resource in resources}.values(), key=lambda each: each.name
        ):
            association = self._associated(f"{key}-{resource.name}", resource, private_dns_enabled)
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

    def _refuse_foreign(self, report: Report, resource: SharedResource) -> None:
        """Refuse another account's resource in another account's network, as far as the accounts are known."""
        own, network, theirs = (
            getattr(self._stack, "account_id", None),
            LATTICE.read(self.arn),
            LATTICE.read(resource.arn),
        )
        if own and is_known(own) and network and theirs and own not in (network.account, theirs.account):
            report.refuse(
                "resources",
                resource.name,
                rule=f"AWS allows an account to put a resource that another account shared only into its own service "
                f"networks; the "
                f"resource is of {theirs.account}, the network of {network.account}, this stack of {own}.",
                fix=f"Share it there in a stack of {network.account} or {theirs.account}.",
                source=_RESOURCE_DOC,
            )

    def _associated(
        self, key: str, resource: SharedResource, private_dns_enabled: bool | None
    ) -> bindings.VpclatticeServiceNetworkResourceAssociation:
        """Return the association with a resource: one, in however many lists the resource is."""
        # Ids: for ARNs the provider plans a replacement for ever (hashicorp/terraform-provider-aws #44546).
        identifier = resource.id or _id_of(self, resource.arn)
        twin, dns = self._associated_already.setdefault(identifier, (key, private_dns_enabled))
        if twin != key:
            with Report(self, key) as report:
                if dns != private_dns_enabled:
                    report.refuse(
                        "private_dns_enabled",
                        private_dns_enabled,
                        rule=f"AWS has one association for a resource and a service network, and the one for "
                        f"{resource.name!r} was already created with private_dns_enabled={dns}.",
                        fix=f"Write private_dns_enabled={dns} here too, or change both.",
                        source=_RESOURCE_DOC,
                    )
            self.associations[key] = self.associations[twin]
            return self.associations[key]
        association = self.associations[key] = bindings.make(
            bindings.VpclatticeServiceNetworkResourceAssociation,
            self,
            key,
            resource_configuration_identifier=identifier,
            service_network_identifier=self.id,
            tags=self._tags.of_part(resource.name),
        )
        if private_dns_enabled is not None:
            # Newer than the bindings.
            association.add_override("private_dns_enabled", private_dns_enabled)
        return association


class ServiceNetwork(_ServiceNetwork):
    """A VPC Lattice service network: worth its price per resource if many VPCs reach many resources.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        name: AWS name, unique in the account and region: 3 to 63 lower-case letters, digits and single hyphens, not
            starting with `servicenetwork-`. Default: made from the ids of stack and service network.
        access_logs: ARN of the CloudWatch log group, the S3 bucket (with or without a prefix) or the Firehose delivery
            stream to which AWS sends who reached which resource; docs/operations.md says what it contains and what it
            needs. Default: nothing is logged.
        tags: tags of the service network, of its associations with resources and of its log. Default: the Name tag
            alone.

    Attributes:
        network: the service network of the AWS provider, also `node.default_child`.
        access_log: the access log subscription of the AWS provider; None without `access_logs`.
        associations: the associations of the AWS provider, by the key that `share` got, a hyphen and the resource's
            name.

    Raises:
        InvalidInput: for a name or tags that AWS refuses, and for the ARN of something that takes no access logs.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/service-networks.html,
        https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html
    """

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        *,
        name: str | None = None,
        access_logs: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id, tags)
        with Report(self) as report:
            self.name = parse_name(
                report, "name", name, SERVICE_NETWORK, derived_name(self._stack, SERVICE_NETWORK, id)
            )
            if access_logs is not None:
                access_logs = parse_log_destination(report, "access_logs", access_logs)
        self.network: bindings.VpclatticeServiceNetwork = bindings.make(
            bindings.VpclatticeServiceNetwork, self, "network", name=self.name, tags=self._tags.named(self.name)
        )
        bindings.set_default_child(self, self.network)
        address = bindings.address(self.network)
        self.id = f"${{{address}.id}}"
        self.arn = f"${{{address}.arn}}"
        self.access_log: bindings.VpclatticeAccessLogSubscription | None = None
        if access_logs is not None:
            self.access_log = self._log(access_logs)

    def _log(self, destination: str) -> bindings.VpclatticeAccessLogSubscription:
        """Return the subscription to the log of resources: by default AWS logs services, of which there are none."""
        return bindings.make(
            bindings.VpclatticeAccessLogSubscription,
            self,
            "access-log",
            resource_identifier=self.id,
            destination_arn=destination,
            service_network_log_type="RESOURCE",
            tags=self._tags.of_part(self.name),
        )


class ExistingServiceNetwork(_ServiceNetwork):
    """A service network that exists already, by its ARN; more resources are put into it with `share`.

    One of another account can be used where its owner shares it with this one. AWS doesn't put a resource that another
    account shared into a network that is not this account's own.

    Args:
        scope: the stack.
        id: the construct's id, part of Terraform addresses.
        arn: ARN of the service network, `arn:aws:vpc-lattice:...:servicenetwork/sn-...`.
        tags: tags of its associations with resources. Default: the Name tag alone.

    Attributes:
        associations: the associations of the AWS provider, as in `ServiceNetwork`.

    Raises:
        InvalidInput: for an ARN of anything else, and tags that AWS refuses.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/sharing.html
    """

    @judged
    def __init__(self, scope: Any, id: str, *, arn: str, tags: Mapping[str, str] | None = None) -> None:
        super().__init__(scope, id, tags)
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
        security_group_ids: one to five of your own groups, in place of the created one and of the clients.
        members_domain: a domain of your own, such as `shared.internal`: each resource of the network that is one
            address or name gets a name in it, `<resource>.<members_domain>`.
        private_dns_enabled: whether names that the producer's side has resolve in the VPC. Needs AWS provider 6.27.
            Default: left to AWS.
        private_dns_preference: which of these names, as in `ResourceEndpoint`. Needs AWS provider 6.27.
        private_dns_specified_domains: the domains that the preference refers to, 1 to 10.
        hosted_zone: a private hosted zone of the VPC that exists, for `members_domain`. Default: a new one.
        tags: tags of the association and its group. Default: the Name tag alone.

    Attributes:
        association: the association of the AWS provider, also `node.default_child`.
        group: the security group that is created; refused if you gave your own.
        record: the DNS records of the AWS provider for `members_domain`; None without.

    Raises:
        InvalidInput: for tags that AWS refuses, nobody to let in, malformed ids or CIDRs, names that already lead
            elsewhere in this VPC, and arguments that an allowed version of the AWS provider lacks.

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
        hosted_zone: ExistingHostedZone | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        name = derived_name(network.stack, SECURITY_GROUP, id)
        with Report(self) as report:
            network.refuse_other_stack(report, bindings.stack_of(scope))
            refuse_other_region(report, shared, bindings.stack_of(scope))
            checked = parse_tags(report, "tags", tags, beside=notes_of(network.stack).tags)
            clients = Clients.parse(report, client_cidrs, client_security_group_ids, security_group_ids)
            own_names = OwnNames.parse(report, shared, members_domain=members_domain, hosted_zone=hosted_zone)
            own_names.take(report, network.names, id)
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
        self._group = clients.made_group(
            self, network, name=name, to="the service network", shared=shared, tags=checked
        )
        self.security_group_ids: tuple[str, ...] = clients.brought or (self.group.id,)
        made = bindings.make(
            bindings.VpclatticeServiceNetworkVpcAssociation,
            self,
            "association",
            # The ARN, as AWS asks for it where the network is another account's.
            service_network_identifier=shared.arn,
            vpc_identifier=network.vpc_id,
            # A list whose order is a difference to the provider.
            security_group_ids=sorted(self.security_group_ids),
            tags=checked.named(name),
        )
        self.association: bindings.VpclatticeServiceNetworkVpcAssociation = made
        bindings.set_default_child(self, made)
        if shared.accepter:
            made.add_override("depends_on", [shared.accepter])
        # Both newer than the bindings.
        if private_dns_enabled is not None:
            made.add_override("private_dns_enabled", private_dns_enabled)
        if private_dns.arguments():
            made.add_override("dns_options", [private_dns.arguments()])
        self.id = f"${{{bindings.address(made)}.id}}"
        self.record = own_names.make_records_of_members(self, network, "dns_name", "${each.value}")

    @property
    def group(self) -> SecurityGroup:
        """The security group that is created.

        Raises:
            InvalidInput: for an association with security groups of yours.
        """
        return made_group(self, self._group)
