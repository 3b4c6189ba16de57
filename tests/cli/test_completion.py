"""Completion of the command line, as bash, zsh and fish do it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from latticelink.checks.catalogue import CHECKS
from latticelink.cli.main import main

import pytest

from tests.engines.conftest import absent

COMPLETED = [
    ("a command", ["dr"], ["draw"]),
    ("an option", ["check", "--fo"], ["--format"]),
    ("a format of the check", ["check", "--format", ""], ["text", "json", "sarif"]),
    ("a format of a picture", ["draw", "--format", "m"], ["mermaid"]),
    ("the id of a check", ["explain", "LL00"], [check.id for check in CHECKS if check.id.startswith("LL00")]),
    ("a shell", ["completion", "b"], ["bash"]),
    ("a file", ["check", "plan"], ["plan.json"]),
]


def printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_the_command_lines_that_follow_are_read_as_before(capsys: pytest.CaptureFixture[str]) -> None:
    printed(["completion", "bash"], capsys)
    assert "LL001" in printed(["explain", "ll001"], capsys)


def test_bash_completes_the_words_that_are_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = printed(["completion", "bash"], capsys)
    (tmp_path / "plan.json").write_text("{}")
    (tmp_path / "latticelink.bash").write_text(
        f"{script}\ncomplete -p latticelink > /dev/null || exit 3\n"
        'COMP_WORDS=(latticelink "$@"); COMP_CWORD=$#\n'
        '_shtab_latticelink latticelink "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"\n'
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    for sentence, words, completed in COMPLETED:
        command = ["bash", "latticelink.bash", *words]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert result.stdout.split() == completed, sentence


# zsh completes only in its line editor: `compadd` says what it would add, once the editor is there.
ZSH = """\
PROMPT=
fpath=($PWD $fpath)
autoload -Uz compinit && compinit -u -D
compadd() {
  local -a found
  if [[ " ${(j: :)@} " == *" -"[OAD]" "* ]]; then builtin compadd "$@"; return; fi
  builtin compadd -A found "$@"
  print -rl -- "<"$^found">"
}
zle-line-init() { print "[ready]" }
zle -N zle-line-init
"""
ASK_ZSH = r"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "source ./setup.zsh"
while zpty -r shell line && [[ $line != *"[ready]"* ]]; do :; done
zpty -n -w shell "$1"$'\t\x15print -r -- "["end"]"\n'
while zpty -r shell line && [[ $line != *"[end]"* ]]; do print -r -- "$line"; done
"""


def test_zsh_completes_the_words_that_are_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("zsh") is None:
        absent("no zsh: apt-get install zsh")
    (tmp_path / "_latticelink").write_text(printed(["completion", "zsh"], capsys))
    (tmp_path / "setup.zsh").write_text(ZSH)
    (tmp_path / "plan.json").write_text("{}")
    for sentence, words, completed in COMPLETED:
        command = ["zsh", "-f", "-c", ASK_ZSH, "zsh", " ".join(["latticelink", *words])]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
        assert sorted(set(re.findall("<(.+?)>", result.stdout))) == sorted(completed), sentence


def test_fish_completes_the_words_that_are_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("fish") is None:
        absent("no fish: apt-get install fish")
    (tmp_path / "latticelink.fish").write_text(printed(["completion", "fish"], capsys))
    (tmp_path / "plan.json").write_text("{}")
    for sentence, words, completed in COMPLETED:
        ask = 'source latticelink.fish; complete -C "$argv[1]"'
        command = ["fish", "--no-config", "-c", ask, " ".join(["latticelink", *words])]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
        found = [line.partition("\t")[0] for line in result.stdout.splitlines()]
        assert sorted(found) == sorted(completed), sentence
