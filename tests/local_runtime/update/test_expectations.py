"""Expectations: https://docs.databricks.com/aws/en/ldp/expectations"""

import pytest

from local_runtime.errors import RuleError

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
    ("rule", "said"), [("missing > 0", "missing"), ("amount +", "positive"), ("amount + 1", "no boolean")]
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
