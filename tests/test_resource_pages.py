"""The pages of docs/resources: one fixed shape, links that lead somewhere, and the provider versions of the table."""

from __future__ import annotations

import re
from pathlib import Path

from latticelink.values.provider_arguments import PROVIDER_ARGUMENTS

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "resources"
PAGES = sorted(page for page in FOLDER.glob("*.md") if page.name != "README.md")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_page_draws_the_path_and_says_what_limits_it(page: Path) -> None:
    text = text_of(page)
    assert "```mermaid\nflowchart LR" in text
    assert "**Limits.**" in text
    assert re.search(r"\(\.\./troubleshooting\.md#|symptoms: as for", text)
    assert len(text.splitlines()) <= 65, "short"


@pytest.mark.parametrize("page", [*PAGES, FOLDER / "README.md"], ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text_of(page)):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_each_page_is_in_the_index_and_in_the_readme() -> None:
    for page in PAGES:
        assert f"({page.name})" in text_of(FOLDER / "README.md")
        assert f"(docs/resources/{page.name})" in text_of(ROOT / "README.md")


def test_the_versions_are_those_of_the_table() -> None:
    table = text_of(FOLDER / "README.md").split("## Provider versions")[1]
    told = {tuple(map(int, version)) for version in re.findall(r"\| (\d+)\.(\d+)(?: \(|\s*\|)", table)}
    assert told == {row.since[:2] for row in PROVIDER_ARGUMENTS}
