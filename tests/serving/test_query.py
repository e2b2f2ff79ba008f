"""`/api/v1/query`: numbers as in gold, in three formats, and refusals that say what to do."""

import csv
import io
from decimal import Decimal

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")

import pyarrow as pa

from local_runtime.inspection.query import run_query
from serving.api.formats import _csv

QUERY = "/api/v1/query"


def gold(lake, sql):
    return run_query(lake, sql).fetchall()


def test_a_query_has_golds_numbers_with_what_their_columns_are(client, made_lake):
    answer = client.get(QUERY, params={"metrics": "titles", "dimensions": "type"}).json()
    stored = gold(made_lake, "SELECT type, titles FROM gold.kpi_content_type ORDER BY titles DESC, type")
    assert [(row["type"], row["titles"]) for row in answer["data"]] == stored
    assert [(column["name"], column["unit"]) for column in answer["columns"]] == [("type", None), ("titles", "titles")]
    assert answer["complete"] is True
    assert answer["publication"]["id"] == 1


def test_decimals_are_texts_with_all_their_digits(client, made_lake):
    ((row,),) = [client.get(QUERY, params={"metrics": "hours_viewed"}).json()["data"]]
    ((seconds,),) = gold(made_lake, "SELECT sum(watched_seconds) FROM gold.fact_playback")
    assert row["hours_viewed"] == format((Decimal(seconds) / 3600).quantize(Decimal("0.000001")), "f")


def test_keys_of_64_bits_are_texts_in_json_and_numbers_in_arrow(client):
    params = {"metrics": "plays", "dimensions": "title_key", "limit": 1}
    ((row,),) = [client.get(QUERY, params=params).json()["data"]]
    assert isinstance(row["title_key"], str)
    arrow = pa.ipc.open_stream(client.get(QUERY, params={**params, "format": "arrow"}).content).read_all()
    assert arrow.column("title_key").to_pylist() == [int(row["title_key"])]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("application/json;q=0.5, text/csv", "text/csv; charset=utf-8"),
        ("application/json;q=0, text/*;q=0.1", "text/csv; charset=utf-8"),
    ],
)
def test_the_accept_header_chooses_the_format(client, accept, media_type):
    answer = client.get(QUERY, params={"metrics": "titles"}, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)


def test_csv_and_arrow_have_the_same_rows_as_json(client):
    params = {"metrics": "hours_viewed,plays", "dimensions": "genre"}
    rows = client.get(QUERY, params=params).json()["data"]
    head, *lines = client.get(QUERY, params={**params, "format": "csv"}).text.splitlines()
    assert head == '"genre","hours_viewed","plays"'
    assert lines == [f'"{row["genre"]}",{row["hours_viewed"]},{row["plays"]}' for row in rows]
    arrow = pa.ipc.open_stream(io.BytesIO(client.get(QUERY, params={**params, "format": "arrow"}).content)).read_all()
    assert [{**row, "hours_viewed": format(row["hours_viewed"], "f")} for row in arrow.to_pylist()] == rows


def test_the_links_of_an_answer_lead_to_the_same_rows(client):
    answer = client.get(QUERY, params={"metrics": "titles", "dimensions": "rating", "where": "type = 'Movie'"}).json()
    lines = client.get(answer["links"]["csv"]).text.splitlines()
    assert len(lines) == len(answer["data"]) + 1


def test_an_answer_without_rows_is_one_in_each_format(client):
    params = {"metrics": "titles", "dimensions": "genre", "where": "genre = 'Nothing'"}
    assert client.get(QUERY, params=params).json()["data"] == []
    assert client.get(QUERY, params={**params, "format": "csv"}).text.splitlines() == ['"genre","titles"']
    arrow = client.get(QUERY, params={**params, "format": "arrow"}).content
    assert pa.ipc.open_stream(arrow).read_all().num_rows == 0


def test_post_asks_the_same_as_get(client):
    params = {
        "metrics": "titles",
        "dimensions": "genre",
        "where": ["type = 'Movie'", "release_year >= 1990"],
        "order": "-titles,genre",
        "limit": 3,
    }
    body = {
        "metrics": ["titles"],
        "dimensions": ["genre"],
        "where": [
            {"dimension": "type", "operator": "=", "values": ["Movie"]},
            {"dimension": "release_year", "operator": ">=", "values": [1990]},
        ],
        "order": ["-titles", "genre"],
        "limit": 3,
    }
    posted, got = client.post(QUERY, json=body).json(), client.get(QUERY, params=params).json()
    assert posted["data"] == got["data"]
    assert len(got["data"]) == 3
    assert got["complete"] is False


