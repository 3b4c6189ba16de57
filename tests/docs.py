"""The fenced blocks of the documentation, so that tests run what readers copy; and what draws its pictures."""

from __future__ import annotations

import importlib.util
import re
from typing import Any

from tests.conftest import ROOT


def pictures() -> Any:
    """Return the program that draws the documentation's pictures, as a module."""
    specification = importlib.util.spec_from_file_location("draw_pictures", ROOT / "docs" / "pictures" / "draw.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def blocks(page: str, language: str) -> list[str]:
    """Return the fenced blocks of a language on a page of docs/."""
    text = (ROOT / "docs" / page).read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
