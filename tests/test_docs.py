"""What the documentation shows is right: links, commands of the AWS CLI, Python that parses."""

from __future__ import annotations

import ast
import re
import textwrap
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import botocore.session
import pytest
from botocore import xform_name

from tests.conftest import ROOT
from tests.docs import blocks, pictures

PAGES = sorted([ROOT / "README.md", ROOT / "SECURITY.md", *ROOT.glob("docs/*.md")])
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


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name == "docs"], ids=IDS[2:])
def test_python_in_the_documentation_parses(page: Path) -> None:
    for block in blocks(page.name, "python"):
        ast.parse(textwrap.dedent(block))


def verdicts() -> dict[str, str]:
    """Return the verdict of each picture of the documentation, as its title says it."""
    files = ROOT.glob("docs/pictures/*.svg")
    return {file.stem: str(ElementTree.parse(file).findtext("{http://www.w3.org/2000/svg}title")) for file in files}


def test_the_alternative_text_of_each_picture_is_its_verdict() -> None:
    program = pictures()
    for page in program.PAGES:
        assert program.with_verdicts(page.read_text(), verdicts()) == page.read_text(), page
    assert (ROOT / "examples" / "README.md").read_text() == program.examples_page(verdicts())


def test_readme_and_each_page_of_a_resource_show_a_picture_and_each_picture_is_shown() -> None:
    shown = {
        page.relative_to(ROOT).as_posix(): set(re.findall(r"pictures/([\w-]+)\.svg", page.read_text()))
        for page in [*pictures().PAGES, ROOT / "examples" / "README.md"]
    }
    assert shown["README.md"] == {"scenario", "blocked"}
    for page in ROOT.glob("docs/resources/*.md"):
        assert page.name == "README.md" or shown[page.relative_to(ROOT).as_posix()], page
    assert set.union(*shown.values()) == verdicts().keys()
