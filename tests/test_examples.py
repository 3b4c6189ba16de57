"""Each example is a whole app: it synthesises, with paths of which none is blocked, in a folder of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.paths.tracing import trace

import pytest

from tests.conftest import EXAMPLES, ROOT, run_programs, without_metadata
from tests.docs import pictures
from tests.flavour import program_of
from tests.hcl import to_hcl, told

NOTHING_SHARED = {"hcp-workspaces", "state-bucket"}
ADDRESS_KNOWN_AFTER_APPLY = {"ipv6"}


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a folder for each example."""
    folder = tmp_path_factory.mktemp("examples")
    result = run_programs(folder, {name: program_of(name) for name in EXAMPLES})
    assert result.returncode == 0, result.stderr
    return folder


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_written_in_hcl_gets_the_findings_and_paths_that_it_gets_in_json(
    outputs: Path, tmp_path: Path, example: str
) -> None:
    """A synth has a manifest, which names its JSON; without it a folder is what Terraform alone makes of it."""
    pytest.importorskip("hcl2", reason="the extra hcl isn't installed")
    shutil.copytree(outputs / example / f"{example}.out" / "stacks", folder := tmp_path / "stacks")
    in_json = told(folder)
    to_hcl(folder)
    assert (list(folder.rglob("*.tf.json")), len(list(folder.rglob("*.tf"))) > 0) == ([], True)
    assert told(folder) == in_json
    _, paths = in_json
    assert bool(paths) == (example not in NOTHING_SHARED)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_fits_one_screen_and_no_block_of_it_is_empty(outputs: Path, example: str) -> None:
    assert len(program_of(example).read_text().splitlines()) <= 60
    files = list((outputs / example).rglob("cdk.tf.json"))
    assert files
    for file in files:
        assert {} not in list(without_metadata(json.loads(file.read_text())["resource"]))


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_path_of_an_example_is_blocked_and_unknown_is_only_what_is_given_by_id(outputs: Path, example: str) -> None:
    paths = trace(read(outputs / example / f"{example}.out"))
    answers = {hop.answer for path in paths for hop in path.hops} - {Answer.NOT_JUDGED}
    by_id = "ExistingNetwork" in program_of(example).read_text()
    open_questions = by_id or example in ADDRESS_KNOWN_AFTER_APPLY
    assert answers <= {Answer.PASS, Answer.UNKNOWN} if open_questions else answers <= {Answer.PASS}
    assert bool(paths) == (example not in NOTHING_SHARED)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_has_an_output_folder_and_a_state_of_its_own(outputs: Path, example: str) -> None:
    folder = outputs / example
    assert [path.name for path in folder.iterdir()] == [f"{example}.out"]
    for file in folder.rglob("cdk.tf.json"):
        backend = json.loads(file.read_text())["terraform"].get("backend") or {}
        if "local" in backend:
            assert backend["local"]["path"] == f"../../../state/{example}/{file.parent.name}.tfstate"


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_picture_in_the_documentation_is_that_of_the_example(outputs: Path, example: str) -> None:
    drawn = pictures().picture_of(outputs / example / f"{example}.out")
    file = ROOT / "docs" / "pictures" / f"{example}.svg"
    assert file.exists() == (drawn is not None)
    assert drawn is None or drawn[0] == file.read_text(), "intended? then: make docs, and look at the picture"


def test_the_page_of_examples_counts_what_each_makes(outputs: Path) -> None:
    program = pictures()
    found = {name: program.picture_of(outputs / name / f"{name}.out") for name in EXAMPLES}
    verdicts = {name: drawn[1] for name, drawn in found.items() if drawn is not None}
    made = {name: program.made_by(outputs / name / f"{name}.out") for name in found}
    page = (ROOT / "examples" / "README.md").read_text()
    assert page == program.examples_page(verdicts, made), "intended? then: make docs, and read the diff"
