"""The clients' way to an endpoint: out of their groups and subnets, and into the endpoint's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from latticelink.network.network_acls import NetworkAcls
from latticelink.network.permissions import Side
from latticelink.network.ranges import Addresses, addresses_of
from latticelink.network.routes import Routes
from latticelink.network.security_groups import IN, LATTICE_LIST, OUT
from latticelink.network.topology import Placed, Topology, label
from latticelink.paths import hops
from latticelink.paths.clients import Client
from latticelink.paths.hops import Stage, blocking, doubtful, not_judged, passing
from latticelink.paths.network_acls import acl_stage
from latticelink.paths.routes import stage_inside
from latticelink.paths.security_groups import filtered, group_stage
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown
from latticelink.values.types import AWS_PREFIX_LIST, NETWORK_VPC, PREFIX_LIST

# What VPC Lattice answers from in a VPC that is associated with a service network.
# https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html
_LATTICE = (addresses_of("129.224.0.0/17"), addresses_of("fd00:ec2:80::/64"))


class WaysIn:
    """Judges the hops between clients and an endpoint or association."""

    def __init__(self, topology: Topology, acls: NetworkAcls, routes: Routes) -> None:
        self._topology, self._acls, self._routes = topology, acls, routes
        self._groups = topology.groups

    def stages(self, client: Client, entry: Placed) -> Iterator[Stage]:
        """Yield the hops from clients that fare alike into the endpoint or association."""
        version = client.version
        is_association = entry.block.type == NETWORK_VPC
        name = "association" if is_association else "endpoint"
        there = self._lattice_side(entry) if is_association else entry.side(f"{name} {label(entry.block)}", version)
        if client.doubt is None:
            out = self._out(client, there)
            yield self._by_group_perhaps(out, client, entry, there) if is_association else out
        if not is_association and (stage := _address_type(entry, version)) is not None:
            yield stage
        yield from self._between(client, entry, there)
        if client.doubt is not None and entry.groups:
            yield doubtful(f"{name}'s group in", entry.block, client.doubt)
        else:
            yield group_stage(f"{name}'s group in", self._groups, entry, IN, self._side(client, entry))

    def _side(self, client: Client, entry: Placed) -> Side:
        """Return how the rules of the endpoint's groups see the clients."""
        version = client.version
        if client.addresses is not None:
            return Side(client.text, addresses=(client.addresses,), marks=client.marks, version=version)
        if client.group is not None:
            ranges = self._ranges(client, entry)
            doubt = None if ranges else Unknown(f"where {client.text} are isn't known", "")
            groups = frozenset([client.group])
            return Side(client.text, groups, addresses=ranges, addresses_doubt=doubt, version=version)
        ranges = self._topology.blocks_of(entry.vpc, version)
        return Side("clients in the VPC", addresses=ranges, marks=client.marks, version=version)

    def _ranges(self, client: Client, entry: Placed) -> tuple[Addresses, ...]:
        """Return where the clients are: those that were read, else where in the VPC there may be any."""
        block, vpc_blocks = client.addresses, self._topology.blocks_of(entry.vpc, client.version)
        if client.members:
            ranges = self._topology.addresses(client.members[0], client.version)
            return tuple(part for each in ranges for part in _inside(each, block)) or vpc_blocks
        if block is not None:
            return tuple(each for each in vpc_blocks if each.are_in(block)) or (block,)
        return vpc_blocks

    def _out(self, client: Client, there: Side) -> Stage:
        place = hops.CLIENT_OUT
        if not client.members:
            if client.group is None:
                return not_judged(place, "none of these clients is in the input; their own groups must let them out")
            found = self._groups.passing([client.group], OUT, there)
            return filtered(place, self._groups, (client.group,), OUT, there, found)
        first = client.members[0]
        if not first.groups:
            return doubtful(place, first.block, first.groups_doubt or Unknown("the clients' groups aren't known"))
        keys = tuple(dict.fromkeys(key for each in client.members for key in each.groups))
        found = self._groups.passing(first.groups, OUT, there, first.groups_doubt)
        return filtered(place, self._groups, keys, OUT, there, found)

    def _by_group_perhaps(self, stage: Stage, client: Client, entry: Placed, there: Side) -> Stage:
        """Leave open what AWS's pages and practice say differently: a rule out to the association's own group."""
        named = replace(there, groups=frozenset(entry.groups))
        by_group = self._out(client, named)
        only = by_group.maybe - stage.maybe
        if not only:
            return stage
        doubt = Unknown(
            f"its rules name the group of {label(entry.block)} only: AWS says that clients of an association reach the "
            "managed prefix list of VPC Lattice (https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html"
            "), and a published setup does it by the group (https://github.com/GlennChia/amazon-vpc-lattice-rds-"
            "patterns)",
            "Let TCP out to the prefix list com.amazonaws.{region}.vpc-lattice as well.",
        )
        return replace(stage, maybe=stage.maybe | by_group.maybe, doubt=stage.doubt or doubt)

    def _lattice_side(self, entry: Placed) -> Side:
        """Return what clients of an association send packets to."""
        lists = frozenset(
            Reference(block, "id")
            for kind in (PREFIX_LIST, AWS_PREFIX_LIST)
            for block in self._topology.configuration.of_type(kind, "data")
            if isinstance(name := block.value("name"), str) and LATTICE_LIST.fullmatch(name)
        )
        ranges = tuple(each for each in _LATTICE if each is not None and each.version == 4)
        return Side(f"service network association {label(entry.block)}", addresses=ranges, marks=lists)

    def _between(self, client: Client, entry: Placed, there: Side) -> Iterator[Stage]:
        """Yield the hops between the clients' network interfaces and the endpoint's: network ACLs and routes."""
        if client.doubt is not None:
            return
        subnets, version = tuple(dict.fromkeys(each for one in client.members for each in one.subnets)), client.version
        place = "network ACLs of the clients' subnets"
        stage = acl_stage(self._acls, place, subnets, others=there.addresses, version=version, first=OUT)
        if stage is not None:
            yield stage
        ranges = self._ranges(client, entry)
        is_endpoint = entry.block.type != NETWORK_VPC
        if is_endpoint and client.members:
            yield from stage_inside(hops.ROUTE_TO_ENDPOINT, self._routes, client.members[0], there.addresses)
        place = "network ACLs of the endpoint's subnets"
        stage = acl_stage(
            self._acls,
            place,
            entry.subnets,
            others=ranges,
            version=version,
            first=IN,
            all_of_them=bool(client.members),
        )
        if stage is not None:
            yield stage
        if is_endpoint and client.members:
            yield from stage_inside(hops.ROUTE_TO_CLIENT, self._routes, entry, ranges)


