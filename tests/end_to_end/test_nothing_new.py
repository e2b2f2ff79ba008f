"""A run that finds nothing new: it needs neither the engine nor the pipelines' code, and says and leaves the same."""

import json
import re
import shutil
import subprocess

import pytest

from local_runtime.inspection.query import run_query
from tests.conftest import ROOT
from tests.helpers.launched import STARTS, ran_short, run
from tests.helpers.project import Project


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path, None)
    made.pipeline(
        "bronze",
        """
        @dp.table
        @dp.expect_or_drop("has a name", "name IS NOT NULL")
        def people():
            return read_csv("people")
        """,
    )
    made.pipeline(
        "gold",
        """
        dp.create_streaming_table("history")
        def next_people(latest):
            rows = spark.read.table("bronze.people")
            return (rows.select("id", "name"), 1) if latest is None else None
        dp.create_auto_cdc_from_snapshot_flow("history", next_people, keys=["id"])

        @dp.materialized_view
        def names():
            return spark.read.table("history").groupBy("name").count()
        """,
        one="1",
    )
    made.land("people/a.csv", "id,name\n1,Ann\n2,Ben\n")
    return made


def told(done):
    """What a run says, without what depends on its time and on which of two tables is finished first."""
    code, text, _ = done
    lines = re.sub(r"\d+\.\d+( s)?", "", text.replace(STARTS, "")).splitlines()
    return (
        code,
        sorted(line for line in lines if line.startswith("  done")),
        [line.rstrip() for line in lines if not line.startswith("  done")],
    )


def events(lake, schema):
    """The newest update's events, without what is its own, in the order of tables."""
    log = f"{schema}.event_log"
    newest = f"(SELECT origin.update_id FROM {log} ORDER BY timestamp DESC LIMIT 1)"
    rows = run_query(
        lake,
        "SELECT origin.pipeline_name, origin.dataset_name, origin.flow_name, event_type, level, maturity_level, "
        f"error, details, replace(message, origin.update_id, '') FROM {log} WHERE origin.update_id = {newest} "
        "ORDER BY ALL",
    )
    return rows.fetchall()


def without_what_is_kept(project):
    (project.lake.root / ".runtime" / "settled.json").unlink()


def test_it_imports_no_engine_and_says_and_leaves_what_the_long_way_does(project):
    assert STARTS in run(project)[1]
    short = run(project)
    assert ran_short(short)
    of_short = [events(project.lake, schema) for schema in ("bronze", "gold")]
    record = json.loads((project.lake.root / ".runtime" / "last_run.json").read_text())
    without_what_is_kept(project)
    long = run(project)
    assert STARTS in long[1]
    assert told(long) == told(short)
    assert [events(project.lake, schema) for schema in ("bronze", "gold")] == of_short
    again = json.loads((project.lake.root / ".runtime" / "last_run.json").read_text())
    assert {**again, "began": ""} == {**record, "began": ""}
    assert again["began"] > record["began"]
    assert len([*(project.lake.root / "_publications").iterdir()]) == 1


def test_every_time_and_with_a_checkpoint_of_the_event_log(project):
    run(project)
    for _ in range(11):
        assert ran_short(run(project))
    log = project.lake.log("gold.event_log")
    assert log.versions()[-1] == 11
    count = "SELECT count(*), count(DISTINCT origin.update_id) FROM gold.event_log"
    assert run_query(project.lake, count).fetchall()[0][1] == 12


def land_a_file(project):
    project.land("people/b.csv", "id,name\n3,Cid\n")


def change_a_file(project):
    project.land("people/a.csv", "id,name\n1,Ann\n2,Bob\n")


def take_a_file_away(project):
    (project.landing / "people" / "a.csv").unlink()
    project.land("other/a.csv", "x\n")


def land_a_stray_file(project):
    project.land("c.csv", "id,name\n3,Cid\n")


def change_code(project):
    path = project.root / "src" / "pipelines_gold" / "pipeline.py"
    path.write_text(path.read_text().replace('groupBy("name")', 'groupBy("id", "name")'))


def change_a_setting(project):
    path = project.root / "resources" / "1_gold.pipeline.yml"
    path.write_text(path.read_text().replace("one: '1'", "one: '2'"))


def commit_another_version(project):
    folder = project.lake.path("gold.history") / "_delta_log"
    newest = max(folder.glob("*.json"))
    actions = [json.loads(line) for line in newest.read_text().splitlines()]
    kept = [action for action in actions if "commitInfo" in action]
    (folder / f"{int(newest.stem) + 1:020}.json").write_text("".join(json.dumps(action) + "\n" for action in kept))


