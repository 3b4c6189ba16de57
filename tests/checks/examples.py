"""Writes a check's example into a folder, and judges it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from latticelink.checks import suppressions
from latticelink.checks.examination import Examination, judge
from latticelink.network.reading import read
from latticelink.paths.hops import Answer


def write(folder: Path, example: str) -> Path:
    """Write an example: the Terraform JSON of one stack, or of several, each under the name of its file."""
    content = json.loads(example)
    files = content if any(name.endswith(".json") for name in content) else {"main.tf.json": content}
    for name, part in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(part, indent=2))
    return folder


def examined(folder: Path, example: str) -> Examination:
    configuration = read(write(folder, example))
    return judge(configuration, suppressions.in_configuration(configuration))


def answers(folder: Path, example: str, check: str) -> Counter[Answer]:
    """Return how often a check gives each answer but PASS for an example."""
    return Counter(each.judgement.answer for each in examined(folder, example).results if each.check.id == check)
