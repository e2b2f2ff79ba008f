"""Titles of the catalogue and of IMDb."""

import pytest

from silver.catalogue.titles import TITLES
from silver.imdb.datasets import TITLE_BASICS


@pytest.fixture
def titles(rows):
    """Current titles of the catalogue, with keys from 1."""
    usual = {"type": "Movie", "release_year": 2020, "directors": [], "cast": []}
    return lambda *changes: rows(
        TITLES, *[{**usual, "title_key": key, **change} for key, change in enumerate(changes, start=1)]
    )


@pytest.fixture
def basics(rows):
    """IMDb's titles from (id, name, year, other columns)."""

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
