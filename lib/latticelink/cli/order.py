"""`latticelink order`: the stacks' folders in deploy order."""

from __future__ import annotations

import argparse
from pathlib import Path

from latticelink.cli.inputs import OUTPUT, existing

HELP = "print the stacks' folders in deploy order"
DESCRIPTION = "Print the stacks' folders in deploy order, one per line, for a loop of Terraform commands."
EXAMPLES = """\
  while IFS= read -r s <&3; do terraform -chdir="$s" apply || break; done 3< <(latticelink order)
  while IFS= read -r s <&3; do terraform -chdir="$s" destroy || break; done 3< <(latticelink order --reverse)
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
    # Here, so that no other command waits for them to be read.
    from latticelink.errors import UnreadableInput
    from latticelink.terraform.manifest import in_deploy_order

    paths = [stack.path.as_posix() for stack in in_deploy_order(existing(chosen.folder))]
    if strange := next((path for path in paths if not path.isprintable()), None):
        raise UnreadableInput(f"{strange!r} can't be printed on a line. Rename the folder, or go to where it is.")
    for path in reversed(paths) if chosen.reverse else paths:
        # A word that begins with a hyphen is an option of whatever gets it.
        print(f"./{path}" if path.startswith("-") else path)
    return 0
