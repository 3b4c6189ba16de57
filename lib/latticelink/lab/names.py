"""Reads which names the resolver of each VPC answers: records of private zones, and private DNS of endpoints.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from latticelink.lab.addressing import address_of
from latticelink.lab.model import Address, Model
from latticelink.lab.places import Places
from latticelink.lab.resources import CONFIGURATION, Resource, Resources
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, as_list, boolean, leaves
from latticelink.terraform.syntax import references
from latticelink.values import types

_RESOURCE_ASSOCIATION = types.NETWORK_RESOURCE


class NameReader:
    """Puts names into the VPCs of the model."""

    def __init__(self, places: Places, resources: Resources, model: Model) -> None:
        self._places, self._resources, self._model = places, resources, model
        self._topology = places.topology

    def read(self) -> None:
        """Read all names; a VPC without DNS support gets no resolver."""
        for record in self._topology.configuration.of_type(types.RECORD):
            for vpc in self._vpcs(record):
                self._add(vpc, record.value("name"), self._record_addresses(record, vpc))
        for (entry, resource), addresses in self._resources.by_entry.items():
            vpc = self._topology.placed(entry).vpc
            if boolean(entry.value("private_dns_enabled")) and _host_names(vpc):
                for name in self._own_names(resource):
                    self._add(vpc, name, addresses)
        for block in self._topology.configuration.of_type(types.VPC):
            if boolean(block.value("enable_dns_support")) is False:
                self._model.vpcs[self._places.vpc(block)].names = None

    def _add(self, vpc: Hashable, name: Any, addresses: list[Address]) -> None:
        names = self._model.vpcs[self._places.vpc(vpc)].names
        if isinstance(name, str) and addresses and names is not None:
            names.setdefault(name.lower().rstrip("."), []).extend(addresses)

    def _vpcs(self, record: Block) -> Iterator[Hashable]:
        """Yield the VPCs that a record's zone is of."""
        zone = self._topology.block_of(_whose(record.value("zone_id")), types.ZONE)
        if zone is None:
            return
        given = [body.get("vpc_id") for body in zone.nested("vpc") if isinstance(body, dict)]
        for block in self._topology.configuration.of_type(types.ZONE_VPC):
            if self._topology.block_of(_whose(block.value("zone_id")), types.ZONE) is zone:
                given.append(block.value("vpc_id"))
        keys = [self._topology.vpc_key(each) for each in given]
        yield from dict.fromkeys(key for key in keys if key is not None)

    def _record_addresses(self, record: Block, vpc: Hashable) -> list[Address]:
        values = as_list(self._places.addressing.value(record.value("records")))
        written = [found for each in values if (found := address_of(each)) is not None]
        if written:
            return written
        blocks = set(self._leads_to(record))
        of = [self._configuration(block) for block in blocks]
        wanted = {each for each in of if each is not None}
        entries = {block for block in blocks if block in self._resources.entries}
        if not wanted and not entries:
            return []
        return [
            address
            for (entry, resource), addresses in self._resources.by_entry.items()
            if self._topology.placed(entry).vpc == vpc
            and (not entries or entry in entries)
            and (not wanted or wanted & {resource.configuration, resource.group})
            for address in addresses
        ]

    def _configuration(self, block: Block) -> Block | None:
        if block.type == _RESOURCE_ASSOCIATION:
            return self._topology.block_of(block.value("resource_configuration_identifier"), CONFIGURATION)
        return block if block.type == CONFIGURATION else None

    def _leads_to(self, record: Block) -> Iterator[Block]:
        """Yield the blocks that a record's value is taken from."""
        each = record.instance.names.get("each", {}).get("value", ABSENT)
        values = [record.value("records"), record.nested("alias"), each]
        for part in leaves(values):
            if isinstance(part, Reference):
                yield part.block
        for argument in ("records", "alias"):
            for names in references(record.body.get(argument)):
                key = ("data", *names[1:3]) if names[0] == "data" else ("resource", *names[:2])
                for block in record.home.made(key) if len(key) == 3 else []:
                    owner = block.value("vpc_endpoint_id")
                    yield owner.block if isinstance(owner, Reference) else block

    def _own_names(self, resource: Resource) -> Iterator[str]:
        """Yield the names that AWS makes for a resource where private DNS is on."""
        domain = resource.configuration.value("custom_domain_name")
        if isinstance(domain, str):
            yield domain
        arn = resource.configuration.value("resource_configuration_definition", "arn_resource", "arn")
        if isinstance(arn, Reference):
            yield database_name(arn.block, resource.part)


def database_name(database: Block, part: str) -> str:
    """Return a name like that which AWS would give a database; in the place of what is random in it stands `lab`."""
    given = database.value("identifier") or database.value("cluster_identifier")
    identifier = given if isinstance(given, str) else database.name
    middle = {"": "lab", "writer": "cluster-lab", "reader": "cluster-ro-lab"}[part]
    regions = [body.get("region") for name, body in database.home.raw.providers if name == "aws"]
    region = next((each for each in regions if isinstance(each, str) and "$" not in each), "region")
    return f"{identifier}.{middle}.{region}.rds.amazonaws.com"


def _whose(value: Any) -> Any:
    """Return a reference to a zone's `zone_id` as one to its `id`, which is the same."""
    return Reference(value.block, "id") if isinstance(value, Reference) else value


def _host_names(vpc: Hashable | None) -> bool:
    return not isinstance(vpc, Block) or boolean(vpc.value("enable_dns_hostnames")) is True
