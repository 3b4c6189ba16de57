"""Measures synth time and memory as ratios within one run: `make bench`.

The variants take turns, so that a busy machine slows all of them alike. Each run is a whole process with its children,
in an empty folder; one run of each warms the caches and is not counted.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from latticelink.cdk.flavour import CDKTF, FLAVOURS, VARIABLE, Flavour
from latticelink.cdk.node import packaged_node

ROOT = Path(__file__).parent.parent
FLOOR = "from {} import App, TerraformStack; app = App(); TerraformStack(app, 'one'); app.synth()"
COUNTED = """
import runpy, sys
from jsii._kernel.providers.process import _NodeProcess
count, send = [0], _NodeProcess.send
def counted(*arguments):
    count[0] += 1
    return send(*arguments)
_NodeProcess.send = counted
del sys.argv[0]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    print(count[0], file=sys.stderr)
"""
# As users run it, which keeps the garbage collector off; the exit code of a check is about what it finds.
COMMAND = "from latticelink.cli.main import main; main()"
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Variant:
    """One way of doing it: a command line, its environment, and what was measured."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    program: str = sys.executable
    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)

    def run(self, *, counts: bool) -> None:
        """Run once in an empty folder; note times and peak memory of the whole process tree if it counts."""
        before = _processor_time()
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            process = subprocess.Popen(
                [self.program, *self.command],
                cwd=folder,
                env={**_everyday(), **self.environment},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            peak = [0]
            sampler = threading.Thread(target=_sample, args=(process, peak), daemon=True)
            sampler.start()
            _, errors = process.communicate()
            seconds = time.perf_counter() - start
            sampler.join()
        if process.returncode != 0:
            raise SystemExit(f"{self.name} failed:\n{errors.decode()}")
        if counts:
            self.seconds.append(seconds)
            self.busy.append(_processor_time() - before)
            self.bytes.append(peak[0])

    @property
    def time(self) -> float:
        """The median of the counted runs, in seconds."""
        return statistics.median(self.seconds)

    @property
    def processor_time(self) -> float:
        """The median of what the processors spent on it, in seconds: what a busy machine changes least."""
        return statistics.median(self.busy)

    @property
    def memory(self) -> float:
        """The median of the peaks, in bytes."""
        return statistics.median(self.bytes)


def _processor_time() -> float:
    """Return the seconds that processors spent on all child processes that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _everyday() -> dict[str, str]:
    """Return the environment without what people don't have: Python keeps the code that it compiled."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _sample(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], _resident(process.pid))
        time.sleep(0.02)


def _resident(pid: int) -> int:
    """Return the resident memory of a process and all below it, in bytes; 0 where /proc is not to be had."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return own + sum(_resident(int(child)) for child in children)


def measure(variants: list[Variant], *, runs: int, warm_up: bool) -> None:
    """Run the variants in turn, `runs` times each, after one run of each that isn't counted if `warm_up`."""
    for turn in range(runs + warm_up):
        for variant in variants:
            variant.run(counts=turn >= warm_up)


def javascript(output: Path) -> Variant | None:
    """Return the variant that makes the stacks in `output` with CDKTF for JavaScript; None where npm is absent."""
    if shutil.which("npm") is None:
        print("npm is absent, so CDKTF for JavaScript is not measured", file=sys.stderr)
        return None
    modules = ROOT / "bench" / "node_modules"
    if not (modules / "@cdktf" / "provider-aws").is_dir():
        packages = ["cdktf@0.21.0", "@cdktf/provider-aws@21.22.1", "constructs@10.4.2"]
        quietly = ["--silent", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"]
        # Without --prefix npm installs into the package of the folder above, whose CLIs want other versions.
        subprocess.run(["npm", "install", "--prefix", ".", *quietly, *packages], cwd=ROOT / "bench", check=True)
    command = [str(ROOT / "bench" / "javascript.cjs"), str(ROOT / "bench"), str(output)]
    return Variant("JavaScript", command, program=packaged_node() or "node")


def round_trips(links: int) -> int:
    """Return how often Python asks Node.js in an app of `links` links."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", COUNTED, str(ROOT / "bench/links_ours.py"), str(links)]
        result = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True)
    return int(result.stderr.split()[-1])


def row(what: str, above: float, below: float, show: Callable[[float], str]) -> str:
    """Return a line of the table: two medians and their ratio."""
    ratio = f"{above / below:.2f}" if below else "?"
    return f"{what:48} {ratio:>6}   {show(above)} / {show(below)}"


def seconds(value: float) -> str:
    """Return a time for people."""
    return f"{value:.2f} s" if value > 0.1 else f"{value * 1000:.2f} ms"


def mebibytes(value: float) -> str:
    """Return an amount of memory for people."""
    return f"{value / 2**20:.0f} MiB"


def main() -> None:
    """Measure everything and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each variant of the scenario (default 5)")
    parser.add_argument("--links", type=int, default=1000, help="number of links in the growth test (default 1000)")
    arguments = parser.parse_args()
    # Both CDKs are installed here: what names none runs on CDKTF.
    os.environ[VARIABLE] = CDKTF.core
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(ROOT / "main.py")], cwd=folder, stdout=subprocess.DEVNULL, check=True)
        measure_scenario(arguments.runs, javascript(Path(folder, "cdktf.out")))
        measure_drawing(arguments.runs, Path(folder, "cdktf.out"), arguments.links)
    measure_checking(arguments.links)
    measure_links(arguments.links)


