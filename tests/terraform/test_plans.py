"""Plans of what was applied before: two files, in which ids are known and the sides meet by them."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

from latticelink.checks.examination import examine
from latticelink.network.reading import read
from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import trace
from latticelink.reports.text import as_json, as_text
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import StackConfiguration
from latticelink.terraform.dependencies import Order, key_of
from latticelink.terraform.json_files import UnreadableInput
from latticelink.terraform.known import ABSENT, PartlyKnown, Reference, Unknown, first_unknown

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.paths.topologies import READ, TARGET_IN, Change, Stacks, changes, cidr, drop, put, right

ATTRIBUTES = {"private_ip": "10.2.0.9"}


def applied(stack: str, body: Any, others: dict[str, str]) -> Any:
    """Return the JSON with what apply would have put in the place of each reference."""
    text = json.dumps(body)
    for expression, value in others.items():
        text = text.replace(expression, value)
    return json.loads(re.sub(r"\$\{(\w+)\.(\w+)\.(\w+)\}", lambda found: known(stack, *found.groups()), text))


def known(stack: str, kind: str, name: str, attribute: str) -> str:
    return ATTRIBUTES.get(attribute, f"{attribute}-{kind}-{stack}-{name}")


def write_plans(folder: Path, stacks: Stacks) -> Path:
    arn = known("producer", "aws_vpclattice_resource_configuration", "web", "arn")
    for stack, content in stacks.items():
        resources = [
            {
                "address": f"{kind}.{name}",
                "mode": "managed",
                "type": kind,
                "name": name,
                "values": {
                    **applied(stack, body, {f"${{{READ}.arn}}": arn}),
                    **{attribute: known(stack, kind, name, attribute) for attribute in ("arn", "id")},
                    **(ATTRIBUTES if kind == "aws_instance" and stack == "producer" else {}),
                },
            }
            for kind, blocks in content["resource"].items()
            for name, body in blocks.items()
        ]
        plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}}
        (folder / f"{stack}.json").write_text(json.dumps(plan))
    (folder / "package.json").write_text('{"name": "no plan"}')
    return folder


def traced(folder: Path, *several: Change) -> list[TracedPath]:
    stacks = right()
    changes(*several)(stacks)
    return trace(read(write_plans(folder, stacks)))


@pytest.mark.parametrize(
    ("sentence", "change", "answer"),
    [
        ("as it should be", changes(), Answer.PASS),
        ("a rule is missing", drop(*TARGET_IN), Answer.FAIL),
        ("the client's block is let in", put(*TARGET_IN, **cidr("10.1.0.0/16")), Answer.FAIL),
        ("the gateway's subnets are let in", put(*TARGET_IN, **cidr("10.2.0.0/23")), Answer.PASS),
    ],
)
def test_two_plans_meet_by_ids(tmp_path: Path, sentence: str, change: Change, answer: Answer) -> None:
    (path,) = traced(tmp_path, change)
    assert path.answer is answer, sentence
    assert path.stack == "consumer"


def plan(folder: Path, argument: str, expression: dict[str, Any], **more: Any) -> Any:
    """Return what is known of an argument of which a plan tells only the references in its expression."""
    address = "aws_lb.it"
    one = {"address": address, "mode": "managed", "type": "aws_lb", "name": "it"}
    group = {"address": "aws_security_group.g", "mode": "managed", "type": "aws_security_group", "name": "g"}
    content = {
        "planned_values": {"root_module": {"resources": [{**one, "values": {}}, {**group, "values": {}}]}},
        "configuration": {"root_module": {"resources": [{**one, "expressions": {argument: expression}}], **more}},
        "resource_changes": [{"address": address, "change": {"after_unknown": {argument: True}}}],
    }
    (folder / "plan.json").write_text(json.dumps(content))
    (block,) = read(folder / "plan.json").of_type("aws_lb")
    return block.value(argument)


def test_an_id_in_a_plan_is_the_one_reference_in_its_expression(tmp_path: Path) -> None:
    value = plan(tmp_path, "security_group_id", {"references": ["aws_security_group.g.id", "aws_security_group.g"]})
    assert isinstance(value, Reference)
    assert str(value) == "aws_security_group.g.id"


@pytest.mark.parametrize(
    ("sentence", "argument", "references"),
    [
        ("what is no id may be anything made of it", "name", ["aws_security_group.g.id"]),
        ("one of two can't be determined", "security_group_id", ["aws_security_group.g.id", "var.other"]),
        ("a local isn't in a plan", "security_group_id", ["local.group"]),
        ("nothing is referred to", "security_group_id", []),
    ],
)
def test_an_argument_in_a_plan_is_never_guessed(
    tmp_path: Path, sentence: str, argument: str, references: list[str]
) -> None:
    value = plan(tmp_path, argument, {"references": references})
    assert isinstance(value, Unknown), sentence
    assert "the plan doesn't include" in value.reason


Resource = dict[str, Any]


def resource(
    address: str,
    values: dict[str, Any] | None = None,
    unknown: dict[str, Any] | None = None,
    written: dict[str, Any] | None = None,
    **more: Any,
) -> Resource:
    """Return a resource of a plan: what is planned, what is known only after apply, what the configuration says."""
    return {"address": address, "values": values or {}, "unknown": unknown or {}, "written": written or {}, **more}


def refers(*names: str) -> dict[str, Any]:
    """Return an expression of HCL: each reference, and what it is a part of."""
    parts = [name.rsplit(".", length)[0] for name in names for length in range(name.count(".") - 1)]
    return {"references": [*names, *parts]}


def constant(value: Any) -> dict[str, Any]:
    return {"constant_value": value}


def plan_of(*resources: Resource, modules: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a plan; `modules` are the calls in the root module."""
    planned, changes, written = [], [], {}
    for each in resources:
        path = each["address"].split(".")
        mode = "data" if path[-3:-2] == ["data"] else "managed"
        kind, name = path[-2], re.sub(r"\[.*", "", path[-1])
        index = re.search(r"\[(.+)\]$", each["address"])
        key = {"index": json.loads(index[1])} if index else {}
        labels = {"address": each["address"], "mode": mode, "type": kind, "name": name, **key}
        planned.append({**labels, "values": each["values"], "sensitive_values": each.get("sensitive", {})})
        change = {"actions": each.get("actions", ["create"]), "before": each.get("before")}
        changes.append({**labels, "change": {**change, "after_unknown": each["unknown"]}})
        if "module." not in each["address"]:
            said = {key: each[key] for key in ("depends_on", "for_each_expression") if key in each}
            written[kind, name] = {**labels, "expressions": each["written"], **said}
    configuration = {"root_module": {"resources": list(written.values()), "module_calls": modules or {}}}
    return {
        "planned_values": {"root_module": {"resources": planned}},
        "configuration": configuration,
        "resource_changes": changes,
        **more,
    }


