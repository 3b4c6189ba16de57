"""Reads a configuration as AWS sees it: an attribute whose argument is left out has AWS's documented default."""

from __future__ import annotations

from collections.abc import Iterable

from latticelink.network.contracts import with_published
from latticelink.network.defaults import default
from latticelink.terraform import reading
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.inputs import Inputs
from latticelink.terraform.raw import RawStack
from latticelink.terraform.sources import raw_stacks


def read(inputs: Inputs) -> Configuration:
    """Return the configuration that the inputs make together, with AWS's defaults.

    Args:
        inputs: a path, or several: each a synth output folder, a folder of Terraform JSON (each sub-folder with some
            is a stack more), one such file, what `terraform show -json` prints of a plan or a state, a state file
            (each such file of a folder is a stack), or what `terraform output -json` prints.

    Raises:
        UnreadableInput: if it is malformed, no Terraform, too large, or refers to itself in a loop.
    """
    return configuration_of(with_published(raw_stacks(inputs)))


def configuration_of(stacks: Iterable[RawStack]) -> Configuration:
    """Return the configuration that the stacks make, as `terraform.reading.configuration_of` does.

    Raises:
        UnreadableInput: if it refers to itself in a loop.
    """
    return reading.configuration_of(stacks, default)
