"""Hostile input has an answer within bounds of time and memory; pipes are read where they are named, and only there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from latticelink.checks.examination import examine
from latticelink.cli.main import main
from latticelink.terraform.work import MOST_MEMORY, MOST_STEPS, spent

import pytest

from tests.conftest import ROOT
from tests.paths.topologies import right

SECONDS, MEGABYTES = 5, 300
# A machine that does other things at the same time takes more seconds for the same work: this is measured first.
SPEED = "import json; text = json.dumps(list(range(300_000)))\nfor _ in range(5): json.loads(text)"
CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
from latticelink.cli.main import main
code = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
with open("/proc/self/status") as status:
    memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
sys.stderr.write(f"\\n{used.ru_utime + used.ru_stime} {memory / 1024}")
sys.exit(code)
"""


def chain(step: Callable[[str], str], last: Any, length: int = 60) -> dict[str, Any]:
    """Return locals of which each is made of the next, and blocks that take the first."""
    names = [f"l{number}" for number in range(length + 1)]
    steps = {name: step(f"local.{after}") for name, after in pairwise(names)}
    block = {"cidr_block": "${local.l0}", "tags": {"a": "${local.l0}"}}
    return {
        "locals": {**steps, names[-1]: last},
        "output": {"o": {"value": "${local.l0}"}},
        "resource": {"aws_vpc": {"v": block}, "aws_vpc_endpoint": {"e": {"vpc_id": "${local.l0}"}}},
    }


def output(value: Any) -> dict[str, Any]:
    return {"output": {"o": {"value": value}}}


