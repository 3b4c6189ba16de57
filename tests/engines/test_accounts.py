"""Two accounts: what is shared with an account can be reached from there, and from nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform, flat
from tests.engines.links import Place, put_existing_ids
from tests.engines.plans import states_must_agree
from tests.engines.scenario import edit, narrow, order
from tests.flavour import APPS

pytestmark = pytest.mark.engine

PRODUCER, CONSUMER, PARTNER = "111122223333", "444455556666", "777788889999"
UNIT, OTHER_UNIT = "ou-exam-12345678", "ou-exam-87654321"


@dataclass
class Site:
    """An example's two stacks, each with the credentials that it is applied with."""

    aws: Aws
    stacks: dict[Path, Terraform]

    @classmethod
    def make(cls, aws: Aws, folder: Path, example: str, accounts: tuple[str, str], terraforms: list[Terraform]) -> Site:
        units = {PRODUCER: [], CONSUMER: [UNIT], "999900001111": [OTHER_UNIT]}
        aws.control("organization", id="o-example123", units=units, sharing=True)
        aws.control("reads", count=0)
        result = run_python(folder, str(APPS / "examples" / example / "main.py"))
        assert result.returncode == 0, result.stderr
        stacks = order(folder, f"{example}.out")
        for stack, account in zip(stacks, accounts, strict=True):
            narrow(stack)
            put_existing_ids(stack, Place.make(aws, account))
        return cls(aws, dict(zip(stacks, terraforms, strict=True)))

    @property
    def consumer(self) -> tuple[Path, Terraform]:
        return list(self.stacks.items())[1]

    def apply(self) -> None:
        for stack, terraform in self.stacks.items():
            terraform.apply(stack)
        self.must_have_nothing_to_do()

    def must_have_nothing_to_do(self) -> None:
        for stack, terraform in self.stacks.items():
            terraform.must_have_nothing_to_do(stack)

    def destroy(self) -> None:
        for stack, terraform in reversed(self.stacks.items()):
            terraform.destroy(stack)


@pytest.fixture(scope="module")
def site(terraform_aws: Terraform, aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return the example within an organisation, applied by one run that takes on a role in each account."""
    terraform = terraform_aws.on(aws)
    folder = tmp_path_factory.mktemp("cross-account")
    made = Site.make(aws, folder, "cross-account", (PRODUCER, CONSUMER), [terraform, terraform])
    before = aws.inventory()
    made.apply()
    yield made
    made.destroy()
    assert aws.inventory() == before


def test_accounts_of_the_organisation_reach_what_is_shared_and_nothing_is_left_to_do(site: Site) -> None:
    made = site.aws.inventory()
    assert (len(made["rcfg"]), len(made["vpce"]), len(made["share"])) == (1, 1, 1)
    [endpoint] = site.aws.client("ec2", account=CONSUMER).describe_vpc_endpoints(VpcEndpointIds=made["vpce"])[
        "VpcEndpoints"
    ]
    assert endpoint["OwnerId"] == CONSUMER
    assert f":{PRODUCER}:resourceconfiguration/" in endpoint["ResourceConfigurationArn"]
    states_must_agree(site.consumer[0].parents[1], site.stacks)


def test_another_accounts_credentials_are_stopped_before_anything_is_planned(site: Site) -> None:
    stack, terraform = site.consumer
    before = edit(stack, lambda content: content["provider"]["aws"][0].pop("assume_role"))
    refused = flat(terraform.run(stack, "plan", "-input=false", expect=1))
    assert "AWS account ID not allowed: 123456789012" in refused
    (stack / "cdk.tf.json").write_text(before)


def test_leaving_the_share_ends_no_endpoint_but_no_other_is_made(site: Site) -> None:
    def share_with_another_unit(content: dict[str, Any]) -> None:
        [association] = content["resource"]["aws_ram_principal_association"].values()
        association["principal"] = association["principal"].replace(UNIT, OTHER_UNIT)

    (producer, terraform), (consumer, _) = site.stacks.items()
    ec2 = site.aws.client("ec2", account=CONSUMER)
    [made] = ec2.describe_vpc_endpoints(VpcEndpointIds=site.aws.inventory()["vpce"])["VpcEndpoints"]
    before = edit(producer, share_with_another_unit)
    terraform.apply(producer)
    terraform.must_have_nothing_to_do(consumer)
    with pytest.raises(ClientError, match=f"is not shared with account {CONSUMER}"):
        ec2.create_vpc_endpoint(
            VpcEndpointType="Resource",
            VpcId=made["VpcId"],
            SubnetIds=made["SubnetIds"],
            ResourceConfigurationArn=made["ResourceConfigurationArn"],
        )
    (producer / "cdk.tf.json").write_text(before)
    terraform.apply(producer)


@pytest.fixture
def other_aws() -> Iterator[Aws]:
    """Return an AWS without what the other example made: both have the same accounts."""
    with Aws.start() as started:
        yield started


@pytest.mark.slow
def test_a_consumer_outside_the_organisation_accepts_and_each_side_applies_with_its_own_credentials(
    terraform_aws: Terraform, other_aws: Aws, tmp_path: Path
) -> None:
    aws, accounts = other_aws, (PRODUCER, PARTNER)
    terraforms = [terraform_aws.on(aws, account) for account in accounts]
    site = Site.make(aws, tmp_path, "cross-account-external", accounts, terraforms)
    before = aws.inventory()
    (producer, terraform), (consumer, partner) = site.stacks.items()

    unasked = edit(producer, refuse_strangers)
    assert "does not allow external principals" in flat(terraform.apply(producer, expect=1))
    partner.init(consumer)
    too_early = flat(partner.run(consumer, "plan", "-input=false", expect=1))
    assert "has no output 'latticelink'" in too_early, "the contract waits for the share"

    (producer / "cdk.tf.json").write_text(unasked)
    terraform.apply(producer)
    misnamed = edit(consumer, rename_share)
    assert "No share 'partner' is offered for all of: orders." in flat(
        partner.run(consumer, "plan", "-input=false", expect=1)
    )
    (consumer / "cdk.tf.json").write_text(misnamed)
    partner.apply(consumer)
    site.must_have_nothing_to_do()
    states_must_agree(tmp_path / "cross-account-external.out", site.stacks)
    assert len(aws.inventory()["vpce"]) == len(before.get("vpce", [])) + 1
    site.destroy()
    assert aws.inventory() == before


def refuse_strangers(content: dict[str, Any]) -> None:
    [share] = content["resource"]["aws_ram_resource_share"].values()
    share["allow_external_principals"] = False


def rename_share(content: dict[str, Any]) -> None:
    [accepter] = content["resource"]["aws_ram_resource_share_accepter"].values()
    accepter["share_arn"] = accepter["share_arn"].replace("partners", "partner")
    [guard] = accepter["lifecycle"]["precondition"]
    for key in guard:
        guard[key] = guard[key].replace("partners", "partner")
