"""What stands for a VPC, a security group and a route table: equal keys mean the same one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from latticelink.terraform.blocks import Block
from latticelink.terraform.known import Reference

Place: TypeAlias = Block | str
"""A VPC or a subnet: its block, or its id where it isn't in the input."""


def text_of(place: Place) -> str:
    """Return a VPC or a subnet as a person would name it."""
    return place.address if isinstance(place, Block) else place


def differ(one: Place, other: Place) -> bool:
    """Return whether two keys surely stand for different VPCs; what a data source looks up may be any."""
    made = all(isinstance(each, Block) and each.mode == "resource" for each in (one, other))
    return one != other and (made or (isinstance(one, str) and isinstance(other, str)))


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A security group.

    Args:
        owner: the group's block, its id, or the attribute that its id comes from; of a default group the VPC.
        is_default: whether this is the group that AWS makes with a VPC.
    """

    owner: Block | Reference | str
    is_default: bool = False

    @property
    def block(self) -> Block | None:
        """The block that decides what its rules are, if it is in the input."""
        return self.owner if isinstance(self.owner, Block) else None

    @property
    def is_made(self) -> bool:
        """Whether it is made here, or comes with a VPC that is."""
        return isinstance(self.owner, Block) and self.owner.mode == "resource"

    @property
    def id(self) -> str | None:
        """The id, where it is named by that."""
        return self.owner if isinstance(self.owner, str) and not self.is_default else None

    def __str__(self) -> str:
        """Return the group as a person would name it."""
        owner = self.owner.address if isinstance(self.owner, Block) else str(self.owner)
        return f"the default group of {owner}" if self.is_default else owner

    @property
    def argument(self) -> str:
        """What to write as the group's id."""
        owner = self.owner.address if isinstance(self.owner, Block) else str(self.owner)
        if self.is_default:
            return f"{owner}.default_security_group_id"
        return f"{owner}.id" if isinstance(self.owner, Block) else owner


@dataclass(frozen=True, slots=True)
class TableKey:
    """A route table: its block, or the VPC whose main one it is."""

    owner: Block
    is_main: bool = False

    def __str__(self) -> str:
        """Return the table as a person would name it."""
        return f"the main route table of {self.owner.address}" if self.is_main else self.owner.address
