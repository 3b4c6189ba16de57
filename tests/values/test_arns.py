"""ARNs, and the kinds of thing that are given by one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from latticelink.values import arns
from latticelink.values.arns import (
    DATABASE,
    DELIVERY_STREAM,
    KMS_KEY,
    LATTICE,
    LOG_GROUP,
    ORGANIZATION,
    ROLE,
    ArnForm,
    id_in_arn,
    read_arn,
)

import pytest

from tests.test_layers import PACKAGE

A = "123456789012"
ID = "0" * 17
FORMS: list[tuple[str, ArnForm, str, bool]] = [
    ("a database", DATABASE, f"arn:aws:rds:eu-west-1:{A}:db:orders", True),
    ("a cluster in China", DATABASE, f"arn:aws-cn:rds:cn-north-1:{A}:cluster:orders-1", True),
    ("a database of another partition", DATABASE, f"arn:aws-cn:rds:eu-west-1:{A}:db:orders", False),
    ("a snapshot of a database", DATABASE, f"arn:aws:rds:eu-west-1:{A}:snapshot:orders", False),
    ("a database of no region", DATABASE, f"arn:aws:rds::{A}:db:orders", False),
    ("a database of no account", DATABASE, "arn:aws:rds:eu-west-1::db:orders", False),
    ("a database of ElastiCache", DATABASE, f"arn:aws:elasticache:eu-west-1:{A}:cluster:orders", False),
    ("a role with a path", ROLE, f"arn:aws:iam::{A}:role/deploy/producer", True),
    ("a role with a region", ROLE, f"arn:aws:iam:eu-west-1:{A}:role/deploy", False),
    ("a role without a name", ROLE, f"arn:aws:iam::{A}:role/", False),
    ("a user", ROLE, f"arn:aws:iam::{A}:user/somebody", False),
    ("a key", KMS_KEY, f"arn:aws:kms:eu-west-1:{A}:key/1234abcd-12ab", True),
    ("an alias of a key", KMS_KEY, f"arn:aws:kms:eu-west-1:{A}:alias/state", False),
    ("a resource configuration", LATTICE, f"arn:aws:vpc-lattice:eu-west-1:{A}:resourceconfiguration/rcfg-{ID}", True),
    ("a service network", LATTICE, f"arn:aws:vpc-lattice:eu-west-1:{A}:servicenetwork/sn-{ID}", True),
    ("a network by another's id", LATTICE, f"arn:aws:vpc-lattice:eu-west-1:{A}:servicenetwork/rcfg-{ID}", False),
    ("a resource gateway", LATTICE, f"arn:aws:vpc-lattice:eu-west-1:{A}:resourcegateway/rgw-{ID}", False),
    ("an organisation", ORGANIZATION, f"arn:aws:organizations::{A}:organization/o-example123", True),
    ("a unit", ORGANIZATION, f"arn:aws:organizations::{A}:ou/o-example123/ou-exam-12345678", True),
    ("a unit without its organisation", ORGANIZATION, f"arn:aws:organizations::{A}:ou/ou-exam-12345678", False),
    ("a log group", LOG_GROUP, f"arn:aws:logs:eu-west-1:{A}:log-group:/aws/lattice/finance", True),
    ("a log group as AWS writes it", LOG_GROUP, f"arn:aws:logs:eu-west-1:{A}:log-group:/aws/lattice/finance:*", True),
    ("a stream of a log group", LOG_GROUP, f"arn:aws:logs:eu-west-1:{A}:log-group:finance:log-stream:a", False),
    ("a delivery stream", DELIVERY_STREAM, f"arn:aws:firehose:eu-west-1:{A}:deliverystream/finance", True),
    ("a data stream of Kinesis", DELIVERY_STREAM, f"arn:aws:kinesis:eu-west-1:{A}:stream/finance", False),
    ("a text around an ARN", ROLE, f" arn:aws:iam::{A}:role/deploy", False),
    ("a line after an ARN", ROLE, f"arn:aws:iam::{A}:role/deploy\n", False),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "form", "given", "fits"), FORMS, ids=[row[0] for row in FORMS])
def test_what_is_given_by_an_arn(sentence: str, form: ArnForm, given: str, fits: bool) -> None:
    assert (form.read(given) is not None) == fits, sentence


def test_the_parts_of_an_arn() -> None:
    arn = read_arn(f"arn:aws-us-gov:iam::{A}:role/deploy/producer")
    assert arn is not None
    assert (arn.partition, arn.service, arn.region, arn.account) == ("aws-us-gov", "iam", "", A)
    assert (arn.kind, arn.name) == ("role", "deploy/producer")
    root = read_arn(f"arn:aws:iam::{A}:root")
    assert root is not None
    assert (root.kind, root.name) == ("root", "")


def test_one_kind_of_several_can_be_asked_for() -> None:
    network = f"arn:aws:vpc-lattice:eu-west-1:{A}:servicenetwork/sn-{ID}"
    assert LATTICE.read(network, "servicenetwork")
    assert LATTICE.read(network, "resourceconfiguration") is None
    assert id_in_arn(network) == f"sn-{ID}"


@pytest.mark.parametrize("given", [None, 7, {}, "", "arn:", "arn:aws:rds", "vpc-12345678", f"arn:AWS:rds:e:{A}:db:a"])
def test_what_is_no_arn(given: object) -> None:
    assert read_arn(given) is None
    assert DATABASE.read(given) is None


def test_patterns_of_arns_stand_in_one_module() -> None:
    """A pattern is told by what no example has: a repetition or a class of characters after `arn:`."""
    pattern = re.compile(r"arn:aws\S*[\[{][0-9a-z\\]")
    found = {
        path.name
        for path in PACKAGE.rglob("*.py")
        if path != Path(arns.__file__)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.search(node.value)
    }
    assert found == set()