def delete_a_data_file(project):
    next(project.lake.path("gold.history").glob("*.parquet")).unlink()


def damage_a_log(project):
    newest = max((project.lake.path("gold.names") / "_delta_log").glob("*.json"))
    newest.write_text(newest.read_text()[:-20])


def take_a_table_away(project):
    shutil.rmtree(project.lake.path("gold.names"))


def take_the_landing_folder_away(project):
    project.landing.rename(project.root / "elsewhere")


def decide(project):
    (project.lake.root / "release_decisions.json").write_text("{}")


CHANGES = [
    *(land_a_file, change_a_file, take_a_file_away, land_a_stray_file, change_code, change_a_setting),
    *(
        commit_another_version,
        delete_a_data_file,
        damage_a_log,
        take_a_table_away,
        take_the_landing_folder_away,
        decide,
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whatever_has_changed_is_seen(project, change):
    run(project)
    assert ran_short(run(project))
    change(project)
    copy = shutil.copytree(project.root, project.root.with_name("copy"))
    with_kept = run(project)
    assert not ran_short(with_kept)
    # The same with nothing kept, at the same place.
    shutil.rmtree(project.root)
    copy.rename(project.root)
    without_what_is_kept(project)
    assert told(run(project)) == told(with_kept)


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (["--layer", "gold"], {}),
        (["--full-refresh", "gold.names"], {}),
        (["--target", "default"], {}),
        ([], {"SAIL_MODE": "local"}),
        ([], {"LAKEHOUSE_SECRET_A_B": "x"}),
    ],
)
def test_what_is_asked_otherwise_is_not_answered_by_what_is_kept(project, options, variables):
    run(project)
    assert STARTS in run(project, *options, **variables)[1]


def test_a_run_of_one_layer_is_kept_for_that_layer(project):
    run(project)
    assert STARTS in run(project, "--layer", "gold")[1]
    assert ran_short(run(project, "--layer", "gold"))
    assert STARTS in run(project)[1]


def test_a_rejected_file_is_told_of_again(project):
    project.land("people/b.csv", b"\xff\xfe\xfa\x00")
    first = run(project)
    assert "Rejected: b.csv" in first[1]
    short = run(project)
    assert ran_short(short)
    assert "1 file rejected" in short[1]
    without_what_is_kept(project)
    assert told(run(project)) == told(short)


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\nNOW = datetime.now()\n",
        "import time\nNOW = time.time()\n",
        "import random\n",
        "NOW = F.lit(eval('1'))\n",
    ],
)
def test_code_that_may_say_something_else_is_always_called(project, code):
    project.pipeline("more", f"{code}\n@dp.materialized_view\ndef one():\n    return spark.range(1)\n")
    run(project)
    assert STARTS in run(project)[1]


def test_a_view_of_an_event_log_has_news_after_each_run(project):
    run(project)
    project.pipeline("more", "@dp.materialized_view\ndef seen():\n    return spark.read.table('bronze.event_log')\n")
    run(project)
    assert STARTS in run(project)[1]
    assert project.lake.log("more.seen").versions() == [0, 1]


@pytest.mark.parametrize(
    ("time", "is_called"), [("F.current_timestamp()", True), ('F.expr("now()")', True), ("F.lit(1)", False)]
)
def test_a_snapshot_function_that_asks_the_engine_for_the_time_is_always_called(project, time, is_called):
    project.pipeline(
        "more",
        f"""
        def told(frame):
            return frame.select({time}.alias("id"))

        dp.create_streaming_table("at")
        def next_at(latest):
            rows = told(spark.range(1))
            return (rows, 1) if latest is None else None
        dp.create_auto_cdc_from_snapshot_flow("at", next_at, keys=["id"])
        """,
    )
    run(project)
    assert (STARTS in run(project)[1]) is is_called


def test_the_whole_bundle_says_the_same_both_ways(sampled):
    command = [str(ROOT / "lakehouse"), "run", *sampled.options]

    def whole():
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    whole()
    short = whole()
    assert STARTS not in short[1]
    lake = sampled.lake
    of_short = [events(lake, schema) for schema in ("bronze", "silver", "gold")]
    (lake.root / ".runtime" / "settled.json").unlink()
    long = whole()
    assert STARTS in long[1]
    assert told(long) == told(short)
    assert [events(lake, schema) for schema in ("bronze", "silver", "gold")] == of_short
