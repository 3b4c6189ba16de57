"""Every argument of every public call by wrong values: each is refused in a sentence, or taken and written.

A sample is tried, by a seed that is printed where it fails; LATTICELINK_WRONG_VALUES=all tries all (three minutes).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from latticelink import App, InvalidInput, LatticeLinkError, testing
from latticelink.errors import collecting

import pytest

from tests.test_public_words import CALLABLES
from tests.wrong_values import CALLS, SEAMS, SEED, SHAPES, WRONG, Call, World, sample

CALLED = ("a class", "a class of ours", "a function")
# Python's own words, where nothing of ours is loaded, and where the library speaks to itself.
UNJUDGED = ("Golden", "Golden()", "Report.refuse")
LONGEST = 25_000

# What a refusal is called by where it isn't the argument itself that is in the way.
ALSO = {
    "scope": {"network", "resources", "security_group_id"},
    "stack": {"adopt", "publish", "state", "moved", "shared"},
    "producer": {"read"},
    "resources": {"publish"},
    "ids": {"adopt"},
    "paths": {"moved"},
    "id": {"subnets"},
    "zone": {"subnets"},
}
# What one argument is refused for is that another one is missing, or is there.
TOGETHER = {
    ("Network", "subnets"): "zones",
    ("Network", "ipam_pool_id"): "netmask_length",
    ("Network", "netmask_length"): "cidr",
    ("ExistingNetwork", "subnets"): "subnet_ids",
    "cidr": "group",
    "prefix_list_id": "group",
    "endpoint": "group",
    "security_group_id": "cidrs",
    "security_group_ids": "client_cidrs",
    "hosted_zone": "domain",
    "private_dns_specified_domains": "private_dns_preference",
}


def refusal(call: Call, world: World, changes: Mapping[str, Any]) -> list[tuple[str, str]] | None:
    """Return what is said of a call, by argument; None if it is taken.

    Raises:
        Exception: whatever is no refusal.
    """
    with collecting() as found:
        told: list[Any] = []
        said = ""
        try:
            call.run(world, changes)
        except InvalidInput as error:
            told = list(error.findings)
        except LatticeLinkError as error:
            said = str(error)
        told += found
    if said:
        return [("", said)]
    return [(each.place[-1], f"{each.value}\n{each.rule}\n{each.fix}") for each in told] or None


def wrong_in(call: Call, argument: str, told: list[tuple[str, str]], what: str) -> str:
    """Return what is wrong with a refusal; nothing if it is a sentence about the argument."""
    names = {argument, *ALSO.get(argument, ())}
    names |= {TOGETHER[key] for key in (argument, (call.what, argument)) if key in TOGETHER}
    named = any(not place or name in place for place, _ in told for name in names)
    if not named and not (what == "what was read" and told[0][0] == "name"):
        return f"names {[place for place, _ in told][:3]}"
    said = "\n".join(text for _, text in told)
    if len(said) > LONGEST or not all(text.strip() for _, text in told):
        return f"says {len(said):,} characters"
    return f"shows a place in memory: {said[:200]}" if " at 0x" in said else ""


def values_of(call: Call, argument: str) -> list[str]:
    # A function of the user's own that fails shows its traceback.
    several = [each for each in WRONG if argument != "build" or each not in CALLED]
    return sample(several, f"{call.what} {argument}", 9)


def _parameters(call: Call) -> list[inspect.Parameter]:
    return list(inspect.signature(SHAPES[call.what]).parameters.values())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, so far inside of the test's folder that no value leads out of that."""
    within = tmp_path / "inner" / "most"
    within.mkdir(parents=True)
    monkeypatch.chdir(within)
    return within


def test_every_public_call_has_its_row() -> None:
    assert {name for name, _ in CALLABLES} - set(CALLS) == set(SEAMS)
    assert {name.partition(".")[0].strip("()[]") for name in CALLS} >= set(testing.__all__)


@pytest.mark.parametrize("what", CALLS)
def test_right_arguments_are_taken(folder: Path, what: str) -> None:
    app = App(outdir=folder / "out")
    assert refusal(CALLS[what], World(app, 0, folder), {}) is None
    app.synth()


