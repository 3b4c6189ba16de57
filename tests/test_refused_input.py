"""Bad input, as a user meets it: everything that is wrong, once, readable, with nothing written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink import (
    CloudState,
    DnsResource,
    ExistingNetwork,
    InvalidInput,
    IpResource,
    LocalState,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    SharedResource,
    Stack,
    Subnet,
)

import pytest

from tests.flavour import bindings
from tests.test_scenario import run_main

ZONES = ["ap-northeast-1a", "ap-northeast-1c"]
GROUPS = [f"sg-{number:017d}" for number in range(6)]
ARN = "arn:aws:vpc-lattice:ap-northeast-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0"
BAD_VPC = "The block of a VPC or subnet is IPv4, from /16 (65,536 addresses) to /28 (16 addresses)."


def network(stack: Any, **arguments: Any) -> Any:
    return Network(stack, "network", **{"cidr": "172.18.0.0/16", "zones": ZONES, **arguments})


def gateway(stack: Any, **arguments: Any) -> Any:
    return ResourceGateway(stack, "gateway", network(stack), **arguments)


def share(stack: Any, name: str = "nginx", resource: Any = None, **arguments: Any) -> Any:
    return gateway(stack).share(name, resource or IpResource("172.18.0.9"), **{"ports": [80], **arguments})


def endpoint(stack: Any, given_network: Any = None, **arguments: Any) -> Any:
    from latticelink.values.ports import PortRange, Ports

    shared = arguments.pop("shared", None) or SharedResource("nginx", ARN, Ports((PortRange(80, 80),)))
    given_network = given_network or network(stack)
    return ResourceEndpoint(stack, "nginx", shared, given_network, **{"client_cidrs": ["10.0.0.0/8"], **arguments})


TABLE: list[tuple[str, Callable[[Any], Any], str, str, str]] = [
    (
        "a wrong CIDR",
        lambda stack: network(stack, cidr="172.18.0.0/33"),
        "producer/network/cidr = '172.18.0.0/33'",
        "A CIDR block is an address, a slash and a prefix length.",
        "Write, for example, '172.18.0.0/16'.",
    ),
    (
        "a CIDR with host bits",
        lambda stack: network(stack, cidr="172.18.0.1/16"),
        "producer/network/cidr = '172.18.0.1/16'",
        "A CIDR block is written with its first address, in its shortest form.",
        "Write '172.18.0.0/16'.",
    ),
    (
        "subnets that overlap",
        lambda stack: network(
            stack, zones=(), subnets=[Subnet(ZONES[0], "172.18.0.0/24"), Subnet(ZONES[1], "172.18.0.0/25")]
        ),
        "producer/network/subnets['ap-northeast-1c'].cidr = '172.18.0.0/25'",
        "The subnets of a VPC do not overlap; subnet 'ap-northeast-1a' is 172.18.0.0/24.",
        "Give each subnet a range of its own.",
    ),
    (
        "a subnet of another VPC",
        lambda stack: network(stack, zones=(), subnets=[Subnet(ZONES[0], "172.19.0.0/24")]),
        "producer/network/subnets['ap-northeast-1a'].cidr = '172.19.0.0/24'",
        "A subnet lies inside its VPC's block, which is 172.18.0.0/16.",
        "Take a part of 172.18.0.0/16, or widen the VPC.",
    ),
    (
        "a subnet smaller than /28",
        lambda stack: network(stack, zones=(), subnets=[Subnet(ZONES[0], "172.18.0.0/29")]),
        "producer/network/subnets['ap-northeast-1a'].cidr = '172.18.0.0/29'",
        BAD_VPC,
        "Choose a prefix length from 16 to 28, such as '172.18.0.0/16'.",
    ),
    (
        "a zone of another region",
        lambda stack: network(stack, zones=["us-east-1a"]),
        "producer/network/subnets['us-east-1a'].zone = 'us-east-1a'",
        "A zone is named by its region (here ap-northeast-1) and a letter.",
        "Write a name such as 'ap-northeast-1a'.",
    ),
    (
        "no subnet",
        lambda stack: network(stack, zones=[]),
        "producer/network/zones = []",
        "A network has at least one subnet: either zones to create them in, or subnets.",
        "Write, for example, zones=['ap-northeast-1a', 'ap-northeast-1c'].",
    ),
    (
        "no subnet in an existing network",
        lambda stack: ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=[]),
        "producer/network/subnet_ids = []",
        "A network has at least one subnet.",
        "Give the ids of the subnets, one for each zone.",
    ),
    (
        "two subnets in one zone for an endpoint",
        lambda stack: endpoint(
            stack,
            network(
                stack,
                zones=(),
                subnets=[Subnet(ZONES[0], "172.18.0.0/24", "web"), Subnet(ZONES[0], "172.18.1.0/24", "db")],
            ),
        ),
        "producer/nginx/subnets = ['db', 'web']",
        "An endpoint has one subnet in each zone; these are all in ap-northeast-1a.",
        "Choose one of them, such as subnets=['db'].",
    ),
    (
        "an unknown subnet",
        lambda stack: gateway(stack, subnets=["a"]),
        "producer/gateway/subnets = 'a'",
        "The network's subnets are ap-northeast-1a, ap-northeast-1c.",
        "Write one of these.",
    ),
    (
        "a public address",
        lambda _: IpResource("8.8.8.8"),
        "IpResource/address = '8.8.8.8'",
        "AWS shares IPv4 addresses in 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 and 192.168.0.0/16 only.",
        "Give the resource's private address.",
    ),
    (
        "port 0",
        lambda stack: share(stack, ports=[0]),
        "producer/gateway/nginx/ports = 0",
        "A port is a number from 1 to 65535; a range is two of them, low to high, such as '8000-8080'.",
        "Write, for example, 443 or '8000-8080'.",
    ),
    (
        "port 70000",
        lambda stack: share(stack, ports=[70000]),
        "producer/gateway/nginx/ports = 70000",
        "A port is a number from 1 to 65535; a range is two of them, low to high, such as '8000-8080'.",
        "Write, for example, 443 or '8000-8080'.",
    ),
    (
        "a range from high to low",
        lambda stack: share(stack, ports=["200-100"]),
        "producer/gateway/nginx/ports = '200-100'",
        "A port is a number from 1 to 65535; a range is two of them, low to high, such as '8000-8080'.",
        "Write '100-200'.",
    ),
    (
        "a configuration narrower than its ports",
        lambda stack: share(stack, ports=[80, 443], port_ranges=[443]),
        "producer/gateway/nginx/port_ranges = [443]",
        "The resource configuration must cover the ports that clients use, which are 80, 443.",
        "Leave it out, or widen it.",
    ),
    (
        "a gateway name that AWS refuses",
        lambda stack: gateway(stack, name="Bad_Name--"),
        "producer/gateway/name = 'Bad_Name--'",
        "The name of a resource gateway has 3 to 40 characters: lower-case letters, digits and single hyphens, "
        "no hyphen at either end, not starting with 'rgw-'.",
        "Write 'bad-name', or leave it out.",
    ),
    (
        "a configuration name like one of AWS's ids",
        lambda stack: share(stack, configuration_name="rcfg-mine"),
        "producer/gateway/nginx/configuration_name = 'rcfg-mine'",
        "The name of a resource configuration has 3 to 40 characters: lower-case letters, digits and single hyphens, "
        "no hyphen at either end, not starting with 'rcfg-'.",
        "Write 'x-rcfg-mine', or leave it out.",
    ),
    (
        "an expression where a plain name belongs",
        lambda stack: share(stack, name="${var.name}"),
        "producer/gateway/${var.name}/name = '${var.name}'",
        "The name of a shared resource has 1 to 64 letters, digits, spaces, dots, hyphens or underscores, and starts "
        "and ends with a letter or digit.",
        "Write the name itself: consumers look it up in the state before Terraform can fill in an expression.",
    ),
    (
        "a template directive in an AWS name",
        lambda stack: gateway(stack, name="%{if true}x%{endif}"),
        "producer/gateway/name = '%{if true}x%{endif}'",
        "The name of a resource gateway has 3 to 40 characters: lower-case letters, digits and single hyphens, "
        "no hyphen at either end, not starting with 'rgw-'.",
        "Write 'producer-gateway', or leave it out.",
    ),
    (
        "a private DNS name of EC2 as a DNS target",
        lambda stack: share(
            stack, resource=DnsResource("ip-172-18-0-9.ap-northeast-1.compute.internal", cidrs=["172.18.0.0/16"])
        ),
        "producer/gateway/nginx/resource = 'ip-172-18-0-9.ap-northeast-1.compute.internal'",
        "This gateway resolves names in the public DNS; EC2's private names resolve only in their own VPC.",
        "Share the address instead: IpResource('172.18.0.9'). Or give the gateway dns_resolution=\"IN_VPC\", which "
        "needs AWS provider 6.48.0 or newer, so that the VPC's own DNS resolves the name.",
    ),
    (
        "a DNS target that the gateway would have no way out to",
        lambda _: DnsResource("db.example.com"),
        "DnsResource/cidrs = ()",
        "The gateway's security group must allow traffic to the target, and a name alone doesn't say where that is.",
        "Give the target's security_group_id, or the cidrs that the name resolves to.",
    ),
    (
        "a gateway's way to resolve names that an allowed provider lacks",
        lambda stack: gateway(stack, dns_resolution="IN_VPC"),
        "producer/gateway/dns_resolution = 'IN_VPC'",
        "It is written as aws_vpclattice_resource_gateway.resource_config_dns_resolution, which is surely in AWS "
        "provider 6.48.0; this stack's constraint, '>= 6.25.0, < 7.0.0', allows older ones.",
        'Give the stack aws_provider=">= 6.48.0, < 7.0.0", or leave dns_resolution out.',
    ),
    (
        "a choice of names that an allowed provider lacks",
        lambda stack: endpoint(stack, private_dns_preference="ALL_DOMAINS"),
        "producer/nginx/private_dns_preference = 'ALL_DOMAINS'",
        "It is written as aws_vpc_endpoint.dns_options.private_dns_preference, which came with AWS provider 6.28.0; "
        "this stack's constraint, '>= 6.25.0, < 7.0.0', allows older ones.",
        'Give the stack aws_provider=">= 6.28.0, < 7.0.0", or leave private_dns_preference out.',
    ),
    (
        "IPv6 in a network without it",
        lambda stack: endpoint(stack, ip_address_type="dualstack"),
        "producer/nginx/ip_address_type = 'dualstack'",
        "All subnets need addresses of this type; those of this network have only IPv4 addresses.",
        "Write Network(..., ipv6=True) and make it dual-stack, or leave it out.",
    ),
    (
        "an IPv6 target of an IPv4 gateway",
        lambda stack: share(stack, resource=IpResource("2001:db8::9")),
        "producer/gateway/nginx/resource = '2001:db8::9'",
        "A gateway of type IPV4 has no IPv6 addresses to reach this resource from.",
        "Share the resource's IPv4 address, or give the gateway ip_address_type='DUALSTACK'.",
    ),
    (
        "six security groups",
        lambda stack: gateway(stack, security_group_ids=GROUPS),
        f"producer/gateway/security_group_ids = {GROUPS!r}"[:130],
        "One to 5 security groups can be attached.",
        "Combine the rules into fewer groups.",
    ),
    (
        "an endpoint for nobody",
        lambda stack: endpoint(stack, client_cidrs=[]),
        "producer/nginx/client_cidrs = []",
        "The endpoint's security group lets in only the clients that you name, and none is named.",
        "Write client_cidrs=[network.cidr], name client_security_group_ids, or give your own security_group_ids.",
    ),
    (
        "clients for groups that are not made here",
        lambda stack: endpoint(stack, security_group_ids=GROUPS[:1]),
        f"producer/nginx/security_group_ids = ('{GROUPS[0]}',)",
        "Rules are created only in a group that is created here.",
        "Leave out the clients and put the rules in your groups, or leave out security_group_ids.",
    ),
    (
        "one block where a list of blocks belongs",
        lambda stack: endpoint(stack, client_cidrs="10.0.0.0/8"),
        "producer/nginx/client_cidrs = '10.0.0.0/8'",
        "CIDR blocks are given as a list.",
        "Write ['10.0.0.0/8'].",
    ),
    (
        "an expression where a private DNS name belongs",
        lambda stack: endpoint(stack, dns_name="${var.host}.shared.internal"),
        "producer/nginx/dns_name = '${var.host}.shared.internal'",
        "The private zone and its Terraform address are named after dns_name, so it must be a plain string.",
        "Write the name itself, or create a record of your own that points to the endpoint's default_dns_name.",
    ),
    (
        "a state that is none",
        lambda stack: Stack(stack.node.root, "other", state="local", region="eu-west-1"),
        "other/state = 'local'",
        "The state of a stack is kept in a LocalState, an S3State or a CloudState.",
        "Write state=LocalState(), S3State(bucket, region) or CloudState(organization).",
    ),
    (
        "an endpoint in the producer's VPC, by id",
        lambda stack: endpoint(
            stack,
            ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"]),
            shared=SharedResource("nginx", ARN, "${x.ports}", vpc_id="vpc-12345678"),
        ),
        "producer/nginx/network = 'vpc-12345678'",
        "AWS doesn't create a resource endpoint in the VPC that the resource is shared from.",
        "Put the endpoint in another VPC, or reach 'nginx' directly.",
    ),
    (
        "an absolute folder for local state",
        lambda _: LocalState("/var/state"),
        "LocalState/directory = '/var/state'",
        "The folder of local state is a path relative to the stack's folder, so that the output works on any machine.",
        "Write, for example, '../../../state', which is 'state' beside 'cdktf.out'.",
    ),
    (
        "one workspace for all stacks",
        lambda _: CloudState("acme", workspace="shop"),
        "CloudState/workspace = 'shop'",
        "A workspace's name has letters, digits, hyphens and underscores, and '{stack}' for the stack's id, as every "
        "stack has a workspace of its own.",
        "Write, for example, 'shop-{stack}'.",
    ),
]


@pytest.mark.parametrize(("what", "build", "place", "rule", "fix"), TABLE, ids=[row[0] for row in TABLE])
def test_bad_input_is_refused_with_place_value_rule_and_fix(
    stack: Any, what: str, build: Callable[[Any], Any], place: str, rule: str, fix: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        build(stack)
    [finding] = caught.value.findings
    assert f"{'/'.join(finding.place)} = {finding.value}".startswith(place), what
    assert (finding.rule, finding.fix) == (rule, fix)
    assert re.fullmatch(r"tests/test_refused_input\.py:[0-9]+", finding.line)


def test_two_vpcs_with_the_same_cidr_are_allowed(synthesise: Any) -> None:
    def build(app: Any) -> None:
        state = LocalState()
        for name in ("one", "two"):
            network(Stack(app, name, state=state, region="ap-northeast-1"), cidr="172.18.0.0/16")

    assert [template.one("aws_vpc")["cidr_block"] for template in synthesise(build).values()] == ["172.18.0.0/16"] * 2


def test_a_token_passes_every_check(synthesise: Any) -> None:
    """Nothing that only Terraform knows is judged, wherever it stands."""

    def build(app: Any) -> None:
        stack = Stack(app, "producer", state=LocalState(), region="${var.region}")
        database = bindings("db_instance").DbInstance(stack, "db", instance_class="db.t4g.micro")
        existing = ExistingNetwork(
            stack,
            "network",
            vpc_id="${aws_vpc.v.id}",
            subnet_ids=["${aws_subnet.a.id}"],
            cidr="${aws_vpc.v.cidr_block}",
        )
        made = ResourceGateway(
            stack,
            "gateway",
            existing,
            security_group_ids=["${aws_security_group.g.id}"],
            subnets=["${aws_subnet.a.id}"],
        )
        target = IpResource("${aws_instance.i.private_ip}", security_group_id="${aws_security_group.t.id}")
        shared = made.share("db", target, ports=["${var.port}", database.port])
        LocalState().publish(stack, shared)
        endpoint(
            stack,
            existing,
            client_cidrs=[existing.cidr],
            client_security_group_ids=["${aws_security_group.c.id}"],
        )

    producer = synthesise(build)["producer"]
    assert producer.one("aws_vpclattice_resource_gateway")["vpc_id"] == "${aws_vpc.v.id}"
    ports = ["${var.port}", "${aws_db_instance.db.port}"]
    assert producer.one("aws_vpclattice_resource_configuration")["port_ranges"] == ports
    published = producer.json["output"]["latticelink"]["value"]["resources"]["db"]["ports"]
    assert published == ["${tostring(var.port)}", "${tostring(aws_db_instance.db.port)}"], "texts, as the contract says"
    rules = producer.all("aws_vpc_security_group_ingress_rule")
    into_target = [rule for rule in rules if rule["security_group_id"] == "${aws_security_group.t.id}"]
    assert {(rule["from_port"], rule["to_port"]) for rule in into_target} == {(port, port) for port in ports}


EVERYTHING_WRONG: dict[str, Any] = {
    "regoin": "ap-northeast-1",
    "instance_type": "tiny",
    "aws_provider": "~> 4.0",
    "producer_cidr": "172.18.0.0/33",
    "consumer_subnets": {"ap-northeast-1a": "10.0.0.0/24"},
    "gateway_name": "Bad_Name--",
    "dns_name": "nginx",
}


def test_all_that_is_wrong_in_cdktf_json_is_told_in_one_run_and_nothing_is_written(tmp_path: Path) -> None:
    result = run_main(tmp_path, settings=EVERYTHING_WRONG)
    assert result.returncode == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("7 problems in the input; nothing was written.\n")
    for part in (
        "regoin = 'ap-northeast-1'",
        "The settings are: aws_provider, configuration_name, consumer_cidr, consumer_subnets, dns_name, endpoint_name, "
        "gateway_name, instance_type, producer_cidr, producer_subnets, region, state.",
        "instance_type = 'tiny'",
        "aws_provider = '~> 4.0'",
        "cidr = '172.18.0.0/33'",
        "subnets['ap-northeast-1a'].cidr = '10.0.0.0/24'",
        "name = 'Bad_Name--'",
        "dns_name = 'nginx'",
    ):
        assert part in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["cdktf.json"]


def test_a_refused_run_leaves_the_output_of_the_last_good_one_alone(tmp_path: Path) -> None:
    assert run_main(tmp_path, settings={}).returncode == 0
    before = {path: path.read_bytes() for path in (tmp_path / "cdktf.out").rglob("*") if path.is_file()}
    assert run_main(tmp_path, settings=EVERYTHING_WRONG).returncode == 1
    assert {path: path.read_bytes() for path in (tmp_path / "cdktf.out").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "content = None"),
        ("[]", "content = []"),
        ('{"context": []}', "context = []"),
        ('{"context": {"latticelink": []}}', "latticelink = []"),
        ('{"context": {"region": "eu-west-1"}}', "Settings are inside 'latticelink'."),
        ('{"context": {"latticelinks": {"region": "eu-west-1"}}}', "The settings are in 'latticelink'."),
        ('{"context": {"latticelink": {"gateway_name": null}}}', "Write one, or leave the key out."),
        ('{"context": {"latticelink": {"region": "eu-wst-1"}}}', "Write a code such as 'eu-west-1'."),
        ('{"context": {"latticelink": {"state": {"kind": ["s3"]}}}}', "State has a kind: cloud, local, s3."),
        ('{"context": {"latticelink": {"region": 7}}}', "The setting is a string."),
        ('{"context": {"latticelink": {"producer_subnets": []}}}', "Subnets are a JSON object"),
        ('{"context": {"latticelink": {"state": "s3"}}}', "State has a kind: cloud, local, s3."),
        ('{"context": {"latticelink": {"state": {"kind": "local", "token": "x"}}}}', "takes no token"),
        ('{"context": {"latticelink": {"state": {"kind": "s3"}}}}', 'Add "bucket": "...", "region": "..."'),
        ('{"context": {"latticelink": {"state": {"kind": "cloud"}}}}', 'Add "organization": "..."'),
    ],
)
def test_a_cdktf_json_that_cannot_be_used_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "cdktf.json").write_text(content)
    result = run_main(tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "cdktf.out").exists()
