"""Whether the names that clients use for an endpoint resolve in their VPC.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from latticelink.network.keys import Place, differ
from latticelink.network.told import makes_sure
from latticelink.network.topology import Topology
from latticelink.paths import hops
from latticelink.paths.hops import Stage, blocking, doubtful, not_judged, passing
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown, boolean
from latticelink.terraform.syntax import references
from latticelink.values.types import DEFINITION, ENDPOINT, ENDPOINT_ASSOCIATIONS, RECORD, ZONE, ZONE_VPC

_PLACE = hops.PRIVATE_DNS
_FOLDER = "Check the folder or the plan that has it."
_LOOK_UP = "Look the zone up by its name and that VPC: data aws_route53_zone with name and vpc_id."


class DnsNames:
    """Finds the DNS records that lead to an endpoint, and the VPCs in which they resolve."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def stage(self, entry: Block, vpc: Place | None, configuration: Block, resource: Block | None) -> Stage:
        """Return what becomes of the names for one resource behind an endpoint or association.

        Args:
            entry: the endpoint, or the association of a service network.
            vpc: the key of the clients' VPC.
            configuration: the resource configuration.
            resource: the association of the resource with the service network, if that is the way.
        """
        records = [
            record
            for block in (entry, resource)
            if block is not None
            for record in self._records.get(block, [])
            if self._is_for(record, configuration)
        ]
        is_private = boolean(entry.value("private_dns_enabled"))
        verdicts = [self._resolves(record, vpc) for record in records]
        verdicts += [self._private(entry, vpc)] if is_private else []
        if wrong := next((each for each in verdicts if isinstance(each, Stage)), None):
            return wrong
        if doubt := next((each for each in verdicts if isinstance(each, Unknown)), None):
            return doubtful(_PLACE, records[0] if records else entry, doubt)
        names = [*map(_name, records), *(_own_names(configuration) if is_private else [])]
        if not names:
            return not_judged(_PLACE, "no name of its own is known: clients use the one that AWS gives")
        return passing(_PLACE, records[0] if records else None, f"{', '.join(names)} resolves in the clients' VPC")

    @staticmethod
    def _is_for(record: Block, configuration: Block) -> bool:
        """Return whether a record that is made for each member of a group is for this one."""
        each = record.instance.names.get("each", {}).get("value")
        return not (
            isinstance(each, Reference) and each.block.type == configuration.type and each.block is not configuration
        )

    def _resolves(self, record: Block, vpc: Place | None) -> Stage | Unknown | None:
        """Return what stops a record from resolving in the VPC, or why that isn't known; None if it resolves."""
        zone_id = record.value("zone_id")
        zone = self._topology.block_of(zone_id, ZONE)
        if zone is None:
            return self._topology.why_not(zone_id, f"the zone of {_name(record)}")
        if zone.mode == "data":
            return self._resolves_in_existing(record, zone, vpc)
        given = [body.get("vpc_id") if isinstance(body, dict) else body for body in zone.nested_or_told("vpc")]
        given += self._associated.get(zone, [])
        if not given:
            return None
        keys = [None if isinstance(each, Unknown) else self._topology.vpc_key(each) for each in given]
        if vpc is not None and vpc in keys:
            return self._supports(vpc, ["enable_dns_support"], record, f"{_name(record)} doesn't resolve there")
        if not isinstance(vpc, Block) or not all(key is not None and differ(vpc, key) for key in keys):
            return Unknown(f"whether {zone.address} is a zone of the clients' VPC isn't known", _FOLDER)
        return blocking(
            _PLACE,
            record,
            f"{_name(record)} doesn't resolve in {vpc.address}, as {zone.address} isn't a zone of that VPC",
            f"Add a vpc block with vpc_id = {vpc.address}.id to {zone.address}.",
        )

    def _resolves_in_existing(self, record: Block, zone: Block, vpc: Place | None) -> Stage | Unknown | None:
        """Return the same for a zone that a data source finds: by name and VPC, it is a private zone of that VPC.

        Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/route53_zone
        """
        home = self._topology.vpc_key(zone.value("vpc_id"))
        if zone.value("name") is ABSENT or home is None or home != vpc:
            return Unknown(f"whether {zone.address} is a zone of the clients' VPC isn't known", _LOOK_UP)
        return self._supports(vpc, ["enable_dns_support"], record, f"{_name(record)} doesn't resolve there")

    def _private(self, entry: Block, vpc: Place | None) -> Stage | Unknown | None:
        refused = f"AWS refuses private DNS for {entry.address}"
        return self._supports(vpc, ["enable_dns_support", "enable_dns_hostnames"], entry, refused)

    def _supports(self, vpc: Place | None, needed: list[str], block: Block, effect: str) -> Stage | Unknown | None:
        """Return what is wrong with the DNS attributes of a VPC, or why they aren't known; None if they are right."""
        if not isinstance(vpc, Block) or vpc.mode == "data":
            told = [vpc] if isinstance(vpc, Block) else self._topology.told_vpcs.get(str(vpc), [])
            if all(makes_sure(told, argument) or _has(told, argument) for argument in needed):
                return None
            return Unknown("the VPC's DNS attributes aren't in the input", _FOLDER)
        for argument in needed:
            value = vpc.value(argument)
            if isinstance(value, Unknown | Reference):
                return value if isinstance(value, Unknown) else Unknown(f"{value} isn't known")
            # Terraform's provider has DNS support on, and host names off, where they are left out.
            on = argument == "enable_dns_support" if value is ABSENT else boolean(value)
            if not on:
                said = "left out, which is false" if value is ABSENT else "false"
                why = f"{argument} of {vpc.address} is {said}, so {effect}"
                return blocking(_PLACE, block, why, f"Set {argument} = true in {vpc.address}.")
        return None

    @cached_property
    def _associated(self) -> dict[Block, list[object]]:
        found: dict[Block, list[object]] = defaultdict(list)
        for block in self._topology.configuration.of_type(ZONE_VPC):
            zone = self._topology.block_of(block.value("zone_id"), ZONE)
            if zone is not None:
                found[zone].append(block.value("vpc_id"))
        return found

    @cached_property
    def _records(self) -> dict[Block, list[Block]]:
        """Records by the endpoint, association or list of associations that their values are taken from."""
        found: dict[Block, list[Block]] = defaultdict(list)
        for record in self._topology.configuration.of_type(RECORD):
            for source in dict.fromkeys(self._sources(record, 0)):
                found[source].append(record)
        return found

    def _sources(self, block: Block, depth: int) -> Iterator[Block]:
        arguments = ("vpc_endpoint_id",) if block.mode == "data" else ("records", "alias", "for_each")
        for argument in arguments:
            for names in references(block.written.get(argument)):
                key = ("data", *names[1:3]) if names[0] == "data" else ("resource", *names[:2])
                if len(key) != 3 or key not in block.home.declared:
                    continue
                made = block.home.made(key)
                index = names[len(key) if names[0] == "data" else 2 :][:1]
                for other in [each for each in made if (str(each.instance.key),) == index] or made:
                    if other.type == ENDPOINT_ASSOCIATIONS and depth == 0:
                        yield from self._sources(other, depth + 1)
                    elif other.type.startswith((ENDPOINT, "aws_vpclattice_")):
                        yield other


def _has(found: list[Block], attribute: str) -> bool:
    """Return whether a data source that was read tells that a VPC has an attribute."""
    return any(boolean(block.value(attribute)) is True for block in found)


def _name(record: Block) -> str:
    name = record.value("name")
    return name if isinstance(name, str) else record.address


def _own_names(configuration: Block) -> list[str]:
    """Return the names that a resource has of itself."""
    custom = configuration.value("custom_domain_name")
    if isinstance(custom, str):
        return [custom]
    arn = configuration.value(DEFINITION, "arn_resource", "arn")
    return [] if arn is ABSENT else ["the database's own name"]
