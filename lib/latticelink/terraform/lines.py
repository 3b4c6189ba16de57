"""Finds the line at which each block of a Terraform file begins."""

from __future__ import annotations

import json
import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]')


_HEADING = re.compile(
    r"""^[ \t]*(resource|data)[ \t]+"?([A-Za-z_][\w-]*)"?[ \t]+"?([A-Za-z_][\w-]*)"?[ \t]*\{|\n""", re.M
)


def lines_of_hcl(text: str) -> dict[tuple[str, str, str], int]:
    """Return the line of each resource and data source in a text of HCL, as `lines_of_blocks` does."""
    found: dict[tuple[str, str, str], int] = {}
    line = 1
    for match in _HEADING.finditer(text):
        if match[1]:
            found.setdefault((match[1], match[2], match[3]), line)
        line += match[0].count("\n")
    return found


def lines_of_blocks(text: str) -> dict[tuple[str, str, str], int]:
    """Return the line, counted from 1, of each block by its section, type and name, as in ("resource", type, name).

    Args:
        text: valid JSON.
    """
    found: dict[tuple[str, str, str], int] = {}
    # The key that each open object or list stands under; a list's stands for its items.
    open_keys: list[str] = []
    key, last, line = "", "", 1
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
        elif token == ":":
            key = last
            path = [each for each in open_keys if each] + [key]
            if len(path) == 3:
                found.setdefault((path[0], path[1], path[2]), line)
        elif token in "{[":
            open_keys.append(key)
            key = ""
        elif token in "}]":
            open_keys.pop()
        elif token == ",":
            key = ""
        else:
            last = json.loads(token)
    return found
