"""Each example is a whole app: it synthesises, the same to the byte on the stock path, in a folder of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.paths.tracing import trace

import pytest

from tests.conftest import ROOT, run_python, same_files, without_metadata
from tests.docs import pictures
from tests.flavour import APPS
from tests.hcl import to_hcl, told

EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/*/main.py"))
NOTHING_SHARED = {"hcp-workspaces", "state-bucket"}
ADDRESS_KNOWN_AFTER_APPLY = {"ipv6"}
# All in one process, as only the stock path's first import takes its ten seconds.
ALL = """
import os, runpy, sys
for name in sys.argv[2:]:
    os.makedirs(name)
    os.chdir(name)
    sys.path[0] = f"{sys.argv[1]}/{name}"  # as Python does for a program
    try:
        runpy.run_path(f"{sys.argv[1]}/{name}/main.py", run_name="__main__")
    except SystemExit as end:
        if end.code:
            sys.exit(f"{name}: {end.code}")
    os.chdir("..")
"""


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a folder for each path, fast and stock, with a folder for each example."""
    folders = {}
    for path, switch in (("fast", "1"), ("stock", "0")):
        folders[path] = tmp_path_factory.mktemp(path)
        arguments = ["-c", ALL, str(APPS / "examples"), *(example.name for example in EXAMPLES)]
        result = run_python(folders[path], *arguments, LATTICELINK_FAST_LOAD=switch)
        assert result.returncode == 0, result.stderr
    return folders


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_an_example_is_written_the_same_to_the_byte_on_the_stock_path(outputs: dict[str, Path], example: Path) -> None:
    assert same_files(outputs["fast"] / example.name, outputs["stock"] / example.name)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_an_example_written_in_hcl_gets_the_findings_and_paths_that_it_gets_in_json(
    outputs: dict[str, Path], tmp_path: Path, example: Path
) -> None:
    """A synth has a manifest, which names its JSON; without it a folder is what Terraform alone makes of it."""
    pytest.importorskip("hcl2", reason="the extra hcl isn't installed")
    shutil.copytree(outputs["fast"] / example.name, folder := tmp_path / "stacks")
    for manifest in [*folder.rglob("manifest.json")]:
        manifest.unlink()
    in_json = told(folder)
    to_hcl(folder)
    assert (list(folder.rglob("*.tf.json")), len(list(folder.rglob("*.tf"))) > 0) == ([], True)
    assert told(folder) == in_json
    assert in_json[0] or example.name in NOTHING_SHARED


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_an_example_fits_one_screen_and_no_block_of_it_is_empty(outputs: dict[str, Path], example: Path) -> None:
    assert len((example / "main.py").read_text().splitlines()) <= 60
    files = list((outputs["fast"] / example.name).rglob("cdk.tf.json"))
    assert files
    for file in files:
        assert {} not in list(without_metadata(json.loads(file.read_text())["resource"]))


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_no_path_of_an_example_is_blocked_and_unknown_is_only_what_is_given_by_id(
    outputs: dict[str, Path], example: Path
) -> None:
    paths = trace(read(outputs["fast"] / example.name / f"{example.name}.out"))
    answers = {hop.answer for path in paths for hop in path.hops} - {Answer.NOT_JUDGED}
    by_id = "ExistingNetwork" in (example / "main.py").read_text()
    open_questions = by_id or example.name in ADDRESS_KNOWN_AFTER_APPLY
    assert answers <= {Answer.PASS, Answer.UNKNOWN} if open_questions else answers <= {Answer.PASS}
    assert bool(paths) == (example.name not in NOTHING_SHARED)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_an_example_has_an_output_folder_and_a_state_of_its_own(outputs: dict[str, Path], example: Path) -> None:
    folder = outputs["fast"] / example.name
    assert [path.name for path in folder.iterdir()] == [f"{example.name}.out"]
    for file in folder.rglob("cdk.tf.json"):
        backend = json.loads(file.read_text())["terraform"].get("backend") or {}
        if "local" in backend:
            assert backend["local"]["path"] == f"../../../state/{example.name}/{file.parent.name}.tfstate"


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_the_picture_in_the_documentation_is_that_of_the_example(outputs: dict[str, Path], example: Path) -> None:
    drawn = pictures().picture_of(outputs["fast"] / example.name / f"{example.name}.out")
    file = ROOT / "docs" / "pictures" / f"{example.name}.svg"
    assert file.exists() == (drawn is not None)
    assert drawn is None or drawn[0] == file.read_text(), "intended? then: make docs, and look at the picture"


def test_the_page_of_examples_counts_what_each_makes(outputs: dict[str, Path]) -> None:
    program = pictures()
    names = [example.name for example in EXAMPLES]
    found = {name: program.picture_of(outputs["fast"] / name / f"{name}.out") for name in names}
    verdicts = {name: drawn[1] for name, drawn in found.items() if drawn is not None}
    made = {name: program.made_by(outputs["fast"] / name / f"{name}.out") for name in found}
    page = (ROOT / "examples" / "README.md").read_text()
    assert page == program.examples_page(verdicts, made), "intended? then: make docs, and read the diff"
