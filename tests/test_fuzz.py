"""Mutants of real files: whatever stands in them, the command ends with its exit code, and with a sentence on 2."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

from latticelink.checks.examination import DEFECT
from latticelink.cli.main import main

import pytest

from tests.checks.examples import BY_ID
from tests.conftest import ROOT
from tests.paths.topologies import right
from tests.terraform.states import kept, shown
from tests.terraform.test_plans import write_plans

MUTANTS = 3000
ROUNDS = 12
SEED = 11
TEXTS = (
    "", " ", "null", "true", "0", "-1", "*", "/", "${", "%{", "${}", "$${x}", "${each.value}", "${count.index}",
    "${self.id}", "${aws_vpc}", "${aws_vpc_endpoint}", "${data.aws_vpc}", "${local.none}", "${var.none}",
    "${module.m.o}", "${path.module}", "${sensitive()}", "${tonumber(\"x\")}", "${1/0}", "${[1][5]}", "${{}.a}",
    "${null}", "${[]}", "${{}}", "${!1}", "${aws_vpc.main[*].id}", "${aws_vpc.main[0].id}",
    "${data.terraform_remote_state.producer.outputs}",
    "${data.terraform_remote_state.producer.outputs.latticelink.resources}", "${cidrsubnet(\"10.0.0.0/8\", 99, 1)}",
    "10.2.900.0/24", "10.2.9.0/33", "10.2.9.1/24", "10.2.9.0/-1", "0.0.0.0/0", "::/0", "::/129", "fe80::1%eth0/64",
    "10.2.9.0/٣", "²", "٣", "١٢", "\u0000", "\ud83d\ude00", "\ud800", "\u202e", "é" * 300, "x" * 5000, "arn:aws:",
    "arn:aws:rds:::", "a.b", "vpc-", "sg-11111111", "443-80", "1-99999999999", "99999999999", "-", "443-", "é.com",
    "..", "a..b", "~> x", ">= 5, <", "eu-west-1",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 65536, 10**400, 1e308, -0.0, 1.5, [], {}, [[]], [{}], [None], {"": None}, {"//": 1},
    ["a", 1, None, {}, []], {"a": {"b": {"c": 1}}}, [[[[["x"]]]]], float("inf"), float("nan"),
)  # fmt: skip
KEYS = ("count", "for_each", "dynamic", "provider", "depends_on", "//")
BASES = ("local", "var", "aws_vpc", "aws_instance", "data.x")
Place = tuple[Any, Any]


def places(content: Any) -> list[Place]:
    """Return every place in the JSON: what holds it, and its key or index there."""
    found: list[Place] = []
    todo = [content]
    while todo:
        part = todo.pop()
        keys = list(part) if isinstance(part, dict) else list(range(len(part)))
        found += [(part, key) for key in keys]
        todo += [part[key] for key in keys if isinstance(part[key], dict | list)]
    return found


def twisted(choose: random.Random, old: Any) -> Any:
    """Return a text in which something is cut out, doubled or replaced."""
    text = old if isinstance(old, str) else json.dumps(old)
    start = choose.randrange(len(text) + 1)
    end = min(len(text), start + choose.randrange(6))
    return (
        text[:start]
        + choose.choice(("", text[start:end] * 2, choose.choice(TEXTS), chr(choose.randrange(1, 0x2FFF))))
        + text[end:]
    )


def mutate(choose: random.Random, content: Any) -> None:
    """Change one thing: a value, a type, a key, a reference, the order or the depth."""
    everywhere = places(content)
    if not everywhere:
        return
    holder, key = choose.choice(everywhere)
    old = holder[key]
    kind = choose.randrange(9)
    if kind == 0:
        holder[key] = choose.choice(VALUES)
    elif kind <= 2:
        holder[key] = choose.choice(TEXTS)
    elif kind == 3:
        holder[key] = twisted(choose, old)
    elif kind == 4:
        holder[key] = choose.choice(([old], {"a": old}, [old, old], str(old)))
    elif kind == 5:
        del holder[key]
    elif kind == 6:
        other, place = choose.choice(places(content))
        holder[key] = copy.deepcopy(other[place])
    elif kind == 7 and isinstance(holder, dict):
        holder[choose.choice((*TEXTS, "count", "for_each", "dynamic", "provider", "depends_on", "//"))] = holder.pop(
            key
        )
    else:
        holder[key] = (
            f"${{{choose.choice(('local', 'var', 'aws_vpc', 'aws_instance', 'data.x'))}.{choose.choice('abc')}.id}}"
        )


def originals(folder: Path) -> list[dict[str, Any]]:
    """Return what is mutated, each the contents of a folder's files by path."""
    golden = {f"{file.name.split('.')[0]}/cdk.tf.json": file for file in (ROOT / "tests/golden").glob("*.tf.json")}
    scenario: dict[str, Any] = {name: json.loads(file.read_text()) for name, file in golden.items()}
    stacks = {f"{name}/main.tf.json": content for name, content in right().items()}
    folder.mkdir()
    plans = {file.name: json.loads(file.read_text()) for file in write_plans(folder, right()).glob("*.json")}
    applied = {f"{name}.tfstate": kept(name, content) for name, content in right().items()}
    states = {"producer.json": shown("producer", right()["producer"]), **applied}
    examples = []
    for check in BY_ID.values():
        for text in (check.passing, check.failing):
            content = json.loads(text)
            several = all(name.endswith(".json") for name in content)
            examples.append(content if several else {"main.tf.json": content})
    return [scenario, stacks, plans, states] * 25 + examples


def answer(folder: Path, files: dict[str, Any], capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    """Write the files, and return exit code, output and errors of `latticelink check`."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))
    code = main(["check", str(folder), *more])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.slow
@pytest.mark.parametrize("number", range(ROUNDS))
def test_whatever_is_in_the_files_there_is_an_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.chdir(tmp_path)
    sources = originals(tmp_path / "plans")
    wrong = []
    for seed in range(SEED * 1_000_000 + number, SEED * 1_000_000 + MUTANTS, ROUNDS):
        choose = random.Random(seed)
        files = copy.deepcopy(choose.choice(sources))
        for _ in range(choose.choice((1, 1, 1, 2, 4))):
            mutate(choose, files)
        files = {
            name: content
            for name, content in files.items()
            if name.endswith((".json", ".tfstate")) and "\0" not in name
        }
        try:
            form = choose.choice(("text", "json", "sarif"))
            code, out, said = answer(tmp_path / str(seed), files, capsys, "--format", form)
        except Exception as error:
            wrong.append(f"seed {seed}: {type(error).__name__}: {error}")
            continue
        sentence = said.strip().endswith(".") and "Traceback" not in said
        if code not in (0, 1, 2) or (code == 2 and not sentence) or DEFECT in out:
            wrong.append(f"seed {seed}: exit code {code}: {(said or out)[:300]}")
    assert not wrong, "\n".join(wrong)
