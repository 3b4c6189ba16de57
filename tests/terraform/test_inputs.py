"""Several inputs: they meet by the state that one reads, by --as, by ids and ARNs; and what meets nothing is said."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink.cli.main import main

import pytest

from tests.paths.topologies import (
    CONFIGURATION,
    READ,
    TARGET_IN,
    Change,
    changes,
    cidr,
    drop,
    port,
    put,
    right,
    section,
)
from tests.terraform.states import ARN, Form, kept, shown

REACHABLE = "reachable on TCP 443"
IN_S3 = {"terraform_remote_state": {"producer": {"backend": "s3", "config": {"bucket": "b", "key": "p/web.tfstate"}}}}
BY_ARN = put("consumer", "aws_vpc_endpoint", "web", resource_configuration_arn=ARN)


def stacks(*several: Change) -> dict[str, Any]:
    made = right()
    changes(*several)(made)
    return made


def folder(path: Path, content: dict[str, Any]) -> str:
    path.mkdir(parents=True, exist_ok=True)
    (path / "main.tf.json").write_text(json.dumps(content))
    return str(path)


def file(path: Path, content: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return str(path)


Printed = Callable[..., str]


@pytest.fixture
def check(capsys: pytest.CaptureFixture[str]) -> Printed:
    """Return a function that runs the command and returns what it printed, with an exit code of 0 or 1."""

    def run(*arguments: str, command: str = "check") -> str:
        assert main([command, *arguments]) in (0, 1)
        return capsys.readouterr().out

    return run


def paths(printed: str) -> list[str]:
    return [line.strip() for line in printed.splitlines() if line.startswith("  ") and " -> endpoint " in line]


def test_two_folders_meet_by_the_place_of_the_state(tmp_path: Path, check: Printed) -> None:
    made = stacks()
    ours = folder(tmp_path / "consumer", made["consumer"])
    theirs = folder(tmp_path / "producer", made["producer"])
    for order in ((ours, theirs), (theirs, ours)):
        printed = check(*order)
        assert [REACHABLE in line for line in paths(printed)] == [True], printed
        assert "Not joined" not in printed


@pytest.mark.parametrize("form", [shown, kept])
def test_a_folder_meets_a_state_by_the_name_that_is_given(tmp_path: Path, check: Printed, form: Form) -> None:
    made = stacks(section("consumer", data=IN_S3))
    ours = folder(tmp_path / "ours" / "consumer", made["consumer"])
    theirs = file(tmp_path / "theirs.json", form("producer", made["producer"]))
    for name in ("producer", "web"):  # what the data source is called, and what the state is
        printed = check(ours, "--as", f"{name}={theirs}")
        assert [REACHABLE in line for line in paths(printed)] == [True], printed
        assert "isn't in the input" not in printed
        assert "Not joined" not in printed
    without = check(ours, theirs)
    assert "--as producer=FILE" in without
    assert f"Nothing connects {theirs} to the other inputs" in without


def test_a_state_file_is_found_where_a_local_backend_keeps_it(tmp_path: Path, check: Printed) -> None:
    made = stacks()
    ours = folder(tmp_path / "consumer", made["consumer"])
    theirs = file(tmp_path / "producer" / "terraform.tfstate", kept("producer", made["producer"]))
    assert [REACHABLE in line for line in paths(check(ours, theirs))] == [True]


@pytest.mark.parametrize("form", [shown, kept])
@pytest.mark.parametrize(
    ("sentence", "change", "said"),
    [
        ("as it should be", changes(), REACHABLE),
        ("a rule is missing", drop(*TARGET_IN), "blocked for TCP 443"),
        ("the client's block is let in", put(*TARGET_IN, **cidr("10.1.0.0/16")), "blocked for TCP 443"),
        ("another port is shared", put("producer", CONFIGURATION, "web", port_ranges=["80"]), "blocked"),
        ("another port is let in", put(*TARGET_IN, **port(80)), "blocked"),
    ],
)
def test_two_states_meet_by_arn(
    tmp_path: Path, check: Printed, form: Form, sentence: str, change: Change, said: str
) -> None:
    made = stacks(change)
    printed = check(*(file(tmp_path / f"{name}.json", form(name, made[name])) for name in made))
    assert [said in line for line in paths(printed)] == [True], f"{sentence}: {printed}"


def test_a_folder_meets_a_state_by_an_arn_that_is_written(tmp_path: Path, check: Printed) -> None:
    made = stacks(BY_ARN)
    ours = folder(tmp_path / "consumer", made["consumer"])
    theirs = file(tmp_path / "theirs.json", shown("producer", made["producer"]))
    printed = check(ours, theirs)
    assert [REACHABLE in line for line in paths(printed)] == [True], printed
    assert "Not joined" not in printed


PUBLISHED = {
    "arn": ARN,
    "id": "rcfg-0123456789abcdef0",
    "name": "web",
    "ports": ["443"],
    "protocol": "TCP",
    "type": "SINGLE",
}


def contract(**more: Any) -> dict[str, Any]:
    return {"version": 1, "resources": {"web": {**PUBLISHED, **more}}}


READS_CONTRACT = changes(
    put("consumer", "aws_vpc_endpoint", "web", resource_configuration_arn=f"${{{READ}.latticelink.resources.web.arn}}"),
    put(
        "consumer",
        "aws_vpc_security_group_ingress_rule",
        "endpoint_in",
        from_port=f"${{{READ}.latticelink.resources.web.ports[0]}}",
        to_port=f"${{{READ}.latticelink.resources.web.ports[0]}}",
    ),
)


@pytest.mark.parametrize(
    ("sentence", "wrap"),
    [
        (
            "terraform output -json",
            lambda value: {"latticelink": {"sensitive": False, "type": "dynamic", "value": value}},
        ),
        ("terraform output -json latticelink", lambda value: value),
    ],
)
def test_a_contract_alone_tells_a_consumer_the_ports(
    tmp_path: Path, check: Printed, sentence: str, wrap: Callable[[Any], Any]
) -> None:
    made = stacks(READS_CONTRACT, section("consumer", data=IN_S3))
    ours = folder(tmp_path / "consumer", made["consumer"])
    assert "reads the state of a stack that isn't in the input" in check(ours)

    def with_contract(**more: Any) -> str:
        return check(ours, "--as", f"producer={file(tmp_path / 'published.json', wrap(contract(**more)))}")

    printed = with_contract()
    assert [line.rpartition(" -> ")[2] for line in paths(printed)] == ["web: unknown for TCP 443"], sentence
    assert "the resource gateway isn't known: a contract says nothing about it" in printed
    printed = with_contract(ports=["80"])
    assert [line.rpartition(" -> ")[2] for line in paths(printed)] == ["web: blocked for TCP 80"], printed
    assert "blocked: client's group out" in printed
    assert "LL821" not in printed


def test_a_contract_meets_an_arn_that_is_written(tmp_path: Path, check: Printed) -> None:
    ours = folder(tmp_path / "consumer", stacks(BY_ARN)["consumer"])
    for ports, said in ((["443"], "unknown for TCP 443"), (["80"], "blocked for TCP 443")):
        printed = check(ours, file(tmp_path / "published.json", contract(ports=ports)))
        assert [said in line for line in paths(printed)] == [True], printed
        assert "Not joined" not in printed
    assert "the published 'web' shares TCP 80, not 443" in printed


def test_what_a_contract_lacks_is_said(tmp_path: Path, check: Printed) -> None:
    made = stacks(READS_CONTRACT, section("consumer", data=IN_S3))
    ours = folder(tmp_path / "consumer", made["consumer"])
    empty = file(tmp_path / "empty.json", {"version": 1, "resources": {}})
    assert "Terraform would stop here" in check(ours, "--as", f"producer={empty}")


def test_inputs_come_through_pipes_too(tmp_path: Path, check: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stacks(section("consumer", data=IN_S3))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = json.dumps(kept("producer", made["producer"]))
    writer = threading.Thread(target=pipe.write_text, args=(text,))
    writer.start()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(made["consumer"]).encode())))
    printed = check("-", "--as", f"producer={pipe}")
    writer.join()
    assert [REACHABLE in line for line in paths(printed)] == [True], printed


def test_stacks_of_one_name_are_told_apart_by_their_inputs(tmp_path: Path, check: Printed) -> None:
    made = stacks()
    ours, theirs = (folder(tmp_path / name / "network", made[name]) for name in ("consumer", "producer"))
    report = json.loads(check(ours, theirs, "--format", "json"))
    assert report["topology"]["stacks"] == [f"{ours}/network", f"{theirs}/network"]
    assert report["inputs"]["unjoined"] == [ours, theirs]


@pytest.mark.parametrize(
    ("sentence", "arguments", "said"),
    [
        ("no file", ["--as", "producer"], "--as takes NAME=FILE, such as producer=producer.tfstate, not 'producer'."),
        ("no name", ["--as", "=x.json"], "--as takes NAME=FILE, such as producer=producer.tfstate, not '=x.json'."),
        ("a name for two", ["--as", "p=consumer", "--as", "p=producer"], "p is the name of two inputs"),
        ("two names for one", ["--as", "p=consumer", "--as", "q=./consumer"], "is given two names: p and q. Give it"),
        ("one that isn't there", ["consumer", "none"], "Can't read none: No such file or directory."),
        ("a name for two stacks", ["consumer", "--as", "p=."], "names one stack, but 2 are in it."),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sentence: str,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in stacks().items():
        folder(tmp_path / name, content)
    for command in ("check", "draw"):
        assert main([command, *arguments]) == 2, sentence
        assert said in capsys.readouterr().err, sentence


def test_an_input_that_is_given_twice_is_read_once(tmp_path: Path, check: Printed) -> None:
    made = stacks()
    both = [folder(tmp_path / name, made[name]) for name in made]
    assert check(*both, *both) == check(*both)


def test_inputs_may_stand_on_both_sides_of_an_option(tmp_path: Path, check: Printed) -> None:
    made = stacks()
    ours, theirs = (folder(tmp_path / name, made[name]) for name in made)
    assert check(ours, "--strict", theirs) == check(ours, theirs)
    with pytest.raises(SystemExit):
        main(["check", ours, "--unheard-of", theirs])


def test_a_picture_of_several_inputs_says_on_standard_error_what_nothing_joins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = stacks(section("consumer", data=IN_S3))
    ours = folder(tmp_path / "consumer", made["consumer"])
    theirs = file(tmp_path / "theirs.json", shown("producer", made["producer"]))
    assert main(["draw", ours, theirs, "--format", "mermaid"]) == 0
    assert f"Nothing connects {theirs} to the other inputs" in capsys.readouterr().err
    assert main(["draw", ours, "--as", f"producer={theirs}", "--format", "mermaid"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "All 1 path can be used" in printed.out or "reachable" in printed.out
