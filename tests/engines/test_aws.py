"""The emulated AWS refuses what AWS refuses, in AWS's states and order; so a green apply means something."""

from __future__ import annotations

import io
import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.emulator.aws import Aws, Front
from tests.emulator.protocol import Refused, RestJson
from tests.emulator.world import CLUSTER, DATABASE, NUMBER, World, at_once, refusal, world

__all__ = ["at_once", "world"]


INVALID: list[tuple[str, Callable[[World], Any], str]] = [
    ("a name with two hyphens", lambda w: w.gateway(name="a--b"), "does not match"),
    ("a name that looks like an id", lambda w: w.gateway(name="rgw-abc"), "does not match"),
    ("a gateway without a VPC", lambda w: w.gateway(vpcIdentifier=None), "vpcIdentifier is needed"),
    ("a gateway without subnets", lambda w: w.gateway(subnetIds=[]), "At least one subnet"),
    ("a subnet of another VPC", lambda w: w.gateway(subnetIds=w.subnets[1]), "is not in VPC"),
    ("a group of another VPC", lambda w: w.gateway(securityGroupIds=w.groups[1:]), "is not in VPC"),
    ("six groups", lambda w: w.gateway(securityGroupIds=w.groups[:1] * 6), "is not within 0..5"),
    ("63 addresses", lambda w: w.gateway(ipv4AddressesPerEni=63), "is not within 1..62"),
    ("port 70000", lambda w: w.configuration(w.gateway(), portRanges=["70000"]), "is not within 1-65535"),
    ("two ports in one item", lambda w: w.configuration(w.gateway(), portRanges=["80,81"]), "does not match"),
    ("no ports", lambda w: w.configuration(w.gateway(), portRanges=None), "portRanges"),
    ("UDP", lambda w: w.configuration(w.gateway(), protocol="UDP"), "is none of"),
    ("a gateway that isn't", lambda w: w.configuration("rgw-00000000000000000"), "ResourceNotFoundException"),
    (
        "a public address",
        lambda w: w.configuration(
            w.gateway(), resourceConfigurationDefinition={"ipResource": {"ipAddress": "8.8.8.8"}}
        ),
        "private range",
    ),
    (
        "an EC2 private name",
        lambda w: w.configuration(
            w.gateway(),
            resourceConfigurationDefinition={
                "dnsResource": {"domainName": "ip-10-0-0-9.ec2.internal", "ipAddressType": "IPV4"}
            },
        ),
        "Domain name is not valid",
    ),
    (
        "an ARN with ports",
        lambda w: w.configuration(
            w.gateway(), type="ARN", protocol=None, resourceConfigurationDefinition={"arnResource": {"arn": DATABASE}}
        ),
        "Unexpected attribute portRanges for type ARN",
    ),
    (
        "an ARN that is called SINGLE",
        lambda w: w.configuration(w.gateway(), resourceConfigurationDefinition={"arnResource": {"arn": DATABASE}}),
        "does not fit the type",
    ),
    (
        "a child with a protocol",
        lambda w: w.configuration(None, type="CHILD", resourceConfigurationGroupIdentifier=w.group(0)[0]["id"]),
        "Unexpected attribute protocol for type CHILD",
    ),
    (
        "an endpoint in the gateway's VPC",
        lambda w: w.endpoint(
            w.configuration(w.gateway())["arn"], VpcId=w.vpcs[0], SubnetIds=w.subnets[0], SecurityGroupIds=w.groups[:1]
        ),
        "in the VPC of the endpoint",
    ),
    (
        "an endpoint in other zones",
        lambda w: w.endpoint(w.configuration(w.gateway(subnetIds=w.subnets[0][:1]))["arn"], SubnetIds=w.subnets[1][1:]),
        "no Availability Zone in common",
    ),
    ("a dual-stack gateway without IPv6", lambda w: w.gateway(ipAddressType="DUALSTACK"), "do not fit DUALSTACK"),
    ("an IPV6 gateway with IPv4", lambda w: w.gateway(ipAddressType="IPV6"), "do not fit IPV6"),
    (
        "a dual-stack endpoint without IPv6",
        lambda w: w.endpoint(w.configuration(w.gateway())["arn"], IpAddressType="dualstack"),
        "do not fit DUALSTACK",
    ),
    (
        "an IPv6 target of an IPv4 gateway",
        lambda w: w.configuration(
            w.gateway(), resourceConfigurationDefinition={"ipResource": {"ipAddress": "2001:db8::9"}}
        ),
        "does not fit the gateway's address type",
    ),
    (
        "a database where names are resolved in the VPC",
        lambda w: w.configuration(
            w.gateway(resourceConfigDnsResolution="IN_VPC"),
            type="ARN",
            portRanges=None,
            protocol=None,
            resourceConfigurationDefinition={"arnResource": {"arn": DATABASE}},
        ),
        "takes no ARN resource",
    ),
    ("an endpoint for nothing", lambda w: w.endpoint(None), "ResourceConfigurationArn alone"),
    ("an endpoint for a child", lambda w: w.endpoint(w.group(1)[1][0]["arn"]), "SINGLE, GROUP or ARN"),
]


