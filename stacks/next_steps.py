"""The consumer's outputs, which hand a person the next step: how to get onto EC2_A, and what to `curl` there."""

from latticelink import ResourceEndpoint, Stack

from cdktf import TerraformOutput

from stacks.web_server import WebServer


def say_what_to_do_next(stack: Stack, endpoint: ResourceEndpoint, client: WebServer, dns_name: str) -> None:
    """Make the outputs."""
    addresses = endpoint.addresses.removeprefix("${").removesuffix("}")
    curls = f'[for host in concat(values({addresses}), ["{dns_name}"]) : "curl http://${{host}}/"]'
    onto = f"aws ec2-instance-connect ssh --connection-type eice --region {stack.region}"
    outputs = {
        "endpoint_addresses": ("The endpoint's address in each subnet.", endpoint.addresses),
        "connect": ("Step 1: get onto EC2_A.", f"{onto} --instance-id {client.instance.id}"),
        "curl": ("Step 2, on EC2_A: each answers 'Welcome to nginx!' from EC2_B.", f"${{{curls}}}"),
    }
    for name, (description, value) in outputs.items():
        TerraformOutput(stack, name, value=value, description=description)
