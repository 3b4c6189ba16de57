"""Configurations of HCL in the style of the modules that people publish for this job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from latticelink.paths.hops import Answer


@dataclass(frozen=True)
class Published:
    """A root module, what its values are changed to, and what becomes of its paths."""

    change: tuple[str, str]
    answers: set[Answer]


NETWORK = """
variable "name" {
  type = string
}

variable "cidr" {
  type        = string
  description = "The VPC's block."

  validation {
    condition     = can(cidrhost(var.cidr, 0))
    error_message = "It is no block: ${var.cidr}."
  }
}

variable "azs" {
  type = list(string)
}

variable "tags" {
  type    = map(string)
  default = {}
}

locals {
  subnets = { for index, az in var.azs : az => cidrsubnet(var.cidr, 4, index) }
  tags    = merge({ Name = var.name, Managed = "terraform" }, var.tags)
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = local.tags
}

resource "aws_subnet" "private" {
  for_each = local.subnets

  vpc_id            = aws_vpc.this.id
  cidr_block        = each.value
  availability_zone = each.key
  tags              = merge(local.tags, { Name = "${var.name}-${each.key}" })
}

output "vpc_id" {
  value = aws_vpc.this.id
}

output "vpc_cidr" {
  value = aws_vpc.this.cidr_block
}

output "private_subnet_ids" {
  description = "In the order of the zones."
  value       = [for az in var.azs : aws_subnet.private[az].id]
}
"""

GROUP = """
variable "name" {
  type = string
}

variable "vpc_id" {
  type = string
}

variable "ingress" {
  description = "Rules by name."
  type = map(object({
    from     = number
    to       = optional(number) # the same where it is left out
    protocol = optional(string, "tcp")
    cidrs    = optional(list(string), [])
    groups   = optional(list(string), [])
  }))
  default = {}
}

variable "egress" {
  type = map(object({
    from     = number
    to       = optional(number)
    protocol = optional(string, "tcp")
    cidrs    = optional(list(string), [])
    groups   = optional(list(string), [])
  }))
  default = {}
}

resource "aws_security_group" "this" {
  count = 1

  name        = "${var.name}-sg"
  description = <<-EOT
    Of ${var.name}.
  EOT
  vpc_id      = var.vpc_id

  dynamic "ingress" {
    for_each = var.ingress
    content {
      description     = ingress.key
      from_port       = ingress.value.from
      to_port         = coalesce(ingress.value.to, ingress.value.from)
      protocol        = ingress.value.protocol
      cidr_blocks     = length(ingress.value.cidrs) > 0 ? ingress.value.cidrs : null
      security_groups = length(ingress.value.groups) > 0 ? ingress.value.groups : null
    }
  }

  dynamic "egress" {
    for_each = var.egress
    iterator = rule
    content {
      description     = rule.key
      from_port       = rule.value.from
      to_port         = coalesce(rule.value.to, rule.value.from)
      protocol        = rule.value.protocol
      cidr_blocks     = length(rule.value.cidrs) > 0 ? rule.value.cidrs : null
      security_groups = length(rule.value.groups) > 0 ? rule.value.groups : null
    }
  }

  lifecycle {
    create_before_destroy = true
  }
}

output "id" {
  value = one(aws_security_group.this[*].id)
}
"""

PROVIDER = """
variable "name" {
  type = string
}

variable "network" {
  type = object({
    vpc_id     = string
    subnet_ids = list(string)
  })
}

variable "security_group_ids" {
  type     = list(string)
  nullable = false
  default  = []
}

variable "resources" {
  type = map(object({
    target = string
    kind   = optional(string, "ip")
    ports  = list(string)
    tags   = optional(map(string), {})
  }))
}

resource "aws_vpclattice_resource_gateway" "this" {
  name               = var.name
  vpc_id             = var.network.vpc_id
  subnet_ids         = var.network.subnet_ids
  security_group_ids = var.security_group_ids
}

