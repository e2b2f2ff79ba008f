"""Flows into one table: several of them, and functions that read tables of their own pipeline."""

import pytest

from local_runtime.errors import LakehouseError
from local_runtime.update.flows.table_run import TableRun
from local_runtime.update.orchestration import run_update
from tests.helpers.auto_cdc import FLOW, PEOPLE, failure, land, sources


@pytest.mark.parametrize("scd_type", [1, 2])
def test_103_flows_into_one_table_make_one_history(project, scd_type):
    """An older change of one source doesn't win over a newer one of the other, whichever comes first."""
    sources(project, "a", "b")
    more = ", name='{}', except_column_list=['seq'], stored_as_scd_type=" + str(scd_type)
    flows = FLOW.format("bronze.a", more.format("one")) + FLOW.format("bronze.b", more.format("two"))
    project.pipeline("silver", PEOPLE + flows)
    land(project, "a/1", "1,Ann,3", "2,Bo,1")
    land(project, "b/1", "1,Anna,1", "3,Cy,1")
    project.run()
    land(project, "b/2", "1,Anne,2", "2,Bob,4")
    project.run()
    land(project, "a/2", "3,Cyd,0", "2,Bobby,2")
    project.run()
    latest = [("1", "Ann"), ("2", "Bob"), ("3", "Cy")]
    history = [
        ("1", "Ann", 3, None),
        ("1", "Anna", 1, 2),
        ("1", "Anne", 2, 3),
        ("2", "Bo", 1, 2),
        ("2", "Bob", 4, None),
        ("2", "Bobby", 2, 4),
        ("3", "Cy", 1, None),
        ("3", "Cyd", 0, 1),
    ]
    assert project.rows("silver.people") == (latest if scd_type == 1 else history)
    assert sum(result.commits for result in project.run().results) == 0
    project.run("silver.people")
    assert project.rows("silver.people") == (latest if scd_type == 1 else history)
    project.pipeline("silver", PEOPLE + FLOW.format("bronze.a", more.format("one")))
    assert "rows of the flow two, which is gone" in failure(project)


def test_103_flows_of_other_columns_are_refused_before_any_data_is_touched(project):
    sources(project, "a")
    view = (
        "@dp.temporary_view\ndef seen():\n    return spark.readStream.table('bronze.a').withColumn('name', F.lit(1))\n"
    )
    flows = FLOW.format("bronze.a", ", name='one'") + FLOW.format("seen", ", name='two'")
    project.pipeline("silver", view + PEOPLE + flows)
    land(project, "a/1", "1,Ann,3")
    with pytest.raises(LakehouseError, match="one and two differ in these columns or their types: name"):
        project.update()
    assert project.lake.tables() == []


LOOKUP = """
@dp.materialized_view
def lookup():
    return spark.read.table("bronze.a")

def states(latest):
    {first}
    if latest is None:
        spark.range(1).count()
        return spark.read.table("lookup"), 1
    {again}

dp.create_streaming_table("people")
dp.create_auto_cdc_from_snapshot_flow(target="people", source=states, keys=["id"])
"""


@pytest.mark.parametrize(
    ("first", "again"),
    [("pass", "return None"), ("spark.read.table('bronze.a')", "return spark.read.table('lookup'), 2")],
)
def test_106_a_table_of_the_pipeline_that_is_read_after_an_action_is_an_error(project, first, again):
    sources(project, "a")
    project.pipeline("silver", LOOKUP.format(first=first, again=again))
    land(project, "a/1", "1,Ann,3")
    assert "its function reads silver.lookup of its own pipeline" in failure(project)


def test_106_a_definition_that_reads_other_tables_in_a_run_is_an_error(project):
    """A function is called to trace it and to validate it, before it runs."""
    sources(project, "a")
    project.pipeline("silver", """
        calls = []

        @dp.materialized_view
        def lookup():
            return spark.read.table("bronze.a")

        @dp.materialized_view
        def moody():
            calls.append(1)
            return spark.range(1) if len(calls) < 3 else spark.read.table("lookup")
        """)  # fmt: skip
    land(project, "a/1", "1,Ann,3")
    assert "its function reads silver.lookup of its own pipeline" in failure(project, "silver.moody")


def test_106_a_table_that_is_read_first_orders_the_two(project):
    sources(project, "a")
    project.pipeline("silver", LOOKUP.format(first="spark.read.table('lookup')", again="return None"))
    land(project, "a/1", "1,Ann,3")
    project.run()
    assert project.rows("silver.people") == [("1", "Ann", 3)]


def test_a_watch_asks_a_function_of_snapshots_again_only_where_a_table_that_it_reads_has_changed(project, monkeypatch):
    sources(project, "a")
    project.pipeline(
        "silver",
        """
        dp.create_streaming_table("people")
        def states(latest):
            rows = spark.read.table("bronze.a")
            found = rows.count()
            return None if found == latest else (rows.select("id").distinct(), found)
        dp.create_auto_cdc_from_snapshot_flow(target="people", source=states, keys=["id"])
        """,
    )
    land(project, "a/1", "1,Ann,3")
    graph, asked, call = project.graph(), [], TableRun.call

    def recorded(table, reads, function, *latest):
        asked.extend(latest)
        return call(table, reads, function, *latest)

    monkeypatch.setattr(TableRun, "call", recorded)

    def update():
        asked.clear()
        with project.lake.locked():
            assert not run_update(project.session, graph, project.lake, graph.pipelines).failures
        return [*asked]

    assert update() == [None, 1]
    assert update() == []
    land(project, "a/2", "2,Bo,1")
    assert update() == [1, 2]
    assert update() == []
