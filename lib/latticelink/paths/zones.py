"""Whether an endpoint and its resource gateway meet in an Availability Zone.

Zone names are an account's own, so they are compared in one account only; zone ids are the same everywhere.
Source: https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html
"""

from __future__ import annotations

from typing import Any

from latticelink.network.topology import Placed, Subnet, Topology, Zone
from latticelink.paths import hops
from latticelink.paths.hops import Stage, blocking, doubtful, passing
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import Reference, Unknown, first_unknown
from latticelink.terraform.providers import provider_of
from latticelink.values.types import SHARE_RESOURCE, ZONES

_BY_ID = "Give the subnets availability_zone_id, or check plans of both stacks."
_NOT_COMPARABLE = "zones of both sides are named in ways that can't be compared"
_WHO = ("access_key", "allowed_account_ids", "assume_role", "profile", "shared_credentials_files")


def zones_stage(topology: Topology, endpoint: Placed, gateway: Placed, configuration: Block) -> Stage:
    """Return whether the two meet in a zone."""
    doubt = one_account(topology, endpoint.block, gateway.block, configuration)
    answers = {
        (mine, other): _meet(mine, other, doubt is None) for mine in endpoint.subnets for other in gateway.subnets
    }
    meeting = sorted({_zone(mine) for (mine, _), answer in answers.items() if answer})
    if meeting:
        return passing(hops.ZONES, gateway.block, f"endpoint and gateway meet in {', '.join(meeting)}")
    for placed in (endpoint, gateway):
        if strange := next((subnet for subnet in placed.subnets if subnet.zone is None), None):
            return doubtful(hops.ZONES, placed.block, _no_zone(strange))
        if placed.subnets_doubt is not None:
            return doubtful(hops.ZONES, placed.block, placed.subnets_doubt)
    if None in answers.values() or not answers:
        reason = doubt.reason if doubt else _NOT_COMPARABLE
        return doubtful(hops.ZONES, gateway.block, Unknown(reason, _BY_ID))
    mine, theirs = (dict.fromkeys(map(_zone, placed.subnets)) for placed in (endpoint, gateway))
    return blocking(
        hops.ZONES,
        gateway.block,
        f"the endpoint is in {', '.join(mine)} and the gateway in {', '.join(theirs)}: they have no zone in common",
        f"Add a subnet in {next(iter(theirs))} to subnet_ids of {endpoint.block.address}, or one in {next(iter(mine))} "
        f"to those of {gateway.block.address}.",
    )


def meeting(
    topology: Topology, subnet: Subnet, endpoint: Placed, gateway: Placed, configuration: Block
) -> tuple[Subnet, ...] | Unknown:
    """Return the gateway's subnets in the zone of one of the endpoint's subnets, or why that can't be determined."""
    doubt = one_account(topology, endpoint.block, gateway.block, configuration)
    answers = {each: _meet(subnet, each, doubt is None) for each in gateway.subnets}
    if met := tuple(each for each, answer in answers.items() if answer):
        return met
    if subnet.zone is None:
        return _no_zone(subnet)
    if strange := next((each for each in gateway.subnets if each.zone is None), None):
        return _no_zone(strange)
    return () if None not in answers.values() else doubt or Unknown(_NOT_COMPARABLE, _BY_ID)


def _no_zone(subnet: Subnet) -> Unknown:
    what = f"the zone of {subnet.text}"
    if isinstance(subnet.key, Block) and isinstance(why := subnet.key.value("availability_zone"), Unknown):
        return why.keeps(what)
    return Unknown(f"{what} isn't known", "Check a folder or plan that has the subnet.")


def apart(subnet: Subnet, gateway: Placed) -> Stage:
    """Return the stage of an endpoint's address in a zone where the gateway has none, though they meet elsewhere."""
    reason = (
        f"{gateway.block.address} has no subnet in {_zone(subnet)}, and AWS doesn't document whether an endpoint's "
        "address reaches a gateway in other zones"
    )
    return doubtful(
        hops.ZONE_APART, gateway.block, Unknown(reason, f"Add a subnet in {_zone(subnet)} to its subnet_ids.")
    )


def _zone(subnet: Subnet) -> str:
    return str(subnet.zone or "an unknown zone")


def _meet(one: Subnet, other: Subnet, one_account: bool) -> bool | None:
    """Return whether two subnets are in one zone: by names within an account, else by ids where both are known."""
    answer = _same_zone(one.zone, other.zone, one_account)
    if answer is None and one.zone_id is not None and other.zone_id is not None:
        return one.zone_id == other.zone_id
    return answer


def _same_zone(one: Zone | None, other: Zone | None, one_account: bool) -> bool | None:
    if one is None or other is None or one.argument != other.argument:
        return None
    if one.argument == "availability_zone" and not one_account:
        return None
    mine, theirs = one.value, other.value
    if isinstance(mine, str) and isinstance(theirs, str):
        return mine == theirs
    if not isinstance(mine, Reference) or not isinstance(theirs, Reference):
        return None
    if mine == theirs:
        return True
    lists = {mine.block.type, theirs.block.type} == {ZONES}
    if lists and (mine.block is theirs.block or _asked(mine.block) == _asked(theirs.block) is not None):
        return mine.attribute == theirs.attribute
    return None


def _asked(block: Block) -> Any:
    """Return what a data source of zones asks for; None if that isn't known."""
    asked = {name: block.value(name) for name in sorted(block.body) if name not in ("//", "provider")}
    known = first_unknown(asked) is None and not any(isinstance(each, Reference) for each in asked.values())
    return (asked, _who(block)) if known else None


def one_account(topology: Topology, one: Block, other: Block, configuration: Block) -> Unknown | None:
    """Return None if both are in one account, else why that can't be determined.

    A resource configuration that is not shared by AWS RAM can be used in its own account only, so where nothing here
    shares it, whoever reaches it is in its account.
    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/sharing.html
    """
    if one.stack == other.stack and one.value("provider") == other.value("provider"):
        return None
    if _who(one) != _who(other):
        return Unknown("the two sides have different credentials, and zone names differ from account to account")
    if configuration in _shared_by_ram(topology.configuration):
        return Unknown(f"{configuration.address} is shared by AWS RAM, and zone names differ from account to account")
    return None


def _shared_by_ram(configuration: Configuration) -> set[Block]:
    found = set()
    for block in configuration.of_type(SHARE_RESOURCE):
        if isinstance(value := block.value("resource_arn"), Reference):
            found.add(value.block)
    return found


def _who(block: Block) -> dict[str, str]:
    """Return the arguments of the block's provider that say which account it works in."""
    configured = provider_of(block)
    return {each: repr(configured[each]) for each in _WHO if each in configured}
