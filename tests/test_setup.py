"""What the first `make` installs: no more than it needs, from locks with hashes, and again where it failed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT, run_python
from tests.flavour import APPS, CDK, MOVE

SYNTH_LOCKS = {"cdktf": "requirements.lock", "cdktn": "requirements-cdktn.lock"}
LOCKS = (*SYNTH_LOCKS.values(), "requirements-dev.lock")

# Stands for Python, for pip (`python -m pip`) and for uv: notes what it is asked for, and warns while it installs.
STUB = """#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in *install*) echo "a warning" >&2;; esac
case "$*" in *"$FAILS"*) echo "no such package" >&2; exit 1;; esac
case "$*" in
  --version) echo "uv 1.0";;
  "-m venv --without-pip "*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python";;
  "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; cp "$0" "$3/bin/pip";;
esac
"""
# What `-c CODE` would do under a Python that is too old.
OLD_PYTHON = """#!/bin/sh
exec "{python}" -c 'import sys; sys.version_info = (3, 10, 14, "final", 0); exec(sys.argv[1])' "$2"
"""
STEPS = {
    "-m venv": "venv",
    "requirements.lock": "needs of a synth",
    "requirements-cdktn.lock": "needs of a synth on CDK Terrain",
    "--editable .": "package",
    "requirements-dev.lock": "tools",
    "-m compileall": "bytecode",
    "main.py": "synth",
}
SYNTH = ["venv", "needs of a synth", "package"]
TOOLS = ["tools", "bytecode"]


# Runs a program; its last line names the packages that it imported, beyond what Python imports at its start.
OWNERS = """
import sys
before = set(sys.modules)
import importlib.metadata, runpy
try:
    runpy.run_path(sys.argv[1], run_name="__main__")
except SystemExit as end:
    assert end.code == 0
owners = importlib.metadata.packages_distributions()
print(*{owner for name in set(sys.modules) - before for owner in owners.get(name, ())})
"""


class Project:
    """A folder with the Makefile, and what stands for the programs that it calls."""

    def __init__(self, folder: Path, installer: str) -> None:
        self.folder = folder / "a project"
        self.installer = installer
        self.programs = folder / "programs"
        self.calls = folder / "calls"
        for made in (self.folder, self.programs):
            made.mkdir(parents=True)
        for name in ("Makefile", "pyproject.toml", *LOCKS):
            shutil.copy(ROOT / name, self.folder)
        for name in ("python3", "uv"):
            self.program(name, STUB)

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)

    def run(self, *arguments: str, fails: str = "nothing fails") -> subprocess.CompletedProcess[str]:
        """Run make; let what is called with words that contain `fails` fail."""
        of_make = ("MAKE", "MFLAGS", "CDK")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(of_make)}
        environment |= {
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(self.calls),
            "FAILS": fails,
        }
        without_uv = [] if self.installer == "uv" else ["UV="]
        command = ["make", "PYTHON=python3", *without_uv, *arguments]
        self.calls.write_text("")
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    def steps(self, *arguments: str, fails: str = "nothing fails") -> list[str]:
        """Run make; return what it did."""
        result = self.run(*arguments, fails=fails)
        assert (result.returncode == 0) == (fails == "nothing fails"), result.stdout + result.stderr
        calls = self.calls.read_text().splitlines()
        return [step for call in calls for words, step in STEPS.items() if words in call]

    def add_line(self, name: str) -> None:
        with (self.folder / name).open("a") as file:
            file.write("# another line\n")


@pytest.fixture(params=["pip", "uv"])
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    if shutil.which("make") is None:
        pytest.skip("no make on PATH")
    return Project(tmp_path, request.param)


def pins(name: str) -> dict[str, str]:
    """Return what the lock says of each package: version, condition and hashes."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / name).read_text(), flags=re.M)
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry]
    return {entry.split("==")[0]: entry for entry in entries}


