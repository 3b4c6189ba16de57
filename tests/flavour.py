"""The CDK that this run of the tests is about (LATTICELINK_CDK), and the apps of this repository in its words."""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from latticelink.cdk import flavour
from latticelink.cdk.flavour import CDK_TERRAIN, CDKTF, Flavour

ROOT = Path(__file__).parent.parent
CDK = flavour.chosen()
OTHER = CDKTF if CDK is CDK_TERRAIN else CDK_TERRAIN
MOVE = ROOT / "docs" / "cdktf-to-cdktn.sed"
SCENARIO = "scenario"
VERSIONS = {CDKTF: "0.21.0", CDK_TERRAIN: "0.24.0"}

# Child processes are about the same CDK.
os.environ[flavour.VARIABLE] = CDK.core


def core() -> Any:
    """Return the CDK's Python package."""
    importlib.import_module("latticelink.cdk.bindings")  # It starts Node.js.
    return importlib.import_module(CDK.core)


def bindings(module: str) -> Any:
    """Return a module of the CDK's bindings of the AWS provider."""
    core()
    return importlib.import_module(f"{CDK.bindings}.{module}")


def moved(code: str) -> str:
    """Return code that was written for CDKTF as code for CDK Terrain, by the way that docs/cdk-terrain.md shows."""
    return subprocess.run(["sed", "-E", "-f", MOVE], input=code, capture_output=True, text=True, check=True).stdout


def in_words_of(cdk: Flavour, code: str) -> str:
    """Return code that was written for CDKTF as code for `cdk`."""
    return code if cdk is CDKTF else moved(code)


def apps_in_words_of(cdk: Flavour, folder: Path) -> Path:
    """Return a folder with main.py, stacks/ and examples/ for `cdk`: this repository, or a copy made in `folder`."""
    if cdk is CDKTF:
        return ROOT
    for name in ("stacks", "examples"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.out", "state"))
    shutil.copy(ROOT / "main.py", folder)
    subprocess.run(["sed", "-E", "-i.cdktf", "-f", MOVE, *folder.rglob("*.py")], check=True)
    return folder


def program_of(app: str, apps: Path | None = None) -> Path:
    """Return the program of the scenario, or of the example with this name, in `apps` or in this run's CDK's words."""
    folder = apps or APPS
    return folder / "main.py" if app == SCENARIO else folder / "examples" / app / "main.py"


def output_of(app: str) -> str:
    """Return the folder that the scenario, or the example with this name, writes beside where it is started."""
    return "cdktf.out" if app == SCENARIO else f"{app}.out"


def _apps() -> Path:
    if CDK is CDKTF:
        return ROOT
    folder = Path(tempfile.mkdtemp(prefix="latticelink-apps."))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return apps_in_words_of(CDK, folder)


APPS = _apps()
