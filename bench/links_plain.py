"""The same resources as links_ours.py, as plainly as CDKTF lets one write them; it loads as fast as the library."""

# isort: off
import sys

import latticelink.cdk.bindings  # noqa: F401  (first: fast loading, so that only the links differ)

from cdktf import (
    App,
    DataResource,
    DataTerraformRemoteStateLocal,
    LocalBackend,
    Precondition,
    TerraformOutput,
    TerraformResourceLifecycle,
    TerraformStack,
)
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from cdktf_cdktf_provider_aws.vpclattice_resource_configuration import (
    VpclatticeResourceConfiguration,
    VpclatticeResourceConfigurationResourceConfigurationDefinition,
    VpclatticeResourceConfigurationResourceConfigurationDefinitionIpResource,
)
from cdktf_cdktf_provider_aws.vpclattice_resource_gateway import VpclatticeResourceGateway


LINKS = int(sys.argv[1])

# Otherwise CDKTF runs `terraform version` once for each link, which would make ours look eight times as fast.
app = App(skip_validation=True)
producer = TerraformStack(app, "producer")
LocalBackend(producer, path="../../../state/producer.tfstate")
AwsProvider(producer, "aws", region="eu-west-1")
group = SecurityGroup(producer, "group", vpc_id="vpc-11111111", name="gateway", tags={"Name": "gateway"})
gateway = VpclatticeResourceGateway(
    producer,
    "gateway",
    name="producer-gateway",
    vpc_id="vpc-11111111",
    subnet_ids=["subnet-11111111"],
    security_group_ids=[group.id],
)
arns = {}
for n in range(LINKS):
    configuration = VpclatticeResourceConfiguration(
        producer,
        f"link-{n}",
        name=f"producer-link-{n}",
        type="SINGLE",
        protocol="TCP",
        port_ranges=["443"],
        resource_gateway_identifier=gateway.id,
        resource_configuration_definition=[
            VpclatticeResourceConfigurationResourceConfigurationDefinition(
                ip_resource=[
                    VpclatticeResourceConfigurationResourceConfigurationDefinitionIpResource(ip_address="10.0.0.9")
                ]
            )
        ],
        tags={"Name": f"producer-link-{n}"},
    )
    VpcSecurityGroupEgressRule(
        producer,
        f"link-{n}-egress",
        security_group_id=group.id,
        referenced_security_group_id="sg-11111111",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        description=f"To link-{n}",
    )
    VpcSecurityGroupIngressRule(
        producer,
        f"link-{n}-ingress",
        security_group_id="sg-11111111",
        referenced_security_group_id=group.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        description="From the gateway",
    )
    arns[f"link-{n}"] = configuration.arn
TerraformOutput(producer, "arns", value=arns)

consumer = TerraformStack(app, "consumer")
LocalBackend(consumer, path="../../../state/consumer.tfstate")
AwsProvider(consumer, "aws", region="eu-west-1")
state = DataTerraformRemoteStateLocal(consumer, "producer", path="../../../state/producer.tfstate")
for n in range(LINKS):
    clients = SecurityGroup(consumer, f"group-{n}", vpc_id="vpc-22222222", name=f"link-{n}", tags={"Name": f"link-{n}"})
    VpcSecurityGroupIngressRule(
        consumer,
        f"clients-{n}",
        security_group_id=clients.id,
        cidr_ipv4="10.0.0.0/8",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        description=f"Clients of link-{n}",
    )
    fixed = DataResource(consumer, f"fixed-{n}", input={"private_dns_enabled": True, "subnet_ids": ["subnet-22222222"]})
    VpcEndpoint(
        consumer,
        f"link-{n}",
        vpc_id="vpc-22222222",
        vpc_endpoint_type="Resource",
        resource_configuration_arn=state.get_string(f'arns["link-{n}"]'),
        subnet_ids=["subnet-22222222"],
        security_group_ids=[clients.id],
        private_dns_enabled=True,
        tags={"Name": f"link-{n}"},
        lifecycle=TerraformResourceLifecycle(
            replace_triggered_by=[fixed.fqn],
            precondition=[Precondition(condition='${"vpc-11111111" != "vpc-22222222"}', error_message="One VPC.")],
        ),
    )
app.synth()
