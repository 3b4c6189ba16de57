"""Puts what was applied in the place of what was written last, where a stack's state lies in a local file.

A state has values, where the JSON may have expressions: of what is in both, the arguments that are values in the JSON
too are compared with the state, and the others with the last synth. What was never applied is nothing that goes.

Source: https://developer.hashicorp.com/terraform/language/backend/local
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from latticelink.replacements import COMPARED, Blocks
from latticelink.terraform.json_files import UnreadableInput, load
from latticelink.terraform.plan_references import mapping, mappings
from latticelink.terraform.raw import RawStack
from latticelink.terraform.states import is_state

# Of these the state has the order, the defaults or the form of AWS.
_BY_SYNTH = frozenset({"input", "resource_configuration_definition"})


def read_applied(stacks: Iterable[RawStack]) -> Blocks:
    """Return the resources that AWS may have to replace, by stack and address, of each stack with a local state.

    A state that can't be read, or is another workspace's, tells nothing.
    """
    found = {stack.name: _in_state(file) for stack in stacks if (file := _state_file(stack)) is not None}
    return {name: blocks for name, blocks in found.items() if blocks is not None}


def with_applied(before: Blocks, applied: Blocks, after: Blocks) -> Blocks:
    """Return what was written before as it was applied, for the stacks whose state is known.

    Args:
        before: what the last synth wrote.
        applied: what `read_applied` returned, with the addresses that moved blocks give it.
        after: what this synth wrote.
    """
    return before | {
        stack: {
            address: _as_applied(state, before.get(stack, {}).get(address), after.get(stack, {}).get(address, {}))
            for address, state in blocks.items()
        }
        for stack, blocks in applied.items()
    }


def _as_applied(state: Mapping[str, Any], before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
    written = before or after or state
    values = {
        argument: state[argument]
        for argument, now in after.items()
        if argument not in _BY_SYNTH and _is_value(now) and _is_value(state.get(argument))
    }
    return {**written, **values}


def _is_value(part: Any) -> bool:
    """Return whether it is a value of one line or a list of such, and no expression."""
    parts = part if isinstance(part, list) else [part]
    return bool(parts) and all(isinstance(each, str | int) and "${" not in str(each) for each in parts)


def _state_file(stack: RawStack) -> Path | None:
    local = mapping(mapping(stack.terraform.get("backend")).get("local"))
    path, chosen = local.get("path"), stack.folder / ".terraform" / "environment"
    try:
        is_another = chosen.is_file() and chosen.read_text(encoding="utf-8").strip() not in ("", "default")
    except (OSError, ValueError):
        is_another = True
    return stack.folder / path if isinstance(path, str) and not is_another else None


def _in_state(file: Path) -> dict[str, dict[str, Any]] | None:
    try:
        content = load(file)
    except (OSError, UnreadableInput):
        return None
    if not is_state(content) or content.get("version") != 4:
        return None
    return {
        f"{each['type']}.{each['name']}": mapping(instances[0].get("attributes"))
        for each in mappings(content.get("resources"))
        if each.get("mode") == "managed" and each.get("type") in COMPARED and isinstance(each.get("name"), str)
        if "module" not in each
        and (instances := [one for one in mappings(each.get("instances")) if "deposed" not in one])
    }
