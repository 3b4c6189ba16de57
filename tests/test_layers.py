"""The layers point one way, and the public surface is what it says it is."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import latticelink

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "lib" / "latticelink"
MODULES = sorted(PACKAGE.rglob("*.py"))
# What a module of each layer may import of the library.
ALLOWED = {
    "values": ("latticelink.values", "latticelink.errors"),
    "errors": (),
    "order": ("latticelink.errors",),
    "replacements": ("latticelink.errors", "latticelink.order"),
    "summary": ("latticelink.order", "latticelink.values"),
    "checks": ("latticelink.checks", "latticelink.values", "latticelink.errors", "latticelink.order"),
    "cli": ("latticelink.checks", "latticelink.order", "latticelink.errors"),
    "constructs": (
        "latticelink.backends",
        "latticelink.constructs",
        "latticelink.values",
        "latticelink.errors",
        "latticelink",
    ),
    "backends": ("latticelink.state", "latticelink.values", "latticelink.errors", "latticelink"),
    "state": ("latticelink.values", "latticelink.errors", "latticelink"),
}


def imports(module: Path) -> set[str]:
    """Return what a module imports when it runs; imports for type checkers alone don't count."""
    tree = ast.parse(module.read_text())
    typing_only = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for node in ast.walk(branch)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("module", MODULES, ids=[str(module.relative_to(PACKAGE)) for module in MODULES])
def test_imports_point_one_way_and_only_one_module_knows_the_cdk(module: Path) -> None:
    layer = module.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for name in imports(module):
        assert not name.startswith(("cdktf", "jsii", "constructs")), "only _cdk.py imports these"
        if layer in ALLOWED and name.startswith("latticelink"):
            assert any(name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED[layer]), name
            assert layer == "constructs" or not name.startswith("latticelink.constructs")
            assert not name.startswith(("latticelink.app", "latticelink.summary"))


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
        "print([name for name in sys.modules if name.split('.')[0] in ('jsii', 'cdktf', 'constructs')])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
