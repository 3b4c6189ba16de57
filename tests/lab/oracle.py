"""Lets real packets judge the check: random topologies, every port at every address, path by path, hop by hop.

`python -m tests.lab.oracle COUNT [SEED]` judges; `python -m tests.lab.oracle bugs COUNT` puts bugs into the check. Both
run inside the lab's namespaces, as the tests and `make oracle` start them.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from latticelink.lab.building import Lab
from latticelink.lab.comparison import differences
from latticelink.lab.model import Interface, Model, Way
from latticelink.lab.probes import Outcome, Probe, Prober
from latticelink.lab.proof import Journey, journeys
from latticelink.lab.reading import model_of
from latticelink.lab.servers import EVERY_PORT, OwnServer
from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.paths.tracing import trace
from latticelink.terraform.configuration import Configuration

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from tests.lab.bugs import BUGS, Bug
from tests.lab.variations import PORTS, topologies
from tests.paths.topologies import Stacks

MOST_LABS = 12
# Ports of clients: of each range one, as an ACL may let only some replies pass.
SOURCES = (range(1024, 23000), range(23000, 43000), range(43000, 65536))


class Differs(Exception):
    """A topology of which check and packets differ."""


@dataclass
class Disagreement:
    """In what the check and the packets differ."""

    journey: Journey
    port: int
    text: str

    def __str__(self) -> str:
        """Return it with all that the check says."""
        ways = ", ".join(f"{way.entry} {way.address}" for way in self.journey.ways)
        lines = [f"DISAGREE TCP {self.port} {self.journey.client.name} -> {ways}: {self.text}"]
        for each in (each for verdict in self.journey.verdicts for each in verdict.statements):
            lines.append(f"  {each.path.who}: {each.answer} TCP {each.ports}")
            lines += [f"    {hop.answer} {hop.place}: {hop.why}" for hop in each.hops]
        return "\n".join(lines)


@dataclass
class Observation:
    """What became of packets in one topology: from each client to each address and port, from each range of ports."""

    model: Model
    outcomes: dict[tuple[str, str, int], list[Outcome]]

    def of(self, journey: Journey, way: Way, port: int) -> list[Outcome]:
        """Return what became of a client's packets to an address and port."""
        return self.outcomes[journey.client.name, str(way.address), port]

    def arriving(self, journey: Journey, way: Way, port: int) -> str:
        """Return which of a client's packets to an address and port arrive."""
        arrived = {each.arrived for each in self.of(journey, way, port)}
        return {frozenset({True}): "all", frozenset({False}): "none"}.get(frozenset(arrived), "some sources")


@dataclass
class Observatory:
    """Keeps labs whose interfaces and cables are as those of the next, so that only rules are loaded anew."""

    folder: Path
    spent: Counter[str] = field(default_factory=Counter)
    built: int = 0
    _servers: dict[Lab, list[OwnServer]] = field(default_factory=lambda: defaultdict(list))
    _labs: OrderedDict[Hashable, Lab] = field(default_factory=OrderedDict)
    _sources: list[Iterator[int]] = field(default_factory=lambda: [itertools.cycle(each) for each in SOURCES])

    def read(self, stacks: Stacks) -> Configuration:
        """Return a topology as the check reads it; it is written over the last one, which is faster than beside it."""
        for name, content in stacks.items():
            folder = self.folder / name
            folder.mkdir(exist_ok=True)
            (folder / "main.tf.json").write_text(json.dumps(content))
        return read(self.folder)

    def observe(self, configuration: Configuration) -> Observation:
        """Send packets."""
        begun = time.perf_counter()
        model = model_of(configuration)
        lab = self._lab(model)
        ready = time.perf_counter()
        found: dict[tuple[str, str, int], list[Outcome]] = {}
        for outcome in Prober(lab).try_all(list(self._probes(model))):
            probe = outcome.probe
            found.setdefault((probe.client.name, str(probe.address), probe.port), []).append(outcome)
        self.spent["lab"] += int((ready - begun) * 1e6)
        self.spent["packets"] += int((time.perf_counter() - ready) * 1e6)
        return Observation(model, found)

    def _probes(self, model: Model) -> Iterator[Probe]:
        def reaches(client: Interface, way: Way) -> bool:
            return model.interfaces[way.entry].vpc == client.vpc and bool(client.of_version(way.address.version))

        for client in model.clients:
            for way in model.ways:
                for port in PORTS if reaches(client, way) else ():
                    yield from (Probe(client, way.address, port, next(source)) for source in self._sources)

    def _lab(self, model: Model) -> Lab:
        key = shape(model)
        if key in self._labs:
            self._labs.move_to_end(key)
            self._labs[key].load_rules(model)
            return self._labs[key]
        self.built += 1
        lab = self._labs[key] = Lab(model)
        for target in model.targets:
            lab.at(target).nft(EVERY_PORT)
            self._servers[lab].append(OwnServer(lab.at(target), "here", []))
        if len(self._labs) > MOST_LABS:
            oldest = self._labs.popitem(last=False)[1]
            for server in self._servers.pop(oldest):
                server.close()
            oldest.close()
        return lab


