"""What an examination found, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

from latticelink.checks.catalogue import CHECKS
from latticelink.checks.examination import Examination
from latticelink.checks.findings import Judgement, Result, Severity
from latticelink.disclosure import line, shown_tree
from latticelink.paths.hops import Answer
from latticelink.reports.inputs import as_dict, input_lines
from latticelink.reports.pages import more_lines
from latticelink.reports.paths import as_dicts, path_lines
from latticelink.reports.unmodelled import unmodelled, unmodelled_lines


def as_text(examination: Examination, *, why: bool = False) -> str:
    """Return all that was found: findings by severity, paths, what isn't known or joined, and a line that counts.

    Args:
        examination: what was found.
        why: show for each path the rule that admits it at each hop.
    """
    lines = list(finding_lines(examination))
    if examination.paths:
        lines += ["Paths:", *(f"  {line}" for line in path_lines(examination.paths, why=why)), ""]
    if open_questions := examination.of(Answer.UNKNOWN):
        lines += [f"Not known ({len(open_questions)}):", *_question_lines(open_questions), ""]
    if examination.suppressed:
        lines += [f"Suppressed ({len(examination.suppressed)}):"]
        lines += [f"  {each.check.id} {each.judgement.place}: {each.suppressed}" for each in examination.suppressed]
        lines += [""]
    lines += input_lines(examination.configuration)
    lines += unmodelled_lines(examination.configuration)
    lines += more_lines(each.check for each in examination.of(Answer.FAIL))
    return "\n".join(map(line, [*lines, count_line(examination)]))


def _question_lines(results: list[Result]) -> Iterator[str]:
    """Yield what isn't known, place by place, each reason once with the checks that it keeps from an answer."""
    asking: dict[tuple[str, str, str], list[str]] = {}
    for result in results:
        judgement = result.judgement
        asking.setdefault((judgement.place, judgement.message, judgement.settle), []).append(result.check.id)
    for (place, message, settle), ids in sorted(asking.items()):
        yield f"  {', '.join(dict.fromkeys(ids))} {place}: {message}"
        if settle:
            yield f"    would settle it: {settle}"


def finding_lines(examination: Examination, *, notes: bool = True) -> Iterator[str]:
    """Yield a block of lines for each finding, worst first, each block with an empty line behind it.

    Args:
        examination: what was found.
        notes: whether findings of severity NOTE are among them.
    """
    for result in examination.of(Answer.FAIL):
        if result.check.severity == Severity.NOTE and not notes:
            continue
        check, judgement = result.check, result.judgement
        yield f"{check.severity.upper()} {check.id} {check.title}"
        yield line(f"  place: {_place(judgement)}")
        yield line(f"  wrong: {judgement.message}")
        yield line(f"  fix:   {judgement.fix or check.fix}")
        yield f"  see:   {check.source}"
        yield ""


def count_line(examination: Examination) -> str:
    """Return how many of what there are, in one line."""
    counts = [_number(examination.count(severity), severity) for severity in Severity]
    unknown = len(examination.of(Answer.UNKNOWN))
    places = examination.passed + len(examination.results)
    return (
        f"{len(CHECKS)} checks in {_number(places, 'place')}: {', '.join(counts)}, {unknown} unknown, "
        f"{len(examination.suppressed)} suppressed."
    )


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"


def _place(judgement: Judgement) -> str:
    block = judgement.block
    more = [str(part) for part in (block.construct, block.file) if part] if block is not None else []
    return f"{judgement.place} ({', '.join(more)})" if more else judgement.place


def as_json(examination: Examination) -> str:
    """Return all that was found as JSON; docs/checks.md explains its keys."""
    # Here, so that a report in words doesn't wait for them to be read.
    from latticelink.paths.outlining import outline_of
    from latticelink.reports.outline import topology

    content = {
        "version": 1,
        "counts": {
            **{severity.value: examination.count(severity) for severity in Severity},
            "unknown": len(examination.of(Answer.UNKNOWN)),
            "suppressed": len(examination.suppressed),
            "passed": examination.passed,
        },
        "findings": [_entry(each) for each in examination.of(Answer.FAIL)],
        "unknown": [_entry(each) for each in examination.of(Answer.UNKNOWN)],
        "suppressed": [_entry(each) for each in examination.suppressed],
        "paths": as_dicts(examination.paths),
        "topology": topology(outline_of(examination.configuration)),
        "inputs": as_dict(examination.configuration),
        "not_judged": unmodelled(examination.configuration),
    }
    written = StringIO()
    json.dump(shown_tree(content), written, indent=2)
    return written.getvalue()


def _entry(result: Result) -> dict[str, Any]:
    check, judgement, block = result.check, result.judgement, result.judgement.block
    entry = {
        "check": check.id,
        "severity": check.severity.value,
        "answer": judgement.answer.value,
        "title": check.title,
        "place": judgement.place,
        "construct": block.construct if block is not None else "",
        "file": block.file.as_posix() if block is not None else "",
        "message": judgement.message,
        "fix": judgement.fix or check.fix,
        "settle": judgement.settle,
        "reason": result.suppressed,
        "see": check.source,
    }
    return {key: value for key, value in entry.items() if value}
