"""`latticelink check`: whether packets will arrive, and what AWS or Terraform would refuse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from latticelink.cli.inputs import add_inputs, first_of, inputs_of

if TYPE_CHECKING:
    from latticelink.checks.examination import Examination

HELP = "say whether packets will arrive, and what AWS or Terraform would refuse"
DESCRIPTION = (
    "Judge what is named: synth output, Terraform JSON, plans and states, together. Exit code 0: nothing "
    "found; 1: an error or a warning; 2: the input can't be read."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_inputs(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif"),
        default="text",
        help="for people (the default), for programs, or for code scanning",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 also if something is unknown")
    parser.add_argument(
        "--suppressions",
        metavar="FILE",
        type=Path,
        help="TOML file of findings to live with; default: latticelink-suppressions.toml, if it is there",
    )
    parser.add_argument(
        "--no-inline-suppressions",
        dest="inline",
        action="store_false",
        help="ignore the suppressions in the inputs themselves, as in a gate for changes of others",
    )
    parser.add_argument("--why", action="store_true", help="show for each path the rule that admits it at each hop")


def run(chosen: argparse.Namespace) -> int:
    """Print what the checks find; return the exit code."""
    # Here, so that no other command waits for the checks to be read.
    from latticelink.checks.examination import examine
    from latticelink.terraform.json_files import UnreadableInput

    try:
        examination = examine(inputs_of(chosen), chosen.suppressions, inline=chosen.inline)
    except UnreadableInput as error:
        print(error, file=sys.stderr)
        return 2
    _print(chosen, examination)
    return examination.exit_code(strict=chosen.strict)


def _print(chosen: argparse.Namespace, examination: Examination) -> None:
    from latticelink.reports.sarif import as_sarif
    from latticelink.reports.text import as_json, as_text

    if chosen.format == "sarif":
        print(as_sarif(examination, folder=first_of(chosen), strict=chosen.strict))
    elif chosen.format == "json":
        print(as_json(examination))
    else:
        print(as_text(examination, why=chosen.why))
