"""What was read, as far as paths lead through it, as plain data: what a picture or another program needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from latticelink.paths.hops import TracedPath

VERSION = 1
"""The version of the outline's form; docs/topology.md says when it changes."""


@dataclass(frozen=True, kw_only=True)
class Vpc:
    """A VPC.

    Args:
        id: its address or, where only that is known, its id; `?` after the stack's name if neither is.
        name: its Name tag, its name in the configuration or its id.
        cidrs: its blocks, as far as they are known.
        region: its region; empty if that isn't known.
        account: its account; empty if that isn't known.
        stacks: the stacks that have something in it.
        made: whether it is made by what was read.
        known: whether it is known at all which VPC it is.
    """

    id: str
    name: str
    cidrs: tuple[str, ...]
    region: str
    account: str
    stacks: tuple[str, ...]
    made: bool
    known: bool


@dataclass(frozen=True, kw_only=True)
class Subnet:
    """A subnet: its address or id, its zone, and its blocks, as far as they are known."""

    id: str
    zone: str
    cidrs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Something that is among clients, by its address, Name tag and type."""

    id: str
    name: str
    type: str
    subnets: tuple[Subnet, ...]


@dataclass(frozen=True, kw_only=True)
class Clients:
    """Clients in a VPC that a rule names together.

    Args:
        id: the VPC's id and the clients, as `check` names them.
        kind: `block`, `group`, or `other`, such as all that are in the VPC.
        name: the block, or the name of the group.
        vpc: the id of their VPC.
        members: those that are in the input.
    """

    id: str
    kind: str
    name: str
    vpc: str
    members: tuple[Workload, ...]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An endpoint, or a service network's association with a VPC.

    Args:
        id: its address.
        kind: `endpoint` or `association`.
        name: its name for people.
        vpc: the id of its VPC.
        stack: its stack.
        file: the file that it is written in.
        construct: the construct that made it; empty if that isn't known.
        subnets: the subnets that it has an address in; an association has none.
        groups: its security groups.
        dns_names: the names that clients use for it, as far as the configuration gives it some.
        service_network: the id of the service network that it leads to; None if it leads to one resource.
    """

    id: str
    kind: str
    name: str
    vpc: str
    stack: str
    file: str
    construct: str
    subnets: tuple[Subnet, ...]
    groups: tuple[str, ...]
    dns_names: tuple[str, ...]
    service_network: str | None


@dataclass(frozen=True, kw_only=True)
class ServiceNetwork:
    """A service network: its address, ARN or id, its name, and whom it is shared with by AWS RAM."""

    id: str
    name: str
    shared_with: tuple[str, ...]
    made: bool


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """A resource gateway.

    Args:
        id: its address.
        name: its name.
        vpc: the id of its VPC.
        stack: its stack.
        file: the file that it is written in.
        construct: the construct that made it; empty if that isn't known.
        subnets: its subnets.
        groups: its security groups.
        address_type: `IPV4`, `IPV6` or `DUALSTACK`; empty if that isn't known.
        known: whether it is in the input.
    """

    id: str
    name: str
    vpc: str
    stack: str
    file: str
    construct: str
    subnets: tuple[Subnet, ...]
    groups: tuple[str, ...]
    address_type: str
    known: bool


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a resource configuration leads to.

    Args:
        id: its address; that of the resource configuration and its name, if it isn't in the input.
        kind: what it is, for people, such as `EC2 instance`.
        name: its name, its address or its host name.
        vpc: the id of its VPC; of one that isn't known the gateway's.
        engine: of a database its engine; empty for anything else.
        subnets: its subnets.
        groups: its security groups.
        known: whether it is in the input.
    """

    id: str
    kind: str
    name: str
    vpc: str
    engine: str
    subnets: tuple[Subnet, ...]
    groups: tuple[str, ...]
    known: bool


@dataclass(frozen=True, kw_only=True)
class ResourceConfiguration:
    """A resource configuration that is a path's end: SINGLE, ARN or CHILD.

    Args:
        id: its address.
        key: the name that its author gave: the last part of its construct, or its name in the configuration.
        name: its name at AWS.
        type: `SINGLE`, `ARN` or `CHILD`; empty if that isn't known.
        group: the name of the GROUP that it is a member of; empty if it is in none.
        gateway: the id of its gateway.
        target: the id of its target.
        stack: its stack.
        file: the file that it is written in.
        construct: the construct that made it; empty if that isn't known.
        ports: the TCP ports that it surely shares.
        shared_with: the accounts, organisations and roles that it is shared with by AWS RAM.
    """

    id: str
    key: str
    name: str
    type: str
    group: str
    gateway: str
    target: str
    stack: str
    file: str
    construct: str
    ports: tuple[str, ...]
    shared_with: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Way:
    """A path by the ids of what it leads through; None for what isn't in the input.

    Args:
        traced: the path itself, with its hops.
        clients: the clients.
        endpoint: the endpoint or association.
        service_network: the service network.
        resource_configuration: the resource configuration.
        gateway: the gateway.
        target: the target.
        zones: the zones in which endpoint and gateway surely meet.
    """

    traced: TracedPath
    clients: str | None
    endpoint: str | None
    service_network: str | None
    resource_configuration: str | None
    gateway: str | None
    target: str | None
    zones: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """All paths, and by id what they lead through, in the order in which paths come to it.

    Attributes:
        stacks: the names of all stacks that were read.
    """

    stacks: tuple[str, ...]
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    clients: dict[str, Clients] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    service_networks: dict[str, ServiceNetwork] = field(default_factory=dict)
    gateways: dict[str, Gateway] = field(default_factory=dict)
    resource_configurations: dict[str, ResourceConfiguration] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
