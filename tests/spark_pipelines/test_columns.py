"""Apache Spark's own `spark-pipelines` runs pipeline files; their tables get the columns of their specifications.

It can't run the other files. Silver needs AUTO CDC from snapshots and SCD 2. In gold, a flow may not call
`createDataFrame` with a DDL schema (dim_country, dim_rating), and a table that a flow calls `drop` or `distinct` on
must exist when the flow is defined, before the run has made it. The file of subscribers has the fewest such tables.
"""

import json
import os
import subprocess
import sys

import pytest
import yaml

from bronze import feeds
from bronze.feeds import PLAYBACK_CSV_FOLDER, PLAYBACK_FEED, Feed
from gold.conformed.dimensions import DIM_COUNTRY, DIM_DATE, DIM_DEVICE
from gold.subscribers.dimensions import DIM_PLAN, DIM_SUBSCRIBER
from gold.subscribers.facts import FACT_SUBSCRIPTION_MONTH
from gold.subscribers.kpis.months import KPI_MONTHLY_REVENUE
from silver.subscribers.snapshots import SUBSCRIBER_RELEASES, SUBSCRIBERS
from tests.conftest import ROOT

pytestmark = pytest.mark.spark

FILES = ("tests/spark_pipelines/stand_ins.py", "src/bronze/pipeline.py", "src/gold/subscribers/pipeline.py")
FEEDS = [value for value in vars(feeds).values() if isinstance(value, Feed)]
# All of bronze, and one of each kind of gold's tables: each costs a second.
REFRESHED = [*[feed.table for feed in FEEDS], DIM_PLAN, FACT_SUBSCRIPTION_MONTH, KPI_MONTHLY_REVENUE]
# What the flows of gold read besides, and their own tables that they call `drop` on.
THERE_BEFORE = (DIM_COUNTRY, DIM_DATE, DIM_DEVICE, DIM_PLAN, DIM_SUBSCRIBER)
LAKE, SILVER = "spark_pipelines", "spark_pipelines_silver"


def columns(table):
    return [(column.name, column.type.lower()) for column in table.columns]


def row(feed, flow):
    """A value for each column that names the column and the flow that reads it."""
    return {column: f"{column} of {flow}" for column in feed.column_names}


def csv(feed, flow):
    separator = feed.options.get("sep", ",")
    return "".join(f"{separator.join(line)}\n" for line in (feed.column_names, row(feed, flow).values()))


def land(landing):
    """One row for each flow of bronze. The two flows that read JSON share a file with two records on a line."""
    texts = {feed.folder: csv(feed, "csv") for feed in FEEDS}
    texts[PLAYBACK_FEED.folder] = json.dumps(row(PLAYBACK_FEED, "json")) + json.dumps(
        row(PLAYBACK_FEED, "further record")
    )
    texts[PLAYBACK_CSV_FOLDER] = csv(PLAYBACK_FEED, "csv")
    for folder, text in texts.items():
        (landing / folder).mkdir(parents=True)
        (landing / folder / "one").write_text(text)


def run_pipelines(spark, folder):
    """Refreshes the tables REFRESHED once, on the session's server, so that the session sees them."""
    (folder / "project").symlink_to(ROOT)
    spec = {
        "name": "lakehouse",
        "storage": (folder / "storage").as_uri(),
        "database": LAKE,
        "configuration": {
            "spark.sql.pipelines.maxFlowRetryAttempts": "0",
            "lakehouse.landing": str(folder / "landing"),
            "lakehouse.file_events": "false",
            "lakehouse.silver_schema": SILVER,
            "lakehouse.gold_schema": LAKE,
        },
        "libraries": [{"glob": {"include": f"project/{file}"}} for file in FILES],
    }
    (folder / "spark-pipeline.yml").write_text(yaml.safe_dump(spec))
    server = f"sc://127.0.0.1:{spark.conf.get('spark.connect.grpc.binding.port')}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "SPARK_REMOTE": server, "no_proxy": "127.0.0.1"}
    # The program that the script spark-pipelines starts through a Java process of its own, which costs seconds.
    command = [sys.executable, "-m", "pyspark.pipelines.cli", "run"]
    command += ["--refresh", ",".join(table.name for table in REFRESHED)]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def tables(spark, tmp_path_factory):
    """The tables REFRESHED after the run, by name."""
    folder = tmp_path_factory.mktemp("spark_pipelines")
    land(folder / "landing")
    for database in (LAKE, SILVER):
        spark.sql(f"CREATE DATABASE {database} LOCATION '{(folder / database).as_uri()}'")
    try:
        for table in (SUBSCRIBERS, SUBSCRIBER_RELEASES):
            spark.sql(f"CREATE TABLE {SILVER}.{table.name} ({table.rows_schema})")
        for table in THERE_BEFORE:
            spark.sql(f"CREATE TABLE {LAKE}.{table.name} ({table.rows_schema}, not_declared STRING)")
        run_pipelines(spark, folder)
        yield {table.name: spark.table(f"{LAKE}.{table.name}") for table in REFRESHED}
    finally:
        for database in (LAKE, SILVER):
            spark.sql(f"DROP DATABASE {database} CASCADE")


def test_spark_pipelines_gives_every_table_the_columns_of_its_specification(tables):
    for table in REFRESHED:
        fields = tables[table.name].schema.fields
        assert [(field.name, field.dataType.simpleString()) for field in fields] == columns(table), table.name


def test_spark_pipelines_writes_all_columns_of_each_flow_into_one_table(tables):
    written = tables[PLAYBACK_FEED.name].select(*PLAYBACK_FEED.column_names).sort("event_id").collect()
    flows = ("csv", "further record", "json")
    assert [it.asDict() for it in written] == [row(PLAYBACK_FEED, flow) for flow in flows]
