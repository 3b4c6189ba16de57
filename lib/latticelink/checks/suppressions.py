"""Findings that somebody decided to live with: by check and resource, with a written reason.

They stand in a TOML file, or in a Terraform file itself, in the comment `//` that Terraform ignores:

    {"//": {"latticelink": {"suppress": [{"check": "LL123", "resource": "aws_vpc_endpoint.nginx", "reason": "..."}]}}}

A resource is a Terraform address, with or without its stack (`consumer: aws_vpc_endpoint.nginx`), a construct's path,
which stands for all below it (`consumer/nginx`), or a stack.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from latticelink.checks.findings import Check, Judgement, Result, Severity
from latticelink.checks.retired import RETIRED
from latticelink.paths.hops import Answer
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.json_files import UnreadableInput, read_text

DEFAULT_FILE = Path("latticelink-suppressions.toml")

_LONGEST = 500
_SHAPE = "It has only tables `[[suppress]]`, each with the strings `check`, `resource` and `reason`."
_SOURCE = "https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties"


@dataclass(frozen=True)
class Suppression:
    """One decision not to be told of what one check says of one resource.

    Args:
        check: id of the check.
        resource: what it is about.
        reason: why it may stay as it is; without one, nothing is suppressed.
        home: where the decision is written down, for people.
    """

    check: str
    resource: str
    reason: str
    home: str

    def covers(self, check: Check, judgement: Judgement) -> bool:
        """Return whether `judgement` of `check` is meant."""
        return self.check == check.id and self.resource in _names(judgement)


def read_file(path: Path) -> list[Suppression]:
    """Return the suppressions in the TOML file `path`.

    Raises:
        UnreadableInput: if it can't be read, is not TOML, or has the wrong form.

    Source: https://toml.io/en/v1.0.0
    """
    # Here, so that whoever has none doesn't wait for it to be read.
    import tomllib

    try:
        content = tomllib.loads(read_text(path, named=True))
    except OSError as error:
        raise UnreadableInput(f"Can't read {path}: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"{path} is not TOML: {error}.") from None
    entries = content.pop("suppress", [])
    if content or not isinstance(entries, list):
        raise UnreadableInput(f"{path} has the wrong form. {_SHAPE}")
    return [_parse(entry, str(path)) for entry in entries]


def in_configuration(configuration: Configuration) -> list[Suppression]:
    """Return the suppressions that the Terraform files themselves carry.

    Raises:
        UnreadableInput: if such a comment has the wrong form.
    """
    return [
        _parse(entry, stack.name)
        for stack in configuration.stacks
        for comment in stack.raw.comments
        if isinstance(comment, dict)
        for entry in _entries(stack.name, comment.get("latticelink"))
    ]


def _entries(home: str, comment: Any) -> list[Any]:
    entries = comment.get("suppress", []) if isinstance(comment, dict) else [] if comment is None else None
    if not isinstance(entries, list):
        raise UnreadableInput(
            f'The comment `//` of {home} has the wrong form: {{"latticelink": {{"suppress": [...]}}}}.'
        )
    return entries


def _parse(entry: Any, home: str) -> Suppression:
    if (
        not isinstance(entry, dict)
        or not {"check", "resource"} <= entry.keys() <= {"check", "resource", "reason"}
        or not all(isinstance(text, str) for text in entry.values())
    ):
        raise UnreadableInput(f"A suppression in {home} has the wrong form: {repr(entry)[:_LONGEST]}. {_SHAPE}")
    return Suppression(entry["check"], entry["resource"], entry.get("reason", "").strip(), home)


def suppress(
    results: Iterable[Result], suppressions: Sequence[Suppression], known_checks: Collection[str]
) -> Iterator[Result]:
    """Yield `results`, those that are suppressed with the reason, and what is wrong with the suppressions."""
    used: set[Suppression] = set()
    by_check: dict[str, list[Suppression]] = {}
    for suppression in suppressions:
        by_check.setdefault(suppression.check, []).append(suppression)
    for result in results:
        covering = [each for each in by_check.get(result.check.id, []) if each.covers(result.check, result.judgement)]
        used.update(covering)
        reasons = [each.reason for each in covering if each.reason]
        yield replace(result, suppressed=reasons[0]) if reasons else result
    for suppression in suppressions:
        what = f"{suppression.check} for {suppression.resource!r}, in {suppression.home},"
        if suppression.check not in known_checks:
            gone = next((f"that is retired. {each.reason}" for each in RETIRED if each.id == suppression.check), "")
            yield _finding(UNKNOWN_CHECK, suppression, f"{what} names a check {gone or 'that does not exist.'}")
        elif suppression not in used:
            yield _finding(UNUSED, suppression, f"{what} suppresses nothing.")
        if not suppression.reason:
            yield _finding(NO_REASON, suppression, f"{what} has no reason, so it suppresses nothing.")


def _finding(check: Check, suppression: Suppression, message: str) -> Result:
    return Result(check, Judgement(Answer.FAIL, None, message, part=f"{suppression.home}: {suppression.resource}"))


def _names(judgement: Judgement) -> set[str]:
    """Return all by which a suppression can call what is judged."""
    block = judgement.block
    if block is None:
        stack, colon, part = judgement.part.partition(": ")
        return {judgement.part, *([stack, part] if colon else [])}
    names = {block.address, block.full_address, block.stack}
    names |= {re.sub(r"\[[^]]*\]$", "", name) for name in names}
    path = block.construct.split("/")
    return names | {"/".join(path[:length]) for length in range(1, len(path) + 1)}


def _judged_with_all_others(_: Configuration) -> Iterator[Judgement]:
    """Yield nothing: whether a suppression is used shows only when all other checks have spoken."""
    return iter(())


_UNUSED_EXAMPLE = """{"//": {"latticelink": {"suppress": [
  {"check": "LL101", "resource": "aws_vpclattice_resource_gateway.shared", "reason": "made by hand in 2024"}]}},
 "resource": {"aws_vpclattice_resource_gateway": {"shared": {"name": "%s"}}}}"""

NO_REASON = Check(
    id="LL901",
    severity=Severity.WARNING,
    title="A suppression has a reason",
    why="Later readers can't tell a decision from an oversight.",
    source=_SOURCE,
    fix="Write why the finding is acceptable.",
    passing=_UNUSED_EXAMPLE % "Shared",
    failing=(_UNUSED_EXAMPLE % "Shared").replace("made by hand in 2024", " "),
    judge=_judged_with_all_others,
    as_written=True,
)
UNUSED = Check(
    id="LL902",
    severity=Severity.WARNING,
    title="A suppression suppresses something",
    why="It would hide the next finding of this kind, which nobody has looked at.",
    source=_SOURCE,
    fix="Remove it, or correct the resource that it names.",
    passing=_UNUSED_EXAMPLE % "Shared",
    failing=_UNUSED_EXAMPLE % "shared",
    judge=_judged_with_all_others,
    as_written=True,
)
UNKNOWN_CHECK = Check(
    id="LL903",
    severity=Severity.WARNING,
    title="A suppression names a check that exists",
    why="A wrong id suppresses nothing, and the finding that it was meant for still counts.",
    source=_SOURCE,
    fix="Use an id from the list of checks; remove the suppression of a retired check.",
    passing=_UNUSED_EXAMPLE % "Shared",
    failing=(_UNUSED_EXAMPLE % "Shared").replace("LL101", "LL000"),
    judge=_judged_with_all_others,
    as_written=True,
)
CHECKS = (NO_REASON, UNUSED, UNKNOWN_CHECK)
