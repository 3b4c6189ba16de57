"""`latticelink init`: a project of one's own."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shlex
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from latticelink.disclosure import line

if TYPE_CHECKING:
    from latticelink.projects.project import Choices

HELP = "write a small project of your own"
DESCRIPTION = (
    "Write a small project: an app, cdktf.json, pyproject.toml, a test, a workflow and a README. Nothing is "
    "overwritten, and nothing is left half-written."
)
EXAMPLES = """\
  latticelink init shop
  latticelink init shop --from aurora --cdk cdktn --state s3
"""
EXIT_CODES = "0: written; 2: the arguments are wrong, a file is already there, or the project can't be written"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "folder", metavar="DIR", nargs="?", default=".", help="its folder, created if needed; default: ."
    )
    # No `choices`: what is wrong is told all at once.
    parser.add_argument(
        "--from",
        dest="app",
        metavar="EXAMPLE",
        default="scenario",
        help="the app to start from: one of the examples; default: scenario, an nginx in one VPC and its client "
        "in another",
    )
    parser.add_argument("--cdk", metavar="cdktf|cdktn", help="CDKTF or CDK Terrain; default: the one that is installed")
    parser.add_argument(
        "--state", metavar="local|s3|cloud", help="in files, an S3 bucket or HCP Terraform; default: local"
    )


def run(chosen: argparse.Namespace) -> int:
    """Write it; return the exit code."""
    # Here, so that no other command waits for it to be read.
    from latticelink.projects.project import project_files, to_be_named
    from latticelink.projects.writing import obstacles, write

    try:
        folder = Path(chosen.folder)
        its, wrong = _judged(chosen, folder)
        files = project_files(its)
        wrong += obstacles(folder, files)
        if wrong:
            print("\n".join(line(f"latticelink init: {each}") for each in wrong), file=sys.stderr)
            return 2
        write(folder, files)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        print(line(f"latticelink init: {chosen.folder}: {reason}. Nothing was written."), file=sys.stderr)
        return 2
    print("\n".join(line(each) for each in _told(folder, list(files), to_be_named(its), its.python)))
    return 0


def _judged(chosen: argparse.Namespace, folder: Path) -> tuple[Choices, list[str]]:
    """Return the choices, with a default in place of each that is wrong, and what is wrong with them."""
    from latticelink.projects.apps import SCENARIO, app_of, names
    from latticelink.projects.project import CDKS, STATES, Choices

    wrong = []
    for option, given, allowed in (
        ("--from", chosen.app, names()),
        ("--cdk", chosen.cdk, list(CDKS)),
        ("--state", chosen.state, list(STATES)),
    ):
        if given is not None and given not in allowed:
            near = get_close_matches(given, allowed, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            wrong.append(f"{option} is one of {', '.join(allowed)}, not {given!r}.{hint}")
    app = chosen.app if chosen.app in names() else SCENARIO
    state = chosen.state if chosen.state in STATES else None
    if state and not app_of(app).takes_state:
        wrong.append(f"{app} says in main.py itself where its state is kept. Leave out --state, and change it there.")
        state = None
    return Choices(
        title=folder.resolve().name,
        app=app,
        cdk=chosen.cdk if chosen.cdk in CDKS else _installed_cdk(),
        state=state,
        version=sys.modules["latticelink"].__version__,
        python=_python(folder),
    ), wrong


def _installed_cdk() -> str:
    """Return the CDK that is installed, as `latticelink` chooses it at a synth; where there is none, the maintained."""
    if (chosen := os.environ.get("LATTICELINK_CDK")) in ("cdktf", "cdktn"):
        return str(chosen)
    return "cdktf" if importlib.util.find_spec("cdktf") else "cdktn"


def _python(folder: Path) -> str:
    """Return how Python is started in the project: as that of its own environment, else as the one on PATH."""
    own = Path(".venv", "bin", "python")
    return own.as_posix() if Path(sys.prefix).resolve() == (folder / ".venv").resolve() else "python"


def _told(folder: Path, files: list[str], to_be_named: str, python: str) -> Iterator[str]:
    yield f"Wrote {folder.as_posix()}/: {', '.join(files)}"
    yield ""
    if to_be_named:
        yield to_be_named
    yield "Next:"
    if folder != Path():
        yield f"  cd {shlex.quote(str(folder))}"
    yield f"  {python} -m pip install '.[test]'"
    yield f"  {python} main.py"
    yield f"  {python} -m pytest"
