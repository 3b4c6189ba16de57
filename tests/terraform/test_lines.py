"""The line of each block."""

from __future__ import annotations

import json

from latticelink.terraform.lines import lines_of_blocks

from hypothesis import given
from hypothesis import strategies as st

TEXT = """{
  "//": {"resource": {"aws_vpc": {"main": {}}}},
  "data": {
    "aws_vpc": {"main": {"tags": {"resource": "} { \\" [ :"}}}
  },
  "resource": {
    "aws_vpc": [{
      "main": {
        "cidr_block": "10.0.0.0/16"
      }
    }]
  }
}"""


def test_a_block_is_found_by_section_type_and_name() -> None:
    found = lines_of_blocks(TEXT)
    assert found["data", "aws_vpc", "main"] == 4
    assert found["resource", "aws_vpc", "main"] == 8


names = st.text(min_size=1, max_size=6)


@given(st.dictionaries(names, st.dictionaries(names, st.dictionaries(names, names), min_size=1), min_size=1))
def test_every_block_of_any_file_is_found(types: dict[str, dict[str, dict[str, str]]]) -> None:
    text = json.dumps({"resource": types}, indent=2)
    lines = text.split("\n")
    found = lines_of_blocks(text)
    for kind, blocks in types.items():
        for name in blocks:
            assert lines[found["resource", kind, name] - 1].strip().startswith(f"{json.dumps(name)}: ")
