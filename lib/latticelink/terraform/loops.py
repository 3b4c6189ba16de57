"""Finds what refers to itself, through whatever it refers to; Terraform refuses that, and reading would never end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeAlias

from latticelink.terraform.configuration import Configuration, StackConfiguration
from latticelink.terraform.json_files import UnreadableInput
from latticelink.terraform.raw import RawStack
from latticelink.terraform.syntax import references

_Node: TypeAlias = tuple[str, ...]


def refuse_loops(configuration: Configuration) -> None:
    """Raise UnreadableInput for a loop in the references of a stack, or through the outputs of several.

    Source: https://developer.hashicorp.com/terraform/internals/graph
    """
    inside: dict[_Node, list[_Node]] = {}
    for stack in configuration.stacks:
        # What was applied has none.
        inside.update({} if stack.raw.is_state else _references_of(stack))
    _refuse(inside)
    if len(configuration.stacks) > 1:
        _refuse({node: [*others, *_across(configuration, others)] for node, others in inside.items()})


@dataclass(frozen=True)
class _Before:
    """What comes before a module by its calls: before all of it, as of `for_each`; before resources by `depends_on`."""

    all: frozenset[_Node] | set[_Node] = frozenset()
    resources: frozenset[_Node] | set[_Node] = frozenset()


def _references_of(stack: StackConfiguration) -> dict[_Node, list[_Node]]:
    found = {}
    for node, others in _in_module(stack.raw, "", _Before(), stack.references_in):
        found[stack.name, *node] = sorted((stack.name, *each) for each in others)
    return found


def _in_module(
    raw: RawStack, prefix: str, before: _Before, references_in: Callable[[Any], Iterable[tuple[str, ...]]]
) -> Iterator[tuple[_Node, set[_Node]]]:
    """Yield all that a stack or local module has, each with what comes before it.

    Args:
        raw: the stack or module.
        prefix: the modules that it is in, as in `module.a.`.
        before: what comes before it by its calls.
        references_in: finds the references in a block's arguments.
    """

    def named(body: Any, find: Callable[[Any], Iterable[tuple[str, ...]]] = references) -> set[_Node]:
        return {each for names in [*find(body), *_depends(body)] for each in _nodes(names, prefix, raw)}

    everything: list[_Node] = []
    for name, body in raw.locals.items():
        yield (f"{prefix}local", name), named(body) | before.all
    for name, body in raw.outputs.items():
        everything.append((f"{prefix}output", name))
        yield everything[-1], named(body) | before.all
    for block in raw.blocks:
        kind, *labels = block.key[1:] if block.mode == "resource" else block.key
        everything.append((f"{prefix}{kind}", *labels))
        yield everything[-1], named(block.body, references_in) | before.all | before.resources
    for name, module in raw.opened.items():
        call, inside = raw.modules[name], f"{prefix}module.{name}."
        for variable in module.variables:
            yield (f"{inside}var", variable), named(call.get(variable))
        over = before.all | named([call.get("count"), call.get("for_each")])
        depends = before.resources | named({"depends_on": call.get("depends_on")})
        yield from _in_module(module, inside, _Before(over, depends), references)
        everything.append((f"{prefix}module", name))
    if prefix:
        above, _, own = prefix.removesuffix(".").rpartition("module.")
        yield (f"{above}module", own), set(everything)


def _depends(body: Any) -> list[tuple[str, ...]]:
    """Return the names in `depends_on`, which Terraform takes without quotes of a template too."""
    listed = body.get("depends_on") if isinstance(body, dict) else None
    texts = listed if isinstance(listed, list) else []
    named = (tuple(re.split(r"[.\[]", text)) for text in texts if isinstance(text, str) and "${" not in text)
    return [(*names[:2], "") if names[0] == "module" else names for names in named]


def _nodes(names: tuple[str, ...], prefix: str, raw: RawStack) -> Iterator[_Node]:
    """Yield what a reference leads to; for remote state the output as well.

    Of a module only what is named comes first, so that a variable may be made of an output that isn't made of it. One
    that doesn't tell the output, such as `module.a[*].id`, is no more than a part of it; in `depends_on` it is all.
    """
    kind, *others = names
    if kind == "data":
        yield (f"{prefix}data", *others[:2])
        if others[:1] == ["terraform_remote_state"] and others[2:3] == ["outputs"] and len(others) > 3:
            yield (f"{prefix}read", others[1], others[3])
    elif kind == "module" and others[1:] == [""]:
        yield (f"{prefix}module", others[0])
    elif kind == "module":
        key = 1 if {"count", "for_each"} & raw.modules.get(others[0], {}).keys() else 0
        yield from ((f"{prefix}module.{others[0]}.output", each) for each in others[1 + key : 2 + key])
    else:
        yield (f"{prefix}{kind}", *others[:1])


def _across(configuration: Configuration, others: list[_Node]) -> Iterator[_Node]:
    for node in others:
        if node[1] == "read":
            stack = next(stack for stack in configuration.stacks if stack.name == node[0])
            for reader in stack.made(("data", "terraform_remote_state", node[2])):
                if isinstance(found := stack.read_by(reader), StackConfiguration):
                    yield (found.name, "output", node[3])


def _refuse(graph: dict[_Node, list[_Node]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # graphlib's circle goes from what is referred to to what refers, and begins anywhere.
        _, *circle = reversed(error.args[1])
        first = circle.index(min(circle))
        whole = [*circle[first:], *circle[:first], circle[first]]
        raise UnreadableInput(f"References form a loop: {' -> '.join(map(_shown, whole))}. Break it.") from None


def _shown(node: _Node) -> str:
    return f"{node[0]}: {'.'.join(node[1:])}"
