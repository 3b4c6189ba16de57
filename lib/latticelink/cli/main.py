"""The command line of `latticelink`: its commands, and how they end."""

from __future__ import annotations

import argparse
import gc
import io
import os
import re
import sys
import textwrap
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from latticelink.cli import check, completion, draw, explain, init, lab, order
from latticelink.terminal import INTERRUPTED, discard_output

_COMMANDS = {
    "init": init,
    "check": check,
    "draw": draw,
    "lab": lab,
    "order": order,
    "explain": explain,
    "completion": completion,
}
_DESCRIPTION = (
    "Checks, draws and tries what an app shares over AWS PrivateLink, from the Terraform JSON that it wrote: before "
    "anything exists, and without an AWS account."
)
_EXAMPLES = """\
  latticelink check              will packets arrive, and will AWS and Terraform take it?
  latticelink draw --open        see it in the browser, hop by hop
  latticelink lab                send real packets through it on this machine (Linux)
  latticelink COMMAND --help     what a command takes, with examples
"""
_EXIT_CODES = "0: all is well; 1: something was found; 2: the input or the command line is wrong; 130: interrupted"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the command line. Default: that of the process.

    Returns:
        The exit code, the same in all commands: 0; 1 if `check` finds an error or a warning (with `--strict` also if
        something is unknown) or if packets in the `lab` do other than the check says; 2, with a sentence on standard
        error, if the input can't be read or the output can't be written; 130 after Ctrl-C. A wrong command line
        ends the program with 2.
    """
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments), is_alone=arguments is None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read along (`| head`) has seen enough.
        discard_output()
        return 0
    except (MemoryError, RecursionError):
        print("The input is too large, or nested too deeply, to be judged.", file=sys.stderr)
    except OSError as error:
        discard_output()
        print(f"{error.filename or 'The output'} can't be read or written: {error.strerror}.", file=sys.stderr)
    return 2


def _run(given: list[str], *, is_alone: bool) -> int:
    parser = _parser()
    if not given:
        parser.print_help()
        return 0
    own = given[: given.index("--")] if "--" in given and hasattr(_COMMANDS.get(given[0]), "TAKES_COMMAND") else given
    chosen = _parsed(parser, own)
    chosen.command, chosen.parser = given[len(own) + 1 :], parser
    for stream in (sys.stdout, sys.stderr):
        # Files hold characters that the terminal's encoding, or any, can't write.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if is_alone:
        # The process ends with the command; the collector would search all that was read for garbage, again and again.
        gc.disable()
    # Here, so that `--help` doesn't wait for them to be read.
    from latticelink.disclosure import forget
    from latticelink.errors import LatticeLinkError

    forget()
    try:
        code: int = chosen.run(chosen)
    except LatticeLinkError as error:
        print(error, file=sys.stderr)
        return 2
    sys.stdout.flush()
    if is_alone:
        # Nor need Python search it once more and take it apart as it ends.
        gc.freeze()
    return code


@cache
def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="latticelink", **_about(_DESCRIPTION, _EXAMPLES, _EXIT_CODES))
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="show the versions of LatticeLink, the CDK and Python"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    for name, command in _COMMANDS.items():
        about = _about(command.DESCRIPTION, command.EXAMPLES, command.EXIT_CODES)
        parser_of_command = commands.add_parser(name, help=command.HELP, **about)
        command.add_arguments(parser_of_command)
        parser_of_command.set_defaults(run=command.run)
    return parser


def _about(description: str, examples: str, exit_codes: str) -> dict[str, Any]:
    """Return how a parser describes itself in its help."""
    codes = textwrap.fill(exit_codes, 78, initial_indent="  ", subsequent_indent="  ")
    return {
        "description": textwrap.fill(description, 78),
        "epilog": f"examples:\n{examples}\nexit code:\n{codes}",
        "formatter_class": argparse.RawDescriptionHelpFormatter,
    }


def _parsed(parser: argparse.ArgumentParser, own: list[str]) -> argparse.Namespace:
    """Return what the command line says; inputs may stand on both sides of an option."""
    for each in own:
        if re.fullmatch(r"-\w--|--[\w-]+=--", each):
            # What argparse does with it depends on Python's version.
            parser.error(
                f"argument {each.removesuffix('--').removesuffix('=')}: expected one argument, which isn't '--'"
            )
        if not _can_be_given(each):
            parser.error("an argument has a NUL or a lone surrogate in it, which no program can be given")
    chosen, rest = parser.parse_known_args(own)
    if rest and (not hasattr(chosen, "inputs") or any(each.startswith("-") and each != "-" for each in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        chosen.inputs = [*chosen.inputs, *map(Path, rest)]
    return chosen


def _can_be_given(argument: str) -> bool:
    try:
        return b"\0" not in os.fsencode(argument)
    except UnicodeEncodeError:
        return False


class _Version(argparse.Action):
    """Prints the versions and ends the program; they are read when they are asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Do so."""
        from latticelink.cli.version import version

        print(version())
        parser.exit()
