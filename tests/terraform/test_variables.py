"""What variables are worth: files of values, types, and variables of files in HCL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.network.reading import read
from latticelink.terraform.json_files import UnreadableInput
from latticelink.terraform.known import Unknown

import pytest

from tests.hcl import without_hcl

# It goes on at the top of its folder: what a file of values has, by the file's name; JSON or a text of HCL.
Files = dict[str, Any]


def value_of(folder: Path, variable: dict[str, Any], files: Files, expression: str = "${var.x}") -> Any:
    content = {"variable": {"x": variable}, "resource": {"terraform_data": {"it": {"input": expression}}}}
    (folder / "main.tf.json").write_text(json.dumps(content))
    for name, body in files.items():
        (folder / name).write_text(body if isinstance(body, str) else json.dumps(body))
    return next(each for each in read(folder).blocks if each.type == "terraform_data").value("input")


@pytest.mark.parametrize(
    ("what", "files", "value"),
    [
        ("the default, where no file gives a value", {}, 1),
        ("a file of JSON comes before the default", {"terraform.tfvars.json": {"x": 2}}, 2),
        ("a file of HCL too", {"terraform.tfvars": "# ports\nother = [1]\nx = 3\n"}, 3),
        ("JSON after HCL", {"terraform.tfvars": "x = 3", "terraform.tfvars.json": {"x": 2}}, 2),
        ("an automatic file after these", {"terraform.tfvars.json": {"x": 2}, "a.auto.tfvars.json": {"x": 4}}, 4),
        ("automatic files by name", {"b.auto.tfvars": "x = 5", "a.auto.tfvars.json": {"x": 4}}, 5),
        ("a file that Terraform doesn't load by itself counts for nothing", {"prod.tfvars.json": {"x": 9}}, 1),
        ("a comment in JSON is no value", {"terraform.tfvars.json": {"//": "x", "y": 1}}, 1),
    ],
)
def test_the_last_of_terraforms_files_gives_the_value(tmp_path: Path, what: str, files: Files, value: Any) -> None:
    assert value_of(tmp_path, {"default": 1}, files) == value, what


@pytest.mark.parametrize(
    ("what", "type", "given", "value"),
    [
        ("a number from a text", "number", "5432", 5432),
        ("a text from a number", "string", 80, "80"),
        ("a text from a boolean", "string", True, "true"),
        ("a boolean from a text", "bool", "false", False),
        ("no type", None, "5432", "5432"),
        ("any", "any", [1, "2"], [1, "2"]),
        ("each of a list", "list(number)", ["80", 443], [80, 443]),
        ("a set has each value once, in order", "set(string)", ["b", "a", "b"], ["a", "b"]),
        ("each of a map", "map(string)", {"a": 1}, {"a": "1"}),
        ("a tuple", "tuple([string, number])", [1, "2"], ["1", 2]),
        ("an object has the attributes of its type only", "object({a = number})", {"a": "1", "b": 2}, {"a": 1}),
        ("an optional attribute with a default", "object({p = optional(number, 5432)})", {}, {"p": 5432}),
        ("one that is given", "object({p = optional(number, 5432)})", {"p": "80"}, {"p": 80}),
        (
            "objects in a map, as modules of others have them",
            "map(object({cidr = string, ports = optional(list(number), [80])}))",
            {"a": {"cidr": "10.0.0.0/16"}},
            {"a": {"cidr": "10.0.0.0/16", "ports": [80]}},
        ),
        ("the type as a template", "${list(string)}", [1], ["1"]),
    ],
)
def test_a_value_is_converted_to_the_variables_type(
    tmp_path: Path, what: str, type: str | None, given: Any, value: Any
) -> None:
    body = {"type": type} if type else {}
    assert value_of(tmp_path, body, {"terraform.tfvars.json": {"x": given}}) == value, what
    assert value_of(tmp_path, {**body, "default": given}, {"terraform.tfvars.json": {}}) == value, what


def test_null_gives_way_to_the_default_where_the_variable_takes_no_null(tmp_path: Path) -> None:
    files = {"terraform.tfvars.json": {"x": None}}
    assert value_of(tmp_path, {"default": 1, "nullable": False}, files) == 1


@pytest.mark.parametrize(
    ("what", "variable", "files", "reason"),
    [
        ("no value at all", {}, {}, "variable 'x' has no default"),
        (
            "a file that can't be read",
            {"default": 1},
            {"terraform.tfvars": "x = <<EOT\n1\nEOT\n"},
            "terraform.tfvars may give it a value",
        ),
        (
            "a value of another type",
            {"type": "list(number)"},
            {"terraform.tfvars.json": {"x": "a"}},
            "a value that is not a list is given to a variable of that type",
        ),
        (
            "an attribute that the type requires",
            {"type": "object({a = string})", "default": {}},
            {},
            "attribute 'a' is required",
        ),
    ],
)
def test_what_is_not_known_of_a_variable_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, variable: Any, files: Files, reason: str
) -> None:
    without_hcl(monkeypatch)
    value = value_of(tmp_path, variable, files)
    assert isinstance(value, Unknown), what
    assert reason in value.reason, what


def test_a_file_of_values_that_is_no_object_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="is not a variables file"):
        value_of(tmp_path, {}, {"terraform.tfvars.json": [1]})


HCL = """
terraform {
  required_providers { aws = { source = "hashicorp/aws" } }
}
/* resource "aws_vpc" "comment" { */
variable "port" { type = number }
locals {
  name = "x"
}
resource "aws_security_group" "web" {
  vpc_id = "vpc-1"
}
output "told" { value = 1 }
"""


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("${var.port}", "variable 'port' is declared in HCL, and main.tf is HCL"),
        ("${local.name}", "local.name is declared in HCL"),
        ("${aws_security_group.web[0].id}", "it is in main.tf, and HCL isn't read"),
    ],
)
def test_what_stands_in_hcl_is_unknown_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expression: str, reason: str
) -> None:
    without_hcl(monkeypatch)
    value = value_of(tmp_path, {}, {"main.tf": HCL}, expression)
    assert isinstance(value, Unknown)
    assert reason in value.reason


def test_a_block_in_hcl_is_there_and_its_arguments_are_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_hcl(monkeypatch)
    reference = value_of(tmp_path, {}, {"main.tf": HCL}, "${aws_security_group.web.id}")
    assert (reference.block.address, reference.attribute) == ("aws_security_group.web", "id")
    configuration = read(tmp_path)
    (group,) = configuration.of_type("aws_security_group")
    assert isinstance(group.value("vpc_id"), Unknown)
    assert [type(each) for each in group.nested("ingress")] == [Unknown]
    assert configuration.of_type("aws_vpc") == []


def test_a_value_is_known_of_a_variable_that_is_declared_in_hcl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_hcl(monkeypatch)
    files = {"main.tf": HCL, "terraform.tfvars.json": {"port": 80}}
    assert value_of(tmp_path, {}, files, "${var.port}") == 80
