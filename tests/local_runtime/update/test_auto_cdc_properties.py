"""AUTO CDC against a simulator: any changes, in any order and any number of updates, and any snapshots.

The simulator applies one change or snapshot after the other to dictionaries, and shares no code with the runtime.
"""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local_runtime.update import auto_cdc
from tests.helpers.project import Project

FEW, MANY = 25, 300
FEW_PROJECTS, MANY_PROJECTS = 3, 40

KEYS, NAMES = st.sampled_from("abc"), st.sampled_from(["x", "y", None])
PARTS = st.sampled_from([None, 1, 2, 3])
SEQUENCES = st.tuples(PARTS, PARTS).filter(any)


def order_of(sequence):
    """A struct's fields one after the other, null first."""
    return [(part is not None, part or 0) for part in sequence]


EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "id": KEYS,
            "name": NAMES,
            "city": NAMES,
            "delete": st.booleans(),
            "sequence": SEQUENCES,
            "source": st.booleans(),
        }
    ),
    min_size=1,
    max_size=40,
    # What wins of two equal times is arbitrary, but for a delete: it wins.
    unique_by=lambda event: (event["id"], event["sequence"], event["delete"]),
)


def simulated_changes(events, tracked):
    """All versions: id, name, city, start, end (None: now)."""
    found = []
    for key in {event["id"] for event in events}:
        standing = None
        own = [event for event in events if event["id"] == key]
        deleted = {event["sequence"] for event in own if event["delete"]}
        for event in sorted(own, key=lambda event: order_of(event["sequence"])):
            now = event["sequence"]
            if not event["delete"] and now in deleted:
                continue
            values = {"id": key, "name": event["name"], "city": event["city"]}
            if standing and not event["delete"] and all(standing[0][name] == values[name] for name in tracked):
                standing[0].update(values)
                continue
            if standing:
                standing[2] = now
                standing = None
            if not event["delete"]:
                standing = [values, now, None]
                found.append(standing)
    return sorted(((*values.values(), start, end) for values, start, end in found), key=repr)


def standing(versions):
    """Of versions those that stand, without their times."""
    return sorted((version[:-2] for version in versions if version[-1] is None), key=repr)


def plain(value):
    """A struct as a tuple."""
    if isinstance(value, dict):
        return tuple(value.values())
    return tuple(value) if isinstance(value, tuple) else value


def plain_rows(rows):
    return sorted((tuple(map(plain, row)) for row in rows), key=repr)


def example_settings(examples):
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def check_functions(session, examples):
    ddl = "id STRING, name STRING, city STRING, __delete BOOLEAN, __sequence STRUCT<ts: INT, seq: INT>"
    columns = ["id", "name", "city"]

    @example_settings(examples)
    @given(EVENTS, st.sampled_from([["name", "city"], ["name"]]))
    def check(events, tracked):
        rows = [(*(event[name] for name in (*columns, "delete")), event["sequence"]) for event in events]
        frame = session.createDataFrame(rows, ddl)
        expected = simulated_changes(events, tracked)
        assert plain_rows(auto_cdc.history(frame, ["id"], columns, tracked).collect()) == expected
        assert plain_rows(auto_cdc.latest_state(frame, ["id"], columns).collect()) == standing(expected)

    check()


BRONZE = """
HINTS = {"cloudFiles.schemaHints": "ts INT, seq INT"}

@dp.table
def left():
    return read_csv("left", **HINTS)

@dp.table
def right():
    return read_csv("right", **HINTS)
"""
SILVER = """
@dp.temporary_view
def from_left():
    return spark.readStream.table("bronze.left")

dp.create_streaming_table("latest")
dp.create_streaming_table("history")
for source in ("from_left", "bronze.right"):
    common = dict(
        source=source, keys=["id"], sequence_by=F.struct("ts", "seq"), apply_as_deletes="op = 'DELETE'",
        column_list=["id", "name", "city"],
    )
    dp.create_auto_cdc_flow(target="latest", name="latest_" + source[-4:], **common)
    dp.create_auto_cdc_flow(
        target="history", name="history_" + source[-4:], stored_as_scd_type=2, track_history_column_list=["name"],
        **common,
    )
"""


def land_changes(project, number, events):
    for source in ("left", "right"):
        lines = [
            ",".join(
                "" if value is None else str(value) for value in (e["id"], e["name"], e["city"], op, *e["sequence"])
            )
            for e in events
            for op in ["DELETE" if e["delete"] else ""]
            if e["source"] == (source == "left")
        ]
        project.land(f"{source}/{number}.csv", "\n".join(["id,name,city,op,ts,seq", *lines]) + "\n")


