"""Colour where a terminal wants it, by the variables that the field agrees on, and nowhere else."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

from latticelink.cli.main import main
from latticelink.terminal import coloured, wants_colour

import pytest

from tests.cli.test_command_line import blocked

VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


WANTED: list[tuple[str, bool, dict[str, str], bool]] = [
    ("a terminal gets colour", True, {}, True),
    ("a file gets none", False, {}, False),
    ("NO_COLOR forbids it", True, {"NO_COLOR": "1"}, False),
    ("NO_COLOR forbids it whatever it says", True, {"NO_COLOR": "0"}, False),
    ("an empty NO_COLOR says nothing", True, {"NO_COLOR": ""}, True),
    ("FORCE_COLOR demands it", False, {"FORCE_COLOR": "1"}, True),
    ("FORCE_COLOR of a level demands it", False, {"FORCE_COLOR": "3"}, True),
    ("FORCE_COLOR=0 forbids it", True, {"FORCE_COLOR": "0"}, False),
    ("an empty FORCE_COLOR says nothing", False, {"FORCE_COLOR": ""}, False),
    ("CLICOLOR_FORCE demands it", False, {"CLICOLOR_FORCE": "1"}, True),
    ("CLICOLOR_FORCE=0 says nothing", False, {"CLICOLOR_FORCE": "0"}, False),
    ("CLICOLOR=0 forbids it", True, {"CLICOLOR": "0"}, False),
    ("CLICOLOR=1 is for terminals only", False, {"CLICOLOR": "1"}, False),
    ("a dumb terminal gets none", True, {"TERM": "dumb"}, False),
    ("a dumb terminal gets it if it is demanded", True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ("NO_COLOR outdoes FORCE_COLOR", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
]


@pytest.mark.parametrize(("sentence", "is_terminal", "variables", "wanted"), WANTED, ids=[row[0] for row in WANTED])
def test_colour_is_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, sentence: str, is_terminal: bool, variables: dict[str, str], wanted: bool
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    stream = Terminal() if is_terminal else io.StringIO()
    assert wants_colour(stream) is wanted, sentence
    text = "ERROR LL001 Packets arrive\n  fix:   Open it.\n  a -> b: blocked for TCP 80"
    assert (coloured(text, stream) != text) is wanted


def test_colour_changes_no_word_of_the_report_and_machines_get_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(blocked(tmp_path))
    monkeypatch.setenv("NO_COLOR", "1")
    main(["check", "--why", folder])
    plain = capsys.readouterr().out
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    main(["check", "--why", folder])
    painted = capsys.readouterr().out
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == plain
    assert "\x1b[1;31mERROR\x1b[0m LL001" in painted
    for form in ("json", "sarif"):
        main(["check", "--format", form, folder])
        json.loads(printed := capsys.readouterr().out)
        assert "\x1b" not in printed
