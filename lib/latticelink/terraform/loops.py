"""Finds what refers to itself, through whatever it refers to; Terraform refuses that, and reading would never end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import TypeAlias

from latticelink.terraform.configuration import Configuration, StackConfiguration
from latticelink.terraform.json_files import UnreadableInput
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


def _references_of(stack: StackConfiguration) -> dict[_Node, list[_Node]]:
    raw = stack.raw
    referred: dict[_Node, Iterable[tuple[str, ...]]] = {
        ("local", name): references(body) for name, body in raw.locals.items()
    }
    referred.update({("output", name): references(body) for name, body in raw.outputs.items()})
    for block in raw.blocks:
        kind = block.key[1:] if block.mode == "resource" else block.key
        referred[kind] = stack.references_in(block.body)
    found = {}
    for node, named in referred.items():
        others = {each for names in named for each in _nodes(names)}
        found[stack.name, *node] = sorted((stack.name, *each) for each in others)
    return found


def _nodes(names: tuple[str, ...]) -> Iterator[_Node]:
    """Yield what a reference leads to; for remote state the output as well."""
    if names[0] == "data":
        yield names[:3]
        if names[1:2] == ("terraform_remote_state",) and names[3:4] == ("outputs",) and len(names) > 4:
            yield ("read", names[2], names[4])
    else:
        yield names[:2]


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
