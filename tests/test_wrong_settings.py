"""Every key of the JSON and TOML that is read by wrong values: settings, contract, manifest, suppressions.

A sample is tried; LATTICELINK_WRONG_VALUES=all tries them all (four minutes).
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from latticelink import run
from latticelink.cli.main import main

import pytest

from tests import flavour
from tests.conftest import ROOT
from tests.wrong_values import SEED, sample

JSON = [
    *("null", "true", "false", "0", "-1", "1.5", "1e999", "NaN", "-Infinity", "1" * 5_000, '""', '" "', r'"\n"'),
    *(r'"a\u0000b"', f'"{"a" * 100_000}"', '"${var.x}"', '"${"', '"żół"', r'"\ud800"', '"../x"', r'"a\" }\nresource"'),
    *("[]", "[null]", "[[]]", '["x", "x"]', "[1]", "{}", '{"a": null}', '{"a": {"b": [1]}}', '{"": ""}', '{"a": "b"}'),
    *('{"kind": null}', '{"kind": "s3"}', '{"kind": "s3", "bucket": 1, "region": []}', '{"eu-west-1a": 5}'),
    *("[" * 5_000 + "]" * 5_000, '{"a":' * 300 + "1" + "}" * 300, "", "{", "nothing"),
]
TOML = [
    *("1", "-1", "1.5", "nan", "inf", "true", '""', '" "', '"LL505"', r'"a\u0000"', "[]", "[[]]", "{}", "{a=1}"),
    *("2026-01-01", "12:00:00", '"""\nx"""', "'x'", "0x10", f'"{"a" * 100_000}"', "[" * 3_000 + "]" * 3_000, '"ż"', ""),
]
S3 = '{"kind": "s3", "bucket": "acme-state", "region": "eu-west-1", "%s": VALUE}'
CLOUD = '{"kind": "cloud", "organization": "acme", "%s": VALUE}'
SETTINGS = {
    "cdktf.json": "VALUE",
    "context": '{"context": VALUE}',
    "latticelink": '{"context": {"latticelink": VALUE}}',
    "app": '{"app": VALUE, "output": VALUE, "language": VALUE}',
    **{
        f"state: {key}": '{"context": {"latticelink": {"state": %s}}}' % (form % key)
        for form, keys in (
            ('{"kind": "local", "%s": VALUE}', ("kind", "directory")),
            (S3, ("bucket", "region", "key_prefix", "kms_key_arn", "role_arn", "dynamodb_table")),
            (CLOUD, ("organization", "workspace", "hostname", "project", "prefix", "tags", "token")),
        )
        for key in keys
    },
}
ENTRY = '{"check": "LL505", "resource": "x", "reason": "y", '
COMMENTS = {
    "//": "VALUE",
    "latticelink": '{"latticelink": VALUE}',
    "suppress": '{"latticelink": {"suppress": VALUE}}',
    "an entry": '{"latticelink": {"suppress": [VALUE]}}',
    **{key: f'{{"latticelink": {{"suppress": [{ENTRY}"{key}": VALUE}}]}}}}' for key in ("check", "resource", "reason")},
    **{f"metadata {key}": f'{{"metadata": {{"{key}": VALUE}}}}' for key in ("path", "stackName", "backend")},
}
OUTPUTS = {
    "whole": "VALUE",
    "output": '{"latticelink": VALUE}',
    "value": '{"latticelink": {"value": VALUE}}',
    "version": '{"latticelink": {"value": {"version": VALUE}}}',
    "resources": '{"latticelink": {"value": {"version": 1, "resources": VALUE}}}',
    "sensitive": '{"latticelink": {"sensitive": VALUE, "type": VALUE, "value": {}}}',
}
STACK = '{"name": "a", "synthesizedStackPath": "x", "workingDirectory": "y", "dependencies": [], "%s": VALUE}'
MANIFEST = {
    "whole": "VALUE",
    "stacks": '{"stacks": VALUE}',
    "a stack": '{"stacks": {"a": VALUE}}',
    **{
        key: '{"stacks": {"a": %s}}' % (STACK % key)
        for key in ("name", "synthesizedStackPath", "workingDirectory", "dependencies")
    },
    "a dependency": f'{{"stacks": {{"a": {(STACK % "more").replace("[]", "[VALUE]")}}}}}',
}
SUPPRESSIONS = {
    "whole": "VALUE",
    "suppress": "suppress = VALUE",
    "check": '[[suppress]]\ncheck = VALUE\nresource = "x"\nreason = "y"',
    "resource": '[[suppress]]\ncheck = "LL505"\nresource = VALUE\nreason = "y"',
    "reason": '[[suppress]]\ncheck = "LL505"\nresource = "x"\nreason = VALUE',
    "more": '[[suppress]]\ncheck = "LL505"\nresource = "x"\nmore = VALUE',
}


@pytest.fixture
def said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[Callable[[], int]], str]:
    """Return what judges a run: nothing, or what is wrong with how it ended."""
    monkeypatch.chdir(tmp_path)

    def judged(start: Callable[[], int]) -> str:
        try:
            code: object = start()
        except Exception as error:
            return f"{type(error).__name__}: {str(error)[:200]}"
        printed = capfd.readouterr()
        told = printed.err.strip() or printed.out.strip()
        is_sentence = code == 0 or (told and "Traceback" not in told and "building stopped" not in told)
        if code == 2 and not told.endswith("."):
            is_sentence = False
        return "" if code in (0, 1, 2) and is_sentence and len(told) < 30_000 else f"{code}: {told[-300:]}"

    return judged


def tried(forms: dict[str, str], values: list[str], count: int) -> Iterator[tuple[str, str]]:
    """Yield what is tried: what it is, and the text of the file."""
    for what, form in forms.items():
        for value in sample(values, what, count):
            yield f"{what} by {value[:60]}", form.replace("VALUE", value)


@pytest.fixture
def scenario(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the function that builds the scenario, and put its settings in place."""
    monkeypatch.syspath_prepend(str(flavour.APPS))
    for name in [name for name in sys.modules if name == "main" or re.match(r"stacks(\.|$)", name)]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("main").scenario


