"""What users' own tests of their apps use; docs/testing.md shows how.

Everything public is named here, and loaded when it is first asked for: pytest loads the plugin in every run, also
where nothing of LatticeLink is tested. Nothing of the library imports this room, and only `plugin` needs pytest.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from latticelink.testing.apps import SynthesisedApp, SynthesisedStack, read_synthesised, synthesise
    from latticelink.testing.cache import Synthesise
    from latticelink.testing.golden import Golden
    from latticelink.testing.reach import assert_blocked, assert_reachable

__all__ = [
    "Golden",
    "Synthesise",
    "SynthesisedApp",
    "SynthesisedStack",
    "assert_blocked",
    "assert_reachable",
    "read_synthesised",
    "synthesise",
]

_HOMES = {
    "Golden": "golden",
    "Synthesise": "cache",
    "SynthesisedApp": "apps",
    "SynthesisedStack": "apps",
    "assert_blocked": "reach",
    "assert_reachable": "reach",
    "read_synthesised": "apps",
    "synthesise": "apps",
}


if not TYPE_CHECKING:  # so that a misspelt name is an error for type checkers

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return list(__all__)
