"""The command `latticelink`, which works on a synth output folder; imports no CDK, so that it starts at once."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from latticelink.errors import LatticeLinkError
from latticelink.order import in_deploy_order


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
    order = commands.add_parser(
        "order",
        help="print the stacks' folders in deploy order",
        description="Print the folders of the stacks in deploy order, one on a line, for a loop of terraform calls.",
    )
    order.add_argument("folder", metavar="DIR", nargs="?", type=Path, default=Path("cdktf.out"), help="synth output")
    order.add_argument("--reverse", action="store_true", help="in the order of destroying")
    order.set_defaults(run=_order)
    check = commands.add_parser(
        "check",
        help="say whether packets will arrive, and what AWS or Terraform would refuse",
        description="Judge a synth output folder, or any Terraform JSON, before anything is made. Exit code 0: nothing "
        "found; 1: an error or a warning; 2: the input can't be read.",
    )
    check.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=Path,
        default=Path("cdktf.out"),
        help="synth output, folder of *.tf.json, one such file, or `terraform show -json` of a plan",
    )
    check.add_argument(
        "--format",
        choices=("text", "json", "sarif"),
        default="text",
        help="for people (the default), for programs, or for code scanning",
    )
    check.add_argument("--strict", action="store_true", help="exit with 1 also if something is unknown")
    check.add_argument(
        "--suppressions",
        metavar="FILE",
        type=Path,
        help="TOML file of findings to live with; default: latticelink-suppressions.toml, if it is there",
    )
    check.add_argument("--why", action="store_true", help="show for each path the rule that admits it at each hop")
    check.set_defaults(run=_check)
    chosen = parser.parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
        sys.stdout.flush()
    except LatticeLinkError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read along (`| head`) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _order(chosen: argparse.Namespace) -> int:
    stacks = in_deploy_order(chosen.folder)
    for stack in reversed(stacks) if chosen.reverse else stacks:
        print(stack.path.as_posix())
    return 0


def _check(chosen: argparse.Namespace) -> int:
    # Here, as no other command needs them.
    from latticelink.checks.configuration import UnreadableInput
    from latticelink.checks.examination import examine
    from latticelink.checks.reports import as_json, as_text
    from latticelink.checks.sarif import as_sarif

    try:
        examination = examine(chosen.folder, chosen.suppressions)
    except UnreadableInput as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.format == "sarif":
        print(as_sarif(examination, folder=chosen.folder, strict=chosen.strict))
    elif chosen.format == "json":
        print(as_json(examination))
    else:
        print(as_text(examination, why=chosen.why))
    return examination.exit_code(strict=chosen.strict)
