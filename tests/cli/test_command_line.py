"""The command line as a whole: what it says of itself, what it asks for, and how it ends."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import latticelink
from latticelink.checks.catalogue import CHECKS
from latticelink.checks.retired import RETIRED
from latticelink.cli.main import main

import pytest

from tests.conftest import run_python
from tests.flavour import CDK, VERSIONS
from tests.paths.topologies import TARGET_IN, drop, right, write
from tests.terminals import on_a_terminal

COMMANDS = ("check", "draw", "lab", "order", "explain", "completion")
READERS = ("check", "draw", "lab", "order")
PROGRAM = [sys.executable, "-c", "import sys; from latticelink.cli.main import main; sys.exit(main())"]


def helped(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a command line prints of itself, once it has ended with 0."""
    with contextlib.suppress(SystemExit):  # argparse ends the program after `--help`, with 0 as its errors are empty
        assert main(arguments) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def blocked(folder: Path) -> Path:
    """Write a topology whose target lets nothing in; return its folder."""
    stacks = right()
    drop(*TARGET_IN)(stacks)
    write(folder, stacks)
    return folder


@pytest.mark.parametrize("arguments", [[], ["--help"]], ids=["alone", "--help"])
def test_the_program_says_which_commands_it_has_with_examples(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    said = helped(arguments, capsys)
    assert all(re.search(rf"^ +{command}\b", said, re.MULTILINE) for command in COMMANDS)
    assert "examples:\n  latticelink check" in said
    assert "exit code:\n  0: " in said


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_examples_that_the_command_line_takes(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # where nothing was synthesised, so that a lab isn't started
    said = helped([command, "--help"], capsys)
    examples = said.partition("examples:\n")[2].partition("exit code:")[0]
    assert f"latticelink {command}" in examples
    for line in re.findall(rf"latticelink ({command}[^|>)]*?)(?:   .*| [|>].*|\).*)?$", examples, re.MULTILINE):
        code = main(line.split())
        assert "unrecognized" not in capsys.readouterr().err
        assert code in (0, 2), line


def test_the_versions_are_those_of_the_library_the_cdk_and_python_and_no_cdk_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from latticelink.cli.main import main\n"
        "try: main(['--version'])\n"
        "except SystemExit as end: print(end.code)\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('jsii', 'cdktf', 'cdktn', 'constructs')])"
    )
    said = run_python(tmp_path, "-c", code, LATTICELINK_CDK=CDK.core).stdout.splitlines()
    assert said[0] == f"latticelink {latticelink.__version__}"
    assert re.fullmatch(rf"{CDK.name} {VERSIONS[CDK]}, AWS bindings \d+\.\d+\.\d+", said[1])
    assert said[2] == f"Python {sys.version.split()[0]} ({sys.executable})"
    assert said[3:] == ["0", "[]"]


def test_without_a_cdk_the_version_says_how_to_install_one(tmp_path: Path) -> None:
    code = (
        "import importlib.util, sys; from latticelink.cli.main import main\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name.startswith('cdkt') else find(name)\n"
        "main(['--version'])"
    )
    said = run_python(tmp_path, "-c", code, LATTICELINK_CDK="")
    assert said.returncode == 0
    assert "no CDK: LatticeLink needs a CDK" in said.stdout
    assert "pip install 'latticelink[cdktn,node]'" in said.stdout


HINTS: list[tuple[str, dict[str, str], list[str]]] = [
    ("an empty folder", {}, ["run your app's program", "`cdktf synth` (CDKTF) or `cdktn synth` (CDK Terrain)"]),
    ("a program alone", {"main.py": ""}, ["run `python main.py`", "`cdktf synth`"]),
    (
        "the CDK's settings name the program",
        {"cdktf.json": '{"app": "uv run app.py"}'},
        ["run `uv run app.py`, or `cdktf synth` (CDKTF) or `cdktn synth` (CDK Terrain)"],
    ),
    (
        "the CDK's settings name a folder that is there",
        {"cdktf.json": '{"app": "x", "output": "dist"}', "dist/manifest.json": "{}"},
        ["output folder is dist, as cdktf.json says"],
    ),
    ("settings that are no JSON", {"cdktf.json": "{"}, ["`cdktf synth` (CDKTF) or `cdktn synth` (CDK Terrain)"]),
    ("settings of another form", {"cdktf.json": "[]"}, ["`cdktf synth` (CDKTF) or `cdktn synth` (CDK Terrain)"]),
]


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize(("sentence", "files", "said"), HINTS, ids=[row[0] for row in HINTS])
def test_where_there_is_no_output_yet_every_command_says_what_writes_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
    sentence: str,
    files: dict[str, str],
    said: list[str],
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    assert main([command]) == 2, sentence
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("There is no cdktf.out here. ")
    assert printed.err.count("\n") == 1
    assert [part for part in said if part not in printed.err] == []


TROUBLE: list[tuple[str, Callable[[Path], list[str]]]] = [
    ("a folder that isn't there", lambda folder: [str(folder / "nowhere")]),
    ("a file that is not JSON", lambda folder: [str(folder / "broken")]),
    ("an unknown option", lambda folder: [str(folder), "--no-such-option"]),
]


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize(("sentence", "arguments"), TROUBLE, ids=[row[0] for row in TROUBLE])
def test_the_same_trouble_ends_every_command_with_2(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    command: str,
    sentence: str,
    arguments: Callable[[Path], list[str]],
) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/manifest.json").write_text("{")
    try:
        code: object = main([command, *arguments(tmp_path)])
    except SystemExit as end:
        code = end.code
    printed = capfd.readouterr()
    assert (code, printed.out) == (2, ""), sentence
    assert printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("command", ["check", "draw", "order", "--help"])
def test_a_reader_who_leaves_early_is_told_nothing_and_changes_no_verdict(tmp_path: Path, command: str) -> None:
    (tmp_path / "manifest.json").write_text('{"stacks": {}}')
    given = tmp_path if command == "order" else blocked(tmp_path / "x") if command != "--help" else ""
    result = subprocess.run(
        ["bash", "-c", '"$@" | true; exit "${PIPESTATUS[0]}"', "bash", *PROGRAM, command, *([given] if given else [])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (int(command == "check"), "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("command", ["check", "draw"])
def test_output_that_cannot_be_written_is_a_sentence(tmp_path: Path, command: str) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [*PROGRAM, command, blocked(tmp_path)], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (result.returncode, result.stderr) == (2, "The output can't be read or written: No space left on device.\n")


@pytest.mark.parametrize("linked", [False, True], ids=["a pipe", "a link to a pipe"])
def test_a_picture_is_written_to_a_pipe_that_stays_one(tmp_path: Path, linked: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link").symlink_to(pipe)
    named = tmp_path / ("link" if linked else "pipe")
    with subprocess.Popen([*PROGRAM, "draw", blocked(tmp_path / "x"), "-o", named], stderr=subprocess.PIPE) as process:
        assert pipe.read_text().startswith("<svg")
        assert process.wait(timeout=30) == 0
    assert pipe.is_fifo()
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize("command", ["check", "draw"])
def test_an_interrupt_ends_with_130_and_without_a_word(command: str) -> None:
    with subprocess.Popen([*PROGRAM, command, "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"{")
        process.stdin.flush()
        while int.from_bytes(fcntl.ioctl(process.stdin, termios.FIONREAD, bytes(4)), sys.byteorder):
            time.sleep(0.05)  # until it has read that, and waits for more
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_check_is_explained_by_its_id_in_any_case(capsys: pytest.CaptureFixture[str]) -> None:
    for check in CHECKS:
        said = helped(["explain", check.id.lower()], capsys)
        assert said.startswith(f"{check.severity.upper()} {check.id} {check.title}\n")
        assert all(part in said for part in (check.why, check.fix, check.source))
    for retired in RETIRED:
        assert "is retired" in helped(["explain", retired.id], capsys)


@pytest.mark.parametrize(
    ("id", "said"),
    [("LL01", "There is no check 'LL01'. Did you mean LL"), ("x\x1b[1m", "There is no check 'X\\x1b[1M'.")],
)
def test_a_check_that_is_not_there_is_a_sentence(id: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", id]) == 2
    assert capsys.readouterr().err.startswith(said)


SLOW = (
    "import sys, time\nfrom latticelink.cli.main import main\nfrom latticelink.checks import examination\n"
    "own = examination.examine\n"
    "def slow(*arguments, **options):\n    time.sleep({})\n    return own(*arguments, **options)\n"
    "examination.examine = slow\nsys.exit(main())"
)


@pytest.mark.parametrize(
    ("sentence", "seconds", "environment", "shown"),
    [
        ("what takes long is shown and taken away", 1.5, {}, "\rChecking... 1 s\r\x1b[K"),
        ("what is quick isn't", 0, {}, ""),
        ("a dumb terminal gets a line that stays", 1.5, {"TERM": "dumb"}, "Checking...\r\n"),
    ],
)
def test_progress_is_shown_on_a_terminal(
    tmp_path: Path, sentence: str, seconds: float, environment: dict[str, str], shown: str
) -> None:
    program = [sys.executable, "-c", SLOW.format(seconds), "check", "--format", "json", str(blocked(tmp_path))]
    errors, printed = on_a_terminal(program, **environment)
    assert errors == shown, sentence
    assert json.loads(printed)["version"] == 1


def test_no_progress_is_shown_where_nobody_watches(tmp_path: Path) -> None:
    result = run_python(tmp_path, "-c", SLOW.format(1.5), "check", str(blocked(tmp_path / "x")))
    assert (result.returncode, result.stderr) == (1, "")
