"""What the matrix of wrong values is made of: each public call with right arguments, and what replaces them."""

from __future__ import annotations

import contextlib
import datetime
import enum
import functools
import inspect
import io
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import latticelink
from latticelink import (
    CloudState,
    DnsResource,
    ExistingNetwork,
    IpResource,
    LocalState,
    Member,
    Report,
    ResourceEndpoint,
    ResourceGateway,
    S3State,
    SecurityGroup,
    ServiceNetwork,
    SharedResource,
    Stack,
    State,
    testing,
)

from tests import flavour
from tests.builders import GROUP, STATE, existing, make_stack

ALL = os.environ.get("LATTICELINK_WRONG_VALUES") == "all"
SEED = int(os.environ.get("LATTICELINK_SEED", "1"))

CONFIGURATION = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0"
SERVICE_NETWORK = "arn:aws:vpc-lattice:eu-west-1:111122223333:servicenetwork/sn-0123456789abcdef0"
DATABASE = "arn:aws:rds:eu-west-1:111122223333:db:orders"
ROLE = "arn:aws:iam::111122223333:role/deploy"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0123abcd-12ab-34cd-56ef-0123456789ab"


_Value = TypeVar("_Value")


def sample(values: Sequence[_Value], what: str, count: int) -> list[_Value]:
    """Return some of the values, others for each `what` and seed; all where the whole matrix is asked for."""
    return list(values) if ALL else random.Random(f"{SEED} {what}").sample(values, min(count, len(values)))


class World:
    """An app with a stack, and in it whatever a call needs, made when it is asked for."""

    def __init__(self, app: Any, number: int, folder: Path) -> None:
        self.app, self.number, self.folder = app, number, folder
        self.right: dict[str, dict[str, Any]] = {}

    @functools.cached_property
    def stack(self) -> Any:
        return make_stack(self.app, f"stack-{self.number}", account_id="111122223333")

    @functools.cached_property
    def other_stack(self) -> Any:
        return make_stack(self.app, f"other-{self.number}")

    @functools.cached_property
    def elsewhere(self) -> Any:
        return existing(self.other_stack)

    @functools.cached_property
    def network(self) -> Any:
        return existing(self.stack)

    @functools.cached_property
    def gateway(self) -> Any:
        return ResourceGateway(self.stack, "gateway-of-world", self.network)

    @functools.cached_property
    def shared(self) -> Any:
        return self.gateway.share("shared-of-world", IpResource("10.0.0.9"), ports=[5432])

    @functools.cached_property
    def there(self) -> Any:
        return SharedResource.of_arn("there", CONFIGURATION, ports=[5432])

    @functools.cached_property
    def service_network(self) -> Any:
        return ServiceNetwork(self.stack, "service-network-of-world")

    @functools.cached_property
    def group(self) -> Any:
        return SecurityGroup(self.stack, "group-of-world", self.network)

    @functools.cached_property
    def endpoint(self) -> Any:
        return ResourceEndpoint(self.stack, "endpoint-of-world", self.there, self.network, client_cidrs=["10.0.0.0/16"])

    @functools.cached_property
    def workspace_stack(self) -> Any:
        stack = flavour.core().TerraformStack(self.app, f"workspaces-{self.number}")
        STATE.keep(stack)
        return stack


class Awkward:
    """An object whose every text is an exception."""

    def __repr__(self) -> str:
        raise RuntimeError("no text for this")

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("not compared")

    __hash__ = None  # type: ignore[assignment]


class Colour(enum.Enum):
    RED = 1


class TextColour(str, enum.Enum):  # noqa: UP042  (as it was written before there was StrEnum)
    RED = "red"


def _token(kind: str) -> Any:
    core = flavour.core()
    return {
        "text": lambda: core.Token.as_string("${var.x}"),
        "number": lambda: core.Token.as_number("${var.x}"),
        "list": lambda: core.Token.as_list("${var.x}"),
        "map": lambda: core.Token.as_string_map("${var.x}"),
        "any": lambda: core.Lazy.any_value(_producer()),
    }[kind]()


def _producer() -> Any:
    jsii = __import__("jsii")

    @jsii.implements(flavour.core().IAnyProducer)
    class Producer:
        @jsii.member(jsii_name="produce")
        def produce(self, context: Any = None) -> Any:  # noqa: ARG002
            return None

    return Producer()


