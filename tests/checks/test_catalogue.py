"""Every check on its own examples."""

from __future__ import annotations

import contextlib
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latticelink.checks.catalogue import CHECKS
from latticelink.checks.findings import Check
from latticelink.checks.retired import RETIRED
from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.terraform.json_files import UnreadableInput

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks import rules
from tests.checks.examples import examined, judgements, write

IDS = [check.id for check in CHECKS]
FAIL, UNKNOWN = Answer.FAIL, Answer.UNKNOWN

# Arguments that decide, and leave the answer certain when they aren't known: with the reason, from the areas' tests.
CERTAIN: dict[tuple[str, str], str] = {}
for found in pkgutil.iter_modules(rules.__path__):
    CERTAIN |= getattr(importlib.import_module(f"{rules.__name__}.{found.name}"), "CERTAIN", {})


def test_each_id_is_there_once_and_in_order() -> None:
    assert sorted(set(IDS)) == IDS


def test_the_id_of_a_check_that_is_gone_is_never_used_again() -> None:
    gone = [each.id for each in RETIRED]
    assert sorted(set(gone)) == gone
    assert set(gone).isdisjoint(IDS)


@pytest.mark.parametrize("check", CHECKS, ids=IDS)
def test_the_failing_example_fails(check: Check, tmp_path: Path) -> None:
    if check.id.startswith("LL9"):
        assert [each for each in examined(tmp_path, check.failing).of(FAIL) if each.check is check]
    else:
        assert FAIL in [each.answer for each in judgements(tmp_path, check.failing, check.id)]


@pytest.mark.parametrize("check", CHECKS, ids=IDS)
def test_the_passing_example_is_judged_and_does_not_fail(check: Check, tmp_path: Path) -> None:
    assert [each for each in examined(tmp_path, check.passing).results if each.check is check] == []
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


def at(content: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        content = content[key]
    return content


def with_value(example: str, path: tuple[str | int, ...], value: Any) -> str:
    """Return the example with another value at one place, and a variable that has no default."""
    content = json.loads(example)
    several = str(path[0]).endswith(".json")
    stack = content[path[0]] if several else content
    stack["variable"] = {"unknown": {"type": "string"}}
    at(content, path[:-1])[path[-1]] = value
    return json.dumps(content)


def without(example: str, path: tuple[str | int, ...]) -> str:
    content = json.loads(example)
    at(content, path[:-1]).pop(path[-1])
    return json.dumps(content)


def may_be_unknown(content: Any, path: tuple[str | int, ...]) -> bool:
    """Return whether Terraform takes an expression there: not for a nested block, and not in `lifecycle`."""
    in_resource = next(key for key in path if not str(key).endswith(".json")) in ("resource", "data")
    return "lifecycle" not in path and not (in_resource and isinstance(at(content, path), dict) and path[-1] != "tags")


def others(example: str, other: str, path: tuple[str | int, ...]) -> Iterator[str]:
    """Yield the example with other values that are known at one place: none, that of the other example, any other."""
    yield without(example, path)
    mine = at(json.loads(example), path)
    with contextlib.suppress(KeyError, IndexError, TypeError):
        yield with_value(example, path, at(json.loads(other), path))
    if isinstance(mine, bool):
        yield with_value(example, path, not mine)
    elif isinstance(mine, str):
        yield with_value(example, path, "another")


def fails(check: Check, folder: Path, example: str) -> bool:
    try:
        return FAIL in [each.answer for each in judgements(folder, example, check.id)]
    except UnreadableInput:
        return False


def decisive(check: Check, folder: Path) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Yield an example and a place in it whose value decides whether the check fails."""
    for example, other in ((check.failing, check.passing), (check.passing, check.failing)):
        content = json.loads(example)
        for number, path in enumerate(places(content)):
            if may_be_unknown(content, path):
                now = example == check.failing
                inputs = enumerate(others(example, other, path))
                if any(fails(check, folder / f"{now}{number}-{turn}", changed) != now for turn, changed in inputs):
                    yield example, path


def argument_of(path: tuple[str | int, ...]) -> str:
    """Return the name of the argument, with `[]` for an item of a list, and an output's with its name."""
    *_, block, name = [key for key in path if isinstance(key, str)]
    name = f"{block}.{name}" if name == "value" else name
    return name if isinstance(path[-1], str) else f"{name}[]"


JUDGED = [check for check in CHECKS if not check.as_written]


@pytest.mark.parametrize("check", JUDGED, ids=[check.id for check in JUDGED])
def test_an_argument_that_decides_and_is_not_known_makes_the_answer_unknown(check: Check, tmp_path: Path) -> None:
    """A check that passes or fails all the same guesses; one that is silent relies on another that isn't."""
    asked = 0
    needless = {argument for id, argument in CERTAIN if id == check.id}
    for number, (example, path) in enumerate(decisive(check, tmp_path)):
        asked += 1
        changed = with_value(example, path, "${var.unknown}")
        found = {each.answer for each in judgements(tmp_path / f"unknown{number}", changed, check.id)}
        if (check.id, argument_of(path)) in CERTAIN:
            needless -= {argument_of(path)} if found != {UNKNOWN} else set()
        elif found:
            assert UNKNOWN in found, f"{path} isn't known, and the answer is {found}"
            assert FAIL not in found, f"{path} isn't known, and the answer is {found}"
        else:
            told = examined(tmp_path / f"all{number}", changed).of(UNKNOWN)
            told = [each for each in told if "'unknown'" in each.judgement.message]
            assert told, f"nobody says that {path} isn't known"
    assert asked, "no argument of the examples decides"
    assert not needless, "these exceptions aren't needed"


def test_every_exception_is_of_a_check_and_has_a_reason() -> None:
    assert {check for check, _ in CERTAIN} <= {check.id for check in JUDGED}
    assert all(CERTAIN.values())


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
    as_texts, as_booleans = (
        [each.answer for each in judgements(tmp_path / name, content, check.id)]
        for name, content in (("text", written), ("boolean", example))
    )
    assert as_texts == as_booleans


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
