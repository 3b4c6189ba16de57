"""The public words: what `help()` and `dir()` show, and that programs that use them are right for mypy."""

from __future__ import annotations

import inspect
import os
import re
from pathlib import Path
from typing import Any

import latticelink

import pytest

from tests.conftest import ROOT, run_mypy, run_python
from tests.docs import blocks

EXAMPLES = sorted(ROOT.glob("examples/*/main.py"))
BESIDE_EXAMPLES = sorted({*ROOT.glob("examples/*/*.py")} - {*EXAMPLES, ROOT / "examples" / "hcp" / "deploy.py"})
OWN_CODE = [ROOT / "main.py", *EXAMPLES, *BESIDE_EXAMPLES, *sorted(ROOT.glob("stacks/*.py"))]
INNER = re.compile(r"^\s*(?:from|import) (latticelink\.\S+)", re.MULTILINE)


def callables() -> list[tuple[str, Any]]:
    """Return each public class and function, and each public method of the classes, by its name."""
    found: list[tuple[str, Any]] = []
    for name in latticelink.__all__:
        value = getattr(latticelink, name)
        found.append((name, value))
        for kind in value.__mro__ if inspect.isclass(value) else ():
            if kind.__module__.startswith("latticelink"):
                found += [
                    (f"{name}.{method}", getattr(value, method))
                    for method, item in vars(kind).items()
                    if not method.startswith("_") and callable(getattr(item, "__func__", item))
                ]
    return found


CALLABLES = [pair for pair in callables() if not (inspect.isclass(pair[1]) and issubclass(pair[1], BaseException))]


@pytest.mark.parametrize(("name", "value"), CALLABLES, ids=[name for name, _ in CALLABLES])
def test_help_shows_the_arguments_of_every_public_word(name: str, value: Any) -> None:
    parameters = inspect.signature(value).parameters.values()
    assert "self" not in [each.name for each in parameters] or "." in name
    gathered = [each for each in parameters if each.kind is each.VAR_KEYWORD]
    assert not gathered, f"{name} takes {gathered}"
    if not name.startswith(("State.publish", "LocalState.publish", "S3State.publish", "CloudState.publish", "Report")):
        assert not [each for each in parameters if each.kind is each.VAR_POSITIONAL]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Network", {"scope", "id", "cidr", "zones", "subnets", "ipv6", "name", "tags"}),
        ("ServiceNetworkEndpoint", {"scope", "id", "shared", "network", "client_cidrs", "dns_name", "hosted_zone"}),
        ("Stack", {"scope", "id", "state", "region", "aws_provider", "account_id", "role_arn", "tags"}),
        ("App", {"context", "outdir"}),
    ],
)
def test_the_arguments_are_the_real_ones(name: str, arguments: set[str]) -> None:
    assert arguments <= set(inspect.signature(getattr(latticelink, name)).parameters)


def test_a_class_of_the_users_own_shows_its_own_arguments() -> None:
    class Producer(latticelink.Stack):
        def __init__(self, app: latticelink.App, *, stage: str) -> None: ...

    assert list(inspect.signature(Producer).parameters) == ["app", "stage"]


def test_dir_shows_the_public_words_only() -> None:
    assert dir(latticelink) == latticelink.__all__


def test_no_public_word_is_misspelt_in_silence() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'ResourceGatway'"):
        latticelink.ResourceGatway  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("path", OWN_CODE, ids=[str(path.relative_to(ROOT)) for path in OWN_CODE])
def test_the_app_and_the_examples_import_public_words_alone(path: Path) -> None:
    assert INNER.findall(path.read_text()) == []


def programs() -> dict[str, str]:
    """Return the whole programs of README and documentation, and each example, by a name for a file."""
    readme = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    hatches = [block for block in blocks("escape-hatches.md", "python") if "import" in block]
    assert readme
    assert hatches
    return {
        **{f"readme_{number}.py": program for number, program in enumerate(readme)},
        **{f"hatches_{number}.py": program for number, program in enumerate(hatches)},
        **{f"example_{path.parent.name.replace('-', '_')}.py": path.read_text() for path in EXAMPLES},
        **{path.name: path.read_text() for path in BESIDE_EXAMPLES},
    }


@pytest.mark.slow
def test_programs_that_use_the_public_words_pass_mypy_strict_and_misspelt_words_do_not(tmp_path: Path) -> None:
    for name, program in programs().items():
        (tmp_path / name).write_text(program)
    (tmp_path / "misspelt.py").write_text(
        "from latticelink import Netwrk\n"
        "from latticelink.cdk import bindings\n"
        "bindings.VpcEndpont\n"
        "import latticelink\n"
        "latticelink.ResourceGatway\n"
    )
    ours = map(str, [ROOT / "main.py", *ROOT.glob("stacks/*.py")])
    path = os.pathsep.join(map(str, (ROOT / "lib", ROOT)))
    configuration = ("--config-file", str(ROOT / "pyproject.toml"))
    result = run_mypy(tmp_path, *configuration, *sorted(programs()), "misspelt.py", *ours, path=path)
    found = [line for line in result.stdout.splitlines() if ": error:" in line]
    assert [line.partition(":")[0] for line in found] == ["misspelt.py"] * 3, result.stdout
    assert [re.search(r'has no attribute "(\w+)"', line)[1] for line in found] == [  # type: ignore[index]
        "Netwrk",
        "VpcEndpont",
        "ResourceGatway",
    ]


def test_help_prints_the_signature() -> None:
    code = "import latticelink; help(latticelink.ResourceGateway)"
    shown = run_python(ROOT, "-c", code, PYTHONPATH=str(ROOT / "lib")).stdout
    assert "class ResourceGateway(" in shown
    assert "dns_resolution: 'str' = 'PUBLIC'" in shown
