"""Notes what is secret in what Terraform reads and writes, before anything of it can be told.

Source: https://developer.hashicorp.com/terraform/internals/json-format#values-representation,
    https://developer.hashicorp.com/terraform/language/manage-sensitive-data
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from latticelink.disclosure import allow, is_secret_key, note_assigned, note_keyed, note_secrets
from latticelink.terraform.plan_references import mapping
from latticelink.terraform.raw import RawStack

# In a plan and a state: what has a value, and what says which part of it is sensitive.
_MARKS = (("values", "sensitive_values"), ("before", "before_sensitive"), ("after", "after_sensitive"))
# Blocks whose names are labels, not keys of what stands in them.
_LABELLED = {"resource": 2, "data": 2, "module": 1, "provider": 1, "ephemeral": 2}
_CALL = re.compile(r"""sensitive\(\s*\\?"((?:[^"\\]|\\.)+)\\?"\s*\)""")
_NESTED = (dict, list)
_TOLD = (str, dict, list)
# What is nested under such a key has names and ids beside the secret; short ones are no loss.
_SHORTEST_NESTED = 8


def note_content(content: Any) -> None:
    """Note what is secret in the JSON of a file: a configuration, a plan, values of variables."""
    todo: list[tuple[Any, int]] = [(content, 0)]
    while todo:
        part, labels = todo.pop()
        if isinstance(part, list):
            todo += [(each, labels) for each in part if isinstance(each, _TOLD)]
        elif isinstance(part, str):
            _note_text(part)
        elif isinstance(part, dict):
            if not labels:
                _note_marked(part)
            for key, item in part.items():
                if isinstance(item, _NESTED):
                    if not labels and is_secret_key(key):
                        note_keyed(item, shortest=_SHORTEST_NESTED)
                    todo.append((item, labels - 1 if labels else _LABELLED.get(key, 0) if part is content else 0))
                elif isinstance(item, str):
                    if is_secret_key(key):
                        note_keyed(item)
                    _note_text(item)


def _note_text(text: str) -> None:
    if "sensitive(" in text:
        for found in _CALL.finditer(text):
            note_secrets(found[1])
    if "=" in text or ":" in text:
        note_assigned(text)


def _note_marked(part: dict[str, Any]) -> None:
    """Note what an object marks as sensitive: the values of a plan, a variable's default, an output's value."""
    for name, mark in _MARKS:
        if part.get(mark):
            _note_where(part.get(name), part[mark])
    if part.get("sensitive") in (True, "true"):
        note_secrets([part.get("value"), part.get("default")])
    if part.get("type") == "SecureString":
        note_secrets(part.get("value"))


def _note_where(value: Any, marks: Any) -> None:
    """Note the parts of a value whose place in `marks` is true."""
    if marks is True:
        note_secrets(value)
    elif isinstance(marks, dict) and isinstance(value, dict):
        for key, mark in marks.items():
            _note_where(value.get(key), mark)
    elif isinstance(marks, list) and isinstance(value, list):
        for item, mark in zip(value, marks, strict=False):
            _note_where(item, mark)


def note_stacks(stacks: Iterable[RawStack]) -> None:
    """Note what is given to variables that are declared as sensitive, and take back what is a name too."""
    for stack in (each for root in stacks for each in root.with_modules()):
        for name, variable in stack.variables.items():
            if variable.get("sensitive") in (True, "true"):
                note_secrets([variable.get("default"), stack.values.get(name)])
        plan = mapping(stack.plan)
        declared = mapping(mapping(mapping(plan.get("configuration")).get("root_module")).get("variables"))
        for name, variable in declared.items():
            if mapping(variable).get("sensitive"):
                note_secrets([mapping(plan.get("variables")).get(name), mapping(variable).get("default")])
        allow([stack.name, *stack.variables, *stack.outputs, *stack.locals, *stack.modules])
        for block in stack.blocks:
            allow([block.type, block.name])
