"""The DuckDB script that the benchmarks measure as the same work keeps the rows and gives the numbers of the lake."""

import pytest

from benchmarks.playback_scripts import ENVIRONMENT, SCRIPTS, differ_from, run_playback_script
from sample.catalogue import Sample
from sample.dirt import EVENT_DIRT
from sample.making import make
from tests.end_to_end.conftest import Place
from tests.helpers.truth import rows

SAME_WORK = SCRIPTS[0]
# Not CSV; and of a repeated key in a further record of a line, the lake keeps the last value alone, the script all.
DIRT = {*EVENT_DIRT} - {"csv", "duplicate_keys"}
SIZE = {"titles": 200, "sessions": 600, "subscribers": 200, "imdb": 0}


@pytest.fixture(scope="module")
def made(tmp_path_factory, sail):
    """A place where events were loaded that have every kind of dirt that the script reads."""
    place = Place.at(tmp_path_factory.mktemp("same_work"), sail)
    make(place.landing, Sample(**SIZE, dirt=frozenset(), event_dirt=frozenset(DIRT)))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        place.run()
    return place


def test_the_script_with_the_same_work_has_what_the_lake_has(made, tmp_path):
    run_playback_script(SAME_WORK, made.landing, made.lake.root, tmp_path / "script", "1GB")
    assert differ_from(SAME_WORK, made.lake.root, tmp_path / "script") == []


def test_a_row_that_the_lake_lacks_is_a_difference(made, tmp_path):
    run_playback_script(SAME_WORK, made.landing, made.lake.root, tmp_path / "script", "1GB")
    (count,) = rows(made, "SELECT count(*) FROM silver.playback_deliveries")[0]
    other = {"rows": (f"SELECT {count} - 1", "SELECT count(*) FROM deliveries")}
    (found,) = differ_from(type(SAME_WORK)("other", "", other), made.lake.root, tmp_path / "script")
    assert found == f"other: rows: lake ['({count - 1},)'], script ['({count},)']"
