"""What differs between a stack and its state: resources that only one of them has, and arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import StackConfiguration
from latticelink.terraform.known import ABSENT, Reference, Unknown, leaves
from latticelink.terraform.states import is_secret

_META = ("//", "count", "for_each", "depends_on", "lifecycle", "provider", "provisioner", "connection", "timeouts")
_LONGEST = 60


@dataclass(frozen=True)
class Difference:
    """One place where a stack and its state differ.

    Args:
        stack: the stack's name.
        address: the resource.
        argument: the argument; empty where only one side has the resource.
        configured: what the stack says, for people; empty if it hasn't the resource.
        applied: what the state says; empty likewise.
    """

    stack: str
    address: str
    argument: str
    configured: str
    applied: str


def differences(stack: StackConfiguration, state: StackConfiguration) -> Iterator[Difference]:
    """Yield what differs, as far as the stack tells before apply; nothing of what is sensitive."""
    ours = {block.address: block for block in stack.blocks if block.mode == "resource"}
    theirs = {block.address: block for block in state.blocks if block.mode == "resource"}
    for address, block in ours.items():
        if address not in theirs and not block.has_many:
            yield Difference(stack.name, address, "", "there", "not there")
    for address in theirs.keys() - {*ours}:
        if not any(block.has_many and block.key == theirs[address].key for block in ours.values()):
            yield Difference(stack.name, address, "", "not there", "there")
    for address, block in ours.items():
        if address in theirs:
            yield from _arguments(block, theirs[address], theirs)


def _arguments(block: Block, applied: Block, theirs: dict[str, Block]) -> Iterator[Difference]:
    for name in block.body:
        if name in _META or name == "dynamic" or is_secret(name):
            continue
        wanted = _resolved(block.value(name), theirs)
        has = applied.value(name) if name in applied.body else applied.told.get(name, ABSENT)
        if any(isinstance(each, Unknown | Reference) for each in (*leaves(wanted), *leaves(has))) or _fits(wanted, has):
            continue
        yield Difference(block.stack, block.address, name, _shown(wanted), _shown(has))


def _resolved(value: Any, theirs: dict[str, Block]) -> Any:
    """Return the value with what the state has in the place of references."""
    if isinstance(value, Reference):
        other = theirs.get(value.block.address)
        known = other.told.get(value.attribute, other.body.get(value.attribute)) if other is not None else None
        return value if known is None else known
    if isinstance(value, list):
        return [_resolved(item, theirs) for item in value]
    if isinstance(value, dict):
        return {key: _resolved(item, theirs) for key, item in value.items()}
    return value


def _fits(wanted: Any, has: Any) -> bool:
    """Return whether a state's value is what is wanted: in any order, and with what the provider adds to blocks."""
    if wanted in (ABSENT, None, "", [], {}):
        return True  # nobody's decision: what the provider puts there is its own
    if isinstance(wanted, dict):
        inside = has[0] if isinstance(has, list) and len(has) == 1 else has
        return isinstance(inside, dict) and all(_fits(item, inside.get(key, ABSENT)) for key, item in wanted.items())
    if isinstance(wanted, list):
        left = list(has) if isinstance(has, list) else [has]
        if len(left) != len(wanted):
            return False
        for item in wanted:
            fitting = next((each for each in left if _fits(item, each)), None)
            if fitting is None:
                return False
            left.remove(fitting)
        return True
    return _plain(wanted) == _plain(has)


def _keys(value: Any) -> Any:
    if isinstance(value, dict):
        return f"{{{', '.join(map(str, value))}}}"
    return [_keys(item) for item in value] if isinstance(value, list) else value


def _plain(value: Any) -> str:
    """Return a value as Terraform converts it to a text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _shown(value: Any) -> str:
    """Return a value for people; of maps and blocks the keys alone, as what stands there may be a secret."""
    text = "nothing" if value is ABSENT else _plain(_keys(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
