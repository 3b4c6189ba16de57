"""action.yml and .pre-commit-hooks.yaml: their steps run as GitHub and pre-commit run them, on what strangers wrote."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, run_python

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
[HOOK] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())

SHARED = (ROOT / "tests" / "golden" / "producer.tf.json").read_text()
WRONG = {"port_ranges": ["0"]}
CONFIGURATION = "aws_vpclattice_resource_configuration"


def write(folder: Path, into: str = "cdktf.out", **changes: Any) -> None:
    """Write a folder of Terraform JSON, in which arguments of the shared resource are changed."""
    content = json.loads(SHARED)
    [shared] = content["resource"][CONFIGURATION].values()
    shared |= changes
    (folder / into).mkdir(parents=True)
    (folder / into / "main.tf.json").write_text(json.dumps(content))


def run(folder: Path, step: str, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step in the shell and with the environment that GitHub gives it; no token is in it."""
    given = {name: entry["default"] for name, entry in ACTION["inputs"].items()} | inputs
    variables = STEPS[step]["env"].items()
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        **{name: given[re.fullmatch(r"\$\{\{ inputs\.(\w+) }}", value)[1]] for name, value in variables},  # type: ignore[index]
    }
    script = folder / f".{step}.sh"
    script.write_text(STEPS[step]["run"])
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


def test_the_action_installs_nothing_takes_no_token_and_puts_no_input_into_a_script() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert not [step for step in STEPS.values() if "uses" in step]
    assert not re.search(r"token|secrets\.|github\.", json.dumps(ACTION["runs"]), re.IGNORECASE)
    for step in STEPS.values():
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_what_is_right_passes_and_is_drawn_into_the_summary(tmp_path: Path) -> None:
    write(tmp_path)
    assert run(tmp_path, "check").returncode == 0
    assert run(tmp_path, "picture").returncode == 0
    assert "```mermaid" in (tmp_path / "summary.md").read_text()


@pytest.mark.parametrize(
    ("what", "changes", "inputs", "code"),
    [
        ("an error", WRONG, {}, 1),
        ("an error in the second of two folders", WRONG, {"inputs": "good one\n\ncdktf.out\n"}, 1),
        ("the folder that is named, and no other", WRONG, {"inputs": "good one"}, 0),
        ("nothing there", {}, {"inputs": "absent"}, 2),
    ],
)
def test_the_check_ends_as_the_command_does(
    tmp_path: Path, what: str, changes: dict[str, Any], inputs: dict[str, str], code: int
) -> None:
    write(tmp_path, **changes)
    write(tmp_path, "good one")
    result = run(tmp_path, "check", **inputs)
    assert result.returncode == code, f"{what}: {result.stdout}{result.stderr}"


def test_the_picture_is_drawn_where_the_check_fails_too() -> None:
    assert STEPS["picture"]["if"] == "inputs.picture == 'true' && !cancelled()"


def test_no_module_of_the_pull_request_is_loaded(tmp_path: Path) -> None:
    write(tmp_path)
    for name in ("argparse", "sitecustomize", "usercustomize"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('planted')")
    (tmp_path / "latticelink").mkdir()
    (tmp_path / "latticelink" / "__init__.py").write_text("raise SystemExit('planted')")
    for step in STEPS:
        result = run(tmp_path, step)
        assert (result.returncode, "planted" in result.stdout + result.stderr) == (0, False)


HOSTILE = (
    "x\n::error file=a::told\r\x1b[2J<img src=https://evil.example/a>![a](https://evil.example/b)`$(touch planted)`"
)


def test_names_of_strangers_are_no_commands_no_markup_and_no_links(tmp_path: Path) -> None:
    write(tmp_path, name=HOSTILE)
    for step in STEPS:
        result = run(tmp_path, step)
        assert result.returncode in (0, 1), result.stderr
        for printed in (result.stdout, result.stderr):
            assert not [line for line in printed.splitlines() if line.startswith("::")]
            assert "\x1b" not in printed
    summary = (tmp_path / "summary.md").read_text()
    assert "<img" not in summary
    assert "](https://evil" not in summary
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize("name", ["$(touch planted)", "`touch planted`", "; touch planted", "a b/../cdktf.out"])
def test_an_input_is_never_run(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    for step in STEPS:
        run(tmp_path, step, inputs=name)
    assert not (tmp_path / "planted").exists()


def test_the_hook_runs_a_command_of_this_package_on_what_its_args_name(tmp_path: Path) -> None:
    assert (HOOK["language"], HOOK["pass_filenames"]) == ("python", False)
    program, *arguments = shlex.split(HOOK["entry"])
    assert f'{program} = "latticelink.cli.main:main"' in (ROOT / "pyproject.toml").read_text()
    command = "import sys; from latticelink.cli.main import main; sys.exit(main())"
    write(tmp_path)
    write(tmp_path, "wrong", **WRONG)
    assert run_python(tmp_path, "-c", command, *arguments).returncode == 0
    assert run_python(tmp_path, "-c", command, *arguments, "wrong").returncode == 1


@pytest.mark.parametrize(
    ("file", "asks"),
    [
        ("cdktf.out/stacks/producer/cdk.tf.json", True),
        ("network/main.tf", True),
        ("main.py", True),
        ("cdktf.json", True),
        ("latticelink-suppressions.toml", True),
        ("README.md", False),
        ("package.json", False),
    ],
)
def test_the_hook_runs_where_what_it_judges_may_have_changed(file: str, asks: bool) -> None:
    assert bool(re.search(HOOK["files"], file)) is asks
