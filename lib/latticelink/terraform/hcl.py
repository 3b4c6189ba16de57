"""Reads HCL as the JSON that says the same, so that all that comes after knows one form; needs the extra `hcl`.

python-hcl2 finds where things stand. What an expression says is taken from the file's own text, as its `loads` changes
white space, escapes and heredocs.

Source: https://developer.hashicorp.com/terraform/language/syntax/json,
    https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import importlib.util
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from latticelink.terraform.expressions import value_of_tree
from latticelink.terraform.hcl_text import (
    expression_of,
    plain_of,
    quoted_heredoc,
    spans_lines,
    template_of,
    template_of_heredoc,
)
from latticelink.terraform.json_files import UnreadableInput, read_text
from latticelink.terraform.known import ABSENT, Reference, RefusedByTerraform, Unknown, first_unknown
from latticelink.terraform.secrets import note_content
from latticelink.terraform.syntax import parse
from latticelink.terraform.work import hold, spend

EXTRA = "pip install 'latticelink[hcl]'"

# python-hcl2 takes some 15 microseconds for a character.
_LONGEST = 1_000_000
_STEPS_OF_A_CHARACTER = 4
_BYTES_OF_A_CHARACTER = 60
_DEEPEST = 200
_BRACKETS = re.compile(r"[(\[{}\])]")
_ESCAPED = re.compile(r"([$%])\1\{")
# How many labels a block at the top has.
_LABELS = {
    "check": 1, "data": 2, "ephemeral": 2, "import": 0, "locals": 0, "module": 1, "moved": 0, "output": 1,
    "provider": 1, "removed": 0, "resource": 2, "terraform": 0, "variable": 1,
}  # fmt: skip
# Arguments that are names, not expressions: JSON has them as plain texts.
_NAMES = {
    ("data",): {"depends_on", "provider"},
    ("ephemeral",): {"depends_on", "provider"},
    ("import",): {"provider", "to"},
    ("module",): {"depends_on", "providers"},
    ("moved",): {"from", "to"},
    ("output",): {"depends_on"},
    ("removed",): {"from"},
    ("resource",): {"depends_on", "provider"},
    ("resource", "lifecycle"): {"ignore_changes", "replace_triggered_by"},
    ("variable",): {"type"},
}
_SUPPRESS = re.compile(r"(?:#|//)\s*latticelink:\s*(suppress\b.*)")
_SUPPRESSION = re.compile(r"suppress\s+(?P<check>\S+)\s+(?P<resource>\S(?:.*?\S)?):(?:\s+(?P<reason>.*))?")


def can_read() -> bool:
    """Return whether the extra `hcl` is installed."""
    # Without loading it, which takes a tenth of a second.
    there = sys.modules["hcl2"] if "hcl2" in sys.modules else importlib.util.find_spec("hcl2")
    return there is not None


def _module() -> Any:
    try:
        return importlib.import_module("hcl2")
    except ImportError:
        return None


def read_hcl(file: Path) -> dict[str, Any]:
    """Return what a file of HCL (`*.tf`) says, as the content of its twin in JSON.

    Raises:
        UnreadableInput: if it is no HCL (with the line), is nested too deeply or is too large; or without the extra.
    """
    if not can_read():
        raise UnreadableInput(f"{file} is HCL, which is read with the extra `hcl`: {EXTRA}.")
    content = _File(file).configuration()
    note_content(content)
    return content


def read_values(file: Path) -> dict[str, Any]:
    """Return the values that a file of HCL (`*.tfvars`) gives to variables.

    Raises:
        UnreadableInput: as `read_hcl` does.
    """
    content = _File(file).values()
    note_content(content)
    return content


class _NoNames:
    """Nothing has a name where only values may stand."""

    def lookup(self, path: tuple[Any, ...]) -> Any:
        raise RefusedByTerraform(f"{path[0]!r} has no meaning here, where a value is given")


class _File:
    """A file's syntax tree, which it turns into JSON."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.text = read_text(file)
        if len(self.text) > _LONGEST:
            raise UnreadableInput(
                f"{file} is too large: no more than {_LONGEST:,} characters are read. Split it, or check a plan."
            )
        spend(len(self.text) * _STEPS_OF_A_CHARACTER)
        hold(len(self.text) * _BYTES_OF_A_CHARACTER, file)
        self._refuse_depth()
        try:
            # An escaped `${` is no business of the parser's, which wants a `}` for it.
            self.tree = _module().parses_to_tree(_ESCAPED.sub(r"\1\1_", self.text))
        except Exception as error:
            # It is lark's; without the extra's own types nothing better is known of it.
            raise self._no_hcl(error) from None

    def configuration(self) -> dict[str, Any]:
        """Return the blocks of a `*.tf` file, section by section."""
        try:
            content: dict[str, Any] = {}
            for item in self._items(self.tree.children[0]):
                if item.data == "attribute":
                    raise self._wrong(item, f"the argument {self._name(item.children[0])} is outside of any block")
                kind, *labels = self._heading(item)
                if _LABELS.get(kind) != len(labels):
                    takes = (
                        f"takes {_LABELS[kind]} names, not {len(labels)}" if kind in _LABELS else "isn't Terraform's"
                    )
                    raise self._wrong(item, f"a block {kind!r} {takes}")
                content.setdefault(kind, []).append(_under(labels, self._body(item, (kind,))))
        except RecursionError:
            raise self._too_deep() from None
        if suppressions := list(self._suppressions()):
            content["//"] = {"latticelink": {"suppress": suppressions}}
        return content

    def values(self) -> dict[str, Any]:
        """Return the arguments of a `*.tfvars` file."""
        try:
            found = {}
            for item in self._items(self.tree.children[0]):
                if item.data != "attribute":
                    raise self._wrong(item, "there is a block among values")
                found[self._name(item.children[0])] = self._constant(item.children[2])
        except RecursionError:
            raise self._too_deep() from None
        return found

    def _items(self, body: Any) -> Iterator[Any]:
        """Yield the arguments and blocks, each of which Terraform wants on a line of its own."""
        seen: set[str] = set()
        for number, item in enumerate(each for each in body.children if each.data in ("attribute", "block")):
            before = self.text[self.text.rfind("\n", 0, item.meta.start_pos) + 1 : item.meta.start_pos].rstrip()
            if number and before and not before.endswith("*/"):
                raise self._wrong(item, "each argument and each block begins on a line of its own")
            if item.data == "attribute":
                name = self._name(item.children[0])
                if name in seen:
                    raise self._wrong(item, f"the argument {name} is given twice")
                seen.add(name)
            yield item

    def _heading(self, block: Any) -> list[str]:
        return [self._name(each) for each in block.children if _kind(each) not in ("LBRACE", "RBRACE", "body", "")]

    def _name(self, node: Any) -> str:
        if node.data == "string":
            return plain_of(self.text[node.meta.start_pos + 1 : node.meta.end_pos - 1])
        return self.text[node.meta.start_pos : node.meta.end_pos]

    def _body(self, block: Any, path: tuple[str, ...]) -> dict[str, Any]:
        """Return a block's arguments and nested blocks; those of a provider's own kinds are lists, as in a state."""
        body = next(each for each in block.children if _kind(each) == "body")
        made: dict[str, Any] = {}
        blocks: dict[str, list[Any]] = {}
        for item in self._items(body):
            if item.data == "attribute":
                name = self._name(item.children[0])
                made[name] = self._argument(name, item.children[2], path)
            else:
                kind, *labels = self._heading(item)
                blocks.setdefault(kind, []).append(_under(labels, self._body(item, (*path, kind))))
                if kind in made:
                    raise self._wrong(item, f"{kind} is an argument and a block")
        for kind, several in blocks.items():
            own = kind in ("content", "dynamic", "lifecycle") or path[0] not in ("resource", "data")
            made[kind] = several[0] if own and len(several) == 1 else several
        return made

    def _argument(self, name: str, node: Any, path: tuple[str, ...]) -> Any:
        if path == ("variable",) and name == "default":
            return self._constant(node)
        is_name = name in _NAMES.get(path, ()) or (path[-1] == "dynamic" and name == "iterator")
        if is_name or path == ("terraform", "required_providers"):
            return self._written(node)
        return self._value(node)

    def _value(self, node: Any) -> Any:
        """Return an expression as JSON: what is literal as it is, a text as a template, all else as `${...}`."""
        inner = _unwrapped(node)
        while _kind(inner) == "expr_term" and _kind(inner.children[0]) == "LPAR":
            inner = _unwrapped(next(each for each in inner.children if _is_expression(each)))
        kind = _kind(inner)
        if kind in ("int_lit", "float_lit"):
            return self._number(inner)
        if (
            kind == "unary_op"
            and inner.children[0] == "-"
            and _kind(number := _unwrapped(inner.children[1])) in _NUMBERS
        ):
            return -self._number(number)
        if kind == "literal_value":
            return {"true": True, "false": False, "null": None}[self._name(inner)]
        if kind == "string":
            text = self._slice(inner)[1:-1]
            if spans_lines(text):
                raise self._wrong(inner, "a quoted string must end on its line; for several lines, use a heredoc")
            return template_of(text)
        if kind in ("heredoc_template", "heredoc_template_trim"):
            return template_of_heredoc(self._slice(inner.children[0]))
        if kind == "tuple":
            return [self._value(each) for each in inner.children if _is_expression(each)]
        if kind == "object":
            return {self._key(key): self._value(value) for key, value in _elements(inner)}
        return f"${{{self._source(inner)}}}"

    def _number(self, node: Any) -> int | float:
        text = self._slice(node)
        number = float(text)
        if not math.isfinite(number) or len(text) > 400:
            raise self._wrong(node, "a number is too large to be read here")
        return int(text) if node.data == "int_lit" else int(number) if number.is_integer() else number

    def _key(self, element_key: Any) -> str:
        inner = _unwrapped(element_key.children[0])
        kind = _kind(inner)
        if kind in ("identifier", "keyword", "literal_value", "int_lit") or not hasattr(inner, "data"):
            return self._slice(inner)
        key = template_of(self._slice(inner)[1:-1]) if kind == "string" else f"${{{self._source(inner)}}}"
        # A key `//` is a comment in JSON.
        return '${"//"}' if key == "//" else key

    def _constant(self, node: Any) -> Any:
        """Return a value where JSON has it as it is, no template: of a variable, by default or in a file of values."""
        try:
            value = value_of_tree(parse(f"${{{self._source(node)}}}"), _NoNames())
        except RefusedByTerraform as error:
            raise self._wrong(node, str(error)) from None
        if isinstance(value, Unknown) or first_unknown(value) is not None:
            raise self._wrong(
                node, "only a value is allowed here, and this is an expression or something that isn't read here"
            )
        return _as_json(value)

    def _written(self, node: Any) -> Any:
        """Return names as JSON has them: as they are written."""
        inner = _unwrapped(node)
        if _kind(inner) == "string":
            return plain_of(self._slice(inner)[1:-1])
        if _kind(inner) == "tuple":
            return [self._written(each) for each in inner.children if _is_expression(each)]
        if _kind(inner) == "object":
            return {self._slice(key).strip('"'): self._written(value) for key, value in _elements(inner)}
        return self._source(inner)

    def _slice(self, node: Any) -> str:
        start, end = (node.meta.start_pos, _end(node)) if hasattr(node, "data") else (node.start_pos, node.end_pos)
        return self.text[start:end]

    def _source(self, node: Any) -> str:
        """Return the text of an expression, with texts in quotes for its heredocs, which JSON can't have inside."""
        start, parts = node.meta.start_pos, []
        for heredoc in _heredocs(node):
            parts += [self.text[start : heredoc.start_pos], quoted_heredoc(self._slice(heredoc))]
            start = heredoc.end_pos
        return expression_of("".join([*parts, self.text[start : _end(node)]]))

    def _suppressions(self) -> Iterator[dict[str, str]]:
        for token in _tokens(self.tree):
            if token.type == "NL_OR_COMMENT" and (found := _SUPPRESS.match(str(token).strip())):
                written = _SUPPRESSION.fullmatch(found[1].strip())
                if written is None:
                    raise UnreadableInput(
                        f"{self.file}, line {token.line}: a comment for latticelink must have the form "
                        "`# latticelink: suppress CHECK RESOURCE: REASON`."
                    )
                yield {key: text or "" for key, text in written.groupdict().items()}

    def _refuse_depth(self) -> None:
        depth = 0
        for found in _BRACKETS.finditer(self.text):
            depth = depth + 1 if found[0] in "([{" else max(0, depth - 1)
            if depth > _DEEPEST:
                raise self._too_deep()

    def _too_deep(self) -> UnreadableInput:
        return UnreadableInput(f"{self.file} is nested too deeply to be Terraform's.")

    def _no_hcl(self, error: Exception) -> UnreadableInput:
        line, column = getattr(error, "line", -1), getattr(error, "column", -1)
        if isinstance(error, RecursionError):
            return self._too_deep()
        if not isinstance(line, int) or line < 1:
            line, column = self.text.count("\n") + 1, 1
        return UnreadableInput(
            f"{self.file}, line {line}, column {column}: python-hcl2 can't read this as HCL. `terraform validate` "
            "says what is wrong; if it says nothing, check a plan."
        )

    def _wrong(self, node: Any, why: str) -> UnreadableInput:
        return UnreadableInput(f"{self.file}, line {node.meta.line}: {why}.")


