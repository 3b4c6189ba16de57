"""An RDS database by its ARN: clients use its own name, which matches its TLS certificate."""

from latticelink import (
    App,
    ArnResource,
    LocalState,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    SecurityGroup,
    Stack,
    run,
)

from cdktf import TerraformOutput
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup

REGION = "eu-west-1"
ZONES = ["eu-west-1a", "eu-west-1b"]
STATE = LocalState("../../../state/rds")


def build(app: App) -> None:
    """Make a database, share it, and reach it from a VPC with the same addresses."""
    producer = Stack(app, "producer", state=STATE, region=REGION)
    network = Network(producer, "network", cidr="10.0.0.0/16", zones=ZONES)
    group = SecurityGroup(producer, "database-group", network, name="orders-database")
    subnets = DbSubnetGroup(producer, "database-subnets", name="orders", subnet_ids=network.subnet_ids)
    database = DbInstance(
        producer,
        "database",
        identifier="orders",
        engine="postgres",
        instance_class="db.t4g.micro",
        allocated_storage=20,
        username="orders",
        manage_master_user_password=True,
        db_subnet_group_name=subnets.name,
        vpc_security_group_ids=[group.id],
        skip_final_snapshot=True,
    )
    orders = ArnResource.of(database, security_group_id=group.id)
    STATE.publish(producer, ResourceGateway(producer, "gateway", network).share("orders", orders))

    consumer = Stack(app, "consumer", state=STATE, region=REGION)
    clients = Network(consumer, "network", cidr="10.0.0.0/16", zones=ZONES)
    shared = STATE.read(consumer, "producer")["orders"]
    ResourceEndpoint(consumer, "orders", shared, clients, client_cidrs=[clients.cidr])
    TerraformOutput(consumer, "names", value=shared.dns_names)


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="rds.out"))