def shape(model: Model) -> Hashable:
    """Return what must be equal for a lab to need other rules only."""
    interfaces = tuple(
        (each.name, each.vpc, each.subnet.blocks if each.subnet else (), each.addresses)
        for each in model.interfaces.values()
    )
    ways = tuple((way.entry, way.address, way.gateway, way.target, way.target_address) for way in model.ways)
    return interfaces, ways


def disagreements(seen: Observation, configuration: Configuration, tally: Counter[str]) -> Iterator[Disagreement]:
    """Yield in what the check's answers and the packets differ, address by address, and count what was compared."""
    for journey in journeys(seen.model, trace(configuration)):
        for (way, verdict), port in itertools.product(zip(journey.ways, journey.verdicts, strict=True), PORTS):
            real, outcomes = seen.arriving(journey, way, port), seen.of(journey, way, port)
            tally[f"{verdict.at(port)} / {real}"] += 1
            tally["hops compared"] += verdict.at(port) is Answer.FAIL and bool(verdict.deadly_at(port))
            if any(not each.arrived and each.death is None for each in outcomes):
                yield Disagreement(journey, port, "packets vanished")
            for text in differences(verdict, outcomes):
                yield Disagreement(journey, port, f"{way.address}: {text}")


def answers(model: Model, configuration: Configuration) -> list[Hashable]:
    """Return all that the check says of which packets may differ."""
    return [
        (verdict.at(port), verdict.passes_other_ports, frozenset(verdict.deadly_at(port)))
        for journey in journeys(model, trace(configuration))
        for verdict, port in itertools.product(journey.verdicts, PORTS)
    ]


def judge(count: int, seed: int) -> int:
    """Print figures, and the smallest topology that shows a disagreement."""
    tally: Counter[str] = Counter()
    last: list[object] = []
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        observatory = Observatory(Path(folder))

        @seeded(seed)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
            report_multiple_bugs=False,
        )
        @given(topologies())
        def agree(stacks: Stacks) -> None:
            tally["variations"] += 1
            configuration = observatory.read(stacks)
            if found := list(disagreements(observatory.observe(configuration), configuration, tally)):
                last[:] = [*found, json.dumps(stacks)]
                raise Differs

        with suppress(Differs):
            agree()
    seconds, number = time.perf_counter() - begun, tally["variations"]
    spent = ", ".join(f"{name} {spent / number / 1000:.0f} ms" for name, spent in observatory.spent.items())
    print(f"seed {seed}: {number} variations in {seconds:.1f} s, {seconds / number * 1000:.0f} ms each ({spent})")
    print(f"  labs built: {observatory.built}")
    print(*(f"  {name}: {times}" for name, times in sorted(tally.items()) if name != "variations"), sep="\n")
    print(*last, sep="\n")
    return 1 if last else 0


def shown(observatory: Observatory, stacks: Stacks, bugs: Mapping[str, Bug]) -> list[tuple[str, Disagreement]]:
    """Return which bugs packets show in a topology, and by what.

    They are sent only where a bug changes what the check says: elsewhere they can show nothing of it.
    """
    right = observatory.read(stacks)
    model = model_of(right)
    said = answers(model, right)
    seen: Observation | None = None
    found = []
    for name, bug in bugs.items():
        with bug():
            wrong = observatory.read(stacks)
            matters = answers(model, wrong) != said
        if matters:
            seen = seen or observatory.observe(right)
            with bug():
                found += [(name, each) for each in itertools.islice(disagreements(seen, wrong, Counter()), 1)]
    return found


def hunt(count: int) -> int:
    """Put bugs into the check, one at a time, for each topology; print after how many packets showed each."""
    hidden = dict(BUGS)
    tally: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        observatory = Observatory(Path(folder))

        @seeded(1)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
        )
        @given(topologies())
        def look(stacks: Stacks) -> None:
            if not hidden:
                return
            tally["variations"] += 1
            for name, found in shown(observatory, stacks, hidden):
                print(f"found in variation {tally['variations']}: {name}: {found.text}")
                del hidden[name]

        look()
    print(*(f"MISSED in {tally['variations']} variations: {name}" for name in hidden), sep="\n")
    return 1 if hidden else 0


if __name__ == "__main__":
    if sys.argv[1] == "bugs":
        raise SystemExit(hunt(int(sys.argv[2])))
    raise SystemExit(judge(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
