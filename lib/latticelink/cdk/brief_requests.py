"""Spares Python and Node.js what jsii does for each resource, and needs to do once or not at all.

What is sent makes the same resources. Where jsii isn't as known, it is left as it is.

Source: https://github.com/aws/jsii/blob/main/packages/@jsii/python-runtime/src/jsii/_kernel/__init__.py
"""

from __future__ import annotations

import importlib
import json
import typing
from collections.abc import Mapping
from typing import Any

_AS_IT_IS = frozenset({str, int, float, bool, type(None)})


def ask_briefly() -> None:
    """Let jsii send what is given alone, go through it once, and not begin anew with each request."""
    runtime: Any = importlib.import_module("jsii._runtime")
    kernel: Any = importlib.import_module("jsii._kernel")
    if hasattr(runtime, "latticelink_asks_briefly"):
        return
    runtime.latticelink_asks_briefly = True
    _replace(runtime, "python_jsii_mapping", _of_given)
    _replace(kernel, "_make_reference_for_native", _sooner)
    _replace(kernel, "_get_overides", _once_for_each_class)
    _leave_to_json(runtime)
    _read_by_one_decoder(importlib.import_module("jsii._kernel.providers.process"))


def _replace(module: Any, name: str, other: Any) -> None:
    function = getattr(module, name, None)
    if callable(function):
        setattr(module, name, other(function))


def _of_given(members: Any) -> Any:
    """Name those members alone of a resource's arguments that have a value: Node.js leaves out what is null.

    Python would walk through the dozens of others twice for each resource, and Node.js once.
    Source: https://github.com/aws/jsii/blob/main/packages/@jsii/kernel/src/serialization.ts
    """

    def given(struct: Any) -> Mapping[str, str] | None:
        names: Mapping[str, str] | None = members(struct)
        values = getattr(struct, "_values", None)
        if not names or isinstance(struct, type) or not isinstance(values, dict):
            return names
        # Required ones are always among the values. With no member at all it would be no value to Node.js.
        return {name: theirs for name, theirs in names.items() if name in values} or names

    return given


def _sooner(make_reference: Any) -> Any:
    """Tell what is sent as it is, which is most, before all else that a value could be."""

    def reference(kernel: Any, value: Any) -> Any:
        return value if type(value) in _AS_IT_IS else make_reference(kernel, value)

    return reference


def _once_for_each_class(overrides: Any) -> Any:
    found: dict[tuple[type, type], Any] = {}

    def overrides_of_class(kind: type, instance: Any) -> Any:
        key = (kind, type(instance))
        if key not in found:
            found[key] = overrides(kind, instance)
        return found[key]

    return overrides_of_class


def _leave_to_json(runtime: Any) -> None:
    """Spare what jsii made of a request a second walk, for what no JSON can be: the encoder asks for that itself."""
    try:
        cattrs = runtime.kernel.provider._process._serializer
    except AttributeError:
        return
    cattrs.register_unstructure_hook(dict, _itself)
    cattrs.register_unstructure_hook_func(_is_list_of_anything, _itself)


def _read_by_one_decoder(process: Any) -> None:
    """Read answers without making a decoder for each."""
    if not hasattr(process, "ohook") or not hasattr(process._NodeProcess, "_next_message"):
        return
    read = json.JSONDecoder(object_hook=process.ohook).decode
    process._NodeProcess._next_message = lambda self: read(self._process.stdout.readline().decode())


def _is_list_of_anything(kind: Any) -> bool:
    return typing.get_origin(kind) is list and typing.get_args(kind) == (Any,)


def _itself(value: Any) -> Any:
    return value
