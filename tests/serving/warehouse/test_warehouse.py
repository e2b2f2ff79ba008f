"""One publication in every answer, whose rights it is read with, and what the warehouse's errors become."""

import io
import json
import time
from dataclasses import replace

import pytest

pytest.importorskip("fastapi", reason="what serves (the group `serve`) isn't installed")
pytest.importorskip("databricks.sql", reason="what the App runs with (the group `app`) isn't installed")

from databricks import sql
from databricks.sql.exc import OperationalError, RequestError, ServerOperationError

from serving.backends.connections import Connections
from serving.databricks_app import LIMITS
from serving.http.access_log import AccessLog
from serving.problems import Problem
from serving.watching import Watcher
from tests.serving.warehouse.conftest import client_over
from tests.serving.warehouse.stand_in import SETTINGS, StandIn

COUNT = "/api/v1/query?metrics=titles"
AS_USERS = replace(SETTINGS, reads_as_user=True)
JSON = {"Accept": "application/json"}


@pytest.fixture
def fresh(tables):
    """A warehouse that the test may change."""
    found = StandIn()
    found.publish("7", tables, 3)
    return found


def titles(client, **headers):
    answer = client.get(COUNT, headers=headers)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["data"][0]["titles"]), answer.json()["publication"]["id"]


def service_of(client):
    return client.app.service


def fewer(tables):
    """The tables with the titles of one type only."""
    return {**tables, "gold.dim_title": tables["gold.dim_title"].filter(_movies(tables["gold.dim_title"]))}


def _movies(table):
    import pyarrow.compute as pc

    return pc.equal(table["type"], "Movie")


def test_every_statement_names_the_versions_of_one_publication(tables, fresh):
    with client_over(fresh) as client:
        before = titles(client)
        fresh.publish("8", fewer(tables), 5)  # written, and noticed only at the next look
        client.get("/api/v1/kpis/kpi_genre")
        client.get("/growth")
        asked = [statement for _, statement, _ in fresh.asked if "`gold`" in statement or "VERSION" in statement]
        assert asked
        assert all(
            statement.count("`.`lakehouse_published`.`") == statement.count("VERSION AS OF 3") for statement in asked
        )
        Watcher(service_of(client), AccessLog(quiet=True)).look()
        after = titles(client)
    assert (before[1], after[1]) == (1, 2)
    assert after[0] < before[0]
    assert "VERSION AS OF 5" in fresh.asked[-1][1]


def test_a_request_that_began_reads_its_publication_to_the_end(tables, fresh):
    from serving.backends import EVERYBODY

    with client_over(fresh) as client:
        service = service_of(client)
        with service.generations.reading() as generation:
            fresh.publish("8", fewer(tables), 5)
            Watcher(service, AccessLog(quiet=True)).look()
            with generation.backend.session(EVERYBODY, 10) as session:
                counted = session.table("SELECT count(*) AS n FROM gold.dim_title").to_pylist()
    assert counted == [{"n": tables["gold.dim_title"].num_rows}]


def test_a_table_that_the_publication_lacks_is_never_read_at_its_newest_version(fresh):
    from serving.backends import EVERYBODY

    with client_over(fresh) as client:
        backend = service_of(client).generations.current.backend
        with pytest.raises(Problem, match=r"no table gold\.fact_new"), backend.session(EVERYBODY, 10) as session:
            session.table("SELECT * FROM gold.fact_new")


def test_a_table_without_a_version_is_named_and_the_publication_before_goes_on(fresh):
    with client_over(fresh) as client:
        fresh.record("8", {"prod.lakehouse_published.dim_title": None, "prod.lakehouse_published.dim_genre": 4})
        watcher = Watcher(service_of(client), AccessLog(quiet=True))
        with pytest.raises(Exception, match=r"no version of prod\.lakehouse_published\.dim_title"):
            watcher.look()
        assert titles(client)[1] == 1


def test_an_app_that_starts_before_the_first_run_says_so_and_serves_once_there_is_one(tables):
    empty = StandIn()
    with client_over(empty) as client:
        answer = client.get(COUNT)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert "Run the medallion job" in answer.json()["detail"]
        assert client.get("/api/v1/ready").status_code == 200
        assert client.get("/api/v1/health").json()["status"] == "stale"
        assert "Run the medallion job" in client.get("/", headers={"Accept": "text/html"}).text
        empty.publish("1", tables, 0)
        assert Watcher(service_of(client), AccessLog(quiet=True)).look()
        assert titles(client)[1] == 1


