"""The contract between the stacks: what a producer publishes in its state and a consumer reads from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from latticelink.values.ports import Ports

OUTPUT = "latticelink"
VERSION = 1


@dataclass(frozen=True)
class SharedResource:
    """A resource as it is shared: made by `ResourceGateway.share`, published, read, and reached by an endpoint.

    Every text may be a Terraform expression. Consumers may also write one by hand from a literal ARN.

    Args:
        name: the key in the contract, given by the producer's author.
        arn: ARN of the resource configuration.
        ports: what clients may use; from remote state an expression of a list such as `["80", "8000-8080"]`.
        id: id of the resource configuration (`rcfg-...`).
        configuration_name: name of the resource configuration.
        type: type of the resource configuration: SINGLE, GROUP or ARN.
        protocol: protocol of the resource configuration.
        vpc_id: id of the producer's VPC.
        members: the members of a GROUP by name, each with its own `arn` and `ports`; from remote state an expression.
        dns_names: names of its own that the resource has, such as a database's; from remote state an expression.
        zone_ids: ids (not names) of the zones that the resource gateway is in; from remote state an expression.
        stack: the stack in which the expressions hold; None if they are all literal.
        published: what the producer published under this name, if it is in the same app.
    """

    name: str
    arn: str
    ports: Ports | str
    id: str = ""
    configuration_name: str = ""
    type: str = "SINGLE"
    protocol: str = "TCP"
    vpc_id: str | None = None
    members: Mapping[str, Mapping[str, Any]] | str | None = None
    dns_names: Mapping[str, str] | str | None = None
    zone_ids: tuple[str, ...] | str | None = None
    stack: Any = field(default=None, repr=False, compare=False)
    published: SharedResource | None = field(default=None, repr=False, compare=False)


def to_output(resources: Iterable[SharedResource]) -> dict[str, Any]:
    """Return the value of the output `latticelink`, version 1; docs/contract.md explains its keys."""
    ordered = sorted(resources, key=lambda resource: resource.name)
    return {"version": VERSION, "resources": {resource.name: _entry(resource) for resource in ordered}}


def _entry(resource: SharedResource) -> dict[str, Any]:
    some_kinds = {"dns_names": resource.dns_names, "members": resource.members}
    return {
        "arn": resource.arn,
        "id": resource.id,
        "name": resource.configuration_name,
        "ports": resource.ports if isinstance(resource.ports, str) else resource.ports.texts(),
        "protocol": resource.protocol,
        "type": resource.type,
        "vpc_id": resource.vpc_id,
        "zone_ids": list(resource.zone_ids) if isinstance(resource.zone_ids, tuple) else resource.zone_ids,
        **{key: value for key, value in some_kinds.items() if value},
    }


def from_output(name: str, outputs: str, *, stack: Any, published: SharedResource | None = None) -> SharedResource:
    """Return the resource `name` as expressions on `outputs`, the expression of a state's outputs in `stack`."""
    entry = f'{outputs}.{OUTPUT}.resources["{name}"]'
    return SharedResource(
        name=name,
        arn=f"${{{entry}.arn}}",
        ports=f"${{{entry}.ports}}",
        id=f"${{{entry}.id}}",
        configuration_name=f"${{{entry}.name}}",
        type=f"${{{entry}.type}}",
        protocol=f"${{{entry}.protocol}}",
        vpc_id=f"${{try({entry}.vpc_id, null)}}",
        members=f"${{try({entry}.members, {{}})}}",
        dns_names=f"${{try({entry}.dns_names, {{}})}}",
        zone_ids=f"${{try({entry}.zone_ids, null)}}",
        stack=stack,
        published=published,
    )
