import itertools
from typing import Any

from latticelink.errors import InvalidInput, Report
from latticelink.values.ports import PortRange, Ports, parse_ports

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import ports, tokens

NUMBER_TOKEN = -1.8881545897087626e289


def parsed(given_ports: Any) -> Ports:
    with Report("share") as report:
        return parse_ports(report, "ports", given_ports)


def members(given_ports: Any) -> set[int]:
    found: set[int] = set()
    for item in given_ports:
        low, _, high = str(item).partition("-")
        found.update(range(int(low), int(high or low) + 1))
    return found


@given(ports)
def test_the_same_ports_come_out_as_went_in(given_ports: list[int | str]) -> None:
    assert members(str(item) for item in parsed(given_ports).ranges) == members(given_ports)


@given(ports)
def test_ranges_come_out_sorted_and_each_once(given_ports: list[int | str]) -> None:
    ranges = parsed(given_ports).ranges
    assert all(one < other for one, other in itertools.pairwise(ranges))


@given(ports)
def test_joined_they_are_the_same_ports_apart(given_ports: list[int | str]) -> None:
    joined = parsed(given_ports).joined().ranges
    assert members(str(item) for item in joined) == members(given_ports)
    assert all(one.high + 1 < other.low for one, other in itertools.pairwise(joined))


@given(ports, st.randoms())
def test_the_order_given_does_not_matter(given_ports: list[int | str], random: Any) -> None:
    shuffled = list(given_ports)
    random.shuffle(shuffled)
    assert parsed(shuffled) == parsed(given_ports)


@given(ports, tokens)
def test_tokens_pass_untouched(given_ports: list[int | str], token: str) -> None:
    result = parsed([*given_ports, token, NUMBER_TOKEN])
    assert result.tokens == (token, NUMBER_TOKEN)
    assert result.ranges == parsed(given_ports).ranges


def test_overlapping_and_adjacent_ranges_are_joined_when_asked_for_alone() -> None:
    given_ports = parsed(["8000-8080", 8081, "8050-9000", 443, "443"])
    assert list(map(str, given_ports.ranges)) == ["443", "8000-8080", "8050-9000", "8081"]
    assert given_ports.joined().ranges == (PortRange(443, 443), PortRange(8000, 9000))


@pytest.mark.parametrize(
    ("port", "fix"),
    [
        (0, "Write, for example, 443 or '8000-8080'."),
        (65536, "Write, for example, 443 or '8000-8080'."),
        (70000, "Write, for example, 443 or '8000-8080'."),
        (-1, "Write, for example, 443 or '8000-8080'."),
        (True, "Write, for example, 443 or '8000-8080'."),
        (80.5, "Write, for example, 443 or '8000-8080'."),
        ("http", "Write, for example, 443 or '8000-8080'."),
        ("٨٠", "Write, for example, 443 or '8000-8080'."),
        ("200-100", "Write '100-200'."),
        ("80,81", "Write one list item for each port or range."),
        (None, "Write, for example, 443 or '8000-8080'."),
    ],
)
def test_what_is_no_port_is_refused_with_a_fix(port: Any, fix: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed([443, port])
    [finding] = caught.value.findings
    assert (finding.place, finding.value, finding.fix) == (("share", "ports"), repr(port), fix)


@pytest.mark.parametrize("given_ports", [[], 80, "80"])
def test_no_port_or_no_list_is_refused(given_ports: Any) -> None:
    with pytest.raises(InvalidInput):
        parsed(given_ports)


def test_all_bad_ports_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        parsed([0, 70000, "200-100"])
    assert [finding.value for finding in caught.value.findings] == ["0", "70000", "'200-100'"]


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        (["1-65535"], [80], True),
        (["80-90"], ["85-95"], False),
        ([80, 81], ["80-81"], True),
        ([443], [443], True),
        ([443], [80, 443], False),
    ],
)
def test_whether_ports_cover_others(wide: list[Any], narrow: list[Any], covers: bool) -> None:
    assert parsed(wide).covers(parsed(narrow)) is covers
