"""What was made by hand, as the scenario first was, is taken over: nothing of it is replaced or destroyed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.checks.examination import examine

import pytest

from tests.conftest import run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform
from tests.engines.plans import must_agree, plan, reads_another, states_must_agree
from tests.engines.scenario import edit, narrow, order
from tests.flavour import APPS

pytestmark = [pytest.mark.engine, pytest.mark.slow]

REGION, CIDR = "ap-northeast-1", "172.18.0.0/16"


def made_by_hand(aws: Aws) -> dict[str, str]:
    """Make what the scenario has, as one does in the console; return the example's ids and the real ones."""
    ec2, lattice = aws.client("ec2", REGION), aws.client("vpc-lattice", REGION)
    vpcs, subnets = [], []
    for _ in range(2):
        vpc = ec2.create_vpc(CidrBlock=CIDR)["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        vpcs.append(vpc)
        for number, zone in enumerate("ac"):
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"172.18.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")
            subnets.append(subnet["Subnet"]["SubnetId"])
    described = [("EC2_B", 1, "nginx"), ("rscgw-sg", 1, "for the gateway"), ("endpoint-sg", 0, "for the endpoint")]
    groups = [
        ec2.create_security_group(GroupName=name, Description=why, VpcId=vpcs[vpc])["GroupId"]
        for name, vpc, why in described
    ]
    from_vpc1 = {"IpRanges": [{"CidrIp": CIDR}]}
    from_gateway = {"UserIdGroupPairs": [{"GroupId": groups[1]}]}
    rules = [
        ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **peer}]
        )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        for group, peer in ((groups[1], from_vpc1), (groups[0], from_gateway), (groups[2], from_vpc1))
    ]
    gateway = lattice.create_resource_gateway(
        name="privatelink-dev2-vpc-rscgw",
        vpcIdentifier=vpcs[1],
        subnetIds=subnets[2:],
        securityGroupIds=groups[1:2],
        ipAddressType="IPV4",
    )["id"]
    lattice.get_resource_gateway(resourceGatewayIdentifier=gateway)
    configuration = lattice.create_resource_configuration(
        name="privatelink-dev2-vpc-cfg",
        type="SINGLE",
        protocol="TCP",
        portRanges=["1-65535"],
        resourceGatewayIdentifier=gateway,
        resourceConfigurationDefinition={"ipResource": {"ipAddress": "172.18.0.9"}},
        allowAssociationToShareableServiceNetwork=True,
    )
    lattice.get_resource_configuration(resourceConfigurationIdentifier=configuration["id"])
    endpoint = ec2.create_vpc_endpoint(
        VpcEndpointType="Resource",
        ResourceConfigurationArn=configuration["arn"],
        VpcId=vpcs[0],
        SubnetIds=subnets[:2],
        SecurityGroupIds=groups[2:],
        PrivateDnsEnabled=True,
        TagSpecifications=[
            {"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "privatelink-rsc-vpcendpoint"}]}
        ],
    )["VpcEndpoint"]["VpcEndpointId"]
    real = [*vpcs, *subnets, *groups, *rules, gateway, configuration["id"], endpoint]
    count: dict[str, int] = {}
    ids = {}
    for identifier in real:
        prefix = identifier.partition("-")[0]
        count[prefix] = count.get(prefix, 0) + 1
        ids[f"{prefix}-0a1b2c3d4e5f6000{count[prefix]}"] = identifier
    return ids


def summary_of_plan(terraform: Terraform, stack: Path) -> dict[str, int]:
    events = [json.loads(line) for line in terraform.run(stack, "plan", "-input=false", "-json").splitlines()]
    [counted] = [event["changes"] for event in events if event["type"] == "change_summary"]
    return {what: counted[what] for what in ("import", "add", "remove")}


def test_the_scenario_that_was_made_by_hand_is_taken_over(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    aws.control("reads", count=0)
    ids = made_by_hand(aws)
    by_hand = aws.inventory()
    result = run_python(tmp_path, str(APPS / "examples" / "import" / "main.py"))
    assert result.returncode == 0, result.stderr
    expected: list[dict[str, Any]] = [
        # The rule out of the gateway's group, to the target alone; what AWS added by itself stays.
        {"import": 5, "add": 1, "remove": 0},
        # What replaces the endpoint when its subnets or private DNS change.
        {"import": 3, "add": 1, "remove": 0},
    ]
    for stack, counts in zip(order(tmp_path, "import.out"), expected, strict=True):
        narrow(stack)
        put_ids(stack, ids)
        terraform_on_aws.init(stack)
        assert summary_of_plan(terraform_on_aws, stack) == counts
        plan(terraform_on_aws, stack, tmp_path)
        must_agree(examine(stack), examine(tmp_path / f"{stack.name}.json"), not reads_another(stack))
        terraform_on_aws.apply(stack)
        terraform_on_aws.must_have_nothing_to_do(stack)
        edit(stack, keep_only_groups)
        terraform_on_aws.must_have_nothing_to_do(stack)
    stacks = order(tmp_path, "import.out")
    made_by_hand_too = {
        "Gateway's group out: the input doesn't say which": "AWS's own rule out of the group is still there"
    }
    states_must_agree(tmp_path / "import.out", dict.fromkeys(stacks, terraform_on_aws), made_by_hand_too)
    assert aws.inventory() == by_hand, "nothing was made anew"


def keep_only_groups(content: dict[str, Any]) -> None:
    """Remove the entries that docs/import.md says can go."""
    content["import"] = [block for block in content["import"] if block["to"].startswith("aws_security_group.")]
    assert len(content["import"]) == 1


def put_ids(stack: Path, ids: dict[str, str]) -> None:
    file = stack / "cdk.tf.json"
    text = file.read_text()
    for example, real in ids.items():
        text = text.replace(example, real)
    file.write_text(text)
