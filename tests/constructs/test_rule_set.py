"""A group's rules are a set: what AWS takes for one rule is there once, whoever asks for it, under a stable name."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from latticelink import (
    App,
    ArnResource,
    DnsResource,
    ExistingNetwork,
    ExistingSecurityGroup,
    GroupResource,
    IpResource,
    LocalState,
    Member,
    ResourceEndpoint,
    ResourceGateway,
    SecurityGroup,
    ServiceNetworkAssociation,
    SharedResource,
    Stack,
)
from latticelink.testing import Synthesise, SynthesisedApp, SynthesisedStack, read_synthesised

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import GROUP, OTHER_GROUP, STATE, existing, make_stack

RULES = {
    "ingress": "aws_vpc_security_group_ingress_rule",
    "egress": "aws_vpc_security_group_egress_rule",
}
PEERS = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
SERVICE_NETWORK = "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0123456789abcdef0"
ARN = "arn:aws:rds:eu-west-1:111122223333:cluster:orders"

Identity = tuple[Any, ...]


def identity(direction: str, rule: dict[str, Any]) -> Identity:
    """Return what AWS takes for one rule; rules for each port of a list differ from others by their expression."""
    [peer] = [rule[name] for name in PEERS if name in rule]
    return rule["security_group_id"], direction, rule["ip_protocol"], rule["from_port"], rule["to_port"], peer


def rules(template: SynthesisedStack) -> Iterator[tuple[str, Identity, dict[str, Any]]]:
    """Yield the rules of a stack: address, identity, and the arguments without the CDK's notes."""
    for direction, kind in RULES.items():
        for name, rule in template.json["resource"].get(kind, {}).items():
            yield f"{kind}.{name}", identity(direction, rule), {key: rule[key] for key in rule if key != "//"}


def has_each_once(template: SynthesisedStack) -> bool:
    found = [which for _, which, _ in rules(template)]
    assert found
    return max(Counter(found).values()) == 1


def by_address(template: SynthesisedStack) -> dict[str, dict[str, Any]]:
    return {address: arguments for address, _, arguments in rules(template)}


def written(synthesise: Synthesise, build: Callable[[Any, Any], object]) -> SynthesisedStack:
    def app(app: Any) -> None:
        stack = make_stack(app)
        build(stack, existing(stack))

    return synthesise(app)["producer"]


def two_addresses_in_one_group(stack: Any, network: Any) -> None:
    gateway = ResourceGateway(stack, "gateway", network)
    gateway.share("primary", IpResource("10.0.0.9", security_group_id=GROUP), ports=[5432])
    gateway.share("replica", IpResource("10.0.0.10", security_group_id=GROUP), ports=[5432])


def one_address_twice(stack: Any, network: Any) -> None:
    gateway = ResourceGateway(stack, "gateway", network, ingress_cidrs=["10.0.0.0/16"])
    gateway.share("one", IpResource("10.0.0.9"), ports=[5432])
    gateway.share("other", IpResource("10.0.0.9"), ports=["5432", 5432])


def an_address_and_its_block(stack: Any, network: Any) -> None:
    gateway = ResourceGateway(stack, "gateway", network)
    gateway.share("address", IpResource("10.0.0.9"), ports=[5432])
    gateway.share("name", DnsResource("db.example.com", cidrs=["10.0.0.9/32"]), ports=[5432])


def equal_blocks(stack: Any, network: Any) -> None:
    gateway = ResourceGateway(stack, "gateway", network)
    for name in ("one", "other"):
        gateway.share(name, DnsResource(f"{name}.example.com", cidrs=["10.0.0.0/24", "10.0.1.0/24"]), ports=[5432])


def two_spellings_of_one_address(stack: Any, network: Any) -> None:
    gateway = ResourceGateway(stack, "gateway", network, ip_address_type="DUALSTACK")
    for number, address in enumerate(("2001:db8::9", "2001:DB8:0::9")):
        gateway.share(f"db-{number}", IpResource(address), ports=[5432])