@pytest.mark.parametrize("what", [name for name in CALLS if name not in UNJUDGED])
def test_every_default_may_be_written(folder: Path, what: str) -> None:
    call = replace(CALLS[what], others={})
    world = World(App(outdir=folder / "out"), 0, folder)
    right = call.right_in(world)
    defaults = {
        each.name: each.default
        for each in _parameters(call)
        if each.name not in right and each.default is not each.empty and repr(each.default) != "<factory>"
    }
    assert refusal(call, world, defaults) is None


@pytest.mark.parametrize("what", CALLS)
def test_a_wrong_value_is_refused_in_a_sentence_or_written(folder: Path, what: str) -> None:
    call = CALLS[what]
    app = App(outdir=folder / "tried")
    bad, taken = [], []
    pairs = [(argument, value) for argument in call.arguments for value in values_of(call, argument)]
    for number, (argument, value) in enumerate(pairs):
        world = World(app, number, folder)
        try:
            told = refusal(call, world, {argument: WRONG[value](world)})
        except Exception as error:
            bad.append(f"{argument} by {value}: {type(error).__name__} {told_of(error)}")
            continue
        if told is None:
            taken.append((argument, value))
        elif problem := wrong_in(call, argument, told, value):
            bad.append(f"{argument} by {value}: {problem}")
    bad += not_written(folder, call, taken)
    assert not bad, f"seed {SEED}, {what}: {len(bad)} of {len(pairs)}\n" + "\n".join(bad)


def told_of(error: Exception) -> str:
    try:
        return str(error)[:200]
    except Exception:
        return ""


def not_written(folder: Path, call: Call, taken: list[tuple[str, str]]) -> Iterator[str]:
    """Yield which of the values that were taken can't be written: all in one app, and each alone where that fails."""
    try:
        write(folder, call, taken)
    except Exception as error:
        if len(taken) == 1:
            yield f"{taken[0][0]} by {taken[0][1]} is taken, and then: {type(error).__name__} {told_of(error)}"
            return
        for pair in taken:
            yield from not_written(folder, call, [pair])


def write(folder: Path, call: Call, taken: list[tuple[str, str]]) -> None:
    app = App(outdir=folder / "written")
    for number, (argument, value) in enumerate(taken):
        world = World(app, number, folder)
        assert refusal(call, world, {argument: WRONG[value](world)}) is None
    if taken:
        app.synth()


@pytest.mark.parametrize("what", CALLS)
def test_two_arguments_that_are_swapped_are_refused_in_a_sentence_or_written(folder: Path, what: str) -> None:
    call = CALLS[what]
    app = App(outdir=folder / "tried")
    names = list(call.right(World(app, 0, folder)))
    for number, (one, other) in enumerate(combinations(names, 2), 1):
        world = World(app, number, folder)
        right = call.right_in(world)
        told = refusal(call, world, {one: right[other], other: right[one]})
        assert told is None or not wrong_in(call, one, told, "") or not wrong_in(call, other, told, ""), (one, other)


@pytest.mark.parametrize("what", [name for name in CALLS if not name.endswith("[]") and name not in UNJUDGED])
def test_a_misspelt_argument_is_refused_by_the_nearest_one(folder: Path, what: str) -> None:
    call = CALLS[what]
    app = App(outdir=folder / "tried")
    keywords = [each.name for each in _parameters(call) if each.kind in (each.KEYWORD_ONLY, each.POSITIONAL_OR_KEYWORD)]
    if any(each.kind in (each.VAR_KEYWORD, each.VAR_POSITIONAL) for each in _parameters(call)):
        return
    for number, name in enumerate(name for name in keywords if name != "self"):
        world = World(app, number, folder)
        right = call.right_in(world)
        value = right.pop(name, None)
        misspelt = name[:-1] + name[-1] * 2
        with pytest.raises(LatticeLinkError) as caught:
            call.make(world)(**right, **{misspelt: value})
        assert f"{misspelt} = " in str(caught.value)
        assert f"Write {name}." in str(caught.value)
