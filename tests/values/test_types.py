"""A type of resource stands once in the library, in values/types.py or where it alone is used."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from latticelink.values import types

from tests.test_layers import PACKAGE

NAMED = {value for value in vars(types).values() if isinstance(value, str) and value.startswith("aws_")}
NO_TYPE = {"aws_provider"}


def types_written(path: Path) -> list[str]:
    texts = [node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)]
    return [text for text in texts if isinstance(text, str) and re.fullmatch(r"aws_[a-z0-9_]*[a-z0-9]", text)]


def test_no_type_stands_twice() -> None:
    written = Counter(each for path in PACKAGE.rglob("*.py") for each in types_written(path))
    assert {each for each, times in written.items() if times > 1} - NO_TYPE == set()


def test_what_has_a_word_is_written_by_it() -> None:
    others = (path for path in PACKAGE.rglob("*.py") if path != Path(types.__file__))
    assert {path.name: set(types_written(path)) & NAMED for path in others if set(types_written(path)) & NAMED} == {}
