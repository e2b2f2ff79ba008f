"""Expectations of AUTO CDC tables: each change is checked when it is taken in.

https://docs.databricks.com/aws/en/ldp/developer/ldp-sql-ref-apply-changes-into: "You define data quality constraints
for the target using the same CONSTRAINT clause as other pipeline queries."
"""

import json
from random import Random

import pytest

from local_runtime.errors import RuleError, UnsupportedError
from local_runtime.inspection import query
from tests.helpers.project import Project

CHANGES = """
@dp.table
def {0}():
    return read_csv("{0}", **{{"cloudFiles.schemaHints": "amount INT, seq INT"}}).select(
        "id", "amount", "note", "op", "seq"
    )

"""
TARGET = 'dp.create_streaming_table("totals"{})\n'
FLOW = """
dp.create_auto_cdc_flow(
    target="totals", source="bronze.{}", name="{}", keys=["id"], sequence_by="seq", {}
    except_column_list=["op", "seq"], stored_as_scd_type={},
)
"""
DELETES = "apply_as_deletes=\"op = 'DELETE'\","
DROPS = ', expect_all_or_drop={"positive": "amount > 0"}'
ALL_KINDS = (
    ', expect_all={"small": "amount < 10", "noted": "note IS NOT NULL"}, expect_all_or_drop={"positive": "amount > 0"},'
    ' expect_all_or_fail={"known": "id <> \'?\'"}'
)


@pytest.fixture
def either(tmp_path, spark):
    """A project on the engine of the transforms' tests."""
    return Project(tmp_path, spark)


def define(project, rules, scd_type, deletes=DELETES, sources=("changes",)):
    project.pipeline("bronze", "".join(CHANGES.format(source) for source in sources))
    flows = (FLOW.format(source, f"of_{source}", deletes, scd_type) for source in sources)
    project.pipeline("silver", TARGET.format(rules) + "".join(flows))


def land(project, number, *lines, source="changes"):
    project.land(f"{source}/{number:03}.csv", "\n".join(["id,amount,note,op,seq", *lines]) + "\n")


def outcome_of(results):
    """Of each flow into `totals`: rows that came, were written and were dropped, and the counts of each rule."""
    return {
        result.flow: (
            result.rows_in,
            result.dropped,
            {e.name: (e.action, e.passed_records, e.failed_records) for e in result.expectations},
        )
        for result in results
        if result.dataset == "silver.totals"
    }


FIRST = ["a,1,x,,1", "a,-2,x,,2", "a,30,,,3", "b,-1,x,,1", "c,4,x,,1", "c,,,DELETE,2"]


@pytest.mark.parametrize(
    ("scd_type", "deletes", "expected"),
    [
        (1, DELETES, [("a", 30, None)]),
        (2, DELETES, [("a", 1, "x", 1, 3), ("a", 30, None, 3, None), ("c", 4, "x", 1, 2)]),
        (1, "", [("a", 30, None), ("c", 4, "x")]),
    ],
)
def test_rules_of_an_auto_cdc_table_warn_and_drop_changes_with_counts(either, scd_type, deletes, expected):
    """A dropped change is as if it had never come; a delete writes no row, and is checked by no rule."""
    define(either, ALL_KINDS, scd_type, deletes)
    land(either, 1, *FIRST)
    counts = {"small": ("ALLOW", 4, 1), "noted": ("ALLOW", 4, 1), "positive": ("DROP", 3, 2), "known": ("FAIL", 5, 0)}
    if not deletes:
        counts |= {"small": ("ALLOW", 4, 2), "noted": ("ALLOW", 4, 2), "positive": ("DROP", 3, 3)}
        counts["known"] = ("FAIL", 6, 0)
    assert outcome_of(either.run().results) == {"of_changes": (6, 2 if deletes else 3, counts)}
    assert either.rows("silver.totals") == expected
    assert sum(result.commits for result in either.run().results) == 0