def blocks(folder: Path, *resources: Resource, **more: Any) -> dict[str, Block]:
    (folder / "plan.json").write_text(json.dumps(plan_of(*resources, **more)))
    return {block.address: block for block in read(folder / "plan.json").blocks}


VPC = resource("aws_vpc.v", {"cidr_block": "10.0.0.0/16"}, {"id": True}, {"cidr_block": constant("10.0.0.0/16")})
GROUPS = [resource(f"aws_security_group.{name}", {}, {"id": True}) for name in ("a", "b")]
FOUR = [resource(f'aws_vpclattice_resource_configuration.r["{key}"]', {}, {"arn": True}) for key in "ab"]
ENDPOINT = 'aws_vpc_endpoint.e["b"]'
IN_MODULE = {
    "m": {
        "expressions": {"group": refers("aws_security_group.a.id"), "all": refers("aws_security_group.a.id", "var.x")},
        "module": {
            "outputs": {
                "group": {"expression": refers("aws_security_group.own.id")},
                "both": {"expression": refers("aws_security_group.own.id", "var.group")},
            }
        },
    }
}


@pytest.mark.parametrize(
    ("sentence", "resources", "address", "argument", "value"),
    [
        (
            "a configuration in JSON has the expression itself, beside what it refers to",
            [
                VPC,
                resource(
                    "aws_subnet.s",
                    {},
                    {"vpc_id": True},
                    {"vpc_id": {**constant("${aws_vpc.v.id}"), **refers("aws_vpc.v.id")}},
                ),
            ],
            "aws_subnet.s",
            "vpc_id",
            "aws_vpc.v.id",
        ),
        (
            "a database without port has its engine's",
            [
                resource(
                    "aws_rds_cluster.c",
                    {"engine": "aurora-mysql", "restore_to_point_in_time": []},
                    {"port": True},
                    {"engine": constant("aurora-mysql")},
                ),
                resource(
                    "aws_security_group_rule.r", {}, {"to_port": True}, {"to_port": refers("aws_rds_cluster.c.port")}
                ),
            ],
            "aws_security_group_rule.r",
            "to_port",
            3306,
        ),
        (
            "each.value of resources is the one with the same key",
            [
                *FOUR,
                resource(
                    ENDPOINT,
                    {},
                    {"resource_configuration_arn": True},
                    {"resource_configuration_arn": {"references": ["each.value.arn", "each.value"]}},
                    for_each_expression=refers("aws_vpclattice_resource_configuration.r"),
                ),
            ],
            ENDPOINT,
            "resource_configuration_arn",
            'aws_vpclattice_resource_configuration.r["b"].arn',
        ),
        (
            "an ARN that is picked by each.key is an ARN, though the plan leaves the attribute out",
            [
                *FOUR,
                resource(
                    ENDPOINT,
                    {},
                    {"resource_configuration_arn": True},
                    {
                        "resource_configuration_arn": {
                            "references": ["aws_vpclattice_resource_configuration.r", "each.key"]
                        }
                    },
                ),
            ],
            ENDPOINT,
            "resource_configuration_arn",
            'aws_vpclattice_resource_configuration.r["b"].arn',
        ),
        (
            "of a list the elements that are known stay",
            [
                *GROUPS,
                resource(
                    "aws_lb.l",
                    {"security_groups": ["sg-12345678", None]},
                    {"security_groups": [False, True]},
                    {"security_groups": refers("aws_security_group.a.id")},
                ),
            ],
            "aws_lb.l",
            "security_groups",
            ["sg-12345678", "aws_security_group.a.id"],
        ),
        (
            "the id of a VPC that a module keeps in a local is that of the only VPC that is made",
            [VPC, resource("aws_subnet.s", {}, {"vpc_id": True}, {"vpc_id": refers("local.vpc_id")})],
            "aws_subnet.s",
            "vpc_id",
            "aws_vpc.v.id",
        ),
        (
            "a constant is as it is written, though ignore_changes leaves AWS's spelling in the plan",
            [
                resource(
                    "aws_vpc_endpoint.e",
                    {"ip_address_type": "DUALSTACK"},
                    {},
                    {"ip_address_type": constant("dualstack")},
                )
            ],
            "aws_vpc_endpoint.e",
            "ip_address_type",
            "dualstack",
        ),
        (
            "what the provider puts where an argument is left out is no argument",
            [resource("aws_vpclattice_resource_configuration.r", {"type": "SINGLE", "port_ranges": []})],
            "aws_vpclattice_resource_configuration.r",
            "type",
            "ABSENT",
        ),
        (
            "a text that looks like a template is a text where the plan knows it",
            [resource("aws_instance.i", {"user_data": "${HOME}"}, {}, {"user_data": refers("local.script")})],
            "aws_instance.i",
            "user_data",
            "${HOME}",
        ),
        (
            "the address of an instance as a block of one",
            [
                resource("aws_instance.i", {}, {"private_ip": True}),
                resource("aws_lb.l", {}, {"cidr_blocks": True}, {"cidr_blocks": refers("aws_instance.i.private_ip")}),
            ],
            "aws_lb.l",
            "cidr_blocks",
            "[PartlyKnown]",
        ),
    ],
)
def test_an_argument_of_a_plan_is_what_its_configuration_and_values_say(
    tmp_path: Path, sentence: str, resources: list[Resource], address: str, argument: str, value: Any
) -> None:
    assert shown(blocks(tmp_path, *resources)[address].value(argument)) == value, sentence


