"""Expectations of temporary views: each table that reads a view computes its rows, and its counts.

https://docs.databricks.com/aws/en/ldp/expectations: "Because views are only calculated when queried, data quality
metrics might not be available for a defined view. Alternatively, a view that is queried in multiple downstream
datasets might have multiple sets of data quality metrics."
"""

import json

import pytest

from local_runtime.errors import RuleError
from local_runtime.inspection import query
from tests.helpers.project import Project


@pytest.fixture
def either(tmp_path, spark):
    """A project on the engine of the transforms' tests."""
    return Project(tmp_path, spark)


EVENTS = """
@dp.table
def events():
    return read_csv("events", **{"cloudFiles.schemaHints": "amount INT"}).select("id", "amount")
"""
VIEW = """
@dp.temporary_view
@dp.expect("small", "amount < 10")
@dp.expect_or_drop("positive", "amount > 0")
@dp.expect_all_or_fail({{"known": "id <> '?'"}})
def seen():
    return spark.{}.table("bronze.events")

"""
READER = """
@dp.{}
def {}():
    return spark.{}.table("{}")

"""


def define(project, *tables, view=None):
    project.pipeline("bronze", EVENTS)
    project.pipeline("silver", (view or VIEW.format("read")) + "".join(tables))


def land(project, number, *lines):
    project.land(f"events/{number}.csv", "\n".join(["id,amount", *lines]) + "\n")


def counts(results, table):
    """What an update of a table recorded of rules: by dataset and name, the rows that passed and failed."""
    found = [e for result in results if result.dataset == table for e in result.expectations]
    return {(e.dataset, e.name): (e.passed_records, e.failed_records) for e in found}


SEEN = {("silver.seen", "small"): (3, 1), ("silver.seen", "positive"): (3, 1), ("silver.seen", "known"): (4, 0)}


def test_each_reader_of_a_view_keeps_what_warns_and_counts_its_rules(either):
    own = "@dp.materialized_view\n@dp.expect('large', 'amount > 4')\ndef two():\n    return spark.read.table('seen')\n"
    define(either, READER.format("materialized_view", "one", "read", "seen"), own)
    land(either, 1, "a,1", "b,-1", "c,5", "d,50")
    results = either.run().results
    assert either.rows("silver.one") == either.rows("silver.two") == [("a", 1), ("c", 5), ("d", 50)]
    assert counts(results, "silver.one") == SEEN
    assert counts(results, "silver.two") == {**SEEN, ("silver.two", "large"): (2, 1)}
    assert {r.dataset: (r.rows_in, r.dropped) for r in results}["silver.one"] == (3, 0)


def test_a_view_that_only_drops_rows_has_no_counts(project):
    view = '@dp.temporary_view\n@dp.expect_or_drop("positive", "amount > 0")\ndef seen():\n    return spark.range(3)\n'
    project.pipeline("silver", view.replace("amount", "id") + READER.format("materialized_view", "one", "read", "seen"))
    assert counts(project.run().results, "silver.one") == {}
    assert project.rows("silver.one") == [(1,), (2,)]


def test_counts_of_views_are_in_the_event_log_with_their_readers_flow(project):
    define(project, READER.format("materialized_view", "one", "read", "seen"))
    land(project, 1, "a,1", "b,-1", "c,5", "d,50")
    project.run()
    asked = """
        SELECT origin.dataset_name AS reader, get_json_object(details, '$.flow_progress.data_quality.expectations') AS e
        FROM silver.event_log WHERE event_type = 'flow_progress'"""
    (row,) = json.loads(query.answer(project.lake, asked, "json"))
    assert row["reader"] == "silver.one"
    assert {(e["dataset"], e["name"]): (e["passed_records"], e["failed_records"]) for e in json.loads(row["e"])} == SEEN


