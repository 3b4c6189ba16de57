"""A producer and a consumer, created by hand in the console and adopted by Terraform: nothing is created again."""

from latticelink import (
    App,
    ExistingNetwork,
    IpResource,
    LocalState,
    ResourceEndpoint,
    ResourceGateway,
    Stack,
    adopt,
    run,
)

REGION = "ap-northeast-1"
STATE = LocalState("../../../state/import")
VPC1, SUBNETS_OF_VPC1 = "vpc-0a1b2c3d4e5f60001", ["subnet-0a1b2c3d4e5f60001", "subnet-0a1b2c3d4e5f60002"]
VPC2, SUBNETS_OF_VPC2 = "vpc-0a1b2c3d4e5f60002", ["subnet-0a1b2c3d4e5f60003", "subnet-0a1b2c3d4e5f60004"]
PRODUCER_MADE_BY_HAND = {
    "gateway/gateway": "rgw-0a1b2c3d4e5f60001",
    "gateway/group": "sg-0a1b2c3d4e5f60002",
    "gateway/nginx": "rcfg-0a1b2c3d4e5f60001",
    "gateway/group/ingress-80-172.18.0.0_16": "sgr-0a1b2c3d4e5f60001",
    "gateway/sg-0a1b2c3d4e5f60001/ingress-80-abf769c4": "sgr-0a1b2c3d4e5f60002",
}
CONSUMER_MADE_BY_HAND = {
    "nginx/endpoint": "vpce-0a1b2c3d4e5f60001",
    "nginx/group": "sg-0a1b2c3d4e5f60003",
    "nginx/group/ingress-172.18.0.0_16[80]": "sgr-0a1b2c3d4e5f60003",
}


def build(app: App) -> None:
    """Describe what is there, with the names that it has, and give the ids."""
    producer = Stack(app, "producer", state=STATE, region=REGION)
    network = ExistingNetwork(producer, "network", vpc_id=VPC2, subnet_ids=SUBNETS_OF_VPC2)
    gateway = ResourceGateway(
        producer, "gateway", network, name="privatelink-dev2-vpc-rscgw", ingress_cidrs=["172.18.0.0/16"]
    )
    nginx = gateway.share(
        "nginx",
        IpResource("172.18.0.9", security_group_id="sg-0a1b2c3d4e5f60001"),
        ports=[80],
        port_ranges=["1-65535"],
        configuration_name="privatelink-dev2-vpc-cfg",
        allow_association_to_shareable_service_network=True,
    )
    STATE.publish(producer, nginx)
    adopt(producer, PRODUCER_MADE_BY_HAND)

    consumer = Stack(app, "consumer", state=STATE, region=REGION)
    clients = ExistingNetwork(consumer, "network", vpc_id=VPC1, subnet_ids=SUBNETS_OF_VPC1)
    shared, name = STATE.read(consumer, "producer")["nginx"], "privatelink-rsc-vpcendpoint"
    ResourceEndpoint(consumer, "nginx", shared, clients, client_cidrs=["172.18.0.0/16"], name=name)
    adopt(consumer, CONSUMER_MADE_BY_HAND)


if __name__ == "__main__":
    raise SystemExit(run(build, outdir="import.out"))
