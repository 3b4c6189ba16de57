"""Reads a model from a configuration. What the lab can't know stands in for itself, and a note says so."""

from __future__ import annotations

from latticelink.lab.addressing import Addressing, address_of
from latticelink.lab.groups import GroupReader
from latticelink.lab.model import IN, Cidr, Interface, Kind, Model
from latticelink.lab.names import NameReader
from latticelink.lab.places import Places
from latticelink.lab.resources import CONFIGURATION, Resources
from latticelink.network.keys import GroupKey
from latticelink.network.topology import Topology
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import Reference
from latticelink.values import types


def model_of(configuration: Configuration) -> Model:
    """Return what a lab of a configuration is made of.

    Raises:
        NoRoom: if a subnet has too few addresses for what is in it.
    """
    model, topology, addressing = Model(), Topology(configuration), Addressing()
    places = Places(topology, model, addressing)
    _keep_literals(configuration, addressing)
    for kind in (types.SUBNET, types.DEFAULT_SUBNET):
        for block in configuration.of_type(kind):
            for place in topology.subnets(_id_of(block))[0]:
                places.subnet(place, None)
    places.read_workloads()
    groups = GroupReader(topology, addressing, places.group)
    model.groups = groups.read()
    resources = Resources(places, model)
    resources.read()
    _stand_in_clients(model, places)
    _default_groups(model, topology, groups, places)
    NameReader(places, resources, model).read()
    model.notes += [f"Some rules of {group} aren't in the lab: {why[0]}." for group, why in groups.doubts.items()]
    model.notes += [f"A network ACL isn't fully in the lab: {why}." for why in places.acl_doubts]
    model.known_as |= addressing.ranges
    model.notes[:] = dict.fromkeys(model.notes)
    return model


def _id_of(block: Block) -> str | Reference:
    given = block.value("id")
    return given if isinstance(given, str) else Reference(block, "id")


def _keep_literals(configuration: Configuration, addressing: Addressing) -> None:
    """Keep addresses that are written as targets from being chosen for anything else."""
    for block in configuration.of_type(CONFIGURATION):
        value = block.value("resource_configuration_definition", "ip_resource", "ip_address")
        if (address := address_of(value)) is not None:
            addressing.take(address)


def _default_groups(model: Model, topology: Topology, groups: GroupReader, places: Places) -> None:
    """Give the default groups that are in use the rules that AWS gives them, unless the configuration adopts them."""
    adopted = {
        places.group(key)
        for block in topology.configuration.of_type(types.DEFAULT_SECURITY_GROUP)
        if (key := topology.groups.default_of(block.value("vpc_id"))) is not None
    }
    used = {name for interface in model.interfaces.values() for name in interface.groups}
    for block in topology.configuration.of_type(types.VPC):
        name = places.group(GroupKey(block, is_default=True))
        if name in used and name not in adopted:
            model.groups[name] = (*model.groups.get(name, ()), *groups.default_rules(name))


def _stand_in_clients(model: Model, places: Places) -> None:
    """Put a client into each VPC that has an endpoint and nothing that could use it: one that the endpoint lets in."""
    for entry in model.of_kind(Kind.ENDPOINT, Kind.ASSOCIATION):
        if any(each.vpc == entry.vpc for each in model.of_kind(Kind.WORKLOAD)):
            continue
        peers = [rule.peer for group in entry.groups for rule in model.groups.get(group, ()) if rule.direction == IN]
        ranges = [peer for peer in peers if not isinstance(peer, str)]
        subnets = [block for each in model.of_kind(Kind.ENDPOINT) if each.vpc == entry.vpc for block in _blocks(each)]
        blocks = [block for block in subnets if not ranges or any(_touch(block, each) for each in ranges)]
        if not blocks:
            blocks = [*ranges, *subnets, *model.vpcs[entry.vpc].blocks]
        addresses = []
        for version in (4, 6):
            block = next((each for each in blocks if each.version == version), None)
            if block is not None:
                addresses += places.addressing.choose(f"client in {entry.vpc}", block)
        groups = tuple(dict.fromkeys(peer for peer in peers if isinstance(peer, str)))
        client = places.stand_in("client", entry.vpc, addresses, groups, filtered=bool(groups))
        what = "with the groups that the endpoint lets in" if groups else "unfiltered"
        model.notes.append(
            f"No client in the input could use the endpoint in {entry.vpc}; {client.name} takes its place, {what}."
        )


def _blocks(interface: Interface) -> tuple[Cidr, ...]:
    return interface.subnet.blocks if interface.subnet is not None else ()


def _touch(one: Cidr, other: Cidr) -> bool:
    return one.version == other.version and int(one[0]) <= int(other[-1]) and int(other[0]) <= int(one[-1])
