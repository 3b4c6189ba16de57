"""A server with an IPv6 address behind a dual-stack gateway; the consumer reaches it by IPv4 and by IPv6."""

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

from cdktf import Fn, TerraformOutput
from cdktf_cdktf_provider_aws.network_interface import NetworkInterface

REGION = "eu-west-1"
ZONES = ["eu-west-1a", "eu-west-1b"]
STATE = LocalState("../../../state/ipv6")


def build(app: App) -> None:
    """Share the address of a network interface, and reach it by an endpoint with both kinds of addresses."""
    producer = Stack(app, "producer", state=STATE, region=REGION)
    network = Network(producer, "network", cidr="10.0.0.0/16", zones=ZONES, ipv6=True)
    group = SecurityGroup(producer, "server-group", network, name="metrics-server")
    server = NetworkInterface(
        producer,
        "server",
        subnet_id=network.subnet_ids[0],
        security_groups=[group.id],
        ipv6_address_count=1,
    )
    metrics = IpResource(Fn.one(server.ipv6_addresses), security_group_id=group.id)
    gateway = ResourceGateway(producer, "gateway", network, ip_address_type="DUALSTACK")
    STATE.publish(producer, gateway.share("metrics", metrics, ports=[443]))

    consumer = Stack(app, "consumer", state=STATE, region=REGION)
    clients = Network(consumer, "network", cidr="10.0.0.0/16", zones=ZONES, ipv6=True)
    shared = STATE.read(consumer, "producer")["metrics"]
    endpoint = ResourceEndpoint(
        consumer,
        "metrics",
        shared,
        clients,
        client_cidrs=[clients.cidr, clients.ipv6_cidr],
        ip_address_type="dualstack",
    )
    TerraformOutput(consumer, "addresses", value=endpoint.addresses)
    TerraformOutput(consumer, "ipv6_addresses", value=endpoint.ipv6_addresses)


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="ipv6.out"))
