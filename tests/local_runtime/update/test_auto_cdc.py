"""AUTO CDC as Databricks documents it: https://docs.databricks.com/aws/en/ldp/cdc"""

import itertools

import pytest

from local_runtime.errors import LakehouseError, UnsupportedError

SOURCE = """
@dp.table
def changes():
    return read_csv("changes", **{"cloudFiles.schemaHints": "seq INT"}).select("id", "name", "city", "op", "seq")
"""
FLOW = """
dp.create_streaming_table("people")
dp.create_auto_cdc_flow(
    target="people", source="bronze.changes", keys=["id"], sequence_by="seq",
    apply_as_deletes="op = 'DELETE'", except_column_list=["op", "seq"], stored_as_scd_type=%s%s,
)
"""
CHANGES = ["1,Ann,Rome,,1", "1,Ann,Oslo,,3", "2,Bo,Bern,,2", "2,Bo,Bern,DELETE,4", "1,Anna,Oslo,,6", "2,Bo,Kyiv,,8"]
SCD_1 = [("1", "Anna", "Oslo"), ("2", "Bo", "Kyiv")]
SCD_2 = [
    ("1", "Ann", "Oslo", 3, 6),
    ("1", "Ann", "Rome", 1, 3),
    ("1", "Anna", "Oslo", 6, None),
    ("2", "Bo", "Bern", 2, 4),
    ("2", "Bo", "Kyiv", 8, None),
]


def land(project, number, lines):
    project.land(f"changes/{number:03}.csv", "id,name,city,op,seq\n" + "\n".join(lines) + "\n")


def setup(project, scd_type, more=""):
    project.pipeline("bronze", SOURCE)
    project.pipeline("silver", FLOW % (scd_type, more))


@pytest.mark.parametrize(("scd_type", "expected"), [(1, SCD_1), (2, SCD_2)])
@pytest.mark.parametrize("seed", [0, 119, 333, 719])
def test_changes_in_any_order_and_any_number_of_updates_give_the_same_table(project, scd_type, expected, seed):
    setup(project, scd_type)
    order = next(itertools.islice(itertools.permutations(CHANGES), seed, None))
    for number, place in enumerate(range(0, 6, 2)):
        land(project, number, order[place : place + 2])
        project.run()
    assert project.rows("silver.people") == expected


def test_a_delete_that_comes_before_its_insert_is_remembered(project):
    setup(project, 2)
    land(project, 1, ["1,Ann,Rome,DELETE,5"])
    project.run()
    land(project, 2, ["1,Ann,Rome,,4"])
    project.run()
    assert project.rows("silver.people") == [("1", "Ann", "Rome", 4, 5)]


def test_a_change_of_no_tracked_column_updates_the_version_that_stands(project):
    setup(project, 2, ', track_history_except_column_list=["city"]')
    land(project, 1, ["1,Ann,Rome,,1", "1,Ann,Oslo,,2", "1,Anna,Oslo,,3"])
    project.run()
    assert project.rows("silver.people") == [("1", "Ann", "Oslo", 1, 3), ("1", "Anna", "Oslo", 3, None)]


def test_two_changes_of_one_key_at_one_time_have_the_same_winner_in_any_order(project):
    setup(project, 1)
    land(project, 1, ["1,Ann,Rome,,1", "1,Bea,Rome,,1"])
    project.run()
    first = project.rows("silver.people")
    land(project, 1 + 1, ["2,x,y,,1"])
    project.run("bronze.changes", "silver.people")
    assert project.rows("silver.people")[:1] == first
    assert len(first) == 1


def test_a_change_without_a_sequence_is_refused(project):
    setup(project, 2)
    land(project, 1, ["1,Ann,Rome,,"])
    assert "1 changes have no sequence_by value" in project.update().failures["silver.people"]


@pytest.mark.parametrize("argument", ["ignore_null_updates=True", "apply_as_truncates='true'", "once=True"])
def test_an_argument_that_is_not_supported_is_refused_by_name(project, argument):
    setup(project, 1, f", {argument}")
    with pytest.raises(UnsupportedError, match=argument.partition("=")[0]):
        project.graph()


def test_lists_that_exclude_each_other_are_refused(project):
    setup(project, 2, ', column_list=["id"]')
    with pytest.raises(LakehouseError, match="column_list and except_column_list exclude each other"):
        project.graph()


