"""Who the clients of an endpoint are, and which of them fare alike.

A client is whom a rule of the endpoint's groups names: a CIDR block, a security group, a prefix list. So is a group
that has a rule out to the endpoint's group, though nothing lets it in: somebody meant it to be one. Those instances,
network interfaces, functions, services and Auto Scaling groups that are in the endpoint's VPC and in the block or the
group are judged, each kind by itself; if there are none, the clients' own groups are not judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from latticelink.network.keys import GroupKey, Place
from latticelink.network.permissions import Peer
from latticelink.network.ranges import SHAREABLE, Addresses
from latticelink.network.security_groups import IN
from latticelink.network.topology import Placed, Topology, label
from latticelink.terraform.known import Reference, Unknown
from latticelink.values.types import NETWORK_VPC


@dataclass(frozen=True, slots=True)
class Client:
    """One client, or many that a rule names together.

    Args:
        text: the client, for people.
        group: their security group, if they are named by it.
        addresses: their block, if they are named by it.
        marks: references that stand for their block.
        doubt: why it isn't known who they are.
        version: IP version of their connections.
        members: those of them that were read, each in one subnet; all have the same groups and addresses, or else none
            of them has a rule out to the endpoint.
    """

    text: str
    group: GroupKey | None = None
    addresses: Addresses | None = None
    marks: frozenset[Reference] = frozenset()
    doubt: Unknown | None = None
    version: int = 4
    members: tuple[Placed, ...] = ()


OVER_IPV6 = " over IPv6"
_NOBODY = Client("nobody")


class Clients:
    """Finds the clients of endpoints and of service-network associations."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._groups = topology.groups
        self._found: dict[tuple[Place | None, Client], list[Placed]] = {}

    def of(self, entry: Placed) -> list[Client]:
        """Return the clients of an endpoint or association, in the order of their names."""
        found: dict[object, Client] = {}
        for key in entry.groups:
            for rule in self._groups.rules(key, IN):
                if rule.perhaps & SHAREABLE and (client := self._named(rule.peer)) is not None:
                    found.setdefault((client.group, client.addresses, client.marks, client.text), client)
            if not self._groups.is_whole(key):
                found.setdefault(
                    key, Client(f"whom {key} lets in", doubt=Unknown(f"{key} isn't created in this configuration"))
                )
        admitted = list(found.values())
        senders = dict.fromkeys(sender for key in entry.groups for sender in self._groups.senders[key])
        if not entry.groups:
            why = entry.groups_doubt
            found["all"] = Client("clients" if why else "all clients in the VPC", doubt=why)
        named = [each for client in found.values() for each in self._by_version(client, entry)]
        named += [each for sender in senders for each in self._not_admitted(sender, admitted, entry)]
        return sorted(named, key=lambda client: client.text) or [_NOBODY]

    def _by_version(self, client: Client, entry: Placed) -> Iterator[Client]:
        """Yield clients once for each IP version that they and the endpoint have; a block has one only."""
        if client.addresses is not None or client.marks or client.doubt is not None:
            yield client
            return
        six = replace(client, text=f"{client.text}{OVER_IPV6}", version=6)
        has_six = bool(self._members(six, entry))
        said = entry.block.value("ip_address_type")
        kind = said.lower() if isinstance(said, str) and entry.block.type != NETWORK_VPC else "ipv4"
        if kind != "ipv6" or not has_six:
            yield client
        if kind != "ipv4" and has_six:
            yield six

    @staticmethod
    def _named(peer: Peer) -> Client | None:
        if peer.doubt is not None:
            return Client(f"clients ({peer.text})", doubt=peer.doubt)
        if peer.group is not None:
            return Client(f"clients in {peer.group}", group=peer.group)
        if peer.addresses is not None or peer.marks:
            by_mark = 6 if any(each.attribute.startswith("ipv6") for each in peer.marks) else 4
            version = peer.addresses.version if peer.addresses is not None else by_mark
            return Client(f"clients {peer.text}", addresses=peer.addresses, marks=peer.marks, version=version)
        return None

    def _not_admitted(self, sender: GroupKey, admitted: list[Client], entry: Placed) -> Iterator[Client]:
        """Yield those of a group with a rule out to the endpoint that nothing lets in, by IP version."""
        for client in self._by_version(Client(f"clients in {sender}", group=sender), entry):
            version, members = client.version, self._members(client, entry)
            outside = [
                each
                for each in members
                if not self._are_admitted(sender, self._topology.addresses(each, version), admitted)
            ]
            if outside:
                names = list(dict.fromkeys(label(each.block) for each in outside))
                text = ", ".join(names[:3]) + (OVER_IPV6 if version == 6 else "")
                yield replace(client, text=text, members=tuple(outside))
            elif not members and not self._are_admitted(sender, self._topology.blocks_of(entry.vpc, version), admitted):
                yield client

    def _are_admitted(self, group: GroupKey, ranges: Sequence[Addresses], admitted: list[Client]) -> bool:
        """Return whether members of a group are, or may be, among clients that are there already."""
        for client in admitted:
            if client.doubt is not None or (
                client.group is not None and self._groups.same(client.group, group) is not False
            ):
                return True
            if client.group is None and (
                client.addresses is None or not ranges or any(map(client.addresses.overlap, ranges))
            ):
                return True
        return False

    def parts(self, client: Client, entry: Placed) -> list[Client]:
        """Return clients that a rule names together by kinds: those of one kind fare alike.

        Of a kind are those with the same groups in the same subnet; and those in one subnet of which none has a rule
        out to the endpoint, as a VPC may hold many that have nothing to do with it.
        """
        senders = self._senders(entry)
        kinds: dict[object, list[Placed]] = defaultdict(list)
        for member in self._members(client, entry):
            groups: object = (member.groups, member.groups_doubt) if self._may_send(member, senders) else None
            kinds[groups, member.subnets, self._topology.addresses(member, client.version)].append(member)
        found = [replace(client, members=tuple(each)) for each in kinds.values()] or [client]
        return found[:1] if client == _NOBODY else found

    def _senders(self, entry: Placed) -> set[GroupKey] | None:
        """Return the groups that have, or may have, a rule out to an endpoint; None if any may."""
        if entry.groups_doubt is not None:
            return None
        return {group for to in (*entry.groups, None) for group in self._groups.senders.get(to, ())}

    def _may_send(self, member: Placed, senders: set[GroupKey] | None) -> bool:
        if senders is None or member.groups_doubt is not None or not member.groups:
            return True
        return any(group in senders or not self._groups.is_closed(group) for group in member.groups)

    def _members(self, client: Client, entry: Placed) -> list[Placed]:
        """Return the workloads in the endpoint's VPC that are among the clients, once for each of their subnets."""
        if client.members:
            return list(client.members)
        key = (entry.vpc, client)
        if key not in self._found:
            self._found[key] = [each for one in self._list_members(client, entry.vpc) for each in _by_subnet(one)]
        return self._found[key]

    def _list_members(self, client: Client, vpc: Place | None) -> Iterable[Placed]:
        if client.doubt is not None or (client.marks and client.addresses is None):
            return []
        everyone = self._topology.workloads.get(vpc, [])
        members = everyone if client.group is None else self._topology.in_group(vpc, client.group)
        if client.version == 6:
            members = [each for each in members if self._topology.has_ipv6(each)]
        block = client.addresses
        if block is None:
            return members
        return [each for each in members if any(map(block.overlap, self._topology.addresses(each, block.version)))]


def _by_subnet(member: Placed) -> Iterator[Placed]:
    if len(member.subnets) < 2:
        yield member
    else:
        yield from (replace(member, subnets=(subnet,)) for subnet in member.subnets)