def test_nobody_asks_so_the_warehouse_is_not_asked_for_publications(fresh):
    with client_over(fresh) as client:
        service = service_of(client)
        service.store.pause = 0.0
        client.get("/api/v1/ready")
        asked = len(fresh.asked)
        with Watcher(service, AccessLog(quiet=True), every=0.01):
            deadline = time.monotonic() + 5
            while len(fresh.asked) == asked and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(0.1)  # the look that has begun
            looked = len(fresh.asked)
            time.sleep(0.2)
        assert looked > asked
        assert len(fresh.asked) == looked


def test_users_read_by_their_own_tokens_and_no_answer_is_anybody_elses(fresh):
    def denied(token, statement):
        error = "[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have SELECT. SQLSTATE: 42501"
        return ServerOperationError(error) if token == "ben" and "dim_title" in statement else None

    fresh.fails = denied
    with client_over(fresh, AS_USERS) as client:
        anna, ben = ({"X-Forwarded-Access-Token": name, **JSON} for name in ("anna", "ben"))
        first = client.get(COUNT, headers=anna)
        refused = client.get(COUNT, headers={**ben, "If-None-Match": first.headers["etag"]})
        again = client.get(COUNT, headers={**anna, "If-None-Match": first.headers["etag"]})
        nobody = client.get(COUNT, headers=JSON)
    assert (first.status_code, refused.status_code, again.status_code, nobody.status_code) == (200, 403, 304, 401)
    assert refused.json()["type"] == "urn:lakehouse:problem:denied"
    assert "You may not read this" in refused.json()["detail"]
    assert "own address" in nobody.json()["detail"]
    assert {token for token, statement, _ in fresh.asked if "VERSION AS OF" in statement} == {"anna", "ben"}
    assert {token for token, statement, _ in fresh.asked if "VERSION AS OF" not in statement} == {None}


def test_the_days_of_a_period_are_asked_for_by_each_reader_and_remembered_up_to_a_number(fresh, monkeypatch):
    """Rows that a reader may not see may be the newest ones."""
    monkeypatch.setattr("serving.answers.MOST_DAYS", 5)
    query = "/api/v1/query?metrics=plays&last=30d"
    with client_over(fresh, AS_USERS) as client:
        for number in range(12):
            answer = client.get(query, headers={"X-Forwarded-Access-Token": f"reader{number}", **JSON})
            assert answer.status_code == 200, answer.text
        generation = service_of(client).generations.current
        assert 1 <= len(generation.days) <= 5
        asked = [token for token, statement, _ in fresh.asked if statement == _days_statement(fresh, "reader0")]
    assert asked == [f"reader{number}" for number in range(12)]


def _days_statement(stand_in, token):
    """The first statement of a reader with versions: the one for the days."""
    return next(sql for who, sql, _ in stand_in.asked if who == token and "VERSION AS OF" in sql)


def test_without_that_setting_a_token_is_not_used(fresh):
    with client_over(fresh) as client:
        titles(client, **{"X-Forwarded-Access-Token": "anna"})
    assert {token for token, _, _ in fresh.asked} == {None}
    assert {*fresh.opened} == {None}


def test_a_token_is_in_no_log_and_in_no_answer(fresh, caplog, capsys):
    written, secret = io.StringIO(), "eyJ-secret-of-anna"
    fresh.fails = lambda token, _: RequestError(f"HTTP 500 with {secret}") if token else None
    with client_over(fresh, AS_USERS, log=AccessLog(written)) as client:
        answer = client.get(COUNT, headers={"X-Forwarded-Access-Token": secret, "X-Forwarded-Email": "anna@x.example"})
    seen = written.getvalue() + answer.text + str(answer.headers)
    assert answer.status_code in (502, 503)
    assert secret not in seen
    assert secret not in repr(service_of(client).generations.current)


