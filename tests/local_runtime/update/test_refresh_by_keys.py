"""Views that are refreshed by the keys of the rows that changed: they are as if computed in full."""

import random
from collections import Counter
from types import SimpleNamespace

import duckdb
import pytest
from deltalake import DeltaTable

from local_runtime.inspection.status import inspect
from local_runtime.update.flows import changed_keys
from tests.helpers.partitions import BRONZE, files, refresh

KEYS = """
@dp.materialized_view(partition_cols=["day"], schema="day DATE, id STRING, n BIGINT")
@dp.expect_or_drop("is_few", "n < 4")
def days():
    return spark.read.table("bronze.events").groupBy("day", "id").agg(F.count("*").alias("n"))

@dp.materialized_view(
    partition_cols=["first_day"],
    schema="id STRING NOT NULL, first_day DATE, n BIGINT, CONSTRAINT pk PRIMARY KEY (id)",
)
@dp.expect_or_drop("is_not_nine", "n <> 9")
def firsts():
    return spark.read.table("days").groupBy("id").agg(F.min("day").alias("first_day"), F.sum("n").alias("n"))

@dp.materialized_view(partition_cols=["first_day"])
def first_days():
    return spark.read.table("firsts").groupBy("first_day").agg(F.count("*").alias("ids"))
"""
DAYS = 12


@pytest.fixture(autouse=True)
def views_of_any_size(monkeypatch):
    monkeypatch.setattr(changed_keys, "FEW_ROWS", 0)


@pytest.fixture
def keyed(project):
    """One id on each of twelve days, its first day and number, and the ids that began on a day."""
    project.pipeline("bronze", BRONZE)
    project.pipeline("silver", KEYS)
    land(project, "0", [(day, f"on{day}") for day in range(1, DAYS + 1)])
    project.run()
    return project


def land(project, name, events):
    project.land(f"events/{name}.csv", "day,id,value\n" + "".join(f"2024-01-{day:02},{id},x\n" for day, id in events))


def firsts(project):
    """The first day and the number of events by id."""
    return {id: (day.day, n) for id, day, n in project.rows("silver.firsts", "id", "first_day", "n")}


def expected(events):
    """The same, computed from all events."""
    few = {key: n for key, n in Counter(events).items() if n < 4}
    ids = {id for _, id in few}
    sums = {
        id: (min(day for day, of in few if of == id), sum(n for (_, of), n in few.items() if of == id)) for id in ids
    }
    return {id: found for id, found in sums.items() if found[1] != 9}


def test_only_the_files_with_rows_of_changed_keys_are_written_again(keyed):
    before = files(keyed, "silver.firsts")
    land(keyed, "1", [(3, "new"), (5, "on4")])
    keyed.run()
    technique = "MAINTENANCE_TYPE_GROUP_AGGREGATE: 2 values of id have changed in silver.days"
    assert refresh(keyed, "silver.firsts") == technique
    assert firsts(keyed)["on4"] == (4, 2)
    assert len(before & files(keyed, "silver.firsts")) == DAYS - 1
    assert refresh(keyed, "silver.first_days").startswith("MAINTENANCE_TYPE_PARTITION_OVERWRITE: 2 of 12")
    assert keyed.run().results[-1].commits == 0


def test_a_late_event_moves_a_key_to_an_earlier_partition(keyed):
    land(keyed, "1", [(2, "on7")])
    keyed.run()
    assert firsts(keyed)["on7"] == (2, 2)
    assert dict(keyed.rows("silver.first_days"))[min(d for d, _ in keyed.rows("silver.first_days"))] == 1
    assert sum(ids for _, ids in keyed.rows("silver.first_days")) == DAYS


def test_a_key_without_rows_goes_and_rows_that_are_the_same_change_no_key(keyed):
    land(keyed, "1", [(7, "on7")] * 3 + [(7, "other")])
    keyed.run()
    assert "GROUP_AGGREGATE" in refresh(keyed, "silver.firsts")
    assert "on7" not in firsts(keyed)
    land(keyed, "2", [(7, "on7")])
    before = keyed.versions("silver.first_days"), files(keyed, "silver.firsts")
    keyed.run()
    assert "0 values of id have changed" in refresh(keyed, "silver.firsts")
    assert (keyed.versions("silver.first_days"), files(keyed, "silver.firsts")) == before


