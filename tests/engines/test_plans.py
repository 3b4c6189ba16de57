"""Paths through a plan of the real Terraform: HCL with a module. Its folder gets the same answers."""

from __future__ import annotations

from pathlib import Path

from latticelink.checks.examination import examine
from latticelink.network.reading import read
from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import trace
from latticelink.reports.paths import path_lines

import pytest

from tests.engines.conftest import Terraform
from tests.engines.plans import must_agree

pytestmark = pytest.mark.engine

NETWORK = """
variable "cidr" { type = string }
variable "zones" { type = list(string) }

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
}

resource "aws_subnet" "this" {
  for_each          = toset(var.zones)
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 8, index(var.zones, each.key))
  availability_zone = each.key
}

resource "aws_security_group" "this" {
  count  = 2
  vpc_id = aws_vpc.this.id
}

output "vpc_id" { value = aws_vpc.this.id }
output "subnet_ids" { value = values(aws_subnet.this)[*].id }
output "first_subnet_id" { value = aws_subnet.this["eu-west-1a"].id }
output "group_ids" { value = aws_security_group.this[*].id }
output "near_group_id" { value = aws_security_group.this[0].id }
output "far_group_id" { value = aws_security_group.this[1].id }
"""
ROOT = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

module "consumer" {
  source = "./network"
  cidr   = "10.1.0.0/16"
  zones  = ["eu-west-1a", "eu-west-1b"]
}

module "producer" {
  source = "./network"
  cidr   = "10.2.0.0/16"
  zones  = ["eu-west-1a", "eu-west-1b"]
}

resource "aws_vpc_security_group_ingress_rule" "endpoint" {
  for_each          = toset(["443"])
  security_group_id = module.consumer.near_group_id
  cidr_ipv4         = "10.1.0.0/16"
  ip_protocol       = "tcp"
  from_port         = tonumber(each.key)
  to_port           = tonumber(each.key)
}

resource "aws_vpc_security_group_egress_rule" "gateway" {
  security_group_id            = module.producer.near_group_id
  referenced_security_group_id = module.producer.far_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_ingress_rule" "target" {
  security_group_id            = module.producer.far_group_id
  referenced_security_group_id = module.producer.near_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_instance" "web" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = module.producer.first_subnet_id
  vpc_security_group_ids = [module.producer.far_group_id]
}

resource "aws_vpclattice_resource_gateway" "gateway" {
  name               = "gateway"
  vpc_id             = module.producer.vpc_id
  subnet_ids         = module.producer.subnet_ids
  security_group_ids = [module.producer.near_group_id]
}

resource "aws_vpclattice_resource_configuration" "web" {
  name                        = "web"
  type                        = "SINGLE"
  protocol                    = "TCP"
  port_ranges                 = ["443"]
  resource_gateway_identifier = aws_vpclattice_resource_gateway.gateway.id
  resource_configuration_definition {
    ip_resource {
      ip_address = aws_instance.web.private_ip
    }
  }
}

resource "terraform_data" "fixed" {
  triggers_replace = module.consumer.subnet_ids
}

resource "aws_vpc_endpoint" "web" {
  vpc_endpoint_type          = "Resource"
  vpc_id                     = module.consumer.vpc_id
  subnet_ids                 = module.consumer.subnet_ids
  security_group_ids         = [module.consumer.near_group_id]
  resource_configuration_arn = aws_vpclattice_resource_configuration.web.arn
  lifecycle {
    replace_triggered_by = [terraform_data.fixed]
  }
}
"""


def traced(terraform: Terraform, folder: Path, root: str) -> list[TracedPath]:
    """Plan, and return the paths in what Terraform shows of it."""
    (folder / "network").mkdir()
    (folder / "network" / "main.tf").write_text(NETWORK)
    (folder / "main.tf").write_text(root)
    terraform.run(folder, "init", "-input=false")
    terraform.run(folder, "plan", "-input=false", "-out=the.plan")
    (folder / "plan.json").write_text(terraform.run(folder, "show", "-json", "the.plan"))
    must_agree(examine(folder), examine(folder / "plan.json"), True)
    return trace(read(folder / "plan.json"))


def test_a_path_through_modules_is_followed_in_a_plan(terraform_on_aws: Terraform, tmp_path: Path) -> None:
    (path,) = traced(terraform_on_aws, tmp_path, ROOT)
    assert path.answer is Answer.PASS, path_lines([path], why=True)
    assert path_lines([path]) == ["clients 10.1.0.0/16 -> endpoint web -> gateway gateway -> web: reachable on TCP 443"]


def test_what_blocks_in_a_plan_is_told(terraform_on_aws: Terraform, tmp_path: Path) -> None:
    wrong = ROOT.replace(
        '"aws_vpc_security_group_ingress_rule" "target"', '"aws_vpc_security_group_egress_rule" "target"'
    )
    (path,) = traced(terraform_on_aws, tmp_path, wrong)
    assert [(hop.place, str(hop.answer)) for hop in path.hops if hop.answer in (Answer.FAIL, Answer.UNKNOWN)] == [
        ("target's group in", "fail")
    ]
    assert "module.producer.aws_security_group.this[1]" in path.hops[-1].fix


INLINE = """
resource "aws_security_group" "inline" {
  vpc_id = module.producer.vpc_id

  ingress {
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    security_groups = [module.producer.near_group_id]
  }

  dynamic "ingress" {
    for_each = [22, 80]
    content {
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.2.0.0/16"]
    }
  }
}

resource "aws_network_acl" "all" {
  vpc_id     = module.producer.vpc_id
  subnet_ids = module.producer.subnet_ids

  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }

  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "tcp"
    from_port  = PORT
    to_port    = 65535
    cidr_block = "10.2.0.0/16"
  }
}
"""


@pytest.mark.parametrize(
    ("first_port", "blocked"),
    [(443, []), (1024, ["network ACLs of the gateway's subnets"])],
)
def test_rules_inside_groups_and_network_acls_are_read_in_a_plan(
    terraform_on_aws: Terraform, tmp_path: Path, first_port: int, blocked: list[str]
) -> None:
    root = (ROOT + INLINE.replace("PORT", str(first_port))).replace(
        "[module.producer.far_group_id]", "[aws_security_group.inline.id]"
    )
    root = root.replace(
        "referenced_security_group_id = module.producer.far_group_id",
        "referenced_security_group_id = aws_security_group.inline.id",
    )
    (path,) = traced(terraform_on_aws, tmp_path, root)
    assert [hop.place for hop in path.hops if hop.answer in (Answer.FAIL, Answer.UNKNOWN)] == blocked, path_lines(
        [path], why=True
    )
