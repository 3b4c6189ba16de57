"""Explains one check for people, by its id."""

from __future__ import annotations

from difflib import get_close_matches

from latticelink.checks.catalogue import CHECKS
from latticelink.checks.retired import RETIRED
from latticelink.errors import UnreadableInput
from latticelink.reports.pages import page, symptom_of


def explain(id: str) -> str:
    """Return what a check asks, why, how to fix a finding, and the documentation page that it rests on.

    Args:
        id: the id of a check, such as `LL001`.

    Raises:
        UnreadableInput: if there is no such check.
    """
    for check in CHECKS:
        if check.id == id:
            heading = f"{check.severity.upper()} {check.id} {check.title}"
            symptom = symptom_of(check)
            applied = f"\n  once applied: {page('troubleshooting', symptom)}" if symptom else ""
            example = f"\n  example: {page('checks', check.id.lower())}"
            return f"{heading}\n\n{check.why}\n\n  fix: {check.fix}\n  see: {check.source}{example}{applied}"
    for retired in RETIRED:
        if retired.id == id:
            return f"{retired.id} {retired.title}\n\nThis check is retired. {retired.reason}"
    similar = get_close_matches(id, [check.id for check in CHECKS], n=3)
    hint = f" Did you mean {' or '.join(similar)}?" if similar else " docs/checks.md lists them all."
    raise UnreadableInput(f"There is no check {id!r}.{hint}")
