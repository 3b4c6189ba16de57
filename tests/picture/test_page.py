"""The page's source: self-contained, the same everywhere, and with nothing of a name in it but text."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from latticelink.paths.outlining import outline_of
from latticelink.picture.page import as_page

import pytest

from tests.paths.topologies import Stacks, put, write
from tests.picture.inputs import CASES, HOSTILE, changed, links, named

ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "section",
        "nav",
        "aside",
        "script",
        "noscript",
    ),
    *("h1", "h2", "p", "b", "small", "span", "div", "ol", "ul", "li", "button", "input", "figure", "template"),
    *("svg", "defs", "use", "g", "a", "rect", "path", "circle", "text"),
}


class Reader(HTMLParser):
    """Notes the elements and attributes of a page, and the text of its data."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.data = ""
        self._is_data = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += attrs
        self._is_data = ("id", "data") in attrs

    def handle_data(self, data: str) -> None:
        self.data += data if self._is_data else ""


def page(folder: Path, stacks: Stacks) -> str:
    return as_page(outline_of(write(folder, stacks)), folder)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_nothing_else(tmp_path: Path, name: str) -> None:
    read = Reader(page(tmp_path, named(HOSTILE[name])))
    assert read.elements <= ELEMENTS
    assert not [each for each, _ in read.attributes if each.startswith("on")]
    assert json.loads(read.data)["paths"][0]["kind"] == "fail"


def test_nothing_is_loaded_and_a_policy_says_so(tmp_path: Path) -> None:
    source = page(tmp_path, CASES["several stacks"]())
    read = Reader(source)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'") in read.attributes
    assert {value for name, value in read.attributes if name in ("href", "src")} == {
        "#g-pass",
        "#g-fail",
        "#g-unknown",
        "#g-open",
    } & {value for name, value in read.attributes if name == "href"}
    assert set(re.findall(r"https?://[^\"\s]+", source)) <= {"http://www.w3.org/2000/svg"}


def test_every_hop_is_in_the_data_once_with_where_it_is_written(tmp_path: Path) -> None:
    stacks = changed(put("consumer", "aws_vpc_security_group_ingress_rule", "endpoint_in", description="From clients"))
    data: dict[str, Any] = json.loads(Reader(page(tmp_path, stacks)).data)
    [path] = data["paths"]
    assert len(path["hops"]) == len(set(path["hops"])) == len(data["hops"]) == 8
    [hop] = [each for each in data["hops"] if each["place"] == "endpoint's group in"]
    assert hop["rules"] == [
        {
            "name": "consumer: aws_vpc_security_group_ingress_rule.endpoint_in",
            "construct": "",
            "file": "consumer/main.tf.json",
            "said": "From clients",
        }
    ]


def test_the_answer_of_each_address_is_told_with_its_zone(tmp_path: Path) -> None:
    data = json.loads(Reader(page(tmp_path, CASES["by the endpoint's address"]())).data)
    [path] = data["paths"]
    assert len(path["zones"]) == len(path["hops"])
    assert set(path["zones"]) == {"eu-west-1a", "eu-west-1b"}


def test_two_paths_of_one_endpoint_are_told_apart_by_their_clients(tmp_path: Path) -> None:
    data = json.loads(Reader(page(tmp_path, CASES["every answer"]())).data)
    assert [each["pair"] for each in data["paths"]] == [
        "consumer → producer/web, 10.9.0.0/16",
        "consumer → producer/web, client",
    ]


def test_many_paths_have_a_picture_for_each_consumer_and_each_producer(tmp_path: Path) -> None:
    source = page(tmp_path, links(200))
    views = re.findall(r'<figure data-view="([^"]*)"', source)
    assert len(views) == len(set(views)) == 1 + 20 + 5
    assert source.count("<template>") == 25
    assert len(source.encode()) <= 2_000_000
