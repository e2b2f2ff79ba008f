"""Every page: its numbers are the API's, it loads nothing from elsewhere, and says what it is."""

import re
from decimal import Decimal

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from dashboards.pages import PAGES
from serving.locales import MINUS, NOTHING
from tests.helpers.html import parse, rows_of

PATHS = [page.path for page in PAGES]


@pytest.fixture(scope="module")
def shown(client):
    """The pages, by path."""
    answers = {path: client.get(path) for path in PATHS}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(PATHS, 200)
    return {path: parse(answer.text) for path, answer in answers.items()}


@pytest.mark.parametrize("path", PATHS)
def test_every_part_of_a_page_has_something_to_show(shown, path):
    page = shown[path]
    assert not [part.text for part in page.all(name="error")]
    assert not [part.attributes["id"] for part in page.all("section") if list(part.all(name="empty"))]
    assert page.one("h1").text and page.one("a", aria_current="page").attributes["href"] == path


@pytest.mark.parametrize("path", PATHS)
def test_headlines_are_the_numbers_of_their_addresses(shown, client, path):
    for card in shown[path].all(name="card"):
        address = next(link.attributes["href"] for link in card.all("a") if link.text.startswith("API"))
        definition = next(link.attributes["href"] for link in card.all("a") if link.text.startswith("defined"))
        metric = definition.rpartition("/")[2]
        [row] = client.get(address).json()["data"]
        exact = card.one("data").attributes["value"]
        assert exact == ("" if row[metric] is None else str(row[metric]))
        assert is_rounded(card.one("data").text, row[metric])
        assert client.get(definition).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_tables_have_the_rows_of_their_addresses(shown, client, path):
    for panel in shown[path].all("section", name="panel"):
        address = next(link.attributes["href"] for link in panel.all("a") if link.text.startswith("API"))
        answer = client.get(address).json()
        columns = [column for column in answer["columns"] if column["kind"] != "key"]
        table = rows_of(next(panel.all("details")).one("table"))
        assert len(table) == min(len(answer["data"]), 200) > 0
        for cells, row in zip(table, answer["data"], strict=False):
            for cell, column in zip(cells, columns, strict=True):
                if column["unit"] is not None:
                    assert is_rounded(cell, row[column["name"]]), (panel.attributes["id"], column["name"])
        csv = next(link.attributes["href"] for link in panel.all("a") if link.text.startswith("CSV"))
        lines = client.get(csv)
        assert lines.headers["content-type"].startswith("text/csv")
        assert lines.text.count("\n") == len(answer["data"]) + 1


def is_rounded(text, value):
    """Whether a text of an English page is that value, to as many digits as it has."""
    if value is None:
        return text == NOTHING
    found = re.fullmatch(rf"([+{MINUS}]?)([\d,]+)(\.\d+)?\s*(%|points)?", text)
    assert found, text
    number = Decimal(found[2].replace(",", "") + (found[3] or "")) * (-1 if found[1] == MINUS else 1)
    wanted = Decimal(str(value)) * (100 if found[4] else 1)
    return abs(number - wanted) <= Decimal("0.5").scaleb(-len((found[3] or ".")[1:]))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_loads_from_here_only_and_has_no_script_or_style_in_it(shown, path):
    page = shown[path]
    for element in page.all():
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"], element
        for name in ("src", "href", "action"):
            assert re.match(r"/(?!/)|#", element.attributes.get(name, "/")), element
    assert not list(page.all("style"))
    assert all(script.attributes.get("src") and not script.text for script in page.all("script"))


@pytest.mark.parametrize("path", PATHS)
def test_a_page_says_what_it_is_to_those_who_dont_see_it(shown, path):
    page = shown[path]
    assert page.one("html").attributes["lang"] == "en"
    assert page.one("a", name="skip").attributes["href"] == "#" + page.one("main").attributes["id"]
    assert page.one("nav").attributes["aria-label"]
    assert all(table.one("caption").text for table in page.all("table"))
    assert all(figure.attributes["aria-label"] for figure in page.all("figure"))
    names = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(names) == len(set(names))
    assert all(part.attributes["aria-labelledby"] in names for part in page.all("section"))


def test_the_files_that_pages_load_are_there(shown, client):
    addresses = {
        element.attributes.get("src") or element.attributes["href"]
        for page in shown.values()
        for element in [*page.all("script"), *page.all("link"), *page.all("img")]
    }
    answers = {address: client.get(address) for address in addresses}
    assert all(answer.status_code == 200 for answer in answers.values())
    library = next(answer for address, answer in answers.items() if "vega" in address)
    assert "vegaEmbed" in library.text and "immutable" in library.headers["cache-control"]
    style = client.get("/static/lakehouse.css")
    again = client.get("/static/lakehouse.css", headers={"If-None-Match": style.headers["etag"]})
    assert again.status_code == 304
    assert not re.search(r"https?://|@import", style.text)


def test_the_overview_names_the_country_that_grows_fastest(client):
    page = parse(client.get("/").text)
    panel = page.one("section", id="growth-by-country")
    address = next(link.attributes["href"] for link in panel.all("a") if link.text.startswith("API"))
    rows = client.get(address).json()["data"]
    known = [row for row in rows if row["hours_viewed_change"] is not None and row["viewing_country"] != "Unknown"]
    growing = max(known, key=lambda row: Decimal(row["hours_viewed_change"]), default=None)
    if growing is None:  # a week of the sample has no period before
        assert panel.one("h2").text == "Hours viewed by country"
    else:
        assert growing["viewing_country"] in panel.one("h2").text


def test_a_metric_is_defined_on_a_page_for_people(client):
    page = parse(client.get("/definitions/viewers").text)
    said = client.get("/api/v1/metrics/viewers").json()["data"]
    assert page.one("h1").text == said["label"]
    assert said["definition"] in page.one("dl").text
    assert client.get("/definitions/nothing").status_code == 404
