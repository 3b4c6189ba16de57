"""One service network for two resources; one consumer reaches it by an association, another by an endpoint."""

from latticelink import (
    App,
    ExistingNetwork,
    IpResource,
    LocalState,
    Network,
    ResourceGateway,
    ServiceNetwork,
    ServiceNetworkAssociation,
    ServiceNetworkEndpoint,
    Stack,
    run,
)

REGION = "eu-west-1"
ZONES = ["eu-west-1a", "eu-west-1b"]
STATE = LocalState("../../../state/service-network")


def build(app: App) -> None:
    """Share orders and billing through one service network, and reach both by name from two VPCs."""
    producer = Stack(app, "producer", state=STATE, region=REGION)
    network = ExistingNetwork(
        producer, "network", vpc_id="vpc-0a1b2c3d4e5f60001", subnet_ids=["subnet-0a1b2c3d4e5f60001"]
    )
    gateway = ResourceGateway(producer, "gateway", network)
    orders = gateway.share("orders", IpResource("10.0.1.11"), ports=[5432])
    billing = gateway.share("billing", IpResource("10.0.1.12"), ports=[443])
    finance = ServiceNetwork(producer, "finance").share("finance", [orders, billing])
    STATE.publish(producer, orders, billing, finance)

    shop = Stack(app, "shop", state=STATE, region=REGION)
    clients = Network(shop, "network", cidr="10.0.0.0/16", zones=ZONES)
    shared = STATE.read(shop, "producer")["finance"]
    ServiceNetworkAssociation(
        shop, "finance", shared, clients, client_cidrs=[clients.cidr], members_domain="finance.internal"
    )

    reports = Stack(app, "reports", state=STATE, region=REGION)
    clients = Network(reports, "network", cidr="10.0.0.0/16", zones=ZONES)
    shared = STATE.read(reports, "producer")["finance"]
    ServiceNetworkEndpoint(
        reports, "finance", shared, clients, client_cidrs=[clients.cidr], members_domain="finance.internal"
    )


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="service-network.out"))
