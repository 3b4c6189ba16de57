"""What the real Terraform and the real AWS provider say to the output."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latticelink import App, ExistingNetwork, LocalState, ResourceEndpoint, Stack
from latticelink.values.contract import OUTPUT

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform, flat
from tests.engines.links import REGION, Place
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
def test_the_real_provider_accepts_both_stacks(terraform_on_aws: Terraform, tmp_path: Path, state: Any) -> None:
    result = run_main(tmp_path, settings={"aws_provider": PROVIDER_VERSION, "state": state})
    assert result.returncode == 0, result.stderr
    for name in ("producer", "consumer"):
        folder = tmp_path / "cdktf.out" / "stacks" / name
        terraform_on_aws.run(folder, "init", "-backend=false", "-input=false")
        verdict = json.loads(terraform_on_aws.run(folder, "validate", "-json"))
        assert (verdict["valid"], verdict["diagnostics"]) == (True, [])


def test_without_a_lock_file_that_is_kept_a_workflow_stops_and_with_it_takes_its_providers(
    terraform_aws: Terraform, tmp_path: Path
) -> None:
    """As docs/ci runs `terraform init`; a synth in between leaves the lock file as it is."""
    folder = tmp_path / "cdktf.out" / "stacks" / "producer"
    as_in_ci = ("init", "-backend=false", "-input=false", "-lockfile=readonly")
    assert run_main(tmp_path, settings={"aws_provider": PROVIDER_VERSION}).returncode == 0
    assert "Provider dependency changes detected" in flat(terraform_aws.run(folder, *as_in_ci, expect=1))
    terraform_aws.run(folder, "init", "-backend=false", "-input=false")
    kept = (folder / ".terraform.lock.hcl").read_bytes()
    assert run_main(tmp_path, settings={"aws_provider": PROVIDER_VERSION}).returncode == 0
    terraform_aws.run(folder, *as_in_ci)
    assert (folder / ".terraform.lock.hcl").read_bytes() == kept


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
            "Stack 'producer' has no output 'latticelink' in its state.",
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
    unwrapped = flat(printed)
    assert sentence in unwrapped, what
    assert unwrapped.count("Error:") == 1
    assert "Resource postcondition failed" in unwrapped


@dataclass(frozen=True)
class Deployed:
    """A folder whose consumer is deployed in `place`, as far as its state says, and where its producer's VPC is."""

    folder: Path
    place: Place
    producer: Place

    def write(self, **changes: Any) -> Path:
        """Write the consumer, which has nothing but its endpoint, with changes; return its folder."""
        network = {"vpc_id": self.place.vpc, "subnet_ids": self.place.subnets[:2]}
        network.update((key, changes.pop(key)) for key in network.keys() & changes.keys())
        app = App(context={}, outdir=str(self.folder / "cdktf.out"))
        stack = Stack(app, "consumer", state=LocalState(), region=REGION, aws_provider=PROVIDER_VERSION)
        shared = LocalState().read(stack, "producer")["nginx"]
        arguments = {"security_group_ids": [self.place.group], **changes}
        ResourceEndpoint(stack, "nginx", shared, ExistingNetwork(stack, "network", **network), **arguments)
        app.synth()
        return self.folder / "cdktf.out" / "stacks" / "consumer"


@pytest.fixture(scope="module")
def deployed(terraform_on_aws: Terraform, aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    deployed = Deployed(tmp_path_factory.mktemp("deployed"), place=Place.make(aws), producer=Place.make(aws))
    zones = aws.client("ec2", REGION).describe_availability_zones()["AvailabilityZones"]
    where = {"vpc_id": deployed.producer.vpc, "zone_ids": [zone["ZoneId"] for zone in zones]}
    nginx = {**CONTRACT["resources"]["nginx"], **where}
    publish(terraform_on_aws, deployed.folder, {OUTPUT: {**CONTRACT, "resources": {"nginx": nginx}}})
    consumer = deployed.write()
    terraform_on_aws.run(consumer, "init", "-input=false")
    content = json.loads((consumer / "cdk.tf.json").read_text())["resource"]
    [fixed] = content["terraform_data"]
    terraform_on_aws.run(consumer, "apply", "-auto-approve", "-input=false", f"-target=terraform_data.{fixed}")
    [(name, written)] = content["aws_vpc_endpoint"].items()
    attributes = {
        "id": "vpce-0123456789abcdef0",
        "vpc_id": deployed.place.vpc,
        "vpc_endpoint_type": "Resource",
        "resource_configuration_arn": nginx["arn"],
        "subnet_ids": deployed.place.subnets[:2],
        "security_group_ids": [deployed.place.group],
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
    file = deployed.folder / "state" / "consumer.tfstate"
    state = json.loads(file.read_text())
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
    file.write_text(json.dumps(state))
    return deployed


@pytest.mark.parametrize(
    ("what", "changes", "actions"),
    [
        ("nothing changed", lambda _: {}, ["no-op"]),
        ("the order of the subnets", lambda place: {"subnet_ids": place.subnets[1::-1]}, ["no-op"]),
        ("private DNS", lambda _: {"private_dns_enabled": False}, ["delete", "create"]),
        ("the subnets", lambda place: {"subnet_ids": place.subnets[:1]}, ["delete", "create"]),
        ("the address type", lambda _: {"ip_address_type": "dualstack"}, ["delete", "create"]),
        ("the security groups", lambda _: {"security_group_ids": ["sg-22222222"]}, ["update"]),
        ("the Name tag", lambda _: {"name": "another"}, ["update"]),
    ],
)
def test_what_aws_fixes_at_creation_is_replaced_and_the_rest_updated(
    terraform_on_aws: Terraform,
    deployed: Deployed,
    what: str,
    changes: Callable[[Place], dict[str, Any]],
    actions: list[str],
) -> None:
    consumer = deployed.write(**changes(deployed.place))
    planned = terraform_on_aws.plan(consumer, "-refresh=false")
    [endpoint] = [address for address in planned if address.startswith("aws_vpc_endpoint.")]
    assert planned[endpoint] == actions, what


def test_an_endpoint_in_the_producers_vpc_stops_the_plan(terraform_on_aws: Terraform, deployed: Deployed) -> None:
    network = {"vpc_id": deployed.producer.vpc, "subnet_ids": deployed.producer.subnets[:2]}
    consumer = deployed.write(**network)
    printed = flat(terraform_on_aws.run(consumer, "plan", "-refresh=false", "-input=false", expect=1))
    assert "Resource 'nginx' is shared from the VPC that this endpoint would be in" in printed


def test_comments_with_suppressions_are_ignored(terraform: Terraform, tmp_path: Path) -> None:
    suppressed = {"latticelink": {"suppress": [{"check": "LL411", "resource": "producer", "reason": "a test"}]}}
    content = {"//": suppressed, "resource": {"terraform_data": {"a": {"//": suppressed, "input": 1}}}}
    (tmp_path / "main.tf.json").write_text(json.dumps(content))
    terraform.init(tmp_path)
    assert json.loads(terraform.run(tmp_path, "validate", "-json"))["diagnostics"] == []
