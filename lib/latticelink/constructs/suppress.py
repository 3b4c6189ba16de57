"""Decides in code to live with what a check finds; `latticelink check` reads the decision from the Terraform JSON."""

from __future__ import annotations

import re
from typing import Any

from latticelink.cdk import bindings
from latticelink.constructs.notes import notes_of
from latticelink.errors import Report
from latticelink.values.calls import judged


@judged
def suppress(construct: Any, check: str, *, reason: str) -> None:
    """Stop `latticelink check` from reporting what `check` finds in `construct` and everything below it.

    The decision is written into the stack's Terraform JSON, as a comment that Terraform ignores.

    Args:
        construct: any construct, of this library or of the CDK, or a whole stack.
        check: the check's id, such as `LL505`.
        reason: why it may stay as it is.

    Raises:
        InvalidInput: for something that isn't the id of a check, or no reason.

    Source: https://developer.hashicorp.com/terraform/language/syntax/json#comment-properties
    """
    with Report(construct, "suppress") as report:
        if not isinstance(check, str) or not re.fullmatch(r"LL[0-9]{3}", check):
            report.refuse(
                "check", check, rule="A check's id is LL and three digits.", fix="Copy it from the finding: 'LL505'."
            )
        if not isinstance(reason, str) or not reason.strip():
            report.refuse(
                "reason", reason, rule="A finding is suppressed with a reason.", fix="Write why it is acceptable."
            )
    stack = bindings.stack_of(construct)
    decided = notes_of(stack).suppressed
    decided.append({"check": check, "resource": construct.node.path, "reason": reason})
    stack.add_override("//.latticelink.suppress", decided)