def shown(value: Any) -> Any:
    if isinstance(value, list):
        inside = [shown(each) for each in value]
        return "[PartlyKnown]" if inside == ["PartlyKnown"] else inside
    if isinstance(value, PartlyKnown):
        return "PartlyKnown"
    return repr(value) if value is ABSENT else str(value) if isinstance(value, Reference) else value


@pytest.mark.parametrize(
    ("sentence", "argument", "expression", "unknown"),
    [
        ("more elements than references", "security_groups", refers("aws_security_group.a.id"), [True, True]),
        ("a port with something added", "to_port", refers("aws_rds_cluster.c.port", "local.more"), True),
        ("a block that is a part of the VPC's", "cidr_block", refers("aws_vpc.v.ipv6_cidr_block"), True),
        ("one of two VPCs in a local", "vpc_id", refers("local.vpc_id"), True),
        ("one of two groups in an object", "security_group_id", refers("module.m.both"), True),
    ],
)
def test_what_a_plan_does_not_tell_is_never_guessed(
    tmp_path: Path, sentence: str, argument: str, expression: dict[str, Any], unknown: Any
) -> None:
    second = resource("aws_vpc.w", {}, {"id": True})
    it = resource("aws_lb.it", {}, {argument: unknown}, {argument: expression})
    own = resource("module.m.aws_security_group.own", {}, {"id": True})
    value = blocks(tmp_path, VPC, second, *GROUPS, own, it, modules=IN_MODULE)["aws_lb.it"].value(argument)
    assert first_unknown(value) is not None, sentence


