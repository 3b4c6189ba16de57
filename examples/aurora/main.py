"""An Aurora cluster by its ARN: its writer and its readers under their own names, through one endpoint."""

from latticelink import App, ArnResource, LocalState, Network, ResourceEndpoint, ResourceGateway, Stack, run

from cdktf import TerraformOutput
from cdktf_cdktf_provider_aws.db_subnet_group import DbSubnetGroup
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from cdktf_cdktf_provider_aws.security_group import SecurityGroup

REGION = "eu-west-1"
ZONES = ["eu-west-1a", "eu-west-1b"]
STATE = LocalState("../../../state/aurora")


def build(app: App) -> None:
    """Make a cluster, share it, and hand writer and reader to the consumer."""
    producer = Stack(app, "producer", state=STATE, region=REGION)
    network = Network(producer, "network", cidr="10.0.0.0/16", zones=ZONES)
    group = SecurityGroup(producer, "cluster-group", vpc_id=network.vpc_id, name="orders-cluster")
    subnets = DbSubnetGroup(producer, "cluster-subnets", name="orders", subnet_ids=network.subnet_ids)
    cluster = RdsCluster(
        producer,
        "cluster",
        cluster_identifier="orders",
        engine="aurora-postgresql",
        master_username="orders",
        manage_master_user_password=True,
        db_subnet_group_name=subnets.name,
        vpc_security_group_ids=[group.id],
        skip_final_snapshot=True,
    )
    for number in range(2):
        RdsClusterInstance(
            producer,
            f"instance-{number}",
            identifier=f"orders-{number}",
            cluster_identifier=cluster.id,
            engine="aurora-postgresql",
            instance_class="db.t4g.medium",
        )
    orders = ArnResource.of(cluster, security_group_id=group.id)
    STATE.publish(producer, ResourceGateway(producer, "gateway", network).share("orders", orders))

    consumer = Stack(app, "consumer", state=STATE, region=REGION)
    clients = Network(consumer, "network", cidr="10.0.0.0/16", zones=ZONES)
    shared = STATE.read(consumer, "producer")["orders"]
    ResourceEndpoint(consumer, "orders", shared, clients, client_cidrs=[clients.cidr])
    TerraformOutput(consumer, "names", value=shared.dns_names)


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="aurora.out"))
