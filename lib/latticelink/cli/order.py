"""`latticelink order`: the stacks' folders in deploy order."""

from __future__ import annotations

import argparse
from pathlib import Path

from latticelink.cli.inputs import OUTPUT, existing

HELP = "print the stacks' folders in deploy order"
DESCRIPTION = "Print the stacks' folders in deploy order, one per line, for a loop of Terraform commands."
EXAMPLES = """\
  for s in $(latticelink order); do terraform -chdir=$s init && terraform -chdir=$s apply || break; done
  for s in $(latticelink order --reverse); do terraform -chdir=$s destroy || break; done
"""
EXIT_CODES = "0: printed; 2: the folder can't be read"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=Path,
        default=OUTPUT,
        help="a synth's output folder (default: cdktf.out)",
    )
    parser.add_argument("--reverse", action="store_true", help="print them in the order for destroying")


def run(chosen: argparse.Namespace) -> int:
    """Print the folders; return the exit code."""
    # Here, so that no other command waits for it to be read.
    from latticelink.terraform.manifest import in_deploy_order

    stacks = in_deploy_order(existing(chosen.folder))
    for stack in reversed(stacks) if chosen.reverse else stacks:
        print(stack.path.as_posix())
    return 0
