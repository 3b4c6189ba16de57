"""The experiment's proof: the real curl from each client, its answer, whom the target saw, where packets die."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from latticelink.lab.building import Lab
from latticelink.lab.comparison import Verdict, differences, verdict_of
from latticelink.lab.model import Interface, Model, Way
from latticelink.lab.probes import Probe, Prober
from latticelink.lab.report import outcome_line
from latticelink.lab.running import Running
from latticelink.lab.servers import Server, in_words
from latticelink.paths.hops import TracedPath

_PATIENCE = "0.4"  # seconds: in a lab an answer takes milliseconds


@dataclass(frozen=True)
class Journey:
    """One client, and one resource behind one endpoint.

    Args:
        client: the client.
        ways: from each address of the endpoint that the client has the IP version of.
        verdict: what the check says.
    """

    client: Interface
    ways: tuple[Way, ...]
    verdict: Verdict

    @property
    def ports(self) -> list[int]:
        """The ports to try: those that the check speaks of, else the first that is shared."""
        return self.verdict.ports or [low for low, _ in self.ways[0].ports[:1]] or [80]


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
            found.append(Journey(client, tuple(ways), verdict_of(paths, model, client, ways[0])))
    return found


class _Curl:
    """A curl that runs."""

    def __init__(self, lab: Lab, client: Interface, host: str, port: int) -> None:
        url = f"http://{f'[{host}]' if ':' in host else host}{'' if port == 80 else f':{port}'}/"
        command = ["curl", "-sS", "-g", "-m", _PATIENCE, url]
        self._told = f"{client.owner}$ {' '.join(command)}"
        self._process = lab.at(client).start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def lines(self) -> list[str]:
        """Wait for its end; return command and answer."""
        answer, error = self._process.communicate()
        said = in_words(answer) if self._process.returncode == 0 else error.strip()
        return [self._told, f"  {said}"]


def calls(running: Running, tried: Sequence[Journey]) -> Iterator[str]:
    """Run curl for each journey to each address and name, and straight to each target; yield commands and answers."""
    lab, model = running.lab, running.lab.model
    straight = {
        (journey.client.name, way.target): _Curl(lab, journey.client, str(way.target_address), journey.ports[0])
        for journey in tried
        for way in journey.ways
        if way.target is not None and model.interfaces[way.target].vpc != journey.client.vpc
    }
    asked = [_Curl(lab, journey.client, host, journey.ports[0]) for journey in tried for host in _hosts(model, journey)]
    for curl in asked:
        yield from curl.lines()
    yield ""
    yield from _logs(model, running.servers, {journey.client.name: journey.client for journey in tried}.values())
    yield ""
    for (_, target), curl in straight.items():
        yield f"The direct way, to the address that {target} has in its own VPC:"
        yield from curl.lines()


def _hosts(model: Model, journey: Journey) -> list[str]:
    """Return what the client can call the resource: each address, then each name."""
    addresses = [way.address for way in journey.ways]
    names = model.vpcs[journey.client.vpc].names or {}
    return [*map(str, addresses), *(name for name, leads in names.items() if set(leads) & set(addresses))]


def _logs(model: Model, servers: Sequence[Server], clients: object) -> Iterator[str]:
    """Yield for each server that was asked whom it saw."""
    for server in servers:
        if not (seen := server.seen):
            continue
        owners = {
            each.owner
            for each in model.interfaces.values()
            if each.vpc == server.target.vpc and set(map(str, each.addresses)) & set(seen)
        }
        never = ", ".join(f"{each.owner} ({each.addresses[0]})" for each in clients)  # type: ignore[attr-defined]
        yield f"{server.target.owner} ({server.name}) was asked from {', '.join(seen)}:"
        yield f"  addresses of {', '.join(sorted(owners)) or 'nobody in the lab'}, never of {never}."


def comparison(running: Running, tried: Sequence[Journey]) -> tuple[list[str], list[str]]:
    """Try connections; return where packets went beside what the check says, and in what the two differ."""
    model, prober = running.lab.model, Prober(running.lab)
    lines, differ = [], []
    for journey in tried:
        for port in journey.ports:
            probes = [Probe(journey.client, way.address, port) for way in journey.ways]
            outcomes = prober.try_all(probes)
            entry = model.interfaces[journey.ways[0].entry].owner
            title = f"{journey.client.owner} -> {entry} -> {journey.ways[0].resource}"
            lines.append(f"  {title}, TCP {port}")
            lines += [
                f"    {outcome_line(model, way, outcome)}" for way, outcome in zip(journey.ways, outcomes, strict=True)
            ]
            lines.append(f"    latticelink check: {journey.verdict.in_words(port)}")
            differ += [f"{title}: {each}" for each in differences(journey.verdict, outcomes)]
    return lines, differ
