"""What rules on gateways and endpoints share: their subnets, security groups and VPC."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from latticelink.checks.findings import Judgement, failed, passed
from latticelink.checks.rules.reading import as_list, identity_of, not_known, of_vpc, open_question, read, verdict
from latticelink.network.told import found_by_id, is_found_by_id
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown, boolean
from latticelink.values.aws_ids import MOST_GROUPS
from latticelink.values.types import SUBNET

# What has to be known of a subnet to judge its addresses by a type.
_ADDRESSES_OF = {
    "IPV4": ("cidr_block",),
    "IPV6": ("cidr_block", "ipv6_cidr_block"),
    "DUALSTACK": ("cidr_block", "ipv6_cidr_block"),
}


def groups_named(block: Block) -> Judgement:
    """Judge whether a block names a security group."""
    groups = read(block, "security_group_ids")
    if isinstance(groups, Unknown):
        return not_known(block, groups, "security_group_ids")
    return verdict(block, "It names no security group." if groups is ABSENT or groups == [] else None)


def part_of(block: Block, item: Any, kind: str) -> Block | Unknown:
    """Return what an id in `block` stands for: a resource, or a data source that tells of what exists by its id."""
    if isinstance(item, Unknown):
        return item
    found = item.block if isinstance(item, Reference) and item.block.type == kind else None
    if found is not None and (found.mode == "resource" or is_found_by_id(found)):
        return found
    if (told := found_by_id(block.home, kind, item)) is not None:
        return told
    if found is None:
        return Unknown(f"{item} isn't in the input", "Check the folder that has it, or a plan.")
    return Unknown(f"{found.address} is read from AWS")


def parts_question(block: Block, argument: str, kind: str, *needed: str) -> Unknown | None:
    """Return why what the ids in `argument` stand for isn't known, so that nothing can be said of it; else None.

    Args:
        block: what names them.
        argument: where it does.
        kind: their type.
        needed: what of an existing one has to be told.
    """
    for item in as_list(read(block, argument)):
        part = part_of(block, item, kind)
        if isinstance(part, Unknown):
            return part
        if part.mode == "data" and (lacking := [name for name in needed if read(part, name) is ABSENT]):
            return Unknown(
                f"{part.address} doesn't state its {lacking[0]}", f"Write {lacking[0]} in it, or check a plan."
            )
    return None


def parts_of(block: Block, argument: str, kind: str) -> list[Block]:
    """Return what the ids in `argument` stand for, as far as it is in the files."""
    parts = (part_of(block, item, kind) for item in as_list(read(block, argument)))
    return [part for part in parts if isinstance(part, Block)]


def subnets_of(block: Block) -> list[Block]:
    """Return the subnets of a gateway or endpoint that are in the files."""
    return parts_of(block, "subnet_ids", SUBNET)


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
        if why := parts_question(block, argument, kind, "vpc_id") or (vpc if isinstance(vpc, Unknown) else None):
            yield not_known(block, why, argument)
        for part in parts_of(block, argument, kind) if home else []:
            yield from _judge_in(block, part, home)


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
        yield not_known(block, Unknown(f"whether {home} is {theirs} can't be determined"), f"vpc_id of {part.address}")


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


def judge_addresses(block: Block, kind: str, *, ipv6_alone: bool) -> Iterator[Judgement]:
    """Judge whether the subnets of `block` have the addresses that its type asks for.

    Args:
        block: the gateway or the endpoint.
        kind: IPV4, IPV6 or DUALSTACK; of another one nothing is said.
        ipv6_alone: whether IPV6 wants subnets without IPv4 blocks.
    """
    if kind not in _ADDRESSES_OF:
        return
    if why := parts_question(block, "subnet_ids", SUBNET, *_ADDRESSES_OF[kind]):
        yield not_known(block, why, "subnet_ids")
    for subnet in subnets_of(block):
        ipv4, ipv6 = _has_ipv4(subnet), _has_ipv6(subnet)
        if ipv4 is None or (ipv6 is None and kind != "IPV4"):
            continue
        fits = {"IPV4": ipv4, "IPV6": bool(ipv6) and not (ipv4 and ipv6_alone), "DUALSTACK": bool(ipv6) and ipv4}[kind]
        has = "IPv6 only" if not ipv4 else "IPv4 and IPv6" if ipv6 else "IPv4 only"
        said = read(block, "ip_address_type")
        yield verdict(block, None if fits else f"It is {said}, and {subnet.full_address} has {has}.")


def _has_ipv6(subnet: Block) -> bool | None:
    """Return whether a subnet has an IPv6 block; None if that isn't known."""
    block = read(subnet, "ipv6_cidr_block")
    if block is ABSENT and subnet.mode == "data":
        return None
    return True if isinstance(block, Reference) else None if isinstance(block, Unknown) else block is not ABSENT


def _has_ipv4(subnet: Block) -> bool | None:
    """Return whether a subnet has an IPv4 block; None if that isn't known."""
    if subnet.mode == "data":
        return None if read(subnet, "cidr_block") is ABSENT else True
    native: Any = read(subnet, "ipv6_native")
    return None if isinstance(native, Unknown | Reference) else boolean(native) is not True


def is_ipv6_only(subnet: Block) -> bool | None:
    """Return whether a subnet has no IPv4 block; None if that isn't known."""
    ipv4 = _has_ipv4(subnet)
    return None if ipv4 is None else not ipv4
