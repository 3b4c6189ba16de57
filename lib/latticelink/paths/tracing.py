"""Follows packets from the clients of each endpoint through its resource gateway to the target, hop by hop.

The semantics are listed in docs/reachability.md. The idea is that of AWS's own tools: Backes et al., Reachability
Analysis for AWS-Based Networks (CAV 2019), and Bayless et al., Debugging Network Reachability with Blocked Paths (CAV
2021): of a path that is blocked every hop that blocks is told, so that one run is enough.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from latticelink.network.network_acls import NetworkAcls
from latticelink.network.ranges import SHAREABLE, PortSet
from latticelink.network.routes import Routes
from latticelink.network.security_groups import IN, OUT
from latticelink.network.topology import Placed, Subnet, Topology, label
from latticelink.paths import hops
from latticelink.paths.clients import Client, Clients
from latticelink.paths.dns_names import DnsNames
from latticelink.paths.hops import Answer, AtAddress, Hop, Stage, TracedPath, blocking, doubtful, settle
from latticelink.paths.network_acls import acl_stage
from latticelink.paths.routes import route_stages
from latticelink.paths.security_groups import group_stage
from latticelink.paths.several import tell_apart
from latticelink.paths.stations import Stations
from latticelink.paths.targets import Target, ports_stage, target_of
from latticelink.paths.ways_in import WaysIn
from latticelink.paths.zones import apart, meeting, zones_stage
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Unknown
from latticelink.terraform.work import spend
from latticelink.values.types import (
    CONFIGURATION,
    ENDPOINT,
    ENDPOINT_ARNS,
    ENDPOINT_TYPES,
    GATEWAY,
    NETWORK,
    NETWORK_RESOURCE,
    NETWORK_VPC,
)

_STEPS_OF_A_PATH = 150
_PORTS = "resource configuration's ports"
_BADNESS = (Answer.FAIL, Answer.UNKNOWN, Answer.PASS)


@dataclass(frozen=True)
class _Resource:
    """A resource that an endpoint leads to: its configuration, or why it isn't known, and how it got there.

    Args:
        configuration: SINGLE, ARN or CHILD.
        group: the GROUP that a CHILD is in.
        association: its association with the service network, if that is the way.
        doubt: why there is no configuration.
    """

    configuration: Block | None
    group: Block | None = None
    association: Block | None = None
    doubt: Unknown | None = None


@dataclass(frozen=True)
class _FarSide:
    """The producer's half of a path, which is the same for all clients."""

    text: str
    gateway: Placed | None
    target: Target
    shares: Stage
    stages: tuple[Stage, ...]


def trace(configuration: Configuration) -> list[TracedPath]:
    """Return the way of each client through each endpoint or service-network association to each target.

    The paths come in the order of the stacks and their endpoints, and for each of these by client and target. Last
    come the resources that nothing in the configuration leads to, each from its gateway on.
    """
    return tracer_of(configuration).paths


@lru_cache(maxsize=1)
def tracer_of(configuration: Configuration) -> Tracer:
    """Return the tracer of a configuration, the same for all that ask one after the other."""
    return Tracer(configuration)


