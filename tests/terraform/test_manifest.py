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
