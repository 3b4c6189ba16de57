"""Ctrl-C while an app runs: no traceback, the exit code of shells, and an output folder that is whole or unchanged."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from latticelink.terminal import INTERRUPTED

import pytest

from tests.flavour import CDK, apps_in_words_of

# What a moment does to a synth: it says that it is there, then waits for the interrupt.
_WAIT = "def wait(*_, **__):\n    print('here', flush=True)\n    time.sleep(60)\n"
MOMENTS = [
    ("while the app builds", f"{_WAIT}import main\nmain.Consumer = wait\n"),
    (
        "while files are moved into place",
        f"{_WAIT}from latticelink import placing\nput = placing._Move.put\n"
        "def slow(move, new, file):\n    put(move, new, file)\n    wait()\n"
        "placing._Move.put = slow\nimport main\n",
    ),
]


def interrupted(folder: Path, apps: Path, moment: str) -> tuple[int, str]:
    """Run the scenario until a moment, interrupt it as a terminal does, with all its processes; return how it ended."""
    code = f"import sys, time\nsys.path.insert(0, {str(apps)!r})\n{moment}sys.exit(main.run(main.scenario))"
    # A child of a shell's background job would ignore the interrupt, as its parents do.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        started = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    finally:
        signal.signal(signal.SIGINT, handler)
    with started as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "here\n"
        os.killpg(process.pid, signal.SIGINT)
        return process.wait(timeout=60), process.stderr.read()


@pytest.mark.parametrize("moment", [code for _, code in MOMENTS], ids=[sentence for sentence, _ in MOMENTS])
def test_an_interrupted_synth_leaves_no_traceback_and_the_folder_as_it_was(tmp_path: Path, moment: str) -> None:
    apps = apps_in_words_of(CDK, tmp_path / "apps")
    folder = tmp_path / "project"
    (folder / "cdktf.out/stacks/producer").mkdir(parents=True)
    before = folder / "cdktf.out/stacks/producer/cdk.tf.json"
    before.write_text("{}")
    assert interrupted(folder, apps, moment) == (INTERRUPTED, "")
    assert [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()] == [before.relative_to(folder)]
    assert before.read_text() == "{}"
