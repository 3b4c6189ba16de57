"""VPC1: EC2_A, which reaches EC2_B's nginx through a resource endpoint."""

from latticelink import App, Network, ResourceEndpoint, Stack

from stacks.connect import let_people_in
from stacks.next_steps import say_what_to_do_next
from stacks.settings import Settings, subnets
from stacks.web_server import WebServer


class Consumer(Stack):
    """Knows of the producer only the name of its stack and of the shared resource."""

    def __init__(self, app: App, id: str, its: Settings) -> None:
        super().__init__(app, id, state=its.state, region=its.region, aws_provider=its.aws_provider)
        vpc1 = Network(self, "network", name="VPC1", cidr=its.consumer_cidr, subnets=subnets(its.consumer_subnets))
        endpoint = ResourceEndpoint(
            self,
            "nginx",
            its.state.read(self, "producer")["nginx"],
            vpc1,
            client_cidrs=[vpc1.cidr],
            name=its.endpoint_name,
            dns_name=its.dns_name,
        )
        ec2_a = WebServer(self, "ec2-a", vpc1, name="EC2_A", instance_type=its.instance_type)
        ec2_a.group.let_out(endpoint=endpoint, ports=[80], why="To the resource endpoint")
        let_people_in(self, vpc1, ec2_a)
        say_what_to_do_next(self, endpoint, ec2_a, its.dns_name)
