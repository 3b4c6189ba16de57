"""A plan gets the answers of its folder, for the examples that are applied without a look at their plans."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

from latticelink.checks.examination import examine
from latticelink.network.reading import read
from latticelink.terraform.known import Reference
from latticelink.values.contract import OUTPUT

import pytest

from tests.conftest import run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform
from tests.engines.links import Place, put_existing_ids
from tests.engines.plans import must_agree, plan, reads_another
from tests.engines.scenario import edit, narrow, order
from tests.engines.test_examples import ELSEWHERE
from tests.flavour import output_of, program_of
from tests.hcl import as_hcl

pytestmark = [pytest.mark.engine, pytest.mark.slow]

# What "another-zone" makes is planned in other examples, what "import" takes over exists in test_import.py alone, the
# databases' plans are looked at in test_kinds.py, the workspaces are another provider's, and the consumer of "from-nlb"
# looks up a service that must be there before.
EXAMPLES = sorted(ELSEWHERE - {"another-zone", "aurora", "from-nlb", "hcp-workspaces", "import", "rds"})


def keep_here(content: dict[str, Any]) -> None:
    """Let a stack keep its state beside its code, read the other's there too, and work in any account."""
    content["terraform"].pop("cloud", None)
    content["terraform"]["backend"] = {"local": {"path": "own.tfstate"}}
    for source in content.get("data", {}).get("terraform_remote_state", {}).values():
        source.update(backend="local", config={"path": "read.tfstate"})
        source.pop("workspace", None)
    for provider in content["provider"]["aws"]:
        provider.pop("allowed_account_ids", None)


def published(stacks: list[Path], aws: Aws) -> dict[str, Any]:
    """Return the contract of the producers as their apply would leave it, with ids that nothing has but its zones."""
    resources: dict[str, Any] = {}
    for stack in read(stacks[0].parents[1]).stacks:
        contract = stack.outputs.get(OUTPUT)
        if isinstance(contract, dict):
            resources |= {name: applied(entry) for name, entry in contract["resources"].items()}
    orders = {"arn": None, "id": None, "name": "orders", "ports": ["5432"], "protocol": "TCP", "type": "SINGLE"}
    region = json.loads((stacks[0] / "cdk.tf.json").read_text())["provider"]["aws"][0]["region"]
    contract = json.dumps({"version": 1, "resources": resources or {"orders": applied(orders)}})
    there: dict[str, Any] = json.loads(contract.replace("eu-west-1", region))
    zones = aws.client("ec2", region).describe_availability_zones()["AvailabilityZones"]
    for entry in there["resources"].values():
        if entry.get("zone_ids"):
            entry["zone_ids"] = [zone["ZoneId"] for zone in zones]
    return there


KINDS = {
    "aws_ram_resource_share": "ram:eu-west-1:123456789012:resource-share/share",
    "aws_vpclattice_service_network": "vpc-lattice:eu-west-1:123456789012:servicenetwork/sn",
}


def applied(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {each: applied(item, each) for each, item in value.items()}
    if isinstance(value, list):
        return [applied(item, key) for item in value]
    if not isinstance(value, str | int):
        kind = value.block.type if isinstance(value, Reference) else ""
        start = KINDS.get(kind, "vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg")
        arn = f"arn:aws:{start}-0123456789abcdef0"
        is_arn = key == "arn" or (isinstance(value, Reference) and value.attribute == "arn")
        return arn if is_arn else {"vpc_id": "vpc-0123456789abcdef0"}.get(key, arn.partition("/")[2])
    return value


def type_of(value: Any) -> Any:
    """Return a value's type as a state writes it."""
    if isinstance(value, dict):
        return ["object", {key: type_of(item) for key, item in value.items()}]
    if isinstance(value, list):
        return ["tuple", [type_of(item) for item in value]]
    return "bool" if isinstance(value, bool) else "number" if isinstance(value, int) else "string"


def in_hcl(stack: Path, into: Path) -> Path:
    """Write the stack as HCL into a folder of its name."""
    folder = into / stack.name
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(as_hcl(json.loads((stack / "cdk.tf.json").read_text())))
    return folder


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_plan_of_a_stack_gets_the_answers_of_its_folder(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path, name: str
) -> None:
    result = run_python(tmp_path, str(program_of(name)))
    assert result.returncode == 0, result.stderr
    stacks = order(tmp_path, output_of(name))
    contract = published(stacks, aws)
    for stack in stacks:
        role = re.search(r'"role_arn": "arn:aws:iam::(\d{12}):', (stack / "cdk.tf.json").read_text())
        put_existing_ids(stack, Place.make(aws, role[1] if role else None))
        narrow(stack)
        edit(stack, keep_here)
        outputs = {OUTPUT: {"value": contract, "type": type_of(contract)}}
        state = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "x", "outputs": outputs}
        (stack / "read.tfstate").write_text(json.dumps({**state, "resources": []}))
        terraform_on_aws.init(stack)
        plan(terraform_on_aws, stack, tmp_path / "plans")
        of_plan, is_whole = examine(tmp_path / "plans" / f"{stack.name}.json"), not reads_another(stack)
        must_agree(examine(stack), of_plan, is_whole)
        if importlib.util.find_spec("hcl2"):
            must_agree(examine(in_hcl(stack, tmp_path / "hcl")), of_plan, is_whole)
