"""Plans of what was applied before: two files, in which ids are known and the sides meet by them."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

from latticelink.network.reading import read
from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import trace
from latticelink.terraform.json_files import UnreadableInput
from latticelink.terraform.known import Reference, Unknown

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.paths.topologies import READ, TARGET_IN, Change, Stacks, changes, cidr, drop, put, right

ATTRIBUTES = {"private_ip": "10.2.0.9"}


def applied(stack: str, body: Any, others: dict[str, str]) -> Any:
    """Return the JSON with what apply would have put in the place of each reference."""
    text = json.dumps(body)
    for expression, value in others.items():
        text = text.replace(expression, value)
    return json.loads(re.sub(r"\$\{(\w+)\.(\w+)\.(\w+)\}", lambda found: known(stack, *found.groups()), text))


def known(stack: str, kind: str, name: str, attribute: str) -> str:
    return ATTRIBUTES.get(attribute, f"{attribute}-{kind}-{stack}-{name}")


def write_plans(folder: Path, stacks: Stacks) -> Path:
    arn = known("producer", "aws_vpclattice_resource_configuration", "web", "arn")
    for stack, content in stacks.items():
        resources = [
            {
                "address": f"{kind}.{name}",
                "mode": "managed",
                "type": kind,
                "name": name,
                "values": {
                    **applied(stack, body, {f"${{{READ}.arn}}": arn}),
                    **{attribute: known(stack, kind, name, attribute) for attribute in ("arn", "id")},
                    **(ATTRIBUTES if kind == "aws_instance" and stack == "producer" else {}),
                },
            }
            for kind, blocks in content["resource"].items()
            for name, body in blocks.items()
        ]
        plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}}
        (folder / f"{stack}.json").write_text(json.dumps(plan))
    (folder / "package.json").write_text('{"name": "no plan"}')
    return folder


def traced(folder: Path, *several: Change) -> list[TracedPath]:
    stacks = right()
    changes(*several)(stacks)
    return trace(read(write_plans(folder, stacks)))


@pytest.mark.parametrize(
    ("sentence", "change", "answer"),
    [
        ("as it should be", changes(), Answer.PASS),
        ("a rule is missing", drop(*TARGET_IN), Answer.FAIL),
        ("the client's block is let in", put(*TARGET_IN, **cidr("10.1.0.0/16")), Answer.FAIL),
        ("the gateway's subnets are let in", put(*TARGET_IN, **cidr("10.2.0.0/23")), Answer.PASS),
    ],
)
def test_two_plans_meet_by_ids(tmp_path: Path, sentence: str, change: Change, answer: Answer) -> None:
    (path,) = traced(tmp_path, change)
    assert path.answer is answer, sentence
    assert path.stack == "consumer"


def plan(folder: Path, argument: str, expression: dict[str, Any], **more: Any) -> Any:
    """Return what is known of an argument of which a plan tells only the references in its expression."""
    address = "aws_lb.it"
    one = {"address": address, "mode": "managed", "type": "aws_lb", "name": "it"}
    group = {"address": "aws_security_group.g", "mode": "managed", "type": "aws_security_group", "name": "g"}
    content = {
        "planned_values": {"root_module": {"resources": [{**one, "values": {}}, {**group, "values": {}}]}},
        "configuration": {"root_module": {"resources": [{**one, "expressions": {argument: expression}}], **more}},
        "resource_changes": [{"address": address, "change": {"after_unknown": {argument: True}}}],
    }
    (folder / "plan.json").write_text(json.dumps(content))
    (block,) = read(folder / "plan.json").of_type("aws_lb")
    return block.value(argument)


def test_an_id_in_a_plan_is_the_one_reference_in_its_expression(tmp_path: Path) -> None:
    value = plan(tmp_path, "security_group_id", {"references": ["aws_security_group.g.id", "aws_security_group.g"]})
    assert isinstance(value, Reference)
    assert str(value) == "aws_security_group.g.id"


@pytest.mark.parametrize(
    ("sentence", "argument", "references"),
    [
        ("what is no id may be anything made of it", "name", ["aws_security_group.g.id"]),
        ("one of two can't be told", "security_group_id", ["aws_security_group.g.id", "var.other"]),
        ("a local isn't in a plan", "security_group_id", ["local.group"]),
        ("nothing is referred to", "security_group_id", []),
    ],
)
def test_an_argument_in_a_plan_is_never_guessed(
    tmp_path: Path, sentence: str, argument: str, references: list[str]
) -> None:
    value = plan(tmp_path, argument, {"references": references})
    assert isinstance(value, Unknown), sentence
    assert "the plan doesn't tell" in value.reason


ODD = [
    None,
    True,
    0,
    -1.5,
    "",
    "${",
    "${local.a}",
    [],
    [[]],
    {},
    {"a": 1},
    [None],
    {"references": ["module.m.x", "each.key"]},
]


def base() -> dict[str, Any]:
    """Return a plan with all the parts that are read, in which nothing is wrong."""
    ids = {"references": ["module.m.ids", "module.m"]}
    one = {"address": "aws_lb.it[0]", "mode": "managed", "type": "aws_lb", "name": "it", "index": 0}
    group = {"address": "module.m.aws_security_group.g", "mode": "managed", "type": "aws_security_group", "name": "g"}
    nested = [{"subnet_id": None, "from_port": 1}]
    child = {"resources": [{**group, "values": {"ingress": nested}}], "address": "module.m"}
    call = {
        "resources": [group],
        "outputs": {"ids": {"expression": {"references": ["var.v", "aws_security_group.g.id"]}}},
    }
    written = {"security_groups": ids, "subnet_mapping": [{"subnet_id": {"references": ["module.m.ids"]}}]}
    unknown = {"security_groups": True, "subnet_mapping": [{"subnet_id": True}], "arn": True}
    return {
        "planned_values": {
            "root_module": {"resources": [{**one, "values": {"subnet_mapping": nested}}], "child_modules": [child]},
            "outputs": {"o": {"value": 1}},
        },
        "configuration": {
            "root_module": {
                "resources": [{**one, "expressions": written}],
                "module_calls": {"m": {"expressions": {"v": {"constant_value": "x"}}, "module": call}},
            }
        },
        "resource_changes": [{"address": "aws_lb.it[0]", "change": {"after_unknown": unknown}}],
        "prior_state": {"values": {"root_module": {"resources": [{**group, "mode": "data", "values": {}}]}}},
    }


def spots(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [found for key, item in items for found in [(*path, key), *spots(item, (*path, key))]]


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_part_of_a_plan_makes_a_traceback_whatever_is_in_it(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = base()
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(spots(content)))
        part = content
        for key in way:
            part = part[key]
        part[last] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    file = tmp_path_factory.mktemp("plan") / "plan.json"
    file.write_text(json.dumps(content))
    try:
        configuration = read(file)
    except UnreadableInput:
        return
    for block in configuration.blocks:
        assert all(block.value(argument) is not None for argument in block.body)
    assert all(path.hops and path.ports for path in trace(configuration))
