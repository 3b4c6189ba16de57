"""What the real Terraform and the real AWS provider say to the output."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from latticelink import App, ExistingNetwork, LocalState, ResourceEndpoint, Stack
from latticelink.values.contract import OUTPUT

import pytest

from tests.engines.conftest import PROVIDER_VERSION, Terraform
from tests.flavour import core
from tests.test_scenario import run_main

pytestmark = pytest.mark.engine

STATES = [{"kind": "local"}, {"kind": "cloud", "organization": "acme"}]
CONTRACT: dict[str, Any] = {
    "version": 1,
    "resources": {
        "nginx": {
            "arn": "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0",
            "id": "rcfg-0123456789abcdef0",
            "name": "producer-nginx",
            "ports": ["80", "8000-8080"],
            "protocol": "TCP",
            "type": "SINGLE",
            "vpc_id": "vpc-11111111",
            "zone_ids": ["euw1-az1", "euw1-az2"],
        }
    },
}


@pytest.mark.parametrize("state", STATES, ids=[state["kind"] for state in STATES])
def test_the_real_provider_accepts_both_stacks(terraform_aws: Terraform, tmp_path: Path, state: Any) -> None:
    result = run_main(tmp_path, settings={"aws_provider": PROVIDER_VERSION, "state": state})
    assert result.returncode == 0, result.stderr
    for name in ("producer", "consumer"):
        folder = tmp_path / "cdktf.out" / "stacks" / name
        terraform_aws.run(folder, "init", "-backend=false", "-input=false")
        verdict = json.loads(terraform_aws.run(folder, "validate", "-json"))
        assert (verdict["valid"], verdict["diagnostics"]) == (True, [])


def publish(terraform: Terraform, folder: Path, output: dict[str, Any], *, workspace: str = "default") -> None:
    """Make a real producer's state whose outputs are `output`, where `LocalState` of the consumer looks."""
    producer = folder / "cdktf.out" / "stacks" / "producer"
    producer.mkdir(parents=True, exist_ok=True)
    backend = {
        "path": "../../../state/producer.tfstate",
        "workspace_dir": "../../../state/producer.workspaces",
    }
    outputs = {name: {"value": value} for name, value in output.items()}
    content = {"terraform": {"backend": {"local": backend}}, "output": outputs}
    (producer / "main.tf.json").write_text(json.dumps(content))
    terraform.run(producer, "init", "-input=false")
    if workspace != "default":
        terraform.run(producer, "workspace", "new", workspace)
    terraform.run(producer, "apply", "-auto-approve", "-input=false")


def reader(folder: Path, *names: str) -> Path:
    """Write a consumer that only reads, so that no provider is needed; return its folder."""
    app = App(context={}, outdir=str(folder / "cdktf.out"))
    stack = core().TerraformStack(app, "consumer")
    state = LocalState()
    state.keep(stack)
    for name in names:
        shared = state.read(stack, "producer")[name]
        core().TerraformOutput(stack, name, value={"arn": shared.arn, "ports": shared.ports})
    app.synth()
    return folder / "cdktf.out" / "stacks" / "consumer"


def test_a_consumer_reads_the_contract_by_name(terraform: Terraform, tmp_path: Path) -> None:
    publish(terraform, tmp_path, {OUTPUT: CONTRACT})
    consumer = reader(tmp_path, "nginx")
    terraform.run(consumer, "init", "-input=false")
    terraform.run(consumer, "apply", "-auto-approve", "-input=false")
    outputs = json.loads(terraform.run(consumer, "output", "-json"))
    nginx = CONTRACT["resources"]["nginx"]
    assert outputs["nginx"]["value"] == {"arn": nginx["arn"], "ports": nginx["ports"]}
    assert (tmp_path / "state" / "consumer.tfstate").exists()


