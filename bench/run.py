"""Measures synth time and memory as ratios within one run: `make bench`.

The variants take turns, so that a busy machine slows all of them alike. Each run is a whole process with its children,
in an empty folder; one run of each warms the caches and is not counted.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from latticelink._node import packaged_node

ROOT = Path(__file__).parent.parent
FLOOR = "from cdktf import App, TerraformStack; app = App(); TerraformStack(app, 'one'); app.synth()"
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Variant:
    """One way of doing it: a command line, its environment, and what was measured."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)

    def run(self, *, counts: bool) -> None:
        """Run once in an empty folder; note time and peak memory of the whole process tree if it counts."""
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, *self.command],
                cwd=folder,
                env={**os.environ, **self.environment},
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
            self.bytes.append(peak[0])

    @property
    def time(self) -> float:
        """The median of the counted runs, in seconds."""
        return statistics.median(self.seconds)

    @property
    def memory(self) -> float:
        """The median of the peaks, in bytes."""
        return statistics.median(self.bytes)


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


def measure(variants: list[Variant], count: int) -> None:
    """Run the variants in turn, `count` times each after one that warms up."""
    for turn in range(count + 1):
        for variant in variants:
            variant.run(counts=turn > 0)


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each variant (default 5)")
    parser.add_argument("--links", type=int, default=1000, help="number of links in the growth test (default 1000)")
    arguments = parser.parse_args()
    node = {"JSII_NODE": packaged_node() or "node"}
    scenario = [str(ROOT / "main.py")]
    fast = Variant("fast", scenario)
    stock = Variant("stock", scenario, {"LATTICELINK_FAST_LOAD": "0"})
    floor = Variant("floor", ["-c", FLOOR], node)
    importing = Variant("import", ["-c", "import latticelink"])
    nothing = Variant("nothing", ["-c", "pass"])
    measure([stock, fast, floor, importing, nothing], arguments.runs)
    few, many, more = 10, arguments.links, 2 * arguments.links
    ours = {n: Variant(f"ours {n}", [str(ROOT / "bench/links_ours.py"), str(n)]) for n in (few, many, more)}
    plain = {n: Variant(f"plain {n}", [str(ROOT / "bench/links_plain.py"), str(n)]) for n in (few, many)}
    measure([*ours.values(), *plain.values()], max(1, arguments.runs // 2))
    a_link = (ours[many].time - ours[few].time) / (many - few)
    a_plain_link = (plain[many].time - plain[few].time) / (many - few)

    rows = [
        ("scenario, wall: stock / fast", stock.time / fast.time, f"{stock.time:.2f} s / {fast.time:.2f} s"),
        ("scenario, wall: fast / floor", fast.time / floor.time, f"{fast.time:.2f} s / {floor.time:.2f} s"),
        (
            "scenario, peak memory: fast / stock",
            fast.memory / stock.memory if stock.memory else float("nan"),
            f"{fast.memory / 2**20:.0f} MiB / {stock.memory / 2**20:.0f} MiB",
        ),
        (
            f"{many} links, per link: ours / plain",
            a_link / a_plain_link,
            f"{a_link * 1000:.2f} ms / {a_plain_link * 1000:.2f} ms",
        ),
        (
            f"links, wall: {more} / {many}",
            ours[more].time / ours[many].time,
            f"{ours[more].time:.2f} s / {ours[many].time:.2f} s",
        ),
        (
            f"links, peak memory: {more} / {many}",
            ours[more].memory / ours[many].memory if ours[many].memory else float("nan"),
            f"{ours[more].memory / 2**20:.0f} MiB / {ours[many].memory / 2**20:.0f} MiB",
        ),
        ("import latticelink", float("nan"), f"{(importing.time - nothing.time) * 1000:.0f} ms"),
    ]
    print(f"{'what':40} {'ratio':>7}  medians of {arguments.runs} runs (links: {max(1, arguments.runs // 2)})")
    for what, ratio, medians in rows:
        print(f"{what:40} {'' if ratio != ratio else format(ratio, '7.2f'):>7}  {medians}")


if __name__ == "__main__":
    main()
