"""What the command prints, for people, for programs and for code scanning, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.checks.catalogue import CHECKS
from latticelink.cli import main as cli
from latticelink.paths.hops import Answer
from latticelink.reports import pages
from latticelink.reports.checks_page import document
from latticelink.reports.pages import SYMPTOMS

import pytest

from tests.checks.examples import write
from tests.conftest import ROOT, run_python

GATEWAY = "aws_vpclattice_resource_gateway"
BROKEN: dict[str, Any] = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 6.25.0, < 7.0.0"}}},
    "variable": {"name": {}},
    "resource": {
        GATEWAY: {
            "bad": {"name": "Bad--Name", "subnet_ids": ["subnet-12345678"], "security_group_ids": ["sg-12345678"]},
            "open": {"name": "${var.name}", "subnet_ids": [], "security_group_ids": ["sg-12345678"]},
        }
    },
}
CLEAN = {"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}}}
NOTE = {"resource": {"aws_vpclattice_service_network_vpc_association": {"a": {"vpc_identifier": "vpc-12345678"}}}}


def check(folder: Path, content: Any, *arguments: str) -> int:
    return cli.main(["check", str(write(folder, json.dumps(content))), *arguments])


def test_people_see_each_finding_with_place_value_fix_and_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path, BROKEN) == 1
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.startswith(
        f"""ERROR LL101 The name of a resource gateway follows AWS's rules
  place: {GATEWAY}.bad ({tmp_path}/main.tf.json)
  wrong: 'Bad--Name': The name of a resource gateway has 3 to 40 characters: lower-case letters, digits and single hyphens, no hyphen at either end, not starting with 'rgw-'.
  fix:   Write 'bad-name'.
  see:   https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html

ERROR LL401 A resource gateway has a subnet
  place: {GATEWAY}.open ({tmp_path}/main.tf.json)
