"""The App answers what the local server answers: the same numbers, pages and titles."""

import re

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")
pytest.importorskip("databricks.sql", reason="what the App runs with (the group `app`) isn't installed")

from metrics.kpis import kpi_tables

QUERIES = (
    "metrics=titles&dimensions=type,rating",
    "metrics=titles,title_share&dimensions=genre",
    "metrics=plays,hours_viewed&dimensions=device&last=90d",
    "metrics=plays&dimensions=residence_country",
    "metrics=active_subscribers&dimensions=age_band,gender",
    "metrics=active_subscribers&where=gender%20=%20%27Female%27",
    "metrics=revenue&grain=month&last=6m&compare=previous",
    "metrics=hours_viewed&dimensions=title&order=-hours_viewed&limit=5",
    "metrics=plays&dimensions=title&where=type%20=%20%27Movie%27&limit=3",
    "metrics=events&grain=week&last=8w",
)
PAGES = ("/", "/catalogue", "/growth", "/viewing", "/audience", "/taste", "/titles", "/definitions/plays", "/api")


def rows(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return {name: part for name, part in answer.json().items() if name != "publication"}


def test_every_kpi_table_is_the_same(service, client, app):
    for name in kpi_tables(service.registry):
        assert rows(app, f"/api/v1/kpis/{name}") == rows(client, f"/api/v1/kpis/{name}"), name


@pytest.mark.parametrize("query", QUERIES)
def test_metrics_are_the_same(client, app, query):
    local = client.get(f"/api/v1/query?{query}")
    hosted = app.get(f"/api/v1/query?{query}")
    assert hosted.status_code == local.status_code
    assert hosted.json().get("data") == local.json().get("data")
    assert local.status_code == 200, local.text


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_the_same(client, app, page):
    local, hosted = client.get(page), app.get(page)
    assert (hosted.status_code, local.status_code) == (200, 200)
    assert shown(hosted.text) == shown(local.text)


def shown(html):
    """A page without what names the publication."""
    html = re.sub(r"p\d+-[0-9a-f]{12}", "TAG", html)
    return re.sub(r"\d{4}-\d\d-\d\d[T ][\d:.]+[^<\"]*|\d+ \w+ \d{4},? \d\d:\d\d[^<]*", "TIME", html)


def test_titles_are_the_same_page_by_page_and_one_by_one(client, app):
    cursor, pages = "", 0
    while cursor is not None:
        address = f"/api/v1/titles?limit=25&cursor={cursor}" if cursor else "/api/v1/titles?limit=25"
        page = rows(client, address)
        assert rows(app, address) == page
        cursor, pages = page["next_cursor"], pages + 1
        for title in page["data"][:3]:
            one = f"/api/v1/titles/{title['title_key']}"
            assert rows(app, one) == rows(client, one)
    assert pages > 1


@pytest.mark.parametrize("search", ["the", "É", "zzz", "%"])
def test_searches_find_the_same(client, app, search):
    for more in ("", "&type=Movie", "&in_catalogue=true"):
        address = f"/api/v1/titles?search={search}{more}"
        assert rows(app, address) == rows(client, address)


def test_values_of_dimensions_are_the_same(client, app):
    for name in ("genre", "plan", "age_band", "residence_country"):
        assert rows(app, f"/api/v1/dimensions/{name}/values") == rows(client, f"/api/v1/dimensions/{name}/values")


def test_csv_and_arrow_have_the_same_bytes(client, app):
    for form in ("csv", "arrow"):
        address = f"/api/v1/kpis/kpi_monthly_revenue?format={form}"
        assert app.get(address).content == client.get(address).content


def test_what_reads_folders_of_this_machine_says_that_it_is_not_here(app):
    answer = app.get("/operations", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert "event logs of the schema operations" in answer.text
