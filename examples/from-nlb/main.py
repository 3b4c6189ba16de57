"""From an NLB's endpoint service to a resource endpoint without downtime, applied in four steps."""

import os

from latticelink import (
    App,
    IpResource,
    LocalState,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    SecurityGroup,
    Stack,
    run,
)

from cdktf import TerraformOutput
from cdktf_cdktf_provider_aws.network_interface import NetworkInterface
from old_way import name_it, offer, reach

REGION = "eu-west-1"
STATE = LocalState("../../../state/from-nlb")
ZONES = ["eu-west-1a", "eu-west-1b"]
ADDRESS = "10.0.0.11"
# 1: the old way alone. 2: the new way beside it. 3: the name leads to the new way. 4: the new way alone.
STEPS = ["1", "2", "3", "4"]


def build(app: App) -> None:
    """Write one step; in a project of your own, each step is an edit of these lines."""
    step = os.environ.get("MIGRATION_STEP", "3")
    if step not in STEPS:
        raise SystemExit(f"MIGRATION_STEP is one of {', '.join(STEPS)}, not {step!r}.")
    producer = Stack(app, "producer", state=STATE, region=REGION)
    network = Network(producer, "network", cidr="10.0.0.0/16", zones=ZONES)
    group = SecurityGroup(producer, "orders-group", network, name="orders")
    subnet = network.subnet_ids[0]
    NetworkInterface(producer, "orders", subnet_id=subnet, private_ips=[ADDRESS], security_groups=[group.id])
    if step < "4":
        offer(producer, network, group, ADDRESS)
    if step > "1":
        orders = IpResource(ADDRESS, security_group_id=group.id)
        STATE.publish(producer, ResourceGateway(producer, "gateway", network).share("orders", orders, ports=[5432]))

    consumer = Stack(app, "consumer", state=STATE, region=REGION)
    consumer.add_dependency(producer)
    clients = Network(consumer, "network", cidr="10.0.0.0/16", zones=ZONES)
    name = reach(consumer, clients) if step < "4" else ""
    if step > "1":
        shared = STATE.read(consumer, "producer")["orders"]
        endpoint = ResourceEndpoint(consumer, "orders", shared, clients, client_cidrs=[clients.cidr])
        TerraformOutput(consumer, "new_name", value=endpoint.default_dns_name, description="Try it before step 3.")
        name = endpoint.default_dns_name if step > "2" else name
    name_it(consumer, clients, name)


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="from-nlb.out"))
