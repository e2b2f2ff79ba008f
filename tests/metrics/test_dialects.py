"""The SQL of every metric and dimension, in each dialect, is read back by a parser of that dialect."""

import pytest
from sqlglot import exp, parse_one

pytest.importorskip("pydantic", reason="the registry needs the packages of .venv-serve or .venv-spark")

from metrics.expressions import DIALECTS
from metrics.kpis import kpi_query, kpi_tables
from metrics.query import Filter, Query
from metrics.sql import statement


def queries(registry):
    """Each KPI table's query, and one of each option."""
    yield from (kpi_query(registry, name) for name in kpi_tables(registry))
    yield Query(metrics=("plays", "events"), grain="week", last="8w", compare="year", limit=3)
    yield Query(metrics=("active_subscribers",), dimensions=("plan", "quarter"), last="4q", compare="previous")


def pairs(registry):
    """Each metric by each of its dimensions, with a filter of it."""
    for name in registry.metrics:
        for dimension in registry.dimensions_of(name):
            names = tuple(dict.fromkeys([*registry.needs_of(name), dimension]))
            one = Filter(dimension, "in", (value_of(registry, dimension),))
            yield Query(metrics=(name,), dimensions=names, where=(one,))


def value_of(registry, dimension):
    """A value that the dimension could have."""
    return {"integer": 2020, "key": 7, "date": "2022-03-01"}.get(registry.dimensions[dimension].kind, "it's")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_sql_is_read_back_with_the_same_columns_and_every_name_in_quotes(registry, dialect):
    number = DIALECTS.index(dialect)
    for query in [*queries(registry), *list(pairs(registry))[number::8]]:
        wanted = statement(registry, query, dialect)
        parsed = parse_one(wanted.sql, dialect=dialect)
        assert parsed.named_selects == [column.name for column in wanted.columns]
        again = parsed.sql(dialect=dialect)
        assert parse_one(again, dialect=dialect).sql(dialect=dialect) == again
        assert all(name.quoted for column in parsed.find_all(exp.Column) for name in [column.this])
        read = {f"{table.db}.{table.name}" for table in parsed.find_all(exp.Table) if table.db}
        assert read == {*wanted.tables}


def test_every_dimension_of_every_metric_has_an_answer_in_types_that_are_said(registry, gold_of_specifications):
    """Over empty tables with gold's columns: DuckDB binds every name and type."""
    kinds = {"text": "VARCHAR", "integer": "INTEGER", "key": "BIGINT", "date": "DATE"}
    asked = list(pairs(registry))
    assert len(asked) > 300
    for query in [*queries(registry), *asked]:
        wanted = statement(registry, query)
        found = gold_of_specifications.execute(wanted.sql, dict(wanted.parameters))
        for column, (name, kind, *_) in zip(wanted.columns, found.description, strict=True):
            if column.kind in ("dimension", "time"):
                assert str(kind) == kinds[column.type], name
            else:
                assert str(kind) == (f"DECIMAL(18,{column.decimals})" if column.decimals else "BIGINT"), name
