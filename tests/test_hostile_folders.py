"""Commands that are printed, documented or made take a folder's name as a name, whatever is in it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.terraform.test_manifest import write_manifest
from tests.test_app import HEADER
from tests.test_setup import Project, run_python

NAMES = ["my out", "`touch ran`", "$(touch ran)", "it's $HOME", '"; touch ran #', "-out", "*", "a & touch ran", "a\nb"]
# Notes each call in a line of its own, and reads what a person would type.
TERRAFORM = '#!/bin/sh\nprintf "%s\\0" "$@" >> "$CALLS"\nprintf "\\n\\0" >> "$CALLS"\nread -r answer; echo "$answer"\n'
LATTICELINK = (
    '#!/bin/sh\nexec "{python}" -c "import sys; from latticelink.cli.main import main; sys.exit(main())" "$@"\n'
)


def shell(folder: Path, command: str) -> list[list[str]]:
    """Run a command in bash, with a program in Terraform's place; return the calls of it."""
    programs = folder.parent / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "terraform").write_text(TERRAFORM)
    python = run_python(folder, "-c", "import sys; print(sys.executable)").stdout.strip()
    (programs / "latticelink").write_text(LATTICELINK.format(python=python))
    for program in programs.iterdir():
        program.chmod(0o755)
    calls = folder.parent / "calls"
    calls.write_text("")
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls)}
    typed = "yes\n" * 20
    ended = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, input=typed, text=True, check=False)
    assert ended.returncode == 0, command
    found = [call.split("\0") for call in calls.read_text().split("\n\0")]
    return [[word for word in call if word] for call in found if any(call)]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_the_printed_loop_leads_to_the_folders_and_runs_nothing_else(tmp_path: Path, name: str) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "app.py").write_text(f"{HEADER}\nraise SystemExit(run(make, outdir={name!r}))\n")
    ended = run_python(project, "app.py")
    assert ended.returncode == 0, ended.stderr
    found = re.search(r"^  Terraform:\n    (for .*?)\n\n", ended.stdout, re.M | re.S)
    assert found is not None
    chdir = f"-chdir={name}/stacks/producer"
    assert shell(project, found[1]) == [[chdir, "init"], [chdir, "apply"]]
    assert not (project / "ran").exists()
    assert "See it: " not in ended.stdout or "draw -" not in ended.stdout


def loops() -> list[tuple[str, str]]:
    """Return each loop over `latticelink order` in the documentation, with the page that has it."""
    found = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        text = page.read_text().replace("\\|", "|")
        found += [(page.name, each) for each in re.findall(r"while [^`]*?latticelink order[^)]*\)", text)]
    return found


def test_no_page_has_a_loop_that_splits_names() -> None:
    assert len(loops()) >= 4
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        assert not re.search(r"in \$\(.*latticelink order|chdir=\$", page.read_text()), page


@pytest.mark.parametrize(("page", "loop"), loops())
def test_a_documented_loop_leads_to_the_folders_and_leaves_the_terminal_to_terraform(
    tmp_path: Path, page: str, loop: str
) -> None:
    project = tmp_path / "project"
    out = project / "my `touch ran` $(touch ran)  out"
    out.mkdir(parents=True)
    write_manifest(out, {"b": ["a"], "a": []})
    calls = shell(project, re.sub(r"(latticelink order[^)]*)\)", rf"\1 '{out.name}')", loop))
    assert {call[0] for call in calls} == {f"-chdir={out.name}/stacks/{stack}" for stack in "ab"}, page
    assert not (project / "ran").exists()


@pytest.mark.parametrize("name", [each for each in NAMES if "\n" not in each and not each.startswith("-")], ids=repr)
def test_make_runs_nothing_that_the_folders_name_says(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path, "uv")
    project.folder = project.folder.rename(project.folder.with_name(name))
    for _ in range(2):
        ended = project.run("setup")
        assert (ended.returncode, ended.stderr) == (0, ""), name
    assert project.calls.read_text().splitlines() == ["--version"], "the second finds all done"
    assert not list(tmp_path.rglob("ran"))
