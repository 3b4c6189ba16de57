"""The pytest plugin: its option and its fixtures. pytest finds it by the entry point in pyproject.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latticelink.testing.golden import OPTION, Golden

import pytest

if TYPE_CHECKING:
    from latticelink.testing.cache import Synthesise


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that writes golden files anew."""
    group = parser.getgroup("latticelink", "LatticeLink")
    group.addoption(OPTION, action="store_true", help="rewrite the golden files of the tests that run")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with a file in `golden/` beside the test: `golden("ids.txt", text)`."""
    return Golden(request.path.parent / "golden", update=request.config.getoption(OPTION))


@pytest.fixture(scope="session")
def synthesise() -> Synthesise:
    """Synthesise an app, each once in a session: `app = synthesise(build)`, as `latticelink.testing.synthesise`."""
    # Here, as pytest loads this in runs too that test nothing of LatticeLink.
    from latticelink.testing.cache import Synthesise

    return Synthesise()