def members_of_a_group(stack: Any, network: Any) -> None:
    members = {
        name: Member(IpResource(f"10.0.0.{number}", security_group_id=GROUP), ports=[5432])
        for number, name in enumerate("abc")
    }
    ResourceGateway(stack, "gateway", network).share("orders", GroupResource(members))


def two_gateways_with_one_brought_group(stack: Any, network: Any) -> None:
    for name in ("one", "other"):
        gateway = ResourceGateway(stack, name, network, security_group_ids=[OTHER_GROUP])
        gateway.share(name, IpResource("10.0.0.9", security_group_id=GROUP), ports=[5432])


def a_target_and_words_of_the_user(stack: Any, network: Any) -> None:
    gateway = ResourceGateway(stack, "gateway", network)
    ExistingSecurityGroup(stack, "db", GROUP).let_in(group=gateway.group, ports=[5432], why="Mine")
    gateway.share("orders", IpResource("10.0.0.9", security_group_id=GROUP), ports=[5432])


def two_objects_for_one_group(stack: Any, _network: Any) -> None:
    for name in ("one", "other"):
        ExistingSecurityGroup(stack, name, GROUP).let_out(cidr="10.0.0.0/16", ports=[443], why="Mine")


def a_group_by_its_object_and_by_its_token(stack: Any, network: Any) -> None:
    database, web = SecurityGroup(stack, "database", network), SecurityGroup(stack, "web", network)
    web.let_out(group=database, ports=[5432], why="By object")
    web.let_out(group=database.resource.id, ports=[5432], why="By token")
    web.let_out(group=database.id, ports=[5432], why="By expression")


def two_lists_of_ports_that_only_states_tell(stack: Any, network: Any) -> None:
    orders, billing = STATE.read(stack, "elsewhere")["orders"], STATE.read(stack, "elsewhere")["billing"]
    client = SecurityGroup(stack, "client", network)
    for name, shared in (("orders", orders), ("billing", billing)):
        endpoint = ResourceEndpoint(stack, name, shared, network, security_group_ids=[GROUP], private_dns_enabled=False)
        client.let_out(endpoint=endpoint, why="To both")
    client.let_out(group=GROUP, ports=[443], why="Besides")


@pytest.mark.parametrize(
    ("build", "how_many"),
    [
        (two_addresses_in_one_group, 2),
        (one_address_twice, 2),
        (an_address_and_its_block, 1),
        (equal_blocks, 2),
        (two_spellings_of_one_address, 1),
        (members_of_a_group, 2),
        (two_gateways_with_one_brought_group, 1),
        (a_target_and_words_of_the_user, 2),
        (two_objects_for_one_group, 1),
        (a_group_by_its_object_and_by_its_token, 1),
        (two_lists_of_ports_that_only_states_tell, 2),
    ],
)
def test_a_rule_is_made_once_whoever_asks_for_it(
    synthesise: Synthesise, build: Callable[[Any, Any], object], how_many: int
) -> None:
    template = written(synthesise, build)
    assert has_each_once(template)
    assert len(by_address(template)) == how_many


def test_lists_of_ports_become_one_block_without_the_ports_that_have_rules_of_their_own(synthesise: Synthesise) -> None:
    template = written(synthesise, two_lists_of_ports_that_only_states_tell)
    [each] = [rule["for_each"] for rule in template.all(RULES["egress"]) if "for_each" in rule]
    published = "data.terraform_remote_state.elsewhere.outputs.latticelink.resources"
    lists = ", ".join(f'try({published}["{name}"].ports, [])' for name in ("billing", "orders"))
    assert each == f'${{setsubtract(toset(concat({lists})), ["443"])}}'


def shares(names: str, *, ports: Any = (5432,)) -> Callable[[Any, Any], object]:
    def build(stack: Any, network: Any) -> None:
        gateway = ResourceGateway(stack, "gateway", network, ingress_cidrs=["10.0.0.0/16"])
        for name in names:
            target = IpResource(f"10.0.0.{ord(name)}", security_group_id=GROUP)
            gateway.share(name, target, ports=list(ports))

    return build


