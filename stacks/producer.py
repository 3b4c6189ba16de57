"""VPC2: EC2_B with nginx, shared through a resource gateway."""

from __future__ import annotations

from latticelink import App, IpResource, Network, ResourceGateway, Stack

from stacks.settings import Settings, subnets
from stacks.web_server import WebServer


class Producer(Stack):
    """Owns the resource and says on which ports it is shared."""

    def __init__(self, scope: App, id: str, settings: Settings) -> None:
        super().__init__(scope, id, state=settings.state, region=settings.region, aws_provider=settings.aws_provider)
        network = Network(
            self, "network", name="VPC2", cidr=settings.producer_cidr, subnets=subnets(settings.producer_subnets)
        )
        web = WebServer(self, "ec2-b", network, name="EC2_B", instance_type=settings.instance_type)
        gateway = ResourceGateway(
            self,
            "gateway",
            network,
            name=settings.gateway_name,
            # As in the experiment; docs/security-groups.md says what is disputed about it.
            ingress_cidrs=[settings.consumer_cidr],
        )
        nginx = gateway.share(
            "nginx",
            IpResource(web.instance.private_ip, security_group_id=web.security_group_id),
            ports=[80],
            # As in the experiment: the security groups, not the configuration, narrow it to port 80.
            port_ranges=["1-65535"],
            configuration_name=settings.configuration_name,
            allow_association_to_shareable_service_network=True,
        )
        settings.state.publish(self, nginx)
