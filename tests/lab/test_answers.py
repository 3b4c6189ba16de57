"""What AWS answers after a real apply makes the same lab as the files: packets flow, and die, at the same places."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

from latticelink.lab.child import ISOLATED
from latticelink.lab.model import Model
from latticelink.lab.reading import model_of
from latticelink.network.reading import read

import pytest

from tests.conftest import ROOT, run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform, terraform, terraform_aws  # noqa: F401  fixtures
from tests.engines.scenario import narrow, order
from tests.flavour import SCENARIO, output_of, program_of
from tests.lab.answers import Answers

pytestmark = [pytest.mark.engine, pytest.mark.slow(minutes=2)]

# Each with its region. All but the database are judged where tests/engines/test_examples.py has applied them.
CASES = {
    SCENARIO: "ap-northeast-1",
    "rds": "eu-west-1",
    "group": "eu-west-1",
    "service-network": "eu-west-1",
    "several-producers": "eu-west-1",
}


def flows(folder: Path, model: Model) -> list[list[object]]:
    (folder / "model").write_bytes(pickle.dumps(model))
    command = [*ISOLATED, sys.executable, "-m", "tests.lab.flows", str(folder / "model")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    found: list[list[object]] = json.loads(result.stdout)
    return found


def flows_of_files(folder: Path, name: str) -> list[list[object]]:
    """Return what becomes of packets in the lab of an example as `folder` has it, before anything in it is edited."""
    return flows(folder, model_of(read(folder / output_of(name))))


def must_flow_alike(aws: Aws, folder: Path, name: str, from_files: list[list[object]]) -> None:
    """Fail unless packets end at the same places in the lab of what AWS answers of an example that is applied."""
    from_answers = flows(folder, Answers(aws, CASES[name]).read())
    if name in ("group", "service-network", "several-producers"):
        # The files name the producer's subnet by its id only, and AWS tells its zone: the other zone leads nowhere.
        from_files, from_answers = (
            [flow for flow in each if flow[2] in ("eu-west-1a", "")] for each in (from_files, from_answers)
        )
    assert from_answers == from_files
    assert any(flow[-1] == "arrives" for flow in from_files)
    assert any(flow[-1] != "arrives" for flow in from_files)


def test_packets_to_a_database_flow_as_in_the_lab_of_the_files(terraform_aws: Terraform, tmp_path: Path) -> None:  # noqa: F811
    result = run_python(tmp_path, str(program_of("rds")))
    assert result.returncode == 0, result.stderr
    from_files = flows_of_files(tmp_path, "rds")
    with Aws.start() as aws:
        terraform = terraform_aws.on(aws)
        for stack in order(tmp_path, output_of("rds")):
            narrow(stack)
            terraform.apply(stack)
        must_flow_alike(aws, tmp_path, "rds", from_files)
