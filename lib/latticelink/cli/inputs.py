"""What the commands read: the arguments that say so, and a hint where there is nothing yet."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from latticelink.terraform.inputs import Input

OUTPUT = Path("cdktf.out")
"""The folder that a synth writes and that commands read unless another is named."""


def add_inputs(parser: argparse.ArgumentParser) -> None:
    """Say that the command takes any number of inputs."""
    parser.add_argument(
        "inputs",
        metavar="INPUT",
        nargs="*",
        type=Path,
        help="a synth's output folder, a folder of *.tf.json or *.tf files, one such file, what `terraform show -json` "
        "prints of a plan or a state, a state file, or what `terraform output -json` prints; `-` reads one of these "
        f"from standard input (default: {OUTPUT})",
    )
    parser.add_argument(
        "--as",
        dest="named",
        metavar="NAME=FILE",
        action="append",
        default=[],
        help="an additional input, used as the stack NAME wherever another stack reads its state",
    )


def inputs_of(chosen: argparse.Namespace) -> list[Input]:
    """Return what to read.

    Raises:
        UnreadableInput: if `--as` is malformed, names don't fit together, or the default folder isn't there.
    """
    # Here, so that no other command waits for it to be read.
    from latticelink.terraform.inputs import Input, distinct, parse_named

    inputs = distinct([*map(Input, chosen.inputs or [OUTPUT]), *parse_named(chosen.named)])
    for each in inputs:
        existing(each.path)
    return inputs


def first_of(chosen: argparse.Namespace) -> Path:
    """Return the first input, below which files are named."""
    path: Path = (chosen.inputs or [OUTPUT])[0]
    return path


def existing(path: Path) -> Path:
    """Return a path that is to be read.

    Raises:
        UnreadableInput: if it is the default output folder and isn't there; it says which command writes it.
    """
    if path != OUTPUT or os.path.lexists(path):
        return path
    from latticelink.errors import UnreadableInput

    raise UnreadableInput(f"There is no {OUTPUT} here. {_what_writes_it()} Or name what to read: see --help.")


def _what_writes_it() -> str:
    """Return a sentence that names the command that writes the output folder, by what is in this one."""
    try:
        settings = json.loads(Path("cdktf.json").read_text(encoding="utf-8"))
        app, output = settings["app"], settings.get("output", "")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        own = "`python main.py`" if Path("main.py").is_file() else "your app's program"
        return f"Synthesise first: run {own} in its folder, or `cdktf synth` (CDKTF) or `cdktn synth` (CDK Terrain)."
    if isinstance(output, str) and output and Path(output).is_dir():
        return f"The CDK's output folder is {output}, as cdktf.json says: name that."
    return f"Synthesise first: run `{app}`, or `cdktf synth` (CDKTF) or `cdktn synth` (CDK Terrain)."
