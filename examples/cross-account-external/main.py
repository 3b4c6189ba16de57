"""A consumer outside the producer's organisation: it accepts the share, and its endpoint waits for that."""

from latticelink import (
    AcceptedShare,
    AccountShare,
    App,
    ExistingNetwork,
    IpResource,
    LocalState,
    ResourceEndpoint,
    ResourceGateway,
    Stack,
    run,
)

REGION = "eu-west-1"
STATE = LocalState("../../../state/cross-account-external")


def build(app: App) -> None:
    """Share orders with a partner's account; accept it there and reach it."""
    producer = Stack(app, "producer", state=STATE, region=REGION, account_id="111122223333")
    network = ExistingNetwork(
        producer, "network", vpc_id="vpc-0a1b2c3d4e5f60001", subnet_ids=["subnet-0a1b2c3d4e5f60001"]
    )
    orders = ResourceGateway(producer, "gateway", network).share("orders", IpResource("10.0.1.11"), ports=[5432])
    AccountShare(producer, "partners", [orders], principals=["777788889999"], allow_external_principals=True)
    STATE.publish(producer, orders)

    consumer = Stack(app, "consumer", state=STATE, region=REGION, account_id="777788889999")
    clients = ExistingNetwork(
        consumer, "network", vpc_id="vpc-0a1b2c3d4e5f60002", subnet_ids=["subnet-0a1b2c3d4e5f60002"]
    )
    accepted = AcceptedShare(consumer, "partners", [STATE.read(consumer, "producer")["orders"]])
    ResourceEndpoint(consumer, "orders", accepted["orders"], clients, client_cidrs=["10.0.0.0/16"])


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="cross-account-external.out"))
