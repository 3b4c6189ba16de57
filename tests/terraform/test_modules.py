"""Local modules are opened, in JSON and HCL; others are unknown, by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.checks.examination import examine
from latticelink.disclosure import shown
from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.terraform.inputs import Input
from latticelink.terraform.json_files import UnreadableInput
from latticelink.terraform.known import ABSENT, Reference, Unknown
from latticelink.terraform.providers import alias_of, home_of_provider, provider_of

import pytest

from tests.hcl import as_hcl, without_hcl
from tests.published import PUBLISHED, write_published

NETWORK: dict[str, Any] = {
    "variable": {
        "cidr": {"type": "string"},
        "zones": {"type": "list(string)", "default": ["a", "b"]},
        "more": {"type": "object({n = optional(number, 3)})", "default": {}},
    },
    "locals": {"name": "vpc-${var.cidr}"},
    "resource": {
        "aws_vpc": {"it": {"cidr_block": "${var.cidr}", "tags": {"Name": "${local.name}"}}},
        "aws_subnet": {
            "it": {"for_each": "${toset(var.zones)}", "vpc_id": "${aws_vpc.it.id}", "availability_zone": "${each.key}"}
        },
    },
    "output": {
        "id": {"value": "${aws_vpc.it.id}"},
        "subnets": {"value": "${[for each in aws_subnet.it : each.availability_zone]}"},
        "n": {"value": "${var.more.n}"},
    },
}
FORMS = [
    "json",
    pytest.param("hcl", marks=pytest.mark.skipif("not __import__('importlib.util').util.find_spec('hcl2')")),
]


def write(folder: Path, form: str, content: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if form == "hcl":
        (folder / "main.tf").write_text(as_hcl(content))
    else:
        (folder / "main.tf.json").write_text(json.dumps(content))


def value_of(folder: Path, form: str, modules: dict[str, Any], expression: str, **sections: Any) -> Any:
    """Return what an expression is worth in a stack that calls these modules, beside a folder `network`."""
    write(folder / "network", form, NETWORK)
    it = {"terraform_data": {"it": {"input": expression}}, **sections.pop("resource", {})}
    write(folder / "stack", form, {"module": modules, "resource": it, **sections})
    return next(each for each in read(folder / "stack").blocks if each.type == "terraform_data").value("input")


CALL = {"source": "../network", "cidr": "10.0.0.0/16"}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("what", "modules", "expression", "value"),
    [
        ("an output", {"n": CALL}, "${module.n.subnets}", ["a", "b"]),
        ("a variable's default has the defaults of its type", {"n": CALL}, "${module.n.n}", 3),
        ("a variable is converted", {"n": {**CALL, "more": {"n": "7"}}}, "${module.n.n}", 7),
        ("a variable by an expression", {"n": {**CALL, "zones": '${[upper("c")]}'}}, "${module.n.subnets[0]}", "C"),
        ("one by an output of another", {"n": CALL, "m": {**CALL, "zones": "${module.n.subnets}"}},
         "${module.m.subnets[1]}", "b"),
        ("counted", {"n": {**CALL, "count": 2, "zones": ["${count.index}"]}}, "${module.n[1].subnets}", ["1"]),
        ("counted, all", {"n": {**CALL, "count": 2}}, "${module.n[*].n}", [3, 3]),
        ("for each", {"n": {**CALL, "for_each": {"x": ["z"]}, "zones": "${each.value}"}},
         '${module.n["x"].subnets}', ["z"]),
        ("for each, all", {"n": {**CALL, "for_each": '${toset(["x"])}'}},
         "${{ for key, each in module.n : key => each.n }}", {"x": 3}),
        ("none", {"n": {**CALL, "count": 0}}, "${length(module.n)}", 0),
        ("one or none", {"n": {**CALL, "count": 0}}, "${one(module.n[*].n)}", ABSENT),
    ],
)  # fmt: skip
def test_a_local_module_gives_its_outputs(
    tmp_path: Path, form: str, what: str, modules: dict[str, Any], expression: str, value: Any
) -> None:
    assert value_of(tmp_path, form, modules, expression) == value, what


@pytest.mark.parametrize("form", FORMS)
def test_its_blocks_have_its_address_and_meet_those_outside(tmp_path: Path, form: str) -> None:
    modules = {"n": {**CALL, "for_each": '${toset(["x", "y"])}'}}
    found = value_of(tmp_path, form, modules, '${module.n["y"].id}')
    assert isinstance(found, Reference)
    assert (found.block.address, found.attribute) == ('module.n["y"].aws_vpc.it', "id")
    configuration = read(tmp_path / "stack")
    assert [each.address for each in configuration.of_type("aws_subnet")] == [
        f'module.n["{key}"].aws_subnet.it["{zone}"]' for key in "xy" for zone in "ab"
    ]
    assert {each.value("tags", "Name") for each in configuration.of_type("aws_vpc")} == {"vpc-10.0.0.0/16"}
    vpc = configuration.of_type("aws_subnet")[0].value("vpc_id")
    assert vpc.block is configuration.of_type("aws_vpc")[0]


@pytest.mark.parametrize(
    ("what", "module", "reason"),
    [
        ("a registry's", {"source": "terraform-aws-modules/vpc/aws"}, "its source is terraform-aws-modules/vpc/aws"),
        ("git's", {"source": "git::https://example.com/vpc.git"}, "its source is git::https://example.com/vpc.git"),
        ("a folder that isn't there", {"source": "./none"}, "no Terraform files in ./none"),
        ("how many isn't known", {**CALL, "count": "${var.n}"}, "the number of instances of module.n isn't known"),
    ],
)
def test_what_is_not_known_of_a_module_says_why(tmp_path: Path, what: str, module: dict[str, Any], reason: str) -> None:
    value = value_of(tmp_path, "json", {"n": module}, "${module.n.id}", variable={"n": {"type": "number"}})
    assert isinstance(value, Unknown), what
    assert reason in value.reason, what
    assert "module.n" in value.reason


def test_blocks_of_a_module_of_unknown_number_stand_for_any_number(tmp_path: Path) -> None:
    value_of(tmp_path, "json", {"n": {**CALL, "count": "${var.n}"}}, "x", variable={"n": {"type": "number"}})
    (vpc,) = read(tmp_path / "stack").of_type("aws_vpc")
    assert vpc.has_many


def test_an_output_that_there_is_not_is_unknown_as_terraform_would_stop(tmp_path: Path) -> None:
    value = value_of(tmp_path, "json", {"n": CALL}, "${module.n.none}")
    assert isinstance(value, Unknown)
    assert "Terraform would stop here" in value.reason


def test_modules_in_modules_are_opened(tmp_path: Path) -> None:
    write(tmp_path / "inner", "json", NETWORK)
    middle = {
        "variable": {"cidr": {}},
        "module": {"inner": {"source": "../inner", "cidr": "${var.cidr}"}},
        "output": {"id": {"value": "${module.inner.id}"}},
    }
    write(tmp_path / "network", "json", middle)
    write(tmp_path / "stack", "json", {"module": {"n": CALL}, "output": {"id": {"value": "${module.n.id}"}}})
    (stack,) = read(tmp_path / "stack").stacks
    assert stack.outputs["id"].block.address == "module.n.module.inner.aws_vpc.it"
    assert stack.outputs["id"].block.value("cidr_block") == "10.0.0.0/16"


@pytest.mark.parametrize("source", ["./", "../stack", "./inner"])
def test_modules_that_call_each_other_in_a_loop_are_one_sentence(tmp_path: Path, source: str) -> None:
    write(tmp_path / "stack", "json", {"module": {"n": {"source": source}}})
    write(tmp_path / "stack" / "inner", "json", {"module": {"n": {"source": "../inner"}}})
    with pytest.raises(UnreadableInput, match="call each other in a loop"):
        read(tmp_path / "stack")


PASSED = {
    "variable": {"a": {"default": 1}, "b": {"default": 1}},
    "resource": {"terraform_data": {"it": {"input": "${var.a}"}}},
    "output": {
        "a": {"value": "${terraform_data.it.id}"},
        "b": {"value": "${var.b}"},
        "all": {"value": {"b": "${terraform_data.it.id}"}},
    },
}
OTHER = {"terraform_data": {"other": {"input": "${module.p.a}"}}}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("what", "stack", "loop"),
    [
        (
            "a variable of what is made of it",
            {"module": {"p": {"source": "../p", "a": "${module.p.a}"}}},
            "stack: module.p.output.a -> stack: module.p.terraform_data.it -> stack: module.p.var.a -> "
            "stack: module.p.output.a",
        ),
        (
            "a variable of an output that isn't made of it",
            {"module": {"p": {"source": "../p", "a": "${module.p.b}"}}},
            "",
        ),
        (
            "a part of an output that has another's name",
            {"module": {"p": {"source": "../p", "b": "${module.p.all.b}"}}},
            "",
        ),
        (
            "one of several instances",
            {"module": {"p": {"source": "../p", "count": 1, "a": "${module.p[0].a}"}}},
            "module.p.var.a -> stack: module.p.output.a",
        ),
        (
            "two modules, each made of the other",
            {
                "module": {
                    "p": {"source": "../p", "a": "${module.q.a}"},
                    "q": {"source": "../p", "a": "${module.p.a}"},
                }
            },
            "module.p.var.a -> stack: module.q.output.a",
        ),
        (
            "a resource that comes before the module that it is made of",
            {"resource": OTHER, "module": {"p": {"source": "../p", "depends_on": ["terraform_data.other"]}}},
            "stack: module.p.terraform_data.it -> stack: terraform_data.other",
        ),
        (
            "what the module's number is made of",
            {
                "resource": {"terraform_data": {"other": {"input": "${module.p[0].b}"}}},
                "module": {"p": {"source": "../p", "count": "${terraform_data.other.id}"}},
            },
            "stack: module.p.output.b -> stack: terraform_data.other",
        ),
        (
            "a module that comes before itself",
            {
                "module": {"p": {"source": "../p", "a": "${terraform_data.after.id}"}},
                "resource": {"terraform_data": {"after": {"depends_on": ["module.p"]}}},
            },
            "stack: module.p.var.a -> stack: terraform_data.after -> stack: module.p",
        ),
        (
            "resources that come before each other",
            {
                "resource": {
                    "terraform_data": {
                        "a": {"depends_on": ["terraform_data.b"]},
                        "b": {"depends_on": ["terraform_data.a"]},
                    }
                }
            },
            "stack: terraform_data.a -> stack: terraform_data.b",
        ),
        (
            "a module after a resource that is made of nothing in it",
            {
                "resource": {"terraform_data": {"other": {"input": "${module.p.b}"}}},
                "module": {"p": {"source": "../p", "depends_on": ["terraform_data.other"]}},
            },
            "",
        ),
    ],
)
def test_a_loop_through_a_module_is_told_as_terraform_tells_it(
    tmp_path: Path, form: str, what: str, stack: dict[str, Any], loop: str
) -> None:
    write(tmp_path / "p", form, PASSED)
    write(tmp_path / "stack", form, stack)
    if not loop:
        assert len(read(tmp_path / "stack").stacks) == 1, what
        return
    with pytest.raises(UnreadableInput) as caught:
        read(tmp_path / "stack")
    assert str(caught.value).startswith("References form a loop: "), what
    assert loop in str(caught.value), what


def test_modules_that_double_at_each_level_come_to_an_end(tmp_path: Path) -> None:
    for level in range(25):
        calls = {name: {"source": f"../m{level + 1}"} for name in ("a", "b")}
        write(tmp_path / f"m{level}", "json", {"module": calls})
    write(tmp_path / "m25", "json", {})
    with pytest.raises(UnreadableInput, match="too large to be judged"):
        read(tmp_path / "m0")


def test_a_folder_that_a_module_is_in_is_no_stack(tmp_path: Path) -> None:
    write(tmp_path, "json", {"module": {"n": {**CALL, "source": "./network"}}})
    write(tmp_path / "network", "json", NETWORK)
    write(tmp_path / "other", "json", {"locals": {"a": 1}})
    assert [stack.name for stack in read(tmp_path).stacks] == [tmp_path.name, "other"]


@pytest.mark.parametrize(
    ("what", "module", "resource", "alias", "region"),
    [
        ("the one without an alias is inherited", {}, {}, "", "eu-west-1"),
        ("one that is passed on as it", {"providers": {"aws": "aws.far"}}, {}, "far", "us-east-1"),
        ("one by an alias of the module's", {"providers": {"aws.there": "aws.far"}}, {"provider": "aws.there"}, "far",
         "us-east-1"),
    ],
)  # fmt: skip
def test_a_module_has_the_providers_of_what_calls_it(
    tmp_path: Path, what: str, module: dict[str, Any], resource: dict[str, Any], alias: str, region: str
) -> None:
    write(tmp_path / "network", "json", {"resource": {"aws_vpc": {"it": resource}}})
    providers = [{"region": "${var.near}"}, {"alias": "far", "region": "us-east-1"}]
    stack = {"module": {"n": {"source": "../network", **module}}, "provider": {"aws": providers},
             "variable": {"near": {"default": "eu-west-1"}}}  # fmt: skip
    write(tmp_path / "stack", "json", stack)
    (vpc,) = read(tmp_path / "stack").of_type("aws_vpc")
    assert alias_of(vpc) == alias, what
    assert home_of_provider(vpc).worth(provider_of(vpc)["region"]) == region


def test_a_module_in_hcl_without_the_extra_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "network").mkdir()
    (tmp_path / "network" / "main.tf").write_text('output "id" {\n  value = 1\n}\n')
    write(tmp_path / "stack", "json", {"module": {"n": CALL}, "output": {"id": {"value": "${module.n.id}"}}})
    without_hcl(monkeypatch)
    (stack,) = read(tmp_path / "stack").stacks
    assert "pip install 'latticelink[hcl]'" in stack.outputs["id"].reason


def test_what_a_module_keeps_secret_is_not_told(tmp_path: Path) -> None:
    module = {
        "variable": {"word": {"default": "hunter2-hunter2", "sensitive": True}},
        "resource": {"aws_vpclattice_resource_gateway": {"g": {"name": "${var.word}!"}}},
    }
    write(tmp_path / "network", "json", module)
    write(tmp_path / "stack", "json", {"module": {"n": {"source": "../network"}}})
    messages = [each.judgement.message for each in examine(tmp_path / "stack").results]
    assert any("(hidden)" in shown(message) for message in messages)
    assert "hunter2" not in shown(" ".join(messages))


@pytest.mark.parametrize("what", PUBLISHED)
def test_published_modules_are_followed_from_client_to_target(tmp_path: Path, what: str) -> None:
    pytest.importorskip("hcl2", reason="the extra hcl isn't installed")
    examination = examine(write_published(tmp_path, what))
    assert {path.answer for path in examination.paths} == PUBLISHED[what].answers
    assert list(examination.of(Answer.UNKNOWN)) == []


def test_a_state_of_what_stands_in_modules_is_found_by_it(tmp_path: Path) -> None:
    value_of(tmp_path, "json", {"n": CALL}, "x")
    instance = {"attributes": {"id": "vpc-0123456789abcdef0", "cidr_block": "10.0.0.0/16"}, "schema_version": 1}
    resource = {"module": "module.n", "mode": "managed", "type": "aws_vpc", "name": "it", "instances": [instance],
                "provider": 'provider["registry.terraform.io/hashicorp/aws"]'}  # fmt: skip
    state = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {}}
    (tmp_path / "stack.tfstate").write_text(json.dumps({**state, "resources": [resource]}))
    configuration = read([Input(tmp_path / "stack"), Input(tmp_path / "stack.tfstate")])
    (applied,) = configuration.applied
    assert [each.address for each in applied.blocks] == ["module.n.aws_vpc.it"]
    assert {each.address for each in configuration.of_type("aws_vpc")} == {"module.n.aws_vpc.it"}
