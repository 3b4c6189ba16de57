"""Configurations to draw, in hand-written Terraform JSON: right, broken, half, many, and with hostile names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.paths.topologies import (
    CLIENT_OUT,
    CONFIGURATION,
    ENDPOINT_IN,
    GATEWAY,
    INGRESS,
    READ,
    TARGET_IN,
    Change,
    Stacks,
    changes,
    cidr,
    drop,
    put,
    right,
    rule,
    subnet,
)

NETWORK = "aws_vpclattice_service_network"
NETWORK_RESOURCE, NETWORK_VPC = f"{NETWORK}_resource_association", f"{NETWORK}_vpc_association"
HOSTILE = {
    "html": '"><script>alert(1)</script><img src=x onerror=alert(2)>',
    "long": "a-name-of-two-hundred-characters-" * 6 + "ab",
    "right to left": "\u202eמסד נתונים‏ قاعدة",
    "mermaid": '"] end; subgraph x["]<br/>%% #quot; --> y',
    "markup": "&amp; ]]> <!-- --> </svg></style></title>",
    "controls": "bell\x07 null\x00 next\u0085 \ud800",
    "wide": "数据库🗄️ 注文",
    "empty": "",
}


def changed(*several: Change) -> Stacks:
    """Return the right topology with changes."""
    stacks = right()
    changes(*several)(stacks)
    return stacks


def named(name: str) -> Stacks:
    """Return a blocked topology in which everything that can have a name has this one."""
    tags = {"tags": {"Name": name}}
    arguments = {"name": name, **tags}
    return changed(
        drop(*TARGET_IN),
        *(put(stack, "aws_vpc", "main", **tags) for stack in ("consumer", "producer")),
        put("consumer", "aws_instance", "client", **tags),
        put("producer", "aws_instance", "web", **tags),
        put("producer", GATEWAY, "gateway", **arguments),
        put("producer", CONFIGURATION, "web", **arguments),
        put("consumer", INGRESS, "endpoint_in", description=name),
    )


def network() -> Stacks:
    """Return two VPCs that reach two resources through a service network, by an endpoint and by an association."""
    stacks = changed(
        put("producer", CONFIGURATION, "second", **right()["producer"]["resource"][CONFIGURATION]["web"]),
        put("producer", NETWORK, "finance", name="finance"),
    )
    stacks["producer"]["resource"][NETWORK_RESOURCE] = {
        name: {
            "service_network_identifier": f"${{{NETWORK}.finance.id}}",
            "resource_configuration_identifier": f"${{{CONFIGURATION}.{name}.id}}",
        }
        for name in ("web", "second")
    }
    stacks["producer"]["output"]["network"] = {"value": f"${{{NETWORK}.finance.arn}}"}
    endpoint = stacks["consumer"]["resource"]["aws_vpc_endpoint"]["web"]
    del endpoint["resource_configuration_arn"]
    endpoint |= {"vpc_endpoint_type": "ServiceNetwork", "service_network_arn": f"${{{READ}.network}}"}
    stacks["consumer"]["resource"][NETWORK_VPC] = {
        "all": {
            "vpc_identifier": "${aws_vpc.main.id}",
            "service_network_identifier": f"${{{READ}.network}}",
            "security_group_ids": ["${aws_security_group.endpoint.id}"],
        }
    }
    return stacks


def half(stack: str) -> Stacks:
    """Return one of the two stacks alone."""
    stacks = right()
    return {stack: stacks[stack]}


def peered() -> Stacks:
    """Return a gateway whose target is in another VPC, behind a peering connection."""
    stacks = right()
    groups = {"vpc_id": "${aws_vpc.other.id}"}
    resources = stacks["producer"]["resource"]
    resources["aws_vpc"]["other"] = {"cidr_block": "10.3.0.0/16", "tags": {"Name": "databases"}}
    resources["aws_subnet"]["far"] = {**subnet("10.3.0.0/24", "eu-west-1a"), **groups}
    resources["aws_security_group"]["target"] = {**groups}
    resources["aws_instance"]["web"]["subnet_id"] = "${aws_subnet.far.id}"
    return stacks


def by_zone() -> Stacks:
    """Return an endpoint of which one address leads to the target: the gateway's other subnet has no way there."""
    deny = {"action": "deny", "protocol": "-1", "rule_no": 1, "from_port": 0, "to_port": 0, "cidr_block": "0.0.0.0/0"}
    return changed(
        put(
            "producer",
            "aws_network_acl",
            "closed",
            vpc_id="${aws_vpc.main.id}",
            subnet_ids=["${aws_subnet.b.id}"],
            ingress=[deny],
            egress=[deny],
        )
    )