def test_random_changes_give_what_a_full_refresh_gives(keyed):
    dice = random.Random(7)
    events = [(day, f"on{day}") for day in range(1, DAYS + 1)]
    techniques = Counter()
    for number in range(1, 13):
        some_days = dice.sample(range(1, DAYS + 1), 2)
        new = [(dice.choice(some_days), f"on{dice.randrange(1, 25)}") for _ in range(dice.randrange(1, 9))]
        land(keyed, str(number), new)
        events += new
        keyed.run()
        techniques[refresh(keyed, "silver.firsts").partition(":")[0]] += 1
        assert firsts(keyed) == expected(events)
        counts = Counter(day for day, _ in firsts(keyed).values())
        assert {day.day: ids for day, ids in keyed.rows("silver.first_days")} == counts
    assert techniques["MAINTENANCE_TYPE_GROUP_AGGREGATE"] > 6
    assert max(Counter(day for _, day in keyed.rows("silver.firsts", "id", "first_day")).values()) > 1


def test_rows_that_should_not_be_dropped_stay_reported(keyed):
    never = 'table_properties={"lakehouse.drops_rows": "never"}, schema="id'
    keyed.pipeline("silver", KEYS.replace('schema="id', never))
    land(keyed, "1", [(day, "nine") for day in (3, 4, 5)] * 3)
    keyed.run()
    for number, reported in (("2", 1), ("3", 0)):
        land(keyed, number, [(9, f"other{number}"), *[(4, "nine")] * (not reported)])
        keyed.run()
        assert [rule.failed_records for rule in inspect(keyed.lake).dropped] == [reported] * reported
    land(keyed, "4", [(9, "other4")])
    keyed.run()
    assert "GROUP_AGGREGATE" in refresh(keyed, "silver.firsts")


def test_a_partition_that_gains_a_file_with_each_update_is_made_one(keyed):
    for number in range(1, 12):
        land(keyed, str(number), [(3, f"more{number}")])
        keyed.run()
    assert len(files(keyed, "silver.firsts")) < DAYS + changed_keys.MANY_FILES
    assert len(firsts(keyed)) == DAYS + 11


def test_a_column_that_older_files_lack_is_compared_too(keyed):
    """Gained files may be of before and after a column came; the engine takes its columns from any of them."""
    with duckdb.connect() as duck:
        for name, columns in (("old", "1 AS id"), ("lost", "2 AS id, NULL::INT AS n"), ("new", "2 AS id, 5 AS n")):
            duck.execute(f"COPY (SELECT {columns}) TO '{keyed.lake.root}/{name}.parquet'")
        of = {name: keyed.lake.root / f"{name}.parquet" for name in ("old", "lost", "new")}
        changes = SimpleNamespace(sides=lambda: [(1, [of["old"], of["new"]]), (-1, [of["lost"]])])
        keys = keyed.lake.root / "keys.parquet"
        assert changed_keys._write_keys(duck, keys, ["id"], [changes]) == 2


def compact_and_land(project):
    """Then rows that a source gained may be in files that it gained by the compaction."""
    DeltaTable(str(project.lake.path("silver.days"))).optimize.z_order(["id"])
    land(project, "1", [(3, "new")])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda project: project.pipeline("silver", KEYS.replace("n <> 9", "n <> 8")), "its code has changed"),
        (lambda project: land(project, "1", [(day, f"on{day}") for day in range(1, 7)]), ""),
        (lambda project: land(project, "1", [(day, f"on{day}") for day in range(1, 9)]), "more than half"),
        (compact_and_land, "silver.days has been compacted"),
        (lambda project: DeltaTable(str(project.lake.path("silver.firsts"))).delete("n = 1"), "another program"),
        (lambda project: DeltaTable(str(project.lake.path("silver.days"))).delete("id = 'on3'"), ""),
    ],
)
def test_else_a_view_is_refreshed_in_full_and_says_why(keyed, change, why):
    change(keyed)
    keyed.run()
    technique = "COMPLETE_RECOMPUTE" if why else "GROUP_AGGREGATE"
    assert technique in refresh(keyed, "silver.firsts")
    assert why in refresh(keyed, "silver.firsts")
