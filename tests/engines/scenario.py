"""What the doors share: the order of the scenario's stacks, and the proof that the consumer reaches nginx."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import run_python
from tests.engines.conftest import PROVIDER_VERSION


def order(folder: Path, *arguments: str) -> list[Path]:
    """Return what `latticelink order` prints."""
    command = "import sys; from latticelink.cli.main import main; sys.exit(main())"
    result = run_python(folder, "-c", command, "order", *arguments)
    assert result.returncode == 0, result.stderr
    return [folder / line for line in result.stdout.splitlines()]


def reached(outputs: dict[str, Any]) -> None:
    """Fail unless the consumer's outputs hand on two addresses of its own subnets, and the lines to try them with."""
    addresses = sorted(outputs["endpoint_addresses"].values())
    assert [address.rpartition(".")[0] for address in addresses] == ["172.18.0", "172.18.1"]
    lines = [f"curl http://{address}/" for address in addresses]
    assert sorted(outputs["curl"]) == sorted([*lines, "curl http://nginx.privatelink-dev2.internal/"])


def edit(stack: Path, change: Callable[[dict[str, Any]], object]) -> str:
    """Change a stack's written code in place of its author; return it as it was."""
    file = stack / "cdk.tf.json"
    before = file.read_text()
    content = json.loads(before)
    change(content)
    # Indented, as Terraform shows the whole line of an error.
    file.write_text(json.dumps(content, indent=2))
    return before


def narrow(stack: Path) -> None:
    """Narrow a written stack's provider constraint to the version that the tests have."""
    edit(stack, lambda content: content["terraform"]["required_providers"]["aws"].update(version=PROVIDER_VERSION))
