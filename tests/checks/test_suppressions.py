"""What somebody decided to live with: in a file, in a comment, in code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.checks.catalogue import CHECKS
from latticelink.checks.examination import Examination, examine
from latticelink.checks.retired import RETIRED, Retired
from latticelink.cli.main import main
from latticelink.paths.hops import Answer
from latticelink.terraform.json_files import UnreadableInput

import pytest

from tests.checks.examples import write

GATEWAY = "aws_vpclattice_resource_gateway"
# A gateway whose name AWS refuses (LL101), and whose tags aren't known (LL107).
STACK: dict[str, Any] = {
    "variable": {"tags": {}},
    "resource": {
        GATEWAY: {"g": {"name": "Shared", "tags": "${var.tags}", "//": {"metadata": {"path": "producer/gateway/g"}}}}
    },
}


def decided(folder: Path, *entries: dict[str, str], stacks: tuple[str, ...] = ("producer",)) -> Examination:
    """Examine a gateway in each of `stacks`, with suppressions in a comment of the first."""
    files = {f"{name}/main.tf.json": dict(STACK) for name in stacks}
    files[f"{stacks[0]}/main.tf.json"]["//"] = {"latticelink": {"suppress": list(entries)}}
    return examine(write(folder, json.dumps(files)))


def found(examination: Examination) -> list[str]:
    return [
        f"{each.check.id} {each.judgement.place}"
        for each in examination.of(Answer.FAIL)
        if each.check.id in ("LL101", "LL901", "LL902", "LL903")
    ]


@pytest.mark.parametrize("resource", [f"{GATEWAY}.g", "producer/gateway/g", "producer/gateway", "producer"])
def test_a_finding_is_suppressed_by_address_construct_or_stack(tmp_path: Path, resource: str) -> None:
    examination = decided(tmp_path, {"check": "LL101", "resource": resource, "reason": "made by hand"})
    assert found(examination) == []
    [only] = [each for each in examination.suppressed if each.check.id == "LL101"]
    assert only.suppressed == "made by hand"


@pytest.mark.parametrize("resource", ["g", "gateway", "producer/gate", f"{GATEWAY}.other", ""])
def test_a_part_of_a_name_suppresses_nothing_and_is_told(tmp_path: Path, resource: str) -> None:
    examination = decided(tmp_path, {"check": "LL101", "resource": resource, "reason": "made by hand"})
    assert found(examination) == [f"LL101 {GATEWAY}.g", f"LL902 producer: {resource}"]


def test_what_is_unknown_can_be_suppressed_too(tmp_path: Path) -> None:
    assert "LL107" in [each.check.id for each in decided(tmp_path / "without").of(Answer.UNKNOWN)]
    examination = decided(tmp_path / "with", {"check": "LL107", "resource": f"{GATEWAY}.g", "reason": "ours"})
    assert "LL107" not in [each.check.id for each in examination.of(Answer.UNKNOWN)]


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": " \n"}])
def test_without_a_reason_nothing_is_suppressed(tmp_path: Path, reason: dict[str, str]) -> None:
    examination = decided(tmp_path, {"check": "LL101", "resource": f"{GATEWAY}.g", **reason})
    assert found(examination) == [f"LL101 {GATEWAY}.g", f"LL901 producer: {GATEWAY}.g"]


def test_a_check_that_there_is_not_is_told(tmp_path: Path) -> None:
    examination = decided(tmp_path, {"check": "LL999", "resource": f"{GATEWAY}.g", "reason": "typed wrong"})
    assert found(examination) == [f"LL101 {GATEWAY}.g", f"LL903 producer: {GATEWAY}.g"]


@pytest.mark.parametrize("gone", RETIRED, ids=[each.id for each in RETIRED])
def test_a_check_that_is_retired_is_told_with_who_says_it_now(tmp_path: Path, gone: Retired) -> None:
    examination = decided(tmp_path, {"check": gone.id, "resource": f"{GATEWAY}.g", "reason": "ours"})
    [told] = [each.judgement.message for each in examination.of(Answer.FAIL) if each.check.id == "LL903"]
    assert f"{gone.id} for '{GATEWAY}.g', in producer, names a check that is retired. {gone.by}" in told
    assert gone.sentence in told


def test_with_its_stack_an_address_is_that_stacks_only(tmp_path: Path) -> None:
    entry = {"check": "LL101", "resource": f"one: {GATEWAY}.g", "reason": "made by hand"}
    assert found(decided(tmp_path, entry, stacks=("one", "two"))) == [f"LL101 two: {GATEWAY}.g"]


def test_a_file_of_the_working_directory_is_read_and_another_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "stack", json.dumps(STACK))
    text = f'[[suppress]]\ncheck = "LL101"\nresource = "{GATEWAY}.g"\nreason = "made by hand"\n'
    (tmp_path / "latticelink-suppressions.toml").write_text(text)
    (tmp_path / "none.toml").write_text("")
    assert found(examine(folder)) == [f"LL101 {GATEWAY}.g"]
    monkeypatch.chdir(tmp_path)
    assert found(examine(folder)) == []
    assert found(examine(folder, tmp_path / "none.toml")) == [f"LL101 {GATEWAY}.g"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[suppress", "is no TOML"),
        ('suppress = "LL101"', "has another shape"),
        ("[other]", "has another shape"),
        ('[[suppress]]\ncheck = "LL101"', "has another shape"),
        ('[[suppress]]\ncheck = "LL101"\nresource = 1', "has another shape"),
        ('[[suppress]]\ncheck = "LL101"\nresource = "a"\nwhy = "b"', "has another shape"),
    ],
)
def test_a_file_of_another_shape_is_refused_with_a_sentence(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "file.toml").write_text(text)
    with pytest.raises(UnreadableInput, match=message):
        examine(write(tmp_path / "stack", json.dumps(STACK)), tmp_path / "file.toml")


@pytest.mark.parametrize("comment", [{"suppress": "LL101"}, "LL101", {"suppress": [["LL101"]]}])
def test_a_comment_of_another_shape_is_refused_with_a_sentence(tmp_path: Path, comment: Any) -> None:
    content = {**STACK, "//": {"latticelink": comment}}
    with pytest.raises(UnreadableInput, match="has another shape"):
        examine(write(tmp_path, json.dumps(content)))


@pytest.mark.parametrize("comment", ["written by hand", ["a", "b"], {"metadata": {}}, None])
def test_comments_of_others_are_left_alone(tmp_path: Path, comment: Any) -> None:
    assert found(examine(write(tmp_path, json.dumps({**STACK, "//": comment})))) == [f"LL101 {GATEWAY}.g"]


SUPPRESSED = {"check": "LL101", "resource": "producer", "reason": "made by hand"}


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
@pytest.mark.parametrize(
    ("sentence", "comment"),
    [
        ("a suppression", {"suppress": [SUPPRESSED]}),
        ("one of each check", {"suppress": [{**SUPPRESSED, "check": check.id} for check in CHECKS]}),
        ("one without a reason", {"suppress": [{"check": "LL101", "resource": "producer"}]}),
        ("one of another shape", {"suppress": [{"check": "LL101"}]}),
        ("a comment of another shape", "nothing to see here"),
    ],
)
def test_a_gate_ignores_what_the_files_suppress_themselves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sentence: str, comment: Any, form: str
) -> None:
    said = []
    for name, content in (("with", {**STACK, "//": {"latticelink": comment}}), ("without", STACK)):
        folder = write(tmp_path / name, json.dumps({"producer/main.tf.json": content}))
        assert main(["check", "--no-inline-suppressions", "--format", form, str(folder)]) == 1
        said.append(capsys.readouterr().out.replace(str(folder), ""))
    assert said[0] == said[1], sentence
    assert "LL101" in said[0]


def test_a_gate_obeys_the_file_that_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "in", json.dumps({"producer/main.tf.json": STACK}))
    named = tmp_path / "named.toml"
    named.write_text('[[suppress]]\ncheck = "LL101"\nresource = "producer"\nreason = "made by hand"\n')
    main(["check", "--no-inline-suppressions", "--suppressions", str(named), "--format", "json", str(folder)])
    content = json.loads(capsys.readouterr().out)
    assert "LL101" in [each["check"] for each in content["suppressed"]]
