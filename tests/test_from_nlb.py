"""The steps from an NLB to a resource endpoint: what each writes, and what the check says of it."""

from __future__ import annotations

import json
from pathlib import Path

from latticelink.checks.examination import Examination, examine
from latticelink.paths.hops import Answer

import pytest

from tests.conftest import run_python
from tests.flavour import program_of

OLD = {"aws_lb", "aws_lb_listener", "aws_lb_target_group", "aws_lb_target_group_attachment", "aws_vpc_endpoint_service"}
NEW = {"aws_vpclattice_resource_gateway", "aws_vpclattice_resource_configuration"}
# The step, what the producer has, the types of the consumer's endpoints, the paths, and the notes of the check.
STEPS = [
    ("1", OLD, {"Interface"}, 0, set()),
    ("2", OLD | NEW, {"Interface", "Resource"}, 1, {"LL704"}),
    ("3", OLD | NEW, {"Interface", "Resource"}, 1, set()),
    ("4", NEW, {"Resource"}, 1, set()),
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the output folder of each step."""
    folders = {}
    for step, *_ in STEPS:
        folder = tmp_path_factory.mktemp(f"step-{step}")
        result = run_python(folder, str(program_of("from-nlb")), MIGRATION_STEP=step)
        assert result.returncode == 0, result.stderr
        folders[step] = folder / "from-nlb.out"
    return folders


@pytest.mark.parametrize(("step", "kinds", "endpoints", "paths", "notes"), STEPS, ids=[row[0] for row in STEPS])
def test_the_new_way_is_followed_from_step_2_on_and_the_old_one_is_no_path(
    outputs: dict[str, Path], step: str, kinds: set[str], endpoints: set[str], paths: int, notes: set[str]
) -> None:
    producer, consumer = (
        json.loads((outputs[step] / "stacks" / name / "cdk.tf.json").read_text())["resource"]
        for name in ("producer", "consumer")
    )
    assert set(producer) & (OLD | NEW) == kinds
    assert {block["vpc_endpoint_type"] for block in consumer["aws_vpc_endpoint"].values()} == endpoints
    examined: Examination = examine(outputs[step])
    assert len(examined.paths) == paths
    assert {hop.answer for path in examined.paths for hop in path.hops} <= {Answer.PASS, Answer.NOT_JUDGED}
    assert {result.check.id for result in examined.of(Answer.FAIL)} == notes
    assert examined.of(Answer.UNKNOWN) == []


def test_the_name_is_the_same_resource_in_each_step_and_leads_to_one_of_the_two(outputs: dict[str, Path]) -> None:
    led = {}
    for step, output in outputs.items():
        resources = json.loads((output / "stacks" / "consumer" / "cdk.tf.json").read_text())["resource"]
        [[address, record]] = resources["aws_route53_record"].items()
        [target] = record.pop("records")
        led[step] = (address, record, "old-endpoint" in target)
    assert [is_old for _, _, is_old in led.values()] == [True, True, False, False]
    assert led["1"][:2] == led["2"][:2] == led["3"][:2] == led["4"][:2]


def test_what_is_no_step_is_refused_in_a_sentence_and_nothing_is_written(tmp_path: Path) -> None:
    result = run_python(tmp_path, str(program_of("from-nlb")), MIGRATION_STEP="5")
    assert result.returncode == 1
    assert result.stderr.strip() == "MIGRATION_STEP is one of 1, 2, 3, 4, not '5'."
    assert list(tmp_path.iterdir()) == []


def test_the_service_goes_before_what_is_behind_it(outputs: dict[str, Path]) -> None:
    resources = json.loads((outputs["1"] / "stacks" / "producer" / "cdk.tf.json").read_text())["resource"]
    [service] = resources["aws_vpc_endpoint_service"].values()
    assert set(service["depends_on"]) == {
        "aws_lb_listener.listener",
        "aws_lb_target_group_attachment.target",
        "aws_vpc_security_group_ingress_rule.from-balancer",
    }
