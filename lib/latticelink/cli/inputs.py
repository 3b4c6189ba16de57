"""What `check`, `draw` and `lab` read: the arguments that say so."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticelink.terraform.inputs import Input

_DEFAULT = Path("cdktf.out")


def add_inputs(parser: argparse.ArgumentParser) -> None:
    """Say that the command takes any number of inputs."""
    parser.add_argument(
        "inputs",
        metavar="INPUT",
        nargs="*",
        type=Path,
        help="synth output, folder of *.tf.json or *.tf, one such file, `terraform show -json` of a plan or a state, a "
        f"state file, or `terraform output -json`; `-` reads one from the standard input; default: {_DEFAULT}",
    )
    parser.add_argument(
        "--as",
        dest="named",
        metavar="NAME=FILE",
        action="append",
        default=[],
        help="an input more, which is the stack NAME for those that read its state",
    )


def inputs_of(chosen: argparse.Namespace) -> list[Input]:
    """Return what to read.

    Raises:
        UnreadableInput: if `--as` is written wrongly.
    """
    # Here, so that no other command waits for it to be read.
    from latticelink.terraform.inputs import Input, parse_named

    return [*map(Input, chosen.inputs or [_DEFAULT]), *parse_named(chosen.named)]


def first_of(chosen: argparse.Namespace) -> Path:
    """Return the first input, below which files are named."""
    path: Path = (chosen.inputs or [_DEFAULT])[0]
    return path
