"""A host name that only the producer's own DNS knows: the gateway resolves it through the VPC's resolvers."""

from latticelink import (
    App,
    DnsResource,
    ExistingNetwork,
    LocalState,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    Stack,
    run,
)

REGION = "eu-west-1"
STATE = LocalState("../../../state/in-vpc-dns")


def build(app: App) -> None:
    """Share a directory server by its name in a private zone, behind a gateway with few addresses."""
    producer = Stack(app, "producer", state=STATE, region=REGION, aws_provider=">= 6.48.0, < 7.0.0")
    network = ExistingNetwork(
        producer, "network", vpc_id="vpc-0a1b2c3d4e5f60001", subnet_ids=["subnet-0a1b2c3d4e5f60001"]
    )
    gateway = ResourceGateway(producer, "gateway", network, dns_resolution="IN_VPC", ipv4_addresses_per_eni=4)
    directory = DnsResource("ldap.corp.internal", cidrs=["10.0.2.0/24"])
    STATE.publish(producer, gateway.share("directory", directory, ports=[636]))

    consumer = Stack(app, "consumer", state=STATE, region=REGION)
    clients = Network(consumer, "network", cidr="10.0.0.0/16", zones=["eu-west-1a", "eu-west-1b"])
    shared = STATE.read(consumer, "producer")["directory"]
    ResourceEndpoint(
        consumer, "directory", shared, clients, client_cidrs=[clients.cidr], dns_name="ldap.shared.internal"
    )


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="in-vpc-dns.out"))
