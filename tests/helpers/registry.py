"""KPI tables against the queries of the registry that they stand for."""

from decimal import Decimal
from functools import cache

import pytest

from local_runtime.inspection.query import bound_result, run_query
from tests.helpers.tables import gold_as_views


@cache
def registry_of():
    """The registry; skips the test where its packages aren't there."""
    pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")
    from metrics.registry import load_registry

    return load_registry()


def kpi_rows(lake, registry, name, columns):
    """A KPI table's rows as texts, in the order of `columns` of its query, and its types by those names."""
    from metrics.kpis import kpi_columns

    own = {meaning: column for column, meaning in kpi_columns(registry, name).items()}
    found = run_query(lake, f"SELECT {', '.join(own[column] for column in columns)} FROM gold.{name}")
    return as_texts(found.fetchall()), dict(zip(columns, map(str, found.types), strict=True))


def as_texts(rows):
    """Rows as sorted texts, decimals with all their digits."""
    return sorted(
        repr(tuple(value.normalize() if isinstance(value, Decimal) else value for value in row)) for row in rows
    )


def answered(lake, query):
    """A query's answer by DuckDB: columns, rows and types."""
    from metrics.sql import statement

    wanted = statement(registry_of(), query)
    found = bound_result(lake, wanted.sql, wanted.parameters, wanted.tables)
    columns = [column.name for column in wanted.columns]
    assert found.columns == columns
    return columns, found.fetchall(), dict(zip(columns, map(str, found.types), strict=True))


def differences(name, mine, theirs, is_subset):
    """A sentence where the KPI table isn't the query's rows; of an excerpt, where it has rows that the query hasn't."""
    missing, extra = sorted({*theirs} - {*mine}), sorted({*mine} - {*theirs})
    if missing or (not is_subset and (extra or len(mine) != len(theirs))):
        return (
            f"{name}: {len(missing)} rows only in the table: {missing[:3]}; {len(extra)} only in the query: {extra[:3]}"
        )
    return None


def check_kpis_are_queries(lake):
    """Every KPI table equals its query, with its types, on DuckDB."""
    registry, wrong = registry_of(), []
    from metrics.kpis import kpi_query, kpi_tables

    for name in kpi_tables(registry):
        columns, rows, types = answered(lake, kpi_query(registry, name))
        theirs, their_types = kpi_rows(lake, registry, name, columns)
        wrong.append(differences(name, as_texts(rows), theirs, registry.tables[name].is_excerpt))
        if types != {**their_types, **KNOWN_TYPES.get(name, {})}:
            wrong.append(f"{name}: the query's types are {types}, the table's {their_types}")
    assert [sentence for sentence in wrong if sentence] == []


# The average of ratings has more digits than a rating.
KNOWN_TYPES = {"kpi_underwatched_titles": {"average_rating": "DECIMAL(18,6)"}}


def for_databricks(query):
    """A query's statement and its SQL with its values: Spark Connect doesn't bind parameters inside of WITH."""
    import sqlglot

    from metrics.sql import statement

    wanted = statement(registry_of(), query, "databricks")
    parsed = sqlglot.parse_one(wanted.sql, dialect="databricks")
    return wanted, sqlglot.exp.replace_placeholders(parsed, **wanted.parameters).sql(dialect="databricks")


def check_kpis_are_queries_on(lake, session, names=None):
    """Every KPI table (of `names`) equals its query in Databricks' SQL, run by an engine over the same Delta tables."""
    registry, wrong = registry_of(), []
    from metrics.kpis import kpi_query, kpi_tables

    for name in names or kpi_tables(registry):
        wanted, sql = for_databricks(kpi_query(registry, name))
        columns = [column.name for column in wanted.columns]
        with gold_as_views(lake, session, wanted.tables):
            rows = [tuple(row) for row in session.sql(sql.replace("`gold`.", "")).collect()]
        theirs, _ = kpi_rows(lake, registry, name, columns)
        wrong.append(differences(name, as_texts(rows), theirs, registry.tables[name].is_excerpt))
    assert [sentence for sentence in wrong if sentence] == []