class Tracer:
    """Traces the paths of one configuration.

    Args:
        configuration: what was read.
        among: the TCP ports that the paths are about. Default: those that come nearest to being reachable.

    Attributes:
        topology: where things are in it.
        routes: where its route tables lead.
    """

    def __init__(self, configuration: Configuration, among: PortSet = SHAREABLE) -> None:
        self.configuration = configuration
        self._among = among
        self.topology = Topology(configuration)
        self._acls = NetworkAcls(self.topology)
        self.routes = Routes(self.topology)
        self._names = DnsNames(self.topology)
        self._clients = Clients(self.topology)
        self._ways_in = WaysIn(self.topology, self._acls, self.routes)
        self._far_sides: dict[tuple[Block, Block | None, tuple[Subnet, ...] | None], _FarSide] = {}

    @cached_property
    def paths(self) -> list[TracedPath]:
        """All paths; of a resource that nothing here leads to, the half behind its gateway."""
        found = [path for entry in self.entries for path in self._through(entry)]
        reached = {None, *(path.configuration for path in found)}
        for block in self.configuration.of_type(CONFIGURATION):
            if block.value("type") != "CHILD":
                found += [self._half(each) for each in self._members(block, None) if each.configuration not in reached]
        return found

    def _half(self, resource: _Resource) -> TracedPath:
        """Return the way from a gateway to a target whose clients are in another configuration."""
        assert resource.configuration is not None
        far = self._far_side(resource.configuration, resource.group)
        stages = [far.shares, *far.stages]
        return self._traced("clients elsewhere", far.text, far, stages, resource)

    def _traced(
        self,
        client: str,
        via: str,
        far: _FarSide,
        stages: list[Stage],
        resource: _Resource,
        entry: Placed | None = None,
    ) -> TracedPath:
        ports, hops = settle(stages, far.shares, self._among)
        endpoint = entry.block if entry is not None else resource.configuration
        assert endpoint is not None
        return TracedPath(
            client=client,
            via=via,
            resource=far.target.text,
            ports=ports,
            hops=hops,
            endpoint=endpoint,
            configuration=resource.configuration,
            shared=far.shares.sure,
            stations=Stations(entry=entry, group=resource.group, gateway=far.gateway, target=far.target.placed),
        )

    @cached_property
    def entries(self) -> list[Block]:
        """The endpoints of type Resource or ServiceNetwork, and the service networks' associations with VPCs."""
        return [
            block
            for block in self.configuration.blocks
            if block.mode == "resource" and (block.type == NETWORK_VPC or _endpoint_type(block) is not None)
        ]

    @property
    def targets(self) -> list[Placed]:
        """What the paths lead to, as far as it is known, each once."""
        sides = self._far_sides.values() if self.paths else ()
        return list({side.target.placed.block: side.target.placed for side in sides if side.target.placed}.values())

    def _through(self, block: Block) -> Iterator[TracedPath]:
        entry = self.topology.placed(block)
        kind = "association" if block.type == NETWORK_VPC else "endpoint"
        for client in self._clients.of(entry):
            parts = [(part, [*self._near(part, entry)]) for part in self._clients.parts(client, entry)]
            for resource in self._resources(block):
                spend(_STEPS_OF_A_PATH * len(parts))
                via = f"{kind} {label(block)}"
                yield from tell_apart([(part, self._path(part, entry, via, near, resource)) for part, near in parts])

    def _near(self, client: Client, entry: Placed) -> Iterator[Stage]:
        """Yield the consumer's half of a path."""
        yield from self._maybe_there(entry.block)
        yield from self._ways_in.stages(client, entry)

    @staticmethod
    def _maybe_there(block: Block) -> Iterator[Stage]:
        kind = block.value("vpc_endpoint_type")
        if isinstance(kind, Unknown):
            yield doubtful("endpoint", block, kind.keeps(f"the type of {block.address}"))
        if block.instance.unknown is not None:
            doubt: Unknown = block.instance.unknown
            yield doubtful("endpoint", block, doubt.keeps(f"the number of instances of {block.address}"))

    def _path(self, client: Client, entry: Placed, via: str, near: list[Stage], resource: _Resource) -> TracedPath:
        block = entry.block
        configuration = resource.configuration
        if configuration is None:
            doubt = resource.doubt or Unknown("the resource isn't known")
            unknown = _FarSide("", None, Target("an unknown resource"), doubtful(_PORTS, block, doubt), ())
            return self._traced(client.text, via, unknown, [*near, unknown.shares], resource, entry)
        far = self._far_side(configuration, resource.group)
        names = self._names.stage(block, entry.vpc, configuration, resource.association)
        stages = [names, *near, far.shares, *self._meeting(entry, far.gateway, configuration), *far.stages]
        path = self._traced(client.text, f"{via} -> {far.text}", far, stages, resource, entry)
        if len(entry.subnets) == 1 and path.answer is not Answer.FAIL:
            return path
        addresses = tuple(self._by_address(path, client, entry, resource, names))
        if len(addresses) == 1 and addresses[0].answer is Answer.PASS and path.answer is Answer.FAIL:
            return replace(path, hops=tuple(map(_in_other_zones, path.hops)))
        if len({each.answer for each in addresses}) < 2:
            return path
        worst = min(addresses, key=lambda each: _BADNESS.index(each.answer))
        return replace(path, addresses=addresses, hops=worst.hops, ports=worst.ports)

    def _by_address(
        self, path: TracedPath, client: Client, entry: Placed, resource: _Resource, names: Stage
    ) -> Iterator[AtAddress]:
        """Yield the ways through each of an endpoint's addresses, where they may not all end alike.

        That an address leads to the gateway's addresses in its own zone is inference: AWS documents that the two have
        to meet in one zone at least. https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html
        """
        configuration = resource.configuration
        assert configuration is not None
        gateway = self._far_side(configuration, resource.group).gateway
        if gateway is None or entry.block.type == NETWORK_VPC or not entry.subnets or entry.subnets_doubt:
            return
        meetings = {subnet: meeting(self.topology, subnet, entry, gateway, configuration) for subnet in entry.subnets}
        met = [each for each in meetings.values() if each and not isinstance(each, Unknown)]
        if path.answer is Answer.PASS and len(met) == len(meetings):
            return
        doubt = next((each for each in meetings.values() if isinstance(each, Unknown)), None)
        for subnet, there in meetings.items():
            own = replace(entry, subnets=(subnet,))
            mine = None if isinstance(there, Unknown) else there or None
            far = self._far_side(configuration, resource.group, mine)
            zones = [*self._meeting(own, gateway, configuration)]
            if mine is None and (met or doubt):
                why = there if isinstance(there, Unknown) else None if met else doubt
                zones = [doubtful(hops.ZONES, gateway.block, why) if why else apart(subnet, gateway)]
            stages = [names, *self._near(client, own), far.shares, *zones, *far.stages]
            ports, found = settle(stages, far.shares, self._among)
            yield AtAddress(subnet=subnet.text, zone=str(subnet.zone or subnet.text), ports=ports, hops=found)

    def _meeting(self, entry: Placed, gateway: Placed | None, configuration: Block) -> Iterator[Stage]:
        """Yield the hop from the endpoint to the gateway."""
        if gateway is None or entry.block.type == NETWORK_VPC:
            return
        is_resource = _endpoint_type(entry.block) == "Resource"
        if is_resource and entry.vpc is not None and entry.vpc == gateway.vpc:
            yield blocking(
                hops.ENDPOINTS_VPC,
                entry.block,
                f"{entry.block.address} is in the VPC of {gateway.block.address}, where AWS creates no resource "
                f"endpoint",
                "Put the endpoint in the clients' VPC, or let them reach the target directly.",
            )
        yield zones_stage(self.topology, entry, gateway, configuration)

    def _resources(self, entry: Block) -> list[_Resource]:
        """Return the resources that an endpoint or association leads to, each member of a group by itself."""
        if _endpoint_type(entry) == "Resource":
            value = entry.value("resource_configuration_arn")
            found = self.topology.block_of(value, CONFIGURATION)
            if found is None:
                return [_Resource(None, doubt=self.topology.why_not(value, "the resource configuration"))]
            return self._members(found, None)
        argument = "service_network_identifier" if entry.type == NETWORK_VPC else "service_network_arn"
        value = entry.value(argument)
        network = self.topology.block_of(value, NETWORK)
        if network is None or network.mode == "data":
            return [_Resource(None, doubt=self.topology.why_not(value, "the service network"))]
        associations = self._associations.get(network, [])
        if not associations:
            reason = f"no resource configuration is associated with {network.address} in the input"
            return [_Resource(None, doubt=Unknown(reason, "Check the folder or the plan that associates one."))]
        found_all = []
        for association in associations:
            value = association.value("resource_configuration_identifier")
            configuration = self.topology.block_of(value, CONFIGURATION)
            if configuration is None:
                doubt = self.topology.why_not(value, f"the resource configuration of {association.address}")
                found_all.append(_Resource(None, doubt=doubt))
            else:
                found_all += self._members(configuration, association)
        return found_all

    def _members(self, configuration: Block, association: Block | None) -> list[_Resource]:
        if configuration.value("type") != "GROUP":
            return [_Resource(configuration, None, association)]
        children = self._children.get(configuration, [])
        if not children:
            reason = f"{configuration.address} is a group, and no member of it is in the input"
            doubt = Unknown(reason, "Check the folder or the plan that has its members.")
            return [_Resource(None, configuration, association, doubt)]
        return [_Resource(child, configuration, association) for child in children]

    @cached_property
    def _children(self) -> dict[Block, list[Block]]:
        return self._by_owner(CONFIGURATION, "resource_configuration_group_id", CONFIGURATION)

    @cached_property
    def _associations(self) -> dict[Block, list[Block]]:
        return self._by_owner(NETWORK_RESOURCE, "service_network_identifier", NETWORK)

    def _by_owner(self, kind: str, argument: str, owner_kind: str) -> dict[Block, list[Block]]:
        found: dict[Block, list[Block]] = defaultdict(list)
        for block in self.configuration.of_type(kind):
            owner = self.topology.block_of(block.value(argument), owner_kind)
            if owner is not None:
                found[owner].append(block)
        return found

    def _far_side(
        self, configuration: Block, group: Block | None, subnets: tuple[Subnet, ...] | None = None
    ) -> _FarSide:
        """Return the producer's half, from all of the gateway's subnets or from some of them."""
        key = (configuration, group, subnets)
        if key not in self._far_sides:
            self._far_sides[key] = self._read_far_side(configuration, group, subnets)
        return self._far_sides[key]

    def _read_far_side(self, configuration: Block, group: Block | None, subnets: tuple[Subnet, ...] | None) -> _FarSide:
        shares = ports_stage(self.topology, configuration, group)
        value = (group or configuration).value("resource_gateway_identifier")
        found = self.topology.block_of(value, GATEWAY)
        if found is None:
            target = target_of(self.topology, configuration, None)
            doubt = self.topology.why_not(value, "the resource gateway")
            return _FarSide("gateway", None, target, shares, (doubtful("gateway", configuration, doubt),))
        gateway = self.topology.placed(found)
        if subnets is not None:
            gateway = replace(gateway, subnets=subnets, subnets_doubt=None)
        target = target_of(self.topology, configuration, gateway.vpc)
        stages = tuple(self._behind(gateway, target, configuration))
        return _FarSide(f"gateway {label(found)}", gateway, target, shares, stages)

    def _behind(self, gateway: Placed, target: Target, configuration: Block) -> Iterator[Stage]:
        """Yield the hops from the gateway to the target, which sees the gateway's addresses, never the client's."""
        side = gateway.side(f"gateway {label(gateway.block)}", target.version)
        kind = gateway.block.value("ip_address_type")
        if kind in ("IPV4", "IPV6") and kind != f"IPV{target.version}" and not target.may_be_ipv6:
            yield blocking(
                hops.ADDRESS_TYPE,
                gateway.block,
                f"{gateway.block.address} is {kind}, and {target.text} has an IPv{target.version} address",
                f'Set ip_address_type = "DUALSTACK" in {gateway.block.address}, which replaces it, or share an address '
                "of its kind.",
            )
        yield self._out_to(target, gateway)
        place, version = "network ACLs of the gateway's subnets", target.version
        acls = acl_stage(self._acls, place, gateway.subnets, others=target.addresses, version=version, first=OUT)
        if acls is not None:
            yield acls
        routes = list(route_stages(self.topology, self.routes, gateway, target))
        yield from (stage for stage in routes if stage.place == hops.ROUTE)
        if target.placed is None:
            yield doubtful("target's group in", configuration, target.why_not)
            return
        place = "network ACLs of the target's subnets"
        acls = acl_stage(self._acls, place, target.placed.subnets, others=side.addresses, version=version, first=IN)
        if acls is not None:
            yield acls
        yield group_stage("target's group in", self.topology.groups, target.placed, IN, side)
        yield from (stage for stage in routes if stage.place == hops.ROUTE_BACK)

    def _out_to(self, target: Target, gateway: Placed) -> Stage:
        """Return what the gateway's groups let out to the target, of which the IP version may not be known."""
        place, side = "gateway's group out", target.side()
        stage = group_stage(place, self.topology.groups, gateway, OUT, side)
        if not target.may_be_ipv6:
            return stage
        six = group_stage(place, self.topology.groups, gateway, OUT, replace(side, version=6))
        return replace(
            stage, sure=stage.sure & six.sure, maybe=stage.maybe | six.maybe, doubt=stage.doubt or target.why_not
        )


def _in_other_zones(hop: Hop) -> Hop:
    """Return a hop that blocks only what comes from the gateway's subnets in other zones than the endpoint's."""
    if hop.answer is not Answer.FAIL:
        return hop
    why = (
        "from the gateway's subnets in other zones than the endpoint's, and AWS doesn't document whether these are used"
    )
    return replace(hop, answer=Answer.UNKNOWN, why=f"{hop.why}: so it is {why}")


def _endpoint_type(block: Block) -> str | None:
    """Return Resource or ServiceNetwork; where the type isn't known, by the ARN that is given; None for any other."""
    if block.type != ENDPOINT:
        return None
    kind = block.value("vpc_endpoint_type")
    if isinstance(kind, Unknown):
        return next((name for name, argument in ENDPOINT_ARNS.items() if block.value(argument) is not ABSENT), None)
    return kind if kind in ENDPOINT_TYPES else None
