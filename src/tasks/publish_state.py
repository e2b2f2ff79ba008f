"""A task of the job after gold: publishes the state of silver and gold that the run ended with.

Most of gold's tables are materialized views, which have no time travel, and they change one after another. So what is
served is copied to tables of a schema of its own, whose versions can be read later, and then all versions are recorded
in one commit: readers of that record never see two runs mixed.

Nothing changes silver and gold meanwhile, by permission: the job's runs wait for each other (`max_concurrent_runs: 1`),
and nobody but who deploys may start an update of a pipeline (`bundle/access.yml`; `deployment/grants.py` refuses it to
operators). Comparing gold before and after the copies wouldn't do. `DESCRIBE EXTENDED` of a materialized view has the
last refresh that ended, and while an update runs, tables refreshed before the first look and after the last one mix.

Arguments: the schema that gets the copies and the table `publications`, the job run's id, the number of its repair (0:
none), and the schemas of silver and of gold. Schemas are catalog.schema.
"""

import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pyspark.errors import PySparkException
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TABLE = "publications"
HISTORY = "titles"
"""The table of silver that is served, too: the versions of titles."""
INTERMEDIATE = frozenset(
    {
        *("playback_session_days", "playback_ordered_days", "playback_sessions_without_id"),
        *("playback_members", "playback_title_starts"),
    }
)
"""Tables of gold that others are made from, and that nobody else needs."""
AT_ONCE = 8  # copies that are written side by side
# Metric views have no rows of their own, and so no versions; the task beside this one makes them.
METRIC_VIEWS = "metrics_"
COMMENT = (
    "One row per published state and table: the version that the table had when a run of the job had updated silver "
    "and gold. All rows of a state are one commit."
)
COLUMNS = """
    update_id STRING COMMENT 'The id of the job run; of its second repair, for example, it ends with .2',
    published_at TIMESTAMP COMMENT 'When the state was recorded',
    table_name STRING COMMENT 'The table, as catalog.schema.table',
    version BIGINT COMMENT 'Its Delta version; NULL where Databricks shows no history, as of a materialized view'
"""
SCHEMA = "update_id STRING, published_at TIMESTAMP, table_name STRING, version BIGINT"


def publish(spark: "SparkSession", published: str, update_id: str, silver: str, gold: str) -> dict[str, str]:
    """Copies what is served to the schema `published`, then records all versions in one commit to its `publications`.

    Returns why there is no version, by table. An update that is recorded already is left as it is: the task may be
    tried again.
    """
    publications = f"{quoted(published)}.{TABLE}"
    spark.sql(f"CREATE TABLE IF NOT EXISTS {publications} ({COLUMNS}) USING DELTA COMMENT '{COMMENT}'")
    if spark.table(publications).where(F.col("update_id") == update_id).limit(1).count():
        return {}
    tables = [*tables_in(spark, silver), *tables_in(spark, gold)]
    copies = copy(spark, served(tables, silver, gold), published)
    versions, reasons = versions_of(spark, [*tables, *copies])
    state(spark, update_id, datetime.now(UTC), versions).write.insertInto(publications)
    return reasons


def served(tables: Iterable[str], silver: str, gold: str) -> list[str]:
    """The tables that the App reads: those of gold without intermediate ones, and the versions of titles."""
    of_gold = {f"{gold}.{name}" for name in INTERMEDIATE}
    return [
        one for one in tables if one == f"{silver}.{HISTORY}" or (one.startswith(f"{gold}.") and one not in of_gold)
    ]


def copy(spark: "SparkSession", tables: Iterable[str], schema: str) -> list[str]:
    """Writes each table's rows to a table of its name in the schema, as a new version; returns the copies' names."""

    def write(table: str) -> str:
        target = f"{schema}.{table.rpartition('.')[2]}"
        spark.sql(f"CREATE OR REPLACE TABLE {quoted(target)} USING DELTA AS SELECT * FROM {quoted(table)}")
        return target

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(write, tables))


def tables_in(spark: "SparkSession", schema: str) -> list[str]:
    """The tables and materialized views of a schema, as catalog.schema.table, sorted; no metric views."""
    rows = spark.sql(f"SHOW TABLES IN {quoted(schema)}").where("NOT isTemporary").collect()
    names = (row["tableName"] for row in rows)
    return sorted(f"{schema}.{name}" for name in names if not name.startswith(METRIC_VIEWS))


def versions_of(spark: "SparkSession", tables: Iterable[str]) -> tuple[dict[str, int | None], dict[str, str]]:
    """The newest Delta version of each table, None where its history can't be read; and the reasons for those."""
    versions: dict[str, int | None] = {}
    reasons: dict[str, str] = {}
    for table in tables:
        try:
            (newest,) = spark.sql(f"DESCRIBE HISTORY {quoted(table)} LIMIT 1").collect()
            versions[table] = int(newest["version"])
        except PySparkException as error:
            versions[table] = None
            reasons[table] = next(iter(str(error).splitlines()), type(error).__name__)
    return versions, reasons


def state(
    spark: "SparkSession", update_id: str, published_at: datetime, versions: Mapping[str, int | None]
) -> "DataFrame":
    """One row per table of a published state."""
    rows = [(update_id, published_at, table, version) for table, version in versions.items()]
    return spark.createDataFrame(rows, SCHEMA)


def update_of(run_id: str, repair: str) -> str:
    """The id of an update: the job run's, with the number of its repair if there is one."""
    return run_id if repair in ("", "0") else f"{run_id}.{repair}"


def quoted(name: str) -> str:
    """A name of several parts for SQL."""
    return ".".join(f"`{part.replace('`', '``')}`" for part in name.split("."))


if __name__ == "__main__":
    from pyspark.sql import SparkSession

    target, run_id, repair, silver_schema, gold_schema = sys.argv[1:]
    update = update_of(run_id, repair)
    unknown = publish(SparkSession.builder.getOrCreate(), target, update, silver_schema, gold_schema)
    print(f"the state of {silver_schema} and {gold_schema} is published in {target} as {update}")
    print("\n".join(f"no version of {table}: {reason}" for table, reason in unknown.items()))
