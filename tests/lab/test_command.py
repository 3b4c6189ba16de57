"""What people run: a command or a shell in the lab, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from latticelink.lab.child import ISOLATED
from latticelink.lab.request import Request

import pytest

from tests.engines.conftest import until
from tests.lab.conftest import LATTICELINK, RunLab
from tests.terminals import on_a_terminal


def test_a_command_runs_at_the_first_client_with_the_vpcs_resolver(run_lab: RunLab, scenario: Path) -> None:
    result = run_lab(scenario, "--", "curl", "-sS", "http://nginx.privatelink-dev2.internal/")
    assert (result.returncode, result.stderr) == (0, "")
    assert "Served by EC2_B" in result.stdout


def test_the_commands_exit_code_is_the_labs(run_lab: RunLab, scenario: Path) -> None:
    assert run_lab(scenario, "--", "sh", "-c", "exit 7").returncode == 7


def test_a_command_runs_where_it_is_told_and_sees_that_vpc_only(run_lab: RunLab, scenario: Path) -> None:
    result = run_lab("--shell", "EC2_B", scenario, "--", "cat", "/proc/net/dev")
    names = [line.partition(":")[0].strip() for line in result.stdout.splitlines()[2:]]
    assert sorted(names) == ["eth0", "lo"]


def test_a_shell_reads_commands(scenario: Path) -> None:
    command = [*LATTICELINK, "lab", str(scenario), "--shell", "EC2_A"]
    environment = {**os.environ, "SHELL": "/bin/sh"}
    curl = "curl -sS http://nginx.privatelink-dev2.internal/\n"
    result = subprocess.run(command, input=curl, env=environment, capture_output=True, text=True, check=False)
    assert "Served by EC2_B" in result.stdout


def test_an_unknown_place_is_told_with_those_that_are_there(run_lab: RunLab, scenario: Path) -> None:
    result = run_lab(scenario, "--shell", "EC2_C")
    assert result.returncode == 2
    assert result.stderr.startswith("There is no 'EC2_C' in the lab; it has: EC2_A, EC2_B, endpoint nginx in")


def test_input_that_cannot_be_read_is_told_in_a_sentence(run_lab: RunLab, tmp_path: Path) -> None:
    result = run_lab(tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    assert str(tmp_path) in result.stderr


def test_a_configuration_without_endpoints_is_told_in_a_sentence(run_lab: RunLab, tmp_path: Path) -> None:
    (tmp_path / "main.tf.json").write_text('{"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}}')
    result = run_lab(tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert "has no endpoint that leads to a resource" in result.stderr


@pytest.mark.parametrize(
    ("without", "sentence"),
    [
        ("unshare", "apt-get install util-linux"),
        ("curl", "apt-get install"),
        ("pyroute2", "pip install 'latticelink[lab]'"),
    ],
)
def test_what_is_missing_is_told_with_what_to_install(
    tmp_path: Path, scenario: Path, without: str, sentence: str
) -> None:
    """The program is off PATH, or the package is off the path of modules."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in {"unshare", "mount", "curl"} - {without}:
        found = next(Path(part, name) for part in ("/usr/bin", "/bin") if Path(part, name).exists())
        (programs / name).symlink_to(found)
    command = LATTICELINK
    if without == "pyroute2":
        hide = "import sys; sys.modules['pyroute2'] = None; "
        command = [sys.executable, "-c", hide + LATTICELINK[-1]]
    result = subprocess.run(
        [*command, "lab", str(scenario)],
        env={**os.environ, "PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert sentence in result.stderr


def processes_in(namespace: str) -> list[str]:
    """Return the processes that are in a network namespace, by its number."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "ns" / "net").readlink()) == namespace:
                found.append(process.name)
        except OSError:
            continue
    return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_remains_when_it_is_killed(scenario: Path, number: signal.Signals) -> None:
    told = "readlink /proc/self/ns/net; exec sleep 1000"
    command = [*LATTICELINK, "lab", str(scenario), "--", "sh", "-c", told]
    # A child of a shell's background job would ignore the interrupt, as its parents do.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, handler)
    with started as process:
        assert process.stdout is not None
        namespace = process.stdout.readline().strip()
        assert processes_in(namespace)
        process.send_signal(number)
        process.wait(timeout=120)
        until(lambda: not processes_in(namespace))


def test_the_report_has_colour_where_it_is_wanted(run_lab: RunLab, scenario: Path) -> None:
    plain, coloured = (run_lab(scenario, **{name: "1"}).stdout for name in ("NO_COLOR", "FORCE_COLOR"))
    assert "\x1b" not in plain
    assert "\x1b[32m: arrived\x1b[0m at EC2_B" in coloured
    assert "latticelink check\x1b[32m: reachable\x1b[0m" in coloured
    # What stands above that line has curl's milliseconds and the order in which packets came.
    verdicts = plain.partition("Where packets went")[2]
    assert verdicts
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured).partition("Where packets went")[2] == verdicts


SLOW = (
    "import sys, time\nfrom latticelink.lab import session\nown = session.DirectWay.of_all\n"
    "def slow(*arguments):\n    time.sleep(1.5)\n    return own(*arguments)\n"
    "session.DirectWay.of_all = slow\nsys.exit(session.main())"
)


def test_progress_is_shown_on_a_terminal_while_packets_are_sent(scenario: Path) -> None:
    request = Request([(str(scenario), "")])
    errors, printed = on_a_terminal([*ISOLATED, sys.executable, "-c", SLOW, request.text()])
    assert errors.startswith("\rSending packets... 1 s\r")
    assert errors.endswith("\r\x1b[K")
    assert "latticelink check: reachable" in printed
