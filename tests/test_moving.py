"""An app moves from CDKTF to CDK Terrain by its imports, and what it writes stays the same but for a version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from latticelink.cdk.flavour import CDK_TERRAIN, CDKTF, FLAVOURS

import pytest

from tests.conftest import EXAMPLES, ROOT, run_programs
from tests.flavour import MOVE, SCENARIO, VERSIONS, apps_in_words_of, output_of, program_of

NAMES = [SCENARIO, *EXAMPLES]
PAGE = (ROOT / "docs" / "cdk-terrain.md").read_text()


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return for each CDK the folder in which the scenario and each example wrote their stacks."""
    folders = {}
    for cdk in FLAVOURS:
        apps = apps_in_words_of(cdk, tmp_path_factory.mktemp("apps"))
        folders[cdk.core] = tmp_path_factory.mktemp(cdk.core)
        programs = {name: program_of(name, apps) for name in NAMES}
        result = run_programs(folders[cdk.core], programs, LATTICELINK_CDK=cdk.core)
        assert result.returncode == 0, result.stderr
    return folders


def written(folder: Path, version: str) -> dict[str, Any]:
    """Return what is in the files, with the CDK's version named by its place."""
    files = {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*.json")}
    return {name: json.loads(text.replace(f'"version": "{version}"', '"version": "*"')) for name, text in files.items()}


@pytest.mark.parametrize("name", NAMES)
def test_what_an_app_writes_on_cdk_terrain_is_what_it_writes_on_cdktf_but_for_versions(
    outputs: dict[str, Path], name: str
) -> None:
    before = written(outputs["cdktf"] / name / output_of(name), VERSIONS[CDKTF])
    after = written(outputs["cdktn"] / name / output_of(name), VERSIONS[CDK_TERRAIN])
    assert "manifest.json" in before
    assert len(before) > 1
    assert after == before


def test_the_page_shows_the_replacements_that_the_tests_make() -> None:
    replacements = [line for line in MOVE.read_text().splitlines() if line.startswith("s/")]
    assert len(replacements) == 3
    assert all(f"    {line}\n" in PAGE for line in replacements)
