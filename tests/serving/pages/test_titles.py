"""The search of titles and a title's page: the API's titles, and what is wrong with an address."""

from tests.serving.conftest import client_of


def keys(text):
    return [part.split('"')[0] for part in text.split('href="/titles/')[1:]]


def test_a_search_finds_what_the_api_finds(client):
    found = client.get("/api/v1/titles", params={"search": "the", "type": "Movie", "limit": 50}).json()["data"]
    assert found
    assert keys(client.get("/titles?search=the&type=Movie").text) == [one["title_key"] for one in found]
    everything = keys(client.get("/titles?search=&type=&in_catalogue=").text)
    assert everything == [one["title_key"] for one in client.get("/api/v1/titles").json()["data"]]


def test_a_titles_page_has_its_releases_and_what_they_changed(client):
    titles = client.get("/api/v1/titles?limit=1000").json()["data"]
    many = [client.get(f"/api/v1/titles/{one['title_key']}").json()["data"] for one in titles]
    one = max(many, key=lambda it: len(it["history"]))
    assert len(one["history"]) > 1
    text = client.get(f"/titles/{one['title_key']}").text
    assert text.count('class="when"') == len(one["history"])
    assert "First release that has it." in text


def test_an_address_of_no_title_is_told(client):
    answer = client.get("/titles/1")
    assert answer.status_code == 404
    assert "There is no title 1" in answer.text
    assert client.get("/titles/99999999999999999999").status_code in (400, 404)


def test_a_cursor_of_nobody_is_told(client):
    answer = client.get("/titles?cursor=nonsense")
    assert answer.status_code == 400
    assert "Begin the search again" in answer.text


def test_a_search_is_a_view_of_one_publication(service):
    with client_of(service) as client:
        known = client.get("/titles?search=the")
        again = client.get("/titles?search=the", headers={"If-None-Match": known.headers["etag"]})
    assert again.status_code == 304
