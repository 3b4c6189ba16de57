"""The built wheel in an environment of its own: with what its metadata asks for, and nothing of this repository."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from zipfile import Path as ZipPath
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

EXTRAS = ("cdktf", "cdktn", "lab", "node")


def build(folder: Path) -> Path:
    """Build the sdist, and of that the wheel; return the wheel."""
    # -B: of the build's own hook it would leave bytecode among what is unpacked.
    hatchling = [sys.executable, "-B", "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run([*hatchling, "--target", "sdist"], cwd=ROOT, check=True, capture_output=True)
    [sdist] = folder.glob("*.tar.gz")
    shutil.unpack_archive(sdist, folder, filter="data")
    unpacked = folder / sdist.name.removesuffix(".tar.gz")
    subprocess.run([*hatchling, "--target", "wheel"], cwd=unpacked, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    return wheel


def metadata_of(wheel: Path) -> Distribution:
    """Return the metadata of a wheel."""
    [folder] = [each for each in ZipPath(ZipFile(wheel)).iterdir() if each.name.endswith(".dist-info")]
    return PathDistribution(folder)  # type: ignore[arg-type]  # It reads by `joinpath` and `read_text` alone.


def install(wheel: Path, folder: Path) -> Path:
    """Make an environment with the wheel, its extras and pytest; return its folder of programs.

    What it needs comes as hard links from the environment of the tests, in a second and without a network. pip then
    judges by the metadata whether it is all there.
    """
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    [packages] = folder.glob("lib/python*/site-packages")
    for distribution in _needed([*(metadata_of(wheel).requires or ()), "pytest"]):
        _link(distribution, packages)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--isolated", "--disable-pip-version-check"]
    wanted = f"latticelink[{','.join(EXTRAS)}] @ {wheel.as_uri()}"
    for command in (["install", "--quiet", "--no-index", "--no-compile", wanted, "pytest"], ["check"]):
        result = subprocess.run([*pip, *command], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
    return folder / "bin"


def _needed(wanted: Iterable[str]) -> list[Distribution]:
    """Return the distributions, of those installed here, that requirements ask for, and what these need in turn."""
    found: dict[str, Distribution] = {}
    todo = [(Requirement(each), EXTRAS) for each in wanted]
    while todo:
        requirement, extras = todo.pop()
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            continue
        name = canonicalize_name(requirement.name)
        if name not in found:
            found[name] = Distribution.from_name(name)
            inner = found[name].requires or ()
            todo += [(Requirement(each), tuple(requirement.extras)) for each in inner]
    return list(found.values())


def _link(distribution: Distribution, packages: Path) -> None:
    for file in distribution.files or ():
        if ".." in file.parts or not (source := Path(str(file.locate()))).is_file():
            continue
        target = packages / str(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:  # Another file system.
                raise
            shutil.copy2(source, target)
