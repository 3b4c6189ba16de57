"""What an examination found as SARIF 2.1.0, for GitHub code scanning and its like.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html,
    https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from latticelink.checks.catalogue import CHECKS
from latticelink.checks.examination import Examination
from latticelink.checks.findings import Check, Result, Severity
from latticelink.disclosure import shown, shown_tree
from latticelink.paths.hops import Answer
from latticelink.reports.pages import SITE, more_about, page
from latticelink.terraform.blocks import Block
from latticelink.terraform.company import sentences
from latticelink.terraform.lines import lines_of_blocks, lines_of_hcl

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_sarif(examination: Examination, *, folder: Path, strict: bool = False) -> str:
    """Return all that was found as SARIF.

    Args:
        examination: what was found.
        folder: what was examined; the location of a finding that is in no file.
        strict: make what isn't known a result too; else it is a notification of the run.
    """
    places = _Places(folder)
    results = [each for each in examination.results if each.judgement.answer == Answer.FAIL]
    open_questions = [each for each in examination.results if each.judgement.answer == Answer.UNKNOWN]
    results += open_questions if strict else []
    run = {
        "tool": {
            "driver": {
                "name": "latticelink",
                **_version(),
                "rules": [_rule(check) for check in CHECKS],
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    *([] if strict else [places.notification(each) for each in open_questions]),
                    *(
                        {"level": "note", "message": {"text": _unlinked(each)}}
                        for each in sentences(examination.configuration)
                    ),
                ],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [places.result(each) for each in results],
    }
    return json.dumps(shown_tree({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}), indent=2)


def _version() -> dict[str, str]:
    try:
        return {"semanticVersion": version("latticelink")}
    except PackageNotFoundError:
        return {}


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": f"{check.why} {check.fix}"},
        "help": {
            "text": f"{check.why} {check.fix} See {check.source} More: {more_about(check)}",
            "markdown": f"{check.why}\n\n{check.fix}\n\n[Documentation]({check.source})\n\nMore: `{more_about(check)}`",
        },
        "helpUri": page("checks", check.id.lower()) if SITE else check.source,
        "defaultConfiguration": {"level": check.severity.value},
    }


class _Places:
    """Turns results into SARIF objects; knows which line each block is on and which fingerprints were given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lines: dict[Path, dict[tuple[str, str, str], int]] = {}
        self._seen: Counter[str] = Counter()
        self._index = {check.id: index for index, check in enumerate(CHECKS)}

    def result(self, result: Result) -> dict[str, Any]:
        check, judgement = result.check, result.judgement
        known = judgement.answer == Answer.FAIL
        fix = judgement.fix or check.fix if known else f"What would settle it: {judgement.settle}"
        named = f"{check.id} {judgement.place}"
        self._seen[named] += 1
        fingerprint = hashlib.sha256(f"{named} {self._seen[named]}".encode(errors="backslashreplace")).hexdigest()[:32]
        suppressed = [{"kind": "external", "status": "accepted", "justification": result.suppressed}]
        return {
            "ruleId": check.id,
            "ruleIndex": self._index[check.id],
            "level": check.severity.value if known else Severity.WARNING.value,
            "message": {"text": _unlinked(f"{judgement.message} {fix}")},
            "locations": [self._location(result)],
            "partialFingerprints": {"primaryLocationLineHash": f"{fingerprint}:1"},
            **({"suppressions": suppressed} if result.suppressed else {}),
        }

    def notification(self, result: Result) -> dict[str, Any]:
        return {
            "level": "note",
            "associatedRule": {"id": result.check.id, "index": self._index[result.check.id]},
            "message": {
                "text": _unlinked(f"{result.judgement.message} What would settle it: {result.judgement.settle}")
            },
            "locations": [self._location(result)],
        }

    def _location(self, result: Result) -> dict[str, Any]:
        block = result.judgement.block
        name = {"fullyQualifiedName": result.judgement.place, "kind": "object"}
        return {
            "physicalLocation": {
                "artifactLocation": {"uri": _uri(block.file if block is not None else self._folder)},
                "region": {"startLine": self._line(block) if block is not None else 1},
            },
            "logicalLocations": [name],
        }

    def _line(self, block: Block) -> int:
        if block.file not in self._lines:
            # What came through a pipe can't be read again.
            text = block.file.read_text(encoding="utf-8") if block.file.is_file() else ""
            self._lines[block.file] = (lines_of_hcl if block.file.suffix == ".tf" else lines_of_blocks)(text)
        name = block.name.partition("[")[0]
        return self._lines[block.file].get((block.mode, block.type, name), 1)


def _unlinked(text: str) -> str:
    """Return a text in which `[text](address)` is no link (SARIF 2.1.0, 3.11.6): names come from whoever wrote them."""
    return shown(text).replace("](", "] (")


def _uri(path: Path) -> str:
    """Return `path` relative to the working directory, as code scanning wants it; else as a file's address."""
    absolute = path.absolute()
    here = Path.cwd()
    return quote(absolute.relative_to(here).as_posix()) if absolute.is_relative_to(here) else absolute.as_uri()
