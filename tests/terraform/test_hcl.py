"""HCL says what its twin in JSON says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from latticelink.checks import suppressions
from latticelink.checks.catalogue import CHECKS
from latticelink.checks.examination import examine
from latticelink.network.reading import read
from latticelink.reports.sarif import as_sarif
from latticelink.terraform.json_files import UnreadableInput
from latticelink.terraform.known import ABSENT, Unknown

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checks.examples import write
from tests.hcl import as_hcl, to_hcl, told, without_hcl
from tests.paths.topologies import right
from tests.paths.topologies import write as write_topology

pytest.importorskip("hcl2", reason="the extra hcl isn't installed")


def value_of(folder: Path, expression: str, rest: str = "") -> Any:
    """Return what an argument is worth that is written so in HCL."""
    (folder / "main.tf").write_text(f'resource "terraform_data" "it" {{\n  input = {expression}\n}}\n{rest}')
    return next(each for each in read(folder).blocks if each.name == "it").value("input")


@pytest.mark.parametrize(
    "check", [check for check in CHECKS if "manifest.json" not in check.failing], ids=lambda c: c.id
)
def test_every_checks_examples_get_the_same_answers_in_hcl(tmp_path: Path, check: Any) -> None:
    for name in ("passing", "failing"):
        folder = tmp_path / name / "stack"
        folder.mkdir(parents=True)
        write(folder, getattr(check, name))
        in_json = told(folder)
        to_hcl(folder)
        assert not list(folder.rglob("*.json"))
        assert told(folder) == in_json


@pytest.mark.parametrize(
    ("what", "written", "value"),
    [
        ("a text", '"a b"', "a b"),
        ("escapes", r'"a\n\t\"\\ \u00e9 \U0001F600"', 'a\n\t"\\ é 😀'),
        ("an escaped interpolation", '"$${x} %%{ if }"', "${x} %{ if }"),
        ("signs that escapes make are no interpolation", r'"\u0024{x} $\u007bx}"', "${x} ${x}"),
        ("a dollar sign before an interpolation", r'"\u0024${1 + 1}"', "$2"),
        ("dollar signs that begin nothing", '"5$ $$ %% 100%"', "5$ $$ %% 100%"),
        ("an interpolation in a text in an interpolation", '"a${"b${"c"}"}"', "abc"),
        ("braces and quotes in an interpolation", '"${ { a = "}" }["a"] }"', "}"),
        ("a directive", '"%{ if true }yes%{ else }no%{ endif }"', "yes"),
        ("numbers", "[1, -2, 1.5, -0.5, 1e3]", [1, -2, 1.5, -0.5, 1000]),
        ("true, false and null", "[true, false, null]", [True, False, ABSENT]),
        ("an object by commas", '{ a = 1, "b c" = 2, (upper("d")) = 3, 5 : 6 }', {"a": 1, "b c": 2, "D": 3, "5": 6}),
        ("an object by lines", "{\n    a = 1 # one\n    b = 2\n  }", {"a": 1, "b": 2}),
        ("a key that is a comment in JSON", '{ "//" = 1 }', {"//": 1}),
        ("a list over lines with comments", "[\n    1,\n    # two\n    2,\n  ]", [1, 2]),
        ("a conditional over lines", "(\n    1 > 2\n    ? 3\n    : 4\n  )", 4),
        ("a for expression", "[for n in [1, 2] : n * 2 if n > 1]", [4]),
        ("a for expression that makes an object", '{ for k, v in { a = 1 } : "x-${k}" => v }', {"x-a": 1}),
        ("values of one key together", '{ for s in ["ab", "ac", "b"] : length(split("", s)) => s... }',
         {"2": ["ab", "ac"], "1": ["b"]}),
        ("a list as arguments", "max([1, 3, 2]...)", 3),
        ("a splat", "[{ a = 1 }, { a = 2 }][*].a", [1, 2]),
        ("a function over lines", "merge(\n    { a = 1 }, # one\n    { b = 2 },\n  )", {"a": 1, "b": 2}),
        ("JSON as a text", 'jsonencode({ a = [1, null], b = "x" })', '{"a":[1,null],"b":"x"}'),
        ("a comment after it", "1 // one", 1),
        ("parentheses", "((\n    [1]\n  ))", [1]),
        ("a heredoc", '<<EOT\n  a "q" \\n $${b} ${1 + 1}\nEOT', '  a "q" \\n ${b} 2\n'),
        ("a heredoc without its indentation", "<<-EOT\n    a\n      b\n\n    c\n  EOT", "a\n  b\n\nc\n"),
        ("a heredoc whose line begins with an interpolation", "<<-EOT\n    a\n${1}\n  EOT", "    a\n1\n"),
        ("an empty heredoc", "<<EOT\nEOT", ""),
        ("a heredoc in a function", 'upper(<<-EOT\n    a "${"q"}"\n  EOT\n  )', 'A "Q"\n'),
        ("a heredoc in an object", "{\n    a = <<EOT\nx\nEOT\n    b = 1\n  }", {"a": "x\n", "b": 1}),
    ],
)  # fmt: skip
def test_an_expression_is_worth_what_terraform_makes_of_it(tmp_path: Path, what: str, written: str, value: Any) -> None:
    assert value_of(tmp_path, written) == value, what


# A key `//` is a comment in JSON.
TEXTS = st.text(st.sampled_from('ab $%{}"\\\né~#/'), max_size=12).filter(lambda text: text != "//")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(value=VALUES)
def test_any_value_is_read_as_it_is_from_its_twin_in_json(value: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    escaped = as_template(value)
    content = {"resource": {"terraform_data": {"it": {"input": escaped}}}, "variable": {"v": {"default": value}},
               "output": {"v": {"value": "${var.v}"}}}  # fmt: skip
    folders = [tmp_path_factory.mktemp("json"), tmp_path_factory.mktemp("hcl")]
    for folder in folders:
        (folder / "main.tf.json").write_text(json.dumps(content))
    to_hcl(folders[1])
    worth = [(read(folder).blocks[0].value("input"), read(folder).stacks[0].outputs) for folder in folders]
    assert worth[0] == worth[1]
    for folder in folders:
        shutil.rmtree(folder)


def as_template(value: Any) -> Any:
    """Return a value as JSON has it where texts are templates."""
    if isinstance(value, str):
        return value.replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, list):
        return [as_template(item) for item in value]
    if isinstance(value, dict):
        return {as_template(key): as_template(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize(
    ("what", "text", "said"),
    [
        ("an expression that ends too early", 'locals {\n  a = 1 +\n}\n', "main.tf, line 3"),
        ("a brace that nobody closes", 'locals {\n  a = 1\n', "main.tf, line 3"),
        ("a text that nobody closes", 'locals {\n  a = "x\n}\n', "main.tf, line"),
        ("a heredoc that nobody ends", "locals {\n  a = <<EOT\n}\n", "main.tf, line 2"),
        ("a text over two lines", 'locals {\n  a = "x\n  y"\n}\n', "line 2: a quoted string must end on its line"),
        ("an argument given twice", "locals {\n  a = 1\n  a = 2\n}\n", "line 3: the argument a is given twice"),
        ("two arguments on a line", "locals {\n  a = 1 b = 2\n}\n", "main.tf, line 2: each argument"),
        ("an argument at the top", "\na = 1\n", "main.tf, line 2: the argument a is outside of any block"),
        ("a block that isn't Terraform's", "foo {\n}\n", "main.tf, line 1: a block 'foo' isn't Terraform's"),
        ("a name too few", 'resource "aws_vpc" {\n}\n', "main.tf, line 1: a block 'resource' takes 2 names, not 1"),
        ("a default that refers", 'variable "a" {\n  default = var.b\n}\n', "line 2: 'var' has no meaning here"),
        ("a number without end", f"locals {{\n  a = 1{'0' * 5000}\n}}\n", "main.tf, line 2: a number is too large"),
        ("brackets without end", f"locals {{\n  a = {'[' * 5000}{']' * 5000}\n}}\n", "nested too deeply"),
        ("signs without end", f"locals {{\n  a = {'-' * 5000}1\n}}\n", "main.tf, line 2"),
        ("more than is read", "#" * 1_000_001, "is too large"),
        ("no text", "\0\1", "main.tf, line 1"),
        ("a comment that suppresses nothing", "\n# latticelink: suppress LL411\n", "main.tf, line 2: a comment for"),
    ],
)  # fmt: skip
def test_what_is_no_hcl_is_one_sentence_with_its_line(tmp_path: Path, what: str, text: str, said: str) -> None:
    (tmp_path / "main.tf").write_text(text)
    with pytest.raises(UnreadableInput) as refused:
        read(tmp_path)
    assert said in str(refused.value), what
    assert "\n" not in str(refused.value)


def test_a_long_chain_of_operators_is_no_traceback(tmp_path: Path) -> None:
    assert isinstance(value_of(tmp_path, "1" + " + 1" * 20_000), int | Unknown)


def test_a_folder_of_both_is_one_configuration(tmp_path: Path) -> None:
    stacks = right()
    write_topology(tmp_path / "json", stacks)
    for name, content in stacks.items():
        folder = tmp_path / "both" / name
        folder.mkdir(parents=True)
        network = {"resource": content.pop("resource")}
        (folder / "network.tf").write_text(as_hcl(network))
        (folder / "main.tf.json").write_text(json.dumps(content))
    (tmp_path / "both" / "producer" / ".hidden.tf").write_text("no hcl")
    assert told(tmp_path / "both") == told(tmp_path / "json")


OVERRIDES = {
    "main.tf": """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
  backend "s3" {
    bucket = "b"
    key    = "k"
  }
}
provider "aws" {
  region = "eu-west-1"
}
variable "port" {
  type    = number
  default = "80"
}
resource "aws_security_group" "it" {
  name = "it"
  ingress {
    from_port = 1
  }
  dynamic "egress" {
    for_each = [1, 2]
    content {
      from_port = egress.value
    }
  }
  tags = { a = 1 }
  lifecycle {
    create_before_destroy = true
  }
}
""",
    "override.tf": """