def test_blocks_that_are_absent_are_empty_lists_in_a_plan_and_count_as_absent(tmp_path: Path) -> None:
    address = "aws_vpclattice_resource_configuration.r"
    values = {"definition": [{"ip_resource": [{"ip_address": "10.0.0.9"}], "dns_resource": [], "arn_resource": []}]}
    written = {"definition": [{"ip_resource": [{"ip_address": constant("10.0.0.9")}]}]}
    block = blocks(tmp_path, resource(address, values, {}, written))[address]
    assert block.value("definition", "ip_resource", "ip_address") == "10.0.0.9"
    assert block.value("definition", "dns_resource") is ABSENT


RULE = {"protocol": "tcp", "cidr_blocks": [], "self": False, "description": ""}


@pytest.mark.parametrize(
    ("sentence", "ports", "references", "groups"),
    [
        ("one rule has all groups", [443], ["a", "b"], {443: ["a", "b"]}),
        ("rules that are alike may each have all of them", [443, 443], ["a", "b"], {443: ["a", "b"]}),
        ("two rules that wait for one group both have it", [80, 443], ["a"], {80: ["a"], 443: ["a"]}),
        ("which of two rules has which of two groups isn't told", [80, 443], ["a", "b"], {80: None, 443: None}),
    ],
)
def test_rules_in_a_group_have_the_groups_that_the_plan_names_together(
    tmp_path: Path, sentence: str, ports: list[int], references: list[str], groups: dict[int, list[str] | None]
) -> None:
    rules = [{**RULE, "from_port": port, "to_port": port} for port in ports]
    said = refers(*(f"aws_security_group.{name}.id" for name in references), "local.port")
    group = resource(
        "aws_security_group.g",
        {"ingress": rules},
        {"ingress": [{"security_groups": True}] * len(ports)},
        {"ingress": said},
    )
    found = blocks(tmp_path, *GROUPS, group)["aws_security_group.g"].nested("ingress")
    expected = {port: names and [f"aws_security_group.{name}.id" for name in names] for port, names in groups.items()}
    for rule in found:
        given = rule["security_groups"]
        assert (None if isinstance(given, Unknown) else [str(each) for each in given]) == expected[rule["from_port"]]
    assert len(found) == len(ports), sentence


