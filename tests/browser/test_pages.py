"""Each page as a reader opens it: drawn whole, with nothing from elsewhere, nothing on the console, no barrier."""

from itertools import product

import pytest

from tests.browser.conftest import THEMES, WIDTHS

PATHS = {
    "overview": "/",
    "catalogue": "/catalogue",
    "growth": "/growth",
    "viewing": "/viewing",
    "audience": "/audience",
    "taste": "/taste",
    "operations": "/operations",
    "titles": "/titles?search=the",
    "api": "/api",
}
USUAL = ("wide", "light")
LOOKS = [
    pytest.param(width, theme, marks=[] if (width, theme) == USUAL else [pytest.mark.large], id=f"{width}-{theme}")
    for width, theme in product(WIDTHS, THEMES)
]


def barriers(visit):
    """What axe finds, in a line for each place."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe (the group `browser`) is missing")
    found = axe.Axe().run(visit.page).response["violations"]
    return [f"{it['id']}: {node['html'][:200]} {node['failureSummary']}" for it in found for node in it["nodes"]]


@pytest.mark.parametrize(("width", "theme"), LOOKS)
@pytest.mark.parametrize("name", PATHS)
def test_a_page_is_whole_fits_and_has_no_barrier(visit, name, width, theme):
    opened = visit(PATHS[name], width=WIDTHS[width], theme=theme)
    assert opened.page.locator("h1").count() == 1
    assert opened.page.locator("[role=alert]").all_inner_texts() == []
    assert opened.page.locator("figure[data-spec]").count() == opened.page.locator("figure[data-drawn]").count()
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than the window"
    assert barriers(opened) == []


@pytest.mark.parametrize("width", WIDTHS.values())
def test_every_entry_of_the_navigation_is_seen(visit, width):
    page = visit("/titles", width=width).page
    names = "nav[aria-label=Pages] li a"
    right = f"Math.max(...[...document.querySelectorAll('{names}')].map((one) => one.getBoundingClientRect().right))"
    assert page.evaluate(
        f"{right} <= Math.min(innerWidth, document.querySelector('nav').getBoundingClientRect().right)"
    )
    assert page.locator(names, has_text="Titles").get_attribute("aria-current") == "page"


@pytest.mark.parametrize("theme", THEMES)
def test_a_title_has_no_barrier(visit, ask, theme):
    key = ask("/api/v1/titles?limit=1")["data"][0]["title_key"]
    assert barriers(visit(f"/titles/{key}", theme=theme, width=WIDTHS["phone"])) == []


def test_what_is_folded_has_no_barrier(visit):
    opened = visit("/operations")
    opened.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert barriers(opened) == []


def test_the_skip_link_is_the_first_thing_that_the_keyboard_reaches(visit):
    page = visit("/").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


def test_dark_and_light_differ_and_the_choice_is_kept(visit):
    page = visit("/", theme="light").page
    paper = "getComputedStyle(document.querySelector('.panel')).backgroundColor"
    light = page.evaluate(paper)
    page.locator("[data-theme-toggle]").click()
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == dark


@pytest.mark.parametrize("name", [name for name in PATHS if name != "api"])
def test_without_javascript_the_numbers_are_there(visit, name):
    bare, whole = visit(PATHS[name], java_script_enabled=False), visit(PATHS[name])
    assert bare.page.locator("[role=alert]").count() == 0
    figures = "data[value], tbody td.numbers"
    assert bare.page.locator(figures).all_inner_texts() == whole.page.locator(figures).all_inner_texts()
    assert bare.page.locator(figures).count() > 0
