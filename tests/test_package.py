"""What is published: the contents and metadata of the wheel, what it is built from, and the workflow of a release."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from email.message import Message
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import latticelink

import pytest
import yaml

from tests.conftest import ROOT
from tests.wheel import build, metadata_of

RELEASE = ROOT / ".github" / "workflows" / "release.yml"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("package"))


@pytest.fixture
def package(wheel: Path) -> Distribution:
    return metadata_of(wheel)


def test_the_wheel_has_the_library_the_apps_of_init_and_nothing_else(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "lib", "stacks", "examples"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    apps = "latticelink/projects/apps/"
    expected = {
        re.sub("^lib/", "", name) if name.startswith("lib/") else apps + name
        for name in listed
        if (ROOT / name).is_file() and not re.match("examples/(README.md$|hcp/)", name)
    }
    expected |= {f"{apps}{name}" for name in ("main.py", "cdktf.json")}
    found = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert found == expected
    assert "latticelink/py.typed" in found


def test_the_metadata_says_what_it_is_who_may_use_it_and_what_it_is_called(package: Distribution) -> None:
    told: Message = package.metadata  # type: ignore[assignment]
    assert (told["Name"], told["Version"]) == ("latticelink", latticelink.__version__)
    assert told["License-Expression"] == "MIT"
    assert "MIT License" in (package.read_text("licenses/LICENSE") or "")
    assert told["Requires-Python"] == ">=3.11"
    assert "Typing :: Typed" in told.get_all("Classifier", [])
    assert told["Description-Content-Type"] == "text/markdown"
    assert str(told.get_payload()).startswith("# LatticeLink")
    assert {(each.group, each.name) for each in package.entry_points} == {
        ("console_scripts", "latticelink"),
        ("pytest11", "latticelink.testing.plugin"),
    }


def test_the_library_needs_little_by_itself_and_each_extra_pins_what_breaks(package: Distribution) -> None:
    asked = package.requires or []
    assert [each for each in asked if "extra ==" not in each] == ["shtab"]
    extras = set(package.metadata.get_all("Provides-Extra", []))
    assert extras == set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    for extra in ("cdktf", "cdktn"):
        pinned = [each.partition(";")[0] for each in asked if f"extra == '{extra}'" in each]
        assert len(pinned) == 3
        assert all(re.search("==|<", each) for each in pinned), pinned


def test_the_sdist_has_what_a_wheel_is_built_from_and_nothing_of_the_tests(wheel: Path) -> None:
    [unpacked] = [each for each in wheel.parent.iterdir() if each.is_dir()]
    kept = {
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "cdktf.json",
        "docs",
        "examples",
        "hatch_build.py",
        "lib",
        "main.py",
    }
    kept |= {"stacks", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert {each.name for each in unpacked.iterdir()} == kept


def _release() -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load(RELEASE.read_text())
    return workflow


def test_a_release_is_published_without_a_token_by_a_job_that_runs_no_code_of_the_repository() -> None:
    workflow = _release()
    assert workflow[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads the key `on` as a truth value.
    assert workflow["permissions"] == {}
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert build["permissions"] == {"contents": "read"}
    assert (publish["permissions"], publish["environment"], publish["needs"]) == (
        {"id-token": "write"},
        "pypi",
        "build",
    )
    assert [step for step in publish["steps"] if "run" in step] == []
    assert "secrets." not in RELEASE.read_text()


def test_the_actions_of_a_release_are_pinned_to_commits_with_their_version_beside() -> None:
    uses = re.findall(r"uses: (.*)", RELEASE.read_text())
    assert len(uses) == 5
    assert [each for each in uses if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


def test_what_a_release_runs_are_scripts() -> None:
    for step in _release()["jobs"]["build"]["steps"]:
        assert subprocess.run(["bash", "-n", "-c", step.get("run", "")], check=False).returncode == 0


def test_the_commands_that_build_a_release_build_it(wheel: Path, tmp_path: Path) -> None:
    """The step `build`, in a copy of the sdist with the Python of the tests as its own."""
    [unpacked] = [each for each in wheel.parent.iterdir() if each.is_dir()]
    copy = tmp_path / "repository"
    subprocess.run(["cp", "-R", str(unpacked), str(copy)], check=True)
    (copy / ".venv" / "bin").mkdir(parents=True)
    python = copy / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    [script] = [step["run"] for step in _release()["jobs"]["build"]["steps"] if step.get("name") == "build"]
    subprocess.run(["bash", "-e", "-c", script], cwd=copy, check=True, capture_output=True)
    [built] = copy.glob("dist/*.whl")
    assert built.read_bytes() == wheel.read_bytes()
    assert [each.name for each in copy.glob("dist/*.tar.gz")]