@pytest.mark.parametrize("kind", ["materialized_view", "table"])
def test_a_failing_rule_of_a_view_stops_the_tables_that_read_it_and_no_others(project, kind):
    way = "readStream" if kind == "table" else "read"
    tables = [READER.format(kind, "one", way, "seen"), READER.format(kind, "two", way, "bronze.events")]
    define(project, *tables, view=VIEW.format(way))
    land(project, 1, "a,1", "?,1")
    assert project.update().failures == {
        "silver.one": "silver.seen: expectation failed: known (1 of 2 rows). Nothing of this update was written to "
        "silver.one."
    }
    assert not project.lake.log("silver.one").exists()
    assert len(project.rows("silver.two")) == 2
    define(project, *tables, view=VIEW.format(way).replace("id <> '?'", "true"))
    project.run()
    assert project.rows("silver.one") == [("?", 1), ("a", 1)]


def test_a_rule_of_a_view_that_nothing_reads_fails_nothing(project):
    define(project, READER.format("materialized_view", "two", "read", "bronze.events"))
    land(project, 1, "?,1")
    assert counts(project.run().results, "silver.two") == {}


FILES = """
@dp.temporary_view
@dp.expect("small", "amount < 10")
@dp.expect_or_drop("positive", "amount > 0")
@dp.expect_or_fail("known", "id <> '?'")
def seen():
    options = {"cloudFiles.schemaHints": "amount INT", "cloudFiles.maxFilesPerTrigger": "1"}
    return read_csv("events", **options).select("id", "amount", F.col("_metadata.file_name").alias("file"))

@dp.table
def one():
    return spark.readStream.table("seen").select("id", "amount", "file")
"""


def test_counts_of_a_stream_are_those_of_all_its_micro_batches(project):
    """A file is a micro-batch."""
    define(project, view=FILES)
    for number, line in enumerate(["a,1", "b,-1", "c,5", "d,50"]):
        land(project, number, line)
    results = project.run().results
    assert [result.commits for result in results if result.dataset == "silver.one"] == [4]
    assert project.rows("silver.one") == [("a", 1, "0.csv"), ("c", 5, "2.csv"), ("d", 50, "3.csv")]
    assert counts(results, "silver.one") == SEEN
    assert counts(project.run().results, "silver.one") == {}
    land(project, 9, "e,60")
    assert counts(project.run().results, "silver.one")["silver.seen", "small"] == (0, 1)


def test_views_of_views_are_held_to_the_rules_of_each(project):
    again = """
@dp.temporary_view
@dp.expect("medium", "amount < 5")
def again():
    seen = spark.read.table("seen")
    return seen.join(spark.read.table("seen").select("id"), "id").select("id", "amount")

"""
    define(project, again, READER.format("materialized_view", "one", "read", "again"))
    land(project, 1, "a,1", "b,-1", "c,5", "d,50")
    results = project.run().results
    assert project.rows("silver.one") == [("a", 1), ("c", 5), ("d", 50)]
    assert counts(results, "silver.one") == {**SEEN, ("silver.again", "medium"): (1, 2)}


def test_what_is_counted_of_a_view_is_what_is_read(either):
    """A view with rand() gives other rows each time that it is computed."""
    either.pipeline("gold", """
        @dp.temporary_view
        @dp.expect("warned", "x < 0.5")
        @dp.expect_or_drop("dropped", "x < 0.9")
        def numbers():
            return spark.range(1000).select("id", F.expr("rand()").alias("x"))

        @dp.materialized_view
        def one():
            return spark.read.table("numbers").filter("x >= 0.5")
        """)  # fmt: skip
    found = counts(either.run().results, "gold.one")
    rows = either.rows("gold.one")
    assert rows
    assert max(x for _, x in rows) < 0.9
    assert found["gold.numbers", "warned"][1] - found["gold.numbers", "dropped"][1] == len(rows)


def test_a_view_beside_a_stream_fails_its_reader_only_where_there_is_something_to_write(project):
    table = """
@dp.table
def one():
    return spark.readStream.table("bronze.other").join(spark.read.table("seen").drop("amount"), "id", "left")
"""
    define(project, table)
    project.pipeline("bronze", EVENTS + EVENTS.replace("events", "other") % {})
    land(project, 1, "a,1")
    project.land("other/1.csv", "id,amount\na,1\n")
    project.run()
    land(project, 2, "?,1")
    project.run()
    project.land("other/2.csv", "id,amount\nb,1\n")
    assert "known (1 of 2 rows)" in project.update().failures["silver.one"]


