"""The IAM policies in docs/iam: whom roles trust, and what they may do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import botocore.session
import pytest

from tests.conftest import ROOT
from tests.permissions import AUTHORISED_BY, FOLDER, PERMISSION_ONLY, allowed, read, unpermitted
from tests.refusals import READS
from tests.refusals import actions as actions_that_change

GITHUB, HCP = "token.actions.githubusercontent.com", "app.terraform.io"


def trusts(name: str, issuer: str, audience: str, subject: str) -> bool:
    """Return whether a role with this trust policy may be taken on with a token; only exact comparison is known."""
    policy = read(name)
    assert policy["Version"] == "2012-10-17"
    [statement] = policy["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRoleWithWebIdentity")
    [(operator, wanted)] = statement["Condition"].items()
    assert operator == "StringEquals", "a wildcard in a subject is how strangers get in"
    federated = re.fullmatch(r"arn:aws:iam::\d{12}:oidc-provider/(.+)", statement["Principal"]["Federated"])
    assert federated is not None
    claims = {f"{issuer}:aud": audience, f"{issuer}:sub": subject}
    return federated[1] == issuer and wanted == claims


REPO = "repo:acme/network"
WORKSPACE = "organization:acme:project:Networks:workspace"
TO_AWS, TO_HCP = "sts.amazonaws.com", "aws.workload.identity"


@pytest.mark.parametrize(
    ("what", "token", "roles"),
    [
        ("a job in the environment plan plans", (GITHUB, TO_AWS, f"{REPO}:environment:plan"), ["github-plan"]),
        ("a job in the environment apply applies", (GITHUB, TO_AWS, f"{REPO}:environment:apply"), ["github-apply"]),
        ("a pull request, of a fork too, without an environment", (GITHUB, TO_AWS, f"{REPO}:pull_request"), []),
        ("a workflow in a fork", (GITHUB, TO_AWS, "repo:mallory/network:environment:apply"), []),
        ("a repository whose name goes on", (GITHUB, TO_AWS, "repo:acme/network-2:environment:apply"), []),
        ("a job on main without an environment", (GITHUB, TO_AWS, f"{REPO}:ref:refs/heads/main"), []),
        ("an environment whose name goes on", (GITHUB, TO_AWS, f"{REPO}:environment:apply-2"), []),
        ("a token for somebody else than AWS", (GITHUB, "https://github.com/acme", f"{REPO}:environment:apply"), []),
        ("the same claims by another issuer", ("evil.example", TO_AWS, f"{REPO}:environment:apply"), []),
        ("the producer's plan", (HCP, TO_HCP, f"{WORKSPACE}:shop-producer:run_phase:plan"), ["hcp-producer-plan"]),
        ("the producer's apply", (HCP, TO_HCP, f"{WORKSPACE}:shop-producer:run_phase:apply"), ["hcp-producer-apply"]),
        ("the consumer's plan", (HCP, TO_HCP, f"{WORKSPACE}:shop-consumer:run_phase:plan"), ["hcp-consumer-plan"]),
        ("the consumer's apply", (HCP, TO_HCP, f"{WORKSPACE}:shop-consumer:run_phase:apply"), ["hcp-consumer-apply"]),
        ("another workspace", (HCP, TO_HCP, f"{WORKSPACE}:other:run_phase:apply"), []),
        (
            "another organisation",
            (HCP, TO_HCP, "organization:mallory:project:Networks:workspace:shop-producer:run_phase:apply"),
            [],
        ),
        ("GitHub's subject from HCP Terraform", (HCP, TO_HCP, f"{REPO}:environment:apply"), []),
    ],
)
def test_who_may_take_on_which_role(what: str, token: tuple[str, str, str], roles: list[str]) -> None:
    every = sorted(path.stem for path in FOLDER.glob("trust-*.json"))
    assert [name.removeprefix("trust-") for name in every if trusts(name, *token)] == roles, what


def test_each_role_is_taken_on_by_somebody() -> None:
    """The table above is not right for want of files."""
    assert len(list(FOLDER.glob("trust-*.json"))) == 6


def test_the_environments_that_roles_trust_are_those_of_the_workflows() -> None:
    for name in ("plan", "apply"):
        [statement] = read(f"trust-github-{name}")["Statement"]
        environment = statement["Condition"]["StringEquals"][f"{GITHUB}:sub"].rpartition(":")[2]
        for workflow in ("terraform", "cdktf"):
            assert f"environment: {environment}\n" in (ROOT / "docs" / "ci" / f"{workflow}.yml").read_text()


def test_the_page_names_every_file() -> None:
    named = re.findall(r"\(iam/([\w-]+\.json)\)", (ROOT / "docs" / "iam.md").read_text())
    assert sorted(set(named)) == sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_a_file_is_laid_out_as_json_is(path: Path) -> None:
    assert path.read_text() == json.dumps(json.loads(path.read_text()), indent=2) + "\n"


PERMISSIONS = sorted(path.stem for path in FOLDER.glob("*.json") if not path.stem.startswith("trust-"))
SIDES = ("producer", "consumer")


@pytest.mark.parametrize("name", PERMISSIONS)
def test_a_policy_allows_actions_that_there_are_each_once_and_by_name(name: str) -> None:
    session = botocore.session.get_session()
    statements = read(name)["Statement"]
    sids = [statement["Sid"] for statement in statements]
    assert sorted(set(sids)) == sorted(sids)
    for statement in statements:
        assert statement["Effect"] == "Allow"
        assert statement["Action"] == sorted(set(statement["Action"]))
        for action in statement["Action"]:
            service, _, operation = action.partition(":")
            known = set(session.get_service_model(service).operation_names)
            authorising = {iam for api, iam in AUTHORISED_BY.items() if api.partition(":")[2] in known}
            assert operation in known or action in authorising | PERMISSION_ONLY, action


@pytest.mark.parametrize("name", PERMISSIONS)
def test_what_changes_something_is_allowed_in_one_region_on_named_things(name: str) -> None:
    for statement in read(name)["Statement"]:
        changes = [action for action in statement["Action"] if not action.partition(":")[2].startswith(READS)]
        services = {action.partition(":")[0] for action in changes}
        if statement["Resource"] == "*" and not services <= {"logs", "route53"}:
            assert not changes or "Condition" in statement, statement["Sid"]


@pytest.mark.parametrize("side", SIDES)
def test_a_plan_reads_and_nothing_else_and_an_apply_may_all_that_a_plan_may(side: str) -> None:
    plan, apply = allowed(f"{side}-plan"), allowed(f"{side}-apply")
    assert {action for action in plan if not action.partition(":")[2].startswith(READS)} == set()
    assert plan <= apply


def test_every_action_that_stacks_cause_is_allowed_to_somebody() -> None:
    """docs/refusals.md has them, and the tests of applied stacks hold that it has all."""
    causes = {AUTHORISED_BY.get(action, action) for action in actions_that_change()}
    assert causes - frozenset().union(*map(allowed, PERMISSIONS)) == set()


def test_neither_side_may_do_the_others_work() -> None:
    producer, consumer = allowed("producer-apply"), allowed("consumer-apply")
    assert {"vpc-lattice:CreateResourceGateway", "ram:CreateResourceShare"} <= producer - consumer
    assert {"ec2:CreateVpcEndpoint", "route53:CreateHostedZone"} <= consumer - producer


@pytest.mark.parametrize("side", SIDES)
def test_each_side_writes_its_own_state_alone(side: str) -> None:
    for phase in ("plan", "apply"):
        for statement in read(f"{side}-{phase}")["Statement"]:
            if {"s3:PutObject", "s3:DeleteObject"} & set(statement["Action"]):
                resources = statement["Resource"]
                for resource in [resources] if isinstance(resources, str) else resources:
                    assert f"/{side}.tfstate" in resource
                    assert phase == "apply"


def test_what_a_role_may_not_is_told() -> None:
    asked = {"": ["ec2:Anything"], "producer-plan": ["ec2:CreateVpc", "s3:HeadObject", "sts:GetCallerIdentity"]}
    assert unpermitted(asked) == {"producer-plan": ["ec2:CreateVpc"]}
