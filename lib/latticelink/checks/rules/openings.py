"""What is open that nobody asked for: wide clients, targets open to the world, ports shared in vain."""

from __future__ import annotations

from collections.abc import Iterator

from latticelink.checks.findings import Judgement, failed, passed, unknown
from latticelink.network.permissions import Rule
from latticelink.network.ranges import EVERYWHERE, NONE, SHAREABLE, PortSet, addresses_of
from latticelink.network.security_groups import IN, Groups
from latticelink.network.topology import Placed
from latticelink.paths.hops import Answer
from latticelink.paths.tracing import tracer_of
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Unknown

_WORLD = tuple(EVERYWHERE.values())


def wide_clients(configuration: Configuration) -> Iterator[Judgement]:
    """Judge each CIDR block that an endpoint's groups let in: it should lie in the endpoint's VPC."""
    tracer = tracer_of(configuration)
    for block in tracer.entries:
        entry = tracer.topology.placed(block)
        ranges = tracer.topology.vpc_ranges.get(entry.vpc, [])
        known = [each for each in map(addresses_of, ranges) if each is not None]
        for rule in _tcp_rules(tracer.topology.groups, entry):
            if rule.peer.doubt is not None:
                yield _unknown_peer(rule, rule.peer.doubt)
            if rule.peer.addresses is None:
                continue
            if any(map(rule.peer.addresses.are_in, known)):
                yield passed(rule.block)
            # The VPC's blocks come before the ports: clients in them are as they should be, whatever the ports.
            elif not ranges or len(known) < len(ranges):
                reason = f"The blocks of the VPC of {block.address} aren't known, so neither is whether "
                yield unknown(rule.block, f"{reason}{rule.peer.text} is in it.", "Check the folder that has the VPC.")
            elif not rule.ports & SHAREABLE:
                yield _unknown_ports(rule)
            else:
                blocks = ", ".join(str(each) for each in ranges)
                yield failed(
                    rule.block,
                    f"{rule.label} lets clients in from {rule.peer.text}, which is wider than the VPC of "
                    f"{block.address}, {blocks}.",
                    f"Name {blocks} or a part of it, unless clients come from outside the VPC.",
                )


def open_targets(configuration: Configuration) -> Iterator[Judgement]:
    """Judge each rule of a target's groups: it should not let the world in."""
    tracer = tracer_of(configuration)
    for placed in tracer.targets:
        for rule in _tcp_rules(tracer.topology.groups, placed):
            if rule.peer.doubt is not None:
                yield _unknown_peer(rule, rule.peer.doubt)
            elif rule.peer.addresses in _WORLD and not rule.ports & SHAREABLE:
                yield _unknown_ports(rule)
            elif rule.peer.addresses in _WORLD:
                yield failed(
                    rule.block,
                    f"{rule.label} opens TCP {rule.perhaps} of {placed.block.address} to {rule.peer.text}, though only "
                    "the resource gateway needs to reach it.",
                    "Name the gateway's security group instead.",
                )
            else:
                yield passed(rule.block)


def wide_ports(configuration: Configuration) -> Iterator[Judgement]:
    """Judge each resource configuration that is reached: it should share no ports that the groups never pass."""
    tracer = tracer_of(configuration)
    reached: dict[Block, PortSet] = {}
    shared: dict[Block, PortSet] = {}
    unsure: set[Block] = set()
    for path in tracer.paths:
        if path.configuration is not None and path.configuration.value("port_ranges") is not ABSENT:
            ports = path.ports if path.answer is Answer.PASS else NONE
            reached[path.configuration] = reached.get(path.configuration, NONE) | ports
            shared[path.configuration] = path.shared
            if path.answer is Answer.UNKNOWN:
                unsure.add(path.configuration)
    for block, ports in reached.items():
        if block in unsure:
            reason = f"It isn't known which of the ports that {block.address} shares are let through."
            yield unknown(block, reason, "Find out what isn't known about the paths to it.")
        if not ports or block in unsure:
            continue
        vain = shared[block] - ports
        if not vain:
            yield passed(block)
            continue
        listed = ", ".join(f'"{each}"' for each in ports.ranges)
        yield failed(
            block,
            f"{block.address} shares TCP {shared[block]}, and the security groups let through {ports} only.",
            f"Write port_ranges = [{listed}], unless the others are meant for later.",
        )


def _unknown_peer(rule: Rule, why: Unknown) -> Judgement:
    return unknown(rule.block, f"Whom {rule.label} lets in isn't known: {why.reason}.", why.settle)


def _unknown_ports(rule: Rule) -> Judgement:
    why = rule.doubt or Unknown("its ports aren't known")
    return unknown(rule.block, f"Whether {rule.label} lets TCP in isn't known: {why.reason}.", why.settle)


def _tcp_rules(groups: Groups, placed: Placed) -> Iterator[Rule]:
    """Yield the rules that let TCP in to something."""
    for key in placed.groups:
        yield from (rule for rule in groups.rules(key, IN) if rule.perhaps & SHAREABLE)
