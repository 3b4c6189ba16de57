"""Each refusal that the emulated AWS knows, by AWS's own code: docs/refusals.md says what becomes of it in an app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator import refused_by_ec2, refused_by_others
from tests.emulator.world import World, at_once, world
from tests.refusals import rows

__all__ = ["at_once", "world"]

TABLE = [*refused_by_ec2.TABLE, *refused_by_others.TABLE]


@pytest.mark.parametrize(("what", "action", "code", "call"), TABLE, ids=[row[0] for row in TABLE])
def test_the_emulated_aws_refuses_by_awss_code(
    world: World, what: str, action: str, code: str, call: Callable[[World], Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        call(world)
    assert (caught.value.operation_name, caught.value.response["Error"]["Code"]) == (action, code), what


def test_what_the_emulated_aws_refuses_and_what_the_page_does_something_about_are_the_same() -> None:
    """Only what is left to AWS, such as its own failures, need not be refused here."""
    emulated = {(action, code) for _, action, code, _ in TABLE}
    told = [(row.handling, name.partition(":")[2], code) for row in rows() for name, code in row.refusals]
    on_the_page = {(action, code) for _, action, code in told}
    handled = {(action, code) for handling, action, code in told if handling != "left"}
    assert (emulated - on_the_page, handled - emulated) == (set(), set())
