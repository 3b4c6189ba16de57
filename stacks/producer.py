"""VPC2: EC2_B with nginx, shared through a resource gateway."""

from latticelink import App, IpResource, Network, ResourceGateway, Stack

from stacks.settings import Settings, subnets
from stacks.web_server import WebServer


class Producer(Stack):
    """Owns the resource and says on which ports it is shared."""

    def __init__(self, app: App, id: str, its: Settings) -> None:
        super().__init__(app, id, state=its.state, region=its.region, aws_provider=its.aws_provider)
        vpc2 = Network(self, "network", name="VPC2", cidr=its.producer_cidr, subnets=subnets(its.producer_subnets))
        ec2_b = WebServer(self, "ec2-b", vpc2, name="EC2_B", instance_type=its.instance_type)
        # Clients let in as in the experiment; docs/security-groups.md says what is disputed about it.
        gateway = ResourceGateway(self, "gateway", vpc2, name=its.gateway_name, ingress_cidrs=[its.consumer_cidr])
        nginx = gateway.share(
            "nginx",
            IpResource(ec2_b.instance.private_ip, security_group_id=ec2_b.group.id),
            ports=[80],
            port_ranges=["1-65535"],  # as in the experiment: the security groups narrow it to port 80
            configuration_name=its.configuration_name,
            allow_association_to_shareable_service_network=True,
        )
        its.state.publish(self, nginx)