def declared(*extras: str) -> set[str]:
    """Return the names of the packages that pyproject.toml asks for, with `extras`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(word for extra in extras for word in project["optional-dependencies"][extra])]
    return {re.split(r"[^a-z0-9-]", word)[0] for word in asked}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_pins_everything_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text
    entries = pins(name)
    assert entries
    assert [package for package, entry in entries.items() if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("cdk", SYNTH_LOCKS)
def test_what_a_synth_needs_is_pinned_for_the_tests_as_well(cdk: str) -> None:
    synth, everything = map(pins, (SYNTH_LOCKS[cdk], LOCKS[-1]))
    assert {name: everything.get(name) for name in synth} == synth


@pytest.mark.parametrize("cdk", SYNTH_LOCKS)
def test_the_locks_have_what_is_declared_and_a_synth_installs_one_cdk_and_nothing_of_the_tests(cdk: str) -> None:
    synth, everything = map(pins, (SYNTH_LOCKS[cdk], LOCKS[-1]))
    assert declared(cdk, "node", "build") <= set(synth)
    assert declared(*SYNTH_LOCKS, "node", "build", "dev", "hcp") <= set(everything)
    assert set(synth).isdisjoint(declared(*SYNTH_LOCKS, "dev", "hcp") - declared(cdk, "node", "build"))


def test_a_synth_imports_nothing_that_its_lock_leaves_out(tmp_path: Path) -> None:
    result = run_python(tmp_path, "-c", OWNERS, str(APPS / "main.py"), PYTHONPATH=str(APPS))
    assert result.returncode == 0, result.stderr
    used = {re.sub(r"[-_.]+", "-", name).lower() for name in result.stdout.splitlines()[-1].split()}
    assert {CDK.core, "constructs", "jsii"} <= used
    assert used - set(pins(SYNTH_LOCKS[CDK.core])) <= {"latticelink"}


def test_a_synth_installs_what_it_needs_once_and_says_so_in_a_line_each(project: Project) -> None:
    result = project.run("synth")
    assert result.returncode == 0, result.stderr
    assert [line.split(" ")[0] for line in result.stdout.splitlines()] == ["Making", "The"]
    assert result.stderr == ""
    assert project.steps("synth") == ["synth"]


def test_a_synth_on_cdk_terrain_has_a_folder_of_its_own_and_moves_the_app_over(project: Project) -> None:
    (project.folder / "docs").mkdir()
    shutil.copy(MOVE, project.folder / "docs")
    (project.folder / "stacks").mkdir()
    for name in ("main.py", "stacks/one.py"):
        (project.folder / name).write_text("from cdktf import App\n")
    steps = project.steps("synth", "CDK=cdktn")
    assert steps == ["venv", "needs of a synth on CDK Terrain", "package", "synth"]
    assert not (project.folder / ".venv").exists()
    assert "build/cdktn/main.py" in project.calls.read_text()
    for name in ("main.py", "stacks/one.py"):
        assert (project.folder / "build" / "cdktn" / name).read_text() == "from cdktn import App\n"
        assert (project.folder / name).read_text() == "from cdktf import App\n"
    assert project.steps("synth", "CDK=cdktn") == ["synth"]
    assert project.steps("synth") == [*SYNTH, "synth"]


def test_a_cdk_that_there_is_not_is_refused(project: Project) -> None:
    result = project.run("synth", "CDK=terrain")
    assert result.returncode == 2
    assert "CDK is terrain; it is cdktf, or cdktn for CDK Terrain" in result.stderr


def test_the_tools_come_when_they_are_first_used(project: Project) -> None:
    assert project.steps("setup") == SYNTH
    assert project.steps("bench") == TOOLS
    assert project.steps("bench") == []
    assert project.steps("synth") == ["synth"]


@pytest.mark.parametrize(
    ("what_fails", "words"),
    [
        ("the environment", "-m venv"),
        ("the packages", "requirements.lock"),
        ("the package of this folder", "--editable"),
    ],
)
def test_a_setup_that_fails_says_why_and_is_done_again(project: Project, what_fails: str, words: str) -> None:
    result = project.run("synth", fails=words)
    assert result.returncode != 0
    assert "no such package" in result.stderr, what_fails
    assert project.steps("synth")[-2:] == ["package", "synth"]
    assert project.steps("synth") == ["synth"]


def test_tools_that_fail_leave_the_synth_as_it_was_and_are_done_again_from_the_start(project: Project) -> None:
    project.steps("setup")
    assert project.steps("bench", fails="requirements-dev.lock") == ["tools"]
    assert project.steps("synth") == ["synth"]
    assert project.steps("bench") == SYNTH + TOOLS
    assert project.steps("bench") == []


@pytest.mark.parametrize(
    ("what_changes", "name", "expected"),
    [
        ("what a synth needs", "requirements.lock", SYNTH + TOOLS),
        ("what the tools need", "requirements-dev.lock", SYNTH + TOOLS),
        ("the package's own description", "pyproject.toml", ["package"]),
    ],
)
def test_what_changed_is_installed_anew(project: Project, what_changes: str, name: str, expected: list[str]) -> None:
    project.steps("bench")
    project.add_line(name)
    assert project.steps("bench") == expected, what_changes
    assert project.steps("bench") == []


def test_a_folder_that_was_moved_gets_its_package_again(project: Project) -> None:
    project.steps("bench")
    project.folder = project.folder.rename(project.folder.with_name("moved elsewhere"))
    assert project.steps("bench") == ["package"]


def test_an_environment_made_with_uv_is_made_anew_where_uv_is_gone(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("no make on PATH")
    project = Project(tmp_path, "uv")
    project.steps("setup")
    project.installer = "pip"
    assert project.steps("setup") == SYNTH
    project.installer = "uv"
    assert project.steps("setup") == []


def test_a_python_that_is_too_old_is_refused_in_a_sentence_and_nothing_is_touched(project: Project) -> None:
    project.steps("setup")
    project.add_line("requirements.lock")
    before = sorted((project.folder / ".venv").rglob("*"))
    project.program("python3", OLD_PYTHON.format(python=sys.executable))
    result = project.run("synth")
    assert result.returncode != 0
    assert result.stderr.splitlines()[0] == (
        "LatticeLink needs Python 3.11 or newer; PYTHON=... make chooses another than " + sys.executable
    )
    assert "Traceback" not in result.stderr
    assert sorted((project.folder / ".venv").rglob("*")) == before


def folders(variable: str) -> list[Path]:
    [named] = re.findall(rf"^{variable} := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return [ROOT / folder for folder in named.split()]


def starts_engines(tests: Path) -> bool:
    return re.search(r"mark\.engine\b", tests.read_text()) is not None


def test_make_looks_for_tests_on_engines_where_they_are() -> None:
    marked = list(filter(starts_engines, ROOT.glob("tests/**/*.py")))
    assert marked
    assert [path for path in marked if not any(path.is_relative_to(each) for each in folders("ENGINES"))] == []


def test_tests_that_run_on_one_cdk_alone_load_none() -> None:
    tests = [
        path for folder in folders("LOADS_NO_CDK") for path in folder.glob("test_*.py") if not starts_engines(path)
    ]
    assert tests
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in tests]
    code = f"import sys, {', '.join(modules)}\nprint({{'jsii', 'cdktf', 'cdktn', 'constructs'}} & sys.modules.keys())"
    result = run_python(ROOT, "-c", code)
    assert (result.stdout, result.stderr) == ("set()\n", "")
