"""Each kind of resource on real engines: what consumers get of it, and what a change of it does to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink import (
    ExistingNetwork,
    GroupResource,
    IpResource,
    LocalState,
    Member,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    ServiceNetwork,
    ServiceNetworkEndpoint,
    Stack,
)
from latticelink.checks.examination import examine

import pytest

from tests.conftest import run_python
from tests.emulator.aws import Aws
from tests.engines.conftest import PROVIDER_VERSION, Terraform, flat
from tests.engines.links import REGION, Place, write
from tests.engines.plans import must_agree, plan, reads_another, states_must_agree
from tests.engines.scenario import narrow, order
from tests.flavour import APPS, core

pytestmark = [pytest.mark.engine, pytest.mark.slow]

STATE = LocalState()
LOG_GROUP = f"arn:aws:logs:{REGION}:123456789012:log-group:/lattice/finance"
ZONES = [f"{REGION}a", f"{REGION}b"]


def make_stack(app: Any, name: str) -> Any:
    return Stack(app, name, state=STATE, region=REGION, aws_provider=PROVIDER_VERSION)


def existing(stack: Any, place: Place) -> Any:
    return ExistingNetwork(stack, "network", vpc_id=place.vpc, subnet_ids=place.subnets[:2])


@pytest.mark.slow(minutes=4)
@pytest.mark.parametrize(("example", "keys"), [("rds", ["database"]), ("aurora", ["reader", "writer"])])
def test_a_databases_own_names_reach_the_consumer(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path, example: str, keys: list[str]
) -> None:
    result = run_python(tmp_path, str(APPS / "examples" / example / "main.py"))
    assert result.returncode == 0, result.stderr
    producer, consumer = order(tmp_path, f"{example}.out")
    before = aws.inventory()
    for stack in (producer, consumer):
        narrow(stack)
        terraform_on_aws.init(stack)
        plan(terraform_on_aws, stack, plans := tmp_path / "plans")
        must_agree(examine(stack), examine(plans / f"{stack.name}.json"), not reads_another(stack))
        terraform_on_aws.run(stack, "apply", "-input=false", "the.plan")
    rds = aws.client("rds", REGION)
    if example == "aurora":
        [cluster] = rds.describe_db_clusters()["DBClusters"]
        names = [cluster["ReaderEndpoint"], cluster["Endpoint"]]
    else:
        names = [rds.describe_db_instances()["DBInstances"][0]["Endpoint"]["Address"]]
    assert terraform_on_aws.outputs(consumer)["names"] == dict(zip(keys, names, strict=True))
    listed = aws.client("ec2", REGION).describe_vpc_endpoint_associations()["VpcEndpointAssociations"]
    assert len(listed) == len(keys), "one name for each"
    assert all(item["PrivateDnsEntry"]["DnsName"].endswith(".rds.amazonaws.com") for item in listed)
    for stack in (producer, consumer):
        terraform_on_aws.must_have_nothing_to_do(stack)
    states_must_agree(tmp_path / f"{example}.out", dict.fromkeys((producer, consumer), terraform_on_aws))
    for stack in (consumer, producer):
        terraform_on_aws.destroy(stack)
    assert aws.inventory() == before


MEMBERS = {
    "billing": Member(IpResource("10.0.0.12"), ports=[443]),
    "orders": Member(IpResource("10.0.0.11"), ports=[5432]),
}


@pytest.mark.parametrize(
    ("domain", "new"), [(None, []), ("finance.internal", ["aws_route53_record"])], ids=["without names", "with names"]
)
def test_a_member_that_the_producer_adds_changes_nothing_at_the_consumer_but_new_names(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path, domain: str | None, new: list[str]
) -> None:
    here, there = Place.make(aws), Place.make(aws)

    def build(app: Any, *names: str) -> None:
        stack = make_stack(app, "producer")
        group = GroupResource({name: MEMBERS[name] for name in names})
        gateway = ResourceGateway(stack, "gateway", existing(stack, here))
        STATE.publish(stack, gateway.share("finance", group))
        stack = make_stack(app, "consumer")
        shared = STATE.read(stack, "producer")["finance"]
        network = existing(stack, there)
        # The ports are the group's, so the new member's is let in by the user's own rule here.
        groups = [there.group]
        ResourceEndpoint(stack, "finance", shared, network, security_group_ids=groups, members_domain=domain)

    for stack in write(tmp_path, lambda app: build(app, "orders")):
        terraform_on_aws.apply(stack)
    producer, consumer = write(tmp_path, lambda app: build(app, "orders", "billing"))
    before = (consumer / "cdk.tf.json").read_text()
    terraform_on_aws.apply(producer)
    assert (consumer / "cdk.tf.json").read_text() == before
    planned = {
        address: actions
        for address, actions in terraform_on_aws.plan(consumer).items()
        if actions not in (["no-op"], ["read"])
    }
    assert [address.partition(".")[0] for address in planned] == new
    assert list(planned.values()) == [["create"]] * len(new)
    assert all(address.endswith('["billing"]') for address in planned)
    terraform_on_aws.apply(consumer)
    terraform_on_aws.must_have_nothing_to_do(consumer)
    for stack in (consumer, producer):
        terraform_on_aws.destroy(stack)


def test_a_dual_stack_gateway_reaches_an_ipv6_address_and_a_dual_stack_endpoint_has_both(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    def build(app: Any) -> None:
        stack = make_stack(app, "producer")
        network = Network(stack, "network", cidr="10.0.0.0/16", zones=ZONES, ipv6=True)
        gateway = ResourceGateway(stack, "gateway", network, ip_address_type="DUALSTACK")
        address = f"${{cidrhost({network.ipv6_cidr[2:-1]}, 9)}}"
        shared = [
            gateway.share("six", IpResource(address), ports=[443]),
            gateway.share("four", IpResource("10.0.0.9"), ports=[443]),
        ]
        STATE.publish(stack, *shared)
        stack = make_stack(app, "consumer")
        network = Network(stack, "network", cidr="10.0.0.0/16", zones=ZONES, ipv6=True)
        clients = [network.cidr, network.ipv6_cidr]
        endpoint = ResourceEndpoint(
            stack,
            "six",
            STATE.read(stack, "producer")["six"],
            network,
            client_cidrs=clients,
            ip_address_type="dualstack",
        )
        core().TerraformOutput(stack, "addresses", value=endpoint.addresses)
        core().TerraformOutput(stack, "ipv6_addresses", value=endpoint.ipv6_addresses)

    stacks = write(tmp_path, build)
    for stack in stacks:
        terraform_on_aws.apply(stack)
    for stack in stacks:
        terraform_on_aws.must_have_nothing_to_do(stack)
    outputs = terraform_on_aws.outputs(stacks[1])
    assert [len(outputs[kind]) for kind in ("addresses", "ipv6_addresses")] == [2, 2]
    assert all(":" in address for address in outputs["ipv6_addresses"].values())
    ec2 = aws.client("ec2", REGION)
    rules = [
        rule
        for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]
        if str(rule.get("Description", "")).startswith("To ")
    ]
    assert {rule.get("CidrIpv4") or rule["CidrIpv6"][-4:] for rule in rules} == {
        "10.0.0.9/32",
        "/128",
    }
    for stack in reversed(stacks):
        terraform_on_aws.destroy(stack)


def must_be_logged(terraform: Terraform, aws: Aws, producer: Path) -> None:
    """Fail where AWS has another log of the service network than the stack's, or Terraform would change it."""
    state = json.loads(terraform.run(producer, "show", "-json"))["values"]["root_module"]["resources"]
    [network] = [each["values"]["id"] for each in state if each["type"] == "aws_vpclattice_service_network"]
    lattice = aws.client("vpc-lattice", REGION)
    [log] = lattice.list_access_log_subscriptions(resourceIdentifier=network)["items"]
    told = (log["serviceNetworkLogType"], log["destinationArn"], log["resourceId"])
    assert told == ("RESOURCE", LOG_GROUP, network)
    terraform.must_have_nothing_to_do(producer)


