"""Terraform's types of resources and data sources, each once, by the word that this library has for it.

An argument stands here where both constructs and checks have to know it.
"""

from __future__ import annotations

GATEWAY = "aws_vpclattice_resource_gateway"
CONFIGURATION = "aws_vpclattice_resource_configuration"
VERIFICATION = "aws_vpclattice_domain_verification"
NETWORK = "aws_vpclattice_service_network"
NETWORK_RESOURCE = "aws_vpclattice_service_network_resource_association"
NETWORK_VPC = "aws_vpclattice_service_network_vpc_association"
SERVICE = "aws_vpclattice_service"

DEFINITION = "resource_configuration_definition"
"""The block of a resource configuration that says what is shared."""

ENDPOINT = "aws_vpc_endpoint"
ENDPOINT_ARNS = {"Resource": "resource_configuration_arn", "ServiceNetwork": "service_network_arn"}
"""The types of endpoint that lead to VPC resources, each with the argument that names what it leads to."""
ENDPOINT_TYPES = tuple(ENDPOINT_ARNS)
ENDPOINT_SERVICE = "aws_vpc_endpoint_service"
ENDPOINT_ASSOCIATIONS = "aws_vpc_endpoint_associations"
ENDPOINT_GROUP = "aws_vpc_endpoint_security_group_association"

VPC = "aws_vpc"
VPC_IPV4_BLOCK = "aws_vpc_ipv4_cidr_block_association"
VPC_IPV6_BLOCK = "aws_vpc_ipv6_cidr_block_association"
SUBNET = "aws_subnet"
DEFAULT_SUBNET = "aws_default_subnet"
ZONES = "aws_availability_zones"
INTERFACE = "aws_network_interface"
INTERFACE_GROUP = "aws_network_interface_sg_attachment"

SECURITY_GROUP = "aws_security_group"
DEFAULT_SECURITY_GROUP = "aws_default_security_group"
INGRESS_RULE = "aws_vpc_security_group_ingress_rule"
EGRESS_RULE = "aws_vpc_security_group_egress_rule"
RULES = {"ingress": INGRESS_RULE, "egress": EGRESS_RULE}
GROUP_RULE = "aws_security_group_rule"
PREFIX_LIST = "aws_ec2_managed_prefix_list"
PREFIX_LIST_ENTRY = "aws_ec2_managed_prefix_list_entry"
AWS_PREFIX_LIST = "aws_prefix_list"

NETWORK_ACL = "aws_network_acl"
DEFAULT_NETWORK_ACL = "aws_default_network_acl"
NETWORK_ACL_ASSOCIATION = "aws_network_acl_association"
NETWORK_ACL_RULE = "aws_network_acl_rule"

PEERING = "aws_vpc_peering_connection"
ROUTE = "aws_route"
ROUTE_TABLE = "aws_route_table"
DEFAULT_ROUTE_TABLE = "aws_default_route_table"
ROUTE_TABLE_ASSOCIATION = "aws_route_table_association"
MAIN_ROUTE_TABLE = "aws_main_route_table_association"
ROUTE_PROPAGATION = "aws_vpn_gateway_route_propagation"
INTERNET_GATEWAY = "aws_internet_gateway"
EGRESS_ONLY_GATEWAY = "aws_egress_only_internet_gateway"

RECORD = "aws_route53_record"
ZONE = "aws_route53_zone"
ZONE_VPC = "aws_route53_zone_association"

INSTANCE = "aws_instance"
SCALING_GROUP = "aws_autoscaling_group"
LAUNCH_TEMPLATE = "aws_launch_template"
LAUNCH_CONFIGURATION = "aws_launch_configuration"
FUNCTION = "aws_lambda_function"
ECS_SERVICE = "aws_ecs_service"
LOAD_BALANCERS = ("aws_lb", "aws_alb")

DATABASE = "aws_db_instance"
DATABASE_CLUSTER = "aws_rds_cluster"
DATABASES = (DATABASE, DATABASE_CLUSTER)
CLUSTER_INSTANCE = "aws_rds_cluster_instance"
GLOBAL_CLUSTER = "aws_rds_global_cluster"
DATABASE_PROXY = "aws_db_proxy"
DATABASE_PROXY_ENDPOINT = "aws_db_proxy_endpoint"

SHARE = "aws_ram_resource_share"
SHARE_RESOURCE = "aws_ram_resource_association"
SHARE_PRINCIPAL = "aws_ram_principal_association"
SHARE_ACCEPTER = "aws_ram_resource_share_accepter"

CALLER = "aws_caller_identity"
