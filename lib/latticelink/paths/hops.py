"""A path's hops, and the ports for which the fewest of them block: what is reachable, or nearest to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from latticelink.network.ranges import EVERY, NONE, SHAREABLE, PortSet, split
from latticelink.network.topology import Placed
from latticelink.paths.stations import Stations
from latticelink.terraform.blocks import Block
from latticelink.terraform.known import Unknown
from latticelink.terraform.work import spend

# The places that checks judge too.
CLIENT_OUT = "client's group out"
ADDRESS_TYPE = "gateway's address type"
ENDPOINTS_VPC = "endpoint's VPC"
PRIVATE_DNS = "private DNS name"
ROUTE = "route to the target"
ROUTE_BACK = "route back to the gateway"
ROUTE_TO_CLIENT = "route back to the client"
ROUTE_TO_ENDPOINT = "route to the endpoint"
ZONE_APART = "zone of the address"
ZONES = "zones"


class Answer(StrEnum):
    """What is said of one place: it is as it should be, it isn't, or that can't be told.

    Of a hop also that nothing was looked at, as there is nothing to look at in what was read.
    """

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Hop:
    """One place on the way, and what it does to the packet.

    Args:
        place: the place, such as `gateway's group out`.
        block: the block that decides there; None if there is none.
        answer: PASS, FAIL if it blocks, UNKNOWN if that can't be told, NOT_JUDGED if nothing was looked at.
        why: the rule that admits, by address and description; or what blocks; or why it isn't known.
        fix: for FAIL the smallest change that opens it; for UNKNOWN what would settle it; a sentence.
        rules: for PASS the rules of security groups that admit; for FAIL those that come nearest to it.
    """

    place: str
    block: Block | None
    answer: Answer
    why: str
    fix: str = ""
    rules: tuple[Block, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AtAddress:
    """The way through the endpoint's address in one of its subnets.

    Args:
        subnet: the subnet, for people.
        zone: its zone, for people.
        ports: as for the path.
        hops: as for the path.
    """

    subnet: str
    zone: str
    ports: PortSet
    hops: tuple[Hop, ...]

    @property
    def answer(self) -> Answer:
        """FAIL if any hop blocks, else UNKNOWN if any can't be told, else PASS."""
        return _worst(self.hops)


@dataclass(frozen=True, kw_only=True, slots=True)
class TracedPath:
    """The way of one client to one target.

    Args:
        client: the client, or those that a rule names together.
        via: what it goes through, endpoint and gateway.
        resource: the target.
        ports: the TCP ports that arrive; for a blocked or unknown path, those that come nearest to it.
        hops: all hops, in the packet's order.
        endpoint: the endpoint, or the association of the service network; the resource configuration where neither is
            in what was read, and only the half behind the gateway is traced.
        configuration: the resource configuration; None if it isn't known.
        shared: the ports that the resource configuration surely shares.
        stations: what it leads through, as blocks.
        addresses: the endpoint's addresses, where the answer depends on which of them the client uses; else nothing.
        version: IP version of the client's connections.
        clients: those of the clients that were read and that the path is about, once for each of their subnets.
        apart: their names, where other clients that the rule names fare otherwise; else empty.
    """

    client: str
    via: str
    resource: str
    ports: PortSet
    hops: tuple[Hop, ...]
    endpoint: Block
    configuration: Block | None
    shared: PortSet
    stations: Stations
    addresses: tuple[AtAddress, ...] = ()
    version: int = 4
    clients: tuple[Placed, ...] = ()
    apart: str = ""

    @property
    def who(self) -> str:
        """The client for people: whom the rule names, and which of them, where they don't all fare alike."""
        return f"{self.client} ({self.apart})" if self.apart else self.client

    @property
    def stack(self) -> str:
        """The stack that the endpoint is in; empty if there is only one."""
        return self.endpoint.stack if self.endpoint.home.has_company else ""

    @property
    def answer(self) -> Answer:
        """FAIL if any hop blocks, else UNKNOWN if any can't be told or the addresses differ, else PASS."""
        return Answer.UNKNOWN if self.addresses else _worst(self.hops)

    @property
    def by_address(self) -> str:
        """What is reached at which of the endpoint's addresses, in one line."""
        zones = {
            answer: ", ".join(each.zone for each in self.addresses if each.answer is answer)
            for answer in (Answer.PASS, Answer.FAIL, Answer.UNKNOWN)
        }
        arriving = dict.fromkeys(str(each.ports) for each in self.addresses if each.answer is Answer.PASS)
        parts = [f"reachable on TCP {', '.join(arriving)} at the address in {zones[Answer.PASS]}"] if arriving else []
        parts += [f"not in {zones[Answer.FAIL]}"] if zones[Answer.FAIL] else []
        parts += [f"unknown in {zones[Answer.UNKNOWN]}"] if zones[Answer.UNKNOWN] else []
        return ", ".join(parts if arriving else ["by the endpoint's address", *parts])


