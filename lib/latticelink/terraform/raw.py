"""A stack as its files have it, whatever form they are in: blocks, outputs, variables; texts are templates still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RawBlock:
    """A resource or data source as written: its kind, its labels, its arguments, and the file that they are in.

    Of one whose arguments stand in a file that isn't read, `unread` says so. One of a plan is one instance, and has
    more:

    Args:
        address: as Terraform writes it.
        module: the modules that it is in, as in `module.a["x"].`; empty for the root module.
        index: its key in `count` or `for_each`; None without.
        told: what the plan has beside the arguments: attributes, and what the provider puts where one is left out.
        written: what is written, as far as the plan has it: constants, references, `depends_on`; None for `body`.
    """

    mode: str
    type: str
    name: str
    body: dict[str, Any]
    file: Path
    address: str = ""
    unread: str = ""
    module: str = ""
    index: str | int | None = None
    told: dict[str, Any] = field(default_factory=dict)
    written: dict[str, Any] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Mode, type and name, in a plan with the modules before it; the same for all instances."""
        return self.mode, self.type, self.module + self.name


@dataclass
class RawStack:
    """What the files of one stack say, section by section; texts are templates still.

    Attributes:
        comments: what stands under `//` at the top of each file.
        values: what files such as terraform.tfvars.json give to variables; of a plan, all their values.
        unread: why some of what Terraform reads in the folder isn't read; empty if all is.
        elsewhere: kinds and names that the unread files declare, such as ("variable", "port").
        after: the stacks that the manifest puts before this one; None without a manifest.
        moved: the new address for each old one, of the moved blocks.
        input: what was named to be read, as it was written.
        called: the stack that it is, if it was said of the input.
        is_state: whether this is what was applied: blocks hold values, each one instance.
        opened: the local modules that it calls, by the name of the call.
        unopened: why the others aren't read, as a clause.
        module_outputs: for each module of a plan what its outputs refer to; by instance first, if it has several.
    """

    name: str
    folder: Path
    files: list[Path]
    blocks: list[RawBlock] = field(default_factory=list)
    locals: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    modules: dict[str, dict[str, Any]] = field(default_factory=dict)
    providers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    terraform: dict[str, Any] = field(default_factory=dict)
    comments: list[Any] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    unread: str = ""
    elsewhere: set[tuple[str, ...]] = field(default_factory=set)
    after: tuple[str, ...] | None = None
    plan: dict[str, Any] | None = None
    module_outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    opened: dict[str, RawStack] = field(default_factory=dict)
    unopened: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    input: str = ""
    called: str = ""
    is_state: bool = False

    def with_modules(self) -> Iterator[RawStack]:
        """Yield the stack and the local modules in it."""
        yield self
        for module in self.opened.values():
            yield from module.with_modules()

    @property
    def is_unfolded(self) -> bool:
        """Whether this is a plan or a state, in which each block is one instance, with values."""
        return self.plan is not None or self.is_state
