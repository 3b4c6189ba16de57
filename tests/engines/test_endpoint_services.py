"""What the emulated AWS refuses of NLBs, endpoint services and interface endpoints, by AWS's own codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.world import NUMBER, World, at_once, world

__all__ = ["at_once", "world"]


def balancer(w: World, **given: Any) -> str:
    wanted = {"Name": f"b{next(NUMBER)}", "Type": "network", "Scheme": "internal", "Subnets": w.subnets[0], **given}
    arn: str = w.aws.client("elbv2").create_load_balancer(**wanted)["LoadBalancers"][0]["LoadBalancerArn"]
    return arn


def service(w: World, arn: str | None = None, **given: Any) -> dict[str, Any]:
    wanted = {"NetworkLoadBalancerArns": [arn or balancer(w)], "AcceptanceRequired": False, **given}
    made: dict[str, Any] = w.ec2.create_vpc_endpoint_service_configuration(**wanted)["ServiceConfiguration"]
    return made


def endpoint(w: World, **given: Any) -> dict[str, Any]:
    name = given.pop("ServiceName", None) or service(w)["ServiceName"]
    return w.endpoint(None, VpcEndpointType="Interface", ServiceName=name, **given)


def third_zone(w: World) -> list[str]:
    made = w.ec2.create_subnet(VpcId=w.vpcs[1], CidrBlock="10.0.9.0/24", AvailabilityZone="eu-west-1c")
    return [made["Subnet"]["SubnetId"]]


def same_zone(w: World) -> list[str]:
    made = w.ec2.create_subnet(VpcId=w.vpcs[1], CidrBlock="10.0.8.0/24", AvailabilityZone="eu-west-1a")
    return [w.subnets[1][0], made["Subnet"]["SubnetId"]]


def used_targets(w: World) -> Any:
    balancing = w.aws.client("elbv2")
    made = balancing.create_target_group(Name=f"t{next(NUMBER)}", Protocol="TCP", Port=80, VpcId=w.vpcs[0])
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": arn}]
    balancing.create_listener(LoadBalancerArn=balancer(w), Protocol="TCP", Port=80, DefaultActions=forward)
    return balancing.delete_target_group(TargetGroupArn=arn)


def used_balancer(w: World) -> Any:
    arn = balancer(w)
    service(w, arn)
    return w.aws.client("elbv2").delete_load_balancer(LoadBalancerArn=arn)


TABLE: list[tuple[str, str, Callable[[World], Any]]] = [
    ("a balancer of a type that isn't", "ValidationError", lambda w: balancer(w, Type="transport")),
    ("to delete the balancer of a service", "ResourceInUse", used_balancer),
    ("to delete the targets of a listener", "ResourceInUse", used_targets),
    (
        "an endpoint for a service that isn't",
        "InvalidServiceName",
        lambda w: endpoint(w, ServiceName="com.amazonaws.vpce.eu-west-1.vpce-svc-00000000"),
    ),
    (
        "an endpoint in a zone that the service hasn't",
        "InvalidParameter",
        lambda w: endpoint(w, SubnetIds=third_zone(w)),
    ),
    (
        "an endpoint in two subnets of one zone",
        "DuplicateSubnetsInSameZone",
        lambda w: endpoint(w, SubnetIds=same_zone(w)),
    ),
    (
        "private DNS of a service that has no name",
        "InvalidParameter",
        lambda w: endpoint(w, PrivateDnsEnabled=True),
    ),
]


@pytest.mark.parametrize(("what", "code", "call"), TABLE, ids=[row[0] for row in TABLE])
def test_the_emulated_aws_refuses_by_awss_code(
    world: World, what: str, code: str, call: Callable[[World], Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        call(world)
    assert caught.value.response["Error"]["Code"] == code, what


def test_a_service_is_deleted_only_once_no_endpoint_is_connected(world: World) -> None:
    made = service(world)
    connected = endpoint(world, ServiceName=made["ServiceName"])
    delete = world.ec2.delete_vpc_endpoint_service_configurations
    [refused] = delete(ServiceIds=[made["ServiceId"]])["Unsuccessful"]
    assert (refused["ResourceId"], refused["Error"]["Code"]) == (made["ServiceId"], "ExistingVpcEndpointConnections")
    world.ec2.delete_vpc_endpoints(VpcEndpointIds=[connected["VpcEndpointId"]])
    assert delete(ServiceIds=[made["ServiceId"]])["Unsuccessful"] == []


def test_an_endpoint_waits_for_acceptance_where_the_service_asks_for_it(world: World) -> None:
    asking = service(world, AcceptanceRequired=True)
    assert endpoint(world, ServiceName=asking["ServiceName"])["State"] == "pendingAcceptance"
    assert endpoint(world)["State"] == "available"
