"""Changes that rules of an AUTO CDC table dropped are remembered, so that they stay out."""

import textwrap
from pathlib import Path

import pytest
from deltalake import DeltaTable

from local_runtime.lake.progress import progress_of
from local_runtime.lake.segments import FOLDER
from local_runtime.lake.vacuum import vacuum
from tests.project import Project

CHANGES = """
@dp.table
def changes():
    return read_csv("changes", **{"cloudFiles.schemaHints": "amount INT, seq INT"}).select("id", "amount", "seq")
"""
TARGET = 'dp.create_streaming_table("totals"{})\n'
FLOW = """
dp.create_auto_cdc_flow(
    target="totals", source="bronze.changes", keys=["id"], sequence_by="seq", except_column_list=["seq"],
    stored_as_scd_type=2,
)
"""
DROPS = ', expect_all_or_drop={"positive": "amount > 0"}'


@pytest.fixture
def either(tmp_path, spark):
    """A project on the engine of the transforms' tests."""
    return Project(tmp_path, spark)


def define(project, rules):
    project.pipeline("bronze", CHANGES)
    project.pipeline("silver", TARGET.format(rules) + FLOW)


def land(project, number, *lines):
    project.land(f"changes/{number}.csv", "\n".join(["id,amount,seq", *lines]) + "\n")


def test_a_change_that_comes_again_after_a_rule_was_added_takes_nothing_away(either):
    """Of equal changes only as many are left out as were dropped."""
    define(either, "")
    land(either, 1, "a,-1,1", "a,-1,1")
    either.run()
    define(either, DROPS)
    land(either, 2, "a,-1,1", "b,1,1")
    either.run()
    land(either, 3, "a,2,2")
    either.run()
    assert either.rows("silver.totals") == [("a", -1, 1, 2), ("a", 2, 2, None), ("b", 1, 1, None)]


def dropped_changes(project):
    (flow,) = progress_of(project.lake.log("silver.totals")).flows.values()
    return flow.dropped_changes


@pytest.fixture
def with_dropped(project):
    """A table whose rules have dropped a change of `a` in each of three updates."""
    define(project, DROPS)
    for number in (1, 2, 3):
        land(project, number, f"a,-{number},{number}", f"b,{number},{number}")
        project.run()
    return project


def test_dropped_changes_are_in_few_files_that_a_vacuum_keeps(with_dropped):
    (segment,) = dropped_changes(with_dropped)
    assert segment.records == 3
    log = with_dropped.lake.log("silver.totals")
    vacuum(log, 0)
    assert (log.path / FOLDER / segment.name).is_file()


def test_a_restore_brings_back_what_was_dropped_at_its_time(with_dropped):
    DeltaTable(str(with_dropped.lake.path("silver.totals"))).restore(0)
    define(with_dropped, "")
    land(with_dropped, 4, "a,4,4")
    with_dropped.run()
    of_a = [row[1:] for row in with_dropped.rows("silver.totals") if row[0] == "a"]
    assert of_a == [(-2, 2, 3), (-3, 3, 4), (4, 4, None)]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_lost_dropped_changes_are_an_error_that_says_what_to_do(with_dropped, damage):
    (segment,) = dropped_changes(with_dropped)
    damage(with_dropped.lake.path("silver.totals") / FOLDER / segment.name)
    land(with_dropped, 4, "a,4,4")
    message = with_dropped.update().failures["silver.totals"]
    assert "which says which changes the rules of the table" in message
    assert "refresh the table in full" in message


def test_dropped_changes_outlast_new_columns_and_have_any_sequence(either):
    """A struct as the sequence, and a column that changes have only later."""
    hints = {"cloudFiles.schemaHints": "at INT, seq INT, amount INT", "cloudFiles.schemaEvolutionMode": "addNewColumns"}
    source = f"read_csv('changes', **{hints!r}).drop('_corrupt_record', '_rescued_data')"
    either.pipeline("bronze", f"@dp.table\ndef changes():\n    return {source}")
    either.pipeline("silver", TARGET.format(DROPS) + textwrap.dedent("""
        dp.create_auto_cdc_flow(
            target="totals", source="bronze.changes", keys=["id"], sequence_by=F.struct("at", "seq"),
            except_column_list=["at", "seq"], stored_as_scd_type=2,
        )
        """))  # fmt: skip
    either.land("changes/1.csv", "id,amount,at,seq\na,1,1,1\na,-1,1,\na,-1,1,2\n")
    either.run()
    either.land("changes/2.csv", "id,amount,at,seq,city\na,2,2,1,Rome\na,-2,2,2,\n")
    either.run()
    assert either.rows("silver.totals", "id", "amount", "city") == [("a", 1, None), ("a", 2, "Rome")]


def test_dropped_changes_stay_out_whatever_the_flow_makes_of_them_later(with_dropped):
    """They are known by their rows of the source: other columns, another sequence and other deletes change nothing."""
    flow = FLOW.replace('except_column_list=["seq"]', 'apply_as_deletes="amount = -3"').replace(
        'sequence_by="seq"', 'sequence_by=F.col("seq") * 10'
    )
    with_dropped.pipeline("silver", TARGET.format("") + flow)
    land(with_dropped, 4, "a,4,4")
    with_dropped.run()
    assert [row for row in with_dropped.rows("silver.totals", "id", "amount") if row[0] == "a"] == [("a", 4)]


VIEW = """
@dp.temporary_view
def seen():
    return spark.readStream.table("bronze.changes").withColumn("amount", F.col("amount") {})

"""


def test_dropped_changes_that_a_view_gives_in_another_form_need_a_full_refresh(project):
    project.pipeline("bronze", CHANGES)
    flow = FLOW.replace("bronze.changes", "seen")
    project.pipeline("silver", VIEW.format("* 1") + TARGET.format(DROPS) + flow)
    land(project, 1, "a,-1,1", "b,1,1")
    project.run()
    project.pipeline("silver", VIEW.format("* -1") + TARGET.format(DROPS) + flow)
    land(project, 2, "b,-2,2")
    project.run()
    land(project, 3, "a,-2,2")
    message = project.update().failures["silver.totals"]
    assert "changes of the flow totals that a view gives in another form now" in message
    project.run("silver.totals")
    assert project.rows("silver.totals") == [("a", 1, 1, 2), ("a", 2, 2, None), ("b", 2, 2, None)]


def test_columns_that_cannot_be_compared_make_no_difference(project):
    """Maps: changes are known by their other columns."""
    project.pipeline("bronze", CHANGES.replace('"seq")', '"seq", F.create_map(F.lit("k"), "id").alias("m"))'))
    flow = FLOW.replace('["seq"]', '["seq", "m"]')
    project.pipeline("silver", TARGET.format(DROPS) + flow)
    land(project, 1, "a,-1,1", "a,1,2")
    project.run()
    land(project, 2, "a,2,3")
    project.run()
    assert project.rows("silver.totals") == [("a", 1, 2, 3), ("a", 2, 3, None)]
