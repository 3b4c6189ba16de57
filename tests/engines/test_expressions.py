"""What expressions are worth, judged by the real Terraform: each row is evaluated by both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.terraform.expressions import evaluate
from latticelink.terraform.known import ABSENT, RefusedByTerraform

import pytest

from tests.engines.conftest import Terraform

pytestmark = pytest.mark.engine

EXPRESSIONS = r"""
format("%s:%d", "a", 5432)
format("%05d|%-6s|%6s|%x", 42, "ab", "cd", 255)
format("%v %v %q", 5, true, "a\"b")
format("%v", ["a", 1])
format("%.2f %t %%", 1.5, false)
formatlist("%s-%s", ["a","b"], "c")
jsonencode({b = 1, a = ["x<&>", null, true]})
jsondecode("{\"a\": [1, 2.5, null]}")
jsondecode(jsonencode({p = 5432})).p
range(3)
range(1, 4)
range(10, 4, -2)
range(4, 1)
range(0, 1, 0.25)
cidrsubnets("10.0.0.0/16", 4, 4, 8, 4)
cidrnetmask("10.0.0.0/12")
substr("hello", 1, 3)
substr("hello", -3, -1)
substr("hello", -3, 2)
title("hello wOrld-foo bar_baz")
trimprefix("abab", "ab")
trimsuffix("abab", "ab")
chunklist(["a","b","c"], 2)
index(["a","b"], "b")
setsubtract(["a","b"], ["b"])
setunion(["b","a"], ["a","c"])
setproduct(["a","b"], [1,2])
alltrue([true, "true"])
alltrue([])
anytrue([false, true])
sum([1, "2"])
parseint("ff", 16)
floor(1.9)
ceil(1.1)
startswith("abc", "ab")
endswith("abc", "bc")
strcontains("abc", "b")
coalescelist([], ["a"])
tobool("true")
"%{ if true }yes%{ else }no%{ endif }"
"%{ for k, v in {a=1,b=2} }${k}=${v};%{ endfor }"
"%{ for v in ["x","y"] ~}  ${v}  %{~ endfor }"
"a ${~ 1 ~} b"
chomp("a\n\n")
tostring(1.0)
join(",", [1,2.5,true])
flatten([["a"],[["b"]]])
1 / 3 > 0.3
"${5}"
toset(["b","a","b"])
zipmap(["a"],[1])
range(2000)
index(["a"], "z")
format("%d", 1.5)
format("%s")
format("a", 1)
cidrsubnets("10.0.0.0/28", 3, 3, 3)
merge({a = 1}, {b = 2}, {a = 3})
lookup({a = 1}, "b", 2)
lookup({a = 1}, "b")
element(["a", "b"], 3)
one([])
one(["a", "b"])
compact(["a", "", null])
distinct(["a", "b", "a"])
cidrhost("10.0.0.0/24", -2)
cidrsubnet("fd00::/48", 16, 5)
replace("a-b-c", "-", "_")
split(",", "a,b,")
slice(["a", "b", "c"], 1, 3)
sort(["b", "a", "C"])
setintersection(["b", "a"], ["a", "b", "c"])
max(1, "3", 2)
coalesce("", null, "x")
[for k, v in {b = 1, a = 2} : "${k}${v}"]
{for i, v in ["x", "y"] : v => i if i > 0}
["a", "b"][1]
[{a = 1}, {a = 2}][*].a
-5 % 3
7 / 2
!true || false
1 == "1"
null == null
"${true}-${1.50}-${"x"}"
try({a = 1}.b, "none")
concat(["a"], [], ["b", 1])
lower("ÄB")
values({b = 1, a = 2})
keys({b = 1, a = 2})
contains(["a"], "a")
length("äö")
length({a = 1})
trimspace("  a ")
upper("a")
tonumber("1e3")
tolist(["a", "b"])
reverse([1, 2])
abs(-1.5)
min(2, 1)
""".strip().splitlines()


class NoNames:
    def lookup(self, path: tuple[Any, ...]) -> Any:
        raise RefusedByTerraform(f"there is no {path[0]}")


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return None if value is ABSENT else value


def ours(expression: str) -> Any:
    try:
        return plain(evaluate(f"${{{expression}}}", NoNames()))
    except RefusedByTerraform:
        return "refused"


def test_every_expression_has_the_value_that_terraform_gives_it(terraform: Terraform, tmp_path: Path) -> None:
    outputs = {
        f"o{number:03}": {"value": f'${{can({text}) ? jsonencode({text}) : "\\"refused\\""}}'}
        for number, text in enumerate(EXPRESSIONS)
    }
    (tmp_path / "main.tf.json").write_text(json.dumps({"output": outputs}))
    terraform.apply(tmp_path)
    told = json.loads(terraform.run(tmp_path, "output", "-json"))
    theirs = {text: json.loads(told[name]["value"]) for name, text in zip(outputs, EXPRESSIONS, strict=True)}
    assert {text: ours(text) for text in EXPRESSIONS} == theirs
