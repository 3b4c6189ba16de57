"""What is read from Terraform JSON in its several forms, what is known of its values, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.network.reading import read
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.json_files import LARGEST, UnreadableInput
from latticelink.terraform.known import ABSENT, PartlyKnown, Reference, Unknown

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT


def read_json(folder: Path, **stacks: Any) -> Configuration:
    """Write each stack's JSON into a sub-folder of its own and read the folder."""
    for name, content in stacks.items():
        (folder / name).mkdir()
        (folder / name / "main.tf.json").write_text(json.dumps(content))
    return read(folder)


def one(configuration: Configuration, address: str) -> Block:
    (found,) = [block for block in configuration.blocks if block.address == address]
    return found


def value_of(folder: Path, expression: Any, **sections: Any) -> Any:
    """Return what is known of an expression in a stack with these sections."""
    resource = {"terraform_data": {"it": {"input": expression}}, **sections.pop("resource", {})}
    return one(read_json(folder, app={"resource": resource, **sections}), "terraform_data.it").value("input")


VPC = {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}


@pytest.mark.parametrize(
    ("what", "expression", "sections", "value"),
    [
        ("a literal", "text", {}, "text"),
        ("null is as good as left out", None, {}, ABSENT),
        ("an escaped template", "$${x}", {}, "${x}"),
        ("a local", "${local.a}", {"locals": {"a": [1, "2"]}}, [1, "2"]),
        ("a local through a local", "${local.a[1]}", {"locals": {"a": "${local.b.c}", "b": {"c": [1, 2]}}}, 2),
        ("locals in a list of objects", "${local.b}", {"locals": [{"a": 1}, {"b": 2}]}, 2),
        ("a variable's default", "${var.x}", {"variable": {"x": {"default": {"p": 80}}}}, {"p": 80}),
        ("a path in a default", "${var.x.p}", {"variable": {"x": [{"default": {"p": 80}}]}}, 80),
        ("an argument of another block", "${aws_vpc.main.cidr_block}", {"resource": VPC}, "10.0.0.0/16"),
        ("a text with parts", "a-${1 + 2}-${local.a}", {"locals": {"a": True}}, "a-3-true"),
        ("quotes in an expression", '${lookup({"a b" = 1}, "a b")}', {}, 1),
        ("ports as the library writes them", '${tonumber(reverse(split("-", "8000-8010"))[0])}', {}, 8010),
        ("the whole set", '${toset(["b", "a", "b"])}', {}, ["a", "b"]),
        ("try takes the first that works", '${try(local.a.none, local.a.c, "x")}', {"locals": {"a": {"c": 1}}}, 1),
        ("can", "${can(local.a.none)}", {"locals": {"a": {}}}, False),
        ("a condition", '${local.a ? "yes" : "no"}', {"locals": {"a": False}}, "no"),
        ("operators bind as in HCL", "${1 + 2 * 3 == 7 && !false}", {}, True),
        ("for over a list", "${[for p in [80, 443] : p + 1 if p > 80]}", {}, [444]),
        ("for over a map", '${{for k, v in {a = 1} : "${k}x" => v}}', {}, {"ax": 1}),
        ("a splat", "${[{a = 1}, {a = 2}][*].a}", {}, [1, 2]),
        ("a subnet's block", '${cidrsubnet("10.0.0.0/16", 8, 3)}', {}, "10.0.3.0/24"),
        ("an address", '${cidrhost("10.0.3.0/24", 9)}', {}, "10.0.3.9"),
        ("two objects of one name", "${local.a + local.b}", {"locals": [{"a": 1}, {"b": 1}]}, 2),
    ],
)
def test_a_value_is_read_through(tmp_path: Path, what: str, expression: Any, sections: Any, value: Any) -> None:
    assert value_of(tmp_path, expression, **sections) == value, what


