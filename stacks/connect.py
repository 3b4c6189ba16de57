"""How people get onto EC2_A: an EC2 Instance Connect Endpoint, without public address or key."""

from latticelink import Network, SecurityGroup, Stack

from cdktf_cdktf_provider_aws.ec2_instance_connect_endpoint import Ec2InstanceConnectEndpoint

from stacks.web_server import WebServer


def let_people_in(stack: Stack, network: Network, client: WebServer) -> None:
    """Open SSH to the client for those whom IAM allows.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
    """
    connect = SecurityGroup(
        stack, "connect-group", network, name="connect", description="EC2 Instance Connect Endpoint"
    )
    connect.let_out(group=client.group, ports=[22], why="SSH to EC2_A")
    client.group.let_in(group=connect, ports=[22], why="SSH")
    Ec2InstanceConnectEndpoint(
        stack,
        "connect-endpoint",
        subnet_id=network.subnet_ids[0],
        security_group_ids=[connect.id],
        preserve_client_ip=False,
        tags={"Name": "connect"},
    )
