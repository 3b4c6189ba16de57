"""What all tests share beside the fixtures of `latticelink.testing`."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from latticelink.disclosure import forget

import pytest
from hypothesis import settings

# A busy machine is no failure.
settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")

# A shell has what it starts in the background ignore Ctrl-C, and so have all processes below.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.parent.name for path in ROOT.glob("examples/*/main.py"))
# Each program in the folder of its name, as if Python had been started there with it.
RUNNER = """
import contextlib, json, logging, os, runpy, sys
for name, program in json.loads(sys.argv[1]).items():
    os.makedirs(name)
    sys.path[0] = os.path.dirname(program)
    with open(f"{name}.txt", "w") as said, contextlib.redirect_stdout(said), contextlib.chdir(name):
        try:
            runpy.run_path(program, run_name="__main__")
        except SystemExit as end:
            if end.code:
                sys.exit(f"{name}: {end.code}")
    logging.root.handlers.clear()
"""


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in its own.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let processes share the work (`--dist loadgroup`): what takes longest first, spread, a file's others together."""
    items.sort(key=lambda item: -_minutes(item))
    for item in items:
        slow = item.get_closest_marker("slow")
        alone = slow is not None and not slow.kwargs.get("together")
        item.add_marker(pytest.mark.xdist_group(item.nodeid if alone else str(item.path)))


def _minutes(item: pytest.Item) -> int:
    slow = item.get_closest_marker("slow")
    return slow.kwargs.get("minutes", 1) if slow else 0


def pytest_collection_finish() -> None:
    """Let Python's collector pass over what stays to the end, modules and thousands of tests, and come less often.

    Coming as often as it does by itself it took a sixth of the time of the tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def run_python(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run this Python in `folder`, with `environment` over the present one; return how it ended."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def run_programs(folder: Path, programs: dict[str, Path], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the programs in one process, each in the folder of its name under `folder`; `NAME.txt` has what it prints."""
    arguments = json.dumps({name: str(program) for name, program in programs.items()})
    return run_python(folder, "-c", RUNNER, arguments, **environment)


def run_mypy(folder: Path, *arguments: str, path: str = str(ROOT / "lib")) -> subprocess.CompletedProcess[str]:
    """Run mypy --strict in `folder`, with the cache that `make lint` fills: the CDK alone takes a minute without.

    One at a time: what one process has read, the next one finds.
    """
    cache = ROOT / ".mypy_cache"
    cache.mkdir(exist_ok=True)
    with (cache / "tests.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        options = ("--strict", "--cache-dir", str(cache))
        return run_python(folder, "-m", "mypy", *options, *arguments, MYPYPATH=path, PYTHONPATH=str(ROOT / "lib"))


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first of the tests' processes to ask for it makes, and all of them use."""
    common = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        common = common.parent
    folder = common / name
    with (common / f"{name}.made").open("a+") as made:
        fcntl.flock(made, fcntl.LOCK_EX)
        if not made.seek(0, os.SEEK_END):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.write("yes")
    return folder


def without_metadata(value: Any) -> Iterator[Any]:
    """Yield every value in the JSON, outermost first, but for CDKTF's own notes."""
    yield value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    for key, item in items:
        if key != "//":
            yield from without_metadata(item)


def same_files(one: Path, other: Path) -> bool:
    """Return whether two folders hold the same files with the same bytes; fail if they hold other files, or none."""
    files = sorted(path.relative_to(one) for path in one.rglob("*") if path.is_file())
    assert files
    assert sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file()) == files
    return all((one / file).read_bytes() == (other / file).read_bytes() for file in files)


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests() -> None:
    """Forget what tests before called secret in this process: it may be an ordinary word in the next."""
    forget()


@pytest.fixture
def stack() -> Any:
    """Return a stack in an app of its own, for tests of what is refused."""
    from latticelink import App, LocalState, Stack

    return Stack(App(context={}), "producer", state=LocalState(), region="ap-northeast-1")
