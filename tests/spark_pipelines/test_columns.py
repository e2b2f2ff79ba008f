"""Apache Spark's own `spark-pipelines` accepts every flow of bronze, cleanse and gold, and runs some of them.

Their tables get the columns of their specifications. It can't run silver, which needs AUTO CDC from snapshots and
SCD 2.
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
from gold.conformed.events import PLAYBACK_EVENT_DAYS, PLAYBACK_MEMBERS
from gold.subscribers.dimensions import DIM_PLAN, DIM_SUBSCRIBER
from gold.subscribers.facts import FACT_SUBSCRIPTION_MONTH
from gold.subscribers.kpis.months import KPI_MONTHLY_REVENUE
from silver.catalogue.title_ids import TITLE_IDS
from silver.catalogue.titles import TITLES
from silver.imdb.datasets import TITLE_RATINGS
from silver.imdb.people_matches import IMDB_PEOPLE_MATCHES
from silver.imdb.title_matches import IMDB_MATCHES
from silver.playback.events import PLAYBACK_EVENTS
from silver.subscribers.snapshots import SUBSCRIBER_RELEASES, SUBSCRIBERS
from tests.conftest import ROOT

pytestmark = pytest.mark.spark

SOURCES = (
    *[ROOT / "src" / layer / "pipeline.py" for layer in ("bronze", "cleanse")],
    *sorted((ROOT / "src" / "gold").glob("*/pipeline.py")),
)
FILES = ("tests/spark_pipelines/stand_ins.py", *[path.relative_to(ROOT) for path in SOURCES])
FEEDS = [value for value in vars(feeds).values() if isinstance(value, Feed)]
# All of bronze, and one KPI of gold with what it is made from: each costs a second. All other flows are resolved; to
# plan the rows of cleanse takes Spark longer.
DIMENSIONS = (DIM_COUNTRY, DIM_DATE, DIM_DEVICE, DIM_PLAN, DIM_SUBSCRIBER)
GOLD = (PLAYBACK_EVENT_DAYS, PLAYBACK_MEMBERS, *DIMENSIONS, FACT_SUBSCRIPTION_MONTH, KPI_MONTHLY_REVENUE)
REFRESHED = [*[feed.table for feed in FEEDS], *GOLD]
CATALOGUE = (TITLES, TITLE_IDS, TITLE_RATINGS.table, IMDB_MATCHES, IMDB_PEOPLE_MATCHES)
READ_BY_GOLD = (*CATALOGUE, SUBSCRIBERS, SUBSCRIBER_RELEASES, PLAYBACK_EVENTS)
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
            "lakehouse.bronze_schema": LAKE,
            "lakehouse.secret_scope": "lakehouse",
            "lakehouse.closed_titles_percent": "15",
            "lakehouse.closed_subscribers_percent": "30",
            "lakehouse.left_out_percent": "30",
            "lakehouse.release_decisions": "{}",
            "lakehouse.silver_schema": SILVER,
            "lakehouse.gold_schema": LAKE,
            "lakehouse.view_seconds": "120",
            "lakehouse.completed_share": "0.9",
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
        for table in READ_BY_GOLD:
            spark.sql(f"CREATE TABLE {SILVER}.{table.name} ({table.rows_schema})")
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
