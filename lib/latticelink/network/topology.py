"""Where things are: the subnets, zones, addresses and security groups of what a configuration puts into VPCs."""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from latticelink.network.keys import GroupKey, Place, text_of
from latticelink.network.permissions import Side
from latticelink.network.ranges import Addresses, addresses_of
from latticelink.network.security_groups import Groups
from latticelink.network.told import is_found_by_id
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference, Unknown, as_list, boolean, unknown_of
from latticelink.values.types import (
    CONFIGURATION,
    DATABASE,
    DATABASE_CLUSTER,
    DATABASE_PROXY,
    DEFAULT_SUBNET,
    ECS_SERVICE,
    ENDPOINT,
    ENDPOINT_GROUP,
    FUNCTION,
    GATEWAY,
    INSTANCE,
    INTERFACE,
    INTERFACE_GROUP,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    LOAD_BALANCERS,
    NETWORK_VPC,
    SCALING_GROUP,
    SUBNET,
    VPC,
    VPC_IPV4_BLOCK,
    VPC_IPV6_BLOCK,
)

_ELSEWHERE = "Check the folder or the plan that has it."

# Of each type that has network interfaces: where its groups are named, and its subnets or its subnet group.
_NETWORKED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    DATABASE: (("vpc_security_group_ids",), ("db_subnet_group_name",)),
    DATABASE_PROXY: (("vpc_security_group_ids",), ("vpc_subnet_ids",)),
    "aws_docdb_cluster": (("vpc_security_group_ids",), ("db_subnet_group_name",)),
    ECS_SERVICE: (("network_configuration", "security_groups"), ("network_configuration", "subnets")),
    "aws_elasticache_cluster": (("security_group_ids",), ("subnet_group_name",)),
    "aws_elasticache_replication_group": (("security_group_ids",), ("subnet_group_name",)),
    INSTANCE: (("vpc_security_group_ids",), ("subnet_id",)),
    SCALING_GROUP: (("vpc_security_group_ids",), ("vpc_zone_identifier",)),
    FUNCTION: (("vpc_config", "security_group_ids"), ("vpc_config", "subnet_ids")),
    **dict.fromkeys(LOAD_BALANCERS, (("security_groups",), ("subnets",))),
    "aws_neptune_cluster": (("vpc_security_group_ids",), ("neptune_subnet_group_name",)),
    INTERFACE: (("security_groups",), ("subnet_id",)),
    DATABASE_CLUSTER: (("vpc_security_group_ids",), ("db_subnet_group_name",)),
    "aws_redshift_cluster": (("vpc_security_group_ids",), ("cluster_subnet_group_name",)),
    ENDPOINT: (("security_group_ids",), ("subnet_ids",)),
    GATEWAY: (("security_group_ids",), ("subnet_ids",)),
    NETWORK_VPC: (("security_group_ids",), ()),
}
_SUBNET_GROUPS = (
    "aws_db_subnet_group",
    "aws_docdb_subnet_group",
    "aws_elasticache_subnet_group",
    "aws_neptune_subnet_group",
    "aws_redshift_subnet_group",
)
# The same for databases that a data source reads.
_READ: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    DATABASE: (("vpc_security_groups",), ("db_subnet_group",)),
    DATABASE_CLUSTER: (("vpc_security_group_ids",), ("db_subnet_group_name",)),
}
_NAMES = ("id", "arn", "db_instance_arn", "address", "endpoint", "reader_endpoint")
CLIENTS = (ECS_SERVICE, INSTANCE, FUNCTION, INTERFACE, SCALING_GROUP)


