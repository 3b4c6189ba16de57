"""What readers copy from README.md passes pyright too, which judges by other rules than mypy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from latticelink.cdk.node import packaged_node

import pytest

from tests.conftest import ROOT
from tests.engines.conftest import absent, of_npm
from tests.test_types import PROGRAMS

pytestmark = pytest.mark.engine


def errors(folder: Path, *programs: str) -> list[str]:
    """Return what pyright has against the programs, in its strictest mode."""
    node = shutil.which("node") or packaged_node()
    if node is None:
        absent("no Node.js, which pyright runs on: install it from https://nodejs.org/")
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"typeCheckingMode": "strict", "extraPaths": [str(ROOT / "lib")], "pythonVersion": "3.11"})
    )
    for number, program in enumerate(programs):
        (folder / f"program_{number}.py").write_text(program)
    command = [node, str(of_npm("pyright/index.js")), "--pythonpath", sys.executable, "--outputjson", "--project", "."]
    printed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    result: dict[str, Any] = json.loads(printed)
    assert result["summary"]["filesAnalyzed"] == len(programs)
    return [each["message"] for each in result["generalDiagnostics"]]


def test_the_programs_of_the_readme_pass_pyright(tmp_path: Path) -> None:
    assert errors(tmp_path, *PROGRAMS) == []


def test_a_misspelt_argument_is_found_by_pyright_too(tmp_path: Path) -> None:
    program = "from latticelink import IpResource\n\nIpResource(adress='10.0.0.9')\n"
    assert 'No parameter named "adress"' in errors(tmp_path, program)