resource "aws_vpclattice_resource_configuration" "this" {
  for_each = var.resources

  name                        = "${var.name}-${each.key}"
  type                        = "SINGLE"
  protocol                    = "TCP"
  port_ranges                 = each.value.ports
  resource_gateway_identifier = aws_vpclattice_resource_gateway.this.id

  resource_configuration_definition {
    dynamic "ip_resource" {
      for_each = each.value.kind == "ip" ? [each.value.target] : []
      content {
        ip_address = ip_resource.value
      }
    }
    dynamic "dns_resource" {
      for_each = each.value.kind == "dns" ? [each.value.target] : []
      content {
        domain_name     = dns_resource.value
        ip_address_type = "IPV4"
      }
    }
  }

  tags = each.value.tags
}

output "arns" {
  value = { for name, each in aws_vpclattice_resource_configuration.this : name => each.arn }
}
"""

MAIN = """
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

provider "aws" {
  region                      = var.region
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "networks" {
  type = map(object({
    cidr = string
    tags = optional(map(string), {})
  }))
}

variable "port" {
  type = number
}

locals {
  azs = [for letter in ["a", "b"] : format("%s%s", var.region, letter)]
  # What both sides have.
  tags = merge({ Team = "net" }, jsondecode(jsonencode({ Stage = "dev" })))
  rule = { from = var.port }
}

module "network" {
  source   = "./modules/network"
  for_each = var.networks

  name = each.key
  cidr = each.value.cidr
  azs  = local.azs
  tags = merge(local.tags, each.value.tags)
}

module "client_group" {
  source = "./modules/group"
  name   = "endpoint"
  vpc_id = module.network["consumer"].vpc_id
  ingress = {
    clients = merge(local.rule, { cidrs = [module.network["consumer"].vpc_cidr] })
  }
}

module "gateway_group" {
  source = "./modules/group"
  name   = "gateway"
  vpc_id = module.network["producer"].vpc_id
  egress = {
    web = merge(local.rule, { cidrs = [module.network["producer"].vpc_cidr] })
  }
}

module "target_group" {
  source = "./modules/group"
  name   = "target"
  vpc_id = module.network["producer"].vpc_id
  ingress = {
    gateway = merge(local.rule, { groups = [module.gateway_group.id] })
  }
}

resource "aws_instance" "web" {
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  subnet_id              = module.network["producer"].private_subnet_ids[0]
  vpc_security_group_ids = [module.target_group.id]
}

module "provider" {
  source = "./modules/provider"
  name   = "shared"
  network = {
    vpc_id     = module.network["producer"].vpc_id
    subnet_ids = module.network["producer"].private_subnet_ids
  }
  security_group_ids = [module.gateway_group.id]
  resources = {
    web = { target = aws_instance.web.private_ip, ports = [tostring(var.port)] }
  }
}

resource "terraform_data" "fixed" {
  triggers_replace = module.network["consumer"].private_subnet_ids
}

resource "aws_vpc_endpoint" "this" {
  for_each = module.provider.arns

  vpc_endpoint_type          = "Resource"
  resource_configuration_arn = each.value
  vpc_id                     = module.network["consumer"].vpc_id
  subnet_ids                 = module.network["consumer"].private_subnet_ids
  security_group_ids         = [module.client_group.id]
  tags                       = { Name = each.key }

  lifecycle {
    replace_triggered_by = [terraform_data.fixed]
  }
}

output "endpoints" {
  value = { for name, endpoint in aws_vpc_endpoint.this : name => endpoint.dns_entry[*].dns_name }
}
"""

VALUES = """
networks = {
  consumer = { cidr = "10.1.0.0/16" }
  producer = {
    cidr = "10.2.0.0/16"
    tags = { Side = "producer" }
  }
}
port = 443
"""

PUBLISHED = {
    "as it should be": Published(("", ""), {Answer.PASS}),
    "a target that lets another port in": Published(
        ("gateway = merge(local.rule,", "gateway = merge({ from = 80 },"), {Answer.FAIL}
    ),
}


def write_published(folder: Path, what: str) -> Path:
    """Write the configuration with its modules; return its folder."""
    root = folder / "root"
    files = {"main.tf": MAIN.replace(*PUBLISHED[what].change), "terraform.tfvars": VALUES}
    for name, text in (("network", NETWORK), ("group", GROUP), ("provider", PROVIDER)):
        files[f"modules/{name}/main.tf"] = text
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root
