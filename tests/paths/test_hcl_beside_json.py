"""Paths of a stack of JSON and HCL without the extra that reads HCL: what that may change is unknown, the rest not."""

from __future__ import annotations

from pathlib import Path

from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.paths.tracing import trace

import pytest

from tests.hcl import without_hcl
from tests.paths.topologies import CLIENT_OUT, ENDPOINT_IN, TARGET_IN, Change, changes, drop, put, right, section, write

NOTHING = changes()
RULE = """
resource "aws_vpc_security_group_ingress_rule" "in_hcl" {
  security_group_id            = aws_security_group.target.id
  referenced_security_group_id = aws_security_group.gateway.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}
"""


@pytest.mark.parametrize(
    ("what", "change", "stack", "hcl", "answer"),
    [
        ("a rule that may be in HCL is not missed", drop(*TARGET_IN), "producer", RULE, Answer.UNKNOWN),
        (
            "a rule in the other stack's HCL may reach over, by remote state",
            drop(*TARGET_IN),
            "consumer",
            RULE,
            Answer.UNKNOWN,
        ),
        ("a rule more takes nothing away", NOTHING, "producer", RULE, Answer.PASS),
        ("versions and outputs in HCL change no packet", NOTHING, "producer", "terraform {\n}\n", Answer.PASS),
        (
            "without a rule anywhere it is blocked",
            drop(*TARGET_IN),
            "producer",
            'output "x" {\n  value = 1\n}\n',
            Answer.FAIL,
        ),
        (
            "a group's own rules may be in HCL",
            changes(
                drop("producer", "aws_security_group", "target"),
                drop(*TARGET_IN),
            ),
            "producer",
            'resource "aws_security_group" "target" {\n  vpc_id = aws_vpc.main.id\n}\n',
            Answer.UNKNOWN,
        ),
    ],
)
def test_what_hcl_may_change_is_unknown(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    change: Change,
    stack: str,
    hcl: str,
    answer: Answer,
) -> None:
    without_hcl(monkeypatch)
    stacks = right()
    change(stacks)
    write(tmp_path, stacks)
    (tmp_path / stack / "more.tf").write_text(hcl)
    (path,) = trace(read(tmp_path))
    assert path.answer == answer, (what, [(hop.place, hop.answer, hop.why) for hop in path.hops])
    if answer is Answer.UNKNOWN:
        assert any("more.tf" in hop.why for hop in path.hops if hop.answer is Answer.UNKNOWN)


@pytest.mark.parametrize(
    ("what", "values", "answer"),
    [
        ("the default is right", {}, Answer.PASS),
        ("a file of values makes it wrong", {"terraform.tfvars.json": '{"port": 80}'}, Answer.FAIL),
        ("a later one makes it right again", {"terraform.tfvars.json": '{"port": 80}', "z.auto.tfvars": "port = 443"},
         Answer.PASS),
    ],
)  # fmt: skip
def test_files_of_values_count(tmp_path: Path, what: str, values: dict[str, str], answer: Answer) -> None:
    stacks = right()
    changes(
        section("consumer", variable={"port": {"type": "number", "default": 443}}),
        put(*ENDPOINT_IN, from_port="${var.port}", to_port="${var.port}"),
        put(*CLIENT_OUT, from_port=443),
    )(stacks)
    write(tmp_path, stacks)
    for name, text in values.items():
        (tmp_path / "consumer" / name).write_text(text)
    (path,) = trace(read(tmp_path))
    assert path.answer == answer, what
