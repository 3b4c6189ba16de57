"""The documentation as a site: built without a warning, whole, and nothing is asked of another host."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import latticelink
import latticelink.testing

import pytest

from tests.browser.conftest import Sight
from tests.browser.test_mermaid import library
from tests.conftest import ROOT
from tests.engines.conftest import absent

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("browser")]

# What the theme's own script writes into the console where the reader turns the colours.
FURO_SAYS = re.compile(r"Changed to (light|dark|auto) mode\.$")
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(19, 20, 22)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site."""
    if find_spec("sphinx") is None:
        absent("no Sphinx: make tools")
    library()
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going"]
    result = subprocess.run(
        [*command, "-c", "docs/site", "-d", str(folder / "trees"), ".", str(folder / "html")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    return folder / "html"


class Links(HTMLParser):
    """What a page links to and loads, and the anchors that it has."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.anchors: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors.add(given.get("id", ""))
        if "href" in given:
            (self.loaded if tag == "link" else self.links).append(given["href"])
        if "src" in given:
            self.loaded.append(given["src"])


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Links]:
    return {page: Links(page) for page in site.rglob("*.html")}


def test_every_page_of_the_documentation_is_there(site: Path) -> None:
    sources = [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        ROOT / "examples" / "README.md",
        *(ROOT / "docs").rglob("*.md"),
    ]
    missing = [each for each in sources if not (site / each.relative_to(ROOT)).with_suffix(".html").exists()]
    assert missing == []


def test_every_link_and_anchor_leads_somewhere(pages: dict[Path, Links]) -> None:
    broken = set()
    for page, found in pages.items():
        for link in {*found.links, *found.loaded}:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            anchor = unquote(parts.fragment)
            if not target.exists() or (anchor and target in pages and anchor not in pages[target].anchors):
                broken.add((page.name, link))
    assert broken == set()


def test_no_page_loads_anything_of_another_host(pages: dict[Path, Links], site: Path) -> None:
    assert {link for found in pages.values() for link in found.loaded if urlsplit(link).netloc} == set()
    styles = "\n".join(style.read_text(encoding="utf-8") for style in site.rglob("*.css"))
    assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//[^)\s]+", styles) == []


def test_every_public_word_is_in_the_reference(site: Path) -> None:
    anchors = Links(site / "docs" / "reference.html").anchors
    words = [f"latticelink.{word}" for word in latticelink.__all__]
    words += [f"latticelink.testing.{word}" for word in latticelink.testing.__all__]
    homes = {anchor.rsplit(".", 1)[-1] for anchor in anchors if anchor.startswith("latticelink")}
    assert [word for word in words if word.rsplit(".", 1)[-1] not in homes] == []


@pytest.fixture
def sight(browser: Any) -> Iterator[Any]:
    """Return what opens pages of the site; closing it fails where one complained, or asked for what is no file."""
    opened: list[Sight] = []

    def opens(**options: Any) -> Sight:
        opened.append(Sight(browser, **options))
        return opened[-1]

    yield opens
    for each in opened:
        each.context.close()
        assert [said for said in each.complaints if not FURO_SAYS.match(said)] == []
        assert {urlsplit(request).scheme for request in each.requests} <= {"file", "data", "blob"}


def ground(page: Any) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_opens_without_a_complaint_and_is_as_wide_as_the_screen(
    sight: Any, pages: dict[Path, Links], width: int
) -> None:
    look = sight(viewport={"width": width, "height": 900})
    wide = []
    for file in pages:
        page = look.show(file)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(file.name)
    assert wide == []


def test_search_finds_a_word_and_leads_to_its_page(sight: Any, site: Path) -> None:
    page = sight().show(site / "index.html")
    page.fill("input[name=q]", "make before break")
    page.keyboard.press("Enter")
    page.locator("ul.search a", has_text="Changing what is deployed").first.click()
    assert "Make before break" in page.locator("main, article").first.inner_text()


def test_dark_is_taken_from_the_reader_and_can_be_turned(sight: Any, site: Path) -> None:
    page = sight(color_scheme="dark").show(site / "docs" / "accounts.html")
    assert ground(page) == DARK
    turn = page.locator(".theme-toggle:visible").first
    turn.click()
    assert ground(page) == LIGHT
    turn.click()
    assert ground(page) == DARK


def test_diagrams_are_drawn_and_follow_the_colours(sight: Any, site: Path) -> None:
    page = sight(color_scheme="light").show(site / "docs" / "accounts.html")
    drawing = page.locator("pre.mermaid svg")
    drawing.wait_for()
    assert "resource gateway" in str(drawing.text_content())
    before = drawing.inner_html()
    page.locator(".theme-toggle:visible").first.click()
    page.wait_for_function("(before) => document.querySelector('pre.mermaid svg')?.innerHTML !== before", arg=before)
