"""Keys, sequences and versions of changes and snapshots: which values order them, and which are refused."""

import pytest

from tests.helpers.auto_cdc import FLOW, PEOPLE, SCD_2, failure, land, sources


@pytest.mark.parametrize("line", [",Ann,1", ",Bo,2"])
def test_109_changes_without_a_key_are_refused_and_counted(project, line):
    sources(project, "a")
    project.pipeline("silver", PEOPLE + FLOW.format("bronze.a", ""))
    land(project, "a/1", "1,Ann,1", line, ",Cy,3")
    assert "2 changes of the flow people have no value in a key (id)" in failure(project)
    assert not project.lake.log("silver.people").exists()


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
    ("versions", "message"),
    [
        ("pandas.Timestamp('2021-09-25 00:00:00.000000001')", "timestamps to the microsecond"),
        ("pandas.NaT", "timestamps to the microsecond"),
        ("float('nan')", "AUTO CDC takes numbers"),
        ("True", "AUTO CDC takes numbers"),
        ("numpy.int64(3)", "int64"),
    ],
)
def test_121_a_version_that_no_plain_type_holds_is_refused(project, versions, message):
    project.pipeline("silver", VERSIONS.format(versions), states="1")
    assert message in failure(project)


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
