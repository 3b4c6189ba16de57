"""`latticelink draw`: its formats, where it writes, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
import webbrowser
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

from latticelink.cli.main import main

import pytest

from tests.paths.topologies import write
from tests.picture.inputs import CASES, half


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a topology that is blocked."""
    write(tmp_path / "input", CASES["two rules are missing"]())
    return tmp_path / "input"


def test_a_picture_is_printed_by_default_and_what_is_blocked_is_no_error(
    folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["draw", str(folder)]) == 0
    printed = capsysbinary.readouterr()
    assert ElementTree.fromstring(printed.out).tag == "{http://www.w3.org/2000/svg}svg"
    assert printed.err == b""


def test_a_pipe_is_written_to_and_stays_a_pipe(folder: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_text)
        assert main(["draw", str(folder), "--output", str(pipe)]) == 0
        assert read.result(10).startswith("<svg ")
    assert pipe.is_fifo()


def test_markdown_is_printed_on_request(folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["draw", str(folder), "--format", "mermaid"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"<!-- latticelink draw -->\n**LatticeLink:** ")


def test_a_page_is_printed_on_request(folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["draw", str(folder), "--format", "html"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"<!doctype html>\n")


def test_it_is_written_where_it_should_be_and_nothing_is_printed(
    folder: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    target = tmp_path / "picture.svg"
    target.write_text("an older one")
    assert main(["draw", str(folder), "-o", str(target)]) == 0
    assert target.read_text().startswith("<svg ")
    assert [each.name for each in sorted(tmp_path.iterdir())] == ["input", "picture.svg"]
    assert capsysbinary.readouterr().out == b""


def test_where_it_cannot_be_written_a_sentence_says_so_and_nothing_is_left(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "absent" / "picture.svg"
    assert main(["draw", str(folder), "-o", str(target)]) == 2
    assert capsys.readouterr().err == f"{target} can't be written: No such file or directory.\n"
    assert main(["draw", str(folder), "-o", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} can't be written: Is a directory.\n"
    assert [each.name for each in tmp_path.iterdir()] == ["input"]


def test_open_shows_it_in_the_browser(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not opened.append(address))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert main(["draw", str(folder), "--open"]) == 0
    assert main(["draw", str(folder), "--open", "-o", str(tmp_path / "own.html")]) == 0
    for address in opened:
        assert address.startswith("file:///")
        assert Path(address.removeprefix("file://")).read_text()
    assert len(opened) == 2
    assert opened[0].endswith("/picture.html")
    assert opened[1].endswith("/own.html")
    assert (tmp_path / "own.html").read_text().startswith("<!doctype html>")


def test_without_a_browser_a_sentence_says_where_the_picture_is(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    target = tmp_path / "own.html"
    assert main(["draw", str(folder), "--open", "-o", str(target)]) == 0
    assert capsys.readouterr().err == f"No browser was found; the picture is in {target}.\n"


def test_one_stack_has_its_own_paths_only(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write(tmp_path / "input", CASES["several stacks"]())
    assert main(["draw", str(tmp_path / "input"), "--stack", "consumer-01"]) == 0
    printed = capsysbinary.readouterr().out.decode()
    assert "4 paths: 4 reachable" in printed
    assert "consumer-00" not in printed


REFUSED = [
    ("there is no such folder", "absent", [], "absent"),
    ("it is not JSON", "broken.tf.json", [], "broken.tf.json"),
    ("there is no such stack", "alone", ["--stack", "other"], "There is no stack 'other'"),
]


@pytest.mark.parametrize(("sentence", "name", "options", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_read_ends_with_2_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sentence: str, name: str, options: list[str], said: str
) -> None:
    (tmp_path / "broken.tf.json").write_text("{")
    write(tmp_path / "alone", half("producer"))
    assert main(["draw", str(tmp_path / name), *options]) == 2, sentence
    printed = capsys.readouterr()
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


def test_a_plan_is_drawn_as_well(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.0",
        "planned_values": {"root_module": {"resources": []}},
        "resource_changes": [],
        "configuration": {"root_module": {}},
    }
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    assert main(["draw", str(tmp_path / "plan.json")]) == 0
    assert b"No path: nothing is shared here" in capsysbinary.readouterr().out
