"""What a resource configuration shares: the ports, and the target with its groups and addresses as far as known."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any

from latticelink.network.permissions import Side
from latticelink.network.ranges import EVERY, NONE, SHAREABLE, Addresses, PortSet, addresses_of
from latticelink.network.topology import Placed, Topology, label
from latticelink.paths.hops import Stage, doubtful
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import ABSENT, Reference, Unknown, after_apply

_SETTLE = "Check the folder or the plan that has the target."
_PLACE = "resource configuration's ports"
_DATABASES = ("aws_db_instance", "aws_rds_cluster")


@dataclass(frozen=True)
class Target:
    """Where a resource configuration leads.

    Args:
        text: the target, for people.
        placed: its groups and subnets; None if it isn't known what it is.
        addresses: its address, or else its subnets'; empty if neither is known.
        exact: whether `addresses` is the target's own address.
        marks: references that stand for its address.
        version: IP version.
        doubt: why it isn't known what the target is.
    """

    text: str
    placed: Placed | None = None
    addresses: tuple[Addresses, ...] = ()
    exact: bool = False
    marks: frozenset[Reference] = frozenset()
    version: int = 4
    doubt: Unknown | None = None

    @property
    def vpc(self) -> Hashable | None:
        """The key of its VPC, if known."""
        return self.placed.vpc if self.placed is not None else None

    def side(self) -> Side:
        """Return how the rules of the gateway's groups see it."""
        if self.placed is not None:
            side = self.placed.side(self.text, self.version)
            if self.exact:
                side = replace(side, addresses=self.addresses, all_addresses=True)
            return replace(side, marks=side.marks | self.marks)
        doubt = self.doubt or Unknown("")
        return Side(
            self.text,
            frozenset(),
            False,
            self.addresses,
            self.exact,
            self.marks,
            self.version,
            doubt.reason,
            doubt.settle,
        )


def target_of(topology: Topology, configuration: Block, vpc: Hashable | None) -> Target:
    """Return the target of a SINGLE, CHILD or ARN resource configuration.

    Args:
        topology: where things are.
        configuration: the `aws_vpclattice_resource_configuration`.
        vpc: the key of the gateway's VPC, in which literal addresses are looked up.
    """
    for kind, argument in (("ip_resource", "ip_address"), ("dns_resource", "domain_name"), ("arn_resource", "arn")):
        value = configuration.value("resource_configuration_definition", kind, argument)
        if value is not ABSENT:
            family = configuration.value("resource_configuration_definition", kind, "ip_address_type")
            return _target(topology, value, kind, vpc, 6 if family == "IPV6" else 4)
    reason = f"{configuration.address} has no definition of its target"
    return Target(label(configuration), doubt=Unknown(reason, "Give it a resource_configuration_definition."))


def _target(topology: Topology, value: Any, kind: str, vpc: Hashable | None, version: int) -> Target:
    if isinstance(value, Unknown):
        return Target(
            "an unknown target", version=version, doubt=Unknown(f"the target isn't known: {value.reason}", value.settle)
        )
    if isinstance(value, str) and kind == "ip_resource":
        return _at_address(topology, value, vpc)
    block = topology.with_interfaces(value)
    if block is None:
        reason = (
            f"what {value} is isn't in what was read" if kind == "arn_resource" else f"where {value} leads isn't known"
        )
        return Target(str(value), version=version, doubt=Unknown(reason, _SETTLE))
    placed = topology.placed(block)
    marks = frozenset([value]) if isinstance(value, Reference) else frozenset()
    if isinstance(value, Reference) and value.attribute.startswith("ipv6"):
        version = 6
    ranges = tuple(each for subnet in placed.subnets for each in subnet.of_version(version))
    return Target(label(block), placed, ranges, False, marks, version)


def _at_address(topology: Topology, text: str, vpc: Hashable | None) -> Target:
    addresses = addresses_of(text)
    if addresses is None:
        return Target(text, doubt=Unknown(f"{text} is no address", "Correct it."))
    block = topology.at_address(text, vpc)
    if block is None:
        doubt = Unknown(f"which security groups {text} has isn't in what was read", _SETTLE)
        return Target(text, None, (addresses,), True, frozenset(), addresses[0], doubt)
    return Target(label(block), topology.placed(block), (addresses,), True, frozenset(), addresses[0])


def ports_stage(topology: Topology, configuration: Block, group: Block | None) -> Stage:
    """Return the stage of the ports that a resource configuration shares; those of a database are its port.

    Source: https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html
    """
    listed = configuration.value("port_ranges")
    arn = configuration.value("resource_configuration_definition", "arn_resource", "arn")
    if arn is not ABSENT:
        database = topology.block_of(arn, *_DATABASES)
        if database is None:
            return doubtful(_PLACE, configuration, topology.why_not(arn, "the database"))
        listed = database.attribute(("port",))
        listed = [listed] if not isinstance(listed, Unknown | Reference) else listed
    elif listed is ABSENT and group is not None:
        listed = group.value("port_ranges")
    if isinstance(listed, Unknown | Reference):
        return doubtful(_PLACE, configuration, listed if isinstance(listed, Unknown) else after_apply(listed))
    sure = NONE
    doubt: Unknown | None = None
    for each in listed if isinstance(listed, list) else [] if listed is ABSENT else [listed]:
        ports = _range(each)
        if ports is None:
            why = each if isinstance(each, Unknown) else after_apply(each) if isinstance(each, Reference) else None
            doubt = why or Unknown(f"{each!r} is no port range", "Write ports such as 80 or 8000-8080.")
        else:
            sure |= ports
    maybe = sure if doubt is None else EVERY
    name = configuration.address
    return Stage(
        _PLACE,
        configuration,
        sure & SHAREABLE,
        maybe & SHAREABLE,
        lambda ports: f"{name} shares TCP {ports}",
        lambda ports: (f"{name} shares TCP {sure}, not {ports}", f"Add {_quoted(ports)} to port_ranges of {name}."),
        doubt,
    )


def _quoted(ports: PortSet) -> str:
    return ", ".join(f'"{each}"' for each in ports.ranges)


def _range(value: Any) -> PortSet | None:
    low, _, high = str(value).partition("-")
    if isinstance(value, bool) or not (low.isdecimal() and (high.isdecimal() or not high)) or len(str(value)) > 11:
        return None
    return PortSet.of((int(low), int(high or low)))
