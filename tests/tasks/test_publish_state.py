"""The job's task of published states records the version of every table that it can see."""

from datetime import UTC, datetime

import pytest

from exports.tables import INTERMEDIATE as NOT_EXPORTED
from local_runtime.delta.lake import EVENT_LOG
from serving.sources import HISTORY as SERVED_HISTORY
from tasks.publish_state import HISTORY, INTERMEDIATE, publish, quoted, served, state, update_of

SCHEMAS = ("published", "silver", "gold")


@pytest.fixture(scope="module")
def catalog(spark, tmp_path_factory):
    """Schemas with a table at version 1, one at version 0, and views: one without a history, and one of metrics."""
    folder = tmp_path_factory.mktemp("catalog")
    for schema in SCHEMAS:
        spark.sql(f"CREATE SCHEMA publishing_{schema} LOCATION '{folder / schema}'")
    spark.sql("CREATE TABLE publishing_silver.titles USING DELTA AS SELECT 1 AS n")
    spark.sql("INSERT INTO publishing_silver.titles VALUES (2)")
    spark.sql("CREATE TABLE publishing_gold.fact USING DELTA AS SELECT 1 AS n")
    spark.sql("CREATE VIEW publishing_gold.kpi AS SELECT 1 AS n")
    spark.sql("CREATE VIEW publishing_gold.metrics_title AS SELECT 1 AS n")
    yield [f"spark_catalog.publishing_{schema}" for schema in SCHEMAS]
    for schema in SCHEMAS:
        spark.sql(f"DROP SCHEMA publishing_{schema} CASCADE")


def recorded(spark, update):
    rows = spark.table("publishing_published.publications").where(f"update_id = '{update}'")
    return sorted((row.table_name.removeprefix("spark_catalog.publishing_"), row.version) for row in rows.collect())


@pytest.mark.spark
def test_publish_records_every_table_and_null_where_there_is_no_history(spark, catalog):
    reasons = publish(spark, catalog[0], "7", *catalog[1:])
    copies = [("published.fact", 0), ("published.kpi", 0), ("published.titles", 0)]
    first = [("gold.fact", 0), ("gold.kpi", None), *copies, ("silver.titles", 1)]
    assert recorded(spark, "7") == first
    assert [*reasons] == ["spark_catalog.publishing_gold.kpi"]
    assert "kpi" in reasons["spark_catalog.publishing_gold.kpi"]
    spark.sql("INSERT INTO publishing_gold.fact VALUES (2)")
    publish(spark, catalog[0], "8", *catalog[1:])
    later = [(name, 1) for name, _ in copies]
    assert recorded(spark, "8") == [("gold.fact", 1), ("gold.kpi", None), *later, ("silver.titles", 1)]
    # What the first state recorded can still be read as it was, of the view without a history, too.
    for name, rows in (("fact", [1]), ("kpi", [1]), ("titles", [1, 2])):
        before = spark.sql(f"SELECT n FROM publishing_published.{name} VERSION AS OF 0").collect()
        assert sorted(row.n for row in before) == rows
    assert spark.table("publishing_published.fact").count() == 2
    # A second attempt of the task adds nothing, and doesn't change what was recorded.
    publish(spark, catalog[0], "7", *catalog[1:])
    assert recorded(spark, "7") == first
    history = spark.sql("DESCRIBE HISTORY publishing_published.publications").collect()
    assert [row["version"] for row in history] == [2, 1, 0]  # made, and one commit for each state


def test_what_is_served_is_copied_and_nothing_else():
    tables = ["c.s.titles", "c.s.subscribers", "c.g.dim_title", "c.g.playback_members", "c.g.titles"]
    assert served(tables, "c.s", "c.g") == ["c.s.titles", "c.g.dim_title", "c.g.titles"]
    assert f"silver.{HISTORY}" == SERVED_HISTORY
    assert {*INTERMEDIATE, EVENT_LOG} == NOT_EXPORTED


def test_state_has_a_row_per_table(spark):
    moment = datetime(2026, 11, 30, 12, tzinfo=UTC)
    rows = state(spark, "7", moment, {"c.gold.a": 3, "c.gold.b": None}).collect()
    assert [(row.update_id, row.table_name, row.version) for row in rows] == [
        ("7", "c.gold.a", 3),
        ("7", "c.gold.b", None),
    ]
    assert len({row.published_at for row in rows}) == 1


def test_a_repair_is_an_update_of_its_own():
    assert [update_of("7", repair) for repair in ("", "0", "1")] == ["7", "7", "7.1"]


def test_names_are_quoted_part_by_part():
    assert quoted("a-b.c`d.e") == "`a-b`.`c``d`.`e`"
