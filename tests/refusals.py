"""Reads docs/refusals.md: which actions the stacks cause, and for each what AWS refuses and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "refusals.md"
HANDLINGS = ("prevented", "found", "stopped at plan", "left", "open")
READS = ("Describe", "Get", "Head", "List")
# What the examples, the scenario and the tests do for themselves beside the library: targets, clients, ways in.
BESIDE = {
    "ec2:CreateVpcEndpointServiceConfiguration",
    "ec2:DeleteVpcEndpointServiceConfigurations",
    *(
        f"elasticloadbalancing:{action}"
        for action in (
            *("CreateListener", "CreateLoadBalancer", "CreateTargetGroup", "DeleteListener", "DeleteLoadBalancer"),
            *("DeleteTargetGroup", "DeregisterTargets", "ModifyListenerAttributes", "ModifyLoadBalancerAttributes"),
            *("ModifyTargetGroupAttributes", "RegisterTargets"),
        )
    ),
    "ec2:CreateInstanceConnectEndpoint",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteInstanceConnectEndpoint",
    "ec2:DeleteNetworkInterface",
    "ec2:ModifyInstanceAttribute",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
    "s3:DeleteBucketPolicy",
}


@dataclass(frozen=True)
class Row:
    """A row of one of the tables: its actions as `service:Action`, its codes, and its other cells as they stand."""

    names: tuple[str, ...]
    codes: tuple[str, ...]
    when: str
    handling: str
    shown_by: str
    known_from: str

    @property
    def refusals(self) -> set[tuple[str, str]]:
        """Each action with each code."""
        return {(name, code) for name in self.names for code in self.codes}

    @property
    def checks(self) -> list[str]:
        """The checks that are named."""
        return re.findall(r"\bLL\d{3}\b", self.shown_by)

    @property
    def tests(self) -> list[tuple[str, str, str]]:
        """The tests that are named: file below tests/, function, and the case or nothing."""
        return re.findall(r"`([\w/]+\.py)::(\w+)(?:\[([^\]]+)\])?`", self.shown_by)


@cache
def rows() -> tuple[Row, ...]:
    """Return the rows of all tables."""
    return tuple(row for section in _sections() for row in _rows(section))


@cache
def actions() -> frozenset[str]:
    """Return every action that has a place on the page."""
    return frozenset(name for section in _sections() for name in _actions(section))


def unlisted(asked: Iterable[str]) -> list[str]:
    """Return which of the actions that were asked for change something and have no place on the page."""
    changes = [name for name in asked if not name.partition(":")[2].startswith(READS)]
    return sorted(set(changes) - actions() - BESIDE)


def _sections() -> list[str]:
    return [section for section in PAGE.read_text().split("\n## ") if "\nActions: " in section]


def _actions(section: str) -> list[str]:
    paragraph = section.partition("\nActions: ")[2].partition("\n\n")[0]
    return re.findall(r"`([\w-]+:\w+)`", paragraph)


def _rows(section: str) -> Iterator[Row]:
    known = _actions(section)
    service = known[0].partition(":")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    for line in lines[1:]:
        named, codes, *others = (cell.strip() for cell in line.strip("|").split(" | "))
        names = known if named == "every action" else [f"{service}:{name}" for name in named.split(", ")]
        yield Row(tuple(names), tuple(codes.split(", ")), *others)
