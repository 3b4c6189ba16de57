"""A domain name that verifiably belongs to the producer; consumers resolve it without a zone of their own."""

from latticelink import (
    App,
    DomainVerification,
    ExistingNetwork,
    IpResource,
    LocalState,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    Stack,
    run,
)

REGION = "eu-west-1"
STATE = LocalState("../../../state/custom-domain")
# Custom domains came with 6.22, a consumer's choice among them with 6.28.
AWS_PROVIDER = ">= 6.28.0, < 7.0.0"


def build(app: App) -> None:
    """Share an address as orders.example.com, whose public zone is in Route 53."""
    producer = Stack(app, "producer", state=STATE, region=REGION, aws_provider=AWS_PROVIDER)
    network = ExistingNetwork(
        producer, "network", vpc_id="vpc-0a1b2c3d4e5f60001", subnet_ids=["subnet-0a1b2c3d4e5f60001"]
    )
    proof = DomainVerification(producer, "example-com", domain="example.com", zone_id="Z0123456789ABCDEFGHIJ")
    gateway = ResourceGateway(producer, "gateway", network)
    orders = gateway.share(
        "orders",
        IpResource("10.0.1.11"),
        ports=[443],
        custom_domain="orders.example.com",
        domain_verification=proof,
    )
    STATE.publish(producer, orders)

    consumer = Stack(app, "consumer", state=STATE, region=REGION, aws_provider=AWS_PROVIDER)
    clients = Network(consumer, "network", cidr="10.0.0.0/16", zones=["eu-west-1a", "eu-west-1b"])
    ResourceEndpoint(
        consumer,
        "orders",
        STATE.read(consumer, "producer")["orders"],
        clients,
        client_cidrs=[clients.cidr],
        private_dns_preference="SPECIFIED_DOMAINS_ONLY",
        private_dns_specified_domains=["orders.example.com"],
    )


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="custom-domain.out"))
