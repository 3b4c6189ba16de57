"""The regions that are known are those of AWS's own list."""

from __future__ import annotations

from latticelink.values.aws_ids import doubt_of_region

import botocore.session
import pytest


def listed() -> list[str]:
    session = botocore.session.get_session()
    regions = (session.get_available_regions("ec2", each) for each in session.get_available_partitions())
    return sorted(region for partition in regions for region in partition)


@pytest.mark.parametrize("region", listed())
def test_a_region_of_botocores_list_is_known(region: str) -> None:
    assert doubt_of_region(region) is None


@pytest.mark.parametrize("region", ["eu-west-4", "eu-west-0", "eu-west-01", "europe-west-1", "eu-west", "", "-1"])
def test_another_is_doubted(region: str) -> None:
    assert doubt_of_region(region) is not None
