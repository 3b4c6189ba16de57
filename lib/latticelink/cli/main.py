"""The command line of `latticelink`: its commands, and how they end."""

from __future__ import annotations

import argparse
import gc
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from latticelink.cli import check, draw, init, lab, order
from latticelink.disclosure import forget
from latticelink.errors import LatticeLinkError, UnreadableInput

_COMMANDS = {"init": init, "order": order, "check": check, "draw": draw, "lab": lab}


def _parsed(parser: argparse.ArgumentParser, own: list[str]) -> argparse.Namespace:
    """Return what the command line says; inputs may stand on both sides of an option."""
    chosen, rest = parser.parse_known_args(own)
    if rest and (not hasattr(chosen, "inputs") or any(each.startswith("-") and each != "-" for each in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if rest:
        chosen.inputs = [*chosen.inputs, *map(Path, rest)]
    return chosen


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the command line. Default: that of the process.

    Returns:
        The exit code: 0, or 1 with a sentence on standard error. A wrong command line exits with 2. `check` returns 0
        if nothing is wrong, 1 if there is an error or a warning (with `--strict` also if something is unknown), and 2
        with a sentence on standard error if what it should check can't be read.
    """
    parser = argparse.ArgumentParser(prog="latticelink", description="Works on what a LatticeLink app synthesised.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in _COMMANDS.items():
        parser_of_command = commands.add_parser(name, help=command.HELP, description=command.DESCRIPTION)
        command.add_arguments(parser_of_command)
        parser_of_command.set_defaults(run=command.run)
    given = list(sys.argv[1:] if arguments is None else arguments)
    own = given[: given.index("--")] if "--" in given and hasattr(_COMMANDS.get(given[0]), "TAKES_COMMAND") else given
    chosen = _parsed(parser, own)
    chosen.command = given[len(own) + 1 :]
    for stream in (sys.stdout, sys.stderr):
        # Files hold characters that the terminal's encoding, or any, can't write.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if arguments is None:
        # The process ends with the command; the collector would search all that was read for garbage, again and again.
        gc.disable()
    forget()
    try:
        code: int = chosen.run(chosen)
        sys.stdout.flush()
    except LatticeLinkError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, UnreadableInput) else 1
    except (MemoryError, RecursionError):
        print("What was read is too large, or nested too deeply, to be judged.", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read along (`| head`) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
