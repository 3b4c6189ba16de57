"""Who the clients of an endpoint are, and their way to it.

A client is whom a rule of the endpoint's groups names: a CIDR block, a security group, a prefix list. So is a group
that has a rule out to the endpoint's group, though nothing lets it in: somebody meant it to be one. Of a CIDR block
those instances, network interfaces, functions and services are looked at that are in the endpoint's VPC and in the
block; if there are none, the clients' own groups are not judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from latticelink.network.keys import GroupKey, Place
from latticelink.network.network_acls import NetworkAcls
from latticelink.network.permissions import Passing, Peer, Side
from latticelink.network.ranges import SHAREABLE, Addresses, PortSet, addresses_of
from latticelink.network.security_groups import IN, LATTICE_LIST, OUT, Groups
from latticelink.network.topology import Placed, Topology, label
from latticelink.paths.hops import Stage, blocking, doubtful, not_judged, passing
from latticelink.paths.network_acls import acl_stage
from latticelink.paths.security_groups import filtered, group_stage
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown
from latticelink.values.types import AWS_PREFIX_LIST, NETWORK_VPC, PREFIX_LIST

_OUT = "client's group out"
# What VPC Lattice answers from in a VPC that is associated with a service network.
# https://docs.aws.amazon.com/vpc-lattice/latest/ug/security-groups.html
_LATTICE = (addresses_of("129.224.0.0/17"), addresses_of("fd00:ec2:80::/64"))


@dataclass(frozen=True, slots=True)
class Client:
    """One client, or many that a rule names together.

    Args:
        text: the client, for people.
        group: their security group, if they are named by it.
        addresses: their block, if they are named by it.
        marks: references that stand for their block.
        doubt: why it isn't known who they are.
    """

    text: str
    group: GroupKey | None = None
    addresses: Addresses | None = None
    marks: frozenset[Reference] = frozenset()
    doubt: Unknown | None = None

    @property
    def version(self) -> int:
        """IP version of their connections."""
        return self.addresses.version if self.addresses else 4


class _Members:
    """Workloads that are clients: their blocks, groups and subnets, and those whose rules aren't wholly known."""

    def __init__(self, members: list[Placed], groups: Groups) -> None:
        self.all = members
        self.blocks = {each.block for each in members}
        self.groups = tuple(dict.fromkeys(key for each in members for key in each.groups))
        self.subnets = tuple(dict.fromkeys(subnet for each in members for subnet in each.subnets))
        self.loose = [each for each in members if each.groups_doubt or not all(map(groups.is_closed, each.groups))]