@pytest.mark.parametrize(
    ("sentence", "modules", "depends_on"),
    [
        ("a resource comes after those that it depends on", {}, ["aws_vpc.v"]),
        (
            "and after all in a module that it depends on",
            {"m": {"module": {"resources": [{"mode": "managed", "type": "aws_vpc", "name": "v"}]}}},
            ["module.m"],
        ),
    ],
)
def test_the_order_in_a_plan_is_that_of_its_configuration(
    tmp_path: Path, sentence: str, modules: dict[str, Any], depends_on: list[str]
) -> None:
    there = "module.m.aws_vpc.v" if modules else "aws_vpc.v"
    endpoint = resource("aws_vpc_endpoint.e", depends_on=depends_on)
    found = blocks(tmp_path, resource(there), endpoint, modules=modules)
    block = found["aws_vpc_endpoint.e"]
    assert isinstance(block.home, StackConfiguration)
    assert key_of(found[there]) in Order(block.home).after(block), sentence


def test_what_is_in_a_module_comes_after_what_the_call_depends_on(tmp_path: Path) -> None:
    inside = {"resources": [{"mode": "managed", "type": "aws_vpc_endpoint", "name": "e"}]}
    modules = {"m": {"depends_on": ["aws_vpc.v"], "module": inside}}
    found = blocks(tmp_path, VPC, resource("module.m.aws_vpc_endpoint.e"), modules=modules)
    block = found["module.m.aws_vpc_endpoint.e"]
    assert isinstance(block.home, StackConfiguration)
    assert key_of(found["aws_vpc.v"]) in Order(block.home).after(block)


@pytest.mark.parametrize(
    ("sentence", "it", "check"),
    [
        (
            "whether an endpoint is replaced stands in `lifecycle`, which no plan has",
            resource(
                "aws_vpc_endpoint.e",
                {"subnet_ids": ["subnet-12345678"], "vpc_endpoint_type": "Resource"},
                {},
                {"subnet_ids": refers("local.s"), "vpc_endpoint_type": constant("Resource")},
            ),
            "LL512",
        ),
        (
            "the path of a role is IAM's",
            resource("aws_iam_role.r", {"path": "/service/"}, {}, {"path": constant("/service/")}),
            "LL833",
        ),
        (
            "a folder in which Terraform runs is not written, if a value is made of it",
            resource("aws_lambda_function.f", {"filename": "/home/me/f.zip"}, {}, {"filename": refers("path.module")}),
            "LL833",
        ),
        (
            "an endpoint with nothing but what the provider puts there has no type",
            resource("aws_vpc_endpoint.e", {"resource_configuration_arn": "", "vpc_endpoint_type": "Gateway"}),
            "LL501",
        ),
    ],
)
def test_what_a_plan_has_and_nobody_wrote_is_no_finding(
    tmp_path: Path, sentence: str, it: Resource, check: str
) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(plan_of(it)))
    assert check not in {result.check.id for result in examine(tmp_path).results}, sentence


SECRET = "hunter2-hunter2"


