"""Reads PrivateLink: which resources an endpoint or association leads to, and through which gateway to which target.

Sources:
    https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    https://docs.aws.amazon.com/vpc/latest/privatelink/use-resource-endpoint.html
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from latticelink.lab.addressing import address_of, cidr_of
from latticelink.lab.groups import LATTICE
from latticelink.lab.model import OUT, Address, Interface, Kind, Model, Ports, Subnet, Way
from latticelink.lab.places import Places
from latticelink.network.topology import label
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown, as_list
from latticelink.terraform.syntax import references
from latticelink.values import types

CONFIGURATION = types.CONFIGURATION
ASSOCIATION = types.NETWORK_VPC
_GATEWAY = types.GATEWAY
_NETWORK = types.NETWORK
_ADDRESSES_OF_A_GATEWAY = 16


@dataclass(frozen=True)
class Resource:
    """Something that one address of an endpoint stands for.

    Args:
        configuration: its resource configuration, SINGLE, CHILD or ARN.
        group: the GROUP that it is in.
        part: `writer` or `reader` of a cluster, else empty.
    """

    configuration: Block
    group: Block | None = None
    part: str = ""

    @property
    def name(self) -> str:
        """Its name, for people."""
        return f"{label(self.configuration)}{f' ({self.part})' if self.part else ''}"


def kind_of(block: Block) -> Kind | None:
    """Return whether a block is a way in to resources, and of which kind."""
    if block.mode != "resource" or block.has_many:
        return None
    if block.type == ASSOCIATION:
        return Kind.ASSOCIATION
    leads = any(
        block.value(argument) is not ABSENT for argument in ("resource_configuration_arn", "service_network_arn")
    )
    return Kind.ENDPOINT if block.type == types.ENDPOINT and leads else None


class Resources:
    """Finds entries, gateways and targets, and puts them and the ways between them into the model."""

    def __init__(self, places: Places, model: Model) -> None:
        self._places, self._model, self._topology = places, model, places.topology
        self._gateways: dict[Block, list[Interface]] = {}
        self.by_entry: dict[tuple[Block, Resource], list[Address]] = {}
        self.entries = [block for block in self._topology.configuration.blocks if kind_of(block) is not None]

    def read(self) -> None:
        """Read all entries; gateways and targets first, as literal addresses are taken."""
        for block in self._topology.configuration.of_type(_GATEWAY):
            self._gateway(block)
        targets = {resource: self._target(resource) for entry in self.entries for resource in self.resources_of(entry)}
        for entry in self.entries:
            resources = self.resources_of(entry)
            if not resources:
                self._model.notes.append(
                    f"{entry.full_address} leads nowhere in the lab, because its target isn't known."
                )
            elif entry.type == ASSOCIATION:
                self._read_association(entry, resources, targets)
            else:
                self._read_endpoint(entry, resources, targets)

    def resources_of(self, entry: Block) -> list[Resource]:
        """Return what an endpoint or association leads to, in the order of the blocks."""
        leads_to = self._topology.block_of(entry.value("resource_configuration_arn"), CONFIGURATION)
        if leads_to is not None:
            return self._members(leads_to)
        argument = "service_network_identifier" if entry.type == ASSOCIATION else "service_network_arn"
        network = self._topology.block_of(entry.value(argument), _NETWORK)
        found: list[Resource] = []
        for block in self._topology.configuration.of_type(types.NETWORK_RESOURCE):
            to = self._topology.block_of(block.value("service_network_identifier"), _NETWORK)
            which = self._topology.block_of(block.value("resource_configuration_identifier"), CONFIGURATION)
            if network is not None and to is network and which is not None:
                found += self._members(which)
        return list(dict.fromkeys(found))

    def _members(self, block: Block) -> list[Resource]:
        if block.value("type") == "GROUP":
            return [
                Resource(each, block)
                for each in self._topology.configuration.of_type(CONFIGURATION)
                if self._topology.block_of(each.value("resource_configuration_group_id"), CONFIGURATION) is block
            ]
        arn = block.value("resource_configuration_definition", "arn_resource", "arn")
        database = self._topology.block_of(arn, types.DATABASE_CLUSTER)
        return [Resource(block, None, part) for part in (("writer", "reader") if database is not None else ("",))]

    def _gateway(self, block: Block) -> list[Interface]:
        if block in self._gateways:
            return self._gateways[block]
        placed = self._topology.placed(block)
        said = block.value("ip_address_type")
        count = block.value("ipv4_addresses_per_eni")
        found = []
        for place in placed.subnets:
            subnet = self._places.subnet(place, placed.vpc)
            addresses: list[Address] = []
            for cidr in subnet.blocks:
                wanted = (said in (f"IPV{cidr.version}", "DUALSTACK")) if isinstance(said, str) else cidr.version == 4
                number = count if cidr.version == 4 and isinstance(count, int) else _ADDRESSES_OF_A_GATEWAY
                if wanted:
                    addresses += self._places.addressing.choose(f"{block.full_address} {place.text}", cidr, number)
            found.append(self._places.add(block, f"gateway {label(block)}", Kind.GATEWAY, subnet, addresses, placed))
        self._gateways[block] = found
        return found

    def _gateway_of(self, resource: Resource) -> Block | None:
        holder = resource.group or resource.configuration
        return self._topology.block_of(holder.value("resource_gateway_identifier"), _GATEWAY)

    def _target(self, resource: Resource) -> tuple[str, list[Address]] | None:
        """Return the target's interface and addresses; None, with a note, if the lab can't reach it."""
        gateway = self._gateway_of(resource)
        definition = "resource_configuration_definition"
        given = [
            (kind, value)
            for kind, argument in (
                ("ip_resource", "ip_address"),
                ("dns_resource", "domain_name"),
                ("arn_resource", "arn"),
            )
            if (value := resource.configuration.value(definition, kind, argument)) is not ABSENT
        ]
        if gateway is None or not self._gateway(gateway) or not given:
            self._model.notes.append(f"{resource.name} isn't in the lab: its gateway or its target isn't in the input.")
            return None
        kind, value = given[0]
        if isinstance(value, Unknown):
            value = self._inside(resource.configuration) or value
        vpc = self._gateway(gateway)[0].vpc
        interface = self._interface(resource, kind, value, vpc, gateway)
        if interface is None or interface.vpc != vpc:
            self._model.notes.append(
                f"{resource.name} isn't in the lab: its target is outside its gateway's VPC, and a lab has no peering, "
                "no transit gateway and no NAT gateway."
            )
            return None
        exact = address_of(self._places.addressing.value(value)) if kind == "ip_resource" else None
        family = resource.configuration.value(definition, kind, "ip_address_type")
        version = 6 if family == "IPV6" or (isinstance(value, Reference) and value.attribute.startswith("ipv6")) else 4
        several = interface.of_version(version) or list(interface.addresses)
        return interface.name, [exact] if exact is not None else several[:1]

    def _inside(self, configuration: Block) -> Reference | None:
        """Return the one attribute that a target is taken from by a function, such as `one`, that only apply can do."""
        found = {
            Reference(block, names[2])
            for names in references(configuration.body.get("resource_configuration_definition"))
            if len(names) > 2
            for block in configuration.home.made(("resource", names[0], names[1]))
        }
        return found.pop() if len(found) == 1 else None

    def _interface(self, resource: Resource, kind: str, value: Any, vpc: str, gateway: Block) -> Interface | None:
        block = value.block if isinstance(value, Reference) else self._topology.block_of(value, *_ARNS)
        found = self._places.of_block.get(block, []) if block is not None else []
        if found:
            return found[-1] if resource.part == "reader" or _reads(value) else found[0]
        known = self._places.addressing.value(value)
        address = address_of(known) if kind == "ip_resource" else self._resolve(known)
        if address is not None:
            if (there := self._places.find(address, vpc)) is not None:
                return there
            blocks = self._model.vpcs[vpc].blocks
            if any(cidr.version == address.version for cidr in blocks) and not any(address in cidr for cidr in blocks):
                return None
        return self._stand_in(resource, known, address, vpc, gateway)

    def _resolve(self, name: Any) -> Address | None:
        """Return the address that a record of the configuration gives a name."""
        for record in self._topology.configuration.of_type(types.RECORD):
            if record.value("name") == name:
                for each in as_list(record.value("records")):
                    if (found := address_of(self._places.addressing.value(each))) is not None:
                        return found
        return None

    def _stand_in(
        self, resource: Resource, value: Any, address: Address | None, vpc: str, gateway: Block
    ) -> Interface | None:
        text = value if isinstance(value, str) else resource.name
        peers = [
            rule.peer
            for group in self._gateway(gateway)[0].groups
            for rule in self._model.groups.get(group, ())
            if rule.direction == OUT
        ]
        if address is None:
            ranges = [peer for peer in peers if not isinstance(peer, str) and 0 < peer.prefixlen < 32]
            where = ranges[0] if ranges else self._gateway(gateway)[0].subnet
            block = where.blocks[0] if isinstance(where, Subnet) else where
            if block is None:
                return None
            [address] = self._places.addressing.choose(text, block)
        self._model.notes.append(f"{text} isn't in the input; an unfiltered server at {address} takes its place.")
        # Whoever the gateway's rules name by a group of which nothing was read may be this.
        read = {group for each in self._model.interfaces.values() if each.filtered for group in each.groups}
        groups = tuple(peer for peer in peers if isinstance(peer, str) and peer not in read)
        return self._places.stand_in(text, vpc, [address], groups, filtered=False)

    def _ports(self, resource: Resource) -> Ports:
        arn = resource.configuration.value("resource_configuration_definition", "arn_resource", "arn")
        listed = resource.configuration.value("port_ranges")
        if isinstance(arn, Reference):
            listed = arn.block.attribute(("port",))
        elif listed is ABSENT and resource.group is not None:
            listed = resource.group.value("port_ranges")
        found = []
        for each in as_list(listed):
            low, _, high = str(each).partition("-")
            if low.isdecimal() and (high or low).isdecimal():
                found.append((int(low), int(high or low)))
            else:
                self._model.notes.append(f"{resource.name} shares a port that isn't known: {each}.")
        return tuple(found)

    def _read_endpoint(self, entry: Block, resources: list[Resource], targets: dict[Resource, Any]) -> None:
        placed = self._topology.placed(entry)
        said = str(entry.value("ip_address_type") or "ipv4").lower()
        for place in placed.subnets:
            subnet = self._places.subnet(place, placed.vpc)
            given: dict[Resource, list[Address]] = {}
            for resource in resources:
                for cidr in subnet.blocks:
                    if said in (f"ipv{cidr.version}", "dualstack"):
                        what = (
                            f"{entry.full_address} {place.text} {resource.configuration.full_address} {resource.part}"
                        )
                        given.setdefault(resource, []).extend(self._places.addressing.choose(what, cidr))
            every = [address for addresses in given.values() for address in addresses]
            interface = self._places.add(entry, f"endpoint {label(entry)}", Kind.ENDPOINT, subnet, every, placed)
            self._join(entry, interface, given, targets, interface.zone)

    def _read_association(self, entry: Block, resources: list[Resource], targets: dict[Resource, Any]) -> None:
        """Read an association, whose clients send to addresses that no subnet has; a zone is none of its business."""
        placed = self._topology.placed(entry)
        vpc = self._places.vpc(placed.vpc if placed.vpc is not None else ("the VPC of", entry))
        given: dict[Resource, list[Address]] = {}
        for resource in resources:
            for version, text in LATTICE.items():
                block = cidr_of(text)
                assert block is not None
                if version == 4 or any(cidr.version == 6 for cidr in self._model.vpcs[vpc].blocks):
                    if version == 6:
                        block = ipaddress.ip_network(f"{block[0]}/112")
                    what = f"{entry.full_address} {resource.configuration.full_address} {resource.part}"
                    given.setdefault(resource, []).extend(self._places.addressing.choose(what, block))
        every = tuple(address for addresses in given.values() for address in addresses)
        owner = f"association {label(entry)}"
        groups, filtered = self._places.groups_of(placed)
        interface = Interface(
            f"{owner} in {vpc}",
            owner,
            Kind.ASSOCIATION,
            vpc,
            subnet=None,
            addresses=every,
            groups=groups,
            filtered=filtered,
        )
        self._model.interfaces[interface.name] = interface
        self._join(entry, interface, given, targets, "")

    def _join(
        self,
        entry: Block,
        interface: Interface,
        given: dict[Resource, list[Address]],
        targets: dict[Resource, tuple[str, list[Address]] | None],
        zone: str,
    ) -> None:
        for resource, addresses in given.items():
            self.by_entry.setdefault((entry, resource), []).extend(addresses)
            target = targets[resource]
            gateway = self._gateway_of(resource)
            doors = self._gateway(gateway) if gateway is not None else []
            door = next((each for each in doors if each.zone == zone or not (zone and each.zone)), None)
            for address in addresses:
                name = door.name if door is not None and target is not None else None
                where, to = (target[0], target[1][0]) if target is not None else (None, None)
                ports, blocks = self._ports(resource), (entry.full_address, resource.configuration.full_address)
                self._model.ways.append(
                    Way(
                        interface.name,
                        address,
                        resource.name,
                        ports,
                        gateway=name,
                        target=where,
                        target_address=to,
                        blocks=blocks,
                    )
                )


_ARNS = (*types.DATABASES, *types.LOAD_BALANCERS)


def _reads(value: Any) -> bool:
    return isinstance(value, Reference) and value.attribute == "reader_endpoint"
