"""Each example is planned as the check says and applied, and its packets flow; destroyed, it leaves nothing behind."""

from __future__ import annotations

import json
import re
from pathlib import Path

from latticelink.checks.examination import examine
from latticelink.values.provider_arguments import PROVIDER_ARGUMENTS

import pytest

from tests.conftest import EXAMPLES as ALL
from tests.conftest import run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform
from tests.engines.links import Place, put_existing_ids
from tests.engines.plans import must_agree, plan, reads_another, states_must_agree
from tests.engines.scenario import narrow, order
from tests.flavour import APPS, SCENARIO, output_of, program_of
from tests.lab.test_answers import CASES, flows_of_files, must_flow_alike
from tests.permissions import unpermitted
from tests.refusals import unlisted

pytestmark = [pytest.mark.engine, pytest.mark.slow]

# These have arguments that provider 5.100 lacks, by stack: they can't be applied with it.
NEWER: dict[str, dict[str, list[str]]] = {
    "custom-domain": {
        "producer": ["aws_vpclattice_domain_verification", "custom_domain_name", "domain_verification_id"],
        "consumer": ["private_dns_preference", "private_dns_specified_domains"],
    },
    "in-vpc-dns": {"producer": ["ipv4_addresses_per_eni", "resource_config_dns_resolution"], "consumer": []},
}
# Applied elsewhere, as each needs more than a VPC: test_separate_apps.py, test_accounts.py, test_import.py,
# test_from_nlb.py, test_another_zone.py, the databases in test_kinds.py, and the bucket, which nobody destroys, in
# test_cdktf.py. hcp-workspaces needs others.
ELSEWHERE = {
    "another-zone",
    "aurora",
    "consumer-only",
    "cross-account",
    "cross-account-external",
    "from-nlb",
    "hcp-workspaces",
    "import",
    "rds",
    "state-bucket",
}
EXAMPLES = sorted({SCENARIO, *ALL} - ELSEWHERE - NEWER.keys())


def side(stack: Path) -> str:
    """Return whose stack it is: who reads another's state is a consumer."""
    return "consumer" if reads_another(stack) else "producer"


@pytest.mark.slow(minutes=4)
@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_planned_as_the_check_says_applied_and_destroyed(
    terraform_aws: Terraform, tmp_path: Path, name: str
) -> None:
    plans = tmp_path / "plans"
    with Aws.start() as aws:
        terraform = terraform_aws.on(aws)
        result = run_python(tmp_path, str(program_of(name)))
        assert result.returncode == 0, result.stderr
        stacks = order(tmp_path, output_of(name))
        from_files = flows_of_files(tmp_path, name) if name in CASES else []
        existing = Place.make(aws)
        before = aws.inventory()
        for stack in stacks:
            narrow(stack)
            put_existing_ids(stack, existing)
            terraform.init(stack)
            aws.doing(f"{side(stack)}-plan")
            plan(terraform, stack, plans)
            must_agree(examine(stack), examine(plans / f"{stack.name}.json"), not reads_another(stack))
            aws.doing(f"{side(stack)}-apply")
            terraform.run(stack, "apply", "-input=false", "the.plan")
        aws.doing("")
        if name in CASES:
            must_flow_alike(aws, tmp_path, name, from_files)
        for stack in stacks:
            aws.doing(f"{side(stack)}-plan")
            plan(terraform, stack, plans, "-detailed-exitcode")
        aws.doing("")
        must_agree(examine(tmp_path / output_of(name)), examine(plans), True)
        states_must_agree(tmp_path / output_of(name), dict.fromkeys(stacks, terraform))
        plan(terraform, stacks[0], plans, "-refresh-only")
        must_agree(examine(stacks[0]), examine(plans / f"{stacks[0].name}.json"), True)
        for stack in reversed(stacks):
            aws.doing(f"{side(stack)}-apply")
            terraform.destroy(stack)
        aws.doing("")
        assert aws.inventory() == before
        assert unlisted(aws.actions()) == []
        assert unpermitted(aws.asked_for()) == {}


@pytest.mark.parametrize("name", NEWER)
def test_of_a_newer_example_the_provider_refuses_its_newer_arguments_alone(
    terraform_on_aws: Terraform, tmp_path: Path, name: str
) -> None:
    """No newer provider can be had here, so no engine has judged these arguments, only all that is around them."""
    result = run_python(tmp_path, str(APPS / "examples" / name / "main.py"))
    assert result.returncode == 0, result.stderr
    for stack in order(tmp_path, f"{name}.out"):
        narrow(stack)
        terraform_on_aws.run(stack, "init", "-backend=false", "-input=false")
        newer = NEWER[name][stack.name]
        verdict = json.loads(terraform_on_aws.run(stack, "validate", "-json", expect=1 if newer else 0))
        refused = [re.findall(r'"(\w+)"', diagnostic["detail"])[-1] for diagnostic in verdict["diagnostics"]]
        assert sorted(refused) == newer
        in_table = {(row.path or row.resource).rpartition(".")[2] for row in PROVIDER_ARGUMENTS}
        assert set(newer) <= in_table
