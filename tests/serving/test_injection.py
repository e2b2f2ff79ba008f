"""Texts that would be SQL or HTML if they got where they don't belong, in every parameter."""

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

HOSTILE = [
    "'; DROP TABLE gold.dim_title; --",
    '" UNION SELECT subscriber_id FROM gold.dim_subscriber --',
    "titles) FROM gold.dim_title; SELECT (1",
    "subscriber_id",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "$1 ? :p1 {0} %s \\",
    "\x00",
    "\u202e\ufeff\U0001f600",
    "x" * 1900,
]
QUERY = ("metrics", "dimensions", "where", "grain", "last", "compare", "order", "limit", "format")
BODY = ("metrics", "dimensions", "order", "dimension", "operator", "values", "grain", "last")
PARAMETERS = [
    *(("/api/v1/query", name, {} if name == "metrics" else {"metrics": "titles"}) for name in QUERY),
    *(("/api/v1/titles", name, {}) for name in ("search", "type", "in_catalogue", "limit", "cursor")),
    *(("/api/v1/kpis/kpi_genre", name, {}) for name in ("limit", "format")),
    *(("/api/v1/dimensions/genre/values", name, {}) for name in ("metric", "limit")),
    ("/api/v1/health", "unknown", {}),
    ("/", "genre", {}),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize(("address", "name", "others"), PARAMETERS, ids=[f"{a} {n}" for a, n, _ in PARAMETERS])
def test_a_hostile_parameter_is_refused_or_is_a_value(client, address, name, others, text):
    answer = client.get(address, params={**others, name: text})
    assert answer.status_code in (200, 400, 413)
    assert "<script>" not in answer.text or answer.headers["content-type"].startswith("application/")
    if answer.status_code == 200 and address.startswith("/api/v1/titles"):
        assert answer.json()["data"] == []


@pytest.mark.parametrize("text", HOSTILE[:-1], ids=range(len(HOSTILE) - 1))
@pytest.mark.parametrize("path", ["metrics/{}", "kpis/{}", "titles/{}", "dimensions/{}/values"])
def test_a_hostile_path_is_not_found(client, path, text):
    from urllib.parse import quote

    answer = client.get(f"/api/v1/{path.format(quote(text, safe=''))}")
    assert answer.status_code in (400, 404)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("place", BODY)
def test_a_hostile_body_is_refused_or_is_a_value(client, place, text):
    part = {"dimension": "genre", "operator": "=", "values": ["Dramas"]}
    body = {"metrics": ["titles"], "dimensions": ["genre"], "where": [part], "order": [], "grain": None, "last": None}
    if place in part:
        part[place] = [text] if place == "values" else text
    else:
        body[place] = [text] if isinstance(body[place], list) else text
    answer = client.post("/api/v1/query", json=body)
    if place == "values":
        assert (answer.status_code, answer.json()["data"]) == (200, [])
    else:
        assert answer.status_code == 400


def test_a_filter_compares_with_its_text_whatever_is_in_it(client):
    for value in ("O'Brien", "'' OR ''1''=''1"):
        quoted = value.replace("'", "''")
        answer = client.get("/api/v1/query", params={"metrics": "titles", "where": f"genre = '{quoted}'"})
        assert answer.json()["data"] == [{"titles": 0}]


def test_the_tables_are_still_there(client):
    assert client.get("/api/v1/query", params={"metrics": "titles"}).json()["data"][0]["titles"] > 0
