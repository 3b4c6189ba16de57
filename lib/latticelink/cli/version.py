"""`latticelink --version`: the library, the CDK that an app would run on, and Python."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from latticelink import __version__


def version() -> str:
    """Return a line for each; nothing of the CDK is imported for it."""
    python = ".".join(map(str, sys.version_info[:3]))
    return f"latticelink {__version__}\n{_cdk()}\nPython {python} ({sys.executable})"


def _cdk() -> str:
    from latticelink.cdk.flavour import FLAVOURS, chosen
    from latticelink.errors import UnusableCdk

    try:
        cdk = chosen()
    except UnusableCdk as error:
        return f"no CDK: {error}"
    others = [
        f"{other.name} {_installed(other.core)}" for other in FLAVOURS if other is not cdk and _installed(other.core)
    ]
    beside = f"; {others[0]} is installed too: LATTICELINK_CDK chooses" if others else ""
    return f"{cdk.name} {_installed(cdk.core)}, AWS bindings {_installed(cdk.bindings)}{beside}"


def _installed(package: str) -> str:
    """Return a package's version by the folder that pip keeps beside it: importlib.metadata takes 50 ms to start."""
    found = importlib.util.find_spec(package)
    beside = Path(found.origin).parent.parent if found is not None and found.origin is not None else None
    for folder in beside.glob("*.dist-info") if beside is not None else ():
        name, _, number = folder.stem.partition("-")
        if name.replace("-", "_") == package:
            return number
    return ""
