"""Producer and consumer in two accounts of one organisation; each stack assumes a role of its own account."""

from latticelink import (
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
STATE = LocalState("../../../state/cross-account")
SHOPS = "arn:aws:organizations::111122223333:ou/o-example123/ou-exam-12345678"


def build(app: App) -> None:
    """Share orders with all accounts of a unit; reach it from one of them."""
    deploy = "arn:aws:iam::111122223333:role/deploy"
    producer = Stack(app, "producer", state=STATE, region=REGION, account_id="111122223333", role_arn=deploy)
    network = ExistingNetwork(
        producer, "network", vpc_id="vpc-0a1b2c3d4e5f60001", subnet_ids=["subnet-0a1b2c3d4e5f60001"]
    )
    database = IpResource("10.0.1.11", security_group_id="sg-0a1b2c3d4e5f60001")
    orders = ResourceGateway(producer, "gateway", network).share("orders", database, ports=[5432])
    AccountShare(producer, "shops", [orders], principals=[SHOPS])
    STATE.publish(producer, orders)

    deploy = "arn:aws:iam::444455556666:role/deploy"
    consumer = Stack(app, "consumer", state=STATE, region=REGION, account_id="444455556666", role_arn=deploy)
    clients = ExistingNetwork(
        consumer, "network", vpc_id="vpc-0a1b2c3d4e5f60002", subnet_ids=["subnet-0a1b2c3d4e5f60002"]
    )
    shared = STATE.read(consumer, "producer")["orders"]
    ResourceEndpoint(consumer, "orders", shared, clients, client_cidrs=["10.0.0.0/16"])


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="cross-account.out"))
