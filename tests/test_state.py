"""The seam: what is published and read, and what stops when the two sides don't fit."""

from __future__ import annotations

from typing import Any

from latticelink import (
    CloudState,
    ExistingNetwork,
    InvalidInput,
    IpResource,
    LocalState,
    ResourceEndpoint,
    ResourceGateway,
    State,
)
from latticelink.testing import Synthesise

import pytest

from tests.builders import STATE, make_stack


def publish(app: Any, *names: str, state: State = STATE) -> Any:
    stack = make_stack(app, state=state)
    network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
    gateway = ResourceGateway(stack, "gateway", network)
    state.publish(stack, *(gateway.share(name, IpResource("10.0.0.9"), ports=[443]) for name in names))
    return stack


def consume(app: Any, *names: str, state: State = STATE) -> Any:
    stack = make_stack(app, "consumer", state=state)
    network = ExistingNetwork(stack, "network", vpc_id="vpc-87654321", subnet_ids=["subnet-87654321"])
    for name in names:
        ResourceEndpoint(stack, name, state.read(stack, "producer")[name], network, client_cidrs=["10.0.0.0/8"])
    return stack


def refusals(build: Any) -> list[tuple[str, str]]:
    from latticelink import App

    app = App(context={})
    with pytest.raises(InvalidInput) as caught:
        build(app)
    return [(finding.rule, finding.fix) for finding in caught.value.findings]


@pytest.mark.parametrize("state", [STATE, CloudState("acme", workspace="shop-{stack}")], ids=["local", "cloud"])
def test_a_consumer_in_an_app_of_its_own_is_written_just_the_same(synthesise: Synthesise, state: State) -> None:
    def both(app: Any) -> None:
        publish(app, "api", "db", state=state)
        consume(app, "db", "api", state=state)

    together = synthesise(both)["consumer"]
    alone = synthesise(lambda app: consume(app, "db", "api", state=state))["consumer"]
    assert alone.text == together.text


def test_the_reader_reads_where_the_writer_writes(synthesise: Synthesise) -> None:
    def both(app: Any) -> None:
        publish(app, "db")
        consume(app, "db")

    stacks = synthesise(both)
    reader = stacks["consumer"].json["data"]["terraform_remote_state"]["producer"]
    assert reader["config"] == stacks["producer"].json["terraform"]["backend"]["local"]
    assert reader["workspace"] == "${terraform.workspace}"


def test_local_state_can_be_in_another_relative_folder(synthesise: Synthesise) -> None:
    stacks = synthesise(lambda app: publish(app, "db", state=LocalState("../../../environments/dev")))
    assert stacks["producer"].json["terraform"]["backend"]["local"] == {
        "path": "../../../environments/dev/producer.tfstate",
        "workspace_dir": "../../../environments/dev/producer.workspaces",
    }


def test_every_name_that_is_read_is_guarded_in_the_plan_whenever_it_was_asked_for(synthesise: Synthesise) -> None:
    consumer = synthesise(lambda app: consume(app, "one", "two"))["consumer"]
    state = consumer.json["data"]["terraform_remote_state"]["producer"]
    conditions = [item["condition"] for item in state["lifecycle"]["postcondition"]]
    assert len(conditions) == 4
    assert '"one"' in conditions[2]
    assert '"two"' in conditions[3]


def test_a_name_that_a_producer_in_the_same_app_does_not_publish_stops_the_synth() -> None:
    def build(app: Any) -> None:
        publish(app, "api", "db")
        consume(app, "dv")

    assert refusals(build) == [
        ("Stack 'producer' publishes: api, db.", "Read one of these names, or share this one there.")
    ]


def test_a_producer_that_is_made_after_its_consumer_stops_the_synth() -> None:
    def build(app: Any) -> None:
        make_stack(app, "producer")
        consume(app, "db")

    assert refusals(build) == [
        (
            "Stack 'producer' of this app has published nothing yet.",
            "Make 'producer' before its consumers, and call state.publish in it.",
        )
    ]


def test_a_producer_that_keeps_its_state_elsewhere_stops_the_synth() -> None:
    def build(app: Any) -> None:
        publish(app, "db", state=LocalState("../../../elsewhere"))
        consume(app, "db")

    [(rule, _)] = refusals(build)
    assert rule == "The state of this stack is not kept in LocalState(directory='../../../state')."


def test_a_stack_publishes_once_and_reads_others() -> None:
    def twice(app: Any) -> None:
        STATE.publish(publish(app, "db"))

    assert refusals(twice)[0][0] == "A stack publishes once, because its contract is a single output."
    assert refusals(lambda app: STATE.publish(make_stack(app, "producer"))) == [
        (
            "publish takes at least one resource; consumers find it by its name.",
            "Write publish(stack, gateway.share(...)).",
        )
    ]
    assert refusals(lambda app: STATE.read(make_stack(app, "producer"), "producer"))[0][0] == (
        "A stack reads another stack's state."
    )


@pytest.mark.parametrize("name", ["${x}", 'a"b', "a\\b", 7])
def test_a_name_that_terraform_could_misread_is_refused(name: Any) -> None:
    assert refusals(lambda app: STATE.read(make_stack(app, "consumer"), "producer")[name])


@pytest.mark.parametrize("stack_id", ["a b", "1a", "${x}", "a/b", ""])
def test_a_stack_id_that_cannot_name_a_folder_and_a_state_is_refused(stack_id: str) -> None:
    assert refusals(lambda app: make_stack(app, stack_id))
