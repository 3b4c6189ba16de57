"""A gateway and a service network that exist are used, shared with an account, and left as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink import (
    AccountShare,
    ExistingGateway,
    ExistingHostedZone,
    ExistingNetwork,
    ExistingSecurityGroup,
    ExistingServiceNetwork,
    ExistingSubnet,
    IpResource,
    LocalState,
    ResourceEndpoint,
    ServiceNetworkAssociation,
    SharedResource,
    Stack,
)

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform, flat
from tests.engines.links import REGION, Link, Place, write

pytestmark = [pytest.mark.engine, pytest.mark.slow]

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


def write_told(aws: Aws, place: Place, folder: Path, arn: str, *, zone: str = "b", hosted_zone: str) -> Path:
    """Write a consumer whose network and zone are told, two of its subnets, the second in `zone`; return its folder."""

    def build(app: Any) -> None:
        stack = Stack(app, "consumer", state=LocalState(), region=REGION, aws_provider=PROVIDER_VERSION, tags=TAGS)
        subnets = [
            ExistingSubnet(place.subnets[0], zone=f"{REGION}a", cidr="10.0.0.0/24"),
            ExistingSubnet(place.subnets[1], zone=f"{REGION}{zone}", cidr="10.0.1.0/24"),
        ]
        network = ExistingNetwork(stack, "network", vpc_id=place.vpc, cidr="10.0.0.0/16", subnets=subnets)
        orders = SharedResource.of_arn("orders", arn, ports=[5432], zone_ids=zone_ids(aws, place))
        endpoint = ResourceEndpoint(
            stack,
            "orders",
            orders,
            network,
            client_cidrs=[network.cidr],
            dns_name="orders.shared.internal",
            hosted_zone=ExistingHostedZone(hosted_zone, "shared.internal"),
            tags={"Stage": "test"},
        )
        ExistingSecurityGroup(stack, "app", place.group).let_out(endpoint=endpoint, why="To orders")

    _, consumer = write(folder, build)
    return consumer


TAGS = {"Team": "shop"}


def zone_ids(aws: Aws, place: Place) -> list[str]:
    found = aws.client("ec2", REGION).describe_subnets(SubnetIds=place.subnets[:1])["Subnets"]
    return [subnet["AvailabilityZoneId"] for subnet in found]


def test_what_is_told_of_a_network_and_a_zone_is_looked_up_and_the_plan_stops_where_it_is_wrong(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    aws.control("reads", count=0)
    theirs, ours = Place.make(aws), Place.make(aws)
    producer, _ = Link(theirs, ours, gateway={"name": "told"}, share={"configuration_name": "told"}).write(tmp_path)
    terraform_on_aws.apply(producer)
    arn = terraform_on_aws.outputs(producer)["latticelink"]["resources"]["orders"]["arn"]
    route53 = aws.client("route53")
    zone = route53.create_hosted_zone(
        Name="shared.internal",
        CallerReference="x",
        VPC={"VPCRegion": REGION, "VPCId": ours.vpc},
        HostedZoneConfig={"PrivateZone": True},
    )["HostedZone"]["Id"].rpartition("/")[2]
    before = aws.inventory()

    folder = write_told(aws, ours, tmp_path / "right", arn, hosted_zone=zone)
    terraform_on_aws.apply(folder)
    terraform_on_aws.must_have_nothing_to_do(folder)
    resources = json.loads(terraform_on_aws.run(folder, "show", "-json"))["values"]["root_module"]["resources"]
    [endpoint] = [each["values"] for each in resources if each["type"] == "aws_vpc_endpoint"]
    assert endpoint["tags_all"] == {"Name": "consumer-orders", "Stage": "test", "Team": "shop"}
    records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert "orders.shared.internal." in {record["Name"] for record in records}
    terraform_on_aws.destroy(folder)
    assert aws.inventory() == before

    for name, wrong, said in (
        ("zone", {"zone": "c", "hosted_zone": zone}, "no matching EC2 Subnet found"),
        ("hosted zone", {"hosted_zone": "Z0123456789ABCDEFGHIJ"}, f"of VPC {ours.vpc} is {zone}, not Z0123456789"),
    ):
        folder = write_told(aws, ours, tmp_path / name, arn, **wrong)
        terraform_on_aws.init(folder)
        assert said in flat(terraform_on_aws.run(folder, "plan", "-input=false", "-no-color", expect=1))
    hostnames = {"VpcId": ours.vpc, "EnableDnsHostnames": {"Value": False}}
    aws.client("ec2", REGION).modify_vpc_attribute(**hostnames)
    printed = terraform_on_aws.run(
        tmp_path / "right/cdktf.out/stacks/consumer", "plan", "-input=false", "-no-color", expect=1
    )
    assert f"VPC {ours.vpc} has enable_dns_hostnames = false" in flat(printed)


def test_by_ids_alone_too_the_plan_stops_at_what_aws_would_refuse(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    place = Place.make(aws)
    ec2 = aws.client("ec2", REGION)
    twin = ec2.create_subnet(VpcId=place.vpc, CidrBlock="10.0.9.0/24", AvailabilityZone=f"{REGION}a")
    twin_of_the_first = twin["Subnet"]["SubnetId"]
    arn = f"arn:aws:vpc-lattice:{REGION}:{OWNER}:resourceconfiguration/rcfg-0123456789abcdef0"

    def planned(name: str, vpc_id: str, subnet_ids: list[str], expect: int) -> str:
        def build(app: Any) -> None:
            stack = Stack(app, "consumer", state=LocalState(), region=REGION, aws_provider=PROVIDER_VERSION)
            network = ExistingNetwork(stack, "network", vpc_id=vpc_id, subnet_ids=subnet_ids)
            orders = SharedResource.of_arn("orders", arn, ports=[5432])
            ResourceEndpoint(stack, "orders", orders, network, client_cidrs=["10.0.0.0/16"])

        _, consumer = write(tmp_path / name, build)
        terraform_on_aws.init(consumer)
        return flat(terraform_on_aws.run(consumer, "plan", "-input=false", "-no-color", expect=expect))

    assert "Plan: " in planned("right", place.vpc, place.subnets[:2], 0)
    said = planned("one zone", place.vpc, [place.subnets[0], twin_of_the_first], 1)
    assert "An endpoint has one subnet in each zone, and the subnets of the one for 'orders' are in" in said
    assert "no matching EC2 VPC found" in planned("no VPC", "vpc-0123456789abcdef0", place.subnets[:1], 1)
    assert "no matching EC2 Subnet found" in planned("no subnet", place.vpc, ["subnet-0123456789abcdef0"], 1)
    ec2.modify_vpc_attribute(VpcId=place.vpc, EnableDnsHostnames={"Value": False})
    said = planned("no host names", place.vpc, place.subnets[:2], 1)
    assert f"VPC {place.vpc} has enable_dns_hostnames = false" in said
