"""What leaves the program: no secret, and nothing that a terminal, a log or a page takes for more than text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink import CloudState, InvalidInput, IpResource, State
from latticelink.cli.main import main
from latticelink.disclosure import concealed, forget, line, note_secrets, shown

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import run_python
from tests.paths.topologies import TARGET_IN, Stacks, drop, put, right, section, write
from tests.terraform.test_plans import write_plans

SECRET = "Vq8-hunter.of/two\nlines"
PART = "Vq8-hunter"
COMMANDS = (
    ("check", "--why"),
    ("check", "--format", "json"),
    ("check", "--format", "sarif"),
    ("check", "--format", "sarif", "--strict"),
    ("draw",),
    ("draw", "--format", "html"),
    ("draw", "--format", "mermaid"),
)


def said(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return what each command says of a folder, on both of its outputs."""
    found = {}
    for command in COMMANDS:
        main([*command, str(folder)])
        sent = capsys.readouterr()
        found[" ".join(command)] = sent.out + sent.err
    return found


def changed(*several: Callable[[Stacks], None]) -> Stacks:
    stacks = right()
    for change in (drop(*TARGET_IN), *several):
        change(stacks)
    return stacks


def rule(description: str) -> Callable[[Stacks], None]:
    """Say something in a description, which each report repeats."""
    return put("producer", "aws_vpc_security_group_egress_rule", "gateway_out", description=description)


def web(**arguments: Any) -> Callable[[Stacks], None]:
    return put("producer", "aws_instance", "web", **arguments)


SECRETS: list[tuple[str, tuple[Callable[[Stacks], None], ...]]] = [
    ("a script with a path of one machine", (web(user_data=f"#!/bin/sh\ncat /home/me/x\n{SECRET}"),)),
    ("a sensitive variable's default", (section("producer", variable={"x": {"sensitive": True, "default": SECRET}}),)),
    ("a tag under a key like password", (web(tags={"Name": f"a {SECRET}", "db_password": SECRET}),)),
    (
        "a password, and a file that it is in",
        (
            put("producer", "aws_db_instance", "db", password=SECRET),
            put("producer", "local_file", "x", filename=f"/home/me/{SECRET}"),
        ),
    ),
    (
        "a secret as a name of what is asked of a map",
        (
            section("producer", variable={"x": {"sensitive": True, "default": SECRET}}, locals={"m": {"a": "b"}}),
            put("producer", "aws_vpclattice_resource_gateway", "gateway", name="${local.m[var.x]}"),
        ),
    ),
    ("a secret in a list that is refused", (put(*TARGET_IN, cidr_ipv4=SECRET, tags={"token": SECRET}),)),
    (
        "a suppression of another shape",
        (section("producer", **{"//": {"latticelink": {"suppress": [{"check": "LL101", "token": SECRET}]}}}),),
    ),
    ("what a script gives to a name", (web(user_data=f"export DB_PASSWORD={PART}\n"), rule(f"for {PART}"))),
    ("a sensitive call", (rule('${sensitive("Vq8-hunter")}'),)),
    (
        "a parameter that is secure",
        (put("producer", "aws_ssm_parameter", "p", type="SecureString", value=PART), rule(PART)),
    ),
]


@pytest.mark.parametrize(("what", "change"), SECRETS, ids=[row[0] for row in SECRETS])
def test_no_command_prints_a_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, change: tuple[Callable[[Stacks], None], ...]
) -> None:
    stacks = changed(rule(SECRET), put("producer", "aws_vpc", "main", tags={"Name": SECRET}), *change)
    if "script" in what or "call" in what or "secure" in what:
        stacks = changed(*change)
    for name, content in stacks.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf.json").write_text(json.dumps(content))
    for command, text in said(tmp_path, capsys).items():
        assert text.strip(), command
        assert PART not in text, (what, command, text[max(text.find(PART) - 200, 0) : text.find(PART) + 50])


