"""Reads the modules of the checks while Node.js starts, when Python would only wait: `run` needs them at its end.

Import it before `cdk.bindings`, which starts Node.js.
"""

from __future__ import annotations

import importlib
import threading

from latticelink.cdk.node import meanwhile


def _read() -> None:
    threading.Thread(target=importlib.import_module, args=("latticelink.reports.text",), daemon=True).start()


meanwhile.append(_read)
