"""Says what paths lead through as plain data, for JSON: the key `topology`, which docs/topology.md explains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from latticelink.paths.outline import VERSION, Outline, Way


def topology(outline: Outline) -> dict[str, Any]:
    """Return an outline as plain data; its paths stand in the order of the report's `paths`, which have the hops."""
    return {
        "version": VERSION,
        "stacks": list(outline.stacks),
        "vpcs": _each(outline.vpcs.values()),
        "clients": _each(outline.clients.values()),
        "endpoints": _each(outline.endpoints.values()),
        "service_networks": _each(outline.service_networks.values()),
        "gateways": _each(outline.gateways.values()),
        "resource_configurations": _each(outline.resource_configurations.values()),
        "targets": _each(outline.targets.values()),
        "paths": [_way(each) for each in outline.ways],
    }


def _each(parts: Iterable[Any]) -> list[dict[str, Any]]:
    return [_plain(asdict(part)) for part in parts]


def _way(way: Way) -> dict[str, Any]:
    return {name: _plain(value) for name, value in vars(way).items() if name != "traced"}


def _plain(value: Any) -> Any:
    """Return tuples as lists, as they stand in JSON."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