@pytest.mark.parametrize(
    ("what", "expression", "sections", "reason"),
    [
        ("no default", "${var.x}", {"variable": {"x": {}}}, "variable 'x' has no default"),
        ("a module", "${module.net.vpc_id}", {"module": {"net": {"source": "./net"}}}, "module.net isn't read"),
        ("another block that isn't there", "${aws_vpc.other.id}", {}, "aws_vpc.other isn't in the input"),
        ("a function of another kind", '${file("x")}', {}, "the function file isn't supported here"),
        ("a directive without its end", "%{ if true }x", {}, "the expression %{ if true }x isn't supported"),
        ("a very long text", "x${1}" * 100_000, {}, "a string of 500,000 characters is too long to be read here"),
        (
            "a padded id",
            '${format("%40s", aws_vpc.main.id)}',
            {"resource": VPC},
            "aws_vpc.main.id is known only after apply",
        ),
        ("unbalanced", "${(1}", {}, "the expression ${(1} isn't supported here"),
        ("a key that isn't there", "${local.a.b}", {"locals": {"a": {"c": 1}}}, "there is no 'b', only c"),
        ("an undeclared local", "${local.a}", {}, "there is no local.a"),
        ("the workspace", "${terraform.workspace}", {}, "terraform.workspace has no value before Terraform runs"),
        (
            "a state that isn't there",
            "${data.terraform_remote_state.p.outputs.x}",
            {"data": {"terraform_remote_state": {"p": {"backend": "local", "config": {"path": "../p.tfstate"}}}}},
            "data.terraform_remote_state.p reads the state of a stack that isn't in the input",
        ),
        (
            "a part of a number",
            "${local.a.b}",
            {"locals": {"a": 1}},
            "'b' is looked up in something that is neither a list nor a map",
        ),
        ("an unknown condition", "${var.x ? 1 : 2}", {"variable": {"x": {}}}, "variable 'x' has no default"),
        (
            "a product of an id",
            "${length(aws_vpc.main.id)}",
            {"resource": VPC},
            "aws_vpc.main.id is known only after apply",
        ),
    ],
)
def test_what_is_not_known_says_why(tmp_path: Path, what: str, expression: str, sections: Any, reason: str) -> None:
    value = value_of(tmp_path, expression, **sections)
    assert isinstance(value, Unknown), what
    assert reason in value.reason, what
    assert value.settle.endswith("."), what


def test_an_id_is_a_reference_and_equal_to_another_reference_to_it(tmp_path: Path) -> None:
    first = value_of(tmp_path, ["${aws_vpc.main.id}", "${local.v}"], resource=VPC, locals={"v": "${aws_vpc.main.id}"})
    assert isinstance(first[0], Reference)
    assert first[0] == first[1]
    assert (first[0].block.address, first[0].attribute) == ("aws_vpc.main", "id")


def test_a_text_around_a_reference_keeps_its_parts(tmp_path: Path) -> None:
    value = value_of(tmp_path, "${aws_instance.web.private_ip}/32", resource={"aws_instance": {"web": {}}})
    assert isinstance(value, PartlyKnown)
    assert list(map(str, value.parts)) == ["aws_instance.web.private_ip", "/32"]


@pytest.mark.parametrize("shape", ["object", "list of one", "in lists"])
def test_a_nested_block_is_the_same_as_an_object_or_in_a_list(tmp_path: Path, shape: str) -> None:
    inner = {"ip_resource": {"ip_address": "10.0.0.9"}}
    body: Any = {
        "object": {"resource_configuration_definition": inner},
        "list of one": {"resource_configuration_definition": [{"ip_resource": [{"ip_address": "10.0.0.9"}]}]},
        "in lists": {"resource_configuration_definition": [inner], "//": "a comment"},
    }[shape]
    wrapped: Any = {"aws_vpclattice_resource_configuration": {"x": body}}
    if shape == "in lists":
        wrapped = [{"aws_vpclattice_resource_configuration": [{"x": [body]}]}]
    block = one(read_json(tmp_path, app={"resource": wrapped}), "aws_vpclattice_resource_configuration.x")
    assert block.value("resource_configuration_definition", "ip_resource", "ip_address") == "10.0.0.9"
    assert block.value("resource_configuration_definition", 0, "ip_resource", 0, "ip_address") == "10.0.0.9"
    assert block.value("resource_configuration_definition", "dns_resource", "domain_name") is ABSENT


@pytest.mark.parametrize(
    ("what", "body", "addresses"),
    [
        ("count", {"count": 2}, ["aws_vpc.x[0]", "aws_vpc.x[1]"]),
        ("no count", {"count": 0}, []),
        ("a set", {"for_each": '${toset(["b", "a"])}'}, ['aws_vpc.x["a"]', 'aws_vpc.x["b"]']),
        ("a map", {"for_each": {"k": 1}}, ['aws_vpc.x["k"]']),
        ("a count by a default", {"count": "${var.make ? 1 : 0}"}, ["aws_vpc.x[0]"]),
        ("an unknown set", {"for_each": "${var.none}"}, ["aws_vpc.x"]),
    ],
)
def test_blocks_are_expanded_where_it_is_known_how_many(tmp_path: Path, what: str, body: Any, addresses: Any) -> None:
    variable = {"make": {"default": True}, "none": {}}
    configuration = read_json(tmp_path, app={"resource": {"aws_vpc": {"x": body}}, "variable": variable})
    assert [block.address for block in configuration.blocks] == addresses, what
    assert [block.has_many for block in configuration.blocks] == [what == "an unknown set"] * len(addresses)


