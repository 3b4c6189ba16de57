"""The rooms' arrows point one way, and the public surface is what it says it is.

`ARROWS` is the drawing of CONTRIBUTING.md, arrow by arrow. A module in no room fails, so that a new one gets one.
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import latticelink

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "lib" / "latticelink"

# Each room, and the rooms whose arrows lead straight into it; it may import these and all that they may.
ARROWS: dict[str, set[str]] = {
    "disclosure": set(),
    "errors": {"disclosure"},
    "terminal": set(),
    "values": {"errors"},
    "cdk": {"values"},
    "constructs": {"cdk"},
    "app": {"constructs", "reports", "terminal"},
    "terraform": {"values"},
    "network": {"terraform"},
    "paths": {"network"},
    "checks": {"paths"},
    "reports": {"checks"},
    "picture": {"paths"},
    "lab": {"paths", "terminal"},
    "projects": {"errors"},
    "cli": {"cdk", "reports", "picture", "lab", "projects", "terminal"},
    "testing": {"app"},
}
# The files beside the rooms that make up the app: stacks, where their state is kept, what is said after a synth.
APP = {
    "app",
    "applied",
    "backends",
    "cloud_workspaces",
    "placing",
    "reading_ahead",
    "removals",
    "replacements",
    "state",
    "state_bucket",
    "summary",
    "taken_domains",
}
VERSION = "latticelink.__version__"  # Whoever imports it loads nothing else.
CDK = ("cdktf", "cdktf_cdktf_provider_aws", "cdktn", "cdktn_provider_aws", "constructs", "jsii")


def room_of(module: str) -> str | None:
    """Return the room of a module of the library, by its dotted name; None if it is in none."""
    _, first, *_ = [*module.split("."), ""]
    return "app" if first in APP else first if first in ARROWS else None


def may_import(room: str) -> set[str]:
    """Return the rooms that a file of `room` may import, its own among them."""
    found, todo = {room}, [*ARROWS[room]]
    while todo:
        other = todo.pop()
        if other not in found:
            found.add(other)
            todo += ARROWS[other]
    return found


def imported(module: str, source: str, *, is_package: bool = False) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it the import stands: types count as well."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                base = ".".join([*parts[: len(parts) - node.level + 1], *([base] if base else [])])
            yield from [] if base == "latticelink" else [base]
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).rpartition(".")[2] in ("import_module", "__import__")
            and node.args
            and isinstance(name := getattr(node.args[0], "value", None), str)
        ):
            yield name


def refusals(module: str, source: str, *, is_package: bool = False) -> list[str]:
    """Return what is wrong with the imports of a module, a sentence each."""
    room = room_of(module)
    if room is None:
        return [f"{module} is in no room of DESIGN's: put it into one, or give its room its arrows in ARROWS"]
    found = []
    for name in imported(module, source, is_package=is_package):
        if name.split(".")[0] in CDK and room != "cdk":
            found.append(f"{module} imports {name}, which the room cdk alone may")
        if name == "latticelink" or (name.startswith("latticelink.") and name != VERSION):
            other = room_of(name)
            if other not in may_import(room):
                found.append(f"{module} ({room}) imports {name} ({other}), against the arrows")
    return found


def name_of(path: Path) -> str:
    return ".".join(("latticelink", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES])
def test_a_module_imports_its_own_room_and_those_below(path: Path) -> None:
    assert refusals(name_of(path), path.read_text(), is_package=path.name == "__init__.py") == []


FORBIDDEN = [(room, other) for room in ARROWS for other in ARROWS if other not in may_import(room)]


@pytest.mark.parametrize(("room", "other"), FORBIDDEN, ids=[f"{room} to {other}" for room, other in FORBIDDEN])
def test_each_forbidden_arrow_is_refused_when_it_is_tried(room: str, other: str) -> None:
    module = {"app": "latticelink.app", "errors": "latticelink.errors"}.get(room, f"latticelink.{room}.some")
    target = {"app": "latticelink.state", "errors": "latticelink.errors"}.get(other, f"latticelink.{other}.thing")
    parent, _, last = target.rpartition(".")
    for source in (
        f"import {target}",
        f"from {target} import x",
        f"from {parent} import {last}" if parent == "latticelink" or other not in APP else f"import {target} as y",
        f"def late():\n    from {target} import x",
        f"if TYPE_CHECKING:\n    from {target} import x",
        f"importlib.import_module({target!r})",
        f"from ..{other} import thing" if room not in ("app", "errors") and other not in ("app", "errors") else "",
    ):
        if source:
            assert refusals(module, source), source


@pytest.mark.parametrize("room", ARROWS)
def test_only_the_room_cdk_imports_the_cdk(room: str) -> None:
    module = {"app": "latticelink.app", "errors": "latticelink.errors"}.get(room, f"latticelink.{room}.some")
    for package in CDK:
        assert bool(refusals(module, f"from {package}.vpc import Vpc")) == (room != "cdk")


@pytest.mark.parametrize("module", ["latticelink.helpers", "latticelink.utils.text"])
def test_a_module_in_no_room_is_refused(module: str) -> None:
    assert refusals(module, "")


def test_the_arrows_make_no_circle() -> None:
    list(TopologicalSorter(ARROWS).static_order())


def test_no_two_modules_import_each_other_and_nothing_is_imported_late_to_hide_it() -> None:
    """Within a room too: a circle of files is one file in several pieces."""
    known = {name_of(path) for path in MODULES}
    graph = {
        module: set(imported(module, path.read_text(), is_package=path.name == "__init__.py")) & known - {module}
        for path, module in ((path, name_of(path)) for path in MODULES)
    }
    list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("name", latticelink.__all__)
def test_every_public_name_can_be_imported_and_says_what_it_is(name: str) -> None:
    value = getattr(latticelink, name)
    assert value.__doc__
    assert not isinstance(value, type(importlib))


def test_the_public_names_are_in_order_and_listed() -> None:
    assert latticelink.__all__ == sorted(latticelink.__all__)
    assert set(latticelink.__all__) <= set(dir(latticelink))


def test_importing_the_package_and_its_values_starts_no_node_and_no_cdk() -> None:
    code = (
        "import latticelink, sys\n"
        "latticelink.IpResource, latticelink.Subnet, latticelink.SharedResource, latticelink.InvalidInput\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('jsii', 'cdktf', 'cdktn', 'constructs')])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
