"""Every check on its own examples."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latticelink.checks.catalogue import CHECKS
from latticelink.checks.findings import Check
from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.terraform.json_files import UnreadableInput

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.examples import answers, examined, write

# These judge what is written, not what it is worth.
NEVER_UNKNOWN = {
    "LL003": "what LL001 leaves unknown already",
    "LL004": "what LL001 leaves unknown already",
    "LL202": "whether a type is written",
    "LL501": "whether a type is written",
    "LL502": "whether an ARN is written",
    "LL512": "whether a replacement is written",
    "LL655": "what depends_on says",
    "LL656": "what depends_on says",
    "LL701": "what an expression reads",
    "LL802": "whether a version is required",
    "LL823": "how an output is named",
    "LL831": "what is written out",
    "LL832": "what is written out",
    "LL833": "what is written out",
    "LL841": "what is written out",
    "LL901": "what a suppression says",
    "LL902": "what a suppression says",
    "LL903": "what a suppression says",
}
IDS = [check.id for check in CHECKS]


def test_each_id_is_there_once_and_in_order() -> None:
    assert sorted(set(IDS)) == IDS


@pytest.mark.parametrize("check", CHECKS, ids=IDS)
def test_the_failing_example_fails(check: Check, tmp_path: Path) -> None:
    assert answers(tmp_path, check.failing, check.id)[Answer.FAIL] >= 1


@pytest.mark.parametrize("check", CHECKS, ids=IDS)
def test_the_passing_example_is_judged_and_does_not_fail(check: Check, tmp_path: Path) -> None:
    assert answers(tmp_path, check.passing, check.id) == {}
    if not check.id.startswith("LL9"):
        assert [each.answer for each in check.judge(read(write(tmp_path, check.passing)))], "nothing was judged"


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where an argument, an output and whatever is in them stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    inside = [key for key in path if not str(key).endswith(".json")]
    labels = 3 if inside and inside[0] in ("resource", "data") else 2
    for key, item in items:
        if key not in ("//", "variable", "manifest.json", "depends_on"):
            if len(inside) >= labels:
                yield (*path, key)
            yield from places(item, (*path, key))


def with_value(example: str, path: tuple[str | int, ...], value: Any) -> str:
    """Return the example with another value at one place, and a variable that has no default."""
    content = json.loads(example)
    several = str(path[0]).endswith(".json")
    stack = content[path[0]] if several else content
    stack["variable"] = {"unknown": {"type": "string"}}
    part = content
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return json.dumps(content)


@pytest.mark.parametrize("check", [check for check in CHECKS if check.id not in NEVER_UNKNOWN], ids=lambda c: c.id)
def test_a_value_that_is_not_known_is_not_judged(check: Check, tmp_path: Path) -> None:
    found = []
    for number, path in enumerate(places(json.loads(check.failing))):
        found.append(answers(tmp_path / str(number), with_value(check.failing, path, "${var.unknown}"), check.id))
    assert any(each[Answer.UNKNOWN] and not each[Answer.FAIL] for each in found)


WITH_BOOLEANS = [
    (check, name)
    for check in CHECKS
    for name in ("passing", "failing")
    if re.search("true|false", getattr(check, name))
]


@pytest.mark.parametrize(("check", "name"), WITH_BOOLEANS, ids=[f"{each.id} {name}" for each, name in WITH_BOOLEANS])
@pytest.mark.parametrize("texts", [("true", "false"), ("1", "0")], ids=["words", "digits"])
def test_a_boolean_written_as_a_text_is_that_boolean(
    check: Check, name: str, texts: tuple[str, str], tmp_path: Path
) -> None:
    """Terraform converts it; https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion."""
    example = getattr(check, name)
    written = re.sub(r"\b(true|false)\b(?=[,}\]])", lambda found: f'"{texts[found[0] == "false"]}"', example)
    assert written != example
    assert answers(tmp_path / "text", written, check.id) == answers(tmp_path / "boolean", example, check.id)


JUNK = [None, True, 7, -1.5, "", "text", "${", "${var.unknown}", "${aws_vpc.none.id}", [], {}, [[]], [None], {"a": 1}]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_value_makes_a_check_stumble(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    check = data.draw(st.sampled_from(CHECKS))
    example = data.draw(st.sampled_from([check.passing, check.failing]))
    if found := list(places(json.loads(example))):
        path, junk = data.draw(st.sampled_from(found)), data.draw(st.sampled_from(JUNK))
        with contextlib.suppress(UnreadableInput):
            examined(tmp_path_factory.mktemp("junk"), with_value(example, path, junk))
