"""Expectations: https://docs.databricks.com/aws/en/ldp/expectations"""

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from local_runtime.errors import RuleError
from tests.helpers.project import Project

RULES = """
@dp.table(name="events")
@dp.expect("small", "amount < 10")
@dp.expect_or_drop("positive", "amount > 0")
@dp.expect_all_or_drop({"named": "id <> ''"})
def events():
    return read_csv("events", **{"cloudFiles.schemaHints": "amount INT"}).select("id", "amount")
"""


def test_expectations_warn_and_drop_with_counts_and_null_fails(project):
    """Rules are two-valued: an unknown result is no pass (docs/semantics.md)."""
    project.pipeline("bronze", RULES)
    project.land("events/1.csv", "id,amount\na,1\nb,-1\nc,\n,5\nd,50\n")
    (result,) = project.run().results
    assert project.rows("bronze.events") == [("a", 1), ("d", 50)]
    assert (result.rows_in, result.rows_out, result.dropped) == (5, 2, 3)
    counts = {e.name: (e.action, e.passed_records, e.failed_records) for e in result.expectations}
    assert counts == {"small": ("ALLOW", 3, 2), "positive": ("DROP", 3, 2), "named": ("DROP", 4, 1)}


def test_expect_or_fail_stops_the_update_and_writes_nothing(project):
    project.pipeline("bronze", RULES.replace("expect_or_drop", "expect_or_fail"))
    project.pipeline("gold", "@dp.materialized_view\ndef later():\n    return spark.read.table('bronze.events')")
    project.land("events/1.csv", "id,amount\na,1\nb,-1\n")
    outcome = project.update()
    assert "positive (1 of 2 rows)" in outcome.failures["bronze.events"]
    assert project.versions("bronze.events") == []
    project.pipeline("bronze", RULES)
    project.run()
    assert project.rows("bronze.events") == [("a", 1)]


def test_expectations_of_create_streaming_table_hold_for_every_append_flow(project):
    project.pipeline(
        "bronze",
        """
        dp.create_streaming_table("events", expect_all_or_drop={"named": "id <> 'x'"})

        @dp.append_flow(target="events")
        def one():
            return read_csv("one").select("id")
        """,
    )
    project.land("one/1.csv", "id\na\nx\n")
    project.run()
    assert project.rows("bronze.events") == [("a",)]


@pytest.mark.parametrize(
    ("rule", "said"), [("missing > 0", "missing"), ("amount +", "positive"), ("amount + 1", "not a boolean")]
)
def test_a_rule_that_cannot_hold_is_refused_before_any_data_is_touched(project, rule, said):
    project.pipeline("bronze", RULES.replace("amount > 0", rule))
    project.land("events/1.csv", "id,amount\na,1\n")
    with pytest.raises(RuleError, match=said):
        project.update()
    assert project.lake.tables() == []


def test_a_rule_that_raises_writes_nothing(project):
    project.pipeline("bronze", RULES.replace("amount > 0", "CAST(id AS INT) > 0"))
    project.land("events/1.csv", "id,amount\na,1\n")
    outcome = project.update()
    assert "one of its expectations raises" in outcome.failures["bronze.events"]
    assert project.versions("bronze.events") == []


@pytest.fixture
def either(tmp_path, spark):
    """A project on the engine of the transforms' tests."""
    return Project(tmp_path, spark)


@pytest.mark.parametrize("action", ["expect_or_drop", "expect_or_fail"])
def test_105_what_is_measured_is_what_is_written(either, action):
    """A query with rand() gives other rows each time that it runs."""
    either.pipeline("gold", f"""
        @dp.materialized_view
        @dp.expect("warned", "x < 0.9")
        @dp.{action}("held", "x < {0.6 if action == "expect_or_drop" else 2}")
        def numbers():
            return spark.range(2000).select("id", F.expr("rand()").alias("x"), F.expr("uuid()").alias("u"))
        """)  # fmt: skip
    (result,) = either.run().results
    rows = either.rows("gold.numbers")
    counts = {e.name: (e.passed_records, e.failed_records) for e in result.expectations}
    assert (result.rows_in, result.rows_out, result.dropped) == (2000, len(rows), 2000 - len(rows))
    assert counts["held"] == (len(rows), 2000 - len(rows))
    if action == "expect_or_drop":
        assert rows
        assert max(x for _, x, _ in rows) < 0.6
    else:
        assert counts["warned"][0] == sum(x < 0.9 for _, x, _ in rows)


