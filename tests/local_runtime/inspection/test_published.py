"""Gold is read as it is published; other tables, and gold on request, as they are now."""

import json
import os
import shutil

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake

from local_runtime.cli.arguments import main
from local_runtime.delta.lake import Lake
from local_runtime.errors import LakehouseError
from local_runtime.inspection.published import described, publication_read, tables_ahead
from local_runtime.inspection.query import answer
from local_runtime.inspection.read_only import Reading
from local_runtime.inspection.status import inspect
from local_runtime.state.publications import newest_publication, publications, publish

TABLES = ["gold.a", "gold.b", "silver.q"]
FIRST, SECOND = "11112222-0000-4000-8000-000000000001", "22223333-0000-4000-8000-000000000002"


def write(lake, table, number):
    write_deltalake(str(lake.path(table)), pa.table({"n": [number]}), mode="overwrite")


@pytest.fixture
def lake(tmp_path):
    """A lake with two publications, of which all tables hold 1 and 2; since then gold.a and silver.q hold 3."""
    lake = Lake(tmp_path / "lake")
    for number, update in ((1, FIRST), (2, SECOND)):
        for table in TABLES:
            write(lake, table, number)
        publish(lake, update, TABLES)
    for table in ("gold.a", "silver.q"):
        write(lake, table, 3)
    return lake


@pytest.fixture
def ask(lake):
    """Asks a query; gives the numbers of its first result, and the notes."""

    def asked(query, gold="newest"):
        notes = []
        (row,) = json.loads(answer(lake, query, "json", reading=Reading(gold=gold, tell=notes.append)))
        return [*row.values()], notes

    return asked


BOTH = "SELECT a.n, b.n AS m, q.n AS k FROM gold.a, gold.b, silver.q"


def test_gold_is_read_as_published_and_the_rest_as_it_is_now(ask, lake):
    numbers, (note,) = ask(BOTH)
    assert numbers == [2, 2, 3]
    served = described(newest_publication(lake))
    assert note == (
        f"Gold is read as {served}; newer commits wait: --latest reads them. silver.q is read as now, newer than the "
        "gold that is published."
    )


def test_latest_is_what_is_there_now_and_an_older_publication_is_named_by_number_or_update(ask):
    assert ask(BOTH, "latest") == ([3, 2, 3], [])
    for name in ("p1", "P1", "1", FIRST, FIRST[:8]):
        assert ask(BOTH, name)[0] == [1, 1, 3]


def test_a_table_is_read_as_an_older_publication_names_it(ask):
    numbers, notes = ask("SELECT x.n, y.n AS m, gold.b.n AS k FROM gold.a@p1 x, silver.q@P1 y, gold.b")
    assert (numbers, notes) == ([1, 1, 2], [])
    assert ask("FROM gold.a@v2")[0] == [3]
    assert ask("SELECT 'gold.a@p1'")[0] == ["gold.a@p1"]


def test_a_table_of_an_older_publication_is_called_by_its_own_name(ask):
    assert ask("SELECT a.n, b.n AS m FROM gold.a@p1 JOIN gold.b ON b.n > a.n WHERE a.n = 1")[0] == [1, 2]
    assert ask("SELECT gold.a@p1.n - gold.a@v1.n AS n FROM gold.a@p1, gold.a@v1")[0] == [-1]
    assert ask("PIVOT gold.a@p1 ON n USING count(*)")[0] == [1]


def test_a_name_of_thousands_of_digits_is_no_publication(ask):
    for name in ("p" + "5" * 5000, "5" * 5000):
        with pytest.raises(LakehouseError, match=r"There is no publication p?5+…\. There are: p1, p2"):
            ask("FROM gold.a", name)
    with pytest.raises(LakehouseError):
        ask(f"FROM gold.a@p{'5' * 5000}")


def test_a_note_comes_only_where_a_commit_waits_for_what_is_read(ask):
    assert ask("FROM gold.b") == ([2], [])
    assert ask("FROM silver.q")[1] != []
    assert ask("SELECT 1") == ([1], [])


def test_a_lake_without_publications_is_read_as_it_is_now(ask, lake):
    shutil.rmtree(lake.root / "_publications")
    assert ask(BOTH) == ([3, 2, 3], [])
    with pytest.raises(LakehouseError, match=r"no publication p1\. Nothing is published yet"):
        ask("FROM gold.a@p1")


def test_a_name_that_is_unknown_or_of_several_updates_says_which_there_are(lake):
    publish(lake, f"{SECOND[:8]}-0000", ["gold.a"])
    with pytest.raises(LakehouseError, match=r"There is no publication p9\. There are: p1, p2, p3"):
        publication_read(lake, "p9")
    with pytest.raises(LakehouseError, match=r"Several publications are of updates 2222…: p2, p3"):
        publication_read(lake, "2222")
    with pytest.raises(LakehouseError, match="There is no publication 11"):
        publication_read(lake, "11x")


def test_a_table_that_a_publication_lacks(ask, lake):
    write(lake, "gold.new", 7)
    numbers, (note,) = ask("FROM gold.new")
    assert (numbers, note) == ([7], "gold.new is read as now: not published yet.")
    with pytest.raises(LakehouseError, match=r"gold\.new@p2: this publication has no such table"):
        ask("FROM gold.new@p2")


