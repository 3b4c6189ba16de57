"""What resource gateways share, new and existing ones: configurations, and the security-group rules to the targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.custom_domain import DomainVerification, parse_custom_domain
from latticelink.constructs.existing_network import ExistingNetwork
from latticelink.constructs.group_rules import GroupRules, cidr_peer, group_key, group_peer
from latticelink.constructs.network import Network
from latticelink.constructs.notes import derived_name, notes_of, rules_of
from latticelink.constructs.port_tokens import with_text_tokens
from latticelink.constructs.resource_configuration import (
    Target,
    configured_ports,
    definition_of,
    kind_of,
    open_ports_of,
    published_ports,
    shareable,
    targets_of,
)
from latticelink.constructs.rule_set import Needed
from latticelink.constructs.security_groups import SecurityGroup
from latticelink.constructs.vpc_network import PlacedSubnet
from latticelink.errors import Report
from latticelink.values.addresses import Cidr
from latticelink.values.arns import DATABASE
from latticelink.values.aws_ids import refuse_elsewhere
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource
from latticelink.values.gateway_type import GatewayType, refuse_unfit
from latticelink.values.names import RESOURCE_CONFIGURATION, parse_key, parse_name
from latticelink.values.ports import Ports
from latticelink.values.resources import ArnResource, GroupResource, Member, Resource
from latticelink.values.tags import Tags, parse_tags

_CONFIGURATION_DOC = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html"
_OWN_IDS = ("gateway", "group")


class Gateway(bindings.Construct):
    """A resource gateway, and what is shared through it.

    Attributes:
        network: the VPC that it is in.
        id: its id, or the expression of it.
        name: its name in AWS; of an existing one its id.
        security_group_ids: its groups, as far as they are known.
        configurations: the resource configurations of the AWS provider, by the key that `share` got; a member of a
            group by the group's key, a hyphen and its name.
    """

    id: str
    name: str
    security_group_ids: tuple[str, ...]
    _type: GatewayType
    _subnets: list[PlacedSubnet]
    # Where the gateway's own group is made here: the group, and the clients' blocks to let into it.
    _own_group: SecurityGroup | None = None
    _ingress: Sequence[Cidr] = ()

    def __init__(self, scope: Any, id: str, network: Network | ExistingNetwork, tags: Mapping[str, str] | None) -> None:
        super().__init__(scope, id)
        self.network = network
        self.configurations: dict[str, bindings.VpclatticeResourceConfiguration] = {}
        self._keys: set[str] = set()
        self._names: dict[str, str] = {}
        with Report(self) as report:
            network.refuse_other_stack(report, bindings.stack_of(scope))
            self._tags = self._parsed(report, tags)

    def _parsed(self, report: Report, tags: Mapping[str, str] | None) -> Tags:
        return parse_tags(report, "tags", tags, beside=notes_of(self.network.stack).tags)

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
        tags: Mapping[str, str] | None = None,
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
                network that is itself shared with others, which lets them reach the resource through that consumer.
            tags: tags of the resource configurations, over those of the gateway.

        Returns:
            What `State.publish` puts into the contract.

        Raises:
            InvalidInput: for names and tags that AWS refuses, ports outside 1 to 65535, a name that is shared already,
                and a resource that this gateway can't reach or resolve.

        Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
        """
        with Report(self, str(name)) as report:
            key = self._new_key(report, name)
            resource = shareable(report, resource)
            refuse_unfit(report, self._type, resource)
            open_ports = open_ports_of(report, resource, ports)
            configured = configured_ports(report, resource, port_ranges, open_ports)
            derived = derived_name(self.network.stack, RESOURCE_CONFIGURATION, key)
            aws_name = parse_name(report, "configuration_name", configuration_name, RESOURCE_CONFIGURATION, derived)
            self._refuse_twin(report, aws_name, key)
            if isinstance(resource, ArnResource):
                database, own = DATABASE.read(resource.arn), self.network.stack
                refuse_elsewhere(report, "arn", database, own, source=_CONFIGURATION_DOC, own_account=True)
            domain = parse_custom_domain(report, self.network.stack, resource, custom_domain, domain_verification)
            members = self._named_members(report, key, resource)
            own_tags = Tags({**self._tags.given, **self._parsed(report, tags).given})
        kind = kind_of(resource)
        address = self._configuration(
            key,
            aws_name,
            own_tags,
            type=kind,
            protocol=None if kind == "ARN" else "TCP",
            port_ranges=configured.joined().texts() if kind == "SINGLE" else None,
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
                own_tags,
                type="CHILD",
                port_ranges=own_ports.joined().texts(),
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
            zone_ids=tuple(subnet.zone_id for subnet in self._subnets) or None,
            stack=self.network.stack,
        )

    def _configuration(self, id: str, aws_name: str, tags: Tags, **arguments: Any) -> str:
        """Make a resource configuration; return its address."""
        self.configurations[id] = bindings.make(
            bindings.VpclatticeResourceConfiguration, self, id, name=aws_name, tags=tags.named(aws_name), **arguments
        )
        return bindings.address(self.configurations[id])

    def _named_members(self, report: Report, key: str, resource: Resource) -> dict[str, tuple[str, Member]]:
        """Return the members of a group, each with the AWS name of its configuration."""
        named = {}
        if isinstance(resource, GroupResource):
            for name, member in sorted(resource.members.items()):
                aws_name = derived_name(self.network.stack, RESOURCE_CONFIGURATION, key, name)
                self._refuse_twin(report, aws_name, f"{key}/{name}")
                named[name] = (aws_name, member)
        return named

    def _refuse_twin(self, report: Report, aws_name: str, key: str) -> None:
        if (twin := self._names.setdefault(aws_name, key)) != key:
            report.refuse(
                "configuration_name",
                aws_name,
                rule=f"Names of resource configurations are unique in an account; {twin!r} already has this one.",
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
                rule="Each resource of a gateway is shared under a different name.",
                fix="Choose another name; to share more ports of a resource, list them in one share().",
            )
            key = f"{key}-{len(self._keys)}"
        self._keys.add(key)
        return key

    def _make_rules(self, key: str, resource: Target, ports: Ports) -> None:
        """Let the gateway reach a target, and have Terraform keep the rules for as long as the configuration `key`.

        AWS deletes no configuration that is in use; rules that were gone by then would cut what goes on.
        """
        needed: list[Needed] = []
        if (own := self._own_group) is not None:
            for target in targets_of(self, resource, self._type):
                needed += own.allow("egress", target, ports, "To shared resources")
            for block in self._ingress:
                needed += own.allow("ingress", cidr_peer(self, block), ports, "Clients of shared resources")
        if (group := resource.security_group_id) is not None:
            theirs = GroupRules(self, group_key(self, group), group)
            for mine in self.security_group_ids:
                needed += theirs.allow("ingress", group_peer(self, mine), ports, "From a resource gateway")
        kind, _, name = bindings.address(self.configurations[key]).partition(".")
        rules_of(self.network.stack).keep_until_gone(kind, name, needed)
