"""Pictures in a real browser: no two texts overlap, none leaves its box or lies under a marker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latticelink.paths.outlining import outline_of
from latticelink.picture.svg import as_svg

import pytest

from tests.conftest import ROOT
from tests.paths.test_paths import TABLE
from tests.paths.topologies import right, write
from tests.picture.inputs import CASES, HOSTILE, links, many, named

pytestmark = pytest.mark.engine

OVERLAP = (Path(__file__).parent / "overlap.js").read_text()
MADE = {
    **CASES,
    **{f"a name of {name}": lambda name=name: named(HOSTILE[name]) for name in HOSTILE},
    "200 links": lambda: links(200),
    "one consumer of many": lambda: many(1, 60, 2, 100),
}
DOCUMENTED = sorted(ROOT.glob("docs/pictures/*.svg"))


@pytest.fixture(scope="module")
def sheet(browser: Any) -> Iterator[Any]:
    """Return a page to lay pictures on."""
    page = browser.new_page(viewport={"width": 2600, "height": 1600})
    page.set_content("<body style='margin:20px'>")
    yield page
    page.close()


def look(sheet: Any, picture: str) -> list[str]:
    """Return what is wrong with a picture."""
    sheet.evaluate("(picture) => { document.body.innerHTML = picture; }", picture)
    seen = sheet.evaluate(OVERLAP)
    assert seen["texts"] >= 1
    found: list[str] = seen["found"]
    return found


@pytest.mark.parametrize("case", MADE)
def test_texts_of_a_picture_keep_apart(sheet: Any, tmp_path: Path, case: str) -> None:
    assert look(sheet, as_svg(outline_of(write(tmp_path, MADE[case]())))) == []


def test_texts_of_every_topology_of_the_table_keep_apart(sheet: Any, tmp_path: Path) -> None:
    wrong = {}
    for count, (sentence, change, *_) in enumerate(TABLE):
        stacks = right()
        if change is not None:
            change(stacks)
        if found := look(sheet, as_svg(outline_of(write(tmp_path / str(count), stacks)))):
            wrong[sentence] = found
    assert wrong == {}


@pytest.mark.parametrize("file", DOCUMENTED, ids=[file.stem for file in DOCUMENTED])
def test_texts_of_the_pictures_in_the_documentation_keep_apart(sheet: Any, file: Path) -> None:
    assert look(sheet, file.read_text()) == []


WRONG = [
    ("two texts at one place", '<text x="10" y="30">one</text><text x="14" y="32">two</text>', "one / two"),
    ("a text that leaves the picture", '<text x="180" y="30">a long text</text>', "outside: a long text"),
    (
        "a text that leaves its card",
        '<rect class="card" x="10" y="10" width="30" height="40"/><text x="15" y="30">a long text</text>',
        "out of card: a long text",
    ),
    (
        "a text under a marker",
        '<text x="10" y="30">a text</text><g class="hop"><circle class="s" cx="20" cy="28" r="9"/></g>',
        "under a marker: a text",
    ),
]


@pytest.mark.parametrize(("sentence", "elements", "said"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_seen(sheet: Any, sentence: str, elements: str, said: str) -> None:
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60">{elements}</svg>'
    assert said in look(sheet, picture), sentence