def _inside(addresses: Addresses, block: Addresses | None) -> list[Addresses]:
    """Return the part of a range that is in a block; all of it where there is none."""
    return [addresses] if block is None else [each for each in addresses.parts([block]) if each.are_in(block)]


def _address_type(entry: Placed, version: int) -> Stage | None:
    """Return whether an endpoint has addresses of the client's IP version; None for IPv4, unless it has only IPv6."""
    place, block = "endpoint's address type", entry.block
    said = block.value("ip_address_type")
    if isinstance(said, str):
        has = said.lower() in ("dualstack", f"ipv{version}")
        why = f"{block.address} has ip_address_type {said}"
        if has:
            return None if version == 4 else passing(place, block, why)
        return blocking(place, block, f"{why}, so it has no IPv{version} address", 'Set ip_address_type = "dualstack".')
    if version == 4:
        return None
    blocks = [subnet.key.value("ipv6_cidr_block") for subnet in entry.subnets if isinstance(subnet.key, Block)]
    if said is not ABSENT or entry.subnets_doubt is not None or any(each is not ABSENT for each in blocks):
        doubt = Unknown(f"whether {block.address} has IPv6 addresses isn't known", "Set ip_address_type.")
        return doubtful(place, block, doubt)
    why = f"the subnets of {block.address} have no IPv6 block, so it has no IPv6 address"
    return blocking(place, block, why, 'Give the subnets IPv6 blocks and set ip_address_type = "dualstack".')
