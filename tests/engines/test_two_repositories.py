"""Two repositories: the consumer's pipeline knows of the producer its applied state, or its contract alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_python
from tests.engines.conftest import Terraform
from tests.engines.scenario import edit, narrow, order
from tests.flavour import SCENARIO, output_of, program_of

pytestmark = pytest.mark.engine

COMMAND = "import sys; from latticelink.cli.main import main; sys.exit(main())"


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the producer's folder in one repository, and the consumer's in another."""
    home = tmp_path_factory.mktemp("home")
    result = run_python(home, str(program_of(SCENARIO)))
    assert result.returncode == 0, result.stderr
    found = {}
    for stack in order(home, output_of(SCENARIO)):
        narrow(stack)
        found[stack.name] = home / f"{stack.name}s-repository" / "cdktf.out" / "stacks" / stack.name
        shutil.copytree(stack, found[stack.name])
    return found["producer"], found["consumer"]


@pytest.fixture(scope="module")
def producer(terraform_on_aws: Terraform, repositories: tuple[Path, Path]) -> Iterator[Path]:
    terraform_on_aws.apply(repositories[0])
    yield repositories[0]
    terraform_on_aws.destroy(repositories[0])


def check(consumer: Path, text: str, *arguments: str) -> tuple[int, str]:
    """Run what the consumer's pipeline runs, with what the producer's Terraform prints on the standard input."""
    result = subprocess.run(
        [sys.executable, "-c", COMMAND, "check", str(consumer), *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    return result.returncode, result.stdout


def path_of(printed: str) -> str:
    [line] = [line for line in printed.splitlines() if line.startswith("  ") and " -> endpoint nginx -> " in line]
    return line.rpartition(" -> ")[2]


def share_other_ports(content: dict[str, Any]) -> None:
    [shared] = content["resource"]["aws_vpclattice_resource_configuration"].values()
    shared["port_ranges"] = ["443"]
    content["output"]["latticelink"]["value"]["resources"]["nginx"]["ports"] = ["443"]


def test_a_consumers_change_is_judged_against_what_the_producer_applied(
    terraform_on_aws: Terraform, producer: Path, repositories: tuple[Path, Path]
) -> None:
    consumer = repositories[1]

    def pulled(*command: str) -> str:
        return terraform_on_aws.run(producer, *command)

    code, printed = check(consumer, pulled("state", "pull"), "--as", "producer=-")
    assert (code, path_of(printed)) == (0, "EC2_B: reachable on TCP 80"), printed
    code, printed = check(consumer, pulled("show", "-json"), "--as", "producer=-")
    assert (code, path_of(printed)) == (0, "EC2_B: reachable on TCP 80"), printed
    code, printed = check(consumer, pulled("output", "-json"), "--as", "producer=-")
    assert (code, path_of(printed)) == (0, "privatelink-dev2-vpc-cfg: unknown for TCP 80"), printed
    assert "a contract says nothing about it" in printed

    edit(producer, share_other_ports)
    terraform_on_aws.apply(producer)

    code, printed = check(consumer, pulled("state", "pull"), "--as", "producer=-")
    assert (code, path_of(printed)) == (1, "EC2_B: blocked for TCP 80"), printed
    assert "shares TCP 443, not 80" in printed
    code, printed = check(consumer, pulled("output", "-json", "latticelink"), "--as", "producer=-")
    assert code == 1, printed
    assert path_of(printed) == "privatelink-dev2-vpc-cfg: blocked for TCP 443"
    assert "blocked: client's group out" in printed
