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
        The exit code: 0, or 1 with a sentence on standard error. A wrong command line exits with 2.
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
