"""Where a VPC's route tables lead, as the rule on shared addresses asks it; the hop is in the table of paths."""

from __future__ import annotations

from pathlib import Path

from latticelink.checks.catalogue import CHECKS
from latticelink.paths.hops import Answer

import pytest

from tests.paths.topologies import CONFIGURATION, Change, changes, put, right, write

(NEAR,) = [check for check in CHECKS if check.id == "LL302"]
FAR = put(
    "producer", CONFIGURATION, "web", resource_configuration_definition={"ip_resource": {"ip_address": "10.9.0.9"}}
)
TABLE = put("producer", "aws_route_table", "main", vpc_id="${aws_vpc.main.id}")
VIA = {"transit_gateway_id": "tgw-0123456789abcdef0"}


def route(table: str, **arguments: str) -> Change:
    return put("producer", "aws_route", "far", route_table_id=table, **arguments)


ROWS: list[tuple[str, Change, Answer]] = [
    ("no route at all", changes(), Answer.FAIL),
    ("a table without routes", TABLE, Answer.FAIL),
    (
        "a route of a table's own",
        put("producer", "aws_route_table", "main", vpc_id="${aws_vpc.main.id}", route=[{"cidr_block": "10.9.0.0/16"}]),
        Answer.PASS,
    ),
    (
        "a route by itself",
        changes(TABLE, route("${aws_route_table.main.id}", destination_cidr_block="10.9.0.0/16", **VIA)),
        Answer.PASS,
    ),
    (
        "a route of the VPC's main table",
        route("${aws_vpc.main.main_route_table_id}", destination_cidr_block="10.9.0.0/16", **VIA),
        Answer.PASS,
    ),
    (
        "a route of the main table that is adopted",
        put(
            "producer",
            "aws_default_route_table",
            "main",
            default_route_table_id="${aws_vpc.main.default_route_table_id}",
            route=[{"cidr_block": "10.9.0.0/16", **VIA}],
        ),
        Answer.PASS,
    ),
    (
        "a route to elsewhere",
        changes(TABLE, route("${aws_route_table.main.id}", destination_cidr_block="10.8.0.0/16", **VIA)),
        Answer.FAIL,
    ),
    (
        "a route through an internet gateway, which leads to no private address",
        changes(
            put("producer", "aws_internet_gateway", "out", vpc_id="${aws_vpc.main.id}"),
            TABLE,
            route(
                "${aws_route_table.main.id}",
                destination_cidr_block="10.9.0.0/16",
                gateway_id="${aws_internet_gateway.out.id}",
            ),
        ),
        Answer.FAIL,
    ),
    (
        "routes that a virtual private gateway adds",
        put("producer", "aws_route_table", "main", vpc_id="${aws_vpc.main.id}", propagating_vgws=["vgw-12345678"]),
        Answer.UNKNOWN,
    ),
    (
        "a route to a prefix list that isn't known",
        changes(TABLE, route("${aws_route_table.main.id}", destination_prefix_list_id="${module.m.list}", **VIA)),
        Answer.UNKNOWN,
    ),
    (
        "a route of another VPC's table",
        changes(
            put("producer", "aws_vpc", "other", cidr_block="10.5.0.0/16"),
            put("producer", "aws_route_table", "main", vpc_id="${aws_vpc.other.id}"),
            route("${aws_route_table.main.id}", destination_cidr_block="10.9.0.0/16", **VIA),
        ),
        Answer.FAIL,
    ),
]


@pytest.mark.parametrize(("sentence", "change", "answer"), ROWS, ids=[row[0] for row in ROWS])
def test_an_address_outside_the_vpc_needs_a_route(
    tmp_path: Path, sentence: str, change: Change, answer: Answer
) -> None:
    stacks = right()
    changes(FAR, change)(stacks)
    assert [each.answer for each in NEAR.judge(write(tmp_path, stacks))] == [answer], sentence
