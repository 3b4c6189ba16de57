"""A host name that the public DNS resolves to private addresses; AWS follows it when it changes."""

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
STATE = LocalState("../../../state/dns-name")


def build(app: App) -> None:
    """Share a broker by name from an existing VPC; give it a name of the consumer's own."""
    producer = Stack(app, "producer", state=STATE, region=REGION)
    network = ExistingNetwork(
        producer, "network", vpc_id="vpc-0a1b2c3d4e5f60001", subnet_ids=["subnet-0a1b2c3d4e5f60001"]
    )
    broker = DnsResource("broker.example.com", cidrs=["10.0.2.0/24"])
    STATE.publish(producer, ResourceGateway(producer, "gateway", network).share("broker", broker, ports=[5671]))

    consumer = Stack(app, "consumer", state=STATE, region=REGION)
    clients = Network(consumer, "network", cidr="10.0.0.0/16", zones=["eu-west-1a", "eu-west-1b"])
    shared = STATE.read(consumer, "producer")["broker"]
    ResourceEndpoint(
        consumer, "broker", shared, clients, client_cidrs=[clients.cidr], dns_name="broker.shared.internal"
    )


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="dns-name.out"))
