"""Partitioned tables, and views that are refreshed by the partitions that changed."""

import json
from datetime import date

import pytest
from deltalake import DeltaTable

from local_runtime.errors import LakehouseError
from tests.helpers.partitions import BRONZE, DAYS, counts, files, refresh
from tests.helpers.tables import table_rows


@pytest.fixture
def daily(project):
    """Events of four days, and a view that counts them by day."""
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", DAYS)
    project.land("events/1.csv", "day,id,value\n" + "".join(f"2024-01-0{day},{day},x\n" for day in (1, 2, 3, 4)))
    project.run()
    return project


def test_a_partitioned_table_is_one_to_other_readers(daily):
    table = DeltaTable(str(daily.lake.path("bronze.events")))
    assert table.metadata().partition_columns == ["day"]
    only = table.to_pyarrow_table(filters=[("day", "=", date(2024, 1, 2))])
    assert only.to_pylist()[0]["id"] == "2"


def test_a_partition_without_a_value_is_null_and_no_other(project):
    project.pipeline("bronze", BRONZE)
    project.land("events/1.csv", "day,id,value\n2024-01-01,a,x\n,n,x\n")
    project.run()
    found = table_rows(project.lake, "bronze.events")
    assert {row["id"]: str(row["day"]) for row in found} == {"a": "2024-01-01", "n": "None"}


def test_a_view_is_refreshed_by_the_partitions_that_changed(daily):
    before = files(daily, "silver.days")
    daily.land("events/2.csv", "day,id,value\n2024-01-02,9,x\n")
    daily.run()
    assert refresh(daily) == "MAINTENANCE_TYPE_PARTITION_OVERWRITE: 1 of 4 partitions of bronze.events have changed"
    assert counts(daily) == [("2024-01-01", 1), ("2024-01-02", 2), ("2024-01-03", 1), ("2024-01-04", 1)]
    assert len(before & files(daily, "silver.days")) == 3
    assert daily.run().results[-1].commits == 0


def test_a_new_partition_is_added_and_a_rule_holds_in_it(daily):
    daily.land("events/2.csv", "day,id,value\n2024-01-05,9,x\n" + "2024-01-01,7,x\n" * 120)
    daily.run()
    assert "PARTITION_OVERWRITE" in refresh(daily)
    assert counts(daily) == [("2024-01-02", 1), ("2024-01-03", 1), ("2024-01-04", 1), ("2024-01-05", 1)]


def test_a_partition_that_is_gone_from_the_source_goes(daily):
    DeltaTable(str(daily.lake.path("bronze.events"))).delete("day = '2024-01-03'")
    daily.run()
    assert "PARTITION_OVERWRITE" in refresh(daily)
    assert counts(daily) == [("2024-01-01", 1), ("2024-01-02", 1), ("2024-01-04", 1)]


def test_a_restore_of_the_source_is_taken_in(daily):
    daily.land("events/2.csv", "day,id,value\n2024-01-02,9,x\n")
    daily.run()
    DeltaTable(str(daily.lake.path("bronze.events"))).restore(0)
    daily.run()
    assert counts(daily)[1] == ("2024-01-02", 2)


def test_a_view_that_gets_other_partitions_is_built_again(daily):
    before = counts(daily)
    daily.pipeline("silver", DAYS.replace('partition_cols=["day"]', ""))
    daily.run()
    assert len(files(daily, "silver.days")) == 1
    daily.pipeline("silver", DAYS)
    daily.run()
    assert (len(files(daily, "silver.days")), counts(daily)) == (4, before)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda project: project.pipeline("silver", DAYS.replace("n < 100", "n < 99")), "its code has changed"),
        (
            lambda project: project.land(
                "events/2.csv", "day,id,value\n" + "".join(f"2024-01-0{day},8,x\n" for day in (1, 2, 3, 4))
            ),
            "nearly all",
        ),
        (lambda project: DeltaTable(str(project.lake.path("silver.days"))).delete("n = 1"), "another program"),
    ],
)
def test_else_a_view_is_refreshed_in_full_and_says_why(daily, change, why):
    change(daily)
    daily.run()
    assert refresh(daily).startswith("MAINTENANCE_TYPE_COMPLETE_RECOMPUTE")
    assert why in refresh(daily)


def test_the_event_log_says_how_a_view_was_refreshed(daily):
    details = [
        json.loads(row[0])
        for row in daily.rows("silver.event_log", "details", "event_type")
        if row[1] == "planning_information"
    ]
    (technique,) = details[0]["planning_information"]["technique_information"]
    assert technique["maintenance_type"] == "MAINTENANCE_TYPE_COMPLETE_RECOMPUTE"
    assert technique["is_chosen"]


def test_a_lake_with_other_partitions_is_refused_until_a_full_refresh(daily):
    daily.pipeline("bronze", BRONZE.replace('["day"]', '["id"]'))
    versions, landing = daily.versions("bronze.events"), daily.root / "landing"
    with pytest.raises(LakehouseError) as refusal:
        daily.update()
    assert str(refusal.value) == (
        f"The lake {daily.lake.root} was filled by other code, which this code can't continue: bronze.events is "
        "partitioned by day in it, and by id now. Build the lake again from its landing folder: in a new folder, "
        f"`./lakehouse run --landing {landing} --lake NEW_FOLDER`, or where it is, "
        f"`./lakehouse run --landing {landing} --lake {daily.lake.root} --full-refresh`."
    )
    assert daily.versions("bronze.events") == versions
    daily.run("bronze.events", "silver.days")
    assert DeltaTable(str(daily.lake.path("bronze.events"))).metadata().partition_columns == ["id"]


def test_partitions_by_what_engines_write_differently_are_refused(project):
    project.pipeline("bronze", BRONZE.replace('.cast("date")', '.cast("double")'))
    project.land("events/1.csv", "day,id,value\n1,1,x\n")
    assert "partitions are by columns of dates" in next(iter(project.update().failures.values()))


@pytest.mark.parametrize("nothing", ['""', "__HIVE_DEFAULT_PARTITION__"])
def test_a_text_that_is_no_partition_is_null(project, nothing):
    text = 'F.coalesce("day", F.lit("")).alias("day")'
    project.pipeline("bronze", BRONZE.replace('F.col("day").cast("date").alias("day")', text))
    project.pipeline("silver", DAYS)
    project.land("events/1.csv", f"day,id,value\na,1,x\nb,1,x\nc,1,x\n{nothing},2,x\n")
    project.run()
    project.land("events/2.csv", f"day,id,value\n{nothing},3,x\n")
    project.run()
    assert "PARTITION_OVERWRITE" in refresh(project)
    assert counts(project) == [("a", 1), ("b", 1), ("c", 1), ("None", 2)]


@pytest.mark.parametrize("text", ["ü" * 110, "titles/a b#c%20+d'=e.csv", "__sha256_a", "a" * 300])
def test_24_a_partition_may_be_of_any_text(project, text):
    project.pipeline("bronze", BRONZE.replace('F.col("day").cast("date").alias("day")', '"day"'))
    project.pipeline("silver", DAYS)
    project.land("events/1.csv", f"day,id,value\na,1,x\nb,1,x\nc,1,x\n{text},2,x\n")
    project.run()
    project.land("events/2.csv", f"day,id,value\n{text},3,x\n")
    project.run()
    assert "PARTITION_OVERWRITE" in refresh(project)
    assert dict(counts(project)) == {"a": 1, "b": 1, "c": 1, text: 2}
