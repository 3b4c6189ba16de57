"""A plan gets the answers of its folder: findings and paths of both, for the scenario and each example."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from latticelink.checks.examination import Examination, examine
from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.reports.paths import path_lines
from latticelink.terraform.known import Reference
from latticelink.values.contract import OUTPUT

import pytest

from tests.conftest import ROOT, run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform
from tests.engines.links import Place
from tests.engines.scenario import edit, narrow, order
from tests.engines.test_examples import NEWER, put_existing_ids
from tests.flavour import SCENARIO, output_of, program_of

pytestmark = [pytest.mark.engine, pytest.mark.slow]

# Provider 5.100 can't plan NEWER, the workspaces are another provider's, and what "import" takes over exists in
# test_import.py alone.
EXAMPLES = sorted(
    {path.parent.name for path in ROOT.glob("examples/*/main.py")} - {"hcp-workspaces", "import"} - NEWER.keys()
    | {SCENARIO}
)
# What may be unknown of a folder only, and of a plan only, each with the reason.
OF_FOLDERS = {
    r"reads the state of a stack that isn't in what was read": "the plan has read that state",
    r"known only after apply": "it is behind something of that state, which the plan has",
    r"zone of a subnet isn't written": "the plan looks up a subnet that exists",
    r"doesn't tell its": "the plan looks up what exists",
    r"route table of data\.aws_subnet\.\S+ isn't in": "the plan looks up its block, and the target is inside",
    r"aren't known|isn't known": "it is behind something that exists, which the plan looks up",
}
OF_PLANS = {r"isn't in what was read": "it has the ARN that it read, of what another stack made"}


def written(folder: Path, name: str) -> list[Path]:
    """Synthesise an example, or the scenario; return its stacks in deploy order, ready to be planned anywhere."""
    result = run_python(folder, str(program_of(name)))
    assert result.returncode == 0, result.stderr
    stacks = order(folder, output_of(name))
    for stack in stacks:
        narrow(stack)
    return stacks


def keep_here(content: dict[str, Any]) -> None:
    """Let a stack keep its state beside its code, read the other's there too, work in any account, import nothing."""
    content.pop("import", None)
    content["terraform"].pop("cloud", None)
    content["terraform"]["backend"] = {"local": {"path": "own.tfstate"}}
    for source in content.get("data", {}).get("terraform_remote_state", {}).values():
        source.update(backend="local", config={"path": "read.tfstate"})
        source.pop("workspace", None)
    for provider in content["provider"]["aws"]:
        provider.pop("allowed_account_ids", None)


def put_place(stack: Path, aws: Aws) -> None:
    """Put ids of what exists, in the account that the stack takes a role in, in the place of the example's own."""
    file = stack / "cdk.tf.json"
    text = file.read_text()
    role = re.search(r'"role_arn": "arn:aws:iam::(\d{12}):', text)
    place = Place.make(aws, role[1] if role else None)
    real = {"vpc": [place.vpc], "sg": [place.group], "subnet": place.subnets}
    for kind, ids in real.items():
        for example, there in zip(sorted(set(re.findall(rf"{kind}-0a1b2c3d4e5f6000\d", text))), ids, strict=False):
            text = text.replace(example, there)
    file.write_text(text)


def published(stacks: list[Path]) -> dict[str, Any]:
    """Return the contract of the producers as their apply would leave it, with ids that nothing has."""
    resources: dict[str, Any] = {}
    for stack in read(stacks[0].parents[1]).stacks:
        contract = stack.outputs.get(OUTPUT)
        if isinstance(contract, dict):
            resources |= {name: applied(entry) for name, entry in contract["resources"].items()}
    orders = {"arn": None, "id": None, "name": "orders", "ports": ["5432"], "protocol": "TCP", "type": "SINGLE"}
    region = json.loads((stacks[0] / "cdk.tf.json").read_text())["provider"]["aws"][0]["region"]
    contract = json.dumps({"version": 1, "resources": resources or {"orders": applied(orders)}})
    there: dict[str, Any] = json.loads(contract.replace("eu-west-1", region))
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