@pytest.mark.parametrize("names", ["ab", "bc", "b", "dcba", "xb"])
def test_leaving_out_adding_and_renaming_shares_changes_no_rule_that_others_need(
    synthesise: Synthesise, names: str
) -> None:
    before = by_address(written(synthesise, shares("abc")))
    assert by_address(written(synthesise, shares(names))) == before
    assert len(before) == 3


def test_another_port_changes_no_rule_of_the_ports_beside_it(synthesise: Synthesise) -> None:
    before = by_address(written(synthesise, shares("a", ports=[5432])))
    after = by_address(written(synthesise, shares("a", ports=[5431, 5432, 5433, "5430-5440"])))
    assert before.items() <= after.items()
    assert len(after) == 4 * len(before)


def test_names_of_rules_that_differ_in_dots_alone_are_names_of_two(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        web = SecurityGroup(stack, "web", network)
        for cidr in ("10.11.0.0/16", "101.1.0.0/16"):
            web.let_in(cidr=cidr, ports=[80], why="Offices")

    assert len(by_address(written(synthesise, build))) == 2


def test_a_configuration_is_gone_before_its_rules(synthesise: Synthesise) -> None:
    template = written(synthesise, shares("ab"))
    for configuration in template.all("aws_vpclattice_resource_configuration"):
        assert configuration["depends_on"] == sorted(by_address(template))


def test_members_are_gone_before_their_rules_and_a_users_depends_on_stays(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        members = {"a": Member(IpResource("10.0.0.9"), ports=[1]), "b": Member(IpResource("10.0.0.10"), ports=[2])}
        gateway = ResourceGateway(stack, "gateway", network)
        gateway.share("orders", GroupResource(members))
        gateway.configurations["orders-a"].add_override("depends_on", ["terraform_data.x"])

    template = written(synthesise, build)
    needed = {one["name"]: one.get("depends_on") for one in template.all("aws_vpclattice_resource_configuration")}
    [first] = [address for address, rule in by_address(template).items() if rule["from_port"] == 1]
    [second] = [address for address, rule in by_address(template).items() if rule["from_port"] == 2]
    assert needed.pop("producer-orders") is None
    assert sorted(map(sorted, needed.values())) == sorted([[second], sorted([first, "terraform_data.x"])])


def test_a_finding_names_what_asked_for_the_rule(synthesise: Synthesise) -> None:
    template = written(synthesise, shares("a"))
    paths = {
        rule["//"]["metadata"]["path"] for kind in RULES.values() for rule in template.json["resource"][kind].values()
    }
    peer = next(path for path in paths if GROUP in path and "/egress" not in path)
    assert peer.startswith(f"producer/gateway/{GROUP}/ingress-5432-")
    assert paths - {peer} == {
        f"producer/gateway/group/egress-5432-{GROUP}",
        "producer/gateway/group/ingress-5432-10.0.0.0_16",
    }


def test_a_made_group_goes_last_and_one_of_the_users_as_he_says(synthesise: Synthesise) -> None:
    def build(stack: Any, network: Any) -> None:
        ResourceGateway(stack, "gateway", network).group.resource.add_override("lifecycle.prevent_destroy", True)
        shared = SharedResource.of_arn("a", SERVICE_NETWORK, ports=[1])
        ServiceNetworkAssociation(stack, "association", shared, network, client_cidrs=["10.0.0.0/16"])
        SecurityGroup(stack, "web", network)

    template = written(synthesise, build)
    lifecycles = {group["name"]: group.get("lifecycle") for group in template.all("aws_security_group")}
    assert lifecycles == {
        "producer-gateway": {"create_before_destroy": True, "prevent_destroy": True},
        "producer-association": {"create_before_destroy": True},
        "producer-web": None,
    }


addresses = st.sampled_from(["10.0.0.9", "10.0.0.10", "2001:db8::9"])
groups = st.sampled_from([None, GROUP, OTHER_GROUP, "${aws_security_group.theirs.id}"])
port_lists = st.lists(
    st.sampled_from([80, "80", 81, "80-81", "80-90", 5432, "${aws_db_instance.db.port}"]), min_size=1, max_size=4
)
targets = st.one_of(
    st.builds(lambda address, group: IpResource(address, security_group_id=group), addresses, groups),
    st.builds(
        lambda blocks, group: DnsResource("db.example.com", cidrs=blocks, security_group_id=group),
        st.lists(st.sampled_from(["10.0.0.9/32", "10.0.0.0/24", "2001:db8::/64"]), min_size=1, max_size=2, unique=True),
        groups,
    ),
    st.builds(lambda group: ArnResource(ARN, port=5432, security_group_id=group), groups.filter(bool)),
)
members = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.tuples(targets, port_lists), min_size=1, max_size=3)
links = st.lists(
    st.tuples(st.integers(0, 1), st.one_of(st.tuples(targets, port_lists), members)), min_size=1, max_size=5
)
gateway_groups = st.sampled_from([None, [OTHER_GROUP], [GROUP, OTHER_GROUP]])
clients = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["10.0.0.0/16", "10.9.0.0/16", "2001:db8::/56"]), min_size=1, max_size=2, unique=True),
        st.booleans(),
        port_lists,
    ),
    max_size=3,
)


