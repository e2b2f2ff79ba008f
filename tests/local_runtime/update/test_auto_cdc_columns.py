"""Columns of changes and snapshots: new, missing and retyped ones."""

import pytest

from tests.helpers.auto_cdc import FLOW, PEOPLE, SCD_2, failure, land, sources

STATES = """
STATES = {}

def states(latest):
    later = [state for state in STATES[:int(spark.conf.get("states"))] if latest is None or state[0] > latest]
    return (spark.createDataFrame(later[0][2], later[0][1]), later[0][0]) if later else None

dp.create_streaming_table("people")
dp.create_auto_cdc_from_snapshot_flow(
    target="people", source=states, keys=["id"], stored_as_scd_type={}, track_history_except_column_list=["seen"]
)
"""


def states(project, scd_type, *given):
    project.pipeline("silver", STATES.format(list(given), scd_type), states=str(len(given)))
    return project


ONE = (1, "id INT, name STRING, seen INT", [(1, "Ann", 7), (2, "Bo", 7)])
WITHOUT_NAME = (2, "id INT, seen INT", [(1, 8), (3, 8)])
WITH_CITY = (3, "id INT, name STRING, seen INT, city STRING", [(1, "Ann", 9, "Rome")])


def test_109_a_snapshot_without_a_column_erases_nothing(project):
    """What it lacks is null in it: a change like any other, so the version that ends keeps its value."""
    states(project, 2, ONE, WITHOUT_NAME).run()
    assert project.rows("silver.people", "id", "name", "seen", "__START_AT", "__END_AT") == [
        (1, "Ann", 7, 1, 2),
        (1, None, 8, 2, None),
        (2, "Bo", 7, 1, 2),
        (3, None, 8, 2, None),
    ]
    states(project, 1, ONE, WITHOUT_NAME, WITH_CITY)
    assert "kept SCD 2 by id and keeps SCD 1 by id now" in failure(project)


def test_109_changes_without_a_column_of_the_table_are_refused(project):
    sources(project, "a")
    project.pipeline("silver", PEOPLE + FLOW.format("bronze.a", SCD_2))
    land(project, "a/1", "1,Ann,1")
    project.run()
    before = project.rows("silver.people")
    project.pipeline("silver", PEOPLE + FLOW.format("bronze.a", SCD_2.replace("['seq']", "['seq', 'name']")))
    land(project, "a/2", "1,Anna,2")
    said = failure(project)
    assert "has the columns name, which the changes of the flow people don't have any more" in said
    assert project.rebuild("silver.people") in said
    assert project.rows("silver.people") == before


def test_117_a_new_column_of_a_snapshot_widens_the_table(project):
    states(project, 2, ONE, WITH_CITY).run()
    assert project.rows("silver.people", "id", "name", "city", "__START_AT", "__END_AT") == [
        (1, "Ann", "Rome", 3, None),
        (1, "Ann", None, 1, 3),
        (2, "Bo", None, 1, 3),
    ]


@pytest.mark.parametrize(("more", "ended"), [("", []), (SCD_2, [("1", "Ann", None, 1, 2)])])
def test_117_a_new_column_of_changes_widens_the_table(project, more, ended):
    sources(project, "a")
    project.pipeline("silver", PEOPLE + FLOW.format("bronze.a", more or ", except_column_list=['seq']"))
    land(project, "a/1", "1,Ann,1", "2,Bo,1")
    project.run()
    land(project, "a/2", "1,Ann,2,Rome", header="id,name,seq,city")
    project.run()
    columns = ["id", "name", "city", "__START_AT", "__END_AT"][: 5 if more else 3]
    history = [*ended, ("1", "Ann", "Rome", 2, None), ("2", "Bo", None, 1, None)]
    assert project.rows("silver.people", *columns) == sorted((row[: len(columns)] for row in history), key=repr)


def test_117_a_declared_schema_decides(project):
    sources(project, "a")
    declared = 'dp.create_streaming_table("people", schema="id STRING, name STRING, seq INT")\n'
    project.pipeline("silver", declared + FLOW.format("bronze.a", ""))
    land(project, "a/1", "1,Ann,1")
    project.run()
    land(project, "a/2", "1,Ann,2,Rome", header="id,name,seq,city")
    assert "city is not declared" in failure(project)


def test_117_a_column_that_changes_its_type_is_refused(project):
    other_type = (2, "id INT, name INT, seen INT", [(1, 5, 7)])
    states(project, 2, ONE, other_type)
    assert "column name is string there, and int in the rows to write" in failure(project)


def test_history_that_older_code_made_is_told_until_a_full_refresh(project):
    def of_older_code(outcome):
        return [result.dataset for result in outcome.results if result.is_of_older_code]

    assert of_older_code(states(project, 2, ONE).run()) == []
    assert of_older_code(project.run()) == []
    states(project, 2, ONE, WITH_CITY)
    assert of_older_code(project.run()) == ["silver.people"]
    assert of_older_code(project.run("silver.people")) == []
    assert of_older_code(project.run()) == []
