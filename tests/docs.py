"""The fenced blocks of the documentation, so that tests run what readers copy."""

from __future__ import annotations

import re

from tests.conftest import ROOT


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a language on a page of docs/."""
    text = (ROOT / "docs" / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
