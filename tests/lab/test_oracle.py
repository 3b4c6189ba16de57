"""Packets agree with the check on random topologies, and show each bug that is put into it."""

from __future__ import annotations

import re
import subprocess
import sys

from latticelink.lab.child import ISOLATED

import pytest

from tests.conftest import ROOT
from tests.lab.bugs import BUGS

pytestmark = pytest.mark.slow


def oracle(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*ISOLATED, sys.executable, "-m", "tests.lab.oracle", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_packets_and_check_agree_on_200_random_topologies() -> None:
    result = oracle(200, 0)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    assert "seed 0: 200 variations" in result.stdout
    counted = {name: int(times) for name, times in re.findall(r"^  (.+): (\d+)$", result.stdout, re.MULTILINE)}
    assert min(counted[name] for name in ("pass / all", "fail / none", "hops compared")) > 30


@pytest.fixture(scope="module")
def found() -> str:
    return oracle("bugs", 400).stdout


@pytest.mark.parametrize("bug", BUGS)
def test_packets_show_a_bug_in_the_check(found: str, bug: str) -> None:
    assert re.search(rf"^found in variation \d+: {re.escape(bug)}: ", found, re.MULTILINE), found
