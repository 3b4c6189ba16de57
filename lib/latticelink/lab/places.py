"""Reads VPCs, subnets and network interfaces, and gives each interface its addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Any

from latticelink.lab.acls import AclReader
from latticelink.lab.addressing import Addressing, address_of, cidr_of, inside_of
from latticelink.lab.model import Address, Cidr, Interface, Kind, Model, Subnet, Vpc
from latticelink.network.keys import GroupKey
from latticelink.network.topology import CLIENTS, Placed, Topology, label
from latticelink.network.topology import Subnet as Place
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, as_list, boolean
from latticelink.values import types

_ONE_EACH = (*types.LOAD_BALANCERS, types.ECS_SERVICE, types.FUNCTION, types.DATABASE_PROXY)
_NO_WORKLOADS = (types.ENDPOINT, types.GATEWAY, types.NETWORK_VPC)
_CLUSTER = types.DATABASE_CLUSTER
_DATABASES = (types.DATABASE, _CLUSTER)


class Namer:
    """Gives each thing a name that no other of its kind has, by its stack where two would have one."""

    def __init__(self) -> None:
        self._names: dict[str, dict[Hashable, str]] = defaultdict(dict)

    def name(self, kind: str, key: Hashable, text: str, stack: str = "") -> str:
        """Return the name of a key, the same each time."""
        names = self._names[kind]
        if key not in names:
            wanted, number = text, 1
            while wanted in names.values():
                wanted = f"{text} ({stack})" if number == 1 and stack else f"{text} #{number}"
                number += 1
            names[key] = wanted
        return names[key]


class Places:
    """Finds out where things are, and puts their interfaces into the model."""

    def __init__(self, topology: Topology, model: Model, addressing: Addressing) -> None:
        self.topology, self.model, self.addressing = topology, model, addressing
        self._namer = Namer()
        self._subnets: dict[Hashable, Subnet] = {}
        self.of_block: dict[Block, list[Interface]] = defaultdict(list)
        for block in topology.configuration.of_type(types.VPC):
            self.vpc(block)
        self._acls: AclReader | None = None  # made once VPCs have their blocks, which ACLs may name

    @property
    def acl_doubts(self) -> list[str]:
        """What isn't known of network ACLs, as clauses."""
        return self._acls.doubts if self._acls is not None else []

    def group(self, key: GroupKey) -> str:
        """Return the name of a security group."""
        block = key.block if not key.is_default else None
        name = block.value("name") if block is not None else None
        text = name if isinstance(name, str) else str(key)
        found = self._namer.name("group", key, text, block.stack if block is not None else "")
        self.model.known_as[found] = str(key)
        return found

    def vpc(self, key: Hashable) -> str:
        """Return the name of a VPC, which is in the model from then on."""
        block = key if isinstance(key, Block) else None
        tag = block.value("tags", "Name") if block is not None else None
        text = tag if isinstance(tag, str) else f"{block.address}" if block is not None else str(key)
        name = self._namer.name("vpc", key, text, block.stack if block is not None else "")
        if name not in self.model.vpcs:
            self.model.vpcs[name] = Vpc(name, tuple(self._vpc_blocks(block)) if block is not None else ())
        return name

    def _vpc_blocks(self, block: Block) -> list[Cidr]:
        found = [cidr for each in ("cidr_block", "ipv6_cidr_block") if (cidr := cidr_of(block.value(each)))]
        extra = (types.VPC_IPV4_BLOCK, types.VPC_IPV6_BLOCK)
        for each in (each for kind in extra for each in self.topology.configuration.of_type(kind)):
            if self.topology.vpc_key(each.value("vpc_id")) == block:
                found += [cidr for name in ("cidr_block", "ipv6_cidr_block") if (cidr := cidr_of(each.value(name)))]
        if boolean(block.value("assign_generated_ipv6_cidr_block")):
            found.append(self.addressing.vpc_block())
            self.addressing.set(block, "ipv6_cidr_block", str(found[-1]))
        return found

    def subnet(self, place: Place, vpc: Hashable | None) -> Subnet:
        """Return a subnet; one that wasn't read has a block that stands in."""
        if place.key not in self._subnets:
            self._acls = self._acls or AclReader(self.topology, self.addressing)
            in_vpc = self.vpc(place.vpc or vpc or ("the VPC of", place.text))
            blocks = self._subnet_blocks(place.key, in_vpc)
            if not blocks:
                blocks = [self.addressing.stand_in_block()]
                self.model.notes.append(f"{place.text} isn't in the input; {blocks[0]} is used for its addresses.")
            zone = str(place.zone) if place.zone else ""
            text = place.key.value("tags", "Name") if isinstance(place.key, Block) else None
            text = text if isinstance(text, str) else place.text
            name = self._namer.name("subnet", place.key, text, getattr(place.key, "stack", ""))
            acl = self._acls.of_subnet(place.key, place.vpc)
            self._subnets[place.key] = Subnet(name, in_vpc, zone, tuple(blocks), acl, place.text)
        return self._subnets[place.key]

    def _subnet_blocks(self, key: Hashable, vpc: str) -> list[Cidr]:
        if not isinstance(key, Block) or key.mode == "data":
            return []
        found = [cidr for each in ("cidr_block", "ipv6_cidr_block") if (cidr := cidr_of(key.value(each)))]
        if key.value("ipv6_cidr_block") is not ABSENT and all(each.version == 4 for each in found):
            found += self._free_ipv6(vpc)
            self.addressing.set(key, "ipv6_cidr_block", str(found[-1]))
        return found

    def _free_ipv6(self, vpc: str) -> list[Cidr]:
        used = {block for each in self._subnets.values() if each.vpc == vpc for block in each.blocks}
        for block in self.model.vpcs[vpc].blocks:
            if block.version == 6:
                return [next(each for each in block.subnets(new_prefix=64) if each not in used)]
        return []

    def read_workloads(self) -> None:
        """Put instances, functions, databases and load balancers into the model."""
        attached = {self._holder(each) for each in self.topology.configuration.of_type(types.INSTANCE)} - set(
            self.topology.configuration.of_type(types.INSTANCE)
        )
        for block in self.topology.configuration.blocks:
            if block.type in _NO_WORKLOADS or self.topology.with_interfaces(Reference(block, "id")) is None:
                if block.has_many and block.type in CLIENTS:
                    self.model.notes.append(
                        f"{block.full_address} isn't in the lab, because the number of its instances isn't known."
                    )
            elif block not in attached and block not in self.of_block:
                self._read_workload(block)

    def _read_workload(self, block: Block) -> None:
        placed = self.topology.placed(block)
        if not placed.subnets:
            self.model.notes.append(f"{block.full_address} isn't in the lab, because its subnet isn't known.")
            return
        found = [self.subnet(each, placed.vpc) for each in placed.subnets]
        subnets = found if block.type in _ONE_EACH else found[:1]
        if block.type == _CLUSTER:
            subnets = [found[0], found[1 % len(found)]]  # of the writer and of a reader
        holder = self._holder(block)
        for number, subnet in enumerate(subnets):
            owner = label(block)
            if block.type == _CLUSTER:
                owner += (" (writer)", " (reader)")[number]
            addresses = self._workload_addresses(holder, subnet, f"{holder.full_address} {number}")
            interface = self.add(block, owner, Kind.WORKLOAD, subnet, addresses, placed)
            self.of_block[holder] += [interface] if holder is not block else []
            if block.type in _DATABASES:
                self.model.databases[interface.name] = str(block.value("engine") or "a database")

    def _holder(self, instance: Block) -> Block:
        """Return the block that has the addresses: the network interface that an instance is given, or itself."""
        for path in ("primary_network_interface", "network_interface"):
            value = instance.value(path, "network_interface_id")
            if instance.type == types.INSTANCE and isinstance(value, Reference):
                return value.block
        return instance

    def _workload_addresses(self, block: Block, subnet: Subnet, what: str) -> list[Address]:
        """Return what is written, or one address of each version that the subnet gives."""
        given = [each for name in ("private_ip", "private_ips") for each in as_list(block.value(name))]
        four = [self.addressing.take(found) for each in given if (found := address_of(each)) is not None]
        six = [
            self.addressing.take(found)
            for each in as_list(block.value("ipv6_addresses"))
            if (found := address_of(each)) is not None
        ]
        wants_six = subnet_assigns_ipv6(self._block_of(subnet)) or block.value("ipv6_address_count") not in (ABSENT, 0)
        for cidr in subnet.blocks:
            if cidr.version == 4 and not four:
                four = self.addressing.choose(what, cidr)
            elif cidr.version == 6 and not six and wants_six:
                six = self.addressing.choose(what, cidr)
        if four:
            self.addressing.set(block, "private_ip", str(four[0]))
            self.addressing.set(block, "private_ips", [str(each) for each in four])
        self.addressing.set(block, "ipv6_addresses", [str(each) for each in six])
        return [*four, *six]

    def _block_of(self, subnet: Subnet) -> Block | None:
        return next((key for key, each in self._subnets.items() if each is subnet and isinstance(key, Block)), None)

    def groups_of(self, placed: Placed) -> tuple[tuple[str, ...], bool]:
        """Return the names of something's groups, and whether they filter: not, with a note, if some weren't read."""
        groups = tuple(map(self.group, placed.groups))
        unread = [key for key in placed.groups if not self.topology.groups.is_whole(key)]
        if placed.groups_doubt is None and not unread:
            return groups, bool(groups)
        why = placed.groups_doubt.reason if placed.groups_doubt else f"{self.group(unread[0])} isn't in the input"
        self.model.notes.append(f"Nothing filters at {label(placed.block)}: {why}.")
        return groups, False

    def add(
        self, block: Block, owner: str, kind: Kind, subnet: Subnet, addresses: Sequence[Address], placed: Placed
    ) -> Interface:
        """Put an interface into the model."""
        zonal = kind in (Kind.ENDPOINT, Kind.GATEWAY) or block.type in _ONE_EACH
        text = f"{owner} in {subnet.zone or subnet.name}" if zonal else owner
        name = self._namer.name("interface", (block, len(self.of_block[block])), text, block.stack)
        groups, filtered = self.groups_of(placed)
        interface = Interface(
            name,
            owner,
            kind,
            subnet.vpc,
            subnet=subnet,
            addresses=tuple(addresses),
            groups=groups,
            filtered=filtered,
            block=block.full_address,
        )
        self.model.interfaces[name] = interface
        self.of_block[block].append(interface)
        return interface

    def find(self, address: Address, vpc: str) -> Interface | None:
        """Return what has an address in a VPC."""
        return next(
            (each for each in self.model.interfaces.values() if each.vpc == vpc and address in each.addresses), None
        )

    def stand_in(
        self, owner: str, vpc: str, addresses: Sequence[Address], groups: tuple[str, ...], *, filtered: bool
    ) -> Interface:
        """Put something into the model that wasn't read."""
        subnet = next(
            (each for each in self._subnets.values() if each.vpc == vpc and inside_of(each.blocks, addresses[0])), None
        )
        name = self._namer.name("interface", ("stand-in", vpc, owner), owner, vpc)
        taken = tuple(map(self.addressing.take, addresses))
        found = Interface(
            name, owner, Kind.WORKLOAD, vpc, subnet=subnet, addresses=taken, groups=groups, filtered=filtered
        )
        self.model.interfaces[name] = found
        return found


def subnet_assigns_ipv6(block: Block | None) -> bool:
    """Return whether what is made in a subnet gets an IPv6 address."""
    given: Any = block.value("assign_ipv6_address_on_creation") if block is not None else False
    return boolean(given) is True
