"""VPC1: EC2_A, which reaches EC2_B's nginx through a resource endpoint."""

from __future__ import annotations

from typing import Any

from latticelink import App, Network, ResourceEndpoint, Stack
from latticelink.constructs.security_groups import Peer, allow, make_group
from latticelink.values.ports import PortRange, Ports

from cdktf import TerraformOutput
from cdktf_cdktf_provider_aws.ec2_instance_connect_endpoint import Ec2InstanceConnectEndpoint

from stacks.settings import Settings, subnets
from stacks.web_server import WebServer

HTTP, SSH = Ports((PortRange(80, 80),)), Ports((PortRange(22, 22),))


class Consumer(Stack):
    """Knows of the producer only the name of its stack and of the shared resource."""

    def __init__(self, scope: App, id: str, settings: Settings) -> None:
        super().__init__(scope, id, state=settings.state, region=settings.region, aws_provider=settings.aws_provider)
        network = Network(
            self, "network", name="VPC1", cidr=settings.consumer_cidr, subnets=subnets(settings.consumer_subnets)
        )
        shared = settings.state.read(self, "producer")
        endpoint = ResourceEndpoint(
            self,
            "nginx",
            shared["nginx"],
            network,
            client_cidrs=[network.cidr],
            name=settings.endpoint_name,
            dns_name=settings.dns_name,
        )
        client = WebServer(self, "ec2-a", network, name="EC2_A", instance_type=settings.instance_type)
        [endpoint_group] = endpoint.security_group_ids
        to_endpoint = Peer("referenced_security_group_id", endpoint_group, "endpoint")
        allow(self, "ec2-a", "egress", client.security_group_id, [to_endpoint], HTTP, why="To the resource endpoint")
        self._let_people_in(network, client)
        self._say_what_to_do_next(endpoint, client, settings.dns_name)

    def _let_people_in(self, network: Network, client: WebServer) -> None:
        """Open SSH to EC2_A for those whom IAM allows, without public address or key.

        Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
        """
        group = make_group(
            self, "connect-group", vpc_id=network.vpc_id, name="connect", description="EC2 Instance Connect Endpoint"
        )
        to_client = Peer("referenced_security_group_id", client.security_group_id, "ec2-a")
        from_connect = Peer("referenced_security_group_id", group, "connect")
        allow(self, "connect", "egress", group, [to_client], SSH, why="SSH to EC2_A")
        allow(self, "connect", "ingress", client.security_group_id, [from_connect], SSH, why="SSH")
        Ec2InstanceConnectEndpoint(
            self,
            "connect-endpoint",
            subnet_id=network.subnet_ids[0],
            security_group_ids=[group],
            preserve_client_ip=False,
            tags={"Name": "connect"},
        )

    def _say_what_to_do_next(self, endpoint: ResourceEndpoint, client: WebServer, dns_name: str) -> None:
        addresses = endpoint.addresses.removeprefix("${").removesuffix("}")
        curls = f'[for host in concat(values({addresses}), ["{dns_name}"]) : "curl http://${{host}}/"]'
        outputs: dict[str, tuple[str, Any]] = {
            "endpoint_addresses": ("The endpoint's address in each subnet.", endpoint.addresses),
            "connect": (
                "Step 1: get onto EC2_A.",
                "aws ec2-instance-connect ssh --connection-type eice "
                f"--region {self.region} --instance-id {client.instance.id}",
            ),
            "curl": ("Step 2, on EC2_A: each answers 'Welcome to nginx!' from EC2_B.", f"${{{curls}}}"),
        }
        for name, (description, value) in outputs.items():
            TerraformOutput(self, name, value=value, description=description)