@pytest.mark.parametrize(("what", "call", "said"), INVALID, ids=[row[0] for row in INVALID])
def test_what_aws_refuses_to_make_is_refused(world: World, what: str, call: Callable[[World], Any], said: str) -> None:
    assert said in refusal(lambda: call(world)), what


@pytest.mark.parametrize(("arn", "children"), [(DATABASE, 1), (CLUSTER, 2)])
def test_the_children_that_aws_makes_of_a_database_are_told_as_any_other(world: World, arn: str, children: int) -> None:
    database = {"type": "ARN", "portRanges": None, "protocol": None}
    parent = world.configuration(
        world.gateway(), **database, resourceConfigurationDefinition={"arnResource": {"arn": arn}}
    )
    arns = [each["AssociatedResourceArn"] for each in world.associations(world.endpoint(parent["arn"]))]
    told = [world.lattice.get_resource_configuration(resourceConfigurationIdentifier=each) for each in arns]
    assert len(told) == children
    assert {(each["type"], each["amazonManaged"], each["resourceConfigurationGroupId"]) for each in told} == {
        ("CHILD", True, parent["id"])
    }


def test_one_resource_has_private_dns_by_one_way_in_a_vpc(world: World) -> None:
    configuration = world.configuration(world.gateway())
    network = world.lattice.create_service_network(name=f"network-{next(NUMBER)}")
    made = world.lattice.create_service_network_resource_association(
        resourceConfigurationIdentifier=configuration["id"], serviceNetworkIdentifier=network["id"]
    )
    world.lattice.get_service_network_resource_association(serviceNetworkResourceAssociationIdentifier=made["id"])
    world.endpoint(configuration["arn"], PrivateDnsEnabled=True)
    every = {"VpcEndpointType": "ServiceNetwork", "ServiceNetworkArn": network["arn"]}
    said = refusal(lambda: world.endpoint(None, PrivateDnsEnabled=True, **every))
    assert f"has private DNS for {configuration['id']} in this VPC" in said
    world.endpoint(None, PrivateDnsEnabled=False, **every)


def test_unknown_and_missing_members_are_refused_by_botocores_own_model() -> None:
    with pytest.raises(Refused, match="shape: no such member; name: missing"):
        RestJson("vpc-lattice").parse("POST", "/resourcegateways", "", b'{"shape": 1}')


def test_names_are_unique_in_the_account(world: World) -> None:
    gateway = world.gateway(name="only-one")
    assert "ConflictException" in refusal(lambda: world.gateway(name="only-one"))
    world.configuration(gateway, name="only-one")
    assert "ConflictException" in refusal(lambda: world.configuration(gateway, name="only-one"))


def test_private_dns_needs_dns_names_in_the_vpc(world: World) -> None:
    arn = world.configuration(world.gateway())["arn"]
    world.ec2.modify_vpc_attribute(VpcId=world.vpcs[1], EnableDnsHostnames={"Value": False})
    assert "enableDnsHostnames" in refusal(lambda: world.endpoint(arn, PrivateDnsEnabled=True))


