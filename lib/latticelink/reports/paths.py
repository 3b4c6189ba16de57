"""Says what was found about paths, for people line by line, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from latticelink.paths.hops import Answer, Hop, TracedPath


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
            "client": path.who,
            "via": path.via,
            "resource": path.resource,
            "answer": str(path.answer),
            "ports": [str(each) for each in path.ports.ranges],
            "endpoint": path.endpoint.full_address,
            "resource_configuration": path.configuration.full_address if path.configuration else None,
            "hops": _hops(path.hops),
            "addresses": [
                {
                    "subnet": each.subnet,
                    "zone": each.zone,
                    "answer": str(each.answer),
                    "ports": [str(part) for part in each.ports.ranges],
                    "hops": _hops(each.hops),
                }
                for each in path.addresses
            ],
        }
        for path in paths
    ]


def _hops(hops: Sequence[Hop]) -> list[dict[str, Any]]:
    return [
        {
            "place": hop.place,
            "answer": str(hop.answer),
            "block": hop.block.full_address if hop.block else None,
            "why": hop.why,
            "fix": hop.fix,
            "file": hop.block.file.as_posix() if hop.block else "",
            "construct": hop.block.construct if hop.block else "",
            "judged": hop.answer is not Answer.NOT_JUDGED,
            "rules": [
                {
                    "block": rule.full_address,
                    "description": described if isinstance(described := rule.value("description"), str) else "",
                    "file": rule.file.as_posix(),
                    "construct": rule.construct,
                }
                for rule in hop.rules
            ],
        }
        for hop in hops
    ]


def title(path: TracedPath) -> str:
    """Return the path in one line, with its verdict."""
    stack = f"{path.stack}: " if path.stack else ""
    verdict = path.by_address if path.addresses else f"{_VERDICTS[path.answer]} TCP {path.ports}"
    return f"{stack}{path.who} -> {path.via} -> {path.resource}: {verdict}"


_VERDICTS = {Answer.PASS: "reachable on", Answer.FAIL: "blocked for", Answer.UNKNOWN: "unknown for"}


def _lines(path: TracedPath, why: bool) -> Iterator[str]:
    yield title(path)
    if not path.addresses:
        yield from _hop_lines(path.hops, why, "")
    for each in path.addresses:
        yield from _hop_lines(each.hops, why, f"in {each.zone}: ")


def _hop_lines(hops: Sequence[Hop], why: bool, where: str) -> Iterator[str]:
    for hop in hops:
        if hop.answer is Answer.FAIL:
            yield f"  {where}blocked: {hop.place}: {hop.why}"
            yield f"    fix: {hop.fix}"
        elif hop.answer is Answer.UNKNOWN:
            yield f"  {where}unknown: {hop.place}: {hop.why}"
            yield f"    settle: {hop.fix}"
        elif why:
            yield f"  {where}{'passes' if hop.answer is Answer.PASS else 'not judged'}: {hop.place}: {hop.why}"