@pytest.mark.parametrize("scd_type", [1, 2])
def test_a_failing_rule_of_an_auto_cdc_table_stops_its_update(project, scd_type):
    define(project, ALL_KINDS, scd_type)
    land(project, 1, "a,1,x,,1")
    project.run()
    before = project.rows("silver.totals")
    land(project, 2, "b,1,x,,1", "?,1,x,,1")
    failures = project.update().failures
    assert failures["silver.totals"] == (
        "silver.totals: expectation failed: known (1 of 2 rows). Nothing of this update was written to it."
    )
    assert project.rows("silver.totals") == before
    define(project, DROPS, scd_type)
    project.run()
    assert [row[0] for row in project.rows("silver.totals")] == ["?", "a", "b"]


@pytest.mark.parametrize("scd_type", [1, 2])
def test_another_rule_of_an_auto_cdc_table_needs_a_full_refresh(project, scd_type):
    """A key is computed from all of its changes, so that other rules would make another history of some keys."""
    define(project, "", scd_type)
    land(project, 1, "a,-1,first,,1", "c,-1,first,,1")
    project.run()
    define(project, DROPS, scd_type)
    land(project, 2, "a,3,third,,3")
    assert "where amount > 0 now" in project.update().failures["silver.totals"]
    assert len(project.rows("silver.totals")) == 2
    project.run("silver.totals")
    assert project.rows("silver.totals", "id", "note") == [("a", "third")]
    define(project, ', expect_all={"positive": "amount > 0"}', scd_type)
    assert "where amount > 0" in project.update().failures["silver.totals"]


@pytest.mark.parametrize(
    "rule", ["at <= current_timestamp()", "at <= unix_timestamp()", "day < CURRENT_DATE", "rand() < 0.5", "my_udf(id)"]
)
def test_a_rule_of_an_auto_cdc_table_that_varies_is_refused(project, rule):
    define(project, f', expect_all_or_drop={{"varies": "{rule}"}}', 2)
    with pytest.raises(UnsupportedError, match=r"its expectation varies has .*isn't known to give the same"):
        project.graph()


def test_a_warning_rule_of_an_auto_cdc_table_may_vary_and_change(project):
    define(project, ', expect_all={"due": "amount <= unix_timestamp()"}', 2)
    land(project, 1, "a,1,x,,1")
    project.run()
    define(project, ', expect_all={"due": "amount >= unix_timestamp()"}', 2)
    land(project, 2, "a,2,x,,2")
    project.run()
    assert len(project.rows("silver.totals")) == 2


def test_a_failing_rule_that_comes_later_takes_no_history_away(project):
    define(project, "", 2)
    land(project, 1, "a,-1,first,,1", "a,2,second,,2")
    project.run()
    define(project, ', expect_all_or_fail={"positive": "amount > 0"}', 2)
    land(project, 2, "a,3,third,,3")
    project.run()
    assert project.rows("silver.totals", "note") == [("first",), ("second",), ("third",)]


def test_a_corrected_change_of_the_same_time_is_applied(project):
    define(project, DROPS, 2)
    land(project, 1, "a,-1,x,,1")
    project.run()
    assert project.rows("silver.totals") == []
    land(project, 2, "a,1,x,,1")
    project.run()
    assert project.rows("silver.totals") == [("a", 1, "x", 1, None)]


def test_a_dropping_rule_leaves_out_changes_without_a_key(project):
    define(project, ', expect_all_or_drop={"has_key": "id IS NOT NULL"}', 2)
    land(project, 1, ",1,x,,1", "a,1,x,,1")
    project.run()
    assert project.rows("silver.totals") == [("a", 1, "x", 1, None)]


@pytest.mark.parametrize("scd_type", [1, 2])
def test_changes_of_several_flows_are_checked_by_their_own_flow(project, scd_type):
    define(project, ALL_KINDS, scd_type, sources=("one", "two"))
    land(project, 1, "a,1,one,,1", "a,-1,one,,4", source="one")
    land(project, 1, "a,2,two,,2", "a,-2,two,,3", source="two")
    found = outcome_of(project.run().results)
    assert {flow: (rows, dropped) for flow, (rows, dropped, _) in found.items()} == {"of_one": (2, 1), "of_two": (2, 1)}
    history = [("a", 1, "one", 1, 2), ("a", 2, "two", 2, None)]
    assert project.rows("silver.totals") == ([("a", 2, "two")] if scd_type == 1 else history)
    land(project, 2, "a,3,one,,5", source="one")
    project.run()
    history = [("a", 1, "one", 1, 2), ("a", 2, "two", 2, 5), ("a", 3, "one", 5, None)]
    assert project.rows("silver.totals") == ([("a", 3, "one")] if scd_type == 1 else history)


