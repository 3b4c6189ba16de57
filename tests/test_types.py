"""What readers copy from README.md passes a strict type checker."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, run_mypy

PROGRAMS = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)

pytestmark = pytest.mark.slow


def test_there_are_programs() -> None:
    assert PROGRAMS


@pytest.mark.parametrize("program", PROGRAMS, ids=[str(number) for number, _ in enumerate(PROGRAMS, 1)])
def test_a_program_of_the_readme_passes_mypy_strict(tmp_path: Path, program: str) -> None:
    (tmp_path / "program.py").write_text(program)
    result = run_mypy(tmp_path, "program.py")
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_misspelt_argument_is_found_by_mypy_too(tmp_path: Path) -> None:
    """The wrapper that judges calls keeps their types."""
    (tmp_path / "program.py").write_text("from latticelink import IpResource\n\nIpResource(adress='10.0.0.9')\n")
    result = run_mypy(tmp_path, "program.py")
    assert result.returncode == 1
    assert 'Unexpected keyword argument "adress" for "IpResource"' in result.stdout