def test_nothing_sensitive_of_a_plan_is_ever_printed(tmp_path: Path) -> None:
    hidden = {"name": True, "description": True, "tags": {"Owner": True}, "master_password": True}
    values = {"name": SECRET, "description": SECRET, "tags": {"Owner": SECRET}, "master_password": SECRET}
    written = {
        "name": {"references": ["var.token"]},
        "description": constant(SECRET),
        "tags": constant({"Owner": SECRET}),
        "master_password": constant(SECRET),
    }
    rules = [{"cidr_blocks": [SECRET], "from_port": 1, "to_port": 1, "protocol": "tcp"}]
    resources = [
        resource(f"{kind}.r", {**values, "ingress": rules}, {}, {**written, "ingress": {}}, sensitive=sensitive)
        for kind in ("aws_vpclattice_resource_gateway", "aws_security_group", "aws_rds_cluster")
        for sensitive in [{**hidden, "ingress": [{"cidr_blocks": [True]}]}]
    ]
    plan = plan_of(*resources, variables={"token": {"value": SECRET}})
    plan["configuration"]["root_module"]["variables"] = {"token": {"sensitive": True, "default": SECRET}}
    plan["planned_values"]["outputs"] = {"latticelink": {"sensitive": True, "value": {SECRET: SECRET}}}
    plan["output_changes"] = {"latticelink": {"after": {SECRET: SECRET}, "after_sensitive": True}}
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    examination = examine(tmp_path / "plan.json")
    printed = as_text(examination, why=True) + as_json(examination) + repr([b.body for b in read(tmp_path).blocks])
    assert SECRET not in printed
    found = {result.check.id for result in examination.of(Answer.FAIL)}
    assert {"LL821", "LL832"} <= found, "that an output is sensitive, and that a password is written, is told"


def test_what_a_plan_takes_away_is_gone_and_what_it_leaves_alone_is_there(tmp_path: Path) -> None:
    plan = plan_of(VPC)
    kept, lost = (
        {"address": f"aws_subnet.{name}", "mode": "managed", "type": "aws_subnet", "name": name} for name in "kl"
    )
    plan["prior_state"] = {"values": {"root_module": {"resources": [kept, lost]}}}
    plan["resource_changes"] += [
        {**lost, "change": {"actions": ["delete"], "after_unknown": {}}},
        {"address": "aws_vpc.v", "deposed": "1234", "change": {"actions": ["delete"], "after_unknown": {}}},
    ]
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    found = {block.address: block for block in read(tmp_path).blocks}
    assert found.keys() == {"aws_vpc.v", "aws_subnet.k"}
    reference = found["aws_vpc.v"].attribute(("id",))
    assert isinstance(reference, Reference), "a deposed object of the same address says nothing of it"


@pytest.mark.parametrize(
    ("sentence", "actions", "answer"),
    [
        ("a plan that changes nothing tells the rules of a dynamic block", ["no-op"], 443),
        ("one that takes rules away doesn't say which of them stay", ["delete"], None),
    ],
)
def test_rules_that_only_the_state_has(tmp_path: Path, sentence: str, actions: list[str], answer: int | None) -> None:
    rules = [{**RULE, "from_port": 443, "to_port": 443}]
    group = resource("aws_security_group.g", {"ingress": rules}, actions=["no-op"], before={"ingress": rules})
    rule = {"address": "aws_vpc_security_group_ingress_rule.r", "change": {"actions": actions}}
    plan = plan_of(group)
    plan["resource_changes"].append(rule)
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    (block,) = read(tmp_path).of_type("aws_security_group")
    assert block.nested("ingress") == [], "none is written"
    (told,) = block.nested_or_told("ingress")
    assert (None if isinstance(told, Unknown) else told["from_port"]) == answer, sentence


def test_a_refresh_only_plan_has_its_resources_in_the_state_and_their_rules_are_told_once(tmp_path: Path) -> None:
    rules = [{**RULE, "from_port": 443, "to_port": 443}]
    plan = plan_of(resource("aws_security_group.g", {"ingress": rules}))
    plan["prior_state"] = {"values": {"root_module": plan["planned_values"].pop("root_module")}}
    plan["planned_values"]["root_module"] = {}
    del plan["resource_changes"]
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    (block,) = read(tmp_path).of_type("aws_security_group")
    assert block.nested("ingress") == []
    assert [rule["from_port"] for rule in block.nested_or_told("ingress")] == [443]


