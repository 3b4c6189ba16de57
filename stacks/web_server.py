"""An nginx in a private subnet without internet: the instance, its security group, and where its packages come from."""

from __future__ import annotations

import json
import re

from latticelink import Network, SecurityGroup, Stack

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_ssm_parameter import DataAwsSsmParameter
from cdktf_cdktf_provider_aws.instance import Instance, InstanceMetadataOptions, InstanceRootBlockDevice
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

# The route to S3 can take a moment after boot.
_INSTALL = """#!/bin/bash
for attempt in $(seq 60); do dnf install -y nginx && break; sleep 5; done
echo '<p>Served by {name}</p>' >> /usr/share/nginx/html/index.html
systemctl enable --now nginx
"""


class WebServer(Construct):
    """An instance with nginx on port 80, installed from the Amazon Linux 2023 repositories.

    The repositories are in S3, so a gateway endpoint for S3 (free of charge) replaces internet access; its policy
    admits this region's repository bucket only.

    Args:
        scope: the stack, with `region`.
        id: the construct's id.
        network: where it runs, in the first of the subnets.
        name: Name tag of the instance, and its security group's name.
        instance_type: EC2 instance type; Arm types get an Arm image.

    Attributes:
        instance: the instance.
        group: its security group, which lets out to the repositories alone.

    Source: https://docs.aws.amazon.com/linux/al2023/ug/live-patching.html (the bucket),
        https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html,
        https://docs.aws.amazon.com/linux/al2023/ug/ec2.html (the image's public parameter)
    """

    def __init__(self, scope: Stack, id: str, network: Network, *, name: str, instance_type: str) -> None:
        super().__init__(scope, id)
        packages = VpcEndpoint(
            self,
            "packages",
            vpc_id=network.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{scope.region}.s3",
            route_table_ids=[network.vpc.main_route_table_id],
            policy=_repository_policy(scope.region),
            tags={"Name": f"{name}-packages"},
        )
        self.group = SecurityGroup(self, "group", network, name=name, description="Web server")
        repositories = packages.prefix_list_id
        self.group.let_out(prefix_list_id=repositories, ports=[443], why="Package repositories")
        image = DataAwsSsmParameter(self, "image", name=_image_parameter(instance_type))
        self.instance = Instance(
            self,
            "instance",
            # Not `value`, which the provider marks as sensitive: a public image id belongs in the plan.
            ami=image.insecure_value,
            instance_type=instance_type,
            subnet_id=network.subnet_ids[0],
            vpc_security_group_ids=[self.group.id],
            associate_public_ip_address=False,
            metadata_options=InstanceMetadataOptions(http_tokens="required"),
            root_block_device=InstanceRootBlockDevice(encrypted=True),
            user_data=_INSTALL.format(name=name),
            tags={"Name": name},
            depends_on=[packages],
            # The parameter moves on with each new image, and a new image would replace the instance and its address.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["ami"]),
        )


def _image_parameter(instance_type: str) -> str:
    arm = re.match(r"[a-z]+[0-9]+g", instance_type) or instance_type.startswith("a1.")
    return f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{'arm64' if arm else 'x86_64'}"


def _repository_policy(region: str) -> str:
    partition = {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rsplit("-", 2)[0], "aws")
    bucket = f"arn:{partition}:s3:::al2023-repos-{region}-de612dc2"
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{bucket}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
