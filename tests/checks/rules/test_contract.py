"""The contract between stacks: edge cases."""

from __future__ import annotations

from typing import Any

from latticelink.checks.rules.reading import example
from latticelink.values.contract import KEYS, OUTPUT, VERSION

from tests.checks.examples import FAIL, PASS, UNKNOWN, Row, test_of

CERTAIN = {
    **{("LL821", key): "which keys there are is judged, not what they are worth" for key in KEYS},
    ("LL822", "arn.value"): "what an expression reads is judged, not what it is worth",
    ("LL822", "orders"): "the name is published, whatever stands there",
}
ENTRY = {**dict.fromkeys(KEYS, "a"), "ports": ["5432"]}


def output(value: Any) -> str:
    return example(output={OUTPUT: {"value": value}}, variable={"unknown": {}})


def published(**entry: Any) -> str:
    return output({"version": VERSION, "resources": {"orders": {**ENTRY, **entry}}})


TABLE: list[Row] = [
    ("nothing is shared", "LL821", output({"version": VERSION, "resources": {}}), [PASS]),
    ("more keys than we know", "LL821", published(more="a"), [PASS]),
    ("ports as numbers", "LL821", published(ports=[5432]), [FAIL]),
    ("a version that isn't ours", "LL821", output({"version": VERSION + 1, "resources": {}}), [FAIL]),
    ("a version that isn't known", "LL821", output({"version": "${var.unknown}", "resources": {}}), [UNKNOWN]),
    ("resources that aren't known", "LL821", output({"version": VERSION, "resources": "${var.unknown}"}), [UNKNOWN]),
    (
        "a resource that isn't known",
        "LL821",
        output({"version": VERSION, "resources": {"a": "${var.unknown}"}}),
        [UNKNOWN],
    ),
]

test_edges = test_of(TABLE)