@pytest.mark.parametrize(
    ("error", "status", "kind", "says"),
    [
        (RequestError("HTTP 503: TEMPORARILY_UNAVAILABLE"), 503, "warehouse-unavailable", "stopped, starting"),
        (OperationalError("Warehouse abc was STOPPED"), 503, "warehouse-unavailable", "30 seconds"),
        (ConnectionRefusedError("refused"), 503, "warehouse-unavailable", "out of reach"),
        (ServerOperationError("PERMISSION_DENIED: not authorized to use this warehouse"), 403, "denied", "CAN USE"),
        (RequestError("HTTP 401: token expired"), 401, "token-refused", "accept the login"),
        (ServerOperationError("[DELTA_FILE_NOT_FOUND_DETAILED] File is gone"), 503, "publication-gone", "next run"),
        (ServerOperationError("Query exceeded STATEMENT_TIMEOUT"), 504, "query-timeout", "Ask for less"),
        (ServerOperationError("[INTERNAL_ERROR] somebody@example.com"), 502, "warehouse-error", "App's log"),
        (
            ServerOperationError(
                "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `x` can't be resolved in warehouse_total, "
                "and the endpoint stopped at 403 and 42501. SQLSTATE: 42703"
            ),
            502,
            "warehouse-error",
            "App's log",
        ),
        (ServerOperationError("The value 'HTTP 403' of warehouse_total is 42501, at 403"), 502, "warehouse-error", ""),
        (ServerOperationError("[CUSTOM] it is refused. SQLSTATE: 42501"), 403, "denied", "CAN USE"),
        (RequestError("Error during request: HTTP Response code: 403"), 403, "denied", "CAN USE"),
        (RequestError("Error during request: HTTP Response code: 429"), 503, "warehouse-unavailable", "30 seconds"),
    ],
)  # fmt: skip
def test_an_error_of_the_warehouse_becomes_a_problem_with_a_sentence(fresh, error, status, kind, says):
    with client_over(fresh) as client:
        fresh.fails = lambda token, statement: error if "VERSION AS OF" in statement else None
        answer = client.get(COUNT)
        fresh.fails = lambda token, statement: None
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:lakehouse:problem:{kind}")
        assert says in answer.json()["detail"]
        assert str(error) not in answer.text
        assert titles(client)[1] == 1  # it isn't kept, and the connection with the error isn't used again


def test_a_statement_that_takes_too_long_is_cancelled_on_the_warehouse(fresh):
    with client_over(fresh, limits=replace(LIMITS, statement_seconds=0.2)) as client:
        fresh.slow = True
        answer = client.get(COUNT)
        fresh.slow = False
        assert (answer.status_code, answer.json()["type"]) == (504, "urn:lakehouse:problem:query-timeout")
        assert titles(client)[1] == 1


def test_values_are_bound_by_name_and_never_written_into_sql(fresh):
    with client_over(fresh) as client:
        client.get("/api/v1/query", params={"metrics": "titles", "where": "genre = 'Dr''; DROP TABLE x'"})
        client.get("/api/v1/titles", params={"search": "'; DROP"})
    asked = [(statement, values) for _, statement, values in fresh.asked if "VERSION AS OF" in statement]
    assert len(asked) == 2
    assert not any("DROP" in statement for statement, _ in asked)
    assert all("DROP" in str(values) for _, values in asked)


def test_connections_are_used_again_by_their_reader_only_and_closed_beyond_a_number():
    from serving.backends import Reader

    stand_in = StandIn()
    connections = Connections(stand_in.connect, most=2)
    anna, ben, cleo = (Reader(key=name, token=name) for name in ("anna", "ben", "cleo"))
    for reader in (anna, ben, anna, cleo, cleo):
        with connections.of(reader):
            pass
    assert (stand_in.opened, stand_in.closed) == (["anna", "ben", "cleo"], 1)
    connections.close()
    assert stand_in.closed == 3


def _no_network(*_, **__):
    raise ValueError("there is no network")


def test_the_connector_is_asked_with_parameters_that_it_has(monkeypatch):
    from serving.backends.connections import Warehouse

    asked = []
    monkeypatch.setattr(sql, "connect", lambda **given: asked.append(given))
    monkeypatch.setattr("databricks.sdk.config.get_host_metadata", _no_network)
    monkeypatch.setenv("DATABRICKS_HOST", "https://workspace.example")
    monkeypatch.setenv("DATABRICKS_TOKEN", "of-the-app")
    warehouse = Warehouse(host="workspace.example", id="abc", statement_seconds=60)
    warehouse.connect("of-a-user")
    warehouse.connect(None)
    user, app = asked
    assert (user["access_token"], "credentials_provider" in user) == ("of-a-user", False)
    assert app["credentials_provider"]()()["Authorization"] == "Bearer of-the-app"
    assert user["http_path"] == "/sql/1.0/warehouses/abc"
    assert user["session_configuration"] == {"TIMEZONE": "UTC", "STATEMENT_TIMEOUT": "60"}
    assert json.dumps(user["session_configuration"])