def plan(terraform: Terraform, stack: Path, into: Path, *arguments: str) -> None:
    into.mkdir(exist_ok=True)
    terraform.run(stack, "plan", "-input=false", "-out=the.plan", *arguments)
    (into / f"{stack.name}.json").write_text(terraform.run(stack, "show", "-json", "the.plan"))


def results(examination: Examination, answer: Answer) -> set[tuple[str, str, str]]:
    """Return check, place and message of all that has this answer; of instances that are alike one."""
    found = set()
    for result in examination.of(answer):
        judgement = result.judgement
        found.add((result.check.id, re.sub(r'\["[^"]*"\]$', "", judgement.place), judgement.message))
    return found


def hops(examination: Examination) -> dict[tuple[str, str, str], Answer]:
    return {
        (path.client, path.via, hop.place): hop.answer
        for path in examination.paths
        for hop in path.hops
        if hop.answer is not Answer.UNKNOWN
    }


def looks_up(examination: Examination) -> bool:
    """Return whether there are subnets that the plan looks up, so that it knows their zones and blocks."""
    return bool(examination.configuration.of_type("aws_subnet", "data"))


def must_agree(of_folder: Examination, of_plan: Examination, is_whole: bool) -> None:
    """Fail where the plan says otherwise than the folder, or less; it may say more where the folder can't tell."""
    in_folder, in_plan = results(of_folder, Answer.UNKNOWN), results(of_plan, Answer.UNKNOWN)
    assert results(of_folder, Answer.FAIL) <= results(of_plan, Answer.FAIL)
    open_in_folder = {each[:2] for each in in_folder}
    assert {each[:2] for each in results(of_plan, Answer.FAIL) - results(of_folder, Answer.FAIL)} <= open_in_folder
    if looks_up(of_folder):
        # Of the same place the plan, which knows more, comes to another question.
        open_in_both = open_in_folder & {each[:2] for each in in_plan}
        in_folder, in_plan = ({each for each in side if each[:2] not in open_in_both} for side in (in_folder, in_plan))
    for only, reasons in ((in_folder - in_plan, OF_FOLDERS), (in_plan - in_folder, {} if is_whole else OF_PLANS)):
        assert [each for each in only if not any(re.search(pattern, each[2]) for pattern in reasons)] == []
    told = hops(of_plan)
    assert {place: told.get(place) for place in hops(of_folder)} == hops(of_folder)
    if is_whole and not looks_up(of_folder):
        assert path_lines(list(of_plan.paths), why=True) == path_lines(list(of_folder.paths), why=True)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_plan_of_a_stack_gets_the_answers_of_its_folder(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path, name: str
) -> None:
    stacks = written(tmp_path, name)
    contract = published(stacks)
    for stack in stacks:
        put_place(stack, aws)
        edit(stack, keep_here)
        outputs = {OUTPUT: {"value": contract, "type": type_of(contract)}}
        state = {"version": 4, "terraform_version": "1.0.0", "serial": 1, "lineage": "x", "outputs": outputs}
        (stack / "read.tfstate").write_text(json.dumps({**state, "resources": []}))
        terraform_on_aws.init(stack)
        plan(terraform_on_aws, stack, tmp_path / "plans")
        of_folder, of_plan = examine(stack / "cdk.tf.json"), examine(tmp_path / "plans" / f"{stack.name}.json")
        must_agree(of_folder, of_plan, "terraform_remote_state" not in (stack / "cdk.tf.json").read_text())


@pytest.mark.parametrize("name", [SCENARIO, "service-network"])
def test_plans_of_all_that_is_applied_get_the_answers_of_the_whole_folder(
    terraform_aws: Terraform, tmp_path: Path, name: str
) -> None:
    with Aws.start() as aws:
        terraform = terraform_aws.within(**aws.environment())
        stacks = written(tmp_path, name)
        existing = Place.make(aws)
        for stack in stacks:
            put_existing_ids(stack, existing)
            terraform.apply(stack)
            plan(terraform, stack, tmp_path / "plans")
        must_agree(examine(tmp_path / output_of(name)), examine(tmp_path / "plans"), True)
        plan(terraform, stacks[0], tmp_path / "refreshed", "-refresh-only")
        must_agree(examine(stacks[0] / "cdk.tf.json"), examine(tmp_path / "refreshed"), True)