MARKS: list[tuple[str, dict[str, Any]]] = [
    ("sensitive_values", {"planned": {"sensitive_values": {"tags": {"Name": True}}}}),
    ("before_sensitive", {"change": {"before": {"x": [SECRET]}, "before_sensitive": {"x": [True]}}}),
    ("after_sensitive", {"change": {"after": {"x": SECRET}, "after_sensitive": {"x": True}}}),
    ("after_sensitive as a whole", {"change": {"after": {"x": SECRET}, "after_sensitive": True}}),
    ("an output", {"outputs": {"x": {"sensitive": True, "value": {"y": SECRET}}}}),
    ("a variable", {"variables": {"x": {"value": SECRET}}, "declared": {"x": {"sensitive": True}}}),
    ("a state of before", {"prior": {"values": {"x": SECRET}, "sensitive_values": {"x": True}}}),
]


@pytest.mark.parametrize(("mark", "parts"), MARKS, ids=[row[0] for row in MARKS])
def test_what_a_plan_marks_as_sensitive_is_printed_nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], mark: str, parts: dict[str, Any]
) -> None:
    # The same text in two places, of which one is marked: in the other it is as secret.
    stacks = changed(
        rule(SECRET), web(tags={"Name": SECRET}), put("producer", "aws_vpc", "main", tags={"Name": SECRET})
    )
    write_plans(tmp_path, stacks)
    file = tmp_path / "producer.json"
    plan = json.loads(file.read_text())
    [web_of_plan] = [
        each for each in plan["planned_values"]["root_module"]["resources"] if each["address"] == "aws_instance.web"
    ]
    web_of_plan |= parts.get("planned", {})
    if "change" in parts:
        changes = {"actions": ["update"], **parts["change"]}
        plan["resource_changes"] = [{"address": "aws_instance.gone", "change": changes}]
    plan["planned_values"] |= {"outputs": parts.get("outputs", {})}
    plan |= {"variables": parts.get("variables", {})}
    plan |= {"configuration": {"root_module": {"variables": parts.get("declared", {})}}} if "declared" in parts else {}
    if "prior" in parts:
        gone = {"address": "x.y", "mode": "managed", "type": "x", "name": "y", **parts["prior"]}
        plan["prior_state"] = {"values": {"root_module": {"resources": [gone]}}}
    file.write_text(json.dumps(plan))
    for command, text in said(tmp_path, capsys).items():
        assert text.strip(), command
        assert PART not in text, (mark, command, text[max(text.find(PART) - 200, 0) : text.find(PART) + 50])


LOOKS = [
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_" + "a1" * 18,
    "abcdefghijklmn.atlasv1." + "x" * 60,
    "xoxb-1234567890-abc",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.sig",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("secret", LOOKS)
def test_what_looks_like_a_secret_is_printed_nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], secret: str
) -> None:
    write(tmp_path, changed(rule(secret), put("producer", "aws_vpc", "main", tags={"Name": f"for {secret}"})))
    for command, text in said(tmp_path, capsys).items():
        assert secret not in text, command
        assert "MIIEow" not in text, command


def test_a_password_in_an_address_is_hidden_and_the_address_is_not() -> None:
    assert concealed("git::https://me:s3cr3t@example.com/x") == "git::https://(hidden)@example.com/x"


def test_a_name_is_told_though_a_password_is_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, changed(put("producer", "aws_db_instance", "postgres", engine="x", password="postgres")))
    assert "aws_db_instance.postgres" in said(tmp_path, capsys)["check --why"]


