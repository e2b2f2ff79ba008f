"""Readers of gold get the state of one update, whole: after failures and kills, and while runs are at work."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from local_runtime.cli.run_messages import unpublished
from local_runtime.delta.lake import EVENT_LOG
from local_runtime.inspection.query import answer
from local_runtime.inspection.read_only import Reading
from local_runtime.state.publications import newest_publication, publications
from local_runtime.writing.writer import Writer
from sample.making import make
from tests.conftest import ROOT
from tests.end_to_end.conftest import CATALOGUE
from tests.helpers.tables import table_rows

# A command that is killed at the moment when it would publish: every table has its commit.
KILLED_BEFORE_PUBLICATION = """
import os, signal, sys
from local_runtime.cli.arguments import main
from local_runtime.update import orchestration
orchestration.publish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""
STATE = """
SELECT (SELECT count(*) FROM gold.fact_title_addition) AS facts, (SELECT sum(titles) FROM gold.kpi_content_type) AS kpi,
    (SELECT count(*) FROM gold.dim_title) AS titles, (SELECT count(*) FROM gold.bridge_title_genre) AS genres
"""


def first_release(place):
    """A run on the first of two releases; the second one is beside the landing folder."""
    make(place.landing, CATALOGUE)
    _, second = sorted((place.landing / "titles").iterdir())
    second.rename(place.landing.parent / second.name)
    place.run()


@pytest.fixture
def waiting(beginnings):
    """A place whose first release is published, and whose second one has landed since."""
    place = beginnings.after(first_release)
    (second,) = place.landing.parent.glob("*.*")
    second.rename(place.landing / "titles" / second.name)
    return place


def read(place, query, gold="newest"):
    return answer(place.lake, query, "csv", reading=Reading(gold=gold))


def whole_gold(place, gold="newest"):
    """Every row of gold, as text."""
    tables = [name for name in place.lake.tables() if name.startswith("gold.") and not name.endswith(EVENT_LOG)]
    return read(place, "; ".join(f"FROM {name} ORDER BY ALL" for name in tables), gold)


def test_37_after_a_failed_update_the_older_state_is_served_whole(waiting, monkeypatch, launch):
    before = whole_gold(waiting)
    genuine = Writer.commit_rows

    def failing(self, staged, *arguments, **options):
        if staged.table == "gold.kpi_genre":
            raise OSError("no luck")
        return genuine(self, staged, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "commit_rows", failing)
        outcome = waiting.update()
    assert outcome.failures
    assert "The next run that goes well publishes the new commits" in unpublished(outcome, waiting.lake, "")
    assert whole_gold(waiting) == before
    assert whole_gold(waiting, "latest") != before
    # Quarantine is asked as it is now, and says that it is newer.
    query = "SELECT count(*) AS rows FROM silver.title_rows"
    asked = launch("sql", query, "--format", "csv", *waiting.options[2:])
    assert asked.stdout == f"rows\n{len(table_rows(waiting.lake, 'silver.title_rows'))}\n"
    assert "silver.title_rows is read as now, newer than the gold that is published" in asked.stderr
    waiting.run()
    assert whole_gold(waiting) == whole_gold(waiting, "latest") != before
    assert whole_gold(waiting, "p1") == before


def test_37_after_a_kill_before_publication_the_older_state_is_served_and_the_next_run_publishes(waiting):
    before = whole_gold(waiting)
    command = [sys.executable, "-c", KILLED_BEFORE_PUBLICATION, "run", *waiting.options]
    killed = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert whole_gold(waiting) == before
    assert whole_gold(waiting, "latest") != before
    outcome = waiting.run()
    assert unpublished(outcome, waiting.lake, "") is None
    assert {result.commits for result in outcome.results} == {0}
    assert outcome.publication == newest_publication(waiting.lake)
    assert whole_gold(waiting) == whole_gold(waiting, "latest")


def test_37_a_run_of_one_layer_publishes_nothing_and_says_so(waiting, launch):
    before = whole_gold(waiting)
    done = launch("run", "--layer", "bronze", *waiting.options)
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "a run of one layer publishes nothing. To publish the new commits: ./lakehouse run --landing" in said
    assert [one.id for one in publications(waiting.lake)] == [1]
    assert whole_gold(waiting) == before


def test_37_a_reader_beside_a_run_sees_one_published_state_at_a_time(waiting):
    seen, errors, is_over = [], [], threading.Event()

    def reading():
        while not is_over.wait(0.02):
            try:
                seen.append(read(waiting, STATE))
            except Exception as error:
                errors.append(error)

    reader = threading.Thread(target=reading)
    reader.start()
    try:
        waiting.run()
        last = len(seen)
        while len(seen) < last + 2 and not errors:  # and what it reads after the run
            time.sleep(0.02)
    finally:
        is_over.set()
        reader.join()
    first, second = (read(waiting, STATE, one.name) for one in publications(waiting.lake))
    assert errors == []
    assert first != second
    assert sorted({*seen}) == sorted([first, second])
    assert seen[0] == first
    assert seen[-1] == second
    assert len(seen) > 10


def test_37_vacuum_keeps_what_readers_are_served(waiting, launch):
    before = whole_gold(waiting)
    waiting.run()
    for path in waiting.lake.root.rglob("*.parquet"):
        os.utime(path, (0, 0))
    after = whole_gold(waiting)
    done = launch("vacuum", "--hours", "0", *waiting.options[2:])
    assert done.returncode == 0, done.stderr
    assert (whole_gold(waiting), whole_gold(waiting, "p1")) == (after, before)
    launch("vacuum", "--hours", "0", "--publications", "1", *waiting.options[2:])
    assert whole_gold(waiting) == after
    assert [one.id for one in publications(waiting.lake)] == [2]
