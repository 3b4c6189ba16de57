"""README's commands work as pasted, block by block, in a copy of the repository where nothing was made yet.

What needs a network or AWS is a stub that notes how it was called: other tests run it.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from latticelink.cdk.flavour import VARIABLE

import pytest

from tests.conftest import ROOT
from tests.flavour import CDK, in_words_of

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
INLINE = re.findall(r"`((?:latticelink|make) [^`]*)`", README)
STATE = '{"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "a", "outputs": {}, "resources": []}'
STUBS = {
    "make": """case "$*" in
  synth*) exec .venv/bin/python main.py;;
  *) for target in "$@"; do case $target in *=*);; *) grep -q "^$target:" Makefile || exit 9;; esac; done;;
esac""",
    "npx": '[ "$2 $3" = "cdktf-cli@0.21.0 deploy" ] || [ "$2 $3" = "cdktn-cli@0.24.0 deploy" ]',
    "terraform": f"""case "$*" in
  "state pull") echo '{STATE}';;
  -chdir=*) cd "${{1#-chdir=}}" && [ -f cdk.tf.json ];;
  *) exit 9;;
esac""",
}


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a copy of what the app is made of, with a `.venv` of this Python, and stubs of what isn't run here."""
    for name in ("main.py", "cdktf.json", "Makefile"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    for file in (tmp_path / "main.py", *(tmp_path / "stacks").glob("*.py")):
        file.write_text(in_words_of(CDK, file.read_text()))
    script(tmp_path / ".venv/bin/python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    code = "import sys; from latticelink.cli.main import main; sys.exit(main())"
    script(tmp_path / ".venv/bin/latticelink", f"#!/bin/sh\nexec {sys.executable} -c '{code}' \"$@\"\n")
    for name, body in STUBS.items():
        script(tmp_path / "stubs" / name, f'#!/bin/sh\necho "{name} $*" >> "$CALLS"\n{body}\n')
    return tmp_path


def pasted(place: Path, *blocks: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Paste blocks into one shell that stops at what fails; return how it ended, and the calls of the stubs."""
    (place / "pasted.sh").write_text("\n".join(["set -e -o pipefail", *blocks]))
    environment = {
        **os.environ,
        VARIABLE: CDK.core,
        "CALLS": str(place / "calls"),
        "PATH": f"{place / 'stubs'}:/usr/bin:/bin",
        "LATTICELINK_QUIET": "0",
    }
    result = subprocess.run(
        ["bash", "pasted.sh"], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    calls = (place / "calls").read_text().splitlines() if (place / "calls").exists() else []
    return result, calls


def test_the_blocks_work_one_after_the_other(place: Path) -> None:
    assert len(BLOCKS) >= 4
    result, calls = pasted(place, *BLOCKS)
    assert (result.returncode, result.stderr) == (0, ""), result.stdout
    assert "reachable on TCP 80" in result.stdout
    assert (place / "picture.svg").read_text().startswith("<svg ")
    stacks = [call for call in calls if call.startswith("terraform")]
    assert [call for call in stacks if not call.endswith("init")] == [
        "terraform -chdir=cdktf.out/stacks/producer apply",
        "terraform -chdir=cdktf.out/stacks/consumer apply",
        "terraform -chdir=cdktf.out/stacks/consumer output",
        "terraform -chdir=cdktf.out/stacks/consumer destroy",
        "terraform -chdir=cdktf.out/stacks/producer destroy",
    ]


def test_what_stands_in_sentences_works_as_well(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """After the first block, each in a copy of what that has made."""
    begun, _ = pasted(place, *BLOCKS[:1])
    assert begun.returncode == 0, begun.stderr
    runnable = [each for each in INLINE if not re.search(r"\[|COMMAND|lab --|providers lock", each)]
    assert len(runnable) >= 5
    for command in sorted(set(runnable)):
        said = f"export BROWSER=true; mkdir -p empty\n{'cd empty && ' * ('init' in command)}{command}"
        copy = shutil.copytree(place, tmp_path_factory.mktemp("copy"), dirs_exist_ok=True)
        result, _ = pasted(copy, *re.findall("^export .*", BLOCKS[0], re.MULTILINE), said)
        # The state that the stub pulls is empty, which the check finds fault with.
        assert result.returncode == int("state pull" in command), (command, result.stderr)
