"""The page in a real browser: mouse and keyboard reach every hop, whatever the light, the paper or the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Shown
from tests.paths.topologies import put
from tests.picture.inputs import CASES, HOSTILE, changed, links, many, named

pytestmark = pytest.mark.engine

BROKEN = "two rules are missing"
INGRESS = "aws_vpc_security_group_ingress_rule"
SHOWN = [*CASES, *(f"a name of {name}" for name in HOSTILE)]


def stacks_of(case: str) -> Any:
    return CASES[case]() if case in CASES else named(HOSTILE[case.removeprefix("a name of ")])


def text(page: Any, selector: str) -> str:
    found: str = page.locator(selector).inner_text()
    return found


def ground(page: Any) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


@pytest.mark.parametrize("case", SHOWN)
def test_a_click_on_every_hop_shows_what_it_does_and_nothing_is_asked_for(shown: Shown, case: str) -> None:
    page = shown(stacks_of(case))
    hops = page.locator("figure:not([hidden]) .hop")
    for count in range(hops.count()):
        hop = hops.nth(count)
        hop.click()
        panel = page.locator("#panel")
        assert panel.is_visible()
        place = hop.get_attribute("data-place")
        assert place.lower() in panel.inner_text().lower()
        assert panel.locator(".said").count() >= 1
        assert hop.get_attribute("class").endswith("sel")
    assert page.locator("script").count() == 2
    assert page.locator("img").count() == 0


def test_a_hop_shows_the_rule_with_description_file_and_construct(shown: Shown) -> None:
    stacks = changed(
        put(
            "consumer",
            INGRESS,
            "endpoint_in",
            description="From the clients",
            **{"//": {"metadata": {"path": "consumer/web/clients"}}},
        )
    )
    page = shown(stacks)
    page.locator('.hop[data-place="endpoint\'s group in"]').click()
    said = text(page, "#panel .said")
    assert "endpoint's group in: lets through" in said
    assert f"{INGRESS}.endpoint_in" in said
    assert "“From the clients”" in said
    assert "construct consumer/web/clients" in said
    assert "consumer/main.tf.json" in said


def test_what_blocks_shows_its_fix(shown: Shown) -> None:
    page = shown(CASES[BROKEN]())
    page.locator(".hop.fail").last.click()
    assert "Fix: Add aws_vpc_security_group_ingress_rule with security_group_id =" in text(page, "#panel .said")


def test_the_mouse_over_a_hop_says_it_in_short(shown: Shown) -> None:
    page = shown(CASES[BROKEN]())
    page.locator(".hop.fail").first.hover()
    assert text(page, "#tip").startswith("client's group out: blocks. No egress rule of ")
    page.mouse.move(2, 2)
    assert page.locator("#tip").is_hidden()


def test_keys_reach_every_hop_and_open_and_close_it(shown: Shown) -> None:
    page = shown(CASES["every answer"]())
    count = page.locator(".hop").count()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate("[...document.querySelectorAll('.hop')].indexOf(document.activeElement)")
        if at >= 0 and at not in reached:
            reached.add(at)
            assert page.locator("#tip").is_visible()
            page.keyboard.press("Enter")
            assert page.locator("#panel .said").count() >= 1
            page.keyboard.press("Escape")
            assert page.locator("#panel").is_hidden()
    assert reached == set(range(count))


def test_arrows_go_along_the_wire_in_the_packets_order(shown: Shown) -> None:
    page = shown(CASES[BROKEN]())
    page.locator(".hop").first.focus()
    active = "document.activeElement.dataset.place"
    places = [page.evaluate(active)]
    for _ in range(7):
        page.keyboard.press("ArrowRight")
        places.append(page.evaluate(active))
    assert places == [
        "private DNS name",
        "client's group out",
        "endpoint's group in",
        "resource configuration's ports",
        "zones",
        "gateway's group out",
        "route to the target",
        "target's group in",
    ]
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(active) == "route to the target"


def test_arrows_go_from_wire_to_wire(shown: Shown) -> None:
    page = shown(CASES["every answer"]())
    page.locator(".hop").first.focus()
    top = page.evaluate("document.activeElement.getBoundingClientRect().top")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") > top
    assert page.evaluate("document.activeElement.dataset.place") == "private DNS name"


FOUND = [
    ("by a stack", "consumer-01", 4),
    ("by a name", "resource-02", 4),
    ("by a port", "443", 12),
    ("by a rule", "egress_rule.gateway_out producer-01:", 6),
    ("by several words", "consumer-01 resource-02", 1),
    ("by what is not there", "nginx", 0),
]


@pytest.mark.parametrize(("sentence", "query", "count"), FOUND, ids=[row[0] for row in FOUND])
def test_paths_are_found(shown: Shown, sentence: str, query: str, count: int) -> None:
    page = shown(CASES["several stacks"]())
    page.keyboard.press("/")
    page.keyboard.type(query)
    assert page.locator("#list .path:visible").count() == count, sentence
    assert page.locator(".hop:not(.off)").count() == 0 or count > 0
    assert text(page, "#count") == ("" if count == 12 else f"{count} of 12 paths")
    page.keyboard.press("Escape")
    assert page.locator("#list .path:visible").count() == 12


def test_a_verdict_can_be_left_out(shown: Shown) -> None:
    page = shown(CASES["every answer"]())
    blocked = page.locator("[data-verdict=fail]")
    blocked.click()
    assert blocked.get_attribute("aria-pressed") == "false"
    assert page.locator("#list .path:visible").all_inner_texts() == [
        "consumer → producer/web, 10.9.0.0/16\nunknown for TCP 443"
    ]
    assert page.locator("#reasons li:visible").count() == 1
    assert page.locator(".hop.fail").get_attribute("class").endswith("off")
    blocked.click()
    assert page.locator("#list .path:visible").count() == 2


def test_a_path_of_the_list_is_lit_in_the_picture(shown: Shown) -> None:
    page = shown(CASES["several stacks"]())
    page.locator("#list .path").nth(5).click()
    assert page.locator("svg.pick .hop.on").count() == 8
    number = page.locator("#list .path").nth(5).get_attribute("data-path")
    assert all(number in each.get_attribute("data-p").split() for each in page.locator(".hop.on").all())
    page.locator("#close").click()
    assert page.locator("svg.pick").count() == 0


def test_200_links_are_a_matrix_first_and_then_one_picture(shown: Shown) -> None:
    file = shown.file(links(200))
    assert file.stat().st_size <= 2_000_000
    page = shown(file)
    assert page.locator("figure:visible .cell").count() == 200
    assert page.locator("nav button").count() == 1 + 20 + 5
    assert page.locator("#list .path:visible").count() == 200
    page.locator(".cell.fail").first.click()
    assert page.locator("figure:visible .cell").count() == 0
    assert page.locator("figure:visible svg.pic.pick").count() == 1
    assert "blocked for TCP 443" in text(page, "#panel h2")
    page.locator("nav button", has_text="producer-02").click()
    assert page.locator("figure:visible").get_attribute("data-p").count(" ") + 1 == 41
    assert page.url.endswith("#view=p%3Aproducer-02%3A%20aws_vpc.main")
    again = shown(file, "#view=p%3Aproducer-02%3A%20aws_vpc.main")
    assert again.locator("figure:visible").get_attribute("data-view") == "p:producer-02: aws_vpc.main"
    again.keyboard.press("Escape")
    again.locator("nav button").first.click()
    assert again.locator("figure:visible .cell").count() == 200


def test_a_name_of_the_matrix_leads_to_its_picture_by_a_key(shown: Shown) -> None:
    page = shown(links(200))
    page.locator(".rows .go").nth(3).focus()
    page.keyboard.press("Enter")
    assert page.locator("figure:visible").get_attribute("data-view").startswith("c:consumer-03")


def test_1000_links_can_be_read_found_and_drawn(shown: Shown) -> None:
    file = shown.file(links(1000))
    assert file.stat().st_size <= 8_000_000
    page = shown(file)
    assert page.locator("figure:visible .cell").count() == 1000
    page.fill("#find", "consumer-18 blocked")
    assert 0 < page.locator("#list .path:visible").count() < 20
    page.locator("#list .path:visible").first.click()
    assert page.locator("#panel .said.fail").count() >= 1
    page.locator("nav button:visible").nth(1).click()
    assert page.locator("figure:visible .hop").count() > 100


def test_a_consumer_with_many_links_has_several_pictures_and_a_cell_leads_to_the_right_one(shown: Shown) -> None:
    page = shown(many(1, 70, 1, 70))
    assert page.locator("nav button").all_inner_texts() == ["Overview", "consumer-00, 1 to 60", "consumer-00, 61 to 70"]
    page.locator('.cell[data-p="65"]').click()
    assert page.locator("figure:visible").get_attribute("data-view").endswith("/1")
    assert page.locator("figure:visible .hop.on").count() == 8
    page.locator("nav button").first.click()
    page.locator(".rows .go").first.click()
    assert page.locator("figure:visible").get_attribute("data-view").endswith("/0")


def test_dark_is_taken_from_the_reader_and_can_be_turned(shown: Shown) -> None:
    page = shown(CASES[BROKEN](), color_scheme="dark")
    assert ground(page) == "rgb(14, 21, 29)"
    assert page.evaluate("getComputedStyle(document.querySelector('svg .t')).fill") == "rgb(232, 238, 244)"
    page.locator("#theme").click()
    assert ground(page) == "rgb(255, 255, 255)"
    page.locator("#theme").click()
    assert ground(page) == "rgb(14, 21, 29)"


def test_paper_is_light_and_has_picture_and_reasons(shown: Shown) -> None:
    page = shown(CASES[BROKEN](), color_scheme="dark")
    page.locator(".hop.fail").first.click()
    page.emulate_media(media="print", color_scheme="dark")
    assert ground(page) == "rgb(255, 255, 255)"
    for hidden in ("header", "#panel", "#list"):
        assert page.locator(hidden).is_hidden()
    for visible in ("svg.pic", "#reasons"):
        assert page.locator(visible).is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('svg.pic .hop')).opacity") == "1"
    assert len(page.pdf(prefer_css_page_size=True)) > 5_000


@pytest.mark.parametrize("case", [BROKEN, "several stacks", "a name of long"])
def test_on_a_phone_the_page_is_as_wide_as_the_screen(shown: Shown, case: str) -> None:
    page = shown(stacks_of(case), viewport={"width": 390, "height": 844}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".hop").first.tap()
    assert page.locator("#panel .said").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    # The picture scrolls in its frame, at its own size.
    assert page.evaluate("document.querySelector('svg.pic').getBoundingClientRect().width") > 600


def test_without_javascript_there_are_the_picture_and_every_hop_in_words(shown: Shown) -> None:
    page = shown(CASES[BROKEN](), java_script_enabled=False)
    assert page.locator("svg.pic").is_visible()
    assert page.locator("#reasons li").count() == 2
    hops = page.locator("noscript li").all_inner_texts()
    assert len(hops) == 8
    assert hops[2].startswith("endpoint's group in: lets through. aws_vpc_security_group_ingress_rule.endpoint_in for")


def test_the_page_is_the_same_in_any_folder(shown: Shown, tmp_path: Path) -> None:
    other = Shown(None, tmp_path / "elsewhere" / "deep", {})
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    assert shown.file(CASES[BROKEN]()).read_text() == other.file(CASES[BROKEN]()).read_text()
