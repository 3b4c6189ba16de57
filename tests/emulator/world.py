"""Two VPCs in the emulated AWS to ask of, through boto3, what AWS refuses."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.aws import Aws

DATABASE = "arn:aws:rds:eu-west-1:123456789012:db:orders"
CLUSTER = "arn:aws:rds:eu-west-1:123456789012:cluster:orders"
IP = {"ipResource": {"ipAddress": "10.0.0.9"}}
NUMBER = itertools.count()


@dataclass
class World:
    """Two VPCs with the same addresses, as a producer and a consumer have them."""

    lattice: Any
    ec2: Any
    vpcs: list[str]
    subnets: list[list[str]]
    groups: list[str]
    aws: Aws

    @classmethod
    def make(cls, aws: Aws) -> World:
        """Make the VPCs, a subnet in each of two zones and a group in each, with DNS names and resolution on."""
        ec2 = aws.client("ec2")
        vpcs, subnets, groups = [], [], []
        for side in ("producer", "consumer"):
            vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
            ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
            vpcs.append(vpc)
            made = [
                ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}")
                for n, zone in enumerate("ab")
            ]
            subnets.append([subnet["Subnet"]["SubnetId"] for subnet in made])
            groups.append(ec2.create_security_group(GroupName=side, Description=side, VpcId=vpc)["GroupId"])
        return cls(aws.client("vpc-lattice"), ec2, vpcs, subnets, groups, aws)

    def gateway(self, **given: Any) -> str:
        defaults = {
            "name": f"gateway-{next(NUMBER)}",
            "vpcIdentifier": self.vpcs[0],
            "subnetIds": self.subnets[0],
            "securityGroupIds": self.groups[:1],
        }
        identifier: str = self.lattice.create_resource_gateway(**chosen(defaults, given))["id"]
        self.lattice.get_resource_gateway(resourceGatewayIdentifier=identifier)
        return identifier

    def configuration(self, gateway: str | None, **given: Any) -> dict[str, Any]:
        defaults = {
            "name": f"configuration-{next(NUMBER)}",
            "type": "SINGLE",
            "portRanges": ["80"],
            "protocol": "TCP",
            "resourceConfigurationDefinition": IP,
            "resourceGatewayIdentifier": gateway,
        }
        made: dict[str, Any] = self.lattice.create_resource_configuration(**chosen(defaults, given))
        self.lattice.get_resource_configuration(resourceConfigurationIdentifier=made["id"])
        return made

    def database(self, arn: str = DATABASE) -> dict[str, Any]:
        definition = {"arnResource": {"arn": arn}}
        return self.configuration(
            self.gateway(), type="ARN", portRanges=None, protocol=None, resourceConfigurationDefinition=definition
        )

    def group(self, members: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        group = self.configuration(self.gateway(), type="GROUP", portRanges=None, resourceConfigurationDefinition=None)
        child = {"type": "CHILD", "protocol": None, "resourceConfigurationGroupIdentifier": group["id"]}
        return group, [self.configuration(None, **child) for _ in range(members)]

    def endpoint(self, arn: str | None, **given: Any) -> dict[str, Any]:
        defaults = {
            "VpcEndpointType": "Resource",
            "ResourceConfigurationArn": arn,
            "VpcId": self.vpcs[1],
            "SubnetIds": self.subnets[1],
            "SecurityGroupIds": self.groups[1:],
        }
        made: dict[str, Any] = self.ec2.create_vpc_endpoint(**chosen(defaults, given))["VpcEndpoint"]
        return self.described(made["VpcEndpointId"])

    def described(self, endpoint: str) -> dict[str, Any]:
        [shown] = self.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
        described: dict[str, Any] = shown
        return described

    def associations(self, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.ec2.describe_vpc_endpoint_associations(
            VpcEndpointIds=[endpoint["VpcEndpointId"]]
        )["VpcEndpointAssociations"]
        return listed


def chosen(defaults: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**defaults, **given}.items() if value is not None}


def refusal(call: Callable[[], Any]) -> str:
    """Return AWS's error code and message."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


@pytest.fixture(autouse=True)
def at_once(aws: Aws) -> None:
    aws.control("reads", count=0)


@pytest.fixture
def world(aws: Aws) -> World:
    return World.make(aws)
