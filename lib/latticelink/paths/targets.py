"""What a resource configuration shares: the ports, and the target with its groups and addresses as far as known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from latticelink.network.keys import Place
from latticelink.network.permissions import Side
from latticelink.network.ranges import EVERY, SHAREABLE, Addresses, PortSet, addresses_of
from latticelink.network.topology import Placed, Topology, label
from latticelink.paths.hops import Stage, doubtful
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown, as_list, unknown_of
from latticelink.terraform.syntax import references
from latticelink.values.types import DATABASES, DEFINITION

_SETTLE = "Check the folder or the plan that has the target."
_PLACE = "resource configuration's ports"


@dataclass(frozen=True)
class Target:
    """Where a resource configuration leads.

    Args:
        text: the target, for people.
        placed: its groups and subnets; None if it isn't known what it is.
        addresses: its address, or else its subnets'; empty if neither is known.
        exact: whether `addresses` is the target's own address.
        marks: references that stand for its address.
        version: IP version; of an address that isn't known it may be the other.
        doubt: why it isn't known what the target is.
        may_be_ipv6: whether the version isn't known.
    """

    text: str
    placed: Placed | None = None
    addresses: tuple[Addresses, ...] = ()
    exact: bool = False
    marks: frozenset[Reference] = frozenset()
    version: int = 4
    doubt: Unknown | None = None
    may_be_ipv6: bool = False

    @property
    def vpc(self) -> Place | None:
        """The key of its VPC, if known."""
        return self.placed.vpc if self.placed is not None else None

    def side(self) -> Side:
        """Return how the rules of the gateway's groups see it."""
        if self.placed is not None:
            side = self.placed.side(self.text, self.version)
            if self.exact:
                side = replace(side, addresses=self.addresses, addresses_doubt=None)
            return replace(side, marks=side.marks | self.marks)
        return Side(
            self.text,
            groups_doubt=self.why_not,
            addresses=self.addresses,
            addresses_doubt=None if self.exact else self.why_not,
            marks=self.marks,
            version=self.version,
        )

    @property
    def why_not(self) -> Unknown:
        """Why it isn't known what the target is."""
        return self.doubt or Unknown(f"it isn't known what {self.text} is")


def target_of(topology: Topology, configuration: Block, vpc: Place | None) -> Target:
    """Return the target of a SINGLE, CHILD or ARN resource configuration.

    Args:
        topology: where things are.
        configuration: the `aws_vpclattice_resource_configuration`.
        vpc: the key of the gateway's VPC, in which literal addresses are looked up.
    """
    for kind, argument in (("ip_resource", "ip_address"), ("dns_resource", "domain_name"), ("arn_resource", "arn")):
        value = configuration.value(DEFINITION, kind, argument)
        if value is not ABSENT:
            if kind == "ip_resource" and isinstance(value, str) and (owner := _owner(topology, configuration)):
                return _owned(topology, value, owner)
            family = configuration.value(DEFINITION, kind, "ip_address_type")
            return _target(topology, value, kind, vpc, 6 if family == "IPV6" else 4)
    reason = f"{configuration.address} doesn't define its target"
    return Target(label(configuration), doubt=Unknown(reason, f"Give it a {DEFINITION}."))


def _owner(topology: Topology, configuration: Block) -> Block | None:
    """Return what a shared address is written as the address of, though the address itself is literal there."""
    written = configuration.body.get(DEFINITION)
    found = {
        block
        for names in references(written)
        if len(names) == 3
        for block in configuration.home.made(("resource", names[0], names[1]))
    }
    return topology.with_interfaces(Reference(found.pop(), "private_ip")) if len(found) == 1 else None


def _owned(topology: Topology, text: str, owner: Block) -> Target:
    addresses = addresses_of(text)
    placed = topology.placed(owner)
    if addresses is None:
        return Target(text, doubt=Unknown(f"{text} is not an address", "Correct it."))
    return Target(label(owner), placed, (addresses,), exact=True, version=addresses.version)


def _target(topology: Topology, value: Any, kind: str, vpc: Place | None, version: int) -> Target:
    if isinstance(value, Unknown):
        doubt = value.keeps("the target")
        return Target("an unknown target", version=version, doubt=doubt, may_be_ipv6=kind == "ip_resource")
    if isinstance(value, str) and kind == "ip_resource":
        return _at_address(topology, value, vpc)
    block = topology.with_interfaces(value)
    if block is None:
        reason = (
            f"the input doesn't say what {value} is"
            if kind == "arn_resource"
            else f"it isn't known where {value} leads"
        )
        return Target(str(value), version=version, doubt=Unknown(reason, _SETTLE))
    placed = topology.placed(block)
    marks = frozenset([value]) if isinstance(value, Reference) else frozenset()
    if isinstance(value, Reference) and value.attribute.startswith("ipv6"):
        version = 6
    return Target(label(block), placed, placed.ranges(version), marks=marks, version=version)


def _at_address(topology: Topology, text: str, vpc: Place | None) -> Target:
    block = topology.at_address(text, vpc)
    if block is not None:
        return _owned(topology, text, block)
    addresses = addresses_of(text)
    if addresses is None:
        return Target(text, doubt=Unknown(f"{text} is not an address", "Correct it."))
    doubt = Unknown(f"the input doesn't say which security groups {text} has", _SETTLE)
    return Target(text, addresses=(addresses,), exact=True, version=addresses.version, doubt=doubt)


def ports_stage(topology: Topology, configuration: Block, group: Block | None) -> Stage:
    """Return the stage of the ports that a resource configuration shares; those of a database are its port.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    """
    listed = _listed_ports(topology, configuration, group)
    if why := unknown_of(listed):
        return doubtful(_PLACE, configuration, why)
    known = []
    doubt: Unknown | None = None
    for each in as_list(listed):
        ports = _range(each)
        if ports is None:
            unreadable = Unknown(f"{each!r} is not a port range", "Write ports such as 80 or 8000-8080.")
            doubt = unknown_of(each) or unreadable
        else:
            known.append(ports)
    sure = PortSet.union(known)
    maybe = sure if doubt is None else EVERY
    name = configuration.address
    return Stage(
        _PLACE,
        configuration,
        sure=sure & SHAREABLE,
        maybe=maybe & SHAREABLE,
        passes=lambda ports: f"{name} shares TCP {ports}",
        blocks=lambda ports: (
            f"{name} shares TCP {sure}, not {ports}",
            f"Add {_quoted(ports)} to port_ranges of {name}.",
        ),
        doubt=doubt,
    )


def _listed_ports(topology: Topology, configuration: Block, group: Block | None) -> Any:
    """Return what is listed as ports: the configuration's own, its database's, or its group's."""
    arn = configuration.value(DEFINITION, "arn_resource", "arn")
    if arn is not ABSENT:
        database = topology.block_of(arn, *DATABASES)
        return topology.why_not(arn, "the database") if database is None else database.attribute(("port",))
    listed = configuration.value("port_ranges")
    return group.value("port_ranges") if listed is ABSENT and group is not None else listed


def _quoted(ports: PortSet) -> str:
    return ", ".join(f'"{each}"' for each in ports.ranges)


def _range(value: Any) -> PortSet | None:
    low, _, high = str(value).partition("-")
    if isinstance(value, bool) or not (low.isdecimal() and (high.isdecimal() or not high)) or len(str(value)) > 11:
        return None
    return PortSet.of((int(low), int(high or low)))
