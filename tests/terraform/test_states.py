"""States: what was applied is known wholly, what is sensitive stays hidden, and what differs from a folder is said."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from latticelink.checks.examination import examine
from latticelink.cli.main import main
from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.paths.tracing import trace
from latticelink.reports.text import as_json, as_text
from latticelink.terraform.json_files import UnreadableInput

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.paths.topologies import (
    CONFIGURATION,
    INGRESS,
    TARGET_IN,
    Change,
    changes,
    cidr,
    drop,
    put,
    right,
    section,
)
from tests.terraform.states import Form, id_of, kept, shown
from tests.terraform.test_plans import ODD, spots

FORMS = [shown, kept]
AS_IT_IS = changes()


def write(folder: Path, name: str, content: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content))
    return folder / name


def applied(folder: Path, form: Form, change: Change = lambda _: None) -> Path:
    stacks = right()
    change(stacks)
    for name, content in stacks.items():
        write(folder, f"{name}.json" if form is shown else f"{name}.tfstate", form(name, content))
    return folder


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("sentence", "change", "answer"),
    [
        ("as it should be", changes(), Answer.PASS),
        ("a rule is missing", drop(*TARGET_IN), Answer.FAIL),
        ("the client's block is let in", put(*TARGET_IN, **cidr("10.1.0.0/16")), Answer.FAIL),
        ("the gateway's subnets are let in", put(*TARGET_IN, **cidr("10.2.0.0/23")), Answer.PASS),
    ],
)
def test_a_folder_of_states_is_judged_and_nothing_is_open(
    tmp_path: Path, form: Form, sentence: str, change: Change, answer: Answer
) -> None:
    (path,) = trace(read(applied(tmp_path, form, change)))
    assert path.answer is answer, sentence
    assert not examine(tmp_path).of(Answer.UNKNOWN)


def added_by_hand(content: dict[str, Any], group: str, **rule: Any) -> None:
    """Put a rule into a group as a refresh finds it there, beside those that are resources of their own."""
    of_own = {"protocol": "tcp", "from_port": 443, "to_port": 443, "self": False, "description": ""}
    for each in content["values"]["root_module"]["resources"]:
        if each["type"] == "aws_security_group" and each["name"] == group:
            each["values"]["ingress"] = [{**of_own, "cidr_blocks": [], "security_groups": [], **rule}]


@pytest.mark.parametrize(
    ("sentence", "rule", "is_target_open"),
    [
        ("from the gateway's group", {"security_groups": [id_of("producer", "aws_security_group", "gateway")]}, True),
        ("from the gateway's subnets", {"cidr_blocks": ["10.2.0.0/24", "10.2.1.0/24"]}, True),
        ("from elsewhere", {"cidr_blocks": ["10.9.0.0/24"]}, False),
        ("at another port", {"cidr_blocks": ["10.2.0.0/16"], "from_port": 80, "to_port": 80}, False),
    ],
)
def test_a_rule_that_was_added_by_hand_counts(
    tmp_path: Path, sentence: str, rule: dict[str, Any], is_target_open: bool
) -> None:
    # An own rule, so that the group is one whose rules are resources.
    change = changes(drop(*TARGET_IN), put("producer", INGRESS, "other", **own_rule()))
    stacks = right()
    change(stacks)
    states = {name: shown(name, content) for name, content in stacks.items()}
    added_by_hand(states["producer"], "target", **rule)
    for name, content in states.items():
        write(tmp_path, f"{name}.json", content)
    (path,) = trace(read(tmp_path))
    assert (path.answer is Answer.PASS) == is_target_open, sentence


def own_rule() -> dict[str, Any]:
    return {
        "security_group_id": "${aws_security_group.target.id}",
        "ip_protocol": "tcp",
        "from_port": 22,
        "to_port": 22,
        "cidr_ipv4": "10.2.9.0/24",
    }


SECRET = "hunter2hunter2"


def database(form: Form, *, is_marked: bool) -> dict[str, Any]:
    stacks = right()
    arguments = {"identifier": "orders", "password": SECRET, "tags": {"Name": SECRET, "Team": "shop"}}
    stacks["producer"]["resource"]["aws_db_instance"] = {"orders": arguments}
    stacks["producer"]["output"]["secret"] = {"value": SECRET}
    content = form("producer", stacks["producer"])
    if form is shown:
        [made] = [each for each in content["values"]["root_module"]["resources"] if each["type"] == "aws_db_instance"]
        made["sensitive_values"] = {"tags": {"Name": True}, **({"password": True} if is_marked else {})}
        content["values"]["outputs"]["secret"]["sensitive"] = True
    else:
        [made] = [each for each in content["resources"] if each["type"] == "aws_db_instance"]
        paths = [[{"type": "get_attr", "value": "tags"}, {"type": "index", "value": {"value": "Name"}}]]
        made["instances"][0]["sensitive_attributes"] = [
            *paths,
            *([[{"type": "get_attr", "value": "password"}]] if is_marked else []),
        ]
        content["outputs"]["secret"]["sensitive"] = True
    return content


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("is_marked", [True, False])
def test_what_is_sensitive_is_never_printed(tmp_path: Path, form: Form, is_marked: bool) -> None:
    state = write(
        tmp_path / "state", "producer.tfstate" if form is kept else "producer.json", database(form, is_marked=is_marked)
    )
    examination = examine(state)
    for printed in (as_text(examination, why=True), as_json(examination)):
        assert SECRET not in printed
    configuration = read(state)
    (block,) = configuration.of_type("aws_db_instance")
    assert "is sensitive" in block.value("password").reason
    assert (
        configuration.stacks[0].outputs["secret"].reason
        == "output 'secret' is sensitive, so it is not read from a state"
    )


def raw(**resource: Any) -> dict[str, Any]:
    return {"version": 4, "serial": 1, "lineage": "x", "outputs": {}, "resources": [resource]}


def test_instances_and_modules_of_a_state_file_have_terraforms_addresses(tmp_path: Path) -> None:
    instances = [
        {"index_key": "a", "attributes": {"id": "vpc-1", "cidr_block": "10.0.0.0/16"}},
        {"index_key": "b", "attributes": {"id": "vpc-2", "cidr_block": "10.1.0.0/16"}, "status": "tainted"},
        {"index_key": "b", "deposed": "00000001", "attributes": {"id": "vpc-3"}},
    ]
    provider = 'provider["registry.terraform.io/hashicorp/aws"].west'
    resource = {"module": 'module.net["x"]', "mode": "managed", "type": "aws_vpc", "name": "main", "provider": provider}
    stack = write(tmp_path, "terraform.tfstate", raw(**resource, instances=instances))
    blocks = read(stack).blocks
    assert [block.address for block in blocks] == [
        'module.net["x"].aws_vpc.main["a"]',
        'module.net["x"].aws_vpc.main["b"]',
    ]
    assert [block.value("cidr_block") for block in blocks] == ["10.0.0.0/16", "10.1.0.0/16"]
    assert {block.body["provider"] for block in blocks} == {"aws.west"}


def test_what_looks_like_a_template_in_a_state_is_none(tmp_path: Path) -> None:
    attributes = {"id": "i-1", "tags": {"Name": "${not.evaluated} %{ if }"}}
    resource = {"mode": "managed", "type": "aws_instance", "name": "x", "instances": [{"attributes": attributes}]}
    (block,) = read(write(tmp_path, "a.tfstate", raw(**resource))).blocks
    assert block.value("tags", "Name") == "${not.evaluated} %{ if }"


@pytest.mark.parametrize(
    ("sentence", "content", "stacks"),
    [
        ("as Terraform shows one", {"format_version": "1.0"}, 1),
        ("as Terraform keeps one", {"version": 4, "serial": 1, "lineage": "", "outputs": {}, "resources": []}, 1),
    ],
)
def test_an_empty_state_is_a_stack_with_nothing_in_it(
    tmp_path: Path, sentence: str, content: dict[str, Any], stacks: int
) -> None:
    configuration = read(write(tmp_path, "empty.json", content))
    assert (len(configuration.stacks), len(configuration.blocks)) == (stacks, 0), sentence
    assert as_text(examine(tmp_path / "empty.json")).endswith("0 suppressed.")


def test_an_old_state_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"is a state file of version 3; only version 4 is read"):
        read(write(tmp_path, "terraform.tfstate", {"version": 3, "serial": 1, "modules": []}))


def both(
    tmp_path: Path, folder_change: Change, state_change: Change = AS_IT_IS, form: Form = kept, name: str = "producer"
) -> tuple[Path, Path]:
    ours, theirs = right(), right()
    folder_change(ours)
    state_change(theirs)
    folder = write(tmp_path / "producer", "main.tf.json", ours["producer"]).parent
    return folder, write(tmp_path / "state", f"{name}.tfstate", form("producer", theirs["producer"]))


PORTS = put("producer", CONFIGURATION, "web", port_ranges=["80", "443"])
TAGS = {"Name": "web"}
WEB = ("producer", "aws_instance", "web")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("sentence", "in_folder", "in_state", "rows"),
    [
        ("nothing", changes(), changes(), []),
        ("a list in another order", PORTS, put("producer", CONFIGURATION, "web", port_ranges=["443", "80"]), []),
        ("a list", PORTS, changes(), [f"{CONFIGURATION}.web port_ranges ['80', '443'] ['443']"]),
        ("a number and its text", changes(), put(*TARGET_IN, from_port="443"), []),
        ("a number", changes(), put(*TARGET_IN, to_port=444), [f"{INGRESS}.target_in to_port 443 444"]),
        ("a resource to be made", changes(), drop(*TARGET_IN), [f"{INGRESS}.target_in there not there"]),
        ("a resource to go", drop(*TARGET_IN), changes(), [f"{INGRESS}.target_in not there there"]),
        ("tags", put(*WEB, tags=TAGS), changes(), ["aws_instance.web tags {Name} nothing"]),
        ("an argument that nobody wrote", changes(), put(*WEB, tags=TAGS), []),
        (
            "a reference to another",
            changes(),
            put("producer", "aws_instance", "web", subnet_id="${aws_subnet.b.id}"),
            [
                f"aws_instance.web subnet_id {id_of('producer', 'aws_subnet', 'a')} "
                f"{id_of('producer', 'aws_subnet', 'b')}"
            ],
        ),
    ],
)  # fmt: skip
def test_what_differs_between_a_stack_and_its_state_is_one_table(
    tmp_path: Path, form: Form, sentence: str, in_folder: Change, in_state: Change, rows: list[str]
) -> None:
    folder, state = both(tmp_path, in_folder, in_state, form)
    printed = as_text(examine(inputs(folder, state)))
    heading = (
        f"Stack producer and its state {state} differ ({len(rows)}):"
        if rows
        else f"Stack producer and its state {state} don't differ, as far as is known before apply."
    )
    assert heading in printed, sentence
    table = printed.partition(heading)[2].partition("\n\n")[0].splitlines()[2:]
    assert [" ".join(row.split()) for row in table] == rows, sentence
    assert "LL104" not in printed, "the stack is judged once"


def inputs(*paths: Path) -> Any:
    from latticelink.terraform.inputs import Input

    return [Input(path) for path in paths]


def test_a_stack_is_judged_as_it_will_be_and_its_state_is_found_where_its_backend_keeps_it(tmp_path: Path) -> None:
    stacks = right()
    section("producer", terraform={"backend": {"local": {"path": "../state/network.tfstate"}}})(stacks)
    drop(*TARGET_IN)(stacks)
    folder = write(tmp_path / "producer", "main.tf.json", stacks["producer"]).parent
    state = write(tmp_path / "state", "network.tfstate", kept("producer", right()["producer"]))
    examination = examine(inputs(state, folder))
    assert [path.answer for path in examination.paths] == [Answer.FAIL]
    assert json.loads(as_json(examination))["inputs"] == {
        "unjoined": [],
        "differences": [
            {
                "stack": "producer",
                "address": f"{INGRESS}.target_in",
                "argument": "",
                "configured": "not there",
                "applied": "there",
                "state": str(state),
            }
        ],
    }


def test_what_differs_is_said_by_pictures_and_code_scanning_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ports = put("producer", CONFIGURATION, "web", port_ranges=["80"])
    folder, state = both(tmp_path, changes(drop(*TARGET_IN), ports))
    said = [
        f"Stack producer and its state {state} differ: aws_vpc_security_group_ingress_rule.target_in is not there "
        "in the configuration and is there in the state.",
        f"Stack producer and its state {state} differ: port_ranges of aws_vpclattice_resource_configuration.web is "
        "['80'] in the configuration and ['443'] in the state.",
    ]
    assert main(["draw", str(folder), str(state)]) == 0
    assert capsys.readouterr().err.splitlines() == said
    main(["check", str(folder), str(state), "--format", "sarif", "--strict"])
    [invocation] = json.loads(capsys.readouterr().out)["runs"][0]["invocations"]
    assert [each["message"]["text"] for each in invocation["toolExecutionNotifications"]] == said


def test_of_a_state_that_is_nobodys_nothing_differs(tmp_path: Path) -> None:
    folder, state = both(tmp_path, changes(), name="other")
    printed = as_text(examine(inputs(folder, state)))
    assert "its state" not in printed
    assert f"Nothing connects {state} to the other inputs" in printed


def test_a_password_that_differs_is_not_shown(tmp_path: Path) -> None:
    state = write(tmp_path / "state", "producer.json", database(shown, is_marked=False))
    stacks = right()
    stacks["producer"]["resource"]["aws_db_instance"] = {
        "orders": {"identifier": "bills", "password": "another", "password_wo": "a-third"}
    }
    folder = write(tmp_path / "producer", "main.tf.json", stacks["producer"]).parent
    printed = as_text(examine(inputs(folder, state)))
    assert "aws_db_instance.orders  identifier  bills    orders" in printed
    assert SECRET not in printed
    assert "another " not in printed
    assert "a-third" not in printed


Shape = Callable[[str, dict[str, Any]], dict[str, Any]]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_part_of_a_state_makes_a_traceback_whatever_is_in_it(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from(FORMS))
    content = form("producer", right()["producer"])
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(spots(content)))
        part = content
        for key in way:
            part = part[key]
        part[last] = copy.deepcopy(data.draw(st.sampled_from(ODD)))
    folder = tmp_path_factory.mktemp("state")
    file = write(folder, "producer.tfstate", content)
    write(folder / "producer", "main.tf.json", right()["producer"])
    try:
        assert as_text(examine(inputs(folder / "producer", file)))
        assert as_text(examine(file))
    except UnreadableInput:
        return
