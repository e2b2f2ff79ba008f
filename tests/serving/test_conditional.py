"""304 comes first: a client that has an answer gets none, and no query runs."""

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

PLAYS = "/api/v1/query?metrics=plays&dimensions=device"


def test_a_known_answer_is_not_sent_again_and_nothing_is_asked(client, service):
    first = client.get(PLAYS)
    asked = (service.statements.counters.ran, service.statements.counters.from_cache)
    again = client.get(PLAYS, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (service.statements.counters.ran, service.statements.counters.from_cache) == asked


def test_other_questions_formats_and_pages_have_other_tags(client):
    addresses = [PLAYS, PLAYS + "&limit=1", PLAYS + "&format=csv", "/", "/api/v1/kpis/kpi_genre", "/api/v1/titles"]
    tags = [client.get(address).headers["etag"] for address in addresses]
    tags.append(client.get(PLAYS, headers={"Accept": "text/csv"}).headers["etag"])
    assert len({*tags}) == len(tags)


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
