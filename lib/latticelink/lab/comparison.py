"""What the check says of a client and an address, beside what became of the packets there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from latticelink.lab.addressing import cidr_of
from latticelink.lab.model import Interface, Model, Way
from latticelink.lab.probes import Outcome
from latticelink.paths.hops import Answer, Hop, TracedPath


@dataclass(frozen=True)
class Verdict:
    """What the check says of one client and one resource behind one endpoint.

    Args:
        paths: its paths that the client is on; where there are none, nothing lets the client in.
        version: IP version of the packets; clients that it names by a group it judges for IPv4.
    """

    paths: tuple[TracedPath, ...]
    version: int = 4

    def at(self, port: int) -> Answer:
        """Return what it says of a port; UNKNOWN if what it says is about other ports."""
        if any(path.answer is Answer.PASS and port in path.ports for path in self.paths):
            return Answer.PASS
        if not self.paths and self.version == 6:
            return Answer.UNKNOWN
        return Answer.FAIL if all(path.answer is Answer.FAIL for path in self.paths) else Answer.UNKNOWN

    @property
    def answer(self) -> Answer:
        """What it says of the ports that come nearest."""
        answers = {path.answer for path in self.paths}
        return next((each for each in (Answer.PASS, Answer.UNKNOWN) if each in answers), Answer.FAIL)

    def deadly_at(self, port: int) -> set[str]:
        """Return the hops at which it says that packets to a port die, or may die, of the paths about the port."""
        return {
            hop.place for path in self.paths if port in path.ports for hop in path.hops if hop.answer is not Answer.PASS
        }

    @property
    def ports(self) -> list[int]:
        """A port of each of its paths: the first that the path is about."""
        return list(dict.fromkeys(path.ports.ranges[0].low for path in self.paths if path.ports))

    def in_words(self, port: int) -> str:
        """Return what it says of a port, for people."""
        answer = self.at(port)
        if answer is Answer.PASS:
            return "reachable"
        if answer is Answer.FAIL:
            hops = list(dict.fromkeys(hop.place for path in self.paths for hop in _failing(path)))
            return f"blocked at {', '.join(hops)}" if hops else "blocked, as nothing lets this client in"
        if not self.paths:
            return "nothing of this client's IPv6"
        reasons = [hop.why for path in self.paths for hop in path.hops if hop.answer is Answer.UNKNOWN]
        return f"not known: {reasons[0]}" if reasons else "reachable at other ports"


def _failing(path: TracedPath) -> list[Hop]:
    return [hop for hop in path.hops if hop.answer is Answer.FAIL]


def verdict_of(paths: Iterable[TracedPath], model: Model, client: Interface, way: Way) -> Verdict:
    """Return what the check says of a client and what a way leads to."""
    mine = [
        path
        for path in paths
        if (path.endpoint.full_address, path.configuration and path.configuration.full_address) == way.blocks
        and _is_client(path.client, client, model, way.address.version)
    ]
    return Verdict(tuple(mine), way.address.version)


def _is_client(text: str, client: Interface, model: Model, version: int) -> bool:
    """Return whether a client is among those whom a path names, by a range, a group or their own names."""
    named = text.removeprefix("clients ")
    named = model.known_as.get(named, named)
    if (block := cidr_of(named)) is not None:
        return block.version == version and any(address in block for address in client.of_version(version))
    if text.startswith("whom "):
        return True
    groups = {f"in {model.known_as.get(group, group)}" for group in client.groups}
    everyone = ("all in the VPC", "all clients in the VPC")
    return version == 4 and (named in groups or named in everyone or client.owner in named.split(", "))


def differences(verdict: Verdict, outcomes: Sequence[Outcome]) -> list[str]:
    """Return in which ways check and packets differ, for one port at all addresses of one endpoint.

    The check passes what arrives at one address at least; nothing may arrive where it blocks, and at one address the
    packets must die at a hop of which it says that they do, or may.
    """
    [port] = {outcome.probe.port for outcome in outcomes}
    answer, arrived = verdict.at(port), [outcome for outcome in outcomes if outcome.arrived]
    if answer is Answer.PASS and not arrived:
        return [f"the check passes TCP {port}, and no packet arrives"]
    if answer is Answer.FAIL and arrived:
        return [f"the check blocks TCP {port}, and packets arrive at {arrived[0].probe.address}"]
    hops = {outcome.death.hop for outcome in outcomes if outcome.death is not None}
    said = verdict.deadly_at(port)
    if answer is Answer.FAIL and said and not hops & said:
        return [f"packets die at {', '.join(sorted(hops))}, and the check says at {', '.join(sorted(said))}"]
    return []