def test_time_can_be_asked_for_by_grain_and_compared(client):
    params = {"metrics": "plays", "grain": "month", "compare": "previous", "last": "2m"}
    answer = client.get(QUERY, params=params).json()
    assert [column["name"] for column in answer["columns"]] == ["month", "plays", "plays_previous", "plays_change"]
    assert len(answer["data"]) in (1, 2)


def test_until_and_a_filter_by_day_stand_for_themselves_whatever_was_asked_before(client):
    whole = {"metrics": "plays", "last": "30d"}
    days = [row["day"] for row in client.get(QUERY, params={**whole, "grain": "day"}).json()["data"]]
    by_until = [client.get(QUERY, params={**whole, "until": day}).json()["data"][0]["plays"] for day in days]
    assert len(set(by_until)) > 1
    assert by_until[-1] == client.get(QUERY, params=whole).json()["data"][0]["plays"]
    none = client.get(QUERY, params={**whole, "until": "0001-01-01", "where": f"day >= '{days[-1]}'"})
    assert (none.status_code, none.json()["data"][0]["plays"]) == (200, 0)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"metrics": "hour_viewed"}, "hours_viewed"),
        ({"metrics": "titles", "dimensions": "genres"}, "genre"),
        ({"metrics": "titles", "where": "genre"}, "isn't understood"),
        ({"metrics": "titles", "grain": "hour"}, "day"),
        ({"metrics": "titles", "last": "soon"}, "30d"),
        ({"metrics": "titles", "order": "plays"}, "titles"),
        ({"metrics": "titles", "dimension": "genre"}, "dimensions"),
        ({"metrics": "titles", "limit": "10001"}, "10,000"),
        ({"metrics": "titles", "limit": "0"}, "limit"),
        ({"metrics": "titles", "format": "xml"}, "json"),
        ({"dimensions": "genre"}, "metrics"),
        ({"metrics": ["titles", "plays"]}, "several times"),
        ({"metrics": "plays", "until": "2019-12-01"}, "it needs last"),
        ({"metrics": "plays", "last": "30d", "until": "1575331200"}, "such as 2026-11-29"),
        ({"metrics": "plays", "last": "9999y", "compare": "previous"}, "at most 200 years"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_with_what_to_do(client, params, said):
    answer = client.get(QUERY, params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    problem = answer.json()
    assert problem["status"] == 400
    assert said in problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]


def test_a_body_with_an_unknown_key_is_refused(client):
    answer = client.post(QUERY, json={"metrics": ["titles"], "dimension": ["genre"]})
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "dimension")


def test_a_body_that_is_no_json_is_refused(client):
    answer = client.post(QUERY, content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["errors"][0]["parameter"] == "body"


def test_an_accept_header_that_cannot_be_met_is_refused(client):
    answer = client.get(QUERY, params={"metrics": "titles"}, headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "text/csv" in answer.json()["detail"]


def test_half_a_pair_of_surrogates_is_no_text(client):
    body = b'{"metrics": ["titles"], "where": [{"dimension": "type", "values": ["\\ud800"]}]}'
    answer = client.post(QUERY, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:lakehouse:problem:query")


@pytest.mark.parametrize("sent_as", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_sent_as_json_is_told_how_to_send_it(client, sent_as):
    headers = {"Content-Type": sent_as} if sent_as else {}
    answer = client.post("/api/v1/query", content=b'{"metrics": ["titles"]}', headers=headers)
    assert answer.status_code == 400
    assert "Content-Type: application/json" in answer.json()["detail"]


def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay_numbers():
    table = pa.table({"title": ["=1+1", "+1", "-a", "@b", "\tc", "d=1", "", None], "n": [-1, 2, 3, 4, 5, 6, 7, 8]})
    rows = list(csv.reader(io.StringIO(b"".join(_csv(table)).decode())))[1:]
    assert rows == [
        *(["'=1+1", "-1"], ["'+1", "2"], ["'-a", "3"], ["'@b", "4"], ["'\tc", "5"], ["d=1", "6"], ["", "7"], ["", "8"])
    ]
