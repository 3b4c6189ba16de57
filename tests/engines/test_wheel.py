"""A stranger's path: an empty folder and the built wheel, from `latticelink init` to what is destroyed again."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latticelink.cdk.flavour import CDKTF, VARIABLE

import pytest

from tests import wheel
from tests.conftest import made_once
from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform, flat, node_for, of_npm, printed_by
from tests.engines.scenario import narrow, reached
from tests.test_types import PROGRAMS

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@dataclass(frozen=True)
class Stranger:
    """Somebody with a shell, the wheel in an environment, and nothing of this repository.

    Args:
        folder: where they work.
        environment: that of their shell.
    """

    folder: Path
    environment: dict[str, str]

    def run(self, command: str, *, expect: int = 0) -> str:
        """Run a command in the folder; return what it printed, fail if its exit code is not `expect`."""
        return printed_by(["bash", "-c", command], self.folder, self.environment, expect)

    def set(self, **settings: Any) -> None:
        """Change the project's settings in cdktf.json."""
        file = self.folder / "cdktf.json"
        project = json.loads(file.read_text())
        project["context"]["latticelink"] |= settings
        file.write_text(json.dumps(project, indent=2))


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of programs of an environment with the wheel, one for all tests here."""

    def make(folder: Path) -> None:
        wheel.install(wheel.build(folder), folder / "venv")

    return made_once(tmp_path_factory, "wheel", make) / "venv" / "bin"


def a_stranger(programs: Path, folder: Path, terraform: Terraform, **environment: str) -> Stranger:
    """Return a stranger in an empty folder, whose shell knows nothing of the tests' own environment."""
    ours = ("PYTHON", "LATTICELINK", "VIRTUAL_ENV", "COV_")
    theirs = {name: value for name, value in terraform.environment.items() if not name.startswith(ours)}
    path = os.pathsep.join([str(programs), str(Path(terraform.program).parent), "/usr/bin", "/bin"])
    return Stranger(
        folder, {**theirs, "PATH": path, "VIRTUAL_ENV": str(programs.parent), "NO_COLOR": "1", **environment}
    )


EACH = "for s in $(latticelink order{}); do terraform -chdir=$s {} || exit; done"


@pytest.mark.slow(minutes=3)
def test_a_stranger_makes_a_project_applies_it_changes_it_and_takes_it_away(
    programs: Path, terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    they = a_stranger(programs, tmp_path, terraform_on_aws)
    they.run("latticelink init --cdk cdktf")
    they.set(aws_provider=PROVIDER_VERSION)  # The tests have no newer one.
    assert "Checked: " in they.run("python main.py")
    assert "1 passed" in they.run("python -m pytest -q")
    assert "reachable on TCP 80" in they.run("latticelink check")
    they.run("latticelink draw -o picture.svg")
    assert (tmp_path / "picture.svg").read_text().startswith("<svg")
    cli = shlex.join([node_for(CDKTF), str(of_npm("cdktf-cli/bundle/bin/cdktf.js"))])
    assert "Generated Terraform code for the stacks: consumer, producer" in they.run(f"CI=1 {cli} synth")

    they.run(EACH.format("", "init -input=false"))
    they.run(EACH.format("", "validate"))
    early = they.run("terraform -chdir=cdktf.out/stacks/consumer plan -input=false", expect=1)
    assert "Unable to find remote state" in flat(early)
    assert "13 to add, 0 to change, 0 to destroy" in they.run("terraform -chdir=cdktf.out/stacks/producer plan")
    they.run(EACH.format("", "apply -auto-approve -input=false"))
    they.run(EACH.format("", "plan -input=false -detailed-exitcode"))
    outputs = json.loads(they.run("terraform -chdir=cdktf.out/stacks/consumer output -json"))
    reached({name: output["value"] for name, output in outputs.items()})

    they.set(endpoint_name="orders")
    they.run("python main.py")
    applied = they.run(EACH.format("", "apply -auto-approve -input=false"))
    assert re.findall(r"Apply complete! (.*)", applied) == [
        "Resources: 0 added, 0 changed, 0 destroyed.",
        "Resources: 0 added, 1 changed, 0 destroyed.",
    ]
    they.run(EACH.format(" --reverse", "destroy -auto-approve -input=false"))
    assert aws.inventory() == {}


BEGINNINGS = [
    ("an example with state in S3, on CDKTF", "rds", "cdktf", "s3"),
    ("an example with state in HCP Terraform, on CDK Terrain", "group", "cdktn", "cloud"),
    ("an example that says itself where its state is", "consumer-only", "cdktf", None),
    ("the scenario on CDK Terrain", "scenario", "cdktn", "local"),
]


@pytest.mark.parametrize(("what", "app", "cdk", "state"), BEGINNINGS, ids=[row[0] for row in BEGINNINGS])
def test_a_project_from_the_wheel_runs_at_once(
    programs: Path, terraform_on_aws: Terraform, tmp_path: Path, what: str, app: str, cdk: str, state: str | None
) -> None:
    they = a_stranger(programs, tmp_path, terraform_on_aws, **{VARIABLE: cdk})
    they.run(f"latticelink init --from {app}" + (f" --state {state}" if state else ""))
    assert "Checked: " in they.run("python main.py"), what
    assert "passed" in they.run("python -m pytest -q")
    for stack in (tmp_path / "cdktf.out" / "stacks").iterdir():
        narrow(stack)
    they.run(EACH.format("", "init -backend=false -input=false"))
    they.run(EACH.format("", "validate"))


def test_the_program_of_the_readme_runs_from_the_wheel(programs: Path, terraform: Terraform, tmp_path: Path) -> None:
    they = a_stranger(programs, tmp_path, terraform)
    (tmp_path / "program.py").write_text(PROGRAMS[0])
    they.run("python program.py")
    assert they.run("latticelink order") == "cdktf.out/stacks/producer\ncdktf.out/stacks/consumer\n"
    they.run("latticelink check")
    they.run("latticelink draw --format html -o page.html")
    where = they.run("python -c 'import latticelink; print(latticelink.__file__)'")
    assert where.startswith(str(programs.parent))
