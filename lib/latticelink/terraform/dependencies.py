"""What comes after what within a stack: by reference, by depends_on, and whatever these come after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration, StackConfiguration
from latticelink.terraform.syntax import references

Declared = tuple[str, str, str]


def written(configuration: Configuration) -> Iterator[tuple[StackConfiguration, Block | None, str, Any]]:
    """Yield all that is written: stack or local module, block (or None), the part's name for people, and its JSON."""
    for stack in configuration.scopes:
        seen = set()
        for block in stack.own_blocks:
            if key_of(block) not in seen:
                seen.add(key_of(block))
                yield stack, block, "", block.written
        for name, output in stack.raw.outputs.items():
            yield stack, None, f"{stack.name}: {stack.prefix}output.{name}", output
        for name, value in stack.raw.locals.items():
            yield stack, None, f"{stack.name}: {stack.prefix}local.{name}", value
        for name, variable in stack.raw.variables.items():
            yield stack, None, f"{stack.name}: {stack.prefix}var.{name}", variable
        for name, provider in stack.raw.providers:
            yield stack, None, f"{stack.name}: {stack.prefix}provider.{name}", provider
        for name, module in stack.raw.modules.items():
            yield stack, None, f"{stack.name}: {stack.prefix}module.{name}", module
        yield stack, None, f"{stack.name}: {stack.prefix}terraform", stack.raw.terraform


def referring(
    configuration: Configuration,
) -> Iterator[tuple[StackConfiguration, Block | None, str, Iterable[tuple[str, ...]]]]:
    """Yield all that is written as `written` does, with the leading names of its references in place of its JSON."""
    for stack, block, part, raw in written(configuration):
        yield stack, block, part, references(raw) if block is None else stack.references_in(raw)


def key_of(block: Block) -> Declared:
    """Return mode, type and name of a block, the same for all its instances."""
    return block.key


def named(reference: tuple[str, ...]) -> Declared | None:
    """Return the block that a reference's names begin with, or None for a local, a variable and the like."""
    data = reference[:1] == ("data",)
    names = reference[1:] if data else reference
    return ("data" if data else "resource", names[0], names[1]) if len(names) > 1 else None


class Order:
    """The order that Terraform keeps within one stack."""

    def __init__(self, stack: StackConfiguration) -> None:
        self._prefix = stack.prefix
        self._bodies = {
            self._inside(raw.key): raw.body if raw.written is None else raw.written for raw in stack.raw.blocks
        }
        self._locals = stack.raw.locals
        self._after: dict[Declared, set[Declared]] = {}

    def after(self, block: Block) -> set[Declared]:
        """Return the blocks that Terraform makes before `block`."""
        found: set[Declared] = set()
        todo = [key_of(block)]
        while todo:
            for other in self._directly_after(todo.pop()) - found:
                found.add(other)
                todo.append(other)
        return found

    def _directly_after(self, key: Declared) -> set[Declared]:
        if key not in self._after:
            body = self._bodies.get(key, {})
            depends = body.get("depends_on") or []
            texts = [f"${{{text}}}" for text in depends if isinstance(text, str) and "${" not in text]
            self._after[key] = set(self._blocks_in([body, texts], set()))
        return self._after[key]

    def _blocks_in(self, raw: Any, seen: set[str]) -> Iterator[Declared]:
        todo = [raw]
        while todo:
            for reference in references(todo.pop()):
                if reference[0] == "local" and len(reference) > 1:
                    if reference[1] not in seen:
                        seen.add(reference[1])
                        todo.append(self._locals.get(reference[1]))
                elif (block := named(reference)) is not None:
                    yield self._inside(block)

    def _inside(self, key: Declared) -> Declared:
        return key[0], key[1], self._prefix + key[2]
