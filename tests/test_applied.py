"""What a synth warns of is compared with what was applied, where the state lies in a local file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.test_app import run_app

STATE = Path("state", "producer.tfstate")
RENAMED = "    name: old-name -> new-name"
GONE = "  resource configuration 'producer-billing' (producer: aws_vpclattice_resource_configuration."


def app(name: str = "old-name", shares: tuple[str, ...] = ("orders",), port: int = 5432) -> str:
    return f"""stack = make(app)
network = ExistingNetwork(stack, "network", vpc_id="vpc-12345678", subnet_ids=["subnet-12345678"])
gateway = ResourceGateway(stack, "gateway", network, name="{name}")
for name in {list(shares)}:
    gateway.share(name, IpResource("10.0.0.9"), ports=[{port}])"""


BOTH = ("orders", "billing")


def state_of(folder: Path) -> dict[str, Any]:
    """Return the state that an apply of what is written would leave: references are ids then."""
    written = json.loads((folder / "cdktf.out" / "stacks" / "producer" / "cdk.tf.json").read_text())["resource"]
    return {
        "version": 4,
        "serial": 1,
        "lineage": "0",
        "resources": [
            {
                "mode": "managed",
                "type": kind,
                "name": name,
                "instances": [{"attributes": {"id": "made", **json.loads(as_applied(body))}}],
            }
            for kind, blocks in written.items()
            for name, body in blocks.items()
        ],
    }


def as_applied(body: dict[str, Any]) -> str:
    return json.dumps({key: "an-id" if "${" in str(part) else part for key, part in body.items()})


def apply(folder: Path) -> None:
    leave(folder, json.dumps(state_of(folder)))


def leave(folder: Path, state: str) -> None:
    (folder / STATE).parent.mkdir(exist_ok=True)
    (folder / STATE).write_text(state)


def said(folder: Path, body: str) -> list[str]:
    result = run_app(folder, body)
    assert result.returncode == 0, result.stderr
    return result.stderr.splitlines()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the first synth of `app()` leaves."""
    folder = tmp_path_factory.mktemp("first")
    assert said(folder, app()) == []
    return folder


@pytest.fixture
def written(first: Path, tmp_path: Path) -> Path:
    """Return a folder of its own with what the first synth leaves."""
    return shutil.copytree(first, tmp_path, dirs_exist_ok=True)


def test_what_was_written_and_never_applied_is_nothing_that_goes(written: Path) -> None:
    apply(written)
    said(written, app(shares=BOTH))
    assert said(written, app()) == []
    leave(written, json.dumps({**state_of(written), "resources": []}))
    assert said(written, app("new-name", shares=())) == []


def test_a_change_is_said_until_it_is_applied(written: Path) -> None:
    apply(written)
    for _ in range(2):
        lines = said(written, app("new-name"))
        assert lines[0].startswith("Warning: since the last apply, the following has changed")
        assert RENAMED in lines
    apply(written)
    assert said(written, app("new-name")) == []


def test_a_change_that_was_taken_back_before_it_was_applied_is_none(written: Path) -> None:
    apply(written)
    said(written, app("new-name"))
    assert said(written, app()) == []


def test_without_the_output_of_the_last_synth_the_state_says_what_goes(tmp_path: Path) -> None:
    said(tmp_path, app(shares=BOTH))
    apply(tmp_path)
    shutil.rmtree(tmp_path / "cdktf.out")
    assert said(tmp_path, app(shares=BOTH)) == []
    shutil.rmtree(tmp_path / "cdktf.out")
    lines = said(tmp_path, app("new-name", port=5433))
    assert RENAMED in lines
    lines = said(tmp_path, app(port=5433))
    assert lines[0].startswith("Warning: since the last apply, the following is removed")
    assert any(line.startswith(GONE) for line in lines)
    assert any(line.startswith("  port 5432 of resource configuration 'producer-orders'") for line in lines)


@pytest.mark.parametrize("content", ["", "{", "[]", '"a text"', '{"version": 3, "serial": 1}'])
def test_a_state_that_cannot_be_read_is_no_obstacle_and_the_last_synth_counts(written: Path, content: str) -> None:
    leave(written, content)
    lines = said(written, app("new-name"))
    assert lines[0].startswith("Warning: since the last synth, the following has changed")
    assert RENAMED in lines


@pytest.mark.parametrize(
    "resources",
    [5, [5], [{}], [{"mode": "managed", "type": "aws_vpc", "name": [], "instances": [{}]}], [{"instances": 5}]],
)
def test_a_state_of_strange_resources_is_no_obstacle(written: Path, resources: Any) -> None:
    leave(written, json.dumps({"version": 4, "serial": 1, "resources": resources}))
    assert said(written, app("new-name")) == []


def test_of_another_workspace_nothing_is_known(written: Path) -> None:
    apply(written)
    chosen = written / "cdktf.out" / "stacks" / "producer" / ".terraform" / "environment"
    chosen.parent.mkdir()
    chosen.write_text("staging")
    assert said(written, app("new-name"))[0].startswith("Warning: since the last synth")
