"""`latticelink completion`: a script with which a shell completes commands, options and the words that they take."""

from __future__ import annotations

import argparse
import copy
from collections.abc import Iterator
from pathlib import Path

HELP = "print a script that completes this command line in bash, zsh or fish"
DESCRIPTION = "Print a completion script for a shell: it knows the commands, options, formats and the ids of checks."
EXAMPLES = """\
  source <(latticelink completion bash)                                      in ~/.bashrc
  latticelink completion zsh > ~/.zfunc/_latticelink                         with fpath+=~/.zfunc in ~/.zshrc
  latticelink completion fish > ~/.config/fish/completions/latticelink.fish
"""
EXIT_CODES = "0: printed; 2: no such shell"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell to write the script for")


def run(chosen: argparse.Namespace) -> int:
    """Print the script; return the exit code."""
    # Here, as no other command needs them.
    from latticelink.checks.catalogue import CHECKS

    import shtab

    # A copy, as the parser reads the command lines that follow in this process too.
    parser = copy.deepcopy(chosen.parser)
    for argument in _arguments(parser):
        if argument.dest == "check":
            argument.choices = [check.id for check in CHECKS]
        elif argument.type is Path:
            argument.complete = shtab.FILE  # type: ignore[attr-defined]
    print(shtab.complete(parser, chosen.shell), end="")
    return 0


def _arguments(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for argument in parser._actions:
        if isinstance(argument, argparse._SubParsersAction):
            for command in argument.choices.values():
                yield from _arguments(command)
        else:
            yield argument
