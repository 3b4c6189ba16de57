"""A link between two VPCs that exist already: an app with variations, quick to apply."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from latticelink import (
    App,
    ExistingNetwork,
    IpResource,
    LocalState,
    ResourceEndpoint,
    ResourceGateway,
    Stack,
    State,
)

from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform

REGION = "eu-west-1"
ZONES = "abc"


@dataclass(frozen=True)
class Place:
    """A VPC in the emulated AWS: 10.0.0.0/16, with a subnet in each of three zones and a group for targets."""

    vpc: str
    subnets: list[str]
    group: str

    @classmethod
    def make(cls, aws: Aws, account: str | None = None) -> Place:
        ec2 = aws.client("ec2", REGION, account)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{REGION}{zone}")
            for n, zone in enumerate(ZONES)
        ]
        group = ec2.create_security_group(GroupName="target", Description="Target", VpcId=vpc)["GroupId"]
        return cls(vpc, [subnet["Subnet"]["SubnetId"] for subnet in subnets], group)


@dataclass
class Link:
    """What can vary; each default is a working choice.

    `zones` are positions of the producer's and the consumer's subnets.
    """

    producer: Place
    consumer: Place
    state: State = field(default_factory=LocalState)
    name: str = "orders"
    address: str = "10.0.0.9"
    ports: Sequence[int | str] = (5432,)
    gateway: dict[str, Any] = field(default_factory=dict)
    share: dict[str, Any] = field(default_factory=dict)
    endpoint: dict[str, Any] = field(default_factory=dict)
    zones: tuple[Sequence[int], Sequence[int]] = ((0, 1), (0, 1))
    read: str = "orders"
    consumer_id: str = "consumer"
    network_id: str = "network"

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write the stacks into `folder`/cdktf.out; return the folders of producer and consumer."""
        return write(folder, self.build)

    def build(self, app: Any) -> None:
        stack = self._stack(app, "producer")
        network = self._network(stack, self.producer, self.zones[0])
        target = IpResource(self.address, security_group_id=self.producer.group)
        gateway = ResourceGateway(stack, "gateway", network, **self.gateway)
        self.state.publish(stack, gateway.share(self.name, target, ports=self.ports, **self.share))
        stack = self._stack(app, self.consumer_id)
        network = self._network(stack, self.consumer, self.zones[1])
        options = {"client_cidrs": ["10.0.0.0/16"], **self.endpoint}
        ResourceEndpoint(stack, "orders", self.state.read(stack, "producer")[self.read], network, **options)

    def _stack(self, app: Any, name: str) -> Any:
        return Stack(app, name, state=self.state, region=REGION, aws_provider=PROVIDER_VERSION)

    def _network(self, stack: Any, place: Place, zones: Sequence[int]) -> Any:
        subnet_ids = [place.subnets[zone] for zone in zones]
        return ExistingNetwork(stack, self.network_id, vpc_id=place.vpc, subnet_ids=subnet_ids, cidr="10.0.0.0/16")


def applied(terraform: Terraform, aws: Aws, folder: Path, **options: Any) -> Iterator[tuple[Link, Path]]:
    """Apply a link between two places, and destroy it at the end: tests leave it as it was."""
    made = Link(Place.make(aws), Place.make(aws), **options)
    for stack in made.write(folder):
        terraform.apply(stack)
    yield made, folder
    for stack in reversed(made.write(folder)):
        terraform.destroy(stack)
    assert set(aws.inventory()) == {"sg", "subnet", "vpc"}, "only what was there before is left"


def write(folder: Path, build: Callable[[Any], None]) -> tuple[Path, Path]:
    """Write an app into `folder`/cdktf.out; return the folders of producer and consumer."""
    folder.mkdir(parents=True, exist_ok=True)
    app = App(context={}, outdir=str(folder / "cdktf.out"))
    build(app)
    app.synth()
    stacks = folder / "cdktf.out" / "stacks"
    return stacks / "producer", stacks / "consumer"


def put_existing_ids(stack: Path, place: Place) -> None:
    """Put ids of what exists in the place of those that an example made up."""
    file = stack / "cdk.tf.json"
    text = file.read_text()
    real = {"vpc": [place.vpc], "sg": [place.group], "subnet": place.subnets}
    for kind, ids in real.items():
        made_up = sorted(set(re.findall(rf"{kind}-0a1b2c3d4e5f6000\d", text)))
        for example, there in zip(made_up, cycle(ids), strict=False):
            text = text.replace(example, there)
    file.write_text(text)