def many(consumers: int, resources: int, producers: int, each: int) -> Stacks:
    """Return `consumers` stacks with `each` links to resources of `producers` stacks with `resources` each.

    Every 31st endpoint lets nobody in, and every 17th resource leads to an address whose groups aren't known.
    """
    stacks: Stacks = {}
    for number in range(producers):
        stacks[f"producer-{number:02}"] = _producer(number, resources)
    for number in range(consumers):
        stacks[f"consumer-{number:02}"] = _consumer(number, resources, producers, each)
    return stacks


def _producer(number: int, resources: int) -> dict[str, Any]:
    part = right()["producer"]
    shared = part["resource"][CONFIGURATION].pop("web")
    part["resource"]["aws_vpc"]["main"]["tags"] = {"Name": f"producer-{number:02}"}
    part["output"] = {}
    for count in range(resources):
        name = f"resource-{count:02}"
        unknown = (number * resources + count) % 17 == 16
        definition = {"ip_resource": {"ip_address": "10.2.0.99"}} if unknown else None
        part["resource"][CONFIGURATION][name] = {
            **shared,
            **({"resource_configuration_definition": definition} if definition else {}),
        }
        part["output"][name] = {"value": f"${{{CONFIGURATION}.{name}.arn}}"}
    return part


def _consumer(number: int, resources: int, producers: int, each: int) -> dict[str, Any]:
    part = right()["consumer"]
    part["data"]["terraform_remote_state"] = {
        f"producer-{count:02}": {
            "backend": "local",
            "config": {"path": f"../producer-{count:02}/terraform.tfstate"},
        }
        for count in range(producers)
    }
    part["resource"]["aws_vpc"]["main"]["tags"] = {"Name": f"consumer-{number:02}"}
    endpoint = part["resource"]["aws_vpc_endpoint"].pop("web")
    part["resource"]["aws_security_group"]["closed"] = {"vpc_id": "${aws_vpc.main.id}"}
    for count in range(each):
        at = (number * 7 + count * 11) % (producers * resources)
        producer, resource = f"producer-{at // resources:02}", f"resource-{at % resources:02}"
        is_closed = (number * each + count) % 31 == 30
        groups = {"security_group_ids": ["${aws_security_group.closed.id}"]} if is_closed else {}
        part["resource"]["aws_vpc_endpoint"][f"{producer}-{resource}"] = {
            **endpoint,
            "resource_configuration_arn": f"${{data.terraform_remote_state.{producer}.outputs.{resource}}}",
            **groups,
        }
    return part


def links(count: int) -> Stacks:
    """Return 200 or 1,000 links, as a company may have them."""
    return many(20, 10, 5, 10) if count == 200 else many(50, 20, 10, 20)


CASES: dict[str, Callable[[], Stacks]] = {
    "all right": right,
    "two rules are missing": lambda: changed(drop(*CLIENT_OUT), drop(*TARGET_IN)),
    "every answer": lambda: changed(
        drop(*CLIENT_OUT),
        put("producer", "aws_subnet", "a", availability_zone="${var.zone}"),
        put("producer", "aws_subnet", "b", availability_zone="${var.zone}"),
        put("consumer", INGRESS, "block_in", **rule("endpoint", 443, **cidr("10.9.0.0/16"))),
    ),
    "nobody is let in": lambda: changed(drop(*ENDPOINT_IN), drop(*CLIENT_OUT)),
    "the producer alone": lambda: half("producer"),
    "the consumer alone": lambda: half("consumer"),
    "a service network": network,
    "a target in a peered VPC": peered,
    "by the endpoint's address": by_zone,
    "nothing": lambda: {"alone": {"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}}},
    "several stacks": lambda: many(3, 3, 2, 4),
}
