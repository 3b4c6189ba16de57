"""A stack as its files have it, whatever form they are in: blocks, outputs, variables; texts are templates still."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RawBlock:
    """A resource or data source as written: its kind, its labels, its arguments, and the file that they are in.

    One of a plan has its `address` too, which tells it from those of other modules. Of one whose arguments stand in a
    file that isn't read, `unread` says so.
    """

    mode: str
    type: str
    name: str
    body: dict[str, Any]
    file: Path
    address: str = ""
    unread: str = ""


@dataclass
class RawStack:
    """What the files of one stack say, section by section; texts are templates still.

    Attributes:
        comments: what stands under `//` at the top of each file.
        values: what files such as terraform.tfvars.json give to variables.
        unread: why some of what Terraform reads in the folder isn't read; empty if all is.
        elsewhere: kinds and names that the unread files declare, such as ("variable", "port").
        after: the stacks that the manifest puts before this one; None without a manifest.
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