def test_instances_know_their_key_and_are_referred_to_by_it(tmp_path: Path) -> None:
    subnet = {
        "for_each": {"a": "10.0.1.0/24", "b": "10.0.2.0/24"},
        "cidr_block": "${each.value}",
        "tags": {"k": "${each.key}"},
    }
    lists = {
        "splat": "${values(aws_subnet.s)[*].cidr_block}",
        "for": "${[for s in aws_subnet.s : s.id]}",
        "one": '${aws_subnet.s["b"].id}',
        "none": '${aws_subnet.s["c"].id}',
    }
    resource = {"aws_subnet": {"s": subnet}, "terraform_data": {"it": {"input": lists}}}
    configuration = read_json(tmp_path, app={"resource": resource})
    value = one(configuration, "terraform_data.it").value
    assert one(configuration, 'aws_subnet.s["a"]').value("tags", "k") == "a"
    assert value("input", "splat") == ["10.0.1.0/24", "10.0.2.0/24"]
    assert list(map(str, value("input", "for"))) == ['aws_subnet.s["a"].id', 'aws_subnet.s["b"].id']
    assert str(value("input", "one")) == 'aws_subnet.s["b"].id'
    assert isinstance(value("input", "none"), Unknown)


def test_dynamic_blocks_are_expanded(tmp_path: Path) -> None:
    dynamic = {"ingress": {"for_each": [80, 443], "content": {"from_port": "${ingress.value}"}}}
    group = {"ingress": [{"from_port": 22}], "dynamic": dynamic}
    open_ended = {"dynamic": [{"ingress": [{"for_each": "${var.x}", "content": {}}]}]}
    resource = {"aws_security_group": {"known": group, "unknown": open_ended}}
    configuration = read_json(tmp_path, app={"resource": resource, "variable": {"x": {}}})
    nested = one(configuration, "aws_security_group.known").nested("ingress")
    assert [block["from_port"] for block in nested] == [22, 80, 443]
    (unknown,) = one(configuration, "aws_security_group.unknown").nested("ingress")
    assert isinstance(unknown, Unknown)


BACKENDS: list[tuple[str, Any, Any]] = [
    ("local", {"backend": {"local": {"path": "../state/p.tfstate"}}}, ("local", {"path": "../../app/state/p.tfstate"})),
    ("local by default", {}, ("local", {"path": "../p/terraform.tfstate"})),
    (
        "s3",
        {"backend": [{"s3": [{"bucket": "b", "key": "k", "encrypt": True}]}]},
        ("s3", {"bucket": "b", "key": "k", "region": "r"}),
    ),
    (
        "cloud",
        {"cloud": {"organization": "o", "workspaces": {"name": "w"}}},
        ("remote", [{"hostname": "app.terraform.io", "organization": "o", "workspaces": [{"name": "w"}]}]),
    ),
    (
        "remote",
        [{"backend": {"remote": {"hostname": "tfe.x", "organization": "o", "workspaces": {"name": "w"}}}}],
        ("remote", {"hostname": "tfe.x", "organization": "o", "workspaces": {"name": "w"}}),
    ),
]