@dataclass(frozen=True, slots=True)
class Zone:
    """An Availability Zone, by its name or its id, which are a text or a reference.

    Args:
        argument: `availability_zone`, which names differ in from account to account, or `availability_zone_id`.
        value: the name or the id.
    """

    argument: str
    value: str | Reference

    def __str__(self) -> str:
        """Return the name or the id."""
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet: its block or its id, and of VPC, zone and address range what is known; of its zone the id as well."""

    key: Place
    vpc: Place | None = None
    zone: Zone | None = None
    ranges: tuple[Addresses, ...] = ()
    marks: frozenset[Reference] = frozenset()
    zone_id: str | None = None

    @property
    def text(self) -> str:
        """The subnet as a person would name it."""
        return text_of(self.key)

    def of_version(self, version: int) -> tuple[Addresses, ...]:
        """Return the ranges of one IP version."""
        return tuple(each for each in self.ranges if each.version == version)


@dataclass(frozen=True, slots=True)
class Placed:
    """Something with network interfaces: in which groups they are, and in which subnets.

    Args:
        block: what it is.
        groups: its security groups.
        groups_doubt: why there may be others; None if these are all.
        subnets: the subnets that are known.
        subnets_doubt: why there may be others; None if these are all.
        vpc: the key of its VPC, if known.
    """

    block: Block
    groups: tuple[GroupKey, ...]
    groups_doubt: Unknown | None
    subnets: tuple[Subnet, ...]
    subnets_doubt: Unknown | None
    vpc: Place | None

    def side(self, text: str, version: int) -> Side:
        """Return how the rules of others see it."""
        common = [subnet.marks for subnet in self.subnets]
        doubt = self.subnets_doubt
        if doubt is None and not (self.subnets and all(subnet.of_version(version) for subnet in self.subnets)):
            doubt = Unknown(f"the addresses of {text} aren't known", "")
        return Side(
            text,
            groups=frozenset(self.groups),
            groups_doubt=self.groups_doubt,
            addresses=self.ranges(version),
            addresses_doubt=doubt,
            marks=frozenset.intersection(*common) if common and self.subnets_doubt is None else frozenset(),
            version=version,
        )

    def ranges(self, version: int) -> tuple[Addresses, ...]:
        """Return the ranges of its subnets of one IP version."""
        return tuple(each for subnet in self.subnets for each in subnet.of_version(version))


class Topology:
    """Answers where things are, from one configuration."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.groups = Groups(configuration)
        self._subnets: dict[Place, Subnet] = {}
        self._placed: dict[Block, Placed] = {}

    @cached_property
    def _by_id(self) -> dict[str, Block]:
        """Blocks by id and ARN, as far as they are known; those that data sources read by their names too."""
        blocks = self.configuration.blocks
        read = [block for block in blocks if block.mode == "data" and block.type in (CONFIGURATION, SUBNET, *_READ)]
        found = {text: block for block in read for text in map(block.value, _NAMES) if isinstance(text, str)}
        for block in blocks:
            if block.mode == "resource":
                given = (block.value(name) or block.told.get(name) for name in ("id", "arn"))
                found.update({text: block for text in given if isinstance(text, str)})
        return found

    def block_of(self, value: Any, *types: str) -> Block | None:
        """Return the block that an id or ARN belongs to, if it is one of these types and in the input."""
        block = (
            value.block if isinstance(value, Reference) else self._by_id.get(value) if isinstance(value, str) else None
        )
        return block if block is not None and block.type in types and not block.has_many else None

    def why_not(self, value: Any, what: str) -> Unknown:
        """Return why the block behind a value isn't known."""
        if isinstance(value, Unknown):
            return value.keeps(what)
        if value is ABSENT:
            return Unknown(f"{what} isn't named", "Name it.")
        return Unknown(f"{what} is {value}, which isn't in the input", _ELSEWHERE)

    def vpc_key(self, value: Any) -> Place | None:
        """Return what stands for a VPC: its block, or its id where it isn't created in this configuration."""
        found = self.block_of(value, VPC)
        return found or (value if isinstance(value, str) else None)

    def subnet(self, value: Any) -> Subnet | Unknown:
        """Return the subnet with this id."""
        block = self.block_of(value, SUBNET, DEFAULT_SUBNET)
        key = block or value
        if not isinstance(key, Block | str):
            return key if isinstance(key, Unknown) else self.why_not(key, "a subnet")
        if key not in self._subnets:
            self._subnets[key] = self._read_subnet(key)
        return self._subnets[key]

    def _read_subnet(self, key: Block | str) -> Subnet:
        if isinstance(key, str):
            return Subnet(key)
        vpc = self.vpc_key(key.value("vpc_id"))
        ranges = []
        marks = {Reference(key, "cidr_block"), Reference(key, "ipv6_cidr_block")}
        for argument in ("cidr_block", "ipv6_cidr_block"):
            value = key.value(argument) or key.told.get(argument, ABSENT)
            if (addresses := addresses_of(value)) is not None:
                ranges.append(addresses)
            if isinstance(value, Reference):
                marks.add(value)
        if isinstance(vpc, Block):
            marks.add(Reference(vpc, "cidr_block"))
        kinds = ("availability_zone", "availability_zone_id")
        given = {argument: key.value(argument) or key.told.get(argument) for argument in kinds}
        zones = [Zone(argument, value) for argument, value in given.items() if isinstance(value, str | Reference)]
        zone_id = given["availability_zone_id"]
        return Subnet(
            key,
            vpc,
            zones[0] if zones else None,
            tuple(ranges),
            frozenset(marks),
            zone_id if isinstance(zone_id, str) else None,
        )

    def subnets(self, value: Any) -> tuple[tuple[Subnet, ...], Unknown | None]:
        """Return the subnets that a list of ids names, and why there may be others; None if these are all."""
        if isinstance(value, Unknown) or (isinstance(value, Reference) and value.attribute != "id"):
            return (), unknown_of(value)
        found = [self.subnet(each) for each in as_list(value)]
        known = [each for each in found if isinstance(each, Subnet)]
        doubt = next((each for each in found if isinstance(each, Unknown)), None)
        if doubt is None and (foreign := next((each for each in known if not isinstance(each.key, Block)), None)):
            doubt = Unknown(f"{foreign.text} isn't in the input, so its addresses aren't known", _ELSEWHERE)
        return tuple(known), doubt

    def placed(self, block: Block) -> Placed:
        """Return the groups and subnets of a block that has network interfaces."""
        if block not in self._placed:
            self._placed[block] = self._place(block)
        return self._placed[block]

    def _place(self, block: Block) -> Placed:
        if block.type == INSTANCE and (interface := self._interface_of(block)) is not None:
            return replace(self.placed(interface), block=block)
        group_path, subnet_path = (_READ if block.mode == "data" else _NETWORKED)[block.type]
        given = self._subnet_ids(block, subnet_path)
        template = self._template_of(block)
        if given is ABSENT and isinstance(template, Block):
            given = template.value("network_interfaces", "subnet_id")
        subnets, subnets_doubt = self.subnets(given)
        if not subnets and subnets_doubt is None and subnet_path:
            subnets_doubt = Unknown(f"{block.address} names no subnet", "Name its subnets.")
        vpc = self.vpc_key(block.value("vpc_id") or block.value("vpc_identifier"))
        vpc = vpc or next((subnet.vpc for subnet in subnets if subnet.vpc is not None), None)
        groups, doubt = self._group_keys(block, group_path, vpc)
        return Placed(block, groups, doubt, subnets, subnets_doubt, vpc)

    def _template_of(self, block: Block) -> Block | Unknown | None:
        """Return the launch template of a block, or why it isn't known; None if it has none.

        What the block sets itself comes before what its template says.
        Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-launch-templates.html
        """
        if block.type not in (INSTANCE, SCALING_GROUP):
            return None
        paths: tuple[tuple[str, ...], ...] = (
            ("launch_template",),
            ("mixed_instances_policy", "launch_template", "launch_template_specification"),
        )
        for path in paths:
            named = [block.value(*path, name) for name in ("id", "launch_template_id", "name", "launch_template_name")]
            value = next((each for each in named if each not in (ABSENT, "")), ABSENT)
            if value is ABSENT:
                continue
            owner = value.block if isinstance(value, Reference) else None
            if owner is None and isinstance(value, str):
                templates = self.configuration.of_type(LAUNCH_TEMPLATE)
                same = [each for each in templates if value in (each.value("name"), each.value("id"))]
                owner = same[0] if len(same) == 1 else None
            if owner is not None and owner.type == LAUNCH_TEMPLATE and owner.mode == "resource":
                return owner
            return self.why_not(value, f"the launch template of {block.address}")
        configured = self.block_of(block.value("launch_configuration"), LAUNCH_CONFIGURATION)
        return configured if block.type == SCALING_GROUP else None

    def _interface_of(self, instance: Block) -> Block | None:
        for path in (
            ("primary_network_interface", "network_interface_id"),
            ("network_interface", "network_interface_id"),
        ):
            if (found := self.block_of(instance.value(*path), INTERFACE)) is not None:
                return found
        return None

    def _subnet_ids(self, block: Block, path: tuple[str, ...]) -> Any:
        value = block.value(*path) if path else ABSENT
        if not path or "subnet_group" not in path[0]:
            return value
        if isinstance(value, Reference):
            return value.block.value("subnet_ids") if value.block.type in _SUBNET_GROUPS else value
        named = [
            each
            for kind in _SUBNET_GROUPS
            for each in (*self.configuration.of_type(kind), *self.configuration.of_type(kind, "data"))
            if each.stack == block.stack and each.value("name") == value and value is not ABSENT
        ]
        if len(named) == 1:
            return named[0].value("subnet_ids")
        return value if isinstance(value, Unknown) else self.why_not(value, f"the subnet group of {block.address}")

    def _group_keys(
        self, block: Block, path: tuple[str, ...], vpc: Place | None
    ) -> tuple[tuple[GroupKey, ...], Unknown | None]:
        value = block.value(*path)
        if why := unknown_of(value):
            return (), why
        if value in (ABSENT, []) and (template := self._template_of(block)) is not None:
            if isinstance(template, Unknown):
                return (), template
            value = template.value("vpc_security_group_ids") or template.value("network_interfaces", "security_groups")
            value = value or template.value("security_groups")
            if why := unknown_of(value):
                return (), why
        given = [*as_list(value), *self._attached.get(block, [])]
        keys: dict[GroupKey, None] = {}
        doubt = None
        for each in given:
            key = self.groups.key(each, block.stack)
            if key is not None:
                keys[key] = None
            else:
                doubt = self.why_not(each, f"a security group of {block.address}")
        if not given:
            return self._default_groups(block, vpc)
        return tuple(keys), doubt

    def _default_groups(self, block: Block, vpc: Place | None) -> tuple[tuple[GroupKey, ...], Unknown | None]:
        """Return the groups of what names none.

        Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
        """
        if block.type in (*LOAD_BALANCERS, NETWORK_VPC):
            return (), None
        if block.type == GATEWAY:
            reason = f"{block.address} names no security group, and AWS doesn't document which one it then has"
            return (), Unknown(reason, "Name its security groups.")
        if vpc is None:
            return (), Unknown(f"{block.address} names no security group, and its VPC isn't known", "Name its groups.")
        return (GroupKey(vpc, is_default=True),), None

    @cached_property
    def _attached(self) -> dict[Block, list[Any]]:
        """Groups that other resources give to a block."""
        found: dict[Block, list[Any]] = defaultdict(list)
        for kind, argument in (
            (INTERFACE_GROUP, "network_interface_id"),
            (ENDPOINT_GROUP, "vpc_endpoint_id"),
        ):
            for block in self.configuration.of_type(kind):
                if isinstance(owner := block.value(argument), Reference):
                    found[owner.block].append(block.value("security_group_id"))
        return found

    def in_group(self, vpc: Place | None, group: GroupKey) -> list[Placed]:
        """Return the workloads in a VPC that have a security group."""
        return self._by_group.get((vpc, group), [])

    @cached_property
    def _by_group(self) -> dict[tuple[Place | None, GroupKey], list[Placed]]:
        found: dict[tuple[Place | None, GroupKey], list[Placed]] = defaultdict(list)
        for vpc, members in self.workloads.items():
            for each in members:
                for group in each.groups:
                    found[vpc, group].append(each)
        return found

    @cached_property
    def workloads(self) -> dict[Place | None, list[Placed]]:
        """What may be a client, by VPC."""
        found: dict[Place | None, list[Placed]] = defaultdict(list)
        for kind in CLIENTS:
            for block in self.configuration.of_type(kind):
                placed = self.placed(block)
                if placed.vpc is not None:
                    found[placed.vpc].append(placed)
        return found

    @cached_property
    def _by_address(self) -> dict[str, list[Block]]:
        """Instances and network interfaces by the addresses that they are given."""
        found: dict[str, list[Block]] = defaultdict(list)
        arguments = ("private_ip", "private_ips", "secondary_private_ips", "ipv6_addresses")
        for kind in (INSTANCE, INTERFACE):
            for block in self.configuration.of_type(kind):
                for argument in arguments:
                    for each in as_list(block.value(argument) or block.told.get(argument, ABSENT)):
                        if isinstance(each, str) and (text := _plain_ip(each)):
                            found[text].append(block)
        return found

    def at_address(self, text: str, vpc: Place | None) -> Block | None:
        """Return what has this address in a VPC, if it is in the input."""
        plain = _plain_ip(text)
        found = [
            block
            for block in self._by_address.get(plain or "", [])
            if vpc is not None and self.placed(block).vpc == vpc and not block.has_many
        ]
        return found[0] if found else None

    def addresses(self, placed: Placed, version: int) -> tuple[Addresses, ...]:
        """Return the addresses that something is given, or else the ranges of its subnets; empty if unknown."""
        block, names = placed.block, ("private_ip", "private_ips") if version == 4 else ("ipv6_addresses",)
        given = [block.value(name) or block.told.get(name, ABSENT) for name in names]
        exact = [addresses_of(each) for value in given for each in as_list(value)]
        return tuple(each for each in exact if each is not None) or placed.ranges(version)

    def with_interfaces(self, value: Any) -> Block | None:
        """Return the block with network interfaces that a reference to its address, name or ARN belongs to."""
        if isinstance(value, str):
            found = self._by_id.get(value)
            return found if found is not None and found.type in _READ else None
        if isinstance(value, Reference) and value.block.type in _NETWORKED and not value.block.has_many:
            return value.block if value.block.mode == "resource" else None
        return None

    def are_in_vpc(self, ranges: Iterable[Addresses], vpc: Place) -> bool | None:
        """Return whether all of the ranges are in a VPC's blocks; None if it may have other blocks."""
        blocks = self.vpc_ranges.get(vpc, [])
        known = [each for each in map(addresses_of, blocks) if each is not None]
        if all(any(part.are_in(block) for block in known) for part in ranges):
            return True
        return None if len(known) < len(blocks) else False

    def has_ipv6(self, placed: Placed) -> bool:
        """Return whether something surely has an IPv6 address: its own arguments say so, or its subnet gives one."""
        if placed.block.type == FUNCTION:
            return boolean(placed.block.value("vpc_config", "ipv6_allowed_for_dual_stack")) is True
        holder = self._interface_of(placed.block) or placed.block
        template = self._template_of(placed.block)
        blocks = [(holder, ()), (template, ("network_interfaces",))] if isinstance(template, Block) else [(holder, ())]
        given = [
            block.value(*path, name) for block, path in blocks for name in ("ipv6_address_count", "ipv6_addresses")
        ]
        if any(each not in (ABSENT, 0, "0", []) and not isinstance(each, Unknown) for each in given):
            return True
        subnets = [subnet.key for subnet in placed.subnets]
        return bool(subnets) and all(
            isinstance(each, Block) and boolean(each.value("assign_ipv6_address_on_creation")) is True
            for each in subnets
        )

    def blocks_of(self, vpc: Place | None, version: int) -> tuple[Addresses, ...]:
        """Return a VPC's blocks of one IP version; nothing if not all of its blocks are known."""
        known = [addresses_of(each) for each in self.vpc_ranges.get(vpc, [])]
        return tuple(each for each in known if each and each.version == version) if None not in known else ()

    @cached_property
    def told_vpcs(self) -> dict[str, list[Block]]:
        """The data sources that tell of an existing VPC, by its id."""
        found: dict[str, list[Block]] = defaultdict(list)
        for block in self.configuration.of_type(VPC, "data"):
            if is_found_by_id(block):
                found[str(block.value("id"))].append(block)
        return found

    @cached_property
    def vpc_ranges(self) -> dict[Place | None, list[Any]]:
        """The CIDR blocks of each VPC that is made or told of here; of one that isn't known the value as it is."""
        found: dict[Place | None, list[Any]] = {}
        for block in self.configuration.of_type(VPC):
            told_ipv6 = block.told.get("ipv6_cidr_block") or ABSENT
            found[block] = [
                value
                for value in (block.value("cidr_block"), block.value("ipv6_cidr_block") or told_ipv6)
                if value is not ABSENT
            ]
            if boolean(block.value("assign_generated_ipv6_cidr_block")) and not (
                block.value("ipv6_cidr_block") or told_ipv6
            ):
                found[block].append(Unknown("AWS chooses the VPC's IPv6 block"))
        for vpc_id, blocks in self.told_vpcs.items():
            told = [value for block in blocks if isinstance(value := block.value("cidr_block"), str)]
            # A data source finds a VPC by its first block.
            found[vpc_id] = [*dict.fromkeys(told), Unknown(f"{vpc_id} may have more blocks")] if told else []
        for block in self.configuration.of_type(VPC, "data"):
            associated = block.value("cidr_block_associations")
            if isinstance(block.value("id"), str) and isinstance(associated, list):
                more = [each.get("cidr_block") for each in associated if isinstance(each, dict)]
                found[block.value("id")] = [block.value("cidr_block"), *more]
        for kind in (VPC_IPV4_BLOCK, VPC_IPV6_BLOCK):
            for block in self.configuration.of_type(kind):
                key = self.vpc_key(block.value("vpc_id"))
                if key in found:
                    found[key].append(block.value("cidr_block") or block.value("ipv6_cidr_block"))
        return found


def _plain_ip(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def label(block: Block) -> str:
    """Return a short name for people: the Name tag of what runs, an endpoint's construct, a gateway's name."""
    named = block.value("tags", "Name") if block.type in CLIENTS else block.value("name")
    parts = block.construct.split("/")
    if block.type in (ENDPOINT, NETWORK_VPC):
        # A plan has no construct's path, but CDKTF makes the logical id of it.
        logical = re.fullmatch(r"(.+)_(?:endpoint|association)_[0-9A-F]{8}", block.name)
        if len(parts) > 2 or logical is not None:
            return parts[-2] if logical is None or len(parts) > 2 else logical[1]
    return named if isinstance(named, str) else block.name
