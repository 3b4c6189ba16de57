"""Says what the next apply would replace, from the JSON of two synths: the one before and this one.

AWS changes the essentials of a resource gateway, a resource configuration and an endpoint by replacement only, and a
replaced configuration replaces every endpoint to it. Terraform's plan says so resource by resource and in one stack
alone; this says it once, with what follows for the consumers. It compares texts, so an expression that is written
differently counts as a change. What moved blocks name is the same. Where the state is at hand, applied.py puts what was
applied in the place of the synth before.

Source: https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_UpdateResourceGateway.html,
    https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_UpdateResourceConfiguration.html
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latticelink.terraform.json_files import UnreadableInput
from latticelink.terraform.raw import RawStack
from latticelink.terraform.sources import synthesised
from latticelink.values.gateway_type import DEFAULT_TYPE
from latticelink.values.provider_arguments import PROVIDER_ARGUMENTS
from latticelink.values.types import (
    CONFIGURATION,
    DEFINITION,
    ENDPOINT,
    ENDPOINT_ARNS,
    GATEWAY,
    NETWORK,
    NETWORK_RESOURCE,
    SUBNET,
    VPC,
)

PAGE = "docs/changes.md"

# What an endpoint can't change and the provider thinks it can: it is replaced with this one's input.
_TRIGGER = "terraform_data"

# What the provider plans a replacement for (AWS provider 5.100: `terraform plan`), with the value that AWS takes where
# there is none; and the newer arguments, by the provider's schema.
_FIXED: dict[str, dict[str, Any]] = {
    VPC: {"cidr_block": None},
    SUBNET: {"availability_zone": None, "cidr_block": None, "vpc_id": None},
    GATEWAY: {
        "ip_address_type": DEFAULT_TYPE,
        "name": None,
        "subnet_ids": None,
        "vpc_id": None,
    },
    CONFIGURATION: {
        "name": None,
        "protocol": None,
        DEFINITION: None,
        "resource_configuration_group_id": None,
        "resource_gateway_identifier": None,
        "type": "SINGLE",
    },
    _TRIGGER: {"input": None},
    ENDPOINT: {**dict.fromkeys(ENDPOINT_ARNS.values()), "vpc_id": None},
    # Nothing of these is replaced for a change; removals.py compares them.
    NETWORK: {},
    NETWORK_RESOURCE: {},
}
for _row in PROVIDER_ARGUMENTS:
    if _row.replaces:
        _FIXED[_row.resource][_row.path] = _row.default
COMPARED = frozenset(_FIXED)
"""The types of the resources that are compared."""
_REFERENCE = re.compile(r"\b(aws_[a-z0-9_]+\.[A-Za-z0-9_-]+)\.")

Blocks = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Change:
    """One argument that AWS can't change in place: its old and its new value, as texts."""

    argument: str
    old: str
    new: str

    def __str__(self) -> str:
        """Return the change as a line."""
        return f"{self.argument}: {self.old} -> {self.new}"


@dataclass(frozen=True)
class Replacement:
    """A resource gateway, a configuration or an endpoint that the next apply replaces.

    Attributes:
        stack: the id of its stack.
        address: its Terraform address.
        name: its AWS name, as it was before.
        changes: what makes AWS replace it.
        configurations: AWS names of the configurations that go with it.
    """

    stack: str
    address: str
    name: str
    changes: tuple[Change, ...]
    configurations: tuple[str, ...]


def read_blocks(outdir: Path) -> Blocks:
    """Return the resources of a synth output folder, as `blocks_of` does; nothing if it can't be read."""
    try:
        return blocks_of(synthesised(outdir))
    except UnreadableInput:
        return {}


def blocks_of(stacks: Iterable[RawStack]) -> Blocks:
    """Return the resources that AWS may have to replace, or that consumers may miss, by stack and Terraform address."""
    return {
        stack.name: {
            f"{block.type}.{block.name}": block.body
            for block in stack.blocks
            if block.mode == "resource" and block.type in _FIXED
        }
        for stack in stacks
    }


