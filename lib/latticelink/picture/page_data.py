"""What the page's script knows: paths and hops as JSON, each hop once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.disclosure import shown_tree
from latticelink.paths.hops import Hop
from latticelink.paths.outline import Outline
from latticelink.picture import words
from latticelink.picture.glyphs import KINDS, SAYS, VERDICTS
from latticelink.picture.scene import sights
from latticelink.terraform.blocks import Block


def page_data(outline: Outline, root: Path) -> str:
    """Return paths and hops as JSON for a script element.

    Args:
        outline: the outline.
        root: where it was read from; files are named below it, so that the page is the same in any folder.
    """
    hops, pairs = _Hops(root), words.pairs(outline)
    paths = [
        {
            "title": words.path_sentence(outline, number, way),
            "pair": pairs[number],
            "kind": KINDS[way.traced.answer],
            "verdict": words.path_verdict(way),
            "names": _names(outline, way.endpoint),
            "hops": [hops.number(each.hop) for each in sights(number, way)],
            "zones": [each.zone for each in sights(number, way)] if way.traced.addresses else [],
        }
        for number, way in enumerate(outline.ways)
    ]
    content = {
        "paths": paths,
        "hops": hops.all,
        "says": {KINDS[each]: text for each, text in SAYS.items()},
        "verdicts": {KINDS[each]: text for each, text in VERDICTS.items()},
    }
    return json.dumps(shown_tree(content), separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def below(file: Path, root: Path) -> str:
    """Return a file's name below the folder that was read."""
    return file.relative_to(root).as_posix() if file.is_relative_to(root) and file != root else file.name


def _names(outline: Outline, endpoint: str | None) -> str:
    found = outline.endpoints.get(endpoint or "")
    return " ".join(found.dns_names) if found is not None else ""


class _Hops:
    """All hops of a page, each once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._numbers: dict[tuple[Any, ...], int] = {}
        self.all: list[dict[str, Any]] = []

    def number(self, hop: Hop) -> int:
        key = (hop.place, hop.block, hop.answer, hop.why, hop.fix, hop.rules)
        if key not in self._numbers:
            self._numbers[key] = len(self.all)
            self.all.append(
                {
                    "place": hop.place,
                    "kind": KINDS[hop.answer],
                    "why": words.sentence(hop.why),
                    "fix": hop.fix,
                    "block": self._block(hop.block) if hop.block is not None else None,
                    "rules": [{**self._block(rule), "said": words.description(rule)} for rule in hop.rules],
                }
            )
        return self._numbers[key]

    def _block(self, block: Block) -> dict[str, str]:
        return {
            "name": block.full_address,
            "construct": block.construct,
            "file": below(block.file, self._root),
        }