variable "port" {
  default = "443"
}
provider "aws" {
  profile = "p"
}
resource "aws_security_group" "it" {
  dynamic "ingress" {
    for_each = [5]
    content {
      from_port = ingress.value
    }
  }
  egress {
    from_port = var.port
  }
  tags = { b = 2 }
  lifecycle {
    ignore_changes = [tags]
  }
}
""",
    "z_override.tf.json": json.dumps(
        {
            "resource": {"aws_security_group": {"it": {"name": "over"}}},
            "terraform": {"cloud": {"organization": "o"}, "required_providers": {"aws": "6.0.0"}},
        }
    ),
}


def test_override_files_are_merged_as_terraform_does(tmp_path: Path) -> None:
    for name, text in OVERRIDES.items():
        (tmp_path / name).write_text(text)
    (stack,) = read(tmp_path).stacks
    (group,) = stack.blocks
    assert group.value("name") == "over"
    assert group.value("tags") == {"b": 2}
    assert [each["from_port"] for each in group.nested("ingress")] == [5]
    assert [each["from_port"] for each in group.nested("egress")] == [443]
    assert group.body["lifecycle"] == {"create_before_destroy": True, "ignore_changes": ["tags"]}
    assert stack.raw.providers == [("aws", {"region": "eu-west-1", "profile": "p"})]
    assert "backend" not in stack.terraform
    assert stack.provider_constraint == "6.0.0"


def test_a_comment_suppresses_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        "// latticelink: suppress LL411 aws_vpc.main: one zone: enough\n# latticelink is good\n"
    )
    (found,) = suppressions.in_configuration(read(tmp_path))
    assert (found.check, found.resource, found.reason) == ("LL411", "aws_vpc.main", "one zone: enough")


def test_code_scanning_gets_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        '# a gateway\n\nresource "aws_vpclattice_resource_gateway" "Shared" {\n  name = "-"\n}\n'
    )
    report = json.loads(as_sarif(examine(tmp_path), folder=tmp_path))
    places = [each["locations"][0]["physicalLocation"] for each in report["runs"][0]["results"]]
    assert {"main.tf"} == {place["artifactLocation"]["uri"].rpartition("/")[2] for place in places if "region" in place
                           and place["region"]["startLine"] == 3}  # fmt: skip


@pytest.mark.parametrize("folder", ["", "main.tf"])
def test_without_the_extra_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    (tmp_path / "main.tf").write_text("locals {\n}\n")
    without_hcl(monkeypatch)
    with pytest.raises(UnreadableInput, match=r"pip install 'latticelink\[hcl\]'"):
        read(tmp_path / folder)


def test_values_of_variables_may_be_any_hcl(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfvars").write_text('v = <<EOT\n$${a}\nEOT\nw = { b = "c" }\n')
    assert value_of(tmp_path, "[var.v, var.w.b]", 'variable "v" {\n}\nvariable "w" {\n}\n') == ["${a}\n", "c"]
