"""What can be shared: the targets that a producer names.

Each kind is a value of its own, which says where it is (a security group or CIDR blocks), on which ports, and what AWS
calls it; a gateway's `share` and all that follows know no more of it. A kind that AWS adds (it has begun with CIDR
blocks behind tunnel endpoints, which Terraform lacks) is another value beside these and another member of `Resource`,
with its definition in constructs/resource_configuration.py and what gateway it needs in gateway_type.py: no signature
changes, and the contract carries its `type` as a text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from latticelink.errors import Report
from latticelink.values.addresses import Cidr, parse_cidrs, parse_shared_ip
from latticelink.values.arns import DATABASE
from latticelink.values.aws_ids import parse_id
from latticelink.values.calls import judged, judged_init
from latticelink.values.dns import parse_dns_name
from latticelink.values.names import parse_key
from latticelink.values.ports import Ports, parse_ports
from latticelink.values.tokens import REFUSED, is_known

_CONFIGURATION_SOURCE = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html"


@judged_init
@dataclass(frozen=True)
class IpResource:
    """One private address: an instance, an appliance, a server on premises that the VPC has a route to.

    Args:
        address: IPv4 in 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 or 192.168.0.0/16, or IPv6 of the VPC; or a token,
            which is IPv6 on an IPV6 gateway, and on others if it is an `ipv6_...` attribute.
        security_group_id: the target's own security group. Given, it gets a rule that lets the gateway in, and the
            gateway may reach that group only. Left out, the gateway may reach the address, and whoever owns the
            target's group must admit the gateway.

    Raises:
        InvalidInput: for an address that AWS doesn't share, or something that isn't a security-group id.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    """

    address: str
    security_group_id: str | None = None
    known_address: IPv4Address | IPv6Address | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("IpResource") as report:
            known = parse_shared_ip(report, "address", self.address)
            if self.security_group_id is not None:
                parse_id(report, "security_group_id", self.security_group_id, "sg")
        object.__setattr__(self, "known_address", known)


@judged_init
@dataclass(frozen=True)
class DnsResource:
    """One host name; AWS follows it when it resolves to another address.

    The public DNS resolves it (to private addresses, as a rule) unless the gateway has `dns_resolution="IN_VPC"`.

    Args:
        domain_name: full DNS name; or a token.
        security_group_id: the target's own security group, as in `IpResource`.
        cidrs: where the name resolves to; opened on the gateway's way out if there is no `security_group_id`.
        ip_address_type: IPV4 or IPV6, the addresses of the name to connect to. Default: IPV4 wherever the gateway has
            IPv4 addresses.

    Raises:
        InvalidInput: for a malformed name, and if neither a group nor CIDRs say where the target is. A name that the
            gateway can't resolve is refused when it is shared.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    """

    domain_name: str
    security_group_id: str | None = None
    cidrs: Sequence[str] = ()
    ip_address_type: str | None = None
    known_cidrs: tuple[Cidr, ...] = field(init=False, repr=False, compare=False)
    known_name: str | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("DnsResource") as report:
            name = parse_dns_name(report, "domain_name", self.domain_name)
            if self.ip_address_type not in (None, "IPV4", "IPV6"):
                report.refuse(
                    "ip_address_type",
                    self.ip_address_type,
                    rule=(
                        "A name is shared with either its 'IPV4' or its 'IPV6' addresses; AWS doesn't support both yet."
                    ),
                    fix="Write one of these, or leave it out.",
                    source=_CONFIGURATION_SOURCE,
                )
            if self.security_group_id is not None:
                parse_id(report, "security_group_id", self.security_group_id, "sg")
            elif not self.cidrs:
                _refuse_no_way_out(report, self.cidrs)
            known = tuple(parse_cidrs(report, "cidrs", self.cidrs))
        object.__setattr__(self, "known_cidrs", known)
        object.__setattr__(self, "known_name", name if is_known(name) else None)


