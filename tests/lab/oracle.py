"""Lets real packets judge the check: random topologies, every port at every address, path by path, hop by hop.

`python -m tests.lab.oracle COUNT [SEED]` runs inside the lab's namespaces, as the tests and `make oracle` start it.
"""

from __future__ import annotations

import itertools
import json
import sys
import tempfile
import time
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from latticelink.lab.building import Lab
from latticelink.lab.model import Model, Way
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

from tests.lab.bugs import BUGS
from tests.lab.variations import PORTS, topologies
from tests.paths.topologies import Stacks

Outcomes = dict[tuple[str, str, int], list[Outcome]]
MOST_LABS = 12
SOURCES = (range(1024, 23000), range(23000, 43000), range(43000, 65536))


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
        for path in self.journey.verdict.paths:
            lines.append(f"  {path.client}: {path.answer} TCP {path.ports}")
            lines += [f"    {hop.answer} {hop.place}: {hop.why}" for hop in path.hops]
        return "\n".join(lines)


class Differs(Exception):
    """A topology of which check and packets differ."""


@dataclass
class Oracle:
    """Keeps labs whose interfaces and cables are as those of the next, so that only rules are loaded anew."""

    folder: Path
    tally: Counter[str] = field(default_factory=Counter)
    spent: Counter[str] = field(default_factory=Counter)
    last: Stacks = field(default_factory=dict)
    _labs: OrderedDict[Hashable, Lab] = field(default_factory=OrderedDict)
    _sources: list[Iterator[int]] = field(default_factory=lambda: [itertools.cycle(each) for each in SOURCES])

    def disagreements(self, stacks: Stacks) -> list[Disagreement]:
        """Return in what the check and the packets of one topology differ."""
        clock = time.perf_counter
        begun = clock()
        configuration = self._write(stacks)
        paths = trace(configuration)
        self.spent["check"] += int((clock() - begun) * 1e6)
        begun = clock()
        model = model_of(configuration)
        lab = self._lab(model)
        self.spent["build"] += int((clock() - begun) * 1e6)
        begun = clock()
        tried = journeys(model, paths)
        outcomes = self._try(lab, tried)
        self.spent["packets"] += int((clock() - begun) * 1e6)
        return [each for journey in tried for each in self._judge(journey, tried, outcomes)]

    def _write(self, stacks: Stacks) -> Configuration:
        """Write a topology over the last one, which is faster than beside it."""
        for name, content in stacks.items():
            folder = self.folder / name
            folder.mkdir(exist_ok=True)
            (folder / "main.tf.json").write_text(json.dumps(content))
        return read(self.folder)

    def _lab(self, model: Model) -> Lab:
        key = shape(model)
        if key in self._labs:
            self._labs.move_to_end(key)
            self._labs[key].load_rules(model)
            return self._labs[key]
        self.tally["labs built"] += 1
        lab = self._labs[key] = Lab(model)
        for target in model.targets:
            lab.at(target).nft(EVERY_PORT)
            OwnServer(lab.at(target), "here", [])
        if len(self._labs) > MOST_LABS:
            self._labs.popitem(last=False)[1].close()
        return lab

    def _try(self, lab: Lab, tried: list[Journey]) -> Outcomes:
        """Connect each client to each address on each port from each range of its own ports."""
        probes = [
            Probe(journey.client, way.address, port, next(source))
            for journey in tried
            for way in journey.ways
            for port in dict.fromkeys((*PORTS, *journey.ports))
            for source in self._sources
        ]
        found: Outcomes = {}
        for outcome in Prober(lab).try_all(probes):
            probe = outcome.probe
            found.setdefault((probe.client.name, str(probe.address), probe.port), []).append(outcome)
        return found

    def _judge(self, journey: Journey, tried: list[Journey], outcomes: Outcomes) -> Iterator[Disagreement]:
        for port in dict.fromkeys((*PORTS, *journey.ports)):
            real = reality(journey, port, outcomes)
            said = journey.verdict.at(port)
            self.tally[f"{said} / {real}"] += 1
            every = [each for way in journey.ways for each in outcomes[key(journey, way, port)]]
            if any(not each.arrived and each.death is None for each in every):
                yield Disagreement(journey, port, "packets vanished")
            if said is Answer.PASS and real in ("some sources", "none"):
                yield Disagreement(journey, port, f"the check passes, packets arrive: {real}")
            elif said is Answer.FAIL and real == "all" and not self._is_about_more(journey, tried, port, outcomes):
                yield Disagreement(journey, port, "the check blocks, all packets arrive")
            elif said is Answer.UNKNOWN and real == "all" and journey.verdict.answer is Answer.PASS:
                yield Disagreement(journey, port, "the check passes other ports, and all packets arrive at this one")
            elif said is Answer.FAIL and real == "none" and port in journey.ports:
                yield from self._judge_hops(journey, port, every)

    @staticmethod
    def _is_about_more(journey: Journey, tried: list[Journey], port: int, outcomes: Outcomes) -> bool:
        """Return whether what the check says is true of another client of the path, or of another subnet's ACL.

        It blocks a path if it blocks for one of its clients, and if an ACL of one of its subnets does.
        """
        blocking = journey.verdict.blocking_at(port)
        return (bool(blocking) and all(hop.startswith("network ACLs") for hop in blocking)) or any(
            other is not journey
            and set(other.verdict.paths) & set(journey.verdict.paths)
            and reality(other, port, outcomes) != "all"
            for other in tried
        )

    def _judge_hops(self, journey: Journey, port: int, every: list[Outcome]) -> Iterator[Disagreement]:
        hops = {each.death.hop for each in every if each.death is not None}
        blocking = journey.verdict.blocking_at(port)
        if blocking and not hops & blocking:
            yield Disagreement(journey, port, f"packets die at {sorted(hops)}, the check says {sorted(blocking)}")
        elif blocking:
            self.tally["hops agree"] += 1


