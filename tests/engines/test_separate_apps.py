"""A consumer apart from its producer: an app of its own, hand-written HCL, and no state at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latticelink import ExistingNetwork, LocalState, ResourceEndpoint, S3State, SharedResource, Stack

import pytest

from tests.conftest import run_python
from tests.docs import blocks
from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform
from tests.engines.links import REGION, Link, Place, put_existing_ids, write
from tests.engines.scenario import narrow, order
from tests.flavour import APPS

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def places(aws: Aws) -> tuple[Place, Place]:
    aws.control("reads", count=0)
    return Place.make(aws), Place.make(aws)


@pytest.fixture(scope="module")
def producer(
    terraform_on_aws: Terraform, aws: Aws, places: tuple[Place, Place], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """Return the folder of a producer that is applied, with its state in `state` beside the output."""
    folder = tmp_path_factory.mktemp("apart") / "producer"
    stack, _ = Link(*places).write(folder)
    terraform_on_aws.apply(stack)
    yield stack
    terraform_on_aws.destroy(stack)
    assert set(aws.inventory()) == {"sg", "subnet", "vpc"}, "only what was there before is left"


def applied_and_destroyed(terraform: Terraform, aws: Aws, stack: Path, *arguments: str) -> set[str]:
    """Apply a consumer, let there be nothing left to do, destroy it; return the configurations that it reached."""
    terraform.apply(stack, *arguments)
    terraform.run(stack, "plan", "-input=false", "-detailed-exitcode", *arguments)
    listed = aws.client("ec2", REGION).describe_vpc_endpoints(VpcEndpointIds=aws.inventory()["vpce"])
    terraform.run(stack, "destroy", "-auto-approve", "-input=false", *arguments)
    return {endpoint["ResourceConfigurationArn"] for endpoint in listed["VpcEndpoints"]}


def arn_of(terraform: Terraform, producer: Path) -> str:
    arn: str = terraform.outputs(producer)["latticelink"]["resources"]["orders"]["arn"]
    return arn


def test_an_app_in_another_folder_reads_local_state_and_needs_none_for_a_literal_arn(
    terraform_on_aws: Terraform, aws: Aws, producer: Path, places: tuple[Place, Place]
) -> None:
    folder = producer.parents[3] / "consumer"
    arn = arn_of(terraform_on_aws, producer)

    def build(app: Any) -> None:
        stack = Stack(app, "consumer", state=LocalState(), region=REGION, aws_provider=PROVIDER_VERSION)
        vpc = {"vpc_id": places[1].vpc, "subnet_ids": places[1].subnets, "cidr": "10.0.0.0/16"}
        network = ExistingNetwork(stack, "network", **vpc)
        read = LocalState("../../../../producer/state").read(stack, "producer")["orders"]
        by_arn = SharedResource.of_arn("orders", arn, ports=[5432])
        for name, shared in (("read", read), ("by-arn", by_arn)):
            ResourceEndpoint(stack, name, shared, network, client_cidrs=[network.cidr])

    _, stack = write(folder, build)
    assert applied_and_destroyed(terraform_on_aws, aws, stack) == {arn}
    assert (folder / "state" / "consumer.tfstate").exists()


def test_hand_written_hcl_reads_the_same_output(
    terraform_on_aws: Terraform, aws: Aws, producer: Path, places: tuple[Place, Place]
) -> None:
    folder = producer.parents[2] / "hcl"
    folder.mkdir()
    [code] = blocks("contract.md", "hcl")
    (folder / "main.tf").write_text(code)
    required = {"aws": {"source": "hashicorp/aws", "version": PROVIDER_VERSION}}
    provider = {"terraform": {"required_providers": required}, "provider": {"aws": {"region": REGION}}}
    (folder / "provider.tf.json").write_text(json.dumps(provider))
    given = {
        "vpc_id": places[1].vpc,
        "client_cidr": "10.0.0.0/16",
        "subnet_ids": json.dumps(places[1].subnets),
    }
    arguments = [f"-var={name}={value}" for name, value in given.items()]
    reached = applied_and_destroyed(terraform_on_aws, aws, folder, *arguments)
    assert reached == {arn_of(terraform_on_aws, producer)}


@pytest.mark.slow
def test_two_repositories_meet_in_s3(
    terraform_on_aws: Terraform, aws: Aws, places: tuple[Place, Place], tmp_path: Path
) -> None:
    state = S3State("acme-terraform-state", "eu-west-1", key_prefix="platform/")
    configuration = {"LocationConstraint": state.region}
    aws.client("s3").create_bucket(Bucket=state.bucket, CreateBucketConfiguration=configuration)
    link = Link(*places, state=state, gateway={"name": "in-s3"}, share={"configuration_name": "in-s3"})
    theirs, _ = link.write(tmp_path / "platform")
    terraform_on_aws.apply(theirs)
    (tmp_path / "shop").mkdir()
    result = run_python(tmp_path / "shop", str(APPS / "examples" / "consumer-only" / "main.py"))
    assert result.returncode == 0, result.stderr
    [ours] = order(tmp_path / "shop", "consumer-only.out")
    narrow(ours)
    put_existing_ids(ours, places[1])
    assert applied_and_destroyed(terraform_on_aws, aws, ours) == {arn_of(terraform_on_aws, theirs)}
    terraform_on_aws.destroy(theirs)
