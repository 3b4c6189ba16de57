"""Keeps Python and Node.js from loading all 2,200 modules of the AWS provider's bindings when a few are used.

On the Python side the `__init__` of CDKTF's package imports every one of its modules (hashicorp/terraform-cdk #3753,
#2792, #3702). They don't need it: each loads the JavaScript side by itself. So an empty package of the same name takes
its place, which imports a module when it is first asked for, as CDK Terrain's own does. On the Node.js side the index
file of either loads all, and a preloaded script makes it lazy. Output is the same byte for byte; together they take
most of the time off a synth.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import importlib.util
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from latticelink.cdk.cache_folder import cache_folder
from latticelink.cdk.flavour import CDKTF, Flavour

# The versions of CDKTF's bindings whose `__init__` is known to do nothing else.
_DISTRIBUTION, _KNOWN_VERSIONS = "cdktf-cdktf-provider-aws", "21.22."
_log = logging.getLogger("latticelink")


def is_on() -> bool:
    """Return whether fast loading is wanted; `LATTICELINK_FAST_LOAD=0` turns it off."""
    return os.environ.get("LATTICELINK_FAST_LOAD") != "0"


def node_environment() -> dict[str, str]:
    """Return the variables with which jsii's Node.js loads the provider lazily and keeps its compiled code.

    What the user has set stays: NODE_OPTIONS is extended, and a NODE_COMPILE_CACHE is used in place of ours. Node.js
    before 22.1 has no such cache, and all versions go on without it where the folder can't be written, or isn't ours
    alone.
    """
    if not is_on():
        return {}
    script = str(Path(__file__).with_name("lazy_provider.cjs")).replace("\\", "\\\\").replace('"', '\\"')
    added = {"NODE_OPTIONS": f'{os.environ.get("NODE_OPTIONS", "")} --require "{script}"'.strip()}
    if "NODE_COMPILE_CACHE" not in os.environ:
        folder = cache_folder("node")
        # Empty, it is nobody else's either.
        added["LATTICELINK_NODE_CACHE"] = str(folder or "")
        if folder is None:
            _log.debug("the cache folder isn't ours alone, or can't be written; nothing is kept for the next run")
    return added


@contextmanager
def many_classes() -> Iterator[None]:
    """Spare the garbage collector the thousands of classes that are imported inside the block and live to the end."""
    if not (is_on() and gc.isenabled()):
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def import_provider_lazily(cdk: Flavour) -> None:
    """Put the stand-in for CDKTF's bindings in place, or step aside where their layout may be another one."""
    if not is_on() or cdk is not CDKTF:
        return
    package = cdk.bindings
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
