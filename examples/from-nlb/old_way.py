"""What was there before: an NLB with an endpoint service, an interface endpoint for it, and the clients' name."""

from latticelink import Network, SecurityGroup, Stack

from cdktf_cdktf_provider_aws.data_aws_vpc_endpoint_service import (
    DataAwsVpcEndpointService,
    DataAwsVpcEndpointServiceFilter,
)
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.lb_listener import LbListener, LbListenerDefaultAction
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup
from cdktf_cdktf_provider_aws.lb_target_group_attachment import LbTargetGroupAttachment
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route53_zone import Route53Zone, Route53ZoneVpc
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_endpoint_service import VpcEndpointService
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule

PORT = 5432


def offer(stack: Stack, network: Network, group: SecurityGroup, address: str) -> None:
    """Offer an address of the producer's VPC through an NLB."""
    balancer = Lb(
        stack,
        "balancer",
        name="orders",
        internal=True,
        load_balancer_type="network",
        enable_cross_zone_load_balancing=True,  # The target is in one zone, and clients are in two.
        subnets=network.subnet_ids,
    )
    targets = LbTargetGroup(
        stack, "targets", name="orders", port=PORT, protocol="TCP", target_type="ip", vpc_id=network.vpc_id
    )
    target = LbTargetGroupAttachment(stack, "target", target_group_arn=targets.arn, target_id=address, port=PORT)
    forward = LbListenerDefaultAction(type="forward", target_group_arn=targets.arn)
    listener = LbListener(
        stack, "listener", load_balancer_arn=balancer.arn, port=PORT, protocol="TCP", default_action=[forward]
    )
    let_in = VpcSecurityGroupIngressRule(
        stack,
        "from-balancer",
        security_group_id=group.id,
        cidr_ipv4=network.cidr,
        ip_protocol="tcp",
        from_port=PORT,
        to_port=PORT,
        description="From the NLB",
    )
    VpcEndpointService(
        stack,
        "service",
        acceptance_required=False,
        network_load_balancer_arns=[balancer.arn],
        tags={"Name": "orders"},
        # So the service goes first: while AWS refuses that, as consumers use it, nothing that they need goes.
        depends_on=[listener, target, let_in],
    )


def reach(stack: Stack, network: Network) -> str:
    """Reach the NLB from the consumer's VPC; return the endpoint's DNS name."""
    # By its tag in one account; a producer in another account tells its service's name.
    tagged = DataAwsVpcEndpointServiceFilter(name="tag:Name", values=["orders"])
    service = DataAwsVpcEndpointService(stack, "service", filter=[tagged])
    group = SecurityGroup(stack, "old-endpoint-group", network, name="old-endpoint")
    group.let_in(cidr=network.cidr, ports=[PORT], why="Clients")
    endpoint = VpcEndpoint(
        stack,
        "old-endpoint",
        vpc_id=network.vpc_id,
        vpc_endpoint_type="Interface",
        service_name=service.service_name,
        subnet_ids=network.subnet_ids,
        security_group_ids=[group.id],
    )
    return endpoint.dns_entry.get(0).dns_name


def name_it(stack: Stack, network: Network, leads_to: str) -> None:
    """Give clients a name of the consumer's own, which stays when what is behind it changes."""
    vpc = Route53ZoneVpc(vpc_id=network.vpc_id)
    zone = Route53Zone(stack, "zone", name="shared.internal", vpc=[vpc])
    name = "orders.shared.internal"
    Route53Record(stack, "name", zone_id=zone.zone_id, name=name, type="CNAME", ttl=60, records=[leads_to])
