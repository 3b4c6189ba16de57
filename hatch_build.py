"""Puts the two files of the scenario that lie beside pyproject.toml into the wheel, as Hatch moves only folders."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_APPS = "latticelink/projects/apps"


class CustomBuildHook(BuildHookInterface):
    """What Hatch calls before it builds a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add them; an editable install reads them where they are."""
        if version != "editable":
            build_data["force_include"] |= {
                f"{self.root}/{name}": f"{_APPS}/{name}" for name in ("main.py", "cdktf.json")
            }
