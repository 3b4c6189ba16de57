"""Which CDK a process runs on, why, and what is said where it can't be determined or can't be had."""

from __future__ import annotations

from pathlib import Path

from latticelink.cdk.flavour import CDK_TERRAIN, CDKTF, FLAVOURS, Flavour
from latticelink.cdk.node import packaged_node

import pytest

from tests.conftest import run_python
from tests.flavour import in_words_of

LOG = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(message)s", stream=sys.stdout)
logging.getLogger("jsii").setLevel(logging.WARNING)
"""
USE = "import latticelink\nlatticelink.Network\n"
BOTH = "both are installed, neither is imported yet, and LATTICELINK_CDK is not set"


def hide(folder: Path, *packages: str) -> None:
    """Make Python in `folder` believe that these packages are not installed."""
    (folder / "sitecustomize.py").write_text(
        "import importlib.machinery as machinery\n"
        "find = machinery.PathFinder.find_spec\n"
        "def without(name, path=None, target=None):\n"
        f"    return None if name.split('.')[0] in {packages!r} else find(name, path, target)\n"
        "machinery.PathFinder.find_spec = without\n"
    )


def run(folder: Path, code: str, *, wanted: str = "", hidden: tuple[str, ...] = ()) -> tuple[int, str, str]:
    hide(folder, *hidden)
    (folder / "app.py").write_text(LOG + code)
    # A CDK that is imported before LatticeLink would run on the `node` on PATH, and may complain of its age.
    node = {"JSII_NODE": packaged_node() or "node"}
    result = run_python(folder, "app.py", LATTICELINK_CDK=wanted, PYTHONPATH=str(folder), **node)
    return result.returncode, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("what", "before", "wanted", "hidden", "cdk", "reason"),
    [
        ("both installed: CDKTF", "", "", (), CDKTF, BOTH),
        ("the variable", "", "cdktn", (), CDK_TERRAIN, "LATTICELINK_CDK says so"),
        ("what is imported", "import cdktn", "", (), CDK_TERRAIN, "cdktn is imported already"),
        ("bindings are imported", "import cdktn_provider_aws", "", (), CDK_TERRAIN, "cdktn is imported already"),
        ("both say the same", "import cdktn", "cdktn", (), CDK_TERRAIN, "LATTICELINK_CDK says so"),
        ("one is installed", "", "", CDKTF.packages, CDK_TERRAIN, "it is the only one installed"),
        ("the other is", "", "", CDK_TERRAIN.packages, CDKTF, "it is the only one installed"),
        ("one has no bindings", "", "", (CDKTF.bindings,), CDK_TERRAIN, "it is the only one installed"),
    ],
)
def test_which_cdk_is_chosen_and_why(
    tmp_path: Path, what: str, before: str, wanted: str, hidden: tuple[str, ...], cdk: Flavour, reason: str
) -> None:
    code, said, errors = run(tmp_path, f"{before}\n{USE}", wanted=wanted, hidden=hidden)
    assert (code, errors) == (0, ""), what
    assert f"the CDK is {cdk.name}, as {reason}" in said.splitlines(), what


MIXED = "a process can use only one CDK"


@pytest.mark.parametrize(
    ("what", "code", "wanted", "hidden", "sentence"),
    [
        (
            "there is none",
            USE,
            "",
            CDKTF.packages + CDK_TERRAIN.packages,
            "finds none. Install CDK Terrain with: pip install 'latticelink[cdktn,node]', or CDKTF, which no "
            "longer gets fixes, with: pip install 'latticelink[cdktf,node]'\n",
        ),
        (
            "a core without bindings",
            USE,
            "",
            (CDKTF.core, CDKTF.bindings, CDK_TERRAIN.bindings),
            "LatticeLink runs on CDK Terrain here, as it is the only one installed, but cdktn_provider_aws can't be "
            "imported",
        ),
        (
            "the variable names what isn't there",
            USE,
            "cdktn",
            CDK_TERRAIN.packages,
            "LatticeLink runs on CDK Terrain here, as LATTICELINK_CDK says so, but cdktn and cdktn_provider_aws can't",
        ),
        (
            "the variable names nothing known",
            USE,
            "terrain",
            (),
            "LATTICELINK_CDK is 'terrain'. Set it to cdktf or cdktn, or unset it.\n",
        ),
        (
            "the variable names another than is imported",
            f"import cdktf\n{USE}",
            "cdktn",
            (),
            "LATTICELINK_CDK is 'cdktn', but cdktf is imported already; a process can use only one CDK. Import cdktn "
            "in its "
            "place, or set LATTICELINK_CDK=cdktf.\n",
        ),
        (
            "both are imported before",
            f"import cdktn, cdktf\n{USE}",
            "",
            (),
            "CDKTF and CDK Terrain are both imported in this process, where they conflict. Import only one of them.",
        ),
        (
            "the core of the other is imported after",
            f"{USE}from cdktn import App",
            "",
            (),
            f"app.py:7 imports cdktn, but this process runs on CDKTF, as {BOTH}; {MIXED}. Import cdktf instead "
            "everywhere, or set LATTICELINK_CDK=cdktn to run on CDK Terrain.\n",
        ),
        (
            "the bindings of the other are imported after",
            f"{USE}from cdktf_cdktf_provider_aws.vpc import Vpc",
            "cdktn",
            (),
            "app.py:7 imports cdktf_cdktf_provider_aws, but this process runs on CDK Terrain, as LATTICELINK_CDK says "
            f"so; {MIXED}. Import cdktn_provider_aws instead everywhere, or set LATTICELINK_CDK=cdktf to run on "
            "CDKTF.\n",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(
    tmp_path: Path, what: str, code: str, wanted: str, hidden: tuple[str, ...], sentence: str
) -> None:
    ended, _, errors = run(tmp_path, code, wanted=wanted, hidden=hidden)
    assert ended == 1, what
    assert sentence in errors, what
    assert "Traceback" not in errors, what
    assert errors.count("\n") == 1, what


@pytest.mark.parametrize("cdk", FLAVOURS, ids=[cdk.core for cdk in FLAVOURS])
def test_the_other_cdk_can_be_looked_for_and_where_it_is_absent_it_is_absent(tmp_path: Path, cdk: Flavour) -> None:
    [other] = [flavour for flavour in FLAVOURS if flavour is not cdk]
    look = f"{USE}import importlib.util\nprint(importlib.util.find_spec({other.core!r}) is not None)\n"
    assert run(tmp_path, look, wanted=cdk.core)[1].splitlines()[-1] == "True"
    tried = f"{USE}try:\n    import {other.core}\nexcept ModuleNotFoundError as error:\n    print(error)\n"
    said = run(tmp_path, tried, wanted=cdk.core, hidden=other.packages)[1]
    assert said.splitlines()[-1] == f"No module named {other.core!r}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from cdktf import App", "from cdktn import App"),
        ("    from cdktf.testing import x", "    from cdktn.testing import x"),
        ("import cdktf", "import cdktn as cdktf"),
        ("from cdktf_cdktf_provider_aws.vpc import Vpc", "from cdktn_provider_aws.vpc import Vpc"),
        ("from cdktf_cdktf_provider_aws import vpc", "from cdktn_provider_aws import vpc"),
        ("import cdktf_cdktf_provider_aws as aws", "import cdktn_provider_aws as aws"),
        ('Path("cdktf.json")  # from cdktf', 'Path("cdktf.json")  # from cdktf'),
        ("from cdktf_more import App", "from cdktf_more import App"),
    ],
)
def test_code_is_moved_from_cdktf_to_cdk_terrain_by_its_imports(before: str, after: str) -> None:
    assert in_words_of(CDK_TERRAIN, before + "\n") == after + "\n"
    assert in_words_of(CDKTF, before) == before