def test_105_rows_that_fail_a_failing_rule_are_never_written(either):
    """At the rule's first look every row may be right, and at the next one not."""
    code = """
        @dp.table
        @dp.expect_or_fail("held", "x < 0.5")
        def numbers():
            return read_csv("numbers").select("id", F.expr("rand()").alias("x"))
        """
    either.pipeline("bronze", code)
    either.land("numbers/1.csv", "id\n1\n2\n")
    for _ in range(6):
        either.update("bronze.numbers")
        assert not [
            x for _, x in (either.rows("bronze.numbers") if either.versions("bronze.numbers") else []) if x >= 0.5
        ]


def test_105_columns_keep_order_types_and_nulls_under_rules(either):
    """The verdict's columns come after the table's own, and leave nothing behind."""
    either.pipeline("gold", """
        def typed():
            at = F.timestamp_millis(F.col("id") * 1000)
            parts = [F.array(F.lit("x"), F.lit(None)).alias("a"), F.struct(F.lit(1).alias("n")).alias("s")]
            null = F.nullif(F.lit(1), F.lit(1))
            more = [F.lit(1).alias("one"), null.alias("n"), F.lit("1").cast("decimal(9,2)").alias("d"), at.alias("at")]
            return spark.range(4).select(*parts, "id", *more, F.lit(True).alias("b"))

        @dp.materialized_view
        def plain():
            return typed()

        @dp.materialized_view
        @dp.expect_all_or_drop({"two": "id <> 2", "null": "n IS NULL"})
        @dp.expect("one", "id = 1")
        def ruled():
            return typed()
        """)  # fmt: skip
    either.run()
    plain, ruled = (DeltaTable(str(either.lake.path(name))) for name in ("gold.plain", "gold.ruled"))
    assert ruled.schema() == plain.schema()
    assert [row for row in either.rows("gold.plain") if row[2] != 2] == either.rows("gold.ruled")
    for path in either.lake.path("gold.ruled").glob("*.parquet"):
        assert pq.read_schema(path).names == [field.name for field in plain.schema().fields]


def test_105_without_a_row_that_is_kept_or_given_a_table_is_empty(either):
    either.pipeline("gold", """
        @dp.materialized_view
        @dp.expect_or_drop("none", "id < 0")
        def none():
            return spark.range(3)

        @dp.materialized_view
        @dp.expect_or_fail("some", "id >= 0")
        def nothing():
            return spark.range(0)
        """)  # fmt: skip
    counts = {result.dataset: (result.rows_in, result.rows_out, result.dropped) for result in either.run().results}
    assert counts == {"gold.none": (3, 0, 3), "gold.nothing": (0, 0, 0)}
    assert either.rows("gold.none") == either.rows("gold.nothing") == []


def test_105_many_verdicts_leave_few_files(either):
    """Rows that pass, rows that are kept though they fail, rows that fail: whatever they fail, and in few files."""
    rules = {f"bit_{place}": f"shiftright(id, {place}) % 2 = 0" for place in range(12)}
    either.pipeline("gold", f"""
        @dp.materialized_view
        @dp.expect_all({rules!r})
        def numbers():
            return spark.range(4096)
        """)  # fmt: skip
    (result,) = either.run().results
    assert [e.failed_records for e in result.expectations] == [2048] * 12
    assert len(either.rows("gold.numbers")) == 4096
    assert len(list(either.lake.path("gold.numbers").glob("*.parquet"))) < 9


def test_120_any_number_of_rules_is_measured(either):
    """A plan as deep as there are rules would be refused by the engines."""
    rules = {f"not_{n}": f"id <> {n}" for n in range(250)}
    either.pipeline("gold", f"""
        @dp.temporary_view
        @dp.expect_all_or_drop({rules!r})
        def seen():
            return spark.range(400)

        @dp.materialized_view
        def of_a_view():
            return spark.read.table("seen")

        @dp.materialized_view
        @dp.expect_all_or_drop({rules!r})
        @dp.expect("large", "id >= 399")
        def ruled():
            return spark.range(400)
        """)  # fmt: skip
    results = {result.dataset: result for result in either.run().results}
    assert either.rows("gold.ruled") == either.rows("gold.of_a_view") == [(n,) for n in range(250, 400)]
    assert results["gold.ruled"].dropped == 250
    assert {e.name: e.failed_records for e in results["gold.ruled"].expectations} == {"large": 399} | dict.fromkeys(
        rules, 1
    )