class Clients:
    """Finds the clients of endpoints and of service-network associations."""

    def __init__(self, topology: Topology, acls: NetworkAcls) -> None:
        self._topology = topology
        self._groups = topology.groups
        self._acls = acls
        self._found: dict[tuple[Place | None, Client], _Members] = {}

    def of(self, entry: Placed) -> list[Client]:
        """Return the clients of an endpoint or association, in the order of their names."""
        found: dict[object, Client] = {}
        for key in entry.groups:
            for rule in self._groups.rules(key, IN):
                if rule.perhaps & SHAREABLE and (client := self._named(rule.peer)) is not None:
                    found.setdefault((client.group, client.addresses, client.marks, client.text), client)
            if not self._groups.is_whole(key):
                found.setdefault(key, Client(f"whom {key} lets in", doubt=Unknown(f"{key} isn't made here")))
        admitted = list(found.values())
        for key in entry.groups:
            for sender in self._groups.senders[key]:
                if not self._is_admitted(sender, admitted, entry):
                    found.setdefault(sender, Client(self._text(sender, entry), group=sender))
        if not entry.groups:
            why = entry.groups_doubt
            found["all"] = Client("clients" if why else "all clients in the VPC", doubt=why)
        if not found:
            found["none"] = Client("nobody")
        return sorted(found.values(), key=lambda client: client.text)

    @staticmethod
    def _named(peer: Peer) -> Client | None:
        if peer.doubt is not None:
            return Client(f"clients ({peer.text})", doubt=peer.doubt)
        if peer.group is not None:
            return Client(f"clients in {peer.group}", group=peer.group)
        if peer.addresses is not None or peer.marks:
            return Client(f"clients {peer.text}", addresses=peer.addresses, marks=peer.marks)
        return None

    def _text(self, group: GroupKey, entry: Placed) -> str:
        names = [label(each.block) for each in self._topology.in_group(entry.vpc, group)]
        return ", ".join(names[:3]) or f"clients in {group}"

    def _is_admitted(self, group: GroupKey, admitted: list[Client], entry: Placed) -> bool:
        """Return whether the group's members are, or may be, among clients that are there already."""
        for client in admitted:
            if client.doubt is not None or (
                client.group is not None and self._groups.same(client.group, group) is not False
            ):
                return True
            if client.group is None:
                ranges = self._ranges_of(group, entry)
                if client.addresses is None or not ranges or any(map(client.addresses.overlap, ranges)):
                    return True
        return False

    def _ranges_of(self, group: GroupKey, entry: Placed) -> tuple[Addresses, ...]:
        """Return where the group's members are; the VPC's blocks if none are known, and nothing if these aren't."""
        members = self._topology.in_group(entry.vpc, group)
        ranges = [self._topology.addresses(each, 4) for each in members]
        if members and all(ranges):
            return tuple(dict.fromkeys(each for part in ranges for each in part))
        return self._vpc_ranges(entry)

    def _vpc_ranges(self, entry: Placed) -> tuple[Addresses, ...]:
        known = [addresses_of(each) for each in self._topology.vpc_ranges.get(entry.vpc, [])]
        return tuple(each for each in known if each and each.version == 4) if None not in known else ()

    def stages(self, client: Client, entry: Placed) -> Iterator[Stage]:
        """Yield the hops from the client into the endpoint or association."""
        version = client.version
        is_association = entry.block.type == NETWORK_VPC
        name = "association" if is_association else "endpoint"
        there = self._lattice_side(entry) if is_association else entry.side(f"{name} {label(entry.block)}", version)
        if client.doubt is None:
            out = self._out(client, entry, there)
            yield self._by_group_perhaps(out, client, entry, there) if is_association else out
        if not is_association and (stage := _address_type(entry, version)) is not None:
            yield stage
        yield from self._acl_stages(client, entry, there)
        if client.doubt is not None and entry.groups:
            yield doubtful(f"{name}'s group in", entry.block, client.doubt)
        else:
            yield group_stage(f"{name}'s group in", self._groups, entry, IN, self._side(client, entry))

    def _side(self, client: Client, entry: Placed) -> Side:
        if client.addresses is not None:
            return Side(client.text, addresses=(client.addresses,), marks=client.marks, version=client.version)
        if client.group is not None:
            ranges = self._ranges_of(client.group, entry)
            doubt = None if ranges else Unknown(f"where {client.text} are isn't known", "")
            return Side(client.text, frozenset([client.group]), addresses=ranges, addresses_doubt=doubt)
        return Side("clients in the VPC", addresses=self._vpc_ranges(entry), marks=client.marks)

    def workloads(self, client: Client, entry: Placed) -> tuple[Placed, ...]:
        """Return the workloads in the endpoint's VPC that are surely meant by the client."""
        return () if client.doubt is not None else tuple(self._members(client, entry).all)

    def _members(self, client: Client, entry: Placed) -> _Members:
        """Return the workloads in the endpoint's VPC that are among the clients."""
        key = (entry.vpc, client)
        if key not in self._found:
            self._found[key] = _Members(self._list_members(client, entry.vpc), self._groups)
        return self._found[key]

    def _list_members(self, client: Client, vpc: Place | None) -> list[Placed]:
        if client.group is not None:
            return self._topology.in_group(vpc, client.group)
        members = self._topology.workloads.get(vpc, [])
        if client.addresses is None:
            return [] if client.marks else members
        block, addresses = client.addresses, self._topology.addresses
        return [each for each in members if any(map(block.overlap, addresses(each, block.version)))]

    def _out(self, client: Client, entry: Placed, there: Side) -> Stage:
        if client.group is not None:
            found = self._groups.passing([client.group], OUT, there)
            return filtered(_OUT, self._groups, (client.group,), OUT, there, found)
        members = self._members(client, entry)
        if not members.all:
            return not_judged(_OUT, "none of these clients is in what was read; their own groups must let them out")
        if not members.groups:
            doubt = next((each.groups_doubt for each in members.all), None)
            return doubtful(_OUT, members.all[0].block, doubt or Unknown("the clients' groups aren't known"))
        together = Passing()
        for each in self._likely_senders(members, entry, there):
            together.add(self._groups.passing(each.groups, OUT, there, each.groups_doubt))
        stage = filtered(_OUT, self._groups, members.groups, OUT, there, together)
        who = ", ".join(label(each.block) for each in members.all[:3]) + (", ..." if len(members.all) > 3 else "")

        def blocks(ports: PortSet) -> tuple[str, str]:
            why, fix = stage.blocks(ports)
            return f"of these clients only {who} is in what was read, and {why}", fix

        return replace(stage, blocks=blocks)

    def _by_group_perhaps(self, stage: Stage, client: Client, entry: Placed, there: Side) -> Stage:
        """Leave open what AWS's pages and practice say differently: a rule out to the association's own group."""
        named = replace(there, groups=frozenset(entry.groups))
        by_group = self._out(client, entry, named)
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

    def _likely_senders(self, members: _Members, entry: Placed, there: Side) -> Iterable[Placed]:
        """Return those of the members whose groups have, or may have, a rule out to the endpoint, each once."""
        senders = [group for to in (*sorted(there.groups, key=str), None) for group in self._groups.senders.get(to, ())]
        likely = [each for group in senders for each in self._topology.in_group(entry.vpc, group)]
        return dict.fromkeys(each for each in [*likely, *members.loose] if each.block in members.blocks)

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

    def _acl_stages(self, client: Client, entry: Placed, there: Side) -> Iterator[Stage]:
        if client.doubt is not None:
            return
        subnets, version = self._members(client, entry).subnets, client.version
        place = "network ACLs of the clients' subnets"
        stage = acl_stage(self._acls, place, subnets, others=there.addresses, version=version, first=OUT)
        if stage is not None:
            yield stage
        ranges = self._side(client, entry).addresses
        if client.addresses is not None:
            ranges = tuple(each for each in self._vpc_ranges(entry) if each.are_in(client.addresses)) or ranges
        place = "network ACLs of the endpoint's subnets"
        stage = acl_stage(self._acls, place, entry.subnets, others=ranges, version=version, first=IN)
        if stage is not None:
            yield stage


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
