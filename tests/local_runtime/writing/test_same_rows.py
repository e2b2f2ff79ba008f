"""A materialized view that is computed anew and comes out as it was is not written again, nor is what reads it."""

import pytest
from deltalake import DeltaTable

from tests.helpers.project import Project

EVENTS = '@dp.table\ndef events():\n    return read_csv("events").select("kind")'
VIEWS = """
@dp.materialized_view
@dp.expect_or_drop("is_known", "kind <> 'x'")
def kinds():
    return spark.read.table("bronze.events").distinct()

@dp.materialized_view
def shown():
    return spark.read.table("kinds").select(F.upper("kind").alias("kind"))
"""


@pytest.fixture
def kinds(project):
    """Two views of events, which have the kinds a and b."""
    project.pipeline("bronze", EVENTS)
    project.pipeline("gold", VIEWS)
    project.land("events/1.csv", "kind\na\nb\nx\n")
    project.run()
    return project


def files(project, table):
    return {*project.lake.log(table).snapshot().files}


def of(project, table):
    (result,) = [result for result in project.run().results if result.dataset == table]
    return result


def test_a_view_that_comes_out_the_same_is_not_written_again_nor_what_reads_it(kinds):
    before = files(kinds, "gold.kinds")
    kinds.land("events/2.csv", "kind\nb\nx\na\n")
    results = {result.dataset: result for result in kinds.run().results}
    computed, reader = results["gold.kinds"], results["gold.shown"]
    assert (computed.commits, computed.rows_in, computed.rows_out, computed.dropped) == (1, 3, 0, 1)
    assert computed.refresh.reason.endswith("its rows are the same as before")
    assert (reader.commits, reader.refresh.technique) == (0, "MAINTENANCE_TYPE_NO_OP")
    assert files(kinds, "gold.kinds") == before
    assert [result.commits for result in kinds.run().results] == [0, 0, 0]
    kinds.land("events/3.csv", "kind\nc\n")
    kinds.run()
    assert kinds.rows("gold.shown") == [("A",), ("B",), ("C",)]


def test_after_a_clean_up_of_its_log_it_still_is_as_it_was(kinds):
    kinds.land("events/2.csv", "kind\na\n")
    kinds.run()
    log = kinds.lake.log("gold.kinds")
    DeltaTable(str(log.path)).create_checkpoint()
    for version in log.versions():
        (log.folder / f"{version:020}.json").unlink()
    assert [result.commits for result in kinds.run().results] == [0, 0, 0]


@pytest.mark.parametrize(("rows", "is_same"), [("b,a,a", True), ("a,b,b", False), ("a,b", False), ("a,a,", False)])
def test_rows_are_compared_with_their_number_in_any_order(project, rows, is_same):
    path = project.root / "kinds.csv"
    path.write_text("kind,n\na,1\na,1\nb,1\n")
    project.pipeline(
        "gold",
        'PATH = spark.conf.get("lakehouse.landing") + "/../kinds.csv"\n\n@dp.materialized_view\ndef kinds():\n'
        '    return spark.read.csv(PATH, header=True, schema="kind STRING, n INT")',
    )
    project.run()
    before = files(project, "gold.kinds")
    path.write_text("kind,n\n" + "".join(f"{kind},1\n" for kind in rows.split(",")))
    project.run()
    assert (files(project, "gold.kinds") == before) is is_same
    assert len(project.rows("gold.kinds")) == len(rows.split(","))


def test_folders_above_the_lake_are_no_columns(tmp_path, sail):
    root = tmp_path / "kind=1"
    root.mkdir()
    project = Project(root, sail)
    project.pipeline("bronze", EVENTS)
    project.pipeline("gold", VIEWS)
    project.land("events/1.csv", "kind\na\nb\n")
    project.run()
    project.land("events/2.csv", "kind\na\n")
    assert of(project, "gold.kinds").refresh.reason.endswith("its rows are the same as before")
    project.land("events/3.csv", "kind\nc\n")
    project.run()
    assert project.rows("gold.shown") == [("A",), ("B",), ("C",)]


def test_without_a_row_it_stays_as_it_is(project):
    project.pipeline("bronze", EVENTS)
    project.pipeline("gold", VIEWS)
    project.land("events/1.csv", "kind\nx\n")
    project.run()
    project.land("events/2.csv", "kind\nx\n")
    assert of(project, "gold.shown").commits == 0
    assert project.rows("gold.kinds") == []


def test_a_full_refresh_writes_it_anew(kinds):
    before = files(kinds, "gold.kinds")
    kinds.run("gold.kinds")
    assert not files(kinds, "gold.kinds") & before


def test_another_programs_change_is_undone(kinds):
    DeltaTable(str(kinds.lake.path("gold.kinds"))).delete("kind = 'a'")
    kinds.run()
    assert kinds.rows("gold.shown") == [("A",), ("B",)]