def test_a_wrong_setting_is_refused_in_a_sentence_or_written(said: Any, scenario: Any, tmp_path: Path) -> None:
    settings = importlib.import_module("stacks.settings").Settings.__dataclass_fields__
    forms = SETTINGS | {key: f'{{"context": {{"latticelink": {{"{key}": VALUE}}}}}}' for key in settings}
    bad = []
    for what, text in tried(forms, JSON, 3):
        (tmp_path / "cdktf.json").write_text(text, encoding="utf-8")
        if problem := said(lambda: run(scenario, quiet=True)):
            bad.append(f"{what}: {problem}")
    assert not bad, f"seed {SEED}\n" + "\n".join(bad)


def test_a_wrong_context_in_the_environment_is_refused_in_a_sentence_or_written(
    said: Any, scenario: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = []
    for what, text in tried({"context": "VALUE", "latticelink": '{"latticelink": VALUE}'}, JSON, 8):
        monkeypatch.setenv("CDKTF_CONTEXT_JSON", text[:90_000])
        if problem := said(lambda: run(scenario, quiet=True)):
            bad.append(f"{what}: {problem}")
    assert not bad, f"seed {SEED}\n" + "\n".join(bad)


def golden(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((ROOT / "tests" / "golden" / f"{name}.tf.json").read_text())
    return content


def test_wrong_files_are_an_answer_or_a_sentence(said: Any, tmp_path: Path) -> None:
    producer, consumer = golden("producer"), golden("consumer")
    for name, content in (("producer", producer), ("consumer", consumer)):
        (tmp_path / "s" / name).mkdir(parents=True)
        (tmp_path / "s" / name / "main.tf.json").write_text(json.dumps(content))
    (tmp_path / "m").mkdir()
    key, entry = next(iter(producer["output"]["latticelink"]["value"]["resources"].items()))
    one = json.dumps(entry)[1:-1]
    contract = OUTPUTS | {
        each: f'{{"latticelink": {{"value": {{"version": 1, "resources": {{"{key}": {{{one}, "{each}": VALUE}}}}}}}}}}'
        for each in (*entry, "members")
    }
    files = {
        "s/producer/main.tf.json": (contract, JSON, ["check", "s"], lambda text: with_part(producer, "output", text)),
        "s/consumer/main.tf.json": (COMMENTS, JSON, ["check", "s"], lambda text: with_part(consumer, "//", text)),
        "o.json": (contract, JSON, ["check", "s/consumer", "--as", "producer=o.json"], str),
        "m/manifest.json": (MANIFEST, JSON, ["order", "m"], str),
        "x.toml": (SUPPRESSIONS, TOML, ["check", "s", "--suppressions", "x.toml"], str),
    }
    bad = []
    for file, (forms, values, command, whole) in files.items():
        before = (tmp_path / file).read_text() if (tmp_path / file).exists() else ""
        for what, text in tried(forms, values, 6):
            (tmp_path / file).write_text(whole(text), encoding="utf-8")
            if problem := said(lambda command=command: main(command)):
                bad.append(f"{file}: {what}: {problem}")
        (tmp_path / file).write_text(before)
    assert not bad, f"seed {SEED}\n" + "\n".join(bad)


def with_part(content: dict[str, Any], key: str, text: str) -> str:
    """Return a file with a text as the value of one of its keys."""
    return json.dumps({**content, key: "VALUE"}).replace('"VALUE"', text)
