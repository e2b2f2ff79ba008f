"""Filters are addresses: what they choose holds in every part of a page, or the part says that it doesn't."""

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from dashboards.pages import PAGES
from tests.helpers.html import parse, rows_of
from tests.serving.conftest import client_of


def numbers(page):
    return {card.one("dt").text: card.one("data").attributes["value"] for card in page.all(name="card")}


def test_a_filter_holds_in_headlines_charts_and_tables(client):
    page = parse(client.get("/catalogue", params={"type": "Movie"}).text)
    movies = client.get("/api/v1/query?metrics=movies").json()["data"][0]["movies"]
    assert numbers(page)["Titles"] == str(movies)
    table = page.one("section", id="types").one("table")
    assert [row[0] for row in rows_of(table)] == ["Movie"]
    chosen = [option.text for option in page.all("option") if "selected" in option.attributes]
    assert chosen == ["Movie"]
    assert page.one("a", name="reset").attributes["href"] == "/catalogue"


def test_filters_hold_together(client):
    page = parse(client.get("/viewing", params={"device": "tv", "type": "Movie", "period": "90d"}).text)
    whole = client.get("/api/v1/query?metrics=events&grain=day").json()["data"][-2]["day"]
    wanted = f"/api/v1/query?metrics=plays&last=90d&until={whole}&where=device = 'tv'&where=type = 'Movie'"
    assert numbers(page)["Plays"] == str(client.get(wanted).json()["data"][0]["plays"])
    checked = [field.attributes["value"] for field in page.all("input", type="radio") if "checked" in field.attributes]
    assert checked == ["90d"]


def test_a_part_that_a_filter_doesnt_reach_says_so(client):
    page = parse(client.get("/viewing", params={"event": "PLAY_START"}).text)
    assert "not filtered by event type" in page.one("section", id="top-titles").text
    assert "not filtered" not in page.one("section", id="events").text
    assert numbers(page)["Plays"] == numbers(parse(client.get("/viewing").text))["Plays"]


def test_a_member_that_nothing_has_leaves_empty_parts(client):
    answer = client.get("/catalogue", params={"genre": "O'Hara's \"genre\""})
    page = parse(answer.text)
    assert answer.status_code == 200 and numbers(page)["Titles"] == "0"
    assert "Nothing to show" in page.one("section", id="genres").one(name="empty").text


def test_every_menu_has_the_members_of_its_dimension(client):
    for declared in PAGES:
        page = parse(client.get(declared.path).text)
        for choice in declared.choices:
            address = f"/api/v1/dimensions/{choice.dimensions[0]}/values?metric={choice.listed}"
            known = {str(value) for value in client.get(address).json()["data"] if value is not None}
            selects = [menu for menu in page.all("select") if menu.attributes["name"] == choice.name]
            menu = {option.text for select in selects for option in select.all("option")}
            assert menu - {"All"} == {name for name in known if not name.startswith("Other (")}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/?period=7d", "This page has no period '7d'. It has: 30d, 90d, 12m."),
        ("/?type=Movie&type=Movie", "The parameter type is given several times."),
        (
            "/viewing?event_type=x",
            "There is no parameter event_type. Nearest: event. There are: country, device, event, period, type.",
        ),
        ("/titles?genre=x", "There is no parameter genre. There are: cursor, in_catalogue, search, type."),
        ("/operations?day=x", "There is no parameter day. There are none here."),
        ("/definitions/plays?by=x", "There is no parameter by. There are none here."),
    ],
)
def test_a_wrong_address_is_told_what_is_wrong(client, address, said):
    browser = client.get(address, headers={"Accept": "text/html"})
    assert browser.status_code == 400 and parse(browser.text).one(name="error").text == said
    assert client.get(address).json()["detail"] == said


def test_a_value_of_the_wrong_type_is_an_error_of_each_part(client):
    answer = client.get("/catalogue", params={"released": "abc"})
    assert answer.status_code == 400 and "etag" not in answer.headers
    assert "release_year is a whole number" in parse(answer.text).one("section", id="genres").one(name="error").text


def test_an_unknown_page_is_a_page(client):
    answer = client.get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404 and parse(answer.text).one("h1").text == "There is nothing here"
    assert client.get("/nowhere").headers["content-type"] == "application/problem+json"


def test_titles_that_look_like_html_are_texts(made_lake):
    from serving.build import build_service

    service = build_service(made_lake)
    cursor = service.generations.current.backend.connection.cursor()
    cursor.execute("UPDATE gold.dim_title SET title = '<script>alert(1)</script>' WHERE title_key <> -1")
    cursor.execute("UPDATE gold.dim_genre SET genre = '\"><img src=x onerror=alert(1)>' WHERE genre_key <> -1")
    with client_of(service) as client:
        for declared in PAGES:
            text = client.get(declared.path).text
            assert "<script>" not in text.replace('<script src="', "") and "<img src=x" not in text
        chosen = client.get("/growth", params={"country": "</option><script>"}).text
        assert "</option><script>" not in chosen and "&lt;/option&gt;&lt;script&gt;" in chosen
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get("/viewing").text


def test_groups_of_few_people_are_on_no_page(client, unprotected):
    table = rows_of(next(parse(client.get("/audience").text).one("section", id="groups").all("details")).one("table"))
    assert all(int(row[-2].replace(",", "")) >= 5 for row in table)
    bare = parse(unprotected.get("/audience").text)
    rows = rows_of(next(bare.one("section", id="groups").all("details")).one("table"))
    assert any(int(row[-2].replace(",", "")) < 5 for row in rows)
