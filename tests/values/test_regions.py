"""The regions that are known are those of AWS's own list."""

from __future__ import annotations

from latticelink.values.arns import partition_of
from latticelink.values.aws_ids import doubt_of_region

import botocore.session
import pytest


def listed() -> list[tuple[str, str]]:
    session = botocore.session.get_session()
    partitions = session.get_available_partitions()
    return sorted((region, each) for each in partitions for region in session.get_available_regions("ec2", each))


@pytest.mark.parametrize(("region", "partition"), listed())
def test_a_region_of_botocores_list_is_known_and_its_partition_too(region: str, partition: str) -> None:
    assert doubt_of_region(region) is None
    assert partition_of(region) == partition


@pytest.mark.parametrize("region", ["eu-west-4", "eu-west-0", "eu-west-01", "europe-west-1", "eu-west", "", "-1"])
def test_another_is_doubted(region: str) -> None:
    assert doubt_of_region(region) is not None
