"""The picture: every hop is one marker with its answer, names break nothing, same input gives same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from latticelink.network.reading import read
from latticelink.paths.hops import Answer
from latticelink.paths.outline import Outline
from latticelink.paths.outlining import outline_of
from latticelink.picture.glyphs import KINDS, SAYS, worst
from latticelink.picture.places import PLACES, Stretch, place_of
from latticelink.picture.svg import MOST_IN_DIAGRAM, as_svg
from latticelink.testing import Golden

import pytest

from tests.conftest import ROOT
from tests.paths.test_paths import TABLE
from tests.paths.topologies import Stacks, right, write
from tests.picture.inputs import CASES, HOSTILE, links, many, named

SVG = "{http://www.w3.org/2000/svg}"
ALL: dict[str, Stacks] = {name: make() for name, make in CASES.items()} | {
    f"a name of {name}": named(text) for name, text in HOSTILE.items()
}


def drawn(outline: Outline) -> ElementTree.Element:
    return ElementTree.fromstring(as_svg(outline))


def markers(picture: ElementTree.Element) -> list[ElementTree.Element]:
    return [each for each in picture.iter(f"{SVG}g") if "hop" in each.get("class", "").split()]


def texts(picture: ElementTree.Element) -> list[str]:
    return [(each.text or "") + "".join(part.tail or "" for part in each) for each in picture.iter(f"{SVG}text")]


def slot(place: str) -> tuple[str, int]:
    """Return where a place is drawn; no path has two places of one slot but zones and the zone of an address."""
    return place_of(place).stretch, place_of(place).slot


def compare(outline: Outline) -> None:
    """Fail unless each hop of each path has one marker, of the worst answer of the hops that share it, and no other."""
    shown: dict[tuple[int, tuple[str, int]], list[str]] = defaultdict(list)
    sharing: list[tuple[str, list[tuple[int, tuple[str, int]]]]] = []
    for marker in markers(drawn(outline)):
        _, kind = marker.get("class", "").split()
        where = slot(marker.get("data-place", ""))
        keys = [(int(number), where) for number in marker.get("data-p", "").split()]
        sharing.append((kind, keys))
        for key in keys:
            shown[key].append(kind)
    hops: dict[tuple[int, tuple[str, int]], set[Answer]] = defaultdict(set)
    for number, way in enumerate(outline.ways):
        for hop in [hop for each in way.traced.addresses for hop in each.hops] or way.traced.hops:
            hops[number, slot(hop.place)].add(hop.answer)
    assert shown.keys() == hops.keys()
    assert all(len(kinds) == 1 for kinds in shown.values())
    for kind, keys in sharing:
        assert kind == KINDS[worst(answer for key in keys for answer in hops[key])]


@pytest.mark.parametrize("case", ALL)
def test_every_hop_is_one_marker_with_its_answer(tmp_path: Path, case: str) -> None:
    compare(outline_of(write(tmp_path, ALL[case])))


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_every_hop_of_the_table_of_paths_is_one_marker_with_its_answer(
    tmp_path: Path, row: tuple[str, object, Answer, object]
) -> None:
    stacks = right()
    if row[1] is not None:
        row[1](stacks)  # type: ignore[operator]
    compare(outline_of(write(tmp_path, stacks)))


def test_every_place_that_the_tracer_names_has_its_own_in_the_packets_order(tmp_path: Path) -> None:
    for count, change in enumerate(row[1] for row in TABLE):
        stacks = right()
        if change is not None:
            change(stacks)
        for way in outline_of(write(tmp_path / str(count), stacks)).ways:
            places = [hop.place for hop in way.traced.hops]
            assert set(places) <= PLACES.keys()
            order = [(list(Stretch).index(place_of(each).stretch), place_of(each).slot) for each in places]
            assert order == sorted(order), "the packet's order"


def test_a_marker_of_several_paths_says_how_many_it_blocks(tmp_path: Path) -> None:
    outline = outline_of(write(tmp_path, CASES["a service network"]()))
    assert [str(way.traced.answer) for way in outline.ways] == ["pass", "pass", "unknown", "unknown"]
    assert texts(drawn(outline)).count("1 of 2 unknown") == 2


def test_markers_come_in_the_packets_order(tmp_path: Path) -> None:
    outline = outline_of(write(tmp_path, CASES["two rules are missing"]()))
    at = {}
    for marker in markers(drawn(outline)):
        at[marker.get("data-place")] = float(marker.get("transform", "").removeprefix("translate(").split(" ")[0])
    assert [hop.place for hop in outline.ways[0].traced.hops] == sorted(at, key=lambda place: at[place])


def test_the_verdict_is_in_title_and_description_and_stands_as_words_at_the_target(tmp_path: Path) -> None:
    picture = drawn(outline_of(write(tmp_path, CASES["two rules are missing"]())))
    title, description = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    said = "blocked for TCP 443 at client's group out, target's group in."
    assert str(title.text).endswith(said)
    assert str(description.text).endswith(said)
    assert (picture.get("role"), picture.get("aria-labelledby")) == ("img", "title desc")
    shown = texts(picture)
    assert {"Blocked for TCP 443", "blocked", "TCP 443"} <= set(shown)
    assert {"Blocked: client's group out.", "Blocked: target's group in."} <= set(shown)
    assert "Fix: Add aws_vpc_security_group_ingress_rule with" in " ".join(shown)


def test_a_marker_tells_what_it_does_and_why_by_its_title(tmp_path: Path) -> None:
    for marker in markers(drawn(outline_of(write(tmp_path, CASES["every answer"]())))):
        title = marker.find(f"{SVG}title")
        assert title is not None
        kind = marker.get("class", "").split()[1]
        says = next(SAYS[answer] for answer, name in KINDS.items() if name == kind)
        assert str(title.text).startswith(f"{marker.get('data-place')}: {says}. ")


def test_an_answer_by_address_says_which_zone(tmp_path: Path) -> None:
    shown = texts(drawn(outline_of(write(tmp_path, CASES["by the endpoint's address"]()))))
    assert {"Depends on the endpoint's address", "reachable in 1a", "blocked in 1b", "in 1b"} <= set(shown)


def test_the_same_blocks_on_both_sides_are_shown_as_allowed(tmp_path: Path) -> None:
    stacks = right()
    stacks["producer"]["resource"]["aws_vpc"]["main"]["cidr_block"] = "10.1.0.0/16"
    shown = texts(drawn(outline_of(write(tmp_path, stacks))))
    assert any("10.1.0.0/16 on both sides: PrivateLink allows that" in each for each in shown)


def test_many_paths_are_a_matrix_with_a_marker_for_each_pair(tmp_path: Path) -> None:
    outline = outline_of(write(tmp_path, links(200)))
    assert len(outline.ways) == 200 > MOST_IN_DIAGRAM
    cells = markers(drawn(outline))
    assert len(cells) == 200
    for cell in cells:
        [number] = map(int, cell.get("data-p", "").split())
        assert cell.get("class", "").split() == ["hop", "cell", KINDS[outline.ways[number].traced.answer]]


def test_many_resources_of_few_consumers_are_in_bands(tmp_path: Path) -> None:
    picture = drawn(outline_of(write(tmp_path, many(1, 60, 2, 100))))
    assert len(markers(picture)) == 120, "each resource once, 20 of them for nobody here"
    assert len([each for each in picture.iter(f"{SVG}g") if each.get("class") == "rows"]) == 3
    assert float(picture.get("width", "0")) < 1300


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_nothing_else(tmp_path: Path, name: str) -> None:
    source = as_svg(outline_of(write(tmp_path, named(HOSTILE[name]))))
    picture = ElementTree.fromstring(source)
    kinds = {each.tag.removeprefix(SVG) for each in picture.iter()}
    assert kinds <= {"svg", "title", "desc", "style", "rect", "text", "path", "circle", "g", "a"}
    assert not [key for each in picture.iter() for key in each.attrib if key.startswith("on") or "href" in key]
    assert "http" not in source.replace("http://www.w3.org/2000/svg", "")


def test_the_picture_of_an_app_that_shares_nothing_says_so(tmp_path: Path) -> None:
    assert texts(drawn(outline_of(write(tmp_path, CASES["nothing"]())))) == ["No path: nothing is shared here"]


IN_A_PROCESS = """
import sys
from pathlib import Path
from latticelink.network.reading import read
from latticelink.paths.outlining import outline_of
from latticelink.picture.mermaid import as_markdown
from latticelink.picture.page import as_page
from latticelink.picture.svg import as_svg
for folder in sys.argv[1:]:
    outline = outline_of(read(Path(folder)))
    print(as_svg(outline), as_markdown(outline), as_page(outline, Path(folder)))
"""


def test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed_and_the_folder(tmp_path: Path) -> None:
    outputs = set()
    for seed in ("0", "1", "2", "3"):
        folder = tmp_path / seed
        for case in CASES:
            write(folder / case.replace(" ", "-"), ALL[case])
        write(folder / "many", many(4, 4, 3, 8))
        outputs.add(
            subprocess.run(
                [sys.executable, "-c", IN_A_PROCESS, *(case.replace(" ", "-") for case in CASES), "many"],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT / "lib"), "PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
            ).stdout
        )
    assert len(outputs) == 1


@pytest.mark.parametrize("case", CASES)
def test_the_picture_is_the_golden_one(golden: Golden, tmp_path: Path, case: str) -> None:
    folder = tmp_path / "input"
    written = as_svg(outline_of(write(folder, ALL[case])))
    golden(f"{case.replace(' ', '-').replace(chr(39), '')}.svg", written)
    assert str(tmp_path) not in written
    assert read(folder).stacks
