"""What EC2 refuses, as far as stacks can ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.emulator.asks import (
    NONE,
    at_quota,
    default_group,
    egress,
    endpoint,
    group,
    ingress,
    modify,
    named_twice,
    rule,
    subnet,
    tags,
    twice,
)
from tests.emulator.world import World

# What is asked for, the action that refuses it, AWS's code, and the call.
TABLE: list[tuple[str, str, str, Callable[[World], Any]]] = [
    # -- EC2: VPCs and subnets
    (
        "a sixth VPC",
        "CreateVpc",
        "VpcLimitExceeded",
        lambda w: at_quota(w, "VPCs per Region", lambda: w.ec2.create_vpc(CidrBlock="10.0.0.0/16")),
    ),
    ("a VPC of /8", "CreateVpc", "InvalidVpc.Range", lambda w: w.ec2.create_vpc(CidrBlock="10.0.0.0/8")),
    ("a VPC of no block", "CreateVpc", "InvalidParameterValue", lambda w: w.ec2.create_vpc(CidrBlock="none")),
    (
        "a tag of 257 characters on a VPC",
        "CreateVpc",
        "InvalidParameterValue",
        lambda w: w.ec2.create_vpc(
            CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags(257)}]
        ),
    ),
    ("a VPC that has subnets", "DeleteVpc", "DependencyViolation", lambda w: w.ec2.delete_vpc(VpcId=w.vpcs[0])),
    ("a VPC that isn't", "DeleteVpc", "InvalidVpcID.NotFound", lambda w: w.ec2.delete_vpc(VpcId=f"vpc-{NONE}")),
    (
        "an attribute of a VPC that isn't",
        "ModifyVpcAttribute",
        "InvalidVpcID.NotFound",
        lambda w: w.ec2.modify_vpc_attribute(VpcId=f"vpc-{NONE}", EnableDnsSupport={"Value": True}),
    ),
    ("a subnet that overlaps", "CreateSubnet", "InvalidSubnet.Conflict", lambda w: subnet(w, CidrBlock="10.0.0.0/25")),
    ("a subnet outside the VPC", "CreateSubnet", "InvalidSubnet.Range", lambda w: subnet(w, CidrBlock="10.1.0.0/24")),
    ("a subnet of /29", "CreateSubnet", "InvalidSubnet.Range", lambda w: subnet(w, CidrBlock="10.0.9.0/29")),
    (
        "a subnet in another region's zone",
        "CreateSubnet",
        "InvalidParameterValue",
        lambda w: subnet(w, AvailabilityZone="us-east-1a"),
    ),
    (
        "a subnet in a zone that isn't",
        "CreateSubnet",
        "InvalidParameterValue",
        lambda w: subnet(w, AvailabilityZone="eu-west-1h"),
    ),
    ("a subnet of a VPC that isn't", "CreateSubnet", "InvalidVpcID.NotFound", lambda w: subnet(w, VpcId=f"vpc-{NONE}")),
    (
        "an IPv6 block that the VPC hasn't",
        "CreateSubnet",
        "InvalidSubnet.Range",
        lambda w: subnet(w, Ipv6CidrBlock="2001:db8::/64"),
    ),
    (
        "a 201st subnet",
        "CreateSubnet",
        "SubnetLimitExceeded",
        lambda w: at_quota(w, "Subnets per VPC", lambda: subnet(w)),
    ),
    (
        "a subnet that a gateway is in",
        "DeleteSubnet",
        "DependencyViolation",
        lambda w: [w.gateway(), w.ec2.delete_subnet(SubnetId=w.subnets[0][0])],
    ),
    (
        "a subnet with an instance's interface",
        "DeleteSubnet",
        "DependencyViolation",
        lambda w: [
            w.ec2.create_network_interface(SubnetId=w.subnets[0][0]),
            w.ec2.delete_subnet(SubnetId=w.subnets[0][0]),
        ],
    ),
    (
        "a subnet that isn't",
        "DeleteSubnet",
        "InvalidSubnetID.NotFound",
        lambda w: w.ec2.delete_subnet(SubnetId=f"subnet-{NONE}"),
    ),
    (
        "an attribute of a subnet that isn't",
        "ModifySubnetAttribute",
        "InvalidSubnetID.NotFound",
        lambda w: w.ec2.modify_subnet_attribute(SubnetId=f"subnet-{NONE}", AssignIpv6AddressOnCreation={"Value": True}),
    ),
    # -- EC2: security groups
    (
        "a group's name twice in a VPC",
        "CreateSecurityGroup",
        "InvalidGroup.Duplicate",
        lambda w: twice(lambda: group(w)),
    ),
    ("a group called sg-prod", "CreateSecurityGroup", "InvalidParameterValue", lambda w: group(w, "sg-prod")),
    ("a group called default", "CreateSecurityGroup", "InvalidGroup.Duplicate", lambda w: group(w, "default")),
    ("a group's name of 256 characters", "CreateSecurityGroup", "InvalidParameterValue", lambda w: group(w, "x" * 256)),
    (
        "a description with a question mark",
        "CreateSecurityGroup",
        "InvalidParameterValue",
        lambda w: group(w, Description="why?"),
    ),
    (
        "a group in a VPC that isn't",
        "CreateSecurityGroup",
        "InvalidVpcID.NotFound",
        lambda w: group(w, VpcId=f"vpc-{NONE}"),
    ),
    (
        "a 2501st group",
        "CreateSecurityGroup",
        "SecurityGroupLimitExceeded",
        lambda w: at_quota(w, "Security groups per Region", lambda: group(w)),
    ),
    (
        "a group that a gateway has",
        "DeleteSecurityGroup",
        "DependencyViolation",
        lambda w: [w.gateway(), w.ec2.delete_security_group(GroupId=w.groups[0])],
    ),
    (
        "a group that another one's rule names",
        "DeleteSecurityGroup",
        "DependencyViolation",
        lambda w: [
            w.ec2.authorize_security_group_ingress(
                **rule(w, UserIdGroupPairs=[{"GroupId": w.groups[0]}]) | {"GroupId": group(w, "names-it")["GroupId"]}
            ),
            w.ec2.delete_security_group(GroupId=w.groups[0]),
        ],
    ),
    (
        "the VPC's default group",
        "DeleteSecurityGroup",
        "CannotDelete",
        lambda w: w.ec2.delete_security_group(GroupId=default_group(w)),
    ),
    (
        "a group that isn't",
        "DeleteSecurityGroup",
        "InvalidGroup.NotFound",
        lambda w: w.ec2.delete_security_group(GroupId=f"sg-{NONE}"),
    ),
    (
        "a rule in twice",
        "AuthorizeSecurityGroupIngress",
        "InvalidPermission.Duplicate",
        lambda w: twice(lambda: ingress(w)),
    ),
    (
        "a rule out twice",
        "AuthorizeSecurityGroupEgress",
        "InvalidPermission.Duplicate",
        lambda w: twice(lambda: egress(w)),
    ),
    (
        "a rule twice, with two descriptions",
        "AuthorizeSecurityGroupIngress",
        "InvalidPermission.Duplicate",
        lambda w: [ingress(w), ingress(w, IpRanges=[{"CidrIp": "10.0.0.0/16", "Description": "another"}])],
    ),
    (
        "a 61st rule in",
        "AuthorizeSecurityGroupIngress",
        "RulesPerSecurityGroupLimitExceeded",
        lambda w: [ingress(w, ports=(port, port)) for port in range(61)],
    ),
    (
        "a 61st rule out",
        "AuthorizeSecurityGroupEgress",
        "RulesPerSecurityGroupLimitExceeded",
        lambda w: [egress(w, ports=(port, port)) for port in range(61)],
    ),
    (
        "a rule in a group that isn't",
        "AuthorizeSecurityGroupIngress",
        "InvalidGroup.NotFound",
        lambda w: w.ec2.authorize_security_group_ingress(**rule(w) | {"GroupId": f"sg-{NONE}"}),
    ),
    (
        "a rule out in a group that isn't",
        "AuthorizeSecurityGroupEgress",
        "InvalidGroup.NotFound",
        lambda w: w.ec2.authorize_security_group_egress(**rule(w) | {"GroupId": f"sg-{NONE}"}),
    ),
    (
        "a rule in from a group of another VPC",
        "AuthorizeSecurityGroupIngress",
        "InvalidGroup.NotFound",
        lambda w: ingress(w, UserIdGroupPairs=[{"GroupId": w.groups[1]}]),
    ),
    (
        "a rule out to a group of another VPC",
        "AuthorizeSecurityGroupEgress",
        "InvalidGroup.NotFound",
        lambda w: egress(w, UserIdGroupPairs=[{"GroupId": w.groups[1]}]),
    ),
    (
        "a rule in for ports 90 to 80",
        "AuthorizeSecurityGroupIngress",
        "InvalidParameterValue",
        lambda w: ingress(w, ports=(90, 80)),
    ),
    (
        "a rule out for port 70000",
        "AuthorizeSecurityGroupEgress",
        "InvalidParameterValue",
        lambda w: egress(w, ports=(70000, 70000)),
    ),
    (
        "a rule in from a prefix list that isn't",
        "AuthorizeSecurityGroupIngress",
        "InvalidPrefixListID.NotFound",
        lambda w: ingress(w, PrefixListIds=[{"PrefixListId": f"pl-{NONE}"}]),
    ),
    (
        "a rule out to a prefix list that isn't",
        "AuthorizeSecurityGroupEgress",
        "InvalidPrefixListID.NotFound",
        lambda w: egress(w, PrefixListIds=[{"PrefixListId": f"pl-{NONE}"}]),
    ),
    (
        "a rule in to take away that isn't",
        "RevokeSecurityGroupIngress",
        "InvalidSecurityGroupRuleId.NotFound",
        lambda w: w.ec2.revoke_security_group_ingress(GroupId=w.groups[0], SecurityGroupRuleIds=[f"sgr-{NONE}"]),
    ),
    (
        "a rule out to take away that isn't",
        "RevokeSecurityGroupEgress",
        "InvalidSecurityGroupRuleId.NotFound",
        lambda w: w.ec2.revoke_security_group_egress(GroupId=w.groups[0], SecurityGroupRuleIds=[f"sgr-{NONE}"]),
    ),
    (
        "the rule out that AWS makes, to take away where it isn't",
        "RevokeSecurityGroupEgress",
        "InvalidPermission.NotFound",
        lambda w: w.ec2.revoke_security_group_egress(**rule(w, ports=(1, 2))),
    ),
    (
        "rules of a group that isn't, to take away",
        "RevokeSecurityGroupEgress",
        "InvalidGroup.NotFound",
        lambda w: w.ec2.revoke_security_group_egress(GroupId=f"sg-{NONE}", SecurityGroupRuleIds=[f"sgr-{NONE}"]),
    ),
    (
        "rules in of a group that isn't, to take away",
        "RevokeSecurityGroupIngress",
        "InvalidGroup.NotFound",
        lambda w: w.ec2.revoke_security_group_ingress(GroupId=f"sg-{NONE}", SecurityGroupRuleIds=[f"sgr-{NONE}"]),
    ),
    # -- EC2: tags
    (
        "a tag's value of 257 characters",
        "CreateTags",
        "InvalidParameterValue",
        lambda w: w.ec2.create_tags(Resources=w.vpcs, Tags=tags(257)),
    ),
    (
        "a tag that starts with aws:",
        "CreateTags",
        "InvalidParameterValue",
        lambda w: w.ec2.create_tags(Resources=w.vpcs, Tags=tags(1, "aws:x")),
    ),
    (
        "51 tags",
        "CreateTags",
        "TagLimitExceeded",
        lambda w: w.ec2.create_tags(Resources=w.vpcs, Tags=[{"Key": f"k{n}", "Value": ""} for n in range(51)]),
    ),
    # -- EC2: endpoints
    (
        "an endpoint in two subnets of one zone",
        "CreateVpcEndpoint",
        "DuplicateSubnetsInSameZone",
        lambda w: endpoint(w, SubnetIds=[w.subnets[1][0], subnet(w, VpcId=w.vpcs[1])["Subnet"]["SubnetId"]]),
    ),
    (
        "private DNS without DNS names in the VPC",
        "CreateVpcEndpoint",
        "InvalidParameter",
        lambda w: [
            w.ec2.modify_vpc_attribute(VpcId=w.vpcs[1], EnableDnsHostnames={"Value": False}),
            endpoint(w, PrivateDnsEnabled=True),
        ],
    ),
    (
        "an endpoint in the gateway's VPC",
        "CreateVpcEndpoint",
        "InvalidParameter",
        lambda w: endpoint(w, VpcId=w.vpcs[0], SubnetIds=w.subnets[0], SecurityGroupIds=w.groups[:1]),
    ),
    (
        "an endpoint's subnet of another VPC",
        "CreateVpcEndpoint",
        "InvalidParameter",
        lambda w: endpoint(w, SubnetIds=w.subnets[0]),
    ),
    ("a database's private names twice in a VPC", "CreateVpcEndpoint", "InvalidParameter", lambda w: named_twice(w)),
    (
        "an endpoint in a VPC that isn't",
        "CreateVpcEndpoint",
        "InvalidVpcId.NotFound",
        lambda w: endpoint(w, VpcId=f"vpc-{NONE}"),
    ),
    (
        "an endpoint in a subnet that isn't",
        "CreateVpcEndpoint",
        "InvalidSubnetId.NotFound",
        lambda w: endpoint(w, SubnetIds=[f"subnet-{NONE}"]),
    ),
    (
        "an endpoint with a group that isn't",
        "CreateVpcEndpoint",
        "InvalidSecurityGroupId.NotFound",
        lambda w: endpoint(w, SecurityGroupIds=[f"sg-{NONE}"]),
    ),
    (
        "an endpoint with six groups",
        "CreateVpcEndpoint",
        "SecurityGroupsPerInterfaceLimitExceeded",
        lambda w: endpoint(w, SecurityGroupIds=[group(w, f"g{n}", VpcId=w.vpcs[1])["GroupId"] for n in range(6)]),
    ),
    (
        "a 201st endpoint",
        "CreateVpcEndpoint",
        "VpcEndpointLimitExceeded",
        lambda w: at_quota(w, "Resource VPC endpoints per VPC", lambda: endpoint(w)),
    ),
    (
        "other subnets of an endpoint",
        "ModifyVpcEndpoint",
        "InvalidParameter",
        lambda w: modify(w, RemoveSubnetIds=w.subnets[1][:1]),
    ),
    (
        "six groups of an endpoint",
        "ModifyVpcEndpoint",
        "SecurityGroupsPerInterfaceLimitExceeded",
        lambda w: modify(w, AddSecurityGroupIds=[group(w, f"g{n}", VpcId=w.vpcs[1])["GroupId"] for n in range(5)]),
    ),
    (
        "a change of an endpoint that isn't",
        "ModifyVpcEndpoint",
        "InvalidVpcEndpointId.NotFound",
        lambda w: w.ec2.modify_vpc_endpoint(VpcEndpointId=f"vpce-{NONE}", AddSecurityGroupIds=w.groups),
    ),
]
