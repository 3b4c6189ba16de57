"""The real psql reaches a real PostgreSQL through endpoint and gateway, by the name that RDS would give it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from latticelink.lab.child import ISOLATED

from tests.conftest import ROOT
from tests.engines.conftest import absent
from tests.paths.topologies import CONFIGURATION, EGRESS, INGRESS, port, put, right


def find_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or shutil.which("psql") is None:
        absent("no PostgreSQL: apt-get install postgresql")
    return found[-1].parent


def test_psql_reaches_postgresql_which_sees_the_gateway(tmp_path: Path) -> None:
    stacks = right()
    for stack, kind, name in (
        ("consumer", EGRESS, "client_out"),
        ("consumer", INGRESS, "endpoint_in"),
        ("producer", EGRESS, "gateway_out"),
        ("producer", INGRESS, "target_in"),
    ):
        put(stack, kind, name, **port(5432))(stacks)
    subnets = ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]
    put("producer", "aws_db_subnet_group", "orders", name="orders", subnet_ids=subnets)(stacks)
    database = {
        "identifier": "orders",
        "engine": "postgres",
        "db_subnet_group_name": "${aws_db_subnet_group.orders.name}",
        "vpc_security_group_ids": ["${aws_security_group.target.id}"],
    }
    put("producer", "aws_db_instance", "orders", **database)(stacks)
    definition = {"arn_resource": {"arn": "${aws_db_instance.orders.arn}"}}
    shared = {"type": "ARN", "port_ranges": None, "protocol": None, "resource_configuration_definition": definition}
    put("producer", CONFIGURATION, "web", **shared)(stacks)
    put("consumer", "aws_vpc_endpoint", "web", private_dns_enabled=True)(stacks)
    for name, content in stacks.items():
        (tmp_path / "written" / name).mkdir(parents=True)
        (tmp_path / "written" / name / "main.tf.json").write_text(json.dumps(content))
    (tmp_path / "work").mkdir()
    given = [tmp_path / "written", tmp_path / "work", find_programs(), "orders.lab.region.rds.amazonaws.com"]
    command = [*ISOLATED, sys.executable, "-m", "tests.lab.with_postgresql", *map(str, given)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    seen, its_port = result.stdout.strip().split("|")
    assert seen.startswith("10.2.")
    assert its_port == "5432"
