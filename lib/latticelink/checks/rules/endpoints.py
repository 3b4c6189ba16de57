"""Endpoints for VPC resources and service networks: what they name, where they are, and what AWS never changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity
from latticelink.checks.rules import pages
from latticelink.checks.rules.network_parts import (
    groups_named,
    ipv4_network_of,
    judge_addresses,
    judge_has_subnet,
    judge_home,
    judge_number_of_groups,
    parts_question,
    subnets_of,
    zone_of,
)
from latticelink.checks.rules.reading import (
    Problem,
    as_list,
    example,
    identity_of,
    judged,
    not_known,
    of_vpc,
    open_question,
    private_link_endpoints,
    read,
    target_of,
    verdict,
)
from latticelink.checks.rules.targets import gateway_of
from latticelink.paths import hops
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import ABSENT, Reference, Unknown, boolean
from latticelink.values.arns import looks_like_arn
from latticelink.values.aws_ids import MOST_GROUPS
from latticelink.values.types import (
    CONFIGURATION,
    ENDPOINT,
    ENDPOINT_ARNS,
    ENDPOINT_TYPES,
    GATEWAY,
    NETWORK,
    NETWORK_RESOURCE,
    SECURITY_GROUP,
    SUBNET,
    VPC,
)

Judge = Callable[[Configuration], Iterator[Judgement]]


def _of_each(judge: Callable[[Block], Iterator[Judgement]]) -> Judge:
    def judged_all(configuration: Configuration) -> Iterator[Judgement]:
        for block in private_link_endpoints(configuration):
            yield from judge(block)

    return judged_all


def _type_written(block: Block) -> Iterator[Judgement]:
    kind = read(block, "vpc_endpoint_type")
    if why := open_question(kind):
        yield not_known(block, why, "vpc_endpoint_type")
        return
    for wanted, argument in ENDPOINT_ARNS.items():
        if read(block, argument) is not ABSENT:
            stated = "isn't there, so the provider creates a Gateway" if kind is ABSENT else f"is {kind!r}"
            problem = (f"It has {argument}, and `vpc_endpoint_type` {stated}.", f'Write "{wanted}".')
            yield verdict(block, None if kind == wanted else problem)


def _names_its_resource(block: Block) -> Iterator[Judgement]:
    kind = read(block, "vpc_endpoint_type")
    if kind not in ENDPOINT_TYPES:
        return
    argument = ENDPOINT_ARNS[kind]
    problem = f"It is of type {kind} and has no {argument}.", f"Add `{argument}`."
    yield verdict(block, problem if read(block, argument) is ABSENT else None)


def _by_arn(block: Block) -> Iterator[Judgement]:
    for argument in ENDPOINT_ARNS.values():
        yield from judged(block, argument, _arn_problem, identity=True)


def _arn_problem(value: Any) -> Problem:
    if isinstance(value, Reference):
        wrong = value.attribute == "id" and value.block.type in (CONFIGURATION, NETWORK)
    else:
        wrong = not looks_like_arn(value)
    return (f"It is {value}, which is not an ARN.", "Write the `.arn`.") if wrong else None


def _one_subnet_in_each_zone(block: Block) -> Iterator[Judgement]:
    subnets = read(block, "subnet_ids")
    if subnets is ABSENT:
        return
    found = subnets_of(block)
    zones = [zone_of(subnet) for subnet in found]
    twice = next((zone for zone in zones if zone and zones.count(zone) > 1), None)
    same = [subnet.full_address for subnet, zone in zip(found, zones, strict=True) if zone == twice]
    if twice:
        yield verdict(block, f"{' and '.join(same)} are in {twice}.")
    elif isinstance(subnets, Unknown):
        yield not_known(block, subnets, "subnet_ids")
    elif len(as_list(subnets)) == 1 or (len(found) == len(as_list(subnets)) and "" not in zones):
        yield verdict(block, None)
    else:
        why = Unknown("the zones of some subnets aren't in the files")
        yield not_known(block, why, "subnet_ids")


def _several_zones(block: Block) -> Iterator[Judgement]:
    subnets = read(block, "subnet_ids")
    if isinstance(subnets, Unknown):
        yield not_known(block, subnets, "subnet_ids")
    elif isinstance(subnets, list) and subnets:
        yield verdict(block, "It has one subnet." if len(subnets) == 1 else None)


def _names_groups(block: Block) -> Iterator[Judgement]:
    yield groups_named(block)


def configuration_of(endpoint: Block) -> Block | None:
    """Return the resource configuration of an endpoint, if it is in the files."""
    return target_of(endpoint, "resource_configuration_arn", CONFIGURATION)


def _other_vpc(configuration: Configuration) -> Iterator[Judgement]:
    for block in private_link_endpoints(configuration):
        shared = configuration_of(block)
        gateway = gateway_of(shared) if shared else None
        if gateway is None:
            continue
        ours, theirs = of_vpc(block), of_vpc(gateway)
        if ours and theirs and (ours == theirs or ours.startswith("vpc-") == theirs.startswith("vpc-")):
            yield verdict(block, f"{gateway.full_address} is in the same VPC." if ours == theirs else None)
        else:
            why = Unknown(
                f"whether {ours or 'it'} is {theirs or f'the VPC of {gateway.full_address}'} can't be determined"
            )
            yield not_known(block, why, "vpc_id")


def _private_dns_once(configuration: Configuration) -> Iterator[Judgement]:
    """Find the VPCs that reach one resource by both types of endpoint with private DNS."""
    in_network = _InNetwork(configuration)
    endpoints = [block for block in private_link_endpoints(configuration) if _may_be_private(block)]
    through = [block for block in endpoints if read(block, "service_network_arn") is not ABSENT]
    for block in endpoints:
        shared, vpc = configuration_of(block), read(block, "vpc_id")
        if shared is None:
            continue
        if why := open_question(vpc, identity=True):
            yield not_known(block, why, "vpc_id")
            continue
        answers = [(other, in_network.reaches(other, shared, identity_of(vpc))) for other in through]
        other = next((each for each, answer in answers if answer is True), None)
        doubt = next((answer for _, answer in answers if isinstance(answer, Unknown)), None)
        if other is not None:
            doubt = open_question([read(each, "private_dns_enabled") for each in (block, other)])
        if doubt:
            yield not_known(block, doubt, "private_dns_enabled")
        else:
            yield verdict(
                block, f"{other.full_address} reaches {shared.full_address} in this VPC too." if other else None
            )


class _InNetwork:
    """Which resource configurations are in which service network."""

    def __init__(self, configuration: Configuration) -> None:
        self._members: set[tuple[Block, Block]] = set()
        self._doubt: Unknown | None = None
        for association in configuration.of_type(NETWORK_RESOURCE):
            network = read(association, "service_network_identifier")
            shared = read(association, "resource_configuration_identifier")
            if isinstance(network, Reference) and isinstance(shared, Reference):
                self._members.add((network.block, shared.block))
            self._doubt = self._doubt or open_question([network, shared], identity=True)

    def reaches(self, endpoint: Block, shared: Block, vpc: str) -> bool | Unknown:
        """Return whether an endpoint for a service network leads from a VPC to a resource configuration."""
        where, network = read(endpoint, "vpc_id"), read(endpoint, "service_network_arn")
        if identity_of(where) not in ("", vpc):
            return False
        if why := open_question([where, network], identity=True):
            return why
        if isinstance(network, Reference) and (network.block, shared) in self._members:
            return True
        return self._doubt or False


def _may_be_private(block: Block) -> bool:
    private = read(block, "private_dns_enabled")
    return private is not ABSENT and boolean(private) is not False


def _replaced(block: Block) -> Iterator[Judgement]:
    if block.home.raw.is_unfolded:  # No plan has `lifecycle`.
        return
    fixed = [key for key in ("subnet_ids", "ip_address_type", "private_dns_enabled") if read(block, key) is not ABSENT]
    triggers = block.body.get("lifecycle")
    triggers = triggers[0] if isinstance(triggers, list) and triggers else triggers
    ready = isinstance(triggers, dict) and triggers.get("replace_triggered_by")
    yield verdict(block, f"A change to {', '.join(fixed)} is planned in place." if fixed and not ready else None)


def _dns_attributes(block: Block) -> Iterator[Judgement]:
    private = read(block, "private_dns_enabled")
    vpc = target_of(block, "vpc_id", VPC)
    if private is ABSENT or vpc is None or vpc.mode != "resource":
        return
    hostnames, support = read(vpc, "enable_dns_hostnames"), read(vpc, "enable_dns_support")
    if why := open_question([private, hostnames, support]):
        yield not_known(block, why, "private_dns_enabled")
        return
    # The provider's defaults.
    off = ["enable_dns_hostnames"] if not boolean(hostnames) else []
    off += ["enable_dns_support"] if boolean(support) is False else []
    wrong = boolean(private) and off
    yield verdict(block, f"Private DNS is on, and {vpc.full_address} has {' and '.join(off)} off." if wrong else None)


def _subnets_fit(block: Block) -> Iterator[Judgement]:
    kind = read(block, "ip_address_type")
    if kind is ABSENT:
        return
    if why := open_question(kind):
        yield not_known(block, why, "ip_address_type")
    else:
        yield from judge_addresses(block, str(kind).upper(), ipv6_alone=False)


def _home(block: Block) -> Iterator[Judgement]:
    yield from judge_home(block, [("subnet_ids", SUBNET), ("security_group_ids", SECURITY_GROUP)])


def _room(configuration: Configuration) -> Iterator[Judgement]:
    for block in private_link_endpoints(configuration):
        if read(block, "vpc_endpoint_type") != "ServiceNetwork":
            continue
        if why := parts_question(block, "subnet_ids", SUBNET, "cidr_block"):
            yield not_known(block, why, "subnet_ids")
        for subnet in subnets_of(block):
            network = ipv4_network_of(subnet)
            if isinstance(network, Unknown):
                yield not_known(block, network, f"cidr_block of {subnet.address}")
            elif network is not None:
                # AWS keeps the first four addresses and the last, so the first and last /28 of a subnet are never free.
                small = network.prefixlen >= 27
                yield verdict(block, f"{subnet.full_address} is {network}, with no free /28 block." if small else None)


def _endpoint(*more: tuple[str, str, dict[str, Any]], **body: Any) -> str:
    usual = {
        "vpc_endpoint_type": "Resource",
        "resource_configuration_arn": f"${{{CONFIGURATION}.db.arn}}",
        "vpc_id": "${aws_vpc.v.id}",
    }
    return example(
        (ENDPOINT, "db", {key: value for key, value in {**usual, **body}.items() if value is not None}), *more
    )


def _subnet(name: str, **body: Any) -> tuple[str, str, dict[str, Any]]:
    return SUBNET, name, {"vpc_id": "${aws_vpc.v.id}", "cidr_block": "10.0.0.0/24", **body}


def _vpc(**body: Any) -> tuple[str, str, dict[str, Any]]:
    return VPC, "v", {"cidr_block": "10.0.0.0/16", **body}


_A, _B = "${aws_subnet.a.id}", "${aws_subnet.b.id}"
_TWO_ZONES = _subnet("a", availability_zone="eu-west-1a"), _subnet("b", availability_zone="eu-west-1b")
_IDS = [f"sg-1234567{number}" for number in range(MOST_GROUPS + 1)]
_OTHERS = (VPC, "p", {"cidr_block": "10.0.0.0/16"})
_SHARED = (CONFIGURATION, "db", {"resource_gateway_identifier": f"${{{GATEWAY}.g.id}}"})
_PRODUCER = (GATEWAY, "g", {"name": "gateway", "vpc_id": "${aws_vpc.p.id}"})
_IN_NETWORK = (
    NETWORK_RESOURCE,
    "db",
    {
        "resource_configuration_identifier": f"${{{CONFIGURATION}.db.id}}",
        "service_network_identifier": f"${{{NETWORK}.n.id}}",
    },
)


def _to_network(private_dns: bool) -> str:
    to_network = {
        "vpc_endpoint_type": "ServiceNetwork",
        "service_network_arn": f"${{{NETWORK}.n.arn}}",
        "vpc_id": "${aws_vpc.v.id}",
        "private_dns_enabled": private_dns,
    }
    network = (NETWORK, "n", {"name": "shared"})
    return _endpoint(_vpc(), _SHARED, network, _IN_NETWORK, (ENDPOINT, "n", to_network), private_dns_enabled=True)


CHECKS = (
    Check(
        id="LL501",
        severity=Severity.ERROR,
        title="An endpoint states its type, Resource or ServiceNetwork",
        why="The provider creates a Gateway endpoint if no type is given, and AWS refuses the ARN.",
        source=pages.TF_ENDPOINT,
        fix="Write `vpc_endpoint_type`.",
        passing=_endpoint(),
        failing=_endpoint(vpc_endpoint_type=None),
        judge=_of_each(_type_written),
        as_written=True,
    ),
    Check(
        id="LL502",
        severity=Severity.ERROR,
        title="An endpoint names a resource configuration or a service network",
        why="A Resource endpoint leads to one resource configuration, a ServiceNetwork endpoint to one service "
        "network. The provider accepts one without, and AWS refuses it.",
        source=pages.TF_ENDPOINT,
        fix="Give it the ARN that its type requires.",
        passing=_endpoint(),
        failing=_endpoint(resource_configuration_arn=None),
        judge=_of_each(_names_its_resource),
        as_written=True,
    ),
    Check(
        id="LL503",
        severity=Severity.ERROR,
        title="An endpoint names its resource configuration or service network by ARN",
        why="AWS accepts an ARN here, whereas associations use an id.",
        source=pages.CREATE_ENDPOINT,
        fix="Write the `.arn`.",
        passing=_endpoint(_SHARED),
        failing=_endpoint(_SHARED, resource_configuration_arn=f"${{{CONFIGURATION}.db.id}}"),
        judge=_of_each(_by_arn),
    ),
    Check(
        id="LL504",
        severity=Severity.ERROR,
        title="An endpoint has a subnet",
        why="It gets its addresses there, and no subnet can be added later.",
        source=pages.ACCESS,
        fix="Add one subnet for each zone that clients are in.",
        passing=_endpoint(subnet_ids=["subnet-12345678"]),
        failing=_endpoint(subnet_ids=[]),
        judge=_of_each(judge_has_subnet),
    ),
    Check(
        id="LL505",
        severity=Severity.ERROR,
        title="An endpoint has one subnet in each zone",
        why="AWS refuses a second subnet in a zone.",
        source=pages.ACCESS,
        fix="Keep one of them.",
        passing=_endpoint(*_TWO_ZONES, subnet_ids=[_A, _B]),
        failing=_endpoint(
            _subnet("a", availability_zone="eu-west-1a"),
            _subnet("b", availability_zone="eu-west-1a"),
            subnet_ids=[_A, _B],
        ),
        judge=_of_each(_one_subnet_in_each_zone),
    ),
    Check(
        id="LL506",
        severity=Severity.NOTE,
        title="An endpoint is in more than one zone",
        why="AWS advises two or more. Adding one later replaces the endpoint.",
        source=pages.ACCESS,
        fix="Add a subnet in another zone.",
        passing=_endpoint(subnet_ids=["subnet-12345678", "subnet-87654321"]),
        failing=_endpoint(subnet_ids=["subnet-12345678"]),
        judge=_of_each(_several_zones),
    ),
    Check(
        id="LL507",
        severity=Severity.WARNING,
        title="An endpoint names its security groups",
        why="Otherwise it gets the VPC's default group, which lets in only its own members.",
        source=pages.CREATE_ENDPOINT,
        fix="Give it a group that lets the clients in on the shared ports.",
        passing=_endpoint(security_group_ids=["sg-12345678"]),
        failing=_endpoint(security_group_ids=[]),
        judge=_of_each(_names_groups),
    ),
    Check(
        id="LL508",
        severity=Severity.WARNING,
        title=f"An endpoint has at most {MOST_GROUPS} security groups",
        why=f"More than {MOST_GROUPS} on a network interface require a higher quota.",
        source="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
        fix="Combine the rules into fewer groups.",
        passing=_endpoint(security_group_ids=_IDS[:MOST_GROUPS]),
        failing=_endpoint(security_group_ids=_IDS),
        judge=_of_each(judge_number_of_groups),
    ),
    Check(
        id="LL509",
        severity=Severity.ERROR,
        title="An endpoint's subnets and security groups are in its VPC",
        why="AWS refuses those of another VPC.",
        source=pages.CREATE_ENDPOINT,
        fix="Use subnets and groups of the endpoint's VPC.",
        passing=_endpoint(_vpc(), _subnet("a"), subnet_ids=[_A]),
        failing=_endpoint(_vpc(), _OTHERS, _subnet("a", vpc_id="${aws_vpc.p.id}"), subnet_ids=[_A]),
        judge=_of_each(_home),
    ),
    Check(
        id="LL510",
        severity=Severity.ERROR,
        title="An endpoint is in a different VPC than the resource gateway",
        why="AWS creates no endpoint in the VPC that the resource is shared from.",
        source=pages.ENDPOINT,
        fix="Put the endpoint in another VPC, or reach the resource directly.",
        passing=_endpoint(_vpc(), _OTHERS, _SHARED, _PRODUCER),
        failing=_endpoint(_vpc(), _OTHERS, _SHARED, _PRODUCER, vpc_id="${aws_vpc.p.id}"),
        judge=_other_vpc,
        hop=hops.ENDPOINTS_VPC,
    ),
    Check(
        id="LL511",
        severity=Severity.ERROR,
        title="A VPC has private DNS for a resource through one type of endpoint only",
        why="With private DNS, AWS doesn't create both a Resource and a ServiceNetwork endpoint for the same "
        "resource configuration in one VPC.",
        source=pages.CONFIGURATION,
        fix="Remove one of the endpoints, or set `private_dns_enabled = false` on it.",
        passing=_to_network(private_dns=False),
        failing=_to_network(private_dns=True),
        judge=_private_dns_once,
    ),
    Check(
        id="LL512",
        severity=Severity.NOTE,
        title="What AWS fixes when it creates an endpoint is replaced, not changed",
        why="AWS lets only an endpoint's security groups and tags change. The provider plans changes to subnets, "
        "address type and (before 6.28) private DNS as in-place updates, and the apply fails.",
        source=pages.ENDPOINT,
        fix="Put these values into a terraform_data, and refer to it in `lifecycle.replace_triggered_by`.",
        passing=_endpoint(
            ("terraform_data", "fixed", {"input": ["subnet-12345678"]}),
            subnet_ids=["subnet-12345678"],
            lifecycle={"replace_triggered_by": ["terraform_data.fixed"]},
        ),
        failing=_endpoint(subnet_ids=["subnet-12345678"]),
        judge=_of_each(_replaced),
        as_written=True,
    ),
    Check(
        id="LL513",
        severity=Severity.ERROR,
        title="Private DNS is used in a VPC with DNS hostnames and DNS resolution turned on",
        why="AWS requires both attributes for an endpoint's private DNS. In Terraform, enable_dns_hostnames is off "
        "by default.",
        source=pages.ACCESS,
        fix="Set `enable_dns_hostnames` and `enable_dns_support` on the VPC, or `private_dns_enabled = false`.",
        passing=_endpoint(_vpc(enable_dns_hostnames=True), private_dns_enabled=True),
        failing=_endpoint(_vpc(), private_dns_enabled=True),
        judge=_of_each(_dns_attributes),
        hop=hops.PRIVATE_DNS,
    ),
    Check(
        id="LL515",
        severity=Severity.ERROR,
        title="An endpoint's subnets have the kind of addresses that its address type requires",
        why="ipv4 requires subnets with IPv4, ipv6 with IPv6, dualstack with both.",
        source=pages.ACCESS,
        fix="Use other subnets, or another address type.",
        passing=_endpoint(_subnet("a"), subnet_ids=[_A], ip_address_type="ipv4"),
        failing=_endpoint(_subnet("a"), subnet_ids=[_A], ip_address_type="dualstack"),
        judge=_of_each(_subnets_fit),
    ),
    Check(
        id="LL516",
        severity=Severity.WARNING,
        title="A service-network endpoint's subnets have enough free addresses",
        why="AWS uses an unused /28 block in each zone, even if the network has no services, and an "
        "address for each resource. A /27 or /28 has no such block, because AWS reserves five addresses at the ends of "
        "each subnet.",
        source=pages.NETWORK_ENDPOINT,
        fix="Use subnets of /26 or larger, or a service-network VPC association, which takes no addresses.",
        passing=_endpoint(
            _subnet("a"),
            vpc_endpoint_type="ServiceNetwork",
            resource_configuration_arn=None,
            service_network_arn=f"${{{NETWORK}.n.arn}}",
            subnet_ids=[_A],
        ),
        failing=_endpoint(
            _subnet("a", cidr_block="10.0.0.0/27"),
            vpc_endpoint_type="ServiceNetwork",
            resource_configuration_arn=None,
            service_network_arn=f"${{{NETWORK}.n.arn}}",
            subnet_ids=[_A],
        ),
        judge=_room,
    ),
)
