"""Ports: edge cases."""

from __future__ import annotations

from latticelink.checks.rules.reading import example
from latticelink.values.types import CONFIGURATION

from tests.checks.examples import FAIL, PASS, Row, test_of


def shares(*ports: str) -> str:
    return example((CONFIGURATION, "db", {"port_ranges": list(ports)}))


TABLE: list[Row] = [
    ("the first and the last port", "LL211", shares("1", "65535"), [PASS]),
    ("port 0", "LL211", shares("0"), [FAIL]),
    ("one more than there are", "LL211", shares("65536"), [FAIL]),
    ("a range that goes down", "LL211", shares("90-80"), [FAIL]),
    ("two ports in one text", "LL211", shares("80,443"), [FAIL]),
    ("no port at all is for LL001", "LL211", shares(), [PASS]),
    ("ranges that touch", "LL212", shares("80-89", "90"), [PASS]),
    ("a range in another, far apart in the list", "LL212", shares("443", "1", "400-500"), [FAIL]),
    ("the same port twice", "LL212", shares("443", "443"), [FAIL]),
]

test_edges = test_of(TABLE)
