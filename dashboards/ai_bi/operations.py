"""The page Operations: what gold's schema itself says: rows of its tables, and the newest day of each of its facts.

Published states, quarantined rows and event logs are in other schemas, whose names differ by target, and a data set's
bare names are all looked for in one. They aren't here, and analysts may not read them.
"""

from sqlglot import exp

from dashboards.data_sets.statements import DIALECT, DataSet
from metrics.columns import ResultColumn
from metrics.expressions import named
from metrics.registry import Registry
from metrics.rows import Rows

TITLE, LEAD = "Operations", "How many rows gold's tables have, and up to which day."
ELSEWHERE = (
    "Updates, quarantined rows, held releases and durations of runs are not in gold's schema: the job's runs, the "
    "table `publications` and the event logs in the schema `operations`, and the tables of quarantined rows in "
    "`silver` have them. The runbook has the queries."
)


def rows(registry: Registry) -> DataSet:
    """How many rows each table has."""
    bridges = (bridge.table for entity in registry.entities.values() for bridge in entity.bridges.values())
    tables = sorted({*(entity.table for entity in registry.entities.values()), *bridges})
    counts = (f"SELECT '{name}' AS `table_name`, COUNT(*) AS `row_count` FROM `{name}`" for name in tables)
    columns = (
        ResultColumn(name="table_name", label="Table", kind="dimension", type="text"),
        ResultColumn(name="row_count", label="Rows", kind="metric", type="integer", format="integer"),
    )
    sql = "\nUNION ALL\n".join(counts) + "\nORDER BY `table_name`"
    return DataSet("operations_rows", "Operations: rows by table", sql, columns, ())


def newest(registry: Registry) -> DataSet:
    """The newest day of each kind of rows that has one."""
    parts = []
    for name, entity in registry.entities.items():
        if entity.time is None or name == "timed_play":  # sessions of movies are sessions
            continue
        source = Rows(registry, name, DIALECT)
        first = named(exp.Literal.string(entity.label), "rows_of")
        newest = named(exp.Max(this=source.time()), "newest_day")
        parts.append(source.select([first, newest], source.population()))
    for part in parts:
        for table in part.find_all(exp.Table):
            table.set("db", None)
    sql = "\nUNION ALL\n".join(part.sql(dialect=DIALECT, pretty=True) for part in parts)
    columns = (
        ResultColumn(name="rows_of", label="Rows", kind="dimension", type="text"),
        ResultColumn(name="newest_day", label="Newest day", kind="dimension", type="date"),
    )
    return DataSet("operations_newest", "Operations: newest days", f"{sql}\nORDER BY `rows_of`", columns, ())
