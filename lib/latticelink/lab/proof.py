"""The experiment's proof: the real curl from each client, its answer, whom the target saw, where packets die."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from latticelink.lab.building import Lab
from latticelink.lab.comparison import Verdict, differences, verdict_of
from latticelink.lab.model import Address, Interface, Kind, Model, Way
from latticelink.lab.probes import Outcome, Probe, Prober
from latticelink.lab.report import outcome_line
from latticelink.lab.running import Running
from latticelink.lab.servers import Server, in_words
from latticelink.paths.hops import TracedPath

# Seconds that curl waits for an answer: where packets arrive as long as a busy machine may need, else not for long.
_PATIENCE, _VAIN = "10", "0.2"


@dataclass(frozen=True)
class Journey:
    """One client, and one resource behind one endpoint.

    Args:
        client: the client.
        ways: from each address of the endpoint that the client has the IP version of.
        verdicts: what the check says of each.
    """

    client: Interface
    ways: tuple[Way, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def ports(self) -> list[int]:
        """The ports to try: those that the check speaks of, else the first that is shared."""
        said = list(dict.fromkeys(port for verdict in self.verdicts for port in verdict.ports))
        return said or [low for low, _ in self.ways[0].ports[:1]] or [80]


def journeys(model: Model, paths: Sequence[TracedPath]) -> list[Journey]:
    """Return whom to let try what."""
    found = []
    for client in model.clients:
        grouped: dict[tuple[object, ...], list[Way]] = {}
        for way in model.ways:
            if model.interfaces[way.entry].vpc == client.vpc and client.of_version(way.address.version):
                # The check tells the versions apart, and the parts of a cluster have an address each.
                grouped.setdefault((way.blocks, way.resource, way.address.version), []).append(way)
        for ways in grouped.values():
            verdicts = tuple(verdict_of(paths, model, client, way) for way in ways)
            found.append(Journey(client, tuple(ways), verdicts))
    return found


class Comparison:
    """Where packets went, beside what the check says.

    Attributes:
        tried: the journeys that were tried.
        lines: what came of it, for people.
        differences: in what check and packets differ.
    """

    def __init__(self, lab: Lab, tried: Sequence[Journey]) -> None:
        """Try the journeys."""
        self.tried, self.lines, self.differences = tried, list[str](), list[str]()
        self._arrived: set[tuple[str, Address, int]] = set()
        prober = Prober(lab)
        found = []
        for journey in tried:
            for port in journey.ports:
                outcomes = prober.try_all([Probe(journey.client, way.address, port) for way in journey.ways])
                self._arrived |= {(journey.client.name, each.probe.address, port) for each in outcomes if each.arrived}
                found.append((journey, port, outcomes))
        for journey, port, outcomes in found:
            self._add(lab.model, journey, port, outcomes)

    def _add(self, model: Model, journey: Journey, port: int, outcomes: list[Outcome]) -> None:
        entry = model.interfaces[journey.ways[0].entry].owner
        title = f"{journey.client.owner} -> {entry} -> {journey.ways[0].resource}, TCP {port}"
        self.lines.append(f"  {title}")
        said = [verdict.in_words(port) for verdict in journey.verdicts]
        for way, verdict, outcome in zip(journey.ways, journey.verdicts, outcomes, strict=True):
            line = outcome_line(model, way, outcome)
            apart = f"; latticelink check: {verdict.in_words(port)}" if len(set(said)) > 1 else ""
            self.lines.append(f"    {line}{apart}")
            self.differences += [f"{title}, {way.address}: {each}" for each in differences(verdict, [outcome])]
        if len(set(said)) == 1:
            self.lines.append(f"    latticelink check: {said[0]}")

    def arrives(self, journey: Journey, addresses: set[Address]) -> bool:
        """Return whether packets of a journey to its first port arrive by one of some addresses."""
        return any((journey.client.name, each, journey.ports[0]) in self._arrived for each in addresses)


class _Curl:
    """A curl that runs."""

    def __init__(self, lab: Lab, client: Interface, host: str, port: int, patience: str) -> None:
        url = f"http://{f'[{host}]' if ':' in host else host}{'' if port == 80 else f':{port}'}/"
        command = ["curl", "-sS", "-g", "-m", patience, url]
        self._told = f"{client.owner}$ {' '.join(command)}"
        self._process = lab.at(client).start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def lines(self) -> list[str]:
        """Wait for its end; return command and answer."""
        answer, error = self._process.communicate()
        said = in_words(answer) if self._process.returncode == 0 else error.strip()
        return [self._told, f"  {said}"]


def calls(running: Running, compared: Comparison) -> Iterator[str]:
    """Run curl for each journey to each address and name; yield commands, answers, and whom the targets saw."""
    lab, model, tried = running.lab, running.lab.model, compared.tried
    asked = [
        _Curl(lab, journey.client, host, journey.ports[0], _PATIENCE if compared.arrives(journey, leads) else _VAIN)
        for journey in tried
        for host, leads in _hosts(model, journey).items()
    ]
    for curl in asked:
        yield from curl.lines()
    yield ""
    yield from _logs(model, running.servers, {journey.client.name: journey.client for journey in tried}.values())


class DirectWay:
    """The way straight to a target's own address, which must lead nowhere."""

    def __init__(self, lab: Lab, client: Interface, way: Way, port: int) -> None:
        """Start to try it, with curl and with a probe."""
        assert way.target_address is not None
        self._curl = _Curl(lab, client, str(way.target_address), port, _VAIN)
        [self._outcome] = Prober(lab).try_all([Probe(client, way.target_address, port)])
        self._target = way.target

    @classmethod
    def of_all(cls, running: Running, tried: Sequence[Journey]) -> list[DirectWay]:
        """Return one for each client and target of another VPC; not where the client's VPC has the address too."""
        model = running.lab.model
        ways = {
            (journey.client.name, way.target): (journey, way)
            for journey in tried
            for way in journey.ways
            if way.target is not None and model.interfaces[way.target].vpc != journey.client.vpc
        }
        return [
            cls(running.lab, journey.client, way, journey.ports[0])
            for journey, way in ways.values()
            if not any(
                way.target_address in each.addresses and each.vpc == journey.client.vpc
                for each in model.interfaces.values()
            )
        ]

    def lines(self) -> Iterator[str]:
        """Yield what came of it."""
        yield f"The direct way, to the address that {self._target} has in its own VPC:"
        yield from self._curl.lines()
        if (death := self._outcome.death) is not None:
            yield f"  dropped at {death.hop} ({death.trap.who}): {death.trap.rule}"

    @property
    def differences(self) -> list[str]:
        """Say so if it works."""
        return [f"the direct way to {self._target} works"] if self._outcome.arrived else []


