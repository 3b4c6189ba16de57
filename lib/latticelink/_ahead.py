"""Reads the modules of the checks while Node.js starts, when Python would only wait: `run` needs them at its end.

Import it before `_cdk`, which starts Node.js.
"""

from __future__ import annotations

import importlib
import threading
from types import ModuleType

_NAME = "latticelink.checks.examination"
_reading = threading.Thread(target=importlib.import_module, args=(_NAME,), daemon=True)
_reading.start()


def examination() -> ModuleType:
    """Return the module `latticelink.checks.examination`, as soon as it is read."""
    _reading.join()
    return importlib.import_module(_NAME)
