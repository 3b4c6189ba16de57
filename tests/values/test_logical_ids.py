"""Names of resources that are made in Python are those that CDKTF would give."""

from __future__ import annotations

from typing import Any

from latticelink import App, LocalState, Stack
from latticelink.values.logical_ids import construct_id, logical_id

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flavour import core

ids = st.one_of(
    st.sampled_from(["Default", "Resource", "a", "ba", "network", "work", "subnet-eu-west-1a", "a/b", "Größe", "日本"]),
    st.text(alphabet="abAB09-_./ é日", min_size=1, max_size=130),
)
paths = st.lists(ids, min_size=1, max_size=4).filter(lambda path: path[-1] != "Default")


@pytest.fixture(scope="module")
def module_stack() -> Any:
    return Stack(App(context={}), "producer", state=LocalState(), region="ap-northeast-1")


@settings(max_examples=200, deadline=None)
@given(path=paths)
def test_a_name_is_the_one_that_the_cdk_gives(module_stack: Any, path: list[str]) -> None:
    import constructs

    *outer, last = path
    scope = module_stack
    for id in outer:
        scope = scope.node.try_find_child(id) or constructs.Construct(scope, id)
    element = scope.node.try_find_child(last)
    if not isinstance(element, core().TerraformElement):
        if element is not None:
            return
        element = core().TerraformResource(scope, last, terraform_resource_type="some_type")
    assert logical_id(tuple(construct_id(id) for id in path)) == element.friendly_unique_id
