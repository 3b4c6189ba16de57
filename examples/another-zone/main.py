"""A new zone for a gateway and an endpoint, which AWS can only replace: new ones are created before the old ones go."""

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
    moved,
    run,
)

from cdktf_cdktf_provider_aws.network_interface import NetworkInterface

REGION = "eu-west-1"
STATE = LocalState("../../../state/another-zone")
OLD, NEW = ["eu-west-1a", "eu-west-1b"], ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
# 1: the old gateway. 2: the new one beside it. 3: the clients' name leads to the new one. 4: the new one alone.
STEPS = ["1", "2", "3", "4"]


def build(app: App) -> None:
    """Write one step; in a project of your own, each step is an edit of these lines."""
    step = os.environ.get("ZONE_STEP", "3")
    if step not in STEPS:
        raise SystemExit(f"ZONE_STEP is one of {', '.join(STEPS)}, not {step!r}.")
    zones = OLD if step == "1" else NEW
    old = "orders.shared.internal" if step < "3" else None
    new = None if old else "orders.shared.internal"
    producer = Stack(app, "producer", state=STATE, region=REGION)
    network = Network(producer, "network", cidr="10.0.0.0/16", zones=zones)
    group = SecurityGroup(producer, "orders-group", network, name="orders")
    subnet = network.subnet_ids[0]
    NetworkInterface(producer, "orders", subnet_id=subnet, private_ips=["10.0.0.11"], security_groups=[group.id])
    orders = IpResource("10.0.0.11", security_group_id=group.id)
    shares = []
    if step < "4":  # Names its zones: with all of the network's, which now has more, it would be replaced.
        shares.append(ResourceGateway(producer, "gateway", network, subnets=OLD).share("orders", orders, ports=[5432]))
    if step > "1":
        shares.append(ResourceGateway(producer, "gateway-2", network).share("orders-2", orders, ports=[5432]))
    STATE.publish(producer, *shares)

    consumer = Stack(app, "consumer", state=STATE, region=REGION)
    clients, shared = Network(consumer, "network", cidr="10.0.0.0/16", zones=zones), STATE.read(consumer, "producer")
    cidrs = [clients.cidr]
    if step < "4":
        ResourceEndpoint(consumer, "orders", shared["orders"], clients, client_cidrs=cidrs, subnets=OLD, dns_name=old)
    if step > "1":
        ResourceEndpoint(consumer, "orders-2", shared["orders-2"], clients, client_cidrs=cidrs, dns_name=new)
    if step > "2":  # Updates the record in place. Without this, one is deleted and one created, in either order.
        moved(consumer, {"orders/dns-name": "orders-2/dns-name"})


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="another-zone.out"))
