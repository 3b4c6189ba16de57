"""What is open that nobody asked for, and the scenario as it is: reachable, with more ports shared than are passed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from latticelink.checks.rules.openings import open_targets, wide_clients, wide_ports
from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.paths.tracing import trace
from latticelink.reports.paths import path_lines

import pytest

from tests.conftest import ROOT
from tests.paths.topologies import (
    CONFIGURATION,
    ENDPOINT_IN,
    TARGET_IN,
    Change,
    changes,
    cidr,
    drop,
    put,
    right,
    write,
)

FAIL, PASS, UNKNOWN = Answer.FAIL, Answer.PASS, Answer.UNKNOWN
ALL_PORTS = put("producer", CONFIGURATION, "web", port_ranges=["1-65535"])

TABLE: list[tuple[str, Any, Change, list[Answer], str]] = [
    ("clients of the whole VPC", wide_clients, put(*ENDPOINT_IN, **cidr("10.1.0.0/16")), [PASS], ""),
    ("clients of a subnet", wide_clients, put(*ENDPOINT_IN, **cidr("10.1.0.0/24")), [PASS], ""),
    ("clients of a wider block", wide_clients, put(*ENDPOINT_IN, **cidr("10.0.0.0/8")), [FAIL], "wider than the VPC"),
    ("clients of another block", wide_clients, put(*ENDPOINT_IN, **cidr("10.4.0.0/16")), [FAIL], "from 10.4.0.0/16"),
    (
        "clients of a second block of the VPC",
        wide_clients,
        changes(
            put(*ENDPOINT_IN, **cidr("10.4.0.0/16")),
            put(
                "consumer",
                "aws_vpc_ipv4_cidr_block_association",
                "more",
                vpc_id="${aws_vpc.main.id}",
                cidr_block="10.4.0.0/16",
            ),
        ),
        [PASS],
        "",
    ),
    (
        "clients of a VPC that isn't there",
        wide_clients,
        changes(put(*ENDPOINT_IN, **cidr("10.4.0.0/16")), put("consumer", "aws_vpc_endpoint", "web", vpc_id="vpc-0")),
        [UNKNOWN],
        "aren't known",
    ),
    (
        "clients of a VPC that isn't there, by a protocol that a module names",
        wide_clients,
        changes(
            put(*ENDPOINT_IN, **cidr("10.4.0.0/16"), ip_protocol="${module.m.protocol}"),
            put("consumer", "aws_vpc_endpoint", "web", vpc_id="vpc-0"),
        ),
        [UNKNOWN],
        "The blocks of the VPC",
    ),
    ("clients by group", wide_clients, changes(), [], ""),
    (
        "clients that a module names",
        wide_clients,
        put(*ENDPOINT_IN, **cidr("${module.m.cidr}")),
        [UNKNOWN],
        "lets in isn't known",
    ),
    ("a target that lets in the gateway", open_targets, changes(), [PASS], ""),
    ("a target that lets in the world", open_targets, put(*TARGET_IN, **cidr("0.0.0.0/0")), [FAIL], "to 0.0.0.0/0"),
    ("a target that lets in the world by IPv6", open_targets, put(*TARGET_IN, **cidr("::/0")), [FAIL], "to ::/0"),
    (
        "clients of a wider block by a protocol that a module names",
        wide_clients,
        put(*ENDPOINT_IN, **cidr("10.0.0.0/8"), ip_protocol="${module.m.protocol}"),
        [UNKNOWN],
        "lets TCP in isn't known",
    ),
    (
        "a target that lets in the world by a protocol that a module names",
        open_targets,
        put(*TARGET_IN, **cidr("0.0.0.0/0"), ip_protocol="${module.m.protocol}"),
        [UNKNOWN],
        "lets TCP in isn't known",
    ),
    ("a target that lets in UDP", open_targets, put(*TARGET_IN, **cidr("0.0.0.0/0"), ip_protocol="udp"), [], ""),
    (
        "a target that lets in whom a module names",
        open_targets,
        put(*TARGET_IN, **cidr("${module.m.cidr}")),
        [UNKNOWN],
        "there is no module 'm'",
    ),
    ("a shared port that is passed", wide_ports, changes(), [PASS], ""),
    (
        "all ports shared, one passed",
        wide_ports,
        ALL_PORTS,
        [FAIL],
        "shares TCP 1-65535, and the security groups let through 443",
    ),
    (
        "ports that aren't known",
        wide_ports,
        put("producer", CONFIGURATION, "web", port_ranges="${module.m.ports}"),
        [UNKNOWN],
        "isn't known",
    ),
    ("ports shared, and the path blocked", wide_ports, changes(ALL_PORTS, drop(*TARGET_IN)), [], ""),
]


@pytest.mark.parametrize(("sentence", "judge", "change", "answers", "said"), TABLE, ids=[row[0] for row in TABLE])
def test_what_is_open_is_told(
    tmp_path: Path, sentence: str, judge: Any, change: Change, answers: list[Answer], said: str
) -> None:
    stacks = right()
    change(stacks)
    configuration = write(tmp_path, stacks)
    judgements = list(judge(configuration))
    assert [judgement.answer for judgement in judgements] == answers, sentence
    assert all(said in judgement.message and judgement.block for judgement in judgements), sentence


def scenario(folder: Path, **changed: Any) -> Path:
    """Write the scenario's two stacks, as they were synthesised."""
    for stack in ("producer", "consumer"):
        content = json.loads((ROOT / "tests" / "golden" / f"{stack}.tf.json").read_text())
        for name in changed.get(stack, ()):
            del content["resource"][name[0]][name[1]]
        (folder / "stacks" / stack).mkdir(parents=True)
        (folder / "stacks" / stack / "cdk.tf.json").write_text(json.dumps(content))
    return folder / "stacks"


