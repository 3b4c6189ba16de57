"""Reads what was applied: `terraform show -json` of a state, a state file, and `terraform output -json`.

A state has values and no expressions, so whether somebody wrote an argument or the provider put it there can't be
told. Ids and the like that only AWS gives, and rules that may stand in resources of their own as well, are told apart
from the arguments, as in a plan; all else is taken for written.

Source: https://developer.hashicorp.com/terraform/internals/json-format#state-representation
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from latticelink.errors import UnreadableInput
from latticelink.terraform.known import Unknown
from latticelink.terraform.plan_arguments import Literal, has_true
from latticelink.terraform.plan_references import Target, mapping, mappings, module_of, modules_before
from latticelink.terraform.raw import RawBlock, RawStack
from latticelink.values.contract import OUTPUT

_VERSION = 4
# Given by AWS, or told a second time where they are resources of their own.
_TOLD = frozenset((
    "address", "arn", "association_id", "default_network_acl_id", "default_route_table_id", "default_security_group_id",
    "dns_entry", "dns_name", "egress", "endpoint", "hosted_zone_id", "id", "ingress", "main_route_table_id",
    "owner_id", "primary_network_interface_id", "reader_endpoint", "route", "tags_all",
))  # fmt: skip
# State files of older versions of Terraform don't say that these are sensitive, as the provider does.
_SECRET = re.compile(r"(.*_)?(password|secret|token|private_key|user_data|user_data_base64)(_wo)?")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def is_state(content: Any) -> bool:
    """Return whether the JSON is a state file, or what `terraform show -json` prints of a state."""
    return _is_file(content) or (
        isinstance(content, dict)
        and isinstance(content.get("format_version"), str)
        and content.keys() <= {"format_version", "terraform_version", "values", "checks"}
    )


def fill_from_state(stack: RawStack, content: dict[str, Any]) -> None:
    """Put what a state has into the stack.

    Raises:
        UnreadableInput: if it is a state file of a version that Terraform before 0.12 wrote.
    """
    is_file = _is_file(content)
    if is_file and content["version"] != _VERSION:
        raise UnreadableInput(
            f"{stack.files[0]} is a state file of version {content['version']}; only version {_VERSION} is read, which "
            "Terraform has written since 0.12."
        )
    values = content if is_file else mapping(content.get("values"))
    stack.is_state = True
    stack.outputs = _outputs(mapping(values.get("outputs")))
    resources = _in_file(content) if is_file else _in_modules(mapping(values.get("root_module")))
    stack.blocks = [_block(each, stack) for each in resources]


def outputs_in(content: Any) -> dict[str, dict[str, Any]] | None:
    """Return the outputs that `terraform output -json` prints, or the contract's value alone; None if it is neither."""
    if not isinstance(content, dict):
        return None
    if isinstance(content.get("version"), int) and isinstance(content.get("resources"), dict):
        return {OUTPUT: {"value": Literal.of(content)}}
    is_listed = content and all(
        isinstance(each, dict) and {"sensitive", "value"} <= each.keys() for each in content.values()
    )
    return _outputs(content) if is_listed else None


def is_secret(name: str) -> bool:
    """Return whether an argument holds a secret, by its name."""
    return _SECRET.fullmatch(name) is not None


def _is_file(content: Any) -> bool:
    return (
        isinstance(content, dict)
        and isinstance(content.get("version"), int)
        and ("lineage" in content or "serial" in content)
    )


def _outputs(listed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: {"value": _sensitive(f"output {name!r}"), "sensitive": True}
        if mapping(body).get("sensitive") is True
        else {"value": Literal.of(mapping(body).get("value"))}
        for name, body in listed.items()
    }


def _in_modules(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    todo = [module]
    while todo:
        part = todo.pop()
        listed = mappings(part.get("resources"))
        yield from (each for each in listed if _has_address(each) and "deposed_key" not in each)
        todo += mappings(part.get("child_modules"))


def _has_address(resource: dict[str, Any]) -> bool:
    return isinstance(resource.get("address"), str) and resource["address"] != ""


def _in_file(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the resources of a state file as `terraform show -json` has them."""
    for resource in mappings(content.get("resources")):
        module, mode = resource.get("module"), str(resource.get("mode"))
        kind, name = str(resource.get("type")), str(resource.get("name"))
        before = f"{module}." if isinstance(module, str) else ""
        address = f"{before}{'data.' if mode == 'data' else ''}{kind}.{name}"
        alias = re.fullmatch(r".*/(\w[\w-]*)\"\]\.(\w[\w-]*)", str(resource.get("provider")))
        for instance in mappings(resource.get("instances")):
            if "deposed" in instance:
                continue
            has_key = instance.get("index_key") is not None
            paths = instance.get("sensitive_attributes")
            yield {
                "address": f"{address}[{json.dumps(instance['index_key'], ensure_ascii=False)}]"
                if has_key
                else address,
                "mode": mode,
                "type": kind,
                "name": name,
                "values": mapping(instance.get("attributes")),
                "sensitive_values": dict.fromkeys(_first_names(paths), True),
                "depends_on": instance.get("dependencies"),
                **({"index": instance["index_key"]} if has_key else {}),
                **({"provider": f"{alias[1]}.{alias[2]}"} if alias else {}),
            }


def _first_names(paths: Any) -> Iterator[str]:
    """Yield the attributes that the paths of a state file's sensitive values start with."""
    for path in paths if isinstance(paths, list) else []:
        first = path[0] if isinstance(path, list) and path else None
        if isinstance(name := mapping(first).get("value"), str):
            yield name


def _block(resource: dict[str, Any], stack: RawStack) -> RawBlock:
    hidden = mapping(resource.get("sensitive_values"))
    is_data = resource.get("mode") == "data"
    body: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for name, value in mapping(resource.get("values")).items():
        is_hidden = has_true(hidden.get(name)) or is_secret(name)
        if (kept := _sensitive(name) if is_hidden and value not in _EMPTY else _kept(value)) not in _EMPTY:
            (told if name in _TOLD and not is_data else body)[name] = kept
    if isinstance(provider := resource.get("provider"), str):
        body["provider"] = provider
    return RawBlock(
        "data" if is_data else "resource",
        str(resource.get("type")),
        str(resource.get("name")),
        body,
        stack.files[0],
        str(resource.get("address")),
        module=module_of(resource),
        index=resource.get("index") if isinstance(resource.get("index"), str | int) else None,
        told=told,
        written={"depends_on": list(_depends(resource.get("depends_on")))},
    )


def _depends(addresses: Any) -> Iterator[str]:
    """Yield templates of the resources that one comes after."""
    for address in addresses if isinstance(addresses, list) else []:
        module = modules_before(str(address))
        parts = str(address)[len(module) :].split(".")
        is_data = parts[0] == "data"
        if len(names := parts[is_data:]) == 2:
            yield Target("data" if is_data else "resource", names[0], module + names[1], "", "").template


def _kept(value: Any) -> Any:
    """Return a value as a template that gives it, without what the provider puts where nothing is."""
    if isinstance(value, dict):
        return {key: kept for key, item in value.items() if (kept := _kept(item)) not in _EMPTY}
    if isinstance(value, list):
        return [_kept(item) for item in value]
    return Literal.of(value)


def _sensitive(what: str) -> Unknown:
    return Unknown(f"{what} is sensitive, so it is not read from a state", "Check the folder that it was applied from.")