_NUMBERS = ("int_lit", "float_lit")


def _kind(node: Any) -> str:
    """Return what a node is: a rule's name, or a token's type; nothing for space and comments."""
    kind = str(node.data if hasattr(node, "data") else node.type)
    return "" if kind in ("NL_OR_COMMENT", "new_line_or_comment") else kind


def _is_expression(node: Any) -> bool:
    return hasattr(node, "data") and node.data != "new_line_or_comment"


def _unwrapped(node: Any) -> Any:
    """Return the expression in a node that holds nothing else."""
    while _kind(node) == "expr_term" and len(node.children) == 1:
        node = node.children[0]
    return node


def _elements(node: Any) -> Iterator[tuple[Any, Any]]:
    for each in node.children:
        if _kind(each) == "object_elem":
            yield each.children[0], each.children[-1]


def _end(node: Any) -> int:
    """Return where the last token of a node ends that is no space and no comment."""
    todo = [node]
    while todo:
        last = todo.pop()
        if hasattr(last, "data"):
            todo += [each for each in last.children if _kind(each)]
        else:
            return len(last.rstrip()) - len(last) + last.end_pos if "HEREDOC" in last.type else int(last.end_pos)
    return int(node.meta.start_pos)


def _heredocs(node: Any) -> list[Any]:
    return [token for token in _tokens(node) if "HEREDOC" in token.type]


def _tokens(node: Any) -> Iterator[Any]:
    """Yield the tokens in their order; lark's own way asks for a stack as deep as the tree."""
    todo = [node]
    while todo:
        part = todo.pop()
        if hasattr(part, "data"):
            todo.extend(reversed(part.children))
        else:
            yield part


def _under(labels: list[str], body: dict[str, Any]) -> dict[str, Any]:
    for label in reversed(labels):
        body = {label: body}
    return body


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    return None if value is ABSENT or isinstance(value, Reference) else value