@pytest.mark.parametrize(("what", "terraform", "read_by"), BACKENDS, ids=[name for name, _, _ in BACKENDS])
def test_producer_and_consumer_meet_in_remote_state(tmp_path: Path, what: str, terraform: Any, read_by: Any) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    output = {"latticelink": {"value": {"resources": {"web": {"arn": "${aws_vpc.main.arn}", "ports": ["80"]}}}}}
    other = {"terraform": {"backend": {"local": {"path": "other.tfstate"}}}, "output": {"latticelink": {"value": 1}}}
    shared = 'data.terraform_remote_state.any_name.outputs.latticelink.resources["web"]'
    state = {"any_name": {"backend": read_by[0], "config": read_by[1], "workspace": "${terraform.workspace}"}}
    consumer = {
        "data": {"terraform_remote_state": state},
        "resource": {
            "terraform_data": {"it": {"input": [f"${{{shared}.arn}}", f"${{{shared}.ports}}", f"${{{shared}.none}}"]}}
        },
        "terraform": {"backend": {"local": {"path": "consumer.tfstate"}}},
    }
    configuration = read_json(
        folder, p={"resource": VPC, "output": output, "terraform": terraform}, q=other, c=consumer
    )
    value = one(configuration, "terraform_data.it").value
    assert value("input", 0) == Reference(one(configuration, "aws_vpc.main"), "arn"), what
    assert value("input", 1) == ["80"]
    assert "output 'latticelink' of stack 'p' is read, and there is no 'none'" in value("input", 2).reason


def test_a_state_elsewhere_is_no_stack_of_the_folder(tmp_path: Path) -> None:
    state = {"p": {"backend": "s3", "config": {"bucket": "b", "key": "other"}}}
    producer = {"terraform": {"backend": {"s3": {"bucket": "b", "key": "k"}}}, "output": {"x": {"value": 1}}}
    it = {"terraform_data": {"it": {"input": "${data.terraform_remote_state.p.outputs.x}"}}}
    configuration = read_json(tmp_path, p=producer, c={"data": {"terraform_remote_state": state}, "resource": it})
    assert isinstance(one(configuration, "terraform_data.it").value("input"), Unknown)


@pytest.mark.parametrize("stack", ["producer", "consumer"])
def test_the_scenario_is_read_whole(tmp_path: Path, stack: str) -> None:
    file = tmp_path / "cdk.tf.json"
    file.write_bytes((ROOT / "tests" / "golden" / f"{stack}.tf.json").read_bytes())
    configuration = read(file)
    assert configuration.stacks[0].provider_constraint == ">= 6.25.0, < 7.0.0"
    assert {block.construct.partition("/")[0] for block in configuration.blocks} - {""} == {stack}
    assert all(block.full_address == block.address and block.file == file for block in configuration.blocks)


def test_the_port_of_a_database_is_its_engines_where_none_is_set(tmp_path: Path) -> None:
    databases = {
        "plain": {"engine": "postgres"},
        "set": {"engine": "postgres", "port": 6000},
        "copy": {"engine": "postgres", "snapshot_identifier": "s"},
        "other": {"engine": "${var.none}"},
    }
    ports = {name: f"${{aws_db_instance.{name}.port}}" for name in databases}
    value = value_of(tmp_path, ports, resource={"aws_db_instance": databases}, variable={"none": {}})
    assert (value["plain"], value["set"]) == (5432, 6000)
    assert isinstance(value["copy"], Reference)
    assert isinstance(value["other"], Reference)


