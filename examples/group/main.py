"""Three resources of one team behind one endpoint; a member that the producer adds needs no change at the consumer."""

from latticelink import (
    App,
    DnsResource,
    ExistingNetwork,
    GroupResource,
    IpResource,
    LocalState,
    Member,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    Stack,
    run,
)

REGION = "eu-west-1"
STATE = LocalState("../../../state/group")


def build(app: App) -> None:
    """Share orders, billing and the ledger as one group; reach each by its own name."""
    producer = Stack(app, "producer", state=STATE, region=REGION)
    network = ExistingNetwork(
        producer, "network", vpc_id="vpc-0a1b2c3d4e5f60001", subnet_ids=["subnet-0a1b2c3d4e5f60001"]
    )
    group = GroupResource(
        {
            "billing": Member(IpResource("10.0.1.12"), ports=[443]),
            "ledger": Member(DnsResource("ledger.example.com", cidrs=["10.0.2.0/24"]), ports=["8000-8010"]),
            "orders": Member(IpResource("10.0.1.11", security_group_id="sg-0a1b2c3d4e5f60001"), ports=[5432]),
        }
    )
    STATE.publish(producer, ResourceGateway(producer, "gateway", network).share("finance", group))

    consumer = Stack(app, "consumer", state=STATE, region=REGION)
    clients = Network(consumer, "network", cidr="10.0.0.0/16", zones=["eu-west-1a", "eu-west-1b"])
    finance = STATE.read(consumer, "producer")["finance"]
    ResourceEndpoint(
        consumer,
        "finance",
        finance,
        clients,
        client_cidrs=[clients.cidr],
        members_domain="finance.shared.internal",
    )


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="group.out"))
