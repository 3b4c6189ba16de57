"""`latticelink check`: whether packets will arrive, and what AWS or Terraform would refuse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from latticelink.cli.inputs import add_inputs, first_of, inputs_of
from latticelink.terminal import coloured, progress, tell

if TYPE_CHECKING:
    from latticelink.checks.examination import Examination

HELP = "say whether packets will arrive, and what AWS or Terraform would refuse"
DESCRIPTION = (
    "Check synth output, Terraform JSON, plans and states, all of them together: whether packets get from each client "
    "to each target, and what AWS or Terraform would refuse. Needs no AWS account and no Terraform."
)
EXAMPLES = """\
  latticelink check                                      check cdktf.out
  latticelink check --why                                show the rule that lets packets pass at each hop
  terraform show -json plan | latticelink check -        check a plan
  latticelink check cdktf.out --as producer=state.json   check it with another team's state
  latticelink check --format sarif > latticelink.sarif   for code scanning
"""
EXIT_CODES = "0: nothing found; 1: an error or a warning; 2: the input can't be read"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_inputs(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "sarif"),
        default="text",
        help="text for people (the default), JSON for programs, or SARIF for code scanning",
    )
    parser.add_argument("--strict", action="store_true", help="exit with 1 also if something is unknown")
    parser.add_argument(
        "--suppressions",
        metavar="FILE",
        type=Path,
        help="TOML file of findings to accept (default: latticelink-suppressions.toml, if it exists)",
    )
    parser.add_argument(
        "--why", action="store_true", help="show, for each path, the rule that lets packets pass at each hop"
    )
    parser.add_argument(
        "--no-inline-suppressions",
        dest="inline",
        action="store_false",
        help="ignore the suppressions in the inputs themselves, for a gate on other people's changes",
    )


def run(chosen: argparse.Namespace) -> int:
    """Print what the checks find; return the exit code."""
    inputs = inputs_of(chosen)
    with progress("Checking"):
        # Here, so that no other command waits for the checks to be read.
        from latticelink.checks.examination import examine

        examination = examine(inputs, chosen.suppressions, inline=chosen.inline)
        report = _report(chosen, examination)
    tell(report)
    return examination.exit_code(strict=chosen.strict)


def _report(chosen: argparse.Namespace, examination: Examination) -> str:
    if chosen.format == "sarif":
        from latticelink.reports.sarif import as_sarif

        return as_sarif(examination, folder=first_of(chosen), strict=chosen.strict)
    from latticelink.reports.text import as_json, as_text

    if chosen.format == "json":
        return as_json(examination)
    return coloured(as_text(examination, why=chosen.why), sys.stdout)