CHANGES = """
@dp.temporary_view
@dp.expect_all({{"small": "amount < 10"}})
@dp.{}("known", "id <> '?'")
def seen():
    return spark.readStream.table("bronze.events")

dp.create_streaming_table("totals")
dp.create_auto_cdc_flow(
    target="totals", source="seen", keys=["id"], sequence_by="amount", stored_as_scd_type={},
)
"""


@pytest.mark.parametrize("scd_type", [1, 2])
def test_changes_come_through_a_view_under_all_of_its_rules_once(project, scd_type):
    """AUTO CDC looks at older changes of a key again, and they aren't held to the rules again."""
    project.pipeline("bronze", EVENTS)
    project.pipeline("silver", CHANGES.format("expect", scd_type))
    land(project, 1, "a,1", "a,20", "?,30")
    found = counts(project.run().results, "silver.totals")
    assert found == {("silver.seen", "small"): (1, 2), ("silver.seen", "known"): (2, 1)}
    project.pipeline("silver", CHANGES.format("expect_or_fail", scd_type))
    land(project, 2, "a,5", "a,40")
    found = counts(project.run().results, "silver.totals")
    assert found == {("silver.seen", "small"): (1, 1), ("silver.seen", "known"): (2, 0)}
    land(project, 3, "?,50")
    assert "silver.seen: expectation failed: known (1 of 1 row)" in project.update().failures["silver.totals"]
    assert [row[:2] for row in project.rows("silver.totals") if row[0] == "?"] == [("?", 30)]


TWO_FLOWS = """
@dp.temporary_view
@dp.expect_or_fail("known", "id <> '?'")
def seen():
    return spark.readStream.table("bronze.events")

dp.create_streaming_table("totals")
for name, source in (("first", "bronze.other"), ("second", "seen")):
    dp.create_auto_cdc_flow(
        target="totals", source=source, name=name, keys=["id"], sequence_by="amount", stored_as_scd_type=2,
    )
"""


def test_a_change_that_a_view_fails_for_is_not_applied_by_another_flow(project):
    """The first flow computes its keys from the changes of both, and the second one fails."""
    project.pipeline("bronze", EVENTS + EVENTS.replace("events", "other"))
    project.pipeline("silver", TWO_FLOWS)
    land(project, 1, "?,2", "a,2")
    project.land("other/1.csv", "id,amount\n?,1\na,1\n")
    assert "silver.seen: expectation failed: known (1 of 2 rows)" in project.update().failures["silver.totals"]
    assert project.rows("silver.totals") == [("?", 1, 1, None), ("a", 1, 1, 2), ("a", 2, 2, None)]


def test_a_view_is_a_snapshot_under_all_of_its_rules(project):
    flow = "dp.create_streaming_table('totals')\n"
    flow += "dp.create_auto_cdc_from_snapshot_flow(target='totals', source='seen', keys=['id'])\n"
    define(project, flow)
    land(project, 1, "a,1", "b,-1", "c,5", "d,50")
    assert counts(project.run().results, "silver.totals") == SEEN
    assert project.rows("silver.totals", "id") == [("a",), ("c",), ("d",)]
    land(project, 2, "?,1")
    assert "known (1 of 5 rows)" in project.update().failures["silver.totals"]


@pytest.mark.parametrize("rule", ["expect", "expect_or_fail"])
def test_a_rule_of_a_view_that_cannot_be_applied_is_refused_before_any_data_is_touched(project, rule):
    view = VIEW.format("read").replace("expect(", f"{rule}(").replace("amount < 10", "missing < 10")
    define(project, READER.format("materialized_view", "one", "read", "seen"), view=view)
    land(project, 1, "a,1")
    with pytest.raises(RuleError, match=r"silver\.seen: expectation small .* can't be evaluated"):
        project.update()
    assert project.lake.tables() == []
