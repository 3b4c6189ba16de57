"""The contract between the stacks: what a producer publishes in its state and a consumer reads from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from latticelink.errors import Report
from latticelink.values.arns import LATTICE, LATTICE_IDS, id_in_arn
from latticelink.values.aws_ids import parse_id
from latticelink.values.calls import judged, judged_init
from latticelink.values.dns import parse_dns_name
from latticelink.values.names import parse_key
from latticelink.values.ports import Ports, parse_ports
from latticelink.values.tokens import REFUSED, is_known

OUTPUT = "latticelink"
VERSION = 1
TYPES = ("SINGLE", "GROUP", "CHILD", "ARN", "SERVICE_NETWORK")
KEYS = ("arn", "id", "name", "ports", "protocol", "type")
"""What each resource in the output has; the other keys of docs/contract.md are there where they mean something."""


@judged_init
@dataclass(frozen=True)
class SharedResource:
    """A resource as it is shared: made by `ResourceGateway.share`, published, read, and reached by an endpoint.

    Every string may be a Terraform expression. Without the producer's state, `of_arn` makes one by hand.

    Args:
        name: the key in the contract, given by the producer's author.
        arn: ARN of the resource configuration.
        ports: what clients may use; from remote state an expression of a list such as `["80", "8000-8080"]`.
        id: id of the resource configuration (`rcfg-...`).
        configuration_name: name of the resource configuration.
        type: type of the resource configuration: SINGLE, GROUP, CHILD or ARN; SERVICE_NETWORK for a service network.
        protocol: protocol of the resource configuration.
        vpc_id: id of the producer's VPC.
        members: the members of a GROUP by name, each with its own `arn` and `ports`; from remote state an expression.
        custom_domain: the domain name that the producer chose for it; from remote state an expression.
        dns_names: names of its own that the resource has, such as a database's; from remote state an expression.
        zone_ids: ids (not names) of the zones that the resource gateway is in; from remote state an expression.
        share_arns: ARNs of the AWS RAM shares that a consumer outside the producer's organisation accepts, by the ids
            of the producer's account shares; from remote state an expression.
        stack: the stack in which the expressions hold; None if they are all literal.
        published: what the producer published under this name, if it is in the same app.
        accepter: Terraform address of what accepted the share; whatever reaches the resource waits for it.
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
    custom_domain: str | None = None
    dns_names: Mapping[str, str] | str | None = None
    zone_ids: tuple[str, ...] | str | None = None
    share_arns: Mapping[str, str] | str | None = None
    stack: Any = field(default=None, repr=False, compare=False)
    published: SharedResource | None = field(default=None, repr=False, compare=False)
    accepter: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse a type that AWS doesn't have."""
        if self.type not in TYPES and is_known(self.type):
            with Report(f"SharedResource({self.name!r})") as report:
                report.refuse(
                    "type",
                    self.type,
                    rule=f"The type of a resource configuration is {', '.join(TYPES)}.",
                    fix="Write the one that AWS shows for it.",
                    source="https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceConfiguration.html",
                )
            object.__setattr__(self, "type", REFUSED)

    @classmethod
    @judged
    def of_arn(
        cls,
        name: str,
        arn: str,
        *,
        ports: Sequence[int | str | float],
        type: str | None = None,
        vpc_id: str | None = None,
        zone_ids: Sequence[str] | None = None,
        members: Mapping[str, Mapping[str, Any]] | None = None,
        custom_domain: str | None = None,
        dns_names: Mapping[str, str] | None = None,
        share_arns: Mapping[str, str] | None = None,
    ) -> SharedResource:
        """Return a resource that exists, by its ARN: for consumers without access to the producer's state.

        Args:
            name: a name for it, as in `ResourceGateway.share`: part of Terraform addresses, and used in messages.
            arn: ARN of a resource configuration (`arn:aws:vpc-lattice:...:resourceconfiguration/rcfg-...`) or of a
                service network (`...:servicenetwork/sn-...`); or a token.
            ports: the TCP ports that its owner shares, as in `ResourceGateway.share`: clients are let in on these.
            type: SINGLE, GROUP, ARN or SERVICE_NETWORK. Default: by the ARN, SINGLE or SERVICE_NETWORK.
            vpc_id: id of the producer's VPC, for the plan's check that it isn't the endpoint's. Default: not known.
            zone_ids: ids of the gateway's zones, for the plan's check that they meet. Default: not known.
            members: of a group or service network, as in `SharedResource`. Default: not known.
            custom_domain: the producer's domain name for it. Default: none.
            dns_names: names of its own, such as a database's. Default: none.
            share_arns: ARNs of AWS RAM shares to accept, by the ids of each `AccountShare`. Default: none.

        Raises:
            InvalidInput: for an ARN of anything else, a name that can't be one, and ports outside 1 to 65535.

        Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonvpclattice.html
        """
        with Report(f"SharedResource({name!r})") as report:
            name = parse_key(report, "name", name)
            arn = parse_lattice_arn(report, "arn", arn, "resourceconfiguration", "servicenetwork")
            open_ports = parse_ports(report, "ports", ports)
            vpc_id = None if vpc_id is None else parse_id(report, "vpc_id", vpc_id, "vpc")
            custom_domain = None if custom_domain is None else parse_dns_name(report, "custom_domain", custom_domain)
            if isinstance(zone_ids, str):
                report.refuse("zone_ids", zone_ids, rule="Zones are given as a list.", fix=f"Write [{zone_ids!r}].")
                zone_ids = None
        identifier = id_in_arn(arn) if is_known(arn) else ""
        return cls(
            name,
            arn,
            open_ports,
            id=identifier,
            type=type or ("SERVICE_NETWORK" if identifier.startswith("sn-") else "SINGLE"),
            vpc_id=vpc_id,
            zone_ids=None if zone_ids is None else tuple(zone_ids),
            members=members,
            custom_domain=custom_domain,
            dns_names=dns_names,
            share_arns=share_arns,
        )