def _twisted() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


WRONG: dict[str, Callable[[World], Any]] = {
    "None": lambda _: None,
    "True": lambda _: True,
    "False": lambda _: False,
    "zero": lambda _: 0,
    "minus one": lambda _: -1,
    "a fraction": lambda _: 1.5,
    "no number": lambda _: float("nan"),
    "infinity": lambda _: float("inf"),
    "a huge number": lambda _: 10**5000,
    "a complex number": lambda _: 1j,
    "an empty text": lambda _: "",
    "a space": lambda _: " ",
    "a line's end": lambda _: "\n",
    "a NUL": lambda _: "a\0b",
    "a long text": lambda _: "a" * 100_000,
    "a text with a final line's end": lambda _: "orders\n",
    "quotes and HCL": lambda _: 'x" }\nresource "a" "b" {',
    "an expression": lambda _: "${var.x}",
    "an unfinished expression": lambda _: "${",
    "braces": lambda _: "{0}{stack}{x!r}",
    "other letters": lambda _: "zażółć 日本",
    "a lone surrogate": lambda _: "a\ud800",
    "a number of other digits": lambda _: "٣٣",
    "dots and slashes": lambda _: "../../x",
    "bytes": lambda _: b"x",
    "no bytes": lambda _: b"",
    "an empty list": lambda _: [],
    "a list of None": lambda _: [None],
    "a nested list": lambda _: [["x"]],
    "a list of numbers": lambda _: [1, 2],
    "a list that holds itself": lambda _: _twisted(),
    "a tuple": lambda _: ("x", "x"),
    "a set": lambda _: {"x"},
    "a mixed set": lambda _: {1, "x", None},
    "an empty dict": lambda _: {},
    "a dict of None": lambda _: {"a": None},
    "a dict with a number as its key": lambda _: {1: "x"},
    "a nested dict": lambda _: {"a": {"b": ["c"]}},
    "a class": lambda _: dict,
    "a class of ours": lambda _: latticelink.Network,
    "a function": lambda _: len,
    "a lambda": lambda _: lambda x: x,
    "a generator": lambda _: (each for each in ["x"]),
    "a range": lambda _: range(3),
    "an exception": lambda _: ValueError("x"),
    "a path": lambda _: Path("x"),
    "a date": lambda _: datetime.date(2026, 1, 1),
    "an enum's member": lambda _: Colour.RED,
    "an enum's member that is a text": lambda _: TextColour.RED,
    "no text of it": lambda _: Awkward(),
    "a list of what has no text": lambda _: [Awkward()],
    "a dict of what has no text": lambda _: {"a": Awkward()},
    "a module": lambda _: datetime,
    "a token of a text": lambda _: _token("text"),
    "a token of a number": lambda _: _token("number"),
    "a token of a list": lambda _: _token("list"),
    "a token of a map": lambda _: _token("map"),
    "a lazy value": lambda _: _token("any"),
    "the app": lambda world: world.app,
    "another stack": lambda world: world.other_stack,
    "another stack's network": lambda world: world.elsewhere,
    "a list of a network": lambda world: [world.network],
    "a resource that isn't shared": lambda _: IpResource("10.0.0.9"),
    "a shared resource": lambda world: world.there,
    "what was read": lambda world: STATE.read(world.stack, "elsewhere"),
    "a state": lambda _: STATE,
}
"""What is given, by what it is; of the world where it must be of the same app."""