def many(kind: str, count: int) -> dict[str, Any]:
    body = {"name": "n", "vpc_id": "${aws_vpc.v.id}", "vpc_endpoint_type": "Resource", "zone_id": "z", "type": "A"}
    return {"resource": {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/8"}}, kind: {f"b{n}": body for n in range(count)}}}


def counted(blocks: int) -> dict[str, Any]:
    return {"resource": {"aws_vpc": {f"v{n}": {"count": 100_000} for n in range(blocks)}}}


def rules(count: int) -> dict[str, Any]:
    """Return one stack of the right topology, in which a group lets in one address and port after another."""
    content = right()["producer"]
    content["resource"]["aws_vpc_security_group_ingress_rule"] = {
        f"r{n}": {
            "security_group_id": "${aws_security_group.target.id}",
            "ip_protocol": "tcp",
            "from_port": n % 60_000,
            "to_port": n % 60_000,
            "cidr_ipv4": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}/32",
        }
        for n in range(count)
    }
    return content


def ports(count: int) -> dict[str, Any]:
    content = right()["producer"]
    for body in content["resource"]["aws_vpclattice_resource_configuration"].values():
        body["port_ranges"] = [str(2 * n + 1) for n in range(count)]
    return content


ONE_TO_A_THOUSAND = "${range(1000)}"
HOSTILE: list[tuple[str, Callable[[], Any]]] = [
    ("texts that double", lambda: chain(lambda n: f"${{{n}}}${{{n}}}", "ab")),
    ("lists that double", lambda: chain(lambda n: f"${{concat({n}, {n})}}", ["a", "b"])),
    ("lists of the same list twice", lambda: chain(lambda n: f"${{[{n}, {n}]}}", "a")),
    ("their text", lambda: chain(lambda n: f"${{jsonencode([{n}, {n}])}}", "a")),
    ("products", lambda: chain(lambda n: f"${{setproduct({n}, {n})}}", ["a", "b"])),
    ("formatted texts", lambda: chain(lambda n: f'${{format("%s%s%999s", {n}, {n}, {n})}}', "a")),
    ("joined texts", lambda: chain(lambda n: f"${{join({n}, [{n}, {n}, {n}])}}", "a")),
    ("replaced texts", lambda: chain(lambda n: f'${{replace({n}, "a", {n})}}', "aaa")),
    ("a part of each local", lambda: {"locals": {f"l{n}": {"x": f"${{local.l{n + 1}.x}}" * 2} for n in range(60)}}),
    ("a chain of 5,000 locals", lambda: chain(lambda n: f"${{{n}}}", "a", 5000)),
    (
        "four loops in each other",
        lambda: {
            "locals": {"r": ONE_TO_A_THOUSAND},
            **output("${[for a in local.r : [for b in local.r : [for c in local.r : [for d in local.r : a]]]]}"),
        },
    ),
    (
        "a thousand long texts",
        lambda: {"locals": {"r": ONE_TO_A_THOUSAND, "t": "x" * 190_000}, **output('${formatlist(local.t, local.r)}')},
    ),
    ("one expression of 5 MB", lambda: output("${" + "+".join(["1"] * 2_500_000) + "}")),
    ("many long expressions", lambda: output(["${" + "+".join([str(n)] * 20_000) + "}" for n in range(100)])),
    ("500,000 references", lambda: output([f"${{aws_vpc.v{n}.id}}" for n in range(500_000)])),
    ("the same reference 500,000 times", lambda: output(["${aws_vpc.v.id}"] * 500_000)),
    ("a million brackets", lambda: "[" * 1_000_000),
    ("20,000 parentheses", lambda: output("${" + "(" * 20_000 + "1" + ")" * 20_000 + "}")),
    ("100,000 times not", lambda: output("${" + "!" * 100_000 + "true}")),
    ("five million lists", lambda: '{"output": {"o": {"value": [' + ",".join(["[]"] * 5_000_000) + "]}}}"),
    ("ten million numbers", lambda: '{"output": {"o": {"value": [' + ",".join(["1"] * 10_000_000) + "]}}}"),
    ("half a million objects", lambda: output([{}] * 500_000)),
    ("one text of 30 MB", lambda: output("x" * 30_000_000)),
    ("20 MB with one wide character", lambda: '{"output": {"o": {"value": "' + "x" * 20_000_000 + '\U0001f600"}}}'),
    ("names that all come twice", lambda: "{" + ",".join(['"output": {}'] * 400_000) + "}"),
    ("a name of 5 MB", lambda: {"output": {"o" * 5_000_000: {"value": 1}}}),
    ("a count of 100,000, twenty times", lambda: counted(20)),
    ("20,000 rules", lambda: rules(20_000)),
    ("30,000 port ranges", lambda: ports(30_000)),
    ("20,000 gateways", lambda: many("aws_vpclattice_resource_gateway", 20_000)),
    ("20,000 zones", lambda: many("aws_route53_zone", 20_000)),
]  # fmt: skip


@pytest.fixture(scope="module")
def slowness() -> float:
    """Return how many times slower than an idle machine this one is; no less than once."""
    before = os.times()
    subprocess.run([sys.executable, "-c", SPEED], check=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return max(1.0, used / 0.12)


def check(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "lib")}
    command = [sys.executable, "-c", CHILD, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, **more)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory of a process from /proc")
@pytest.mark.parametrize(("sentence", "content"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_hostile_input_has_an_answer_within_bounds(
    tmp_path: Path, slowness: float, sentence: str, content: Callable[[], Any]
) -> None:
    made = content()
    (tmp_path / "main.tf.json").write_text(made if isinstance(made, str) else json.dumps(made))
    ended = check("check", str(tmp_path))
    said, _, figures = ended.stderr.rpartition("\n")
    seconds, megabytes = map(float, figures.split())
    assert "Traceback" not in said
    assert ended.returncode in (0, 1) or (ended.returncode == 2 and said.strip().endswith(".")), sentence
    assert seconds <= SECONDS * slowness, sentence
    assert megabytes <= MEGABYTES, sentence


def doubling(joined: str, last: Any, times: int) -> dict[str, Any]:
    """Return locals of which the first is `last`, doubled again and again."""
    return {f"l{n}": joined.format(f"local.l{n + 1}") for n in range(times)} | {f"l{times}": last}


TEXT, LIST = doubling("${{{0}}}${{{0}}}", "abc", 18), doubling("${{concat({0}, {0})}}", ["x"], 16)
GROWN: list[tuple[str, dict[str, Any], str, str, Any]] = [
    ("the name of an instance", TEXT, "aws_instance", "tags", {"Name": "${local.l0}"}),
    ("a port", TEXT, "aws_vpclattice_resource_configuration", "port_ranges", ["${local.l0}"]),
    ("the subnets of a gateway", LIST, "aws_vpclattice_resource_gateway", "subnet_ids", "${local.l0}"),
    ("the groups of a gateway", LIST, "aws_vpclattice_resource_gateway", "security_group_ids", "${local.l0}"),
]
MOST_SAID = 10_000_000


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check --format sarif --strict", "check --why", "draw", "draw --format html"])
@pytest.mark.parametrize(("what", "grown", "kind", "argument", "value"), GROWN, ids=[row[0] for row in GROWN])
def test_what_grows_from_a_few_lines_is_shown_within_bounds(
    tmp_path: Path,
    slowness: float,
    command: str,
    what: str,
    grown: dict[str, Any],
    kind: str,
    argument: str,
    value: Any,
) -> None:
    stacks = right()
    for name, content in stacks.items():
        content["locals"] = grown
        for body in content["resource"].get(kind, {}).values():
            body[argument] = value
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf.json").write_text(json.dumps(content))
    ended = check(*command.split(), str(tmp_path))
    seconds, megabytes = map(float, ended.stderr.rpartition("\n")[2].split())
    assert "Traceback" not in ended.stderr
    assert ended.returncode in (0, 1), what
    assert (seconds <= SECONDS * slowness, megabytes <= MEGABYTES, len(ended.stdout) <= MOST_SAID) == (True,) * 3


GOOD = json.dumps({"resource": {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}}})
PLAN = json.dumps({"planned_values": {"root_module": {}}})


@pytest.mark.parametrize("content", [GOOD, PLAN], ids=["Terraform JSON", "a plan"])
def test_the_standard_input_and_a_pipe_are_read_where_they_are_named(tmp_path: Path, content: str) -> None:
    for form in ("text", "json", "sarif"):
        ended = check("check", "-", "--format", form, input=content, cwd=tmp_path)
        assert ended.returncode in (0, 1), ended.stderr
    reading, writing = os.pipe()
    os.write(writing, content.encode())
    os.close(writing)
    assert check("check", f"/dev/fd/{reading}", pass_fds=[reading]).returncode in (0, 1)
    os.close(reading)


def test_what_is_no_json_on_the_standard_input_is_said(tmp_path: Path) -> None:
    ended = check("check", "-", input="no", cwd=tmp_path)
    assert ended.returncode == 2
    assert ended.stderr.startswith("- is not JSON")


def test_an_endless_device_is_too_large() -> None:
    ended = check("check", "/dev/zero")
    assert ended.returncode == 2
    assert "is too large" in ended.stderr


@pytest.mark.parametrize(
    "name",
    ["manifest.json", "main.tf.json", "plan.json", "terraform.tfvars", "a.auto.tfvars.json", "main.tf"],
)
def test_a_pipe_in_a_folder_is_refused_and_nothing_waits_for_it(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    if name not in ("manifest.json", "plan.json"):
        (tmp_path / "other.tf.json").write_text(GOOD)
    ended = check("check", str(tmp_path))
    assert ended.returncode == 2
    assert f"{name} is not a file." in ended.stderr


def test_a_pipe_in_place_of_a_manifest_is_refused_by_order(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")
    ended = check("order", str(tmp_path))
    assert ended.returncode == 2
    assert "manifest.json is not a file." in ended.stderr


@pytest.mark.parametrize("command", ["order", "check", "draw"])
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/random"])
def test_a_device_in_place_of_a_manifest_is_refused(tmp_path: Path, command: str, device: str) -> None:
    (tmp_path / "manifest.json").symlink_to(device)
    ended = check(command, str(tmp_path))
    assert ended.returncode in (1, 2)
    assert "manifest.json is not a file." in ended.stderr


def test_a_manifest_that_is_far_too_long_is_a_sentence(tmp_path: Path) -> None:
    with (tmp_path / "manifest.json").open("wb") as file:
        file.truncate(10_000_000_000)
    ended = check("order", str(tmp_path))
    assert ended.returncode in (1, 2)
    assert "manifest.json is too large" in ended.stderr


def block(cidr: str) -> Callable[[dict[str, Any]], object]:
    return lambda has: has["aws_subnet"]["x"].update(cidr_block=cidr)


WRONG: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("a block of a target's subnet with a number over 255", block("10.2.900.0/24")),
    ("a block with a prefix over 32", block("10.2.9.0/33")),
    ("a block with digits of another script", block("10.2.9.0/\u0663")),
    ("a number in place of a route", lambda has: has.update(aws_route_table={"t": {"route": 0}})),
    ("a text in place of a route", lambda has: has.update(aws_route_table={"t": {"route": ["a", None, []]}})),
    ("a number in place of a rule", lambda has: has["aws_security_group"]["target"].update(ingress=0, egress=[1])),
    ("a lone surrogate in a name", block("\ud800")),
]  # fmt: skip


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
@pytest.mark.parametrize(("sentence", "change"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_value_is_no_traceback(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    sentence: str,
    change: Callable[[dict[str, Any]], object],
    form: str,
) -> None:
    content = right()["producer"]
    resources = content["resource"]
    resources["aws_subnet"]["x"] = next(iter(resources["aws_subnet"].values())).copy()
    for body in resources["aws_instance"].values():
        body["subnet_id"] = "${aws_subnet.x.id}"
    change(resources)
    (tmp_path / "main.tf.json").write_text(json.dumps(content))
    main(["check", str(tmp_path), "--format", form])
    said = capsys.readouterr()
    assert "Traceback" not in said.err, sentence
    assert "a defect of" not in said.out, sentence


@pytest.mark.parametrize(
    ("sentence", "hcl"),
    [("in HCL", 'variable "region" {}\n'), ("nowhere", "")],
)
def test_a_region_by_a_variable_that_is_declared_elsewhere_is_no_traceback(
    tmp_path: Path, sentence: str, hcl: str
) -> None:
    content = right()["producer"]
    content["provider"] = {"aws": [{"region": "${var.region}"}]}
    (tmp_path / "main.tf.json").write_text(json.dumps(content))
    (tmp_path / "variables.tf").write_text(hcl)
    ended = check("check", str(tmp_path))
    assert "Traceback" not in ended.stderr, sentence
    assert "a defect of" not in ended.stdout, sentence
    assert ended.returncode in (0, 1)


def test_five_thousand_links_are_within_the_bounds(tmp_path: Path) -> None:
    links = 100
    subprocess.run([sys.executable, ROOT / "bench" / "links_ours.py", str(links)], cwd=tmp_path, check=True)
    examine(tmp_path / "cdktf.out")
    steps, memory = spent()
    assert steps * 5000 / links < MOST_STEPS
    assert memory * 5000 / links < MOST_MEMORY
