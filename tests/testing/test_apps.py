"""An app as it leaves the program: finding blocks in it, what it remembers, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

from latticelink import InvalidInput, IpResource, LatticeLinkError, ResourceGateway
from latticelink.testing import Synthesise, SynthesisedStack, read_synthesised, synthesise

import pytest

from tests.builders import existing, make_stack

STACK = SynthesisedStack(
    "producer",
    """{"resource": {"aws_vpc": {"b": {"cidr_block": "10.0.0.0/16", "type": "x"}, "a": {"cidr_block": "10.1.0.0/16"}}},
        "data": {"aws_vpc": {"c": {"id": "vpc-1"}}}}""",
)


def shared(app: Any, *, ports: tuple[int, ...] = (443,), gateway: str = "gateway", zones: int = 2) -> None:
    stack = make_stack(app)
    network = existing(stack, subnet_ids=["subnet-22222222", "subnet-11111111"][:zones])
    ResourceGateway(stack, gateway, network).share("orders", IpResource("10.0.0.9"), ports=list(ports))


def test_blocks_are_found_by_type_and_arguments_in_the_order_of_the_file() -> None:
    assert STACK.one("aws_vpc", cidr_block="10.1.0.0/16") is STACK.json["resource"]["aws_vpc"]["a"]
    assert [block["cidr_block"] for block in STACK.all("aws_vpc")] == ["10.0.0.0/16", "10.1.0.0/16"]
    assert STACK.all("aws_vpc", type="x") == [{"cidr_block": "10.0.0.0/16", "type": "x"}]
    assert STACK.all("aws_subnet") == []
    assert STACK.one("aws_vpc", "data") == {"id": "vpc-1"}
    assert STACK.ref("aws_vpc", "id", type="x") == "${aws_vpc.b.id}"
    assert STACK.addresses == ["aws_vpc.a", "aws_vpc.b"]


def test_an_argument_that_is_missing_is_not_one_that_is_none() -> None:
    assert STACK.all("aws_vpc", type=None) == []


@pytest.mark.parametrize(
    ("what", "find", "said"),
    [
        ("several", lambda: STACK.one("aws_vpc"), ["has 2 blocks of aws_vpc in 'resource'", "aws_vpc.a: cidr_block="]),
        ("none with that value", lambda: STACK.one("aws_vpc", cidr_block="10.9.0.0/16"),
         ["has 0 blocks of aws_vpc with cidr_block='10.9.0.0/16'", "aws_vpc.a: cidr_block='10.1.0.0/16'"]),
        ("none with that argument", lambda: STACK.ref("aws_vpc", "id", name="x"), ["aws_vpc.a: no name"]),
        ("none of that type", lambda: STACK.one("aws_vcp"), ["has 0 blocks of aws_vcp", "It has blocks of: aws_vpc."]),
        ("none in that section", lambda: STACK.one("aws_vpc", "output"), ["It has blocks of: no type."]),
    ],
)  # fmt: skip
def test_what_is_not_there_once_fails_and_says_what_is_there(what: str, find: Any, said: list[str]) -> None:
    with pytest.raises(AssertionError) as caught:
        find()
    for part in said:
        assert part in str(caught.value), what


def test_an_app_is_its_stacks_in_deploy_order(synthesise: Synthesise) -> None:
    def build(app: Any) -> None:
        first, second = make_stack(app, "z-first"), make_stack(app, "a-second")
        second.add_dependency(first)

    app = synthesise(build)
    assert list(app) == ["z-first", "a-second"]
    assert (len(app), "z-first" in app, "other" in app) == (2, True, False)
    assert repr(app) == "<app of 'z-first', 'a-second'>"


def test_an_app_is_synthesised_once_in_a_session_and_a_function_of_a_test_is_forgotten(synthesise: Synthesise) -> None:
    asked = []

    def build(app: Any) -> None:
        asked.append(app.context)
        make_stack(app)

    first = synthesise(build)
    assert synthesise(build) is first
    assert synthesise(build, context={"stage": "test"}) is not first
    assert synthesise(build, context={"stage": "test"}) is synthesise(build, context={"stage": "test"})
    assert [context.get("stage") for context in asked] == [None, "test"]
    assert synthesise(partial(build)) is not first


def test_the_context_is_that_of_the_working_directory(
    synthesise: Synthesise, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = []

    def build(app: Any) -> None:
        seen.append(app.context.get("stage"))
        make_stack(app)

    for stage in ("one", "two"):
        folder = tmp_path / stage
        folder.mkdir()
        (folder / "cdktf.json").write_text(f'{{"context": {{"stage": "{stage}"}}}}')
        monkeypatch.chdir(folder)
        synthesise(build)
    assert seen == ["one", "two"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["cdktf.json", "cdktf.json", "one", "two"]


def test_what_is_refused_is_refused_with_all_that_is_wrong() -> None:
    def build(app: Any) -> None:
        make_stack(app, "one", region="nowhere")
        make_stack(app, "two", region="elsewhere")

    with pytest.raises(InvalidInput) as caught:
        synthesise(build)
    assert [finding.place for finding in caught.value.findings] == [("one", "region"), ("two", "region")]


@pytest.mark.parametrize("build", [None, "main:scenario", 3])
def test_what_cannot_be_called_is_refused(synthesise: Synthesise, build: Any) -> None:
    with pytest.raises(InvalidInput, match="the function that creates the app's stacks"):
        synthesise(build)


def test_a_folder_that_no_synth_wrote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LatticeLinkError, match=r"Can't read .*manifest\.json"):
        read_synthesised(tmp_path)


@pytest.mark.parametrize(
    ("what", "change", "replaced"),
    [
        ("another port is an update", {"ports": (443, 8443)}, []),
        ("nothing has changed", {}, []),
        ("other subnets", {"zones": 1}, ["aws_vpclattice_resource_gateway"]),
        ("another id of the construct", {"gateway": "other"}, ["aws_vpclattice_resource_gateway"]),
    ],
)
def test_what_an_apply_would_replace_is_told(
    synthesise: Synthesise, what: str, change: dict[str, Any], replaced: list[str]
) -> None:
    found = synthesise(partial(shared, **change)).replacements_since(synthesise(shared))
    assert [each.address.partition(".")[0] for each in found] == replaced, what


@pytest.mark.parametrize("port", [0, 65536, "80", True, None])
def test_what_is_no_port_is_refused(synthesise: Synthesise, port: Any) -> None:
    with pytest.raises(ValueError, match="from 1 to 65535"):
        synthesise(shared).paths_at(port)


def test_the_words_need_no_pytest_and_start_no_node_and_the_plugin_loads_little() -> None:
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "from latticelink.testing import Golden, Synthesise, assert_blocked, assert_reachable, read_synthesised\n"
        "Synthesise(), Golden\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('jsii', 'cdktf', 'cdktn', 'constructs')])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
    code = (
        "import sys, latticelink.testing.plugin\n"
        "print(sorted(name for name in sys.modules if name.startswith('latticelink')))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert run.stdout.strip() == str(
        ["latticelink", "latticelink.testing", "latticelink.testing.golden", "latticelink.testing.plugin"]
    )
