"""Keeps what is applied when constructs get other ids: Terraform's moved blocks, by the paths of the constructs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from latticelink.cdk import bindings
from latticelink.cdk.written import data_paths
from latticelink.constructs.notes import notes_of, rules_of
from latticelink.errors import Report
from latticelink.values.calls import judged
from latticelink.values.logical_ids import logical_id

_MOVED_DOC = "https://developer.hashicorp.com/terraform/language/modules/develop/refactoring"

Path = tuple[str, ...]


@judged
def moved(stack: Any, paths: Mapping[str, str]) -> None:
    """Tell the next apply which constructs have new ids, so that it keeps what was applied under the old ones.

    Without it, Terraform treats a construct's new id as one object to destroy and one to create: an outage. Names that
    AWS never changes are derived from ids too: give the construct the old one, such as `ResourceGateway(..., name=...)`
    and `share(..., configuration_name=...)`; the warning of `run` says where that is missing. A security group that is
    made for a construct keeps its name for as long as the call is there. Otherwise the call can be removed once it is
    applied everywhere.

    Args:
        stack: the stack, after its constructs are created.
        paths: the new path in the stack for each old one, such as `{"gateway": "entrance"}` or, for a share of a
            gateway, `{"gateway/orders": "gateway/orders-db"}`. Everything below a path moves with it.

    Raises:
        InvalidInput: for a new path that doesn't exist (the error lists those that do), and an old one that still does.

    Source: https://developer.hashicorp.com/terraform/language/modules/develop/refactoring
    """
    before = {_parts(new): _parts(old) for old, new in paths.items()}
    now = _resources(stack)
    rules = rules_of(stack).paths()
    places = {*now, *(_parts(path) for path in rules)}
    with Report(stack) as report:
        for old, new in paths.items():
            if not any(_is_below(place, _parts(new)) for place in places):
                report.refuse(
                    f"moved[{old!r}]",
                    new,
                    rule=f"The constructs of this stack are: {', '.join(sorted(_above(places)))}.",
                    fix="Write the new path of one of these.",
                    source=_MOVED_DOC,
                )
            if any(_is_below(place, _parts(old)) for place in places):
                report.refuse(
                    "moved",
                    old,
                    rule="A move leaves nothing at its old path, but there is still a construct at this one.",
                    fix="Write {'old path': 'new path'}, and rename the construct first.",
                    source=_MOVED_DOC,
                )
    pairs = {f"{kind}.{logical_id(path)}": f"{kind}.{logical_id(_before(path, before))}" for path, kind in now.items()}
    pairs |= dict(rules_of(stack).addresses_before(lambda path: _before(path, before), _renaming(pairs)))
    moves = notes_of(stack).moves
    moves += [{"from": old, "to": new} for new, old in pairs.items() if old != new]
    stack.add_override("moved", moves)
    for group in _groups(stack, {address for address, old in pairs.items() if address != old}):
        group.add_override("lifecycle.ignore_changes", ["description", "name"])


def _parts(path: str) -> Path:
    return tuple(path.split("/"))


def _is_below(path: Path, above: Path) -> bool:
    return path[: len(above)] == above


def _before(path: Path, before: Mapping[Path, Path]) -> Path:
    """Return the path that a resource had, by the longest path that was renamed."""
    for length in range(len(path), 0, -1):
        if path[:length] in before:
            return before[path[:length]] + path[length:]
    return path


def _renaming(pairs: Mapping[str, str]) -> Any:
    """Return what writes an expression with the addresses that it had."""
    renamed = {new: old for new, old in pairs.items() if new != old}
    pattern = re.compile("|".join(rf"\b{re.escape(new)}\b" for new in renamed) or r"(?!)")
    return lambda text: pattern.sub(lambda found: renamed[found[0]], text)


def _resources(stack: Any) -> dict[Path, str]:
    """Return the type of each resource of the stack, but for rules, by its path."""
    start = len(str(stack.node.path).split("/"))
    made = [each for each in stack.node.find_all() if isinstance(each, bindings.TerraformResource)]
    found = {tuple(str(each.node.path).split("/")[start:]): str(each.terraform_resource_type) for each in made}
    return found | dict.fromkeys(data_paths(stack), "terraform_data")


def _groups(stack: Any, moved: set[str]) -> list[Any]:
    groups = [each for each in stack.node.find_all() if isinstance(each, bindings.SecurityGroup)]
    return [each for each in groups if bindings.address(each) in moved]


def _above(places: set[Path]) -> Iterator[str]:
    """Yield the paths of the constructs that have resources, and of the resources."""
    yield from {"/".join(place[:length]) for place in places for length in range(1, len(place) + 1)}