SNAPSHOTS = """
SNAPSHOTS = [
    (1, [("a", "x", 1), ("b", "y", 1)]),
    (2, [("a", "x", 2), ("c", "z", 1), (None, None, None)][:%s]),
    (3, [("a", "w", 3), ("b", "y", 1)]),
]

def next_snapshot(latest):
    for version, rows in SNAPSHOTS[:int(spark.conf.get("snapshots"))]:
        if latest is None or version > latest:
            return spark.createDataFrame(rows, "id STRING, name STRING, seen INT"), version
    return None

dp.create_streaming_table("things")
dp.create_auto_cdc_from_snapshot_flow(
    target="things", source=next_snapshot, keys=["id"], stored_as_scd_type=%s,
    track_history_except_column_list=["seen"],
)
"""


def test_snapshots_make_history(project):
    project.pipeline("silver", SNAPSHOTS % (2, 2), snapshots="2")
    project.run()
    after_two = [("a", "x", 2, 1, None), ("b", "y", 1, 1, 2), ("c", "z", 1, 2, None)]
    assert project.rows("silver.things") == after_two
    project.pipeline("silver", SNAPSHOTS % (2, 2), snapshots="3")
    project.run()
    assert project.rows("silver.things") == [
        ("a", "w", 3, 3, None),
        ("a", "x", 2, 1, 3),
        ("b", "y", 1, 1, 2),
        ("b", "y", 1, 3, None),
        ("c", "z", 1, 2, 3),
    ]
    assert project.run().results[0].commits == 0


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("None", "FIRST_SNAPSHOT_EMPTY"),
        ("(spark.createDataFrame([], 'id STRING'), 1)", "OUT_OF_ORDER_SNAPSHOT_VERSION"),
        ("(spark.createDataFrame([], 'id STRING'), 2 if latest is None else 'b')", "of another type"),
    ],
)
def test_snapshots_that_databricks_refuses_are_refused(project, found, said):
    """No first snapshot, and versions that don't rise (which would run for ever here)."""
    project.pipeline("silver", f"""
        dp.create_streaming_table("things")
        dp.create_auto_cdc_from_snapshot_flow(target="things", source=lambda latest: {found}, keys=["id"])
        """)  # fmt: skip
    assert said in project.update().failures["silver.things"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "2"),
        ("1.5", "2.5"),
        ("'a'", "'b'"),
        ("b'a'", "b'b'"),
        ("datetime.date(2021, 9, 25)", "datetime.date(2021, 9, 26)"),
        ("datetime.datetime(2021, 9, 25, 1, 2, 3, 456789)", "datetime.datetime(2021, 9, 26)"),
        ("decimal.Decimal('1.5')", "decimal.Decimal('2.5')"),
    ],
)
def test_a_version_comes_back_as_it_went(project, one, other):
    project.pipeline("silver", f"""
        import datetime, decimal

        def next_state(latest):
            later = [version for version in ({one}, {other}) if latest is None or version > latest]
            return (spark.createDataFrame([("a",)], "id STRING"), later[0]) if later else None

        dp.create_streaming_table("t")
        dp.create_auto_cdc_from_snapshot_flow(target="t", source=next_state, keys=["id"], stored_as_scd_type=1)
        """)  # fmt: skip
    assert project.run().results[0].commits == 2
    assert project.run().results[0].commits == 0


def test_snapshots_of_scd_type_1_keep_the_last_one(project):
    project.pipeline("silver", SNAPSHOTS % (2, 1), snapshots="3")
    project.run()
    assert project.rows("silver.things") == [("a", "w", 3), ("b", "y", 1)]


def test_a_snapshot_with_a_null_key_is_refused_and_the_one_before_stays(project):
    project.pipeline("silver", SNAPSHOTS % (3, 2), snapshots="3")
    assert "a key may not be null" in project.update().failures["silver.things"]
    assert len(project.rows("silver.things")) == 2


def test_a_full_refresh_builds_history_anew(project):
    project.pipeline("silver", SNAPSHOTS % (2, 2), snapshots="3")
    project.run()
    before = project.rows("silver.things")
    project.run("silver.things")
    assert project.rows("silver.things") == before


def test_a_table_as_snapshot_source_is_taken_once_a_version(project):
    project.pipeline("bronze", SOURCE)
    project.pipeline("silver", """
        dp.create_streaming_table("people")
        dp.create_auto_cdc_from_snapshot_flow(
            target="people", source="bronze.changes", keys=["id"], stored_as_scd_type=2
        )
        """)  # fmt: skip
    land(project, 1, ["1,Ann,Rome,,1"])
    project.run()
    assert project.run().results[1].commits == 0
    land(project, 2, ["2,Bo,Bern,,1"])
    project.run()
    assert [row[0] for row in project.rows("silver.people")] == ["1", "2"]
