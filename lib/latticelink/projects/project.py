"""The files of a new project: an app, and around it what runs, tests and checks it."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from latticelink.projects.apps import SCENARIO, StartingApp, app_of

_TEMPLATES = Path(__file__).parent / "templates"
STATES = ("local", "s3", "cloud")


@dataclass(frozen=True)
class Cdk:
    """A CDK as a project's files name it; a test compares it with what `latticelink.cdk` says."""

    name: str
    cli: str
    cli_needs: str


CDKS = {
    "cdktf": Cdk("CDKTF", "cdktf-cli@0.21.0", "Node.js 20 or 22"),
    "cdktn": Cdk("CDK Terrain", "cdktn-cli@0.24.0", "Node.js 22.19 or newer"),
}


@dataclass(frozen=True)
class Choices:
    """What a new project is to be like.

    Args:
        title: what it is called: the name of its folder.
        app: the name of the app that it begins with.
        cdk: `cdktf` or `cdktn`.
        state: `local`, `s3` or `cloud`; None for what the app has of itself.
        version: the version of LatticeLink that it needs.
        python: the command that starts Python in the project's folder.
    """

    title: str
    app: str
    cdk: str
    state: str | None
    version: str
    python: str

    @property
    def name(self) -> str:
        """The title as a package, an S3 prefix and a workspace of HCP Terraform may be called."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:40].strip("-") or "privatelink"


def project_files(its: Choices) -> dict[str, str]:
    """Return the text of each file, by its path in the project's folder.

    Source: https://developer.hashicorp.com/terraform/cdktf/create-and-deploy/configuration-file (cdktf.json)
    """
    project_id = str(uuid.uuid4())
    original = app_of(its.app)
    kind = its.state or "local"
    arguments = _arguments(kind, its.name, project_id)
    app = original.with_state(kind, arguments).on(its.cdk)
    test = "test_scenario.txt" if its.app == SCENARIO else "test_example.txt"
    words = _words(its, original) | {"state": _told(original, kind, arguments)}
    settings = {
        "language": "python",
        "app": f"{its.python} main.py",
        "projectId": project_id,
        "sendCrashReports": "false",
        "terraformProviders": [],
        "terraformModules": [],
        "codeMakerOutput": "imports",
        "context": app.settings,
    }
    return {
        **app.files,
        "cdktf.json": json.dumps(settings, indent=2) + "\n",
        "pyproject.toml": _filled("pyproject.toml.txt", words),
        "tests/test_reachability.py": _filled(test, words),
        ".github/workflows/check.yml": _filled("check.yml.txt", words),
        ".gitignore": _filled("gitignore.txt", words),
        "README.md": _filled("README.md.txt", words),
    }


def to_be_named(its: Choices) -> str:
    """Return what the user must put into the project before its first deploy, as a sentence; nothing for most."""
    place = "cdktf.json" if its.app == SCENARIO else "main.py"
    if its.state == "s3":
        return f"Name your bucket in {place}: the one there is a placeholder."
    if its.state == "cloud":
        return f"Name your organisation of HCP Terraform in {place}: the one there is a placeholder."
    return ""


def _arguments(kind: str, name: str, project_id: str) -> dict[str, str]:
    """Return the arguments of a state. Nobody has a bucket of the name's random half, so nothing leaks into one."""
    if kind == "s3":
        return {"bucket": f"your-terraform-state-{project_id[:8]}", "key_prefix": f"{name}/"}
    return {"organization": "your-organisation", "workspace": f"{name}-{{stack}}"} if kind == "cloud" else {}


def _told(app: StartingApp, kind: str, arguments: dict[str, str]) -> str:
    if not app.takes_state:
        return "where main.py says."
    place = "`cdktf.json`" if app.name == SCENARIO else "`main.py`"
    if kind == "s3":
        return f"in S3. Put your bucket's name instead of `{arguments['bucket']}` in {place}."
    if kind == "cloud":
        return f"in HCP Terraform. Put your organisation's name instead of `your-organisation` in {place}."
    return "in `state/` on your machine, which is for one person. For a team, keep it in S3 or HCP Terraform."


def _words(its: Choices, app: StartingApp) -> dict[str, str]:
    """Return what stands between `@` in the templates, but for the state."""
    cdk, is_scenario = CDKS[its.cdk], its.app == SCENARIO
    return {
        "build": app.build,
        "cdk": its.cdk,
        "cdk_name": cdk.name,
        "cli": cdk.cli,
        "name": its.name,
        "node": cdk.cli_needs,
        "settings": "; under `context.latticelink`, what can be set" if is_scenario else "",
        "stacks": ", `stacks/`" if is_scenario else "",
        "summary": app.summary,
        "title": "".join(each for each in its.title if each.isprintable()).strip() or its.name,
        "version": its.version,
        "where": "what can be set is in `cdktf.json`" if is_scenario else "regions, ids and names in it are examples",
    }


def _filled(template: str, words: dict[str, str]) -> str:
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    return re.sub(r"@([a-z_]+)@", lambda found: words[found[1]], text)
