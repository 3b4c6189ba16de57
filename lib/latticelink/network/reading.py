"""Reads a configuration as AWS sees it: an attribute whose argument is left out has AWS's documented default."""

from __future__ import annotations

from pathlib import Path

from latticelink.network.defaults import default
from latticelink.terraform import reading
from latticelink.terraform.configuration import Configuration


def read(path: Path) -> Configuration:
    """Return the configuration at `path`, as `terraform.reading.read` does, with AWS's defaults.

    Raises:
        UnreadableInput: if it is malformed, no Terraform, too large, or refers to itself in a loop.
    """
    return reading.read(path, default)