"""  # noqa: E501  (as printed)
    )
    assert f"  LL101, LL104 {GATEWAY}.open: `name`: variable 'name' has no default.\n" in printed.out
    assert "    would settle it: Check a plan" in printed.out
    assert printed.out.splitlines()[-1].startswith(f"{len(CHECKS)} checks in ")
    assert ": 2 errors, 0 warnings, 0 notes, " in printed.out.splitlines()[-1]


def test_programs_get_the_same_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(tmp_path, BROKEN, "--format", "json") == 1
    content = json.loads(capsys.readouterr().out)
    assert content["counts"]["error"] == len(content["findings"]) == 2
    assert content["counts"]["unknown"] == len(content["unknown"]) > 0
    assert content["findings"][0]["check"] == "LL101"
    assert content["findings"][0]["place"] == f"{GATEWAY}.bad"
    assert content["findings"][0]["file"] == f"{tmp_path}/main.tf.json"
    assert "settle" not in content["findings"][0]
    assert all(each["settle"] and each["message"] for each in content["unknown"])


@pytest.mark.parametrize(
    ("content", "arguments", "code"),
    [
        (CLEAN, [], 0),
        (CLEAN, ["--strict"], 0),
        (NOTE, [], 0),
        (BROKEN, [], 1),
        ({"resource": {GATEWAY: {"g": {"security_group_ids": []}}}, **{k: BROKEN[k] for k in ("terraform",)}}, [], 1),
    ],
    ids=["clean", "clean, strict", "a note", "errors", "a warning"],
)
def test_the_exit_code_says_whether_something_was_found(
    tmp_path: Path, content: Any, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path, content, *arguments) == code, capsys.readouterr().out


def test_what_is_unknown_fails_only_a_strict_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = {**BROKEN, "resource": {"aws_vpclattice_service_network": {"n": {"name": "${var.name}"}}}}
    assert check(tmp_path, content) == 0
    assert check(tmp_path, content, "--strict") == 1
    assert "Not known (" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["{", "[]", '{"stacks": 1}', '{"resource": {"aws_vpc": 1}}'])
def test_unreadable_input_is_one_sentence_and_code_2(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.tf.json").write_text(text)
    code = cli.main(["check", str(tmp_path)])
    printed = capsys.readouterr()
    assert (code, printed.out) == (2, "")
    assert len(printed.err.splitlines()) == 1


def test_a_folder_that_is_not_there_is_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(tmp_path / "nowhere")]) == 2
    assert "Can't read" in capsys.readouterr().err


def test_sarif_has_what_code_scanning_asks_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    entry = {"check": "LL401", "resource": f"{GATEWAY}.open", "reason": "a stub"}
    comment = {"latticelink": {"suppress": [entry]}}
    assert check(tmp_path / "out folder", {**BROKEN, "//": comment}, "--format", "sarif") == 1
    sarif = json.loads(capsys.readouterr().out)
    assert sarif["version"] == "2.1.0"
    assert sarif["$schema"].endswith("sarif-schema-2.1.0.json")
    [run] = sarif["runs"]
    refuse_what_sarif_does_not_have(run)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [each.id for each in CHECKS]
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] and rule["helpUri"] for rule in rules)
    lines = (tmp_path / "out folder/main.tf.json").read_text().splitlines()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == rules[result["ruleIndex"]]["defaultConfiguration"]["level"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "out%20folder/main.tf.json"
        name = result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"].rpartition(".")[2]
        assert lines[place["region"]["startLine"] - 1].strip().startswith(f'"{name}"')
    prints = [each["partialFingerprints"]["primaryLocationLineHash"] for each in run["results"]]
    assert len(set(prints)) == len(prints)
    [suppressed] = [each for each in run["results"] if each["ruleId"] == "LL401"]
    assert suppressed["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "a stub"}]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert {each["level"] for each in notes} == {"note"}
    assert all(each["associatedRule"]["id"].startswith("LL") for each in notes)


# The properties of the SARIF 2.1.0 schema that are in use, each object closed there with additionalProperties false.
SARIF = {
    "run": ({"tool"}, {"invocations", "results", "columnKind"}),
    "tool": ({"driver"}, set()),
    "driver": ({"name"}, {"semanticVersion", "rules"}),
    "rules": ({"id"}, {"shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration"}),
    "invocations": ({"executionSuccessful"}, {"toolExecutionNotifications"}),
    "toolExecutionNotifications": ({"message"}, {"level", "associatedRule", "locations"}),
    "associatedRule": (set(), {"id", "index"}),
    "results": ({"message"}, {"ruleId", "ruleIndex", "level", "locations", "partialFingerprints", "suppressions"}),
    "message": (set(), {"text"}),
    "shortDescription": ({"text"}, set()),
    "fullDescription": ({"text"}, set()),
    "help": ({"text"}, {"markdown"}),
    "defaultConfiguration": (set(), {"level"}),
    "locations": (set(), {"physicalLocation", "logicalLocations"}),
    "physicalLocation": (set(), {"artifactLocation", "region"}),
    "artifactLocation": (set(), {"uri"}),
    "region": (set(), {"startLine"}),
    "logicalLocations": (set(), {"fullyQualifiedName", "kind"}),
    "suppressions": ({"kind"}, {"status", "justification"}),
}


def refuse_what_sarif_does_not_have(value: Any, name: str = "run") -> None:
    if isinstance(value, list):
        for item in value:
            refuse_what_sarif_does_not_have(item, name)
    elif isinstance(value, dict) and name != "partialFingerprints":
        required, optional = SARIF[name]
        assert required <= value.keys() <= required | optional, name
        assert value.get("level", "note") in ("none", "note", "warning", "error")
        for key, item in value.items():
            refuse_what_sarif_does_not_have(item, key)


def test_a_fingerprint_stays_when_lines_move(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prints = []
    for folder, more in (("one", {}), ("two", {"output": {"a": {"value": 1}}})):
        check(tmp_path / folder, {**more, **BROKEN}, "--format", "sarif")
        results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
        prints.append([each["partialFingerprints"] for each in results])
    assert prints[0] == prints[1]


def test_a_strict_run_makes_what_is_unknown_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(tmp_path, BROKEN, "--format", "sarif", "--strict")
    [run] = json.loads(capsys.readouterr().out)["runs"]
    assert run["invocations"][0]["toolExecutionNotifications"] == []
    assert any("settle" in each["message"]["text"] for each in run["results"])


def test_the_page_of_checks_is_that_of_the_catalogue() -> None:
    assert (ROOT / "docs/checks.md").read_text() == document(), "run `make docs`"


def test_every_page_that_a_check_names_is_a_documentation_page() -> None:
    for each in CHECKS:
        assert each.source.startswith(
            (
                "https://docs.aws.amazon.com/",
                "https://registry.terraform.io/providers/hashicorp/aws/",
                "https://developer.hashicorp.com/terraform/",
                "https://github.com/hashicorp/",
            )
        ), each.id
        assert all(text.strip().endswith(".") for text in (each.why, each.fix)), each.id
        assert not each.title.endswith("."), each.id


def test_the_command_starts_no_cdk(tmp_path: Path) -> None:
    write(tmp_path, json.dumps(BROKEN))
    code = (
        "import sys; from latticelink.cli.main import main; main(['check', '.'])\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('jsii', 'cdktf', 'cdktn', 'constructs')])"
    )
    assert run_python(tmp_path, "-c", code).stdout.splitlines()[-1] == "[]"


def test_answers_are_words_that_docs_explain() -> None:
    text = (ROOT / "docs/checks.md").read_text()
    assert all(f"| {answer} |" in text for answer in Answer)


def test_the_symptoms_that_checks_lead_to_are_sections_and_the_checks_exist() -> None:
    page = (ROOT / "docs/troubleshooting.md").read_text()
    sections = {
        line.removeprefix("## ").lower().replace("'", "").replace(" ", "-")
        for line in page.splitlines()
        if "## " in line
    }
    assert sections >= SYMPTOMS.keys()
    assert {check.id for check in CHECKS} >= {each for ids in SYMPTOMS.values() for each in ids}


SERVICE = {"aws_vpc_endpoint_service": {"orders": {"acceptance_required": False}}}
SEEN = [
    ("a service is shared by an NLB", SERVICE, ["aws_vpc_endpoint_service.orders"]),
    (
        "its endpoint names it by reference",
        {**SERVICE, "aws_vpc_endpoint": {"a": {"service_name": "${aws_vpc_endpoint_service.orders.service_name}"}}},
        ["aws_vpc_endpoint_service.orders", "aws_vpc_endpoint.a"],
    ),
    (
        "an endpoint names a customer's service",
        {"aws_vpc_endpoint": {"a": {"service_name": "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"}}},
        ["aws_vpc_endpoint.a"],
    ),
    (
        "an endpoint for a service of AWS's own shares nothing",
        {"aws_vpc_endpoint": {"a": {"service_name": "com.amazonaws.eu-west-1.ssm", "vpc_endpoint_type": "Interface"}}},
        [],
    ),
    (
        "a resource endpoint is judged",
        {"aws_vpc_endpoint": {"a": {"vpc_endpoint_type": "Resource", "resource_configuration_arn": "x"}}},
        [],
    ),
    ("a service whose name isn't known", {"aws_vpc_endpoint": {"a": {"service_name": "${var.name}"}}}, []),
]


@pytest.mark.parametrize(("resources", "named"), [each[1:] for each in SEEN], ids=[sentence for sentence, *_ in SEEN])
def test_what_an_nlb_shares_is_said_not_to_be_judged(
    resources: dict[str, Any], named: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = {"resource": resources, "variable": {"name": {"type": "string"}}}
    check(tmp_path, written)
    text = capsys.readouterr().out
    check(tmp_path, written, "--format", "json")
    listed = json.loads(capsys.readouterr().out)["not_judged"]
    assert [each.rpartition(" ")[2] for each in listed] == named
    assert ("docs/from-nlb.md" in text) == bool(named)
    assert all(each in text.partition("Not judged")[2] for each in listed)


def test_a_report_says_where_to_read_more_about_each_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check(tmp_path, BROKEN)
    more = capsys.readouterr().out.partition("More about each finding:\n")[2].splitlines()
    check(tmp_path, BROKEN, "--format", "json")
    found = {each["check"] for each in json.loads(capsys.readouterr().out)["findings"]}
    assert [line.split()[2].rstrip(";") for line in more[:-2]] == sorted(found)
    check(tmp_path, BROKEN, "--format", "sarif")
    [run] = json.loads(capsys.readouterr().out)["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert f"latticelink explain {rule['id']}" in rule["help"]["text"]
        for id, section in ((id, section) for section, ids in SYMPTOMS.items() for id in ids if id == rule["id"]):
            assert f"docs/troubleshooting.md#{section}" in rule["help"]["markdown"], id


def test_one_setting_publishes_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "SITE", "https://docs.example/")
    assert pages.page("checks", "ll001") == "https://docs.example/docs/checks.html#ll001"
    check = next(each for each in CHECKS if each.id == "LL001")
    assert pages.more_about(check).endswith("https://docs.example/docs/troubleshooting.html#connections-hang")
