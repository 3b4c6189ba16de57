"""jsii's one process is as its two are to everybody else: what is printed, raised, and left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import same_files
from tests.flavour import CDK, in_words_of

APP = """
import os, sys, time
{before}
import latticelink
latticelink.App
from cdktf import App, LocalBackend, TerraformOutput, TerraformStack
app = App(outdir=os.path.abspath("cdktf.out"))
stack = TerraformStack(app, "s")
LocalBackend(stack, path="s.tfstate")
TerraformOutput(stack, "one", value="x")
{then}
app.synth()
"""

# In the process that answers alone; the first of two has no other name in common with it.
PRELOADED = """
const [fs, child] = [require("node:fs"), require("node:child_process")];
if (/program\\.js$/.test(process.argv[1])) {{
  fs.writeFileSync({path}, String(process.pid));
  {then}
}}
"""

PRINTS = """
  process.stdout.write("of Node.js: é\\\\n");
  console.error("an error of Node.js");
  child.spawnSync("sh", ["-c", "cat; echo of a child; echo an error of a child >&2"], { stdio: "inherit" });
"""

PRINTS_AND_RAISES = """
try:
    TerraformOutput(stack, "one", value="y")
except Exception as error:
    print(type(error).__name__, str(error).splitlines()[0], type(error.__cause__).__name__)
"""


def started(folder: Path, *, before: str = "", then: str = "", node: str = "", **environment: str) -> subprocess.Popen:
    """Start the app in `folder`, with `node` run in the process that answers, whose id is put into `pid`."""
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(in_words_of(CDK, APP.format(before=before, then=then)))
    script = folder / "preloaded.cjs"
    script.write_text(PRELOADED.format(path=json.dumps(str(folder / "pid")), then=node.replace("\\\\n", "\\n")))
    return subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=folder,
        env={**os.environ, "NODE_OPTIONS": f'--require "{script}"', **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def outcome(folder: Path, **options: str) -> tuple[int, list[str], list[str]]:
    """Return the exit code of the app and the lines of its output and errors, which two pipes can mix up."""
    process = started(folder, **options)
    output, errors = process.communicate(timeout=120)
    return process.returncode, sorted(output.splitlines()), sorted(errors.splitlines())


def test_what_node_prints_and_raises_is_what_two_processes_print_and_raise(tmp_path: Path) -> None:
    told = {
        switch: outcome(tmp_path / switch, node=PRINTS, then=PRINTS_AND_RAISES, LATTICELINK_FAST_LOAD=switch)
        for switch in ("1", "0")
    }
    code, output, errors = told["1"]
    assert code == 0
    assert [line for line in output if line.startswith("RuntimeError There is already a Construct with name 'one'")]
    assert {"of Node.js: é", "of a child"} <= set(output)
    assert {"an error of Node.js", "an error of a child"} <= set(errors)
    assert told["1"] == told["0"]
    assert same_files(tmp_path / "1" / "cdktf.out", tmp_path / "0" / "cdktf.out")


def test_why_node_ended_early_is_printed(tmp_path: Path) -> None:
    for switch in ("1", "0"):
        end = 'setImmediate(() => { throw new Error("the end of Node.js"); });'
        code, _, errors = outcome(tmp_path / switch, node=end, LATTICELINK_FAST_LOAD=switch)
        assert code == 1
        assert "Error: the end of Node.js" in errors, errors


# Who is told to end how, while Python waits; and how Python then ends.
ENDS = [
    ("Ctrl-C reaches both", os.killpg, signal.SIGINT, -signal.SIGINT),
    ("the shell goes away", os.killpg, signal.SIGHUP, -signal.SIGHUP),
    ("Python is told to end", os.kill, signal.SIGTERM, -signal.SIGTERM),
    ("Python is killed", os.kill, signal.SIGKILL, -signal.SIGKILL),
]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="whether a process lives is told by /proc")
@pytest.mark.parametrize(("what", "kill", "how", "code"), ENDS, ids=[row[0] for row in ENDS])
def test_no_process_is_left(tmp_path: Path, what: str, kill: object, how: signal.Signals, code: int) -> None:
    process = started(tmp_path, then='print("ready", flush=True); time.sleep(60)')
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    (os.killpg if kill is os.killpg else os.kill)(process.pid, how)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == code
    assert "BrokenPipe" not in errors
    node = Path("/proc", (tmp_path / "pid").read_text(), "stat")
    end = time.monotonic() + 20
    while _lives(node):
        assert time.monotonic() < end, what
        time.sleep(0.02)


def _lives(stat: Path) -> bool:
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# What is other in a release of jsii, so that jsii starts its own two processes.
OTHERS = [
    ("the program's channel", "import latticelink.cdk.one_process as one; one._CHANNEL = 'readFD:9'"),
    ("the first process", "import latticelink.cdk.one_process as one, re; one._STARTS = re.compile('of another')"),
    ("the command line", "import latticelink.cdk.one_process as one; one._OPTION = '--max-old-space-size=1024'"),
]


@pytest.mark.parametrize(("what", "before"), OTHERS, ids=[row[0] for row in OTHERS])
def test_of_another_release_jsii_starts_its_own_processes(tmp_path: Path, what: str, before: str) -> None:
    first = 'fs.appendFileSync("programs", process.argv[1] + "\\n");'
    assert outcome(tmp_path, before=before, node=first) == (0, [], []), what
    assert (tmp_path / "cdktf.out" / "stacks" / "s" / "cdk.tf.json").is_file()
    assert (tmp_path / "programs").read_text().splitlines()[-1].endswith("lib/program.js")