class Synth:
    """The scenario on one CDK: as its bindings come, as LatticeLink loads them, and an empty app of it."""

    def __init__(self, cdk: Flavour) -> None:
        self.cdk = cdk
        scenario = [str(ROOT / "main.py" if cdk is CDKTF else ROOT / "build" / "cdktn" / "main.py")]
        chosen = {VARIABLE: cdk.core}
        self.stock = Variant(f"stock {cdk.core}", scenario, {"LATTICELINK_FAST_LOAD": "0", **chosen})
        self.fast = Variant(f"fast {cdk.core}", scenario, chosen)
        empty = ["-c", FLOOR.format(cdk.core)]
        self.floor = Variant(f"empty {cdk.core}", empty, {"JSII_NODE": packaged_node() or "node"})


def measure_scenario(runs: int, other: Variant | None) -> None:
    """Measure a synth of the scenario on each CDK: the stock path, ours, an empty app, and CDKTF for JavaScript."""
    subprocess.run(["make", "--silent", "moved"], cwd=ROOT, check=True)
    synths = [Synth(cdk) for cdk in FLAVOURS]
    importing = Variant("import", ["-c", "import latticelink"])
    nothing = Variant("nothing", ["-c", "pass"])
    variants = [variant for synth in synths for variant in (synth.stock, synth.fast, synth.floor)]
    measure([*variants, *([other] if other else []), importing, nothing], runs=runs, warm_up=True)
    print(f"{f'scenario, medians of {runs} runs':49} ratio")
    for synth in synths:
        name, stock, fast, floor = synth.cdk.name, synth.stock, synth.fast, synth.floor
        print(row(f"{name}, wall: stock / fast", stock.time, fast.time, seconds))
        print(row(f"{name}, wall: fast / an empty app", fast.time, floor.time, seconds))
        print(row(f"{name}, peak memory: stock / fast", stock.memory, fast.memory, mebibytes))
    if other:
        print(row("wall: CDKTF for JavaScript / fast", other.time, synths[0].fast.time, seconds))
    print(f"{'import latticelink':57}{seconds(importing.time - nothing.time)}")


