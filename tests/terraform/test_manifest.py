"""The deploy order, from a manifest and from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink import LatticeLinkError
from latticelink.cli import main as cli
from latticelink.terraform.manifest import in_deploy_order

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import run_python


def write_manifest(folder: Path, dependencies: dict[str, list[str]]) -> Path:
    stacks = {
        name: {
            "dependencies": others,
            "workingDirectory": f"stacks/{name}",
            "synthesizedStackPath": f"stacks/{name}/cdk.tf.json",
        }
        for name, others in dependencies.items()
    }
    (folder / "manifest.json").write_text(json.dumps({"stacks": stacks, "version": "0.21.0"}))
    return folder


def test_the_command_prints_the_folders_producers_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_manifest(tmp_path, {"a-consumer": ["shared", "z-producer"], "shared": [], "z-producer": ["shared"]})
    assert cli.main(["order", str(folder)]) == 0
    forward = capsys.readouterr().out.splitlines()
    assert forward == [f"{folder}/stacks/{name}" for name in ("shared", "z-producer", "a-consumer")]
    assert cli.main(["order", "--reverse", str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == forward[::-1]


def test_the_command_is_installed_looks_in_cdktf_out_and_starts_no_cdk(tmp_path: Path) -> None:
    (tmp_path / "cdktf.out").mkdir()
    write_manifest(tmp_path / "cdktf.out", {"consumer": ["producer"], "producer": []})
    code = (
        "import sys; from importlib.metadata import entry_points; sys.argv = ['latticelink', 'order']\n"
        "(command,) = entry_points(group='console_scripts', name='latticelink'); code = command.load()()\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('jsii', 'cdktf', 'cdktn', 'constructs')], code)"
    )
    result = run_python(tmp_path, "-c", code)
    assert result.stdout == "cdktf.out/stacks/producer\ncdktf.out/stacks/consumer\n[] 0\n", result.stderr


@given(edges=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_every_stack_comes_once_and_after_what_it_depends_on(
    tmp_path_factory: pytest.TempPathFactory, edges: list[tuple[int, int]]
) -> None:
    dependencies: dict[str, list[str]] = {f"s{n}": [] for n in range(10)}
    for one, other in edges:
        if one != other:
            dependencies[f"s{max(one, other)}"].append(f"s{min(one, other)}")
    order = [stack.name for stack in in_deploy_order(write_manifest(tmp_path_factory.mktemp("o"), dependencies))]
    assert sorted(order) == sorted(dependencies)
    assert all(order.index(other) < order.index(name) for name, others in dependencies.items() for other in others)


@pytest.mark.parametrize(
    ("what", "content", "said"),
    [
        ("no manifest", None, "Can't read {}: No such file or directory. Name the folder that a synth wrote, such as"),
        ("no JSON", "{", "{} is not a manifest of CDKTF or CDK Terrain: it should have `stacks`"),
        ("a list", "[]", "{} is not a manifest of CDKTF or CDK Terrain"),
        ("bytes that are no text", "\udcff", "{} is not a manifest of CDKTF or CDK Terrain"),
        ("nested too deeply", "[" * 100_000, "{} is not a manifest of CDKTF or CDK Terrain"),
        ("a stack without a folder", {"a": {"dependencies": []}}, "{} is not a manifest of CDKTF or CDK Terrain"),
        ("dependencies that are a text", {"a": "b"}, "{} is not a manifest of CDKTF or CDK Terrain"),
        ("a circle", {"a": ["b"], "b": ["a"]}, "{} has stacks that depend on each other: "),
        ("a stack that isn't there", {"a": ["b"]}, "{} says that 'a' comes after 'b', which is not in it."),
    ],
)
def test_a_manifest_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str, content: Any, said: str
) -> None:
    if isinstance(content, str):
        (tmp_path / "manifest.json").write_bytes(content.encode(errors="surrogateescape"))
    elif content is not None and all(isinstance(value, list) for value in content.values()):
        write_manifest(tmp_path, content)
    elif content is not None:
        (tmp_path / "manifest.json").write_text(json.dumps({"stacks": content}))
    with pytest.raises(LatticeLinkError):
        in_deploy_order(tmp_path)
    assert cli.main(["order", str(tmp_path)]) == 2, what
    out, errors = capsys.readouterr()
    assert out == ""
    assert errors.startswith(said.format(tmp_path / "manifest.json")), what


OUTSIDE: list[tuple[str, dict[str, str], str]] = [
    ("a folder beside the output", {"workingDirectory": "../secret"}, "leads out of the folder"),
    ("a folder with a root", {"workingDirectory": "/etc"}, "leads out of the folder"),
    ("the folder above", {"workingDirectory": "stacks/../.."}, "leads out of the folder"),
    ("a folder past one that isn't there", {"workingDirectory": "none/../../secret"}, "leads out of the folder"),
    ("a folder whose name begins alike", {"workingDirectory": "../out2"}, "leads out of the folder"),
    ("a file beside the output", {"synthesizedStackPath": "../secret/cdk.tf.json"}, "leads out of the folder"),
    ("a device", {"synthesizedStackPath": "/dev/zero"}, "leads out of the folder"),
    ("a line break", {"workingDirectory": "stacks/a\n../secret"}, "invisible characters"),
    ("an escape sequence", {"workingDirectory": "stacks/\x1b[2J"}, "invisible characters"),
    ("text that turns", {"synthesizedStackPath": "stacks/\u202ea"}, "invisible characters"),
    ("a linked folder", {"workingDirectory": "linked"}, "linked is a symbolic link"),
    ("a folder within a linked one", {"workingDirectory": "linked/x"}, "linked is a symbolic link"),
    ("a link to what is inside", {"workingDirectory": "near"}, "near is a symbolic link"),
    ("a link that leads nowhere", {"workingDirectory": "gone"}, "gone is a symbolic link"),
    ("a linked file", {"synthesizedStackPath": "stacks/a/link.tf.json"}, "link.tf.json is a symbolic link"),
    ("links in a circle", {"workingDirectory": "circle"}, "circle is a symbolic link"),
]


def hostile(tmp_path: Path, entry: dict[str, str]) -> Path:
    """Write an output folder with a manifest that leads elsewhere, where there is something to be found."""
    out, secret = tmp_path / "out", tmp_path / "secret"
    for folder in (out / "stacks" / "a", secret / "x", tmp_path / "out2"):
        folder.mkdir(parents=True)
        (folder / "cdk.tf.json").write_text('{"resource": {"aws_vpc": {"hidden": {"cidr_block": "10.0.0.0/16"}}}}')
    for link, target in {"linked": "../secret", "near": "stacks/a", "gone": "none", "circle": "circle"}.items():
        (out / link).symlink_to(target)
    (out / "stacks" / "a" / "link.tf.json").symlink_to("../../../secret/cdk.tf.json")
    right = {"workingDirectory": "stacks/a", "synthesizedStackPath": "stacks/a/cdk.tf.json", "dependencies": []}
    (out / "manifest.json").write_text(json.dumps({"stacks": {"a": {**right, **entry}}}))
    return out


@pytest.mark.parametrize("command", ["order", "check", "draw"])
@pytest.mark.parametrize(("sentence", "entry", "said"), OUTSIDE, ids=[row[0] for row in OUTSIDE])
def test_a_manifest_that_leads_out_of_its_folder_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, sentence: str, entry: dict[str, str], said: str
) -> None:
    out = hostile(tmp_path, entry)
    assert cli.main([command, str(out)]) == 2
    printed, errors = capsys.readouterr()
    assert printed == ""
    assert said in errors, sentence
    assert errors.startswith(f"{out}/manifest.json says that ")
    assert errors.count("\n") == 1
    assert errors[:-1].isprintable()


def test_an_output_folder_may_be_a_link_and_named_from_within(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = hostile(tmp_path, {})
    (tmp_path / "also").symlink_to(out)
    for folder, shown in ((tmp_path / "also", f"{tmp_path}/also/stacks/a"), (Path("../out"), "../out/stacks/a")):
        monkeypatch.chdir(out)
        assert cli.main(["order", str(folder)]) == 0
        assert capsys.readouterr().out == f"{shown}\n"
    assert cli.main(["order", "."]) == 0
    assert capsys.readouterr().out == "stacks/a\n"


@pytest.mark.parametrize(
    ("name", "code", "shown"),
    [
        ("my out", 0, "my out/stacks/a"),
        ("`touch x`$(touch x)", 0, "`touch x`$(touch x)/stacks/a"),
        ("-out", 0, "./-out/stacks/a"),
        ("a\nb", 2, None),
        ("a\x1b[2Jb", 2, None),
        ("b\udcff", 2, None),
    ],
)
def test_each_folder_is_one_line_that_leads_to_it(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    code: int,
    shown: str | None,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).mkdir()
    write_manifest(tmp_path / name, {"a": []})
    assert cli.main(["order", "--", name]) == code
    printed, errors = capsys.readouterr()
    assert printed == (f"{shown}\n" if shown else "")
    assert errors.count("\n") == (0 if shown else 1)
