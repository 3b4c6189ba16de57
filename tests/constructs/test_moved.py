"""A construct's new id: what was applied under the old one is taken by moved blocks, rules of groups with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from latticelink import (
    App,
    ExistingNetwork,
    InvalidInput,
    IpResource,
    LocalState,
    Network,
    ResourceEndpoint,
    ResourceGateway,
    SecurityGroup,
    SharedResource,
    Stack,
    moved,
)
from latticelink.testing import Synthesise, SynthesisedStack

import pytest

from tests.builders import make_stack

ARN = "arn:aws:vpc-lattice:eu-west-1:111122223333:resourceconfiguration/rcfg-0123456789abcdef0"


def built(
    synthesise: Synthesise,
    *,
    network: str = "network",
    gateway: str = "gateway",
    share: str = "orders",
    endpoint: str = "reach",
    moves: dict[str, str] | None = None,
) -> SynthesisedStack:
    """Synthesise a stack in which all that can be renamed has names of AWS's that stay."""

    def build(app: Any) -> None:
        stack = make_stack(app, "both")
        vpc = Network(stack, network, name="shop", cidr="10.0.0.0/16", zones=["eu-west-1a", "eu-west-1b"])
        target = SecurityGroup(stack, "target", vpc, name="target")
        entrance = ResourceGateway(stack, gateway, vpc, name="entrance", ingress_cidrs=["10.0.0.0/8"])
        resource = IpResource("10.0.0.9", security_group_id=target.id)
        entrance.share(share, resource, ports=[5432, "80-90"], configuration_name="orders")
        theirs = ExistingNetwork(stack, "theirs", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
        shared = SharedResource.of_arn("orders", ARN, ports=[5432])
        ResourceEndpoint(stack, endpoint, shared, theirs, client_cidrs=["10.0.0.0/16"])
        if moves is not None:
            moved(stack, moves)

    return synthesise(build)["both"]


def addresses(template: SynthesisedStack) -> set[str]:
    return {f"{kind}.{name}" for kind, blocks in template.json["resource"].items() for name in blocks}


RENAMES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("a gateway", {"gateway": "entrance"}, {"gateway": "entrance"}),
    ("a network", {"network": "shop"}, {"network": "shop"}),
    ("a share", {"share": "orders-db"}, {"gateway/orders": "gateway/orders-db"}),
    ("an endpoint", {"endpoint": "orders"}, {"reach": "orders"}),
    (
        "a gateway and its share",
        {"gateway": "entrance", "share": "db"},
        {"gateway": "entrance", "gateway/orders": "entrance/db"},
    ),
]


@pytest.mark.parametrize(("what", "renamed", "moves"), RENAMES, ids=[row[0] for row in RENAMES])
def test_all_that_a_rename_gives_another_address_is_moved(
    synthesise: Synthesise, what: str, renamed: dict[str, Any], moves: dict[str, str]
) -> None:
    before, after = addresses(built(synthesise)), built(synthesise, **renamed, moves=moves)
    written = {each["from"]: each["to"] for each in after.json["moved"]}
    assert before - addresses(after) == set(written), what
    assert addresses(after) - before == set(written.values())
    assert {old.partition(".")[0] for old in written} == {new.partition(".")[0] for new in written.values()}


def test_what_moves_is_as_it_was_but_for_addresses(synthesise: Synthesise) -> None:
    before, after = built(synthesise), built(synthesise, gateway="entrance", moves={"gateway": "entrance"})
    text = json.dumps({section: body for section, body in after.json.items() if section not in ("moved", "//")})
    for each in after.json["moved"]:
        old, new = (each[side].partition(".")[2] for side in ("from", "to"))
        text = text.replace(new, old)
    text = text.replace(', "ignore_changes": ["description", "name"]', "")  # Their names come from the id.
    assert text.count("ignore_changes") == 0
    was = {section: body for section, body in before.json.items() if section != "//"}
    assert without_notes(json.loads(text)) == without_notes(was)


def without_notes(content: Any) -> Any:
    """Return JSON without the paths of constructs."""
    if isinstance(content, dict):
        return {key: without_notes(item) for key, item in content.items() if key != "//"}
    return [without_notes(item) for item in content] if isinstance(content, list) else content


def test_without_moves_no_block_is_written(synthesise: Synthesise) -> None:
    assert "moved" not in built(synthesise).json


REFUSED: list[tuple[str, Callable[[Any], Any], str]] = [
    (
        "a new path where nothing is",
        lambda s: moved(s, {"gate": "gateway"}),
        "constructs of this stack are: network",
    ),
    (
        "an old path where there still is something",
        lambda s: moved(s, {"network": "network/vpc"}),
        "there is still a construct at this one",
    ),
]


@pytest.mark.parametrize(("what", "build", "rule"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_moves_nothing_is_refused(what: str, build: Callable[[Any], Any], rule: str) -> None:
    stack = Stack(App(context={}), "s", state=LocalState(), region="eu-west-1")
    Network(stack, "network", cidr="10.0.0.0/16", zones=["eu-west-1a"])
    with pytest.raises(InvalidInput) as caught:
        build(stack)
    assert rule in caught.value.findings[0].rule, what
