"""Two producers and two consumers: each is a stack of its own, and knows the others only by their names."""

from latticelink import (
    App,
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
ZONES = ["eu-west-1a", "eu-west-1b"]
STATE = LocalState("../../../state/several-producers")


def produce(app: App, name: str, address: str, port: int) -> None:
    """Share one address of a team's VPC."""
    stack = Stack(app, name, state=STATE, region=REGION)
    network = ExistingNetwork(stack, "network", vpc_id="vpc-0a1b2c3d4e5f60001", subnet_ids=["subnet-0a1b2c3d4e5f60001"])
    gateway = ResourceGateway(stack, "gateway", network)
    STATE.publish(stack, gateway.share(name, IpResource(address), ports=[port]))


def consume(app: App, name: str, *producers: str) -> None:
    """Reach what several teams share, each under a name in one private zone."""
    stack = Stack(app, name, state=STATE, region=REGION)
    network = Network(stack, "network", cidr="10.0.0.0/16", zones=ZONES)
    for producer in producers:
        shared = STATE.read(stack, producer)[producer]
        ResourceEndpoint(
            stack, producer, shared, network, client_cidrs=[network.cidr], dns_name=f"{producer}.shared.internal"
        )


def build(app: App) -> None:
    """The shop uses orders and billing, the reports use billing."""
    produce(app, "orders", "10.0.0.11", 5432)
    produce(app, "billing", "10.0.0.12", 443)
    consume(app, "shop", "orders", "billing")
    consume(app, "reports", "billing")


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="several-producers.out"))
