"""What is written as JSON when its stack is: all of it in one answer to Node.js, in place of a call for each resource.

The CDK's own class for a `terraform_data` runs `terraform version` at synth, once for each, and fails where there is no
Terraform.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from latticelink.cdk import bindings

import jsii


class Part(NamedTuple):
    """Arguments of a resource: all of them, or some beside those that its construct writes."""

    kind: str
    name: str
    arguments: dict[str, Any]


class _Written(bindings.TerraformElement):
    """Asks for the parts whenever the stack is resolved."""

    def __init__(self, stack: Any) -> None:
        self._sources: list[Callable[[], Iterable[Part]]] = []
        self.data_paths: list[tuple[str, ...]] = []
        super().__init__(stack, "written-as-json")

    @jsii.member(jsii_name="toTerraform")
    def to_terraform(self) -> Any:
        resources: dict[str, dict[str, dict[str, Any]]] = {}
        for source in self._sources:
            for part in source():
                resources.setdefault(part.kind, {}).setdefault(part.name, {}).update(part.arguments)
        return {"resource": resources} if resources else {}


def _written(stack: Any) -> _Written:
    if "_latticelink_written" not in stack.__dict__:
        stack._latticelink_written = _Written(stack)
    written: _Written = stack._latticelink_written
    return written


def write_later(stack: Any, source: Callable[[], Iterable[Part]]) -> None:
    """Write into `stack` what `source` yields once all constructs are made."""
    _written(stack)._sources.append(source)


def data_paths(stack: Any) -> list[tuple[str, ...]]:
    """Return the ids on the way to each `terraform_data` that was made in the stack."""
    return _written(stack).data_paths


def terraform_data(scope: Any, id: str, input: dict[str, Any]) -> str:
    """Make a `terraform_data` that keeps `input`; return its address."""
    part = Part("terraform_data", bindings.name_below(scope, id), {"input": input})
    write_later(bindings.stack_of(scope), lambda: [part])
    data_paths(bindings.stack_of(scope)).append(bindings.ids_below(scope, id))
    return f"{part.kind}.{part.name}"
