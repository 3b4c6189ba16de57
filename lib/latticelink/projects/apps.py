"""The apps that a project can begin with: the scenario and the examples, as this repository has them."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from latticelink.errors import LatticeLinkError

SCENARIO = "scenario"

# A wheel has them beside this file (pyproject.toml), a clone where people read them.
_PACKAGED = Path(__file__).parent / "apps"
_CLONE = Path(__file__).parents[3]

# docs/cdktf-to-cdktn.sed, which a test compares.
_MOVES = (
    (r"^( *(?:from|import) )cdktf_cdktf_provider_aws", r"\1cdktn_provider_aws"),
    (r"^( *from )cdktf([ .])", r"\1cdktn\2"),
    (r"^( *)import cdktf$", r"\1import cdktn as cdktf"),
)


@dataclass(frozen=True)
class StartingApp:
    """An app that a project can begin with.

    Args:
        name: `scenario`, or the example's.
        files: the text of each of its Python files, by its path in the project.
        settings: the context of its `cdktf.json`.
    """

    name: str
    files: dict[str, str]
    settings: dict[str, Any]

    @property
    def summary(self) -> str:
        """What it is, in a sentence: the first line of its main.py."""
        return (ast.get_docstring(self._tree) or "").partition("\n")[0]

    @property
    def build(self) -> str:
        """The name of the function that makes its stacks, which main.py gives to `run`."""
        [name] = (
            node.args[0].id
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "run"
            and isinstance(node.args[0], ast.Name)
        )
        return name

    @property
    def takes_state(self) -> bool:
        """Whether one place says where state is kept, so that it can be another one."""
        return self.name == SCENARIO or f"STATE = {self._own_state}\n" in self.files["main.py"]

    @property
    def _own_state(self) -> str:
        return f'LocalState("../../../state/{self.name}")'

    @property
    def _tree(self) -> ast.Module:
        return ast.parse(self.files["main.py"])

    def with_state(self, kind: str, arguments: dict[str, str]) -> StartingApp:
        """Return the app with its state kept elsewhere, written to `cdktf.out` as any project's.

        Args:
            kind: `local`, `s3` or `cloud`.
            arguments: those of that state, by name; the region is the app's own.
        """
        if self.name == SCENARIO:
            ours = self.settings["latticelink"]
            state = {"kind": kind, **arguments, **({"region": ours["region"]} if kind == "s3" else {})}
            return StartingApp(self.name, self.files, {**self.settings, "latticelink": {**ours, "state": state}})
        word = {"local": "LocalState", "s3": "S3State", "cloud": "CloudState"}[kind]
        main = self.files["main.py"].replace(f', outdir="{self.name}.out"', "")
        if self.takes_state:
            region = {"region": "REGION"} if kind == "s3" else {}
            given = {**{name: json.dumps(value) for name, value in arguments.items()}, **region}
            written = ", ".join(f"{name}={value}" for name, value in given.items())
            main = _importing(word, main.replace(self._own_state, f"{word}({written})"))
        files = {**self.files, "main.py": main.replace(self._own_state, "LocalState()")}
        return StartingApp(self.name, files, self.settings)

    def on(self, cdk: str) -> StartingApp:
        """Return the app in the words of a CDK, `cdktf` or `cdktn`."""
        moved = self.files if cdk == "cdktf" else {path: _moved(text) for path, text in self.files.items()}
        return StartingApp(self.name, moved, self.settings)


def names() -> list[str]:
    """Return the names of the apps, the scenario first."""
    return [SCENARIO, *sorted(path.parent.name for path in _root().glob("examples/*/main.py"))]


def app_of(name: str) -> StartingApp:
    """Return the app with one of the `names`."""
    if name != SCENARIO:
        return StartingApp(
            name, {path.name: _read(path) for path in sorted((_root() / "examples" / name).glob("*.py"))}, {}
        )
    paths = [_root() / "main.py", *sorted((_root() / "stacks").glob("*.py"))]
    files = {path.relative_to(_root()).as_posix(): _read(path) for path in paths}
    return StartingApp(name, files, json.loads(_read(_root() / "cdktf.json"))["context"])


def _root() -> Path:
    for folder in (_PACKAGED, _CLONE):
        if (folder / "stacks" / "settings.py").is_file():
            return folder
    raise LatticeLinkError("This installation of LatticeLink lacks the apps that projects start from. Reinstall it.")


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _moved(text: str) -> str:
    for before, after in _MOVES:
        text = re.sub(before, after, text, flags=re.MULTILINE)
    return text


def _importing(word: str, text: str) -> str:
    """Return a program that imports `word` from latticelink in place of `LocalState`, names in order."""
    [imported] = (
        node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom) and node.module == "latticelink"
    )
    lines = text.splitlines(keepends=True)
    written = "".join(lines[imported.lineno - 1 : imported.end_lineno])
    named = sorted(
        (word if each.name == "LocalState" else each.name for each in imported.names),
        key=lambda name: (name[0].islower(), name),
    )
    between, first, last = (",\n    ", "(\n    ", ",\n)") if "(" in written else (", ", "", "")
    return text.replace(written, f"from latticelink import {first}{between.join(named)}{last}\n", 1)
