"""Where the documentation says more about a finding: its check's section, and what it looks like once applied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from latticelink.checks.findings import Check

SITE = ""
"""The address at which the site that `make site` builds is published, with a slash at its end; empty if it isn't."""

SYMPTOMS = {
    "connections-hang": ("LL001", "LL005", "LL215", "LL302"),
    "the-name-doesnt-resolve": ("LL305", "LL306", "LL513"),
    "the-plan-wants-to-replace": ("LL512",),
    "the-apply-is-refused": ("LL104", "LL105", "LL106", "LL431", "LL505", "LL608", "LL711", "LL712", "LL851"),
    "other-accounts": ("LL657",),
    "databases": ("LL308", "LL309", "LL409"),
}
"""The sections of docs/troubleshooting.md, and the checks whose findings show there once they are applied."""


def page(name: str, section: str = "") -> str:
    """Return where a page of the documentation is: its address on the site, or its file in the repository.

    Args:
        name: the page, such as `checks`.
        section: the anchor of one of its sections.
    """
    anchor = f"#{section}" if section else ""
    return f"{SITE}docs/{name}.html{anchor}" if SITE else f"docs/{name}.md{anchor}"


def symptom_of(check: Check) -> str:
    """Return the section of docs/troubleshooting.md that shows what a finding looks like once applied; or nothing."""
    return next((section for section, ids in SYMPTOMS.items() if check.id in ids), "")


def more_about(check: Check) -> str:
    """Return, in one line, how to read more about a check's findings."""
    symptom = symptom_of(check)
    once_applied = f"; once applied: {page('troubleshooting', symptom)}" if symptom else ""
    return f"latticelink explain {check.id}{once_applied}"


def more_lines(checks: Iterable[Check]) -> Iterator[str]:
    """Yield how to read more about what was found, a line for each check, and an empty line behind them."""
    found = {check.id: check for check in checks}
    if found:
        yield "More about each finding:"
        yield from (f"  {more_about(found[id])}" for id in sorted(found))
        yield ""
