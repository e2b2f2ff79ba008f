"""What a reader does: filter, go back, search, turn pages, download; and the numbers are the API's."""

import csv
import re
import shutil
from urllib.parse import urljoin

import pytest

from local_runtime.delta.lake import Lake
from tests.browser.chromium import Visit
from tests.browser.conftest import serving

SCRIPT = "<script>alert(1)</script>"


def test_a_filter_is_in_the_address_and_the_back_button_takes_it_back(visit):
    opened = visit("/viewing")
    page = opened.page
    choice = page.locator("form.filters select").first
    member = choice.locator("option").nth(1).inner_text()
    before = opened.text()
    with page.expect_navigation():
        choice.select_option(label=member)
    opened.drawn()
    name = choice.get_attribute("name")
    assert f"{name}=" in page.url
    assert choice.locator("option:checked").inner_text() == member
    assert opened.text() != before
    page.go_back()
    opened.drawn()
    assert f"{name}=" not in page.url
    assert opened.text() == before


def test_a_filter_works_without_javascript(visit):
    page = visit("/viewing", java_script_enabled=False).page
    choice = page.locator("form.filters select").first
    choice.select_option(index=1)
    page.locator("form.filters [type=submit]").click()
    assert f"{choice.get_attribute('name')}=" in page.url
    assert page.locator("[role=alert]").count() == 0


def test_the_search_box_of_every_page_finds_a_title_and_its_page(visit, ask):
    wanted = ask("/api/v1/titles?limit=1")["data"][0]
    page = visit("/").page
    page.locator("header, .actions").locator("input[name=search]").first.fill(wanted["title"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/titles?*")
    page.locator(f"a[href='/titles/{wanted['title_key']}']").click()
    assert page.locator("h1").inner_text() == wanted["title"]
    page.go_back()
    assert page.locator(f"a[href='/titles/{wanted['title_key']}']").count() == 1


def test_a_search_without_results_says_what_to_do(visit):
    assert "No title fits" in visit("/titles?search=no+such+name+anywhere").text()


def test_turning_pages_shows_every_title_once_as_the_api_lists_them(visit, ask):
    opened = visit("/titles")
    shown = []
    while True:
        shown += [it.get_attribute("href") for it in opened.page.locator("tbody th a").all()]
        following = opened.page.locator("a[rel=next]")
        if not following.count():
            break
        following.click()
        opened.page.wait_for_load_state()
    assert shown == [f"/titles/{one['title_key']}" for one in ask("/api/v1/titles?limit=1000")["data"]]


def test_a_title_shows_what_the_api_knows(visit, ask):
    watched = ask("/api/v1/kpis/kpi_top_titles?limit=1")["data"][0]
    one = ask(f"/api/v1/titles/{watched['title_key']}")["data"]
    opened = visit(f"/titles/{watched['title_key']}")
    text = opened.text()
    for person in one["people"]:
        assert person["person"] in text
    for name in (*one["genres"], *one["countries"]):
        assert name in text
    plays = opened.page.locator(".card", has_text="Plays").locator("data").inner_text()
    assert plays == f"{one['viewing']['plays']:,}"
    assert opened.page.locator("#viewing tbody tr").count() == len(one["viewing_by_day"])


def test_tables_of_titles_lead_to_their_pages(visit):
    page = visit("/viewing").page
    link = page.locator(".panel a[href^='/titles/']").first
    name = link.inner_text()
    link.click()
    page.wait_for_url("**/titles/*")
    assert page.locator("h1").inner_text() == name


@pytest.mark.parametrize("path", ["/", "/viewing"])
def test_a_csv_has_the_numbers_of_its_table(visit, path, tmp_path):
    opened = visit(path)
    link = opened.page.locator(".panel a[download]").first
    with opened.page.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / "found.csv")
    with (tmp_path / "found.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    panel = opened.page.locator(".panel", has=opened.page.locator("a[download]")).first
    assert len(rows) - 1 == panel.locator(".behind tbody tr").count()


@pytest.mark.parametrize("path", ["/", "/catalogue", "/growth", "/viewing", "/audience", "/taste"])
def test_headline_numbers_are_the_apis(visit, ask, path):
    cards = visit(path).page.locator(".card")
    compared = 0
    for card in cards.all():
        address = card.locator("a[href^='/api/v1/query']")
        if not address.count():
            continue
        found = ask(urljoin("/", address.get_attribute("href")))
        metric = re.search(r"metrics=(\w+)", address.get_attribute("href"))[1]
        exact = card.locator("data").get_attribute("value")
        assert str(found["data"][-1][metric]) == exact, (path, card.inner_text())
        compared += 1
    assert compared or path == "/growth"


@pytest.fixture
def with_script(made_lake, tmp_path):
    """A server over a lake with a title that is called as a script."""
    from deltalake import DeltaTable, write_deltalake

    shutil.copytree(made_lake.root, tmp_path / "lake")
    shutil.rmtree(tmp_path / "lake" / "_publications")
    path = str(tmp_path / "lake" / "gold" / "dim_title")
    titles = DeltaTable(path).to_pyarrow_table()
    place = titles.schema.get_field_index("title")
    named = titles.column("title").to_pylist()
    chosen = next(row for row, key in enumerate(titles.column("title_key").to_pylist()) if key != -1)
    named[chosen] = SCRIPT
    changed = titles.set_column(place, titles.schema.field(place), [named])
    write_deltalake(path, changed, mode="overwrite")
    with serving(Lake(tmp_path / "lake")) as address:
        yield address


def test_a_title_that_is_called_as_a_script_is_a_name(chromium, with_script):
    context = chromium.new_context(base_url=with_script)
    found = Visit(context, with_script)
    found.page.on("dialog", lambda dialog: found.mistakes.append("a script ran") or dialog.dismiss())
    found.go("/titles?search=%3Cscript")
    assert found.page.locator("tbody th").all_inner_texts() == [SCRIPT]
    assert found.page.locator("input[name=search]").nth(1).input_value() == "<script"
    found.page.locator("tbody th a").click()
    assert found.page.locator("h1").inner_text() == SCRIPT
    assert found.mistakes == []
    context.close()
