"""Titles of the catalogue and of IMDb."""

import pytest

from silver.catalogue.titles import TITLES
from silver.imdb.datasets import TITLE_BASICS


@pytest.fixture
def titles(rows):
    """Latest versions of titles of the catalogue: their keys count from 1."""
    usual = {"type": "Movie", "release_year": 2020, "directors": [], "cast": []}
    return lambda *changes: rows(
        TITLES, *[{**usual, "title_key": key, **change} for key, change in enumerate(changes, start=1)]
    )


@pytest.fixture
def basics(rows):
    """IMDb's titles: id, name, year, and what else is given."""

    def make(*titles):
        return rows(
            TITLE_BASICS.table,
            *[
                {"type": "Movie", "original_title": name, **other}
                | {"tconst": tconst, "primary_title": name, "start_year": year}
                for tconst, name, year, other in titles
            ],
        )

    return make