def test_the_output_works_after_it_was_copied_elsewhere(terraform: Terraform, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    reader(tmp_path / "here", "nginx")
    shutil.copytree(tmp_path / "here" / "cdktf.out", tmp_path / "there" / "cdktf.out")
    publish(terraform, tmp_path / "there", {OUTPUT: CONTRACT})
    consumer = tmp_path / "there" / "cdktf.out" / "stacks" / "consumer"
    terraform.run(consumer, "init", "-input=false")
    terraform.run(consumer, "apply", "-auto-approve", "-input=false")
    assert not (tmp_path / "here" / "state").exists()


def test_workspaces_of_one_name_belong_together(terraform: Terraform, tmp_path: Path) -> None:
    publish(terraform, tmp_path, {OUTPUT: CONTRACT}, workspace="staging")
    consumer = reader(tmp_path, "nginx")
    terraform.run(consumer, "init", "-input=false")
    assert "Unable to find remote state" in terraform.run(consumer, "plan", "-input=false", expect=1)
    terraform.run(consumer, "workspace", "new", "staging")
    terraform.run(consumer, "plan", "-input=false")


@pytest.mark.parametrize(
    ("what", "output", "name", "sentence"),
    [
        (
            "a name that is not published",
            {OUTPUT: CONTRACT},
            "ngnix",
            "Stack 'producer' publishes nothing named 'ngnix'. It publishes: nginx. Read one of these names, or share "
            "'ngnix' in that stack and apply it first.",
        ),
        (
            "a contract of a version unknown here",
            {OUTPUT: {**CONTRACT, "version": 2}},
            "nginx",
            "Stack 'producer' publishes version 2 of the output 'latticelink', and this stack was made for version 1. "
            "Make both with the same major version of LatticeLink.",
        ),
        (
            "a state without the contract",
            {"something": "else"},
            "nginx",
            "Stack 'producer' has not the output 'latticelink' in its state.",
        ),
    ],
)
def test_a_plan_stops_with_a_sentence_and_nothing_else(
    terraform: Terraform, tmp_path: Path, what: str, output: dict[str, Any], name: str, sentence: str
) -> None:
    publish(terraform, tmp_path, output)
    consumer = reader(tmp_path, name)
    terraform.run(consumer, "init", "-input=false")
    printed = terraform.run(consumer, "plan", "-input=false", expect=1)
    unwrapped = " ".join(printed.replace("│", " ").split())
    assert sentence in unwrapped, what
    assert unwrapped.count("Error:") == 1
    assert "Resource postcondition failed" in unwrapped


SUBNETS = ["subnet-11111111", "subnet-22222222"]
GROUP, OTHER_GROUP = "sg-11111111", "sg-22222222"


def endpoint_stack(folder: Path, **changes: Any) -> Path:
    """Write a consumer with nothing but its endpoint; return its folder."""
    arguments: dict[str, Any] = {"subnet_ids": SUBNETS, "vpc_id": "vpc-22222222", **changes}
    app = App(context={}, outdir=str(folder / "cdktf.out"))
    stack = Stack(app, "consumer", state=LocalState(), region="eu-west-1", aws_provider=PROVIDER_VERSION)
    network = ExistingNetwork(stack, "network", vpc_id=arguments.pop("vpc_id"), subnet_ids=arguments.pop("subnet_ids"))
    shared = LocalState().read(stack, "producer")["nginx"]
    ResourceEndpoint(stack, "nginx", shared, network, **{"security_group_ids": [GROUP], **arguments})
    app.synth()
    stack_folder = folder / "cdktf.out" / "stacks" / "consumer"
    # For the test alone: no AWS account is asked.
    offline = {"skip_credentials_validation": True, "skip_requesting_account_id": True, "skip_metadata_api_check": True}
    (stack_folder / "offline_override.tf.json").write_text(json.dumps({"provider": {"aws": offline}}))
    return stack_folder


@pytest.fixture(scope="module")
def deployed(terraform_aws: Terraform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder whose consumer is deployed, as far as its state says."""
    folder = tmp_path_factory.mktemp("deployed")
    publish(terraform_aws, folder, {OUTPUT: CONTRACT})
    consumer = endpoint_stack(folder)
    terraform_aws.run(consumer, "init", "-input=false")
    content = json.loads((consumer / "cdk.tf.json").read_text())["resource"]
    [fixed] = content["terraform_data"]
    terraform_aws.run(consumer, "apply", "-auto-approve", "-input=false", f"-target=terraform_data.{fixed}")
    [(name, written)] = content["aws_vpc_endpoint"].items()
    attributes = {
        "id": "vpce-0123456789abcdef0",
        "vpc_id": "vpc-22222222",
        "vpc_endpoint_type": "Resource",
        "resource_configuration_arn": CONTRACT["resources"]["nginx"]["arn"],
        "subnet_ids": SUBNETS,
        "security_group_ids": [GROUP],
        "private_dns_enabled": True,
        "ip_address_type": "IPV4",
        "tags": written["tags"],
        "tags_all": written["tags"],
        "state": "available",
        "cidr_blocks": [],
        "dns_entry": [],
        "network_interface_ids": ["eni-11111111", "eni-22222222"],
        "route_table_ids": [],
    }
    place = folder / "state" / "consumer.tfstate"
    state = json.loads(place.read_text())
    state["serial"] += 1
    state["resources"].append(
        {
            "mode": "managed",
            "type": "aws_vpc_endpoint",
            "name": name,
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [{"schema_version": 0, "attributes": attributes, "dependencies": []}],
        }
    )
    place.write_text(json.dumps(state))
    return folder


@pytest.mark.parametrize(
    ("what", "changes", "actions"),
    [
        ("nothing changed", {}, ["no-op"]),
        ("the order of the subnets", {"subnet_ids": SUBNETS[::-1]}, ["no-op"]),
        ("private DNS", {"private_dns_enabled": False}, ["delete", "create"]),
        ("the subnets", {"subnet_ids": SUBNETS[:1]}, ["delete", "create"]),
        ("the address type", {"ip_address_type": "dualstack"}, ["delete", "create"]),
        ("the security groups", {"security_group_ids": [OTHER_GROUP]}, ["update"]),
        ("the Name tag", {"name": "another"}, ["update"]),
    ],
)
def test_what_aws_fixes_at_creation_is_replaced_and_the_rest_updated(
    terraform_aws: Terraform, deployed: Path, what: str, changes: dict[str, Any], actions: list[str]
) -> None:
    consumer = endpoint_stack(deployed, **changes)
    planned = terraform_aws.plan(consumer, "-refresh=false")
    [endpoint] = [address for address in planned if address.startswith("aws_vpc_endpoint.")]
    assert planned[endpoint] == actions, what


def test_an_endpoint_in_the_producers_vpc_stops_the_plan(terraform_aws: Terraform, deployed: Path) -> None:
    consumer = endpoint_stack(deployed, vpc_id="vpc-11111111")
    printed = terraform_aws.run(consumer, "plan", "-refresh=false", "-input=false", expect=1)
    assert "Resource 'nginx' is shared from the VPC that this endpoint would be in" in " ".join(
        printed.replace("│", " ").split()
    )


def test_comments_with_suppressions_are_ignored(terraform: Terraform, tmp_path: Path) -> None:
    suppressed = {"latticelink": {"suppress": [{"check": "LL411", "resource": "producer", "reason": "a test"}]}}
    content = {"//": suppressed, "resource": {"terraform_data": {"a": {"//": suppressed, "input": 1}}}}
    (tmp_path / "main.tf.json").write_text(json.dumps(content))
    terraform.init(tmp_path)
    assert json.loads(terraform.run(tmp_path, "validate", "-json"))["diagnostics"] == []
