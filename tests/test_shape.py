"""The shape of the library's functions: short, or with a reason; called by name where there are many values."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.conftest import ROOT

PACKAGE = ROOT / "lib" / "latticelink"
MOST_LINES = 40  # without the docstring, which tells users all that they need
MOST_BY_POSITION = 6

_REFUSALS = "one keyword argument after another is read or refused, then the resources are made, straight down"
LONG = {
    "backends.py: CloudState.__post_init__": "one field after another is refused, straight down",
    "checks/rules/reachability.py: _link": "an example's blocks, no logic",
    "cloud_workspaces.py: CloudWorkspaces.__init__": _REFUSALS,
    "constructs/account_share.py: AccountShare.__init__": _REFUSALS,
    "constructs/custom_domain.py: parse_custom_domain": "one refusal after another, each with its sentence",
    "constructs/endpoint.py: _Endpoint.__init__": _REFUSALS,
    "constructs/gateway.py: ResourceGateway.__init__": _REFUSALS,
    "constructs/network.py: Network.__init__": _REFUSALS,
    "constructs/service_network.py: ServiceNetworkAssociation.__init__": _REFUSALS,
    "constructs/service_network.py: _ServiceNetwork.share": _REFUSALS,
    "constructs/sharing_gateway.py: Gateway.share": _REFUSALS,
    "state_bucket.py: StateBucket.__init__": _REFUSALS,
}
BY_POSITION = {"Quota": "a table whose columns are its fields", "example": "any number of blocks"}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text())


def lengths(node: ast.AST, above: str = "") -> Iterator[tuple[str, int]]:
    """Yield the name of each function below a node, and its lines without the docstring."""
    for child in ast.iter_child_nodes(node):
        name = above
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{above}.{child.name}".lstrip(".")
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            first = child.body[0]
            documented = ast.get_docstring(child) is not None
            docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
            yield name, (child.end_lineno or 0) - child.lineno + 1 - docstring
        yield from lengths(child, name)


def test_no_function_is_longer_than_40_lines_without_a_reason() -> None:
    long = [f"{path}: {name}" for path, tree in trees() for name, lines in lengths(tree) if lines > MOST_LINES]
    assert sorted(long) == sorted(LONG)


def test_no_call_gives_more_than_six_values_by_position() -> None:
    found = {
        ast.unparse(node.func): f"{path}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and len(node.args) > MOST_BY_POSITION
    }
    assert found.keys() == BY_POSITION.keys(), found
