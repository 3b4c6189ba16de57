"""Spares jsii's type checks of Python arguments the work that they did before: nothing that they refuse is let through.

Bindings made by jsii before 1.118 resolve the hints of a class anew at each call, and all check each value anew against
the same type. That is a third of the Python side of a synth with many resources.

Source: https://github.com/aws/jsii/blob/main/packages/@jsii/python-runtime/src/jsii/_type_checking.py
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from types import ModuleType
from typing import Any

_COLLECTIONS = (dict, list, tuple, set, frozenset)


@functools.cache
def _hints(stub: Any) -> dict[str, Any]:
    """Return the types of a function's arguments; what many of them have in common is compiled once for a module."""
    for name, hint in stub.__annotations__.items():
        if isinstance(hint, str):
            stub.__annotations__[name] = _forward(hint, stub.__module__)
    return typing.get_type_hints(stub)


@functools.cache
def _forward(hint: str, module: str) -> typing.ForwardRef:  # noqa: ARG001  (names mean other things elsewhere)
    return typing.ForwardRef(hint)


# The module `typing`, but that its `get_type_hints` remembers.
_TYPING = ModuleType("typing")
_TYPING.__dict__.update(typing.__dict__, get_type_hints=_hints)


def remember_checks(made_by_jsii: type) -> None:
    """Let the module of a class remember hints, and which types of values were what they should be."""
    # The module shows its public names alone; its functions see the rest.
    namespace: dict[str, Any] = getattr(made_by_jsii.__init__, "__globals__", {})  # type: ignore[misc]
    check = namespace.get("check_type")
    if not callable(check) or hasattr(check, "remembers"):
        return
    namespace["check_type"] = _remembering(check)
    if "cached_type_hints" in namespace:
        namespace["cached_type_hints"] = _hints
    if namespace.get("typing") is typing:
        namespace["typing"] = _TYPING


def _remembering(check: Callable[..., Any]) -> Callable[..., Any]:
    # By the value's types and the id of the expected one, which stays alive here.
    known: dict[tuple[Any, int], Any] = {}

    def remembered(argname: str, value: object, expected_type: Any) -> Any:
        key = (_types(value), id(expected_type))
        if known.get(key) is expected_type and expected_type is not None:
            return None
        result = check(argname=argname, value=value, expected_type=expected_type)
        if _is_told_by_types(value):
            known[key] = expected_type
        return result

    remembered.remembers = True  # type: ignore[attr-defined]
    return remembered


def _types(value: object) -> Any:
    """Return the type of a value, and of a list or dictionary those of what is in it."""
    if type(value) is list:
        return list, frozenset(map(type, value))
    if type(value) is dict:
        return dict, frozenset(map(type, value)), frozenset(map(type, value.values()))
    return type(value)


def _is_told_by_types(value: object) -> bool:
    """Return whether these decide if a value is right: collections in another one are looked at each time."""
    if type(value) in (list, dict):
        inside = [*value, *value.values()] if isinstance(value, dict) else value
        return not any(isinstance(each, _COLLECTIONS) for each in inside)  # type: ignore[attr-defined]
    return not isinstance(value, _COLLECTIONS)