def key(journey: Journey, way: Way, port: int) -> tuple[str, str, int]:
    return journey.client.name, str(way.address), port


def reality(journey: Journey, port: int, outcomes: Outcomes) -> str:
    """Return of a client's packets to a port which arrive."""
    by_address = [[each.arrived for each in outcomes[key(journey, way, port)]] for way in journey.ways]
    if not any(map(any, by_address)):
        return "none"
    if all(map(all, by_address)):
        return "all"
    return "some addresses" if any(map(all, by_address)) else "some sources"


def shape(model: Model) -> Hashable:
    """Return what must be equal for a lab to need other rules only."""
    interfaces = tuple(
        (each.name, each.vpc, each.subnet.blocks if each.subnet else (), each.addresses)
        for each in model.interfaces.values()
    )
    ways = tuple((way.entry, way.address, way.gateway, way.target, way.target_address) for way in model.ways)
    return interfaces, ways


def run(oracle: Oracle, count: int, seed: int, phases: tuple[Phase, ...]) -> list[Disagreement]:
    """Judge up to `count` topologies, until one shows a disagreement; return what is wrong with that."""
    last: list[Disagreement] = []

    @seeded(seed)
    @settings(
        max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=phases,
        report_multiple_bugs=False,
    )  # fmt: skip
    @given(topologies())
    def agree(stacks: Stacks) -> None:
        oracle.tally["variations"] += 1
        if found := oracle.disagreements(stacks):
            last[:] = found
            oracle.last = stacks
            raise Differs

    with suppress(Differs):
        agree()
    return last


def judge(count: int, seed: int) -> int:
    """Print figures, and the smallest topology that shows a disagreement."""
    with tempfile.TemporaryDirectory() as folder:
        oracle = Oracle(Path(folder))
        begun = time.perf_counter()
        found = run(oracle, count, seed, (Phase.generate, Phase.shrink))
        seconds, number = time.perf_counter() - begun, oracle.tally["variations"]
    spent = ", ".join(f"{name} {microseconds / number / 1000:.0f} ms" for name, microseconds in oracle.spent.items())
    print(f"{number} variations of seed {seed} in {seconds:.1f} s: {seconds / number * 1000:.0f} ms each ({spent})")
    for name, times in sorted(oracle.tally.items()):
        print(f"  {name}: {times}")
    for each in found:
        print(each)
    if found:
        print(json.dumps(oracle.last))
    return 1 if found else 0


def hunt(names: list[str], most: int) -> int:
    """Put bugs into the check one at a time; print after how many topologies packets showed each."""
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        oracle = Oracle(Path(folder))
        for name in names or BUGS:
            before = oracle.tally["variations"]
            with BUGS[name]():
                found = run(oracle, most, 1, (Phase.generate,))
            missed += not found
            after = oracle.tally["variations"] - before
            print(
                f"found after {after}: {name}: {found[0].text}" if found else f"MISSED in {after}: {name}", flush=True
            )
    return 1 if missed else 0


if __name__ == "__main__":
    if sys.argv[1] == "bugs":
        raise SystemExit(hunt(sys.argv[3:], int(sys.argv[2])))
    raise SystemExit(judge(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
