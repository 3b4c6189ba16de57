"""`latticelink lab`: the configuration in network namespaces, with real packets."""

from __future__ import annotations

import argparse
import os
import sys

from latticelink.cli.inputs import add_inputs, inputs_of

HELP = "run it in network namespaces of Linux, with real packets"
DESCRIPTION = (
    "Build in network namespaces what a configuration says, ask each target with curl as its clients would, and show "
    "where packets die, beside what `latticelink check` says. Needs Linux, no root, and latticelink[lab]. Exit code 0: "
    "check and packets agree; 1: they differ; 2: the input can't be read or the machine can't run a lab. With a "
    "command, after `--`, or a shell: its exit code."
)
# What stands after `--` is somebody's own command line.
TAKES_COMMAND = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.usage = "latticelink lab [-h] [--shell NAME] [--as NAME=FILE] [INPUT ...] [-- COMMAND ...]"
    add_inputs(parser)
    parser.add_argument(
        "--shell",
        metavar="NAME",
        default="",
        help="open a shell at this instance, endpoint or gateway, or run COMMAND there; default: the first client",
    )


def run(chosen: argparse.Namespace) -> int:
    """Run the lab in a process of its own; return the exit code."""
    from latticelink.lab.child import CannotRun, run_inside
    from latticelink.lab.request import Request
    from latticelink.terraform.json_files import UnreadableInput

    shell = os.environ.get("SHELL") or "/bin/sh"
    try:
        given = [(str(each.path), each.name) for each in inputs_of(chosen)]
        request = Request(given, chosen.shell, tuple(chosen.command), shell)
        return run_inside(["-m", "latticelink.lab.session", request.text()])
    except (CannotRun, UnreadableInput) as error:
        print(error, file=sys.stderr)
        return 2
