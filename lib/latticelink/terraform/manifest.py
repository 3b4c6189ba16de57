"""The stacks of a synth output folder in deploy order, from its manifest.json; knows no CDK."""

from __future__ import annotations

import json
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from latticelink.errors import LatticeLinkError, UnreadableInput
from latticelink.values.calls import judged, judged_init

# 250 characters a stack: far more stacks than anybody deploys in one go.
_LONGEST = 2_000_000


@judged_init
@dataclass(frozen=True)
class StackFolder:
    """One stack in a synth output folder.

    Attributes:
        name: the stack's id.
        path: the folder in which Terraform runs.
        file: the stack's Terraform JSON.
        dependencies: names of the stacks to deploy before this one.
    """

    name: str
    path: Path
    file: Path
    dependencies: tuple[str, ...]


@judged
def in_deploy_order(outdir: Path) -> list[StackFolder]:
    """Return the stacks of `outdir`, each after those that it depends on.

    Args:
        outdir: the folder that a synth wrote, with `manifest.json`.

    Raises:
        LatticeLinkError: if there is no such file, it is no manifest, or its stacks wait for each other.
        UnreadableInput: if a path in it leads out of the folder, by `..`, a root or a link, or can't be a line.

    Source: https://developer.hashicorp.com/terraform/cdktf/concepts/cdktf-architecture
    """
    manifest = Path(outdir) / "manifest.json"
    stacks = {}
    try:
        if manifest.exists() and not manifest.is_file():
            raise LatticeLinkError(f"{manifest} is not a file. Name the folder that a synth wrote, such as cdktf.out.")
        for name, entry in sorted(json.loads(_text_of(manifest))["stacks"].items()):
            stacks[name] = _stack(manifest, name, entry)
    except OSError as error:
        raise LatticeLinkError(
            f"Can't read {manifest}: {error.strerror or error}. Name the folder that a synth wrote, such as cdktf.out."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise LatticeLinkError(
            f"{manifest} is not a manifest of CDKTF or CDK Terrain: it should have `stacks`, each with its folder, its "
            "file and its dependencies. Run the synth again."
        ) from None
    return [stacks[name] for name in _sorted(manifest, stacks)]


def _text_of(manifest: Path) -> str:
    with manifest.open(encoding="utf-8") as opened:
        text = opened.read(_LONGEST + 1)
    if len(text) > _LONGEST:
        raise LatticeLinkError(f"{manifest} is too large: no more than {_LONGEST:,} characters are read.")
    return text


def _stack(manifest: Path, name: str, entry: dict[str, Any]) -> StackFolder:
    dependencies = entry["dependencies"]
    if not name.isprintable():
        raise UnreadableInput(f"{manifest} has a stack {name!r}, with invisible characters. Run the synth again.")
    if not isinstance(dependencies, list) or not all(isinstance(other, str) for other in dependencies):
        raise TypeError("dependencies")
    file, path = (_inside(manifest, name, entry, key) for key in ("synthesizedStackPath", "workingDirectory"))
    return StackFolder(name, path, file, tuple(sorted(dependencies)))


def _inside(manifest: Path, name: str, entry: dict[str, Any], key: str) -> Path:
    """Return where a path of the manifest leads, which anybody may have written: within its folder, past no link."""
    outdir = manifest.parent
    given: str = entry[key]
    place = outdir / given
    said = f"{manifest} says that {key!r} of {name!r} is {given!r}"
    if not given.isprintable():
        raise UnreadableInput(f"{said}, with invisible characters. Run the synth again.")
    below = [each for each in (place, *place.parents) if each != outdir and each.is_relative_to(outdir)]
    if link := next((each for each in reversed(below) if each.is_symlink()), None):
        raise UnreadableInput(f"{said}, and {link} is a symbolic link. Remove it and run the synth again.")
    if not place.resolve().is_relative_to(outdir.resolve()):
        raise UnreadableInput(f"{said}, which leads out of the folder. Run the synth again.")
    return place


def _sorted(manifest: Path, stacks: dict[str, StackFolder]) -> list[str]:
    for stack in stacks.values():
        if missing := [name for name in stack.dependencies if name not in stacks]:
            raise LatticeLinkError(
                f"{manifest} says that {stack.name!r} comes after {missing[0][:200]!r}, which is not in it. Run the "
                f"synth again."
            )
    sorter = TopologicalSorter({name: stack.dependencies for name, stack in stacks.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " after ".join(repr(name) for name in error.args[1])
        raise LatticeLinkError(f"{manifest} has stacks that depend on each other: {circle}.") from None
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += ready
        sorter.done(*ready)
    return ordered
