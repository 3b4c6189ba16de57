"""`latticelink order`: the stacks' folders in deploy order."""

from __future__ import annotations

import argparse
from pathlib import Path

from latticelink.errors import UnreadableInput
from latticelink.terraform.manifest import in_deploy_order

HELP = "print the stacks' folders in deploy order"
DESCRIPTION = "Print the folders of the stacks in deploy order, one on a line, for a loop of terraform calls."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("folder", metavar="DIR", nargs="?", type=Path, default=Path("cdktf.out"), help="synth output")
    parser.add_argument("--reverse", action="store_true", help="in the order of destroying")


def run(chosen: argparse.Namespace) -> int:
    """Print the folders; return the exit code."""
    stacks = in_deploy_order(chosen.folder)
    paths = [stack.path.as_posix() for stack in stacks]
    if strange := next((path for path in paths if not path.isprintable()), None):
        raise UnreadableInput(f"{strange!r} can't be a line of the output. Rename the folder, or go to where it is.")
    for path in reversed(paths) if chosen.reverse else paths:
        # A word that begins with a hyphen is an option of whatever gets it.
        print(f"./{path}" if path.startswith("-") else path)
    return 0