def _hosts(model: Model, journey: Journey) -> dict[str, set[Address]]:
    """Return what the client can call the resource, each address and then each name, with what that leads to."""
    addresses = {way.address for way in journey.ways}
    names = model.vpcs[journey.client.vpc].names or {}
    return {str(way.address): {way.address} for way in journey.ways} | {
        name: set(leads) for name, leads in names.items() if addresses.intersection(leads)
    }


def _logs(model: Model, servers: Sequence[Server], clients: Collection[Interface]) -> Iterator[str]:
    """Yield for each server that was asked whom it saw."""
    never = ", ".join(f"{each.owner} ({each.addresses[0]})" for each in clients)
    for server in servers:
        if server.seen:
            owners = sorted({gateway.owner for gateway in _gateways(model, server)})
            yield f"{server.target.owner} ({server.name}) was asked from {', '.join(server.seen)}:"
            yield f"  addresses of {', '.join(owners) or 'no gateway'}, never of {never}."


def _gateways(model: Model, server: Server) -> list[Interface]:
    """Return the gateways that a server was asked from."""
    near = [each for each in model.of_kind(Kind.GATEWAY) if each.vpc == server.target.vpc]
    return [each for each in near if set(map(str, each.addresses)) & set(server.seen)]


def strangers(model: Model, servers: Sequence[Server]) -> list[str]:
    """Return whom servers saw that is no gateway: the target must never see a client."""
    found = []
    for server in servers:
        known = {str(address) for gateway in _gateways(model, server) for address in gateway.addresses}
        found += [
            f"{server.target.owner} saw {each}, which isn't an address of a gateway"
            for each in server.seen
            if each not in known
        ]
    return found
