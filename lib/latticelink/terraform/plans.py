"""Turns what `terraform show -json` prints of a plan into blocks; ids known only after apply stay references.

A plan says of an unknown argument only which references are in its expression, not the expression. So it is taken for
a plain reference where it can't well be anything else: in arguments that take ids and ARNs.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from latticelink.terraform.known import Unknown
from latticelink.terraform.raw import RawBlock, RawStack

_TAKES_ID = re.compile(r"(.*_)?(id|identifier|arn|ip_address|private_ip)")
_TAKES_IDS = re.compile(r"(.*_)?(ids|identifiers|arns|security_groups|subnets)")
_REFERENCE = re.compile(
    r"(?P<data>data\.)?(?P<type>[a-z][a-z0-9_]*)\.(?P<name>[\w-]+)(?P<index>\[[^\]]*\])?(?:\.(?P<rest>.+))?"
)
_MODULE = re.compile(r"module\.(?P<name>[\w-]+)(?P<index>\[[^\]]*\])?\.(?P<output>[\w-]+)")


def unfold(raw: RawStack) -> RawStack:
    """Return the stack with the blocks and outputs of its plan; one that has none is returned as it is."""
    if raw.plan is not None:
        reader = _Plan(raw.plan)
        state = _map(_map(raw.plan.get("prior_state")).get("values"))
        for values in (state, _map(raw.plan["planned_values"])):
            raw.blocks += reader.blocks(_map(values.get("root_module")), raw, only_data=values is state)
        outputs = _map(_map(raw.plan["planned_values"]).get("outputs"))
        raw.outputs = {name: {"value": _Literal.of(_map(body).get("value"))} for name, body in outputs.items()}
    return raw


class _Literal:
    """Values of a plan are no templates."""

    @staticmethod
    def of(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace("${", "$${").replace("%{", "%%{")
        if isinstance(value, list):
            return [_Literal.of(item) for item in value]
        if isinstance(value, dict):
            return {_Literal.of(key): _Literal.of(item) for key, item in value.items()}
        return value


class _Plan:
    """The parts of a plan by address."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.root = _map(_map(plan.get("configuration")).get("root_module"))
        self.unknown = {
            str(change.get("address")): _map(_map(change.get("change")).get("after_unknown"))
            for change in _maps(plan.get("resource_changes"))
        }
        self.addresses: dict[str, list[str]] = {}
        self.followed: dict[tuple[str, str, str], list[str] | None] = {}

    def blocks(self, module: dict[str, Any], stack: RawStack, *, only_data: bool) -> list[RawBlock]:
        """Return the blocks of a module and of those in it."""
        found = [each for each in self._planned(module) if not only_data or each.get("mode") == "data"]
        for resource in found:
            address = str(resource.get("address"))
            self.addresses.setdefault(re.sub(r"\[[^\]]*\]$", "", address), []).append(address)
        return [self._block(resource, stack) for resource in found]

    def _planned(self, module: dict[str, Any]) -> Iterator[dict[str, Any]]:
        todo = [module]
        while todo:
            part = todo.pop()
            yield from _maps(part.get("resources"))
            todo += _maps(part.get("child_modules"))

    def _block(self, resource: dict[str, Any], stack: RawStack) -> RawBlock:
        address = str(resource.get("address"))
        body = _Literal.of(_map(resource.get("values")))
        within = re.match(r"(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*", address)
        path = within[0] if within else ""
        written = next(
            (
                each
                for each in _maps(self._module(path).get("resources"))
                if (each.get("mode"), each.get("type"), each.get("name"))
                == (resource.get("mode"), resource.get("type"), resource.get("name"))
            ),
            {},
        )
        index = f"[{json.dumps(resource['index'])}]" if "index" in resource else ""
        self._fill(body, self.unknown.get(address, {}), _map(written.get("expressions")), path, index)
        kind, name = str(resource.get("type")), str(resource.get("name"))
        mode = "data" if resource.get("mode") == "data" else "resource"
        return RawBlock(mode, kind, name, body, stack.files[0], address)

    def _module(self, path: str) -> dict[str, Any]:
        module = self.root
        for name in re.findall(r"module\.([\w-]+)", path):
            module = _map(_map(_map(module.get("module_calls")).get(name)).get("module"))
        return module

    def _fill(
        self, body: dict[str, Any], unknown: dict[str, Any], written: dict[str, Any], path: str, index: str
    ) -> None:
        """Put references, or Unknown with the reason, where the plan has no value."""
        for argument, missing in unknown.items():
            expression = written.get(argument)
            if missing is True or (isinstance(missing, list) and True in missing):
                if argument in written:
                    body[argument] = self._referred(argument, _map(expression), path, index)
                continue
            parts = missing if isinstance(missing, list) else []
            self._fill_nested(body.get(argument), parts, expression, path, index)

    def _fill_nested(self, blocks: Any, missing: list[Any], written: Any, path: str, index: str) -> None:
        """Fill nested blocks; of those that the provider takes as attributes a plan tells the references together."""
        together = self._targets(written, path, index) if isinstance(written, dict) else None
        for number, (block, unknown) in enumerate(
            zip(blocks if isinstance(blocks, list) else [], missing, strict=False)
        ):
            if not isinstance(block, dict) or not isinstance(unknown, dict):
                continue
            if isinstance(written, list) and len(written) == len(missing):
                self._fill(block, unknown, _map(written[number]), path, index)
                continue
            for argument, is_unknown in unknown.items():
                if is_unknown is True:
                    one = len(together or []) == 1 and _TAKES_IDS.fullmatch(argument)
                    block[argument] = together if one else _after_apply(argument)

    def _referred(self, argument: str, expression: dict[str, Any], path: str, index: str) -> Any:
        several = _TAKES_IDS.fullmatch(argument) is not None
        found = self._targets(expression, path, index) if several or _TAKES_ID.fullmatch(argument) else None
        if found is None:
            return _after_apply(argument)
        if several:
            return found
        return found[0] if len(found) == 1 else _after_apply(argument)

    def _targets(self, expression: dict[str, Any], path: str, index: str) -> list[str] | None:
        """Return the expression's references, as templates; None if any can't be followed."""
        if isinstance(constant := expression.get("constant_value"), str | list):
            return [_Literal.of(each) for each in (constant if isinstance(constant, list) else [constant])]
        listed = expression.get("references")
        given = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
        own = [each for each in given if each in ("each.key", "count.index")]
        names = [
            each
            for each in given
            if each not in own
            and not any(other != each and other.startswith((f"{each}.", f"{each}[")) for other in given)
        ]
        found: list[str] = []
        for name in names:
            key = (name, path, index if own else "")
            if key not in self.followed:
                self.followed[key] = None  # the answer for one that leads back to itself
                self.followed[key] = self._target(*key)
            targets = self.followed[key]
            if not targets:
                return None
            found += targets
        return found or None

    def _target(self, name: str, path: str, index: str) -> list[str] | None:
        if match := _MODULE.fullmatch(name):
            inside = f"{path}module.{match['name']}{match['index'] or ''}."
            output = _map(_map(self._module(inside).get("outputs")).get(match["output"]))
            return self._targets(_map(output.get("expression")), inside, "")
        if name.startswith("var."):
            outer, _, last = path.rstrip(".").rpartition("module.")
            call = _map(_map(self._module(outer).get("module_calls")).get(re.sub(r"\[.*", "", last)))
            return self._targets(_map(_map(call.get("expressions")).get(name[4:])), outer, "")
        match = _REFERENCE.fullmatch(name)
        if match is None or match["type"] in ("local", "each", "count", "path", "terraform", "self", "module"):
            return None
        whole = f"{path}{match['data'] or ''}{match['type']}.{match['name']}"
        index = match["index"] or index
        addresses = [each for each in self.addresses.get(whole, []) if not index or each == whole + index]
        if match["index"] is None and not index and match["rest"] and len(addresses) > 1:
            return None
        rest = match["rest"] or "id"
        return [f"${{{match['data'] or ''}{match['type']}[{_quoted(each)}].{rest}}}" for each in addresses] or None


def _quoted(address: str) -> str:
    return json.dumps(address, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")


def _after_apply(argument: str) -> Unknown:
    return Unknown(
        f"the plan doesn't tell {argument}, as it is known only after apply", "Apply, then check a new plan."
    )


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _maps(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
