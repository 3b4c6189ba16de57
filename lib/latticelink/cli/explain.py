"""`latticelink explain`: what a check asks, why, and how to fix what it finds."""

from __future__ import annotations

import argparse
import sys

from latticelink.terminal import coloured, tell

HELP = "explain a check by its id: why it exists, and how to fix what it finds"
DESCRIPTION = (
    "Explain a check of `latticelink check`: what should hold, why, how to fix a finding, and the page that says so."
)
EXAMPLES = "  latticelink explain LL001\n"
EXIT_CODES = "0: explained; 2: there is no such check"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("check", metavar="CHECK", help="the id of a check, such as LL001")


def run(chosen: argparse.Namespace) -> int:
    """Print the explanation; return the exit code."""
    # Here, so that no other command waits for the checks to be read.
    from latticelink.reports.explanation import explain

    tell(coloured(explain(chosen.check.upper()), sys.stdout))
    return 0
