"""What the documentation shows is right: links, commands of the AWS CLI, Python that parses."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from tests.conftest import ROOT
from tests.docs import blocks

PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
IDS = [page.name for page in PAGES]
# `aws <service> <operation> [--option ...]`; what talks to instances and buckets is the CLI's own.
COMMAND = re.compile(
    r"\baws (?P<service>ram|vpc-lattice|organizations|ec2|sts) (?P<operation>[a-z-]+)(?P<rest>[^`\n]*)"
)


def commands(text: str) -> list[tuple[str, str, list[str]]]:
    found = [match.group("service", "operation", "rest") for match in COMMAND.finditer(text)]
    return [(service, operation, re.findall(r"--([a-z-]+)", rest)) for service, operation, rest in found]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_command_of_the_aws_cli_exists_with_its_options(page: Path) -> None:
    session = botocore.session.get_session()
    for service, operation, options in commands(page.read_text()):
        model: Any = session.get_service_model(service)
        names = {xform_name(name, "-"): name for name in model.operation_names}
        assert operation in names, f"aws {service} {operation}"
        shape = model.operation_model(names[operation]).input_shape
        known = {xform_name(member, "-") for member in shape.members} if shape else set()
        assert set(options) <= known, f"aws {service} {operation}"


def test_the_commands_that_revoke_are_among_those_that_are_checked() -> None:
    found = commands((ROOT / "docs" / "accounts.md").read_text())
    assert (
        "vpc-lattice",
        "delete-resource-endpoint-association",
        ["resource-endpoint-association-identifier"],
    ) in found


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "docs"], ids=IDS[1:])
def test_python_in_the_documentation_parses(page: Path) -> None:
    for block in blocks(page.name, "python"):
        ast.parse(textwrap.dedent(block))
