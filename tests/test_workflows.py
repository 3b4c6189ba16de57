"""The GitHub Actions workflows in docs/ci: they parse, name only commands that exist, and hold no secrets."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from latticelink.cli import main as cli

import pytest
import yaml

from tests.conftest import ROOT, run_python

WORKFLOWS = sorted((ROOT / "docs" / "ci").glob("*.yml"))
ACTIONS = {
    "actions/checkout@v4",
    "actions/setup-node@v4",
    "actions/setup-python@v5",
    "aws-actions/configure-aws-credentials@v4",
    "hashicorp/setup-terraform@v3",
}
# What a step's line may begin with, besides the shell's own words; and what may come after it.
VERBS = {
    "terraform": {"init", "plan", "apply"},
    "cdktf": {"diff", "deploy"},
    "git": {"add", "diff"},
    "npm": {"ci"},
}


def read(path: Path) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load(path.read_text())
    return workflow


def steps(path: Path) -> list[dict[str, Any]]:
    [job] = read(path)["jobs"].values()
    return list(job["steps"])


def script(path: Path, name: str) -> str:
    """Return what the step `name` runs."""
    [found] = [step["run"] for step in steps(path) if step.get("name") == name]
    return str(found)


def commands(text: str) -> list[list[str]]:
    """Return the commands in a step, in the shell's words, those in `$( )` too."""
    inner = [command for found in re.findall(r"\$\(([^)]*)\)", text) for command in commands(found)]
    lines = [line.strip() for line in re.sub(r"\$\([^)]*\)", "X", text).splitlines()]
    plain = [line for line in lines if line and not re.match(r"for |do$|done$", line)]
    return inner + [shlex.split(line) for line in plain]


def parses(arguments: list[str]) -> bool:
    """Return whether the command line of latticelink takes `arguments`; what they ask for may be absent."""
    try:
        cli.main(arguments)
    except SystemExit:
        return False
    return True


def exists(command: list[str]) -> bool:
    name, *rest = [word for word in command if word != "npx"]
    words = [word for word in rest if not word.startswith("-")]
    if name == "make":
        return all(re.search(rf"^{word}:", (ROOT / "Makefile").read_text(), re.M) for word in words) and bool(words)
    if name == ".venv/bin/latticelink":
        return parses(rest)
    if name == ".venv/bin/python":
        shown = run_python(ROOT, words[0], "--help").stdout
        return all(option in shown for option in rest[1:])
    return name == "basename" or words[0] in VERBS.get(name, ())


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_a_workflow_names_only_actions_and_commands_that_exist(path: Path) -> None:
    runs = [step["run"] for step in steps(path) if "run" in step]
    assert runs
    for text in runs:
        assert subprocess.run(["bash", "-n", "-c", text], check=False).returncode == 0
        for command in commands(text):
            assert exists(command), command
    assert {step["uses"] for step in steps(path) if "uses" in step} <= ACTIONS


def test_the_workflow_that_runs_a_script_of_ours_installs_what_the_script_imports() -> None:
    [path] = [path for path in WORKFLOWS if "deploy.py" in path.read_text()]
    runs = [command for step in steps(path) for command in commands(step.get("run", ""))]
    script_at = next(at for at, command in enumerate(runs) if "examples/hcp/deploy.py" in command)
    assert ["make", "synth", "tools"] in runs[:script_at], "a synth alone needs no pytfe, and its lock has none"


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_a_workflow_plans_pull_requests_and_applies_merges_alone(path: Path) -> None:
    workflow = read(path)
    # YAML 1.1 reads the key `on` as a truth value.
    assert workflow[True] == {"pull_request": None, "push": {"branches": ["main"]}}
    conditions = {step["name"]: step.get("if") for step in steps(path) if "name" in step}
    if path.stem == "hcp-vcs":
        assert conditions == {"fresh": None}
    else:
        assert conditions == {
            "plan": "github.event_name == 'pull_request'",
            "apply": "github.event_name == 'push'",
        }
        assert workflow["concurrency"] == {"group": "deploy-${{ github.ref }}", "cancel-in-progress": False}


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_a_workflow_has_no_more_rights_than_it_needs(path: Path) -> None:
    workflow = read(path)
    assumes_role = any(step.get("uses", "").startswith("aws-actions/") for step in steps(path))
    assert workflow["permissions"] == {"contents": "read", **({"id-token": "write"} if assumes_role else {})}
    for value in re.findall(r"TOKEN\w*: (.*)", path.read_text()):
        assert value.startswith("${{ secrets."), value


def test_the_docs_list_every_workflow() -> None:
    listed = re.findall(r"\(ci/([a-z-]+\.yml)\)", (ROOT / "docs" / "github-actions.md").read_text())
    assert sorted(listed) == [path.name for path in WORKFLOWS]


def check_fresh(folder: Path) -> int:
    """Run the freshness step; return its exit code."""
    text = script(ROOT / "docs" / "ci" / "hcp-vcs.yml", "fresh")
    return subprocess.run(["bash", "-e", "-c", text], cwd=folder, check=False, capture_output=True).returncode


@pytest.mark.skipif(shutil.which("git") is None, reason="no git on PATH")
def test_output_that_is_not_what_the_code_makes_is_found(tmp_path: Path) -> None:
    header = "from latticelink import App, LocalState, Stack, run\n"
    make = 'Stack(app, "{}", state=LocalState(), region="{}")'

    def synth(*stacks: tuple[str, str]) -> None:
        body = ", ".join(make.format(*stack) for stack in stacks)
        (tmp_path / "main.py").write_text(f"{header}raise SystemExit(run(lambda app: ({body},)))\n")
        assert run_python(tmp_path, "main.py").returncode == 0

    synth(("producer", "eu-west-1"))
    for command in ("init --quiet", "add .", "-c user.name=a -c user.email=a@example.com commit --quiet -m synth"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    synth(("producer", "eu-west-1"))
    assert check_fresh(tmp_path) == 0
    synth(("producer", "eu-west-2"))
    assert check_fresh(tmp_path) != 0
    synth(("producer", "eu-west-1"), ("consumer", "eu-west-1"))
    assert check_fresh(tmp_path) != 0, "a stack that was never committed"