def test_plans_of_what_is_applied_meet_by_whose_attribute_an_id_is(tmp_path: Path) -> None:
    arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0123456789abcdef0"
    producer = plan_of(resource("aws_vpclattice_resource_configuration.r", {"arn": arn}, actions=["no-op"]))
    group = resource("aws_security_group.g", {"id": "sg-1"}, actions=["no-op"])
    endpoint = resource(
        "aws_vpc_endpoint.e",
        {"resource_configuration_arn": arn, "security_group_ids": ["sg-1", "sg-2"], "tags": {"Name": "sg-1"}},
        {},
        {
            "resource_configuration_arn": refers("data.terraform_remote_state.p.outputs.arn"),
            "security_group_ids": {},
            "tags": {},
        },
        actions=["no-op"],
    )
    for name, plan in (("producer", producer), ("consumer", plan_of(group, endpoint))):
        (tmp_path / f"{name}.json").write_text(json.dumps(plan))
    (block,) = read(tmp_path).of_type("aws_vpc_endpoint")
    value = block.value("resource_configuration_arn")
    assert isinstance(value, Reference)
    assert value.block.full_address == "producer: aws_vpclattice_resource_configuration.r"
    assert [shown(each) for each in block.value("security_group_ids")] == ["aws_security_group.g.id", "sg-2"]
    assert block.value("tags") == {"Name": "sg-1"}, "a name stays a name"


ODD = [
    None,
    True,
    0,
    -1.5,
    "",
    "${",
    "${local.a}",
    [],
    [[]],
    {},
    {"a": 1},
    [None],
    {"references": ["module.m.x", "each.key"]},
]


def base() -> dict[str, Any]:
    """Return a plan with all the parts that are read, in which nothing is wrong."""
    ids = {"references": ["module.m.ids", "module.m"]}
    one = {"address": "aws_lb.it[0]", "mode": "managed", "type": "aws_lb", "name": "it", "index": 0}
    group = {"address": "module.m.aws_security_group.g", "mode": "managed", "type": "aws_security_group", "name": "g"}
    nested = [{"subnet_id": None, "from_port": 1}]
    child = {"resources": [{**group, "values": {"ingress": nested}}], "address": "module.m"}
    call = {
        "resources": [group],
        "outputs": {"ids": {"expression": {"references": ["var.v", "aws_security_group.g.id"]}}},
    }
    written = {"security_groups": ids, "subnet_mapping": [{"subnet_id": {"references": ["module.m.ids"]}}]}
    unknown = {"security_groups": True, "subnet_mapping": [{"subnet_id": True}], "arn": True}
    return {
        "planned_values": {
            "root_module": {"resources": [{**one, "values": {"subnet_mapping": nested}}], "child_modules": [child]},
            "outputs": {"o": {"value": 1}},
        },
        "configuration": {
            "root_module": {
                "resources": [{**one, "expressions": written}],
                "module_calls": {"m": {"expressions": {"v": {"constant_value": "x"}}, "module": call}},
            }
        },
        "resource_changes": [{"address": "aws_lb.it[0]", "change": {"after_unknown": unknown}}],
        "prior_state": {"values": {"root_module": {"resources": [{**group, "mode": "data", "values": {}}]}}},
    }


def spots(part: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [found for key, item in items for found in [(*path, key), *spots(item, (*path, key))]]


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_part_of_a_plan_makes_a_traceback_whatever_is_in_it(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = base()
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(spots(content)))
        part = content
        for key in way:
            part = part[key]
        part[last] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    file = tmp_path_factory.mktemp("plan") / "plan.json"
    file.write_text(json.dumps(content))
    try:
        configuration = read(file)
    except UnreadableInput:
        return
    for block in configuration.blocks:
        assert all(block.value(argument) is not None for argument in block.body)
    assert all(path.hops and path.ports for path in trace(configuration))