def check_changes(session, examples):
    """Through the whole runtime: from two sources, one of them a view, in several updates."""

    @example_settings(examples)
    @given(EVENTS, st.integers(1, 3))
    def check(events, updates):
        with tempfile.TemporaryDirectory() as folder:
            project = Project(Path(folder), session)
            project.pipeline("bronze", BRONZE)
            project.pipeline("silver", SILVER)
            for number in range(updates):
                land_changes(project, number, events[number::updates])
                project.run()
            expected = simulated_changes(events, ["name"])
            assert plain_rows(project.rows("silver.history")) == expected
            assert plain_rows(project.rows("silver.latest")) == standing(expected)

    check()


COLUMNS = {"name": "STRING", "seen": "INT", "city": "STRING"}
SNAPSHOTS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(list(COLUMNS)), unique=True),
        st.dictionaries(
            KEYS, st.fixed_dictionaries({"name": NAMES, "seen": st.sampled_from([1, 2, None]), "city": NAMES})
        ),
    ),
    min_size=1,
    max_size=5,
)
STATES = """
import json

STATES = json.load(open({!r}))

def states(latest):
    number = 0 if latest is None else latest + 1
    if number == len(STATES):
        return None
    schema, rows = STATES[number]
    return spark.createDataFrame([tuple(row) for row in rows], schema), number

for scd_type, name in ((1, "latest"), (2, "history")):
    dp.create_streaming_table(name)
    dp.create_auto_cdc_from_snapshot_flow(
        target=name, source=states, keys=["id"], stored_as_scd_type=scd_type, track_history_except_column_list={}
    )
"""


def simulated_snapshots(snapshots, tracked):
    """All versions: id, the values, start, end. A column that a snapshot lacks is null in it."""
    found = []
    for version, (columns, rows) in enumerate(snapshots):
        states = {key: {name: row[name] if name in columns else None for name in COLUMNS} for key, row in rows.items()}
        for old in [old for old in found if old[3] is None]:
            new = states.get(old[0])
            if new is not None and all(new[name] == old[1][name] for name in tracked):
                old[1] = states.pop(old[0])
            else:
                old[3] = version
        found += [[key, values, version, None] for key, values in states.items()]
    return sorted(((key, *values.values(), start, end) for key, values, start, end in found), key=repr)


def check_snapshots(session, examples):
    """Through the whole runtime, with columns that come and go."""

    @example_settings(examples)
    @given(SNAPSHOTS, st.booleans())
    def check(snapshots, all_tracked):
        every = (list(COLUMNS), {"z": dict.fromkeys(COLUMNS)})  # so that the table has every column in the end
        snapshots = [*snapshots, every]
        if not all_tracked:
            snapshots[0] = (list({*snapshots[0][0], "seen"}), snapshots[0][1])
        with tempfile.TemporaryDirectory() as folder:
            states = [
                (
                    ", ".join(["id STRING", *(f"{name} {COLUMNS[name]}" for name in columns)]),
                    [[key, *(row[name] for name in columns)] for key, row in rows.items()],
                )
                for columns, rows in snapshots
            ]
            path = Path(folder) / "states.json"
            path.write_text(json.dumps(states))
            project = Project(Path(folder), session)
            project.pipeline("silver", STATES.format(str(path), [] if all_tracked else ["seen"]))
            project.run()
            expected = simulated_snapshots(snapshots, [name for name in COLUMNS if all_tracked or name != "seen"])
            columns = ["id", *COLUMNS, auto_cdc.START_AT, auto_cdc.END_AT]
            assert project.rows("silver.history", *columns) == expected
            assert project.rows("silver.latest", *columns[:4]) == standing(expected)

    check()


CHECKS = {"functions": check_functions, "changes": check_changes, "snapshots": check_snapshots}
SIZES = {"functions": (FEW, MANY), "changes": (FEW_PROJECTS, MANY_PROJECTS), "snapshots": (FEW_PROJECTS, MANY_PROJECTS)}


@pytest.mark.parametrize("size", [0, pytest.param(1, marks=pytest.mark.large)], ids=["few", "many"])
@pytest.mark.parametrize("what", CHECKS)
def test_auto_cdc_gives_what_a_simulator_gives(sail, what, size):
    CHECKS[what](sail, SIZES[what][size])


@pytest.mark.spark
@pytest.mark.large
@pytest.mark.parametrize("what", CHECKS)
def test_auto_cdc_on_spark_gives_what_a_simulator_gives(spark, what):
    CHECKS[what](spark, SIZES[what][0])