def test_the_scenario_is_reachable_and_shares_more_than_it_passes(tmp_path: Path) -> None:
    configuration = read(scenario(tmp_path))
    assert path_lines(trace(configuration)) == [
        "consumer: clients 172.18.0.0/16 -> endpoint nginx -> gateway privatelink-dev2-vpc-rscgw -> EC2_B: "
        "reachable on TCP 80"
    ]
    judgements = [each for judge in (wide_clients, open_targets, wide_ports) for each in judge(configuration)]
    (opening,) = [each for each in judgements if each.answer is FAIL]
    assert "shares TCP 1-65535, and the security groups let through 80 only" in opening.message


@pytest.mark.parametrize(
    ("stack", "direction", "rule", "place"),
    [
        ("consumer", "egress", "ec2-a_group_egress-80-62133cfb_E5D66526", "client's group out"),
        ("consumer", "ingress", "nginx_group_ingress-1721800_16_3F9B7BC6", "endpoint's group in"),
        ("producer", "egress", "gateway_group_egress-80-8070519f_A1A446DA", "gateway's group out"),
        ("producer", "ingress", "ec2-b_group_ingress-80-abf769c4_8C07264B", "target's group in"),
    ],
)
def test_the_scenario_without_one_rule_is_blocked_there(
    tmp_path: Path, stack: str, direction: str, rule: str, place: str
) -> None:
    kind = f"aws_vpc_security_group_{direction}_rule"
    (path,) = trace(read(scenario(tmp_path, **{stack: [(kind, rule)]})))
    assert [hop.place for hop in path.hops if hop.answer is not PASS] == [place]
    assert str(path.ports) == "80"


def test_the_scenario_needs_no_rule_into_the_gateways_group(tmp_path: Path) -> None:
    disputed = ("aws_vpc_security_group_ingress_rule", "gateway_group_ingress-80-1721800_16_9DE4B36C")
    (path,) = trace(read(scenario(tmp_path, producer=[disputed])))
    assert path.answer is PASS


def test_paths_are_traced_without_the_cdk() -> None:
    code = (
        "import sys, latticelink.checks.rules.openings, latticelink.reports.paths\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('jsii', 'cdktf', 'cdktn', 'constructs')])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