@pytest.mark.parametrize(
    ("what", "content", "said"),
    [
        ("no JSON", "{", "is not JSON: "),
        ("no text", b"\xff\xfe\x00", "is not JSON: "),
        ("a list", "[]", "is not Terraform JSON."),
        ("another file", '{"name": "x", "version": 1}', "is not Terraform JSON: it has 'name', 'version'."),
        (
            "a resource that is a text",
            '{"resource": {"aws_vpc": "x"}}',
            "'resource.aws_vpc' holds a text where an object is expected",
        ),
        ("nested too deeply", "[" * 100_000, "is nested too deeply"),
        ("nested deeply", '{"locals": {"a": ' + "[" * 200 + "]" * 200 + "}}", "is nested too deeply"),
        ("a loop", '{"locals": {"a": "${local.b}", "b": "${[local.a]}"}}', "References form a loop: "),
        ("a block that refers to itself", '{"resource": {"aws_vpc": {"v": {"x": "${aws_vpc.v.id}"}}}}', "form a loop"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, what: str, content: str | bytes, said: str) -> None:
    file = tmp_path / "main.tf.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    for path in (file, tmp_path):
        with pytest.raises(UnreadableInput) as caught:
            read(path)
        assert said in str(caught.value), what
        assert "\n" not in str(caught.value), what


def test_a_loop_through_the_outputs_of_two_stacks_is_told(tmp_path: Path) -> None:
    def stack(other: str) -> dict[str, Any]:
        state = {"o": {"backend": "local", "config": {"path": f"../{other}/terraform.tfstate"}}}
        output = {"x": {"value": "${data.terraform_remote_state.o.outputs.x}"}}
        return {"data": {"terraform_remote_state": state}, "output": output}

    with pytest.raises(UnreadableInput, match=r"form a loop: .*output\.x"):
        read_json(tmp_path, a=stack("b"), b=stack("a"))


def test_nothing_to_read_is_one_sentence(tmp_path: Path) -> None:
    for path, said in (
        (tmp_path, "has no manifest.json, no *.tf.json, no *.tf and no plan"),
        (tmp_path / "none", "Can't read"),
    ):
        with pytest.raises(UnreadableInput, match=said.replace("*", r"\*")):
            read(path)


def test_too_large_a_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "main.tf.json").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(UnreadableInput, match="is too large: no more than 33,554,432 bytes are read"):
        read(tmp_path)


expressions = st.one_of(
    st.sampled_from(
        [
            "${",
            "${local.a}",
            "${local.b[0]}",
            "${aws_vpc.v.id}",
            "${each.value}",
            "${var.x}",
            "${toset(local.a)}",
            "${[for x in local.a : x]}",
            "%{if",
            "${local.a ? 1 : 2}",
            "${-local.a}",
            "${local.a + 1}",
            "${[1][*].x}",
            '${split("", local.a)}',
            "${cidrsubnet(local.a, 1, 1)}",
            "${tonumber(local.b)}",
            "${one(local.a)}",
        ]
    ),
    st.text(max_size=12).map(lambda text: f"${{{text}}}"),
    st.text(max_size=12),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), expressions),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(
                st.sampled_from(["count", "for_each", "dynamic", "ingress", "//", "config", "backend", "v"]),
                st.text(max_size=4),
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=12,
)
sections = st.dictionaries(
    st.sampled_from(["resource", "data", "output", "locals", "variable", "module", "terraform", "provider"]),
    st.one_of(
        values,
        st.dictionaries(st.sampled_from(["a", "b", "x"]), values, max_size=3),
        st.dictionaries(
            st.sampled_from(["aws_vpc", "aws_security_group", "terraform_remote_state"]),
            st.dictionaries(
                st.sampled_from(["v", "w"]),
                st.dictionaries(st.sampled_from(["count", "for_each", "dynamic", "x"]), values),
            ),
        ),
    ),
)


def look_at_everything(path: Path) -> None:
    """Read, and ask every block for every argument; only UnreadableInput may come out."""
    try:
        configuration = read(path)
    except UnreadableInput:
        return
    for block in configuration.blocks:
        for argument in block.body:
            block.value(argument)
            block.value(argument, 0, "x")
            block.nested(argument)
        assert block.full_address
    for stack in configuration.stacks:
        assert stack.outputs.keys() == stack.raw.outputs.keys()
        assert stack.provider_constraint is None or isinstance(stack.provider_constraint, str)


@settings(max_examples=300)
@given(content=st.one_of(values, sections))
def test_no_json_makes_a_traceback(tmp_path_factory: pytest.TempPathFactory, content: Any) -> None:
    file = tmp_path_factory.mktemp("fuzz") / "main.tf.json"
    file.write_text(json.dumps(content))
    look_at_everything(file)


@settings(max_examples=200)
@given(text=st.one_of(st.text(max_size=40), st.binary(max_size=40)))
def test_no_text_makes_a_traceback(tmp_path_factory: pytest.TempPathFactory, text: str | bytes) -> None:
    file = tmp_path_factory.mktemp("fuzz") / "main.tf.json"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    look_at_everything(file)


planned = st.recursive(
    st.one_of(values, st.booleans()),
    lambda inner: st.dictionaries(
        st.sampled_from(
            [
                "root_module",
                "resources",
                "child_modules",
                "values",
                "address",
                "expressions",
                "references",
                "outputs",
                "module_calls",
                "module",
                "change",
                "after_unknown",
                "vpc_id",
                "subnet_ids",
                "type",
                "name",
                "mode",
                "index",
            ]
        ),
        st.one_of(inner, st.lists(inner, max_size=2)),
        max_size=4,
    ),
    max_leaves=20,
)


@settings(max_examples=200)
@given(plan=planned, configuration=planned, changes=st.lists(planned, max_size=2), prior=planned)
def test_no_plan_makes_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, plan: Any, configuration: Any, changes: Any, prior: Any
) -> None:
    content = {
        "planned_values": plan if isinstance(plan, dict) else {"root_module": plan},
        "configuration": configuration,
        "resource_changes": changes,
        "prior_state": prior,
    }
    file = tmp_path_factory.mktemp("fuzz") / "plan.json"
    file.write_text(json.dumps(content))
    look_at_everything(file)