def _worst(hops: Sequence[Hop]) -> Answer:
    answers = {hop.answer for hop in hops}
    return next((each for each in (Answer.FAIL, Answer.UNKNOWN) if each in answers), Answer.PASS)


@dataclass(frozen=True, slots=True)
class Stage:
    """A hop before it is known which ports the path is about.

    Args:
        place: the place.
        block: the block that decides there.
        sure: ports that surely pass.
        maybe: ports that may pass.
        passes: says why these ports pass.
        blocks: says what blocks these ports, and the smallest change that opens them.
        doubt: why `sure` and `maybe` differ.
        is_judged: whether anything was looked at.
        rules: says which rules admit these ports, or come nearest to it.
    """

    place: str
    block: Block | None
    sure: PortSet
    maybe: PortSet
    passes: Callable[[PortSet], str]
    blocks: Callable[[PortSet], tuple[str, str]] = lambda _: ("", "")
    doubt: Unknown | None = None
    is_judged: bool = True
    rules: Callable[[PortSet], tuple[Block, ...]] = lambda _: ()

    @property
    def passes_all(self) -> bool:
        """Whether packets to all ports surely pass."""
        return self.sure == EVERY

    def answer(self, port: int) -> Answer:
        """Return what happens to packets to a port."""
        return Answer.PASS if port in self.sure else Answer.UNKNOWN if port in self.maybe else Answer.FAIL

    def hop(self, ports: PortSet) -> Hop:
        """Return the hop for these ports, which all have one answer here."""
        answer = self.answer(ports.ranges[0].low)
        if answer is Answer.PASS:
            said = answer if self.is_judged else Answer.NOT_JUDGED
            return Hop(self.place, self.block, said, self.passes(ports), rules=self.rules(ports))
        if answer is Answer.FAIL:
            return Hop(self.place, self.block, answer, *self.blocks(ports), rules=self.rules(ports))
        doubt = self.doubt or Unknown("it depends on what isn't known")
        return Hop(self.place, self.block, answer, doubt.reason, doubt.settle)


def passing(place: str, block: Block | None, why: str) -> Stage:
    """Return a stage that lets everything pass."""
    return Stage(place, block, EVERY, EVERY, lambda _: why)


def not_judged(place: str, why: str) -> Stage:
    """Return a stage of which nothing is in what was read, so that it keeps nothing from being reachable."""
    return Stage(place, None, EVERY, EVERY, lambda _: why, is_judged=False)


def blocking(place: str, block: Block | None, why: str, fix: str) -> Stage:
    """Return a stage that blocks everything."""
    return Stage(place, block, NONE, NONE, lambda _: "", lambda _: (why, fix))


def doubtful(place: str, block: Block | None, doubt: Unknown) -> Stage:
    """Return a stage of which it isn't known what it does."""
    return Stage(place, block, NONE, EVERY, lambda _: "", doubt=doubt)


def settle(stages: Sequence[Stage], shares: Stage, among: PortSet = SHAREABLE) -> tuple[PortSet, tuple[Hop, ...]]:
    """Return the ports that the path is about, and the hops.

    These are the ports at which the fewest hops block, then those that the resource configuration shares, then those
    at which the fewest hops are unknown, then those that the first hops pass.

    Args:
        stages: all stages in order, `shares` among them.
        shares: the stage of the resource configuration's ports.
        among: the ports to choose from.
    """
    (blocking_hops, *_), ports = nearest = _nearest(stages, shares, shares.maybe & among)
    if blocking_hops > 1:  # Where no more than one hop blocks, ports that aren't shared come no nearer.
        _, ports = min(nearest, _nearest(stages, shares, among), key=lambda found: found[0])
    return ports, tuple(stage.hop(ports) for stage in stages)


def _nearest(stages: Sequence[Stage], shares: Stage, among: PortSet) -> tuple[tuple[Any, ...], PortSet]:
    """Return those of some ports that come nearest to being reachable, with how near that is; less is nearer."""
    passed = {ports for stage in stages for ports in (stage.sure, stage.maybe) if ports is not EVERY}
    cuts = [(each.low, each.high) for ports in passed for each in ports.ranges]
    best: tuple[Any, ...] = (len(stages) + 1,)
    chosen: list[tuple[int, int]] = []
    for part in among.ranges:
        spend(len(cuts) // 8)
        touching = [(low, high) for low, high in cuts if low <= part.high and part.low <= high]
        pieces = split(part.low, part.high, touching)
        spend(len(pieces) * len(stages))
        for low, high in pieces:
            answers = [stage.answer(low) for stage in stages]
            fails = [answer is Answer.FAIL for answer in answers]
            unknowns = [answer is Answer.UNKNOWN for answer in answers]
            rank = (sum(fails), shares.answer(low) is Answer.FAIL, sum(unknowns), fails, unknowns)
            if rank < best:
                best, chosen = rank, []
            if rank == best:
                chosen.append((low, high))
    return best, PortSet.of(*chosen)