def test_a_change_that_fails_a_rule_is_not_applied_by_another_flow(project):
    """A flow computes keys from the changes of all flows, also of one that runs, and fails, after it."""
    define(project, ', expect_all_or_fail={"not_two": "note <> \'two\'"}', 2, sources=("one", "two"))
    land(project, 1, "a,1,one,,1", source="one")
    land(project, 1, "a,2,one,,2", "a,2,two,,3", source="two")
    assert "not_two (1 of 2 rows)" in project.update().failures["silver.totals"]
    assert project.rows("silver.totals") == [("a", 1, "one", 1, 2), ("a", 2, "one", 2, None)]


FILTERED = """
@dp.temporary_view
@dp.expect_or_drop("positive", "amount > 0 OR op = 'DELETE'")
def positive():
    return spark.readStream.table("bronze.changes")

dp.create_streaming_table("filtered")
dp.create_auto_cdc_flow(
    target="filtered", source="positive", keys=["id"], sequence_by="seq", apply_as_deletes="op = 'DELETE'",
    except_column_list=["op", "seq"], stored_as_scd_type=2,
)
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_dropping_rule_gives_what_a_filter_before_the_flow_gives(project, seed):
    project.pipeline("bronze", CHANGES.format("changes"))
    project.pipeline("silver", TARGET.format(DROPS) + FLOW.format("changes", "of_changes", DELETES, 2) + FILTERED)
    random = Random(seed)
    for number in range(6):
        changes = [
            (random.choice("abc"), random.randint(-2, 3), random.choice(["", "", "DELETE"]), random.randint(1, 40))
            for _ in range(5)
        ]
        land(project, number, *(f"{key},{amount},x,{op},{seq}" for key, amount, op, seq in changes))
        project.run()
    assert project.rows("silver.totals")
    assert project.rows("silver.totals") == project.rows("silver.filtered")


@pytest.mark.parametrize(
    ("rule", "expected"), [("__END_AT IS NULL", "__END_AT"), ("op = 'x'", "op"), ("amount + 1", "not a boolean")]
)
def test_a_rule_that_changes_cannot_be_checked_by_is_refused_before_any_data_is_touched(project, rule, expected):
    """A rule may name the columns that the table has of a change."""
    define(project, f', expect_all={{"rule": "{rule}"}}', 2)
    land(project, 1, "a,1,x,,1")
    with pytest.raises(RuleError, match=expected):
        project.update()
    assert project.lake.tables() == []


def test_a_rule_that_raises_on_a_change_writes_nothing(project):
    define(project, ', expect_all={"rule": "CAST(note AS INT) > 0"}', 2)
    land(project, 1, "a,1,x,,1")
    assert "one of its expectations raises" in project.update().failures["silver.totals"]
    assert not project.lake.log("silver.totals").exists()


def test_counts_of_an_auto_cdc_table_are_in_the_event_log(project):
    define(project, ALL_KINDS, 2)
    land(project, 1, *FIRST)
    project.run()
    asked = """
        SELECT get_json_object(details, '$.flow_progress.data_quality') AS found FROM silver.event_log
        WHERE event_type = 'flow_progress' AND origin.flow_name = 'of_changes'"""
    (row,) = json.loads(query.answer(project.lake, asked, "json"))
    found = json.loads(row["found"])
    assert found["dropped_records"] == 2
    assert {(e["name"], e["dataset"], e["passed_records"], e["failed_records"]) for e in found["expectations"]} == {
        ("small", "silver.totals", 4, 1),
        ("noted", "silver.totals", 4, 1),
        ("positive", "silver.totals", 3, 2),
        ("known", "silver.totals", 5, 0),
    }
