"""Every option and argument of every command by wrong values: an exit code that is promised, and a sentence.

Nothing outside of the test's folder is named: a command that writes would write there. A sample is tried;
LATTICELINK_WRONG_VALUES=all tries them all. `lab` and `--open` would start what is tried elsewhere.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from latticelink.cli.main import _COMMANDS, main

import pytest

from tests.wrong_values import SEED, sample

FILES = {
    "empty.json": "",
    "list.json": "[]",
    "null.json": "null",
    "nan.json": '{"resource": NaN}',
    "deep.json": "[" * 100_000,
    "text.json": "hello",
    "folder/main.tf.json": '{"resource": {"aws_vpc": {"a": {"cidr_block": "10.0.0.0/16"}}}}',
}
PLACES = [*FILES, "folder", "binary", "circle", "nowhere", "../.."]
TEXTS = [
    *(
        "",
        " ",
        "\n",
        "a\0b",
        "a" * 5_000,
        "-",
        "-x",
        "--",
        "---",
        "..",
        "*",
        "~",
        "\\",
        '"',
        "a b",
        "$(x)",
        "${x}",
        "{}",
    ),
    *("[]", "1", "-1", "0", "nan", "1e999", "None", "True", "NAME=", "=x", "a=b=c", "a=folder", "LL", "ll9", "LL001"),
    *("http://x", "::error::x", "##[x]", "\x1b[31m", "ż", "٣٣", "a\udcff", "\ud800"),
]


def lines() -> Iterator[tuple[str, list[str]]]:
    """Yield what is tried, each a command's option or argument with the arguments that are given."""
    for name, command in _COMMANDS.items():
        parser = argparse.ArgumentParser(add_help=False)
        command.add_arguments(parser)
        for action in parser._actions:
            what = f"{name} {(action.option_strings or [action.dest])[-1]}"
            if name == "lab" or what == "draw --open":
                continue
            for value in sample([*TEXTS, *PLACES], what, 14):
                option = action.option_strings[-1:]
                if action.option_strings and action.nargs != 0:
                    option = [f"{option[0]}={value}", "made" if name == "init" else "folder"]
                elif name != "init" or (not Path(value).is_absolute() and ".." not in value):
                    option = [*option, value]
                yield what, [name, *option]


def test_a_wrong_argument_ends_with_a_promised_code_and_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    tmp_path = tmp_path / "inner" / "most"
    tmp_path.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary").write_bytes(b"\0\xff\xfe")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    bad, tried = [], 0
    for what, arguments in lines():
        tried += 1
        try:
            code: object = main(arguments)
        except SystemExit as end:
            code = end.code
        except Exception as error:
            code = f"{type(error).__name__}: {error}"
        said = capfd.readouterr().err.strip()
        is_told = said.endswith((".", "?")) or ": error: " in said
        if code not in (0, 1, 2) or (code == 2 and not is_told) or "Traceback" in said or len(said) > 7_000:
            bad.append(f"{what} by {arguments}: {code}: {said[-200:]}")
    assert tried > 100
    assert not bad, f"seed {SEED}: {len(bad)} of {tried}\n" + "\n".join(bad)
