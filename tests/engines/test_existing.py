"""A gateway and a service network of somebody else's are used, and are as they were when our stack is gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from latticelink import (
    ExistingGateway,
    ExistingNetwork,
    ExistingServiceNetwork,
    IpResource,
    LocalState,
    ServiceNetworkAssociation,
    SharedResource,
    Stack,
)

import pytest

from tests.engines.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform
from tests.engines.links import REGION, Place, write

pytestmark = pytest.mark.engine


def test_what_exists_is_used_and_left_as_it_was(terraform_on_aws: Terraform, aws: Aws, tmp_path: Path) -> None:
    aws.control("reads", count=0)
    theirs, ours = Place.make(aws), Place.make(aws)
    lattice = aws.client("vpc-lattice", REGION)
    gateway = lattice.create_resource_gateway(
        name="theirs", vpcIdentifier=theirs.vpc, subnetIds=theirs.subnets[:2], securityGroupIds=[theirs.group]
    )["id"]
    lattice.get_resource_gateway(resourceGatewayIdentifier=gateway)
    finance = lattice.create_service_network(name="finance")["arn"]
    target = aws.client("ec2", REGION).create_security_group(GroupName="db", Description="db", VpcId=theirs.vpc)
    before = aws.inventory()

    def build(app: Any) -> None:
        state = LocalState()
        stack = Stack(app, "producer", state=state, region=REGION, aws_provider=PROVIDER_VERSION)
        network = ExistingNetwork(stack, "theirs", vpc_id=theirs.vpc, subnet_ids=theirs.subnets[:2])
        through = ExistingGateway(stack, "gateway", network, gateway_id=gateway, security_group_ids=[theirs.group])
        orders = through.share("orders", IpResource("10.0.0.9", security_group_id=target["GroupId"]), ports=[5432])
        state.publish(stack, orders, ExistingServiceNetwork(stack, "finance", arn=finance).share("finance", [orders]))
        clients = ExistingNetwork(stack, "ours", vpc_id=ours.vpc, subnet_ids=ours.subnets)
        by_arn = SharedResource.of_arn("finance", finance, ports=[5432])
        ServiceNetworkAssociation(stack, "finance-clients", by_arn, clients, client_cidrs=["10.0.0.0/16"])

    stack, _ = write(tmp_path, build)
    terraform_on_aws.apply(stack)
    terraform_on_aws.must_have_nothing_to_do(stack)
    made = {kind: len(items) for kind, items in aws.inventory().items() if len(items) != len(before.get(kind, []))}
    assert made == {"rcfg": 1, "snra": 1, "snva": 1, "sg": len(before["sg"]) + 1}
    terraform_on_aws.destroy(stack)
    assert aws.inventory() == before
