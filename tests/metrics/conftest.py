"""A small gold of known rows, in DuckDB, and the registry over it."""

import duckdb
import pytest

# A drama and comedy (100 minutes), a drama (60 minutes), a show of no genre that nobody watches, one that has left.
TABLES = {
    "dim_title": """SELECT * FROM (VALUES
        (-1, 'Unknown', NULL, NULL, NULL, NULL, NULL, -1, false),
        (1, 'Both', 'Movie', 2019, DATE '2021-03-01', 100, 'Modern', -1, true),
        (2, 'Drama', 'Movie', 2020, DATE '2021-04-01', 60, 'Recent', -1, true),
        (3, 'Show', 'TV Show', 2020, DATE '2014-01-05', NULL, 'Recent', -1, true),
        (4, 'Gone', 'Movie', 2001, DATE '2021-01-01', 90, 'Classic', -1, false)
    ) AS t(title_key, title, type, release_year, date_added, duration_minutes, content_age_category, rating_key,
        in_catalogue)""",
    "dim_rating": "SELECT -1 AS rating_key, 'Unknown' AS rating, 'Unknown' AS audience",
    "dim_genre": "SELECT * FROM (VALUES (-1, 'Unknown'), (1, 'Dramas'), (2, 'Comedies')) AS t(genre_key, genre)",
    "bridge_title_genre": """SELECT title_key, genre_key, weight::DECIMAL(18,6) AS weight FROM (VALUES
        (-1, -1, 1), (1, 1, 0.5), (1, 2, 0.5), (2, 1, 1), (3, -1, 1), (4, 1, 1)
    ) AS t(title_key, genre_key, weight)""",
    "dim_country": """SELECT * FROM (VALUES
        (-1, 'Unknown', 'Unknown', NULL), (1, 'Norway', 'Europe', 'NO'), (2, 'Chile', 'Americas', 'CL')
    ) AS t(country_key, country, region, iso_code)""",
    "bridge_title_country": """SELECT title_key, country_key, 1::DECIMAL(18,6) AS weight FROM (VALUES
        (-1, -1), (1, 1), (2, 2), (3, 2), (4, 1)) AS t(title_key, country_key)""",
    "dim_device": "SELECT * FROM (VALUES (-1, 'Unknown'), (1, 'smart tv')) AS t(device_key, device)",
    "dim_date": """SELECT strftime(day, '%Y%m%d')::INT AS date_key, day::DATE AS date
        FROM range(DATE '2021-01-01', DATE '2022-12-31', INTERVAL 1 DAY) AS t(day)""",
    "dim_plan": "SELECT * FROM (VALUES (-1, 'Unknown'), (1, 'Basic')) AS t(plan_key, plan)",
    "dim_subscriber": """SELECT * FROM (VALUES
        (-1, NULL, -1, -1, -1, 'Unknown', 'Unknown', true), (1, 'a', 1, 1, 1, '18-24', 'Female', true),
        (2, 'b', 2, 1, 1, '65+', 'Male', true), (3, 'b', 2, 1, 1, '65+', 'Male', false)
    ) AS t(subscriber_key, subscriber_id, country_key, plan_key, device_key, age_band, gender, is_current)""",
    "fact_playback": """SELECT *, 1 AS device_key, watched_seconds >= 120 AS is_view, false AS is_completed,
        NULL::DECIMAL(18,6) AS completion, 0::BIGINT AS overlong_spans FROM (VALUES
        (1, 1, 'a', 1, 1, 20220131, 3600), (2, 2, 'b', 1, 2, 20220228, 1800), (3, 2, 'b', 2, 2, 20220228, 60),
        (4, -1, NULL, -1, -1, 20220301, 7200)
    ) AS t(session_key, subscriber_key, subscriber_id, title_key, country_key, date_key, watched_seconds)""",
    "playback_event_days": """SELECT * FROM (VALUES
        (DATE '2022-02-28', 'PLAY_START', 'Smart-TV', 'NO', 5), (DATE '2022-03-01', NULL, 'fridge', NULL, 2)
    ) AS t(event_date, event_type, device_type, country, events)""",
    "fact_subscription_month": """SELECT subscriber_id, date_key, subscriber_key, 1 AS plan_key, 1 AS country_key,
        revenue::DECIMAL(12,2) AS revenue, is_active, is_new, is_churned FROM (VALUES
        ('a', 20220101, 1, 10.00, true, true, false), ('a', 20220201, 1, 10.00, true, false, false),
        ('b', 20220101, 2, NULL, true, true, false), ('b', 20220201, 2, 0.00, false, false, true)
    ) AS t(subscriber_id, date_key, subscriber_key, revenue, is_active, is_new, is_churned)""",
}


@pytest.fixture(scope="session")
def registry():
    """The registry of the project."""
    pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")
    from metrics.registry import load_registry

    return load_registry()


@pytest.fixture(scope="session")
def gold():
    """A connection with the small gold."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA gold")
    for name, query in TABLES.items():
        connection.execute(f"CREATE TABLE gold.{name} AS {query}")
    return connection


@pytest.fixture(scope="session")
def ask(registry, gold):
    """Asks a query; its rows, of the columns that are named."""
    from metrics.query import Query
    from metrics.sql import statement
    from metrics.where import parse_where

    def answer(*metrics, by=(), where=None, **options):
        query = Query(metrics=metrics, dimensions=by, where=parse_where(where) if where else (), **options)
        wanted = statement(registry, query)
        found = gold.execute(wanted.sql, dict(wanted.parameters))
        assert [column[0] for column in found.description] == [column.name for column in wanted.columns]
        return [tuple(plain(value) for value in row) for row in found.fetchall()]

    return answer


def plain(value):
    """Decimals as numbers and days as texts, which are shorter to write."""
    return value.isoformat() if hasattr(value, "isoformat") else float(value) if hasattr(value, "normalize") else value


@pytest.fixture(scope="session")
def gold_of_specifications():
    """A connection with gold's tables as they are specified, empty."""
    from tests.gold.conftest import TABLES as SPECIFIED

    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA gold")
    for name, table in SPECIFIED.items():
        columns = (f'"{column.name}" {duckdb_type(column.type)}' for column in table.columns)
        connection.execute(f"CREATE TABLE gold.{name} ({', '.join(columns)})")
    return connection


def duckdb_type(kind):
    """DuckDB's name of a type of Spark."""
    if kind.startswith("ARRAY<"):
        return duckdb_type(kind.removeprefix("ARRAY<").removesuffix(">")) + "[]"
    return {"STRING": "VARCHAR"}.get(kind, kind)
