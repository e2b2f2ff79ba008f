"""What can be asked: metrics, dimensions and their values, publications, the API's own description."""

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

from local_runtime.inspection.query import run_query


def test_every_metric_can_be_asked_for_by_the_address_that_it_is_listed_with(client):
    for metric in client.get("/api/v1/metrics").json()["data"]:
        answer = client.get(metric["query"])
        assert answer.status_code == 200, (metric["name"], answer.text)
        assert client.get(f"/api/v1/metrics/{metric['name']}").json()["data"] == metric


def test_a_metric_says_what_it_means_and_what_it_goes_with(client):
    metric = client.get("/api/v1/metrics/plays").json()["data"]
    assert (metric["label"], metric["unit"], metric["grains"][0]) == ("Plays", "plays", "day")
    assert {"genre", "device", "age_band"} <= {*metric["dimensions"]}


@pytest.mark.parametrize("address", ["/api/v1/metrics/play", "/api/v1/dimensions/genres/values", "/api/v1/kpis/kpi_x"])
def test_a_name_that_is_not_there_is_404_and_says_where_all_are(client, address):
    problem = client.get(address).json()
    assert problem["status"] == 404
    assert "/api/v1/" in problem["detail"]


def test_the_values_of_a_dimension_are_those_in_gold(client, made_lake):
    values = client.get("/api/v1/dimensions/genre/values").json()
    in_catalogue = """SELECT DISTINCT genre FROM gold.dim_genre JOIN gold.bridge_title_genre USING (genre_key)
        JOIN gold.dim_title USING (title_key)"""
    assert {*values["data"]} <= {genre for (genre,) in run_query(made_lake, in_catalogue).fetchall()}
    assert values["data"] == sorted(values["data"])
    assert values["complete"] is True


def test_every_dimension_has_values_of_its_kind(client):
    kinds = {"text": str, "integer": int, "key": str, "date": str, "boolean": bool}
    for dimension in client.get("/api/v1/dimensions").json()["data"]:
        answer = client.get(dimension["values"])
        assert answer.status_code == 200, (dimension["name"], answer.text)
        known = [value for value in answer.json()["data"] if value is not None]
        assert all(isinstance(value, kinds[dimension["kind"]]) for value in known), dimension["name"]


def test_values_can_be_limited(client):
    answer = client.get("/api/v1/dimensions/genre/values", params={"limit": 1, "metric": "plays"}).json()
    assert (len(answer["data"]), answer["complete"]) == (1, False)


def test_the_served_publication_is_marked(client):
    (listed,) = client.get("/api/v1/publications").json()["data"]
    assert (listed["id"], listed["served"]) == (1, True)
    assert client.get("/api/v1/health").json()["publication"]["id"] == 1


def test_prometheus_reads_numbers_by_route(client):
    client.get("/api/v1/metrics/plays")
    text = client.get("/metrics").text
    assert 'lakehouse_requests_total{method="GET",route="/api/v1/metrics/{name}",status="200"}' in text
    assert "lakehouse_publication 1.0" in text


def test_the_description_is_openapi_3_1_and_its_examples_are_answered(client):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for parameter in methods["get"].get("parameters", []):
            if parameter["in"] == "query" and (examples := parameter["schema"].get("examples")):
                needed = {} if parameter["name"] == "metrics" else {"metrics": "titles"} if "query" in path else {}
                address = path.replace("{name}", "genre")
                answer = client.get(address, params={**needed, parameter["name"]: examples[0]})
                assert answer.status_code == 200, (path, parameter["name"], answer.text)


def test_the_page_about_the_api_lists_its_addresses(client):
    page = client.get("/api").text
    assert "GET /api/v1/kpis/{name}" in page
    assert 'href="/api/v1/openapi.json"' in page