def test_an_endpoint_has_an_address_of_each_subnet_and_only_its_groups_and_tags_change(world: World) -> None:
    made = world.endpoint(world.configuration(world.gateway())["arn"])
    interfaces = world.ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])
    addresses = sorted(item["PrivateIpAddress"] for item in interfaces["NetworkInterfaces"])
    assert [address.rsplit(".", 1)[0] for address in addresses] == ["10.0.0", "10.0.1"]
    identifier = made["VpcEndpointId"]
    for change in ({"AddSubnetIds": world.subnets[1][:1]}, {"PrivateDnsEnabled": True}, {"IpAddressType": "ipv4"}):
        assert "only the security groups" in refusal(
            lambda change=change: world.ec2.modify_vpc_endpoint(VpcEndpointId=identifier, **change)
        )
    other = world.ec2.create_security_group(GroupName="other", Description="x", VpcId=world.vpcs[1])["GroupId"]
    world.ec2.modify_vpc_endpoint(VpcEndpointId=identifier, AddSecurityGroupIds=[other])
    assert [group["GroupId"] for group in world.described(identifier)["Groups"]] == [world.groups[1], other]


def test_a_cluster_has_a_writer_and_a_reader_that_aws_manages_under_their_own_names(world: World) -> None:
    endpoint = world.endpoint(world.database(CLUSTER)["arn"], PrivateDnsEnabled=True)
    names = [item["PrivateDnsEntry"]["DnsName"] for item in world.associations(endpoint)]
    assert [name.split(".")[1] for name in names] == ["cluster-ro-x", "cluster-x"]
    assert len({item["DnsEntry"]["DnsName"] for item in world.associations(endpoint)}) == 2


def test_a_group_lists_each_member_and_one_that_joins_later(world: World) -> None:
    group, members = world.group(1)
    endpoint = world.endpoint(group["arn"])
    before = world.associations(endpoint)
    assert [item["AssociatedResourceArn"] for item in before] == [members[0]["arn"]]
    assert before[0]["ResourceConfigurationGroupArn"] == group["arn"]
    world.configuration(None, type="CHILD", protocol=None, resourceConfigurationGroupIdentifier=group["id"])
    after = world.associations(endpoint)
    assert len(after) == 2
    assert before[0] in after


def test_only_some_things_of_a_configuration_can_change(world: World) -> None:
    identifier = world.configuration(world.gateway())["id"]
    update = world.lattice.update_resource_configuration
    update(resourceConfigurationIdentifier=identifier, portRanges=["81"])
    shown = world.lattice.get_resource_configuration(resourceConfigurationIdentifier=identifier)
    assert (shown["portRanges"], shown["status"]) == (["81"], "ACTIVE")
    name = {"dnsResource": {"domainName": "db.example.com", "ipAddressType": "IPV4"}}
    call = {"resourceConfigurationIdentifier": identifier, "resourceConfigurationDefinition": name}
    assert "kind of the definition" in refusal(lambda: update(**call))


def delete_gateway(world: World, configuration: dict[str, Any]) -> Any:
    shown = world.lattice.get_resource_configuration(resourceConfigurationIdentifier=configuration["id"])
    return world.lattice.delete_resource_gateway(resourceGatewayIdentifier=shown["resourceGatewayId"])


def test_what_is_in_use_is_not_deleted(world: World) -> None:
    configuration = world.configuration(world.gateway())
    delete = world.lattice.delete_resource_configuration
    assert "resource configurations" in refusal(lambda: delete_gateway(world, configuration))
    endpoint = world.endpoint(configuration["arn"])["VpcEndpointId"]
    assert "existing association" in refusal(lambda: delete(resourceConfigurationIdentifier=configuration["id"]))
    for call in (
        lambda: world.ec2.delete_subnet(SubnetId=world.subnets[1][0]),
        lambda: world.ec2.delete_security_group(GroupId=world.groups[1]),
        lambda: world.ec2.delete_vpc(VpcId=world.vpcs[0]),
    ):
        assert refusal(call).startswith("DependencyViolation")
    world.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert "NotFound" in refusal(lambda: world.described(endpoint))
    delete(resourceConfigurationIdentifier=configuration["id"])
    assert "NotFound" in refusal(
        lambda: world.lattice.get_resource_configuration(resourceConfigurationIdentifier=configuration["id"])
    )