@dataclass
class Call:
    """A public call.

    Args:
        what: its name.
        make: returns what is called, in a world.
        right: its right arguments in a world, all that a user must give.
        others: arguments that a call has instead where one is given, by that one's name: None takes one away.
        use: what a user does with what it returns.
    """

    what: str
    make: Callable[[World], Callable[..., Any]]
    right: Callable[[World], dict[str, Any]] = lambda _: {}
    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    use: Callable[[World, Any], object] = lambda *_: None

    @property
    def arguments(self) -> list[str]:
        """The names of its arguments."""
        parameters = inspect.signature(SHAPES[self.what]).parameters.values()
        return [each.name for each in parameters if each.name != "self" and each.kind is not each.VAR_KEYWORD]

    def right_in(self, world: World) -> dict[str, Any]:
        """Return its right arguments, made once in a world."""
        if self.what not in world.right:
            world.right[self.what] = self.right(world)
        return world.right[self.what]

    def given(self, world: World, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Return its arguments with others in the place of some."""
        right = dict(self.right_in(world))
        for name in changes:
            for other, value in self.others.get(name, {}).items():
                right[other] = value
                if value is None:
                    del right[other]
        return {**right, **changes}

    def run(self, world: World, changes: Mapping[str, Any]) -> None:
        """Call it with other arguments in the place of some, and use what it returns."""
        arguments = self.given(world, changes)
        gathered = [
            name
            for name, each in inspect.signature(SHAPES[self.what]).parameters.items()
            if each.kind is each.VAR_POSITIONAL
        ]
        before: list[Any] = []
        if gathered:
            names = self.arguments
            before = [arguments.pop(name) for name in names[: names.index(gathered[0])]]
            several = arguments.pop(gathered[0])
            before += several if isinstance(several, list | tuple) else [several]
        self.use(world, self.make(world)(*before, **arguments))


def _positional(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function whose arguments are positions alone, taking them by name."""
    return lambda **named: function(*named.values())


def _share(world: World, resource: Any) -> None:
    world.gateway.share("orders", resource, ports=None if _has_ports(resource) else [5432])


def _has_ports(resource: Any) -> bool:
    return not isinstance(resource, IpResource | DnsResource)


def _reach(world: World, shared: Any) -> None:
    kind = getattr(shared, "type", None)
    made = latticelink.ServiceNetworkEndpoint if kind == "SERVICE_NETWORK" else ResourceEndpoint
    made(world.stack, "orders", shared, world.network, client_cidrs=["10.0.0.0/16"], dns_name="db.shared.internal")


def _reach_and_publish(world: World, shared: Any) -> None:
    _reach(world, shared)
    if getattr(shared, "stack", None) is world.stack:
        STATE.publish(world.stack, shared)


def _publish(world: World, shared: Any) -> None:
    STATE.publish(world.stack, shared)


def _keep(world: World, state: Any) -> None:
    stack = Stack(world.app, f"kept-{world.number}", state=state, region="eu-west-1")
    state.read(stack, "producer")["orders"]


def _in_stack(**more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {
        "scope": world.stack,
        "id": "made",
        **{k: v(world) if callable(v) else v for k, v in more.items()},
    }


_ENDPOINT = _in_stack(
    shared=lambda world: world.there, network=lambda world: world.network, client_cidrs=["10.0.0.0/16"]
)
_TO_NETWORK = _in_stack(
    shared=lambda _: SharedResource.of_arn("there", SERVICE_NETWORK, ports=[443]),
    network=lambda world: world.network,
    client_cidrs=["10.0.0.0/16"],
)
_LEAVES_CLIENTS = {"security_group_ids": {"client_cidrs": None}}
_SHARE = lambda _: {"name": "orders", "resource": IpResource("10.0.0.9"), "ports": [5432]}  # noqa: E731
_RULE = lambda _: {"cidr": "10.0.0.0/16", "ports": [5432], "why": "Clients"}  # noqa: E731
_SIDES = {name: {"cidr": None} for name in ("group", "prefix_list_id", "endpoint")}


def _public(name: str) -> Callable[[World], Callable[..., Any]]:
    return lambda _: getattr(latticelink, name)


def _state_calls(name: str, state: State) -> Iterator[Call]:
    def keeping(world: World) -> Any:
        return make_stack(world.app, f"published-{world.number}", state=state)

    def publishing(world: World) -> dict[str, Any]:
        stack = keeping(world)
        gateway = ResourceGateway(stack, "gateway", existing(stack))
        return {"stack": stack, "resources": [gateway.share("orders", IpResource("10.0.0.9"), ports=[5432])]}

    settings = {
        "LocalState": {"kind": "local"},
        "S3State": {"kind": "s3", "bucket": "acme-state", "region": "eu-west-1"},
        "CloudState": {"kind": "cloud", "organization": "acme"},
        "State": {"kind": "local"},
    }[name]
    yield Call(f"{name}.of", lambda _: getattr(latticelink, name).of, lambda _: {"given": settings}, use=_keep)
    yield Call(
        f"{name}.keep",
        lambda _: state.keep,
        lambda world: {"stack": flavour.core().TerraformStack(world.app, f"kept-{world.number}")},
    )
    yield Call(f"{name}.publish", lambda _: state.publish, publishing)
    yield Call(
        f"{name}.read",
        lambda _: state.read,
        lambda world: {"stack": keeping(world), "producer": "producer"},
        use=lambda _, read: read["orders"],
    )


def _with_gateway(world: World) -> Callable[..., Any]:
    return world.gateway.share  # type: ignore[no-any-return]


def _database(world: World) -> Any:
    return flavour.bindings("db_instance").DbInstance(world.stack, "database", instance_class="db.t4g.micro")


def _app(_: World) -> Any:
    return testing.synthesise(make_stack)


def _build(app: Any, /) -> None:
    make_stack(app)


def _written(world: World) -> Path:
    latticelink.run(_build, outdir=str(world.folder / "written.out"), quiet=True)
    return world.folder / "written.out"


def _run(_: World) -> Callable[..., Any]:
    def run(**arguments: Any) -> None:
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = latticelink.run(**arguments)
        if code:
            raise latticelink.LatticeLinkError(said.getvalue())

    return run


def _asserting(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any, **arguments: Any) -> None:
        with contextlib.suppress(AssertionError):
            function(*given, **arguments)

    return call


_REACH = lambda world: {"app": _app(world), "client": "x", "resource": "orders", "port": 5432}  # noqa: E731
_CALLS = [
    Call("run", _run, lambda _: {"build": _build, "outdir": "run.out", "quiet": True}),
    Call("in_deploy_order", _public("in_deploy_order"), lambda world: {"outdir": _written(world)}),
    Call(
        "StackFolder",
        _public("StackFolder"),
        lambda _: {"name": "a", "path": Path("a"), "file": Path("b"), "dependencies": ("c",)},
    ),
    Call("synthesise", lambda _: testing.synthesise, lambda _: {"build": _build}),
    Call("Synthesise()", lambda _: testing.Synthesise(), lambda _: {"build": _build}),
    Call("read_synthesised", lambda _: testing.read_synthesised, lambda world: {"outdir": _written(world)}),
    Call("SynthesisedApp", lambda _: testing.SynthesisedApp, lambda world: {"outdir": _written(world)}),
    Call("SynthesisedApp[]", lambda world: _positional(_app(world).__getitem__), lambda _: {"name": "producer"}),
    Call("SynthesisedApp.paths_at", lambda world: _app(world).paths_at, lambda _: {"port": 5432}),
    Call(
        "SynthesisedApp.replacements_since",
        lambda world: _app(world).replacements_since,
        lambda world: {"before": _app(world)},
    ),
    Call(
        "SynthesisedStack",
        lambda _: testing.SynthesisedStack,
        lambda _: {"name": "a", "text": "{}"},
        use=lambda _, made: (repr(made), made.all("aws_vpc")),
    ),
    *(
        Call(
            f"SynthesisedStack.{method}",
            lambda _, method=method: _positional(
                _asserting(getattr(testing.SynthesisedStack("a", '{"resource": {"aws_vpc": {"b": {}}}}'), method))
            ),
            lambda _, second=second: {"kind": "aws_vpc", **second},
        )
        for method, second in (
            ("all", {"section": "resource"}),
            ("one", {"section": "resource"}),
            ("ref", {"attribute": "id"}),
        )
    ),
    *(
        Call(name, lambda _, name=name: _asserting(getattr(testing, name)), _REACH)
        for name in ("assert_blocked", "assert_reachable")
    ),
    Call("Golden", lambda _: testing.Golden, lambda world: {"folder": world.folder, "update": False}),
    Call(
        "Golden()",
        lambda world: _asserting(testing.Golden(world.folder, update=False)),
        lambda _: {"name": "a.txt", "text": "b"},
    ),
    Call(
        "AcceptedShare",
        _public("AcceptedShare"),
        _in_stack(
            resources=lambda _: [
                SharedResource.of_arn(
                    "there",
                    CONFIGURATION,
                    ports=[5432],
                    share_arns={
                        "made": "arn:aws:ram:eu-west-1:111122223333:resource-share/0123abcd-12ab-34cd-56ef-0123456789ab"
                    },
                )
            ]
        ),
        use=lambda world, made: _reach(world, made["there"]),
    ),
    Call(
        "AcceptedShare[]",
        lambda world: _positional(
            latticelink.AcceptedShare(
                world.stack,
                "made",
                [
                    SharedResource.of_arn(
                        "there",
                        CONFIGURATION,
                        ports=[5432],
                        share_arns={"made": "arn:aws:ram:eu-west-1:111122223333:resource-share/x"},
                    )
                ],
            ).__getitem__
        ),
        lambda _: {"name": "there"},
        use=_reach,
    ),
    Call(
        "AccountShare",
        _public("AccountShare"),
        _in_stack(resources=lambda world: [world.shared], principals=["444455556666"]),
    ),
    Call("App", _public("App")),
    Call(
        "ArnResource",
        _public("ArnResource"),
        lambda _: {"arn": DATABASE, "port": 5432, "cidrs": ["10.0.0.0/16"]},
        {"security_group_id": {"cidrs": None}},
        _share,
    ),
    Call(
        "ArnResource.of",
        lambda _: latticelink.ArnResource.of,
        lambda world: {"database": _database(world), "cidrs": ["10.0.0.0/16"]},
        {"security_group_id": {"cidrs": None}},
        _share,
    ),
    Call("CloudState", _public("CloudState"), lambda _: {"organization": "acme"}, use=_keep),
    Call(
        "CloudWorkspaces",
        _public("CloudWorkspaces"),
        lambda world: {
            "scope": world.workspace_stack,
            "id": "made",
            "state": CloudState("acme"),
            "reads": {"producer": [], "consumer": ["producer"]},
        },
        {"folder": {"vcs_repo": {"identifier": "acme/network", "oauth_token_id": "ot-1"}}},
    ),
    Call(
        "DnsResource",
        _public("DnsResource"),
        lambda _: {"domain_name": "db.example.com", "cidrs": ["10.0.0.0/16"]},
        {"security_group_id": {"cidrs": None}},
        _share,
    ),
    Call("DomainVerification", _public("DomainVerification"), _in_stack(domain="shop.example.com")),
    Call(
        "ExistingGateway",
        _public("ExistingGateway"),
        _in_stack(network=lambda world: world.network, gateway_id="rgw-0123456789abcdef0"),
        use=lambda _, made: made.share("orders", IpResource("10.0.0.9"), ports=[5432]),
    ),
    Call(
        "ExistingGateway.share",
        lambda world: (
            latticelink.ExistingGateway(
                world.stack, "existing", world.network, gateway_id="rgw-0123456789abcdef0"
            ).share
        ),
        _SHARE,
        use=_publish,
    ),
    Call(
        "ResourceGateway",
        _public("ResourceGateway"),
        _in_stack(network=lambda world: world.network),
        use=lambda _, made: made.share("orders", IpResource("10.0.0.9"), ports=[5432]),
    ),
    Call(
        "ResourceGateway.share",
        _with_gateway,
        _SHARE,
        {"domain_verification": {"custom_domain": "orders.example.com"}},
        use=_publish,
    ),
    Call(
        "ExistingHostedZone",
        _public("ExistingHostedZone"),
        lambda _: {"id": "Z0123456789ABCDEFGHIJ", "name": "shared.internal"},
        use=lambda world, zone: ResourceEndpoint(
            world.stack,
            "orders",
            world.there,
            world.network,
            client_cidrs=["10.0.0.0/16"],
            dns_name="db.shared.internal",
            hosted_zone=zone,
        ),
    ),
    Call(
        "ExistingNetwork",
        _public("ExistingNetwork"),
        _in_stack(vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"]),
        {"subnets": {"subnet_ids": None}},
        lambda world, made: ResourceGateway(world.stack, "gateway", made),
    ),
    Call(
        "ExistingNetwork.private_zone",
        lambda world: world.network.private_zone,
        lambda _: {"domain": "shared.internal"},
    ),
    Call(
        "Network.private_zone",
        lambda world: latticelink.Network(world.stack, "made", cidr="10.0.0.0/16", zones=["eu-west-1a"]).private_zone,
        lambda _: {"domain": "shared.internal"},
    ),
    Call(
        "ExistingSecurityGroup",
        _public("ExistingSecurityGroup"),
        _in_stack(security_group_id=GROUP),
        use=lambda _, made: made.let_in(cidr="10.0.0.0/16", ports=[443], why="Clients"),
    ),
    *(
        Call(
            f"{kind}.{method}",
            lambda world, kind=kind, method=method: getattr(
                world.group
                if kind == "SecurityGroup"
                else latticelink.ExistingSecurityGroup(world.stack, "existing", GROUP),
                method,
            ),
            _RULE,
            _SIDES,
        )
        for kind in ("SecurityGroup", "ExistingSecurityGroup")
        for method in ("let_in", "let_out")
    ),
    Call(
        "SecurityGroup",
        _public("SecurityGroup"),
        _in_stack(network=lambda world: world.network),
        use=lambda _, made: made.let_in(cidr="10.0.0.0/16", ports=[443], why="Clients"),
    ),
    Call(
        "ExistingServiceNetwork",
        _public("ExistingServiceNetwork"),
        _in_stack(arn=SERVICE_NETWORK),
        use=lambda world, made: made.share("all", [world.shared]),
    ),
    *(
        Call(
            f"{kind}.share",
            lambda world, kind=kind: (
                (
                    world.service_network
                    if kind == "ServiceNetwork"
                    else latticelink.ExistingServiceNetwork(world.stack, "existing", arn=SERVICE_NETWORK)
                ).share
            ),
            lambda world: {"name": "all", "resources": [world.shared]},
            use=_publish,
        )
        for kind in ("ServiceNetwork", "ExistingServiceNetwork")
    ),
    Call(
        "ExistingSubnet",
        _public("ExistingSubnet"),
        lambda _: {"id": "subnet-12345678"},
        use=lambda world, made: ResourceGateway(
            world.stack, "gateway", ExistingNetwork(world.stack, "made", vpc_id="vpc-12345678", subnets=[made])
        ),
    ),
    Call(
        "GroupResource",
        _public("GroupResource"),
        lambda _: {"members": {"a": Member(IpResource("10.0.0.9"), [5432])}},
        use=_share,
    ),
    Call("IpResource", _public("IpResource"), lambda _: {"address": "10.0.0.9"}, use=_share),
    Call("LocalState", _public("LocalState"), use=_keep),
    Call(
        "Member",
        _public("Member"),
        lambda _: {"resource": IpResource("10.0.0.9"), "ports": [5432]},
        use=lambda world, made: _share(world, latticelink.GroupResource({"a": made})),
    ),
    Call(
        "Network",
        _public("Network"),
        _in_stack(cidr="10.0.0.0/16", zones=["eu-west-1a"]),
        {
            "subnets": {"zones": None},
            "ipam_pool_id": {"cidr": None, "netmask_length": 20},
            "netmask_length": {"cidr": None, "ipam_pool_id": "ipam-pool-0123456789abcdef0"},
        },
        lambda world, made: ResourceGateway(world.stack, "gateway", made),
    ),
    Call(
        "PublishedResources[]",
        lambda world: _positional(STATE.read(world.stack, "elsewhere").__getitem__),
        lambda _: {"name": "orders"},
        use=_reach,
    ),
    Call(
        "Report",
        _public("Report"),
        lambda _: {"place": ["a"]},
        use=lambda _, made: made.refuse("x", 1, rule="R.", fix="F."),
    ),
    Call(
        "Report.refuse",
        lambda _: Report("a").refuse,
        lambda _: {"argument": "x", "value": 1, "rule": "R.", "fix": "F."},
    ),
    Call(
        "ResourceEndpoint",
        _public("ResourceEndpoint"),
        _ENDPOINT,
        _LEAVES_CLIENTS | {"hosted_zone": {"dns_name": "db.shared.internal"}},
    ),
    Call(
        "ServiceNetworkEndpoint",
        _public("ServiceNetworkEndpoint"),
        _TO_NETWORK,
        _LEAVES_CLIENTS | {"hosted_zone": {"members_domain": "shared.internal"}},
    ),
    Call(
        "ServiceNetworkAssociation",
        _public("ServiceNetworkAssociation"),
        _TO_NETWORK,
        _LEAVES_CLIENTS | {"hosted_zone": {"members_domain": "shared.internal"}},
    ),
    Call("S3State", _public("S3State"), lambda _: {"bucket": "acme-state", "region": "eu-west-1"}, use=_keep),
    Call(
        "ServiceNetwork",
        _public("ServiceNetwork"),
        _in_stack(),
        use=lambda world, made: made.share("all", [world.shared]),
    ),
    Call(
        "SharedResource",
        _public("SharedResource"),
        lambda world: {"name": "orders", "arn": CONFIGURATION, "ports": world.there.ports},
        use=_reach_and_publish,
    ),
    Call(
        "SharedResource.of_arn",
        lambda _: SharedResource.of_arn,
        lambda _: {"name": "orders", "arn": CONFIGURATION, "ports": [5432]},
        use=_reach,
    ),
    Call(
        "Stack",
        _public("Stack"),
        lambda world: {"scope": world.app, "id": f"made-{world.number}", "state": STATE, "region": "eu-west-1"},
        {"role_arn": {"account_id": "111122223333"}},
        lambda _, made: ResourceGateway(made, "gateway", existing(made)),
    ),
    Call(
        "Stack.parse_settings", lambda _: Stack.parse_settings, lambda _: {"report": Report("x"), "region": "eu-west-1"}
    ),
    Call("StateBucket", _public("StateBucket"), _in_stack(state=S3State("acme-state", "eu-west-1"))),
    Call(
        "Subnet",
        _public("Subnet"),
        lambda _: {"zone": "eu-west-1a", "cidr": "10.0.0.0/24"},
        use=lambda world, made: latticelink.Network(world.stack, "made", cidr="10.0.0.0/16", subnets=[made]),
    ),
    Call(
        "adopt",
        _public("adopt"),
        lambda world: {
            "stack": world.gateway.network.stack,
            "ids": {"gateway-of-world/gateway": "rgw-0123456789abcdef0"},
        },
    ),
    Call(
        "moved",
        _public("moved"),
        lambda world: {"stack": world.gateway.network.stack, "paths": {"old": "gateway-of-world"}},
    ),
    Call(
        "suppress", _public("suppress"), lambda world: {"construct": world.gateway, "check": "LL505", "reason": "Fine"}
    ),
    *_state_calls("LocalState", STATE),
    *_state_calls("S3State", S3State("acme-state", "eu-west-1")),
    *_state_calls("CloudState", CloudState("acme")),
    *_state_calls("State", LocalState("elsewhere")),
]

CALLS = {call.what: call for call in _CALLS}


def _shapes() -> dict[str, Any]:
    """Return what has the signature of each call."""
    from tests.test_public_words import CALLABLES

    def one(name: Any) -> None: ...

    stack = testing.SynthesisedStack
    return {
        **dict(CALLABLES),
        **{name: getattr(testing, name) for name in testing.__all__},
        **dict.fromkeys(("AcceptedShare[]", "PublishedResources[]", "SynthesisedApp[]"), one),
        **{f"SynthesisedStack.{name}": getattr(stack, name) for name in ("all", "one", "ref")},
        **{
            f"SynthesisedApp.{name}": getattr(testing.SynthesisedApp, name)
            for name in ("paths_at", "replacements_since")
        },
        "Golden()": testing.Golden.__call__,
        "Synthesise()": testing.Synthesise.__call__,
    }


SHAPES = _shapes()
SEAMS = {
    "Finding": "the library makes it",
    **{
        f"{network}.{method}": "constructs ask each other by it"
        for network in ("Network", "ExistingNetwork")
        for method in ("needs_dns", "pick", "refuse_ip_type", "refuse_other_stack")
    },
    **{f"{group}.allow": "constructs ask each other by it" for group in ("SecurityGroup", "ExistingSecurityGroup")},
    "PublishedResources": "State.read makes it",
    "State": "only its kinds are made",
}
"""Public callables to which users give nothing, with the reason."""
