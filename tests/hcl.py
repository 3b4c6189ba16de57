"""Writes Terraform JSON as HCL that says the same, tells what a check says of it, and hides the extra for HCL."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latticelink.checks.examination import examine
from latticelink.reports.paths import path_lines

import pytest

# What of a resource is a map or an object, which is not a block.
MAPS = {
    "account_ids",
    "config",
    "defaults",
    "input",
    "inputs",
    "keepers",
    "tags",
    "tags_all",
    "triggers_replace",
    "variables",
}
# Arguments that are names in HCL, no expressions; and those that are so in one section.
NAMES = {"depends_on", "ignore_changes", "iterator", "provider", "providers", "replace_triggered_by"}
NAMES_OF = {"variable": {"type"}, "moved": {"from", "to"}, "import": {"to"}, "removed": {"from"}}
LABELS = {"resource": 2, "data": 2, "output": 1, "variable": 1, "provider": 1, "module": 1}
PLAIN_SECTIONS = ("locals", "moved", "import", "removed", "terraform")
LABELLED = ("backend", "dynamic", "provisioner")


def as_hcl(content: dict[str, Any]) -> str:
    """Return the content of a `*.tf.json` file as the text of a `*.tf` file."""
    lines: list[str] = []
    for entry in (content.get("//") or {}).get("latticelink", {}).get("suppress", []):
        lines.append(f"# latticelink: suppress {entry['check']} {entry['resource']}: {entry.get('reason', '')}")
    for section, labels in LABELS.items():
        for names, body in labelled(content.get(section), labels):
            lines += block([section, *map(json.dumps, names)], body, section)
    for section in PLAIN_SECTIONS:
        for _, body in labelled(content.get(section), 0):
            lines += block([section], body, section)
    return "\n".join(lines) + "\n"


def labelled(content: Any, labels: int) -> Iterator[tuple[list[str], dict[str, Any]]]:
    for part in content if isinstance(content, list) else [] if content is None else [content]:
        if labels:
            for name, inside in part.items():
                if name != "//":
                    yield from (([name, *names], body) for names, body in labelled(inside, labels - 1))
        else:
            yield [], part


def block(heading: list[str], body: dict[str, Any], section: str) -> list[str]:
    lines = [f"{' '.join(heading)} {{"]
    for name, value in body.items():
        if name == "//":
            continue
        if section == "variable" and name == "default":
            lines.append(f"  default = {expression(value, literal=True)}")
        elif name in NAMES | NAMES_OF.get(section, set()):
            lines.append(f"  {name} = {names_of(value)}")
        elif is_block(section, name, value):
            for each in value if isinstance(value, list) else [value]:
                several = each.items() if name in LABELLED else [("", each)]
                for label, inside in several:
                    for one in inside if isinstance(inside, list) else [inside]:
                        inner = block([name, *([json.dumps(label)] if label else [])], one, f"in {section}")
                        lines += [f"  {line}" for line in inner]
        else:
            lines.append(f"  {name} = {expression(value)}")
    return [*lines, "}"]


def is_block(section: str, name: str, value: Any) -> bool:
    if section in ("locals", "variable", "output", "module", "in terraform") or name in MAPS:
        return section == "variable" and name == "validation"
    blocks = value if isinstance(value, list) else [value]
    return bool(blocks) and all(isinstance(each, dict) for each in blocks)


def names_of(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(names_of, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {names_of(name)}' for key, name in value.items())} }}"
    return value[2:-1] if isinstance(value, str) and value.startswith("${") else str(value)


def expression(value: Any, *, literal: bool = False) -> str:
    if isinstance(value, dict):
        entries = [f"{key_of(key, literal)} = {expression(item, literal=literal)}" for key, item in value.items()]
        return f"{{ {', '.join(entries)} }}"
    if isinstance(value, list):
        return f"[{', '.join(expression(item, literal=literal) for item in value)}]"
    if not isinstance(value, str):
        return json.dumps(value)
    parts = [(value, True)] if literal else list(parts_of(value))
    if len(parts) == 1 and parts[0][0].startswith("${") and not parts[0][1]:
        return f"({parts[0][0][2:-1]})"
    return '"' + "".join(quoted(part, literal) if plain else part for part, plain in parts) + '"'


def key_of(key: str, literal: bool) -> str:
    return key if re.fullmatch(r"[a-z_]+", key) else expression(key, literal=literal)


def quoted(text: str, literal: bool) -> str:
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    escaped = re.sub("[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped)
    return re.sub(r"([$%])(?=\{)", r"\1\1", escaped) if literal else escaped


def parts_of(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a template, each with whether it is plain."""
    plain, at = "", 0
    while at < len(text):
        if text.startswith(("$${", "%%{"), at):
            plain, at = plain + text[at : at + 3], at + 3
        elif text.startswith(("${", "%{"), at):
            if plain:
                yield plain, True
            plain, end = "", closing(text, at + 2)
            yield text[at:end], False
            at = end
        else:
            plain, at = plain + text[at], at + 1
    if plain:
        yield plain, True


def closing(text: str, at: int) -> int:
    """Return where the brace is closed that was opened before `at`, over quotes and what is inside these."""
    while text[at] != "}":
        if text[at] == '"':
            at += 1
            while text[at] != '"':
                if text.startswith(("$${", "%%{"), at):
                    at += 3
                elif text.startswith(("${", "%{"), at):
                    at = closing(text, at + 2)
                else:
                    at += 2 if text[at] == "\\" else 1
            at += 1
        else:
            at = closing(text, at + 1) if text[at] == "{" else at + 1
    return at + 1


def to_hcl(folder: Path) -> None:
    """Write each `*.tf.json` of a folder and its folders as HCL in its place; a synth's stacks lose their manifest."""
    for file in [*folder.rglob("*.tf.json")]:
        file.with_suffix("").with_suffix(".tf").write_text(as_hcl(json.loads(file.read_text())))
        file.unlink()


def told(folder: Path) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return all that a check says of a folder, but for the files it names."""
    examination = examine(folder)
    results = [
        (each.check.id, each.judgement.answer.name, each.judgement.place, each.judgement.message, each.suppressed or "")
        for each in examination.results
    ]
    return sorted(results), path_lines(examination.paths, why=True)


def without_hcl(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the extra that reads HCL be missing."""
    monkeypatch.setitem(sys.modules, "hcl2", None)