def as_moved(before: Blocks, stacks: Iterable[RawStack]) -> Blocks:
    """Return what was written before with the addresses that moved blocks of now give it."""
    moves = {stack.name: stack.moved for stack in stacks}
    return {name: _with_addresses(blocks, moves.get(name, {})) for name, blocks in before.items()}


def _with_addresses(blocks: dict[str, dict[str, Any]], moved: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    if not moved:
        return blocks
    pattern = re.compile("|".join(rf"\b{re.escape(old)}\b" for old in moved))
    text = pattern.sub(lambda found: moved[found[0]], json.dumps(list(blocks.items())))
    return dict(json.loads(text))


def find_replacements(before: Blocks, after: Blocks) -> list[Replacement]:
    """Return what is replaced between two synths: gateways, configurations of gateways that stay, endpoints."""
    return [
        replacement
        for stack in sorted(set(before) & set(after))
        for replacement in _in_stack(stack, before[stack], after[stack])
    ]


def describe(replacements: list[Replacement], before: Blocks, outdir: Path, since: str = "since the last synth") -> str:
    """Return the warning for a person: each gateway, configuration or endpoint, what changes, and what follows.

    Args:
        replacements: what `find_replacements` returned.
        before: what was written before; of endpoints that must go first it tells the commands.
        outdir: the output folder, for the commands.
        since: what it was compared with, in words.
    """
    lines = [f"Warning: {since}, the following has changed in a way that AWS can only replace:"]
    for replacement in replacements:
        what = next(words for kind, words in _WORDS.items() if replacement.address.startswith(kind))
        lines += ["", f"  {what} {replacement.name!r} ({replacement.stack}: {replacement.address})"]
        lines += [f"    {change}" for change in replacement.changes]
        names = ", ".join(repr(name) for name in replacement.configurations)
        if what == _WORDS[ENDPOINT]:
            lines.append(
                "    Terraform replaces it: it gets new addresses and a new DNS name, and connections to it are cut."
            )
            continue
        lines.append(
            f"    Terraform replaces it{f' and with it {names}' if names else ''}; every endpoint to "
            f"{'what it shares' if what == _WORDS[GATEWAY] else 'it'} is replaced too, which is an outage."
        )
    producers = sorted({each.stack for each in replacements if not each.address.startswith(ENDPOINT)})
    if producers:
        lines += ["", *_order_that_works(producers, before, outdir)]
    lines += ["", f'Without an outage: {PAGE}, "Make before break".', ""]
    return "\n".join(lines)


_WORDS = {GATEWAY: "resource gateway", CONFIGURATION: "resource configuration", ENDPOINT: "endpoint"}


def _order_that_works(producers: list[str], before: Blocks, outdir: Path) -> list[str]:
    """Return in which order to apply, with a command for each endpoint of this app that is in the way."""
    read = [f"terraform_remote_state.{name}." for name in producers]
    commands = [
        f"  terraform -chdir={shlex.quote(str(outdir / 'stacks' / stack))} destroy -target={shlex.quote(address)}"
        for stack, blocks in before.items()
        for address, body in blocks.items()
        if address.startswith(ENDPOINT) and any(state in json.dumps(body) for state in read)
    ]
    return [
        "If it has been applied already: AWS doesn't delete a resource configuration that an endpoint uses. Destroy "
        "the endpoints in the",
        "consumers' stacks, apply here, then apply the consumers again." + (" Those of this app:" if commands else ""),
        *commands,
    ]


def _in_stack(stack: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Replacement]:
    parents = {address: _parent(block) for address, block in after.items()}
    replaced: dict[str, tuple[Change, ...]] = {}
    triggers = {address: block for address, block in before.items() if address.startswith(f"{_TRIGGER}.")}
    # What a resource refers to is judged before it: in the order of `_FIXED`, and a group before its members.
    in_both = [address for address in before if address in after]
    for address in sorted(in_both, key=lambda each: (_rank(each), len(list(_above(each, parents))))):
        changes = _changes(address.partition(".")[0], before[address], after[address], replaced)
        if address.startswith(ENDPOINT):
            changes += tuple(
                Change(key, _shown(triggers[trigger]["input"].get(key)), _shown(value))
                for trigger in _triggers(after[address])
                if trigger in triggers and trigger in after
                for key, value in after[trigger]["input"].items()
                if triggers[trigger]["input"].get(key) != value
            )
        if changes:
            replaced[address] = changes
    for address, changes in replaced.items():
        if address.startswith((GATEWAY, CONFIGURATION, ENDPOINT)) and parents[address] not in replaced:
            names = sorted(name_of(before[other]) for other in replaced if address in _above(other, parents))
            yield Replacement(stack, address, name_of(before[address]), changes, tuple(names))
    yield from _moved(stack, before, after)


def _moved(stack: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Replacement]:
    """Yield gateways and endpoints whose construct has another id: to Terraform one that goes and one that comes."""
    parents = {address: _parent(block) for address, block in before.items()}
    for address in [address for address in before if address.startswith((GATEWAY, ENDPOINT)) and address not in after]:
        kind = address.partition(".")[0]
        come = [new for new in after if new.startswith(f"{kind}.") and new not in before]
        names = sorted(name_of(before[other]) for other in before if address in _above(other, parents))
        same = ("vpc_id", *(ENDPOINT_ARNS.values() if kind == ENDPOINT else ()))
        twins = [new for new in come if all(after[new].get(each) == before[address].get(each) for each in same)]
        for new in twins[:1]:
            change = Change("Terraform address", address, new)
            yield Replacement(stack, address, name_of(before[address]), (change,), tuple(names))


def _triggers(endpoint: Mapping[str, Any]) -> list[str]:
    lifecycle = endpoint.get("lifecycle")
    return list(lifecycle.get("replace_triggered_by", [])) if isinstance(lifecycle, dict) else []


def _rank(address: str) -> int:
    return list(_FIXED).index(address.partition(".")[0])


def name_of(block: Mapping[str, Any]) -> str:
    """Return the AWS name of a resource, or its Name tag."""
    tags = block.get("tags")
    return str(block.get("name") or (tags.get("Name") if isinstance(tags, dict) else None) or "?")


def _parent(block: Mapping[str, Any]) -> str | None:
    """Return the address of the gateway or the group that a configuration belongs to."""
    for argument in ("resource_gateway_identifier", "resource_configuration_group_id"):
        if found := _REFERENCE.search(str(block.get(argument))):
            return found[1]
    return None


def _above(address: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    while (parent := parents.get(address)) is not None:
        yield parent
        address = parent


def _changes(
    kind: str, old: Mapping[str, Any], new: Mapping[str, Any], replaced: Mapping[str, tuple[Change, ...]]
) -> tuple[Change, ...]:
    changes = []
    for argument, default in _FIXED[kind].items():
        one, other = (_fixed_part(block.get(argument, default)) for block in (old, new))
        if one != other:
            changes.append(Change(argument, _shown(one), _shown(other)))
            continue
        for address in sorted({found for found in _REFERENCE.findall(json.dumps(other)) if found in replaced}):
            why = "; ".join(map(str, replaced[address]))
            changes.append(Change(argument, address, f"another, as its {why}"))
    return tuple(changes)


def _fixed_part(value: Any) -> Any:
    """Return the value with what doesn't count made equal.

    That is the order in a set, the address of an IP resource, and what stands in for a contract that is gone.
    """
    if isinstance(value, str):
        return re.sub(r"^\$\{try\((data\.terraform_remote_state\.[^()]*), null\)\}$", r"${\1}", value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return sorted(value)
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        value = value[0]
    if isinstance(value, dict):
        return "an IP address" if "ip_resource" in value else {key: _fixed_part(item) for key, item in value.items()}
    return value


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return "none" if value is None else re.sub(r"\$\{([^{}]*)\}", r"\1", text)
