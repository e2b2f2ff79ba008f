"""Expectations of tables of AUTO CDC from snapshots: each row of a snapshot is checked, when it is applied."""

import pytest

from local_runtime.errors import RuleError
from tests.helpers.project import Project

DROPS = ', expect_all_or_drop={"positive": "amount > 0"}'


@pytest.fixture
def either(tmp_path, spark):
    """A project on the engine of the transforms' tests."""
    return Project(tmp_path, spark)


SNAPSHOTS = """
SNAPSHOTS = {states!r}

def next_snapshot(latest):
    for version, rows in SNAPSHOTS[:int(spark.conf.get("snapshots"))]:
        if latest is None or version > latest:
            return spark.createDataFrame(rows, "id STRING, amount INT"), version
    return None

dp.create_streaming_table("totals"{rules})
dp.create_auto_cdc_from_snapshot_flow(target="totals", source=next_snapshot, keys=["id"], stored_as_scd_type={scd_type})
"""
STATES = [
    (1, [("a", 1), ("b", 2), ("c", -3)]),
    (2, [("a", -1), ("b", 20), ("d", -4)]),
    (3, [("a", 3), ("c", 3)]),
]


def of_snapshots(project, rules, scd_type, snapshots, states=STATES):
    code = SNAPSHOTS.format(states=states, rules=rules, scd_type=scd_type)
    project.pipeline("silver", code, snapshots=str(snapshots))


def outcome(project):
    """Of an update: rows that came, and were dropped, and what each rule counted."""
    (result,) = project.run().results
    counts = {e.name: (e.action, e.passed_records, e.failed_records) for e in result.expectations}
    return result.rows_in, result.dropped, counts


@pytest.mark.parametrize("scd_type", [1, 2])
def test_a_row_of_a_snapshot_that_a_rule_drops_leaves_its_key_as_it_was(either, scd_type):
    """It is in the snapshot, so that its key isn't deleted, and it isn't updated by a row that isn't written."""
    rules = DROPS + ', expect_all={"small": "amount < 10"}'
    of_snapshots(either, rules, scd_type, 1)
    counts = {"small": ("ALLOW", 3, 0), "positive": ("DROP", 2, 1)}
    assert outcome(either) == (3, 1, counts)
    of_snapshots(either, rules, scd_type, 2)
    counts = {"small": ("ALLOW", 2, 1), "positive": ("DROP", 1, 2)}
    assert outcome(either) == (3, 2, counts)
    second = [("a", 1), ("b", 20)], [("a", 1, 1, None), ("b", 2, 1, 2), ("b", 20, 2, None)]
    assert either.rows("silver.totals") == second[scd_type - 1]
    of_snapshots(either, rules, scd_type, 3)
    either.run()
    history = [("a", 1, 1, 3), ("a", 3, 3, None), ("b", 2, 1, 2), ("b", 20, 2, 3), ("c", 3, 3, None)]
    assert either.rows("silver.totals") == ([("a", 3), ("c", 3)] if scd_type == 1 else history)


@pytest.mark.parametrize("scd_type", [1, 2])
def test_a_failing_rule_stops_at_the_snapshot_that_breaks_it(project, scd_type):
    rules = ', expect_all_or_fail={"no_d": "id <> \'d\'"}'
    of_snapshots(project, rules, scd_type, 3)
    assert "no_d (1 of 3 rows)" in project.update().failures["silver.totals"]
    assert [row[:2] for row in project.rows("silver.totals")] == [("a", 1), ("b", 2), ("c", -3)]


def test_rows_that_were_written_before_a_rule_stay(project):
    of_snapshots(project, "", 2, 1)
    project.run()
    of_snapshots(project, DROPS, 2, 3)
    project.run()
    assert ("c", -3, 1, 2) in project.rows("silver.totals")


def test_a_dropping_rule_may_leave_one_row_of_a_key(project):
    states = [(1, [("a", 1)]), (2, [("a", 2), ("a", -2), (None, -1)])]
    of_snapshots(project, DROPS, 2, 2, states)
    project.run()
    assert project.rows("silver.totals") == [("a", 1, 1, 2), ("a", 2, 2, None)]


SOURCE = """
@dp.table
def states():
    return read_csv("states", **{"cloudFiles.schemaHints": "amount INT"}).select("id", "amount")
"""


def test_a_table_is_a_snapshot_under_rules(project):
    project.pipeline("bronze", SOURCE)
    code = "dp.create_streaming_table('totals'{})\n"
    code += "dp.create_auto_cdc_from_snapshot_flow(target='totals', source='bronze.states', keys=['id'])"
    project.pipeline("silver", code.format(DROPS))
    project.land("states/1.csv", "id,amount\na,1\nb,-1\n")
    project.run()
    assert project.rows("silver.totals", "id", "amount") == [("a", 1)]
    project.pipeline("silver", code.format(', expect_all={"rule": "missing > 0"}'))
    with pytest.raises(RuleError, match="missing"):
        project.update()


def test_a_rule_that_a_given_snapshot_cannot_be_checked_by_writes_nothing(project):
    """What a function gives is known when it runs."""
    of_snapshots(project, ', expect_all={"rule": "missing > 0"}', 2, 1)
    assert "silver.totals: its query or one of its expectations raises" in project.update().failures["silver.totals"]
    assert not project.lake.log("silver.totals").exists()
