"""A gateway and a service network that exist are used, shared with an account, and left as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latticelink import (
    AccountShare,
    ExistingGateway,
    ExistingNetwork,
    ExistingServiceNetwork,
    IpResource,
    LocalState,
    ServiceNetworkAssociation,
    Stack,
)

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform
from tests.engines.links import REGION, Place, write

pytestmark = pytest.mark.engine

OWNER, MEMBER = "123456789012", "444455556666"


def test_what_exists_is_used_by_another_account_too_and_left_as_it_was(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    aws.control("reads", count=0)
    aws.control("organization", id="o-example123", units={OWNER: [], MEMBER: []}, sharing=True)
    theirs, members = Place.make(aws), Place.make(aws, MEMBER)
    lattice = aws.client("vpc-lattice", REGION)
    gateway = lattice.create_resource_gateway(
        name="theirs", vpcIdentifier=theirs.vpc, subnetIds=theirs.subnets[:2], securityGroupIds=[theirs.group]
    )["id"]
    lattice.get_resource_gateway(resourceGatewayIdentifier=gateway)
    service_network = lattice.create_service_network(name="finance")["arn"]
    target = aws.client("ec2", REGION).create_security_group(GroupName="db", Description="db", VpcId=theirs.vpc)
    before = aws.inventory()
    state = LocalState()

    def build(app: Any) -> None:
        stack = Stack(app, "producer", state=state, region=REGION, aws_provider=PROVIDER_VERSION)
        network = ExistingNetwork(stack, "theirs", vpc_id=theirs.vpc, subnet_ids=theirs.subnets[:2])
        through = ExistingGateway(stack, "gateway", network, gateway_id=gateway, security_group_ids=[theirs.group])
        orders = through.share("orders", IpResource("10.0.0.9", security_group_id=target["GroupId"]), ports=[5432])
        finance = ExistingServiceNetwork(stack, "finance", arn=service_network).share("finance", [orders])
        AccountShare(stack, "members", [finance], principals=[MEMBER])
        state.publish(stack, finance)

        role = f"arn:aws:iam::{MEMBER}:role/deploy"
        stack = Stack(app, "consumer", state=state, region=REGION, aws_provider=PROVIDER_VERSION, role_arn=role)
        clients = ExistingNetwork(stack, "clients", vpc_id=members.vpc, subnet_ids=members.subnets)
        shared = state.read(stack, "producer")["finance"]
        ServiceNetworkAssociation(stack, "finance", shared, clients, client_cidrs=["10.0.0.0/16"])

    producer, consumer = write(tmp_path, build)
    for stack in (producer, consumer):
        terraform_on_aws.apply(stack)
    for stack in (producer, consumer):
        terraform_on_aws.must_have_nothing_to_do(stack)
    made = {kind: len(items) for kind, items in aws.inventory().items() if len(items) != len(before.get(kind, []))}
    assert made == {"rcfg": 1, "snra": 1, "snva": 1, "share": 1, "sg": len(before["sg"]) + 1}
    for stack in (consumer, producer):
        terraform_on_aws.destroy(stack)
    assert aws.inventory() == before
