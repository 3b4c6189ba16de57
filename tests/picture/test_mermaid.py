"""Markdown for pull requests: a verdict, a flowchart, the fixes; hostile names mean nothing in any of them."""

from __future__ import annotations

import re
from pathlib import Path

from latticelink.paths.outlining import outline_of
from latticelink.picture.mermaid import MARK, as_markdown

import pytest

from tests.paths.topologies import Stacks, write
from tests.picture.inputs import CASES, HOSTILE, links, named


def markdown(tmp_path: Path, stacks: Stacks) -> str:
    return as_markdown(outline_of(write(tmp_path, stacks)))


def flowchart(text: str) -> list[str]:
    found = re.search(r"^```mermaid\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def test_it_starts_with_the_mark_and_the_verdict_and_ends_with_the_fixes(tmp_path: Path) -> None:
    lines = markdown(tmp_path, CASES["two rules are missing"]()).splitlines()
    assert lines[0] == MARK
    assert lines[1].endswith("blocked for TCP 443 at client's group out, target's group in.")
    fixes = [line for line in lines if line.startswith("   Fix: `Add aws_vpc_security_group_")]
    assert len(fixes) == 2
    assert lines[-1] == fixes[-1]


def test_the_flowchart_has_both_vpcs_and_crosses_where_packets_stop(tmp_path: Path) -> None:
    assert flowchart(markdown(tmp_path, CASES["two rules are missing"]())) == [
        "flowchart LR",
        '  subgraph v0["consumer · main 10.1.0.0/16"]',
        '    n0["client<br/>client"]',
        '    n1(["endpoint<br/>web"])',
        "  end",
        '  subgraph v1["producer · main 10.2.0.0/16"]',
        '    n2(["gateway gateway<br/>web"])',
        '    n3["web<br/>EC2 instance"]',
        "  end",
        '  n0 --x|"✕ client\'s group out"| n1',
        '  n1 -->|"PrivateLink"| n2',
        '  n2 --x|"✕ target\'s group in"| n3',
        "  linkStyle 0,2 stroke:#c62828,stroke-width:3px",
    ]


def test_of_many_paths_only_what_is_blocked_or_unknown_is_drawn(tmp_path: Path) -> None:
    text = markdown(tmp_path, links(200))
    assert "188 of 200 paths are not drawn." in text
    assert len(text) < 65_536, "what GitHub takes as a comment"
    assert len([line for line in flowchart(text) if "✕" in line]) >= 6


def test_what_shares_nothing_has_no_flowchart(tmp_path: Path) -> None:
    assert markdown(tmp_path, CASES["nothing"]()) == f"{MARK}\n**LatticeLink:** No path: nothing is shared here.\n"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_opens_nothing(tmp_path: Path, name: str) -> None:
    text = markdown(tmp_path, named(HOSTILE[name]))
    lines = flowchart(text)
    for line in lines:
        # A quoted text ends where it should: what is left of a line without its texts is the flowchart's own.
        rest = re.sub(r'"[^"]*"', "T", line)
        assert re.fullmatch(
            r"flowchart LR| +end| +subgraph v\d+\[T\]| +n\d+(\(\[T\]\)|\[T\])| +n\d+ (-->|--x|-.->)(\|T\|)? n\d+"
            r"| +linkStyle [\d,]+ stroke:#\w+,stroke-width:\dpx",
            rest,
        ), line
    outside = text.replace("\n".join(lines), "").replace(MARK, "")
    in_words = re.sub(r"`[^`]*`", "", outside)
    assert "<" not in in_words.replace("\\<", "")
    assert len(text.split("```")) == 3