def parse_lattice_arn(report: Report, argument: str, given: str, *kinds: str) -> str:
    """Return `given` if it is the ARN of one of the `kinds` (keys of `LATTICE_IDS`), or a token; refuse the rest."""
    if isinstance(given, str) and (not is_known(given) or LATTICE.read(given, *kinds)):
        return given
    examples = [f"'arn:aws:vpc-lattice:<region>:<account>:{kind}/{LATTICE_IDS[kind]}-...'" for kind in kinds]
    report.refuse(
        argument,
        given,
        rule=f"An existing resource is given by its ARN, which must be that of a {' or '.join(kinds)} of VPC Lattice.",
        fix=f"Write {' or '.join(examples)}. To list what other accounts share: aws "
        "ram list-resources --resource-owner OTHER-ACCOUNTS",
        source="https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonvpclattice.html",
    )
    return REFUSED


def to_output(resources: Iterable[SharedResource]) -> dict[str, Any]:
    """Return the value of the output `latticelink`, version 1; docs/contract.md explains its keys."""
    ordered = sorted(resources, key=lambda resource: resource.name)
    return {"version": VERSION, "resources": {resource.name: _entry(resource) for resource in ordered}}


def _entry(resource: SharedResource) -> dict[str, Any]:
    sometimes = {
        "custom_domain": resource.custom_domain,
        "dns_names": resource.dns_names,
        "members": resource.members,
        "share_arns": resource.share_arns,
    }
    return {
        "arn": resource.arn,
        "id": resource.id,
        "name": resource.configuration_name,
        "ports": resource.ports if isinstance(resource.ports, str) else resource.ports.texts(),
        "protocol": resource.protocol,
        "type": resource.type,
        "vpc_id": resource.vpc_id,
        "zone_ids": list(resource.zone_ids) if isinstance(resource.zone_ids, tuple) else resource.zone_ids,
        **{key: value for key, value in sometimes.items() if value},
    }


def from_output(name: str, outputs: str, *, stack: Any, published: SharedResource | None = None) -> SharedResource:
    """Return the resource `name` as expressions on `outputs`, the expression of a state's outputs in `stack`.

    Where the contract is gone they are null, so that what reads it can still be destroyed; that it is gone stops a plan
    by itself.
    """
    entry = f'{outputs}.{OUTPUT}.resources["{name}"]'
    return SharedResource(
        name=name,
        arn=f"${{try({entry}.arn, null)}}",
        ports=f"${{try({entry}.ports, [])}}",
        id=f"${{try({entry}.id, null)}}",
        configuration_name=f"${{try({entry}.name, null)}}",
        type=f"${{try({entry}.type, null)}}",
        protocol=f"${{try({entry}.protocol, null)}}",
        vpc_id=f"${{try({entry}.vpc_id, null)}}",
        members=f"${{try({entry}.members, {{}})}}",
        custom_domain=f"${{try({entry}.custom_domain, null)}}",
        dns_names=f"${{try({entry}.dns_names, {{}})}}",
        zone_ids=f"${{try({entry}.zone_ids, null)}}",
        share_arns=f"${{try({entry}.share_arns, {{}})}}",
        stack=stack,
        published=published,
    )
