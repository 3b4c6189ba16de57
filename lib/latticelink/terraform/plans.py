"""Turns what `terraform show -json` prints of a plan into the blocks that its configuration would make of itself.

An argument that the configuration leaves out is left out here too: what the provider puts in its place is its answer,
not somebody's decision, so it is told apart from the arguments.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from latticelink.terraform.plan_arguments import Arguments, Facts, has_true, not_told, sensitive
from latticelink.terraform.plan_references import (
    Place,
    References,
    Target,
    index_of,
    mapping,
    mappings,
    module_of,
)
from latticelink.terraform.raw import RawBlock, RawStack


def unfold(raw: RawStack) -> RawStack:
    """Return the stack with the blocks and outputs of its plan; one that has none is returned as it is."""
    if raw.plan is not None:
        _Plan(raw.plan, raw).fill()
    return raw


class _Plan:
    """One plan, and the stack that is made of it."""

    def __init__(self, plan: dict[str, Any], stack: RawStack) -> None:
        self.plan, self.stack = plan, stack
        self.configuration = mapping(plan.get("configuration"))
        self.root = mapping(self.configuration.get("root_module"))
        listed = mappings(plan.get("resource_changes"))
        self.changes = {str(each.get("address")): mapping(each.get("change")) for each in listed if _stays(each)}
        self.is_settled = all(
            mapping(each.get("change")).get("actions") in (["no-op"], ["read"]) for each in listed if each
        )
        planned = list(_resources(mapping(mapping(plan.get("planned_values")).get("root_module"))))
        # A plan that changes only some, or none, has the others in the state alone.
        told = {str(each.get(key)) for each in listed for key in ("address", "previous_address")}
        told |= {each["address"] for each in planned}
        state = mapping(mapping(mapping(plan.get("prior_state")).get("values")).get("root_module"))
        self.resources = [*(each for each in _resources(state) if each["address"] not in told), *planned]
        self.references = References(self.configuration, self.resources)
        self.facts = Facts(
            self.references,
            {_key(each): mapping(each.get("values")) for each in self.resources},
            tuple(Target(*_key(each), "id") for each in self.resources if self._is_new_vpc(each)),
        )

    def _is_new_vpc(self, resource: dict[str, Any]) -> bool:
        change = self.changes.get(str(resource.get("address")), {})
        is_vpc = str(resource.get("type")).endswith("_vpc")
        return is_vpc and mapping(change.get("after_unknown")).get("id") is True

    def fill(self) -> None:
        """Put all that the plan has into the stack."""
        stack = self.stack
        stack.blocks += [self._block(resource) for resource in self.resources]
        stack.outputs = dict(self._outputs())
        stack.providers = list(self._providers())
        self._fill_variables()
        for path in self.references.called():
            self._fill_module(path)

    def _block(self, resource: dict[str, Any]) -> RawBlock:
        written = self.references.written(resource)
        place = Place(module_of(resource), index_of(resource), self.references.over(mapping(written)))
        change = self.changes.get(str(resource.get("address")), {})
        own = (str(resource.get("type")), place.module + str(resource.get("name")))
        arguments = Arguments(self.facts, place, _is_new(change), own)
        values, expressions = mapping(resource.get("values")), mapping(mapping(written).get("expressions"))
        unknown, hidden = mapping(change.get("after_unknown")), mapping(resource.get("sensitive_values"))
        is_data = resource.get("mode") == "data"
        body: dict[str, Any] = {}
        told: dict[str, Any] = {}
        for name in dict.fromkeys([*values, *unknown]):
            expression, is_open = expressions.get(name), unknown.get(name)
            if expression is None and is_open is True:
                continue
            found = arguments.value(name, values.get(name), is_open, hidden.get(name), expression)
            everything = written is None or is_data
            before = mapping(change.get("before") if change else values).get(name)
            unfolded = arguments.is_dynamic(values.get(name), before)
            if mappings(values.get(name)) and not self.is_settled and not (everything or expression or unfolded):
                found = not_told(name)  # These blocks may be a rule's that this plan removes.
            (body if everything or expression is not None or unfolded else told)[name] = found
        covered = {name: {**told, **body}.get(name) for name in expressions if has_true(hidden.get(name))}
        if "." in str(key := mapping(written).get("provider_config_key", "")):
            body["provider"] = key
        return RawBlock(
            "data" if is_data else "resource",
            str(resource.get("type")),
            str(resource.get("name")),
            body,
            self.stack.files[0],
            str(resource.get("address")),
            module=place.module,
            index=resource.get("index") if isinstance(resource.get("index"), str | int) else None,
            told=told,
            written=None if written is None else {**self._scanned(written, arguments), **covered},
        )

    def _scanned(self, written: dict[str, Any], arguments: Arguments) -> dict[str, Any]:
        """Return a resource as it is written, as far as the plan has it: its constants and its references."""
        found: dict[str, Any] = mapping(arguments.scanned(mapping(written.get("expressions"))))
        if isinstance(over := written.get("for_each_expression"), dict):
            found["for_each"] = arguments.gone_over(over)
        depends = [str(each) for each in _texts(written.get("depends_on"))]
        outer = arguments.place.module
        first = list(self._named(depends, outer))
        while outer:
            caller, call = self.references.call(outer)
            outer = caller.module
            first += self._named(_texts(call.get("depends_on")), outer)
        if first:
            found["depends_on"] = [each.template for each in dict.fromkeys(first)]
        return found

    def _named(self, names: Iterable[str], module: str) -> Iterator[Target]:
        """Yield the resources that `depends_on` names, those of a module one by one."""
        for name in names:
            if name.startswith("module."):
                yield from self.references.all_in(module + name)
            else:
                yield from self.references.follow(name, Place(module)) or []

    def _outputs(self) -> Iterator[tuple[str, dict[str, Any]]]:
        changes = mapping(self.plan.get("output_changes"))
        written = mapping(self.root.get("outputs"))
        planned = mapping(mapping(self.plan.get("planned_values")).get("outputs"))
        arguments = Arguments(self.facts, Place(), True)
        for name, body in planned.items():
            change = mapping(changes.get(name))
            value, is_open = mapping(body).get("value"), change.get("after_unknown")
            if has_true(is_open):
                value = change.get("after")
            sensitive = mapping(body).get("sensitive") is True or mapping(written.get(name)).get("sensitive") is True
            expression = mapping(mapping(written.get(name)).get("expression"))
            found = arguments.value(name, value, is_open, sensitive, expression)
            yield name, {"value": found, **({"sensitive": True} if sensitive else {})}

    def _providers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        arguments = Arguments(self.facts, Place(), False)
        for provider in mapping(self.configuration.get("provider_config")).values():
            name, alias = mapping(provider).get("name"), mapping(provider).get("alias")
            if not isinstance(name, str) or mapping(provider).get("module_address"):
                continue
            expressions = mapping(mapping(provider).get("expressions"))
            body = {key: arguments.configured(key, expression) for key, expression in expressions.items()}
            yield name, {**body, **({"alias": alias} if isinstance(alias, str) else {})}
            version = mapping(provider).get("version_constraint")
            if isinstance(version, str):
                source = str(mapping(provider).get("full_name", "")).removeprefix("registry.terraform.io/")
                required = self.stack.terraform.setdefault("required_providers", {})
                required[name] = {"source": source, "version": version}

    def _fill_variables(self) -> None:
        given = mapping(self.plan.get("variables"))
        for name, variable in mapping(self.root.get("variables")).items():
            is_hidden = mapping(variable).get("sensitive") is True
            default = mapping(variable).get("default")
            self.stack.variables[name] = {} if is_hidden or default is None else {"default": default}
            if is_hidden:
                self.stack.values[name] = sensitive(f"variable {name!r}")
            elif name in given:
                self.stack.values[name] = mapping(given[name]).get("value")

    def _fill_module(self, path: str) -> None:
        """Put what a module's outputs refer to where expressions of the root module look for it."""
        arguments = Arguments(self.facts, Place(path), False)
        steps = re.fullmatch(r"module\.([\w-]+)(?:\[(.+)\])?\.", path)
        if steps is None or ".module." in path:
            return
        inside = self.stack.module_outputs.setdefault(steps[1], {})
        if steps[2] is not None:
            inside = inside.setdefault(steps[2].strip('"'), {})
        for name, expression in self.references.outputs(path).items():
            inside[name] = arguments.configured(name, expression)


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    todo = [module]
    while todo:
        part = todo.pop()
        yield from (each for each in mappings(part.get("resources")) if _has_address(each))
        todo += mappings(part.get("child_modules"))


def _has_address(resource: dict[str, Any]) -> bool:
    return isinstance(resource.get("address"), str) and resource["address"] != ""


def _stays(change: dict[str, Any]) -> bool:
    actions = mapping(change.get("change")).get("actions")
    return "deposed" not in change and actions not in (["delete"], ["forget"])


def _key(resource: dict[str, Any]) -> tuple[str, str, str, str]:
    mode = "data" if resource.get("mode") == "data" else "resource"
    name = module_of(resource) + str(resource.get("name"))
    return mode, str(resource.get("type")), name, index_of(resource)


def _is_new(change: dict[str, Any]) -> bool:
    actions = change.get("actions")
    return isinstance(actions, list) and ("create" in actions or actions == ["read"])


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
