"""Changes and snapshots that come through views."""

import pytest

from local_runtime.errors import LakehouseError
from tests.helpers.auto_cdc import FLOW, PEOPLE, land, sources

VIEWS = """
@dp.temporary_view
@dp.expect_or_drop("has_name", "name IS NOT NULL")
def named():
    return spark.{0}.table("bronze.a").withColumn("name", F.upper("name"))

@dp.temporary_view
def seen():
    return spark.{0}.table("named").join(spark.read.table("bronze.cities"), "id", "left")

dp.create_streaming_table("people")
"""


def cities(project):
    sources(project, "a", "cities", hints="_corrupt_record STRING")
    land(project, "cities/1", "1,Rome", header="id,city")


@pytest.mark.parametrize("scd_type", [1, 2])
def test_118_changes_come_through_views_under_the_views_rules(project, scd_type):
    cities(project)
    flow = FLOW.format("seen", f", stored_as_scd_type={scd_type}, column_list=['id', 'name', 'city']")
    project.pipeline("silver", VIEWS.format("readStream") + flow)
    land(project, "a/1", "1,Ann,1", "2,Bo,1", "2,,2")
    project.run()
    land(project, "a/2", "1,Anna,2", ",,3")
    project.run()
    latest = [("1", "ANNA", "Rome"), ("2", "BO", None)]
    history = [("1", "ANN", "Rome", "1", "2"), ("1", "ANNA", "Rome", "2", None), ("2", "BO", None, "1", None)]
    assert project.rows("silver.people") == (latest if scd_type == 1 else history)


def test_118_a_view_is_a_snapshot(project):
    """Applied again where a table that it reads has changed, or its code."""
    cities(project)
    flow = 'dp.create_auto_cdc_from_snapshot_flow(target="people", source="seen", keys=["id"])\n'
    project.pipeline("silver", VIEWS.format("read") + flow)
    land(project, "a/1", "1,Ann,1", "2,,1")
    project.run()
    assert project.rows("silver.people", "id", "name", "city") == [("1", "ANN", "Rome")]
    assert sum(result.commits for result in project.run().results) == 0
    land(project, "a/2", "3,Cy,1")
    project.run()
    assert project.rows("silver.people", "name") == [("ANN",), ("CY",)]
    project.pipeline("silver", VIEWS.format("read").replace("F.upper", "F.lower") + flow)
    project.run()
    assert project.rows("silver.people", "name") == [("ann",), ("cy",)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("keys=['nope'], sequence_by='seq'", "keys names nope, and its columns are id, name, seq"),
        ("keys=['id'], sequence_by='nope'", "its query is wrong"),
        ("keys=['id'], sequence_by='seq', except_column_list=['nope']", "except_column_list names nope"),
        ("keys=['id'], sequence_by='seq', except_column_list=['id']", "keys names id"),
    ],
)
def test_118_what_a_view_does_not_have_is_said_before_any_data_is_touched(project, arguments, message):
    sources(project, "a")
    view = '@dp.temporary_view\ndef seen():\n    return spark.readStream.table("bronze.a")\n'
    project.pipeline("silver", view + PEOPLE + f'dp.create_auto_cdc_flow(target="people", source="seen", {arguments})')
    land(project, "a/1", "1,Ann,1")
    with pytest.raises(LakehouseError, match=message):
        project.update()
    assert project.lake.tables() == []


def test_118_a_view_with_the_columns_that_auto_cdc_adds_is_refused(project):
    sources(project, "a")
    project.folders("a")
    rows = "spark.readStream.table('bronze.a').withColumn('__end_at', F.lit(1))"
    project.pipeline(
        "silver", f"@dp.temporary_view\ndef seen():\n    return {rows}\n" + PEOPLE + FLOW.format("seen", "")
    )
    with pytest.raises(LakehouseError, match="columns called __end_at"):
        project.update()