def test_37_a_published_version_whose_files_are_gone_is_an_error_and_never_another_version(ask, lake):
    DeltaTable(str(lake.path("gold.a"))).vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)
    with pytest.raises(LakehouseError, match=r"gold\.a@v1: data files are gone.* p2 published; --latest"):
        ask("FROM gold.a")
    assert ask("FROM gold.a", "latest")[0] == [3]


def test_37_a_table_that_was_built_again_is_not_taken_for_the_published_one(ask, lake):
    shutil.rmtree(lake.path("gold.a"))
    for number in (7, 8, 9):
        write(lake, "gold.a", number)
    assert "gold.a" in tables_ahead(lake, newest_publication(lake))
    with pytest.raises(LakehouseError, match=r"gold\.a was built again since p2 was published"):
        ask("FROM gold.a")


def test_37_a_damaged_record_stops_what_reads_gold_by_it_and_nothing_else(ask, lake):
    (lake.root / "_publications" / f"{2:020}.json").write_text('{"id": 2,')
    with pytest.raises(LakehouseError, match="record of a publication is damaged"):
        ask("FROM gold.a")
    assert ask("FROM silver.q") == ([3], [])
    assert ask("FROM gold.a", "latest") == ([3], [])
    assert ask("FROM gold.a@p1")[0] == [1]
    assert any("is damaged" in problem for problem in inspect(lake).problems)


def test_status_says_what_is_served_and_what_waits(lake, capsys):
    main(["status", "--long", "--lake", str(lake.root)])
    shown = " ".join(capsys.readouterr().out.split())
    assert f"Gold is served as {described(newest_publication(lake))}. Newer commits" in shown
    assert "wait in 2 tables: `./lakehouse run" in shown
    assert f"gold.TABLE@p2: {described(newest_publication(lake))} {described(publication_read(lake, 'p1'))}" in shown
    main(["status", "--format", "json", "--lake", str(lake.root)])
    state = json.loads(capsys.readouterr().out)
    assert [one["update_id"] for one in state["published"]] == [FIRST, SECOND]
    assert state["waiting"] == ["gold.a", "silver.q"]


def test_the_command_takes_the_state_to_read_and_puts_the_note_beside_the_result(lake, capsys):
    options = ["--format", "csv", "--lake", str(lake.root)]
    for arguments, number in (([], 2), (["--latest"], 3), (["--publication", "p1"], 1), (["--publication", FIRST], 1)):
        assert main(["sql", "FROM gold.a", *arguments, *options]) == 0
        shown = capsys.readouterr()
        assert shown.out == f"n\n{number}\n"
        assert ("newer commits wait" in shown.err) == (number != 3)
    assert main(["sql", "FROM gold.a", "--publication", "p7", *options]) == 1
    with pytest.raises(SystemExit):
        main(["sql", "FROM gold.a", "--publication", "p1", "--latest", *options])


def vacuum(lake, *options):
    return main(["vacuum", "--hours", "0", *options, "--lake", str(lake.root)])


@pytest.fixture
def own(lake):
    """The lake, whose tables count as the runtime's, so that they are vacuumed; their files are old."""
    from local_runtime.cli import upkeep

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(upkeep, "progress_of", lambda log: "some")
        for path in lake.root.rglob("*.parquet"):
            os.utime(path, (0, 0))
        yield lake


def test_37_vacuum_keeps_the_files_of_the_publications_that_it_keeps(own, ask, capsys):
    unpublished = next(iter(own.log("silver.q").snapshot(2).files))
    write(own, "silver.q", 4)
    assert vacuum(own) == 0
    assert "2 publications kept, 0 older deleted" in capsys.readouterr().out
    assert ask("SELECT x.n, y.n AS m FROM gold.a x, gold.a@p1 y")[0] == [2, 1]
    assert ask("FROM silver.q@p1")[0] == [1]
    assert not (own.path("silver.q") / unpublished).exists()


def test_vacuum_deletes_older_publications_and_their_files_and_never_the_newest(own, ask, capsys):
    older = own.path("gold.a") / next(iter(own.log("gold.a").snapshot(0).files))
    assert vacuum(own, "--publications", "1") == 0
    assert "1 publication kept, 1 older deleted" in capsys.readouterr().out
    assert [one.id for one in publications(own)] == [2]
    assert not older.exists()
    assert ask(BOTH)[0] == [2, 2, 3]
    with pytest.raises(SystemExit):
        vacuum(own, "--publications", "0")


def test_37_vacuum_deletes_nothing_where_a_kept_record_is_damaged(own, capsys):
    record = own.root / "_publications" / f"{2:020}.json"
    record.write_text("")
    files = sorted(own.root.rglob("*.parquet"))
    assert vacuum(own) == 1
    assert "is damaged" in capsys.readouterr().err
    assert sorted(own.root.rglob("*.parquet")) == files
    assert vacuum(own, "--publications", "1") == 1
    record.unlink()
    assert vacuum(own) == 0
    assert [one.id for one in publications(own)] == [1]
