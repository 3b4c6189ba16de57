"""Takes what was made by hand into Terraform's state: import blocks for the resources that constructs make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.notes import notes_of, rules_of
from latticelink.errors import Report
from latticelink.values.aws_ids import ID_PREFIXES, parse_id
from latticelink.values.calls import judged
from latticelink.values.tokens import is_known
from latticelink.values.types import (
    SECURITY_GROUP,
)

_IMPORT_DOC = "https://developer.hashicorp.com/terraform/language/import"


@judged
def adopt(stack: Any, ids: Mapping[str, str]) -> None:
    """Let the next apply take over existing objects instead of creating new ones.

    Names, subnets and whatever else AWS can't change must be given to the constructs as they are in AWS; the plan says
    `must be replaced` where they aren't. Once applied, the entries have no further effect and can be removed, except
    those of security groups: AWS can't change a group's name and description, so it keeps its own for as long as it is
    adopted.

    Args:
        stack: the stack, after its constructs are created.
        ids: AWS's ids, by the path of the construct in the stack, such as `{"gateway/gateway": "rgw-..."}`; to
            name one of several, add its key in square brackets, such as
            `{"nginx/group/ingress-10.0.0.0_16[80]": "sgr-..."}`.

    Raises:
        InvalidInput: for a path that doesn't exist (the error lists those that do), and for an id of another kind.

    Source: https://developer.hashicorp.com/terraform/language/import
    """
    notes = notes_of(stack)
    rules = rules_of(stack).paths()
    with Report(stack) as report:
        for path, given in ids.items():
            place, _, key = path.partition("[")
            resource = _find(stack, place)
            if isinstance(resource, bindings.TerraformResource):
                kind = str(resource.terraform_resource_type)
                address = f"{kind}.{resource.friendly_unique_id}"
            elif place in rules:
                address = rules[place]
                kind = address.partition(".")[0]
            else:
                report.refuse(
                    "adopt",
                    path,
                    rule=f"The resources of this stack are: {', '.join(sorted([*_paths(stack), *rules]))}.",
                    fix="Write one of these paths; if it has several instances, add the key of one in square brackets.",
                    source=_IMPORT_DOC,
                )
                continue
            notes.imports.append({"to": f'{address}["{key.removesuffix("]")}"]' if key else address, "id": given})
            if kind in ID_PREFIXES:
                parse_id(report, f"adopt[{path!r}]", given, ID_PREFIXES[kind])
            elif not given or not is_known(given):
                report.refuse(
                    f"adopt[{path!r}]",
                    given,
                    rule="An import needs the id that Terraform's page on the resource describes.",
                    fix=f"See 'Import' at the end of the page on {kind}.",
                    source="https://registry.terraform.io/providers/hashicorp/aws/latest/docs",
                )
            if kind == SECURITY_GROUP:
                resource.add_override("lifecycle.ignore_changes", ["description", "name"])
    stack.add_override("import", notes.imports)
    if notes.state is not None:
        stack.add_override("terraform.required_version", f"{notes.state.terraform_version}, >= 1.5.0")


def _find(stack: Any, path: str) -> Any:
    found = stack
    for part in path.split("/"):
        found = found and found.node.try_find_child(part)
    return found


def _paths(stack: Any) -> list[str]:
    """Return the paths of all resources below the stack that are constructs."""
    start = len(f"{stack.node.path}/")
    resources = (each for each in stack.node.find_all() if isinstance(each, bindings.TerraformResource))
    return sorted(str(each.node.path)[start:] for each in resources)
