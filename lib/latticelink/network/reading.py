"""Reads a configuration as AWS sees it: an attribute whose argument is left out has AWS's documented default."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from latticelink.network.defaults import default
from latticelink.terraform import reading
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.raw import RawStack


def read(path: Path) -> Configuration:
    """Return the configuration at `path`, as `terraform.reading.read` does, with AWS's defaults.

    Raises:
        UnreadableInput: if it is malformed, no Terraform, too large, or refers to itself in a loop.
    """
    return reading.read(path, default)


def configuration_of(stacks: Iterable[RawStack]) -> Configuration:
    """Return the configuration that the stacks make, as `terraform.reading.configuration_of` does.

    Raises:
        UnreadableInput: if it refers to itself in a loop.
    """
    return reading.configuration_of(stacks, default)
