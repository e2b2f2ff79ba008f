"""304 comes first: a client that has an answer gets none, and no query runs."""

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from serving.build import code_digest
from serving.http.kept import KeptAnswer, KeptAnswers

PLAYS = "/api/v1/query?metrics=plays&dimensions=device"


def test_a_known_answer_is_not_sent_again_and_nothing_is_asked(client, service):
    first = client.get(PLAYS)
    asked = (service.statements.counters.ran, service.statements.counters.from_cache)
    again = client.get(PLAYS, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (service.statements.counters.ran, service.statements.counters.from_cache) == asked


@pytest.mark.parametrize("address", [PLAYS, "/", "/api/v1/health", "/static/lakehouse.css", "/titles"])
def test_who_has_any_answer_is_sent_none_of_what_there_is(client, address):
    for _ in range(2):  # the second one may be kept
        answer = client.get(address, headers={"If-None-Match": "*"})
        assert (answer.status_code, answer.content) == (304, b"")
        assert "content-length" not in answer.headers
    first = client.get(address)
    assert first.status_code == 200 and first.content
    assert answer.headers.get("etag") == first.headers.get("etag")


def test_of_what_there_is_not_a_problem_is_sent(client):
    assert client.get("/nowhere", headers={"If-None-Match": "*"}).status_code == 404
    posted = client.post("/api/v1/query", json={"metrics": ["plays"]}, headers={"If-None-Match": "*"})
    assert posted.status_code == 200


def test_answers_without_a_body_are_not_kept_without_end():
    kept = KeptAnswers(most_bytes=1000, most=5)
    for number in range(20):
        kept.keep(str(number), KeptAnswer([], b"", None))
    assert [number for number in range(20) if kept.get(str(number))] == [15, 16, 17, 18, 19]
    kept.keep("long", KeptAnswer([(b"link", b"x" * 990)], b"y", None))
    kept.keep("short", KeptAnswer([], b"y" * 10, None))
    assert kept.get("long") is None and kept.get("short") is not None


def test_other_questions_formats_and_pages_have_other_tags(client):
    addresses = [PLAYS, PLAYS + "&limit=1", PLAYS + "&format=csv", "/", "/api/v1/kpis/kpi_genre", "/api/v1/titles"]
    tags = [client.get(address).headers["etag"] for address in addresses]
    tags.append(client.get(PLAYS, headers={"Accept": "text/csv"}).headers["etag"])
    assert len({*tags}) == len(tags)


def test_several_headers_of_accept_are_one(client):
    address = PLAYS + "&limit=2"
    several = client.get(address, headers=[("Accept", "text/csv"), ("Accept", "application/json;q=0.5")])
    alone = client.get(address, headers={"Accept": "application/json;q=0.5"})
    assert several.headers["content-type"] == "text/csv; charset=utf-8"
    assert alone.headers["content-type"] == "application/json"
    assert several.headers["etag"] != alone.headers["etag"]


def test_an_answer_that_was_given_is_given_again_without_a_query(client, service):
    address = "/api/v1/query?metrics=plays&dimensions=viewing_country"
    first = client.get(address, headers={"X-Request-Id": "first"})
    asked = (service.statements.counters.ran, service.statements.counters.from_cache)
    again = client.get(address, headers={"X-Request-Id": "second"})
    assert (again.content, again.headers["content-type"]) == (first.content, first.headers["content-type"])
    assert again.headers["x-request-id"] == "second"
    assert (service.statements.counters.ran, service.statements.counters.from_cache) == asked


def test_queries_that_differ_in_a_value_have_their_own_answers(client):
    address = "/api/v1/query?metrics=titles&where=release_year {} {} and type = '{}'"
    asked = [(sign, year, kind) for sign in ("<", ">=") for year in (2000, 2010) for kind in ("Movie", "TV Show")]
    counts = {one: client.get(address.format(*one)).json()["data"][0]["titles"] for one in asked}
    all_titles = client.get("/api/v1/query?metrics=titles&dimensions=type").json()["data"]
    for row in all_titles:
        for year in (2000, 2010):
            assert counts["<", year, row["type"]] + counts[">=", year, row["type"]] == row["titles"]
    assert len({*counts.values()}) > 2


def test_head_has_the_head_of_get_and_no_body(client):
    for address in (PLAYS, "/", "/static/lakehouse.css"):
        head, got = client.head(address), client.get(address)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("etag", "content-type", "content-length"):
            assert head.headers[name] == got.headers[name]


def test_files_of_pages_are_kept_and_asked_for_again(client):
    first = client.get("/static/lakehouse.css")
    assert first.headers["cache-control"].endswith("no-cache")
    again = client.get("/static/lakehouse.css", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_a_browser_asks_again_before_it_shows_a_kept_answer(client):
    answer = client.get(PLAYS)
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("private, no-cache", "Accept")


@pytest.mark.parametrize(
    "address", ["/api/v1/health", "/api/v1/ready", "/metrics", "/api/v1/publications", "/api/v1/query?metrics=nothing"]
)
def test_what_may_change_at_any_time_is_not_kept(client, address):
    answer = client.get(address)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_what_pages_have_is_part_of_what_answers_follow_from(tmp_path, monkeypatch):
    """A page whose panels were changed isn't 304 after a restart."""
    (tmp_path / "overview.py").write_text("OVERVIEW = 1")
    monkeypatch.setattr("dashboards.pages.__file__", str(tmp_path / "__init__.py"))
    before = code_digest()
    (tmp_path / "overview.py").write_text("OVERVIEW = 12")
    assert code_digest() != before
