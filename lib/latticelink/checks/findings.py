"""What a check is, and what it says of each place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from latticelink.paths.hops import Answer
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration


class Severity(StrEnum):
    """How bad a finding is.

    ERROR: Terraform or AWS refuses it, or it won't work. WARNING: it works until something
    happens. NOTE: worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Judgement(NamedTuple):
    """What one check says of one place.

    Args:
        answer: the answer; UNKNOWN where it depends on a value that isn't known now.
        block: the block that is judged; None for what isn't in a block, such as a stack's output.
        message: with FAIL what is wrong, with the values; with UNKNOWN the reason. A sentence.
        fix: what to change, as a sentence; empty for the check's general one.
        settle: with UNKNOWN, what would settle it, as a sentence.
        part: what is judged where it is no block, such as `producer: output.latticelink`.
    """

    answer: Answer
    block: Block | None
    message: str = ""
    fix: str = ""
    settle: str = ""
    part: str = ""

    @property
    def place(self) -> str:
        """What is judged, for people: `producer: aws_vpc_endpoint.nginx`."""
        return self.block.full_address if self.block is not None else self.part


def passed(block: Block | None) -> Judgement:
    """Return that the place is as it should be."""
    return Judgement(Answer.PASS, block)


def failed(block: Block | None, message: str, fix: str = "") -> Judgement:
    """Return that the place breaks the rule."""
    return Judgement(Answer.FAIL, block, message, fix)


def unknown(block: Block | None, message: str, settle: str) -> Judgement:
    """Return that the place can't be judged, and what would settle it."""
    return Judgement(Answer.UNKNOWN, block, message, settle=settle)


@dataclass(frozen=True)
class Check:
    """One rule, with all that a person needs to judge what it found.

    Args:
        id: stable, `LL` and three digits; never used again for another rule.
        severity: how bad a finding is.
        title: the rule in one line, as it should be.
        why: what happens otherwise, in one to three sentences.
        source: address of the AWS or Terraform documentation page that the rule rests on.
        fix: what to change in general, as a sentence.
        passing: Terraform JSON that keeps the rule, as short as can be.
        failing: Terraform JSON that breaks it.
        judge: gives a judgement for each place that the rule applies to; none where it applies nowhere.
        hop: the hop of a path that LL001 judges by the same rule; what LL001 says of a block, this doesn't say again.
        as_written: whether what is judged is what is written, not what it is worth, so that it is always known.
    """

    id: str
    severity: Severity
    title: str
    why: str
    source: str
    fix: str
    passing: str
    failing: str
    judge: Callable[[Configuration], Iterable[Judgement]]
    hop: str = ""
    as_written: bool = False

    def __post_init__(self) -> None:
        """Refuse an id of another form."""
        if not re.fullmatch(r"LL[0-9]{3}", self.id):
            raise ValueError(f"A check's id is LL and three digits, not {self.id!r}.")


@dataclass(frozen=True, slots=True)
class Result:
    """A judgement that somebody should see, the check that it is of, and why it is suppressed; else no reason."""

    check: Check
    judgement: Judgement
    suppressed: str = ""