def measure_drawing(runs: int, scenario: Path, many: int) -> None:
    """Measure pictures of the scenario and of many links against the check, which reads and traces the same."""
    print(f"\n{f'pictures, medians of {runs} runs':49} ratio")
    with tempfile.TemporaryDirectory() as folder:
        links = [str(ROOT / "bench/links_ours.py"), str(many)]
        subprocess.run([sys.executable, *links], cwd=folder, stdout=subprocess.DEVNULL, check=True)
        for what, output in (("scenario", scenario), (f"{many} links", Path(folder, "cdktf.out"))):
            check, svg, page = (
                Variant(f"{what} {each[0]}", ["-c", COMMAND, *each, str(output)])
                for each in (["check", "--format", "json"], ["draw"], ["draw", "--format", "html"])
            )
            measure([check, svg, page], runs=runs, warm_up=True)
            print(row(f"{what}, wall: draw / check", svg.time, check.time, seconds))
            print(row(f"{what}, wall: draw --format html / check", page.time, check.time, seconds))


def measure_checking(many: int) -> None:
    """Measure how the cost of a check grows with the number of links, as users run it."""
    runs = 3
    checks = {}
    with tempfile.TemporaryDirectory() as folder:
        for n in (many, 5 * many):
            app = Path(folder, str(n))
            app.mkdir()
            command = [sys.executable, str(ROOT / "bench/links_ours.py"), str(n)]
            subprocess.run(command, cwd=app, stdout=subprocess.DEVNULL, check=True)
            checks[n] = Variant(f"check {n}", ["-c", COMMAND, "check", str(app / "cdktf.out")])
        measure([*checks.values()], runs=runs, warm_up=True)
    few, more = checks.values()
    print(f"\n{f'check, medians of {runs} runs':49} ratio")
    print(row(f"CPU: {5 * many} links / {many}", more.processor_time, few.processor_time, seconds))
    print(row(f"peak memory: {5 * many} links / {many}", more.memory, few.memory, mebibytes))


def measure_links(many: int) -> None:
    """Measure how the cost grows with the number of links, and a link against plain CDKTF code."""
    runs = 3
    counts = sorted({10, max(10, many // 10), many, 2 * many})
    ours = {n: Variant(f"ours {n}", [str(ROOT / "bench/links_ours.py"), str(n)]) for n in counts}
    plain = {n: Variant(f"plain {n}", [str(ROOT / "bench/links_plain.py"), str(n)]) for n in (counts[0], many)}
    checked = Variant("checked", [str(ROOT / "bench/links_ours.py"), str(many), "run"])
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "bench/links_ours.py"), str(many)]
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
        other = javascript(Path(folder, "cdktf.out"))
        variants = [*ours.values(), *plain.values(), checked, *([other] if other else [])]
        measure(variants, runs=runs, warm_up=False)
    few = counts[0]
    print(f"\n{f'links, medians of {runs} runs':49} ratio")
    a_link = (ours[many].time - ours[few].time) / (many - few)
    a_plain_link = (plain[many].time - plain[few].time) / (many - few)
    print(row(f"per link at {many}: ours / plain CDKTF", a_link, a_plain_link, seconds))
    print(row(f"wall at {many}: summarised and checked / synth", checked.time, ours[many].time, seconds))
    if other:
        print(row(f"wall at {many}: ours / CDKTF for JavaScript", ours[many].time, other.time, seconds))
        used, others = ours[many].processor_time, other.processor_time
        print(row(f"CPU at {many}: ours / CDKTF for JavaScript", used, others, seconds))
    print(row(f"wall: {2 * many} / {many}", ours[2 * many].time, ours[many].time, seconds))
    print(row(f"peak memory: {2 * many} / {many}", ours[2 * many].memory, ours[many].memory, mebibytes))
    print(f"\n{'links':>6} {'round trips':>12} {'a link':>7} {'wall':>9} {'CPU':>9} {'peak memory':>12}")
    asked = {n: round_trips(n) for n in counts}
    for n in counts:
        more = "" if n == few else f"{(asked[n] - asked[few]) / (n - few):.1f}"
        times = f"{seconds(ours[n].time):>9} {seconds(ours[n].processor_time):>9}"
        print(f"{n:6} {asked[n]:12} {more:>7} {times} {mebibytes(ours[n].memory):>12}")


if __name__ == "__main__":
    main()
