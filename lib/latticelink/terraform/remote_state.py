"""Which stack's state a `terraform_remote_state` reads: the one whose backend is the same, whatever the names are."""

from __future__ import annotations

import os.path
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from latticelink.terraform.blocks import Block, Home
from latticelink.terraform.configuration import StackConfiguration
from latticelink.terraform.known import ABSENT, Reference, Unknown, first_unknown
from latticelink.values.hcp import HCP_HOST

# The arguments that say where the state is, of each kind of backend; an absent one has the value beside it.
_PLACE: dict[str, dict[str, Any]] = {
    "azurerm": {"storage_account_name": None, "container_name": None, "key": None},
    "gcs": {"bucket": None, "prefix": ""},
    "http": {"address": None},
    "s3": {"bucket": None, "key": None},
}


def read_stack(reader: Block, stacks: Sequence[StackConfiguration]) -> StackConfiguration | Unknown:
    """Return the stack whose state the data source reads, or why that can't be determined.

    Source: https://developer.hashicorp.com/terraform/language/state/remote-state-data
    """
    backend, config = reader.value("backend"), reader.value("config")
    if isinstance(config, list) and len(config) == 1:
        config = config[0]
    config = {} if config is ABSENT else config
    if unknown := first_unknown([backend, config]):
        return unknown.keeps(f"where {reader.address} reads")
    if isinstance(backend, str) and isinstance(config, dict):
        names = {reader.name, *_names_of_state(config)}
        if named := [stack for stack in stacks if stack.raw.called in names]:
            return named[0]
        place = _place(backend, config, reader.home)
        found = [stack for stack in stacks if place is not None and place_of_state(stack) == place]
        if len(found) == 1:
            return found[0]
    settle = "Check the folder that has both stacks, or a plan of this one."
    if len({stack.raw.input for stack in stacks}) > 1:
        settle = f"If one of the inputs is that stack, say so: --as {reader.name}=FILE. Or check a plan of this one."
    return Unknown(f"{reader.address} reads the state of a stack that isn't in the input", settle)


def _names_of_state(config: dict[str, Any]) -> Iterator[str]:
    """Yield what a stack may be called, by where its state is: the name of the file, or of the workspace."""
    for argument in ("path", "key", "prefix", "address"):
        if isinstance(given := config.get(argument), str):
            yield PurePosixPath(given).name.removesuffix(".tfstate")
    workspaces = _only(config.get("workspaces")) or {}
    if isinstance(name := workspaces.get("name"), str):
        yield name


def place_of_state(stack: StackConfiguration) -> tuple[Any, ...] | None:
    """Return where a stack keeps its state, None if it isn't known; without a backend block it is beside the code."""
    if stack.raw.is_state and stack.file.name.endswith(".tfstate"):
        return ("local", os.path.normpath(stack.file.absolute()))
    if stack.raw.is_unfolded:
        return None
    cloud = _only(stack.terraform.get("cloud"))
    if cloud is not None:
        return _place("remote", cloud, stack)
    backend = _only(stack.terraform.get("backend"))
    if backend is None and any(heading[0] in ("backend", "cloud") for heading in stack.raw.elsewhere):
        return None
    if backend is None:
        return _place("local", {}, stack)
    kinds = [(kind, _only(config)) for kind, config in backend.items() if kind != "//"]
    if len(kinds) != 1 or kinds[0][1] is None:
        return None
    return _place(kinds[0][0], kinds[0][1], stack)


def _only(raw: Any) -> dict[str, Any] | None:
    raw = raw[0] if isinstance(raw, list) and len(raw) == 1 else raw
    return raw if isinstance(raw, dict) else None


def _place(kind: str, raw: dict[str, Any], stack: Home) -> tuple[Any, ...] | None:
    """Return what tells one state from all others."""
    config = stack.worth(raw)
    if isinstance(config, Unknown):
        return None
    config = {key: value for key, value in config.items() if value is not ABSENT} if isinstance(config, dict) else {}
    if kind == "local":
        path = config.get("path", "terraform.tfstate")
        return (kind, os.path.normpath(stack.folder.absolute() / path)) if isinstance(path, str) else None
    if kind in ("remote", "cloud"):
        workspaces = _only(config.get("workspaces")) or {}
        place = (
            config.get("hostname", HCP_HOST),
            config.get("organization"),
            workspaces.get("name"),
            workspaces.get("prefix"),
        )
        named = place[2] is not None or place[3] is not None
        return ("remote", *place) if named and all(isinstance(part, str | None) for part in place) else None
    values = [config.get(name, absent) for name, absent in _PLACE.get(kind, {}).items()]
    if not values or any(value is None or isinstance(value, Unknown | Reference | list | dict) for value in values):
        return None
    return (kind, *values)
