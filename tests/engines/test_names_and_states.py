"""Another name, another place of a state, a second consumer in one VPC, a lost state: a link that is applied once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from latticelink import ExistingHostedZone, ResourceEndpoint, S3State, adopt, moved

import pytest

from tests.emulator.aws import Aws
from tests.engines.conftest import Terraform, flat
from tests.engines.links import REGION, Link, applied, write
from tests.engines.steps import changes

pytestmark = [pytest.mark.engine, pytest.mark.slow(minutes=6, together=True)]

NAME = "orders.shared.internal"
BUCKET = "team-state"


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


def second(made: Link, **zone: Any) -> Callable[[Any], None]:
    """Return the app with another consumer in the same VPC, with a name in the same domain."""

    def build(app: Any) -> None:
        made.build(app)
        stack = made._stack(app, "second")
        network = made._network(stack, made.consumer, made.zones[1])
        shared = made.state.read(stack, "producer")["orders"]
        options = {"client_cidrs": ["10.0.0.0/16"], "private_dns_enabled": False, **zone}
        ResourceEndpoint(stack, "second", shared, network, dns_name="second.shared.internal", **options)

    return build


def test_a_second_consumer_in_one_vpc_uses_the_zone_that_the_first_one_makes(
    terraform_on_aws: Terraform, aws: Aws, link: tuple[Link, Path]
) -> None:
    made, folder = link
    _, consumer = write(folder, second(made))
    other = consumer.parent / "second"
    assert "ConflictingDomainExists" in flat(terraform_on_aws.apply(other, expect=1))
    write(folder, second(made, hosted_zone=ExistingHostedZone(None, "shared.internal")))
    terraform_on_aws.apply(other)
    assert names(aws) == {f"{NAME}.", "second.shared.internal."}
    for stack in (other, consumer):
        terraform_on_aws.must_have_nothing_to_do(stack)
    terraform_on_aws.destroy(other)
    assert names(aws) == {f"{NAME}."}


def test_a_network_with_another_id_is_moved_and_nothing_is_to_do(
    terraform_on_aws: Terraform, link: tuple[Link, Path]
) -> None:
    made, folder = link

    def build(app: Any) -> None:
        replace(made, network_id="place").build(app)
        moved(app.node.find_child("consumer"), {"network": "place"})

    for stack in write(folder, build):
        assert changes(terraform_on_aws.plan(stack)) == {}
    _, consumer = replace(made, network_id="place").write(folder)
    assert kinds(terraform_on_aws, consumer)["aws_route53_zone"] == ["create"]


def test_a_stack_with_another_id_and_its_state_moved_keeps_its_endpoint(
    terraform_on_aws: Terraform, link: tuple[Link, Path]
) -> None:
    made, folder = link
    [state] = folder.glob("**/consumer.tfstate")
    moved_state = state.with_name("shop.tfstate")
    moved_state.write_text(state.read_text())
    shop = replace(made, consumer_id="shop").write(folder)[1].parent / "shop"
    terraform_on_aws.init(shop)
    of_names = kinds(terraform_on_aws, shop)
    assert [of_names.pop(kind) for kind in ("aws_vpc_endpoint", "aws_route53_record")] == [["update"]] * 2
    assert of_names.keys() <= {"aws_security_group", "aws_vpc_security_group_ingress_rule"}, "named after the stack"
    moved_state.unlink()
    assert kinds(terraform_on_aws, shop)["aws_vpc_endpoint"] == ["create"]


def test_state_moves_from_local_files_to_s3_and_back_and_nothing_is_to_do(
    terraform_on_aws: Terraform, aws: Aws, link: tuple[Link, Path]
) -> None:
    made, folder = link
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for link_now in (replace(made, state=S3State(BUCKET, REGION)), made):
        stacks = link_now.write(folder)
        for stack in stacks:
            terraform_on_aws.run(stack, "init", "-migrate-state", "-force-copy", "-input=false")
        for stack in stacks:
            terraform_on_aws.must_have_nothing_to_do(stack)


def test_a_lost_state_is_recovered_by_import_and_nothing_of_aws_is_made_or_destroyed(
    terraform_on_aws: Terraform, aws: Aws, link: tuple[Link, Path]
) -> None:
    made, folder = link
    before = aws.inventory()
    [state] = folder.glob("**/consumer.tfstate")
    for file in state.parent.glob("consumer.tfstate*"):
        file.unlink()
    ids = ids_of(aws)

    def build(app: Any) -> None:
        made.build(app)
        adopt(app.node.find_child("consumer"), ids)

    _, consumer = write(folder, build)
    printed = terraform_on_aws.run(consumer, "plan", "-input=false", "-out=the.plan")
    assert f"{len(ids)} to import, 1 to add" in printed
    planned = kinds(terraform_on_aws, consumer)
    assert planned == {"terraform_data": ["create"], "aws_route53_record": ["update"]}, "to the value that it has"
    terraform_on_aws.run(consumer, "apply", "-input=false", "the.plan")
    terraform_on_aws.must_have_nothing_to_do(consumer)
    assert aws.inventory() == before
    assert names(aws) == {f"{NAME}."}


def ids_of(aws: Aws) -> dict[str, str]:
    """Return the ids of what the consumer made, as one finds them in AWS."""
    ec2, route53 = aws.client("ec2", REGION), aws.client("route53")
    [endpoint] = ec2.describe_vpc_endpoints(VpcEndpointIds=aws.inventory()["vpce"])["VpcEndpoints"]
    group = endpoint["Groups"][0]["GroupId"]
    found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    [rule] = [each["SecurityGroupRuleId"] for each in found if not each["IsEgress"]]
    [zone] = [each["Id"].rpartition("/")[2] for each in route53.list_hosted_zones()["HostedZones"]]
    return {
        "network/zone-shared.internal": zone,
        "orders/dns-name": f"{zone}_{NAME}_CNAME",
        "orders/endpoint": endpoint["VpcEndpointId"],
        "orders/group": group,
        "orders/group/ingress-10.0.0.0_16[5432]": rule,
    }
