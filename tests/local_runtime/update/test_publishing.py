"""Published states: what an update publishes, and when it publishes nothing."""

import json
import shutil

import pytest

from local_runtime.cli.watch import failed
from local_runtime.errors import LakehouseError
from local_runtime.state import publications as records
from local_runtime.state.publications import newest_publication, publications
from local_runtime.update.orchestration import run_update

BRONZE = """
@dp.table(name="events")
def events():
    return read_csv("events").select("id", "amount")
"""
GOLD = """
@dp.materialized_view
def totals():
    return spark.read.table("bronze.events").agg(F.sum(F.col("amount").cast("int")).alias("total"))

@dp.materialized_view
def counts():
    return spark.read.table("bronze.events").select(F.count("*").alias("events"))
"""
FAILING = GOLD.replace('F.count("*")', "F.raise_error(F.lit('no more counts'))")


@pytest.fixture
def published(project):
    """A project whose first update is published."""
    project.pipeline("bronze", BRONZE)
    project.pipeline("gold", GOLD)
    project.land("events/1.csv", "id,amount\na,1\n")
    project.run()
    return project


def newest_versions(project):
    return {name: project.versions(name)[-1] for name in ("bronze.events", "gold.counts", "gold.totals")}


def record_of(project, number):
    return project.lake.root / "_publications" / f"{number:020}.json"


def test_a_complete_update_publishes_the_version_of_every_table(published):
    published.land("events/2.csv", "id,amount\nb,2\n")
    outcome = published.run()
    newest = newest_publication(published.lake)
    assert newest == outcome.publication
    assert (newest.id, newest.update_id) == (2, outcome.update_id)
    assert newest.versions == newest_versions(published) == {"bronze.events": 1, "gold.counts": 1, "gold.totals": 1}
    assert newest.published_at.utcoffset().total_seconds() == 0
    assert [one.id for one in publications(published.lake)] == [1, 2]


def test_an_update_without_news_leaves_the_newest_publication(published):
    first = newest_publication(published.lake)
    assert published.run().publication is None
    assert newest_publication(published.lake) == first


def test_37_a_failed_update_publishes_nothing_and_the_next_good_one_all(published):
    first = newest_publication(published.lake)
    published.pipeline("gold", FAILING)
    published.land("events/2.csv", "id,amount\nb,2\n")
    assert published.update().failures
    assert newest_publication(published.lake) == first
    assert first.versions["gold.totals"] < published.versions("gold.totals")[-1]
    published.pipeline("gold", GOLD)
    published.run()
    assert newest_publication(published.lake).versions == newest_versions(published)


def test_an_update_of_some_pipelines_publishes_nothing(published):
    published.land("events/2.csv", "id,amount\nb,2\n")
    graph = published.graph()
    with published.lake.locked():
        assert run_update(published.session, graph, published.lake, graph.pipelines[:1]).publication is None
    assert newest_publication(published.lake).versions["bronze.events"] == 0


def test_an_update_with_nothing_to_do_publishes_commits_that_were_not(published):
    record_of(published, 1).unlink()
    outcome = published.run()
    assert [result.commits for result in outcome.results] == [0, 0, 0]
    assert outcome.publication.versions == newest_versions(published)


def test_a_table_that_was_built_again_at_the_same_version_is_published_again(published):
    first = newest_publication(published.lake)
    shutil.rmtree(published.lake.path("gold.totals"))
    published.run()
    second = newest_publication(published.lake)
    assert second.versions == first.versions
    assert (second.id, second.table_ids != first.table_ids) == (2, True)


@pytest.mark.parametrize("text", ["", '{"id": 1', "{}", "[]", "1", '{"id": 7}', "\x00"])
def test_37_a_damaged_record_is_an_error_that_says_what_to_do_and_run_goes_on(published, text):
    record_of(published, 1).write_text(text)
    for read in (newest_publication, publications):
        with pytest.raises(LakehouseError, match=r"(?s)damaged: .*00001\.json.*Delete it.*`./lakehouse run`"):
            read(published.lake)
    assert published.run().publication.id == 2
    assert newest_publication(published.lake).id == 2


def test_a_record_under_another_number_is_damaged(published):
    record = record_of(published, 1)
    record.rename(record_of(published, 5))
    with pytest.raises(LakehouseError, match="it is the record of publication 1"):
        newest_publication(published.lake)


def test_37_a_record_that_a_killed_process_was_writing_is_not_read_and_goes_away(published):
    half = record_of(published, 1).with_name(f".{2:020}.json.x.tmp")
    half.write_text(json.dumps({"id": 2})[:4])
    assert newest_publication(published.lake).id == 1
    published.land("events/2.csv", "id,amount\nb,2\n")
    published.run()
    assert [path.name for path in sorted(half.parent.iterdir())] == [f"{number:020}.json" for number in (1, 2)]


def test_37_an_update_that_cannot_be_published_says_so_and_leaves_the_one_before(published, monkeypatch):
    def full(path, text):
        raise OSError(28, "No space left on device")

    first = newest_publication(published.lake)
    monkeypatch.setattr(records, "write_new_file", full)
    published.land("events/2.csv", "id,amount\nb,2\n")
    outcome = published.run()
    assert "can't be published" in outcome.publication_error
    assert "No space left on device" in outcome.publication_error
    assert failed(outcome) == [f"Failed: {outcome.publication_error}"]
    assert newest_publication(published.lake) == first
    monkeypatch.undo()
    assert published.run().publication.versions == newest_versions(published)
