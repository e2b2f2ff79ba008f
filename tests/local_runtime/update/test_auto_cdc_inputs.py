"""What AUTO CDC may be given: flows, views, columns, sequences, keys and versions."""

import pytest

from local_runtime.errors import LakehouseError

HINTS = {"cloudFiles.schemaHints": "seq INT", "cloudFiles.schemaEvolutionMode": "addNewColumns"}
SOURCE = """
@dp.table
def {0}():
    return read_csv("{0}", **{1}).drop("_corrupt_record", "_rescued_data")

"""
PEOPLE = 'dp.create_streaming_table("people")\n'
FLOW = 'dp.create_auto_cdc_flow(target="people", source="{}", keys=["id"], sequence_by="seq"{})\n'
SCD_2 = ", stored_as_scd_type=2, except_column_list=['seq']"


def sources(project, *names, hints="seq INT"):
    project.pipeline(
        "bronze", "".join(SOURCE.format(name, {**HINTS, "cloudFiles.schemaHints": hints}) for name in names)
    )


def land(project, name, *lines, header="id,name,seq"):
    project.land(f"{name}.csv", "\n".join([header, *lines]) + "\n")


def failure(project, table="silver.people"):
    return project.update().failures[table]


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


@pytest.mark.parametrize("line", [",Ann,1", ",Bo,2"])
def test_109_changes_without_a_key_are_refused_and_counted(project, line):
    sources(project, "a")
    project.pipeline("silver", PEOPLE + FLOW.format("bronze.a", ""))
    land(project, "a/1", "1,Ann,1", line, ",Cy,3")
    assert "2 changes of the flow people have no value in a key (id)" in failure(project)
    assert not project.lake.log("silver.people").exists()


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
    assert "has the columns name, which the changes of the flow people don't have any more" in failure(project)
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
    whole = [*ended, ("1", "Ann", "Rome", 2, None), ("2", "Bo", None, 1, None)]
    assert project.rows("silver.people", *columns) == sorted((row[: len(columns)] for row in whole), key=repr)


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
    ("arguments", "said"),
    [
        ("keys=['nope'], sequence_by='seq'", "keys names nope, and its columns are id, name, seq"),
        ("keys=['id'], sequence_by='nope'", "its query is wrong"),
        ("keys=['id'], sequence_by='seq', except_column_list=['nope']", "except_column_list names nope"),
        ("keys=['id'], sequence_by='seq', except_column_list=['id']", "keys names id"),
    ],
)
def test_118_what_a_view_does_not_have_is_said_before_any_data_is_touched(project, arguments, said):
    sources(project, "a")
    view = '@dp.temporary_view\ndef seen():\n    return spark.readStream.table("bronze.a")\n'
    project.pipeline("silver", view + PEOPLE + f'dp.create_auto_cdc_flow(target="people", source="seen", {arguments})')
    land(project, "a/1", "1,Ann,1")
    with pytest.raises(LakehouseError, match=said):
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


STRUCT = ', stored_as_scd_type=2, except_column_list=["ts", "seq"]'


def test_121_a_struct_orders_changes_by_its_fields(project):
    """Nulls come first; __START_AT and __END_AT have the struct's type."""
    sources(project, "a", hints="ts INT, seq INT")
    flow = FLOW.format("bronze.a", STRUCT).replace('sequence_by="seq"', 'sequence_by=F.struct("ts", "seq")')
    project.pipeline("silver", PEOPLE + flow)
    land(project, "a/1", "1,c,2,1", "1,b,1,9", header="id,name,ts,seq")
    project.run()
    land(project, "a/2", "1,d,2,2", "1,a,,99", "2,x,,1", "2,y,1,", header="id,name,ts,seq")
    project.run()

    def at(ts, seq):
        return {"ts": ts, "seq": seq}

    assert project.rows("silver.people") == [
        ("1", "a", at(None, 99), at(1, 9)),
        ("1", "b", at(1, 9), at(2, 1)),
        ("1", "c", at(2, 1), at(2, 2)),
        ("1", "d", at(2, 2), None),
        ("2", "x", at(None, 1), at(1, None)),
        ("2", "y", at(1, None), None),
    ]
    land(project, "a/3", "1,e,,", header="id,name,ts,seq")
    assert "1 changes have no sequence_by value" in failure(project)


