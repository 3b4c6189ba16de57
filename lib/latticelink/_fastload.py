"""Keeps Python from importing all 2,100 modules of the AWS provider's bindings when a few are used.

The package's `__init__` imports every one of its modules (hashicorp/terraform-cdk #3753, #2792, #3702), which takes
most of the time of a synth. Its modules don't need it: each loads the JavaScript side by itself. So an empty package
of the same name takes its place, which imports a module when it is first asked for. Output is the same byte for byte.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import logging
import os
import sys
from types import ModuleType
from typing import Any

_DISTRIBUTION = "cdktf-cdktf-provider-aws"
_KNOWN_VERSIONS = "21.22."
_log = logging.getLogger("latticelink")


def import_provider_lazily(package: str) -> None:
    """Put the stand-in for `package` in place, or step aside where its layout may be another one.

    `LATTICELINK_FAST_LOAD=0` turns it off.
    """
    if os.environ.get("LATTICELINK_FAST_LOAD") == "0":
        return
    if package in sys.modules:
        _log.debug("%s is imported already; fast loading steps aside", package)
        return
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations or not _is_known():
        _log.debug("%s is not the version that fast loading knows; it steps aside", package)
        return
    module = ModuleType(package)
    module.__spec__ = spec
    module.__file__ = spec.origin
    module.__package__ = package
    module.__path__ = list(spec.submodule_search_locations)

    def load(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return importlib.import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            raise AttributeError(f"module {package!r} has no attribute {name!r}") from error

    module.__dict__["__getattr__"] = load
    sys.modules[package] = module


def _is_known() -> bool:
    try:
        return importlib.metadata.version(_DISTRIBUTION).startswith(_KNOWN_VERSIONS)
    except importlib.metadata.PackageNotFoundError:
        return False