def test_a_name_that_comes_twice_in_an_object_stands_for_two_blocks(tmp_path: Path) -> None:
    rules = '{"ingress": {"from_port": 80}, "ingress": {"from_port": 443}, "name": "x"}'
    (tmp_path / "main.tf.json").write_text(
        f'{{"resource": {{"aws_security_group": {{"g": {rules}}}}}, "resource": {{"aws_vpc": {{"v": {{}}}}}}}}'
    )
    configuration = read(tmp_path)
    assert [block.address for block in configuration.blocks] == ["aws_security_group.g", "aws_vpc.v"]
    assert [body["from_port"] for body in configuration.blocks[0].nested("ingress")] == [80, 443]
    assert configuration.blocks[0].value("name") == "x"


def test_an_override_file_replaces_arguments(tmp_path: Path) -> None:
    for name, body in (
        ("main", {"cidr_block": "10.0.0.0/16", "tags": {}}),
        ("a_override", {"cidr_block": "10.1.0.0/16"}),
    ):
        (tmp_path / f"{name}.tf.json").write_text(json.dumps({"resource": {"aws_vpc": {"v": body}}}))
    (block,) = read(tmp_path).blocks
    assert (block.value("cidr_block"), block.value("tags")) == ("10.1.0.0/16", {})


def test_stacks_of_one_name_are_told_apart(tmp_path: Path) -> None:
    inner = tmp_path / "app" / "app"
    inner.mkdir(parents=True)
    for folder in (inner, inner.parent):
        (folder / "main.tf.json").write_text(json.dumps({"resource": VPC}))
    assert [block.full_address for block in read(inner.parent).blocks] == ["app: aws_vpc.main", "app/app: aws_vpc.main"]


def test_lists_that_double_at_each_step_are_not_unrolled(tmp_path: Path) -> None:
    doubling = {f"a{n}": [f"${{local.a{n + 1}}}"] * 2 for n in range(60)}
    resource = {"aws_vpc": {"v": {"for_each": "${toset(flatten(local.a0))}"}, "w": {"count": "${length(local.a0)}"}}}
    locals_ = {**doubling, "a60": "x"}
    configuration = read_json(tmp_path, app={"resource": resource, "locals": locals_})
    assert [block.address for block in configuration.blocks] == ["aws_vpc.v", "aws_vpc.w[0]", "aws_vpc.w[1]"]
    assert configuration.blocks[0].has_many


NESTED = {
    "for_each": ["a", "b"],
    "iterator": "outer",
    "content": {
        "name": "${outer.value}",
        "dynamic": {"inner": {"for_each": "${local.n}", "content": {"is": "${outer.value}${inner.value}"}}},
    },
}


@pytest.mark.parametrize(
    ("what", "body", "path", "value"),
    [
        ("in a block that is written", {"b": {"dynamic": {"c": {"for_each": ["x"], "content": {"d": "${c.value}"}}}}},
         ("b", "c", "d"), "x"),
        ("beside one that is written", {"b": {"d": 1}, "dynamic": {"b": {"for_each": [2], "content": {"d": 3}}}},
         ("b", 1, "d"), 3),
        ("that makes nothing", {"dynamic": {"b": {"for_each": [], "content": {"d": 1}}}}, ("b", "d"), ABSENT),
        ("in one of its own", {"dynamic": {"b": NESTED}}, ("b", 1, "inner", 1, "is"), "b2"),
        ("over what isn't known", {"dynamic": {"b": {"for_each": "${x_y.z.id}", "content": {"d": 1}}}}, ("b", "d"),
         Unknown),
        ("a map's own key", {"m": {"dynamic": "x"}}, ("m", "dynamic"), "x"),
    ],
)  # fmt: skip
def test_a_dynamic_block_is_made_at_any_depth(
    tmp_path: Path, what: str, body: dict[str, Any], path: tuple[Any, ...], value: Any
) -> None:
    content = {"resource": {"x_y": {"it": body, "z": {}}}, "locals": {"n": [1, 2]}}
    (tmp_path / "main.tf.json").write_text(json.dumps(content))
    found = read(tmp_path).blocks[0].value(*path)
    assert isinstance(found, Unknown) if value is Unknown else found == value, what
