"""Titles: found by a part of the name, a page at a time, and each with all that is known of it."""

import base64

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.inspection.query import run_query

TITLES = "/api/v1/titles"


def keys(page):
    return [title["title_key"] for title in page["data"]]


def test_the_pages_together_have_every_title_once_in_the_order_of_names(client, made_lake):
    found, cursor = [], {}
    while True:
        page = client.get(TITLES, params={"limit": 7, **cursor}).json()
        found += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    stored = run_query(
        made_lake,
        "SELECT title_key::VARCHAR, title FROM gold.dim_title WHERE title_key <> -1 ORDER BY title, title_key",
    ).fetchall()
    assert sorted((title["title_key"], title["title"]) for title in found) == sorted(stored)
    assert [title["title"] for title in found] == [title for _, title in stored]


def test_a_title_is_found_by_a_part_of_its_name_whatever_the_case(client, made_lake):
    ((key, name),) = run_query(
        made_lake, "SELECT title_key::VARCHAR, title FROM gold.dim_title WHERE title_key <> -1 ORDER BY 1 LIMIT 1"
    ).fetchall()
    assert key in keys(client.get(TITLES, params={"search": name[1:].upper(), "limit": 1000}).json())


def test_titles_are_filtered_by_type_and_by_being_in_the_catalogue(client, made_lake):
    counted = "SELECT count(*) FROM gold.dim_title WHERE title_key <> -1 AND type = 'Movie' AND in_catalogue"
    ((movies,),) = run_query(made_lake, counted).fetchall()
    params = {"type": "Movie", "in_catalogue": "true", "limit": 1000}
    assert len(client.get(TITLES, params=params).json()["data"]) == movies


def test_a_search_for_nothing_that_is_there_is_an_empty_page(client):
    page = client.get(TITLES, params={"search": "no such title %_'"}).json()
    assert (page["data"], page["next_cursor"]) == ([], None)


NESTED = base64.urlsafe_b64encode(b"[" * 1490).decode()


@pytest.mark.parametrize(
    "cursor", ["x", "e30", base64.urlsafe_b64encode(b'["a", 1]').decode(), "W10", "\u00e9", NESTED]
)
def test_a_cursor_that_was_not_given_is_refused(client, cursor):
    answer = client.get(TITLES, params={"cursor": cursor})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:lakehouse:problem:cursor")


def test_a_title_has_its_versions_people_viewing_and_rating(client, made_lake):
    ((key, plays),) = run_query(
        made_lake,
        """SELECT t.title_key::VARCHAR, plays FROM gold.kpi_top_titles AS t
        JOIN gold.fact_title_rating USING (title_key) JOIN gold.bridge_title_person AS b USING (title_key)
        WHERE b.person_key <> -1 AND t.title_key <> -1 LIMIT 1""",
    ).fetchall()
    title = client.get(f"{TITLES}/{key}").json()["data"]
    assert title["title_key"] == key
    assert title["viewing"]["plays"] == plays
    assert sum(day["plays"] for day in title["viewing_by_day"]) == plays
    assert title["rating_at_imdb"]["votes"] > 0
    people = run_query(
        made_lake,
        f"SELECT count(*) FROM gold.bridge_title_person WHERE title_key = {key} AND person_key <> -1",
    ).fetchall()
    assert [(len(title["people"]),)] == people
    versions = run_query(made_lake, f"SELECT count(*) FROM silver.titles WHERE title_key = {key}").fetchall()
    assert [(len(title["history"]),)] == versions
    assert title["history"][-1]["title"] == title["title"]


@pytest.mark.parametrize("key", ["-1", "0", "9999999999999999999", "-9999999999999999999"])
def test_a_title_that_is_not_there_is_404(client, key):
    answer = client.get(f"{TITLES}/{key}")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:lakehouse:problem:unknown-title")
