"""`latticelink lab`: the configuration in network namespaces, with real packets."""

from __future__ import annotations

import argparse
import os

from latticelink.cli.inputs import add_inputs, inputs_of

HELP = "run it in Linux network namespaces, with real packets"
DESCRIPTION = (
    "Build the configuration in network namespaces, ask each target with curl as its clients would, and show where "
    "packets are dropped, next to what `latticelink check` says. Needs Linux and latticelink[lab], but no root."
)
EXAMPLES = """\
  latticelink lab                              try every path of cdktf.out
  latticelink lab --shell EC2_A                open a shell on the instance EC2_A
  latticelink lab -- curl -sS http://NAME/     run a command on the first client
"""
EXIT_CODES = (
    "0: packets do what the check says; 1: they don't; 2: the input can't be read, or this machine can't run a lab. "
    "With --shell or a command: its exit code"
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
        help="open a shell on this instance, endpoint or gateway, or run COMMAND there (default: the first client)",
    )


def run(chosen: argparse.Namespace) -> int:
    """Run the lab in a process of its own; return the exit code."""
    from latticelink.lab.child import run_inside
    from latticelink.lab.request import Request

    given = [(str(each.path), each.name) for each in inputs_of(chosen)]
    shell = os.environ.get("SHELL") or "/bin/sh"
    request = Request(given, chosen.shell, tuple(chosen.command), shell)
    return run_inside(["-m", "latticelink.lab.session", request.text()])