def test_a_group_with_members_and_a_service_network_with_associations_are_not_deleted(world: World) -> None:
    lattice = world.lattice
    group, _ = world.group(1)
    assert "child" in refusal(
        lambda: lattice.delete_resource_configuration(resourceConfigurationIdentifier=group["id"])
    )
    network = lattice.create_service_network(name=f"network-{next(NUMBER)}")
    single = world.configuration(world.gateway())
    resource = lattice.create_service_network_resource_association(
        resourceConfigurationIdentifier=single["id"], serviceNetworkIdentifier=network["id"]
    )
    delete = lattice.delete_service_network
    assert "resource(s)" in refusal(lambda: delete(serviceNetworkIdentifier=network["id"]))
    assert "service networks" in refusal(
        lambda: lattice.delete_resource_configuration(resourceConfigurationIdentifier=single["id"])
    )
    shown = lattice.get_service_network_resource_association(serviceNetworkResourceAssociationIdentifier=resource["id"])
    assert shown["resourceConfigurationArn"] == single["arn"]
    assert shown["dnsEntry"]["domainName"].endswith(".on.aws")
    vpc = lattice.create_service_network_vpc_association(
        serviceNetworkIdentifier=network["arn"], vpcIdentifier=world.vpcs[1], securityGroupIds=world.groups[1:]
    )
    again = {"serviceNetworkIdentifier": network["id"], "vpcIdentifier": world.vpcs[1]}
    assert "already" in refusal(lambda: lattice.create_service_network_vpc_association(**again))
    lattice.delete_service_network_resource_association(serviceNetworkResourceAssociationIdentifier=resource["id"])
    refusal(
        lambda: lattice.get_service_network_resource_association(
            serviceNetworkResourceAssociationIdentifier=resource["id"]
        )
    )
    assert "VPC(s)" in refusal(lambda: delete(serviceNetworkIdentifier=network["id"]))
    lattice.delete_service_network_vpc_association(serviceNetworkVpcAssociationIdentifier=vpc["id"])


def test_objects_take_the_reads_they_are_told_and_fail_when_told(aws: Aws, world: World) -> None:
    aws.control("reads", count=2)
    try:
        identifier = world.lattice.create_resource_gateway(
            name=f"slow-{next(NUMBER)}", vpcIdentifier=world.vpcs[0], subnetIds=world.subnets[0]
        )["id"]
        get = world.lattice.get_resource_gateway
        seen = [get(resourceGatewayIdentifier=identifier)["status"] for _ in range(4)]
        assert seen == ["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS", "ACTIVE", "ACTIVE"]
    finally:
        aws.control("reads", count=0)
    aws.create_failed("CreateResourceConfiguration")
    failed = world.configuration(identifier)["id"]
    shown = world.lattice.get_resource_configuration(resourceConfigurationIdentifier=failed)
    assert (shown["status"], shown["failureReason"]) == ("CREATE_FAILED", "The emulator was told to fail")


def test_requests_are_answered_one_at_a_time() -> None:
    """Moto changes its dictionaries under the eyes of another thread: some requests then end in an error of its own."""
    present, counts = [], []

    def moto(*_: object) -> list[bytes]:
        present.append(1)
        time.sleep(0.01)
        counts.append(len(present))
        present.pop()
        return []

    front = Front()
    front.moto = moto
    with ThreadPoolExecutor(8) as clients:
        list(clients.map(lambda _: front({"PATH_INFO": "/", "wsgi.input": io.BytesIO()}, None), range(16)))
    assert counts == [1] * 16


def test_an_answer_comes_in_one_piece(aws: Aws) -> None:
    """The provider hangs up on one whose body waits after its head, and asks again for what is done already."""
    request = b"POST /_control/requests HTTP/1.1\r\nHost: aws\r\nContent-Length: 2\r\n\r\n{}"
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", int(aws.url.rpartition(":")[2])), timeout=30) as connection:
            connection.sendall(request)
            head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ")
        json.loads(body)


def test_a_request_that_lost_its_answer_is_done_once(aws: Aws, world: World) -> None:
    gateway = world.gateway()
    aws.drop("CreateResourceConfiguration")
    made = world.configuration(gateway, clientToken="the-same-token", name=f"dropped-{next(NUMBER)}")
    assert made["status"] == "CREATE_IN_PROGRESS"


@pytest.mark.parametrize("status", [429, 500])
def test_errors_come_as_often_as_told(aws: Aws, world: World, status: int) -> None:
    gateway = world.gateway()
    aws.fail("GetResourceGateway", status=status)
    before = aws.requests()["GetResourceGateway"]
    world.lattice.get_resource_gateway(resourceGatewayIdentifier=gateway)
    assert aws.requests()["GetResourceGateway"] == before + 2
