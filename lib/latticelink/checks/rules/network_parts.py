"""What rules on gateways and endpoints share: their subnets, security groups and VPC."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from latticelink.checks.findings import Judgement, failed, passed
from latticelink.checks.rules.reading import as_list, identity_of, not_known, of_vpc, open_question, read, verdict
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown, boolean
from latticelink.values.aws_ids import MOST_GROUPS
from latticelink.values.types import SUBNET


def groups_named(block: Block) -> Judgement:
    """Judge whether a block names a security group."""
    groups = read(block, "security_group_ids")
    if isinstance(groups, Unknown):
        return not_known(block, groups, "security_group_ids")
    return verdict(block, "It names no security group." if groups is ABSENT or groups == [] else None)


def parts_question(block: Block, argument: str, kind: str) -> Unknown | None:
    """Return why what the ids in `argument` stand for isn't known, so that nothing can be said of it; else None."""
    for item in as_list(read(block, argument)):
        if isinstance(item, Unknown):
            return item
        if not isinstance(item, Reference) or item.block.type != kind:
            return Unknown(f"{item} isn't in what was read", "Check the folder that has it, or a plan.")
        if item.block.mode == "data":
            return Unknown(f"{item.block.address} is read from AWS")
    return None


def subnets_of(block: Block) -> list[Block]:
    """Return the subnets of a gateway or endpoint that are in the files."""
    return [
        subnet.block
        for subnet in as_list(read(block, "subnet_ids"))
        if isinstance(subnet, Reference) and subnet.block.type == SUBNET and subnet.block.mode == "resource"
    ]


def judge_number_of_groups(block: Block) -> Iterator[Judgement]:
    """Judge whether a block has at most as many security groups as AWS takes."""
    groups = read(block, "security_group_ids")
    if groups is ABSENT:
        return
    count = len(groups) if isinstance(groups, list) else 0
    certain = len({identity_of(group) for group in as_list(groups)} - {""})
    if count <= MOST_GROUPS and not isinstance(groups, Unknown | Reference):
        yield passed(block)
    elif certain > MOST_GROUPS:
        yield failed(block, f"It has {certain} security groups.")
    elif why := open_question(groups):
        yield not_known(block, why, "security_group_ids")


def judge_has_subnet(block: Block) -> Iterator[Judgement]:
    """Judge whether a block has a subnet."""
    subnets = read(block, "subnet_ids")
    if isinstance(subnets, Unknown):
        yield not_known(block, subnets, "subnet_ids")
    elif subnets is ABSENT or subnets == []:
        yield failed(block, "It has no subnet.")
    else:
        yield passed(block)


def judge_home(block: Block, arguments: Iterable[tuple[str, str]], home: str = "") -> Iterator[Judgement]:
    """Judge whether what `arguments` (each with the kind of block) refer to is in the VPC of `block`, or in `home`."""
    home = home or of_vpc(block)
    vpc = read(block, "vpc_id")
    for argument, kind in arguments:
        if why := parts_question(block, argument, kind) or (vpc if isinstance(vpc, Unknown) else None):
            yield not_known(block, why, argument)
        for item in as_list(read(block, argument)) if home else []:
            if isinstance(item, Reference) and item.block.type == kind and item.block.mode == "resource":
                yield from _judge_in(block, item.block, home)


def _judge_in(block: Block, part: Block, home: str) -> Iterator[Judgement]:
    theirs = of_vpc(part)
    # A text and a reference may be one VPC all the same.
    comparable = home.startswith("vpc-") == theirs.startswith("vpc-")
    if theirs == home:
        yield passed(block)
    elif not theirs:
        why = open_question(read(part, "vpc_id"), identity=True)
        yield from [not_known(block, why, f"vpc_id of {part.address}")] if why else []
    elif comparable:
        yield failed(block, f"{part.full_address} is in the VPC {theirs}, and this is in {home}.")
    else:
        yield not_known(block, Unknown(f"whether {home} is {theirs} can't be told"), f"vpc_id of {part.address}")


def ipv4_network_of(subnet: Block) -> ipaddress.IPv4Network | Unknown | None:
    """Return a subnet's IPv4 block, or why it isn't known; None if it has none, or what is no block."""
    cidr = read(subnet, "cidr_block")
    if why := open_question(cidr):
        return why
    try:
        return ipaddress.IPv4Network(cidr if isinstance(cidr, str) else "", strict=False)
    except ValueError:
        return None


def zone_of(subnet: Block) -> str:
    """Return the zone of a subnet, by id or else by name; empty if it isn't known."""
    return next(
        (identity_of(zone) for key in ("availability_zone_id", "availability_zone") if (zone := read(subnet, key))), ""
    )


def has_ipv6(subnet: Block) -> bool | None:
    """Return whether a subnet has an IPv6 block; None if that isn't known."""
    block = read(subnet, "ipv6_cidr_block")
    return True if isinstance(block, Reference) else None if isinstance(block, Unknown) else block is not ABSENT


def is_ipv6_only(subnet: Block) -> bool | None:
    """Return whether a subnet has no IPv4 block; None if that isn't known."""
    native: Any = read(subnet, "ipv6_native")
    return None if isinstance(native, Unknown | Reference) else boolean(native) is True
