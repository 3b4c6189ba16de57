"""One resource or data source as data; what its arguments are worth is asked of its home."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any, Protocol

from latticelink.terraform.raw import RawBlock, RawStack


class Splat:
    """`[*]` in a path: the rest of the path, for each element."""


SPLAT = Splat()
Key = str | int | Splat


class Many(Protocol):
    """Which one of several a block is."""

    @property
    def key(self) -> str | int | None:
        """Its key in `count` or `for_each`; None for a block without them, or if it isn't known."""

    @property
    def names(self) -> dict[str, Any]:
        """What `each` and `count` mean in it."""

    @property
    def unknown(self) -> Any:
        """Why it isn't known how many there are, an `Unknown`; None if this is exactly one."""

    @property
    def index(self) -> str:
        """The end of its address, such as `[0]`."""


class Home(Protocol):
    """The stack that a block is in, which works out what its arguments are worth."""

    name: str
    folder: Path
    raw: RawStack
    call: Any
    prefix: str

    @property
    def has_company(self) -> bool:
        """Whether other stacks were read with it."""

    @property
    def declared(self) -> Collection[tuple[str, str, str]]:
        """Mode, type and name of all its blocks."""

    def declared_of(self, mode: str, type: str) -> Collection[tuple[str, str, str]]:
        """Return those of `declared` that have this mode and type."""

    @property
    def provider_constraint(self) -> Any:
        """The version constraint for the AWS provider."""

    def made(self, key: tuple[str, str, str]) -> list[Block]:
        """Return the instances of the block with this mode, type and name."""

    def lookup(self, path: tuple[Key, ...]) -> Any:
        """Return what a path of names means in an expression, as `expressions.Scope` has it."""

    def worth(self, raw: Any) -> Any:
        """Return what JSON of the stack is worth; Unknown with the reason where Terraform would stop."""

    def value_of(self, block: Block, path: tuple[str | int, ...]) -> Any:
        """Return the argument at `path`."""

    def nested_of(self, block: Block, path: tuple[str | int, ...]) -> list[Any]:
        """Return the nested blocks at `path`."""

    def attribute_of(self, block: Block, path: tuple[Key, ...]) -> Any:
        """Return what a reference to the attribute at `path` stands for."""


class Block:
    """One resource or data source; of a `count` or `for_each` that is known, one instance.

    Attributes:
        stack: the stack's name.
        mode: `resource` or `data`.
        type: the type, such as `aws_vpc_endpoint`.
        name: the name in the configuration.
        body: the arguments; in a plan with their values, as far as it has these.
        written: the arguments as written, in which references can be looked for; in a plan as far as it has them.
        told: what a plan tells beside the arguments.
        key: mode, type and name, in a plan with the modules before it; the same for all instances.
        file: the JSON file that it is in.
        address: `aws_vpc_endpoint.nginx`, as Terraform writes it.
        unread: why its arguments aren't read; empty if they are.
        has_many: whether `count` or `for_each` isn't known to make exactly one.
    """

    __slots__ = (
        "__weakref__", "address", "body", "file", "has_many", "home", "instance", "key", "mode", "name", "stack",
        "told", "type", "unread", "written",
    )  # fmt: skip

    def __init__(self, stack: Home, raw: RawBlock, instance: Many) -> None:
        self.home = stack
        self.stack = stack.name
        self.mode, self.type, self.name, self.body, self.file = raw.mode, raw.type, raw.name, raw.body, raw.file
        self.told, self.key = raw.told, (raw.mode, raw.type, f"{stack.prefix}{raw.module}{raw.name}")
        self.written = raw.body if raw.written is None else raw.written
        self.unread = raw.unread
        self.instance = instance
        self.has_many = instance.unknown is not None
        data = "data." if raw.mode == "data" else ""
        self.address = raw.address or f"{stack.prefix}{data}{raw.type}.{raw.name}{instance.index}"

    def __repr__(self) -> str:
        """Return the full address."""
        return self.full_address

    @property
    def full_address(self) -> str:
        """The address, after the stack's name where there is more than one stack."""
        return f"{self.stack}: {self.address}" if self.home.has_company else self.address

    @property
    def construct(self) -> str:
        """The path of the construct that made the block, such as `consumer/nginx/endpoint`; or nothing."""
        note: Any = self.body
        for key in ("//", "metadata", "path"):
            note = note.get(key) if isinstance(note, dict) else None
        return note if isinstance(note, str) else ""

    def value(self, *path: str | int) -> Any:
        """Return the argument at `path`, such as `value("subnet_ids")` or `value("ip_resource", "ip_address")`."""
        return self.home.value_of(self, path)

    def nested(self, *path: str | int) -> list[Any]:
        """Return the nested blocks at `path`, each as a map of values."""
        return self.home.nested_of(self, path)

    def nested_or_told(self, name: str) -> list[Any]:
        """Return the nested blocks `name`; where none are written those that a plan tells, as of a `dynamic` block."""
        told = self.attribute((name,)) if name in self.told else []
        return self.nested(name) or (told if isinstance(told, list) else [told])

    def attribute(self, path: tuple[Key, ...]) -> Any:
        """Return what a reference to the attribute at `path` stands for."""
        return self.home.attribute_of(self, path)