REFUSED: list[tuple[str, Callable[[], Any]]] = [
    ("settings of a state", lambda: State.of({"kind": "cloud", "organization": "a", "token": SECRET})),
    ("nested settings", lambda: State.of({"kind": "s3", "config": {"aws_secret_key": SECRET}})),
    ("settings of no kind", lambda: State.of({"aws_secret_key": SECRET, "token": SECRET})),
    ("a token in place of a name", lambda: CloudState("abcdefghijklmn.atlasv1." + PART.replace("-", "") + "x" * 60)),
    ("a list with a token", lambda: IpResource({"token": SECRET}, ports=443)),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("what", "make"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused_is_told_without_its_secrets(what: str, make: Callable[[], Any]) -> None:
    with pytest.raises((InvalidInput, TypeError)) as caught:
        make()
    assert PART not in str(caught.value), what
    assert PART.replace("-", "") not in str(caught.value), what


HOSTILE = [
    "\x1b]0;owned\x07\x1b[2J",
    "a\n::error file=x.tf,line=1::owned",
    "a\r\n  fix:   run this",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "a\u2028b",
    "##[error]owned",
]
# Of them what must not leave: what moves the cursor, ends a line, turns text, or is a command of GitHub's runner.
HARM = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069]|^\\s*::\\w|##\\[", re.M)


@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_names_reach_no_terminal_and_no_log_as_more_than_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    stacks = changed(rule(name), put("producer", "aws_vpc", "main", tags={"Name": name}), web(tags={"Name": name}))
    stacks["producer"]["resource"]["aws_instance"][name] = {"ami": "x", "subnet_id": "subnet-1", "user_data": "/tmp/x"}
    write(tmp_path, stacks)
    for command, text in said(tmp_path, capsys).items():
        assert text.strip(), command
        assert HARM.search(text) is None, command
        if "json" in command or "sarif" in command:
            assert all(HARM.search(each) is None and "\n" not in each for each in texts(json.loads(text))), command


def texts(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [*content, *(each for item in content.values() for each in texts(item))]
    return (
        [each for item in content for each in texts(item)]
        if isinstance(content, list)
        else [content] * isinstance(content, str)
    )


def test_one_finding_is_as_many_lines_as_any(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    counts = []
    for number, name in enumerate(("plain", "a\nb\r\nERROR LL001 c\n")):
        folder = tmp_path / str(number)
        write(folder, changed(put("producer", "aws_instance", name, ami="x", user_data="/tmp/x"), rule(name)))
        main(["check", "--why", str(folder)])
        counts.append(len(capsys.readouterr().out.splitlines()))
    assert counts[0] == counts[1]


def test_what_cannot_be_read_is_told_on_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "main.tf.json").write_text(json.dumps({"a\n::error::b\x1b[2J": {}}))
    assert main(["check", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert HARM.search(told) is None
    assert main(["draw", "--stack", "\x1b[2J\n::error::x", str(tmp_path)]) == 2
    assert HARM.search(capsys.readouterr().err) is None


def test_a_name_is_no_link_in_what_code_scanning_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    link = "[mend it](https://evil.example)"
    stacks = changed(rule(link), put("producer", "aws_vpc", "main", tags={"Name": link}))
    stacks["producer"]["resource"]["aws_vpclattice_resource_gateway"]["gateway"]["name"] = link
    write(tmp_path, stacks)
    text = said(tmp_path, capsys)["check --format sarif --strict"]
    [run] = json.loads(text)["runs"]
    messages = [each["message"]["text"] for each in run["results"]]
    assert any("[mend it] (https" in each for each in messages)
    assert not any("](" in each for each in messages)


@given(text=st.text(), secret=st.text("aBcöZ-.'\"/\\", min_size=8))
def test_what_is_shown_can_be_seen_and_shown_again(text: str, secret: str) -> None:
    forget()
    once = shown(text)
    assert once.isprintable()
    assert "##[" not in once
    assert shown(once) == once
    note_secrets(secret)
    assert secret not in concealed(f"{text}{secret}{text}")
    forget()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("  ::error::x", "  \\x3a:error::x"), ("::/0 is open", "::/0 is open"), ("a ::b", "a ::b")],
)
def test_no_line_begins_with_a_command_of_a_log(text: str, expected: str) -> None:
    assert line(text) == expected


def test_what_stops_the_building_is_told_without_its_secrets(tmp_path: Path) -> None:
    code = (
        "from latticelink import run, State\n"
        "def build(app):\n"
        "    State.of({'kind': 'none'})\n"
        f"    raise ValueError({{'api_token': {PART!r}, 'region': 'here'}})\n"
        "raise SystemExit(run(build))"
    )
    result = run_python(tmp_path, "-c", code)
    assert (result.returncode, result.stdout) == (1, "")
    assert "building stopped at ValueError" in result.stderr
    assert "here" in result.stderr
    assert PART not in result.stderr
