"""What a plan of modules in HCL tells: an argument's references alone, which are followed to what they are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.network.reading import read
from latticelink.terraform.known import Reference, Unknown

import pytest

GATEWAY = "aws_vpclattice_resource_gateway"
CONFIGURATION = "aws_vpclattice_resource_configuration"
# Each refers to the whole as well, as Terraform's plans do.
VPC = ["aws_vpc.net.id", "aws_vpc.net"]
GROUP = ["aws_security_group.one.id", "aws_security_group.one"]
SUBNETS = ["aws_subnet.a.id", "aws_subnet.a", "aws_subnet.b.id", "aws_subnet.b"]
MANY = ["local.azs", "aws_subnet.many"]
OF_ROOT = {
    "aws_vpc.net": "id", "aws_subnet.a": "id", "aws_subnet.b": "id", "aws_security_group.one": "id",
    "aws_security_group.two": "id", "aws_instance.web": "private_ip", "aws_instance.db": "private_ip",
    'aws_subnet.many["x"]': "id", 'aws_subnet.many["y"]': "id",
}  # fmt: skip


def resource(address: str, values: dict[str, Any]) -> dict[str, Any]:
    module, _, own = address.rpartition("module.side.")
    kind, _, rest = (own if module or address.startswith("module.") else address).partition(".")
    name, _, index = rest.partition("[")
    key = {"index": json.loads(index[:-1])} if index else {}
    return {"address": address, "mode": "managed", "type": kind, "name": name, "values": values, **key}


def write_plan(folder: Path, given: dict[str, list[str]], kind: str, written: Any, values: Any, unknown: Any) -> Path:
    """Write a plan of a root module, and of a module with one resource, `this`, to which `given` is given."""
    inside = {"address": f"module.side.{kind}.this", "unknown": unknown}
    root = [resource(address, {}) for address in OF_ROOT]
    changes = [(address, {name: True}) for address, name in OF_ROOT.items()] + [(inside["address"], unknown)]
    names = dict.fromkeys(address.partition("[")[0] for address in OF_ROOT)
    calls = {name: {"references": references} for name, references in given.items()}
    module = {"resources": [{"mode": "managed", "type": kind, "name": "this", "expressions": written}]}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {
            "root_module": {
                "resources": root,
                "child_modules": [{"address": "module.side", "resources": [resource(inside["address"], values)]}],
            }
        },
        "resource_changes": [
            {"address": address, "change": {"actions": ["create"], "after_unknown": open_}}
            for address, open_ in changes
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    {"mode": "managed", "type": each.split(".")[0], "name": each.split(".")[1], "expressions": {}}
                    for each in names
                ],
                "module_calls": {"side": {"source": "./side", "expressions": calls, "module": module}},
            }
        },
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    return folder / "plan.json"


def told(value: Any) -> Any:
    """Return the addresses that a value refers to, and of what isn't known the reason."""
    if isinstance(value, list):
        return [told(each) for each in value]
    if isinstance(value, Unknown):
        return value.reason
    return f"{value.block.address}.{value.attribute}" if isinstance(value, Reference) else value


@pytest.mark.parametrize(
    ("what", "argument", "references", "given", "found"),
    [
        (
            "a VPC in an object with subnets", "vpc_id", ["var.network.vpc_id", "var.network"],
            {"network": [*VPC, *SUBNETS]}, "aws_vpc.net.id",
        ),
        (
            "all instances of one subnet in an object", "subnet_ids", ["var.network.subnet_ids", "var.network"],
            {"network": [*VPC, *MANY]}, ['aws_subnet.many["x"].id', 'aws_subnet.many["y"].id'],
        ),
        (
            "the first of a list of subnets", "subnet_ids", ["var.subnets[0]", "var.subnets"],
            {"subnets": MANY},
            'the plan doesn\'t tell which of aws_subnet.many["x"], aws_subnet.many["y"] subnet_ids is, as that is '
            "known only after apply",
        ),
        (
            "one group in an object", "security_group_ids", ["var.network.groups", "var.network"],
            {"network": [*VPC, *GROUP, "var.port"]}, ["aws_security_group.one.id"],
        ),
        (
            "two subnets, of which the object may have one elsewhere", "subnet_ids", ["var.network.subnet_ids"],
            {"network": SUBNETS},
            "the plan doesn't tell which of aws_subnet.a, aws_subnet.b subnet_ids is, as that is known only after "
            "apply",
        ),
        (
            "a group beside the VPC's own", "security_group_ids", ["var.network.groups"],
            {"network": [*GROUP, "aws_vpc.net.default_security_group_id", "aws_vpc.net"]},
            "the plan doesn't tell which of aws_security_group.one, aws_vpc.net security_group_ids is, as that is "
            "known only after apply",
        ),
        (
            "a group beside a local that may hold another", "security_group_ids", ["var.network.groups"],
            {"network": [*GROUP, "local.groups"]},
            "the plan doesn't include security_group_ids, as it is known only after apply",
        ),
    ],
)  # fmt: skip
def test_a_part_of_what_a_module_is_given_is_known_where_it_can_be_one_thing_only(
    tmp_path: Path, what: str, argument: str, references: list[str], given: dict[str, list[str]], found: Any
) -> None:
    written = {argument: {"references": references}}
    plan = write_plan(tmp_path, given, GATEWAY, written, {}, {argument: True})
    [block] = read(plan).of_type(GATEWAY)
    assert told(block.value(argument)) == found, what


@pytest.mark.parametrize(
    ("what", "given", "found"),
    [
        ("the only address that is given", {"web": ["aws_instance.web.private_ip"]}, "aws_instance.web.private_ip"),
        (
            "one of two instances", {"web": ["aws_instance.web.private_ip"], "db": ["aws_instance.db.private_ip"]},
            "the plan doesn't tell which of aws_instance.web, aws_instance.db ip_address is, as that is known only "
            "after apply",
        ),
        (
            "an instance beside a local", {"web": ["aws_instance.web.private_ip", "local.targets"]},
            "the plan doesn't include ip_address, as it is known only after apply",
        ),
        ("no address at all", {"web": VPC}, "the plan doesn't include ip_address, as it is known only after apply"),
    ],
)  # fmt: skip
def test_an_argument_of_a_dynamic_block_is_known_where_the_module_has_one_such_thing_only(
    tmp_path: Path, what: str, given: dict[str, list[str]], found: str
) -> None:
    values = {"resource_configuration_definition": [{"ip_resource": [{}]}]}
    unknown = {"resource_configuration_definition": [{"ip_resource": [{"ip_address": True}]}]}
    plan = write_plan(tmp_path, given, CONFIGURATION, {"resource_configuration_definition": [{}]}, values, unknown)
    [block] = read(plan).of_type(CONFIGURATION)
    assert told(block.value("resource_configuration_definition", "ip_resource", "ip_address")) == found, what
