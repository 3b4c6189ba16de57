"""The step of docs/github-actions.md: it posts a comment once, and then writes the same one anew."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs import blocks
from tests.paths.topologies import write
from tests.picture.inputs import CASES

# Says which comment is there, if any, and notes how it is called.
GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
case "$*" in *--jq*) printf '%s' "$PRESENT" ;; esac
"""
DRAW = f"""#!/bin/sh
exec {sys.executable} -c 'import sys; from latticelink.cli.main import main; sys.exit(main())' "$@"
"""


@pytest.mark.parametrize(
    ("present", "called"),
    [
        ("", "api repos/us/app/issues/7/comments --method POST --field body=@picture.md --silent"),
        ("41\n42\n", "api repos/us/app/issues/comments/41 --method PATCH --field body=@picture.md --silent"),
    ],
    ids=["the first comment is posted", "a comment that is there is written anew"],
)
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_the_step_posts_or_updates_one_comment(tmp_path: Path, present: str, called: str) -> None:
    [block] = [each for each in blocks("github-actions.md", "yaml") if "latticelink draw" in each]
    [step] = yaml.safe_load(block)
    assert set(step) == {"name", "if", "env", "run"}
    for name, text in (("gh", GH), ("latticelink", DRAW)):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    write(tmp_path / "cdktf.out", CASES["two rules are missing"]())
    calls = tmp_path / "calls"
    subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(sys.path),
            "GITHUB_REPOSITORY": "us/app",
            "NUMBER": "7",
            "CALLS": str(calls),
            "PRESENT": present,
        },
        check=True,
    )
    asked, written = calls.read_text().splitlines()
    assert asked.startswith("api repos/us/app/issues/7/comments --paginate --jq .[]")
    assert written == called
    picture = (tmp_path / "picture.md").read_text()
    assert picture.startswith("<!-- latticelink draw -->\n")
    assert 'startswith("<!-- latticelink draw -->")' in step["run"]
