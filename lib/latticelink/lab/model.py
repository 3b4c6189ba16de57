"""What a lab is made of, whatever it was read from: interfaces, the rules around them, ways of PrivateLink, names."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Cidr: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Ports: TypeAlias = tuple[tuple[int, int], ...]

IN, OUT = "ingress", "egress"
# The Amazon DNS server of every VPC; besides the third address of the VPC.
# https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
RESOLVER = ipaddress.IPv4Address("169.254.169.253")


class Kind(StrEnum):
    """What a network interface belongs to."""

    WORKLOAD = "workload"
    ENDPOINT = "endpoint"
    ASSOCIATION = "association"
    GATEWAY = "gateway"


@dataclass(frozen=True)
class Traffic:
    """Which packets a rule is about.

    Args:
        protocol: `-1` for all, else `tcp`, `udp`, `icmp`, `icmpv6` or a number.
        ports: first and last port of the destination; None for all, or where the protocol has none.
    """

    protocol: str
    ports: tuple[int, int] | None = None


@dataclass(frozen=True)
class GroupRule:
    """A rule of a security group: it permits; the peer is a range or the name of a group."""

    direction: str
    traffic: Traffic
    peer: Cidr | str


@dataclass(frozen=True)
class AclEntry:
    """A rule of a network ACL."""

    number: int
    direction: str
    allows: bool
    traffic: Traffic
    peer: Cidr


@dataclass(frozen=True)
class Acl:
    """A network ACL; what none of its entries matches, it denies."""

    name: str
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True)
class Subnet:
    """A subnet; without an ACL it has AWS's own, which lets everything pass. The check may know it by another name."""

    name: str
    vpc: str
    zone: str
    blocks: tuple[Cidr, ...]
    acl: Acl | None = None
    known_as: str = ""


@dataclass(frozen=True)
class Interface:
    """A network interface.

    Args:
        name: its name, unique in the lab.
        owner: what it belongs to, for people: `EC2_A`, `endpoint nginx`.
        kind: what that is.
        vpc: the VPC's name.
        subnet: None for an association of a service network, which has none.
        addresses: its addresses of both IP versions.
        groups: names of its security groups.
        filtered: whether these filter there; not where it isn't known what all of them let through.
        block: address of what it belongs to, where it was read from a configuration.
    """

    name: str
    owner: str
    kind: Kind
    vpc: str
    subnet: Subnet | None
    addresses: tuple[Address, ...]
    groups: tuple[str, ...] = ()
    filtered: bool = True
    block: str = ""

    @property
    def zone(self) -> str:
        """Its Availability Zone, by whatever names that; empty if it isn't known or there is none."""
        return self.subnet.zone if self.subnet is not None else ""

    def of_version(self, version: int) -> list[Address]:
        """Return its addresses of one IP version."""
        return [each for each in self.addresses if each.version == version]


@dataclass(frozen=True)
class Way:
    """From one address of an endpoint or association to one resource.

    Args:
        entry: name of the interface that clients send to.
        address: the address there that stands for the resource.
        resource: the resource configuration, for people.
        ports: what it shares.
        gateway: name of the gateway's interface; None if there is none in the zone.
        target: name of the target's interface; None if the lab can't reach it.
        target_address: the target's address; None likewise.
        blocks: addresses of the endpoint or association and of the resource configuration, where it was read from a
            configuration: what the check names a path by.
    """

    entry: str
    address: Address
    resource: str
    ports: Ports
    gateway: str | None
    target: str | None
    target_address: Address | None
    blocks: tuple[str, str] = ("", "")


@dataclass
class Vpc:
    """A VPC: its blocks, and what its resolver answers; None if DNS support is off."""

    name: str
    blocks: tuple[Cidr, ...]
    names: dict[str, list[Address]] | None = field(default_factory=dict)


@dataclass
class Model:
    """All that a lab builds.

    Attributes:
        databases: by interface, the engine that runs there in place of a web server.
        known_as: by the name of a group, what the check calls it; by a range that only apply knows, what it is here.
        notes: what is said to people of what isn't modelled, or stands in for what wasn't read.
    """

    vpcs: dict[str, Vpc] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    groups: dict[str, tuple[GroupRule, ...]] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    databases: dict[str, str] = field(default_factory=dict)
    known_as: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def of_kind(self, *kinds: Kind) -> list[Interface]:
        """Return the interfaces of some kinds."""
        return [each for each in self.interfaces.values() if each.kind in kinds]

    def members(self, group: str, version: int) -> list[Address]:
        """Return the addresses of a group's members."""
        return [
            address for each in self.interfaces.values() if group in each.groups for address in each.of_version(version)
        ]

    @property
    def targets(self) -> list[Interface]:
        """Return the interfaces that ways lead to, each once."""
        return [self.interfaces[name] for name in dict.fromkeys(way.target for way in self.ways) if name is not None]

    @property
    def clients(self) -> list[Interface]:
        """Return the workloads in VPCs that have an endpoint or association."""
        vpcs = {self.interfaces[way.entry].vpc for way in self.ways}
        return [each for each in self.of_kind(Kind.WORKLOAD) if each.vpc in vpcs]
