"""Replacement and order: what goes wrong when something is changed or destroyed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from latticelink.checks.findings import Check, Judgement, Severity
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import example, files, not_known, open_question, read, verdict
from latticelink.paths.hops import Answer
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.known import PartlyKnown, Reference, Unknown, boolean
from latticelink.terraform.remote_state import place_of_state, read_stack
from latticelink.values.types import CONFIGURATION, GATEWAY, NETWORK

_CREATE_FIRST = "create_before_destroy"


def _changing_name(configuration: Configuration) -> Iterator[Judgement]:
    for kind in (GATEWAY, CONFIGURATION, NETWORK):
        for block in configuration.of_type(kind):
            if not boolean(read(block, f"lifecycle.{_CREATE_FIRST}")):
                continue
            name = read(block, "name")
            changes = "(" in str(block.written.get("name")) or isinstance(name, PartlyKnown | Reference)
            if why := None if changes else open_question(name):
                yield not_known(block, why, "name")
            else:
                yield verdict(block, None if changes else f"It has {_CREATE_FIRST} and a fixed name, {name!r}.")


def _manifest_order(configuration: Configuration) -> Iterator[Judgement]:
    for stack in configuration.stacks:
        if stack.raw.after is None:
            continue
        before = _all_before(configuration, stack.name)
        for block in stack.blocks:
            if block.mode != "data" or block.type != "terraform_remote_state":
                continue
            source = read_stack(block, stack.company)
            if isinstance(source, Unknown):
                yield not_known(block, source)
            else:
                problem = f"It reads the state of {source.name!r}, and the manifest doesn't put that stack first."
                yield verdict(block, None if source.name in before else problem)


def _own_state(configuration: Configuration) -> Iterator[Judgement]:
    first: dict[tuple[object, ...], str] = {}
    for stack in configuration.stacks if len(configuration.stacks) > 1 else ():
        place = place_of_state(stack)
        if place is None:
            continue
        other = first.setdefault(place, stack.name)
        where = f"{stack.name}: terraform"
        if other == stack.name:
            yield Judgement(Answer.PASS, None, part=where)
        else:
            message = (
                f"Its state is kept in the same place as that of {other!r}: {', '.join(map(str, filter(None, place)))}."
            )
            yield Judgement(Answer.FAIL, None, message, part=where)


def _all_before(configuration: Configuration, name: str) -> set[str]:
    after = {stack.name: stack.raw.after or () for stack in configuration.stacks}
    found: set[str] = set()
    todo = [name]
    while todo:
        new = set(after.get(todo.pop(), ())) - found
        found |= new
        todo += new
    return found


def _with_manifest(dependencies: list[str]) -> str:
    backend = {"backend": {"local": {"path": "../../state/producer.tfstate"}}}
    state = {"backend": "local", "config": {"path": "../../state/producer.tfstate"}}
    stacks = {
        name: {
            "name": name,
            "constructPath": name,
            "dependencies": dependencies if name == "consumer" else [],
            "synthesizedStackPath": f"stacks/{name}/cdk.tf.json",
            "workingDirectory": f"stacks/{name}",
        }
        for name in ("consumer", "producer")
    }
    return json.dumps(
        {
            "manifest.json": {"version": "0.21.0", "stacks": stacks},
            "stacks/producer/cdk.tf.json": {"terraform": backend, "output": {"latticelink": {"value": {}}}},
            "stacks/consumer/cdk.tf.json": {"data": {"terraform_remote_state": {"producer": state}}},
        }
    )


def _kept(key: str) -> str:
    backend = {"s3": {"bucket": "acme-state", "key": key, "region": "eu-west-1"}}
    return example((GATEWAY, "g", {"name": "g"}), terraform={"backend": backend})


def _gateway(name: str) -> str:
    return example((GATEWAY, "g", {"name": name, "lifecycle": {_CREATE_FIRST: True}}))


CHECKS = (
    Check(
        id="LL811",
        severity=Severity.WARNING,
        title="A resource with create_before_destroy has a name that changes with each replacement",
        why="The old one still has the name, and AWS allows each name only once: a replacement fails halfway.",
        source=pages.TF_CREATE_FIRST,
        fix="Put a hash of what forces the replacement (subnets, VPC, address type) into the name, or drop "
        "create_before_destroy.",
        passing=_gateway('orders-${substr(sha256(jsonencode(["subnet-12345678"])), 0, 6)}'),
        failing=_gateway("orders"),
        judge=_changing_name,
    ),
    Check(
        id="LL812",
        severity=Severity.WARNING,
        title="The manifest puts a stack after those whose state it reads",
        why="If it is deployed in another order, it finds no state; if it is destroyed in another order, AWS doesn't "
        "delete the gateway, which is still in use.",
        source=pages.DELETE_GATEWAY,
        fix="Create the producer before the consumer that calls State.read; without State.read, write "
        "`consumer.add_dependency(producer)`.",
        passing=_with_manifest(["producer"]),
        failing=_with_manifest([]),
        judge=_manifest_order,
    ),
    Check(
        id="LL813",
        severity=Severity.ERROR,
        title="Each stack keeps its state in its own place",
        why="If two stacks share one state, each treats the other's resources as removed and destroys them.",
        source=pages.TF_BACKEND_LOCAL,
        fix="Give one of them another key, path or workspace; for two apps, another key_prefix or directory.",
        passing=files(orders=_kept("orders.tfstate"), invoices=_kept("invoices.tfstate")),
        failing=files(orders=_kept("shop.tfstate"), invoices=_kept("shop.tfstate")),
        judge=_own_state,
        as_written=True,
    ),
)
