"""Says what was found about paths, for people line by line, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from latticelink.paths.hops import Answer, TracedPath


def path_lines(paths: Sequence[TracedPath], *, why: bool = False) -> list[str]:
    """Return one line for each path, and below it each hop that blocks or isn't known, with what to do.

    Args:
        paths: the paths.
        why: whether the hops that pass are told too, each with the rule that admits.
    """
    return [line for path in paths for line in _lines(path, why)]


def as_dicts(paths: Sequence[TracedPath]) -> list[dict[str, Any]]:
    """Return the paths as plain data, for JSON."""
    return [
        {
            "stack": path.stack,
            "client": path.client,
            "via": path.via,
            "resource": path.resource,
            "answer": str(path.answer),
            "ports": [str(each) for each in path.ports.ranges],
            "endpoint": path.endpoint.full_address,
            "resource_configuration": path.configuration.full_address if path.configuration else None,
            "hops": [
                {
                    "place": hop.place,
                    "answer": str(hop.answer),
                    "block": hop.block.full_address if hop.block else None,
                    "why": hop.why,
                    "fix": hop.fix,
                }
                for hop in path.hops
            ],
        }
        for path in paths
    ]


def title(path: TracedPath) -> str:
    """Return the path in one line, with its verdict."""
    stack = f"{path.stack}: " if path.stack else ""
    verdict = {
        Answer.PASS: f"reachable on TCP {path.ports}",
        Answer.FAIL: f"blocked for TCP {path.ports}",
        Answer.UNKNOWN: f"unknown for TCP {path.ports}",
    }[path.answer]
    return f"{stack}{path.client} -> {path.via} -> {path.resource}: {verdict}"


def _lines(path: TracedPath, why: bool) -> Iterator[str]:
    yield title(path)
    for hop in path.hops:
        if hop.answer is Answer.FAIL:
            yield f"  blocked: {hop.place}: {hop.why}"
            yield f"    fix: {hop.fix}"
        elif hop.answer is Answer.UNKNOWN:
            yield f"  unknown: {hop.place}: {hop.why}"
            yield f"    settle: {hop.fix}"
        elif why:
            yield f"  passes: {hop.place}: {hop.why}"
