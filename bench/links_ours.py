"""N links with the library: one resource configuration and one endpoint each, with their security-group rules.

With `run` as second argument, as a user's app does it: summarised and checked as well.
"""

import sys

from latticelink import App, ExistingNetwork, IpResource, LocalState, ResourceEndpoint, ResourceGateway, Stack, run

LINKS = int(sys.argv[1])
STATE = LocalState()


def build(app):
    """Make the producer with all shares, then the consumer with all endpoints."""
    producer = Stack(app, "producer", state=STATE, region="eu-west-1")
    network = ExistingNetwork(producer, "network", vpc_id="vpc-11111111", subnet_ids=["subnet-11111111"])
    gateway = ResourceGateway(producer, "gateway", network)
    target = IpResource("10.0.0.9", security_group_id="sg-11111111")
    STATE.publish(producer, *(gateway.share(f"link-{n}", target, ports=[443]) for n in range(LINKS)))
    consumer = Stack(app, "consumer", state=STATE, region="eu-west-1")
    network = ExistingNetwork(consumer, "network", vpc_id="vpc-22222222", subnet_ids=["subnet-22222222"])
    shared = STATE.read(consumer, "producer")
    for n in range(LINKS):
        ResourceEndpoint(consumer, f"link-{n}", shared[f"link-{n}"], network, client_cidrs=["10.0.0.0/8"])


if sys.argv[2:] == ["run"]:
    raise SystemExit(run(build))
app = App(context={})
build(app)
app.synth()
