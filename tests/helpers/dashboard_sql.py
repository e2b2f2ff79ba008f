"""A data set's statement, which is for Databricks, on DuckDB and on Apache Spark, with values for its parameters."""

import re

import sqlglot
from sqlglot import exp

DATABRICKS = "databricks"
NUMBERS = ("release_year", "year_added")
FOREVER = {"period.min": "2000-01-01", "period.max": "2099-12-31"}


def with_values(sql, chosen=None):
    """The statement's tree with values: `chosen` are lists by parameter, and days; all of what isn't chosen."""
    chosen = {name.replace(".", "_"): value for name, value in {**FOREVER, **(chosen or {})}.items()}

    def put(node):
        if not isinstance(node, exp.Placeholder):
            return node
        value = chosen.get(node.name)
        if isinstance(value, str):
            return exp.cast(exp.Literal.string(value), "DATE")
        if value is None:
            return exp.cast(exp.null(), "ARRAY<INT>" if node.name in NUMBERS else "ARRAY<STRING>")
        return exp.Array(expressions=[exp.convert(one) for one in value])

    for bound in FOREVER:
        sql = sql.replace(f":{bound}", f":{bound.replace('.', '_')}")
    return sqlglot.parse_one(sql, dialect=DATABRICKS).transform(put)


def for_spark(sql, chosen=None):
    """The statement as it is, with values, for Apache Spark, whose metric views answer MEASURE()."""
    chosen = {**FOREVER, **(chosen or {})}

    def value(match):
        given = chosen.get(match[1])
        if isinstance(given, str):
            return f"DATE '{given}'"
        if given is None:
            return f"CAST(NULL AS ARRAY<{'INT' if match[1] in NUMBERS else 'STRING'}>)"
        return f"ARRAY({', '.join(repr(one) for one in given)})"

    return re.sub(r":([a-z_]+(?:\.(?:min|max))?)", value, sql)


def for_duckdb(sql, views, chosen=None):
    """The statement for DuckDB: metric views, by their names, are written out."""
    tree = with_values(sql, chosen)
    for select in list(tree.find_all(exp.Select)):
        tables = [table for table in select.find_all(exp.Table) if table.name in views]
        if tables and select.find(exp.From).this is tables[0]:
            _write_out(select, tables[0], views[tables[0].name])
    for table in tree.find_all(exp.Table):
        if not table.db and table.name not in {cte.alias for cte in tree.find_all(exp.CTE)}:
            table.set("db", exp.to_identifier("gold"))
    return _whole_numbers(tree).sql(dialect="duckdb")


def _write_out(select, table, view):
    measures = {one["name"]: one["expr"] for one in view.definition["measures"]}
    for call in list(select.find_all(exp.Anonymous)):
        if call.name.upper() == "MEASURE":
            call.replace(sqlglot.parse_one(measures[call.expressions[0].name], dialect=DATABRICKS))
    source = sqlglot.parse_one(view.definition["source"], dialect=DATABRICKS)
    known = set(source.named_selects)
    more = [
        exp.alias_(sqlglot.parse_one(one["expr"], dialect=DATABRICKS), one["name"], quoted=True)
        for one in view.definition["dimensions"]
        if one["name"] not in known
    ]
    inner = exp.select(exp.Star(), *more).from_(source.subquery("source"))
    table.replace(inner.subquery(view.name))


def _whole_numbers(tree):
    """DuckDB's numbers of 38 digits overflow where Spark's don't: whole ones of 128 bits stand for them."""

    def wide(node):
        if isinstance(node, exp.DataType) and node.sql(DATABRICKS) == "DECIMAL(38, 0)":
            return exp.DataType.build("INT128")
        return node

    return tree.transform(wide)