def share(gateway: Any, name: str, given_: Any) -> None:
    if isinstance(given_, dict):
        made = {
            key: Member(target, **({} if isinstance(target, ArnResource) else {"ports": ports}))
            for key, (target, ports) in given_.items()
            if not isinstance(target, ArnResource)
        }
        if made:
            gateway.share(name, GroupResource(made))
        return
    target, ports = given_
    gateway.share(name, target, **({} if isinstance(target, ArnResource) else {"ports": ports}))


def random_app(links_: Any, gateways: Any, clients_: Any, *, without: int = -1) -> SynthesisedApp:
    """Write an app of two gateways and of clients of what somebody else shares; leave out one of the shares."""
    with tempfile.TemporaryDirectory() as folder:
        state = LocalState()
        app = App(context={}, outdir=folder)
        stack = Stack(app, "producer", state=state, region="eu-west-1")
        network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-11111111"])
        made = [
            ResourceGateway(
                stack,
                f"gateway-{number}",
                network,
                ip_address_type="DUALSTACK",
                security_group_ids=brought,
                ingress_cidrs=() if brought else ["10.0.0.0/16", "10.9.0.0/16"],
            )
            for number, brought in enumerate(gateways)
        ]
        for number, (which, what) in enumerate(links_):
            if number != without:
                share(made[which], f"link-{number}", what)
        stack = Stack(app, "consumer", state=state, region="eu-west-1")
        network = ExistingNetwork(stack, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-22222222"])
        client = SecurityGroup(stack, "client", network)
        client.let_out(prefix_list_id="pl-12345678", ports=[443], why="S3")
        for number, (blocks, is_brought, ports) in enumerate(clients_):
            endpoint = ResourceEndpoint(
                stack,
                f"link-{number}",
                state.read(stack, "elsewhere")[f"link-{number}"],
                network,
                private_dns_enabled=False,
                **({"security_group_ids": [GROUP]} if is_brought else {"client_cidrs": blocks}),
            )
            client.let_out(endpoint=endpoint, why="To it")
            client.let_out(endpoint=endpoint, ports=ports, why="To it once more")
            for block in blocks:
                ExistingSecurityGroup(stack, f"app-{number}-{block}", GROUP).let_in(cidr=block, ports=ports, why="In")
        app.synth()
        return read_synthesised(Path(folder))


@settings(max_examples=40)
@given(links, st.tuples(gateway_groups, gateway_groups), clients, st.integers(0, 4))
def test_no_random_app_has_a_rule_twice_and_leaving_out_a_share_changes_none_that_stays(
    links_: Any, gateways: Any, clients_: Any, left_out: int
) -> None:
    whole = random_app(links_, gateways, clients_)
    for template in whole.values():
        found = Counter(which for _, which, _ in rules(template))
        assert [which for which, times in found.items() if times > 1] == []
    fewer = random_app(links_, gateways, clients_, without=left_out)
    assert by_address(fewer["producer"]).items() <= by_address(whole["producer"]).items()
    for configuration in fewer["producer"].all("aws_vpclattice_resource_configuration"):
        assert set(configuration.get("depends_on", ())) <= by_address(fewer["producer"]).keys()
