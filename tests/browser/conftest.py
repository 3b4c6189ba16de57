"""A real Chromium that shows pictures; nothing leaves the machine, and nothing may be asked for or complained of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latticelink.paths.outlining import outline_of
from latticelink.picture.page import as_page

import pytest

from tests.engines.conftest import absent
from tests.paths.topologies import Stacks, write

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return a Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("no playwright: make tools")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        absent("no Chromium; on Debian: apt-get install chromium fonts-liberation")
    with sync_playwright() as playwright:
        # Chromium's sandbox wants another user than root.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


class Sight:
    """A page of a browser, and whatever it asked for or complained of."""

    def __init__(self, browser: Any, **options: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        self.page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def show(self, file: Path, fragment: str = "") -> Any:
        """Open a file; return the page."""
        self.page.goto(file.as_uri() + fragment)
        return self.page

    def leave(self, file: Path) -> None:
        """Turn to an empty page, for the next file; fail if it asked for anything but the file, or complained."""
        self.page.emulate_media(media="null")
        self.page.goto("about:blank")
        complaints, requests = self.complaints.copy(), {each.partition("#")[0] for each in self.requests}
        self.complaints.clear()
        self.requests.clear()
        assert complaints == []
        assert requests <= {file.as_uri(), "about:blank"}


class Shown:
    """Makes pages of topologies and shows them, in `spare` sights where there are such: to open one takes a second."""

    def __init__(self, browser: Any, folder: Path, spare: dict[str, list[Sight]]) -> None:
        self._browser, self._folder, self._spare = browser, folder, spare
        self._sights: list[tuple[Sight, Path, str]] = []

    def file(self, stacks: Stacks) -> Path:
        """Write the page of a topology."""
        folder = self._folder / f"input-{len(self._sights)}"
        file = self._folder / f"page-{len(self._sights)}.html"
        file.write_text(as_page(outline_of(write(folder, stacks)), folder), encoding="utf-8")
        return file

    def __call__(self, stacks: Stacks | Path, fragment: str = "", **options: Any) -> Any:
        """Show the page of a topology, or one that is written; return the browser's page."""
        file = stacks if isinstance(stacks, Path) else self.file(stacks)
        kind = repr(options)
        spare = self._spare.setdefault(kind, [])
        sight = spare.pop() if spare else Sight(self._browser, **options)
        self._sights.append((sight, file, kind))
        return sight.show(file, fragment)

    def leave(self) -> None:
        """Leave all pages; fail where one asked for anything but its file, or complained."""
        for sight, file, kind in self._sights:
            sight.leave(file)
            self._spare[kind].append(sight)


@pytest.fixture(scope="session")
def spare_sights() -> dict[str, list[Sight]]:
    """Return the sights that no test uses, by their options."""
    return {}


@pytest.fixture
def shown(browser: Any, tmp_path: Path, spare_sights: dict[str, list[Sight]]) -> Iterator[Shown]:
    """Return what shows pages; none of them may ask for anything or complain."""
    shows = Shown(browser, tmp_path, spare_sights)
    yield shows
    shows.leave()
