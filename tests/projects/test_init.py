"""`latticelink init`: what it writes runs at once and is an app of this repository; what it refuses stays as it was."""

from __future__ import annotations

import difflib
import json
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink.cdk.flavour import FLAVOURS
from latticelink.cli.main import main
from latticelink.projects.apps import app_of, names
from latticelink.projects.project import CDKS, STATES
from latticelink.testing import read_synthesised

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, run_python
from tests.flavour import CDK, in_words_of

FILES = {".github/workflows/check.yml", ".gitignore", "README.md", "cdktf.json", "main.py", "pyproject.toml"}
FILES |= {"tests/test_reachability.py"}
STACKS = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("stacks/*.py")}


def beside_main(name: str) -> set[str]:
    """Return the files that an app has beside its main.py, by their paths in the project."""
    return STACKS if name == "scenario" else {path.name for path in ROOT.glob(f"examples/{name}/*.py")} - {"main.py"}


# All in one process, as only the first app starts Node.js.
ALL = """
import os, runpy, sys
for folder in sys.argv[1:]:
    os.chdir(folder)
    try:
        runpy.run_path("main.py", run_name="__main__")
    except SystemExit as end:
        if end.code:
            sys.exit(f"{folder}: {end.code}")
"""


def tree(folder: Path) -> dict[str, str]:
    """Return what a folder holds but for bytecode: each file's text, and what stands for folders and links."""
    return {
        path.relative_to(folder).as_posix(): path.read_text() if path.is_file() else "no file"
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts and (not path.is_dir() or path.is_symlink() or not any(path.iterdir()))
    }


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a synthesised project for each app, with its state in S3 where it can be."""
    folder = tmp_path_factory.mktemp("projects")
    for name in names():
        state = ["--state", "s3"] if app_of(name).takes_state else []
        assert main(["init", str(folder / name), "--from", name, "--cdk", CDK.core, *state]) == 0
    result = run_python(folder, "-c", ALL, *(str(folder / name) for name in names() if name != "scenario"))
    assert result.returncode == 0, result.stderr
    result = run_python(folder / "scenario", "main.py")
    assert result.returncode == 0, result.stderr
    return {name: folder / name for name in names()}


@pytest.mark.parametrize("name", names())
def test_a_project_has_the_files_that_it_needs_and_no_path_of_this_machine(
    projects: dict[str, Path], name: str
) -> None:
    files = {path: text for path, text in tree(projects[name]).items() if not path.startswith("cdktf.out/")}
    assert set(files) == FILES | beside_main(name)
    for path, text in files.items():
        assert str(projects[name].parent) not in text, path
        assert not re.search(r"@[a-z_]+@", text), path


@pytest.mark.parametrize("name", names())
def test_a_project_is_the_app_of_this_repository_but_for_where_it_and_its_state_are_written(
    projects: dict[str, Path], name: str
) -> None:
    original = ROOT if name == "scenario" else ROOT / "examples" / name
    for path in {"main.py", *beside_main(name)}:
        before = in_words_of(CDK, (original / path).read_text()).splitlines()
        after = (projects[name] / path).read_text().splitlines()
        changed = [
            line[1:].strip() for line in difflib.unified_diff(before, after, n=0) if re.match(r"[+-][^+-]", line)
        ]
        allowed = r"(from latticelink import .*|.*LocalState\(.*|STATE = .*|raise SystemExit\(run\(.*|(Local|S3)State,)"
        assert [line for line in changed if not re.fullmatch(allowed, line)] == []
        assert name != "scenario" or changed == []


@pytest.mark.parametrize("name", names())
def test_what_a_project_writes_keeps_its_state_where_it_was_told(projects: dict[str, Path], name: str) -> None:
    for stack in read_synthesised(projects[name] / "cdktf.out").values():
        backend = stack.json["terraform"].get("backend", {})
        if app_of(name).takes_state:
            assert re.fullmatch("your-terraform-state-[0-9a-f]{8}", backend["s3"]["bucket"])
            assert backend["s3"]["key"] == f"{name}/{stack.name}.tfstate"
        elif "local" in backend:
            assert backend["local"]["path"] == f"../../../state/{stack.name}.tfstate"


@pytest.mark.parametrize("name", names())
def test_the_check_finds_no_error_in_a_new_project_and_no_client_is_blocked(
    projects: dict[str, Path], name: str
) -> None:
    app = read_synthesised(projects[name] / "cdktf.out")
    assert [finding for finding in app.findings if finding.check.severity == "error"] == []
    assert [path for path in app.paths if path.answer == "fail"] == []


CLOSED = {
    "scenario": ("stacks/consumer.py", "endpoint=endpoint, ports=[80]", "endpoint=endpoint, ports=[81]"),
    "rds": ("main.py", "of(database, security_group_id=group.id)", "of(database)"),
}


@pytest.mark.parametrize("name", CLOSED)
def test_the_tests_of_a_new_project_pass_and_fail_where_the_way_is_closed(
    projects: dict[str, Path], tmp_path: Path, name: str
) -> None:
    project = tmp_path / "project"
    shutil.copytree(projects[name], project)
    plugin = ["-p", "no:cacheprovider", "-p", "latticelink.testing.plugin"]
    result = run_python(project, "-m", "pytest", "-q", *plugin)
    assert result.returncode == 0, result.stdout + result.stderr
    path, written, closed = CLOSED[name]
    code = (project / path).read_text()
    assert written in code
    (project / path).write_text(code.replace(written, closed))
    result = run_python(project, "-m", "pytest", "-q", *plugin)
    assert result.returncode == 1, result.stdout + result.stderr


@pytest.mark.parametrize("cdk", CDKS)
@pytest.mark.parametrize("name", names())
def test_an_app_is_put_into_the_words_of_a_cdk_as_the_documentation_does_it(name: str, cdk: str) -> None:
    [flavour] = [flavour for flavour in FLAVOURS if flavour.core == cdk]
    app = app_of(name)
    assert app.on(cdk).files == {path: in_words_of(flavour, text) for path, text in app.files.items()}


def test_a_project_names_the_cdks_as_the_library_does() -> None:
    ours = {core: (cdk.name, cdk.cli, cdk.cli_needs) for core, cdk in CDKS.items()}
    assert ours == {flavour.core: (flavour.name, flavour.cli, flavour.cli_needs) for flavour in FLAVOURS}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("cdk", CDKS)
def test_the_scenario_with_each_state_says_what_to_put_in_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cdk: str, state: str
) -> None:
    folder = tmp_path / "Orders & Co"
    assert main(["init", str(folder), "--cdk", cdk, "--state", state]) == 0
    project = json.loads((folder / "cdktf.json").read_text())
    assert project["context"]["latticelink"]["state"]["kind"] == state
    placeholder = {"local": "", "s3": "your-terraform-state-", "cloud": "your-organisation"}[state]
    assert placeholder in (folder / "cdktf.json").read_text()
    assert placeholder in (folder / "README.md").read_text()
    assert ("placeholder" in capsys.readouterr().out) == (state != "local")
    package = tomllib.loads((folder / "pyproject.toml").read_text())
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert package["project"]["name"] == "orders-co"
    assert package["project"]["dependencies"] == [f"latticelink[{cdk},node]=={version}"]


def test_the_file_of_the_cdks_command_line_names_the_program_and_asks_it_nothing(tmp_path: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        assert main(["init", str(tmp_path / name)]) == 0
        project = json.loads((tmp_path / name / "cdktf.json").read_text())
        assert (project["language"], project["app"]) == ("python", "python main.py")
        assert project["sendCrashReports"] == "false"
        ids.add(project["projectId"])
    assert len(ids) == 2


def test_git_keeps_the_locks_of_providers_and_nothing_else_that_was_written(
    projects: dict[str, Path], tmp_path: Path
) -> None:
    if shutil.which("git") is None:
        pytest.skip("no git on PATH")
    project = tmp_path / "project"
    shutil.copytree(projects["scenario"], project)
    stack = project / "cdktf.out" / "stacks" / "producer"
    for name in (
        ".terraform/providers/x",
        ".terraform/.terraform.lock.hcl",
        ".terraform.lock.hcl",
        "plan",
        "terraform.tfstate",
    ):
        (stack / name).parent.mkdir(parents=True, exist_ok=True)
        (stack / name).write_text("x")
    for name in ("state/producer.tfstate", ".venv/bin/python"):
        (project / name).parent.mkdir(parents=True)
        (project / name).write_text("x")
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    command = ["git", "ls-files", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=project, check=True, capture_output=True, text=True).stdout.splitlines()
    assert set(listed) == FILES | STACKS | {"cdktf.out/stacks/producer/.terraform.lock.hcl"}


def test_the_workflow_of_a_project_holds_no_secret_and_its_scripts_are_scripts(projects: dict[str, Path]) -> None:
    workflow = yaml.safe_load((projects["scenario"] / ".github/workflows/check.yml").read_text())
    assert workflow["permissions"] == {"contents": "read"}
    [job] = workflow["jobs"].values()
    for step in job["steps"]:
        assert subprocess.run(["bash", "-n", "-c", step.get("run", "")], check=False).returncode == 0


def _a_file_in_place_of_the_folder(folder: Path) -> None:
    (folder / "project").write_text("mine")


def _main_and_readme(folder: Path) -> None:
    for name in ("main.py", "README.md"):
        (folder / "project" / name).parent.mkdir(exist_ok=True)
        (folder / "project" / name).write_text("mine")


def _a_file_tests(folder: Path) -> None:
    (folder / "project").mkdir()
    (folder / "project" / "tests").write_text("mine")


def _a_link_out_of_the_folder(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "project").mkdir()
    (folder / "project" / "stacks").symlink_to(folder / "elsewhere")


def _a_dangling_link(folder: Path) -> None:
    (folder / "project").mkdir()
    (folder / "project" / "cdktf.json").symlink_to(folder / "nowhere")


def _nothing(_: Path) -> None:
    pass


REFUSED: list[tuple[str, Callable[[Path], None], list[str], list[str]]] = [
    ("a file of the project", _main_and_readme, [], ["main.py, README.md are in", "nothing is overwritten"]),
    ("a file where its folder goes", _a_file_in_place_of_the_folder, [], ["project is not a folder"]),
    ("a file where a folder of it goes", _a_file_tests, [], ["tests in", "is not a folder"]),
    ("a link where a folder of it goes", _a_link_out_of_the_folder, [], ["stacks in", "is not a folder"]),
    ("a link that leads nowhere", _a_dangling_link, [], ["cdktf.json is in"]),
    ("an example that is misspelt", _nothing, ["--from", "rdss"], ["not 'rdss'. Did you mean rds?"]),
    (
        "an example as a path",
        _nothing,
        ["--from", "../examples/rds"],
        ["--from is one of scenario, another-zone, aurora"],
    ),
    ("an example without an app", _nothing, ["--from", "hcp"], ["not 'hcp'"]),
    ("an empty example", _nothing, ["--from", ""], ["not ''"]),
    ("another CDK", _nothing, ["--cdk", "pulumi"], ["--cdk is one of cdktf, cdktn, not 'pulumi'"]),
    ("another state", _nothing, ["--state", "gcs"], ["--state is one of local, s3, cloud, not 'gcs'"]),
    (
        "a state for an example that has its own",
        _nothing,
        ["--from", "consumer-only", "--state", "local"],
        ["consumer-only says in main.py itself where its state is kept"],
    ),
    (
        "all of it at once",
        _main_and_readme,
        ["--from", "a\x1b[2J", "--cdk", "x\n::error::", "--state", "y"],
        ["--from is one of", "--cdk is one of", "--state is one of", "main.py, README.md are in"],
    ),
]


@pytest.mark.parametrize(("what", "prepare", "arguments", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused_is_told_in_sentences_and_nothing_is_changed(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    what: str,
    prepare: Callable[[Path], None],
    arguments: list[str],
    said: list[str],
) -> None:
    prepare(tmp_path)
    before = tree(tmp_path)
    assert main(["init", str(tmp_path / "project"), *arguments]) == 2, what
    printed = capsys.readouterr()
    assert printed.out == ""
    for sentence in said:
        assert sentence in printed.err
    assert all(line.startswith("latticelink init: ") and line.isprintable() for line in printed.err.splitlines())
    assert tree(tmp_path) == before


def test_a_folder_that_cant_be_made_is_told_of_and_the_exit_code_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("x" * 300, "/proc/latticelink/project"):
        assert main(["init", folder]) == 2
        assert "Nothing was written." in capsys.readouterr().err


@pytest.mark.parametrize("number", [1, 5, 14])
def test_a_write_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "mine.txt").write_text("mine")
    before, opened, real = tree(tmp_path), [], Path.open

    def full_disk(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if mode == "x":
            opened.append(path)
            if len(opened) == number:
                raise OSError(28, "No space left on device")
        return real(path, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", full_disk)
    for folder in (tmp_path / "project", tmp_path / "new" / "inner"):
        opened.clear()
        assert main(["init", str(folder)]) == 2
        assert "No space left on device. Nothing was written." in capsys.readouterr().err
    assert tree(tmp_path) == before


# No program can be given a name with a NUL or a lone surrogate.
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(name=NAMES, state=st.sampled_from(STATES))
def test_whatever_a_folder_is_called_its_project_is_whole(
    tmp_path_factory: pytest.TempPathFactory, name: str, state: str
) -> None:
    folder = tmp_path_factory.mktemp("any") / name
    code = main(["init", str(folder), "--state", state, "--from", "rds"])
    if name in (".", ".."):
        return
    assert code == 0
    assert all((folder / path).exists() for path in FILES)
    package = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", package["name"])
    assert (folder / "README.md").read_text().isprintable() or "\x1b" not in (folder / "README.md").read_text()
    compile((folder / "main.py").read_text(), "main.py", "exec")
