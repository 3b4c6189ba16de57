"""What breaks in the middle of an apply: nothing is lost, and running again converges."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform, flat, until
from tests.engines.links import REGION, Link, Place

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@dataclass
class Site:
    """An AWS of the test's own, and an app in a folder, not yet applied."""

    aws: Aws
    terraform: Terraform
    producer: Path
    consumer: Path

    def apply(self) -> None:
        for stack in (self.producer, self.consumer):
            self.terraform.apply(stack)
            self.terraform.must_have_nothing_to_do(stack)

    def count(self, kind: str) -> int:
        return len(self.aws.inventory().get(kind, []))


@pytest.fixture
def site(terraform_aws: Terraform, tmp_path: Path) -> Iterator[Site]:
    with Aws.start() as aws:
        stacks = Link(Place.make(aws), Place.make(aws)).write(tmp_path)
        yield Site(aws, terraform_aws.on(aws), *stacks)


def test_an_api_that_throttles_and_fails_for_a_while_is_waited_for(site: Site) -> None:
    site.aws.fail("CreateResourceGateway", status=429, times=2)
    site.aws.fail("GetResourceConfiguration", status=500, times=2)
    site.aws.fail("CreateVpcEndpoint", status=500, times=2)
    site.apply()
    assert (site.count("rgw"), site.count("rcfg"), site.count("vpce")) == (1, 1, 1)


def test_a_connection_that_drops_makes_nothing_twice(site: Site) -> None:
    site.aws.drop("CreateResourceGateway")
    site.aws.drop("CreateResourceConfiguration")
    site.apply()
    assert (site.count("rgw"), site.count("rcfg")) == (1, 1)


def test_terraform_that_is_killed_between_gateway_and_configuration_finds_the_gateway_again(
    site: Site, terraform_aws: Terraform
) -> None:
    # The provider ends with Terraform, as that started it.
    site.terraform = terraform_aws.within(**site.aws.environment())
    site.terraform.init(site.producer)
    site.aws.fail("CreateResourceConfiguration", status=429, times=1000)
    command = [site.terraform.program, "apply", "-auto-approve", "-input=false"]
    running = subprocess.Popen(
        command, cwd=site.producer, env=site.terraform.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    until(lambda: site.aws.requests().get("CreateResourceConfiguration"))
    running.send_signal(signal.SIGKILL)
    running.wait(timeout=30)
    assert (site.count("rgw"), site.count("rcfg")) == (1, 0)
    site.aws.control("heal")
    site.apply()
    assert (site.count("rgw"), site.count("rcfg")) == (1, 1)


def test_a_configuration_that_fails_says_why_and_is_made_anew(site: Site) -> None:
    site.aws.create_failed("CreateResourceConfiguration")
    assert "The emulator was told to fail" in flat(site.terraform.apply(site.producer, expect=1))
    site.apply()
    assert site.count("rcfg") == 1


def test_an_endpoint_that_was_deleted_by_hand_comes_back(site: Site) -> None:
    site.apply()
    site.aws.control("reads", count=0)
    [endpoint] = site.aws.inventory()["vpce"]
    site.aws.client("ec2", REGION).delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    site.apply()
    [another] = site.aws.inventory()["vpce"]
    assert another != endpoint


def test_a_producer_that_still_has_a_consumer_is_not_destroyed_and_comes_back(site: Site) -> None:
    site.apply()
    printed = flat(site.terraform.destroy(site.producer, expect=1))
    assert "ConflictException" in printed
    assert "existing association with VPC endpoints" in printed
    assert (site.count("rgw"), site.count("rcfg"), site.count("vpce")) == (1, 1, 1)
    site.apply()
    for stack in (site.consumer, site.producer):
        site.terraform.destroy(stack)
    assert set(site.aws.inventory()) == {"sg", "subnet", "vpc"}