@judged_init
@dataclass(frozen=True)
class ArnResource:
    """A database of Amazon RDS by its ARN: an instance, or a cluster with its writer and reader.

    AWS follows failovers, takes the port from the database, and makes the database's own names resolve in the
    consumer's VPC, so that clients and TLS certificates need no change. RDS is all that AWS shares by ARN; the database
    must not be publicly accessible. `of` reads all this from a database of the same stack.

    Args:
        arn: ARN of the instance (`arn:aws:rds:...:db:...`) or cluster (`arn:aws:rds:...:cluster:...`); or a token.
        port: TCP port of the database, 1 to 65535, or a token such as `database.port`: the security groups pass it.
        security_group_id: the database's own security group, as in `IpResource`.
        cidrs: blocks of the database's subnets; opened on the gateway's way out if there is no `security_group_id`.
        dns_names: the database's own names for consumers to use, by a key of yours, such as
            `{"writer": cluster.endpoint, "reader": cluster.reader_endpoint}`; published with the resource.

    Raises:
        InvalidInput: for an ARN of anything else, no port, and if neither a group nor CIDRs say where the database is.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    """

    arn: str
    port: int | float | str
    security_group_id: str | None = None
    cidrs: Sequence[str] = ()
    dns_names: Mapping[str, str] = field(default_factory=dict)
    known_cidrs: tuple[Cidr, ...] = field(init=False, repr=False, compare=False)
    ports: Ports = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("ArnResource") as report:
            _parse_database_arn(report, self.arn)
            ports = parse_ports(report, "port", [self.port])
            if self.security_group_id is not None:
                parse_id(report, "security_group_id", self.security_group_id, "sg")
            elif not self.cidrs:
                _refuse_no_way_out(report, self.cidrs)
            known = tuple(parse_cidrs(report, "cidrs", self.cidrs))
            for key in self.dns_names:
                parse_key(report, "dns_names", key)
        object.__setattr__(self, "known_cidrs", known)
        object.__setattr__(self, "ports", ports)

    @classmethod
    @judged
    def of(cls, database: Any, *, security_group_id: str | None = None, cidrs: Sequence[str] = ()) -> ArnResource:
        """Return the resource for a database that the same stack makes, with its ARN, its port and its names.

        Args:
            database: a `DbInstance` or an `RdsCluster` of the CDK's bindings. The names of a cluster are published as
                `writer` and `reader`, that of an instance as `database`.
            security_group_id: as in `ArnResource`.
            cidrs: as in `ArnResource`.

        Raises:
            InvalidInput: for anything else, and for an instance that is publicly accessible. For a cluster, that is
                set on its instances, which are not visible here.

        Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
        """
        is_cluster = hasattr(database, "reader_endpoint")
        with Report("ArnResource") as report:
            if not is_cluster and not (hasattr(database, "address") and hasattr(database, "port")):
                report.refuse(
                    "database",
                    database,
                    rule="A database is a DbInstance or an RdsCluster.",
                    fix="Give one, or write ArnResource(arn, port, ...).",
                    source=_CONFIGURATION_SOURCE,
                )
                return cls(REFUSED, 1, security_group_id, cidrs)
            if getattr(database, "publicly_accessible_input", None) is True:
                report.refuse(
                    "publicly_accessible",
                    True,
                    rule="AWS doesn't share databases that are publicly accessible.",
                    fix="Create it with publicly_accessible=False, in private subnets.",
                    source=_CONFIGURATION_SOURCE,
                )
        if is_cluster:
            names = {"reader": database.reader_endpoint, "writer": database.endpoint}
        else:
            names = {"database": database.address}
        return cls(database.arn, database.port, security_group_id, cidrs, names)


@judged_init
@dataclass(frozen=True)
class Member:
    """One resource of a group, with the ports of its own.

    Args:
        resource: an `IpResource` or a `DnsResource`.
        ports: TCP ports that clients use, as in `ResourceGateway.share`.

    Raises:
        InvalidInput: for another kind of resource, or ports outside 1 to 65535.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    """

    resource: IpResource | DnsResource
    ports: Sequence[int | float | str]
    known_ports: Ports = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("Member") as report:
            if not isinstance(self.resource, IpResource | DnsResource):
                report.refuse(
                    "resource",
                    self.resource,
                    rule="A group contains addresses and names; a database is shared by ARN on its own.",
                    fix="Write Member(IpResource(...), ports=[...]) or Member(DnsResource(...), ports=[...]).",
                    source=_CONFIGURATION_SOURCE,
                )
                object.__setattr__(self, "resource", IpResource(REFUSED))
            ports = parse_ports(report, "ports", self.ports)
        object.__setattr__(self, "known_ports", ports)


@judged_init
@dataclass(frozen=True)
class GroupResource:
    """Several resources of one owner behind one resource configuration and one endpoint.

    Members can be added and removed while the group is in use: consumers of the group reach them at once.

    Args:
        members: the resources by name; 1 to 60 letters, digits and inner hyphens, as consumers get it as a DNS label.

    Raises:
        InvalidInput: for an empty group, malformed names, and anything that isn't a `Member`.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    """

    members: Mapping[str, Member]

    def __post_init__(self) -> None:
        """Refuse bad input."""
        with Report("GroupResource") as report:
            if not isinstance(self.members, Mapping) or not self.members:
                report.refuse(
                    "members",
                    self.members,
                    rule="A group has at least one member, each with a name.",
                    fix='Write, for example, {"db": Member(IpResource("10.0.0.9"), ports=[5432])}.',
                )
                object.__setattr__(self, "members", {})
            for name, member in self.members.items():
                if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,58}[A-Za-z0-9])?", name):
                    report.refuse(
                        "members",
                        name,
                        rule="A member's name becomes a DNS label at the consumer: 1 to 60 letters, digits and inner "
                        "hyphens.",
                        fix="Write, for example, 'orders-db'.",
                        source="https://www.rfc-editor.org/rfc/rfc1123#page-13",
                    )
                if not isinstance(member, Member):
                    report.refuse(
                        "members",
                        member,
                        rule="Each member has a resource and ports.",
                        fix='Write Member(IpResource("10.0.0.9"), ports=[5432]).',
                    )
            known = {name: member for name, member in self.members.items() if isinstance(member, Member)}
            object.__setattr__(self, "members", known)


Resource = IpResource | DnsResource | ArnResource | GroupResource


def _parse_database_arn(report: Report, given: str) -> None:
    if isinstance(given, str) and (not is_known(given) or DATABASE.read(given)):
        return
    report.refuse(
        "arn",
        given,
        rule="By ARN, AWS shares databases of Amazon RDS only: instances and clusters.",
        fix="Write 'arn:aws:rds:<region>:<account>:db:<name>' or '...:cluster:<name>'; share anything else by its "
        "name, with DnsResource.",
        source=_CONFIGURATION_SOURCE,
    )


def _refuse_no_way_out(report: Report, cidrs: Sequence[str]) -> None:
    report.refuse(
        "cidrs",
        cidrs,
        rule=(
            "The gateway's security group must allow traffic to the target, and a name alone doesn't say where that is."
        ),
        fix="Give the target's security_group_id, or the cidrs that the name resolves to.",
        source="https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html",
    )
