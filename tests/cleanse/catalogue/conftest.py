"""Bronze rows of a catalogue release, and their cells."""

from datetime import datetime

import pytest

from bronze import feeds
from cleanse.catalogue.cleansing import title_cells

GOOD = {
    "show_id": "s1",
    "type": "Movie",
    "title": "Heat: Reloaded",
    "director": "Ann Lee, Bo Dahl",
    "country": "France, , Japan",
    "date_added": " September 25, 2021",
    "release_year": "2020",
    "rating": "PG-13",
    "duration": "90 min",
    "listed_in": "Dramas, Comedies, Dramas",
    "description": "x",
    "_source_file": "a.csv",
    "_source_modified_at": datetime(2021, 9, 25),
    "_ingested_at": datetime(2021, 9, 26),
}


@pytest.fixture
def bronze(rows):
    """Bronze rows: GOOD, each with changes. A file is a release, unless `_release` says another."""

    def row(change):
        changed = {**GOOD, **change}
        return {"_release": f"titles/{changed['_source_file'].rpartition('/')[2]}", **changed}

    return lambda *changes: rows(feeds.TITLES_FEED.table, *[row(change) for change in changes])


@pytest.fixture
def cells(bronze):
    """The cells of such rows, as `title_rows` takes them."""
    return lambda *changes: title_cells(bronze(*changes))
