"""What another name of a link does on the real provider: its record goes and comes, and the endpoint stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform
from tests.engines.links import Link, applied
from tests.engines.steps import changes

pytestmark = [pytest.mark.engine, pytest.mark.slow(together=True)]

NAME = "orders.shared.internal"


@pytest.fixture(scope="module")
def link(
    terraform_on_aws: Terraform, aws: Aws, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Link, Path]]:
    """Apply a link with a name; each test leaves it as it was."""
    yield from applied(terraform_on_aws, aws, tmp_path_factory.mktemp("link"), endpoint={"dns_name": NAME})


def names(aws: Aws) -> set[str]:
    """Return the CNAMEs of all zones."""
    route53 = aws.client("route53")
    zones = [zone["Id"] for zone in route53.list_hosted_zones()["HostedZones"]]
    records = [
        each for zone in zones for each in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    ]
    return {record["Name"] for record in records if record["Type"] == "CNAME"}


def kinds(terraform: Terraform, stack: Path) -> dict[str, list[str]]:
    """Return what is planned for each type of resource that something happens to."""
    return {address.partition(".")[0]: do for address, do in changes(terraform.plan(stack)).items()}


@pytest.mark.parametrize(
    ("name", "zone"),
    [("db.shared.internal", {}), ("orders.other.internal", {"aws_route53_zone": ["delete", "create"]})],
)
def test_another_name_replaces_its_record_and_the_zone_of_another_domain_alone(
    terraform_on_aws: Terraform, aws: Aws, link: tuple[Link, Path], name: str, zone: dict[str, list[str]]
) -> None:
    made, folder = link
    _, consumer = replace(made, endpoint={"dns_name": name}).write(folder)
    changed = kinds(terraform_on_aws, consumer)
    assert changed.pop("aws_route53_record") == ["delete", "create"]
    assert set(changed) == set(zone)
    terraform_on_aws.apply(consumer)
    assert names(aws) == {f"{name}."}
    terraform_on_aws.must_have_nothing_to_do(consumer)
    made.write(folder)
    terraform_on_aws.apply(consumer)
    assert names(aws) == {f"{NAME}."}
