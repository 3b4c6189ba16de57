"""A right topology in hand-written Terraform JSON, and changes to it; what rows of the table of paths are made of."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink.network.reading import read
from latticelink.terraform.configuration import Configuration

Stacks = dict[str, dict[str, Any]]
Change = Callable[[Stacks], None]

INGRESS, EGRESS = "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"
CONFIGURATION = "aws_vpclattice_resource_configuration"
GATEWAY = "aws_vpclattice_resource_gateway"
READ = "data.terraform_remote_state.producer.outputs"


def rule(group: str, port: int, **peer: Any) -> dict[str, Any]:
    return {
        "security_group_id": f"${{aws_security_group.{group}.id}}",
        "ip_protocol": "tcp",
        "from_port": port,
        "to_port": port,
        **peer,
    }


def by_group(name: str) -> dict[str, str]:
    return {"referenced_security_group_id": f"${{aws_security_group.{name}.id}}"}


def vpc(cidr: str) -> dict[str, Any]:
    return {"main": {"cidr_block": cidr, "enable_dns_hostnames": True, "enable_dns_support": True}}


def subnet(cidr: str, zone: str) -> dict[str, Any]:
    return {"vpc_id": "${aws_vpc.main.id}", "cidr_block": cidr, "availability_zone": zone}


CLIENT_OUT = ("consumer", EGRESS, "client_out")
ENDPOINT_IN = ("consumer", INGRESS, "endpoint_in")
GATEWAY_OUT = ("producer", EGRESS, "gateway_out")
TARGET_IN = ("producer", INGRESS, "target_in")
NO_PEER = {"referenced_security_group_id": None}


def port(number: int) -> dict[str, int]:
    return {"from_port": number, "to_port": number}


def cidr(block: str) -> dict[str, Any]:
    return {**NO_PEER, "cidr_ipv6" if ":" in block else "cidr_ipv4": block}


def right() -> Stacks:
    """An instance in one VPC reaches an instance in another on TCP 443, through groups that name each other."""
    groups = {"vpc_id": "${aws_vpc.main.id}"}
    consumer = {
        "data": {
            "terraform_remote_state": {
                "producer": {"backend": "local", "config": {"path": "../producer/terraform.tfstate"}}
            }
        },
        "resource": {
            "aws_vpc": vpc("10.1.0.0/16"),
            "aws_subnet": {"a": subnet("10.1.0.0/24", "eu-west-1a"), "b": subnet("10.1.1.0/24", "eu-west-1b")},
            "aws_security_group": {"client": {**groups}, "endpoint": {**groups}},
            EGRESS: {"client_out": rule("client", 443, **by_group("endpoint"))},
            INGRESS: {"endpoint_in": rule("endpoint", 443, **by_group("client"))},
            "aws_instance": {
                "client": {
                    "subnet_id": "${aws_subnet.a.id}",
                    "vpc_security_group_ids": ["${aws_security_group.client.id}"],
                }
            },
            "aws_vpc_endpoint": {
                "web": {
                    "vpc_endpoint_type": "Resource",
                    "vpc_id": "${aws_vpc.main.id}",
                    "subnet_ids": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"],
                    "security_group_ids": ["${aws_security_group.endpoint.id}"],
                    "resource_configuration_arn": f"${{{READ}.arn}}",
                }
            },
        },
        "terraform": {"backend": {"local": {"path": "consumer.tfstate"}}},
    }
    producer = {
        "resource": {
            "aws_vpc": vpc("10.2.0.0/16"),
            "aws_subnet": {"a": subnet("10.2.0.0/24", "eu-west-1a"), "b": subnet("10.2.1.0/24", "eu-west-1b")},
            "aws_security_group": {"gateway": {**groups}, "target": {**groups}, "other": {**groups}},
            EGRESS: {"gateway_out": rule("gateway", 443, **by_group("target"))},
            INGRESS: {"target_in": rule("target", 443, **by_group("gateway"))},
            "aws_instance": {
                "web": {
                    "subnet_id": "${aws_subnet.a.id}",
                    "vpc_security_group_ids": ["${aws_security_group.target.id}"],
                }
            },
            GATEWAY: {
                "gateway": {
                    "name": "gateway",
                    "vpc_id": "${aws_vpc.main.id}",
                    "subnet_ids": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"],
                    "security_group_ids": ["${aws_security_group.gateway.id}"],
                }
            },
            CONFIGURATION: {
                "web": {
                    "type": "SINGLE",
                    "protocol": "TCP",
                    "port_ranges": ["443"],
                    "resource_gateway_identifier": f"${{{GATEWAY}.gateway.id}}",
                    "resource_configuration_definition": {
                        "ip_resource": {"ip_address": "${aws_instance.web.private_ip}"}
                    },
                }
            },
        },
        "output": {
            "arn": {"value": f"${{{CONFIGURATION}.web.arn}}"},
            "vpc_id": {"value": "${aws_vpc.main.id}"},
            "subnet_id": {"value": "${aws_subnet.a.id}"},
        },
    }
    return {"consumer": consumer, "producer": producer}


def put(stack: str, kind: str, name: str, /, **arguments: Any) -> Change:
    """Set arguments of a resource, which is made if it isn't there; None removes one."""

    def change(stacks: Stacks) -> None:
        body = stacks[stack]["resource"].setdefault(kind, {}).setdefault(name, {})
        for argument, value in arguments.items():
            if value is None:
                body.pop(argument, None)
            else:
                body[argument] = value

    return change


def drop(stack: str, kind: str, *names: str) -> Change:
    def change(stacks: Stacks) -> None:
        for name in names:
            del stacks[stack]["resource"][kind][name]

    return change


def section(stack: str, /, **sections: Any) -> Change:
    """Set whole sections of a stack, such as `locals`."""

    def change(stacks: Stacks) -> None:
        for name, value in sections.items():
            if name == "data":
                stacks[stack].setdefault(name, {}).update(value)
            else:
                stacks[stack][name] = value

    return change


def changes(*several: Change) -> Change:
    def change(stacks: Stacks) -> None:
        for each in several:
            each(stacks)

    return change


def write(folder: Path, stacks: Stacks) -> Configuration:
    for name, content in copy.deepcopy(stacks).items():
        (folder / name).mkdir(parents=True)
        (folder / name / "main.tf.json").write_text(json.dumps(content))
    return read(folder)
