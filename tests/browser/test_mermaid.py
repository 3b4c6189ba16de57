"""Mermaid's own parser and renderer take every flowchart, whatever names are in it."""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latticelink.paths.outlining import outline_of
from latticelink.picture.mermaid import as_markdown

import pytest

from tests.engines.conftest import absent
from tests.paths.test_paths import TABLE
from tests.paths.topologies import Stacks, right, write
from tests.picture.inputs import CASES, HOSTILE, links, named

pytestmark = pytest.mark.engine

FOLDER = Path(__file__).parent
RENDER = "async (text) => { await mermaid.parse(text); return (await mermaid.render('drawn', text)).svg; }"


def library() -> Path:
    """Return Mermaid's own program, installed if need be."""
    program = FOLDER / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"
    with (FOLDER / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            npm = shutil.which("npm")
            if npm is None or subprocess.run([npm, "ci", "--silent"], cwd=FOLDER, check=False).returncode != 0:
                absent("no Mermaid: run `npm ci` in tests/browser")
    return program


@pytest.fixture(scope="module")
def mermaid(browser: Any) -> Iterator[Any]:
    """Return a page that has Mermaid, as strict as GitHub has it."""
    page = browser.new_page()
    page.set_content("<body>")
    page.add_script_tag(path=library())
    page.evaluate("mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })")
    yield page
    page.close()


def flowchart(folder: Path, stacks: Stacks) -> str | None:
    found = re.search(r"^```mermaid\n(.*?)^```$", as_markdown(outline_of(write(folder, stacks))), re.M | re.S)
    return found[1] if found else None


MADE = {
    **{name: make for name, make in CASES.items() if name != "nothing"},
    **{f"a name of {name}": lambda name=name: named(HOSTILE[name]) for name in HOSTILE},
    "200 links": lambda: links(200),
}


@pytest.mark.parametrize("case", MADE)
def test_mermaid_draws_it(mermaid: Any, tmp_path: Path, case: str) -> None:
    text = flowchart(tmp_path, MADE[case]())
    drawn = mermaid.evaluate(RENDER, text)
    assert "<svg" in drawn
    assert "<script" not in drawn
    assert drawn.count("edgeLabel") > 1


def test_a_hostile_name_is_drawn_as_it_is(mermaid: Any, tmp_path: Path) -> None:
    mermaid.evaluate("document.body.replaceChildren()")
    text = flowchart(tmp_path, named('"] #1 <b> & `x` 100%'))
    drawn = mermaid.evaluate(RENDER, text)
    mermaid.evaluate("(drawn) => { document.body.innerHTML = drawn; }", drawn)
    assert '"] #1 <b> & `x` 100%' in mermaid.evaluate("document.body.textContent")


def test_mermaid_takes_every_topology_of_the_table(mermaid: Any, tmp_path: Path) -> None:
    for count, (sentence, change, *_) in enumerate(TABLE):
        stacks = right()
        if change is not None:
            change(stacks)
        text = flowchart(tmp_path / str(count), stacks)
        assert text is None or mermaid.evaluate("async (text) => !!(await mermaid.parse(text))", text), sentence


def test_what_is_no_flowchart_is_refused(mermaid: Any) -> None:
    assert (
        mermaid.evaluate("async () => mermaid.parse('flowchart LR\\n n0[\"] --> n1').catch(() => 'refused')")
        == "refused"
    )
