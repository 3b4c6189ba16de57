"""States of hand-written stacks, as Terraform would show or keep them after an apply."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.paths.topologies import CONFIGURATION, READ, Stacks

ADDRESS = "10.2.0.9"
_PREFIXES = {"aws_vpc": "vpc", "aws_subnet": "subnet", "aws_security_group": "sg", "aws_instance": "i"}


def id_of(stack: str, kind: str, name: str) -> str:
    """Return an id in AWS's form, the same for the same resource."""
    number = sum(position * ord(letter) for position, letter in enumerate(f"{stack}{kind}{name}", 1)) % 16**8
    return f"{_PREFIXES.get(kind, kind.rpartition('_')[2])}-{number:017x}"


def arn_of(stack: str, kind: str, name: str) -> str:
    return f"arn:aws:vpc-lattice:eu-west-1:111122223333:{kind.rpartition('_')[2]}/{id_of(stack, kind, name)}"


ARN = arn_of("producer", CONFIGURATION, "web")


def attribute(stack: str, kind: str, name: str, attribute: str) -> str:
    if attribute == "private_ip":
        return ADDRESS
    return arn_of(stack, kind, name) if attribute == "arn" else id_of(stack, kind, name)


def applied(stack: str, body: Any) -> Any:
    """Return JSON with what apply would have put in the place of each reference."""
    text = json.dumps(body).replace(f"${{{READ}.arn}}", ARN)
    return json.loads(re.sub(r"\$\{(\w+)\.(\w+)\.(\w+)\}", lambda found: attribute(stack, *found.groups()), text))


def _values(stack: str, kind: str, name: str, body: Any) -> dict[str, Any]:
    given = {
        **applied(stack, body),
        "id": id_of(stack, kind, name),
        "arn": arn_of(stack, kind, name),
        "tags": None,
        "tags_all": {},
    }
    return {**given, "private_ip": ADDRESS} if (stack, kind) == ("producer", "aws_instance") else given


def shown(stack: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return what `terraform show -json` would print of the state of a stack."""
    resources = [
        {
            "address": f"{kind}.{name}",
            "mode": "managed",
            "type": kind,
            "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "values": _values(stack, kind, name, body),
            "sensitive_values": {},
        }
        for kind, blocks in content["resource"].items()
        for name, body in blocks.items()
    ]
    outputs = {
        name: {"sensitive": False, "type": "string", "value": applied(stack, body["value"])}
        for name, body in content.get("output", {}).items()
    }
    values = {"outputs": outputs, "root_module": {"resources": resources}}
    return {"format_version": "1.0", "terraform_version": "1.9.8", "values": values}


def kept(stack: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return what `terraform state pull` would print of it."""
    values = shown(stack, content)["values"]
    return {
        "version": 4,
        "terraform_version": "1.9.8",
        "serial": 3,
        "lineage": "8c7cbd2e-0000-4000-8000-000000000000",
        "outputs": {name: {key: body[key] for key in ("type", "value")} for name, body in values["outputs"].items()},
        "resources": [
            {
                "mode": "managed",
                "type": each["type"],
                "name": each["name"],
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                "instances": [{"schema_version": 0, "attributes": each["values"], "sensitive_attributes": []}],
            }
            for each in values["root_module"]["resources"]
        ],
        "check_results": None,
    }


Form = Callable[[str, dict[str, Any]], dict[str, Any]]


def states(stacks: Stacks, form: Form = shown) -> dict[str, dict[str, Any]]:
    return {name: form(name, content) for name, content in stacks.items()}
