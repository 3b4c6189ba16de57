"""What the check says of a client and an address, beside what became of the packets there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from latticelink.lab.addressing import cidr_of
from latticelink.lab.model import Interface, Model, Way
from latticelink.lab.probes import Outcome
from latticelink.network.ranges import PortSet
from latticelink.paths.clients import OVER_IPV6
from latticelink.paths.hops import Answer, Hop, TracedPath


@dataclass(frozen=True)
class Statement:
    """What a path says of one address: what it says of all, or of this one where they differ."""

    path: TracedPath
    answer: Answer
    ports: PortSet
    hops: tuple[Hop, ...]


@dataclass(frozen=True)
class Verdict:
    """What the check says of one client and one address of an endpoint.

    Args:
        statements: of its paths that the client is on; where there are none, nothing lets the client in.
        is_whole: whether it says all that there is to say: of what it doesn't know as a client, and of IPv6 at an
            endpoint that doesn't say which addresses it has, it says nothing.
    """

    statements: tuple[Statement, ...]
    is_whole: bool = True

    def at(self, port: int) -> Answer:
        """Return what it says of a port; UNKNOWN if what it says is about other ports."""
        if any(each.answer is Answer.PASS and port in each.ports for each in self.statements):
            return Answer.PASS
        blocks = self.is_whole and all(each.answer is Answer.FAIL for each in self.statements)
        return Answer.FAIL if blocks else Answer.UNKNOWN

    @property
    def passes_other_ports(self) -> bool:
        """Whether it passes some port, and knows what becomes of all."""
        answers = {each.answer for each in self.statements}
        return Answer.PASS in answers and Answer.UNKNOWN not in answers

    def deadly_at(self, port: int) -> set[str]:
        """Return the hops at which it says that packets to a port die, or may die, of the paths about the port."""
        about = [each for each in self.statements if port in each.ports]
        return {hop.place for each in about for hop in each.hops if hop.answer in (Answer.FAIL, Answer.UNKNOWN)}

    @property
    def ports(self) -> list[int]:
        """A port of each of its paths: the first that the path is about."""
        return list(dict.fromkeys(each.ports.ranges[0].low for each in self.statements if each.ports))

    def in_words(self, port: int) -> str:
        """Return what it says of a port, for people."""
        answer = self.at(port)
        if answer is Answer.PASS:
            return "reachable"
        if answer is Answer.FAIL:
            hops = list(dict.fromkeys(hop.place for hop in self._hops(Answer.FAIL)))
            return f"blocked at {', '.join(hops)}" if hops else "blocked, because nothing lets this client in"
        if not self.is_whole:
            return "nothing about this client"
        reasons = [hop.why for hop in self._hops(Answer.UNKNOWN)]
        return f"not known: {reasons[0]}" if reasons else "reachable at other ports"

    def _hops(self, answer: Answer) -> Iterator[Hop]:
        return (hop for each in self.statements for hop in each.hops if hop.answer is answer)


def verdict_of(paths: Iterable[TracedPath], model: Model, client: Interface, way: Way) -> Verdict:
    """Return what the check says of a client and an address."""
    along = [
        path
        for path in paths
        if (path.endpoint.full_address, path.configuration and path.configuration.full_address) == way.blocks
    ]
    version = way.address.version
    named = [path for path in along if path.version == version and _is_named(path, client, model)]
    mine = [path for path in named if _is_about(path, client)]
    by_group = [path for path in along if path.version == 4 and cidr_of(_known(path, model)) is None]
    only_four = version == 6 and not named and any(_is_named(path, client, model) for path in by_group)
    statements = tuple(_statement(path, model.interfaces[way.entry]) for path in mine)
    return Verdict(statements, is_whole=bool(mine) or not (named or only_four))


def _statement(path: TracedPath, entry: Interface) -> Statement:
    subnet = entry.subnet.known_as if entry.subnet is not None else ""
    at = next((each for each in path.addresses if each.subnet == subnet), path)
    return Statement(path, at.answer, at.ports, at.hops)


def _known(path: TracedPath, model: Model) -> str:
    """Return whom a path names, by what that is called in the lab."""
    named = path.client.removeprefix("clients ").removesuffix(OVER_IPV6)
    return model.known_as.get(named, named)


def _is_named(path: TracedPath, client: Interface, model: Model) -> bool:
    """Return whether a client is among those whom a path names, by a range, a group or their own names."""
    named = _known(path, model)
    if (block := cidr_of(named)) is not None:
        return any(address in block for address in client.of_version(block.version))
    groups = {f"in {model.known_as.get(group, group)}" for group in client.groups}
    everyone = ("all in the VPC", "all clients in the VPC")
    return named.startswith("whom ") or named in groups or named in everyone or client.owner in named.split(", ")


def _is_about(path: TracedPath, client: Interface) -> bool:
    """Return whether a path is about a client, of those whom it names."""
    subnet = client.subnet.known_as if client.subnet is not None else ""
    return not path.clients or any(
        each.block.full_address == client.block and (not each.subnets or each.subnets[0].text == subnet)
        for each in path.clients
    )


def differences(verdict: Verdict, outcomes: Sequence[Outcome]) -> list[str]:
    """Return in which ways check and packets differ, of one client, one address and one port.

    All arrive where the check passes, none where it blocks, and they die at a hop of which it says that they do, or
    may. That an address in a zone without gateway leads nowhere is inference, so that they die there is no difference.
    """
    [port] = {outcome.probe.port for outcome in outcomes}
    answer = verdict.at(port)
    if answer is Answer.PASS and not all(outcome.arrived for outcome in outcomes):
        return [f"the check says that TCP {port} passes, but packets don't arrive"]
    if answer is Answer.FAIL and any(outcome.arrived for outcome in outcomes):
        return [f"the check says that TCP {port} is blocked, but packets arrive"]
    if answer is Answer.UNKNOWN and verdict.passes_other_ports and all(outcome.arrived for outcome in outcomes):
        return [f"the check says that other ports pass, but packets arrive at TCP {port}"]
    hops = {outcome.death.hop for outcome in outcomes if outcome.death is not None} - {"zones"}
    said = verdict.deadly_at(port)
    if answer is Answer.FAIL and said and hops and not hops & said:
        dropped, expected = ", ".join(sorted(hops)), ", ".join(sorted(said))
        return [f"packets to TCP {port} are dropped at {dropped}, but the check says {expected}"]
    return []
