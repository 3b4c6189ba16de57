"""The GitHub Actions workflows in docs/ci: what they run exists, and strangers' code meets no credentials."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

from latticelink.cdk.flavour import FLAVOURS
from latticelink.cli import main as cli

import pytest
import yaml

from tests.conftest import ROOT, run_python
from tests.docs import blocks

WORKFLOWS = sorted((ROOT / "docs" / "ci").glob("*.yml"))
# Each by the commit that its repository's tag named when it was looked up there.
ACTIONS = {
    "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1": "v7.0.1",
    "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c": "v8.0.1",
    "actions/setup-node@820762786026740c76f36085b0efc47a31fe5020": "v7.0.0",
    "actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97": "v7.0.0",
    "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f": "v7.0.0",
    "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c": "v6.2.3",
    "hashicorp/setup-terraform@dfe3c3f87815947d99a8997f908cb6525fc44e9e": "v4.0.1",
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


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read(path)["jobs"]
    return found


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(path).values() for step in job["steps"]]


def script(path: Path, name: str) -> str:
    """Return what the step `name` runs."""
    [found] = [step["run"] for step in steps(path) if step.get("name") == name]
    return str(found)


def commands(text: str) -> list[list[str]]:
    """Return the commands in a step, in the shell's words, those in `$( )` too."""
    inner = [command for found in re.findall(r"\$\(([^)]*)\)", text) for command in commands(found)]
    lines = [line.strip() for line in re.sub(r"\$\([^)]*\)", "X", text).splitlines()]
    lines = [line.removesuffix("</dev/null").partition(" | while ")[0] for line in lines]
    plain = [line for line in lines if line and not re.match(r"set |done$", line)]
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


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_a_workflow_takes_actions_by_commit_and_says_their_versions(path: Path) -> None:
    used = re.findall(r"uses: (\S+) # (\S+)$", path.read_text(), re.M)
    assert len(used) == path.read_text().count("uses:")
    assert set(used) <= ACTIONS.items()


def test_the_workflow_that_runs_a_script_of_ours_installs_what_the_script_imports() -> None:
    [path] = [path for path in WORKFLOWS if "deploy.py" in path.read_text()]
    for name in ("plan", "apply"):
        runs = [command for step in jobs(path)[name]["steps"] for command in commands(step.get("run", ""))]
        script_at = next(at for at, command in enumerate(runs) if "examples/hcp/deploy.py" in command)
        assert ["make", "setup", "tools"] in runs[:script_at], "a synth alone needs no pytfe, and its lock has none"


DEPLOYING = [path for path in WORKFLOWS if path.stem != "hcp-vcs"]
deploying = pytest.mark.parametrize("path", DEPLOYING, ids=[path.stem for path in DEPLOYING])


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_a_workflow_runs_on_pull_requests_and_merges_alone(path: Path) -> None:
    # YAML 1.1 reads the key `on` as a truth value. Never pull_request_target, which gives strangers' code our secrets.
    assert read(path)[True] == {"pull_request": None, "push": {"branches": ["main"]}}


@deploying
def test_pull_requests_of_the_repository_itself_are_planned_and_merges_applied_each_in_an_environment(
    path: Path,
) -> None:
    found = jobs(path)
    assert {name: (job.get("needs"), job.get("environment")) for name, job in found.items()} == {
        "build": (None, None),
        "plan": ("build", "plan"),
        "apply": ("build", "apply"),
    }
    own = "github.event.pull_request.head.repo.full_name == github.repository"
    assert found["plan"]["if"] == f"github.event_name == 'pull_request' && {own}"
    assert found["apply"]["if"] == "github.event_name == 'push'"
    assert read(path)["concurrency"] == {"group": "deploy-${{ github.ref }}", "cancel-in-progress": False}


@deploying
def test_the_code_of_a_pull_request_runs_where_nothing_secret_is(path: Path) -> None:
    found = jobs(path)
    assert next(step["run"] for step in found["build"]["steps"] if "run" in step) == "make synth"
    assert found["build"]["permissions"] == {"contents": "read"}
    assert not re.search(r"secrets\.|vars\.|token", json.dumps(found["build"]))
    [checkout] = [step for step in found["plan"]["steps"] if "checkout" in step.get("uses", "")]
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}", "the tools are the main branch's"
    for job in (found["plan"], found["apply"]):
        assert "make synth" not in [step.get("run") for step in job["steps"]]


@deploying
def test_credentials_come_last_and_plan_and_apply_have_their_own(path: Path) -> None:
    found = jobs(path)
    named = {}
    for name in ("plan", "apply"):
        first, *rest = [
            at for at, step in enumerate(found[name]["steps"]) if re.search(r"secrets\.|_ROLE", json.dumps(step))
        ]
        assert not rest
        after = found[name]["steps"][first:]
        assert [step.get("name") for step in after if "run" in step] == [name]
        named[name] = set(re.findall(r"(?:secrets\.|vars\.)(\w+(?:TOKEN|ROLE))", json.dumps(after)))
        assert "secrets." not in json.dumps(found[name].get("env", {}))
    assert named in (
        {"plan": {"AWS_PLAN_ROLE"}, "apply": {"AWS_APPLY_ROLE"}},
        {"plan": {"HCP_PLAN_TOKEN"}, "apply": {"HCP_APPLY_TOKEN"}},
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=[path.stem for path in WORKFLOWS])
def test_a_workflow_has_no_more_rights_than_it_needs(path: Path) -> None:
    for job in jobs(path).values():
        assumes_role = any(step.get("uses", "").startswith("aws-actions/") for step in job["steps"])
        permissions = job.get("permissions", read(path)["permissions"])
        assert permissions == {"contents": "read", **({"id-token": "write"} if assumes_role else {})}
        checkouts = [step for step in job["steps"] if "actions/checkout" in step.get("uses", "")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    for value in re.findall(r"TOKEN\w*: (.*)", path.read_text()):
        assert value.startswith("${{ secrets."), value
    for step in steps(path):
        assert "${{" not in step.get("run", ""), "what somebody else may name is never part of a script"


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


def test_the_command_lines_that_are_named_are_those_of_the_lock() -> None:
    locked = json.loads((ROOT / "package.json").read_text())["dependencies"]
    for flavour in FLAVOURS:
        name, _, version = flavour.cli.partition("@")
        assert locked[name] == version


@pytest.mark.skipif(shutil.which("git") is None, reason="no git on PATH")
def test_of_what_terraform_writes_git_keeps_the_lock_file_alone(tmp_path: Path) -> None:
    [lines] = [block for block in blocks("github-actions.md", "gitignore") if ".terraform.lock.hcl" in block]
    (tmp_path / ".gitignore").write_text(lines)
    stack = tmp_path / "cdktf.out" / "stacks" / "producer"
    written = ("cdk.tf.json", ".terraform.lock.hcl", "plan", ".terraform/providers/a", "terraform.tfstate")
    for file in (tmp_path / "cdktf.out" / "manifest.json", *(stack / name for name in written)):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    for folder in (tmp_path, ROOT):
        rules = (folder / ".gitignore").read_text()
        assert {line.replace("cdktf.out", "*.out") for line in lines.split()} <= {
            line.replace("cdktf.out", "*.out") for line in rules.split()
        }
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    shown = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert shown.stdout.split() == [".gitignore", "cdktf.out/stacks/producer/.terraform.lock.hcl"]