def test_both_ways_to_one_resource_with_private_dns_stop_the_plan_where_only_the_state_tells(
    terraform_on_aws: Terraform, aws: Aws, tmp_path: Path
) -> None:
    here, there = Place.make(aws), Place.make(aws)

    def produce(app: Any) -> None:
        stack = make_stack(app, "producer")
        orders = ResourceGateway(stack, "gateway", existing(stack, here)).share(
            "orders", IpResource("10.0.0.9"), ports=[443]
        )
        finance = ServiceNetwork(stack, "finance", access_logs=LOG_GROUP)
        STATE.publish(stack, orders, finance.share("finance", [orders]))

    def consume(app: Any, private_dns_enabled: bool) -> None:
        stack = make_stack(app, "consumer")
        network, read = existing(stack, there), STATE.read(stack, "producer")
        groups = {"security_group_ids": [there.group]}
        ResourceEndpoint(stack, "orders", read["orders"], network, **groups)
        ServiceNetworkEndpoint(
            stack, "finance", read["finance"], network, private_dns_enabled=private_dns_enabled, **groups
        )

    producer, _ = write(tmp_path, produce)
    terraform_on_aws.apply(producer)
    must_be_logged(terraform_on_aws, aws, producer)
    _, consumer = write(tmp_path, lambda app: consume(app, True))
    terraform_on_aws.init(consumer)
    printed = flat(terraform_on_aws.run(consumer, "plan", "-input=false", expect=1))
    assert "Resource 'orders' is in the service network 'finance' too." in printed
    assert printed.count("Error:") == 1
    write(tmp_path, lambda app: consume(app, False))
    terraform_on_aws.apply(consumer)
    for stack in (consumer, producer):
        terraform_on_aws.destroy(stack)
    assert "als" not in aws.inventory()
