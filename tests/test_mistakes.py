"""Mistakes in a user's own code, as run() answers them: a sentence each, no traceback, nothing written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink import (
    App,
    ArnResource,
    ExistingNetwork,
    GroupResource,
    IpResource,
    LocalState,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    S3State,
    SecurityGroup,
    SharedResource,
    Stack,
    run,
    suppress,
)

import pytest

from tests.flavour import core

STATE = LocalState()
ARN = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0"
DATABASE = "arn:aws:rds:us-east-1:111122223333:db:orders"
GROUP = "sg-0123456789abcdef0"
Build = Callable[[Any], object]


def stack_of(app: Any, id: str = "consumer", **arguments: Any) -> Any:
    return Stack(app, id, **{"state": STATE, "region": "eu-west-1", **arguments})


def network_of(stack: Any, id: str = "network") -> Any:
    return ExistingNetwork(stack, id, vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"], cidr="10.0.0.0/16")


def gateway_of(stack: Any) -> Any:
    return ResourceGateway(stack, "gateway", network_of(stack))


def produce(app: Any, id: str = "producer", **arguments: Any) -> Any:
    stack = stack_of(app, id, **arguments)
    network = ExistingNetwork(stack, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-87654321"])
    gateway = ResourceGateway(stack, "gateway", network)
    STATE.publish(stack, gateway.share("orders", IpResource("10.0.0.9"), ports=[5432]))
    return stack


def reach(app: Any, read: str = "producer", **arguments: Any) -> Any:
    stack = stack_of(app)
    return endpoint_of(stack, STATE.read(stack, read)["orders"], **arguments)


def endpoint_of(stack: Any, shared: Any = None, network: Any = None, **arguments: Any) -> Any:
    shared = shared or SharedResource.of_arn("orders", ARN, ports=[5432])
    network = network or network_of(stack)
    return ResourceEndpoint(stack, "orders", shared, network, **{"client_cidrs": ["10.0.0.0/16"], **arguments})


def named(dns_name: str) -> Build:
    return lambda app: endpoint_of(stack_of(app), dns_name=dns_name)


def producer_elsewhere(app: Any) -> None:
    produce(app, region="us-east-1")
    reach(app)


def misspelt_producer(app: Any) -> None:
    produce(app)
    reach(app, "prodcer")


def consumer_first(app: Any) -> None:
    reach(app)
    produce(app)


def key_forgotten(app: Any) -> None:
    produce(app)
    stack = stack_of(app)
    endpoint_of(stack, STATE.read(stack, "producer"))


def read_through(app: Any) -> None:
    produce(app)
    for shared in STATE.read(stack_of(app), "producer"):
        raise AssertionError(shared)


def read_attribute(app: Any) -> None:
    produce(app)
    _ = STATE.read(stack_of(app), "producer").orders


def out_to_network(app: Any) -> None:
    stack = stack_of(app)
    group = SecurityGroup(stack, "group", network_of(stack))
    group.let_out(endpoint=network_of(stack, "other"), why="x")  # type: ignore[arg-type]


def share_database(arn: str) -> Build:
    def build(app: Any) -> None:
        resource = ArnResource(arn, 5432, security_group_id=GROUP)
        gateway_of(stack_of(app, account_id="111122223333")).share("orders", resource)

    return build


def swapped(app: Any) -> None:
    stack = stack_of(app)
    shared = SharedResource.of_arn("orders", ARN, ports=[5432])
    ResourceEndpoint(stack, "orders", network_of(stack), shared, client_cidrs=["10.0.0.0/16"])  # type: ignore[arg-type]


def sharing(name: str) -> Build:
    return lambda app: gateway_of(stack_of(app)).share(name, IpResource("10.0.0.9"), ports=[5432])


TABLE: list[tuple[str, Build, str, str]] = [
    ("a producer in another region", producer_elsewhere, "shared in us-east-1", "Put both stacks in one region"),
    (
        "an ARN of a configuration of another region",
        lambda app: endpoint_of(stack_of(app, region="us-east-1")),
        "in the region of the stack that uses it, which is us-east-1",
        "a stack of that region",
    ),
    ("a database of another region", share_database(DATABASE), "which is eu-west-1", "a stack of that region"),
    (
        "a database of another account",
        share_database("arn:aws:rds:eu-west-1:444455556666:db:orders"),
        "in the account of the stack that uses it, which is 111122223333",
        "a stack of that account",
    ),
    (
        "a key in another region than its bucket",
        lambda _: S3State("acme-state", "eu-west-1", kms_key_arn="arn:aws:kms:us-east-1:111122223333:key/a-b"),
        "the bucket's own region, which is eu-west-1",
        "Name a key of that region",
    ),
    ("a zone that is a top level", named("db.com"), "this one is a public suffix", "'shared.internal'"),
    ("a zone of two labels that is a public suffix", named("db.co.uk"), "public suffix", "'shared.co.uk'"),
    ("a zone of AWS's", named("x.amazonaws.com"), "these include AWS's own names", "a domain of your own"),
    ("a zone below AWS's", named("db.rds.amazonaws.com"), "these include AWS's own names", "a domain of your own"),
    (
        "a zone below AWS's top level",
        named("db.shared.api.aws"),
        "these include AWS's own names",
        "a domain of your own",
    ),
    ("a zone of what runs at AWS", named("db.elasticbeanstalk.com"), "AWS's own names", "a domain of your own"),
    ("a zone of EC2's names", named("db.eu-west-1.compute.internal"), "AWS's own names", "a domain of your own"),
    ("a name with an underscore", named("or_ders.shared.internal"), "underscore", "'or-ders.shared.internal'"),
    ("a misspelt producer", misspelt_producer, "no stack 'prodcer'; it has 'producer'", "Write 'producer'"),
    ("a consumer before its producer", consumer_first, "created before its consumers", "Make 'producer' first"),
    ("a misspelt region", lambda app: stack_of(app, region="eu-wst-1"), "named by its code", "'eu-west-1'"),
    (
        "settings where a state is wanted",
        lambda app: stack_of(app, state={"kind": "s3"}),
        "an S3State or",
        "S3State(bucket",
    ),
    (
        "None where a network is wanted",
        lambda app: ResourceGateway(stack_of(app), "gateway", None),  # type: ignore[arg-type]
        "This must be a Network or an ExistingNetwork, not None",
        "Give a Network or an ExistingNetwork",
    ),
    (
        "an id where a network is wanted",
        lambda app: ResourceGateway(stack_of(app), "gateway", "vpc-12345678"),  # type: ignore[arg-type]
        "This must be a Network or an ExistingNetwork, not a string",
        "write ExistingNetwork(",
    ),
    (
        "an ARN where a shared resource is wanted",
        lambda app: endpoint_of(stack_of(app), ARN),
        "This must be a SharedResource, not a string",
        "SharedResource.of_arn(",
    ),
    (
        "a resource that isn't shared yet",
        lambda app: endpoint_of(stack_of(app), IpResource("10.0.0.9")),
        "This must be a SharedResource, not an IpResource",
        "Share it first",
    ),
    (
        "None where a list is wanted",
        lambda app: endpoint_of(stack_of(app), client_cidrs=None),
        "This must be a list of single values, not None",
        "in square brackets",
    ),
    (
        "a list where resources are wanted one by one",
        lambda app: STATE.publish(stack_of(app), []),  # type: ignore[arg-type]
        "each item a SharedResource, not a list",
        "Give a SharedResource",
    ),
    ("None where an app is wanted", lambda _: stack_of(None), "The scope of a stack must be the app", "Give the app"),
    (
        "a text where a stack is wanted",
        lambda _: STATE.read("consumer", "producer"),
        "This must be a stack",
        "stack itself",
    ),
    (
        "a key forgotten after read",
        key_forgotten,
        "This must be a SharedResource, not a PublishedResources",
        "['orders-db']",
    ),
    ("two arguments swapped", swapped, "shared = ExistingNetwork 'consumer/network'", "Swap it with network"),
    (
        "a misspelt argument of an endpoint",
        lambda app: endpoint_of(stack_of(app), dnsname="db.shared.internal"),
        "ResourceEndpoint  (",
        "Write dns_name.",
    ),
    ("a misspelt argument of a value", lambda _: IpResource(adress="10.0.0.9"), "no such argument", "Write address."),  # type: ignore[call-arg]
    ("a missing argument", lambda app: ExistingNetwork(stack_of(app), "n"), "vpc_id = None", "Give vpc_id."),  # type: ignore[call-arg]
    ("a resource called like the gateway's group", sharing("group"), "own parts", "'shared-group'"),
    ("a resource called like the gateway", sharing("gateway"), "own parts", "'shared-gateway'"),
    (
        "one client twice",
        lambda app: endpoint_of(stack_of(app), client_cidrs=["10.0.0.0/16", "10.0.0.0/16"]),
        "Each block is given once",
        "Remove the second one",
    ),
    (
        "a list where a stack's id is wanted",
        lambda app: STATE.read(stack_of(app), ["producer"]),
        "A stack's id",
        "plain id",
    ),  # type: ignore[arg-type]
    (
        "None among the zones",
        lambda app: Network(stack_of(app), "network", cidr="10.0.0.0/16", zones=[None]),  # type: ignore[list-item]
        "A zone is named by its region",
        "'eu-west-1a'",
    ),
    (
        "None where a construct is wanted",
        lambda _: suppress(None, "LL505", reason="x"),
        "a construct in one, not None",
        "Give",
    ),
    ("the published resources gone through", read_through, "one by one, by name", "Write ['orders'] after it"),
    ("a published name as an attribute", read_attribute, "name = '.orders'", "Write ['orders'] after it"),
    (
        "an argument in the notation of JavaScript",
        lambda app: ExistingNetwork(stack_of(app), "n", vpc_id="vpc-12345678", subnetIds=["subnet-12345678"]),  # type: ignore[call-arg]
        "no such argument",
        "Write subnet_ids.",
    ),
    (
        "one id twice",
        lambda app: [network_of(stack, "n") for stack in [stack_of(app)] * 2],
        "a different id within its scope",
        "Choose another id",
    ),
    ("an id that is an expression", lambda app: network_of(stack_of(app), "${var.x}"), "a plain string", "'network'"),
    ("an app where a stack is wanted", lambda app: network_of(app), "not an App", "Give the stack itself"),
    (
        "a stack where an app is wanted",
        lambda app: stack_of(stack_of(app), "other"),
        "The scope of a stack must be the app, not a Stack",
        "Give the app that the function gets",
    ),
    (
        "a class where what it makes is wanted",
        lambda app: ResourceGateway(stack_of(app), "gateway", Network),  # type: ignore[arg-type]
        "not the class Network itself",
        "Give a Network",
    ),
    (
        "a resource where its name is wanted",
        lambda app: gateway_of(stack_of(app)).share(IpResource("10.0.0.9"), "orders", ports=[5432]),
        "This must be a string, not an IpResource",
        "Give a string",
    ),
    (
        "a resource where a member is wanted",
        lambda app: gateway_of(stack_of(app)).share("orders", GroupResource({"a": IpResource("10.0.0.9")})),  # type: ignore[dict-item]
        "Each member has a resource and ports",
        "Write Member(",
    ),
    ("a network where an endpoint is wanted", out_to_network, "An endpoint is a ResourceEndpoint", "Give one of these"),
    ("an area that has no regions", lambda app: stack_of(app, region="ue-west-1"), "named by its code", "Write a code"),
    (
        "a bare text where True or False is wanted",
        lambda app: endpoint_of(stack_of(app), private_dns_enabled="yes"),
        "This must be True or False, not a string",
        "Write True or False",
    ),
    (
        "a NaN where a port is wanted, which would end Node.js",
        lambda app: gateway_of(stack_of(app)).share("orders", IpResource("10.0.0.9"), ports=[float("nan")]),
        "A port is a number from 1 to 65535",
        "Write, for example, 443",
    ),
    (
        "a list that is known only after apply where there is a rule for each item",
        lambda app: endpoint_of(stack_of(app), client_cidrs=core().Token.as_list("${var.blocks}")),
        "this list is known only after apply",
        "one by one",
    ),
    ("an id of a space", lambda app: network_of(stack_of(app), " "), "An id must be a plain string", "'network'"),
    ("a name of a space", lambda app: endpoint_of(stack_of(app), name=" "), "A Name tag is a string", "leave it out"),
    (
        "a folder of a line's end",
        lambda _: LocalState("\n"),
        "a path relative to the stack's folder",
        "'../../../state'",
    ),
    (
        "one zone where a list of them is wanted",
        lambda _: SharedResource.of_arn("orders", ARN, ports=[5432], zone_ids="euw1-az1"),
        "Zones are given as a list",
        "Write ['euw1-az1']",
    ),
    (
        "what is no id of a VPC, for one that exists elsewhere",
        lambda _: SharedResource.of_arn("orders", ARN, ports=[5432], vpc_id="producer"),
        "vpc_id = 'producer'",
        "vpc-",
    ),
    ("an app without stacks", lambda _: None, "at least one stack", "Stack(app, 'producer'"),
]


@pytest.mark.parametrize(("what", "build", "rule", "fix"), TABLE, ids=[row[0] for row in TABLE])
def test_a_mistake_gets_its_sentence(
    tmp_path: Path, monkeypatch: Any, capsys: Any, what: str, build: Build, rule: str, fix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(build) == 1, what
    printed = capsys.readouterr()
    assert printed.out == ""
    assert rule in printed.err, printed.err
    assert fix in printed.err, printed.err
    assert printed.err.count(rule) == 1, "it is told once"
    assert "There may be more" not in printed.err, "nothing else is blamed"
    assert list(tmp_path.iterdir()) == []


def test_two_refused_names_do_not_stand_in_each_other_s_way(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    def build(app: App) -> None:
        gateway = gateway_of(stack_of(app))
        for name in ("a/b", "c/d"):
            stack_of(app, name)
            gateway.share(name, IpResource("10.0.0.9"), ports=[5432])

    monkeypatch.chdir(tmp_path)
    assert run(build) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("4 problems"), printed
    assert "There may be more" not in printed


def test_what_run_gets_is_the_function_itself(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(None) == 1  # type: ignore[arg-type]
    assert "Write run(build), without parentheses" in capsys.readouterr().err


def test_what_a_function_returns_doesn_t_matter(tmp_path: Path, monkeypatch: Any) -> None:
    def build(app: App) -> tuple[object, ...]:
        return (produce(app),)

    monkeypatch.chdir(tmp_path)
    assert run(build) == 0


def test_a_registered_domain_that_is_taken_over_is_warned_about(tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    run(named("db.example.co.uk"))
    assert "example.co.uk in consumer: the VPC no longer sees" in capsys.readouterr().err
    run(named("db.shared.example.co.uk"))
    assert "no longer gets" not in capsys.readouterr().err


def test_a_producer_of_another_app_with_another_number_is_no_mistake(tmp_path: Path, monkeypatch: Any) -> None:
    def build(app: App) -> None:
        produce(app, "producer-1")
        reach(app, "producer-2")

    monkeypatch.chdir(tmp_path)
    assert run(build) == 0


def test_the_plan_tells_of_another_region_where_no_zone_does(synthesise: Any) -> None:
    by_arn = SharedResource.of_arn("orders", "${var.arn}", ports=[5432])
    consumer = synthesise(lambda app: endpoint_of(stack_of(app), by_arn))["consumer"]
    conditions = [each["condition"] for each in consumer.one("aws_vpc_endpoint")["lifecycle"]["precondition"]]
    assert any('split(":", ' in condition and '[3] == "eu-west-1"' in condition for condition in conditions)


def test_the_summary_names_a_stack_of_another_app_that_is_deployed_first(
    tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(lambda app: (produce(app), reach(app, "platform"))) == 0
    assert re.search(r"consumer: .*, after platform of another app\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("what", "content", "key", "fix"),
    [
        ("settings beside the context", {"latticelink": {"region": "eu-west-1"}}, "latticelink", "Move them there."),
        ("a misspelt context", {"contxt": {"latticelink": {}}}, "contxt", "Use that as the key."),
    ],
)
def test_settings_that_nothing_would_read_are_refused(
    tmp_path: Path, monkeypatch: Any, capsys: Any, what: str, content: dict[str, Any], key: str, fix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cdktf.json").write_text(json.dumps({"language": "python", "app": "python main.py", **content}))
    assert run(produce) == 1, what
    printed = capsys.readouterr().err
    assert f"  {key} = " in printed
    assert fix in printed
