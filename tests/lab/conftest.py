"""Runs the lab, or skips a test of it with the reason where the machine can't."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from latticelink.lab.child import CannotRun, must_be_able

import pytest

from tests.conftest import ROOT
from tests.engines.conftest import absent

RunLab = Callable[..., subprocess.CompletedProcess[str]]
LATTICELINK = [sys.executable, "-c", "import sys; from latticelink.cli.main import main; sys.exit(main())"]


@pytest.fixture(scope="session", autouse=True)
def _able() -> None:
    try:
        must_be_able()
    except CannotRun as error:
        absent(str(error))


@pytest.fixture
def run_lab() -> RunLab:
    """Return a function that runs `latticelink lab` with arguments."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*LATTICELINK, "lab", *map(str, arguments)],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Return the scenario as it is written, which the golden files hold."""
    for stack in ("producer", "consumer"):
        folder = tmp_path / "stacks" / stack
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text((ROOT / "tests" / "golden" / f"{stack}.tf.json").read_text())
    return tmp_path / "stacks"