@pytest.mark.parametrize("key", ["'`the.id`'", "F.col('`the.id`')", "'`THE.id`'"])
def test_121_keys_with_dots_in_their_names(project, key):
    sources(project, "a")
    flows = FLOW.replace('["id"]', f"[{key}]").format("bronze.a", SCD_2)
    states = (
        f'dp.create_auto_cdc_from_snapshot_flow(target="states", source="bronze.a", keys=[{key}], stored_as_scd_type=2)'
    )
    project.pipeline("silver", PEOPLE + flows + 'dp.create_streaming_table("states")\n' + states)
    land(project, "a/1", "1,Ann,1", header="the.id,b.c,seq")
    project.run()
    land(project, "a/2", "2,Cy,1", header="the.id,b.c,seq")
    project.run()
    assert project.rows("silver.people") == [("1", "Ann", 1, None), ("2", "Cy", 1, None)]
    assert project.rows("silver.states", "the.id", "b.c", "seq") == [("1", "Ann", 1), ("2", "Cy", 1)]


VERSIONS = """
import numpy, pandas
from datetime import UTC, datetime

def states(latest):
    later = [version for version in [{0}][:int(spark.conf.get("states"))] if latest is None or version > latest]
    return (spark.createDataFrame([(1,)], "id INT"), later[0]) if later else None

dp.create_streaming_table("people")
dp.create_auto_cdc_from_snapshot_flow(target="people", source=states, keys=["id"])
"""


@pytest.mark.parametrize(
    "versions",
    [
        "pandas.Timestamp('2021-09-25 01:02:03.456789'), pandas.Timestamp('2021-09-26')",
        "pandas.Timestamp('2021-09-25', tz='UTC'), pandas.Timestamp('2021-09-26', tz='UTC')",
        "numpy.float64(1.5), 2.5",
        "numpy.str_('a'), 'b'",
    ],
)
def test_121_a_version_of_a_derived_type_is_of_its_plain_one(project, versions):
    for number in (1, 2):
        project.pipeline("silver", VERSIONS.format(versions), states=str(number))
        assert project.run().results[0].commits == 1
    assert project.run().results[0].commits == 0


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ("pandas.Timestamp('2021-09-25 00:00:00.000000001')", "timestamps to the microsecond"),
        ("pandas.NaT", "timestamps to the microsecond"),
        ("float('nan')", "AUTO CDC takes numbers"),
        ("True", "AUTO CDC takes numbers"),
        ("numpy.int64(3)", "int64"),
    ],
)
def test_121_a_version_that_no_plain_type_holds_is_refused(project, versions, said):
    project.pipeline("silver", VERSIONS.format(versions), states="1")
    assert said in failure(project)


def test_121_a_version_with_a_time_zone_is_not_compared_with_one_without(project):
    project.pipeline("silver", """
        from datetime import UTC, datetime

        def states(latest):
            version = datetime(2021, 9, 25) if latest is None else datetime(2021, 9, 26, tzinfo=UTC)
            return spark.createDataFrame([(1,)], "id INT"), version

        dp.create_streaming_table("people")
        dp.create_auto_cdc_from_snapshot_flow(target="people", source=states, keys=["id"])
        """)  # fmt: skip
    assert "OUT_OF_ORDER_SNAPSHOT_VERSION" in failure(project)


def test_history_that_older_code_made_is_told_until_a_full_refresh(project):
    def told(outcome):
        return [result.dataset for result in outcome.results if result.is_of_older_code]

    assert told(states(project, 2, ONE).run()) == []
    assert told(project.run()) == []
    states(project, 2, ONE, WITH_CITY)
    assert told(project.run()) == ["silver.people"]
    assert told(project.run("silver.people")) == []
    assert told(project.run()) == []
