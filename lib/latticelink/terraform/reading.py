"""Reads what is at a path into one configuration: its files or plans, and that nothing in it refers to itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from latticelink.errors import UnreadableInput
from latticelink.terraform.configuration import Configuration, Default, StackConfiguration
from latticelink.terraform.identities import refer_by_identity
from latticelink.terraform.loops import refuse_loops
from latticelink.terraform.plans import unfold
from latticelink.terraform.raw import RawStack
from latticelink.terraform.remote_state import read_stack
from latticelink.terraform.sources import raw_stacks


def read(path: Path, default: Default) -> Configuration:
    """Return the configuration at `path`.

    Args:
        path: a synth output folder, a folder of Terraform JSON (each sub-folder with some is a stack more), one such
            file, or what `terraform show -json` prints of a plan (each such file of a folder is a stack).
        default: says what an attribute is whose argument is left out, such as `network.defaults.default`.

    Raises:
        UnreadableInput: if it is malformed, no Terraform, too large, or refers to itself in a loop.

    Source: https://developer.hashicorp.com/terraform/language/syntax/json
    """
    return configuration_of(raw_stacks(path), default)


def configuration_of(stacks: Iterable[RawStack], default: Default) -> Configuration:
    """Return the configuration that the stacks make, as `read` does.

    Raises:
        UnreadableInput: if it refers to itself in a loop.
    """
    try:
        configuration = Configuration([StackConfiguration(unfold(raw), read_stack, default) for raw in stacks])
        refer_by_identity(configuration.stacks)
        refuse_loops(configuration)
    except RecursionError:
        raise UnreadableInput("What was read refers to itself, or is nested too deeply to be read.") from None
    return configuration
