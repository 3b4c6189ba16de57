"""The IAM policies in docs/iam: whom roles trust, and what they may do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "iam"
GITHUB, HCP = "token.actions.githubusercontent.com", "app.terraform.io"


def read(name: str) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return policy


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
