"""What docs/testing.md shows runs as a user would run it, and fails where it should."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from latticelink.testing import assert_blocked, synthesise

import pytest

from tests.conftest import ROOT
from tests.docs import blocks
from tests.flavour import APPS

PAGE = "testing.md"
TESTS = "\n\n".join(blocks(PAGE, "python"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a folder with the scenario, the page's tests, and LatticeLink installed as far as pytest can tell."""
    shutil.copytree(APPS / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(APPS / "main.py", tmp_path)
    (tmp_path / "test_network.py").write_text(TESTS)
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    installed = tmp_path / "installed" / "latticelink_as_installed-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: latticelink-as-installed\nVersion: 1\n")
    lines = [
        line
        for group, entries in groups.items()
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in entries.items()))
    ]
    (installed / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return tmp_path


def run_pytest(repository: Path, *options: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, (repository / "installed", repository, ROOT / "lib")))
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", *options],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tests_of_the_page_pass_with_a_plugin_that_nothing_names_and_golden_files_that_the_option_wrote(
    repository: Path,
) -> None:
    first = run_pytest(repository)
    assert "There is no golden file" in first.stdout
    assert "--update-golden" in first.stdout
    assert "1 failed, 4 passed" in first.stdout, first.stdout
    assert "5 passed" in run_pytest(repository, "--update-golden").stdout
    written = (repository / "golden" / "producer.txt").read_text()
    assert "aws_vpclattice_resource_gateway.gateway_4F29084A" in written.splitlines()
    again = run_pytest(repository)
    assert "5 passed" in again.stdout, again.stdout
    (repository / "golden" / "producer.txt").write_text(written.replace("gateway_4F29084A", "gateway_00000000"))
    renamed = run_pytest(repository, "-k", "another_address")
    assert "-aws_vpclattice_resource_gateway.gateway_00000000" in renamed.stdout
    assert "+aws_vpclattice_resource_gateway.gateway_4F29084A" in renamed.stdout


def test_the_output_of_a_failure_is_that_of_the_page(monkeypatch: pytest.MonkeyPatch, repository: Path) -> None:
    monkeypatch.chdir(repository)
    monkeypatch.syspath_prepend(str(repository))
    for module in [name for name in sys.modules if name == "main" or name.partition(".")[0] == "stacks"]:
        monkeypatch.delitem(sys.modules, module)
    from main import scenario

    app = synthesise(scenario)
    with pytest.raises(AssertionError) as caught:
        assert_blocked(app, "EC2_A", "nginx", port=80)
    [shown] = blocks(PAGE, "text")
    assert str(caught.value).startswith(shown)
