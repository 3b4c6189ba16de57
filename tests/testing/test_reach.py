"""What is reachable and what is blocked, by the names that users have for clients and resources."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink.testing import SynthesisedApp, assert_blocked, assert_reachable, read_synthesised

import pytest

from tests.paths.topologies import (
    CLIENT_OUT,
    CONFIGURATION,
    EGRESS,
    ENDPOINT_IN,
    GATEWAY_OUT,
    INGRESS,
    TARGET_IN,
    Change,
    by_group,
    changes,
    cidr,
    drop,
    put,
    right,
    rule,
)

CLIENT = "aws_instance.client"
SECOND = {"subnet_id": "${aws_subnet.b.id}", "vpc_security_group_ids": ["${aws_security_group.client.id}"]}
BY_CIDR = put("consumer", INGRESS, "endpoint_in", **cidr("10.1.0.0/16"))


def app_of(folder: Path, *several: Change) -> SynthesisedApp:
    """Return the right topology with changes, as if an app had written it."""
    stacks = right()
    changes(*several)(stacks)
    manifest = {}
    for name, content in stacks.items():
        file = f"stacks/{name}/cdk.tf.json"
        (folder / file).parent.mkdir(parents=True)
        (folder / file).write_text(json.dumps(content))
        manifest[name] = {
            "synthesizedStackPath": file,
            "workingDirectory": f"stacks/{name}",
            "dependencies": ["producer"] if name == "consumer" else [],
        }
    (folder / "manifest.json").write_text(json.dumps({"stacks": manifest}))
    return read_synthesised(folder)


def raised(check: Callable[..., None], *arguments: Any, **keywords: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        check(*arguments, **keywords)
    return str(caught.value)


@pytest.mark.parametrize(
    ("client", "resource"),
    [
        (CLIENT, "web"),
        (f"consumer: {CLIENT}", "aws_vpc_endpoint.web"),
        ("client", f"{CONFIGURATION}.web"),
        ("EC2_A", "EC2_B"),
        ("clients in aws_security_group.client", "web"),
        ("aws_security_group.client", "web"),
    ],
)
def test_clients_and_resources_have_the_names_that_people_give_them(tmp_path: Path, client: str, resource: str) -> None:
    tags = [put("consumer", "aws_instance", "client", tags={"Name": "EC2_A"})] if client == "EC2_A" else []
    tags += [put("producer", "aws_instance", "web", tags={"Name": "EC2_B"})] if resource == "EC2_B" else []
    app = app_of(tmp_path, *tags)
    assert_reachable(app, client, resource, port=443)
    assert_blocked(app, client, resource, port=80)
    raised(assert_reachable, app, client, resource, port=80)
    raised(assert_blocked, app, client, resource, port=443)


@pytest.mark.parametrize(
    ("what", "change", "place"),
    [
        ("the client lets nothing out", drop(*CLIENT_OUT), "client's group out"),
        ("the endpoint lets nobody in", drop(*ENDPOINT_IN), "endpoint's group in"),
        ("the gateway lets nothing out", drop(*GATEWAY_OUT), "gateway's group out"),
        ("the target lets nothing in", drop(*TARGET_IN), "target's group in"),
        ("the port isn't shared", put("producer", CONFIGURATION, "web", port_ranges=["80"]),
         "resource configuration's ports"),
    ],
)  # fmt: skip
def test_each_hop_blocks_and_is_shown_with_its_fix(tmp_path: Path, what: str, change: Change, place: str) -> None:
    app = app_of(tmp_path, change)
    assert_blocked(app, CLIENT, "web", port=443)
    said = raised(assert_reachable, app, CLIENT, "web", port=443)
    assert said.splitlines()[0] == f"{CLIENT} should reach web on TCP 443."
    assert f"  blocked: {place}: " in said, what
    assert "    fix: " in said
    assert "  passes: " in said


def test_what_is_not_known_is_neither_reachable_nor_blocked(tmp_path: Path) -> None:
    app = app_of(
        tmp_path, put(*TARGET_IN, **by_group("${var.somebody}"), from_port="${var.port}", to_port="${var.port}")
    )
    for check in (assert_reachable, assert_blocked):
        said = raised(check, app, CLIENT, "web", port=443)
        assert "unknown for TCP 443" in said
        assert "    settle: " in said


@pytest.mark.parametrize("check", [assert_reachable, assert_blocked])
@pytest.mark.parametrize(
    ("client", "resource", "said"),
    [
        ("EC2_Z", "web", "or that have a rule out to it: aws_security_group.client, client."),
        (CLIENT, "wbe", "The endpoints and targets there are: web."),
    ],
)
def test_a_misspelt_name_fails_both(tmp_path: Path, check: Any, client: str, resource: str, said: str) -> None:
    message = raised(check, app_of(tmp_path), client, resource, port=443)
    assert message.startswith(f"No path from {client} to {resource} was traced.")
    assert said in message


def test_a_port_that_is_not_the_nearest_is_judged_by_itself(tmp_path: Path) -> None:
    app = app_of(
        tmp_path,
        put("producer", CONFIGURATION, "web", port_ranges=["1-65535"]),
        put("consumer", EGRESS, "client_80", **rule("client", 80, **by_group("endpoint"))),
        put("consumer", INGRESS, "endpoint_80", **rule("endpoint", 80, **by_group("client"))),
        put("producer", EGRESS, "gateway_80", **rule("gateway", 80, **by_group("target"))),
    )
    [path] = app.paths
    assert str(path.ports) == "443"
    assert_reachable(app, CLIENT, "web", port=443)
    assert_blocked(app, CLIENT, "web", port=80)
    said = raised(assert_reachable, app, CLIENT, "web", port=80)
    assert [line.split(":")[1] for line in said.splitlines() if "blocked:" in line] == [" target's group in"]


def test_of_clients_in_one_block_each_is_a_client_of_its_own(tmp_path: Path) -> None:
    closed = {**SECOND, "vpc_security_group_ids": ["${aws_security_group.closed.id}"]}
    app = app_of(
        tmp_path,
        BY_CIDR,
        put("consumer", "aws_security_group", "closed", vpc_id="${aws_vpc.main.id}"),
        put("consumer", "aws_instance", "second", **closed),
    )
    assert_reachable(app, CLIENT, "web", port=443)
    assert_blocked(app, "aws_instance.second", "web", port=443)
    for check in (assert_reachable, assert_blocked):
        raised(check, app, "10.1.0.0/16", "web", port=443)


def test_a_client_that_two_rules_name_needs_one_of_them(tmp_path: Path) -> None:
    app = app_of(
        tmp_path,
        put("consumer", INGRESS, "by_cidr", **{**rule("endpoint", 80), "cidr_ipv4": "10.1.0.0/16"}),
    )
    assert_reachable(app, CLIENT, "web", port=443)
    assert_blocked(app, CLIENT, "web", port=80)


def test_two_clients_of_one_name_must_both_reach(tmp_path: Path) -> None:
    tags = {"tags": {"Name": "EC2_A"}}
    app = app_of(
        tmp_path,
        BY_CIDR,
        put("consumer", "aws_instance", "client", **tags),
        put("consumer", "aws_security_group", "closed", vpc_id="${aws_vpc.main.id}"),
        put("consumer", "aws_instance", "second",
            **{**SECOND, **tags, "vpc_security_group_ids": ["${aws_security_group.closed.id}"]}),
    )  # fmt: skip
    for check in (assert_reachable, assert_blocked):
        raised(check, app, "EC2_A", "web", port=443)


def test_the_half_behind_the_gateway_has_clients_elsewhere(tmp_path: Path) -> None:
    app = app_of(tmp_path, lambda stacks: stacks.pop("consumer"))
    assert_reachable(app, "clients elsewhere", "web", port=443)
    assert_blocked(app, "clients elsewhere", "web", port=80)
